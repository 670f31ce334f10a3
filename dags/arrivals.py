"""When everything that a month needs has been taken: start its monthly report."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, AssetAll, PartitionedAssetTimetable, dag, get_current_context, task

from wengang.alerts import task_failed
from wengang.orchestration import tasks


@dag(
    schedule=PartitionedAssetTimetable(
        assets=AssetAll(*(Asset(f"wengang://lake/{source}") for source in tasks.required_sources()))
    ),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 0, "on_failure_callback": task_failed},
    tags=["月报", "monthly"],
    doc_md=__doc__,
)
def arrivals():
    """A partition is a month. A run is named by the files that it is started for: the same files never start a second one."""

    @task
    def look() -> list[dict]:
        return tasks.arrived_runs(get_current_context()["dag_run"].partition_key)

    # no logical date: months that are started in one moment would have the same
    TriggerDagRunOperator.partial(
        task_id="start_monthly_report",
        trigger_dag_id="monthly_report",
        logical_date=None,
        skip_when_already_exists=True,
    ).expand_kwargs(look())


arrivals()
