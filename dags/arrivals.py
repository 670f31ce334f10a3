"""Every quarter of an hour: start the monthly report of each month for which everything that it needs has arrived."""

from __future__ import annotations

import time
from datetime import datetime

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task
from airflow.timetables.trigger import CronTriggerTimetable

from wengang import flow
from wengang.alerts import task_failed


@dag(
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 0, "on_failure_callback": task_failed},
    tags=["月报", "monthly"],
    doc_md=__doc__,
)
def arrivals():
    """A run is named by the files that it was started for: the same files never start a second one."""

    @task
    def look() -> list[dict]:
        return flow.arrived_runs(time.time())

    TriggerDagRunOperator.partial(
        task_id="start_monthly_report", trigger_dag_id="monthly_report", skip_when_already_exists=True
    ).expand_kwargs(look())


arrivals()
