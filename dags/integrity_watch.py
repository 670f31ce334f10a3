"""Every day: is everything kept still what was written? Journals, lake, warehouse, drafts and published packages are read whole."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import dag, task
from airflow.timetables.trigger import CronTriggerTimetable

from wengang.alerts import task_failed
from wengang.orchestration import tasks
from wengang.orchestration.retry_policy import STEP


@dag(
    schedule=CronTriggerTimetable("30 4 * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"pool": "warehouse", "on_failure_callback": task_failed, **STEP},
    tags=["核验", "integrity"],
    doc_md=__doc__,
)
def integrity_watch():
    """One task, as `wengang verify`: it fails where something was altered, and the alert names it. Nothing is changed."""
    task(tasks.check_kept)()


integrity_watch()
