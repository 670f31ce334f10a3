"""Step lines: what is done, how many rows, how long, how long it should take. A live line on a terminal, plain lines otherwise."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from wengang.core.number_patterns import masked_remark
from wengang.core.settings import Settings
from wengang.core.text import one_line

# Shorter steps, and those with less to do, are mostly start-up: nothing can be estimated from them.
REMEMBERED_SECONDS = 1.0
REMEMBERED_SIZE = 10_000_000
ANNOUNCED_SECONDS = 10.0
NOTED_EVERY_SECONDS = 0.5
CLEARED = "\r\x1b[2K"
PERIOD_OR_NUMBER = re.compile(r"\s*\b\d{4}-\d{2}\b|\s*\b\d+\b")


@dataclass
class Step:
    """One step under way; set `rows` or `note` before it ends, tell `reached` how far it is.

    `size`: what it has to do, in any unit that its time goes with (bytes, say); 0: nothing, None: not known.
    """

    zh: str
    en: str
    size: int | None = None
    rows: int | None = None
    note: str = ""
    begun: float = field(default_factory=time.time)
    expected: float | None = None
    done: int = 0
    total: int | None = None
    progress: Progress | None = None

    def reached(self, done: int, total: int | None = None) -> None:
        """Report how far it is: so many parts of `total`; without a total, so many rows."""
        self.done, self.total = done, total
        if self.progress is not None:
            self.progress.note()

    @property
    def kind(self) -> str:
        """Return what steps that take alike have in common: the English name without its month or number."""
        return PERIOD_OR_NUMBER.sub("", self.en).strip(" ,")


@dataclass
class Progress:
    """Prints a line a step to `out` (`quiet`: nothing)."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    started: float = field(default_factory=time.perf_counter)
    _home: Path | None = None
    _steps: list[Step] = field(default_factory=list)
    _noted: float = 0.0

    def keep_in(self, settings: Settings) -> None:
        """Note the step under way in the home for `wengang status`, and how long steps take for the next time."""
        self._home = settings.home

    def say(self, text: str) -> None:
        """Print one plain line; a person's number, as in the name of a file, is masked, and no name steers the terminal or makes a line."""
        if not self.quiet:
            text = one_line(masked_remark(text))
            print(f"{CLEARED}{text}" if self.out.isatty() else text, file=self.out, flush=True)

    @contextmanager
    def step(self, zh: str, en: str, size: int | None = None) -> Iterator[Step]:
        """Time a step and print its line when it ends, also when it fails."""
        step, begun = Step(zh, en, size, progress=self), time.perf_counter()
        step.expected = expected_seconds(self._home, step)
        self._steps.append(step)
        self.note(at_once=True)
        if step.expected and step.expected >= ANNOUNCED_SECONDS and not self.out.isatty():
            self.say(f"… 约 {step.expected:.0f} 秒 · about {step.expected:.0f} s  {zh} · {en}")
        mark = "✗"
        try:
            yield step
            mark = "✓"
        finally:
            seconds = time.perf_counter() - begun
            self._steps.remove(step)
            rows = f"{step.rows:>12,} 行" if step.rows is not None else " " * 15
            self.say(f"{mark} {seconds:7.2f} s {rows}  {zh} · {en}{'  ' + step.note if step.note else ''}")
            if mark == "✓":
                remember_seconds(self._home, step, seconds)
            self.note(at_once=True)

    def note(self, *, at_once: bool = False) -> None:
        """Show the innermost step under way, on a terminal and to `wengang status`; seldom, where it only goes on."""
        if not at_once and time.perf_counter() - self._noted < NOTED_EVERY_SECONDS:
            return
        self._noted = time.perf_counter()
        state = state_of(self._steps[-1]) if self._steps else None
        if state is not None and not self.quiet and self.out.isatty():
            line = fitted(
                f"… {one_line(described(state, time.time()))}", shutil.get_terminal_size().columns - 1
            )
            print(f"{CLEARED}{line}", end="", file=self.out, flush=True)
        if self._home is not None:
            with suppress(OSError):
                if state is None:
                    step_file(self._home).unlink(missing_ok=True)
                else:
                    step_file(self._home).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")


def fitted(text: str, width: int) -> str:
    """Cut a text to so many places of a terminal; Chinese characters take two."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken > width:
            return text[:place]
    return text


def step_file(home: Path) -> Path:
    """Return where the step under way is noted."""
    return home / "step"


def state_of(step: Step) -> dict[str, Any]:
    """Return what is noted of a step."""
    return {name: getattr(step, name) for name in ("zh", "en", "begun", "expected", "done", "total")}


def under_way(home: Path, now: float) -> str | None:
    """Return where the step stands that is noted in a home; None where none is. `now`: seconds since the epoch."""
    try:
        return described(json.loads(step_file(home).read_text(encoding="utf-8")), now)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def described(step: dict[str, Any], now: float) -> str:
    """Name a step with its time so far, the time it should take, and the parts or rows done."""
    seconds, expected = max(0.0, now - step["begun"]), step["expected"]
    zh, en = [f"已 {seconds:.0f} 秒"], [f"{seconds:.0f} s"]
    if expected:
        zh[0] += f"，约需 {expected:.0f} 秒"
        en[0] += f" of about {expected:.0f} s"
    if step["total"]:
        zh.append(f"第 {step['done']:,}/{step['total']:,} 项")
        en.append(f"part {step['done']:,} of {step['total']:,}")
    elif step["done"]:
        zh.append(f"{step['done']:,} 行")
        en.append(f"{step['done']:,} rows")
    return f"{step['zh']} · {step['en']}：{'，'.join(zh)} · {', '.join(en)}"


def expected_seconds(home: Path | None, step: Step) -> float | None:
    """Reckon a step's time from how long its kind took last, in proportion to the sizes where both are known; None: not known."""
    if home is None or step.size == 0:
        return None
    last = read_times(home).get(step.kind)
    if last is None:
        return None
    seconds, size = last
    return seconds * step.size / size if step.size and size else seconds


def remember_seconds(home: Path | None, step: Step, seconds: float) -> None:
    """Keep how long a step took, where more than its start-up can be estimated from it."""
    is_small = step.size is not None and step.size < REMEMBERED_SIZE
    if home is None or is_small or seconds < REMEMBERED_SECONDS:
        return
    times = read_times(home) | {step.kind: (round(seconds, 2), step.size)}
    with suppress(OSError):
        times_file(home).parent.mkdir(parents=True, exist_ok=True)
        times_file(home).write_text(json.dumps(times, sort_keys=True), encoding="utf-8")


def times_file(home: Path) -> Path:
    """Return where the times of steps are kept; may be deleted."""
    return home / "cache" / "steps.json"


def read_times(home: Path) -> dict[str, tuple[float, int | None]]:
    """Read how long each kind of step took last, with its size; what cannot be read is not known."""
    try:
        found = json.loads(times_file(home).read_text(encoding="utf-8"))
        return {str(kind): (float(seconds), size) for kind, (seconds, size) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
