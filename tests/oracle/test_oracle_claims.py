"""Job expansion, recovery and leads of a random world beside the oracle, cell by cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tests.dbt.world import World
from tests.oracle.__main__ import main
from tests.oracle.claims import MONTHS, Claims, write_policy
from tests.oracle.compare import compare
from tests.oracle.expansion import expansion_tables
from tests.oracle.params import Parameters
from tests.oracle.recovery import recovery_cases
from tests.oracle.world import Case
from tests.oracle.world import World as OracleWorld
from wengang import warehouse
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.pipeline import intake

TABLES = (
    "expansion_decisions", "expansion_rule_outcomes", "recovery_cases", "recovery_balance", "risk_leads", "refund_decisions",
    "refund_rule_outcomes", "skill_decisions", "fund_reserve", "premium_relief", "report_figures",
)  # fmt: skip


def test_applications_and_cases_of_a_random_year_counted_again(tmp_path: Path) -> None:
    """One month of a small world, the models of these tables alone."""
    made = Claims(21, employers=14, hires=120, cases=90)
    made.make()
    made.write(tmp_path / "landing")
    write_policy(tmp_path / "policy")
    world = World(tmp_path, policy=tmp_path / "policy")
    month = Period(2024, 12)
    intake(world.settings.model_copy(update={"landing": tmp_path / "landing"}), month, Progress(quiet=True))
    world.build(str(month), "+expansion_decisions", "+expansion_rule_outcomes", "+recovery_cases")
    case = Case(OracleWorld.from_home(world.settings.home), Parameters.from_folder(tmp_path / "policy"))
    day = dt.date(2024, 12, 1)
    expected = {**expansion_tables(case, day), "recovery_cases": recovery_cases(case, day)}
    # Enough of every kind, or the comparison says little.
    assert {row["decision"] for row in expected["expansion_decisions"]} == {
        "eligible",
        "ineligible",
        "review",
    }
    assert {row["status"] for row in expected["recovery_cases"]} == {
        "open", "in_instalments", "overdue", "transferred", "settled",
    }  # fmt: skip
    for table, rows in expected.items():
        found = compare(table, world.query(f"select * from marts.{table}"), rows)
        assert found == [], "\n".join(map(str, found[:10]))


@pytest.mark.long
@pytest.mark.parametrize(("seed", "last_year", "is_ledger_short"), [(1, 9999, False), (2, 2024, True)])
def test_months_of_hires_cases_and_frauds_counted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int, last_year: int, is_ledger_short: bool
) -> None:
    """Four months with late corrections; the second world awaits the notice of 2025, and a row of its ledger cannot be read."""
    made = Claims(seed, is_ledger_short=is_ledger_short)
    made.make()
    made.write(tmp_path / "landing")
    write_policy(tmp_path / "policy", last_year=last_year)
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", policy=tmp_path / "policy")
    months = [Period.parse(month) for month in MONTHS]
    intake(settings, months[-1], Progress(quiet=True))
    warehouse.build(settings, months, Progress(quiet=True))
    capsys.readouterr()
    with duckdb.connect(str(settings.build_file), read_only=True) as con:
        differing = con.execute("select * from marts.recounts where outcome <> 'agrees'").fetchall()
    assert differing == []
    arguments = [str(settings.home), str(settings.policy), *MONTHS, "--warehouse", str(settings.build_file)]
    assert main([*arguments, "--tables", ",".join(TABLES)]) == 0, capsys.readouterr().out
