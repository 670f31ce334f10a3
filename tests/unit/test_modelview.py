"""What a model's task makes of what the building task told: Airflow is not started."""

from __future__ import annotations

import threading

import pytest
from airflow.triggers.base import TaskFailedEvent, TaskSkippedEvent, TaskSuccessEvent

from wengang import flow, modelview
from wengang.modelview import Teller, event_of

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
        assert key == modelview.TOLD
        self.pushed.append(value)
        self.came.set()


def test_what_is_told_is_sent_while_it_comes_and_at_the_end_whatever_happens(monkeypatch):
    monkeypatch.setattr(modelview, "EVERY_SECONDS", 0.01)
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
    monkeypatch.setattr(flow, "build", lambda period, watch=None: [(period, str(watch))])
    monkeypatch.delenv(modelview.SWITCH, raising=False)
    assert modelview.build("2024-06") == [("2024-06", "None")]
    monkeypatch.setenv(modelview.SWITCH, "1")
    assert not modelview.is_on()
    assert modelview.build("2024-06") == [("2024-06", "None")]
    modelview.drawing().write_text("{}", encoding="utf-8")
    assert modelview.is_on()
