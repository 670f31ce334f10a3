"""The workbook as a whole, sheet by sheet."""

from __future__ import annotations

from pathlib import Path

from wengang.reports.figures import (
    Report,
)
from wengang.reports.workbook.cover import write_cover
from wengang.reports.workbook.notes import write_changes, write_notes
from wengang.reports.workbook.province import write_counties, write_index, write_province
from wengang.reports.workbook.sections import write_section
from wengang.reports.workbook.sheets import SHEETS
from wengang.reports.workbook.tables import write_parameters, write_quality, write_rules
from wengang.reports.workbook.trends import write_items, write_trend
from wengang.reports.workbook.writer import Shape, Writer


def write_workbook(report: Report, target: Path, shape: Shape = Shape()) -> Path:  # noqa: B008 - frozen
    """Write the workbook; a report that nobody signed carries the draft mark on every sheet. Returns the path."""
    writer = Writer(report, target, shape)
    write_cover(writer)
    write_province(writer)
    for sheet in SHEETS:
        write_section(writer, sheet)
    write_counties(writer)
    write_items(writer)
    write_trend(writer)
    write_rules(writer)
    write_quality(writer)
    write_parameters(writer)
    write_changes(writer)
    write_notes(writer)
    write_index(writer)
    writer.close()
    return target


def write_unit_workbook(report: Report, target: Path, shape: Shape) -> Path:
    """Write the workbook of one unit: what the province's says of the whole is left out. Returns the path."""
    writer = Writer(report, target, shape)
    write_province(writer)
    for sheet in SHEETS:
        write_section(writer, sheet)
    write_counties(writer)
    write_changes(writer)
    write_index(writer)
    writer.close()
    return target
