"""Living benefits: who was covered, by the day of payment, and the entitlement worked out again beside what was paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt.world import World

A, B = "620102", "621024"  # wage classes 1 and 4


def pay(number: str, person: str, month: str, paid_on: str, **row: Any) -> dict[str, Any]:
    return {
        "payment_no": number, "claim_no": f"K-{person}", "person_id": person, "benefit_month": f"{month}-01", "paid_on": paid_on, "region_code": A,
    } | row  # fmt: skip


PAYMENTS = [
    # stays: paid in May and in June
    pay("1", "stays", "2024-05", "2024-05-31"),
    pay("2", "stays", "2024-06", "2024-06-01"),
    # new: first paid on the last day of June, for two months at once
    pay("3", "new", "2024-05", "2024-06-30"),
    pay("4", "new", "2024-06", "2024-06-30"),
    # stopped: paid on the first day of May, not in June
    pay("5", "stopped", "2024-04", "2024-05-01"),
    # back: paid in April and June, not in May: new again
    pay("6", "back", "2024-03", "2024-04-20"),
    pay("7", "back", "2024-05", "2024-06-20"),
    # returned money covers nobody
    pay("8", "returned", "2024-06", "2024-06-20", result="returned"),
    # another kind, another region: counted there, and new there
    pay("9", "stays", "2024-06", "2024-06-20", benefit_kind="medical", amount=400),
    pay("10", "stays", "2024-06", "2024-06-20", region_code=B, amount=1665),
    # paid in July: not known yet
    pay("11", "later", "2024-06", "2024-07-01"),
    # last year's December is no part of this year
    pay("12", "stays", "2023-12", "2023-12-31"),
    # paid in May alone in B, kind price_subsidy: a row of nobody now and one stopped
    pay("13", "only_may", "2024-05", "2024-05-10", region_code=B, benefit_kind="price_subsidy", amount=20),
    # paid in January alone, kind one_off: no row in June
    pay("14", "only_january", "2024-01", "2024-01-10", benefit_kind="one_off", amount=3000),
    # voided by its correction
    pay("15", "voided", "2024-06", "2024-06-20"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("benefits"))
    world.add("benefit_payments", PAYMENTS, file="benefit_payments__1.csv")
    world.add(
        "benefit_payments",
        [pay("15", "voided", "2024-06", "2024-06-20", is_valid=False)],
        file="benefit_payments__2.csv",
    )
    world.add("employers", [{"employer_id": "E1"}])
    claims = [
        {
            "claim_no": f"K-{p}",
            "person_id": p,
            "last_employer_id": "E1",
            "start_month": "2024-03-01",
            "entitled_months": 8,
        }
        for p in ("stays", "new", "long", "short")
    ]
    world.add("benefit_claims", claims)
    # The deliveries begin in 2022-01 with E1's own people. `new` joined in 2022-03 and paid 24 months to 2024-02: two years, 4 + 2 = 6
    # months. `short` paid 11 months: no year, 0 months. `stays` was there from the beginning: what was paid before is not known. `long` never paid.
    rows = []
    for person, first, count in (("stays", 0, 24), ("new", 2, 24), ("short", 15, 11)):
        for n in range(first, first + count):
            rows.append(
                {
                    "employer_id": "E1",
                    "person_id": person,
                    "fee_month": dt.date(2022 + n // 12, n % 12 + 1, 1),
                }
            )
    world.add("contributions", rows)
    return world.build("2024-06", "+benefit_coverage", "+int_benefit_months")


COVERAGE = {
    # persons, new, stopped, months, amount, year to date, last month
    # benefit in A: stays, new, back paid in June (1 + 2 + 1 = 4 rows of 1818 = 7272); last month: stays and stopped; new: new and back;
    # year: June 7272 + May 2 × 1818 + April 1818 = 12726
    (A, "benefit"): (3, 2, 1, 4, "7272", "12726", 2),
    (A, "medical"): (1, 1, 0, 1, "400", "400", 0),
    (B, "benefit"): (1, 1, 0, 1, "1665", "1665", 0),
    (B, "price_subsidy"): (0, 0, 1, 0, "0", "20", 1),
}


def test_coverage(world: World) -> None:
    found = {
        (r["region_code"], r["benefit_kind"]): (
            r["persons"], r["new_persons"], r["stopped_persons"], r["months"], r["amount"], r["amount_year_to_date"], r["persons_last_month"],
        )
        for r in world.query("select * from marts.benefit_coverage")
    }  # fmt: skip
    assert found == {k: (*v[:4], Decimal(v[4]), Decimal(v[5]), v[6]) for k, v in COVERAGE.items()}


def test_the_count_goes_on_from_last_month(world: World) -> None:
    """The identity is a test of the model itself: it holds here, and a broken row would be caught."""
    world.build("2024-06", "benefit_coverage", command="test")
    for row in world.query("select * from marts.benefit_coverage"):
        assert row["persons_last_month"] + row["new_persons"] - row["stopped_persons"] == row["persons"]


def test_recomputed_months(world: World) -> None:
    found = {
        r["person_id"]: (r["paid_years"], r["is_history_complete"], r["recomputed_months"])
        for r in world.query("select * from intermediate.int_benefit_claims")
    }
    assert found["new"] == (2, True, 6)
    assert found["short"] == (0, True, 0)
    assert found["stays"] == (2, False, None)
    assert found["long"] == (0, True, 0)


def test_paid_months_stand_beside_standard_and_order(world: World) -> None:
    rows = {r["payment_no"]: r for r in world.query("select * from intermediate.int_benefit_months")}
    assert set(rows) == {"1", "2", "3", "4", "5", "6", "7", "9", "10", "12", "13", "14"}
    # From November 2023 class 1 draws 1818 and class 4 1665; before it, from July 2022, 1638.
    assert (rows["1"]["county_standard"], rows["10"]["county_standard"]) == (1818, 1665)
    # 12, 1, 2 and 10 are the benefit months of `stays`: December, May, June (twice, once a region).
    assert [rows[n]["month_number"] for n in ("12", "1", "2", "10")] == [1, 2, 3, 3]
    assert [rows[n]["payment_number"] for n in ("12", "1", "2", "10")] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("region", "month", "standard"),
    [
        (A, "2023-10", 1638),
        (A, "2023-11", 1818),
        ("620121", "2024-06", 1764),
        ("620421", "2024-06", 1719),
        ("620100", "2024-06", None),  # a city has no class: unknown, never a guess
        ("999999", "2024-06", None),
    ],
)
def test_standard_by_class_and_month(world: World, region: str, month: str, standard: int | None) -> None:
    (row,) = world.query(
        """select max(s.monthly_standard) as standard from (select ? as region_code, cast(? as date) as month) as x
        left join reference.regions as r on r.region_code = x.region_code
        left join reference.benefit_standards as s on s.wage_class = r.wage_class and x.month >= s.effective_from
            and (x.month <= s.effective_to or s.effective_to is null)""",
        region,
        f"{month}-01",
    )
    assert row["standard"] == standard


def claim(number: str, person: str, start: str, **row: Any) -> dict[str, Any]:
    return {
        "claim_no": number,
        "person_id": person,
        "last_employer_id": "E1",
        "start_month": f"{start}-01",
    } | row


def premiums(person: str, first: str, count: int) -> list[dict[str, Any]]:
    index = int(first[:4]) * 12 + int(first[5:]) - 1
    months = [dt.date((index + n) // 12, (index + n) % 12 + 1, 1) for n in range(count)]
    return [{"employer_id": "E1", "person_id": person, "fee_month": month} for month in months]


MAN, WOMAN = "62010219640115001X", "620102197401150020"  # the 17th digit is odd for men, even for women


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Persons unemployed a second time, near retirement, or whose payments were reversed; deliveries begin in 2020-01 with others."""
    world = World(tmp_path_factory.mktemp("lives"))
    world.add("employers", [{"employer_id": "E1"}])
    rows = premiums("old", "2020-01", 24)
    # 12 paid, 4 drawn, 12 paid again: 4 months, not the 6 of 24 paid
    rows += premiums("again", "2021-01", 12) + premiums("again", "2022-06", 12)
    # 24 paid: 4 + 2 = 6, of which 2 drawn; 12 paid again: 4 + 4 carried = 8
    rows += premiums("carries", "2020-06", 24) + premiums("carries", "2022-09", 12)
    rows += premiums("counted", "2023-01", 12) + premiums("below", "2022-01", 24)
    rows += premiums(MAN, "2022-06", 12) + premiums(WOMAN, "2022-06", 12)
    world.add("contributions", rows)
    claims = [
        claim("A1", "again", "2022-01"),
        claim("A2", "again", "2023-06"),
        claim("C1", "carries", "2022-06"),
        claim("C2", "carries", "2023-09"),
        # the agency counted 130 months with those from elsewhere: 10 years give 4 + 9 × 2 = 22, under the ceiling of 24
        claim("N1", "counted", "2024-01", counted_months=130),
        # counted below our own 24: our own stands, 6
        claim("B1", "below", "2024-01", counted_months=11),
        # insured in the earliest month delivered, but the agency counted: 12 months, 4
        claim("O1", "old", "2022-01"),
        claim("M1", MAN, "2023-06"),
        claim("W1", WOMAN, "2023-06"),
    ]
    world.add("benefit_claims", claims)
    payments = [pay(f"A{n}", "again", f"2022-0{n}", f"2022-0{n}-20", claim_no="A1") for n in range(1, 5)] + [
        pay(f"C{n}", "carries", f"2022-0{n}", f"2022-0{n}-20", claim_no="C1") for n in (6, 7)
    ]
    # Both drew four months to September 2023 and went on. He is 60 in January 2024, 4 months later. She, born in January 1974, was 50 in
    # January 2024 as well, if that is her age.
    for person, number in ((MAN, "M1"), (WOMAN, "W1")):
        for n in range(8):
            day = dt.date(2023 + (5 + n) // 12, (5 + n) % 12 + 1, 1)
            payments.append(
                pay(
                    f"{number}-{n}", person, f"{day:%Y-%m}", f"{day + dt.timedelta(days=19)}", claim_no=number
                )
            )
        payments.append(pay(f"{number}-late", person, "2024-02", "2024-02-20", claim_no=number))
    # May's line was taken back in May and paid anew; June's taken back in another month stays
    payments += [
        pay("R1", "old", "2022-05", "2022-05-10", claim_no="O1"),
        pay("R2", "old", "2022-05", "2022-05-11", claim_no="O1", amount=-1818),
        pay("R3", "old", "2022-05", "2022-05-20", claim_no="O1"),
        pay("R4", "old", "2022-06", "2022-06-20", claim_no="O1"),
        pay("R5", "old", "2022-06", "2022-07-01", claim_no="O1", amount=-1818),
    ]
    world.add("benefit_payments", payments)
    return world.build("2024-06", "+int_benefit_months")


def test_the_clock_restarts_and_undrawn_months_are_carried(lives: World) -> None:
    found = {
        r["claim_no"]: (r["paid_months"], r["carried_months"], r["recomputed_months"])
        for r in lives.query("select * from intermediate.int_benefit_claims")
    }
    assert found["A1"] == (12, 0, 4)
    assert found["A2"] == (12, 0, 4)
    assert found["C1"] == (24, 0, 6)
    assert found["C2"] == (12, 4, 8)
    assert found["N1"] == (130, 0, 22)
    assert found["B1"] == (24, 0, 6)
    assert found["O1"] == (24, 0, None)


def test_months_up_to_a_near_retirement_go_on(lives: World) -> None:
    rows = lives.query(
        "select claim_no, benefit_month from intermediate.int_benefit_months where month_number > recomputed_months and not is_until_retirement"
    )
    # October to January go on up to the month of the birthday; February is beyond for him. She may be one of those who retire at 55, which is
    # more than a year away, or at 50: only what neither covers is beyond.
    assert {(r["claim_no"], r["benefit_month"]) for r in rows} == {
        ("M1", dt.date(2024, 2, 1)),
        ("W1", dt.date(2024, 2, 1)),
    }


def test_lines_that_reverse_each_other_are_no_payment(lives: World) -> None:
    rows = lives.query("select payment_no from intermediate.int_benefit_payments where claim_no = 'O1'")
    assert {r["payment_no"] for r in rows} == {"R3", "R4", "R5"}
