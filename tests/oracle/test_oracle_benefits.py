"""Living benefits in the oracle, worked out by hand: months of entitlement, retirement, rejected rows of the list of sanctions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.oracle.nasty import SEEDS
from tests.oracle.params import Parameters
from tests.oracle.recovery import undemanded
from tests.oracle.refund import off_the_list
from tests.oracle.risk import entitlements, r20, retirement_months
from tests.oracle.world import Case, World, add_months

PERSON = "620102199001010011"
JUNE = dt.date(2024, 6, 1)


def claim(number: str, start: str, counted: int, **more: Any) -> dict[str, Any]:
    """Return a claim for which the agency counted some months."""
    return {
        "claim_no": number, "person_id": PERSON, "last_employer_id": "E1", "unemployed_on": start, "reason": "employer_termination",
        "region_code": "620102", "start_month": start, "entitled_months": 4, "counted_months": counted,
        "monthly_standard": Decimal(1818), "stop_month": None, "stop_reason": None,
    } | more  # fmt: skip


def payments(number: str, first: str, months: int, **more: Any) -> list[dict[str, Any]]:
    """Return one line of 1,000 yuan for each of some months in a row."""
    found = []
    for k in range(months):
        month = add_months(dt.date.fromisoformat(first), k)
        found.append(
            {
                "payment_no": f"{number}-{k}", "claim_no": number, "person_id": PERSON, "benefit_month": str(month),
                "benefit_kind": "benefit", "amount": Decimal(1000), "paid_on": str(month + dt.timedelta(days=19)), "result": "paid",
                "region_code": "620102", "account_no": None,
            }
            | more
        )  # fmt: skip
    return found


def case_of(**sources: Any) -> Case:
    """Return a case over the shipped parameters."""
    return Case(World.from_rows(sources), Parameters.from_folder(SEEDS))


def test_months_not_drawn_are_carried_to_the_next_claim():
    # K1: 24 months are two years: 4 + 2 = 6, of which 2 were drawn. K2: 12 months are one year: 4 + (6 − 2) = 8. Nine drawn: one beyond.
    case = case_of(
        benefit_claims=[claim("K1", "2023-01-01", 24), claim("K2", "2023-10-01", 12)],
        benefit_payments=payments("K1", "2023-01-01", 2) + payments("K2", "2023-10-01", 9),
    )
    known = case.known(JUNE)
    assert entitlements(case, known) == {"K1": 6, "K2": 8}
    assert list(r20(case, known)) == [("person", PERSON, Decimal(1000))]
    # Last paid on 2024-06-20, ten days before the period's end.
    assert undemanded(case, JUNE) == [("living_benefits", "0-30", "620102", Decimal(1000))]


def test_who_nears_retirement_goes_on_drawing():
    # Born in August 1964, a man: 60 in August 2024. Four months, the last of them April 2024, less than a year before: May and June are free.
    man = "620102196408010017"
    case = case_of(
        benefit_claims=[claim("K1", "2024-01-01", 12, person_id=man)],
        benefit_payments=payments("K1", "2024-01-01", 6, person_id=man),
    )
    assert list(r20(case, case.known(JUNE))) == []
    # Born in June 1965: 60 years and two months, in August 2025, more than a year after April 2024.
    man = "620102196506010017"
    case = case_of(
        benefit_claims=[claim("K1", "2024-01-01", 12, person_id=man)],
        benefit_payments=payments("K1", "2024-01-01", 6, person_id=man),
    )
    assert list(r20(case, case.known(JUNE))) == [("person", man, Decimal(2000))]


def test_months_of_retirement():
    # Men: to 1964-12 60 years; 1965-01 to 04 one month later; from 1976-09 63 years.
    assert retirement_months("620102196412010017") == [dt.date(2024, 12, 1)]
    assert retirement_months("620102196504010017") == [dt.date(2025, 5, 1)]
    assert retirement_months("620102199001010017") == [dt.date(2053, 1, 1)]
    # A woman born in February 1975: 55 and 16 months (61 // 4 + 1), or 50 and one month.
    assert retirement_months("620102197502010027") == [dt.date(2031, 6, 1), dt.date(2025, 3, 1)]


def test_a_rejected_row_of_the_newest_list_names_the_unit():
    world = World.from_rows(
        {"sanctions": [{"uscc": "U1", "listed_on": "2024-01-05", "removed_on": None, "period": "2024-05"}]}
    )
    world.sanctions_not_taken = [(dt.date(2024, 4, 1), "U2,2024"), (dt.date(2024, 5, 1), "U3,2024-13-01")]
    known = world.known(JUNE)
    # U2 stands in an older list alone.
    assert [off_the_list(known, u) for u in ("U1", "U2", "U3")] == [False, True, None]
