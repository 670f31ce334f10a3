"""Where things stand: deliveries, rejects, months built, drafted and published, and who holds the home."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field

import duckdb

from wengang.core.errors import LockedError
from wengang.core.lock import home_lock
from wengang.core.progress import under_way
from wengang.core.settings import Settings
from wengang.core.text import shown_name
from wengang.lake.deliveries import read_lake
from wengang.months.closed import stale_published
from wengang.months.validated import critical_of


@dataclass
class MonthStatus:
    """One month."""

    period: str
    files: dict[str, int] = field(default_factory=dict)
    rows_accepted: int = 0
    rows_rejected: int = 0
    manifest_faults: list[str] = field(default_factory=list)
    is_built: bool = False
    is_drafted: bool = False
    is_signed: bool = False
    published: list[str] = field(default_factory=list)
    is_stale: bool = False
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
        """Give it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def read_status(settings: Settings) -> Status:
    """Read the journal, the published warehouse and the packages; changes nothing."""
    state = read_lake(settings)
    months: dict[str, MonthStatus] = {}
    for delivery in state.deliveries:
        month = months.setdefault(str(delivery.period), MonthStatus(str(delivery.period)))
        month.files[delivery.status] = month.files.get(delivery.status, 0) + 1
        if delivery.is_current:
            month.rows_accepted += delivery.rows_accepted
            month.rows_rejected += delivery.rows_rejected
    for period, faults in state.manifest_faults.items():
        found = months.setdefault(str(period), MonthStatus(str(period)))
        found.manifest_faults = [f"{f['code']}: {f.get('file_name') or ''}" for f in faults]
    if settings.warehouse_file.exists():
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
            for (day,) in con.execute("select period from run.builds").fetchall():
                months.setdefault(f"{day:%Y-%m}", MonthStatus(f"{day:%Y-%m}")).is_built = True
    for folder in sorted(settings.drafts_dir.glob("????-??")):
        month = months.setdefault(folder.name, MonthStatus(folder.name))
        month.is_drafted = (folder / "tables").is_dir()
    for folder in sorted(settings.published_dir.glob("????-??/r*")):
        month = months.setdefault(folder.parent.name, MonthStatus(folder.parent.name))
        month.published.append(folder.name)
    for period, critical in critical_of(settings).items():
        months.setdefault(str(period), MonthStatus(str(period))).failed_validation = list(critical)
    for period in stale_published(settings):
        months[str(period)].is_stale = True
    known = {(str(d.period), d.file_name) for d in state.deliveries}
    waiting = {
        folder.name: count
        for folder in sorted(settings.landing_dir.glob("????-??"))
        if (
            count := sum(
                1
                for f in folder.iterdir()
                if f.name != "manifest.csv" and (folder.name, shown_name(f.name)) not in known
            )
        )
    }
    holder, step = read_holder(settings)
    return Status(str(settings.home), holder, step, [months[m] for m in sorted(months)], waiting)


def read_holder(settings: Settings) -> tuple[str | None, str | None]:
    """Tell who holds the home just now and at which step; nobody: none."""
    if not settings.home.exists():
        return None, None
    try:
        with home_lock(settings):
            return None, None
    except LockedError:
        holder = (settings.home / "lock").read_text(encoding="utf-8").strip()
        return holder, under_way(settings.home, time.time())


def render(status: Status) -> str:
    """Lay it out for a terminal, Chinese first."""
    lines = [f"数据目录 home: {status.home}"]
    if status.holder:
        lines.append(f"正在运行 running: {status.holder}  {status.step or ''}")
    lines.append(
        f"{'期间':<8}{'文件 files':<34}{'接收行 accepted':>14}{'拒收行 rejected':>14}  建模 草稿 发布 (built, draft, published)"
    )
    for month in status.months:
        files = " ".join(f"{k}={v}" for k, v in sorted(month.files.items()))
        marks = f"{'✓' if month.is_built else '·':<5}{'✓' if month.is_drafted else '·':<5}{' '.join(month.published) or '·'}"
        lines.append(
            f"{month.period:<10}{files:<34}{month.rows_accepted:>14,}{month.rows_rejected:>14,}  {marks}"
        )
        if month.is_stale:
            lines.append(
                f"          ! 发布后有变化，待更正 changed since published: wengang restate {month.period} --reason 文件"
            )
        if month.failed_validation:
            lines.append(
                f"          ! 严重校验未通过，不能签发 critical expectations not met, cannot be signed: {', '.join(month.failed_validation)}"
            )
        lines += [f"          ! 清单 manifest: {fault}" for fault in month.manifest_faults]
    if not status.months:
        lines.append("（尚无交付 · nothing delivered yet）")
    for period, count in status.waiting.items():
        lines.append(f"待接收 waiting: {period}  {count} 个文件 files")
    return "\n".join(lines)
