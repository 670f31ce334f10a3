"""The citizen number as a number, in the lake beside the text."""

from __future__ import annotations

import pyarrow as pa
import pytest

from wengang.contracts import FOLDER, read_contract
from wengang.core.errors import ContractError
from wengang.ingest.parse import person_numbers

from .conftest import PERSONS, World, premium, table


def test_the_first_seventeen_digits() -> None:
    # The 18th, a digit or X, follows from them (GB 11643-1999).
    given = pa.array(["11010519491231002X", "440524188001010014"])
    assert person_numbers(given).to_pylist() == [11010519491231002, 44052418800101001]


def test_nobody() -> None:
    assert person_numbers(pa.array([], pa.string())).to_pylist() == []


def test_in_the_lake(world: World) -> None:
    world.put("contributions.csv", table([premium(person_id=p) for p in PERSONS[:3]]))
    world.ingest()
    assert [r["_person_no"] for r in world.rows("contributions.csv")] == [int(p[:17]) for p in PERSONS[:3]]


@pytest.mark.parametrize("column", ["employer_id", "nobody"])
def test_only_citizen_numbers_are_numbered(column: str, tmp_path) -> None:
    text = (FOLDER / "contributions.yaml").read_text(encoding="utf-8")
    faulty = tmp_path / "contributions.yaml"
    faulty.write_text(
        text.replace("numbered\n    value: person_id", f"numbered\n    value: {column}"), encoding="utf-8"
    )
    with pytest.raises(ContractError, match=column):
        read_contract(faulty)
