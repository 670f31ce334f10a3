"""Rows that replaced earlier ones of the same key: counted for each file, and told where two files of one month contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wengang.contracts import Contract
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.ingest.records import Records


@dataclass(frozen=True)
class Superseded:
    """Rows of a file that replaced earlier ones: all, those of another file of its period, and of these such with other amounts."""

    rows: int = 0
    in_period: int = 0
    contradicting: int = 0
    other_file: str | None = None
    first_line: int | None = None

    def warnings(self) -> list[dict[str, Any]]:
        """Return the warnings on two files of one month that contradict each other."""
        if not self.contradicting:
            return []
        rows, file, line = self.contradicting, self.other_file, self.first_line
        return [
            {
                "code": "superseded_in_period",
                "rows": rows,
                "line_no": line,
                "message_zh": f"{rows} 行与本期 {file} 的同键行内容不同，已取代之，自第 {line} 行起；请核实编号是否重复",
                "message_en": f"{rows} rows replaced (superseded) rows of {file} of the same period with the same key and other"
                f" content, first in line {line}: see whether numbers were given twice",
            }
        ]


def superseded_by(
    records: Records,
    contract: Contract,
    period: str,
    new: tuple[str, Path],
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
) -> Superseded:
    """Count what the rows of a new file (its name, and where its rows lie) replace."""
    name, place = new
    files = {f["file_name"]: _path(settings, f) for f in _loaded(records, contract, period)}
    files[name] = quote(str(place))
    return _counts(contract, files, _earlier(records, contract, period, settings), con).get(
        name, Superseded()
    )


def count_again(
    records: Records, contract: Contract, period: str, settings: Settings, con: duckdb.DuckDBPyConnection
) -> None:
    """Write the counts of a period's files anew, where they differ: a file was delivered again before others of the period."""
    files = {f["file_name"]: f for f in _loaded(records, contract, period)}
    paths = {name: _path(settings, f) for name, f in files.items()}
    found = _counts(contract, paths, _earlier(records, contract, period, settings), con)
    for name, file in files.items():
        counted = found.get(name, Superseded())
        if (counted.rows, counted.in_period) != (file["rows_superseded"], file["superseded_in_period"]):
            kept = [w for w in file["warnings"] if w["code"] != "superseded_in_period"]
            warnings = [*kept, *counted.warnings()]
            more = {"rows_superseded": counted.rows, "superseded_in_period": counted.in_period}
            records.append({**file, **more, "warnings": warnings, **remarks(file["extra_columns"], warnings)})


def remarks(extra_columns: list[str], warnings: list[dict[str, Any]]) -> dict[str, str]:
    """Return a loaded file's message in Chinese and English: columns kept out, then its warnings."""
    zh = [f"多余的列未收：{'、'.join(extra_columns)}"] if extra_columns else []
    en = [f"extra columns kept out: {', '.join(extra_columns)}"] if extra_columns else []
    return {
        "message_zh": "；".join([*zh, *(str(w["message_zh"]) for w in warnings)]),
        "message_en": "; ".join([*en, *(str(w["message_en"]) for w in warnings)]),
    }


def _loaded(records: Records, contract: Contract, period: str) -> list[dict[str, Any]]:
    found = records.standing(period, contract.source)
    return [f for f in found if f["status"] == "loaded" and f["lake_file"] and f["rows_accepted"]]


def _earlier(records: Records, contract: Contract, period: str, settings: Settings) -> list[str]:
    """Return the files of earlier periods whose rows this one's replace: of a snapshot none, it is a state of its own."""
    if contract.kind != "event":
        return []
    earlier = [p for p in records.periods if p < period]
    return [_path(settings, f) for p in earlier for f in _loaded(records, contract, p)]


def _path(settings: Settings, file: dict[str, Any]) -> str:
    return quote(str((settings.lake_dir / file["lake_file"]).resolve()))


def _counts(
    contract: Contract, files: Mapping[str, str], earlier: list[str], con: duckdb.DuckDBPyConnection
) -> dict[str, Superseded]:
    """Return by file what its rows replaced; `files` are those of one period."""
    keys = ", ".join(contract.key)
    same = " and ".join(f"o.{k} is not distinct from n.{k}" for k in contract.key)
    compared = [c.name for c in contract.columns if c.type == "money"] or [
        c.name for c in contract.columns if not c.key
    ]
    content = f"hash({', '.join([*compared, *(['is_valid'] if contract.kind == 'event' else [])])})"
    first = contract.key[0]
    # Without hive partitioning: the folders are named by period, the files have their own columns.
    now = f"read_parquet([{', '.join(files.values())}], hive_partitioning = false)"
    # Mostly every key stands once in a period, which is seen far sooner than who replaced whom: equal keys have equal hashes.
    repeated = _repeated(con.sql(f"select hash({keys}) as h from {now}").to_arrow_table()["h"])
    if not earlier and not len(repeated):
        return {}
    old = "select null where false"
    if earlier:
        old = (
            f"select distinct {keys} from read_parquet([{', '.join(earlier)}], hive_partitioning = false, union_by_name = true)"
            f" where {first} in (select {first} from {now})"
        )
    joined = f"exists (select 1 from old as o where {same})" if earlier else "false"
    alone = (
        f"select n.* from {now} as n where not hash({keys}) in (from repeated) and {joined}"
        if earlier
        else f"select * from {now} where false"
    )
    con.register("repeated", pa.table({"h": repeated}))
    try:
        rows = con.execute(
            f"""
            with old as materialized ({old}),
            placed as (
                select *, lag(_file) over w as was_file, lag({content}) over w as was, {content} as is_now
                from {now} where hash({keys}) in (from repeated)
                window w as (partition by {keys} order by _file, _seq)
            ),
            counted as (
                select n._file, n._line_no, n.was_file, n.was <> n.is_now as is_other
                from placed as n where n.was_file is not null or {joined}
                union all
                select _file, _line_no, null, null from ({alone}) as n
            )
            select _file, count(*), count(*) filter (where was_file <> _file),
                count(*) filter (where was_file <> _file and is_other),
                arg_min(was_file, _line_no) filter (where was_file <> _file and is_other),
                min(_line_no) filter (where was_file <> _file and is_other)
            from counted group by _file
            """
        ).fetchall()
    finally:
        con.unregister("repeated")
    return {r[0]: Superseded(*r[1:]) for r in rows}


def _repeated(hashes: pa.ChunkedArray) -> np.ndarray:
    """Return the values that stand more than once, each once."""
    in_order = np.sort(hashes.to_numpy())
    return np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
