"""Sign-off of a month's draft: preparer and reviewer, two people; the last signature publishes. Nothing waits in the monthly run."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import Asset, Param, dag, get_current_context, task

from wengang.alerts import task_failed
from wengang.orchestration import tasks
from wengang.orchestration.retry_policy import RECORD
from wengang.orchestration.sign_off import ANSWER, SignOperator
from wengang.publication.identity import signers

SIGN, RETURN = "同意签发", "退回修改"
WRITE = {key: Param("", type="string", title=title, description=words) for key, title, words in tasks.TO_WRITE}  # fmt: skip
PROBLEMS = Param("", type="string", title="执行中遇到的问题", description="写入月报，可不填")


def question(name: str, role: str, title: str, **more: Param) -> SignOperator:
    """Ask one person; the answer goes on to be recorded, or the draft back."""
    return SignOperator(
        task_id=name,
        subject=title + "：失业保险援企稳岗月报 {{ ti.xcom_pull(task_ids='choose_period') }}",
        body="{{ ti.xcom_pull(task_ids='what_to_sign') }}",
        options=[SIGN, RETURN],
        options_mapping={SIGN: f"{name}_signed", RETURN: f"{name}_returned"},
        assigned_users=signers(role),
        params={**more, **WRITE},
    )


@dag(schedule=[Asset("wengang://drafts/month")], start_date=datetime(2024, 1, 1), catchup=False, tags=["签发", "sign-off"], doc_md=__doc__,
     default_args={"on_failure_callback": task_failed, **RECORD})  # fmt: skip
def sign_off():
    """Each answer is bound to the digest of the draft that was shown; the next reviewer is asked only where one is still needed."""

    @task
    def choose_period() -> str:
        events = get_current_context()["triggering_asset_events"]
        return max(e.extra["period"] for found in events.values() for e in found)

    period = choose_period()
    text = task(tasks.what_to_sign)(period)
    asked = [
        question("preparer", "preparer", "填报人签字", problems=PROBLEMS),
        question("reviewer", "reviewer", "审核人签字"),
        question("second_reviewer", "reviewer", "第二审核人签字（大额）"),
    ]
    last = text
    for ask in asked:
        role = "preparer" if ask.task_id == "preparer" else "reviewer"
        signed = task.short_circuit(tasks.record_signature, task_id=f"{ask.task_id}_signed", pool="warehouse")
        returned = task(tasks.record_return, task_id=f"{ask.task_id}_returned")
        answer = ask.output[ANSWER]
        yes, no = signed(period, role, text, answer), returned(period, role, text, answer)
        last >> ask >> [yes, no]
        last = yes


sign_off()
