"""R19, payments of years that the report no longer shows: raised where the employer is not in the population decided for the year.

Policy: the windows of 2022 (June to December 2022, base year 2021) and 2023 are over and no longer shown in June 2025 (shown: 2024, 2025).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt.world import World

PERSON = "620102199001010011"


def row(employer: str, month: str, **columns: Any) -> dict[str, Any]:
    """One person insured at an employer in a month."""
    return {"employer_id": employer, "person_id": PERSON, "fee_month": month, **columns}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Payments for 2022 and 2023 to employers that were, and were not, in the population; only June 2025 is built."""
    w = World(tmp_path_factory.mktemp("undecided"))
    # The base year of 2022 is 2021; the window's last month is December 2022.
    w.add("contributions", [row("IN", "2021-05-01"), row("VOIDED", "2021-05-01")], period="2022-11")
    # Delivered after the window: too late to be decided.
    w.add("contributions", [row("LATE", "2021-05-01")], period="2023-02")
    # Insured in 2021 by what was known in 2022; voided in 2024. A decision was taken.
    w.add("contributions", [row("VOIDED", "2021-05-01", is_valid=False)], period="2024-03")
    # In the base year of 2023 (2022), not in that of 2022; a due of 0 is nobody insured.
    w.add(
        "contributions",
        [row("OTHER", "2022-05-01"), row("ZERO", "2021-05-01", employer_due=0, person_due=0)],
        period="2022-12",
    )
    lines = [
        ("IN", 2022, "paid", "100"),
        ("VOIDED", 2022, "paid", "200"),
        ("LATE", 2022, "paid", "1"),
        ("OTHER", 2022, "paid", "10"),
        ("OTHER", 2023, "paid", "400"),
        ("ZERO", 2022, "paid", "1000"),
        ("NEVER", 2022, "returned", "5000"),
        ("NEVER", 2023, "paid", "10000"),
        ("IN", 2015, "paid", "100000"),
    ]
    w.add(
        "programme_payments",
        [
            {
                "batch_no": "B1",
                "line_no": n,
                "payee_id": employer,
                "programme_year": year,
                "result": result,
                "amount": Decimal(amount),
                "paid_on": "2023-11-20",
            }
            for n, (employer, year, result, amount) in enumerate(lines, start=1)
        ],
        period="2025-06",
    )
    return w.build("2025-06", "+risk_r19")


def test_only_those_outside_the_population(world: World) -> None:
    """Who was decided is no lead, whatever is known today; a year that never had a programme is always one."""
    found = world.query(
        "select fact_key, amount_at_stake from intermediate.risk_r19 where fact_key like 'payment%'"
    )
    assert {r["fact_key"]: str(r["amount_at_stake"]) for r in found} == {
        "payment|refund|2022|LATE": "1.00",
        "payment|refund|2022|OTHER": "10.00",
        "payment|refund|2022|ZERO": "1000.00",
        "payment|refund|2023|NEVER": "10000.00",
        "payment|refund|2015|IN": "100000.00",
    }
