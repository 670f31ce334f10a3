"""A home with one published month, made by hand: a lake file, a warehouse, a draft, a package signed by keys, a return, their journals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import cast

import duckdb

from wengang.core.data_directory import make_data_directory
from wengang.core.digests import digest_of
from wengang.core.identifiers import identifier_key
from wengang.core.journal import append_journal
from wengang.core.keys import SigningKey, new_key
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES, read_lake
from wengang.months.kept_files import IDENTIFIER_KEY, WAREHOUSE, draft_name, note_kept, return_name
from wengang.months.published import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    PUBLICATIONS,
    SIGNED_DRAFT,
    point_latest,
    revision_dir,
)
from wengang.months.signed import Role, read_signatures
from wengang.months.stale import inputs_digest
from wengang.policy import load_policy
from wengang.publication import sign
from wengang.publication.network_return import CONTENTS
from wengang.publication.proof import proof_of, sealed_content
from wengang.publication.register import register_officer

JUNE = Period(2024, 6)
WORDS = "four made-up words here"
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
    (folder / "restricted" / "lists").mkdir(parents=True)
    (folder / "restricted").chmod(0o700)
    (folder / "restricted" / "lists" / "transfers.csv").write_text(
        "账号,金额\n6222000000000000001,9.00\n", encoding="utf-8"
    )
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


def digest_of_inputs(settings: Settings) -> str:
    """Return the digest of what a draft of today rests on."""
    policy = load_policy(settings.policy, settings.jurisdiction)
    return inputs_digest(read_lake(settings), policy, JUNE)


def key_of(folder: Path, name: str) -> SigningKey:
    """Make a key, and its public half in a file."""
    key = new_key(folder / f"{name}.key", WORDS)
    (folder / f"{name}.pub").write_text(
        json.dumps({"name": name, "key_id": key.key_id, "public_key": key.public})
    )
    return key


def final_package(settings: Settings, folder: Path, key: SigningKey) -> None:
    """Write the package that the signed draft becomes, its manifest signed with a key."""
    draft = settings.drafts_dir / "2024-06"
    shutil.copytree(draft, folder)
    (folder / MANIFEST).rename(folder / SIGNED_DRAFT)
    manifest = json.loads((folder / SIGNED_DRAFT).read_text(encoding="utf-8"))
    manifest["files"].append({"name": SIGNED_DRAFT, "sha256": digest_of(folder / SIGNED_DRAFT)})
    manifest |= {
        "revision": 1, "draft_sha256": digest_of(folder / SIGNED_DRAFT),
        "signatures": [proof_of(s) for s in read_signatures(settings, JUNE)],
    }  # fmt: skip
    seal(folder, manifest, key)


def seal(folder: Path, manifest: dict, key: SigningKey) -> None:
    """Write a package's manifest and the signature over it."""
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False) + "\n", encoding="utf-8")
    content = sealed_content(JUNE, 1, digest_of(folder / MANIFEST))
    (folder / MANIFEST_SIGNATURE).write_text(
        json.dumps({"key_id": key.key_id, "signature": key.sign(content)}) + "\n", encoding="utf-8"
    )


def publish_by_hand(settings: Settings, key: SigningKey) -> None:
    """Put the signed draft in place as the first revision, as publishing does, and write its networked return."""
    package = revision_dir(settings, JUNE, 1)
    package.parent.mkdir(parents=True)
    final_package(settings, package, key)
    record = {
        "period": "2024-06", "revision": 1, "draft_sha256": digest_of(package / SIGNED_DRAFT),
        "manifest_sha256": digest_of(package / MANIFEST), "signature_sha256": digest_of(package / MANIFEST_SIGNATURE),
        "signed": [], "deliveries": 1, "at": "2024-07-05T00:00:00+00:00",
    }  # fmt: skip
    returned = settings.home / "return" / "2024-06"
    returned.mkdir(parents=True, mode=0o700)
    (returned / "SYBX06_fund.csv").write_text("month,income\n2024-06-01,1.00\n", encoding="utf-8")
    tables = [{"file": "SYBX06_fund.csv", "sha256": digest_of(returned / "SYBX06_fund.csv")}]
    (returned / CONTENTS).write_text(json.dumps({"tables": tables}, indent=1) + "\n", encoding="utf-8")
    note_kept(settings, return_name(JUNE), returned / CONTENTS)
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
    write_package(draft, inputs_digest=digest_of_inputs(settings))
    note_kept(settings, draft_name(JUNE), draft / MANIFEST)
    keys = {name: key_of(folder, name) for name in ("admin", "zhang", "li")}
    for name, role in (("zhang", "preparer"), ("li", "reviewer")):
        register_officer(settings, folder / f"{name}.pub", [role], keys["admin"])
        sign(settings, JUNE, cast(Role, role), "", key=keys[name])
    publish_by_hand(settings, keys["li"])
    return settings
