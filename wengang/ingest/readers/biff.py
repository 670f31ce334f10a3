"""What a BIFF workbook (.xls, .et) says that the reader does not: error cells, formulas without a value, the calendar of 1904."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from wengang.ingest.marks import marked
from wengang.ingest.readers.grid import Place
from wengang.ingest.readers.package import Look
from wengang.ingest.table import RefusedError

_BOF, _EOF, _FORMULA, _BOOLERR, _DATEMODE, _FILEPASS, _BOUNDSHEET = (
    0x0809,
    0x0A,
    0x06,
    0x0205,
    0x22,
    0x2F,
    0x85,
)
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_END = 0xFFFFFFFA  # sector numbers from here on are no sectors
_LARGEST_CHAIN = 1 << 22


def look_into_biff(path: Path) -> Look:
    """Look into a compound file's workbook stream; raises ValueError, struct.error, IndexError for one that is damaged."""
    stream = workbook_stream(path.read_bytes())
    marks: dict[str | int, dict[Place, str]] = {}
    blank: list[tuple[int, Place]] = []
    calculated = False
    begins: dict[int, int] = {}
    is_1904 = False
    sheet = -1
    for offset, kind, body in _records(stream):
        if kind == _FILEPASS:
            raise _password()
        if kind == _BOUNDSHEET:
            begins[struct.unpack_from("<I", body)[0]] = len(begins)
        elif kind == _BOF:
            sheet = begins.get(offset, sheet)
        elif kind == _DATEMODE:
            is_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == _BOOLERR and len(body) >= 8 and body[7]:
            row, column = struct.unpack_from("<HH", body)
            marks.setdefault(sheet, {})[row, column] = marked("error_cell", _ERRORS.get(body[6], "#N/A"))
        elif kind == _FORMULA and len(body) >= 14:
            row, column = struct.unpack_from("<HH", body)
            result = body[6] if body[12:14] == b"\xff\xff" else None  # None: a number
            calculated = calculated or result != 3
            if result == 2:
                marks.setdefault(sheet, {})[row, column] = marked("error_cell", _ERRORS.get(body[8], "#N/A"))
            elif result == 3:
                blank.append((sheet, (row, column)))
    if not calculated:
        # An empty text may be a result; where no formula has another, a program wrote them and nobody calculated.
        for sheet, place in blank:
            marks.setdefault(sheet, {})[place] = marked("uncalculated", "")
    return Look(dict(marks), is_1904=is_1904)


def _password() -> RefusedError:
    return RefusedError(
        "password",
        "工作簿设有密码，请取消密码后重新交付",
        "the workbook has a password: deliver it without one",
    )


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, kind and content of each record."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0 and size == 0:
            return
        yield at, kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def workbook_stream(data: bytes) -> bytes:
    """Return the stream `Workbook` (or `Book`) of a compound file; a bare stream of records as it is."""
    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return data
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    first_directory, cutoff, first_small = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    sector = lambda n: data[(n + 1) * size : (n + 2) * size]  # noqa: E731
    table_at = [n for n in struct.unpack_from("<109I", data, 76) if n < _END]
    more = struct.unpack_from("<I", data, 68)[0]
    while more < _END and len(table_at) < _LARGEST_CHAIN:
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        table_at += [n for n in numbers[:-1] if n < _END]
        more = numbers[-1]
    table = [n for t in table_at for n in struct.unpack(f"<{size // 4}I", sector(t))]

    def chain(begin: int, following: list[int]) -> list[int]:
        found: list[int] = []
        while begin < _END and len(found) < min(_LARGEST_CHAIN, len(following) + 1):
            found.append(begin)
            begin = following[begin]
        return found

    directory = b"".join(map(sector, chain(first_directory, table)))
    entries = [directory[at : at + 128] for at in range(0, len(directory), 128)]
    named = {
        e[: max(0, struct.unpack_from("<H", e, 64)[0] - 2)].decode("utf-16-le", "replace").lower(): e
        for e in entries
    }
    if "encryptedpackage" in named:
        raise _password()
    entry = named.get("workbook", named.get("book"))
    if entry is None:
        raise ValueError("no workbook stream")
    begin, length = struct.unpack_from("<II", entry, 116)
    if length >= cutoff:
        return b"".join(map(sector, chain(begin, table)))[:length]
    store = b"".join(map(sector, chain(struct.unpack_from("<I", entries[0], 116)[0], table)))
    small_table = [n for t in chain(first_small, table) for n in struct.unpack(f"<{size // 4}I", sector(t))]
    pieces = [store[n * small : (n + 1) * small] for n in chain(begin, small_table)]
    return b"".join(pieces)[:length]
