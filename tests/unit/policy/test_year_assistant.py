"""The year assistant: drafts of a new year, checks, which row decides, what differs, the picture."""

import csv
import datetime as dt
import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from wengang.cli import app, guarded
from wengang.core.errors import EXIT_PARAMETERS, WengangError
from wengang.policy import load_policy
from wengang.policy.diff import differences
from wengang.policy.timeline import timeline
from wengang.policy.year import draft_year

SHIPPED = Path(__file__).resolve().parents[3] / "seeds" / "policy"


@pytest.fixture(scope="module")
def without_2026(tmp_path_factory):
    """The rows shipped as they were before any of 2026 was entered for the province: the nation's are there."""
    folder = tmp_path_factory.mktemp("before")
    shutil.copyfile(SHIPPED / "documents.csv", folder / "documents.csv")
    for name, start in (("programmes.csv", "window_from"), ("parameters.csv", "effective_from")):
        with (SHIPPED / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                r for r in rows if not (r["jurisdiction"] == "620000" and r[start].startswith("2026"))
            )
    return folder


def run(*arguments):
    """Call the command line; returns what it printed, raises what it raised."""
    done = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=True)
    if isinstance(done.exception, WengangError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_drafts_take_the_nations_window_and_last_years_values(without_2026):
    found = draft_year(load_policy(without_2026, "620000"), 2026, 2025)
    windows = {w.programme: (str(w.window_from), str(w.window_to), w.basis) for w in found.windows}
    assert windows == {
        "refund": ("2026-01-01", "2026-12-31", "assumption"),
        "skill_subsidy": ("2026-01-01", "2026-12-31", "assumption"),
    }
    ratio = next(
        r for r in found.parameters if (r.parameter, r.jurisdiction) == ("refund_ratio_sme", "620000")
    )
    assert (ratio.value, ratio.basis, ratio.confidence, str(ratio.effective_from)) == (
        "0.60",
        "assumption",
        "D",
        "2026-01-01",
    )
    assert all("草稿待确认" in row.reason for row in (*found.windows, *found.parameters))
    # The nation's rows of 2026 are there already: none of them is drafted again.
    assert ("refund_ratio_sme", "000000") not in {(r.parameter, r.jurisdiction) for r in found.parameters}
    assert "premium_rate_reference" in {r.parameter for r in found.open_ended}


def test_value_over_the_new_national_cap_is_lowered_to_it(without_2026):
    """The cap of small firms falls to 50 % in 2026; Gansu's 60 % of 2025 would be refused."""
    policy = load_policy(without_2026, "620000")
    rows = tuple(
        replace(r, value="0.50")
        if (r.parameter, r.effective_from) == ("refund_ratio_sme", dt.date(2026, 1, 1))
        else r
        for r in policy.parameter_rows
    )
    found = draft_year(replace(policy, parameter_rows=rows), 2026, 2025)
    (draft,) = [d for d in found.drafts if d.kind == "capped"]
    assert (draft.row.parameter, draft.row.value, draft.source.value) == ("refund_ratio_sme", "0.50", "0.60")


def test_new_year_writes_a_folder_that_passes_the_check(without_2026, tmp_path):
    out = tmp_path / "draft"
    printed = run("policy", "new-year", 2026, "--from", 2025, "--policy", without_2026, "--out", out)
    assert "refund_ratio_large 000000 = 0.30" in printed, "what the national notice says"
    assert "没有缺失的参数" in run("policy", "check", "--policy", out, "--from", "2026-01", "--to", "2026-12")
    policy = load_policy(out, "620000")
    assert policy.on("layoff_numerator", dt.date(2026, 6, 30)).value == "claims"
    assert len(load_policy(without_2026, "620000").parameter_rows) < len(policy.parameter_rows)


def test_new_year_never_writes_over_a_folder(without_2026, tmp_path):
    with pytest.raises(WengangError, match="draft_exists"):
        run("policy", "new-year", 2026, "--from", 2025, "--policy", without_2026, "--out", tmp_path)


def test_check_lists_what_is_missing_and_tells_of_odd_names(without_2026, tmp_path):
    folder = shutil.copytree(without_2026, tmp_path / "set")
    text = (folder / "parameters.csv").read_text(encoding="utf-8")
    text = text.replace("skill_amount_3,620000,,2024-04-28", "skill_amount_33,620000,,2024-04-28")
    text = text.replace("skill_amount_3,000000,,2024-04-28", "skill_amount_33,000000,,2024-04-28")
    (folder / "parameters.csv").write_text(text, encoding="utf-8")
    with pytest.raises(WengangError) as caught:
        run("policy", "check", "--policy", folder, "--from", "2024-01", "--to", "2024-12")
    assert caught.value.exit_code == EXIT_PARAMETERS
    assert "skill_amount_3,620000,,2024-04-28,2024-04-30" in str(caught.value)
    assert any(n.is_loud and "is skill_amount_3 meant" in n.en for n in load_policy(folder, "620000").notes)


def test_show_names_the_row_that_decides_and_those_it_beats(without_2026, tmp_path):
    folder = shutil.copytree(without_2026, tmp_path / "set")
    with (folder / "parameters.csv").open("a", encoding="utf-8") as handle:
        handle.write("refund_ratio_sme,621000,,2024-04-28,2024-12-31,0.55,fixed,GS-2024-165,一,A,庆阳\n")
        handle.write(
            "refund_ratio_sme,621000,list=related,2024-04-28,2024-12-31,0.58,fixed,GS-2024-165,一,A,名单\n"
        )
    printed = run(
        "policy", "show", "refund_ratio_sme", "--on", "2024-06-30", "--region", "621002", "--policy", folder
    )
    lines = [line.split()[:2] for line in printed.splitlines()[1:]]
    assert [words[0] for words in lines] == ["决定", "让位", "让位", "条件不符"]
    assert "0.55" in printed.splitlines()[1]
    printed = run("policy", "show", "refund_ratio_sme", "--on", "2024-06-30", "--region", "621002", "--policy", folder,
                  "--meets", "list=related&size_class=sme")  # fmt: skip
    assert "0.58" in printed.splitlines()[1]
    with pytest.raises(WengangError, match="is refund_ratio_sme meant"):
        run("policy", "show", "refund_ratio_smee", "--on", "2024-06-30")
    assert "carried forward: 0.01" in run(
        "policy", "show", "premium_rate_total", "--on", "2026-10-31", "--policy", folder
    )


def test_diff_names_each_row_and_cell(without_2026):
    before, now = load_policy(without_2026, "620000"), load_policy(SHIPPED, "620000")
    assert differences(now, now) == []
    found = {(c.file, c.name): c for c in differences(before, now)}
    assert all(c.old is None for c in found.values())
    assert ("programmes.csv", "refund 620000 2026") in found
    assert ("parameters.csv", "refund_ratio_sme 620000 2026-01-01") in found
    changed = replace(
        now, parameter_rows=(replace(now.parameter_rows[0], value="enterprise"), *now.parameter_rows[1:])
    )
    (change,) = differences(now, changed)
    assert set(change.cells) == {"value"}
    assert "→ enterprise" in change.text()


def test_picture_is_well_formed_and_the_same_again(tmp_path):
    policy = load_policy(SHIPPED, "620000")
    picture = timeline(policy, ["refund_ratio_sme", "premium_rate_total"], 2022, 2027)
    assert picture == timeline(policy, ["refund_ratio_sme", "premium_rate_total"], 2022, 2027)
    ET.fromstring(picture)
    titles = picture.split("<title>")[1:]
    assert any(t.startswith("2026-01-01 至 9999-12-31") for t in titles), "what is carried on is drawn"
    run("policy", "timeline", "--out", tmp_path / "t.svg")
    assert (tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")


def test_show_reads_the_unit_from_the_warehouse(province, tmp_path):
    with duckdb.connect(str(province.home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        unit, region, unit_type = con.execute(
            "select employer_id, region_code, unit_type from intermediate.int_employers"
            " where region_code like '62%' and region_code not like '6200%' order by all limit 1"
        ).fetchone()
    folder = shutil.copytree(SHIPPED, tmp_path / "set")
    city, elsewhere = region[:4] + "00", "621000" if region[:4] != "6210" else "620100"
    rows = [
        (city, "", "0.41"),
        (city, f"unit_type={unit_type}", "0.42"),
        (elsewhere, f"unit_type={unit_type}", "0.43"),
    ]
    with (folder / "parameters.csv").open("a", encoding="utf-8") as handle:
        for place, condition, value in rows:
            handle.write(
                f"refund_ratio_sme,{place},{condition},2024-05-01,,{value},fixed,GS-2024-165,一,A,x\n"
            )
    call = (
        "policy",
        "show",
        "refund_ratio_sme",
        "--on",
        "2024-06-30",
        "--policy",
        folder,
        "--home",
        province.home,
    )
    printed = run(*call, "--employer", unit)
    decides, *others = printed.splitlines()[2:]
    assert "0.42" in decides and decides.startswith("决定")
    assert "0.41" in others[0]
    assert "0.43" not in printed, "a row of another city is none of the unit's"
    with pytest.raises(WengangError, match="no_employer"):
        run(*call, "--employer", "NOBODY")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "--from", "2025-01", "--to", "2024-12"], "period_range"),
        (["check", "--from", "2024-13"], "period"),
        (["show", "refund_ratio_sme", "--on", "2024-06-31"], "bad_day"),
        (["show", "refund_ratio_sme", "--on", "2024-06-30", "--region", "62"], "region_code"),
        (["show", "refund_ratio_sme", "--on", "2024-06-30", "--meets", "size=large"], "bad_condition"),
        (["timeline", "refund_ratio_smee"], "parameter_unknown"),
        (["timeline", "--out", "{folder}"], "path_unusable"),
        (["timeline", "--out", "{folder}/no/picture.svg"], "path_unusable"),
        (["diff", "{folder}/absent", "{folder}"], "no_policy_folder"),
        (["diff", "{folder}/" + "x" * 300, "{folder}"], "path_unusable"),
        (["new-year", "2027", "--from", "2026", "--out", "{folder}"], "draft_exists"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(tmp_path, monkeypatch, capsys, words, code):
    monkeypatch.setattr(sys, "argv", ["wengang", "policy", *(w.format(folder=tmp_path) for w in words)])
    assert guarded(app) == 2
    told = capsys.readouterr().err
    assert f" {code}]" in told
    assert "Traceback" not in told
