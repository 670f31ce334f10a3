"""The dbt models as tasks of a DAG, drawn by Cosmos, while one dbt process builds them all: each task shows how its model fared.

The task `build` tells how each node ended (`Teller`); a model's task waits for that in the triggerer (`ModelTrigger`) and takes no worker.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

from airflow.sdk import BaseOperator, TaskGroup
from airflow.triggers.base import (
    BaseTrigger,
    StartTriggerArgs,
    TaskFailedEvent,
    TaskSkippedEvent,
    TaskSuccessEvent,
    TriggerEvent,
)

from wengang.core.settings import Settings
from wengang.orchestration import tasks

LOG = logging.getLogger("wengang.orchestration.model_tasks")
SWITCH = "WENGANG_MODELS_AS_TASKS"
TOLD = "models"
EVERY_SECONDS = 1.0
# States of the task `build` in which its report is of this attempt; before it begins, a former attempt's words may still stand.
BEGUN = {"running", "success", "failed"}
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}


def is_on() -> bool:
    """Return whether models are to be shown as tasks: asked for by the environment, and drawn for the project as it stands."""
    return os.environ.get(SWITCH, "").lower() in {"1", "true"} and drawing().exists()


def drawing() -> Path:
    """Return where the graph of the models lies that Cosmos draws: named by the project's content, so that it is never an old one's."""
    from wengang.warehouse.dbt_runner import project_digest, target_dir

    return target_dir() / f"models-{project_digest()[:16]}.json"


def write_drawing() -> Path:
    """Write the parsed project as far as its graph goes, in the form of dbt's manifest. Once for an installation, not at each look at a DAG."""
    from wengang.warehouse.dbt_runner import Dbt

    manifest = Dbt(Settings()).manifest
    nodes = {
        node.unique_id: {
            "resource_type": str(node.resource_type),
            "package_name": node.package_name,
            "original_file_path": node.original_file_path,
            "depends_on": {"nodes": sorted(node.depends_on.nodes) if node.resource_type == "model" else []},
            "config": {"materialized": node.config.materialized},
        }
        for node in sorted(manifest.nodes.values(), key=lambda n: n.unique_id)
        if node.resource_type in {"model", "seed"}
    }
    path = drawing()
    for old in path.parent.glob("models-*.json"):
        old.unlink(missing_ok=True)
    making = path.with_suffix(f".{os.getpid()}")
    making.write_text(json.dumps({"metadata": {"project_name": "wengang"}, "nodes": nodes}), encoding="utf-8")
    return making.replace(path)


def build(period: str, ti: Any = None) -> tasks.Texts:
    """Build the month's warehouse as `tasks.build` does; where models are shown as tasks, tell how each fared."""
    if not is_on():
        return tasks.build(period)
    with Teller(ti) as tell:
        return tasks.build(period, tell)


class Teller:
    """Reports from inside `build` how nodes ended: dbt's threads call it, one thread of its own sends what is new once a second."""

    def __init__(self, instance: Any) -> None:
        self.instance = instance
        self.nodes: dict[str, list[str]] = {}
        self.lock, self.done = threading.Lock(), threading.Event()
        self.sender = threading.Thread(target=self._send_as_they_come, daemon=True)

    def __enter__(self) -> Teller:
        self.sender.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.done.set()
        self.sender.join()
        self._send(is_last=True)

    def __call__(self, node: str, status: str, text: str) -> None:
        """Note how a node ended."""
        with self.lock:
            self.nodes[node] = [status, text]

    def _send_as_they_come(self) -> None:
        sent = -1
        while not self.done.wait(EVERY_SECONDS):
            if len(self.nodes) != sent:
                sent = len(self.nodes)
                self._send(is_last=False)

    def _send(self, *, is_last: bool) -> None:
        with self.lock:
            told = {"nodes": dict(self.nodes), "is_last": is_last}
        try:
            self.instance.xcom_push(key=TOLD, value=told)
        except Exception as fault:  # the month is built whether or not somebody can watch
            LOG.warning(
                "未能告知各模型的进展 · the progress of the models could not be reported: %s",
                type(fault).__name__,
            )


def event_of(node: str, state: str | None, told: dict[str, Any]) -> tuple[TriggerEvent | None, str]:
    """Return how a model's task ends, given the state of `build` and what it reported (None: nothing yet), and what to write in its log."""
    if state not in BEGUN | ENDED or (state == "running" and told.get("is_last")):
        return None, ""
    status, text = told.get("nodes", {}).get(node, ["", ""]) if state in BEGUN else ["", ""]
    if status == "error":
        return TaskFailedEvent(), text
    if status or state == "success":
        return TaskSuccessEvent(), text or "本次无需重建 · not to be built this time"
    if state in ENDED:
        return (
            TaskSkippedEvent(),
            "建模在轮到它之前已停止，见任务 build · the build ended before its turn: see the task build",
        )
    return None, ""


class ModelTrigger(BaseTrigger):
    """Waits in the triggerer for one model; all of a run's share one look a second."""

    looks: ClassVar[dict[tuple[str, str], tuple[float, str | None, dict[str, Any]]]] = {}
    lock: ClassVar[asyncio.Lock | None] = None

    def __init__(self, node: str, producer: str) -> None:
        super().__init__()
        self.node, self.producer = node, producer

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what makes this trigger again."""
        return f"{__name__}.ModelTrigger", {"node": self.node, "producer": self.producer}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until the model's end is known."""
        while True:
            try:
                state, told = await self.look()
            except Exception as fault:  # an API that does not answer for a while fails no model
                self.log.warning("%s: %s", self.node, type(fault).__name__)
                state, told = None, {}
            event, text = event_of(self.node, state, told)
            if event is not None:
                (self.log.error if isinstance(event, TaskFailedEvent) else self.log.info)(
                    "%s: %s", self.node, text
                )
                yield event
                return
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> tuple[str | None, dict[str, Any]]:
        """Return the state of `build` and what it reported, at most a second old."""
        from asgiref.sync import sync_to_async

        assert self.task_instance is not None
        key = (self.task_instance.dag_id, self.task_instance.run_id)
        ModelTrigger.lock = ModelTrigger.lock or asyncio.Lock()
        async with ModelTrigger.lock:
            at, state, told = self.looks.get(key, (0.0, None, {}))
            if time.monotonic() - at >= EVERY_SECONDS:
                state, told = await sync_to_async(told_by)(*key, self.producer)
                self.looks[key] = (time.monotonic(), state, told)
                for old in [k for k, (then, _, _) in self.looks.items() if then < time.monotonic() - 3600]:
                    del self.looks[old]
        return state, told


def told_by(dag_id: str, run_id: str, producer: str) -> tuple[str | None, dict[str, Any]]:
    """Ask Airflow for the state of `build` and then for what it reported."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from airflow.sdk.execution_time.xcom import XCom

    states = RuntimeTaskInstance.get_task_states(dag_id=dag_id, task_ids=[producer], run_ids=[run_id])
    state = states.get(run_id, {}).get(producer)
    told = XCom.get_one(run_id=run_id, key=TOLD, task_id=producer, dag_id=dag_id, map_index=-1)
    return (None if state is None else str(state)), told or {}


class ModelTask(BaseOperator):
    """One model of the warehouse, as `build` makes it. It starts in the triggerer and ends there."""

    start_from_trigger = True

    def __init__(self, *, node: str, producer: str, **more: Any) -> None:
        super().__init__(**more)
        self.node = node
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=f"{__name__}.ModelTrigger",
            trigger_kwargs={"node": node, "producer": producer},
            next_method="execute",
        )

    def execute(self, context: Any) -> None:
        """Never called: the trigger ends the task."""


def draw(producer: str) -> Any:
    """Draw the models as tasks of the DAG that is being made, a group a layer; `producer` is the task that builds them."""
    from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
    from cosmos.constants import DbtResourceType, LoadMode, TestBehavior

    from wengang.warehouse.dbt_runner import PROJECT_DIR

    logging.getLogger("cosmos").setLevel(logging.WARNING)
    layers: dict[str, TaskGroup] = {}

    def as_task(*, dag: Any, task_group: Any, node: Any, **_: Any) -> BaseOperator:
        layer = "seeds" if node.resource_type == DbtResourceType.SEED else node.original_file_path.parts[1]
        if layer not in layers:
            layers[layer] = TaskGroup(group_id=layer, dag=dag, parent_group=task_group)
        # a failure is reported once, by `build`
        return ModelTask(
            task_id=node.name, node=node.unique_id, producer=producer, dag=dag, task_group=layers[layer],
            retries=0, retry_policy=None, pool="default_pool", on_failure_callback=None,
        )  # fmt: skip

    return DbtTaskGroup(
        group_id="models",
        project_config=ProjectConfig(manifest_path=drawing(), project_name="wengang"),
        profile_config=ProfileConfig(
            profile_name="wengang", target_name="duckdb", profiles_yml_filepath=PROJECT_DIR / "profiles.yml"
        ),
        execution_config=ExecutionConfig(dbt_project_path=PROJECT_DIR),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.NONE,
            emit_datasets=False,
            node_converters={DbtResourceType.MODEL: as_task, DbtResourceType.SEED: as_task},
        ),
    )


if __name__ == "__main__":
    print(write_drawing())
