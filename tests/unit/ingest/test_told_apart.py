"""Rows proved to be distinct: no row is called distinct that is not."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pytest

from wengang.contracts import read_contract
from wengang.core.errors import ContractError
from wengang.ingest.told_apart import are_alone

from .conftest import PERSONS, World, premium, table

MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)


def alone(rows: list[tuple[str, dt.date, str]]) -> list[bool]:
    employers, months, persons = zip(*rows, strict=True) if rows else ((), (), ())
    columns = [
        pa.array(employers, pa.string()),
        pa.array(months, pa.date32()),
        pa.array(persons, pa.string()),
    ]
    return are_alone(columns).tolist()


def test_each_person_once() -> None:
    assert (
        alone([("E1", JUNE, "P1"), ("E1", JUNE, "P2"), ("E2", JUNE, "P1"), ("E1", MAY, "P1")]) == [True] * 4
    )


def test_a_person_twice_takes_the_whole_employer_month_along() -> None:
    # The two rows of P1 need not be neighbours; May and E2 are distinct all the same.
    rows = [("E1", JUNE, "P1"), ("E1", JUNE, "P2"), ("E2", JUNE, "P1"), ("E1", MAY, "P1"), ("E1", JUNE, "P1")]
    assert alone(rows) == [False, False, True, True, False]


def test_nothing_in_it() -> None:
    assert alone([]) == []


@pytest.mark.parametrize("employers", [["E1", "E2"], ["E1", "E22", "E333"], ["620104000001", "620104000002"]])
def test_as_a_plain_count_says(employers: list[str]) -> None:
    # Texts of one length are compared by their bytes, texts of several by their place: both against a count.
    chance = random.Random(5)
    for _ in range(50):
        rows = [
            (chance.choice(employers), chance.choice([MAY, JUNE]), f"P{chance.randrange(40):02}")
            for _ in range(30)
        ]
        repeated = {(e, m) for e, m, p in rows if rows.count((e, m, p)) > 1}
        assert alone(rows) == [(e, m) not in repeated for e, m, _ in rows]


def test_a_slice_is_read_where_it_lies() -> None:
    persons = pa.array(["P1", "P1", "P2", "P3"]).slice(1)
    assert are_alone([pa.array(["E1"] * 3), pa.array([JUNE] * 3), persons]).tolist() == [True] * 3


def test_blocks_in_the_lake(world: World) -> None:
    once = [premium(person_id=PERSONS[0]), premium(person_id=PERSONS[1])]
    world.put("contributions__a.csv", table(once))
    world.put("contributions__b.csv", table([*once, premium(person_id=PERSONS[1], voucher_no="V2")]))
    world.put("contributions__c.csv", table([premium(person_id=PERSONS[2])]))
    world.ingest()
    a, b, c = ([r["_block"] for r in world.rows(f"contributions__{part}.csv")] for part in "abc")
    assert a[0] is not None and a[0] == a[1], "one file, one block"
    assert b == [None] * 3, "a person stands twice in this employer's month"
    assert c[0] not in (None, a[0]), "blocks of two files are never the same"


def test_only_key_columns_tell_apart(tmp_path) -> None:
    from wengang.contracts import FOLDER

    text = (FOLDER / "contributions.yaml").read_text(encoding="utf-8")
    faulty = tmp_path / "contributions.yaml"
    faulty.write_text(
        text.replace("[employer_id, fee_month, person_id]", "[employer_id, pay_base]"), encoding="utf-8"
    )
    with pytest.raises(ContractError, match="pay_base"):
        read_contract(faulty)
