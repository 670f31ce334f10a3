"""What-ifs on a small published warehouse: the parameters in force change nothing; others change exactly what they reach."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import openpyxl
import pytest

from wengang.core.errors import ParameterError, UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.policy import load_policy
from wengang.warehouse.dbt_runner import Dbt
from wengang.whatif import read_scenarios, simulate, simulate_all
from wengang.whatif.models import TARGETS, Chain, compiled, copy_of, freeze, run_models
from wengang.whatif.run import apply
from wengang.whatif.scenario import Scenario, lay

MAY, JUNE = Period(2024, 5), Period(2024, 6)


@pytest.fixture(scope="module")
def chain(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Chain]:
    """A copy of the published warehouse with its models compiled and their inputs at hand."""
    database = copy_of(home.warehouse_file, tmp_path_factory.mktemp("copy"))
    models = compiled(Dbt(home, database), load_policy(home.policy, home.jurisdiction))
    with duckdb.connect(str(database)) as con:
        freeze(con, models.inputs)
    return database, models


@pytest.fixture
def con(chain: tuple[Path, Chain]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(chain[0])) as connection:
        connection.execute("begin transaction")
        yield connection
        connection.execute("rollback")


def rows_of(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        t: con.execute(f"select * from marts.{t} where period = ? order by all", [JUNE.first_day]).fetchall()
        for t in TARGETS
    }


def scenario(name: str, **values: str) -> Scenario:
    return Scenario(name, parameters=tuple({"parameter": p, "value": v} for p, v in values.items()))


RATIOS = scenario("ratios", refund_ratio_large="0.50", refund_ratio_sme="0.90")


def test_the_parameters_in_force_give_the_published_figures(
    con: duckdb.DuckDBPyConnection, home: Settings, chain: tuple[Path, Chain]
) -> None:
    policy = load_policy(home.policy, home.jurisdiction)
    published = rows_of(con)
    assert len(published["refund_decisions"]) == 2
    ran = apply(con, chain[1].models, policy, policy)
    assert {"int_refund_facts", *TARGETS} <= set(ran), (
        "everything downstream of the parameters was worked out again"
    )
    assert rows_of(con) == published


@pytest.mark.parametrize(
    "values",
    [
        {"refund_ratio_sme": "0.40"},
        {"refund_min_months_paid": "13"},
        {"reserve_months_min": "60"},
        {"layoff_numerator": "either", "layoff_denominator": "opening"},
        {"contribution_basis": "receipt_date"},
        {"excluded_user_unit_types": "none"},
    ],
)
def test_what_is_left_out_would_not_have_changed(
    con: duckdb.DuckDBPyConnection, home: Settings, chain: tuple[Path, Chain], values: dict[str, str]
) -> None:
    policy = load_policy(home.policy, home.jurisdiction)
    laid = lay(policy, scenario("s", **values), JUNE).policy
    apply(con, chain[1].models, policy, laid)
    quick = rows_of(con)
    run_models(con, chain[1].models, frozenset(n for m in chain[1].models for n in m.reads))
    assert rows_of(con) == quick


def test_raised_ratios_cost_to_the_fen(home: Settings) -> None:
    before = hashlib.sha256(home.warehouse_file.read_bytes()).hexdigest()
    (outcome,) = simulate_all(home, [RATIOS], JUNE)
    employers = {r["employer_id"]: r for r in outcome.table("employers").records}
    # 960 × 0.3 = 288 becomes 480 for the large one; 960 × 0.6 = 576 becomes 864 for the small one: 192 + 288 = 480 more.
    assert (employers["E1"]["refund_now"], employers["E1"]["refund_then"], employers["E1"]["effect"]) == (
        288,
        480,
        "gains",
    )
    assert (employers["E2"]["refund_now"], employers["E2"]["refund_then"], employers["E2"]["effect"]) == (
        576,
        864,
        "gains",
    )
    assert outcome.facts["cost"] == outcome.facts["cost_refund"] == 480
    groups = {
        (r["programme"], r["dimension"], r["dimension_value"]): r["difference"]
        for r in outcome.table("groups").records
    }
    assert groups["refund", "size_class", "large"] == 192
    assert groups["refund", "size_class", "sme"] == 288
    assert groups["refund", "unit_type", "enterprise"] == groups["refund", "none", "all"] == 480
    assert groups["refund", "region", "620300"] == 288
    # The national caps of 30 and 60 % are broken: shown, not refused.
    assert {(b["parameter"], b["bound_value"]) for b in outcome.table("breaches").records} == {
        ("refund_ratio_large", "0.30"), ("refund_ratio_sme", "0.60"),
    }  # fmt: skip
    # Six months are left of 2024: the path pays 480 more by December, in both 80 a month.
    path = outcome.table("fund_path").records
    assert path[0]["expenditure_then"] - path[0]["expenditure_now"] == 80
    assert path[5]["balance_now"] - path[5]["balance_then"] == 480
    assert hashlib.sha256(home.warehouse_file.read_bytes()).hexdigest() == before
    assert not list((home.home / "scenarios").glob(".work-*"))
    for name in ("summary.json", "summary.txt", "tables/employers.csv", "推演_ratios_2024-06.xlsx"):
        assert (outcome.folder / name).stat().st_size
    for name in ("balance.svg", "reserve.svg"):
        ElementTree.parse(outcome.folder / "charts" / name)
    book_on_at_most_eight_pages(outcome.folder / "推演_ratios_2024-06.xlsx")


def book_on_at_most_eight_pages(path: Path) -> None:
    """Hold the workbook to a page a sheet, units and sizes by name, dates as dates."""
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["结论", "分组费用", "增加最多的单位", "减少最多的单位", "基金走势", "图表"]
    assert all(
        (s.page_setup.fitToHeight or 1) == (s.page_setup.fitToWidth or 1) == 1 for s in book.worksheets
    )
    assert all(s.sheet_properties.pageSetUpPr.fitToPage for s in book.worksheets)
    gates = [
        row[:1] + row[4:5] + row[6:7]
        for row in book["结论"].iter_rows(values_only=True)
        if "12月31日" in str(row[0])
    ]
    assert ("2023年12月31日", "执行", "执行") in gates
    groups = {row[1:3]: row[7] for row in book["分组费用"].iter_rows(min_row=3, values_only=True)}
    assert groups["企业规模", "大型"] == 192 and groups["报送单位", "金昌市"] == 288
    gains = list(book["增加最多的单位"].iter_rows(min_row=3, values_only=True))
    assert [row[9] for row in gains] == sorted((row[9] for row in gains), reverse=True)
    months = [row[0].value for row in book["基金走势"].iter_rows(min_row=3)]
    assert f"{months[0]:%Y-%m-%d}" == "2024-07-01" and len(months) == 24


def test_more_units_may_apply_for_job_expansion(home: Settings) -> None:
    # E3 is a foundation: ineligible as things are; with foundations among the units its one hire brings 1,500, not yet paid.
    more = scenario("foundations", expansion_unit_types="enterprise;foundation")
    (outcome,) = simulate_all(home, [more], JUNE)
    (row,) = outcome.table("applications").records
    assert (row["programme"], row["application_no"]) == ("job_expansion", "KG1")
    assert (row["decision_now"], row["decision_then"]) == ("ineligible", "eligible")
    assert (row["amount_now"], row["amount_then"], row["effect"]) == (0, 1500, "gains")
    assert outcome.facts["cost"] == outcome.facts["cost_job_expansion"] == 1500
    assert outcome.facts["applications_gaining"] == 1
    groups = {(r["programme"], r["dimension"]): r for r in outcome.table("groups").records}
    assert (
        groups["job_expansion", "none"]["subjects_now"],
        groups["job_expansion", "none"]["subjects_then"],
    ) == (0, 1)
    summary = {(r["programme"], r["measure"]): r["then"] for r in outcome.table("summary").records}
    assert summary["job_expansion", "payable"] == 1500
    assert not outcome.table("employers").rows


def test_the_path_in_force_is_the_published_projection(home: Settings) -> None:
    (outcome,) = simulate_all(home, [Scenario("control")], JUNE)
    with duckdb.connect(str(home.warehouse_file), read_only=True) as con:
        published = con.execute(
            "select month, balance, reserve_months from marts.fund_projection where period = ? and scenario = 'base' order by month",
            [JUNE.first_day],
        ).fetchall()
    path = outcome.table("fund_path").records
    assert len(path) == 24
    assert [(r["month"], r["balance_now"], r["reserve_months_now"]) for r in path] == published
    assert [r["balance_then"] for r in path] == [r["balance_now"] for r in path]
    assert outcome.facts["cost"] == 0
    assert outcome.facts["is_stale"] is False
    assert not outcome.table("employers").rows


def test_the_gate_flips(home: Settings) -> None:
    # 48 months of reserve do not reach 49: the gate of 2024 closes, and nobody is paid.
    (outcome,) = simulate_all(home, [scenario("closed", reserve_months_min="49")], JUNE)
    gate = {r["programme_year"]: r for r in outcome.table("gate").records}
    assert (gate[2024]["gate_now"], gate[2024]["gate_then"], gate[2024]["basis"]) == (True, False, "known")
    assert 2024 in outcome.facts["gate_flips"]
    assert outcome.facts["cost"] == -864
    assert {r["failed_rules_then"] for r in outcome.table("employers").records} == {"refund.fund_reserve"}


def test_shocks_to_the_fund(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "shock.yml"
    file.write_text("name: shock\nshocks:\n  living_benefits: {factor: 6, from: 2024-09}\n", encoding="utf-8")
    (outcome,) = simulate_all(home, read_scenarios(file), JUNE)
    path = outcome.table("fund_path").records
    assert path[1]["expenditure_then"] == path[1]["expenditure_now"]
    assert path[2]["expenditure_then"] - path[2]["expenditure_now"] == 500
    # In force: 4200 in June 2024, then 144 of refund and 100 of benefits a month to December: 2736; June 2025 2136, July 2025, with its
    # refund, 1892. A year costs 6 × 244 + 6 × 100 = 2064: 2136 is 12.4 months, 1892 is 11.
    assert outcome.facts["first_month_below_min_now"] == dt.date(2025, 7, 1)
    # With 600 from September: September 4200 − 2 × 244 − 744 = 2968 over 9 × 100 + 2 × 244 + 744 = 2132 is 16.7 months,
    # October 2224 over 8 × 100 + 2 × 244 + 2 × 744 = 2776 is 9.6.
    assert outcome.facts["first_month_below_min_then"] == dt.date(2024, 10, 1)


def test_several_scenarios_do_not_touch_each_other(home: Settings, tmp_path: Path) -> None:
    closed = scenario("closed", reserve_months_min="49")
    alone = simulate_all(home, [RATIOS], JUNE)[0]
    after = simulate_all(home, [closed, Scenario("control"), RATIOS], JUNE)
    assert after[1].facts["cost"] == 0
    assert [t.rows for t in after[2].tables] == [t.rows for t in alone.tables]


def test_an_earlier_month_by_its_own_facts(home: Settings) -> None:
    (outcome,) = simulate_all(home, [Scenario("control")], MAY)
    assert not outcome.table("employers").rows
    assert outcome.table("summary").rows


def test_parameters_changed_since_the_build_are_said(home: Settings, tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    shutil.copytree(home.policy, policy)
    path = policy / "parameters.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count("reserve_months_min,000000,,2024-01-01,2024-12-31,12,") == 1
    path.write_text(
        text.replace(
            "reserve_months_min,000000,,2024-01-01,2024-12-31,12,",
            "reserve_months_min,000000,,2024-01-01,2024-12-31,11,",
        ),
        encoding="utf-8",
    )
    said = simulate(home.model_copy(update={"policy": policy}), written(tmp_path), JUNE)
    assert "have changed since 2024-06 was built" in said


def written(folder: Path) -> Path:
    file = folder / "plain.yml"
    file.write_text("name: plain\n", encoding="utf-8")
    return file


def test_a_month_that_was_never_built(home: Settings) -> None:
    with pytest.raises(UsageError, match="2023-01") as caught:
        simulate_all(home, [RATIOS], Period(2023, 1))
    assert caught.value.exit_code == 2


def test_a_faulty_parameter(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "bad.yml"
    file.write_text("parameters:\n  - {parameter: refund_ratio_sme, value: many}\n", encoding="utf-8")
    with pytest.raises(ParameterError):
        simulate(home, file, JUNE)
