"""The operator that asks a person to sign: the branch taken as Airflow has it, and beside it who answered and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator

ANSWER = "answer"


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


class SignOperator(HITLBranchOperator):
    """Asks for a signature or a return; pushes the answer under the key `answer`."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Keep the answer, then branch."""
        if "error" not in event:
            context["ti"].xcom_push(key=ANSWER, value=answer_of(event))
        return super().execute_complete(context=context, event=event)
