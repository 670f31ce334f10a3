"""Workbooks of every kind (.xlsx, .xlsm, .xls, .et, .ods) into sheets of cells. Runs in the child process: a bad one must end nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from wengang.ingest.readers.biff import look_into_biff
from wengang.ingest.readers.grid import Grid
from wengang.ingest.readers.opendocument import look_into_ods
from wengang.ingest.readers.package import Look, look_into_package
from wengang.ingest.table import RefusedError, UnreadableError

LOOKS = {"xlsx": look_into_package, "ods": look_into_ods, "xls": look_into_biff}


def read_grids(path: Path, kind: str) -> Iterator[Grid]:
    """Yield the sheets of a workbook, in order; raises UnreadableError, RefusedError."""
    try:
        looked = LOOKS[kind](path)
        # From its bytes: given the path, the library would believe the name.
        with path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
            number = -1
            for sheet in book.sheets_metadata:
                number += 1
                if sheet.typ == SheetTypeEnum.WorkSheet:
                    hidden = sheet.visible != SheetVisibleEnum.Visible
                    yield _grid(sheet.name, hidden, book.get_sheet_by_name(sheet.name), looked, number)
    except PasswordError as error:
        raise RefusedError(
            "password",
            "工作簿设有密码，请取消密码后重新交付",
            "the workbook has a password: deliver it without one",
        ) from error
    except (UnreadableError, RefusedError):
        raise
    except (
        Exception
    ) as error:  # calamine raises one class per format fault, and the look into the package others
        raise UnreadableError("不是工作簿，或已损坏", "this is no workbook, or it is damaged") from error


def _grid(name: str, is_hidden: bool, sheet: Any, looked: Look, number: int) -> Grid:
    marks = looked.marks.get(name, looked.marks.get(number, {}))
    left = [""] * (sheet.start[1] if sheet.start else 0)
    rows: dict[int, list[Any]] = {}
    for index, row in enumerate(sheet.iter_rows()):
        if any(cell not in ("", None) for cell in row):
            rows[index] = left + row
    for index, place in marks:
        # A row of nothing but errors is a row.
        row = rows.setdefault(index, [])
        row.extend([""] * (place + 1 - len(row)))
    areas = [((a[0], a[1]), (b[0], b[1])) for a, b in sheet.merged_cell_ranges or ()]
    merged = areas or list(looked.merged.get(name, ()))
    return Grid(name, rows, merged, marks, is_hidden or name in looked.hidden, looked.is_1904)
