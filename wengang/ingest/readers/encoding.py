"""Text into UTF-8: UTF-8 with or without a mark, else GB18030 (which holds GBK), decoded one way everywhere."""

from __future__ import annotations

import codecs
import ctypes
import re
from typing import Any

from wengang.ingest.table import UnreadableError

# Two-byte codes that older tables (and Python's codec) send to the private-use area. GB 18030-2022 and the
# characters that they stand for: names written with them must join with the same names in UTF-8.
REAL_CHARACTERS = {
    0xE5E5: 0x3000,
    0xE78D: 0xFE10,
    0xE78E: 0xFE12,
    0xE78F: 0xFE11,
    0xE790: 0xFE13,
    0xE791: 0xFE14,
    0xE792: 0xFE15,
    0xE793: 0xFE16,
    0xE794: 0xFE17,
    0xE795: 0xFE18,
    0xE796: 0xFE19,
    0xE7C7: 0x1E3F,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}
SURE_BYTES = 15
_ASCII = bytes(range(0x80))
_PRIVATE = re.compile("[" + "".join(chr(c) for c in REAL_CHARACTERS) + "]")
_TABLE = str.maketrans({chr(k): chr(v) for k, v in REAL_CHARACTERS.items()})


def _find_iconv() -> Any:
    """Return the C library if it converts GB18030, else None."""
    try:
        library = ctypes.CDLL(None)
        library.iconv_open.restype = ctypes.c_void_p
        library.iconv_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
        library.iconv.restype = ctypes.c_size_t
        library.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
        library.iconv_close.argtypes = [ctypes.c_void_p]
        handle = library.iconv_open(b"UTF-8", b"GB18030")
        if handle in (None, _FAILED):
            return None
        library.iconv_close(handle)
    except (OSError, AttributeError, TypeError):
        return None
    return library


_FAILED = ctypes.c_size_t(-1).value
_ICONV = _find_iconv()


def _by_iconv(data: bytes) -> bytes | None:
    """Convert with the C library, which lets other threads run; None if it finds a fault."""
    handle = _ICONV.iconv_open(b"UTF-8", b"GB18030")
    out = ctypes.create_string_buffer(len(data) * 2 + 16)
    source = ctypes.c_char_p(data)
    left, room = ctypes.c_size_t(len(data)), ctypes.c_size_t(len(out))
    target = ctypes.c_void_p(ctypes.addressof(out))
    try:
        code = _ICONV.iconv(
            handle, ctypes.byref(source), ctypes.byref(left), ctypes.byref(target), ctypes.byref(room)
        )
    finally:
        _ICONV.iconv_close(handle)
    if code == _FAILED or left.value:
        return None
    return ctypes.string_at(out, len(out) - room.value)


def gb18030_to_utf8(data: bytes, use_library: bool = True) -> bytes:
    """Bring whole GB18030 characters to UTF-8, the same way with the C library and without; UnicodeDecodeError."""
    if data.isascii():
        return data
    done = _by_iconv(data) if use_library and _ICONV is not None else None
    if done is None:
        done = data.decode("gb18030").encode("utf-8")
    # Private-use characters of these tables all begin with this byte.
    if b"\xee" in done:
        text = done.decode("utf-8")
        if _PRIVATE.search(text):
            done = text.translate(_TABLE).encode("utf-8")
    return done


def to_utf8(data: bytes, encoding: str) -> bytes:
    """Return whole lines as UTF-8; raises UnicodeDecodeError if they are not in `encoding` (utf-8 or gb18030)."""
    if encoding == "gb18030":
        return gb18030_to_utf8(data)
    if not data.isascii():
        data.decode("utf-8")
    return data


def lenient(data: bytes, encoding: str) -> str:
    """Decode lines of which some bytes are no text: each such byte becomes a lone surrogate."""
    text = data.decode(encoding, "surrogateescape")
    return text.translate(_TABLE) if encoding == "gb18030" else text


def encoding_of(data: bytes) -> str | None:
    """Return the encoding, utf-8 or gb18030, in which more of the lines are text; None for plain ASCII. Raises UnreadableError."""
    if data.isascii():
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    utf8, gb18030 = ([_is_text(line, encoding) for line in lines] for encoding in ("utf-8", "gb18030"))
    if not any(utf8) and not any(gb18030):
        raise UnreadableError("既不是 UTF-8，也不是 GB18030 文本", "the text is neither UTF-8 nor GB18030")
    # Most UTF-8 text happens to be GB18030 as well, but five characters of GB18030 are UTF-8 by no accident.
    sure = sum(
        u and len(line.translate(None, _ASCII)) >= SURE_BYTES for line, u in zip(lines, utf8, strict=True)
    )
    against = sum(g and not u for u, g in zip(utf8, gb18030, strict=True))
    return "utf-8" if sum(utf8) >= sum(gb18030) or sure >= max(against, 1) else "gb18030"


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def to_text(data: bytes) -> str:
    """Decode a small file whole; raises UnreadableError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return to_utf8(data, encoding_of(data) or "utf-8").decode("utf-8")
    except UnicodeDecodeError:
        encoding = encoding_of(data) or "utf-8"
        return data.decode(encoding, "replace")
