"""Where things stand: deliveries, rejects, months built, drafted and published, and who holds the home."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from wengang.core.data_directory import prepare_data_directory
from wengang.core.errors import ParameterError, PublicationError
from wengang.core.lock import holder_of
from wengang.core.number_patterns import masked_remark
from wengang.core.periods import Period, month_folders
from wengang.core.progress import under_way
from wengang.core.settings import Settings
from wengang.core.text import one_line
from wengang.lake.deliveries import read_lake
from wengang.months.built import built_months
from wengang.months.delivered import waiting
from wengang.months.drafted import drafted_months
from wengang.months.published import published_periods, revisions
from wengang.months.published_tables import published_differences
from wengang.months.signed import sign_state
from wengang.months.stale import stale_drafts, stale_published
from wengang.months.validated import critical_of


@dataclass
class MonthStatus:
    """One month."""

    period: str
    files: dict[str, int] = field(default_factory=dict)
    rows_accepted: int = 0
    rows_rejected: int = 0
    held: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    manifest_faults: list[str] = field(default_factory=list)
    is_built: bool = False
    is_drafted: bool = False
    is_signed: bool = False
    signatures: list[dict[str, str]] = field(default_factory=list)
    signatures_needed: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    is_stale: bool | None = False
    tables_differing: list[str] = field(default_factory=list)
    failed_validation: list[str] = field(default_factory=list)


@dataclass
class Status:
    """The whole home."""

    home: str
    holder: str | None
    step: str | None
    months: list[MonthStatus]
    waiting: dict[str, int]

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def read_status(settings: Settings) -> Status:
    """Read the journal, the published warehouse and the packages; changes nothing. Raises UsageError where the home is no data directory."""
    prepare_data_directory(settings)
    state = read_lake(settings)
    months: dict[str, MonthStatus] = {}
    for delivery in state.deliveries:
        month = months.setdefault(str(delivery.period), MonthStatus(str(delivery.period)))
        month.files[delivery.status] = month.files.get(delivery.status, 0) + 1
        if delivery.status == "held":
            month.held.append(
                masked_remark(f"{delivery.file_name}: {delivery.message_zh} · {delivery.message_en}")
            )
        if delivery.is_current:
            month.rows_accepted += delivery.rows_accepted
            month.rows_rejected += delivery.rows_rejected
            month.warnings += [warning_line(delivery.file_name, w) for w in delivery.warnings]
    for period, faults in state.manifest_faults.items():
        found = months.setdefault(str(period), MonthStatus(str(period)))
        found.manifest_faults = [masked_remark(f"{f['code']}: {f.get('file_name') or ''}") for f in faults]
    for period in built_months(settings.warehouse_file):
        months.setdefault(str(period), MonthStatus(str(period))).is_built = True
    for period in drafted_months(settings):
        note_draft(settings, period, months.setdefault(str(period), MonthStatus(str(period))))
    for period in published_periods(settings):
        month = months.setdefault(str(period), MonthStatus(str(period)))
        month.published = [f"r{number}" for number in revisions(settings, period)]
    for period, critical in critical_of(settings).items():
        months.setdefault(str(period), MonthStatus(str(period))).failed_validation = list(critical)
    note_stale(settings, months)
    for period, tables in published_differences(settings.warehouse_file).items():
        months.setdefault(str(period), MonthStatus(str(period))).tables_differing = tables
    landing = {
        str(period): len(files)
        for period in month_folders(settings.landing_dir)
        if (files := waiting(settings, state, period))
    }
    holder = holder_of(settings.home)
    step = under_way(settings.home, time.time()) if holder else None
    return Status(str(settings.home), holder, step, [months[m] for m in sorted(months)], landing)


def warning_line(file_name: str, warning: Mapping[str, Any]) -> str:
    """Return a warning with its file and, where it has one, its first line."""
    place = f"{file_name}:{warning['line_no']}" if warning.get("line_no") else file_name
    return masked_remark(f"{place}: {warning['message_zh']} · {warning['message_en']}")


def note_draft(settings: Settings, period: Period, month: MonthStatus) -> None:
    """Set what there is of a month's draft: whether it is whole, and who has signed it."""
    try:
        signing = sign_state(settings, period)
    except PublicationError:
        return  # the manifest cannot be read: signing says so
    month.is_drafted = True
    month.signatures = [{"role": s.role, "who": s.who, "at": s.at} for s in signing.signatures]
    month.signatures_needed = list(signing.needed)
    month.is_signed = not signing.needed


def note_stale(settings: Settings, months: Mapping[str, MonthStatus]) -> None:
    """Set which months are stale; unknown for all where the parameters are faulty, which a build says."""
    try:
        stale = {*stale_published(settings), *stale_drafts(settings)}
    except ParameterError:
        for month in months.values():
            month.is_stale = None
        return
    for period in stale:
        months[str(period)].is_stale = True


def render(status: Status) -> str:
    """Lay it out for a terminal, Chinese first."""
    lines = [f"数据目录 home: {status.home}"]
    if status.holder:
        lines.append(f"正在运行 running: {status.holder}  {status.step or ''}")
    lines.append(
        f"{'期间':<8}{'文件 files':<34}{'接收行 accepted':>14}{'拒收行 rejected':>14}  建模 草稿 签发 发布 (built, draft, signed, published)"
    )
    for month in status.months:
        files = " ".join(f"{k}={v}" for k, v in sorted(month.files.items()))
        ticks = (month.is_built, month.is_drafted, month.is_signed)
        marks = "".join(f"{'✓' if tick else '·':<5}" for tick in ticks) + (" ".join(month.published) or "·")
        lines.append(
            f"{month.period:<10}{files:<34}{month.rows_accepted:>14,}{month.rows_rejected:>14,}  {marks}"
        )
        if month.is_stale and not month.published:
            lines.append(
                f"          ! 草稿已过时，下次运行时重做 draft is stale and made again by the next run of {month.period} or later"
            )
        elif month.is_stale:
            lines.append(
                f"          ! 发布后有变化，待更正 changed since published: wengang restate {month.period} --reason 文件"
            )
        if month.tables_differing:
            lines.append(
                f"          ! 程序已变，按现程序结果不同（仓库仍为已发布的数字） today's code gives other rows (the published ones are kept): "
                f"{', '.join(month.tables_differing)}: wengang restate {month.period} --reason 文件"
            )
        if month.failed_validation:
            lines.append(
                f"          ! 严重校验未通过，不能签发 critical expectations not met, cannot be signed: {', '.join(month.failed_validation)}"
            )
        lines += [f"          ! 清单 manifest: {one_line(fault)}" for fault in month.manifest_faults]
        lines += [f"          ! 暂缓采用 held: {one_line(text)}" for text in month.held]
        lines += [f"          ! 提示 warning: {one_line(text)}" for text in month.warnings]
    if not status.months:
        lines.append("（尚无交付 · nothing delivered yet）")
    for period, count in status.waiting.items():
        lines.append(f"待接收 waiting: {period}  {count} 个文件 files")
    return "\n".join(lines)
