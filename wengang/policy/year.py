"""The rows of a new year as drafts: what lapses, what the nation's notice already says, what would be carried on as an assumption."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wengang.policy.bounds import beyond, bounds
from wengang.policy.load import programme_names
from wengang.policy.registry import registry
from wengang.policy.resolve import PolicySet, rank
from wengang.policy.rows import NATION, OPEN_END, ParameterRow, ProgrammeRow


@dataclass(frozen=True)
class Draft:
    """One row for a new year: the row it comes from, and what an official has to look at.

    `kind`: `assumed` (carried on, to be confirmed), `capped` (carried on, but lowered to a new national cap or raised to a
    new floor), `window` (a window).
    """

    kind: str
    row: ParameterRow | ProgrammeRow
    source: ParameterRow | ProgrammeRow
    zh: str
    en: str


@dataclass(frozen=True)
class NewYear:
    """What a new year asks of the keeper of the rows."""

    year: int
    source_year: int
    drafts: tuple[Draft, ...]
    entered: tuple[ParameterRow | ProgrammeRow, ...]
    open_ended: tuple[ParameterRow, ...]

    @property
    def windows(self) -> list[ProgrammeRow]:
        """Drafts of windows."""
        return [draft.row for draft in self.drafts if isinstance(draft.row, ProgrammeRow)]

    @property
    def parameters(self) -> list[ParameterRow]:
        """Drafts of parameters."""
        return [draft.row for draft in self.drafts if isinstance(draft.row, ParameterRow)]


def draft_year(policy: PolicySet, year: int, source_year: int) -> NewYear:
    """Draft the rows of a year from those of another; rows of that year that are entered already are left as they are."""
    windows = draft_windows(policy, year, source_year)
    with_windows = replace(
        policy,
        programme_rows=(*policy.programme_rows, *(d.row for d in windows if isinstance(d.row, ProgrammeRow))),
    )
    parameters = draft_parameters(with_windows, year, source_year)
    return NewYear(
        year,
        source_year,
        (*windows, *parameters),
        entered_rows(policy, year),
        tuple(row for _, row in policy.applying_rows if row.effective_to == OPEN_END),
    )


def entered_rows(policy: PolicySet, year: int) -> tuple[ParameterRow | ProgrammeRow, ...]:
    """Return the rows of a year that a keeper has entered already: the national notice's, and others."""
    windows = [row for _, row in policy.applying_windows if row.programme_year == year]
    rows = [row for _, row in policy.applying_rows if row.effective_from.year == year]
    return (*windows, *rows)


def draft_windows(policy: PolicySet, year: int, source_year: int) -> list[Draft]:
    """Draft a window for each of the source year's that the new year lacks, by the nation's window where there is one."""
    there = {
        (row.programme, row.jurisdiction, row.applies_to)
        for row in policy.programme_rows
        if row.programme_year == year
    }
    nation = {
        row.programme: row
        for row in policy.programme_rows
        if row.programme_year == year and row.jurisdiction == NATION and not row.applies_to
    }
    found = []
    for _, row in policy.applying_windows:
        key = (row.programme, row.jurisdiction, row.applies_to)
        if row.programme_year != source_year or key in there:
            continue
        model = nation.get(row.programme)
        first = model.window_from if model else moved(row.window_from, year - source_year)
        last = model.window_to if model else moved(row.window_to, year - source_year)
        why = (
            f"草稿待确认：按国家{year}年文件的起止日期"
            if model
            else f"草稿待确认：沿用{source_year}年的起止日期"
        )
        made = replace(
            row,
            line=0,
            programme_year=year,
            window_from=first,
            window_to=last,
            document_id=model.document_id if model else row.document_id,
            basis="assumption",
            reason=why,
        )
        found.append(
            Draft(
                "window",
                made,
                row,
                f"{row.programme} {row.jurisdiction} 的{year}年窗口期 {first} 至 {last}：{why}",
                f"window of {row.programme}, {row.jurisdiction}, {year}: {first} to {last}; "
                + ("as the nation's notice of that year" if model else f"days of {source_year}"),
            )
        )
    return found


def moved(day: dt.date, years: int) -> dt.date:
    """Return the same day of the month some years on; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def draft_parameters(policy: PolicySet, year: int, source_year: int) -> list[Draft]:
    """Draft a row for each parameter, jurisdiction and condition whose last row ends in the source year."""
    last: dict[tuple[str, str, str], ParameterRow] = {}
    for _, row in policy.applying_rows:
        key = (row.parameter, row.jurisdiction, row.applies_to)
        if key not in last or row.effective_to > last[key].effective_to:
            last[key] = row
    found = []
    for row in last.values():
        span = days_of(policy, row, year)
        if row.effective_to.year == source_year and span is not None:
            found.append(draft_of(policy, row, span, source_year))
    return found


def days_of(policy: PolicySet, row: ParameterRow, year: int) -> tuple[dt.date, dt.date] | None:
    """Return the days of a year that a parameter needs: its programme's window, or the year; None where there is no window.

    Of several windows (cities, conditions) from the first day to the last.
    """
    kind = registry().get(row.parameter)
    programme = kind.programme if kind else ""
    if programme not in programme_names():
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    spans = [
        (w.window_from, w.window_to)
        for w in policy.windows
        if (w.programme, w.programme_year) == (programme, year)
    ]
    if not spans:
        return None
    return min(first for first, _ in spans), max(last for _, last in spans)


def draft_of(policy: PolicySet, row: ParameterRow, span: tuple[dt.date, dt.date], source_year: int) -> Draft:
    """Draft one row: the value of the source year, within the national caps and floors in force on the new days."""
    value, kind = row.value, "assumed"
    limits = [] if row.jurisdiction == NATION else limits_on(policy, row, span)
    for basis, limit in limits:
        if beyond(value, limit.value, basis):
            value, kind = limit.value, "capped"
    is_bound = row.jurisdiction == NATION and row.basis in {"cap", "floor"}
    why = f"草稿待确认：沿用{source_year}年"
    if kind == "capped":
        why = f"草稿待确认：{source_year}年为{row.value}，按国家新的上下限改为{value}"
    made = replace(
        row,
        line=0,
        effective_from=span[0],
        effective_to=span[1],
        value=value,
        basis=row.basis if is_bound else "assumption",
        confidence="D",
        reason=why,
    )
    who = f"{row.parameter} {row.jurisdiction}{' ' + row.applies_to if row.applies_to else ''}"
    return Draft(
        kind,
        made,
        row,
        f"{who} = {value}（{span[0]} 至 {span[1]}）：{why}",
        f"{who} = {value} ({span[0]} to {span[1]}); "
        + (
            f"was {row.value}, beyond the new national limit"
            if kind == "capped"
            else f"value of {source_year}"
        ),
    )


def limits_on(
    policy: PolicySet, row: ParameterRow, span: tuple[dt.date, dt.date]
) -> Sequence[tuple[str, ParameterRow]]:
    """Return the national caps and floors in force on the first of some days for a row's parameter and condition."""
    known = registry().get(row.parameter)
    if known is None or not known.is_number or not number(row.value):
        return []
    group = [
        other
        for other in policy.parameter_rows
        if other.parameter == row.parameter and known.accepts(other.value)
    ]
    return [
        (basis, stretch.row)
        for basis in ("cap", "floor")
        for stretch in bounds(group, basis, row.applies_to)
        if stretch.valid_from <= span[0] <= stretch.valid_to
    ]


def number(text: str) -> Decimal | None:
    """Read a number; None for `none` and words."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def order_of(row: ParameterRow | ProgrammeRow) -> tuple[object, ...]:
    """Return the place of a row in a list for reading: windows first, then by name and jurisdiction."""
    if isinstance(row, ProgrammeRow):
        return 0, row.programme, rank(row.jurisdiction), row.jurisdiction
    return 1, row.parameter, rank(row.jurisdiction), row.jurisdiction
