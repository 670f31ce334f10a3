"""Which months a run takes up, and how a range ends: no model is built here, the steps are stood in for."""

from __future__ import annotations

import contextlib
import json

import pytest

from wengang import pipeline, quality
from wengang.core.data_directory import make_data_directory
from wengang.core.errors import LockedError, ParameterError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.months.stale import stale_drafts
from wengang.months.validated import not_passed, note_outcome

APRIL, MAY, JUNE = Period(2024, 4), Period(2024, 5), Period(2024, 6)


@pytest.fixture
def taken(monkeypatch):
    """Stand in for the steps; gives the list of months built, and lacks parameters in the months that `lacking` holds."""
    built, lacking = [], set()

    def build(settings, period, progress, *, only=False, watch=None):
        if period in lacking:
            raise ParameterError("missing", "缺参数", "a parameter is missing", place=str(period))
        built.append(period)
        return []

    monkeypatch.setattr(pipeline, "intake", lambda *_: {})
    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.setattr(quality, "Validator", contextlib.nullcontext)
    monkeypatch.setattr(pipeline, "validate_and_draft", lambda *_: [])
    monkeypatch.setattr(pipeline, "publish_warehouse", lambda *_: None)
    return built, lacking


@pytest.fixture(autouse=True)
def data_directory(tmp_path):
    make_data_directory(tmp_path)


def test_a_range_goes_on_past_a_month_without_parameters(taken, tmp_path):
    built, lacking = taken
    lacking.add(MAY)
    result = pipeline.run(Settings(home=tmp_path), [APRIL, MAY, JUNE], Progress(quiet=True))
    assert built == [APRIL, JUNE]
    assert result.codes == {APRIL: 0, MAY: 4, JUNE: 0}
    assert result.exit_code == 4


def test_one_month_without_parameters_is_told_at_once(taken, tmp_path):
    taken[1].add(MAY)
    with pytest.raises(ParameterError):
        pipeline.run(Settings(home=tmp_path), [MAY], Progress(quiet=True))


def test_stale_drafts_are_rebuilt_in_order(taken, tmp_path):
    """April's draft was made of other deliveries; July's is later than the month asked for and stays."""
    for month in (APRIL, Period(2024, 7)):
        folder = tmp_path / "drafts" / str(month)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps({"inputs_digest": "other"}), encoding="utf-8")
    settings = Settings(home=tmp_path)
    assert stale_drafts(settings, JUNE) == [APRIL]
    result = pipeline.run(settings, [JUNE], Progress(quiet=True))
    assert taken[0] == [APRIL, JUNE]
    assert result.codes == {JUNE: 0}


def test_the_dag_catches_up_with_the_months_that_the_command_line_would(taken, tmp_path, monkeypatch):
    """`wengang run` builds April, then June; under Airflow one task builds April, and the next ones June."""
    from wengang.orchestration import tasks

    folder = tmp_path / "drafts" / str(APRIL)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"inputs_digest": "other"}), encoding="utf-8")
    monkeypatch.setenv("WENGANG_HOME", str(tmp_path))
    assert tasks.catch_up(str(JUNE)) == [str(APRIL)]
    tasks.build(str(JUNE))
    assert taken[0] == [APRIL, JUNE]


def test_a_months_own_validation_decides_it(taken, tmp_path, monkeypatch):
    """May finds something critical: it is not published; June after it passes on its own, and May is neither built nor drafted for it."""
    published, drafted = [], []
    bad = [("合计不符", "sums differ")]

    def validate_and_draft(settings, period, progress, beside):
        drafted.append(period)
        return bad if period == MAY else []

    def publish_or_refuse(settings, period, critical):
        if critical:
            raise pipeline.ExpectationError("critical", "合计不符", "sums differ")
        published.append(period)

    monkeypatch.setattr(pipeline, "validate_and_draft", validate_and_draft)
    monkeypatch.setattr(pipeline, "publish_warehouse", publish_or_refuse)
    settings = Settings(home=tmp_path)
    first = pipeline.run(settings, [MAY], Progress(quiet=True))
    second = pipeline.run(settings, [JUNE], Progress(quiet=True))
    assert (first.exit_code, first.notes, second.exit_code, second.notes) == (5, bad, 0, [])
    assert (drafted, published) == ([MAY, JUNE], [JUNE])


def test_an_outcome_stays_with_its_month_until_it_is_validated_again(tmp_path):
    settings = Settings(home=tmp_path)
    note_outcome(settings, MAY, ["fund_months.key"])
    note_outcome(settings, JUNE, [])
    journal = (tmp_path / "journal" / "validations.jsonl").read_text(encoding="utf-8")
    note_outcome(settings, MAY, ["fund_months.key"])  # the same again is not written twice
    assert (tmp_path / "journal" / "validations.jsonl").read_text(encoding="utf-8") == journal
    assert (not_passed(settings), not_passed(settings, before=MAY)) == ([MAY], [])
    note_outcome(settings, MAY, [])
    assert not_passed(settings) == []


def test_what_is_tried_again():
    """A share that is away is tried again by the default rule; a home in use by ours; a faulty parameter never."""
    from airflow.sdk import RetryAction

    from wengang.orchestration import retry_policy

    step, record = retry_policy.STEP["retry_policy"], retry_policy.RECORD["retry_policy"]
    away, held = OSError("away"), LockedError("held", "占用", "held")
    faulty = ParameterError("missing", "缺参数", "a parameter is missing")
    assert [step.evaluate(e, 1, 2).action for e in (away, held, faulty)] == [
        RetryAction.DEFAULT, RetryAction.RETRY, RetryAction.FAIL,
    ]  # fmt: skip
    assert [record.evaluate(e, 1, 5).action for e in (away, held, faulty)] == [
        RetryAction.FAIL, RetryAction.RETRY, RetryAction.FAIL,
    ]  # fmt: skip
