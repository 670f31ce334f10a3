"""The same alerts behind Airflow's notifier interface. Imported by DAGs only, so that nothing else waits for Airflow."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseNotifier

from wengang.alerts.failures import task_failed
from wengang.alerts.leads import tell_new_leads
from wengang.core.settings import Settings


class LeadsNotifier(BaseNotifier):
    """Report risk leads that are new since the last alert; usable as a callback or called with a task's context."""

    def notify(self, context: Any) -> None:
        """Send what is new; nothing is sent twice."""
        tell_new_leads(Settings())


class FailureNotifier(BaseNotifier):
    """Report a failed task; for `on_failure_callback`."""

    def notify(self, context: Any) -> None:
        """Send which task failed, in the words of our own errors."""
        task_failed(context)
