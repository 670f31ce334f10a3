"""Identifiers: what a mask leaves, what a digest gives away, and that Python and the models' SQL agree."""

from __future__ import annotations

import hashlib
import itertools
import stat
from pathlib import Path

import duckdb
import pytest

from wengang.core.errors import IntegrityError
from wengang.core.identifiers import identifier_key, keyed_digest, masked_id, masked_sql
from wengang.core.settings import Settings

MACRO = Path("dbt_project/macros/risk.sql")


def with_check(first17: str) -> str:
    """Return a whole number (GB 11643)."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, weights, strict=True)) % 11]


def test_a_mask_leaves_hundreds_of_numbers_beside_a_day_of_birth_and_sex():
    """All thousand numbers of an area and a day: half of them are of one sex, and all of these look alike behind the mask."""
    numbers = [with_check(f"62010219900101{place:03}") for place in range(1000)]
    person = numbers[123]
    alike = [
        n for n in numbers if masked_id(n) == masked_id(person) and int(n[16]) % 2 == int(person[16]) % 2
    ]
    assert len(alike) == 500


def test_short_identifiers_show_nothing():
    assert [masked_id(v) for v in (None, "", "E12", "1234567890")] == ["", "", "***", "**********"]
    assert masked_id("12345678901") == "123456************"


def test_python_and_sql_mask_alike():
    values = ["", "E12", "1234567890", "12345678901", with_check("62010219900101012"), "JN20240600001234"]
    with duckdb.connect() as con:
        for value in values:
            assert con.execute(f"select {masked_sql('v')} from (select ? as v)", [value]).fetchone() == (
                masked_id(value),
            )
    # The models' macro is the same expression.
    assert "length({{ value }}) <= 10" in MACRO.read_text(encoding="utf-8")


def test_a_digest_cannot_be_found_by_trying_all_numbers(tmp_path):
    key = identifier_key(Settings(home=tmp_path, key_file=None))
    person = with_check("62010219900101012")
    told = keyed_digest(key, f"R01|person|{person}|C1")
    for place, name in itertools.product(range(1000), ("md5", "sha256")):
        text = f"R01|person|{with_check(f'62010219900101{place:03}')}|C1"
        assert hashlib.new(name, text.encode()).hexdigest()[:20] != told[:20]
        assert keyed_digest("0" * 64, text) != told
    assert keyed_digest(key, f"R01|person|{person}|C1") == told


def test_python_and_sql_digest_alike():
    key = "a" * 64
    with duckdb.connect() as con:
        row = con.execute("select sha256(concat($1, sha256(concat($1, $2))))", [key, "人员 1"]).fetchone()
    assert row == (keyed_digest(key, "人员 1"),)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    settings = Settings(home=tmp_path / "home", key_file=None)
    key = identifier_key(settings)
    assert identifier_key(settings) == key
    assert len(key) == 64
    assert stat.S_IMODE(settings.key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.key_path.parent.stat().st_mode) == 0o700
    assert [p.name for p in settings.key_path.parent.iterdir()] == ["identifiers.key"]
    assert identifier_key(Settings(home=tmp_path / "other", key_file=None)) != key


def test_a_file_that_is_no_key_is_told(tmp_path):
    settings = Settings(home=tmp_path, key_file=tmp_path / "k")
    settings.key_path.write_text("secret\n")
    with pytest.raises(IntegrityError, match="identifiers"):
        identifier_key(settings)
