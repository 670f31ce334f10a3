"""Text into UTF-8: UTF-8 with or without a mark, else GB18030 (which holds GBK), decoded one way everywhere."""

from __future__ import annotations

import codecs
import re

from wengang.extracts.model import UnreadableError

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
_PRIVATE = re.compile("[" + "".join(chr(c) for c in REAL_CHARACTERS) + "]")
_TABLE = str.maketrans({chr(k): chr(v) for k, v in REAL_CHARACTERS.items()})


def decode_gb18030(data: bytes) -> str:
    """Decode whole GB18030 characters; raises UnicodeDecodeError."""
    if data.isascii():
        return data.decode("ascii")
    text = data.decode("gb18030")
    return text.translate(_TABLE) if _PRIVATE.search(text) else text


def to_utf8(data: bytes, encoding: str) -> bytes:
    """Give whole lines as UTF-8; raises UnicodeDecodeError if they are not in `encoding` (utf-8 or gb18030)."""
    if data.isascii():
        return data
    if encoding == "gb18030":
        return decode_gb18030(data).encode("utf-8")
    data.decode("utf-8")
    return data


def to_text(data: bytes) -> str:
    """Decode a small file whole; raises UnreadableError."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return decode_gb18030(data)
        except UnicodeDecodeError as error:
            raise UnreadableError(
                "既不是 UTF-8，也不是 GB18030 文本", "the text is neither UTF-8 nor GB18030"
            ) from error
