"""Scenario files: what is read from them, and what is said of those that cannot be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import ROOT
from wengang.policy import load_policy
from wengang.whatif.scenario import Shock, lay, read_scenarios

POLICY = load_policy(ROOT / "seeds" / "policy", "620000")


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_become_the_text_of_a_parameter_file(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
parameters:
  - {parameter: refund_ratio_sme, value: 0.9}
  - {parameter: refund_exclude_sanctioned, value: no}
  - {parameter: refund_unit_types, value: [enterprise, foundation], effective_from: 2024-04-28, effective_to: 2024-12-31}
shocks:
  premium: 0.9
  living_benefits: {factor: 1.5, from: 2024-09, to: 2024-12}
""",
    )
    (plan,) = read_scenarios(file)
    assert plan.name == "plan"
    assert [p["value"] for p in plan.parameters] == ["0.9", "no", "enterprise;foundation"]
    assert plan.shocks == (
        Shock("living_benefits", Decimal("1.5"), Period(2024, 9), Period(2024, 12)),
        Shock("premium", Decimal("0.9")),
    )
    laid = lay(POLICY, plan, Period(2024, 6)).policy
    row = laid.on("refund_ratio_sme", dt.date(2024, 6, 30))
    assert row is not None
    # Without days of its own it holds on those of the value it replaces.
    assert (row.value, row.effective_from, row.effective_to) == (
        "0.9",
        dt.date(2024, 4, 28),
        dt.date(2024, 12, 31),
    )
    last_year = laid.on("refund_ratio_sme", dt.date(2023, 6, 30))
    assert last_year is not None
    assert last_year.value == "0.60"


def test_a_window_moves(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "programmes:\n  - {programme: refund, programme_year: 2024, window_from: 2024-04-28, window_to: 2025-03-31}\n",
    )
    laid = lay(POLICY, read_scenarios(file)[0], Period(2024, 6)).policy
    (window,) = [p for p in laid.programmes if p.programme == "refund" and p.programme_year == 2024]
    assert window.window_to == dt.date(2025, 3, 31)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just text", "not a mapping"),
        ("parameter: []", "unknown keys: parameter"),
        ("parameters: 3", "not a list"),
        ("parameters:\n  - {parameter: refund_ratio_sme}", "missing: value"),
        ("parameters: [", "cannot be read"),
        ("shocks: {premium: -1}", "from 0 to 100"),
        ("shocks: {premium: much}", "from 0 to 100"),
        ("shocks: {nothing: 1}", "unknown keys: nothing"),
        ("name: ../up", "cannot name a folder"),
        ("scenarios: []", "scenarios is no list"),
        ("scenarios: [{name: a}, {name: a}]", "given twice"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_scenarios(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "programmes: [{programme: refund, programme_year: 1999, window_from: 1999-01-01, window_to: 1999-12-31}]",
            "no refund of 1999",
        ),
        (
            "programmes: [{programme: refund, programme_year: 2024, window_from: 2024-12-31, window_to: 2024-01-01}]",
            "ends before",
        ),
        (
            "programmes: [{programme: refund, programme_year: 2024, window_from: soon, window_to: later}]",
            "faulty year or day",
        ),
        ("parameters: [{parameter: no_such_name, value: 1}]", "no value in force"),
    ],
)
def test_what_cannot_be_laid_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lay(POLICY, read_scenarios(written(tmp_path, text))[0], Period(2024, 6))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such scenario file"):
        read_scenarios(tmp_path / "none.yml")


def test_a_file_that_repeats_itself_by_aliases_is_refused_at_once(tmp_path):
    """Nine levels of nine aliases each: 387 million names from ten lines."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    file = tmp_path / "bomb.yml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UsageError, match="aliases"):
        read_scenarios(file)


def test_copies_of_killed_runs_are_removed_and_one_under_way_stays(tmp_path):
    import os

    from wengang.whatif.run import HELD, work_folder

    killed, old, beginning = (tmp_path / f".work-{name}" for name in ("killed", "old", "beginning"))
    for folder in (killed, old, beginning):
        folder.mkdir()
        (folder / "wengang.duckdb").write_bytes(b"x")
    (killed / HELD).touch()
    os.utime(old, (0, 0))  # made without a lock, long ago
    with work_folder(tmp_path) as first:
        assert {p.name for p in tmp_path.iterdir()} == {first.name, ".work-beginning"}
        with work_folder(tmp_path) as second:
            assert first.exists()
            assert second.exists()
    assert [p.name for p in tmp_path.iterdir()] == [".work-beginning"]
