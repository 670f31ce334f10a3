"""Sign-off: two people, each bound to the very bytes of the draft; a changed draft has no signature."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wengang.core.errors import EXIT_INCOMPLETE, EXIT_VALIDATION, PublicationError, UsageError
from wengang.core.journal import append_journal
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.published import MANIFEST, check_package, digest_of, read_manifest
from wengang.months.signed import ROLE_NAMES, SIGNATURES, Role, Signature, SignState, sign_state
from wengang.months.validated import not_passed


def check_ready(manifest: dict[str, Any], settings: Settings, period: Period) -> None:
    """Refuse a month that is incomplete or that a critical expectation stands against; the error has the exit code of that fault."""
    import json

    place = str(settings.drafts_dir / str(period))
    if manifest["incomplete"]:
        fault = PublicationError(
            "incomplete", "本期不完整，不能签发：" + "；".join(r["zh"] for r in manifest["incomplete"]),
            "the period is incomplete and cannot be signed: " + "; ".join(r["en"] for r in manifest["incomplete"]), place=place,
            next_zh="补交后重新运行", next_en="deliver what is missing and run again",
        )  # fmt: skip
        fault.exit_code = EXIT_INCOMPLETE
        raise fault
    results = settings.drafts_dir / str(period) / "validation" / "results.json"
    rows = json.loads(results.read_text(encoding="utf-8")) if results.exists() else None
    critical = [r for r in rows or () if r["severity"] == "critical" and r["outcome"] != "met"]
    if rows is None or critical or period in not_passed(settings):
        zh = "；".join(r["title_zh"] for r in critical) or "没有本草稿的校验结果，或最近一次校验未通过"
        en = (
            "; ".join(r["title_en"] for r in critical)
            or "no results of validation, or the last one found something critical"
        )
        fault = PublicationError(
            "validation", f"严重校验未通过，不能签发：{zh}", f"a critical expectation is not met: {en}", place=str(results),
            next_zh="查明原因后重新运行", next_en="find the cause and run again",
        )  # fmt: skip
        fault.exit_code = EXIT_VALIDATION
        raise fault


def sign(
    settings: Settings,
    period: Period,
    role: Role,
    who: str,
    *,
    channel: str = "os",
    problems: str = "",
) -> SignState:
    """Put a person's signature under the draft as it lies there; returns who is still needed.

    Raises PublicationError where the draft is incomplete, failed, changed, or this person or role has signed it already.
    """
    folder = settings.drafts_dir / str(period)
    manifest = check_package(folder)
    check_ready(manifest, settings, period)
    state = sign_state(settings, period)
    check_signer(state, role, who, str(folder))
    if problems and role != "preparer":
        raise UsageError(
            "problems_role", "执行中遇到的问题由填报人填写", "the problems met are entered by the preparer",
            next_zh="由填报人签发时用 --problems", next_en="the preparer gives --problems when signing",
        )  # fmt: skip
    record(
        settings, Signature(str(period), role, who, channel, state.manifest_sha256, "approved", "", problems)
    )
    kill_point("signed")
    return sign_state(settings, period)


def check_signer(state: SignState, role: Role, who: str, place: str) -> None:
    """Refuse the same person twice, a role that is filled, and a reviewer before the preparer."""
    zh, en = ROLE_NAMES[role]
    if any(s.who == who for s in state.signatures):
        raise PublicationError(
            "same_person", f"“{who}”已签过本草稿，填报与审核须由不同的人", f"{who} has signed this draft; two different people must",
            place=place, next_zh="由另一人以其本人账号签发", next_en="another person signs from an account of their own",
        )  # fmt: skip
    if role not in state.needed:
        raise PublicationError(
            "role_filled", f"{zh}已签", f"the {en} has signed already", place=place,
            next_zh="运行 wengang publish，或等待其余签字", next_en="run wengang publish, or wait for the other signature",
        )  # fmt: skip
    if role == "reviewer" and "preparer" in state.needed:
        raise PublicationError(
            "preparer_first", "填报人尚未签字", "the preparer has not signed yet", place=place,
            next_zh="先由填报人运行 wengang sign --role preparer", next_en="the preparer signs first: wengang sign --role preparer",
        )  # fmt: skip


def reject(
    settings: Settings, period: Period, role: Role, who: str, reason: str, *, channel: str = "os"
) -> Signature:
    """Send a draft back with a reason, which stays on record; nothing is published. Raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError(
            "no_reason", "退回须说明理由", "a rejection needs its reason",
            next_zh="用 --reason 写明理由", next_en="give it with --reason",
        )  # fmt: skip
    folder = settings.drafts_dir / str(period)
    read_manifest(folder)
    digest = digest_of(folder / MANIFEST)
    signature = Signature(str(period), role, who, channel, digest, "rejected", reason.strip())
    record(settings, signature)
    return signature


def record(settings: Settings, signature: Signature) -> None:
    """Append to the journal, with the time."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    append_journal(settings.journal_dir / SIGNATURES, [{**signature.__dict__, "at": now}])


def require_signed(settings: Settings, period: Period) -> SignState:
    """Give the state of a draft that all have signed; raises PublicationError (exit 7) naming who is missing."""
    state = sign_state(settings, period)
    if state.needed:
        zh = "、".join(ROLE_NAMES[r][0] for r in state.needed)
        en = ", ".join(ROLE_NAMES[r][1] for r in state.needed)
        raise PublicationError(
            "not_signed", f"{period} 尚未签发，缺：{zh}", f"{period} is not signed; missing: {en}",
            place=str(settings.drafts_dir / str(period)),
            expected_zh="填报人与审核人（大额另加一名审核人）各自签字", expected_en="preparer and reviewer (for large amounts a second one) sign",
            next_zh=f"wengang sign {period} --role {state.needed[0]}", next_en=f"wengang sign {period} --role {state.needed[0]}",
        )  # fmt: skip
    return state
