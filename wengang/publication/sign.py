"""Sign-off: two people, each bound to the very bytes of the draft; a changed draft has no signature."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from wengang.core.errors import EXIT_INCOMPLETE, EXIT_VALIDATION, PublicationError, UsageError
from wengang.core.journal import append_journal
from wengang.core.keys import SigningKey
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.months.key_register import SERVER, read_register, register_file
from wengang.months.published import MANIFEST, check_package, digest_of, read_manifest
from wengang.months.signed import (
    ROLE_NAMES,
    SIGNATURES,
    Role,
    Signature,
    SignState,
    sign_state,
    signatures_on_record,
)
from wengang.months.validated import not_passed
from wengang.policy import load_policy
from wengang.publication.identity import signers

# 42, or the whole number such as 甘社险〔2024〕42号.
DOCUMENT_NUMBER = re.compile(r"[1-9]\d*|\S+〔\d{4}〕[1-9]\d*号")


def check_ready(manifest: dict[str, Any], settings: Settings, period: Period) -> None:
    """Refuse a month that is incomplete or for which a critical expectation failed; the error has the exit code of that fault."""
    import json

    place = str(settings.drafts_dir / str(period))
    if manifest["incomplete"]:
        reasons = tuple(
            mark.join(r[language] for r in manifest["incomplete"])
            for mark, language in (("；", "zh"), ("; ", "en"))
        )
        raise PublicationError("incomplete", place=place, exit_code=EXIT_INCOMPLETE, reasons=reasons)
    results = settings.drafts_dir / str(period) / "validation" / "results.json"
    rows = json.loads(results.read_text(encoding="utf-8")) if results.exists() else None
    critical = [r for r in rows or () if r["severity"] == "critical" and r["outcome"] != "met"]
    if rows is None or critical or period in not_passed(settings):
        zh = "；".join(r["title_zh"] for r in critical) or "没有本草稿的校验结果，或最近一次校验未通过"
        en = (
            "; ".join(r["title_en"] for r in critical)
            or "no results of validation, or the last one found something critical"
        )
        raise PublicationError("validation", place=str(results), exit_code=EXIT_VALIDATION, titles=(zh, en))


def check_fresh(settings: Settings, period: Period, manifest: dict[str, Any]) -> None:
    """Refuse a draft that something delivered, or a parameter changed, since then has made stale."""
    from wengang.months.stale import inputs_digest

    policy = load_policy(settings.policy, settings.jurisdiction)
    if manifest.get("inputs_digest") != inputs_digest(read_lake(settings), policy, period):
        raise PublicationError("stale", place=str(settings.drafts_dir / str(period)), period=period)


def sign(
    settings: Settings,
    period: Period,
    role: Role,
    who: str,
    *,
    channel: str = "os",
    problems: str = "",
    key: SigningKey | None = None,
    number: str = "",
    issuer: str = "",
) -> SignState:
    """Put a person's signature under the draft as it lies there; returns who is still needed.

    `key`: the unlocked key that signs; with a register of keys `who` is its owner. `number`: of the document, digits alone (the mark and
    the year are added) or as it is to stand; `issuer`: who issues it (签发人); of each the one given last holds. Raises PublicationError
    where the draft is incomplete, failed, stale, changed, this person may not sign in the role, or this person or role has signed it already.
    """
    folder = settings.drafts_dir / str(period)
    manifest = check_package(folder)
    check_ready(manifest, settings, period)
    check_fresh(settings, period, manifest)
    state = sign_state(settings, period)
    who = check_right(settings, role, who, channel, key)
    check_signer(state, role, who, str(folder))
    if problems and role != "preparer":
        raise UsageError("problems_role")
    number, issuer = number.strip(), issuer.strip()
    if number and not DOCUMENT_NUMBER.fullmatch(number):
        raise UsageError("document_number", number=number)
    word = Signature(
        str(period), role, who, channel, state.manifest_sha256, "approved", "", problems, number, issuer
    )
    record(settings, word, key)
    kill_point("signed")
    return sign_state(settings, period)


def check_signer(state: SignState, role: Role, who: str, place: str) -> None:
    """Refuse the same person twice, a role that is filled, and a reviewer before the preparer."""
    zh, en = ROLE_NAMES[role]
    if any(s.who == who for s in state.signatures):
        raise PublicationError("same_person", place=place, who=who)
    if role not in state.needed:
        raise PublicationError("role_filled", place=place, role=(zh, en))
    if role == "reviewer" and "preparer" in state.needed:
        raise PublicationError("preparer_first", place=place)


def reject(
    settings: Settings,
    period: Period,
    role: Role,
    who: str,
    reason: str,
    *,
    channel: str = "os",
    key: SigningKey | None = None,
) -> Signature:
    """Send a draft back with a reason, which stays on record; nothing is published. Raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError("no_reason")
    folder = settings.drafts_dir / str(period)
    read_manifest(folder)
    digest = digest_of(folder / MANIFEST)
    who = check_right(settings, role, who, channel, key)
    signature = Signature(str(period), role, who, channel, digest, "rejected", reason.strip())
    return record(settings, signature, key)


def check_right(settings: Settings, role: Role, who: str, channel: str, key: SigningKey | None) -> str:
    """Return who signs; raises PublicationError where this person may not sign in the role.

    With a register of keys on the command line it is the owner of the key; under Airflow the account that answered, and the server's key
    vouches for it. The lists of accounts (`WENGANG_PREPARERS`, `WENGANG_REVIEWERS`) hold either way.
    """
    register = read_register(settings)
    if register is not None:
        officer = register.officer(key.key_id) if key else None
        if officer is None or officer.is_withdrawn:
            raise PublicationError("key_needed", place=str(register_file(settings)), role=role)
        if (SERVER if channel == "airflow" else role) not in officer.roles:
            raise PublicationError("role_not_held", who=officer.name, role=ROLE_NAMES[role])
        who = who if channel == "airflow" else officer.name
    listed = signers(role)
    if listed is not None and who not in {name for one in listed for name in one.values()}:
        raise PublicationError("role_not_held", who=who, role=ROLE_NAMES[role])
    return who


def record(settings: Settings, signature: Signature, key: SigningKey | None = None) -> Signature:
    """Append to the journal, with the time, signed where there is a key; return it as it stands there."""
    number = len(signatures_on_record(settings, Period.parse(signature.period))) + 1
    signature = replace(signature, number=number, key_id=key.key_id if key else "")
    if key is not None:
        signature = replace(signature, signature=key.sign(signature.content()))
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    append_journal(settings.journal_dir / SIGNATURES, [{**signature.__dict__, "at": now}])
    return signature


def require_signed(settings: Settings, period: Period) -> SignState:
    """Return the state of a draft that all have signed; raises PublicationError (exit 7) naming who is missing."""
    state = sign_state(settings, period)
    if state.needed:
        zh = "、".join(ROLE_NAMES[r][0] for r in state.needed)
        en = ", ".join(ROLE_NAMES[r][1] for r in state.needed)
        raise PublicationError(
            "not_signed",
            place=str(settings.drafts_dir / str(period)),
            period=period,
            missing=(zh, en),
            role=state.needed[0],
        )
    return state
