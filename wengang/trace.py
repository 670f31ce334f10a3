"""From a figure of the report to the records behind it: employers, applications, payments, ledger lines, with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from wengang.errors import PublicationError, UsageError
from wengang.lake import read_lake
from wengang.periods import Period
from wengang.recount.count import register_files
from wengang.settings import Settings

UNIT = "coalesce(g.reporting_unit, case when {region} = $province then 'own_account' else 'unknown' end)"
MASKED = "concat(left({person}, 6), '**********', right({person}, 2))"

REFUND_FILTERS = {
    "on_notice": "d.notice_status = 'on_notice'",
    "cleared": "d.notice_status = 'cleared'",
    "objection_open": "d.notice_status = 'objection_open'",
    "objection_upheld": "d.notice_status = 'objection_upheld'",
    "account_missing": "d.decision = 'eligible' and d.account_status = 'account_missing'",
    "verdicts_differ": "d.verdicts_differ",
    "newly_eligible": "d.first_decided_period = $day",
    "paid": "d.paid_amount > 0",
    "returned": "d.returned_amount > 0",
    "payable": "d.payable_amount > 0",
    "recoverable": "d.recoverable_amount > 0",
    "refund": "d.refund_amount > 0",
}


@dataclass(frozen=True)
class Trace:
    """The figure, and the records that it is made of; persons are masked. `step` says how to go further down."""

    figure: Decimal | None
    columns: list[str]
    rows: list[tuple[object, ...]]
    step: str

    def render(self) -> str:
        """Lay it out as lines of tab-separated text."""
        head = "未知 not known" if self.figure is None else f"{self.figure:,f}".rstrip("0").rstrip(".")
        lines = [f"数字 figure: {head}", "\t".join(self.columns)]
        lines += ["\t".join("" if v is None else str(v) for v in row) for row in self.rows]
        return "\n".join([*lines, f"共 {len(self.rows)} 条记录 records", f"再往下 further: {self.step}"])


def trace(
    settings: Settings,
    section: str,
    measure: str,
    unit: str,
    period: Period,
    *,
    dimension: str = "none",
    dimension_value: str = "",
) -> Trace:
    """Give the records behind a cell of a month's report, from the published warehouse and the lake.

    Raises UsageError where the report has no such figure, PublicationError where there is no warehouse.
    """
    if not settings.warehouse_file.exists():
        raise PublicationError(
            "no_warehouse", "还没有已发布的数据仓库", "there is no published warehouse", place=str(settings.warehouse_file),
            next_zh=f"运行 wengang run {period}", next_en=f"run: wengang run {period}",
        )  # fmt: skip
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        found = con.execute(
            "select value from marts.report_figures where period = ? and section = ? and measure = ? and reporting_unit = ?"
            " and dimension = ? and dimension_value = ?",
            [period.first_day, section, measure, unit, dimension, dimension_value],
        ).fetchone()
        if found is None:
            raise UsageError(
                "no_figure", f"{period} 的月报没有 {section}.{measure} {dimension_value} {unit}".strip(),
                f"the report of {period} has no figure {section}.{measure} {dimension_value} {unit}".strip(),
                expected_zh="report_figures 中的 section、measure、reporting_unit", expected_en="names as in report_figures",
            )  # fmt: skip
        register_files(con, settings, read_lake(settings).through(period).current())
        row = con.execute("select concat(substr(jurisdiction, 1, 2), '0000') from run.context").fetchone()
        province = row[0] if row else ""
        sql, step = records(section, measure, dimension)
        given = {
            "day": period.first_day, "last": period.last_day, "province": province, "unit": unit, "value": dimension_value,
            "measure": measure,
        }  # fmt: skip
        cursor = con.execute(sql, {k: v for k, v in given.items() if f"${k}" in sql})
        columns = [d[0] for d in cursor.description or ()]
        return Trace(found[0], columns, cursor.fetchall(), step)


def records(section: str, measure: str, dimension: str) -> tuple[str, str]:
    """Give the SQL of the records of a section's measure, and how to go further down."""
    builders = {
        "refund": refund_records,
        "skill": skill_records,
        "benefits": benefit_records,
        "premium": premium_records,
        "fund": fund_records,
    }
    if section in builders:
        return builders[section](measure, dimension)
    if section == "risk":
        where = " and d.rule_id = $value" if dimension == "rule_id" else ""
        person = MASKED.format(person="d.subject_id")
        return (
            f"select d.lead_id, d.rule_id, d.subject_kind, case d.subject_kind when 'person' then {person} else d.subject_id end as subject,"
            f" d.status, d.amount_at_stake, d.first_seen from marts.risk_leads as d {by_unit('d.region_code')}{where} order by all"
        ), "wengang explain …"
    if section == "quality":
        return (
            "select source, file_name, status, rows_read, rows_accepted, rows_rejected, sha256 from marts.extract_files"
            " where period = $day order by all"
        ), "tables/extract_rejects.parquet"
    return (
        "select parameter, value, valid_from, valid_to, basis, document_id, article from policy.parameters"
        " where $day between valid_from and valid_to order by all"
    ), "parameters.csv"


def by_unit(region: str, *, has_period: bool = True) -> str:
    """Give the join and the condition that keep a reporting unit's rows; the province keeps all."""
    period = "d.period = $day and " if has_period else ""
    unit = UNIT.format(region=region)
    return f"left join reference.regions as g on {region} = g.region_code where {period}($unit = $province or {unit} = $unit)"


def refund_records(measure: str, dimension: str) -> tuple[str, str]:
    """Decisions on the refund, or the lines of the bank's return for what was paid in the month."""
    if measure in {"paid_in_month", "returned_in_month"}:
        return payment_records("refund", measure), "wengang explain refund 单位编号 --lines"
    where = next((f" and {text}" for name, text in REFUND_FILTERS.items() if measure.startswith(name)), "")
    lists = {"failed_rules", "unknown_rules"}
    if measure in lists:
        where = f" and list_contains(d.{measure}, $value)"
    elif dimension in {"decision", "size_class", "unit_type"}:
        where += f" and coalesce(d.{dimension}, 'unknown') = $value"
    return (
        "select d.programme_year, d.employer_id, d.employer_name, d.region_code, d.decision, d.average_insured, d.contribution_base,"
        " d.refund_amount, d.paid_amount, d.returned_amount, d.payable_amount, d.recoverable_amount, d.notice_status"
        f" from marts.refund_decisions as d {by_unit('d.region_code')}{where} order by all"
    ), "wengang explain refund 单位编号 --period 期间 --lines"


def skill_records(measure: str, dimension: str) -> tuple[str, str]:
    """Decisions on applications, of the month for what counts the month; the person masked."""
    if measure in {"paid_in_month", "returned_in_month"}:
        return payment_records("skill_subsidy", measure), "wengang explain skill 申领编号 --lines"
    is_stock = measure in {"paid_amount", "payable_amount", "recoverable_amount"}
    where = f" and d.{measure} > 0" if is_stock else " and d.applied_on between $day and $last"
    where += {
        "approved": " and d.decision = 'eligible'", "approved_persons": " and d.decision = 'eligible'", "in_review": " and d.decision = 'review'",
        "failed_rules": " and list_contains(d.failed_rules, $value)", "unknown_rules": " and list_contains(d.unknown_rules, $value)",
    }.get(measure, "")  # fmt: skip
    if dimension in {"decision", "level"}:
        where += f" and cast(d.{dimension} as varchar) = $value"
    return (
        f"select d.application_no, {MASKED.format(person='d.person_id')} as person, d.region_code, d.applied_on, d.level, d.decision,"
        f" d.amount, d.paid_amount, d.payable_amount from marts.skill_decisions as d {by_unit('d.region_code')}{where} order by all"
    ), "wengang explain skill 申领编号 --period 期间 --lines"


def payment_records(programme: str, measure: str) -> str:
    """Lines of the bank's return in the month, without names and accounts."""
    result = "paid" if measure == "paid_in_month" else "returned"
    return (
        "select p.batch_no, p.line_no, p.programme_year, p.payee_id, p.on_behalf_of, p.amount, p.paid_on, p._file, p._line_no"
        f" from lake_programme_payments as p where coalesce(p.is_valid, true) and p.programme = '{programme}' and p.result = '{result}'"
        " and p.paid_on between $day and $last order by all"
    )


def benefit_records(measure: str, dimension: str) -> tuple[str, str]:
    """Payments of living benefits made in the month, with file and line."""
    where = " and d.benefit_kind = $value" if dimension == "benefit_kind" else ""
    return (
        f"select d.payment_no, d.claim_no, {MASKED.format(person='d.person_id')} as person, d.benefit_kind, d.benefit_month, d.amount, d.paid_on,"
        f" d.region_code, d._file, d._line_no from lake_benefit_payments as d {by_unit('d.region_code', has_period=False)}"
        f" and coalesce(d.is_valid, true) and d.result = 'paid' and d.paid_on between $day and $last{where} order by all"
    ), "wengang explain person"


def premium_records(measure: str, dimension: str) -> tuple[str, str]:
    """Normal rows of the fee month, summed by employer and file."""
    where = " and coalesce(e.unit_type, 'unknown') = $value" if dimension == "unit_type" else ""
    return (
        "select c.employer_id, e.employer_name, e.region_code, count(distinct c.person_id) as persons, sum(c.pay_base) as pay_base,"
        " sum(c.employer_due + c.person_due) as premium_due, sum(c.employer_paid + c.person_paid) as premium_paid, c._file"
        " from lake_contributions as c left join lake_employers as e on c.employer_id = e.employer_id"
        f" {by_unit('e.region_code', has_period=False)} and c.fee_month = $day and c.pay_kind = 'normal' and coalesce(c.is_valid, true){where}"
        " group by all order by all"
    ), "wengang explain refund 单位编号 --lines"


def fund_records(measure: str, dimension: str) -> tuple[str, str]:
    """Lines of the ledger: of the month for what flows, of the year so far for what stands."""
    flows = {
        "income",
        "expenditure",
        "premium",
        "living_benefits",
        "refund",
        "skill_subsidy",
        "other_expenditure",
    }
    months = "d.month = $day" if measure in flows else "d.month between date_trunc('year', $day) and $day"
    if measure in {"reserve_months", "balance_previous_year", "expenditure_previous_year", "gate_open"}:
        months = "year(d.month) = year($day) - 1"
    where = " and d.item = $value" if dimension == "item" and measure in flows else ""
    return (
        f"select d.region_code, d.month, d.item, d.amount, d._file, d._line_no from lake_fund_ledger as d"
        f" {by_unit('d.region_code', has_period=False)} and coalesce(d.is_valid, true) and {months}{where} order by all"
    ), "_file, _line_no"
