"""Rows that replaced earlier ones of the same key: counted for each file, and told where two files of one month contradict each other."""

from __future__ import annotations

from typing import Any

import duckdb

from wengang.contracts import Contract
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.ingest.records import Records


def count_superseded(
    records: Records, contract: Contract, period: str, settings: Settings, con: duckdb.DuckDBPyConnection
) -> None:
    """Write the counts of a period's files of one source, where they differ from what the journal says.

    For an event source the rows of all earlier periods count too; a snapshot replaces rows of its own period alone.
    """
    files = [
        f for f in records.standing(period, contract.source) if f["status"] == "loaded" and f["lake_file"]
    ]
    if not any(f["rows_accepted"] for f in files):
        return
    earlier = []
    if contract.kind == "event":
        earlier = [
            f
            for p in records.periods
            if p < period
            for f in records.standing(p, contract.source)
            if f["status"] == "loaded" and f["lake_file"] and f["rows_accepted"]
        ]
    found = _counts(contract, [_path(settings, f) for f in files], [_path(settings, f) for f in earlier], con)
    for file in files:
        rows, in_period, other, first_file, first_line = found.get(file["file_name"], (0, 0, 0, None, None))
        warnings = [w for w in file["warnings"] if w["code"] != "superseded_in_period"]
        own = file.get("plain_message") or [file["message_zh"], file["message_en"]]
        if other:
            warnings.append(_warning(other, first_file, first_line))
        words = [
            join.join(
                filter(None, [text, *(w[key] for w in warnings if w["code"] == "superseded_in_period")])
            )
            for join, text, key in zip(("；", "; "), own, ("message_zh", "message_en"), strict=True)
        ]
        record = {
            **file,
            "rows_superseded": rows,
            "superseded_in_period": in_period,
            "warnings": warnings,
            "message_zh": words[0],
            "message_en": words[1],
            "plain_message": own,
        }
        if any(record[k] != file.get(k) for k in ("rows_superseded", "superseded_in_period", "warnings")):
            records.append(record)
            if other:
                records.outcome(record, is_new=True)


def _warning(rows: int, file: str | None, line: int | None) -> dict[str, Any]:
    return {
        "code": "superseded_in_period",
        "rows": rows,
        "line_no": line,
        "message_zh": f"{rows} 行与本期 {file} 的同键行内容不同，已取代之，自第 {line} 行起；请核实编号是否重复",
        "message_en": f"{rows} rows replaced (superseded) rows of {file} of the same period with the same key and other content,"
        f" first in line {line}: see whether numbers were given twice",
    }


def _path(settings: Settings, file: dict[str, Any]) -> str:
    return quote(str((settings.lake_dir / file["lake_file"]).resolve()))


def _counts(
    contract: Contract, files: list[str], earlier: list[str], con: duckdb.DuckDBPyConnection
) -> dict[str, tuple[int, int, int, str, int]]:
    """Return by file: rows that replaced one, those that replaced one of another file of the period, those with other amounts
    among these, and the file replaced and the first such line."""
    keys = ", ".join(contract.key)
    same = " and ".join(f"o.{k} is not distinct from n.{k}" for k in contract.key)
    compared = [c.name for c in contract.columns if c.type == "money"] or [
        c.name for c in contract.columns if not c.key
    ]
    content = f"hash({', '.join([*compared, *(['is_valid'] if contract.kind == 'event' else [])])})"
    first = contract.key[0]
    # Without hive partitioning: the folders are named by period, the files have their own columns.
    now = f"read_parquet([{', '.join(files)}], hive_partitioning = false)"
    old = "select null where false"
    if earlier:
        old = (
            f"select distinct {keys} from read_parquet([{', '.join(earlier)}], hive_partitioning = false, union_by_name = true)"
            f" where {first} in (select {first} from {now})"
        )
    joined = f"exists (select 1 from old as o where {same})" if earlier else "false"
    rows = con.execute(
        f"""
        with old as materialized ({old}),
        placed as (
            select *, lag(_file) over w as was_file, lag({content}) over w as was, {content} as is_now
            from {now} window w as (partition by {keys} order by _file, _seq)
        )
        select n._file, count(*) filter (where n.was_file is not null or {joined}),
            count(*) filter (where n.was_file <> n._file),
            count(*) filter (where n.was_file <> n._file and n.was <> n.is_now),
            arg_min(n.was_file, n._line_no) filter (where n.was_file <> n._file and n.was <> n.is_now),
            min(n._line_no) filter (where n.was_file <> n._file and n.was <> n.is_now)
        from placed as n group by n._file
        """
    ).fetchall()
    return {r[0]: tuple(r[1:]) for r in rows}
