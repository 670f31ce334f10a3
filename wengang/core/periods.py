"""Months as values: `2024-06`, its first and last day, ranges `2024-04..2024-08`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering
from pathlib import Path

from wengang.core.errors import UsageError

# Not \d, which takes full-width digits too; and no year of which a base year or a month after could not be calculated.
PERIOD = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")


@total_ordering
@dataclass(frozen=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `YYYY-MM`; raises UsageError for anything else."""
        match = PERIOD.fullmatch(text.strip())
        if not match:
            raise UsageError("period", text=text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> Period:
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> dt.date:
        """First day of the month."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """Last day of the month."""
        return self.plus(1).first_day - dt.timedelta(days=1)

    def plus(self, months: int) -> Period:
        """Return the month so many months later (or earlier, if negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __lt__(self, other: Period) -> bool:
        return (self.year, self.month) < (other.year, other.month)


def parse_range(text: str) -> list[Period]:
    """Read `2024-06` or `2024-04..2024-08` into the months it holds, in order; raises UsageError."""
    first, dots, last = text.partition("..")
    start = Period.parse(first)
    end = Period.parse(last) if dots else start
    if end < start:
        raise UsageError("period_range", text=text)
    months = [start]
    while months[-1] < end:
        months.append(months[-1].plus(1))
    return months


def month_folders(parent: Path) -> dict[Period, Path]:
    """Return the folders in `parent` that are named by a month, in order; whatever else lies there is none of ours."""
    if not parent.is_dir():
        return {}
    found = {Period.parse(p.name): p for p in parent.iterdir() if PERIOD.fullmatch(p.name) and p.is_dir()}
    return dict(sorted(found.items()))
