"""Rows with a condition, of cities and counties: what is refused as they load, and which row decides for a subject."""

import datetime as dt

import duckdb
import pytest

from tests.unit.policy.test_policy import CAP, DOC, PROGRAMMES, faults, only, row, write
from wengang.core.periods import Period
from wengang.lake.deliveries import LakeState
from wengang.months.stale import inputs_digest
from wengang.policy import load_policy, overlay
from wengang.policy.conditions import read_condition
from wengang.warehouse.policy_tables import register

COLUMNS = (
    "parameter", "jurisdiction", "applies_to", "effective_from", "effective_to", "value", "basis", "document_id", "article", "confidence",
    "reason",
)  # fmt: skip
DAY = dt.date(2024, 6, 30)


def conditional(parameter, jurisdiction, applies_to, value, first="2024-01-01", basis="fixed"):
    return dict(
        zip(
            COLUMNS,
            (parameter, jurisdiction, applies_to, first, "", value, basis, DOC, "二", "A", "理由"),
            strict=True,
        )
    )


def folder(tmp_path, rows):
    """Write a folder whose parameters.csv has the column applies_to; line 1 is the heading."""
    write(tmp_path, [])
    lines = [",".join(COLUMNS), *(",".join(r[c] for c in COLUMNS) for r in rows)]
    (tmp_path / "parameters.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "applies_to",
    ["lists=a", "list", "list=", "size_class=medium", "unit_type=company", "industry=44号", "industry=444", "is_dispatch=1",
     "list=a&list=b", "size_class=large&"],
)  # fmt: skip
def test_condition_that_cannot_be_read_names_its_row(tmp_path, applies_to):
    error = faults(folder(tmp_path, [conditional("refund_ratio_sme", "620000", applies_to, "0.6")]))
    assert (only(error).code, only(error).lines) == ("parameter_applies_to", (2,))


@pytest.mark.parametrize(
    ("parameter", "applies_to", "value"),
    [
        ("reserve_months_min", "size_class=large", "12"),
        ("premium_rate_total", "list=a", "0.01"),
        ("risk_group_join", "unit_type=enterprise", "8"),
        ("refund_headcount_drop_max", "unit_type=enterprise", "0.5"),
        ("skill_amount_5", "unit_type=enterprise", "1000"),
        ("small_cell_min", "industry=C", "3"),
        ("size_headcount_large", "size_class=large", "300"),
        ("size_headcount_basis", "unit_type=enterprise&size_class=sme", "average"),
        ("non_enterprise_size", "size_class=sme", "sme"),
        ("average_insured_basis", "size_class=sme", "calendar_year"),
        ("expansion_amount", "size_class=sme", "1500"),
    ],
)
def test_condition_on_a_parameter_that_cannot_depend_on_it(tmp_path, parameter, applies_to, value):
    error = faults(folder(tmp_path, [conditional(parameter, "620000", applies_to, value)]))
    assert (only(error).code, only(error).lines) == ("parameter_condition", (2,))


@pytest.mark.parametrize(
    ("parameter", "applies_to", "value"),
    [
        ("refund_ratio_sme", "list=related&size_class=sme", "0.6"),
        ("size_headcount_large", "unit_type=foundation", "300"),
        ("average_insured_basis", "industry=C", "calendar_year"),
        ("expansion_amount", "list=related", "1500"),
        ("refund_suspended", "is_dispatch=yes", "yes"),
    ],
)
def test_condition_on_a_parameter_of_a_unit(tmp_path, parameter, applies_to, value):
    policy = load_policy(folder(tmp_path, [conditional(parameter, "620000", applies_to, value)]), "620000")
    assert policy.parameter_rows[0].condition == read_condition(applies_to)
    assert policy.by_parameter == {}, "no value for the province as a whole"


def test_order_of_the_parts_makes_no_other_row(tmp_path):
    rows = [
        conditional("refund_ratio_sme", "620000", "list=a&size_class=sme", "0.5"),
        conditional("refund_ratio_sme", "620000", "size_class=sme & list=a", "0.6"),
    ]
    error = faults(folder(tmp_path, rows))
    assert (only(error).code, only(error).lines) == ("parameter_duplicate", (2, 3))


@pytest.mark.parametrize(
    ("one", "other", "is_conflict"),
    [
        ("list=a", "list=b", True),
        ("list=a", "unit_type=foundation", True),
        ("industry=C", "industry=13", True),
        ("unit_type=enterprise", "unit_type=foundation", False),
        ("size_class=large", "size_class=sme", False),
        ("industry=C", "industry=D", False),
        ("list=a&size_class=large", "list=b&size_class=sme", False),
    ],
)
def test_rows_of_equal_standing_for_one_unit(tmp_path, one, other, is_conflict):
    rows = [
        conditional("refund_amount_max", "620000", one, "100"),
        conditional("refund_amount_max", "620000", other, "200"),
    ]
    if not is_conflict:
        assert len(load_policy(folder(tmp_path, rows), "620000").parameter_rows) == 2
        return
    error = faults(folder(tmp_path, rows))
    assert (only(error).code, only(error).lines) == ("parameter_conflict", (2, 3))


@pytest.mark.parametrize(
    "third",
    [
        conditional("refund_amount_max", "620000", "list=a&unit_type=foundation", "300"),
        None,
    ],
)
def test_conflict_is_settled_by_a_row_for_both_or_a_later_start(tmp_path, third):
    rows = [
        conditional("refund_amount_max", "620000", "list=a", "100"),
        conditional("refund_amount_max", "620000", "unit_type=foundation", "200", "2024-01-01" if third else "2024-02-01"),
    ]  # fmt: skip
    policy = load_policy(folder(tmp_path, rows + ([third] if third else [])), "620000")
    met = (
        read_condition("list=a"),
        read_condition("unit_type=foundation"),
        read_condition("list=a&unit_type=foundation"),
    )
    assert policy.candidates("refund_amount_max", DAY, "620102", met)[0].value == ("300" if third else "200")


def test_jurisdiction_goes_before_conditions_and_conditions_before_the_start(tmp_path):
    rows = [
        conditional("refund_small_headcount", "620000", "list=a&size_class=sme", "10"),
        conditional("refund_small_headcount", "621000", "", "20"),
        conditional("refund_small_headcount", "621000", "list=a", "30"),
        conditional("refund_small_headcount", "621000", "", "40", "2024-06-01"),
        conditional("refund_small_headcount", "621024", "", "50"),
        conditional("refund_small_headcount", "000000", "", "60"),
    ]
    policy = load_policy(folder(tmp_path, rows), "620000")
    listed = (read_condition("list=a"), read_condition("list=a&size_class=sme"))

    def value(region, meets=()):
        return [r.value for r in policy.candidates("refund_small_headcount", DAY, region, meets)]

    assert value("621002", listed) == ["30", "40", "20", "10", "60"]
    assert value("621002") == ["40", "20", "60"]
    assert value("621024", listed)[0] == "50"
    assert value("620102", listed) == ["10", "60"]
    # A region outside the province takes the province's rows.
    assert value("110101", listed) == ["10", "60"]


def test_cap_of_the_same_condition_binds_first(tmp_path):
    rows = [
        conditional("refund_ratio_sme", "000000", "", "0.60", basis="cap"),
        conditional("refund_ratio_sme", "000000", "list=related", "0.90", basis="cap"),
        conditional("refund_ratio_sme", "620000", "list=related", "0.90"),
        conditional("refund_ratio_sme", "620000", "list=other", "0.80", "2024-02-01"),
        conditional("refund_ratio_sme", "621000", "", "0.70"),
    ]
    error = faults(folder(tmp_path, rows))
    assert [(f.code, f.lines) for f in error.faults] == [
        ("parameter_over_cap", (2, 5)),
        ("parameter_over_cap", (2, 6)),
    ]


def test_window_of_a_city_and_of_a_size_stand_beside_the_provinces(tmp_path):
    write(tmp_path, [])
    head = "programme,jurisdiction,applies_to,programme_year,window_from,window_to,document_id,article,basis,reason"
    lines = [
        f"refund,000000,,2024,2024-01-01,2024-12-31,{DOC},,fixed,",
        f"refund,620000,,2024,2024-04-28,2024-12-31,{DOC},,fixed,",
        f"refund,620000,size_class=large,2024,2024-07-01,2024-12-31,{DOC},,fixed,",
        f"refund,621000,,2024,2024-05-01,2024-10-31,{DOC},,fixed,",
        f"refund,110000,,2024,2024-05-01,2024-10-31,{DOC},,fixed,",
    ]
    (tmp_path / "programmes.csv").write_text("\n".join([head, *lines]), encoding="utf-8")
    policy = load_policy(tmp_path, "620000")
    assert [w.jurisdiction for w in policy.programmes] == ["620000"]
    assert [(w.jurisdiction, w.applies_to) for w in policy.windows] == [
        ("620000", ""),
        ("620000", "size_class=large"),
        ("621000", ""),
    ]
    connection = duckdb.connect()
    register(connection, policy)
    assert connection.execute(
        "select row_id, jurisdiction, jurisdiction_rank, cond_size_class, conditions from policy.windows order by row_id"
    ).fetchall() == [
        (1, "000000", 1, None, 0),
        (2, "620000", 2, None, 0),
        (3, "620000", 2, "large", 1),
        (4, "621000", 3, None, 0),
    ]


def test_skill_window_has_no_condition(tmp_path):
    write(tmp_path, [])
    head = "programme,jurisdiction,applies_to,programme_year,window_from,window_to,document_id,article,basis,reason"
    line = f"skill_subsidy,620000,unit_type=enterprise,2024,2024-01-01,2024-12-31,{DOC},,fixed,"
    (tmp_path / "programmes.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    assert (only(faults(tmp_path)).code, only(faults(tmp_path)).lines) == ("programme_condition", (2,))


def test_build_table_has_every_row_that_can_hold_in_the_province(tmp_path):
    rows = [
        conditional("refund_ratio_sme", "110000", "", "0.50"),
        conditional("refund_ratio_sme", "621024", "list=a&is_dispatch=yes", "0.40"),
        conditional("refund_ratio_sme", "000000", "", "0.60", basis="cap"),
    ]
    connection = duckdb.connect()
    register(connection, load_policy(folder(tmp_path, rows), "620000"))
    assert connection.execute(
        "select row_id, jurisdiction, jurisdiction_rank, applies_to, cond_list, cond_is_dispatch, conditions, valid_to, value"
        " from policy.rows order by row_id"
    ).fetchall() == [
        (2, "621024", 4, "list=a&is_dispatch=yes", "a", True, 2, dt.date(9999, 12, 31), "0.40"),
        (3, "000000", 1, None, None, None, 0, dt.date(9999, 12, 31), "0.60"),
    ]  # fmt: skip


def test_scenario_takes_conditions_and_refuses_a_name_that_nothing_uses(tmp_path):
    policy = load_policy(
        write(tmp_path, [CAP, row("refund_ratio_sme", "620000", "2024-01-01", "", "0.6")]), "620000"
    )
    given = {
        "parameter": "refund_ratio_sme",
        "effective_from": "2024-01-01",
        "value": "0.9",
        "applies_to": "list=a",
    }
    laid = overlay(policy, [given])
    assert [b.row.applies_to for b in laid.breaches] == ["list=a"]
    assert (
        laid.policy.candidates("refund_ratio_sme", DAY, "620102", [read_condition("list=a")])[0].value
        == "0.9"
    )
    assert laid.policy.on("refund_ratio_sme", DAY).value == "0.6"
    with pytest.raises(Exception, match="is refund_ratio_sme meant") as caught:
        overlay(policy, [given | {"parameter": "refund_ratio_smee"}])
    assert only(caught.value).code == "parameter_unknown"


def test_row_of_a_city_that_changes_nothing_is_told(tmp_path):
    rows = [
        conditional("reserve_months_min", "621000", "", "18"),
        conditional("skill_amount_5", "621000", "", "900"),
        conditional("benefit_months_first_year", "621000", "", "3"),
    ]
    policy = load_policy(folder(tmp_path, rows), "620000")
    assert [(n.code, n.place) for n in policy.notes if n.is_loud] == [
        ("parameter_of_city", "parameters.csv:2")
    ]
    assert [n for n in load_policy(tmp_path, "621000").notes if n.is_loud] == []


def test_unknown_name_in_a_folder_is_told_loudly(tmp_path):
    policy = load_policy(
        write(tmp_path, [row("refund_ratio_smee", "620000", "2024-01-01", "", "0.6")], PROGRAMMES), "620000"
    )
    assert [note.en for note in policy.notes if note.is_loud] == [
        "no rule uses a parameter 'refund_ratio_smee'; is refund_ratio_sme meant"
    ]


@pytest.mark.parametrize(
    ("jurisdiction", "applies_to", "first", "changes"),
    [
        ("621000", "", "2024-05-01", True),
        ("620000", "list=a", "2024-05-01", True),
        # Of another province, or from the month after.
        ("110000", "", "2024-05-01", False),
        ("621000", "", "2024-07-01", False),
    ],
)
def test_month_is_stale_by_rows_of_cities_and_conditions(tmp_path, jurisdiction, applies_to, first, changes):
    rows = [conditional("refund_small_headcount", "620000", "", "30")]
    extra = conditional("refund_small_headcount", jurisdiction, applies_to, "50", first)
    digests = [
        inputs_digest(LakeState(()), load_policy(folder(tmp_path, some), "620000"), Period(2024, 6))
        for some in (rows, [*rows, extra])
    ]
    assert (digests[0] != digests[1]) is changes
