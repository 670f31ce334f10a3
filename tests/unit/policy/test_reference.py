"""Reference data: complete, consistent among themselves and with the parameter folder."""

import csv
import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from wengang.policy import load_policy
from wengang.policy.registry import registry

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
FILES = {path.stem: path for path in [*(SEEDS / "reference").glob("*.csv"), SEEDS / "risk_rules.csv"]}


def rows(name):
    with FILES[name].open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_column_is_typed_and_described(name):
    properties = yaml.safe_load((SEEDS / "reference" / "seeds.yml").read_text(encoding="utf-8"))["seeds"]
    (seed,) = [entry for entry in properties if entry["name"] == name]
    header = list(rows(name)[0])
    assert list(seed["config"]["column_types"]) == header
    assert [column["name"] for column in seed["columns"]] == header
    assert seed["description"]
    assert all(column["description"] for column in seed["columns"])


@pytest.mark.parametrize("name", ["risk_rules", "clauses", "benefit_ceilings", "operations"])
def test_documents_are_known(name):
    known = {document.document_id for document in load_policy(SEEDS / "policy", "620000").documents}
    assert {row["document_id"] for row in rows(name)} <= known


def test_regions():
    """88 county-level codes, 14 prefectures, the province and the mining area; 16 reporting units."""
    regions = rows("regions")
    codes = [row["region_code"] for row in regions]
    assert len(codes) == len(set(codes)) == 88 + 14 + 1 + 1
    units = {row["reporting_unit"] for row in rows("reporting_units")}
    assert len(units) == 16
    assert {row["reporting_unit"] for row in regions if row["reporting_unit"]} == units
    by_code = {row["region_code"]: row for row in regions}
    assert by_code["621024"]["reporting_unit"] == "621000"
    assert by_code["621024"]["wage_class"] == "4"
    # The new area and the mining area report for themselves, not under Lanzhou.
    assert by_code["620171"]["reporting_unit"] == "620171"
    assert by_code["629900"]["reporting_unit"] == "629900"
    assert by_code["620100"]["reporting_unit"] == "620100"
    assert by_code["620000"]["reporting_unit"] == ""
    counties = [row["wage_class"] for row in regions if row["level"] == "county"]
    # The notice: 11, 12, 24 and 41 counties of classes 1 to 4.
    assert [counties.count(str(number)) for number in (1, 2, 3, 4)] == [11, 12, 24, 41]


def test_tiles_do_not_overlap():
    tiles = [(row["tile_col"], row["tile_row"]) for row in rows("reporting_units")]
    assert len(set(tiles)) == len(tiles)


def size_row(code):
    """The row of the standard by the rule of the seed's description; empty: several rows fit."""
    keys = {row["code_key"]: row["size_row"] for row in rows("industry_classes")}
    digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
    if not digits:
        return keys[code]
    if digits[:2] == "70" and len(digits) == 4:
        return keys.get(digits, keys["70xx"])
    return keys[digits[:2]]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("A", "agriculture"),
        ("B", "industry"),
        ("C", "industry"),
        ("C3011", "industry"),
        ("D44", "industry"),
        ("E", "construction"),
        ("F", ""),
        ("F51", "wholesale"),
        ("5211", "retail"),
        ("G", ""),
        ("G58", "transport"),
        ("5910", "storage"),
        ("60", "post"),
        ("H61", "accommodation"),
        ("H62", "catering"),
        ("I", ""),
        ("I63", "information"),
        ("I64", "information"),
        ("I6510", "software"),
        ("J", "other"),
        ("J66", "other"),
        ("K", ""),
        ("K70", ""),
        ("70", ""),
        ("K7010", "real_estate"),
        ("7020", "property"),
        ("7030", "other"),
        ("K7090", "other"),
        ("L", "leasing"),
        ("L72", "leasing"),
        ("M", "other"),
        ("T", "other"),
        ("01", "agriculture"),
        ("0111", "agriculture"),
    ],
)
def test_industry_code_leads_to_its_row(code, expected):
    assert size_row(code) == expected


def test_every_division_has_a_row_of_the_standard():
    """GB/T 4754-2017 has divisions 01 to 97; only 70 alone fits several rows."""
    divisions = {
        row["code_key"]: row["size_row"] for row in rows("industry_classes") if row["key_kind"] == "division"
    }
    assert set(divisions) == {f"{number:02d}" for number in range(1, 98)}
    assert [key for key, row in divisions.items() if not row] == ["70"]
    assert {row for row in divisions.values() if row} <= {row["size_row"] for row in rows("size_standard")}


def test_letters_alone():
    empty = {
        row["code_key"]
        for row in rows("industry_classes")
        if row["key_kind"] == "section" and not row["size_row"]
    }
    assert empty == {"F", "G", "I", "K"}


def test_accommodation_and_catering_have_the_same_limits():
    """Else the letter H alone would fit two rows."""

    def limits(name):
        return [
            (row["size_class"], row["staff_min"], row["revenue_min_10k"], row["assets_min_10k"])
            for row in rows("size_standard")
            if row["size_row"] == name
        ]

    assert limits("accommodation") == limits("catering")


def test_size_limits_fall_from_class_to_class():
    standard = rows("size_standard")
    for name in {row["size_row"] for row in standard}:
        classes = sorted(
            (row for row in standard if row["size_row"] == name), key=lambda row: int(row["size_rank"])
        )
        assert [row["size_class"] for row in classes] == ["large", "medium", "small"]
        for column in ("staff_min", "revenue_min_10k", "assets_min_10k"):
            values = [row[column] for row in classes]
            assert all(values) or not any(values)
            if all(values):
                assert Decimal(values[0]) > Decimal(values[1]) > Decimal(values[2])


def test_benefit_standards_leave_no_gap_and_fall_by_class():
    standards = rows("benefit_standards")
    for number in "1234":
        spans = sorted(
            (row for row in standards if row["wage_class"] == number), key=lambda row: row["effective_from"]
        )
        for earlier, later in itertools.pairwise(spans):
            last = dt.date.fromisoformat(earlier["effective_to"])
            assert last + dt.timedelta(days=1) == dt.date.fromisoformat(later["effective_from"])
        assert spans[-1]["effective_to"] == ""
    # 2022-07-01: 1638, 1593, 1548, 1503; 合水县 is of class 4.
    held = {
        row["wage_class"]: row["monthly_standard"]
        for row in standards
        if row["effective_from"] == "2022-07-01"
    }
    assert held == {"1": "1638", "2": "1593", "3": "1548", "4": "1503"}


def test_risk_register():
    register = rows("risk_rules")
    assert [row["rule_id"] for row in register] == sorted({row["rule_id"] for row in register})
    assert {row["parameter"] for row in register if row["parameter"]} <= set(registry())
    blocks = {row["rule_id"] for row in register if row["severity"] == "block"}
    assert blocks == {"R02", "R03", "R04", "R05", "R10", "R12", "R28"}
    warns = {row["rule_id"] for row in register if row["severity"] == "warn"}
    assert warns == {"R13", "R15", "R18", "R19", "R24", "R31", "R32", "R33"}


def test_ledger_items():
    items = {row["item"]: row for row in rows("ledger_items")}
    assert len(items) == 1 + 8 + 16
    living = {name for name, row in items.items() if row["item_group"] == "living_benefits"}
    assert living == {
        "benefit",
        "medical",
        "funeral",
        "price_subsidy",
        "pension",
        "assistance",
        "other_benefit",
    }
    between = {name for name, row in items.items() if row["is_interlevel"] == "true"}
    assert between == {"from_superior", "from_subordinate", "to_superior", "to_subordinate"}


def test_codes_are_listed_once():
    keys = [(row["list"], row["code"]) for row in rows("codes")]
    assert len(keys) == len(set(keys))
    assert all(row["label_zh"] and row["label_en"] for row in rows("codes"))
