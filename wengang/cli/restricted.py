"""The command that lists and opens the restricted files of a month's package, and leaves a record of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import Home, PeriodArgument, PeriodOption, data_directory, one_month
from wengang.core.errors import UsageError


@app.command(name="restricted")
def restricted_command(
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="文件，如 lists/benefit_outreach.csv · which file; none: a list of them"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写到此新文件（0600） · into this new file, for its owner alone"),
    ] = None,
    home: Home = None,
) -> None:
    """打开限阅文件 · list the restricted files of PERIOD, or open one (decrypted); opening writes an access record."""
    from wengang.core.restricted_files import open_restricted, restricted_key, restricted_names
    from wengang.evidence.explain.access import record_opened
    from wengang.months.drafted import draft_dir
    from wengang.months.published import checked_revision, latest_revision

    settings, month = data_directory(home=home), one_month(period, period_option)
    is_published = latest_revision(settings, month) is not None
    package = checked_revision(settings, month) if is_published else draft_dir(settings, month)
    if name is None:
        print("\n".join(restricted_names(package)))
        return
    content = open_restricted(package, name, restricted_key(settings))
    record_opened(settings, name, month)
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as fault:
        raise UsageError("not_written", place=str(out), reason=fault.strerror) from fault
