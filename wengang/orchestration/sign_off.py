"""The operator that asks a person to sign, and records what Airflow itself says of the answer.

Who answered, when and what comes from the human-in-the-loop record, which Airflow hands to the task when it goes on; what was shown is
kept beside it. Neither passes through XCom, which a user may write, and a task that is marked as a success records nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from airflow.providers.standard.operators.branch import BranchMixIn
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from wengang.core.errors import LockedError
from wengang.core.periods import Period
from wengang.orchestration import requests, tasks
from wengang.publication.identity import signers

SIGN, RETURN, LATER = "同意签发", "退回修改", "稍后再问"
LOOK_AGAIN = timedelta(hours=1)
TRIES, SECONDS_BETWEEN = 60, 30


def answer_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the answering account and the form's texts; an answer by nobody (a default after a timeout) has no account."""
    user = event.get("responded_by_user") or {}
    known = (
        user
        if isinstance(user, Mapping)
        else {"name": getattr(user, "name", None), "id": getattr(user, "id", None)}
    )
    name = known.get("name") or known.get("id")
    texts = {key: str(value or "") for key, value in (event.get("params_input") or {}).items()}
    return {"who": str(name or ""), **texts}


def when_free(action: Callable[[], Any], wait: Callable[[float], None] = time.sleep) -> Any:
    """Return what an action returns, waiting half an hour at most while another run holds the home: a person is not asked twice."""
    for _ in range(TRIES):
        try:
            return action()
        except LockedError:
            wait(SECONDS_BETWEEN)
    return action()


class SignOperator(HITLOperator, BranchMixIn):
    """Asks for a signature or a return, records it, and goes on to the next question only where one more signature is needed.

    Once an hour it looks whether the draft still waits for one: a request for a draft that was made again, or signed elsewhere, is withdrawn.
    """

    inherits_from_skipmixin = True

    def __init__(self, *, role: str, title: str, **kwargs: Any) -> None:
        super().__init__(
            subject=title, body="", options=[SIGN, RETURN, LATER], assigned_users=cast(Any, signers(role)),
            defaults=[LATER], response_timeout=LOOK_AGAIN, **kwargs,
        )  # fmt: skip
        self.role, self.title = role, title

    def execute(self, context: Any) -> Any:
        """Show the draft as it lies there and wait; what was shown is kept with the waiting task."""
        asked_for = context["dag_run"].conf or {}
        # A person may start it from a form that was left empty.
        period, digest = str(Period.parse(str(asked_for.get("period") or ""))), asked_for.get("digest")
        if not requests.is_wanted(period, digest):
            raise AirflowSkipException(
                "已撤回：草稿已重做、已签或不能签 · withdrawn: made again, signed, or not to be signed"
            )
        shown = tasks.what_to_sign(period)
        self.subject, self.body = f"{self.title}：失业保险援企稳岗月报 {period}", shown
        try:
            return super().execute(context)
        except TaskAwaitingInput as waiting:
            waiting.kwargs = {"period": period, "shown": shown}
            raise

    def execute_complete(self, context: Any, event: dict[str, Any], period: str = "", shown: str = "") -> Any:
        """Record the answer of the human-in-the-loop record, then go on or end."""
        if event.get("chosen_options") == [LATER]:
            return self.execute(context)
        chosen = super().execute_complete(context=context, event=event)["chosen_options"]
        answer = answer_of(event)
        if chosen == [SIGN]:
            is_more = when_free(lambda: tasks.record_signature(period, self.role, shown, answer))
        else:
            when_free(lambda: tasks.record_return(period, self.role, shown, answer))
            is_more = False
        self.do_branch(context, list(self.downstream_task_ids) if is_more else None)
