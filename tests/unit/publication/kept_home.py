"""A home with one published month, made by hand: a lake file, a warehouse, a draft, a package, and the journal of each."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from wengang.core.data_directory import make_data_directory
from wengang.core.digests import digest_of
from wengang.core.identifiers import identifier_key
from wengang.core.journal import append_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES
from wengang.months.kept_files import IDENTIFIER_KEY, WAREHOUSE, draft_name, note_kept
from wengang.months.published import MANIFEST, PUBLICATIONS, point_latest, revision_dir
from wengang.publication import sign

JUNE = Period(2024, 6)
FIGURE = (
    "select date '2024-06-01' as period, '620000' as reporting_unit, 106758.00::decimal(18, 2) as payable"
)


def write_table(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (format parquet)")


def write_package(folder: Path, **more: object) -> None:
    """Write a package of one table, a list and the results of its validation."""
    write_table(folder / "tables" / "report_figures.parquet", FIGURE)
    (folder / "lists").mkdir()
    (folder / "lists" / "payable.csv").write_text("单位,应拨付\n甲,106758.00\n", encoding="utf-8")
    (folder / "validation").mkdir()
    (folder / "validation" / "results.json").write_text(
        json.dumps([{"severity": "critical", "outcome": "met", "title_zh": "合计", "title_en": "sum"}])
    )
    files = [
        {"name": p.relative_to(folder).as_posix(), "sha256": digest_of(p)}
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]
    content = {"period": "2024-06", "incomplete": [], "files": files, **more}
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def publish_by_hand(settings: Settings) -> None:
    """Put the signed draft in place as the first revision, as publishing does."""
    package = revision_dir(settings, JUNE, 1)
    package.mkdir(parents=True)
    draft = settings.drafts_dir / "2024-06" / MANIFEST
    write_package(package, draft_sha256=digest_of(draft))
    record = {
        "period": "2024-06", "revision": 1, "draft_sha256": digest_of(draft), "manifest_sha256": digest_of(package / MANIFEST),
        "signed": [], "deliveries": 1, "at": "2024-07-05T00:00:00+00:00",
    }  # fmt: skip
    append_journal(settings.journal_dir / PUBLICATIONS, [record])
    point_latest(settings, JUNE, 1)


def make_kept_home(folder: Path) -> Settings:
    """Make the home: `reporting_unit` 620000 of 2024-06 has 106,758.00 yuan payable."""
    settings = Settings(home=folder / "home", key_file=folder / "home" / "secrets" / "identifiers.key")
    make_data_directory(settings.home)
    identifier_key(settings)
    lake_file = "fund_ledger/period=2024-06/delivery=00.parquet"
    write_table(settings.lake_dir / lake_file, "select 1 as amount")
    delivery = {
        "seq": 1, "period": "2024-06", "source": "fund_ledger", "file_name": "fund_ledger.csv", "sha256": "0" * 64,
        "received_at": "2024-07-01T00:00:00+00:00", "status": "loaded", "rows_read": 1, "rows_accepted": 1, "lake_file": lake_file,
        "lake_sha256": digest_of(settings.lake_dir / lake_file),
    }  # fmt: skip
    append_journal(settings.journal_dir / DELIVERIES, [delivery])
    with duckdb.connect(str(settings.warehouse_file)) as con:
        con.execute(f"create schema marts; create table marts.report_figures as {FIGURE}")
    note_kept(settings, WAREHOUSE, settings.warehouse_file)
    note_kept(settings, IDENTIFIER_KEY, settings.key_path)
    draft = settings.drafts_dir / "2024-06"
    draft.mkdir(parents=True)
    write_package(draft)
    note_kept(settings, draft_name(JUNE), draft / MANIFEST)
    sign(settings, JUNE, "preparer", "zhang")
    sign(settings, JUNE, "reviewer", "li")
    publish_by_hand(settings)
    return settings
