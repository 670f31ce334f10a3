"""When a draft has been written: ask for the signatures of every draft that waits for them, each in a run of its own."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, dag, task

from wengang.alerts import task_failed
from wengang.orchestration import requests


@dag(
    schedule=[Asset("wengang://drafts/month")],
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 0, "on_failure_callback": task_failed},
    tags=["签发", "sign-off"],
    doc_md=__doc__,
)
def offer_drafts():
    """It looks at the drafts and not at the event, so that events that come together lose no month."""
    # no logical date: months that are offered in one moment would have the same
    TriggerDagRunOperator.partial(
        task_id="ask",
        trigger_dag_id="sign_off",
        logical_date=None,
        skip_when_already_exists=True,
    ).expand_kwargs(task(requests.runs_to_start)())


offer_drafts()
