"""The month: on the fifth day, six in the morning, for the month before; or by hand for any month."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import Param, dag, task
from airflow.timetables.trigger import CronTriggerTimetable

from wengang.alerts import task_failed
from wengang.orchestration import model_tasks, month_tasks, tasks
from wengang.orchestration.retry_policy import STEP


@dag(
    schedule=CronTriggerTimetable("0 6 5 * *", timezone="Asia/Shanghai"),
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={
        "period": Param(None, type=["string", "null"], pattern=r"^\d{4}-\d{2}$", title="期间（年-月）", description="空：上个月"),
        "only_if_arrived": Param(False, type="boolean", title="仅当有新交付", description="草稿已含全部交付时跳过"),
    },
    # upstream: of two runs at once, the one that is further on goes first
    default_args={"pool": "warehouse", "weight_rule": "upstream", "on_failure_callback": task_failed, **STEP},
    tags=["月报", "monthly"],
    doc_md=__doc__,
)  # fmt: skip
def monthly_report():
    """Intake, stale months before it, build, validation, draft; the warehouse is published unless a critical expectation failed.

    The last task fails for an incomplete month, so that such a run is never green; its draft is there.
    """

    intake, build = task(tasks.intake), task(model_tasks.build)
    catch_up = task(outlets=[month_tasks.DRAFT])(tasks.catch_up)
    validate, publish = (
        task(tasks.validate),
        task(trigger_rule="none_failed_min_one_success")(tasks.publish_warehouse),
    )
    period = task(month_tasks.choose_period)()
    taken, caught_up, built = intake(period), catch_up(period), build(period)
    critical, package = validate(period), task(outlets=[month_tasks.DRAFT])(month_tasks.draft)(period)
    taken >> caught_up >> built >> critical >> package >> publish(period, critical)
    package >> task(trigger_rule="none_failed_min_one_success")(tasks.require_complete)(period, built)
    if model_tasks.is_on():
        caught_up >> model_tasks.draw(producer="build")


monthly_report()
