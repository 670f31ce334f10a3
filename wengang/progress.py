"""Step lines: what is done, how many rows, how long. A live line on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO


@dataclass
class Step:
    """One step under way; set `rows` or `note` before it ends."""

    rows: int | None = None
    note: str = ""


@dataclass
class Progress:
    """Prints a line a step to `out` (`quiet`: nothing), and notes the step under way in `step_file` for `wengang status`."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    step_file: Path | None = None
    started: float = field(default_factory=time.perf_counter)

    def say(self, text: str) -> None:
        """Print one plain line."""
        if not self.quiet:
            print(text, file=self.out, flush=True)

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator[Step]:
        """Time a step and print its line when it ends, also when it fails."""
        step, begun = Step(), time.perf_counter()
        if self.step_file is not None:
            self.step_file.write_text(f"{zh} · {en}", encoding="utf-8")
        live = not self.quiet and self.out.isatty()
        if live:
            print(f"… {zh} {en}", end="\r", file=self.out, flush=True)
        mark = "✗"
        try:
            yield step
            mark = "✓"
        finally:
            seconds = time.perf_counter() - begun
            rows = f"{step.rows:>12,} 行" if step.rows is not None else " " * 15
            self.say(f"{mark} {seconds:7.2f} s {rows}  {zh} · {en}{'  ' + step.note if step.note else ''}")
