"""What a workbook's package says that the reader does not: error cells, formulas without a value, the calendar of 1904."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wengang.ingest.marks import marked
from wengang.ingest.readers.grid import Area, Place

_CELL = re.compile(
    rb"<(?:\w+:)?(?:(?P<row>row)\b(?P<at>[^>]*)>|c(?=[\s/>])(?P<is>[^>]*?)(?:/>|>(?P<in>.*?)</(?:\w+:)?c>))",
    re.DOTALL,
)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass
class Look:
    """What stands in a workbook beside its values: marked cells and merges by sheet (name, or number from 0), hidden sheets, the calendar."""

    marks: Mapping[str | int, Mapping[Place, str]] = field(default_factory=dict)
    merged: Mapping[str, list[Area]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    is_1904: bool = False


def attributes(xml: str, tag: str) -> list[dict[str, str]]:
    """Return the attributes of every element of a name, whatever its prefix and quotes."""
    return [attributes_of(element) for element in re.findall(rf"<(?:\w+:)?{tag}\b([^>]*)>", xml)]


def attributes_of(element: str) -> dict[str, str]:
    """Return the attributes written in one tag."""
    return {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(element)}


def look_into_package(path: Path) -> Look:
    """Look into an .xlsx or .xlsm; raises zipfile.BadZipFile, KeyError for a package that is none."""
    with zipfile.ZipFile(path) as packed:
        names = {n.replace("\\", "/").lstrip("/").lower(): n for n in packed.namelist()}
        book = packed.read(names["xl/workbook.xml"]).decode("utf-8", "replace")
        links = packed.read(names["xl/_rels/workbook.xml.rels"]).decode("utf-8", "replace")
        targets = {r.get("Id", ""): _part(r.get("Target", "")) for r in attributes(links, "Relationship")}
        recalculated = any(a.get("fullCalcOnLoad") in ("1", "true") for a in attributes(book, "calcPr"))
        marks: dict[str | int, Mapping[Place, str]] = {}
        for sheet in attributes(book, "sheet"):
            part = next((targets.get(v) for k, v in sheet.items() if k == "id" or k.endswith(":id")), None)
            if part in names:
                found = marks_of(packed.read(names[part]), recalculated)
                if found:
                    marks[sheet.get("name", "")] = found
        calendar = any(a.get("date1904") in ("1", "true") for a in attributes(book, "workbookPr"))
    return Look(marks, is_1904=calendar)


def _part(target: str) -> str:
    target = target.replace("\\", "/")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"
    return part.lower()


def marks_of(xml: bytes, recalculated: bool) -> dict[Place, str]:
    """Return the cells of a sheet that show an error or hold a formula without a value, as marked texts.

    A workbook that asks to be calculated when it is opened holds the zeros of a program beside its formulas, not results.
    """
    if b'"e"' not in xml and b"'e'" not in xml and not _FORMULA.search(xml):
        return {}
    found: dict[Place, str] = {}
    row, column = -1, -1
    for element in _CELL.finditer(xml):
        if element["row"]:
            number = attributes_of(element["at"].decode("utf-8", "replace")).get("r", "")
            row, column = (int(number) - 1 if number.isdigit() else row + 1), -1
            continue
        given = attributes_of(element["is"].decode("utf-8", "replace"))
        if re.fullmatch(r"[A-Za-z]{1,3}[0-9]{1,7}", reference := given.get("r", "")):
            row, column = place_of(reference)
        else:
            column += 1
        inside = element["in"] or b""
        value = _VALUE.search(inside)
        text = html.unescape(value[1].decode("utf-8", "replace")) if value else ""
        if given.get("t") == "e":
            found[row, column] = marked("error_cell", text or "#N/A")
        elif _FORMULA.search(inside) and (
            (not text and given.get("t") != "str") or (recalculated and text in ("", "0"))
        ):
            found[row, column] = marked("uncalculated", text)
    return found


def place_of(reference: str) -> Place:
    """Return row and column, from 0 on, of a cell's reference such as B7."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]) - 1, column - 1
