"""The fund's books of the made-up province: what the detail rows say where there are any, seasons and trend before."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import duckdb

from wengang.sample.places import OWN_ACCOUNT, UNITS
from wengang.sample.world import Span

Fen = dict[tuple[str, int], int]
Rows = list[tuple[str, int, str, int]]
INCOME = (
    "premium",
    "fiscal_subsidy",
    "interest",
    "transfer_in",
    "from_superior",
    "from_subordinate",
    "other_income",
)
INTERLEVEL = ("from_superior", "from_subordinate", "to_superior", "to_subordinate")
HISTORY_MONTHS = 60
TARGET_RESERVE = 13.4
"""Months of expenditure that the balance at the end of the year before the first delivery lasts for."""

_SEASONS = (1.06, 0.93, 0.99, 1.0, 1.0, 1.01, 1.02, 1.0, 0.99, 0.98, 1.0, 1.03)
_GROWTH = 0.05
# Shares of a month's premium, used where no detail rows tell.
_SHARES = {"benefit": 0.16, "medical": 0.04, "funeral": 0.002, "price_subsidy": 0.004, "other_benefit": 0.006}
_REFUND_SHARE, _SKILL_SHARE = 0.30, 0.012
_OTHERS = {"training": 0.24, "transfer_out": 0.02, "other_expenditure": 0.14}
_OTHER_INCOME = {"transfer_in": 0.012, "other_income": 0.004}


def _noise(*parts: object) -> float:
    """Return a number in [0, 1) that depends on the parts alone."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _sums(con: duckdb.DuckDBPyConnection, sql: str) -> Fen:
    return {(unit, month): int(fen) for unit, month, fen in con.execute(sql).fetchall()}


def _details(con: duckdb.DuckDBPyConnection, span: Span) -> dict[str, Fen]:
    """Add up the detail rows by account and month of receipt or payment, in fen."""
    sums = {
        "premium": _sums(
            con,
            f"""
            select unit, m, sum(fen) from (
                select unit, paid_in as m, due_fen as fen from employer_month inner join emp using (e)
                where paid_in is not null
                union all
                select unit, month_no(received_on), cast(100 * (employer_paid + person_paid) as bigint)
                from src_contributions inner join emp using (employer_id)
                where (pay_kind <> 'normal' or planted) and received_on is not null and coalesce(is_valid, true)
            ) where m <= {span.last} group by unit, m""",
        )
    }
    kinds = {
        "benefit": "('benefit')",
        "medical": "('medical')",
        "funeral": "('funeral')",
        "price_subsidy": "('price_subsidy')",
        "other_benefit": "('allowance', 'one_off')",
    }
    for item, names in kinds.items():
        sums[item] = _sums(
            con,
            f"""
            select unit, month_no(paid_on) as m, cast(100 * sum(amount) as bigint)
            from src_benefit_payments inner join county on county.code = region_code
            where result = 'paid' and benefit_kind in {names} group by unit, m""",
        )
    for item in ("refund", "skill_subsidy"):
        sums[item] = _sums(
            con,
            f"""
            select coalesce(emp.unit, county.unit, '{OWN_ACCOUNT}') as account, month_no(paid_on) as m,
                cast(100 * sum(amount) as bigint)
            from src_programme_payments as p
            left join emp on emp.employer_id = coalesce(p.on_behalf_of, p.payee_id)
            left join src_skill_applications as a on a.application_no = p.payee_id and p.programme = 'skill_subsidy'
                and a.until is null
            left join county on county.code = a.region_code
            where p.result = 'paid' and p.programme = '{item}' group by account, m""",
        )
    return sums


def _estimates(sums: dict[str, Fen], span: Span, start: int, seed: int) -> None:
    """Fill the months before the detail rows from the level, the season and the trend."""
    level = {
        unit: sum(sums["premium"].get((unit, m), 0) for m in range(span.history, span.last + 1))
        / (span.last - span.history + 1)
        for unit in UNITS
    }
    middle = (span.history + span.last) / 2

    def usual(unit: str, month: int) -> float:
        return level[unit] * _SEASONS[month % 12] * (1 + _GROWTH) ** ((month - middle) / 12)

    begun = {
        "premium": span.history,
        "refund": span.first,
        "skill_subsidy": min(span.first, span.history + 16),
    }
    for item in ("benefit", "medical", "funeral", "price_subsidy", "other_benefit"):
        begun[item] = min(span.first, span.history + 18)
    for item, first in begun.items():
        months = range(first, span.last + 1)
        told = sum(fen for (_, m), fen in sums[item].items() if m in months)
        base = sum(sums["premium"].get((unit, m), 0) for unit in UNITS for m in months)
        share = _SHARES.get(item, _SKILL_SHARE if item == "skill_subsidy" else 0)
        if item in _SHARES and item != "price_subsidy" and told and base and len(months) >= 6:
            share = told / base
        for unit in UNITS:
            for month in range(start, first):
                wobble = 0.97 + 0.06 * _noise(seed, item, unit, month)
                if item == "premium":
                    fen = usual(unit, month) * wobble
                elif item == "refund":
                    paying = 5 <= month % 12 <= 11
                    fen = usual(unit, month) * _REFUND_SHARE * 12 / 7 * wobble if paying else 0
                else:
                    fen = usual(unit, month) * share * wobble
                sums[item][unit, month] = int(fen)
            if item != "premium":
                for month in [m for u, m in sums[item] if u == unit and m < start]:
                    del sums[item][unit, month]
    for item, share in {**_OTHERS, **_OTHER_INCOME}.items():
        sums[item] = {
            (unit, month): int(usual(unit, month) * share * (0.95 + 0.1 * _noise(seed, item, unit, month)))
            for unit in UNITS
            for month in range(start, span.last + 1)
        }


def make_ledger(con: duckdb.DuckDBPyConnection, span: Span, seed: int) -> None:
    """Fill `src_fund_ledger` from January of the year that lies 60 months before the first delivery.

    Every account has every item every month; an opening each January, equal to the computed end of the year before.
    """
    start = (span.first - HISTORY_MONTHS) // 12 * 12
    start = min(start, span.history // 12 * 12)
    sums = _details(con, span)
    _estimates(sums, span, start, seed)
    months = range(start, span.last + 1)
    amounts: dict[tuple[str, int, str], int] = defaultdict(int)
    for item, values in sums.items():
        for (unit, month), fen in values.items():
            if month in months:
                amounts[unit, month, item] += fen
    for month in months:
        premium = sum(amounts[unit, month, "premium"] for unit in UNITS)
        amounts[OWN_ACCOUNT, month, "training"] += int(premium * 0.03)
        amounts[OWN_ACCOUNT, month, "other_expenditure"] += int(premium * 0.02)
        for unit in UNITS:
            if month % 12 in (2, 5, 8, 11):
                up, down = int(amounts[unit, month, "premium"] * 0.30), int(premium / len(UNITS) * 0.09)
                amounts[unit, month, "to_superior"] += up
                amounts[OWN_ACCOUNT, month, "from_subordinate"] += up
                amounts[unit, month, "from_superior"] += down
                amounts[OWN_ACCOUNT, month, "to_subordinate"] += down
                amounts[unit, month, "interest"] += int(amounts[unit, month, "premium"] * 0.04)
        if month % 12 in (2, 5, 8, 11):
            amounts[OWN_ACCOUNT, month, "interest"] += int(premium * 0.01)
        if month % 12 == 11:
            amounts[OWN_ACCOUNT, month, "fiscal_subsidy"] += int(premium * 0.02)
    _openings(con, span, start, amounts)


def _openings(
    con: duckdb.DuckDBPyConnection, span: Span, start: int, amounts: dict[tuple[str, int, str], int]
) -> None:
    from wengang.contracts import load_contracts

    items = list(load_contracts()["fund_ledger"].column("item").codes)
    flows = [item for item in items if item != "opening_balance"]
    accounts = sorted([*UNITS, OWN_ACCOUNT])
    months = range(start, span.last + 1)
    net: dict[tuple[str, int], int] = {
        (account, month): sum(amounts[account, month, item] * (1 if item in INCOME else -1) for item in flows)
        for account in accounts
        for month in months
    }
    base_year = span.first // 12 - 1
    spent = sum(
        amounts[account, month, item]
        for account in accounts
        for month in range(base_year * 12, base_year * 12 + 12)
        for item in flows
        if item not in INCOME and item not in INTERLEVEL
    )
    wanted = int(spent * TARGET_RESERVE / 12)
    saved = {a: sum(net[a, m] for m in range(start, base_year * 12 + 12)) for a in accounts}
    total = max(wanted - sum(saved.values()), 0)
    weight = {
        a: sum(amounts[a, m, "premium"] for m in months) + (1 if a != OWN_ACCOUNT else 0) for a in accounts
    }
    weight[OWN_ACCOUNT] = sum(weight.values()) // 8
    # Every account keeps its share at the end of the base year, so what it saved until then comes off its opening.
    opening = {a: total * weight[a] // sum(weight.values()) for a in accounts}
    opening[OWN_ACCOUNT] += total - sum(opening.values())
    rows: Rows = []
    balance = dict(opening)
    for month in months:
        for account in accounts:
            if month % 12 == 0:
                rows.append((account, month, "opening_balance", balance[account]))
            rows.extend((account, month, item, amounts[account, month, item]) for item in flows)
            balance[account] += net[account, month]
    con.execute("create or replace temp table booked (account varchar, m int, item varchar, fen bigint)")
    _insert(con, rows)
    con.execute("""
        insert into src_fund_ledger
        select account, on_day(m, 1), item, yuan(fen), null, m, null from booked order by m, account, item
    """)


def _insert(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "account": [r[0] for r in rows],
            "m": [r[1] for r in rows],
            "item": [r[2] for r in rows],
            "fen": [r[3] for r in rows],
        }
    )
    con.register("booked_rows", table)
    con.execute("insert into booked select account, m, item, fen from booked_rows")
    con.unregister("booked_rows")
