"""Sign-off of a month's draft: preparer and reviewer, two people; the last signature publishes. Nothing waits in the monthly run."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import Param, dag

from wengang.alerts import task_failed
from wengang.orchestration.retry_policy import RECORD
from wengang.orchestration.sign_off import SignOperator
from wengang.orchestration.tasks import TO_WRITE

TEXT = ["null", "string"]
WRITE = {key: Param(None, type=TEXT, title=title, description=words) for key, title, words in TO_WRITE}
RUN = {
    "period": Param(None, type=TEXT, title="期间（年-月）"),
    "digest": Param(None, type=TEXT, title="草稿摘要", description="可不填"),
}
PROBLEMS = {"problems": Param(None, type=TEXT, title="执行中遇到的问题", description="写入月报，可不填")}


@dag(schedule=None, max_active_runs=500, params=RUN, start_date=datetime(2024, 1, 1), catchup=False, tags=["签发", "sign-off"], doc_md=__doc__,
     default_args={"on_failure_callback": task_failed, "pool": "warehouse", **RECORD})  # fmt: skip
def sign_off():
    """Each answer is bound to the draft that was shown; the next reviewer is asked only where one is still needed."""
    preparer = SignOperator(task_id="preparer", role="preparer", title="填报人签字", params=PROBLEMS | WRITE)
    reviewer = SignOperator(task_id="reviewer", role="reviewer", title="审核人签字", params=WRITE)
    second = SignOperator(
        task_id="second_reviewer", role="reviewer", title="第二审核人签字（大额）", params=WRITE
    )
    preparer >> reviewer >> second


sign_off()
