"""Pages with a table, which many systems hand out under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from wengang.ingest.readers.encoding import to_text
from wengang.ingest.readers.grid import Area, Grid
from wengang.ingest.table import UnreadableError

LARGEST = 256 << 20
_BREAKS = {"br", "p", "div"}


class _Tables(HTMLParser):
    """Collects the tables of a page; a table inside a cell is one more table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[list[list[str]], list[Area]]] = []
        self.open: list[tuple[list[list[str]], list[Area], set[tuple[int, int]]]] = []
        self.text: list[str] | None = None
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self.open.append(([], [], set()))
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1][0].append([])
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            if not self.open[-1][0]:
                self.open[-1][0].append([])
            given = dict(attrs)
            self.span = (_number(given.get("rowspan")), _number(given.get("colspan")))
            self.text = []
        elif tag in _BREAKS and self.text:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            rows, merged, _ = self.open.pop()
            self.tables.append((rows, merged))

    def _end_cell(self) -> None:
        if self.text is None or not self.open:
            return
        rows, merged, taken = self.open[-1]
        index = len(rows) - 1
        place = len(rows[index])
        while (index, place) in taken:
            rows[index].append("")
            place += 1
        down, across = self.span
        rows[index].append("".join(self.text).strip())
        rows[index].extend([""] * (across - 1))
        taken.update((r, c) for r in range(index + 1, index + down) for c in range(place, place + across))
        if down > 1 or across > 1:
            merged.append(((index, place), (index + down - 1, place + across - 1)))
        self.text = None


def _number(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and int(text) else 1


def read_pages(path: Path) -> Iterator[Grid]:
    """Yield the tables of a page as sheets, in order; raises UnreadableError."""
    if path.stat().st_size > LARGEST:
        raise UnreadableError("网页文件过大", "the page is too large")
    data = path.read_bytes()
    named = re.search(rb"charset=[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    is_wide = named is not None and named[1].lower() in (b"utf-16", b"unicode")
    text = data.decode("utf-16", "replace") if is_wide else to_text(data)
    parser = _Tables()
    parser.feed(text)
    parser.close()
    while parser.open:
        parser.handle_endtag("table")
    if not parser.tables:
        raise UnreadableError("网页里没有表格", "the page holds no table")
    for rows, merged in parser.tables:
        yield Grid(None, {i: list(r) for i, r in enumerate(rows) if any(r)}, merged)
