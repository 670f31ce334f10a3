"""One cell of a sound row is changed at random: the row means what the contract says of that text, or it is rejected; nothing changes unseen.

`meaning` reads a text by the rules of the contract's page, written here a second time and one text at a time.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from wengang.contracts import Column, Contract, load_contracts

from .conftest import PERSONS, World

BAD = "bad"
UNSEEN = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0x00AD)))
CODES = {
    "industry_code": "C1310",
    "region_code": "620102",
    "issuer_region": "620102",
    "occupation_code": "6-31-01-03",
    "list_id": "hard_hit",
}
VALUES = {
    "id": "A-12_3",
    "text": "文",
    "money": "12.50",
    "rate": "0.5",
    "int": "2024",
    "month": "202406",
    "day": "20240603",
    "flag": "1",
}
# Where the first code of a list, or any value, would break a rule of the row.
OWN = {
    "fund_ledger": {"item": "利息收入"},
    "headcount_changes": {"reason": "新参保"},
    "contributions": {"received_on": "20240615"},
    "recoveries": {"amount": "12.50"},
}
LETTERS = "0123456789.,-/年月日 \u3000\u00a0\u200b\u00adEeXx+()（）'\"=￥¥：:TＡ１．－是否YN"


def sound_row(contract: Contract) -> dict[str, str]:
    row = {}
    for column in contract.read_columns:
        if column.check_digit == "person":
            value = PERSONS[0]
        elif column.exact_length == 18:
            value = "91620102MA90000027"
        elif column.codes:
            code, labels = next(iter(column.codes.items()))
            value = labels[0] if labels else code
        else:
            value = CODES.get(column.name) or VALUES[column.type]
        row[column.name] = value
    return row | OWN.get(contract.source, {})


def narrow(text: str) -> str:
    """Return a text half-width, without blanks around it and without what nobody sees."""
    text = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text if c not in UNSEEN)
    return text.replace("\uffe5", "\u00a5").replace("\u3000", " ").replace("\u00a0", " ").strip(" \t\r\n\v\f")


def day_of(year: str, month: str, day: str) -> Any:
    try:
        return dt.date(int(year), int(month), int(day)) if 1900 <= int(year) <= 2100 else BAD
    except ValueError:
        return BAD


def meaning(column: Column, text: str, latest: dt.date) -> Any:
    """Return what a cell means, or BAD."""
    t = narrow(text)
    if column.type == "id" or (column.type == "code" and not column.codes):
        t = t[2:-1].strip() if re.fullmatch(r'=".*"', t) else (t[1:].strip() if t.startswith("'") else t)
        t = t.lower() if column.is_lower else t.upper()
    if not t:
        if column.required:
            return BAD
        return {"1": True}.get(column.empty_means or "")
    if column.codes:
        return {label.lower(): code for label, code in column.labels.items()}.get(t.lower(), BAD)
    if column.check_digit == "person":
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        if not re.fullmatch(r"[0-9]{17}[0-9X]", t):
            return BAD
        return (
            t
            if "10X98765432"[sum(w * int(c) for w, c in zip(weights, t, strict=False)) % 11] == t[17]
            else BAD
        )
    if column.type in ("id", "code"):
        shape = column.pattern or ".*"
        long = column.max_length is not None and len(t) > column.max_length
        short = column.exact_length is not None and len(t) != column.exact_length
        return t if re.fullmatch(shape, t) and not long and not short else BAD
    if column.type == "money":
        if not re.fullmatch(r"(-?¥?|¥-)([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?", t):
            return BAD
        value = Decimal(t.replace("¥", "").replace(",", ""))
        return value.quantize(Decimal("0.01")) if abs(value) < 10**16 else BAD
    if column.type == "int":
        return int(t) if re.fullmatch(r"-?[0-9]+", t) and abs(int(t)) < 2**31 else BAD
    if column.type == "flag":
        return {
            "是": True,
            "1": True,
            "y": True,
            "true": True,
            "否": False,
            "0": False,
            "n": False,
            "false": False,
        }.get(t.lower(), BAD)
    if column.type == "month":
        forms = r"([0-9]{4})([0-9]{2})|([0-9]{4})\.([0-9]{2})|([0-9]{4})[-/]([0-9]{1,2})(?:[-/]0?1)?|([0-9]{4})年([0-9]{1,2})月"
        found = re.fullmatch(forms, t)
        return day_of(*[g for g in found.groups() if g], "1") if found else BAD
    if re.fullmatch(r"[0-9]{5}", t) and 20000 <= int(t) <= 80000:
        value = dt.date(1899, 12, 30) + dt.timedelta(int(t))
    else:
        midnight = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
        forms = (
            r"([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})" + midnight
            + r"|([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})" + midnight
            + r"|([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"
        )  # fmt: skip
        found = re.fullmatch(forms, t)
        if not found:
            return BAD
        value = day_of(*[g for g in found.groups() if g])
    if value is BAD or value > (latest if column.is_bounded else dt.date(2100, 12, 31)):
        return BAD
    return value


def changed(text: str, rng: random.Random) -> str:
    """Write a cell otherwise: another form of it, a character more, less or other."""
    forms = [text]
    if re.fullmatch(r"20[0-9]{4,6}", text):
        year, month, day = text[:4], text[4:6], text[6:]
        for sign in "-/.":
            forms += [
                sign.join(filter(None, (year, month, day))),
                sign.join(filter(None, (year, str(int(month)), day and str(int(day))))),
            ]
        forms += [
            f"{year}年{int(month)}月" + (f"{int(day)}日" if day else ""),
            f"{year}-{month}-{day or '01'} 00:00:00",
            "45446",
            "46000",
        ]
    if text == "12.50":
        forms += ["1,234.50", "￥12.50", "-￥12.5", "12.500", "(12.50)", "1.25E1", "12.5", "１２．５０"]
    forms += [
        f"'{text}",
        f'="{text}"',
        f"\u3000{text} ",
        text.lower(),
        text + ".0",
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    ]
    text = rng.choice(forms)
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(3):
            case 0:
                text = text[:at] + rng.choice(LETTERS) + text[at:]
            case 1:
                text = text[:at] + text[at + 1 :]
            case _:
                text = text[:at] + rng.choice(LETTERS) + text[at + 1 :]
    return text


def delivered(world: World, contract: Contract, rows: list[dict[str, str]], ending: str) -> str:
    names = list(rows[0])
    grid = [names, *([row[n] for n in names] for row in rows)]
    name = f"{contract.source}.{ending}"
    if ending == "xlsx":
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
            sheet = book.add_worksheet()
            for place, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    sheet.write_string(place, column, cell)
        world.put(name, out.getvalue())
    else:
        text = io.StringIO()
        csv.writer(text, delimiter="\t" if ending == "txt" else ",").writerows(grid)
        world.put(name, text.getvalue().encode("utf-16" if ending == "txt" else "gb18030"))
    return name


def look(world: World, contract: Contract, rng: random.Random, many: int, ending: str) -> tuple[int, int]:
    """Deliver rows with one changed cell each; returns how many meant something, and how many were to be rejected."""
    base = sound_row(contract)
    latest = dt.date(2024, 6, 30) + dt.timedelta(31)
    columns = [c for c in contract.read_columns if c.type != "text"]
    made: list[tuple[Column, str]] = [(columns[0], base[columns[0].name])]
    while len(made) < many:
        column = rng.choice(columns)
        made.append((column, changed(base[column.name], rng)))
    name = delivered(world, contract, [base | {c.name: text} for c, text in made], ending)
    world.ingest()
    record = world.last(name)
    assert record["status"] == "loaded", record["message_en"]
    taken = {r["_line_no"]: r for r in world.rows(name)}
    rejects: dict[int, set[str]] = {}
    for line, _, code in world.reasons(name):
        rejects.setdefault(line, set()).add(code)
    rules = {r.code for r in contract.rules}
    assert 2 in taken, rejects.get(2)
    meant = 0
    for line, (column, text) in enumerate(made, 2):
        want = meaning(column, text, latest)
        shown = (contract.source, column.name, text, want, rejects.get(line))
        if line in taken:
            assert taken[line][column.name] == want, shown
            meant += 1
        else:
            assert want is BAD or rejects[line] & rules, shown
    return meant, len(made) - meant


@pytest.mark.parametrize("ending", ["csv", "txt", "xlsx"])
def test_no_cell_changes_its_meaning_unseen(world: World, ending: str) -> None:
    rng = random.Random(ending)
    contracts = list(load_contracts().values())
    kinds = {"csv": 0, "txt": 1, "xlsx": 2}
    counts = [look(world, c, rng, 80, ending) for c in contracts[kinds[ending] :: 3]]
    assert min(m for m, _ in counts) > 10 and min(b for _, b in counts) > 10


@pytest.mark.slow
@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_no_cell_changes_its_meaning_in_a_thousand_ways(world: World, source: str) -> None:
    look(world, load_contracts()[source], random.Random(source), 3_000, "csv")
