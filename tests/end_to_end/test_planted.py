"""Everything planted in a made-up province is found: bad rows rejected, rules failing, leads raised; and no lead without a plant."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.pipeline import run
from wengang.sample import write_sample

pytestmark = pytest.mark.slow

# Leads that follow from how the province is made: dispatched to public users by chance, certificates of levels 1 and 2, applications
# that only stand before a planted one, employers that close (R14); and what a planted case brings with it (R11 and R17, the others of a
# shared account or phone, the unit type that the code of a planted employer contradicts, an application of a person who died, money paid
# before its notice).
BY_MAKING = {"R08", "R10", "R13", "R14", "R16", "R17", "R25", "R34", "R36"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    landing = folder / "landing"
    # So few employers that the planted ones share the numbers of the list of counties.
    # The bad rows of the ledger come with the second delivery: in the first they would leave the reserve of the year before unknown.
    months = [Period(2024, 5), Period(2024, 6)]
    report = write_sample(landing, months, employers=60, seed=3, faults=True)
    settings = Settings(home=folder / "home", landing=landing)
    run(settings, months, Progress(quiet=True))
    found = json.loads(report.faults_file.read_text(encoding="utf-8"))
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        yield found, con


def leads(con):
    return con.execute(
        "select rule_id, subject_kind, subject_id, amount_at_stake from marts.risk_leads where period = '2024-06-01'"
    ).fetchall()


def test_every_bad_row_is_rejected_with_its_reason(planted):
    found, con = planted
    expected = {(p["source"], p["file"], p["line"], p["reason"]) for p in found if p["planted"] == "reject"}
    rejected = con.execute(
        "select source, file_name, line_no, reason_code from marts.extract_rejects where file_name like '%faults%'"
    ).fetchall()
    # A row may be wrong in more than one way; no row but a planted one is rejected.
    assert expected - set(rejected) == set()
    assert {r[:3] for r in rejected} == {e[:3] for e in expected}


def test_every_case_is_a_lead_or_a_rule_that_does_not_pass(planted):
    found, con = planted
    seen = {lead[:3] for lead in leads(con)}
    for table, kind, key in (
        ("refund_rule_outcomes", "employer", "employer_id"), ("skill_rule_outcomes", "application", "application_no"),
        ("expansion_rule_outcomes", "application", "application_no"),
    ):  # fmt: skip
        seen |= set(
            con.execute(
                f"select rule_id, '{kind}', {key} from marts.{table} where period = '2024-06-01' and outcome in ('fail', 'unknown')"
            ).fetchall()
        )
    expected = {(p["rule"], p["subject_kind"], p["subject"]) for p in found if p["planted"] == "case"}
    assert len(expected) > 40
    assert expected - seen == set()


def test_no_lead_without_a_plant(planted):
    found, con = planted
    expected = {(p["rule"], p["subject_kind"], p["subject"]) for p in found if p["planted"] == "case"}
    assert [lead for lead in leads(con) if lead[:3] not in expected and lead[0] not in BY_MAKING] == []


def test_amounts_are_those_planted(planted):
    """Benefits planted: April to June, at the standard of the claim's county (1,818, 1,764, 1,719 or 1,665 yuan by class)."""
    _, con = planted
    standards = {"1": Decimal(1818), "2": Decimal(1764), "3": Decimal(1719), "4": Decimal(1665)}
    rows = con.execute(
        "select l.rule_id, l.amount_at_stake, cast(r.wage_class as varchar), l.evidence from marts.risk_leads as l"
        " inner join reference.regions as r on l.region_code = r.region_code where l.subject_kind = 'person'"
        " and l.period = '2024-06-01'"
    ).fetchall()
    # Months at stake: the month of the check is free (R02 to R04, R09; R01 employed elsewhere: begun before the month); R05 elsewhere
    # takes all three, two claims the one in common; R01 insured all three; R07 three; R20 the fifth month of four.
    months = {
        "R01": {2, 3}, "R02": {2}, "R03": {2}, "R04": {2}, "R05": {1, 3}, "R07": {3}, "R09": {2}, "R20": {1}, "R22": {1}, "R23": {1},
    }  # fmt: skip
    assert set(months) <= {r[0] for r in rows}
    for rule, amount, wage_class, evidence in rows:
        standard = standards[wage_class]
        if rule == "R21":  # June at 9,999 yuan
            assert amount == 9999 - standard, evidence
        else:
            assert amount / standard in months[rule], evidence
