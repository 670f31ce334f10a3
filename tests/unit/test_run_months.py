"""Which months a run takes up, and how a range ends: no model is built here, the steps are stood in for."""

from __future__ import annotations

import json

import pytest

from wengang import run as steps
from wengang.errors import ParameterError
from wengang.periods import Period
from wengang.progress import Progress
from wengang.publication.restate import stale_drafts
from wengang.settings import Settings

APRIL, MAY, JUNE = Period(2024, 4), Period(2024, 5), Period(2024, 6)


@pytest.fixture
def taken(monkeypatch):
    """Stand in for the steps; gives the list of months built, and lacks parameters in the months that `lacking` holds."""
    built, lacking = [], set()

    def build(settings, period, progress, *, only=False):
        if period in lacking:
            raise ParameterError("missing", "缺参数", "a parameter is missing", place=str(period))
        built.append(period)
        return []

    monkeypatch.setattr(steps, "intake", lambda *_: {})
    monkeypatch.setattr(steps, "build", build)
    monkeypatch.setattr(steps, "validate", lambda *_: [])
    monkeypatch.setattr(steps, "draft", lambda *_: None)
    monkeypatch.setattr(steps, "publish_warehouse", lambda *_: None)
    return built, lacking


def test_a_range_goes_on_past_a_month_without_parameters(taken, tmp_path):
    built, lacking = taken
    lacking.add(MAY)
    result = steps.run(Settings(home=tmp_path), [APRIL, MAY, JUNE], Progress(quiet=True))
    assert built == [APRIL, JUNE]
    assert result.codes == {APRIL: 0, MAY: 4, JUNE: 0}
    assert result.exit_code == 4


def test_one_month_without_parameters_is_told_at_once(taken, tmp_path):
    taken[1].add(MAY)
    with pytest.raises(ParameterError):
        steps.run(Settings(home=tmp_path), [MAY], Progress(quiet=True))


def test_stale_drafts_are_rebuilt_in_order(taken, tmp_path):
    """April's draft was made of other deliveries; July's is later than the month asked for and stays."""
    for month in (APRIL, Period(2024, 7)):
        folder = tmp_path / "drafts" / str(month)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps({"inputs_digest": "other"}), encoding="utf-8")
    settings = Settings(home=tmp_path)
    assert stale_drafts(settings, JUNE) == [APRIL]
    result = steps.run(settings, [JUNE], Progress(quiet=True))
    assert taken[0] == [APRIL, JUNE]
    assert result.codes == {JUNE: 0}
