"""Every quarter of an hour: take what has arrived in the landing folder into the lake, and tell which months' files it now holds."""

from __future__ import annotations

import time
from datetime import datetime

from airflow.sdk import Asset, Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from airflow.timetables.trigger import CronTriggerTimetable

from wengang.alerts import task_failed
from wengang.orchestration import tasks
from wengang.orchestration.retry_policy import STEP


@dag(
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={
        "period": Param(
            None, type=["string", "null"], title="截至期间（年-月）", description="空：交付目录中最新的月份"
        )
    },
    default_args={"on_failure_callback": task_failed, **STEP},
    tags=["接收", "intake"],
    doc_md=__doc__,
)
def ingest_extracts():
    """The intake alone: no model is built, and a file that was taken is never taken twice."""

    @task(pool="warehouse")
    def take(params=None) -> dict[str, int]:
        return tasks.take_arrived(params["period"])

    taken = take()
    for source in tasks.required_sources():
        asset = Asset(f"wengang://lake/{source}")

        @task(task_id=f"tell_{source}", outlets=[asset])
        def tell(source: str, asset_uri: str, *, outlet_events=None) -> None:
            months = tasks.months_taken(source, time.time())
            if not months:
                raise AirflowSkipException("没有待启动的月份 · no month is to be started")
            outlet_events[Asset(asset_uri)].add_partitions(months)

        taken >> tell(source, asset.uri)


ingest_extracts()
