"""Every hour: take what has arrived in the landing folder into the lake; what cannot be taken is told, file by file."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import Asset, Param, dag, task
from airflow.timetables.trigger import CronTriggerTimetable

from wengang import flow
from wengang.alerts import task_failed
from wengang.retries import STEP

LAKE = Asset("wengang://lake")


@dag(
    schedule=CronTriggerTimetable("30 * * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={
        "period": Param(
            None, type=["string", "null"], title="截至期间（年-月）", description="空：交付目录中最新的月份"
        )
    },
    default_args={"pool": "warehouse", "on_failure_callback": task_failed, **STEP},
    tags=["接收", "intake"],
    doc_md=__doc__,
)
def ingest_extracts():
    """The intake alone: no model is built, and a file that was taken is never taken twice."""

    @task(outlets=[LAKE])
    def take(params=None) -> dict[str, int]:
        return flow.take_arrived(params["period"])

    take()


ingest_extracts()
