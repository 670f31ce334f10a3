"""Every day: risk leads that are new since the last alert, in the newest published state, told once on every configured channel."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import dag, get_current_context, task
from airflow.timetables.trigger import CronTriggerTimetable

from wengang.orchestration.notifier import FailureNotifier, LeadsNotifier


@dag(
    schedule=CronTriggerTimetable("30 7 * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 0, "on_failure_callback": FailureNotifier()},
    tags=["风险", "risk"],
    doc_md=__doc__,
)
def fund_risk_watch():
    """One task. It reads the published file, which is replaced whole, so it waits for nobody."""

    @task
    def tell_new_leads() -> None:
        LeadsNotifier()(get_current_context())

    tell_new_leads()


fund_risk_watch()
