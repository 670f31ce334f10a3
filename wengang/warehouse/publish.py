"""Make the built warehouse the published one: one atomic rename, so that readers always see a whole file."""

from __future__ import annotations

import os
from pathlib import Path

from wengang.core.data_directory import set_aside_changes
from wengang.core.settings import Settings


def sync_file(path: Path) -> None:
    """Bring a file's content to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(settings: Settings) -> Path:
    """Rename the build file over the published warehouse; returns its path.

    Readers that have the old file open keep reading it. Raises FileNotFoundError if nothing was built.
    """
    sync_file(settings.build_file)
    set_aside_changes(settings.warehouse_file)
    settings.build_file.replace(settings.warehouse_file)
    sync_file(settings.warehouse_file.parent)
    return settings.warehouse_file
