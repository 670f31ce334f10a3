"""What the reports of a month are made of: the figures, and the published tables beside them, read once. Nothing is computed here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import duckdb

from wengang.core.number_patterns import masked_numbers
from wengang.core.periods import Period
from wengang.months.changes_since import CODE_CAUSE
from wengang.policy.registry import registry

NOT_KNOWN = "未知 not known"
OWN_ACCOUNT = "own_account"
UNKNOWN_UNIT = "unknown"
LAPSE_DAYS = 60
TREND_MONTHS = 24
NUMBER_PLACES = 18
Column = Literal["value", "year", "last_year"]


@dataclass(frozen=True)
class Signing:
    """Who signed, and what they wrote; a draft has none."""

    preparer: str = ""
    reviewer: str = ""
    signed_on: str = ""
    problems: tuple[str, ...] = ()
    number: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class Revision:
    """That a report takes the place of one published before: its own revision, and the number, day and reason of the one replaced."""

    revision: int
    number: str = ""
    signed_on: str = ""
    reason: str = ""

    @property
    def mark_zh(self) -> str:
        """What every page and sheet says of it, in Chinese."""
        return f"更正（第{self.revision}版）"

    @property
    def mark_en(self) -> str:
        """What every page and sheet says of it, in English."""
        return f"restated, revision {self.revision}"


@dataclass(frozen=True)
class Measure:
    """A measure of the report: `combine` says how units add up, `kind` what its three figures mean, `places` how it is shown."""

    section: str
    measure: str
    title_zh: str
    title_en: str
    unit: str
    places: int
    combine: str
    kind: str


@dataclass(frozen=True)
class Unit:
    """A reporting unit, or one of the rows that complete them."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Label:
    """Name of a code in both languages."""

    zh: str
    en: str


# What the parts of a parameter's value may be codes of; a code of several lists means the same in these.
VALUE_LISTS = (
    "unit_type",
    "decrease_reason",
    "registry_status",
    "size_class",
    "rule_word",
    "parameter_choice",
)


@dataclass
class Report:
    """Everything that a month's products show; figures by (unit, section, measure, dimension, value of it)."""

    period: Period
    province: str
    is_draft: bool
    signing: Signing
    figures: dict[tuple[str, str, str, str, str], tuple[Decimal | None, Decimal | None, Decimal | None]]
    measures: dict[tuple[str, str], Measure]
    units: list[Unit]
    labels: dict[tuple[str, str], Label]
    incomplete: list[tuple[str, str]] = field(default_factory=list)
    validation: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    reconciliations: list[dict[str, Any]] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    lapsing: list[dict[str, Any]] = field(default_factory=list)
    fund_months: list[dict[str, Any]] = field(default_factory=list)
    projection: list[dict[str, Any]] = field(default_factory=list)
    backtest: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    followed: list[dict[str, Any]] = field(default_factory=list)
    restatements: list[dict[str, Any]] = field(default_factory=list)
    restated_here: list[dict[str, Any]] = field(default_factory=list)
    delivered: dict[str, str] = field(default_factory=dict)
    office: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    limits: dict[str, Decimal] = field(default_factory=dict)
    points: list[dict[str, Any]] = field(default_factory=list)
    gates: list[dict[str, Any]] = field(default_factory=list)
    revision: Revision | None = None
    before: dict[tuple[str, str, str, str, str], Decimal | None] = field(default_factory=dict)
    counties: list[dict[str, Any]] = field(default_factory=list)

    @property
    def province_name(self) -> str:
        """Name of the province, or its code where the reference has none."""
        return self.label("region", self.province).zh

    def figure(
        self,
        section: str,
        measure: str,
        dimension: str = "none",
        dimension_value: str = "",
        *,
        unit: str | None = None,
        column: Column = "value",
    ) -> Decimal | None:
        """Return one figure, of the province unless a unit is named; None: not known, or no such row."""
        row = self.figures.get((unit or self.province, section, measure, dimension, dimension_value))
        return None if row is None else row[("value", "year", "last_year").index(column)]

    def dimension_values(self, section: str, measure: str, dimension: str) -> list[str]:
        """Return the values that a dimension of a measure has rows for, in the order of their codes."""
        found = {
            value
            for (unit, s, m, d, value) in self.figures
            if unit == self.province and (s, m, d) == (section, measure, dimension)
        }
        order = list(self.labels)
        rank = {value: index for index, (kind, value) in enumerate(order) if kind == dimension}
        return sorted(found, key=lambda value: (rank.get(value, len(order)), value))

    def label(self, kind: str, code: str) -> Label:
        """Return the label of a code; the code itself where there is none."""
        return self.labels.get((kind, code), Label(code, code))

    def value_label(self, part: str) -> Label | None:
        """Return the words of a part of a parameter's value, where it is a code."""
        return next((self.labels[kind, part] for kind in VALUE_LISTS if (kind, part) in self.labels), None)

    def cause(self, name: str) -> Label:
        """Return the words of one cause of a restatement: the month and name of a file, the title of a parameter with its row's start."""
        if name.startswith(CODE_CAUSE):
            versions = name.removeprefix(CODE_CAUSE)
            return Label(f"计算程序更新（{versions}）", f"the program changed ({versions})")
        kind, at, start = name.partition("@")
        if not at:
            return Label(self.delivered.get(name, name), self.delivered.get(name, name))
        if kind.endswith("_window"):
            programme = self.label("programme", kind.removesuffix("_window"))
            return Label(f"{programme.zh}{start}年度执行期限", f"{programme.en}: window of {start}")
        known = registry().get(kind)
        return Label(
            f"参数“{known.title_zh if known else kind}”（{start}起）",
            f"parameter {known.title_en if known else kind} (from {start})",
        )

    def critical(self) -> list[dict[str, Any]]:
        """Critical expectations that are not met, or could not be evaluated."""
        return [r for r in self.validation if r["severity"] == "critical" and r["outcome"] != "met"]

    def beside_data_docs(self) -> int:
        """Count the expectations that are evaluated beside Great Expectations, and so are not in its Data Docs: those on other months."""
        return sum(str(r["expectation_id"]).startswith("validation_results.") for r in self.validation)

    def warnings(self) -> list[dict[str, Any]]:
        """Other expectations that are not met."""
        return [r for r in self.validation if r["severity"] != "critical" and r["outcome"] != "met"]


def rows_of(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[dict[str, Any]]:
    """Run a query; one dictionary per row. Citizen numbers are masked wherever they stand: no report shows one."""
    result = con.execute(sql, list(values))
    names = [d[0] for d in result.description or ()]
    return [dict(zip(names, map(shown_value, row), strict=True)) for row in result.fetchall()]


def shown_value(value: Any) -> Any:
    """Return a value as a report may show it."""
    return masked_numbers(value) if isinstance(value, str) and len(value) >= NUMBER_PLACES else value


def tables_of(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Name the tables and views of a file as schema.name."""
    return {
        f"{schema}.{name}"
        for schema, name in con.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }


def read_report(con: duckdb.DuckDBPyConnection, period: Period, signing: Signing | None = None) -> Report:
    """Read a month from a warehouse file, open for reading; without a signing the report is a draft."""
    day = period.first_day
    tables = tables_of(con)
    province = str(
        rows_of(con, "select concat(substr(jurisdiction, 1, 2), '0000') as p from run.context")[0]["p"]
    )

    def of_period(table: str, columns: str = "*", order: str = "all") -> list[dict[str, Any]]:
        if table not in tables:
            return []
        return rows_of(con, f"select {columns} from {table} where period = ? order by {order}", day)

    return Report(
        period=period,
        province=province,
        is_draft=signing is None,
        signing=signing or Signing(),
        figures={
            (r[0], r[1], r[2], r[3], r[4]): (r[5], r[6], r[7])
            for r in con.execute(
                "select reporting_unit, section, measure, dimension, dimension_value, value, value_year_to_date,"
                " value_same_month_last_year from marts.report_figures where period = ? order by all",
                [day],
            ).fetchall()
        },
        measures=read_measures(con),
        units=read_units(con, province),
        labels=read_labels(con),
        incomplete=[(r["reason_zh"], r["reason_en"]) for r in of_period("run.incomplete", order="reason_zh")],
        validation=of_period("quality.validation_results", order="severity, table_name, expectation_id"),
        files=of_period("marts.extract_files", order="source nulls last, file_name, status"),
        rejects=read_rejects(con, period),
        reconciliations=of_period("marts.reconciliations", order="check_id"),
        parameters=read_parameters(con, period),
        lapsing=read_lapsing(con, period),
        fund_months=rows_of(
            con,
            "select month, income, expenditure, balance, rolling_reserve_months from marts.fund_months"
            " where period = ? and region_code = ? and month > ? order by month",
            day, province, period.plus(-TREND_MONTHS).first_day,
        ),
        projection=of_period("marts.fund_projection", order="scenario, month"),
        backtest=[r for r in of_period("marts.fund_backtest", order="item, method") if r["is_chosen"]],
        incidents=read_incidents(con, period) if "marts.incidents" in tables else [],
        followed=read_followed(con, period) if "marts.incidents" in tables else [],
        restatements=read_restatements(con, period, "reported_in") if "marts.restatements" in tables else [],
        restated_here=read_restatements(con, period, "period") if "marts.restatements" in tables else [],
        delivered=read_delivered(con) if "run.deliveries" in tables else {},
        office=read_office(con),
        notices=read_notices(con, period),
        limits=read_limits(con, period),
        points=of_period("marts.report_points", order="point_no"),
        gates=of_period("marts.fund_gate_forecast", order="gate_date"),
        before=read_before(con, period, province),
        counties=of_period("marts.report_counties", order="reporting_unit, region_code"),
    )  # fmt: skip


def read_before(
    con: duckdb.DuckDBPyConnection, period: Period, province: str
) -> dict[tuple[str, str, str, str, str], Decimal | None]:
    """Read the province's figures of the month before, as that month reported them."""
    rows = con.execute(
        "select reporting_unit, section, measure, dimension, dimension_value, value from marts.report_figures"
        " where period = ? and reporting_unit = ? order by all",
        [period.plus(-1).first_day, province],
    ).fetchall()
    return {(r[0], r[1], r[2], r[3], r[4]): r[5] for r in rows}


def read_incidents(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Read the month's incidents, the largest first, with the employer's name, the evidence of their leads and what is recovered."""
    return rows_of(
        con,
        """
        select i.*, e.employer_name, k.demanded, k.repaid, k.outstanding,
            (select list(l.evidence order by l.rule_id, l.lead_id) from marts.risk_leads as l
             where l.period = i.period and list_contains(i.lead_ids, l.lead_id)) as evidence
        from marts.incidents as i
        left join intermediate.int_employers as e on i.subject_kind = 'employer' and i.subject_id = e.employer_id
        left join (
            select r.period, coalesce(b.person_id, r.subject_id) as subject_id, sum(r.demanded) as demanded, sum(r.repaid) as repaid,
                sum(r.outstanding) as outstanding
            from marts.recovery_cases as r
            left join intermediate.int_benefit_claims as b on r.programme = 'living_benefits' and r.subject_id = b.claim_no
            group by r.period, coalesce(b.person_id, r.subject_id)
        ) as k on i.period = k.period and i.subject_id = k.subject_id
        where i.period = ? order by i.amount desc, i.subject_kind, i.subject_id, i.basis, i.lead_ids
        """,
        period.first_day,
    )


def read_followed(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Read what became of incidents of earlier months that are none of this month's, until they are settled, and once when they are.

    Its recovery cases settle an incident; without a case it is settled when none of its leads is open or confirmed.
    """
    return rows_of(
        con,
        """
        with earlier as (
            select subject_kind, subject_id, min(period) as reported, arg_max(grade, period) as grade, arg_max(amount, period) as amount,
                arg_max(region_code, period) as region_code, list_distinct(flatten(list(lead_ids))) as lead_ids
            from marts.incidents where period < $1 group by subject_kind, subject_id
        ),
        months as (select $1 as period union select max(period) from marts.risk_leads where period < $1),
        cases as (
            select r.period, coalesce(b.person_id, r.subject_id) as subject_id, sum(r.demanded) as demanded, sum(r.repaid) as repaid,
                sum(r.outstanding) as outstanding, count(*) filter (r.status <> 'settled') as open_cases
            from marts.recovery_cases as r
            left join intermediate.int_benefit_claims as b on r.programme = 'living_benefits' and r.subject_id = b.claim_no
            group by r.period, coalesce(b.person_id, r.subject_id)
        ),
        unsettled as (
            select m.period, e.subject_kind, e.subject_id, count(l.lead_id) as leads
            from earlier as e cross join months as m
            left join marts.risk_leads as l
                on m.period = l.period and l.status in ('open', 'confirmed') and list_contains(e.lead_ids, l.lead_id)
            group by m.period, e.subject_kind, e.subject_id
        ),
        stands as (
            select n.period, n.leads, e.*, k.demanded, k.repaid, k.outstanding,
                case when k.open_cases is null then n.leads = 0 else k.open_cases = 0 end as is_settled
            from unsettled as n
            inner join earlier as e on n.subject_kind = e.subject_kind and n.subject_id = e.subject_id
            left join cases as k on n.period = k.period and n.subject_id = k.subject_id
        )
        select s.*, u.employer_name from stands as s
        left join stands as b on s.subject_kind = b.subject_kind and s.subject_id = b.subject_id and b.period < s.period
        left join intermediate.int_employers as u on s.subject_kind = 'employer' and s.subject_id = u.employer_id
        where s.period = $1
            and not exists (
                select 1 from marts.incidents as i where i.period = $1 and i.subject_kind = s.subject_kind and i.subject_id = s.subject_id
            )
            and (not s.is_settled or not b.is_settled)
        order by s.amount desc, s.subject_kind, s.subject_id
        """,
        period.first_day,
    )


def read_office(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Read who reports and to whom, by item; items without a text are left out."""
    rows = con.execute(
        "select item, text_zh from reference.office where text_zh is not null order by item_order"
    ).fetchall()
    return {str(item): str(text) for item, text in rows}


def read_notices(con: duckdb.DuckDBPyConnection, period: Period) -> list[str]:
    """Read the numbers of the notices (文号) that the refund of the report's year rests on, the nation's first."""
    rows = con.execute(
        """
        select d.number
        from policy.windows as w inner join policy.documents as d using (document_id)
        inner join run.context as c on w.jurisdiction in ('000000', c.jurisdiction, concat(substr(c.jurisdiction, 1, 2), '0000'))
        where w.programme = 'refund' and w.programme_year = ? and w.conditions = 0 and d.number is not null
        group by d.number order by min(w.jurisdiction_rank), d.number
        """,
        [period.year],
    ).fetchall()
    return [str(number) for (number,) in rows]


def read_limits(con: duckdb.DuckDBPyConnection, period: Period) -> dict[str, Decimal]:
    """Read the amounts, in yuan, from which an incident is ordinary and major; those of our own operation where no parameter is set."""
    found: dict[str, Decimal] = {}
    for grade in ("ordinary", "major"):
        name = f"incident_{grade}_min"
        for sql in (
            "select value from policy.parameters where parameter = concat('risk_', ?) and ? between valid_from and valid_to",
            "select value from reference.operations where name = ? and ? is not null",
        ):
            rows = con.execute(sql, [name, period.last_day]).fetchall()
            if rows and grade not in found:
                found[grade] = Decimal(str(rows[0][0]))
    return found


def read_measures(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Measure]:
    """Read the titles of measures, in their order."""
    rows = con.execute(
        "select section, measure, title_zh, title_en, unit, places, combine, kind from reference.report_measures"
        " order by section, measure_order"
    ).fetchall()
    return {(r[0], r[1]): Measure(*r) for r in rows}


def read_units(con: duckdb.DuckDBPyConnection, province: str) -> list[Unit]:
    """Read the reporting units in their order; then the province's own account, what is in no unit, and the province."""
    rows = con.execute(
        "select reporting_unit, name_zh, name_en from reference.reporting_units order by unit_order"
    ).fetchall()
    return [
        *(Unit(*r) for r in rows),
        Unit(OWN_ACCOUNT, "省本级", "Province's own"),
        Unit(UNKNOWN_UNIT, "未归属", "In no unit"),
        Unit(province, "全省", "Province"),
    ]


def read_labels(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Label]:
    """Read the labels of codes, rules, items, checks and regions."""
    rows = con.execute(
        """
        select kind, code, zh, en from (
            select 1 as part, list as kind, code, label_zh as zh, label_en as en, code_order as o from reference.codes
            union all select 2, 'rule_id', rule_id, title_zh, title_en, rank from reference.rules
            union all select 3, 'rule_id', rule_id, title_zh, title_en, 0 from reference.risk_rules
            union all select 4, 'item', item, label_zh, label_en, item_order from reference.ledger_items
            union all select 5, 'check', check_id, title_zh, title_en, check_order from reference.reconciliation_checks
            union all select 6, 'check_left', check_id, left_zh, left_en, check_order from reference.reconciliation_checks
            union all select 7, 'check_right', check_id, right_zh, right_en, check_order from reference.reconciliation_checks
            union all select 8, 'region', region_code, region_name, region_code, 0 from reference.regions
        ) as labels
        order by part, kind, o, code
        """
    ).fetchall()
    return {(r[0], r[1]): Label(r[2], r[3]) for r in rows}


def read_rejects(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Count the rejected rows of a month by source and reason; no content of a row."""
    return rows_of(
        con,
        "select source, reason_code, min(reason_zh) as reason_zh, min(reason_en) as reason_en, count(*) as rows_rejected"
        " from marts.extract_rejects where period = ? group by source, reason_code order by source, reason_code",
        period.first_day,
    )


def read_restatements(con: duckdb.DuckDBPyConnection, period: Period, by: str) -> list[dict[str, Any]]:
    """Read figures that have changed since they were published: of earlier reports that this month's lists (`reported_in`), or of this
    month itself (`period`)."""
    return rows_of(
        con,
        "select period, revision, section, measure, dimension, dimension_value, reporting_unit, figure_column, old_value, new_value,"
        f" cause from marts.restatements where {by} = ? order by all",
        period.first_day,
    )


def read_delivered(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name the files received by their digests: month and name."""
    return {
        r["sha256"]: f"{r['period']:%Y-%m} {r['file_name']}"
        for r in rows_of(con, "select sha256, period, file_name from run.deliveries order by seq")
    }


def read_parameters(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Read the values in force on the month's last day, with what they rest on."""
    return rows_of(
        con,
        "select p.parameter, p.value, p.valid_from, p.valid_to, p.basis, p.jurisdiction, p.article, p.confidence, p.reason, p.carried_forward,"
        " coalesce(nullif(d.number, ''), d.title, p.document_id) as document"
        " from policy.parameters as p left join policy.documents as d on p.document_id = d.document_id"
        " where ? between p.valid_from and p.valid_to order by p.parameter",
        period.last_day,
    )  # fmt: skip


def read_lapsing(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Read the values and windows in force that end within 60 days of the month's end, and what follows them."""
    last, limit = period.last_day, period.last_day + dt.timedelta(days=LAPSE_DAYS)
    return rows_of(
        con,
        """
        select 'window' as kind, w.programme as name, cast(w.programme_year as varchar) as value, w.window_to as last_day,
            (select cast(min(n.programme_year) as varchar) from policy.programmes as n
             where n.programme = w.programme and w.window_to + 1 between n.window_from and n.window_to) as next_value
        from policy.programmes as w where ? between w.window_from and w.window_to and w.window_to <= ?
        union all
        select 'parameter', p.parameter, p.value, p.valid_to,
            (select n.value from policy.parameters as n where n.parameter = p.parameter
             and not n.carried_forward and n.valid_from <= p.valid_to + 1 and n.valid_to > p.valid_to)
        from policy.parameters as p
        where not p.carried_forward and ? between p.valid_from and p.valid_to and p.valid_to <= ?
        order by kind desc, name, value
        """,
        last, limit, last, limit,
    )  # fmt: skip


def state_of(file: dict[str, Any]) -> str:
    """Return a file's state: one that was loaded, but whose rows were all rejected, brought nothing, and says so."""
    is_empty = file["status"] == "loaded" and file.get("rows_rejected") and not file.get("rows_accepted")
    return "rejected" if is_empty else str(file["status"])


def trace_command(
    period: Period, section: str, measure: str, unit: str, dimension: str = "none", value: str = ""
) -> str:
    """Return the command that lists the records behind a figure."""
    part = f" --dimension {dimension} --value {value}" if dimension != "none" else ""
    return f"wengang trace {section} {measure} {unit} --period {period}{part}"


def shown(value: Decimal | None, places: int = 0, *, words: str = NOT_KNOWN) -> str:
    """Write a figure with thousands separators; what is not known in words, never as 0."""
    return words if value is None else f"{value:,.{places}f}"


def wan(value: Decimal | None, *, words: str = "未知") -> str:
    """Write an amount of yuan in 万元, two places, half up."""
    if value is None:
        return words
    from decimal import ROUND_HALF_UP

    return f"{(value / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}万元"


def headlines(report: Report, *, in_wan: bool = False) -> Sequence[tuple[str, str, str]]:
    """Return the handful of figures that a person wants first: Chinese, English, the figure as text (`in_wan`: amounts in 万元)."""
    fig = report.figure

    def row(
        zh: str, en: str, section: str, measure: str, dimension: str = "none", value: str = ""
    ) -> tuple[str, str, str]:
        unit = report.measures[(section, measure)]
        names = {
            "yuan": "元",
            "months": "个月",
            "units": "户",
            "persons": "人",
            "applications": "件",
            "leads": "条",
            "cases": "件",
            "incidents": "件",
        }
        figure = fig(section, measure, dimension, value)
        if in_wan and unit.unit == "yuan":
            return zh, en, wan(figure, words=NOT_KNOWN)
        text = shown(figure, unit.places)
        return zh, en, text if figure is None else f"{text} {names.get(unit.unit, '')}".strip()

    return [
        row("基金滚存结余", "Fund balance", "fund", "balance"),
        row("基金备付期限（政策口径）", "Reserve period", "fund", "reserve_months"),
        row(
            "稳岗返还符合条件单位",
            "Units eligible for the refund",
            "refund",
            "employers",
            "decision",
            "eligible",
        ),
        row("稳岗返还金额（符合条件及待审核）", "Refund, eligible and in review", "refund", "refund_amount"),
        row("稳岗返还已拨付", "Refund paid", "refund", "paid_amount"),
        row("稳岗返还应拨付", "Refund payable", "refund", "payable_amount"),
        row("技能提升补贴本月申领", "Skill subsidy applications this month", "skill", "applications"),
        row("保生活待遇本月领取人数", "Persons paid living benefits", "benefits", "persons"),
        row("保生活待遇本月金额", "Living benefits paid", "benefits", "amount"),
        row("降费率本月减征", "Premium relieved this month", "premium", "relief"),
        row("风险线索待核查", "Risk leads open", "risk", "still_open"),
        row("要情", "Incidents to report", "risk", "incidents"),
    ]
