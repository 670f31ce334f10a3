"""Who has signed a month's draft: signatures are bound to the very bytes of the draft; a changed draft has none."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

from wengang.core.journal import read_journal
from wengang.core.keys import is_signed_by
from wengang.core.periods import Period
from wengang.core.settings import ROOT, Settings
from wengang.months.key_register import SERVER, Register, read_register
from wengang.months.published import MANIFEST, digest_of, read_manifest

SIGNATURES = "signatures.jsonl"
CHINA = dt.timezone(dt.timedelta(hours=8))
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
    document_number: str = ""
    issuer: str = ""
    at: str = ""
    number: int = 0
    key_id: str = ""
    signature: str = ""

    def content(self) -> dict[str, object]:
        """Return what is signed: whose word in which role on which bytes, and its number among those on record for the month.

        The number keeps an earlier word from being written down a second time. No time of day: the same word is the same bytes.
        """
        names = (
            "period",
            "role",
            "who",
            "channel",
            "manifest_sha256",
            "decision",
            "reason",
            "problems",
            "document_number",
            "issuer",
            "number",
            "key_id",
        )
        return {name: getattr(self, name) for name in names}

    def is_proven(self, register: Register) -> bool:
        """Return whether the word is signed by a registered key that may give it: the officer's own, or the server's for an account of Airflow."""
        officer = register.officer(self.key_id)
        if officer is None or not is_signed_by(officer.public_key, self.signature, self.content()):
            return False
        if self.channel == "airflow":
            return SERVER in officer.roles
        return officer.name == self.who and self.role in officer.roles


@dataclass(frozen=True)
class SignState:
    """Where a draft's sign-off stands: what is on record for these bytes, and who is still needed."""

    manifest_sha256: str
    signatures: tuple[Signature, ...]
    needed: tuple[Role, ...]

    @property
    def problems(self) -> str:
        """Return the problems that the preparer entered."""
        return next((s.problems for s in self.signatures if s.role == "preparer"), "")

    @property
    def document_number(self) -> str:
        """Return the number of the document that was given last, as written; empty: none was given."""
        return next((s.document_number for s in reversed(self.signatures) if s.document_number), "")

    @property
    def issuer(self) -> str:
        """Return who issues the document (签发人), as given last; empty: nobody was named."""
        return next((s.issuer for s in reversed(self.signatures) if s.issuer), "")

    @property
    def signed_on(self) -> str:
        """Return the day of the last signature in China, as YYYY-MM-DD; empty: none."""
        last = max((s.at for s in self.signatures if s.at), default="")
        return dt.datetime.fromisoformat(last).astimezone(CHINA).date().isoformat() if last else ""

    def who(self, role: Role) -> list[str]:
        """Return names that signed in a role, in order."""
        return [s.who for s in self.signatures if s.role == role]


def read_signatures(settings: Settings, period: Period) -> list[Signature]:
    """Read every signature and rejection of a month, in order; where there is a register of keys, those alone that it proves."""
    return [one for one, is_valid in signatures_on_record(settings, period) if is_valid]


def signatures_on_record(settings: Settings, period: Period) -> list[tuple[Signature, bool]]:
    """Return every signature and rejection of a month with whether it counts: without a register each does.

    With a register, those from before it was made, and those that a registered key proves at the place where they stand.
    """
    register = read_register(settings)
    fields = Signature.__dataclass_fields__
    found: list[tuple[Signature, bool]] = []
    for line, record in enumerate(read_journal(settings.journal_dir / SIGNATURES)):
        if record["period"] != str(period):
            continue
        one = Signature(**{k: record[k] for k in fields if k in record})
        counts = (
            register is None
            or (line < register.signed_from and not one.key_id)
            or (one.number == len(found) + 1 and one.is_proven(register))
        )
        found.append((one, counts))
    return found


def sign_state(settings: Settings, period: Period) -> SignState:
    """Return who has signed the draft as it lies there, and who is still needed. A rejection ends what was signed before it."""
    folder = settings.drafts_dir / str(period)
    read_manifest(folder)
    digest = digest_of(folder / MANIFEST)
    signed: list[Signature] = []
    for one in read_signatures(settings, period):
        if one.manifest_sha256 == digest:
            signed = [] if one.decision == "rejected" else [*signed, one]
    reviewers = reviewers_needed(folder)
    has = sum(s.role == "reviewer" for s in signed)
    needed: list[Role] = [] if any(s.role == "preparer" for s in signed) else ["preparer"]
    needed += ["reviewer"] * max(0, reviewers - has)
    return SignState(digest, tuple(signed), tuple(needed))


def second_reviewer_amount() -> Decimal:
    """Return the amount of one payee, in yuan, from which a second reviewer signs."""
    with (ROOT / "seeds" / "reference" / "operations.csv").open(encoding="utf-8", newline="") as file:
        return next(Decimal(r["value"]) for r in csv.DictReader(file) if r["name"] == SECOND_REVIEWER)


def reviewers_needed(folder: Path) -> int:
    """Return how many reviewers a package needs: two where one decision makes a large amount payable."""
    return 2 if largest_payable(folder) >= second_reviewer_amount() else 1


def largest_payable(folder: Path) -> Decimal:
    """Return the largest amount that one decision of a package makes payable, in yuan."""
    largest = Decimal(0)
    for name in ("refund_decisions", "skill_decisions"):
        table = folder / "tables" / f"{name}.parquet"
        if table.exists():
            with duckdb.connect() as connection:
                row = connection.execute(
                    "select max(payable_amount) from read_parquet(?)", [str(table)]
                ).fetchone()
            largest = max(largest, row[0] if row and row[0] is not None else Decimal(0))
    return largest
