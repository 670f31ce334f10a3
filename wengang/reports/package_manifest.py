"""The manifest of a package: what is in it, and all that it was made of. No time of day: the same inputs give the same bytes."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import duckdb

from wengang import __version__
from wengang.core.periods import Period
from wengang.reports.figures import rows_of, tables_of

MANIFEST = "manifest.json"
TOOLS = (
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "pylopdf-fonts-zh-cn",
    "python-docx",
    "typst",
    "xlsxwriter",
)


def sha256_of(path: Path) -> str:
    """Digest a file without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(folder: Path) -> list[dict[str, Any]]:
    """List every file of a package but its manifest, in the order of names, with size and digest."""
    return [
        {"name": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix())
        if path.is_file() and path.relative_to(folder).as_posix() != MANIFEST
    ]


def tool_versions() -> dict[str, str]:
    """Name the versions of what computed and wrote the package."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in TOOLS}}


def policy_digest(con: duckdb.DuckDBPyConnection) -> str:
    """Digest the parameter rows that the warehouse was built with, whatever their order."""
    names = ("all_parameters", "programmes", "documents", "parameters")
    content = {
        name: sorted(
            json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
            for row in rows_of(con, f"select * from policy.{name}")
        )
        for name in names
        if f"policy.{name}" in tables_of(con)
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def write_manifest(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    folder: Path,
    *,
    state: str = "draft",
    revision: int | None = None,
) -> Path:
    """Write `manifest.json` over all other files of the package; returns its path."""
    day = period.first_day
    built = rows_of(con, "select inputs_digest from run.builds where period = ?", day)
    code = rows_of(con, "select models_digest from run.code")
    manifest = {
        "period": str(period),
        "state": state,
        "revision": revision,
        "incomplete": [
            {"zh": r["reason_zh"], "en": r["reason_en"]}
            for r in rows_of(
                con, "select reason_zh, reason_en from run.incomplete where period = ? order by all", day
            )
        ]
        if "run.incomplete" in tables_of(con)
        else [],
        "inputs_digest": built[0]["inputs_digest"] if built else None,
        "parameters": {
            "jurisdiction": rows_of(con, "select jurisdiction from run.context")[0]["jurisdiction"],
            "sha256": policy_digest(con),
        },
        "code": {"version": __version__, "models_sha256": code[0]["models_digest"] if code else None},
        "tools": tool_versions(),
        "extracts": [
            {**r, "period": f"{r['period']:%Y-%m}"}
            for r in rows_of(
                con,
                "select period, source, file_name, sha256 from run.deliveries"
                " where is_current and period <= ? order by period, source, file_name, sha256",
                day,
            )
        ],
        "files": files_of(folder),
    }
    target = folder / MANIFEST
    target.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target
