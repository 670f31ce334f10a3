# ruff: noqa: E501 — a table of cases: one line per case reads best
"""Fifteen places' rules, as rows only: decisions worked out by hand from each folder's parameters.

A person-month is 40 yuan of premium, paid; the fund holds 38 months of reserve.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.refund.kit import MODELS, Row, claims, ledger, months_of, staff, yuan
from tests.dbt.world import World

HERE = Path(__file__).parent
NEVER = {"benefit_claims": [], "headcount_changes": [], "sanctions": []}


@dataclass
class Unit:
    """An employer, what is delivered of it, and what must be decided."""

    register: Row
    sources: dict[str, list[Row]]
    expect: dict[str, Any]
    outcomes: dict[str, str] = field(default_factory=dict)
    shares: dict[str | None, tuple[Any, Any, str | None]] = field(default_factory=dict)


@dataclass
class Pack:
    """A folder of parameters, the month to build, and its units."""

    folder: str
    jurisdiction: str
    period: str
    units: list[Unit]

    @property
    def base_year(self) -> int:
        """The year before the programme's."""
        return int(self.period[:4]) - 1


def filed(uscc: str, size: str, year: int) -> dict[str, list[Row]]:
    """A filed size class."""
    return {"enterprise_size": [{"uscc": uscc, "data_year": year, "filed_size": size}]}


def left(employer: str, persons: list[int], day: str, reason: str) -> dict[str, list[Row]]:
    """Persons decreased on a day."""
    return {
        "headcount_changes": [
            {"employer_id": employer, "person_id": f"{employer}-{n}", "change_date": day, "reason": reason}
            for n in persons
        ]
    }


def listed(uscc: str, until: str | None = None) -> list[Row]:
    """A place on the list of related firms, from the year's start."""
    return [{"list_id": "related", "uscc": uscc, "valid_from": "2025-01-01", "valid_to": until}]


Y20, Y21, Y22, Y23, Y24 = (months_of(y) for y in (2020, 2021, 2022, 2023, 2024))
DEC23 = [dt.date(2023, 12, 1)]

PACKS = [
    Pack("guangdong_2024", "440000", "2024-06", [
        # 10 × 12 × 40 = 4800; × 40 % for the small, × 20 % for the large
        Unit({"employer_id": "E1"}, {"contributions": staff("E1", 10)}, {"refund_ratio": yuan("0.4"), "refund_amount": 1920, "decision": "eligible"}),
        Unit({"employer_id": "E2", "uscc": "91E2"}, {"contributions": staff("E2", 10)} | filed("91E2", "large", 2023),
             {"refund_ratio": yuan("0.2"), "refund_amount": 960}),
        # claims ÷ average: 3 / 10 is above 20 %
        Unit({"employer_id": "E3"}, {"contributions": staff("E3", 10), "benefit_claims": claims("E3", 3)}, {"failed_rules": ["refund.layoff_rate"]}),
    ]),
    Pack("zhejiang_2025", "330000", "2025-06", [
        # opening 100, at the year's end 95: (100 − 95) / 100 = 5 %, though 8 claimed: the smaller of the two decides, over the opening count.
        # base (6 × 100 + 6 × 95) × 40 = 46,800; × 60 % = 28,080. By the other pair 8 / 97.5 is above 5.5 %: the verdicts differ.
        Unit({"employer_id": "E1"},
             {"contributions": [*staff("E1", 100, [*DEC23, *Y24[:6]]), *staff("E1", 95, Y24[6:])], "benefit_claims": claims("E1", 8, start="2024-07")},
             {"layoff_rate": yuan("0.05"), "layoff_rate_limit": yuan("0.055"), "verdicts_differ": True, "refund_amount": 28080, "decision": "eligible"}),
        # the shop of twenty of the published example: five gone and claiming, 5 / 20 = 25 %
        Unit({"employer_id": "E2"},
             {"contributions": [*staff("E2", 20, [*DEC23, *Y24[:6]]), *staff("E2", 15, Y24[6:])], "benefit_claims": claims("E2", 5, start="2024-07")},
             {"layoff_rate": yuan("0.25"), "layoff_rate_limit": yuan("0.2"), "decision": "ineligible"}, {"refund.layoff_rate": "fail"}),
        # small by the count at the year's end: 30 in December, 32 before; 2 / 32 = 0.0625 is within 20 %
        Unit({"employer_id": "E3"},
             {"contributions": [*staff("E3", 32, [*DEC23, *Y24[:11]]), *staff("E3", 30, Y24[11:])], "benefit_claims": claims("E3", 3, start="2024-07")},
             {"layoff_rate": yuan("0.0625"), "layoff_rate_limit": yuan("0.2"), "decision": "eligible"}),
        # retirement is not deducted here: (20 − 15) / 20 although one retired
        Unit({"employer_id": "E4"},
             {"contributions": [*staff("E4", 20, [*DEC23, *Y24[:6]]), *staff("E4", 15, Y24[6:])], "benefit_claims": claims("E4", 6, start="2024-07")}
             | left("E4", [20], "2024-06-30", "retirement"), {"natural_attrition": 0, "layoff_rate": yuan("0.25")}),
    ]),
    Pack("jiangxi_2024", "360000", "2024-06", [
        # ten yuan short in June 2023, twelve other months in full: twelve are enough, the refund is on what was paid: 470 × 60 %
        Unit({"employer_id": "E1"},
             {"contributions": [*staff("E1", 1, [dt.date(2022, 12, 1), *Y23[:5], *Y23[6:]]), *staff("E1", 1, Y23[5:6], person_paid=2)]},
             {"months_paid_in_full": 12, "arrears": 10, "contribution_base": 470, "refund_amount": 282, "decision": "eligible"},
             {"refund.no_arrears": "not_applicable"}),
        Unit({"employer_id": "E2", "registry_status": "deregistered"}, {"contributions": staff("E2", 1)}, {"failed_rules": ["refund.insured"]}),
        Unit({"employer_id": "E3", "registry_status": "revoked", "uscc": "91E3"},
             {"contributions": staff("E3", 1), "sanctions": [{"uscc": "91E3", "listed_on": "2024-01-01"}]},
             {"decision": "eligible"}, {"refund.not_sanctioned": "not_applicable"}),
    ]),
    Pack("shanghai_2024", "310000", "2024-06", [
        # insured from October: opening 10 in the first month, 9 at the end, one retired: (10 − 9 − 1) / 10 = 0. Three months are enough.
        # 29 × 40 = 1160; × 60 % = 696
        Unit({"employer_id": "E1", "uscc": "91E1"},
             {"contributions": [*staff("E1", 10, Y23[9:11]), *staff("E1", 9, Y23[11:])]} | filed("91E1", "small", 2023)
             | left("E1", [10], "2023-11-30", "retirement"),
             {"opening_insured": 10, "layoff_rate": 0, "months_paid_in_full": 3, "refund_amount": 696, "decision": "eligible"}, {"refund.paid_months": "pass"}),
        # the size is never taken from heads
        Unit({"employer_id": "E2"}, {"contributions": staff("E2", 10)},
             {"size_class": None, "unknown_rules": ["refund.size_known"], "decision": "review", "refund_amount": 0}),
    ]),
    Pack("fujian_2024", "350000", "2024-06", [
        # four persons of 480 each: own staff at the firm's 60 %, a large user's at 30 %, two users without a claim: 288 + 144
        Unit({"employer_id": "D1", "is_dispatch": True},
             {"contributions": staff("D1", 4), "dispatch_agreements": [{"dispatch_employer_id": "D1", "programme_year": 2024}],
              "dispatch_assignments": [
                  {"dispatch_employer_id": "D1", "person_id": f"D1-{n}", "start_month": "2023-01-01", "user_uscc": uscc, "user_name": uscc}
                  for n, uscc in ((1, "91LARGE"), (2, "91NOBODY"), (3, "91SUSPENDED"))]},
             {"contribution_base": 1920, "refund_ratio": yuan("0.6"), "refund_amount": 432, "decision": "eligible"},
             shares={None: (480, 288, None), "91LARGE": (480, 144, None), "91NOBODY": (480, 0, "user_not_found"),
                     "91SUSPENDED": (480, 0, "user_not_eligible")}),
        # of two records of one user the smallest number that is eligible: E1 is suspended
        Unit({"employer_id": "E1", "uscc": "91LARGE", "insured_status": "suspended"}, {"contributions": staff("E1", 1)} | filed("91LARGE", "large", 2023), {}),
        Unit({"employer_id": "E2", "uscc": "91LARGE"}, {"contributions": staff("E2", 1)}, {"decision": "eligible", "refund_ratio": yuan("0.3")}),
        Unit({"employer_id": "E3", "uscc": "91SUSPENDED", "insured_status": "suspended"}, {"contributions": staff("E3", 1)}, {"decision": "ineligible"}),
    ]),
    Pack("chongqing_2025", "500000", "2025-06", [
        # 10 % and 20 %; the abnormal list excludes; nobody sent to an office is left out
        Unit({"employer_id": "E1", "uscc": "91E1"}, {"contributions": staff("E1", 10, Y24)} | filed("91E1", "large", 2024), {"refund_amount": 480}),
        Unit({"employer_id": "E2"},
             {"contributions": staff("E2", 10, Y24),
              "dispatch_assignments": [{"dispatch_employer_id": "E2", "person_id": "E2-1", "start_month": "2024-01-01", "user_uscc": "91G",
                                        "user_unit_type": "government"}]},
             {"contribution_base": 4800, "refund_amount": 960}),
        Unit({"employer_id": "E3", "registry_status": "abnormal"}, {"contributions": staff("E3", 1, Y24)}, {"failed_rules": ["refund.insured"]}),
    ]),
    Pack("anhui_2022", "340000", "2022-06", [
        # ten places, two people laid off at midyear and replaced: twelve persons in the year. 2 / 12 = 0.166667; 4800 × 90 %
        Unit({"employer_id": "E1"},
             {"contributions": [*staff("E1", 10, Y21[:6]), *staff("E1", 10, Y21[6:], first=3)]} | left("E1", [1, 2], "2021-06-30", "economic_layoff"),
             {"layoff_rate": yuan("0.166667"), "average_insured": 10, "refund_amount": 4320, "decision": "eligible"}),
        # three of ten without replacement: 3 / 10
        Unit({"employer_id": "E2"},
             {"contributions": [*staff("E2", 10, Y21[:6]), *staff("E2", 7, Y21[6:])]} | left("E2", [8, 9, 10], "2021-06-30", "employer_termination"),
             {"layoff_rate": yuan("0.3"), "failed_rules": ["refund.layoff_rate"]}),
        # those who resign are not laid off
        Unit({"employer_id": "E3"},
             {"contributions": [*staff("E3", 10, Y21[:6]), *staff("E3", 7, Y21[6:])]} | left("E3", [8, 9, 10], "2021-06-30", "resignation"),
             {"layoff_rate": 0, "decision": "eligible"}),
    ]),
    Pack("jiangsu_yangzhou_2022", "321000", "2022-08", [
        # 480 × 50 % for a foundation, × 90 % for a social service; an enterprise's size is not taken from heads
        Unit({"employer_id": "E1", "unit_type": "foundation"}, {"contributions": staff("E1", 1, Y21)},
             {"size_class": "large", "size_source": "by_reference", "refund_amount": 240}),
        Unit({"employer_id": "E2", "unit_type": "social_service"}, {"contributions": staff("E2", 1, Y21)}, {"size_class": "sme", "refund_amount": 432}),
        Unit({"employer_id": "E3"}, {"contributions": staff("E3", 1, Y21)}, {"size_class": None, "decision": "review"}),
    ]),
    Pack("hunan_hengyang_2021", "430400", "2021-06", [
        # 6 %: 50 heads, 3 claimants = 0.06, the limit included; nobody fewer at the end
        Unit({"employer_id": "E1"}, {"contributions": [*staff("E1", 50, [dt.date(2019, 12, 1), *Y20[:6]]), *staff("E1", 50, Y20[6:], first=4)],
                                     "benefit_claims": claims("E1", 3, start="2020-07")},
             {"layoff_rate": 0, "claims_layoff_rate": yuan("0.06"), "layoff_rate_limit": yuan("0.06"), "decision": "eligible", "verdicts_differ": False}),
        # social bodies go with the large: 480 × 30 %
        Unit({"employer_id": "E2", "unit_type": "social_organisation"}, {"contributions": staff("E2", 1, Y20)}, {"size_class": "large", "refund_amount": 144}),
    ]),
    Pack("yunnan_chuxiong_2023", "532300", "2023-06", [
        # twenty heads in the six months from July: the sum of twelve months / 12 = 120 / 12 = 10 heads, not 20. Two claimants: 2 / 10 = 20 %, within.
        # Six months of the year before make twelve paid in full. 6 × 20 × 40 = 4800 × 60 %.
        Unit({"employer_id": "E1"}, {"contributions": [*staff("E1", 20, Y21[6:]), *staff("E1", 20, Y22[6:])], "benefit_claims": claims("E1", 2, start="2022-08")},
             {"average_insured": 10, "layoff_rate": yuan("0.2"), "layoff_rate_limit": yuan("0.2"), "refund_amount": 2880, "decision": "eligible"}),
        # three claimants: 3 / 10 = 30 % is above 20 %; over the six insured months it would be 3 / 20 = 15 %, within
        Unit({"employer_id": "E2"}, {"contributions": [*staff("E2", 20, Y21[6:]), *staff("E2", 20, Y22[6:])], "benefit_claims": claims("E2", 3, start="2022-08")},
             {"average_insured": 10, "layoff_rate": yuan("0.3"), "failed_rules": ["refund.layoff_rate"], "decision": "ineligible"}),
    ]),
    Pack("guangxi_2023", "450000", "2023-06", [
        # dispatch firms are suspended, whatever else they are; the same unit without dispatch gets 480 × 60 %
        Unit({"employer_id": "D1", "is_dispatch": True},
             {"contributions": staff("D1", 1, Y22), "dispatch_agreements": [{"dispatch_employer_id": "D1", "programme_year": 2023}]},
             {"failed_rules": ["refund.not_suspended"], "decision": "ineligible", "refund_amount": 0}, {"refund.not_suspended": "fail"},
             shares={None: (480, 0, None)}),
        Unit({"employer_id": "E1"}, {"contributions": staff("E1", 1, Y22)}, {"refund_amount": 288, "decision": "eligible"},
             {"refund.not_suspended": "pass"}),
    ]),
    Pack("shaanxi_2023", "610000", "2023-06", [
        # ten heads on average in 2022. May 2023 is the newest month in which anyone is insured: 5 of 10 is half, kept; 4 of 10 is not
        Unit({"employer_id": "E1"}, {"contributions": [*staff("E1", 10, Y22), *staff("E1", 5, Y23[:5])]}, {"refund_amount": 2880, "decision": "eligible"},
             {"refund.heads_kept": "pass"}),
        Unit({"employer_id": "E2"}, {"contributions": [*staff("E2", 10, Y22), *staff("E2", 4, Y23[:5])]}, {"failed_rules": ["refund.heads_kept"]},
             {"refund.heads_kept": "fail"}),
        # nobody left at this unit counts as nobody, though it was insured in April
        Unit({"employer_id": "E3"}, {"contributions": [*staff("E3", 1, Y22), *staff("E3", 1, Y23[:4])]}, {"failed_rules": ["refund.heads_kept"]}),
    ]),
    Pack("fujian_2025", "350000", "2025-06", [
        # 4800 of premium each. On the list: 90 % and 50 %; not on it, or no longer: the national 60 % and 30 %
        Unit({"employer_id": "E1", "uscc": "91E1"}, {"contributions": staff("E1", 10, Y24), "employer_lists": listed("91E1")},
             {"refund_ratio": yuan("0.9"), "refund_amount": 4320, "decision": "eligible"}),
        Unit({"employer_id": "E2", "uscc": "91E2"}, {"contributions": staff("E2", 10, Y24), "employer_lists": listed("91E2")} | filed("91E2", "large", 2024),
             {"refund_ratio": yuan("0.5"), "refund_amount": 2400}),
        Unit({"employer_id": "E3", "uscc": "91E3"}, {"contributions": staff("E3", 10, Y24)}, {"refund_ratio": yuan("0.6"), "refund_amount": 2880}),
        Unit({"employer_id": "E4", "uscc": "91E4"}, {"contributions": staff("E4", 10, Y24), "employer_lists": listed("91E4", until="2025-06-29")}
             | filed("91E4", "large", 2024), {"refund_ratio": yuan("0.3"), "refund_amount": 1440}),
    ]),
    Pack("hebei_2024", "130000", "2024-06", [
        # social bodies by their average heads: 300 × 12 × 40 = 144,000 at 30 %; 299 × 12 × 40 = 143,520 at 60 %
        Unit({"employer_id": "E1", "unit_type": "social_organisation"}, {"contributions": staff("E1", 300)},
             {"size_class": "large", "size_source": "headcount", "refund_amount": 43200, "decision": "eligible"}),
        Unit({"employer_id": "E2", "unit_type": "social_organisation"}, {"contributions": staff("E2", 299)},
             {"size_class": "sme", "size_source": "headcount", "refund_amount": 86112, "decision": "eligible"}),
        # 5.5 % of 100: five claimants are within, six are not
        Unit({"employer_id": "E3"}, {"contributions": staff("E3", 100), "benefit_claims": claims("E3", 5)}, {"layoff_rate": yuan("0.05"), "decision": "eligible"}),
        Unit({"employer_id": "E4"}, {"contributions": staff("E4", 100), "benefit_claims": claims("E4", 6)}, {"failed_rules": ["refund.layoff_rate"]}),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.folder)
def test_pack(tmp_path: Path, pack: Pack) -> None:
    world = World(tmp_path, policy=HERE / pack.folder, jurisdiction=pack.jurisdiction)
    for source, rows in NEVER.items():
        world.add(source, rows, pack.period)
    for unit in pack.units:
        world.add("employers", [unit.register], pack.period)
        for source, found in unit.sources.items():
            world.add(source, found, pack.period)
    world.add("fund_ledger", ledger(pack.base_year), pack.period)
    world.build(pack.period, *MODELS)
    world.build(pack.period, "refund_decisions", command="test")
    decisions = {r["employer_id"]: r for r in world.query("select * from marts.refund_decisions")}
    rules = {
        (r["employer_id"], r["rule_id"]): r["outcome"]
        for r in world.query("select * from marts.refund_rule_outcomes")
    }
    shares: dict[str, dict[str | None, tuple[Any, Any, str | None]]] = {}
    for r in world.query("select * from marts.refund_allocations"):
        shares.setdefault(r["employer_id"], {})[r["user_uscc"]] = (
            r["allocation_base"],
            r["allocated_amount"],
            r["withheld_reason"],
        )
    for unit in pack.units:
        employer = unit.register["employer_id"]
        assert {name: decisions[employer][name] for name in unit.expect} == unit.expect, employer
        assert {rule: rules[employer, rule] for rule in unit.outcomes} == unit.outcomes, employer
        assert shares.get(employer, {}) == unit.shares, employer


def test_linyi_pays_the_raise_of_the_year_after_its_own_notice(tmp_path: Path) -> None:
    """A large firm of 10 heads paid 12 × 10 × 40 = 4800 in 2021. In April 2022 its ratio is 30 %: 1440. From 31 May it is 50 %: 2400.

    1440 is noticed in April, cleared and paid in May. The other 960 are noticed in May as a supplement, cleared in June, and only then released.
    """
    world = World(tmp_path, policy=HERE / "shandong_linyi_2022", jurisdiction="371300")
    for source, rows in NEVER.items():
        world.add(source, rows, "2022-04")
    world.add(
        "employers",
        [{"employer_id": "E1", "uscc": "91E1", "account_kind": "corporate", "account_no": "6222"}],
        "2022-04",
    )
    world.add("contributions", staff("E1", 10, Y21), "2022-04")
    world.add("enterprise_size", filed("91E1", "large", 2021)["enterprise_size"], "2022-04")
    world.add("fund_ledger", ledger(2021), "2022-04")
    world.add(
        "programme_payments",
        [
            {
                "batch_no": "B1",
                "line_no": 1,
                "payee_id": "E1",
                "programme_year": 2022,
                "amount": 1440,
                "paid_on": "2022-05-20",
            }
        ],
        "2022-05",
    )
    found = {}
    for period in ("2022-04", "2022-05", "2022-06"):
        world.build(period, *MODELS)
        (found[period],) = world.query(
            "select refund_amount, notice_status, noticed_amount, cleared_amount, payable_amount, releasable_amount"
            " from marts.refund_decisions where period = ?",
            dt.date.fromisoformat(f"{period}-01"),
        )
    assert [list(found[p].values()) for p in sorted(found)] == [
        [1440, "on_notice", 1440, 0, 1440, 0],
        [2400, "on_notice", 2400, 1440, 960, 0],
        [2400, "cleared", 2400, 2400, 960, 960],
    ]
