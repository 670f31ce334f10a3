"""When a task of a DAG is tried again: what a share that is away, a full disk or a home in use make fail; never what our own errors name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from wengang.core.errors import LockedError, WengangError

IN_USE = RetryRule(
    LockedError,
    RetryAction.RETRY,
    timedelta(minutes=5),
    "another run holds the home; it will be done later",
)
FAULTY = RetryRule(
    WengangError, RetryAction.FAIL, reason="the same files and parameters would fail again: a person must act"
)

# Every step can be run again with the same result.
STEP: dict[str, Any] = {
    "retries": 2,
    "retry_delay": timedelta(minutes=2),
    "retry_policy": ExceptionRetryPolicy([IN_USE, FAULTY]),
}
# What a person did is recorded once: it waits for the home, and for nothing else.
RECORD: dict[str, Any] = {
    "retries": 5,
    "retry_delay": timedelta(minutes=5),
    "retry_policy": ExceptionRetryPolicy([IN_USE], default=RetryAction.FAIL),
}
