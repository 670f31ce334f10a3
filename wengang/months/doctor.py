"""Whether an installation is fit for its next month: disk, owner, modes, lock, keys, clock, versions. Nothing is changed."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wengang import __version__
from wengang.core.accounts import account_name
from wengang.core.data_directory import CLOSED, changes_left
from wengang.core.digests import digest_of
from wengang.core.errors import WengangError
from wengang.core.journal import read_journal
from wengang.core.lock import holder_of
from wengang.core.restricted_files import restricted_key
from wengang.core.settings import Settings
from wengang.months.drafted import drafted_months
from wengang.months.kept_files import IDENTIFIER_KEY, kept_digests
from wengang.months.key_register import read_register
from wengang.months.published import newest_manifest, published_periods

# A build copies the warehouse and writes a new one; a month adds about what the newest added to the lake and the packages, twice.
COPIES = 2
LEAST_FREE = 1 << 30
CLOCK_MINUTES = 10


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is as it should be, and what was found."""

    name: str
    is_well: bool
    zh: str
    en: str


def examine(settings: Settings, now: dt.datetime) -> list[Check]:
    """Return everything looked at, in order. `now`: the clock's time, with its zone."""
    found: list[Check] = []
    for check in (disk, owner, modes, lock, left, keys, versions):
        found += check(settings)
    return [*found, *clock(settings, now)]


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else 0


def needed_space(settings: Settings) -> int:
    """Return the bytes that the next month may take: the warehouse built beside itself, and as much again as the newest month."""
    warehouse = settings.warehouse_file.stat().st_size if settings.warehouse_file.exists() else 0
    drafts = list(drafted_months(settings).items())
    newest, folder = drafts[-1] if drafts else (None, None)
    package = size_of(folder) if folder else 0
    lake = sum(size_of(p) for p in settings.lake_dir.glob(f"*/period={newest}")) if newest else 0
    return LEAST_FREE + COPIES * (warehouse + package + lake)


def disk(settings: Settings) -> Iterator[Check]:
    """Yield whether the disk has room for the next month."""
    free, needed = shutil.disk_usage(settings.home).free, needed_space(settings)
    here, wanted = f"{free / 2**30:,.1f} GiB", f"{needed / 2**30:,.1f} GiB"
    zh, en = f"可用 {here}，下月约需 {wanted}", f"{here} free, about {wanted} needed next month"
    yield Check("disk", free >= needed, zh, en)


def owner(settings: Settings) -> Iterator[Check]:
    """Yield whether this is the account that the data directory belongs to."""
    number = settings.home.stat().st_uid
    whose, caller = account_name(number), account_name()
    zh, en = f"数据目录属于 {whose}，当前账号 {caller}", f"belongs to {whose}, run by {caller}"
    yield Check("owner", number == os.geteuid(), zh, en)


def modes(settings: Settings) -> Iterator[Check]:
    """Yield whether folders with personal data, and the secret, are closed to others."""
    paths = [settings.home / name for name in CLOSED] + [settings.key_path]
    paths += [*settings.published_dir.glob("*/r*/restricted"), *settings.home.glob("return/*")]
    wide = [str(p) for p in paths if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    names = ", ".join(wide)
    yield Check("modes", not wide, f"他人可进入：{names}" if wide else "含个人信息的文件夹只有所有者可进入",
                f"open to others: {names}" if wide else "folders with personal data are their owner's alone")  # fmt: skip


def lock(settings: Settings) -> Iterator[Check]:
    """Yield who holds the data directory just now; that is no fault."""
    holder = holder_of(settings.home)
    yield Check("lock", True, f"正在运行：{holder}" if holder else "无人占用", f"held by {holder}" if holder else "nobody holds it")  # fmt: skip


def left(settings: Settings) -> Iterator[Check]:
    """Yield whether another tool left changes beside the published warehouse; the next run sets them aside."""
    log = changes_left(settings.warehouse_file)
    yield Check("warehouse", not log.exists(), f"别的工具留下的改动：{log}" if log.exists() else "没有别的工具留下的改动",
                f"another tool left changes: {log}" if log.exists() else "no changes left by another tool")  # fmt: skip


def keys(settings: Settings) -> Iterator[Check]:
    """Yield whether the secret of identifiers is the one noted, and the register and the key of restricted files can be used."""
    noted = kept_digests(settings).get(IDENTIFIER_KEY)
    is_same = noted is None or (settings.key_path.is_file() and digest_of(settings.key_path) == noted)
    yield Check("identifier key", is_same, str(settings.key_path), str(settings.key_path))
    try:
        register = read_register(settings)
        count = len([o for o in register.officers if not o.is_withdrawn]) if register else 0
        yield Check("key register", True, f"{count} 个有效公钥" if register else "未设公钥登记簿，签发以账号为准",
                    f"{count} keys in force" if register else "no register: accounts sign")  # fmt: skip
        is_encrypted = restricted_key(settings) is not None
        yield Check("restricted files", True, "加密存放" if is_encrypted else "未加密，只有所有者可读",
                    "encrypted at rest" if is_encrypted else "not encrypted; their owner's alone")  # fmt: skip
    except WengangError as fault:
        yield Check("keys", False, fault.zh, fault.en)


def versions(settings: Settings) -> Iterator[Check]:
    """Yield the versions that run, and that of the newest published report where it is another."""
    months = published_periods(settings)
    published = (
        (newest_manifest(settings, months[-1]) or {}).get("code", {}).get("version") if months else None
    )
    more = f"，{months[-1]} 以 {published} 发布" if published not in {None, __version__} else ""
    more_en = f"; {months[-1]} was published with {published}" if more else ""
    yield Check("versions", True, f"wengang {__version__}, Python {platform.python_version()}{more}",
                f"wengang {__version__}, Python {platform.python_version()}{more_en}")  # fmt: skip


def clock(settings: Settings, now: dt.datetime) -> Iterator[Check]:
    """Yield whether the clock stands before something that is on record already."""
    times = [
        dt.datetime.fromisoformat(str(record[name]))
        for path in sorted(settings.journal_dir.glob("*.jsonl"))
        for record in read_journal(path)
        for name in ("at", "received_at")
        if record.get(name)
    ]
    newest = max((t if t.tzinfo else t.replace(tzinfo=dt.UTC) for t in times), default=now)
    is_well = newest <= now + dt.timedelta(minutes=CLOCK_MINUTES)
    yield Check("clock", is_well, f"现在 {now.isoformat(timespec='minutes')}，最新记录 {newest.isoformat(timespec='minutes')}",
                f"now {now.isoformat(timespec='minutes')}, newest record {newest.isoformat(timespec='minutes')}")  # fmt: skip


def render(checks: list[Check]) -> str:
    """Lay it out for a terminal."""
    return "\n".join(f"{'✓' if c.is_well else '✗'} {c.name:<17}{c.zh} · {c.en}" for c in checks)
