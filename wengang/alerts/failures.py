"""A task of a DAG failed: tell the configured channels, in the words of our own errors and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from wengang.alerts.channels import AlertSettings, Message, send
from wengang.core.errors import WengangError

LOG = logging.getLogger("wengang.alerts")


def failure_message(context: Mapping[str, Any]) -> Message:
    """Return which task of which run failed and why.

    Only our own errors are quoted: they never hold a citizen number or an account; of any other only its class is named.
    """
    instance = context.get("task_instance") or context.get("ti")
    dag_id, task_id = getattr(instance, "dag_id", "?"), getattr(instance, "task_id", "?")
    run_id = getattr(instance, "run_id", "?")
    fault = context.get("exception")
    words = str(fault) if isinstance(fault, WengangError) else type(fault).__name__ if fault else "-"
    return Message(
        f"[稳岗] 任务失败 / task failed: {dag_id}.{task_id}",
        f"运行 / run: {run_id}\n任务 / task: {dag_id}.{task_id}\n{words}",
    )


def task_failed(context: Mapping[str, Any]) -> None:
    """Callback for `on_failure_callback`; a channel that fails is logged, since the task has failed already."""
    alerts = AlertSettings()
    message = failure_message(context)
    for channel in alerts.chosen():
        try:
            send(channel, message, alerts)
        except OSError as fault:
            LOG.error("提醒未能发出 / alert not sent: %s (%s)", channel, type(fault).__name__)
