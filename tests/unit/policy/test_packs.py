"""The folders shipped and those of other provinces load without a fault and lack nothing in their windows."""

import datetime as dt
from pathlib import Path

import pytest

from wengang.core.periods import Period
from wengang.policy import check_needed, load_policy

ROOT = Path(__file__).resolve().parents[3]
PACKS = ROOT / "tests" / "policy_packs"
JURISDICTIONS = {
    "anhui_2022": "340000",
    "chongqing_2025": "500000",
    "fujian_2024": "350000",
    "fujian_2025": "350000",
    "guangdong_2024": "440000",
    "guangxi_2023": "450000",
    "hebei_2024": "130000",
    "hunan_hengyang_2021": "430400",
    "jiangsu_yangzhou_2022": "321000",
    "jiangxi_2024": "360000",
    "shaanxi_2023": "610000",
    "shandong_linyi_2022": "371300",
    "shanghai_2024": "310000",
    "yunnan_chuxiong_2023": "532300",
    "zhejiang_2025": "330000",
}


def test_every_pack_is_listed():
    assert {folder.parent.name for folder in PACKS.glob("*/parameters.csv")} == set(JURISDICTIONS)


@pytest.mark.parametrize("name", sorted(JURISDICTIONS))
def test_pack_loads_and_lacks_nothing(name):
    policy = load_policy(PACKS / name, JURISDICTIONS[name])
    year = int(name[-4:])
    for month in range(1, 13):
        check_needed(policy, Period(year, month))
    assert {note.code for note in policy.notes} <= {"document_undated"}


# By the published rules of each place: ratio of a large firm, of a small one, numerator, denominator.
@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("guangdong_2024", dt.date(2024, 12, 31), ("0.20", "0.40", "claims", "average")),
        ("zhejiang_2025", dt.date(2025, 12, 31), ("0.30", "0.60", "either", "opening")),
        ("shanghai_2024", dt.date(2024, 6, 30), ("0.30", "0.60", "net_reduction", "opening")),
        ("chongqing_2025", dt.date(2025, 6, 30), ("0.10", "0.20", "claims", "average")),
        ("anhui_2022", dt.date(2022, 4, 30), ("0.30", "0.90", "separations", "cumulative")),
        # No row of its own for the ratios: the national caps are the values.
        ("jiangxi_2024", dt.date(2024, 6, 30), ("0.30", "0.60", "claims", "average")),
        ("hunan_hengyang_2021", dt.date(2021, 6, 30), ("0.30", "0.60", "either", "average")),
    ],
)
def test_pack_settles_to_the_published_rules(name, day, expected):
    policy = load_policy(PACKS / name, JURISDICTIONS[name])
    names = ("refund_ratio_large", "refund_ratio_sme", "layoff_numerator", "layoff_denominator")
    rows = [policy.on(parameter, day) for parameter in names]
    assert all(rows)
    assert tuple(row.value for row in rows if row) == expected


@pytest.fixture(scope="module")
def shipped():
    return load_policy(ROOT / "seeds" / "policy", "620000")


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025, 2026, 2027])
def test_shipped_years_lack_nothing(shipped, year):
    for month in range(1, 13):
        check_needed(shipped, Period(year, month))


@pytest.mark.parametrize(
    ("programme", "year", "first", "last"),
    [
        ("refund", 2022, "2022-06-04", "2022-12-31"),
        ("refund", 2023, "2023-01-01", "2023-12-31"),
        ("refund", 2024, "2024-04-28", "2024-12-31"),
        ("refund", 2025, "2025-04-14", "2025-12-31"),
        ("skill_subsidy", 2022, "2022-06-04", "2022-12-31"),
        ("skill_subsidy", 2023, "2023-01-01", "2023-12-31"),
        ("skill_subsidy", 2024, "2024-04-28", "2024-12-31"),
        ("skill_subsidy", 2025, "2025-01-01", "2025-12-31"),
        ("refund", 2026, "2026-01-01", "2026-12-31"),
        ("skill_subsidy", 2026, "2026-01-01", "2026-12-31"),
        ("job_expansion", 2024, "2024-01-01", "2024-12-31"),
        ("job_expansion", 2025, "2025-01-01", "2025-12-31"),
        ("job_expansion", 2026, "2026-01-01", "2026-12-31"),
    ],
)
def test_shipped_windows(shipped, programme, year, first, last):
    windows = {(row.programme, row.programme_year): row for row in shipped.programmes}
    window = windows[programme, year]
    place = "000000" if programme == "job_expansion" else "620000"
    assert (str(window.window_from), str(window.window_to), window.jurisdiction) == (first, last, place)


@pytest.mark.parametrize(
    ("parameter", "day", "value"),
    [
        ("refund_ratio_large", "2022-06-30", "0.50"),
        ("refund_ratio_sme", "2022-12-31", "0.90"),
        ("refund_ratio_large", "2023-06-30", "0.30"),
        ("refund_ratio_sme", "2024-06-30", "0.60"),
        ("refund_layoff_rate_max", "2024-06-30", "0.055"),
        ("skill_max_per_year", "2024-06-30", "3"),
        ("skill_max_per_year", "2025-01-01", "1"),
        ("skill_in_province_only", "2024-12-31", "no"),
        ("skill_in_province_only", "2025-12-31", "yes"),
        ("skill_amount_3", "2024-04-28", "2000"),
        ("skill_scarce_extra", "2024-06-30", "0"),
        ("skill_scarce_extra", "2025-06-30", "2"),
        ("skill_max_per_year", "2026-06-30", "1"),
        ("refund_ratio_large", "2026-06-30", "0.30"),
        ("expansion_unit_types", "2024-06-30", "enterprise"),
        ("expansion_unit_types", "2025-06-30", "enterprise;social_organisation;foundation;social_service"),
        ("expansion_amount", "2026-12-31", "1500"),
        ("premium_rate_total", "2025-12-31", "0.01"),
        ("premium_rate_reference", "2024-06-30", "0.02"),
    ],
)
def test_shipped_values(shipped, parameter, day, value):
    row = shipped.on(parameter, dt.date.fromisoformat(day))
    assert row is not None
    assert row.value == value


def test_what_is_carried_into_2026(shipped):
    """Of 2026 no notice on the rate, its personal part or the reserve has been seen: the values of 2025 go on."""
    assert [(stretch.parameter, stretch.value) for stretch in shipped.carried(dt.date(2026, 10, 31))] == [
        ("premium_rate_person", "0.003"),
        ("premium_rate_total", "0.01"),
        ("reserve_formula", "previous_year"),
        ("reserve_months_min", "12"),
        ("reserve_months_pooling_target", "24"),
    ]
    assert shipped.carried(dt.date(2025, 12, 31)) == []


@pytest.mark.parametrize("day", ["2022-06-03", "2024-01-01", "2024-04-27", "2027-01-01"])
def test_no_skill_parameter_outside_the_windows(shipped, day):
    """An application on such a day fails skill.window and is judged by nothing else."""
    on = dt.date.fromisoformat(day)
    names = [name for name in shipped.by_parameter if name.startswith("skill_")]
    assert len(names) == 12
    assert [name for name in names if shipped.on(name, on)] == []


def test_every_stated_parameter_is_shipped(shipped):
    from wengang.policy.registry import registry

    assert set(registry()) == {row.parameter for row in shipped.parameter_rows}


def test_reference_page_is_fresh(shipped):
    from wengang.devtools.parameters_page import PAGE, describe

    assert PAGE.read_text(encoding="utf-8") == describe(shipped), (
        "run: python -m wengang.devtools.parameters_page"
    )
