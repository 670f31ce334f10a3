"""Reading, checking, settling: each fault names its rows; each day has the value that a person would pick by hand."""

import csv
import datetime as dt
import itertools
import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wengang.core.errors import EXIT_PARAMETERS
from wengang.core.periods import Period
from wengang.policy import PolicyError, check_needed, load_policy, needed_days, overlay
from wengang.policy.registry import registry
from wengang.policy.resolve import PolicySet, chain, settle
from wengang.policy.rows import OPEN_END, ParameterRow
from wengang.policy.tables import HEADERS
from wengang.warehouse.policy_tables import register

ROOT = Path(__file__).resolve().parents[3]
DOC = "MOHRSS-2024-40"
DOCUMENTS = [[DOC, "人社部", "人社部发〔2024〕40号", "2024-04-28", "延续实施", ""]]
PROGRAMMES = [["refund", "620000", "2024", "2024-04-28", "2024-12-31", DOC, "二", "fixed", ""]]


def row(parameter, jurisdiction, first, last, value, basis="fixed", document=DOC, confidence="A"):
    return [parameter, jurisdiction, first, last, value, basis, document, "二", confidence, "理由"]


CAP = row("refund_ratio_sme", "000000", "2024-01-01", "", "0.60", "cap")


def write(folder, parameters, programmes=PROGRAMMES, documents=DOCUMENTS):
    """Write a folder; line 1 is the heading, the first row given is line 2."""
    tables = {"documents.csv": documents, "programmes.csv": programmes, "parameters.csv": parameters}
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(HEADERS[name])
            writer.writerows(rows)
    return folder


def faults(folder, jurisdiction="620000"):
    with pytest.raises(PolicyError) as caught:
        load_policy(folder, jurisdiction)
    assert caught.value.exit_code == EXIT_PARAMETERS
    return caught.value


def only(error):
    assert len(error.faults) == 1, error
    return error.faults[0]


# --- faults of rows


@pytest.mark.parametrize(
    ("parameters", "code", "lines"),
    [
        pytest.param(
            [CAP, row("refund_ratio_sme", "000000", "2024-01-01", "2024-12-31", "0.5", "cap")],
            "parameter_duplicate",
            (2, 3),
            id="same parameter, jurisdiction and start",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "0.6", document="X")],
            "document_unknown",
            (2,),
            id="document",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-02-30", "", "0.6")],
            "parameter_day",
            (2,),
            id="no such day",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024/01/01", "", "0.6")], "parameter_day", (2,), id="slashes"
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "", "", "0.6")], "parameter_day", (2,), id="no first day"
        ),
        pytest.param(
            [CAP, row("refund_ratio_sme", "620000", "2024-06-02", "2024-06-01", "0.6")],
            "parameter_days_reversed",
            (3,),
            id="reversed",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "六成")],
            "parameter_value",
            (2,),
            id="no decimal",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "60%")],
            "parameter_value",
            (2,),
            id="per cent",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "1.01")],
            "parameter_value",
            (2,),
            id="over one",
        ),
        pytest.param(
            [row("refund_small_headcount", "620000", "2024-01-01", "", "30.5")],
            "parameter_value",
            (2,),
            id="no whole number",
        ),
        pytest.param(
            [row("refund_layoff_rate_max", "620000", "2024-01-01", "", "0.0555556")],
            "parameter_value",
            (2,),
            id="more places than are kept",
        ),
        pytest.param(
            [row("refund_small_headcount", "620000", "2024-01-01", "", "99999999999")],
            "parameter_value",
            (2,),
            id="beyond any count",
        ),
        pytest.param(
            [row("refund_exclude_sanctioned", "620000", "2024-01-01", "", "是")],
            "parameter_value",
            (2,),
            id="no yes or no",
        ),
        pytest.param(
            [row("layoff_numerator", "620000", "2024-01-01", "", "claim")],
            "parameter_value",
            (2,),
            id="choice",
        ),
        pytest.param(
            [row("refund_unit_types", "620000", "2024-01-01", "", "enterprise;firm")],
            "parameter_value",
            (2,),
            id="list member",
        ),
        pytest.param(
            [row("refund_unit_types", "620000", "2024-01-01", "", "")], "parameter_value", (2,), id="empty"
        ),
        pytest.param(
            [row("refund_payment_until", "620000", "2024-01-01", "", "年底")],
            "parameter_value",
            (2,),
            id="day or none",
        ),
        pytest.param(
            [row("non_enterprise_size", "620000", "2024-01-01", "", "enterprise:large")],
            "parameter_value",
            (2,),
            id="size map",
        ),
        pytest.param(
            [row("refund_ratio_sme", "甘肃", "2024-01-01", "", "0.6")],
            "jurisdiction",
            (2,),
            id="jurisdiction",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "0.6", basis="law")],
            "parameter_basis",
            (2,),
            id="basis",
        ),
        pytest.param(
            [row("refund_ratio_sme", "620000", "2024-01-01", "", "0.6", confidence="E")],
            "parameter_confidence",
            (2,),
            id="confidence",
        ),
        pytest.param(
            [CAP, row("refund_ratio_sme", "620000", "2024-01-01", "", "0.600001")],
            "parameter_over_cap",
            (2, 3),
            id="over the cap",
        ),
        pytest.param(
            [
                row("reserve_months_min", "000000", "2024-01-01", "", "12", "floor"),
                row("reserve_months_min", "620000", "2024-01-01", "", "11.99"),
            ],
            "parameter_under_floor",
            (2, 3),
            id="under the floor",
        ),
    ],
)
def test_fault_names_the_rows(tmp_path, parameters, code, lines):
    error = faults(write(tmp_path, parameters))
    fault = only(error)
    assert (fault.code, fault.file, fault.lines) == (code, "parameters.csv", lines)
    for language, rows in (("zh", "、".join(map(str, lines))), ("en", ", ".join(map(str, lines)))):
        text = error.text(language)
        assert "parameters.csv" in text
        assert rows in text
        assert {"zh": "下一步", "en": "next"}[language] in text


@pytest.mark.parametrize(
    ("programmes", "code", "lines"),
    [
        pytest.param([["refnd", *PROGRAMMES[0][1:]]], "parameter_programme", (2,), id="programme"),
        pytest.param([["refund", "620000", "24", *PROGRAMMES[0][3:]]], "programme_year", (2,), id="year"),
        pytest.param([[*PROGRAMMES[0][:4], "", *PROGRAMMES[0][5:]]], "parameter_day", (2,), id="no end"),
        pytest.param(
            [[*PROGRAMMES[0][:3], "2025-01-01", *PROGRAMMES[0][4:]]],
            "parameter_days_reversed",
            (2,),
            id="reversed",
        ),
        pytest.param([*PROGRAMMES, *PROGRAMMES], "programme_duplicate", (2, 3), id="two windows of one year"),
        pytest.param(
            [[*PROGRAMMES[0][:5], "X", *PROGRAMMES[0][6:]]], "document_unknown", (2,), id="document"
        ),
    ],
)
def test_programme_fault_names_the_rows(tmp_path, programmes, code, lines):
    fault = only(faults(write(tmp_path, [CAP], programmes)))
    assert (fault.code, fault.file, fault.lines) == (code, "programmes.csv", lines)


def test_repeated_document(tmp_path):
    fault = only(faults(write(tmp_path, [CAP], documents=DOCUMENTS * 2)))
    assert (fault.code, fault.file, fault.lines) == ("document_id", "documents.csv", (2, 3))


def test_all_faults_at_once(tmp_path):
    bad = [
        row("refund_ratio_sme", "620000", "2024-01-01", "", "x"),
        row("refund_ratio_large", "620000", "bad", "", "0.3"),
        row("layoff_numerator", "620000", "2024-01-01", "", "claims", document="X"),
    ]
    error = faults(
        write(tmp_path, bad, [["refund", "620000", "x", "2024-04-28", "2024-12-31", DOC, "", "fixed", ""]])
    )
    assert [(fault.file, fault.lines) for fault in error.faults] == [
        ("parameters.csv", (2,)),
        ("parameters.csv", (3,)),
        ("parameters.csv", (4,)),
        ("programmes.csv", (2,)),
    ]
    assert "4处" in error.text("zh")


# --- faults of files


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_missing_file(tmp_path, name):
    write(tmp_path, [CAP])
    (tmp_path / name).unlink()
    fault = only(faults(tmp_path))
    assert (fault.code, fault.file) == ("parameter_file_missing", name)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    write(tmp_path, [CAP])
    (tmp_path / "parameters.csv").unlink()
    os.mkfifo(tmp_path / "parameters.csv")
    (tmp_path / "documents.csv").unlink()
    (tmp_path / "documents.csv").symlink_to("documents.csv")
    assert {fault.code for fault in faults(tmp_path).faults} == {"parameter_file_missing"}


def test_no_folder_at_all(tmp_path):
    assert {fault.code for fault in faults(tmp_path / "absent").faults} == {"parameter_file_missing"}


def test_other_encoding(tmp_path):
    write(tmp_path, [CAP, row("layoff_numerator", "620000", "2024-01-01", "", "claims")])
    text = (tmp_path / "parameters.csv").read_text(encoding="utf-8")
    (tmp_path / "parameters.csv").write_bytes(text.encode("gb18030"))
    # 理由 in the last column of the first row is the first that is no UTF-8.
    assert (only(faults(tmp_path)).code, only(faults(tmp_path)).lines) == ("parameter_encoding", (2,))


def test_byte_order_mark_blank_lines_and_column_order_do_no_harm(tmp_path):
    write(tmp_path, [CAP])
    text = (tmp_path / "documents.csv").read_text(encoding="utf-8")
    (tmp_path / "documents.csv").write_text("\ufeff" + text + "\n,,,,,\n", encoding="utf-8")
    heads = list(reversed(HEADERS["parameters.csv"]))
    (tmp_path / "parameters.csv").write_text(
        ",".join(heads) + "\n" + ",".join(reversed(CAP)) + "\n", encoding="utf-8"
    )
    policy = load_policy(tmp_path, "620000")
    assert policy.on("refund_ratio_sme", dt.date(2024, 6, 1)).value == "0.60"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("", "parameter_heading", 1),
        ("parameter,value\n", "parameter_heading", 1),
        (",".join(HEADERS["parameters.csv"]) + ",value\n", "parameter_heading", 1),
        (",".join(HEADERS["parameters.csv"]) + "\nrefund_ratio_sme,620000\n", "parameter_cells", 2),
        (",".join(HEADERS["parameters.csv"]) + '\n"refund_ratio_sme,620000\n', "parameter_csv", 2),
    ],
)
def test_malformed_file(tmp_path, content, code, line):
    write(tmp_path, [CAP])
    (tmp_path / "parameters.csv").write_text(content, encoding="utf-8")
    fault = only(faults(tmp_path))
    assert (fault.code, fault.file, fault.lines) == (code, "parameters.csv", (line,))


def test_unknown_name_is_a_remark(tmp_path):
    policy = load_policy(
        write(tmp_path, [row("refund_ratio_smee", "620000", "2024-01-01", "", "7")]), "620000"
    )
    (note,) = policy.notes
    assert (note.code, note.place) == ("parameter_unknown", "parameters.csv:2")
    assert "refund_ratio_sme" in note.en


# --- caps and floors


@pytest.mark.parametrize(
    ("own", "passes"),
    [
        (("2024-01-01", "", "0.60"), True),  # exactly at the cap
        (("2024-01-01", "", "0.6000"), True),  # the same number written otherwise
        (("2024-01-01", "", "0.61"), False),
        (("2023-01-01", "2023-12-31", "0.61"), True),  # the day before the cap begins
        (("2023-01-01", "2024-01-01", "0.61"), False),  # one common day
    ],
)
def test_cap_binds_on_common_days(tmp_path, own, passes):
    write(tmp_path, [CAP, row("refund_ratio_sme", "620000", *own)])
    if passes:
        assert load_policy(tmp_path, "620000").parameter_rows
    else:
        assert only(faults(tmp_path)).code == "parameter_over_cap"


@pytest.mark.parametrize(("own", "passes"), [("12", True), ("12.0", True), ("24", True), ("11.99", False)])
def test_floor_itself_is_allowed(tmp_path, own, passes):
    floor = row("reserve_months_min", "000000", "2024-01-01", "", "12", "floor")
    write(tmp_path, [floor, row("reserve_months_min", "620000", "2024-01-01", "", own)])
    if passes:
        assert load_policy(tmp_path, "620000").on("reserve_months_min", dt.date(2024, 1, 1)).value == own
    else:
        assert only(faults(tmp_path)).code == "parameter_under_floor"


@pytest.mark.parametrize("value", ["0", "1", "0.055"])
def test_bounds_of_a_type_are_included(tmp_path, value):
    policy = load_policy(
        write(tmp_path, [row("refund_ratio_sme", "620000", "2024-01-01", "", value)]), "620000"
    )
    assert policy.on("refund_ratio_sme", dt.date(2024, 1, 1)).value == value


def test_a_row_of_one_day(tmp_path):
    policy = load_policy(
        write(tmp_path, [row("layoff_numerator", "620000", "2024-06-30", "2024-06-30", "claims")]), "620000"
    )
    assert [(str(s.valid_from), str(s.valid_to)) for s in policy.stretches()] == [
        ("2024-06-30", "2024-06-30")
    ]


def test_value_superseded_before_the_cap_falls_is_no_breach(tmp_path):
    """50 % in 2022, open; the national cap falls to 30 % in 2023 and so does the province, by a new row."""
    rows = [
        row("refund_ratio_large", "000000", "2022-01-01", "", "0.50", "cap"),
        row("refund_ratio_large", "000000", "2023-01-01", "", "0.30", "cap"),
        row("refund_ratio_large", "620000", "2022-06-04", "", "0.50"),
        row("refund_ratio_large", "620000", "2023-01-01", "", "0.30"),
    ]
    assert (
        load_policy(write(tmp_path, rows), "620000").on("refund_ratio_large", dt.date(2023, 5, 1)).value
        == "0.30"
    )
    # The province's second row a day late: one day over the cap.
    rows[3][2] = "2023-01-02"
    fault = only(faults(write(tmp_path, rows)))
    assert fault.lines == (3, 4)
    assert "2023-01-01 to 2023-01-01" in fault.en


def test_cap_binds_other_jurisdictions_too(tmp_path):
    fault = only(faults(write(tmp_path, [CAP, row("refund_ratio_sme", "621024", "2024-01-01", "", "0.7")])))
    assert fault.lines == (2, 3)


def test_cap_is_the_value_without_a_row_of_ones_own(tmp_path):
    policy = load_policy(write(tmp_path, [CAP]), "620000")
    assert policy.on("refund_ratio_sme", dt.date(2024, 1, 1)).value == "0.60"


# --- settling


def test_effective_days_are_both_included(tmp_path):
    policy = load_policy(
        write(tmp_path, [row("layoff_numerator", "620000", "2024-04-28", "2024-12-31", "claims")]), "620000"
    )
    found = {
        day: policy.on("layoff_numerator", dt.date.fromisoformat(day))
        for day in ("2024-04-27", "2024-04-28", "2024-12-31", "2025-01-01")
    }
    assert {day: bool(value) for day, value in found.items()} == {
        "2024-04-27": False,
        "2024-04-28": True,
        "2024-12-31": True,
        "2025-01-01": False,
    }


@pytest.mark.parametrize(
    ("jurisdiction", "expected"),
    [
        ("621024", "county"),
        ("621000", "city"),
        ("620000", "province"),
        ("330000", "nation"),
        ("621025", "city"),
        ("620100", "province"),
    ],
)
def test_the_more_specific_jurisdiction_wins_whatever_its_start(tmp_path, jurisdiction, expected):
    # The wider, the later: the start must not matter.
    names = {
        "nation": row("refund_small_headcount", "000000", "2024-04-01", "", "1"),
        "province": row("refund_small_headcount", "620000", "2024-03-01", "", "2"),
        "city": row("refund_small_headcount", "621000", "2024-02-01", "", "3"),
        "county": row("refund_small_headcount", "621024", "2024-01-01", "", "4"),
    }
    policy = load_policy(write(tmp_path, list(names.values())), jurisdiction)
    assert policy.on("refund_small_headcount", dt.date(2024, 6, 1)).value == names[expected][4]


def test_later_start_wins_and_the_earlier_row_holds_again(tmp_path):
    rows = [
        row("refund_small_headcount", "620000", "2024-01-01", "", "30"),
        row("refund_small_headcount", "620000", "2024-03-01", "2024-03-31", "20"),
    ]
    policy = load_policy(write(tmp_path, rows), "620000")
    assert [(str(s.valid_from), str(s.valid_to), s.row.value) for s in policy.stretches()] == [
        ("2024-01-01", "2024-02-29", "30"),
        ("2024-03-01", "2024-03-31", "20"),
        ("2024-04-01", "9999-12-31", "30"),
    ]


def test_programme_of_the_more_specific_jurisdiction(tmp_path):
    programmes = [["refund", "000000", "2024", "2024-01-01", "2024-06-30", DOC, "", "fixed", ""], *PROGRAMMES]
    write(tmp_path, [CAP], programmes)
    assert [str(window.window_to) for window in load_policy(tmp_path, "620000").programmes] == ["2024-12-31"]
    assert [str(window.window_to) for window in load_policy(tmp_path, "330000").programmes] == ["2024-06-30"]


def test_chain():
    assert chain("621024") == ("000000", "620000", "621000", "621024")
    assert chain("620000") == ("000000", "620000")
    assert chain("000000") == ("000000",)


DAYS = st.integers(0, 40).map(lambda number: dt.date(2024, 1, 1) + dt.timedelta(days=number))


@st.composite
def parameter_rows(draw):
    rows = {}
    for number in range(draw(st.integers(0, 8))):
        jurisdiction = draw(st.sampled_from(["000000", "620000", "621000", "330000"]))
        first = draw(DAYS)
        last = draw(st.one_of(st.just(OPEN_END), DAYS.filter(lambda day, first=first: day >= first)))
        rows[jurisdiction, first] = ParameterRow(
            number, "p", jurisdiction, first, last, str(number), "fixed", DOC, "", "A", ""
        )
    return list(rows.values())


@settings(max_examples=150, deadline=None)
@given(parameter_rows())
def test_stretches_never_overlap_and_equal_a_search_by_hand(rows):
    jurisdictions = chain("621000")
    stretches = settle(rows, jurisdictions)
    for earlier, later in itertools.pairwise(stretches):
        assert earlier.valid_to < later.valid_from
    for number in range(-2, 45):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=number)
        held = [
            r for r in rows if r.jurisdiction in jurisdictions and r.effective_from <= day <= r.effective_to
        ]
        best = max(held, key=lambda r: (len(r.jurisdiction.rstrip("0")), r.effective_from)) if held else None
        settled = [stretch.row for stretch in stretches if stretch.valid_from <= day <= stretch.valid_to]
        assert settled == ([best] if best else [])


# --- what a period needs


@pytest.fixture(scope="module")
def shipped():
    return load_policy(ROOT / "seeds" / "policy", "620000")


def without(policy, parameter, first=None):
    """Take a parameter's rows out (all, or those that begin on a day)."""
    kept = tuple(
        r
        for r in policy.parameter_rows
        if r.parameter != parameter or (first and str(r.effective_from) != first)
    )
    return PolicySet(policy.folder, policy.jurisdiction, policy.documents, policy.programme_rows, kept)


def missing(policy, period, delivered=None):
    try:
        check_needed(policy, Period.parse(period), Period.parse(delivered) if delivered else None)
    except PolicyError as error:
        return [(fault.code, fault.en.split()[1]) for fault in error.faults]
    return []


def test_refund_parameter_is_needed_only_from_the_window_on(shipped):
    gap = without(shipped, "layoff_numerator", "2024-04-28")
    assert missing(gap, "2024-03") == []
    assert missing(gap, "2024-04") == [("parameter_missing", "layoff_numerator")]
    assert missing(gap, "2024-12") == [("parameter_missing", "layoff_numerator")]


@pytest.mark.parametrize(("first", "needed"), [("2024-04-30", True), ("2024-05-01", False)])
def test_window_that_begins_on_the_last_day_of_the_month(tmp_path, first, needed):
    programmes = [["refund", "620000", "2024", first, "2024-12-31", DOC, "二", "fixed", ""]]
    policy = load_policy(write(tmp_path, [], programmes), "620000")
    assert ("layoff_numerator" in needed_days(policy, Period(2024, 4))) is needed


def test_closed_year_still_needs_the_parameters_of_its_last_day(shipped):
    """In 2024-03 the decisions of 2023 stand as of 2023-12-31."""
    gap = without(shipped, "layoff_numerator", "2023-01-01")
    assert needed_days(gap, Period(2024, 3))["layoff_numerator"] == {dt.date(2023, 12, 31)}
    assert missing(gap, "2024-03") == [("parameter_missing", "layoff_numerator")]
    assert missing(gap, "2024-03", delivered="2023-12") == [("parameter_missing", "layoff_numerator")]
    # Nothing delivered by then: no decisions of that year can exist.
    assert missing(gap, "2024-03", delivered="2024-01") == []
    # Two years on the year is no longer decided on.
    assert missing(gap, "2025-03") == []


def test_skill_parameter_is_needed_on_every_day_of_an_open_window(shipped):
    gap = without(shipped, "skill_min_insured_months", "2024-04-28")
    assert missing(gap, "2024-03") == []
    assert missing(gap, "2024-06") == [("parameter_missing", "skill_min_insured_months")]


def test_gap_within_a_skill_window_names_its_first_and_last_day(shipped):
    """The rows of level 3 end in May and begin again in August; in July the days missing are known up to its end."""
    kept = [
        r for r in shipped.parameter_rows if (r.parameter, r.effective_from.year) != ("skill_amount_3", 2024)
    ]
    rows = [r for r in shipped.parameter_rows if r not in kept]
    cut = [replace(r, effective_to=dt.date(2024, 5, 31)) for r in rows]
    cut += [replace(r, effective_from=dt.date(2024, 8, 1)) for r in rows]
    gap = replace(shipped, parameter_rows=(*kept, *cut))
    assert missing(gap, "2024-05") == []
    with pytest.raises(PolicyError) as caught:
        check_needed(gap, Period(2024, 7))
    assert "2024-06-01 to 2024-07-31" in only(caught.value).en
    assert "skill_amount_3,620000,,2024-06-01,2024-07-31" in only(caught.value).expected_en
    with pytest.raises(PolicyError) as caught:
        check_needed(gap, Period(2024, 12))
    assert "2024-06-01 to 2024-07-31" in only(caught.value).en


def test_expansion_parameter_is_needed_in_its_window(shipped):
    assert missing(without(shipped, "expansion_amount", "2025-01-01"), "2025-01") == [
        ("parameter_missing", "expansion_amount")
    ]


def test_window_of_a_city_needs_the_values_of_its_first_day(shipped):
    """The city opens on 2024-04-01, before the province's rows begin."""
    early = replace(
        next(w for w in shipped.programmes if (w.programme, w.programme_year) == ("refund", 2024)),
        jurisdiction="621000",
        window_from=dt.date(2024, 3, 1),
    )
    policy = replace(shipped, programme_rows=(*shipped.programme_rows, early))
    assert ("parameter_missing", "layoff_numerator") in missing(policy, "2024-03")
    assert missing(policy, "2024-05") == []


def test_row_of_a_condition_alone_does_not_hold_for_the_others(shipped):
    rows = [r for r in shipped.parameter_rows if r.parameter == "refund_suspended"]
    alone = replace(without(shipped, "refund_suspended"), parameter_rows=(
        *(r for r in shipped.parameter_rows if r.parameter != "refund_suspended"),
        *(replace(r, applies_to="is_dispatch=yes", value="yes") for r in rows),
    ))  # fmt: skip
    assert ("parameter_missing", "refund_suspended") in missing(alone, "2024-06")


@pytest.mark.parametrize(
    "name",
    [
        "premium_rate_total",
        "reserve_months_pooling_target",
        "reserve_formula",
        "risk_group_join",
        "small_cell_min",
    ],
)
def test_others_are_needed_on_every_period_end(shipped, name):
    assert missing(without(shipped, name), "2024-02") == [("parameter_missing", name)]


KINDS = [
    k
    for k, kind in registry().items()
    if kind.needed_on in {"refund_decision", "window"} and not kind.keeps and not kind.needed_if
]


@pytest.mark.parametrize("name", KINDS)
def test_an_open_window_needs_every_parameter_of_its_rules(shipped, name):
    """In June 2024 all three programmes are open: without its row of 2024 each parameter ends the run, and the row to add is named."""
    gap = replace(
        shipped,
        parameter_rows=tuple(
            r for r in shipped.parameter_rows if (r.parameter, r.effective_from.year) != (name, 2024)
        ),
    )
    with pytest.raises(PolicyError) as caught:
        check_needed(gap, Period(2024, 6))
    assert caught.value.exit_code == EXIT_PARAMETERS
    assert only(caught.value).code == "parameter_missing"
    assert f"{name},620000,," in only(caught.value).expected_en


def test_reasons_of_layoff_are_needed_only_by_their_formula(shipped):
    gap = without(shipped, "layoff_reasons")
    assert missing(gap, "2024-06") == []
    laid = overlay(
        gap, [{"parameter": "layoff_numerator", "effective_from": "2024-01-01", "value": "separations"}]
    )
    assert missing(laid.policy, "2024-06") == [("parameter_missing", "layoff_reasons")]


def test_missing_value_is_never_borrowed_and_the_nearest_rows_are_named(shipped):
    gap = without(shipped, "layoff_numerator", "2026-01-01")
    with pytest.raises(PolicyError) as caught:
        check_needed(gap, Period(2026, 1))
    fault = only(caught.value)
    (line,) = [
        r.line
        for r in gap.parameter_rows
        if r.parameter == "layoff_numerator" and r.effective_from.year == 2025
    ]
    assert fault.lines == (line,)
    assert "2026-01-31" in fault.zh


@pytest.mark.parametrize(
    ("name", "period"), [("premium_rate_total", "2026-10"), ("reserve_formula", "2026-10")]
)
def test_last_value_of_fund_and_premium_goes_on(shipped, name, period):
    assert missing(shipped, period) == []
    stretch = shipped.at(name, Period.parse(period).last_day)
    assert stretch.carried
    assert shipped.on(name, Period.parse(period).last_day) is None


def test_premium_before_its_first_row_is_missing_and_the_reserve_takes_the_first(shipped):
    assert ("parameter_missing", "premium_rate_total") in missing(shipped, "2021-12")
    assert "reserve_formula" not in {name for _, name in missing(shipped, "2021-12")}
    assert shipped.at("reserve_formula", dt.date(2021, 12, 31)).value == "previous_year"


# --- what-if, lapses, digest, build file


def test_overlay_goes_before_a_later_start_and_lists_the_breach(shipped):
    laid = overlay(
        shipped,
        [
            {
                "parameter": "refund_ratio_sme",
                "effective_from": "2024-01-01",
                "effective_to": "2024-12-31",
                "value": "0.90",
            }
        ],
    )
    day = dt.date(2024, 6, 30)
    assert laid.policy.on("refund_ratio_sme", day).value == "0.90"
    assert shipped.on("refund_ratio_sme", day).value == "0.60"
    assert laid.policy.on("refund_ratio_sme", dt.date(2025, 6, 30)).value == "0.60"
    # The national cap of 2024 is in force from 2024-04-28; none is between January and then.
    assert [(b.row.value, b.bound.value, str(b.first_day), str(b.last_day)) for b in laid.breaches] == [
        ("0.90", "0.60", "2024-04-28", "2024-12-31")
    ]
    assert laid.policy.digest() != shipped.digest()


def test_overlay_of_the_national_rows_lifts_the_cap(shipped):
    days = {"effective_from": "2024-01-01", "effective_to": "2024-12-31"}
    laid = overlay(
        shipped,
        [
            {"parameter": "refund_ratio_sme", "value": "0.90", **days},
            {
                "parameter": "refund_ratio_sme",
                "jurisdiction": "000000",
                "value": "0.90",
                "basis": "cap",
                **days,
            },
        ],
    )
    assert laid.breaches == ()


def test_overlay_refuses_a_faulty_row(shipped):
    with pytest.raises(PolicyError) as caught:
        overlay(
            shipped, [{"parameter": "refund_ratio_sme", "effective_from": "2024-01-01", "value": "a lot"}]
        )
    assert (only(caught.value).code, only(caught.value).lines) == ("parameter_value", (1,))


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2024-10-31", False),
        ("2024-11-01", False),
        ("2024-11-02", True),
        ("2024-12-31", True),
        ("2025-01-01", False),
    ],
)
def test_lapsing_within_sixty_days(shipped, day, shown):
    """2024-11-01 plus 60 days is 2024-12-31: 29 days of November and 31 of December."""
    on = dt.date.fromisoformat(day)
    names = {(lapse.kind, lapse.name) for lapse in shipped.lapsing(on)}
    expected = shown or day == "2024-11-01"
    assert (("parameter", "refund_ratio_sme") in names) is expected
    assert (("programme", "refund") in names) is expected


def test_lapse_says_what_follows(shipped):
    lapses = {lapse.name: lapse for lapse in shipped.lapsing(dt.date(2024, 12, 31))}
    assert (lapses["skill_max_per_year"].value, lapses["skill_max_per_year"].next_value) == ("3", "1")
    assert (lapses["refund_ratio_sme"].next_value, lapses["refund_ratio_sme"].days_left) == (None, 0)


def test_digest_knows_content_and_not_order(tmp_path):
    rows = [CAP, row("layoff_numerator", "620000", "2024-01-01", "", "claims")]
    first = load_policy(write(tmp_path, rows), "620000").digest()
    assert load_policy(write(tmp_path, rows[::-1]), "620000").digest() == first
    rows[1][4] = "either"
    assert load_policy(write(tmp_path, rows), "620000").digest() != first


def test_register(tmp_path):
    rows = [
        row("refund_small_headcount", "620000", "2024-01-01", "", "30"),
        row("refund_small_headcount", "620000", "2024-03-01", "2024-03-31", "20"),
    ]
    policy = load_policy(write(tmp_path, rows), "620000")
    connection = duckdb.connect()
    for _ in range(2):  # a second time replaces
        register(connection, policy)
    assert connection.execute(
        "select valid_from, valid_to, value, article from policy.parameters order by valid_from"
    ).fetchall() == [
        (dt.date(2024, 1, 1), dt.date(2024, 2, 29), "30", "二"),
        (dt.date(2024, 3, 1), dt.date(2024, 3, 31), "20", "二"),
        (dt.date(2024, 4, 1), OPEN_END, "30", "二"),
    ]
    assert connection.execute(
        "select programme_year, window_from, reason from policy.programmes"
    ).fetchall() == [(2024, dt.date(2024, 4, 28), None)]
    assert connection.execute("select document_id, dated from policy.documents").fetchall() == [
        (DOC, dt.date(2024, 4, 28))
    ]
    assert connection.execute(
        "select line_no, effective_to from policy.all_parameters order by line_no"
    ).fetchall() == [
        (2, None),
        (3, dt.date(2024, 3, 31)),
    ]


def test_register_of_an_empty_set_leaves_empty_tables(tmp_path):
    connection = duckdb.connect()
    register(connection, load_policy(write(tmp_path, [], []), "620000"))
    assert connection.execute("select count(*) from policy.parameters").fetchone() == (0,)
    assert connection.execute("select count(*) from policy.programmes").fetchone() == (0,)


def test_numbers_that_the_models_hold_exactly() -> None:
    known = registry()["refund_layoff_rate_max"]
    assert [known.accepts(v) for v in ("0.055", "0.055556", "0.05500000", "1", "0.0000001")] == [True] * 4 + [
        False
    ]
    assert registry()["refund_small_headcount"].accepts("999999999")
