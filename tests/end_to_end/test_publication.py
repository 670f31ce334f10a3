"""From draft to publication and restatement, by the real steps."""

from __future__ import annotations

import json
import os
import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.end_to_end.test_run import digests, wengang
from wengang.core.errors import PublicationError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.months.published import digest_of as sha256_of
from wengang.months.published import latest_revision, unseal
from wengang.months.status import read_status
from wengang.pipeline import sign_draft
from wengang.policy.registry import registry
from wengang.publication.diff import diff
from wengang.publication.verify import verify

JUNE = Period(2024, 6)
QUIET = Progress(quiet=True)


def sign_all(settings: Settings) -> None:
    sign_draft(settings, JUNE, "preparer", QUIET, who="zhang", problems_text="部分单位账户信息不全")
    said = sign_draft(settings, JUNE, "reviewer", QUIET, who="li")
    if "still needed" in said:
        sign_draft(settings, JUNE, "reviewer", QUIET, who="wang")


@pytest.fixture
def home(province, tmp_path):
    copy = province.copy(tmp_path)
    yield Settings(home=copy.home, landing=copy.landing)
    unseal(copy.home / "published")


def test_unsigned_is_not_published_by_the_command_line(home):
    done = wengang("publish", JUNE, "--home", home.home)
    assert (done.returncode, "not_signed" in done.stderr) == (7, True)
    assert latest_revision(home, JUNE) is None


def test_every_headline_is_recounted_and_agrees(home):
    table = home.drafts_dir / "2024-06" / "tables" / "recounts.parquet"
    rows = dict(
        duckdb.connect().execute("select figure, outcome from read_parquet(?)", [str(table)]).fetchall()
    )
    assert {
        "fund.balance",
        "benefits.persons",
        "premium.relief",
        "fund.reserve_months",
        "skill.applications",
        "skill.approved",
        "skill.amount",
        "refund.paid_in_month",
        "refund.employers.eligible",
        "refund.contribution_base",
        "refund.refund_amount",
        "refund.payable_amount",
        "risk.still_open",
    } <= set(rows)
    assert set(rows.values()) == {"agrees"}


def test_a_killed_publication_is_finished_with_the_same_bytes(province, tmp_path):
    whole, killed = (province.copy(tmp_path / name) for name in ("whole", "killed"))
    first = Settings(home=whole.home, landing=whole.landing)
    sign_all(first)
    assert latest_revision(first, JUNE) == 1
    second = Settings(home=killed.home, landing=killed.landing)
    # the last signature, killed after it is on record and before anything is rendered, then at each later point
    sign_draft(second, JUNE, "preparer", QUIET, who="zhang", problems_text="部分单位账户信息不全")
    for name in ("signatures.jsonl", "signatures.head"):
        shutil.copy(first.journal_dir / name, second.journal_dir / name)
    for point in ("revision-written", "revision-in-place"):
        done = wengang("publish", JUNE, "--home", killed.home, WENGANG_KILL_POINT=point)
        assert done.returncode == 137
        assert latest_revision(second, JUNE) is None
    assert wengang("publish", JUNE, "--home", killed.home).returncode == 0
    folders = [s.published_dir / "2024-06" / "r1" for s in (first, second)]
    assert digests(folders[0]) == digests(folders[1])
    assert not os.access(folders[0] / "manifest.json", os.W_OK) or os.geteuid() == 0
    assert all(p.stat().st_mode & 0o222 == 0 for p in folders[0].rglob("*"))
    # publishing again changes nothing and makes no second revision
    assert wengang("publish", JUNE, "--home", killed.home).returncode == 0
    assert [p.name for p in sorted(second.published_dir.glob("2024-06/r*"))] == ["r1"]
    for settings in (first, second):
        unseal(settings.published_dir)


def rows_of(table: Path, columns: str) -> list[tuple[object, ...]]:
    return duckdb.connect().execute(f"select {columns} from read_parquet(?)", [str(table)]).fetchall()


def redeliver_payments(folder: Path, payee: str) -> Path:
    """Deliver the bank's return again, with 500.00 of the refund paid to one more employer."""
    file = folder / "programme_payments.txt"
    lines = file.read_text(encoding="gb18030").splitlines()
    line = next(text for text in lines if "稳岗返还" in text and "成功" in text)
    batch, _, programme, year, _, behalf, name, account, _, *rest = line.split("|")
    lines.append(
        "|".join([batch, '"99"', programme, year, f'"{payee}"', behalf, name, account, '"500.00"', *rest])
    )
    file.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return file


@pytest.mark.slow
def test_a_restatement_says_of_each_figure_what_changed_it_and_who_is_behind(home, tmp_path):
    """Two files delivered again or late, one parameter row, and one file delivered again with the same rows."""
    sign_all(home)
    landing, policy = tmp_path / "landing", tmp_path / "policy"
    shutil.copytree(home.landing_dir, landing)
    shutil.copytree(home.policy, policy)
    settings = Settings(home=home.home, landing=landing, policy=policy)
    folder, draft = landing / "2024-06", home.drafts_dir / "2024-06" / "tables"
    decisions = rows_of(
        draft / "refund_decisions.parquet",
        "employer_id, decision, size_class, refund_amount, paid_amount, payable_amount, programme_year, is_dispatch",
    )
    payee = min(
        str(r[0])
        for r in decisions
        if r[1:3] == ("eligible", "sme") and r[4] == 0 and r[5] > 1000 and not r[7]
    )
    paid_file = redeliver_payments(folder, payee)
    person = "11010519491231002X"
    benefit_file = folder / "benefit_payments__more.csv"
    benefit_file.write_text(
        "支付流水号,核定编号,社会保障号码,待遇所属期,待遇类型,金额(元),发放日期,行政区划代码,发放结果\n"
        f"ZF-MORE-1,HD-MORE-1,{person},202406,价格临时补贴,100.00,2024-06-20,620102,成功\n",
        encoding="utf-8",
    )
    same_file = folder / "sanctions.csv"
    same_file.write_bytes(same_file.read_bytes().rstrip(b"\n") + b"\n\n")
    rows = policy / "parameters.csv"
    old_row = "refund_ratio_sme,620000,,2024-04-28,2024-12-31,0.60,"
    text = rows.read_text(encoding="utf-8")
    assert text.count(old_row) == 1
    rows.write_text(text.replace(old_row, old_row.replace("0.60", "0.50")), encoding="utf-8")
    reason = tmp_path / "reason.txt"
    reason.write_text("银行回执重报，补报一笔价格临时补贴，返还比例更正", encoding="utf-8")
    arguments = ("--home", home.home, "--landing", landing, "--policy", policy)
    refused = wengang("run", JUNE, *arguments)
    assert (refused.returncode, "closed" in refused.stderr) == (7, True)
    assert [m.period for m in read_status(settings).months if m.is_stale] == ["2024-06"]
    # a restatement needs its reason
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n", encoding="utf-8")
    assert wengang("restate", JUNE, "--reason", empty, *arguments).returncode == 2
    done = wengang("restate", JUNE, "--reason", reason, *arguments)
    assert done.returncode == 0, done.stderr
    assert latest_revision(settings, JUNE) == 1
    # reviewed like any report: by two people
    assert wengang("publish", JUNE, *arguments[:2], *arguments[4:]).returncode == 7
    sign_all(settings)
    assert latest_revision(settings, JUNE) == 2

    paid, benefit, same = (sha256_of(f) for f in (paid_file, benefit_file, same_file))
    ratio = "refund_ratio_sme@2024-04-28"
    tables = settings.published_dir / "2024-06" / "r2" / "tables"
    listed = {
        tuple(r[:5]): (r[5], r[6], set(str(r[7]).split(";")))
        for r in rows_of(
            tables / "restatements.parquet",
            "section, measure, dimension_value, reporting_unit, figure_column, old_value, new_value, cause",
        )
    }
    # every figure that is another, and no other
    changes = {
        (c.section, c.measure, c.dimension_value, c.reporting_unit, c.column): (c.old, c.new)
        for c in diff(settings, JUNE, "r1", "r2")
    }
    assert {key: (old, new) for key, (old, new, _) in listed.items()} == changes

    def cause(section, measure, item="", unit="620000", column="value"):
        return listed[section, measure, item, unit, column][2]

    assert cause("benefits", "amount") == cause("benefits", "amount", unit="620100") == {benefit}
    assert cause("benefits", "persons", "price_subsidy", "620100") == {benefit}
    unit = f"{payee[:4]}00"
    assert cause("refund", "paid_amount") == cause("refund", "paid_in_month", unit=unit) == {paid}
    assert cause("refund", "refund_amount") == cause("refund", "refund_amount", "eligible") == {ratio}
    assert cause("refund", "payable_amount") == cause("refund", "payable_amount", unit=unit) == {paid, ratio}
    assert cause("fund", "required", "refund") == {paid, ratio}
    assert cause("quality", "files") == {paid, benefit, same}
    assert cause("quality", "files", "sanctions") == {same}
    assert cause("quality", "rows_accepted") == {paid, benefit}
    for key, (_, _, causes) in listed.items():
        if key[0] == "benefits":
            assert causes == {benefit}, key
        if key[0] == "refund":
            assert causes <= {paid, ratio}, key
            assert key[3] in {unit, "620000"} or causes == {ratio}, key
    assert cause("parameters", "parameter_value", "refund_ratio_sme") == {ratio}
    assert not {key for key in listed if key[0] in {"premium", "skill"}}
    assert not {
        key
        for key in listed
        if key[1] in {"employers", "average_insured", "contribution_base", "balance", "reserve_months"}
    }

    # who is behind: the one employer that was paid, by both; every other one by the ratio alone, and each that has one
    behind = {
        (r[0], r[1], r[2]): (r[3], r[4], set(str(r[5]).split(";")))
        for r in rows_of(
            tables / "restated_decisions.parquet",
            "programme_year, subject_id, column_name, old_value, new_value, cause",
        )
    }
    assert behind[2024, payee, "paid_amount"] == ("0.00", "500.00", {paid})
    assert behind[2024, payee, "payable_amount"][2] == {paid, ratio}
    assert {who for (_, who, column), (*_, causes) in behind.items() if paid in causes} == {payee}
    lowered = {r[0] for r in decisions if r[3] > 0 and r[2] == "sme" and r[6] == 2024}
    assert {who for _, who, column in behind if column == "refund_amount"} >= lowered - {
        r[0] for r in decisions if r[7]
    }
    file = settings.published_dir / "2024-06" / "r2" / "restatement" / "employers.csv"
    assert f"2024,{payee},{payee[:6]},{unit},paid_amount,0.00,500.00,{paid}" in file.read_text(
        encoding="utf-8-sig"
    )

    # what was restated stays on record with its causes, for the months to come
    record = json.loads(
        (settings.journal_dir / "restatements.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    )
    assert (set(record["causes"][:3]), record["causes"][3:]) == ({paid, benefit, same}, [ratio])
    assert {(f[1], f[2], f[4], f[0], f[5]): set(f[-1].split(";")) for f in record["figures"]} == {
        key: causes for key, (_, _, causes) in listed.items()
    }
    with pytest.raises(PublicationError):
        diff(settings, JUNE, "r1", "r3")

    # the next month's report lists it, and names file and parameter in words
    assert wengang("run", "2024-07", *arguments).returncode == 3  # nothing of July has been delivered
    july = settings.drafts_dir / "2024-07"
    notes = openpyxl.load_workbook(july / "workbook-2024-07-yuan.xlsx")["变更"]
    lines = {
        (str(r[0]), str(r[1]).split(" ")[0]): r[2:]
        for r in notes.iter_rows(values_only=True)
        if str(r[0]).startswith("2024-06 r2")
    }
    payable = "2024-06 r2 应拨付未拨付金额 本月"
    title = registry()["refund_ratio_sme"].title_zh
    old, new, _, why = lines[payable, "全省"][:4]
    key = ("refund", "payable_amount", "", "620000", "value")
    assert (Decimal(str(old)), Decimal(str(new))) == changes[key]
    assert "2024-06 programme_payments.txt" in why and title in why and "2024-04-28" in why
    assert why.count("\n") == 1
    page = (july / "site" / "changes.html").read_text(encoding="utf-8")
    assert "2024-06 月报 · 修订 r2" in page and "2024-06 programme_payments.txt" in page
    assert f"employer.html#{payee}/2024" in page


def test_a_recount_that_differs_cannot_be_published(home):
    # the table says otherwise than the figures: as if the two paths had not agreed
    draft = home.drafts_dir / "2024-06"
    table = draft / "tables" / "recounts.parquet"
    duckdb.connect().execute(
        "copy (select * replace (case figure when 'refund.payable_amount' then 'differs' else outcome end as outcome)"
        f" from read_parquet('{table}')) to '{table}.new' (format parquet)"
    )
    Path(f"{table}.new").replace(table)
    manifest = json.loads((draft / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["files"]:
        if file["name"] == "tables/recounts.parquet":
            file["sha256"] = sha256_of(table)
    (draft / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(PublicationError, match=r"refund\.payable_amount"):
        sign_all(home)
    assert latest_revision(home, JUNE) is None


def test_the_records_behind_every_figure_add_up_to_it(home):
    """Every figure of every unit; rates are no sums."""
    from wengang.warehouse.month_view import open_month

    with open_month(home, JUNE, "report_records") as con:
        wrong, sums = con.execute(
            """
            with sums as (
                select section, measure, dimension, dimension_value, reporting_unit, sum(amount) as amount
                from intermediate.report_records group by all
            )
            select
                list((f.section, f.measure, f.dimension, f.dimension_value, f.reporting_unit, f.value, s.amount))
                    filter (where f.value <> coalesce(s.amount, 0)),
                count(s.amount)
            from marts.report_figures as f
            inner join reference.report_measures as m on f.section = m.section and f.measure = m.measure
            left join sums as s on f.section = s.section and f.measure = s.measure and f.dimension = s.dimension
                and f.dimension_value = s.dimension_value and f.reporting_unit = s.reporting_unit
            where f.period = ? and m.kind <> 'rate' and f.measure <> 'opening_change' and f.value is not null
            """,
            [JUNE.first_day],
        ).fetchall()[0]
    assert wrong is None
    assert sums > 1000


@pytest.mark.parametrize(
    ("section", "measure", "options", "record", "has_line"),
    [
        (
            "refund",
            "refund_amount",
            {"dimension": "decision", "dimension_value": "eligible"},
            "refund_decisions",
            True,
        ),
        ("skill", "persons", {}, "skill_decisions", True),
        ("benefits", "amount", {}, "stg_benefit_payments", True),
        ("premium", "premium_due", {}, "stg_contributions", True),
        ("fund", "balance", {}, "stg_fund_ledger", True),
        ("risk", "raised", {}, "risk_leads", False),
    ],
)
def test_a_figure_is_traced_to_period_file_and_line(home, section, measure, options, record, has_line):
    from wengang.evidence.trace import trace

    found = trace(home, section, measure, "620000", JUNE, **options)
    assert found.agrees
    assert found.columns == ["record", "record_key", "amount", "period", "file", "line"]
    assert found.rows
    assert {row[0] for row in found.rows} == {record}
    assert all((row[4] is not None and row[5] is not None) == has_line for row in found.rows)
    # No citizen number stands in it whole.
    assert not re.search(r"\d{17}[\dX]", found.render())


def test_a_rate_is_no_sum_of_records(home):
    from wengang.evidence.trace import trace

    found = trace(home, "fund", "reserve_months", "620000", JUNE)
    assert found.agrees is None
    assert "no sum of records" in found.render()
    assert {row[0] for row in found.rows} == {"stg_fund_ledger"}


def test_only_a_published_month_is_returned_and_its_sums_are_those_of_the_files(home):
    import csv

    refused = wengang("net-return", "--period", JUNE, "--home", home.home)
    assert (refused.returncode, "not_published" in refused.stderr) == (7, True)
    sign_all(home)
    assert wengang("net-return", "--period", JUNE, "--home", home.home).returncode in {0, 3}
    folder = home.home / "return" / "2024-06"
    content = json.loads((folder / "return.json").read_text(encoding="utf-8"))
    for table in content["tables"]:
        with (folder / table["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == table["rows"]
        for column, total in table["sums"].items():
            assert sum(Decimal(r[column] or 0) for r in rows) == Decimal(total)
    assert verify(home) == []
    file = folder / content["tables"][0]["file"]
    file.write_bytes(file.read_bytes() + b"1,2\n")
    assert [Path(f.place) for f in verify(home)] == [folder]
