"""From a figure of the report to the records behind it: employers, applications, payments, ledger lines, with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from wengang.core.errors import UsageError
from wengang.core.identifiers import masked_sql
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.recount.count import register_files

UNIT = "coalesce(g.reporting_unit, case when {region} = $province then 'own_account' else 'unknown' end)"

# Which decisions on the refund a measure takes, and what of them adds up to it.
REFUND = {
    "employers": ("true", "count(*)"),
    "average_insured": ("true", "sum(d.average_insured)"),
    "contribution_base": ("true", "sum(d.contribution_base)"),
    "refund_amount": ("d.refund_amount > 0", "sum(d.refund_amount)"),
    "paid_employers": ("d.paid_amount > 0", "count(*)"),
    "paid_amount": ("d.paid_amount > 0", "sum(d.paid_amount)"),
    "returned_employers": ("d.returned_amount > 0", "count(*)"),
    "returned_amount": ("d.returned_amount > 0", "sum(d.returned_amount)"),
    "payable_amount": ("d.payable_amount > 0", "sum(d.payable_amount)"),
    "recoverable_amount": ("d.recoverable_amount > 0", "sum(d.recoverable_amount)"),
    "objection_open": ("d.notice_status = 'objection_open'", "count(*)"),
    "objection_upheld": ("d.notice_status = 'objection_upheld'", "count(*)"),
    "account_missing": ("d.decision = 'eligible' and d.account_status = 'account_missing'", "count(*)"),
    "verdicts_differ": ("d.verdicts_differ", "count(*)"),
    "newly_eligible": ("d.first_decided_period = $day", "count(*)"),
    "newly_eligible_amount": ("d.first_decided_period = $day", "sum(d.refund_amount)"),
    **{
        f"{state}{suffix}": (f"d.notice_status = '{state}'", total)
        for state in ("on_notice", "cleared")
        for suffix, total in (("", "count(*)"), ("_insured", "sum(d.average_insured)"), ("_amount", "sum(d.refund_amount)"))
    },
    "failed_rules": ("list_contains(d.failed_rules, $value)", "count(*)"),
    "unknown_rules": ("list_contains(d.unknown_rules, $value)", "count(*)"),
}  # fmt: skip
THIS_MONTH = "d.applied_on between $day and $last"
SKILL = {
    "applications": (THIS_MONTH, "count(*)"),
    "persons": (THIS_MONTH, "count(distinct d.person_id)"),
    "approved": (f"{THIS_MONTH} and d.decision = 'eligible'", "count(*)"),
    "approved_persons": (f"{THIS_MONTH} and d.decision = 'eligible'", "count(distinct d.person_id)"),
    "in_review": (f"{THIS_MONTH} and d.decision = 'review'", "count(*)"),
    "amount": (THIS_MONTH, "sum(d.amount)"),
    "paid_amount": ("d.paid_amount > 0", "sum(d.paid_amount)"),
    "payable_amount": ("d.payable_amount > 0", "sum(d.payable_amount)"),
    "recoverable_amount": ("d.recoverable_amount > 0", "sum(d.recoverable_amount)"),
    "failed_rules": (f"{THIS_MONTH} and list_contains(d.failed_rules, $value)", "count(*)"),
    "unknown_rules": (f"{THIS_MONTH} and list_contains(d.unknown_rules, $value)", "count(*)"),
}
RISK = {
    "raised": ("true", "count(*)"),
    "raised_new": ("d.first_seen = $day", "count(*)"),
    "still_open": ("d.status = 'open'", "count(*)"),
    "confirmed": ("d.verdict = 'confirmed'", "count(*)"),
    "dismissed": ("d.verdict = 'dismissed'", "count(*)"),
    "gone": ("d.status = 'gone'", "count(*)"),
    "amount_at_stake": ("d.status in ('open', 'confirmed')", "sum(d.amount_at_stake)"),
}
# Lines of the ledger by measure: which, and their sign in the sum.
SIGNED = "sum(case i.side when 'expenditure' then -d.amount else d.amount end)"
WHERE_ALL_OPEN = "case when count(distinct d.region_code) = count(distinct d.region_code) filter (where i.side = 'opening') then {} end"
OF_YEAR = "d.month between date_trunc('year', $day) and $day"
FUND = {
    "income": ("d.month = $day and i.side = 'income'", "sum(d.amount)"),
    "expenditure": ("d.month = $day and i.side = 'expenditure'", "sum(d.amount)"),
    **{
        group: (f"d.month = $day and i.item_group = '{group}'", "sum(d.amount)")
        for group in ("premium", "living_benefits", "refund", "skill_subsidy", "other_expenditure")
    },
    "balance": (OF_YEAR, WHERE_ALL_OPEN.format(SIGNED)),
    "opening_balance": (f"{OF_YEAR} and (i.side = 'opening' or d.month < $day)", WHERE_ALL_OPEN.format(SIGNED)),
    "balance_previous_year": ("year(d.month) = year($day) - 1", WHERE_ALL_OPEN.format(SIGNED)),
    "expenditure_previous_year": ("year(d.month) = year($day) - 1 and i.side = 'expenditure'", "sum(d.amount)"),
    "reserve_months": ("year(d.month) = year($day) - 1", None),
    "gate_open": ("year(d.month) = year($day) - 1", None),
    "opening_change": (OF_YEAR, None),
    "rolling_reserve_months": ("d.month between $day - interval 11 month and $day or i.side = 'opening' and year(d.month) = year($day)", None),
}  # fmt: skip
PLAN = ("required", "covered", "shortfall")


@dataclass(frozen=True)
class Records:
    """The records of a figure: what is shown of them, where they stand, and what of them is the figure; None: it is no sum of records."""

    shown: str
    source: str
    total: str | None
    step: str


@dataclass(frozen=True)
class Trace:
    """The figure, and the records that it is made of; persons are masked. `step` says how to go further down."""

    figure: Decimal | None
    columns: list[str]
    rows: list[tuple[object, ...]]
    step: str
    total: Decimal | None = None
    is_sum: bool = False

    def render(self) -> str:
        """Lay it out as lines of tab-separated text."""
        head = "未知 not known" if self.figure is None else f"{self.figure:,f}".rstrip("0").rstrip(".")
        lines = [f"数字 figure: {head}", "\t".join(self.columns)]
        lines += ["\t".join("" if v is None else str(v) for v in row) for row in self.rows]
        return "\n".join(
            [*lines, f"共 {len(self.rows)} 条记录 records", self.verdict(), f"再往下 further: {self.step}"]
        )

    @property
    def agrees(self) -> bool | None:
        """Whether the records amount to the figure; None: it is no sum of records, or not known."""
        if not self.is_sum or self.total is None or self.figure is None:
            return None
        return self.total == self.figure

    def verdict(self) -> str:
        """Say whether the records amount to the figure."""
        if self.agrees is None or self.total is None:
            return "该数字不是记录之和 the figure is no sum of records"
        amount = f"{self.total:,f}".rstrip("0").rstrip(".") if self.total % 1 else f"{self.total:,.0f}"
        return f"记录合计 records amount to: {amount} " + ("相符 agrees" if self.agrees else "不符 differs")


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
        raise UsageError("no_warehouse", place=str(settings.warehouse_file))
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        found = con.execute(
            "select value from marts.report_figures where period = ? and section = ? and measure = ? and reporting_unit = ?"
            " and dimension = ? and dimension_value = ?",
            [period.first_day, section, measure, unit, dimension, dimension_value],
        ).fetchone()
        if found is None:
            raise UsageError(
                "no_figure",
                period=period,
                section=section,
                measure=measure,
                value=dimension_value or "-",
                unit=unit,
            )
        register_files(con, settings, read_lake(settings).through(period).current())
        row = con.execute("select concat(substr(jurisdiction, 1, 2), '0000') from run.context").fetchone()
        province = row[0] if row else ""
        found_in = records(section, measure, dimension)
        given = {
            "day": period.first_day, "last": period.last_day, "province": province, "unit": unit, "value": dimension_value,
        }  # fmt: skip

        def run(sql: str) -> duckdb.DuckDBPyConnection:
            return con.execute(sql, {k: v for k, v in given.items() if f"${k}" in sql})

        groups = " group by all" if "sum(" in found_in.shown else ""
        cursor = run(f"select {found_in.shown} from {found_in.source}{groups} order by all")
        columns, rows = [d[0] for d in cursor.description or ()], cursor.fetchall()
        total = None
        if found_in.total:
            row = run(f"select cast({found_in.total} as decimal(28, 6)) from {found_in.source}").fetchone()
            # Nothing adds up to nothing; what is not known stays so.
            nothing = Decimal(0) if not rows and found[0] is not None else None
            total = row[0] if row and row[0] is not None else nothing
        return Trace(found[0], columns, rows, found_in.step, total, found_in.total is not None)


def records(section: str, measure: str, dimension: str) -> Records:
    """Give the records of a section's measure."""
    builders = {
        "refund": refund_records,
        "skill": skill_records,
        "benefits": benefit_records,
        "premium": premium_records,
        "fund": fund_records,
        "risk": risk_records,
        "quality": quality_records,
    }
    if section in builders:
        return builders[section](measure.removesuffix("_bridge"), dimension)
    where = " and parameter = $value" if measure == "parameter_value" else ""
    where += " and basis = 'assumption'" if measure == "assumptions" else ""
    return Records(
        "parameter, value, valid_from, valid_to, basis, document_id, article",
        f"policy.parameters where $last between valid_from and valid_to{where}",
        {"parameter_value": "max(try_cast(value as decimal(18, 6)))", "assumptions": "count(*)"}.get(measure) if dimension == "none"
        or measure == "parameter_value" else None,
        "parameters.csv",
    )  # fmt: skip


def by_unit(region: str, *, has_period: bool = True) -> str:
    """Give the join and the condition that keep a reporting unit's rows; the province keeps all."""
    period = "d.period = $day and " if has_period else ""
    unit = UNIT.format(region=region)
    return f"left join reference.regions as g on {region} = g.region_code where {period}($unit = $province or {unit} = $unit)"


def refund_records(measure: str, dimension: str) -> Records:
    """Decisions on the refund, or the lines of the bank's return for what was paid in the month."""
    if measure in {"paid_in_month", "returned_in_month"}:
        return payment_records("refund", measure)
    where, total = REFUND[measure]
    if dimension in {"decision", "size_class", "unit_type"}:
        where += f" and coalesce(d.{dimension}, 'unknown') = $value"
    return Records(
        "d.programme_year, d.employer_id, d.employer_name, d.region_code, d.decision, d.average_insured, d.contribution_base,"
        " d.refund_amount, d.paid_amount, d.returned_amount, d.payable_amount, d.recoverable_amount, d.notice_status",
        f"marts.refund_decisions as d {by_unit('d.region_code')} and {where}",
        total,
        "wengang explain refund 单位编号 --period 期间 --lines",
    )


def skill_records(measure: str, dimension: str) -> Records:
    """Decisions on applications, of the month for what counts the month; the person masked."""
    if measure in {"paid_in_month", "returned_in_month"}:
        return payment_records("skill_subsidy", measure)
    where, total = SKILL[measure]
    if dimension in {"decision", "level"}:
        where += f" and coalesce(cast(d.{dimension} as varchar), 'unknown') = $value"
    return Records(
        f"d.application_no, {masked_sql('d.person_id')} as person, d.region_code, d.applied_on, d.level, d.decision,"
        " d.amount, d.paid_amount, d.payable_amount",
        f"marts.skill_decisions as d {by_unit('d.region_code')} and {where}",
        total,
        "wengang explain skill 申领编号 --period 期间 --lines",
    )


def payment_records(programme: str, measure: str) -> Records:
    """Lines of the bank's return in the month, without names and accounts, by the region of the unit or application they carry out."""
    result = "paid" if measure == "paid_in_month" else "returned"
    of = {
        "refund": "left join lake_employers as d on coalesce(p.on_behalf_of, p.payee_id) = d.employer_id",
        "skill_subsidy": "left join lake_skill_applications as d on p.payee_id = d.application_no",
    }[programme]
    return Records(
        "p.batch_no, p.line_no, p.programme_year, p.payee_id, p.on_behalf_of, p.amount, p.paid_on, p._file, p._line_no",
        f"lake_programme_payments as p {of} {by_unit('d.region_code', has_period=False)}"
        f" and coalesce(p.is_valid, true) and p.programme = '{programme}' and p.result = '{result}' and p.paid_on between $day and $last",
        "sum(p.amount)",
        f"wengang explain {'refund 单位编号' if programme == 'refund' else 'skill 申领编号'} --lines",
    )


def benefit_records(measure: str, dimension: str) -> Records:
    """Payments of living benefits made in the month, with file and line; of those who stopped, the payments of the month before."""
    kind = " and d.benefit_kind = $value" if dimension == "benefit_kind" else ""
    paid = (
        f"select d.* from lake_benefit_payments as d {by_unit('d.region_code', has_period=False)}"
        f" and coalesce(d.is_valid, true) and d.result = 'paid'{kind}"
    )
    now = "d.paid_on between $day and $last"
    before = "d.paid_on >= $day - interval 1 month and d.paid_on < $day"
    others = f"d.person_id not in (select d.person_id from ({paid}) as d where {{}})"
    where = {
        "new_persons": f"{now} and {others.format(before)}",
        "stopped_persons": f"{before} and {others.format(now)}",
    }.get(measure, now)
    return Records(
        f"d.payment_no, d.claim_no, {masked_sql('d.person_id')} as person, d.benefit_kind, d.benefit_month, d.amount, d.paid_on,"
        " d.region_code, d._file, d._line_no",
        f"({paid}) as d where {where}",
        {"amount": "sum(d.amount)", "months": "count(*)"}.get(measure, "count(distinct d.person_id)"),
        "wengang explain person",
    )


def premium_records(measure: str, dimension: str) -> Records:
    """Normal rows of the fee month, summed by employer and file; the relief is worked out from their pay bases."""
    where = " and coalesce(e.unit_type, 'unknown') = $value" if dimension == "unit_type" else ""
    due, received = (
        "c.employer_due + c.person_due",
        "case when c.received_on <= $last then c.employer_paid + c.person_paid else 0 end",
    )
    return Records(
        "c.employer_id, e.employer_name, e.region_code, count(distinct c.person_id) as persons, sum(c.pay_base) as pay_base,"
        f" sum({due}) as premium_due, sum({received}) as premium_received, c._file",
        "lake_contributions as c left join lake_employers as e on c.employer_id = e.employer_id"
        f" {by_unit('e.region_code', has_period=False)} and c.fee_month = $day"
        f" and c.pay_kind in ('normal', 'deferred') and coalesce(c.is_valid, true){where}",
        {
            "insured": f"count(distinct c.person_id) filter (where {due} > 0)", "pay_base": "sum(c.pay_base)",
            "premium_due": f"sum({due})", "premium_received": f"sum({received})",
        }.get(measure),
        "wengang explain refund 单位编号 --lines",
    )  # fmt: skip


def fund_records(measure: str, dimension: str) -> Records:
    """Lines of the ledger, money between levels left out of the province; for what is projected or planned the rows that it rests on."""
    if measure.startswith("projected"):
        return Records(
            "scenario, month, income, expenditure, balance, reserve_months",
            "marts.fund_projection where period = $day and scenario = $value", None, "docs: fund projection",
        )  # fmt: skip
    if measure in PLAN:
        return Records(
            "programme, required, covered, shortfall",
            "marts.fund_priority_plan where period = $day and programme = $value", f"sum({measure})",
            "wengang trace refund payable_amount 620000 --period 期间",
        )  # fmt: skip
    where, total = FUND.get(measure, ("d.month = $day", None))
    where += " and d.item = $value" if dimension == "item" else ""
    return Records(
        "d.region_code, d.month, d.item, d.amount, d._file, d._line_no",
        "lake_fund_ledger as d inner join reference.ledger_items as i on d.item = i.item"
        f" {by_unit('d.region_code', has_period=False)} and coalesce(d.is_valid, true) and ({where})"
        " and ($unit <> $province or not i.is_interlevel)",
        total,
        "_file, _line_no",
    )


def risk_records(measure: str, dimension: str) -> Records:
    """Leads, or the incidents made of them; persons masked."""
    person = f"case d.subject_kind when 'person' then {masked_sql('d.subject_id')} else d.subject_id end as subject"
    if measure in {"incidents", "incident_amount"}:
        where = " and d.grade = $value" if dimension == "item" else ""
        return Records(
            f"d.grade, d.subject_kind, {person}, d.amount, d.first_seen, d.rule_ids, d.lead_ids",
            f"marts.incidents as d {by_unit('d.region_code')}{where}",
            "count(*)" if measure == "incidents" else "sum(d.amount)",
            "lead_ids",
        )
    where, total = RISK[measure]
    where += " and d.rule_id = $value" if dimension == "rule_id" else ""
    return Records(
        f"d.lead_id, d.rule_id, d.subject_kind, {person}, d.status, d.amount_at_stake, d.first_seen",
        f"marts.risk_leads as d {by_unit('d.region_code')} and {where}",
        total,
        "wengang explain …",
    )


def quality_records(measure: str, dimension: str) -> Records:
    """Files of the month, or the reconciliations."""
    if measure in {"match", "mismatch", "not_comparable", "difference"}:
        where = "check_id = $value" if measure == "difference" else f"outcome = '{measure}'"
        return Records(
            "check_id, left_name, left_amount, right_name, right_amount, difference, outcome",
            f"marts.reconciliations where period = $day and {where}",
            "sum(difference)" if measure == "difference" else "count(*)",
            "wengang trace fund …",
        )
    where = " and coalesce(source, 'unknown') = $value" if dimension == "item" else ""
    totals = {"files": "count(*)"} | {
        m: f"sum({m}) filter (where status = 'loaded')"
        for m in ("rows_read", "rows_accepted", "rows_rejected")
    }
    return Records(
        "source, file_name, status, rows_read, rows_accepted, rows_rejected, sha256",
        f"marts.extract_files where period = $day{where}",
        totals.get(measure),
        "tables/extract_rejects.parquet",
    )
