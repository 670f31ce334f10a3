"""One run at a time in a home: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import fcntl
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

from wengang.core.errors import LockedError, UsageError
from wengang.core.progress import step_file
from wengang.core.settings import Settings


@contextmanager
def home_lock(settings: Settings) -> Iterator[None]:
    """Hold the home for this process; raises LockedError with the holder's name if another run has it, UsageError if it is no folder to write to."""
    path = settings.home / "lock"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+", encoding="utf-8")
    except OSError as fault:
        raise UsageError(
            "home_unusable",
            f"数据目录不能使用：{fault.strerror}",
            f"the home cannot be used: {fault.strerror}",
            place=str(settings.home),
            expected_zh="可写的文件夹，或可在其中新建的路径",
            expected_en="a folder that can be written to, or a path where one can be made",
            next_zh="更正 --home 或 WENGANG_HOME，或请管理员开放权限",
            next_en="correct --home or WENGANG_HOME, or have the permission given",
        ) from fault
    with opened as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            handle.seek(0)
            holder = handle.read().strip() or "?"
            raise LockedError(
                "home_locked",
                f"另一运行正占用数据目录（{holder}）",
                f"another run holds this home ({holder})",
                place=str(path),
                next_zh="等它结束后再运行，或用 wengang status 查看",
                next_en="wait for it to end and run again, or look with wengang status",
            ) from busy
        # What an earlier holder was at when it was killed says nothing of this one.
        step_file(settings.home).unlink(missing_ok=True)
        handle.truncate(0)
        handle.write(f"{getpass.getuser()} pid {os.getpid()}")
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
