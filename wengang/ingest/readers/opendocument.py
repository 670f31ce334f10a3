"""What an OpenDocument sheet says that the reader does not: merged cells, error cells, formulas without a value, the calendar, hidden sheets."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from wengang.ingest.marks import marked
from wengang.ingest.readers.grid import Area, Place
from wengang.ingest.readers.package import Look, attributes, attributes_of

_TAG = re.compile(
    r"<table:(table(?:-row|-cell)?|covered-table-cell)(?=[\s/>])([^>]*?)(/?)>([^<]*(?:<text:p[^>]*>[^<]*)?)"
)
FARTHEST = 1 << 20


def look_into_ods(path: Path) -> Look:
    """Look into an .ods; raises zipfile.BadZipFile, KeyError for a package that is none."""
    with zipfile.ZipFile(path) as packed:
        xml = packed.read("content.xml").decode("utf-8", "replace")
    unseen = {
        a.get("style:name", "")
        for a in map(
            attributes_of,
            re.findall(r"<style:style\b([^>]*)>(?:(?!</style:style>).)*?table:display=\"false\"", xml),
        )
    }
    marks: dict[str | int, dict[Place, str]] = {}
    merged: dict[str, list[Area]] = {}
    hidden = set()
    sheet, row, column, repeat = "", -1, 0, 1
    for tag, inside, _, text in _TAG.findall(xml):
        given = attributes_of(inside)
        if tag == "table":
            sheet, row, repeat = given.get("table:name", ""), -1, 1
            if given.get("table:style-name") in unseen:
                hidden.add(sheet)
            continue
        if tag == "table-row":
            row, column = row + repeat, 0
            repeat = min(int(given.get("table:number-rows-repeated", 1)), FARTHEST)
            continue
        width = min(int(given.get("table:number-columns-repeated", 1)), FARTHEST)
        down = int(given.get("table:number-rows-spanned", 1))
        across = int(given.get("table:number-columns-spanned", 1))
        if down > 1 or across > 1:
            merged.setdefault(sheet, []).append(((row, column), (row + down - 1, column + across - 1)))
        shown = re.sub(r"<[^>]*>", "", text).strip()
        if given.get("calcext:value-type") == "error":
            marks.setdefault(sheet, {})[row, column] = marked("error_cell", shown or "#N/A")
        elif "table:formula" in given and "office:value-type" not in given:
            marks.setdefault(sheet, {})[row, column] = marked("uncalculated", shown)
        column += width
    days = attributes(xml, "table:null-date") or attributes(xml, "null-date")
    calendar = any(a.get("table:date-value", "").startswith("1904") for a in days)
    return Look(dict(marks), merged, frozenset(hidden), calendar)
