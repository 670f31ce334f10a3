"""Snapshots that shrink, region codes that were replaced, rows that replace others: by the intake's own record."""

from __future__ import annotations

import pytest

from wengang.contracts import load_contracts
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.ingest.confirm import close_state, confirm_snapshot
from wengang.lake.deliveries import open_clause, read_lake

from .conftest import PERSONS, World, premium, table


def sanctions(rows: int) -> str:
    return "uscc,listed_on\n" + "".join(f"91512081MA62K0260E,2024-01-{n + 1:02d}\n" for n in range(rows))


def employers(**rows: int) -> str:
    """Made-up units by region: `r620102=3` are three of 620102."""
    head = "employer_id,uscc,employer_name,unit_type,industry_code,region_code,insured_from,insured_status,is_dispatch\n"
    return head + "".join(
        f"{code[1:]}{n:06d},91512081MA62K0260E,测试单位,企业,C13,{code[1:]},2020-01-01,正常参保,0\n"
        for code, count in rows.items()
        for n in range(count)
    )


def held(world: World, through: str = "2024-06") -> list[str]:
    return [f"{d.period}/{d.file_name}" for d in read_lake(world.settings).deliveries if d.status == "held"]


# 0.7 of 20 is 14: 14 rows are not fewer, 13 are. Of 19 rows before nothing is held, except for a heading alone.
@pytest.mark.parametrize(
    ("before", "now", "is_held"),
    [(20, 14, False), (20, 13, True), (19, 1, False), (19, 0, True), (1, 0, True)],
)
def test_a_snapshot_that_shrinks_is_held(world: World, before: int, now: int, is_held: bool) -> None:
    world.put("sanctions.csv", sanctions(before), "2024-05")
    world.put("sanctions.csv", sanctions(now))
    result = world.ingest()
    assert (held(world) == ["2024-06/sanctions.csv"]) is is_held
    codes = {r.code for r in result.incomplete[Period(2024, 6)]}
    assert ("snapshot_held" in codes) is is_held
    before_again = len(world.journal())
    world.ingest()
    assert len(world.journal()) == before_again


def test_parts_of_a_snapshot_count_together_and_a_second_part_releases_the_first(world: World) -> None:
    world.put("sanctions.csv", sanctions(30), "2024-05")
    world.put("sanctions__1.csv", sanctions(15))
    world.ingest()
    assert held(world) == ["2024-06/sanctions__1.csv"]
    world.put("sanctions__2.csv", sanctions(10))
    world.ingest()
    assert held(world) == []
    assert (
        world.last("sanctions__1.csv")["status"] == "loaded"
        and world.last("sanctions__1.csv")["message_zh"] == ""
    )


def test_a_region_is_compared_with_itself(world: World) -> None:
    """One city's file of 20 of its 20 units is whole, though the province had 60; of 10 it is not."""
    world.put("employers.csv", employers(r620102=20, r620402=40), "2024-05")
    world.put("employers.csv", employers(r620102=20))
    world.put("employers.csv", employers(r620402=27), "2024-07")
    world.ingest("2024-07")
    assert held(world) == ["2024-07/employers.csv"]


def test_a_person_confirms_what_is_held(world: World) -> None:
    world.put("sanctions.csv", sanctions(20), "2024-05")
    world.put("sanctions.csv", sanctions(5))
    world.ingest()
    quiet = Progress(quiet=True)
    june = Period(2024, 6)
    with pytest.raises(UsageError):
        confirm_snapshot(world.settings, "sanctions", june, " ", quiet)
    assert confirm_snapshot(world.settings, "sanctions", june, "已核对", quiet) == ["sanctions.csv"]
    with pytest.raises(UsageError):
        confirm_snapshot(world.settings, "sanctions", june, "已核对", quiet)
    world.ingest()
    assert held(world) == [] and world.last("sanctions.csv")["status"] == "loaded"
    (told,) = [r for r in world.journal() if r.get("event") == "snapshot_confirmed"]
    assert (told["source"], told["period"], told["reason"]) == ("sanctions", "2024-06", "已核对")
    # Another delivery is another matter.
    world.put("sanctions.csv", sanctions(4))
    world.ingest()
    assert held(world) == ["2024-06/sanctions.csv"]


def test_a_region_code_that_was_replaced_is_closed(world: World) -> None:
    world.put("employers.csv", employers(r620123=2, r620102=2), "2024-05")
    world.ingest()
    quiet = Progress(quiet=True)
    close_state(world.settings, "employers", Period(2024, 6), "620123", "并入 620171", quiet)
    with pytest.raises(UsageError):
        close_state(world.settings, "sanctions", Period(2024, 6), "620123", "无", quiet)
    contract = load_contracts()["employers"]
    state = read_lake(world.settings)
    assert open_clause(contract, state.through(Period(2024, 5))) == ""
    clause = open_clause(contract, state.through(Period(2024, 6)))
    assert clause == " where not ((region_code = '620123' and _period < cast('2024-06-01' as date)))"


def test_superseded_rows_are_counted(world: World) -> None:
    """June's second file brings V1 (of May) again, V2 of June's first with another amount, V3 with the same, V4 twice."""
    rows = {v: premium(voucher_no=v) for v in ("V1", "V2", "V3", "V4")}
    world.put("contributions.csv", table([rows["V1"]]), "2024-05")
    world.put("contributions__a.csv", table([rows["V2"], rows["V3"]]))
    changed = rows["V2"] | {"late_fee": "1.00"}
    again = [rows["V1"], changed, rows["V3"], rows["V4"], rows["V4"] | {"person_id": PERSONS[1]}, rows["V4"]]
    world.put("contributions__b.csv", table(again))
    world.ingest()
    told = world.last("contributions__b.csv")
    # V1, V2, V3 and the second V4 were there: four rows; V2 and V3 came from the other file, V2 with another amount.
    assert (told["rows_superseded"], told["superseded_in_period"]) == (4, 2)
    (warning,) = told["warnings"]
    assert (warning["code"], warning["rows"], warning["line_no"]) == ("superseded_in_period", 1, 3)
    assert "contributions__a.csv" in told["message_zh"]
    # The first file is delivered again, later than the second was compared with it: V4 alone, once.
    world.put("contributions__a.csv", table([rows["V4"]]))
    world.ingest()
    told = world.last("contributions__b.csv")
    assert (told["rows_superseded"], told["superseded_in_period"], told["warnings"]) == (3, 1, [])
