"""What a model's task makes of what the building task told: Airflow is not started."""

from __future__ import annotations

import asyncio
import json
import threading
from types import SimpleNamespace

import pytest
from airflow.triggers.base import TaskFailedEvent, TaskSkippedEvent, TaskSuccessEvent

from wengang.core.settings import Settings
from wengang.orchestration import model_tasks, tasks
from wengang.orchestration.model_tasks import Teller, event_of
from wengang.warehouse.dbt_runner import Dbt

NODE = "model.wengang.x"


def told(status: str = "", *, is_last: bool = False) -> dict:
    return {"nodes": {NODE: [status, "text"]} if status else {}, "is_last": is_last}


@pytest.mark.parametrize(
    ("state", "words", "ends"),
    [
        # not begun: what stands there is an earlier attempt's
        (None, told("error", is_last=True), None),
        ("queued", told("success", is_last=True), None),
        ("up_for_retry", told("success", is_last=True), None),
        # just begun, and the earlier attempt's last word not yet cleared away
        ("running", told("error", is_last=True), None),
        ("running", {}, None),
        ("running", told(), None),
        ("running", told("success"), TaskSuccessEvent),
        ("running", told("error"), TaskFailedEvent),
        # ended well: a model that was not told of needed nothing
        ("success", told("success", is_last=True), TaskSuccessEvent),
        ("success", told(is_last=True), TaskSuccessEvent),
        # stopped: what came to its turn is shown as it was, the rest is left out
        ("failed", told("success", is_last=True), TaskSuccessEvent),
        ("failed", told("error", is_last=True), TaskFailedEvent),
        ("failed", told(is_last=True), TaskSkippedEvent),
        ("failed", {}, TaskSkippedEvent),
        ("upstream_failed", told("error", is_last=True), TaskSkippedEvent),
    ],
)
def test_a_model_s_task_ends_as_its_model_did(state, words, ends):
    event, text = event_of(NODE, state, words)
    assert (None if event is None else type(event)) is ends
    assert text or ends is None


class Instance:
    """What a task instance is for: to keep what is pushed."""

    def __init__(self) -> None:
        self.pushed: list[dict] = []
        self.came = threading.Event()

    def xcom_push(self, key: str, value: dict) -> None:
        assert key == model_tasks.TOLD
        self.pushed.append(value)
        self.came.set()


def test_what_is_told_is_sent_while_it_comes_and_at_the_end_whatever_happens(monkeypatch):
    monkeypatch.setattr(model_tasks, "EVERY_SECONDS", 0.01)
    instance = Instance()
    with pytest.raises(ZeroDivisionError), Teller(instance) as tell:
        assert instance.came.wait(5)
        tell(NODE, "success", "")
        instance.came.clear()
        assert instance.came.wait(5)
        assert instance.pushed[-1] == {"nodes": {NODE: ["success", ""]}, "is_last": False}
        tell("model.wengang.y", "error", "why")
        raise ZeroDivisionError
    assert instance.pushed[-1] == {
        "nodes": {NODE: ["success", ""], "model.wengang.y": ["error", "why"]},
        "is_last": True,
    }


def test_nothing_is_told_unless_asked_for_and_drawn(monkeypatch, tmp_path):
    monkeypatch.setenv("WENGANG_DBT_TARGET", str(tmp_path))
    monkeypatch.setattr(tasks, "build", lambda period, watch=None: [(period, str(watch))])
    monkeypatch.delenv(model_tasks.SWITCH, raising=False)
    assert model_tasks.build("2024-06") == [("2024-06", "None")]
    monkeypatch.setenv(model_tasks.SWITCH, "1")
    assert not model_tasks.is_on()
    assert model_tasks.build("2024-06") == [("2024-06", "None")]
    model_tasks.drawing().write_text("{}", encoding="utf-8")
    assert model_tasks.is_on()


def test_all_models_of_a_run_share_a_look_and_outlast_an_api_that_does_not_answer(monkeypatch):
    looks = []

    def told_by(dag_id: str, run_id: str, producer: str) -> tuple[str, dict]:
        looks.append((dag_id, run_id, producer))
        if len(looks) == 1:
            raise ConnectionError
        return "running", {"nodes": {NODE: ["success", ""]}, "is_last": False}

    async def first_of(trigger: model_tasks.ModelTrigger):
        return await anext(trigger.run())

    async def all_of(triggers: list[model_tasks.ModelTrigger]) -> list:
        return await asyncio.gather(*(first_of(t) for t in triggers))

    monkeypatch.setattr(model_tasks, "told_by", told_by)
    monkeypatch.setattr(model_tasks, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr(model_tasks.ModelTrigger, "looks", {})
    monkeypatch.setattr(model_tasks.ModelTrigger, "lock", None)
    triggers = [model_tasks.ModelTrigger(NODE, "build") for _ in range(5)]
    for trigger in triggers:
        trigger._task_instance = SimpleNamespace(dag_id="monthly_report", run_id="r")
    events = asyncio.run(all_of(triggers))
    assert {type(e) for e in events} == {TaskSuccessEvent}
    assert 2 <= len(looks) <= 3 and set(looks) == {("monthly_report", "r", "build")}


def ended(status: str, message: str, kind: str = "model", name: str = "NodeFinished") -> SimpleNamespace:
    """What dbt says when a node has ended."""
    node = SimpleNamespace(unique_id=NODE, node_name="x", resource_type=kind, node_status=status)
    data = SimpleNamespace(node_info=node, run_result=SimpleNamespace(message=message))
    return SimpleNamespace(info=SimpleNamespace(name=name), data=data)


def test_of_several_months_the_last_one_s_success_is_told_and_any_one_s_failure(tmp_path):
    told = []
    dbt = Dbt(Settings(home=tmp_path), watch=lambda *words: told.append(words))
    dbt.is_last_month = False
    dbt._tell(ended("success", "OK"))
    dbt._tell(ended("error", "no such column "))
    dbt.is_last_month = True
    dbt._tell(ended("success", "OK"))
    dbt._tell(ended("skipped", ""))
    dbt._tell(ended("fail", "2 rows", kind="test"))
    dbt._tell(ended("success", "OK", name="NodeStart"))
    (first, failed, why), second = told
    assert (first, failed, second) == (NODE, "error", (NODE, "success", "OK"))
    assert "模型未能完成：x: no such column\n" in why and "models failed: x: no such column\n" in why


def test_models_are_drawn_as_tasks_that_take_no_slot_and_depend_as_models_do(monkeypatch, tmp_path):
    import datetime as dt

    from airflow.sdk import DAG

    def node(kind: str, path: str, *parents: str) -> dict:
        return {
            "resource_type": kind,
            "package_name": "wengang",
            "original_file_path": path,
            "depends_on": {"nodes": list(parents)},
            "config": {"materialized": "table"},
        }

    nodes = {
        "seed.wengang.regions": node("seed", "seeds/reference/regions.csv"),
        "model.wengang.stg_a": node("model", "models/staging/stg_a.sql", "source.wengang.lake.a"),
        "model.wengang.a": node(
            "model", "models/marts/refund/a.sql", "model.wengang.stg_a", "seed.wengang.regions"
        ),
    }
    monkeypatch.setenv("WENGANG_DBT_TARGET", str(tmp_path))
    content = {"metadata": {"project_name": "wengang"}, "nodes": nodes}
    model_tasks.drawing().write_text(json.dumps(content), encoding="utf-8")
    given = {"pool": "warehouse", "retries": 2, "on_failure_callback": print}
    with DAG(
        "month", schedule=None, start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), default_args=given
    ) as dag:
        model_tasks.draw(producer="build")
    tasks = {task.task_id: task for task in dag.tasks}
    assert set(tasks) == {"models.seeds.regions", "models.staging.stg_a", "models.marts.a"}
    assert tasks["models.marts.a"].upstream_task_ids == {"models.seeds.regions", "models.staging.stg_a"}
    for task in tasks.values():
        assert (task.pool, task.retries, list(task.on_failure_callback)) == ("default_pool", 0, [])
        assert task.start_from_trigger
    trigger = model_tasks.ModelTrigger(**tasks["models.marts.a"].start_trigger_args.trigger_kwargs)
    assert trigger.serialize() == (
        "wengang.orchestration.model_tasks.ModelTrigger",
        {"node": "model.wengang.a", "producer": "build"},
    )
