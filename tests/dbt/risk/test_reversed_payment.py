"""A benefit taken back is a payment of less than nothing; a lead that rests on it alone stakes as little, and is a lead all the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.dbt.world import World

PERSON = "620102199001010011"


def test_a_lead_of_less_than_nothing(tmp_path: Path) -> None:
    """April was paid after the stop of March, and what was taken back in May is all that was delivered."""
    w = World(tmp_path)
    w.add(
        "benefit_claims",
        [
            {
                "claim_no": "C1",
                "person_id": PERSON,
                "start_month": "2024-01-01",
                "entitled_months": 12,
                "stop_month": "2024-03-01",
                "stop_reason": "reemployed",
            }
        ],
        period="2024-06",
    )
    w.add(
        "benefit_payments",
        [
            {
                "payment_no": "P1",
                "claim_no": "C1",
                "person_id": PERSON,
                "benefit_month": "2024-04-01",
                "amount": Decimal("-500.00"),
                "paid_on": "2024-05-10",
            }
        ],
        period="2024-06",
    )
    w.build("2024-06", "+risk_leads")
    found = w.query("select rule_id, amount_at_stake from marts.risk_leads where rule_id = 'R23'")
    assert [(r["rule_id"], r["amount_at_stake"]) for r in found] == [("R23", Decimal("-500.00"))]
    w.build("2024-06", "risk_leads", command="test")


def test_a_claim_numbered_by_its_person_is_quoted_masked(tmp_path: Path) -> None:
    """May was paid after the stop of March, under a claim whose number holds the citizen number."""
    w = World(tmp_path)
    claim = {
        "claim_no": f"HD{PERSON}-1",
        "person_id": PERSON,
        "start_month": "2024-01-01",
        "entitled_months": 12,
    }
    w.add("benefit_claims", [claim | {"stop_month": "2024-03-01", "stop_reason": "reemployed"}])
    paid = {
        "payment_no": "P1",
        "claim_no": claim["claim_no"],
        "person_id": PERSON,
        "benefit_month": "2024-05-01",
    }
    w.add("benefit_payments", [paid | {"amount": Decimal("1500.00"), "paid_on": "2024-05-10"}])
    w.build("2024-06", "+risk_leads")
    (lead,) = w.query("select evidence, evidence_en from marts.risk_leads where rule_id = 'R23'")
    for text in lead.values():
        assert PERSON not in text and "HD620102************-1" in text
    w.build("2024-06", "risk_leads", command="test")
