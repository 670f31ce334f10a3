"""A small published warehouse that the fund's tests share."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.dbt.world import World
from wengang import warehouse
from wengang.core.periods import Period
from wengang.core.settings import Settings

MAY, JUNE = Period(2024, 5), Period(2024, 6)


def month(year: int, number: int) -> dt.date:
    return dt.date(year, number, 1)


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A large and a small enterprise with two persons each, 40 yuan a person-month: a base of 2 × 12 × 40 = 960 yuan each.

    The fund holds 6000 − 12 × 100 = 4800 at the end of 2023 and spends 100 a month: 48 months of reserve.
    """
    world = World(tmp_path_factory.mktemp("simulate"))
    months = [month(2022, 12), *(month(2023, n) for n in range(1, 13))]
    world.add(
        "employers", [{"employer_id": "E1"}, {"employer_id": "E2", "region_code": "620302"}], period="2024-05"
    )
    world.add(
        "enterprise_size",
        [{"uscc": "91" + "E1".zfill(16), "data_year": 2023, "filed_size": "large"}],
        period="2024-05",
    )
    world.add(
        "enterprise_size",
        [{"uscc": "91" + "E2".zfill(16), "data_year": 2023, "filed_size": "small"}],
        period="2024-05",
    )
    world.add(
        "contributions",
        [
            {"employer_id": e, "person_id": f"{e}-{p}", "fee_month": m}
            for e in ("E1", "E2")
            for p in (1, 2)
            for m in months
        ],
        period="2024-05",
    )
    # A foundation that hired in March and applied: in 2024 the subsidy is for enterprises alone. Nobody is insured there in 2023.
    world.add("employers", [{"employer_id": "E3", "unit_type": "foundation"}], period="2024-05")
    world.add(
        "contributions",
        [{"employer_id": "E3", "person_id": "E3-1", "fee_month": month(2024, n)} for n in (3, 4, 5)],
        period="2024-05",
    )
    world.add(
        "expansion_applications",
        [
            {"application_no": "KG1", "employer_id": "E3", "person_id": "E3-1", "hired_on": dt.date(2024, 3, 5), "contract_signed": True,
             "person_kind": "graduate", "other_insurances": True, "applied_on": dt.date(2024, 5, 20)}
        ],
        period="2024-05",
    )  # fmt: skip
    world.add(
        "hiring_subsidies",
        [{"employer_id": "E9", "person_id": "X", "paid_on": month(2024, 1), "amount": 1}],
        period="2024-05",
    )
    world.add(
        "benefit_claims",
        [{"claim_no": "C1", "person_id": "X", "last_employer_id": "E9", "start_month": month(2023, 3)}],
        period="2024-05",
    )
    world.add(
        "headcount_changes",
        [{"employer_id": "E9", "person_id": "X", "change_date": month(2023, 2)}],
        period="2024-05",
    )
    world.add("sanctions", [{"uscc": "9" * 18, "listed_on": month(2020, 1)}], period="2024-05")
    ledger = [{"region_code": "620100", "month": month(2023, 1), "item": "opening_balance", "amount": 6000}]
    ledger += [
        {"region_code": "620100", "month": month(2023, n), "item": "benefit", "amount": 100}
        for n in range(1, 13)
    ]
    ledger += [
        {"region_code": "620100", "month": month(2024, n), "item": "benefit", "amount": 100}
        for n in range(1, 7)
    ]
    world.add("fund_ledger", ledger, period="2024-05")
    world.write()
    for period in (MAY, JUNE):
        warehouse.build(world.settings, [period])
        warehouse.publish(world.settings)
    return world.settings
