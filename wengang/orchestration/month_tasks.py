"""What the tasks of the monthly DAG do that only Airflow knows of: the run's month, what is skipped, and the asset that tells of a draft."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from wengang.orchestration import tasks

DRAFT = Asset("wengang://drafts/month")


def choose_period(params: Any = None) -> str:
    """Return the month of this run; skip it where another run has done what it was started for."""
    context = get_current_context()
    moment = context.get("logical_date") or context["dag_run"].run_after
    period = tasks.choose_period(params["period"], moment)
    if params["only_if_arrived"] and not tasks.has_arrived(period):
        raise AirflowSkipException("已由另一次运行完成 · another run has done it")
    return period


def draft(period: str, *, outlet_events: Any = None) -> str:
    """Write the draft and tell of it; skip a published month, so that nobody is asked to sign it again."""
    folder = tasks.draft(period)
    if folder is None:
        raise AirflowSkipException("已发布，不另出草稿 · published: no new draft")
    outlet_events[DRAFT].extra = {"period": period}
    return folder
