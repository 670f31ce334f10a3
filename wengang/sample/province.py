"""Writes the deliveries of a made-up province: any months, any size, the same bytes for the same arguments."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from wengang.contracts import Contract, load_contracts
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.sample import bad_rows, events, ledger, planted, world
from wengang.sample.places import month_index
from wengang.sample.planted_cases import plant_cases
from wengang.sample.world import Span
from wengang.sample.writer import NOTICE, draw_form, write_file

HISTORY_MONTHS = 24
PART_ROWS = 400_000
MAX_EMPLOYERS = 900_000


@dataclass
class SampleReport:
    """What was written: files and rows, and with `faults` what was planted (also in the faults file)."""

    files: int = 0
    rows: int = 0
    bytes: int = 0
    persons: int = 0
    planted: list[dict[str, Any]] = field(default_factory=list)
    notice_file: Path | None = None
    faults_file: Path | None = None


def write_sample(
    landing: Path,
    months: list[Period],
    *,
    employers: int = 300,
    seed: int = 2024,
    mess: float = 0.0,
    faults: bool = False,
    history: Period | None = None,
    manifest: bool = False,
    threads: int = 2,
    memory_limit: str = "3GiB",
    progress: Progress | None = None,
) -> SampleReport:
    """Write the deliveries of a made-up province to `landing/<month>/`, all sources of the contract.

    Everything is made up; names begin with 测试, workbooks say so above the table, and a notice is written beside
    the landing folder (`<landing>-说明.txt`). The same arguments give the same bytes, whatever the threads.

    Args:
        landing: folder of deliveries; folders of the months in it must not exist or be empty.
        months: the months to deliver, in any order. The first brings the history too.
        employers: number of registered employers; about 21 insured persons each.
        seed: another seed, another province.
        mess: share (0 to 1) of files in other shapes (encodings, delimiters, workbooks, Parquet, gzip, headings,
            forms of dates, numbers and codes), and corrected and voided rows. It changes no figure.
        faults: plant rows that must be rejected, and cases for every rule of risk, refund and skill; they are
            listed in the report and in `<landing>-faults.json`.
        history: first month of contributions; default: 24 months before the first month delivered.
        manifest: write `manifest.csv` (file, sha256, rows) into every month.
        threads: threads of the generator.
        memory_limit: memory limit of the generator, as DuckDB writes it.
        progress: where step lines go; none: nowhere.

    Returns:
        What was written and planted.

    Raises:
        UsageError: no month, a size or share out of range, a history after the first month, or a folder in use.
    """
    wanted = sorted(set(months))
    history = history or (wanted[0].plus(-HISTORY_MONTHS) if wanted else None)
    _check_arguments(landing, wanted, employers, mess, history)
    assert history is not None
    progress = progress or Progress(quiet=True)
    span = Span(_index(history), tuple(_index(m) for m in wanted))
    report = SampleReport()
    landing.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=landing.parent, prefix=".sample-") as scratch:
        con = duckdb.connect()
        try:
            con.execute(f"set threads = {int(threads)}")
            con.execute(f"set memory_limit = '{memory_limit}'")
            con.execute(f"set temp_directory = '{scratch}'")
            con.execute("set preserve_insertion_order = true")
            con.execute("set enable_progress_bar = false")
            _make(con, span, employers, seed, faults, report, progress)
            _write(con, landing, span, seed, mess, faults, manifest, report, progress)
        finally:
            con.close()
    report.notice_file = landing.with_name(landing.name + "-说明.txt")
    report.notice_file.write_text(
        f"{NOTICE}\n{landing.name}/ 由 wengang sample 生成：种子 {seed}，单位 {employers} 户，"
        f"月份 {wanted[0]} 至 {wanted[-1]}，历史自 {history} 起。\n"
        f"Made by wengang sample: seed {seed}, {employers} employers, {wanted[0]} to {wanted[-1]}, "
        f"history from {history}. No person, employer or amount is real.\n",
        encoding="utf-8",
    )
    if faults:
        report.faults_file = landing.with_name(landing.name + "-faults.json")
        report.faults_file.write_text(
            json.dumps(report.planted, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    return report


def _index(month: Period) -> int:
    return month_index(month.year, month.month)


def _check_arguments(
    landing: Path, months: list[Period], employers: int, mess: float, history: Period | None
) -> None:
    def refuse(code: str, zh: str, en: str, expected_zh: str, expected_en: str) -> UsageError:
        return UsageError(code, zh, en, expected_zh=expected_zh, expected_en=expected_en)

    if not months:
        raise refuse(
            "sample_months", "没有给出月份", "no month was given", "至少一个月份", "at least one month"
        )
    if not 1 <= employers <= MAX_EMPLOYERS:
        raise refuse(
            "sample_employers",
            f"单位数 {employers} 超出范围",
            f"{employers} employers are out of range",
            f"1 至 {MAX_EMPLOYERS}",
            f"1 to {MAX_EMPLOYERS}",
        )
    if not 0 <= mess <= 1:
        raise refuse(
            "sample_mess", f"mess 的值 {mess} 超出范围", f"mess {mess} is out of range", "0 至 1", "0 to 1"
        )
    if history is None or history > months[0]:
        raise refuse(
            "sample_history",
            f"历史起始月 {history} 晚于首个月份 {months[0]}",
            f"the history begins in {history}, after the first month {months[0]}",
            "不晚于首个月份",
            "no later than the first month",
        )
    for month in months:
        folder = landing / str(month)
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError("sample_folder_in_use", place=str(folder), folder=folder)


def _make(
    con: duckdb.DuckDBPyConnection,
    span: Span,
    employers: int,
    seed: int,
    faults: bool,
    report: SampleReport,
    progress: Progress,
) -> None:
    """Make the world's tables."""
    with progress.step("生成单位和参保人", "employers and insured persons") as step:
        world.macros(con, seed)
        events.make_tables(con)
        world.make_employers(con, employers, planted.EMPLOYERS if faults else 0, span)
        world.make_spells(con, span)
        planter = planted.Planter(con, span, employers + 1) if faults else None
        if planter:
            planter.people()
        world.make_persons(con, span)
        if planter:
            planter.again()
        report.persons = step.rows = _count(con, "select count(distinct person_id) from holder")
    with progress.step("生成缴费、待遇和项目", "premiums, benefits and programmes"):
        events.make_premiums(con, span)
        events.make_changes(con, span)
        events.make_claims(con, span)
        events.make_skills(con, span)
        events.make_programmes(con, span)
        events.make_assignments(con, span)
        if planter:
            plant_cases(planter)
    with progress.step("生成基金财务月报", "the fund's books") as step:
        ledger.make_ledger(con, span, seed)
        if planter:
            planter.ledger()
            report.planted += planter.found
        step.rows = _count(con, "select count(*) from src_fund_ledger")


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _snapshot_sql(source: str, month: int) -> str:
    """Return SQL for a snapshot source as it stands at the end of a month, in order."""
    end = f"on_day({month + 1}, 1)"
    return {
        "employers": f"""
            select employer_id, uscc, employer_name, unit_type, industry_code, region as region_code, insured_from,
                case when close_month is not null and close_month + 2 <= {month} then 'ended'
                    when close_month is not null and close_month < {month} then 'suspended' else 'active' end
                    as insured_status,
                registry_status, is_dispatch, account_kind,
                case when account_kind is not null then bank_name end as bank_name,
                case when account_kind is not null then employer_name end as account_name,
                case when account_kind is not null then account_no end as account_no, contact_phone
            from emp order by employer_id""",
        "enterprise_size": f"""
            select uscc, data_year, staff, revenue_10k, assets_10k, filed_size,
                case when parent_uscc <> uscc then parent_uscc end as parent_uscc
            from size where data_year between {month // 12 - 2} and {month // 12 - 1} order by uscc, data_year""",
        "dispatch_assignments": f"""
            select employer_id as dispatch_employer_id, person_id, on_day(start_m, 1) as start_month,
                case when end_m <= {month} then on_day(end_m, 1) end as end_month, uscc as user_uscc,
                employer_name as user_name, unit_type as user_unit_type, cost_bearer
            from assignment where start_m <= {month} order by employer_id, person_id, start_m""",
        "certificates": f"""
            select cert_no, person_id, occupation_code, occupation_name, level, cert_kind, issued_on, issuer_region,
                cast(null as varchar) as issuer_name, status
            from certificate where issued_on < {end} order by cert_no""",
        "sanctions": f"""
            select uscc, listed_on, case when removed_on < {end} then removed_on end as removed_on,
                '测试事由' as reason
            from emp where listed_on < {end} order by uscc, listed_on""",
        "employer_lists": """
            select distinct 'test_industries' as list_id, uscc, date '2022-01-01' as valid_from,
                cast(null as date) as valid_to, '测试名单' as note
            from emp where starts_with(industry_code, 'H') and not planted order by uscc""",
        "occupation_lists": """
            select 'scarce_occupations' as list_id, occupation_code, level, date '2022-01-01' as valid_from,
                cast(null as date) as valid_to
            from (values ('4-07-05-01', '3'), ('4-07-05-01', '4'), ('6-18-01-01', cast(null as varchar)))
                as t (occupation_code, level)
            order by occupation_code, level""",
    }[source]


def _event_sql(contract: Contract, month: int, before: int) -> str:
    """Return SQL for the rows of an event source that are first told in the months after `before` up to `month`."""
    names = ", ".join(c.name for c in contract.read_columns)
    return f"""
        select {names} from src_{contract.source}
        where known > {before} and known <= {month} and (until is null or until > {month})
        order by {", ".join(contract.key)}, known"""


def _write(
    con: duckdb.DuckDBPyConnection,
    landing: Path,
    span: Span,
    seed: int,
    mess: float,
    faults: bool,
    manifest: bool,
    report: SampleReport,
    progress: Progress,
) -> None:
    before = 0
    for month in span.delivered:
        period = str(Period(month // 12, month % 12 + 1))
        folder = landing / period
        folder.mkdir(parents=True, exist_ok=True)
        counts: dict[str, int] = {}
        with progress.step(f"写出 {period}", f"writing {period}") as step:
            for source, contract in load_contracts().items():
                for part, sql in _parts(con, contract, span, month, before, mess):
                    rng = random.Random(f"{seed}/{period}/{source}/{part}")  # noqa: S311 (repeatable by design)
                    rows = _count(con, f"select count(*) from ({sql})") if mess else 0
                    form = draw_form(rng, mess, rows)
                    name = source + (f"__{part}" if part else "") + form.suffix
                    counts[name] = write_file(con, contract, sql, folder / name, form)
            if faults and month == span.last:
                bad, listed = bad_rows.write_bad_rows(folder, period)
                counts |= bad
                report.planted += listed
            step.rows = sum(counts.values())
        report.rows += sum(counts.values())
        report.files += len(counts)
        report.bytes += sum((folder / name).stat().st_size for name in counts)
        if manifest:
            _manifest(folder, counts)
        before = month


def _parts(
    con: duckdb.DuckDBPyConnection, contract: Contract, span: Span, month: int, before: int, mess: float
) -> list[tuple[str, str]]:
    """Return the files of a source in one delivery as part name and query."""
    if contract.kind == "snapshot":
        return [("", _snapshot_sql(contract.source, month))]
    if contract.source != "contributions":
        rows = _event_sql(contract, month, before)
        if mess and contract.source == "benefit_payments":
            return [("1", rows), ("0", _early(rows, "amount = amount + 10", mess))]
        return [("", rows)]
    first = max(before + 1, span.history)
    total = _count(con, f"select coalesce(sum(n), 0) from employer_month where f between {first} and {month}")
    months = list(range(first, month + 1))
    size = max(1, min(len(months), PART_ROWS * len(months) // max(total, 1)))
    groups = [months[i : i + size] for i in range(0, len(months), size)]
    names = ", ".join(c.name for c in contract.read_columns)
    parts = []
    for group in groups:
        sql = " union all ".join(f"(select {names} from ({events.premium_rows(m, month)}))" for m in group)
        parts.append((f"{_name(group[0])}", sql))
    later = f"""
        select {names} from src_contributions
        where known > {before} and known <= {month} and (until is null or until > {month})
            and not (pay_kind = 'normal' and month_no(fee_month) > {before} and voucher_no like 'JF%')
        order by employer_id, person_id, fee_month, pay_kind, voucher_no"""
    parts.append(("later", later))
    if mess:
        newest = f"select {names} from ({events.premium_rows(month, month)})"
        parts.append(("0", _early(newest, "pay_base = pay_base + 100", mess)))
        parts.append(("1", _early(newest, "voucher_no = 'CW' || voucher_no", mess)))
        parts.append(("void", _early(newest, "voucher_no = 'CW' || voucher_no, is_valid = false", mess)))
    return parts


def _early(sql: str, changes: str, mess: float) -> str:
    """Return SQL for a few of the rows with something changed: told in an earlier part, put right or voided in a later."""
    replaced = ", ".join(
        f"{value} as {name}" for name, value in (c.split(" = ", 1) for c in changes.split(", "))
    )
    return f"select * replace ({replaced}) from ({sql}) where u(150, hash(person_id) >> 1, 0) < {0.02 * mess:.6f} order by all"


def _name(month: int) -> str:
    return f"{month // 12}{month % 12 + 1:02d}"


def _manifest(folder: Path, counts: dict[str, int]) -> None:
    lines = ["file,sha256,rows"]
    for name in sorted(counts):
        with (folder / name).open("rb") as data:
            lines.append(f"{name},{hashlib.file_digest(data, 'sha256').hexdigest()},{counts[name]}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
