"""What came since a publication, one cause after another: the order, what each step holds, what is no cause."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from wengang.core.periods import Period
from wengang.lake.deliveries import Delivery, LakeState
from wengang.months.changes_since import Since, changed_files, changed_parameters, changed_windows
from wengang.policy import ParameterRow, PolicySet, ProgrammeRow, of_record, to_record

JUNE = Period(2024, 6)
START = dt.date(2024, 4, 28)


def delivery(seq: int, name: str, sha: str, status: str = "loaded") -> Delivery:
    return Delivery(seq, JUNE, "sanctions", name, sha, "2024-07-01T00:00:00", status)


def row(
    value: str, start: dt.date = START, end: dt.date = dt.date(2024, 12, 31), name: str = "x"
) -> ParameterRow:
    return ParameterRow(1, name, "620000", start, end, value, "fixed", "D", "一", "A", "")


def policy(*rows: ParameterRow, window_to: dt.date = dt.date(2024, 12, 31)) -> PolicySet:
    window = ProgrammeRow(1, "refund", "620000", 2024, START, window_to, "D", "一", "fixed", "")
    return PolicySet("", "620000", (), (window,), rows)


def since(old: LakeState, new: LakeState, before: PolicySet, after: PolicySet) -> Since:
    rows = {**changed_windows(before, after, JUNE), **changed_parameters(before, after, JUNE)}
    return Since(old, new, before, after, changed_files(old, new), rows)


def names(state: LakeState) -> dict[str, str]:
    return {d.file_name: d.sha256 for d in state.current()}


def test_files_come_in_their_order_and_each_step_has_one_more():
    old = LakeState((delivery(1, "a", "a1"), delivery(2, "b", "b1")))
    new = LakeState(
        (
            delivery(1, "a", "a1", "replaced"), delivery(2, "b", "b1", "replaced"), delivery(3, "b", "b2"),
            delivery(4, "a", "a2", "replaced"), delivery(5, "a", "a3"), delivery(6, "c", "c1", "refused"),
        )
    )  # fmt: skip
    found = since(old, new, policy(), policy())
    # of two redeliveries of one name the one in force; a refused file counts as a file received
    assert found.causes == ["b2", "a3", "c1"]
    states = [found.after(step)[0] for step in range(4)]
    assert states[0].deliveries == old.deliveries
    assert [names(s) for s in states] == [
        {"a": "a1", "b": "b1"},
        {"a": "a1", "b": "b2"},
        {"a": "a3", "b": "b2"},
        {"a": "a3", "b": "b2"},
    ]
    assert states[3].deliveries == new.deliveries


def test_a_file_taken_back_to_its_first_content_is_a_cause_of_nothing_in_force():
    old = LakeState((delivery(1, "a", "a1"),))
    new = LakeState((delivery(1, "a", "a1", "loaded"),))
    assert since(old, new, policy(), policy()).causes == []


def test_a_row_that_takes_over_stands_before_the_one_it_closes():
    later = dt.date(2024, 6, 1)
    before = policy(row("0.6"))
    after = policy(row("0.6", end=later - dt.timedelta(days=1)), row("0.5", start=later))
    found = since(LakeState(), LakeState(), before, after)
    assert found.causes == ["x@2024-06-01", "x@2024-04-28"]
    values = [found.after(step)[1].on("x", JUNE.last_day) for step in range(3)]
    assert [v.value if v else None for v in values] == ["0.6", "0.5", "0.5"]
    # the last step is the set as it is, whatever the order of its rows
    assert found.after(2)[1].digest() == after.digest()
    assert found.after(0)[1].digest() == before.digest()


@pytest.mark.parametrize(
    "after",
    [
        policy(row("0.6"), row("0.5", start=dt.date(2024, 7, 1))),  # of a later day
        policy(replace(row("0.6"), reason="另有说明", confidence="B", line=9)),  # other words, the same value
        policy(row("0.6"), window_to=dt.date(2024, 12, 31)),
    ],
)
def test_what_bears_on_no_day_of_the_month_is_no_cause(after):
    assert since(LakeState(), LakeState(), policy(row("0.6")), after).causes == []


def test_a_window_is_a_cause_before_the_values():
    after = policy(row("0.5"), window_to=dt.date(2024, 11, 30))
    found = since(LakeState(), LakeState(), policy(row("0.6")), after)
    assert found.causes == ["refund_window@2024", "x@2024-04-28"]
    assert found.after(1)[1].programmes[0].window_to == dt.date(2024, 11, 30)
    assert found.after(1)[1].on("x", JUNE.last_day) == row("0.6")


def test_the_journal_gives_the_very_set_back(tmp_path):
    import json

    from wengang.core.settings import ROOT
    from wengang.policy import load_policy

    shipped = load_policy(ROOT / "seeds" / "policy", "620000")
    record = json.loads(json.dumps(to_record(shipped)))
    assert of_record(record, "620000").digest() == shipped.digest()
    assert of_record(record, "620000").stretches() == shipped.stretches()
