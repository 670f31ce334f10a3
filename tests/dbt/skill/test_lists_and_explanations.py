"""What the month hands out on persons: recipients, review workbook (and its way back), outreach; and the explanations of one of them."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from tests.dbt.world import World
from wengang.cli import app
from wengang.core.errors import UsageError
from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.evidence.explain.person import explain_person
from wengang.evidence.explain.skill import explain_skill
from wengang.reviews import review_items, write_review_workbook
from wengang.reviews.workbook import lines

# Made-up numbers with right check digits: nobody was born in these regions on these days under them.
PAID, WAITING, HOLDER, LAID_OFF, BACK = (
    "62010219900101001X", "620102199001010028", "620102199001010036", "620102199001010044", "620102199001010052",
)  # fmt: skip
JUNE = Period(2024, 6)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("lists"))
    world.add("employers", [{"employer_id": "E1", "employer_name": "测试企业"}])
    contributions = [
        {"employer_id": "E1", "person_id": person, "fee_month": dt.date(2023 + n // 12, n % 12 + 1, 1)}
        for person in (PAID, WAITING, HOLDER, LAID_OFF, BACK)
        for n in range(17)
    ]
    contributions.append({"employer_id": "E1", "person_id": BACK, "fee_month": "2024-06-01"})
    world.add("contributions", contributions)
    world.add(
        "certificates",
        [
            {"cert_no": "C1", "person_id": PAID},
            {"cert_no": "C2", "person_id": WAITING},
            {"cert_no": "C3", "person_id": WAITING, "occupation_code": "4-01"},
            # Not applied with: the deadline is twelve months after issue, or the window's end, whichever comes first.
            {"cert_no": "C4", "person_id": HOLDER, "issued_on": "2023-08-31"},
            {"cert_no": "C5", "person_id": HOLDER, "occupation_code": "4-02", "issued_on": "2024-03-01", "level": "3"},
            # Left out: void, level 2, too late (deadline 2024-06-30), a lower level than the one approved, training subsidy paid.
            {"cert_no": "C6", "person_id": HOLDER, "occupation_code": "4-03", "status": "void"},
            {"cert_no": "C7", "person_id": HOLDER, "occupation_code": "4-04", "level": "2"},
            {"cert_no": "C8", "person_id": HOLDER, "occupation_code": "4-05", "issued_on": "2023-06-30"},
            {"cert_no": "C9", "person_id": PAID, "level": "5"},
            {"cert_no": "C10", "person_id": HOLDER, "occupation_code": "4-06"},
        ],
    )  # fmt: skip
    world.add(
        "training_subsidies",
        [{"person_id": HOLDER, "occupation_code": "4-06", "level": "4", "paid_on": "2024-01-02"}],
    )
    world.add(
        "skill_applications",
        [
            {"application_no": "A1", "person_id": PAID, "cert_no": "C1", "account_no": "6299000000000000001"},
            {"application_no": "A2", "person_id": WAITING, "cert_no": "C2", "applied_on": "2024-05-10"},
            {"application_no": "A3", "person_id": WAITING, "cert_no": "C3", "applied_on": "2024-05-20"},
        ],
    )
    world.add(
        "programme_payments",
        [
            {"programme": "skill_subsidy", "batch_no": "1", "line_no": 1, "payee_id": "A1", "amount": 1500, "paid_on": "2024-06-20"},
            {"programme": "skill_subsidy", "batch_no": "1", "line_no": 2, "payee_id": "A2", "amount": 1500, "result": "returned"},
            {"programme": "skill_subsidy", "batch_no": "2", "line_no": 1, "payee_id": "A2", "amount": 1500, "paid_on": "2024-05-31"},
        ],
    )  # fmt: skip
    world.add(
        "cross_checks",
        [{"person_id": "620102199001010060", "check_kind": "death", "event_date": "2024-01-01"}],
    )
    world.add(
        "headcount_changes",
        [
            {
                "employer_id": "E1",
                "person_id": LAID_OFF,
                "change_date": "2024-05-31",
                "reason": "economic_layoff",
            },
            {
                "employer_id": "E1",
                "person_id": BACK,
                "change_date": "2024-05-31",
                "reason": "economic_layoff",
            },
            {"employer_id": "E1", "person_id": HOLDER, "change_date": "2024-05-31", "reason": "resignation"},
        ],
    )
    ledger = [{"region_code": "620000", "month": "2023-01-01", "item": "opening_balance", "amount": 12_000}]
    for n in range(12):
        ledger.append(
            {"region_code": "620000", "month": dt.date(2023, n + 1, 1), "item": "benefit", "amount": 100}
        )
    world.add("fund_ledger", ledger)
    world.build(
        "2024-06", "programmes", "+review_list", "+skill_recipients", "+skill_outreach", "+benefit_outreach"
    )
    with duckdb.connect(str(world.settings.build_file)) as con:
        con.execute("create table run.builds as select date '2024-06-01' as period, 'x' as inputs_digest")
    world.settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(world.settings.build_file, world.settings.warehouse_file)
    return world


def test_recipients_of_the_month_masked_and_whole(world: World) -> None:
    """Only what was paid in June: not the returned line, not May's."""
    masked = world.query("select application_no, person_masked, cert_no, amount from lists.skill_recipients")
    assert masked == [
        {"application_no": "A1", "person_masked": "620102************", "cert_no": "C1", "amount": 1500}
    ]
    assert [r["person_id"] for r in world.query("select person_id from lists.skill_recipients_full")] == [
        PAID
    ]


def test_holders_to_tell_with_their_deadline(world: World) -> None:
    found = {
        r["cert_no"]: (r["apply_by"], r["amount"]) for r in world.query("select * from lists.skill_outreach")
    }
    assert found == {"C4": (dt.date(2024, 8, 31), 1500), "C5": (dt.date(2024, 12, 31), 2000)}


def test_laid_off_without_a_claim(world: World) -> None:
    assert [(r["person_id"], r["lost_on"]) for r in world.query("select * from lists.benefit_outreach")] == [
        (LAID_OFF, dt.date(2024, 5, 31))
    ]


def test_review_workbook_goes_out_and_comes_back(world: World, tmp_path: Path) -> None:
    """A3 is WAITING's second of the year: strict review. The filled workbook is a delivery like any other."""
    from wengang import ingest
    from wengang.core.progress import Progress
    from wengang.core.settings import Settings

    with duckdb.connect(str(world.settings.warehouse_file), read_only=True) as con:
        items = review_items(con, JUNE)
    ours = [i for i in items if i.programme == "skill_subsidy"]
    assert [(i.subject_id, i.who, i.amount) for i in ours] == [("A3", "620102************", 1500)]
    assert "严格审核" in ours[0].why
    first = write_review_workbook(items, JUNE, tmp_path / "a.xlsx").read_bytes()
    assert write_review_workbook(items, JUNE, tmp_path / "b.xlsx").read_bytes() == first
    assert WAITING.encode() not in first

    shutil.copytree(world.settings.home, tmp_path / "home")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    folder = tmp_path / "landing" / "2024-07"
    folder.mkdir(parents=True)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["审核结论"]
    heading = {cell.value: cell.column for cell in sheet[1]}
    for row in range(sheet.max_row, 1, -1):
        if sheet.cell(row, heading["业务编号"]).value == "A3":
            sheet.cell(row, heading["审核结论"]).value = "通过"
            sheet.cell(row, heading["审核日期"]).value = dt.date(2024, 7, 3)
            sheet.cell(row, heading["审核人"]).value = "测试员"
            sheet.cell(row, heading["审核意见"]).value = "原件核对无误"
        else:
            sheet.delete_rows(row)
    book.save(folder / "review_outcomes__审核.xlsx")
    ingest.ingest(settings, Period(2024, 7), Progress(quiet=True))
    (record,) = [
        r for r in read_journal(settings.journal_dir / "deliveries.jsonl") if r["period"] == "2024-07"
    ]
    assert (record["source"], record["status"], record["rows_accepted"], record["rows_rejected"]) == (
        "review_outcomes", "loaded", 1, 0,
    )  # fmt: skip
    with duckdb.connect() as con:
        back = con.execute(
            "select programme, subject_id, programme_year, decided_on, outcome, officer, reason from read_parquet(?)",
            [str(settings.lake_dir / record["lake_file"])],
        ).fetchall()
    assert back == [("skill_subsidy", "A3", None, dt.date(2024, 7, 3), "approved", "测试员", "原件核对无误")]

    # The officer's word decides in the month it is dated in: level 4, 1,500 yuan, to be paid; nothing is asked again.
    july = World(tmp_path)
    july.build("2024-07", "programmes", "+review_list")
    assert july.query(
        "select cast(period as varchar) as period, decision, unknown_rules, payable_amount from marts.skill_decisions"
        " where application_no = 'A3' order by period"
    ) == [
        {"period": "2024-06-01", "decision": "review", "unknown_rules": ["skill.review_over_year"], "payable_amount": 0},
        {"period": "2024-07-01", "decision": "eligible", "unknown_rules": ["skill.review_over_year"], "payable_amount": 1500},
    ]  # fmt: skip
    assert july.query("select subject_id from lists.review_list where subject_id = 'A3'") == []


def test_a_row_is_as_high_as_its_longest_text() -> None:
    """A Chinese character takes two places, and one place of the column is its edge: 29 fit into 60, the thirtieth asks for a second line."""
    assert [lines("审" * n, 60) for n in (0, 1, 29, 30, 59, 60)] == [1, 1, 1, 2, 2, 3]


def test_an_explanation_masks_the_person(world: World) -> None:
    found = explain_skill(world.settings, "A3", JUNE, lines=True)
    for text in (found.render("zh"), found.render("en"), found.to_json()):
        assert WAITING not in text
        assert "A2" in text
    facts: dict[str, Any] = json.loads(found.to_json())
    assert facts["decision"]["decision"] == "review"
    assert [(a["application_no"], a["is_approved"]) for a in facts["applications"]] == [
        ("A2", True),
        ("A3", True),
    ]
    outcomes = {r["rule_id"]: r for r in facts["rules"]}
    assert len(outcomes) == 15
    assert outcomes["skill.review_over_year"]["outcome"] == "unknown"
    assert outcomes["skill.insured_months"]["observed"] == "13"
    assert not (world.settings.journal_dir / "access.jsonl").exists()


def test_revealing_leaves_a_record(world: World) -> None:
    found = explain_person(world.settings, WAITING, JUNE, reveal=True)
    assert WAITING in found.render("zh")
    (record,) = read_journal(world.settings.journal_dir / "access.jsonl")
    assert (record["what"], record["person"], record["period"]) == (
        "explain person",
        "620102************",
        "2024-06",
    )
    assert WAITING not in json.dumps(record)
    (world.settings.journal_dir / "access.jsonl").unlink()


def test_a_person_is_masked_without_reveal(world: World) -> None:
    found = explain_person(world.settings, PAID, JUNE)
    assert PAID not in found.render("zh") + found.render("en") + found.to_json()
    assert {"certificates", "contributions", "applications"} <= {s.key for s in found.sections}


def test_unknown_subjects_are_told_without_their_number(world: World) -> None:
    with pytest.raises(UsageError) as error:
        explain_person(world.settings, "620102199001010079", JUNE)
    assert "620102199001010079" not in str(error.value)
    with pytest.raises(UsageError, match="A99"):
        explain_skill(world.settings, "A99", JUNE)
    with pytest.raises(UsageError, match="2024-05"):
        explain_skill(world.settings, "A1", Period(2024, 5))


def test_the_number_is_asked_for_and_never_on_the_command_line(world: World, tmp_path: Path) -> None:
    """What stands on a command line is kept by the shell, and everybody on the machine can list it."""
    home = ["--home", str(world.settings.home)]
    asked = CliRunner().invoke(app, ["explain", "person", "2024-06", *home], input=f"{PAID}\n")
    assert (asked.exit_code, "certificates" in asked.output or "证书" in asked.output) == (0, True)
    file = tmp_path / "number.txt"
    file.write_text(PAID + "\n", encoding="utf-8")
    read = CliRunner().invoke(app, ["explain", "person", "2024-06", "--file", str(file), *home])
    assert read.exit_code == 0
    assert PAID not in read.output
    for words in ([PAID, "2024-06"], [PAID]):
        refused = CliRunner().invoke(app, ["explain", "person", *words, *home], input=f"{PAID}\n")
        assert isinstance(refused.exception, UsageError)
        assert refused.exception.code == "number_by_prompt"
        assert PAID not in str(refused.exception)
