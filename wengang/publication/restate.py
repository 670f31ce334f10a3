"""Restatement: a published month is built again only on purpose, with a reason, and says what has changed and why."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from wengang.errors import PublicationError, UsageError
from wengang.lake import LakeState, append_journal, read_journal, read_lake
from wengang.periods import Period
from wengang.policy import PolicySet, load_policy
from wengang.publication.package import (
    PUBLICATIONS,
    latest_revision,
    newest_manifest,
    published_periods,
    read_manifest,
    revision_dir,
)
from wengang.publication.reach import cause_rows
from wengang.settings import Settings

RESTATEMENTS = "restatements.jsonl"
FIGURE_KEYS = ("reporting_unit", "section", "measure", "dimension", "dimension_value")
VALUES = ("value", "value_year_to_date", "value_same_month_last_year")


def stale_published(settings: Settings) -> list[Period]:
    """Give the published months whose deliveries or parameters have changed since, in order."""
    months = published_periods(settings)
    if not months:
        return []
    from wengang.inputs import inputs_digest

    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m in months
        if (newest_manifest(settings, m) or {}).get("inputs_digest") != inputs_digest(state, policy, m)
    ]


def stale_drafts(settings: Settings, through: Period) -> list[Period]:
    """Give the months up to `through` whose draft rests on deliveries or parameters that have changed since, in order.

    Published months are left out: they are changed by a restatement only.
    """
    from wengang.inputs import inputs_digest

    drafted = [
        (Period.parse(folder.name), folder)
        for folder in (sorted(settings.drafts_dir.iterdir()) if settings.drafts_dir.is_dir() else [])
        if re.fullmatch(r"\d{4}-\d{2}", folder.name) and (folder / "manifest.json").is_file()
    ]
    closed = closed_months(settings)
    drafted = [(m, folder) for m, folder in drafted if m <= through and m not in closed]
    if not drafted:
        return []
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m, folder in drafted
        if read_manifest(folder).get("inputs_digest") != inputs_digest(state, policy, m)
    ]


def closed_months(settings: Settings) -> set[Period]:
    """Give the published months for which no restatement is open: a build leaves their rows alone."""
    return {m for m in published_periods(settings) if open_restatement(settings, m) is None}


def open_restatement(settings: Settings, period: Period) -> dict[str, Any] | None:
    """Give the record of the restatement under way for a month: opened, and its revision not yet published."""
    done = latest_revision(settings, period) or 0
    found = None
    for record in read_journal(settings.journal_dir / RESTATEMENTS):
        if record["period"] == str(period) and record["event"] == "opened" and record["revision"] > done:
            found = record
    return found


def open_restatements(
    settings: Settings, periods: Sequence[Period], reason_file: Path
) -> list[dict[str, Any]]:
    """Open the restatement of published months, with its reason and causes, in the journal; returns the records.

    Raises UsageError without a reason, PublicationError where a month is not published, where nothing of it has changed, or where an
    earlier published month is stale and not among them: decisions remember, so months are restated in order.
    """
    reason = reason_file.read_text(encoding="utf-8").strip() if reason_file.is_file() else ""
    if not reason:
        raise UsageError(
            "no_reason", "更正须有理由文件", "a restatement needs a file with its reason", place=str(reason_file),
            expected_zh="UTF-8 文本，写明为何更正", expected_en="a UTF-8 text that says why",
            next_zh="用 --reason 指定", next_en="name it with --reason",
        )  # fmt: skip
    stale = stale_published(settings)
    for period in periods:
        check_restatable(settings, period, stale)
    before = [m for m in stale if m < max(periods) and m not in periods]
    if before:
        names = ", ".join(map(str, before))
        first, last = min([*before, *periods]), max(periods)
        raise PublicationError(
            "earlier_stale", f"更早的已发布月份也已变化：{names}", f"earlier published months have changed too: {names}",
            next_zh=f"按顺序更正：wengang restate {first}..{last}", next_en=f"restate them in order: wengang restate {first}..{last}",
        )  # fmt: skip
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    reported_in = max(published_periods(settings)[-1], *periods).plus(1)
    records = [
        {
            "event": "opened",
            "period": str(period),
            "revision": (latest_revision(settings, period) or 0) + 1,
            "reason": reason,
            "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
            "causes": causes(settings, period, state, policy),
            "reported_in": str(reported_in),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        for period in periods
    ]
    append_journal(settings.journal_dir / RESTATEMENTS, records)
    return records


def check_restatable(settings: Settings, period: Period, stale: Sequence[Period]) -> None:
    """Refuse a month that is not published, or of which nothing has changed."""
    if latest_revision(settings, period) is None:
        raise PublicationError(
            "not_published", f"{period} 尚未发布，无须更正", f"{period} is not published: there is nothing to restate",
            next_zh=f"运行 wengang run {period} 后签发", next_en=f"run wengang run {period} and sign it",
        )  # fmt: skip
    if period not in stale:
        raise PublicationError(
            "nothing_changed", f"{period} 发布后交付与参数都没有变化", f"no delivery and no parameter of {period} has changed since it was published",
            next_zh="用 wengang status 查看待更正的月份", next_en="wengang status lists the months to restate",
        )  # fmt: skip


def causes(settings: Settings, period: Period, state: LakeState, policy: PolicySet) -> list[str]:
    """Name what changed since the published revision: the digest of each new or withdrawn file, each parameter row and window."""
    manifest = newest_manifest(settings, period) or {}
    before = {(e["period"], e["file_name"]): e["sha256"] for e in manifest.get("extracts", [])}
    now = {(str(d.period), d.file_name): d.sha256 for d in state.through(period).current()}
    files = sorted({now.get(k) or before[k] for k in {**before, **now} if now.get(k) != before.get(k)})
    record: dict[str, Any] = {}
    for one in read_journal(settings.journal_dir / PUBLICATIONS):
        if one["period"] == str(period) and one["revision"] == latest_revision(settings, period):
            record = one
    end = period.last_day
    stretches = {
        (s.parameter, str(s.valid_from), str(min(s.valid_to, end)), s.value, s.document_id, s.article)
        for s in policy.stretches()
        if s.valid_from <= end
    }
    windows = {
        (w.programme, str(w.programme_year), str(w.window_from), str(w.window_to))
        for w in policy.programmes
        if w.window_from <= end
    }
    old = {tuple(s) for s in record.get("parameters", stretches)}
    names = {f"{name}@{start}" for name, start, *_ in old ^ stretches}
    old_windows = {tuple(w) for w in record.get("windows", windows)}
    names |= {f"{programme}_window@{year}" for programme, year, *_ in old_windows ^ windows}
    return [*files, *sorted(names)]


def back_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables that a restatement fills inside the build."""
    keys = ", ".join(f"{k} varchar" for k in FIGURE_KEYS)
    con.execute("create schema if not exists back")
    con.execute(
        f"create or replace table back.restatements (period date, revision integer, {keys}, figure_column varchar,"
        " old_value decimal(18, 6), new_value decimal(18, 6), cause varchar, reported_in date)"
    )
    con.execute(
        f"create or replace table back.published_figures ({keys}, {', '.join(f'{v} decimal(18, 6)' for v in VALUES)})"
    )
    con.execute(
        "create or replace table back.restating (period date, revision integer, cause varchar, reported_in date)"
    )
    con.execute(
        "create or replace table back.restating_causes (position integer, cause varchar, section varchar, region_code varchar)"
    )


def register_restatement(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period, manifest: Any
) -> None:
    """Write for one month's build the revisions on record, and, where one is open, the figures published before it and its causes.

    `manifest`: of the models, through which a cause is followed to the figures that it can have changed.
    """
    back_tables(con)
    day = period.first_day
    rows = [
        (day, r["revision"], *figure, Period.parse(r["reported_in"]).first_day)
        for r in read_journal(settings.journal_dir / RESTATEMENTS)
        if r["period"] == str(period) and r["event"] == "published"
        for figure in r["figures"]
    ]
    if rows:
        con.executemany(f"insert into back.restatements values ({', '.join('?' * len(rows[0]))})", rows)
    opened = open_restatement(settings, period)
    published = latest_revision(settings, period)
    if opened is not None and published is not None:
        figures = revision_dir(settings, period, published) / "tables" / "report_figures.parquet"
        names = ", ".join((*FIGURE_KEYS, *VALUES))
        con.execute(f"insert into back.published_figures select {names} from read_parquet(?)", [str(figures)])
        con.execute(
            "insert into back.restating values (?, ?, ?, ?)",
            [
                day,
                opened["revision"],
                ";".join(opened["causes"]),
                Period.parse(opened["reported_in"]).first_day,
            ],
        )
        touched = cause_rows(
            settings,
            manifest,
            read_lake(settings),
            newest_manifest(settings, period) or {},
            period,
            opened["causes"],
        )
        if touched:
            con.executemany("insert into back.restating_causes values (?, ?, ?, ?)", touched)


def restatement_extra(
    settings: Settings, period: Period, revision: int | None = None
) -> Callable[[duckdb.DuckDBPyConnection, Path], None] | None:
    """Give what a restated month's package holds besides: the reason, the causes, the employers and applications behind the change.

    `revision`: of a final package; None: of the draft. None is returned where the month is not being restated.
    """
    opened = open_restatement(settings, period)
    if opened is None or (revision is not None and revision != opened["revision"]):
        return None
    before = revision_dir(settings, period, opened["revision"] - 1) / "tables"

    def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        target = folder / "restatement"
        target.mkdir(parents=True, exist_ok=True)
        (target / "reason.txt").write_text(opened["reason"] + "\n", encoding="utf-8")
        write_rows(target / "causes.csv", ["cause"], [[c] for c in opened["causes"]])
        write_changed(
            con, period, before / "refund_decisions.parquet", target / "employers.csv", REFUND_CHANGES
        )
        write_changed(
            con, period, before / "skill_decisions.parquet", target / "applications.csv", SKILL_CHANGES
        )

    return write


# Table, columns of its key, columns compared: no person and no account among them.
REFUND_CHANGES = (
    "refund_decisions",
    ("programme_year", "employer_id"),
    ("employer_name", "region_code", "size_class", "average_insured", "claimants", "months_paid_in_full", "arrears", "contribution_base",
     "refund_ratio", "refund_amount", "decision", "failed_rules", "unknown_rules", "paid_amount", "returned_amount", "payable_amount",
     "recoverable_amount", "account_status", "notice_status"),
)  # fmt: skip
SKILL_CHANGES = (
    "skill_decisions",
    ("application_no",),
    ("region_code", "applied_on", "level", "insured_months", "amount", "decision", "failed_rules", "unknown_rules", "paid_amount",
     "payable_amount", "recoverable_amount"),
)  # fmt: skip


def write_changed(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    before: Path,
    target: Path,
    changes: tuple[str, tuple[str, ...], tuple[str, ...]],
) -> None:
    """Write one line for each column of each decision that is not what was published: key, column, old, new."""
    table, keys, columns = changes
    on = " and ".join(f"n.{k} = o.{k}" for k in keys)
    key = ", ".join(f"coalesce(n.{k}, o.{k}) as {k}" for k in keys)
    parts = [
        f"select {key}, {i} as position, '{c}' as column_name, cast(o.{c} as varchar) as old_value, cast(n.{c} as varchar) as new_value"
        f" from (select * from marts.{table} where period = $day) as n full join read_parquet($before) as o on {on}"
        f" where o.{c} is distinct from n.{c}"
        for i, c in enumerate(columns)
    ]
    names = [*keys, "column_name", "old_value", "new_value"]
    sql = f"select {', '.join(names)} from ({' union all '.join(parts)}) order by {', '.join(keys)}, position"
    rows = con.execute(sql, {"day": period.first_day, "before": str(before)}).fetchall()
    write_rows(target, names, rows)


def write_rows(target: Path, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV that Excel opens as UTF-8; a text that would be a formula stands after an apostrophe."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([[safe_cell(v) for v in row] for row in rows])


def safe_cell(value: object) -> object:
    """Keep a text from being read as a formula."""
    is_formula = (
        isinstance(value, str)
        and value[:1] in {"=", "+", "-", "@"}
        and not value.lstrip("+-").replace(".", "").isdigit()
    )
    return f"'{value}" if is_formula else value


def note_restated(settings: Settings, period: Period, revision: int) -> None:
    """Keep in the journal, once, the figures that a published restatement replaced."""
    path = settings.journal_dir / RESTATEMENTS
    records = [r for r in read_journal(path) if r["period"] == str(period) and r["revision"] == revision]
    opened = [r for r in records if r["event"] == "opened"]
    if not opened or any(r["event"] == "published" for r in records):
        return
    table = revision_dir(settings, period, revision) / "tables" / "restatements.parquet"
    names = ", ".join(
        (*FIGURE_KEYS, "figure_column", "cast(old_value as varchar)", "cast(new_value as varchar)", "cause")
    )
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {names} from read_parquet(?) where revision = ? order by all", [str(table), revision]
        ).fetchall()
    known = {
        k: opened[-1][k] for k in ("period", "revision", "reason", "reason_sha256", "causes", "reported_in")
    }
    append_journal(path, [{**known, "event": "published", "figures": [list(r) for r in rows]}])
