"""What is a citizen number is masked wherever it stands, in Python and in SQL alike; keys that are none stay."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from tests.unit.core.test_identifiers import with_check
from wengang.core.identifiers import has_number_sql, masked_id, masked_numbers_sql, masked_remark_sql
from wengang.core.number_patterns import STARS, masked_numbers, masked_remark

PERSON = with_check("62010219900101012")
MASK = f"620102{STARS}"
TEXTS = {
    PERSON: MASK,
    f"JN{PERSON}": f"JN{MASK}",
    f"{PERSON}-2": f"{MASK}-2",
    f"JN202406{PERSON}01": f"JN202406{MASK}01",
    f"sanctions__{PERSON.lower()}.csv": f"sanctions__{MASK}.csv",
    f"与证件{PERSON}不符": f"与证件{MASK}不符",
    # the number of an employer, a credit code, a batch, an account, a day: none of them is a person's
    "62010200000001": "62010200000001",
    "91620102MA0000015R": "91620102MA0000015R",
    "JF20240600000011": "JF20240600000011",
    "9900030000000000001": "9900030000000000001",
    "2024-06-30": "2024-06-30",
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_a_number_is_masked_wherever_it_stands(text, expected):
    assert masked_numbers(text) == expected
    with duckdb.connect() as con:
        row = con.execute(
            f"select {masked_numbers_sql('v')}, {has_number_sql('v')} from (select ? as v)", [text]
        ).fetchone()
    assert row == (expected, expected != text)


def test_in_a_remark_accounts_and_telephones_are_masked_too():
    text = f"账号6222021234567890123与证件{PERSON}不符，电话13893012345，批次FH202406"
    expected = f"账号{STARS}与证件{MASK}不符，电话{STARS}，批次FH202406"
    assert masked_remark(text) == expected
    # two that share a neighbour, and one beside underscores
    text += "，13893012345 13893012346，备注_13893012345_"
    expected += f"，{STARS} {STARS}，备注_{STARS}_"
    assert masked_remark(text) == expected
    with duckdb.connect() as con:
        assert con.execute(f"select {masked_remark_sql('v')} from (select ? as v)", [text]).fetchone() == (
            expected,
        )


def test_a_digest_that_happens_to_hold_such_digits_stays():
    digest = f"{'a' * 23}{PERSON[:17]}1{'b' * 23}"
    assert masked_numbers(f'{{"sha256":"{digest}"}}') == f'{{"sha256":"{digest}"}}'


def test_no_mask_is_undone_by_what_stands_beside_it():
    """Everybody who could be meant is tried: with region, day of birth and sex beside the mask, hundreds are left of each.

    The mask is made of the region alone, so that nothing else narrows it; a number of 15 places hides as many.
    """
    day = dt.date(1990, 1, 1)
    everybody = [with_check(f"620102{day:%Y%m%d}{place:03}") for place in range(1000)]
    for shown in (masked_id, masked_numbers, masked_remark, lambda n: masked_numbers(f"JN{n}")):
        for sex in (0, 1):
            of_sex = [n for n in everybody if int(n[16]) % 2 == sex]
            alike = [n for n in of_sex if shown(n) == shown(of_sex[0])]
            assert len(alike) == 500
    old = [f"620102{day:%y%m%d}{place:03}" for place in range(1000)]
    assert len({masked_id(n) for n in old}) == 1
