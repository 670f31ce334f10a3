"""A source that came every month and stays away is missing; one that never came, or is optional, is not."""

from __future__ import annotations

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import Delivery, LakeState
from wengang.months.complete import missing_sources
from wengang.months.delivered import arrivals

ALWAYS = ("contributions", "employers", "fund_ledger")


def state(*months: tuple[str, ...]) -> LakeState:
    """Return what came: of each month from 2024-04 on the sources named."""
    files = [(Period(2024, 4).plus(n), source) for n, sources in enumerate(months) for source in sources]
    return LakeState(
        tuple(
            Delivery(seq, month, source, f"{source}.csv", f"{seq:064}", "", "loaded")
            for seq, (month, source) in enumerate(files, 1)
        )
    )


def missing(found: LakeState, month: int) -> list[str | None]:
    contracts = load_contracts().values()
    return [reason.source for reason in missing_sources(found, Period(2024, month), contracts)]


def test_a_source_that_came_in_both_months_before_and_stays_away_is_named():
    both = (*ALWAYS, "benefit_payments")
    found = state(both, both, ALWAYS)
    assert missing(found, 6) == ["benefit_payments"]
    assert missing(found, 5) == []
    (reason,) = missing_sources(found, Period(2024, 6), load_contracts().values())
    assert "benefit_payments" in reason.message_zh and "表头" in reason.message_zh
    # delivered after all, it is there; the month after that asks for it again
    assert missing(state(both, both, both, ALWAYS), 6) == []
    assert missing(state(both, both, both, ALWAYS), 7) == ["benefit_payments"]


def test_one_month_is_no_habit_and_a_gap_is_none():
    more = (*ALWAYS, "review_outcomes")
    assert missing(state(more, ALWAYS), 5) == []
    assert missing(state(more, ALWAYS, more, ALWAYS), 7) == []


def test_optional_sources_may_stay_away():
    more = (*ALWAYS, "deferrals", "recoveries", "occupation_lists")
    assert missing(state(more, more, ALWAYS), 6) == []


def test_a_month_waits_for_what_came_every_month_before(tmp_path):
    both = (*ALWAYS, "benefit_payments")
    found = arrivals(Settings(home=tmp_path), state(both, both, ALWAYS), Period(2024, 6))
    assert found == {"contributions": True, "employers": True, "fund_ledger": True, "benefit_payments": False}
