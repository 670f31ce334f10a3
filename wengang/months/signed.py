"""Who has signed a month's draft: signatures are bound to the very bytes of the draft; a changed draft has none."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import duckdb

from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import ROOT, Settings
from wengang.months.published import MANIFEST, digest_of, read_manifest

SIGNATURES = "signatures.jsonl"
SECOND_REVIEWER = "second_reviewer_amount"
Role = Literal["preparer", "reviewer"]
ROLE_NAMES = {"preparer": ("填报人", "preparer"), "reviewer": ("审核人", "reviewer")}


@dataclass(frozen=True)
class Signature:
    """One person's word on one draft."""

    period: str
    role: Role
    who: str
    channel: str
    manifest_sha256: str
    decision: Literal["approved", "rejected"]
    reason: str = ""
    problems: str = ""
    at: str = ""


@dataclass(frozen=True)
class SignState:
    """Where a draft's sign-off stands: what is on record for these bytes, and who is still needed."""

    manifest_sha256: str
    signatures: tuple[Signature, ...]
    needed: tuple[Role, ...]

    @property
    def problems(self) -> str:
        """The problems that the preparer entered."""
        return next((s.problems for s in self.signatures if s.role == "preparer"), "")

    def who(self, role: Role) -> list[str]:
        """Names that signed in a role, in order."""
        return [s.who for s in self.signatures if s.role == role]


def read_signatures(settings: Settings, period: Period) -> list[Signature]:
    """Read every signature and rejection of a month, in order."""
    fields = Signature.__dataclass_fields__
    return [
        Signature(**{k: r[k] for k in fields if k in r})
        for r in read_journal(settings.journal_dir / SIGNATURES)
        if r["period"] == str(period)
    ]


def sign_state(settings: Settings, period: Period) -> SignState:
    """Say who has signed the draft as it lies there, and who is still needed. A rejection ends what was signed before it."""
    folder = settings.drafts_dir / str(period)
    read_manifest(folder)
    digest = digest_of(folder / MANIFEST)
    signed: list[Signature] = []
    for one in read_signatures(settings, period):
        if one.manifest_sha256 == digest:
            signed = [] if one.decision == "rejected" else [*signed, one]
    reviewers = 2 if largest_payable(settings, period) >= second_reviewer_amount() else 1
    has = sum(s.role == "reviewer" for s in signed)
    needed: list[Role] = [] if any(s.role == "preparer" for s in signed) else ["preparer"]
    needed += ["reviewer"] * max(0, reviewers - has)
    return SignState(digest, tuple(signed), tuple(needed))


def second_reviewer_amount() -> Decimal:
    """Return the amount of one payee, in yuan, from which a second reviewer signs."""
    with (ROOT / "seeds" / "reference" / "operations.csv").open(encoding="utf-8", newline="") as file:
        return next(Decimal(r["value"]) for r in csv.DictReader(file) if r["name"] == SECOND_REVIEWER)


def largest_payable(settings: Settings, period: Period) -> Decimal:
    """Return the largest amount that one decision of the draft makes payable, in yuan."""
    largest = Decimal(0)
    for name in ("refund_decisions", "skill_decisions"):
        table = settings.drafts_dir / str(period) / "tables" / f"{name}.parquet"
        if table.exists():
            with duckdb.connect() as connection:
                row = connection.execute(
                    "select max(payable_amount) from read_parquet(?)", [str(table)]
                ).fetchone()
            largest = max(largest, row[0] if row and row[0] is not None else Decimal(0))
    return largest
