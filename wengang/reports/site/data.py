"""The data of the pages as script files, each a piece that a page asks for when it needs it: a page opened from a folder may load
scripts beside it, and nothing else. Nothing is computed here but texts, order and pieces.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.identifiers import masked_remark_sql
from wengang.core.number_patterns import masked_numbers
from wengang.core.periods import Period
from wengang.core.sql import quote
from wengang.lake.deliveries import LakeState
from wengang.reports.figures import rows_of

EMPLOYERS_A_PIECE = 250
ROWS_A_PIECE = 10_000
LINES_NAMED = 40

DECISION_FIELDS = (
    "employer_id", "programme_year", "uscc", "employer_name", "region_code", "unit_type", "is_dispatch", "size_class", "size_source",
    "average_insured", "opening_insured", "closing_insured", "claimants", "natural_attrition", "claims_layoff_rate",
    "net_reduction_layoff_rate", "layoff_rate", "layoff_rate_limit", "verdicts_differ", "months_paid_in_full", "arrears",
    "contribution_base", "refund_ratio", "refund_amount", "decision", "failed_rules", "unknown_rules", "paid_amount",
    "returned_amount", "payable_amount", "recoverable_amount", "account_status", "notice_status", "first_decided_period",
)  # fmt: skip
INDEX_FIELDS = (
    "employer_id", "uscc", "employer_name", "region_code", "unit_type", "size_class", "is_dispatch", "decision", "average_insured",
    "layoff_rate", "refund_amount", "paid_amount", "payable_amount", "recoverable_amount", "notice_status", "failed_rules",
)  # fmt: skip
CODED = frozenset({"region_code", "unit_type", "size_class", "decision", "notice_status", "failed_rules"})

# Where the facts of a decision come from: the source, the column that leads to the employer (or its uscc), what of it counts for a
# base year, and whether only the newest period's file, or the employer's newest row, is meant. Nothing of a person is read.
SOURCES: tuple[tuple[str, str, str, str], ...] = (
    ("employers", "employer_id", "true", "newest_row"),
    ("enterprise_size", "uscc", "data_year <= {base}", "newest_file"),
    ("contributions", "employer_id", "fee_month between date '{base}-01-01' and date '{base}-12-31'", "all"),
    ("headcount_changes", "employer_id", "change_date between date '{base}-01-01' and date '{base}-12-31' and change_kind = 'decrease'", "all"),
    ("benefit_claims", "last_employer_id", "start_month between date '{base}-01-01' and date '{base}-12-31'", "all"),
    ("sanctions", "uscc", "true", "newest_file"),
    ("dispatch_agreements", "dispatch_employer_id", "programme_year = {year}", "all"),
    ("notice_objections", "subject_id", "programme = 'refund'", "all"),
    ("review_outcomes", "subject_id", "programme = 'refund' and programme_year = {year}", "all"),
)  # fmt: skip

SHARE_FIELDS = "beneficiary_kind, user_uscc, user_name, persons, person_months, allocation_base, allocated_amount, paid_amount, withheld_reason"
# Texts sort as they should: the order has two digits; places and lines are only compared within one source.
GROUP_FIELDS = (
    "lpad(cast(g.source_order as varchar), 2, '0'), lpad(cast(f.file_place as varchar), 5, '0'), g.row_count, g.first_line, g.last_line,"
    " g.line_list"
)

CITIZEN = re.compile(
    r"(?<![0-9A-Za-z])\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
NUMBERS = re.compile(r"(?<![0-9A-Za-z.])(?:1[3-9]\d{9}|\d{13,})(?![0-9A-Za-z])")


def plain(value: Any) -> Any:
    """Turn a value into what JSON holds: exact decimals as numbers, days as text."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"not for JSON: {type(value)}")


def as_json(value: Any) -> str:
    """Write JSON on one line, in a fixed way."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain)


def write_piece(folder: Path, name: str, content: str) -> None:
    """Write a piece of data as a script that hands it over: `WG.put(name, content)`; `content` is JSON."""
    target = folder / "data" / f"{name}.js"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = f"WG.put({json.dumps(name)},{masked_numbers(content)});\n"
    target.write_text(text, encoding="utf-8")


def masked(text: str | None, *keys: str) -> str:
    """Mask what looks like a citizen number, a telephone or an account in a text made elsewhere; numbers of employers, named in
    `keys`, stay."""
    kept = {key for key in keys if not CITIZEN.fullmatch(key)}

    def hidden(found: re.Match[str]) -> str:
        return found[0] if found[0] in kept else "＊＊＊"

    return NUMBERS.sub(hidden, CITIZEN.sub("＊＊＊", text or ""))


def lake_files(state: LakeState, lake_dir: Path, source: str, through: Period, *, newest: bool) -> list[Path]:
    """Name a source's lake files in force at a period; of those only the newest period's where `newest`."""
    found = [d for d in state.through(through).current(source) if d.lake_file]
    if newest and found:
        last = max(d.period for d in found)
        found = [d for d in found if d.period == last]
    return [lake_dir / str(d.lake_file) for d in found]


def years_of(con: duckdb.DuckDBPyConnection, period: Period) -> list[dict[str, Any]]:
    """Return the programme years shown, newest first: their windows, and the month whose decision stands (`taken`)."""
    rows = rows_of(
        con,
        "select y.programme_year as year, min(p.window_from) as window_from, max(p.window_to) as window_to, any_value(y.rows) as rows from"
        " (select programme_year, count(*) as rows from marts.refund_decisions where period = ? group by programme_year) as y"
        " left join policy.programmes as p on p.programme = 'refund' and p.programme_year = y.programme_year"
        " group by y.programme_year order by y.programme_year desc",
        period.first_day,
    )
    for row in rows:
        end = row["window_to"]
        row["taken"] = period if end is None else min(period, Period.of(end))
        row["is_open"] = row["taken"] == period
    return rows


def prepare_sources(
    con: duckdb.DuckDBPyConnection,
    lake_dir: Path,
    state: LakeState,
    years: Sequence[dict[str, Any]],
    period: Period,
) -> None:
    """Make the temporary tables of where each decision's facts stand: file, rows, first and last line; and the bank's lines."""
    con.execute(
        "create or replace temp table site_source_groups (employer_id varchar, programme_year integer, source_order integer, source varchar,"
        " source_period varchar, file_name varchar, row_count bigint, first_line bigint, last_line bigint, line_list bigint[])"
    )
    for year in years:
        for order, (source, column, condition, which) in enumerate(SOURCES):
            files = lake_files(state, lake_dir, source, year["taken"], newest=which == "newest_file")
            if not files:
                continue
            paths = ", ".join(quote(str(f)) for f in files)
            where = condition.format(base=year["year"] - 1, year=year["year"])
            rows = (
                f"select {column} as key, _period, _file, _line_no from read_parquet([{paths}]) where {where}"
            )
            if which == "newest_row":
                rows = (
                    "select key, n._period, n._file, n._line_no from (select employer_id as key, max({'_period': _period, '_file': _file,"
                    f" '_line_no': _line_no}}) as n from read_parquet([{paths}]) group by employer_id)"
                )
            link = "uscc" if column == "uscc" else "employer_id"
            con.execute(
                f"""
                insert into site_source_groups
                select d.employer_id, d.programme_year, {order}, {quote(source)}, strftime(g._period, '%Y-%m'), g._file, g.n, g.low, g.high,
                    case when g.n <= {LINES_NAMED} and g.high - g.low + 1 <> g.n then list_sort(g.line_list) end
                from site_decisions as d
                inner join (
                    select key, _period, _file, count(*) as n, min(_line_no) as low, max(_line_no) as high, list(_line_no) as line_list
                    from ({rows}) as r where key is not null group by key, _period, _file
                ) as g on d.{link} = g.key
                where d.programme_year = {year["year"]}
                """
            )
    # Rows are found by the code as it is; what is shown from here on is masked where it is a citizen number.
    codes = con.execute("select distinct uscc from site_decisions where uscc is not null").fetchall()
    persons = [uscc for (uscc,) in codes if CITIZEN.fullmatch(uscc)]
    for person in persons:
        con.execute("update site_decisions set uscc = ? where uscc = ?", [masked(person), person])
    con.execute(
        "create or replace temp table site_payments (employer_id varchar, programme_year integer, paid_on date, batch_no varchar,"
        " line_no bigint, payee_id varchar, amount decimal(18, 2), result varchar, return_reason varchar, file_name varchar, at_line bigint)"
    )
    files = lake_files(state, lake_dir, "programme_payments", period, newest=False)
    if files:
        paths = ", ".join(quote(str(f)) for f in files)
        con.execute(
            f"""
            insert into site_payments
            select coalesce(on_behalf_of, payee_id), programme_year, paid_on, batch_no, line_no, payee_id, amount, result,
                {masked_remark_sql("return_reason")}, _file, _line_no
            from (
                select *, row_number() over (partition by batch_no, line_no order by _period desc, _file desc, _seq desc) as version
                from read_parquet([{paths}])
            ) as p
            where version = 1 and is_valid and programme = 'refund' and paid_on <= ?
            """,
            [period.last_day],
        )


def write_decisions(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    years: list[dict[str, Any]],
    lake_dir: Path,
    state: LakeState,
    folder: Path,
) -> dict[str, Any]:
    """Write the decisions of all employers: an index a programme year in pieces, and the explanations in pieces of employers.

    Returns what the pages must know to find them.
    """
    day = period.first_day
    con.execute(
        "create or replace temp table site_decisions as select * from marts.refund_decisions where period = ? order by programme_year, employer_id",
        [day],
    )
    prepare_sources(con, lake_dir, state, years, period)
    index = {str(year["year"]): write_index(con, year["year"], folder) for year in years}
    variants = rule_variants(con, day)
    files = [
        list(row)
        for row in con.execute(
            "select source, source_period, file_name from site_source_groups group by all order by all"
        ).fetchall()
    ]
    firsts = write_explanations(con, day, folder)
    return {
        "index": index,
        "coded": sorted(CODED),
        "index_fields": INDEX_FIELDS,
        "decision_fields": DECISION_FIELDS,
        "variants": variants,
        "files": files,
        "firsts": firsts,
    }


def write_index(con: duckdb.DuckDBPyConnection, year: int, folder: Path) -> dict[str, Any]:
    """Write the columns that the browser searches, sorts and filters by; codes as places in a list of the piece."""
    columns = ", ".join(
        "array_to_string(failed_rules, ';') as failed_rules"
        if name == "failed_rules"
        else f"cast({name} as double) as {name}"
        if name in {"average_insured", "layoff_rate"} or name.endswith("_amount")
        else name
        for name in INDEX_FIELDS
    )
    result = con.execute(
        f"select {columns} from site_decisions where programme_year = ? order by employer_id", [year]
    )
    pieces = total = 0
    while rows := result.fetchmany(ROWS_A_PIECE):
        content: dict[str, Any] = {}
        for name, column in zip(INDEX_FIELDS, zip(*rows, strict=True), strict=True):
            if name in CODED:
                codes = sorted({c for c in column if c is not None})
                place = {c: i for i, c in enumerate(codes)}
                content[name] = [codes, [-1 if c is None else place[c] for c in column]]
            elif name == "is_dispatch":
                content[name] = [None if c is None else int(c) for c in column]
            else:
                content[name] = list(column)
        write_piece(folder, f"index/{year}-{pieces:03d}", as_json(content))
        pieces += 1
        total += len(rows)
    return {"pieces": pieces, "rows": total}


def rule_variants(con: duckdb.DuckDBPyConnection, day: dt.date) -> list[list[Any]]:
    """Number the ways in which rules came out: everything of an outcome but what was observed; returns them in the order of their numbers."""
    con.execute(
        """
        create or replace temp table site_variants as
        select
            cast(row_number() over (order by v.programme_year, r.rank, v.rule_id, v.outcome, v.limit_value, v.parameter, v.document_id, v.article)
                - 1 as integer) as variant, v.*
        from (
            select distinct programme_year, rule_id, outcome, limit_value, parameter, document_id, article
            from marts.refund_rule_outcomes where period = ?
        ) as v left join reference.rules as r on v.rule_id = r.rule_id
        """,
        [day],
    )
    return [
        list(row)
        for row in con.execute(
            "select rule_id, outcome, limit_value, parameter, document_id, article from site_variants order by variant"
        ).fetchall()
    ]


def write_explanations(con: duckdb.DuckDBPyConnection, day: dt.date, folder: Path) -> list[str]:
    """Write each employer's decisions with rules, months, shares, payments and sources; returns the first employer of each piece."""
    rules = [
        r[0]
        for r in con.execute(
            "select rule_id from reference.rules where programme = 'refund' order by rank, rule_id"
        ).fetchall()
    ]
    pivot = ", ".join(
        f"max(v.variant) filter (where o.rule_id = {quote(rule)}) as v{i}, max(o.observed) filter (where o.rule_id = {quote(rule)}) as o{i}"
        for i, rule in enumerate(rules)
    )
    same = " and ".join(
        f"o.{c} is not distinct from v.{c}"
        for c in ("rule_id", "outcome", "limit_value", "parameter", "document_id", "article")
    )
    con.execute(
        f"""
        create or replace temp table site_rules as
        select employer_id, programme_year, json_array({", ".join(f"v{i}, o{i}" for i in range(len(rules)))}) as rules
        from (
            select o.employer_id, o.programme_year, {pivot}
            from (select * from marts.refund_rule_outcomes where period = ?) as o
            inner join site_variants as v on o.programme_year = v.programme_year and {same}
            group by o.employer_id, o.programme_year
        ) as p
        """,
        [day],
    )
    fields = ", ".join(
        "strftime(d.first_decided_period, '%Y-%m')" if name == "first_decided_period" else f"d.{name}"
        for name in DECISION_FIELDS
    )

    def listed(values: str) -> str:
        return f"'[' || array_to_string(list_sort(list(cast(json_array({values}) as varchar))), ',') || ']'"

    result = con.execute(
        f"""
        with months as (
            select m.employer_id, year(m.fee_month) + 1 as programme_year,
                {listed("strftime(m.fee_month, '%Y-%m'), m.insured, m.due, m.received")} as months
            from intermediate.int_employer_months as m
            where year(m.fee_month) + 1 in (select distinct programme_year from site_decisions)
            group by all
        ),
        shares as (
            select employer_id, programme_year,
                {listed(SHARE_FIELDS)}
                as shares
            from marts.refund_allocations where period = ? group by all
        ),
        payments as (
            select employer_id, programme_year,
                {listed("strftime(paid_on, '%Y-%m-%d'), batch_no, line_no, payee_id, amount, result, return_reason, file_name, at_line")} as payments
            from site_payments group by all
        ),
        files as (
            select source, source_period, file_name,
                row_number() over (order by source, source_period, file_name) - 1 as file_place
            from (select distinct source, source_period, file_name from site_source_groups) as f
        ),
        groups as (
            select g.employer_id, g.programme_year, {listed(GROUP_FIELDS)} as sources
            from site_source_groups as g
            inner join files as f using (source, source_period, file_name) group by all
        )
        select d.employer_id, json_array({fields}), r.rules, m.months, s.shares, p.payments, g.sources
        from site_decisions as d
        left join site_rules as r using (employer_id, programme_year)
        left join months as m using (employer_id, programme_year)
        left join shares as s using (employer_id, programme_year)
        left join payments as p using (employer_id, programme_year)
        left join groups as g using (employer_id, programme_year)
        order by d.employer_id, d.programme_year desc
        """,
        [day],
    )
    firsts: list[str] = []
    piece: list[str] = []
    held = 0
    current: str | None = None

    def finish() -> None:
        if piece:
            write_piece(folder, f"employers/{len(firsts) - 1:04d}", "[" + ",\n".join(piece) + "]")
            piece.clear()

    for employer, *parts in batches(result):
        if employer != current:
            current = employer
            if held == 0:
                finish()
                firsts.append(employer)
            held = (held + 1) % EMPLOYERS_A_PIECE
        piece.append("[" + ",".join(part or "[]" for part in parts) + "]")
    finish()
    return firsts


def batches(result: duckdb.DuckDBPyConnection) -> Iterable[tuple[Any, ...]]:
    """Walk a result in batches, so that a province's rows are never all in memory."""
    while rows := result.fetchmany(5_000):
        yield from rows
