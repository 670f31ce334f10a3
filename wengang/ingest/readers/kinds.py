"""What a file is, by its content and not by its name; and out of its archive, within bounds."""

from __future__ import annotations

import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from wengang.contracts import Contract, heading_key
from wengang.ingest.headings import by_heading
from wengang.ingest.table import RefusedError, Told, UnreadableError

HEAD_BYTES = 1 << 16
LARGEST_UNPACKED = 16 << 30
LARGEST_RATIO = 300  # text of a table shrinks to a tenth or a twentieth; only a bomb shrinks like this
RATIO_FROM = 64 << 20
BY_EXTENSION = {
    "csv": "text",
    "txt": "text",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xls",
    "et": "xls",
    "ods": "ods",
    "parquet": "parquet",
}
_SHOWN = {
    "text": ("文本", "text"),
    "xlsx": ("xlsx 工作簿", "an .xlsx workbook"),
    "xls": ("xls 工作簿", "an .xls workbook"),
    "ods": ("ods 工作簿", "an .ods workbook"),
    "parquet": ("Parquet", "Parquet"),
    "html": ("网页表格", "a page with a table"),
}
_PACKED = {"": ("", ""), "gz": ("压缩的（gzip）", ", gzip-compressed"), "zip": ("压缩的（zip）", " in a zip")}
# A part may be named by a day or a version, with points in it.
_NAME = re.compile(
    r"^[^.]+?(?:__.*)?\.(csv|txt|xlsx|xlsm|xls|et|ods|parquet|zip)(?:\.(gz|zip))?$", re.IGNORECASE
)
# What the standard library raises for an archive with other bytes than it foresaw.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    KeyError,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$)|/$")


@dataclass(frozen=True)
class Opened:
    """A file ready to be read: where it lies unpacked (text may stay gzip-compressed), and what it is."""

    path: Path
    kind: str


def extension_of(file_name: str) -> str | None:
    """Return the extension that tells what a file should be (`zip`: whatever is in it), or None where it is none of those known."""
    found = _NAME.match(file_name)
    return found[1].lower() if found else None


def _packing(file_name: str) -> str:
    """Return the kind of archive that a file's name says: gz, zip or none."""
    ending = file_name.rpartition(".")[2].lower()
    return ending if ending in ("gz", "zip") else ""


def is_gzip(path: Path) -> bool:
    """Return whether a file is gzip-compressed, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if it is gzip-compressed."""
    return cast(IO[bytes], gzip.open(path, "rb")) if is_gzip(path) else path.open("rb")


def pieces(path: Path, size: int) -> Iterator[bytes]:
    """Yield a file's bytes, unpacked if it is gzip-compressed; raises UnreadableError for a damaged or boundless one."""
    packed = path.stat().st_size
    done = 0
    try:
        with open_bytes(path) as stream:
            while data := stream.read(size):
                done += len(data)
                look_at_size(done, packed)
                yield data
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(
            "压缩文件损坏或不完整，解不开", "the gzip file is damaged or cut short"
        ) from error
    except OSError as error:
        raise UnreadableError(
            f"文件打不开：{error.strerror}", f"the file cannot be opened: {error.strerror}"
        ) from error


def look_at_size(done: int, packed: int) -> None:
    """Raise UnreadableError where an archive unpacks into more than a table could be."""
    if done > RATIO_FROM and (done > LARGEST_UNPACKED or done > packed * LARGEST_RATIO):
        raise UnreadableError(
            "压缩文件解开后过大，疑似压缩炸弹，已放弃",
            "the archive unpacks into far more than a table could be; it was given up",
        )


def opened(path: Path, file_name: str, scratch: Path, told: Told) -> Opened:
    """Return what a file is, out of its archive; raises UnreadableError, RefusedError. A name that says otherwise is reported."""
    packing = "gz" if is_gzip(path) else ""
    kind = _kind(path)
    if kind != "text" and packing:
        path = _unpacked(path, scratch)
        kind = _kind(path)
    if kind == "zip":
        packing = packing or "zip"
        path = _only_member(path, scratch)
        kind = _kind(path)
        if kind == "zip":
            raise RefusedError(
                "archive_in_archive", "压缩包里还是压缩包，请直接交付文件", "an archive in an archive"
            )
    said = BY_EXTENSION.get(extension_of(file_name) or "")
    if said not in (None, kind) or packing != _packing(file_name):
        zh, en = _SHOWN[kind]
        packed_zh, packed_en = _PACKED[packing]
        told.warn(
            "other_kind",
            f"文件名与内容不符，实为{packed_zh}{zh}，已按内容读取",
            f"its name says otherwise, but this is {en}{packed_en}: read as such",
        )
    return Opened(path, kind)


def look_for_heading(contract: Contract, headings: Sequence[str], file_name: str, path: Path) -> None:
    """Raise UnreadableError where text that should be something else by its name has no heading either: it is damaged."""
    known = by_heading(contract)
    is_other = BY_EXTENSION.get(extension_of(file_name) or "") not in (None, "text")
    if file_name.lower().endswith(".gz") and not is_gzip(path):
        is_other = True
    if is_other and not any(heading_key(h) in known for h in headings):
        raise UnreadableError(
            "文件已损坏：既不是文件名所说的类型，也不是有表头的文本",
            "the file is damaged: it is neither what its name says nor text with a heading",
        )


def _kind(path: Path) -> str:
    """Return text, xlsx, xls, ods, parquet, html or zip; raises RefusedError, UnreadableError for what cannot be read."""
    head = next(pieces(path, HEAD_BYTES), b"")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "zip" if is_gzip(path) else _kind_of_package(path)
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh")):
        raise RefusedError(
            "archive",
            "不支持的压缩格式，请用 gz 或 zip（仅含一个文件）",
            "this kind of archive cannot be read: use gz or a zip of one file",
        )
    if head.startswith(b"%PDF"):
        raise UnreadableError("这是 PDF，不是表格", "this is a PDF, not a table")
    if head.startswith((b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")):
        return "xls"  # records without their container
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise UnreadableError(
            "这是 2003 版 XML 表格，请另存为 xlsx", "this is an XML spreadsheet of 2003: save it as .xlsx"
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096].lower()
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start or b"<!doctype html" in start):
        return "html"
    return "text"


def _kind_of_package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            names = {n.replace("\\", "/").lstrip("/").lower() for n in packed.namelist()}
    except DAMAGED as error:
        raise UnreadableError("压缩包或工作簿已损坏", "the archive or workbook is damaged") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise RefusedError("xlsb", "不支持 xlsb，请另存为 xlsx", "an .xlsb cannot be read: save it as .xlsx")
    return "ods" if "content.xml" in names else "zip"


def _only_member(path: Path, scratch: Path) -> Path:
    """Unpack the one file of a zip; raises RefusedError for several, UnreadableError for a damaged one."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [m for m in packed.infolist() if not _LITTER.search(m.filename)]
            if len(members) != 1:
                raise RefusedError(
                    "archive_of_several",
                    f"压缩包里有 {len(members)} 个文件，应只有一个；请逐个交付",
                    f"the archive holds {len(members)} files, not one: deliver them one by one",
                )
            if members[0].flag_bits & 1:
                raise RefusedError(
                    "password",
                    "压缩包设有密码（已加密），请取消后重新交付",
                    "the archive has a password (is encrypted)",
                )
            plain = scratch / "member"
            with packed.open(members[0]) as stream, plain.open("wb") as out:
                done = 0
                while data := stream.read(1 << 20):
                    done += len(data)
                    look_at_size(done, max(members[0].compress_size, 1))
                    out.write(data)
    except DAMAGED as error:
        raise UnreadableError("压缩包已损坏，解不开", "the archive is damaged") from error
    return plain


def _unpacked(path: Path, scratch: Path) -> Path:
    plain = scratch / "unpacked"
    with plain.open("wb") as out:
        for data in pieces(path, 1 << 20):
            out.write(data)
    return plain
