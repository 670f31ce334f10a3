"""What must hold of the refund whatever the figures: shares that add up, labels and order that do not matter, money that scales."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from tests.dbt.refund.june import build_june
from tests.dbt.refund.kit import MODELS, Row, ledger, months_of
from tests.dbt.world import World
from tests.properties.mutate_rules import chain, compiled_models, make_anew, mutate
from wengang.core.settings import ROOT
from wengang.evidence.explain.base import rows_of

CENT = Decimal("0.01")
Rows = dict[str, list[Row]]
Models = dict[tuple[str, str], str]


# --- the largest remainder ------------------------------------------------------------------------------------------------------

MACROS = ROOT / "dbt_project" / "macros"


class Adapter:
    """What dbt's `adapter.dispatch` does for DuckDB: the default of a macro."""

    def dispatch(self, name: str, _package: str) -> Callable[..., str]:
        return lambda *given: str(getattr(TEMPLATE, f"default__{name}")(*given))


TEMPLATE = (
    Environment(autoescape=False, extensions=["jinja2.ext.do"])
    .from_string(
        "".join(
            (MACROS / f"{name}.sql").read_text(encoding="utf-8") for name in ("engine", "largest_remainder")
        ),
        globals={"adapter": Adapter()},
    )
    .module
)
SHARE_SQL = str(
    TEMPLATE.largest_remainder(
        "quotas", ["firm"], "quota", "total", "false", "case when uscc is null then 1 else 0 end, uscc"
    )
)


def shares(quotas: list[Decimal], total: Decimal) -> list[Decimal]:
    """Run the macro on one firm's quotas: own staff first, then users in the order of their codes."""
    with duckdb.connect() as con:
        con.execute(
            "create table quotas (firm varchar, uscc varchar, quota decimal(28, 8), total decimal(18, 2))"
        )
        for place, quota in enumerate(quotas):
            con.execute(
                "insert into quotas values ('F', ?, ?, ?)",
                [None if place == 0 else f"U{place:03d}", quota, total],
            )
        found = dict(con.execute(f"select coalesce(uscc, ''), share from ({SHARE_SQL})").fetchall())
    return [found["" if place == 0 else f"U{place:03d}"] for place in range(len(quotas))]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.decimals(min_value=-500, max_value=50000, places=8), min_size=1, max_size=12))
def test_shares_add_up_and_stay_within_a_fen(quotas: list[Decimal]) -> None:
    total = sum(quotas, Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    found = shares(quotas, total)
    assert sum(found) == total
    for quota, share in zip(quotas, found, strict=True):
        assert abs(share - quota) < CENT or share == quota


def test_ties_go_to_the_smaller_code_and_own_staff_last() -> None:
    # three of 6.006: 18.018 → 18.02; 6.00 each and two fen left, all remainders 0.6 fen
    third = Decimal("6.006")
    assert shares([third] * 3, Decimal("18.02")) == [Decimal("6.00"), Decimal("6.01"), Decimal("6.01")]
    # 1.009 has the larger remainder, so it goes before the smaller code: 1.009 + 1.001 + 0 = 2.01
    assert shares([Decimal(0), Decimal("1.001"), Decimal("1.009")], Decimal("2.01")) == [
        0,
        Decimal("1.00"),
        Decimal("1.01"),
    ]


# --- whole builds ---------------------------------------------------------------------------------------------------------------


def some_rows(seed: int) -> Rows:
    """Employers at random: gaps in payment, claims, dispatch, sizes; the same for the same seed."""
    draw = random.Random(seed)
    rows: Rows = {
        "employers": [], "contributions": [], "benefit_claims": [], "dispatch_assignments": [], "dispatch_agreements": [],
        "enterprise_size": [], "headcount_changes": [], "sanctions": [], "fund_ledger": ledger(2023),
    }  # fmt: skip
    for number in range(30):
        employer = f"E{number:02d}"
        is_dispatch = number % 6 == 0
        rows["employers"].append(
            {
                "employer_id": employer,
                "is_dispatch": is_dispatch,
                "unit_type": draw.choice(["enterprise"] * 4 + ["foundation", "government", "other"]),
            }
        )
        first = draw.choice([1, 1, 1, 2])
        for head in range(draw.randint(1, 5)):
            person = f"{employer}-P{head}"
            unit_due = Decimal(draw.randint(100, 9999)) / 100
            for m in months_of(2023, range(first, 13)):
                paid = unit_due - (CENT if draw.random() < 0.004 else 0)
                rows["contributions"].append(
                    {
                        "employer_id": employer,
                        "person_id": person,
                        "fee_month": m,
                        "employer_due": unit_due,
                        "person_due": 0,
                        "employer_paid": paid,
                    }
                )
            if draw.random() < 0.15:
                rows["benefit_claims"].append(
                    {
                        "claim_no": f"C-{person}",
                        "person_id": person,
                        "last_employer_id": employer,
                        "start_month": dt.date(2023, 7, 1),
                    }
                )
            if is_dispatch and head:
                rows["dispatch_assignments"].append(
                    {"dispatch_employer_id": employer, "person_id": person, "start_month": dt.date(2023, draw.randint(1, 6), 1),
                     "user_uscc": f"91USER{head}", "user_unit_type": draw.choice(["enterprise", "enterprise", "government"])}
                )  # fmt: skip
        if is_dispatch:
            rows["dispatch_agreements"].append({"dispatch_employer_id": employer, "programme_year": 2024})
    return rows


def built(folder: Path, rows: Rows, *, threads: int = 2, files: int = 1) -> dict[str, dict[str, Any]]:
    """Build June 2024 and give the decisions by employer, each with its shares."""
    world = World(folder)
    world.settings = world.settings.model_copy(update={"threads": threads})
    for source, found in rows.items():
        for part in range(files):
            world.add(source, found[part::files], file=f"{source}__{part}.csv")
    world.build("2024-06", *MODELS)
    world.build("2024-06", "refund_decisions", command="test")
    decisions = {r["employer_id"]: r for r in world.query("select * from marts.refund_decisions")}
    for decision in decisions.values():
        decision["shares"] = []
    shared = "select employer_id, user_uscc, persons, person_months, allocation_base, allocated_amount, withheld_reason"
    for r in world.query(f"{shared} from marts.refund_allocations order by all"):
        decisions[r.pop("employer_id")]["shares"].append(r)
    return decisions


def relabelled(rows: Rows, rename: Callable[[str], str]) -> Rows:
    """The same employers under other numbers, everything they hang on included."""
    names = {"employer_id", "dispatch_employer_id", "last_employer_id"}
    return {
        source: [{k: rename(v) if k in names else v for k, v in row.items()} for row in found]
        for source, found in rows.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20240618, 20240701])
def test_labels_order_files_and_threads_change_nothing(tmp_path: Path, seed: int) -> None:
    rows = some_rows(seed)
    plain = built(tmp_path / "plain", rows)
    shuffled = {source: random.Random(seed).sample(found, len(found)) for source, found in rows.items()}
    assert built(tmp_path / "shuffled", shuffled, threads=1, files=3) == plain

    def rename(employer: str) -> str:
        return f"X{99 - int(employer[1:]):02d}"

    other = built(tmp_path / "renamed", relabelled(rows, rename))
    own = ("employer_id", "uscc", "employer_name")
    assert {e: {k: v for k, v in d.items() if k not in own} for e, d in other.items()} == {
        rename(e): {k: v for k, v in d.items() if k not in own} for e, d in plain.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20240618])
def test_money_scales_and_one_more_paid_month_never_harms(tmp_path: Path, seed: int) -> None:
    rows = some_rows(seed)
    plain = built(tmp_path / "plain", rows)
    money = ("employer_due", "person_due", "employer_paid")
    scaled = {
        **rows,
        "contributions": [
            {k: v * 100 if k in money else v for k, v in r.items()} for r in rows["contributions"]
        ],
    }
    large = built(tmp_path / "scaled", scaled)
    for employer, decision in plain.items():
        assert large[employer]["contribution_base"] == 100 * decision["contribution_base"]
        assert large[employer]["arrears"] == 100 * decision["arrears"]
        assert large[employer]["decision"] == decision["decision"]
    # June 2022, paid in full by one person of every employer
    more = [
        {
            "employer_id": e["employer_id"],
            "person_id": f"{e['employer_id']}-P0",
            "fee_month": dt.date(2022, 6, 1),
            "employer_due": 1,
            "person_due": 0,
        }
        for e in rows["employers"]
    ]
    longer = built(tmp_path / "longer", {**rows, "contributions": rows["contributions"] + more})
    assert any(
        d["decision"] == "ineligible" and longer[e]["decision"] == "eligible" for e, d in plain.items()
    )
    for employer, decision in plain.items():
        assert longer[employer]["months_paid_in_full"] == decision["months_paid_in_full"] + 1
        if decision["decision"] == "eligible":
            assert longer[employer]["decision"] == "eligible"
            assert longer[employer]["refund_amount"] == decision["refund_amount"]


# --- the models on the built June, its months of premium changed at will --------------------------------------------------------------


@pytest.fixture(scope="module")
def june(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Models]]:
    """The June of the hand-worked cases, and the models as compiled."""
    world = build_june(tmp_path_factory.mktemp("june"))
    built = chain(world)
    compiled = compiled_models(world, built)
    models = {(schema, name): compiled[name] for name, schema in built}
    with duckdb.connect(str(world.settings.build_file)) as con:
        yield con, models


def decided(
    june: tuple[duckdb.DuckDBPyConnection, Models], *changes: str
) -> tuple[dict[str, dict[str, Any]], dict[str, Decimal]]:
    """Run the models after some changes of what they read, which are then undone: decisions, and shares added up, by employer."""
    con, models = june
    con.execute("begin transaction")
    try:
        for change in changes:
            con.execute(change)
        for (schema, name), sql in models.items():
            make_anew(con, schema, name, sql)
        decisions = {r["employer_id"]: r for r in rows_of(con, "select * from marts.refund_decisions")}
        total = "select employer_id, sum(allocated_amount) from marts.refund_allocations group by employer_id"
        return decisions, dict(con.execute(total).fetchall())
    finally:
        con.execute("rollback")


@pytest.mark.slow
@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    months=st.sets(
        st.dates(dt.date(2015, 1, 1), dt.date(2022, 11, 30)).map(lambda d: d.replace(day=1)), min_size=1
    ),
    due=st.decimals(min_value="0.01", max_value=99999, places=2),
    share=st.integers(1, 4),
)
def test_more_paid_months_never_harm(
    june: tuple[duckdb.DuckDBPyConnection, Models], months: set[dt.date], due: Decimal, share: int
) -> None:
    before, _ = decided(june)
    # months before the December that the base year is compared with, paid in full, for every n-th employer
    days = ", ".join(f"date '{m}'" for m in sorted(months))
    after, _ = decided(
        june,
        "create or replace temp table more as select employer_id, unnest([" + days + "]) as fee_month from "
        f"(select distinct employer_id from intermediate.int_employer_months) where hash(employer_id) % {share} = 0",
        "insert into intermediate.int_employer_months by name select employer_id, fee_month, 1 as insured, "
        f"{due} as due, {due} as received, 0 as pay_base, 0 as normal_due, 1 as normal_persons, false as has_later_receipts, "
        "true as is_plain from more as m "
        "where not exists (select 1 from intermediate.int_employer_months as e "
        "where e.employer_id = m.employer_id and e.fee_month = m.fee_month)",
    )
    assert set(after) == set(before)
    for employer, decision in before.items():
        assert after[employer]["months_paid_in_full"] >= decision["months_paid_in_full"]
        if decision["decision"] == "eligible":
            assert after[employer]["decision"] == "eligible"
            assert after[employer]["refund_amount"] == decision["refund_amount"]


@pytest.mark.slow
@settings(max_examples=6, deadline=None, derandomize=True)
@given(factor=st.integers(2, 20000))
def test_money_scales_whatever_the_factor_and_shares_add_up(
    june: tuple[duckdb.DuckDBPyConnection, Models], factor: int
) -> None:
    before, _ = decided(june)
    (view,) = june[0].execute(
        "select sql from duckdb_views() where schema_name = 'lake' and view_name = 'contributions'"
    ).fetchone() or ("",)
    money = ("employer_due", "person_due", "employer_paid", "person_paid")
    scaled = ", ".join(f"cast({name} * {factor} as decimal(18, 2)) as {name}" for name in money)
    body = view.split(" AS ", 1)[1].rstrip(";")
    after, shares = decided(
        june,
        f"create or replace view lake.contributions as select * replace ({scaled}) from ({body})",
        f"update intermediate.int_employer_months set due = due * {factor}, received = received * {factor}",
    )
    assert set(after) == set(before)
    for employer, decision in before.items():
        found = after[employer]
        assert found["decision"] == decision["decision"]
        assert found["arrears"] == factor * decision["arrears"]
        assert found["contribution_base"] == factor * decision["contribution_base"]
        if found["is_dispatch"]:
            assert shares[employer] == found["refund_amount"]
        elif found["refund_amount"]:
            exact = found["contribution_base"] * found["refund_ratio"]
            assert found["refund_amount"] == exact.quantize(CENT, ROUND_HALF_UP)


@pytest.mark.slow
def test_nine_in_ten_planted_faults_are_noticed(tmp_path: Path) -> None:
    killed, survived = mutate(tmp_path, seed=20240618, count=150)
    assert len(killed) >= 9 * len(survived), "\n".join(map(str, survived))
