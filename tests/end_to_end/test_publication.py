"""From draft to publication and restatement, by the real steps."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.test_run import digests, wengang
from wengang.errors import PublicationError
from wengang.periods import Period
from wengang.progress import Progress
from wengang.publication.diff import diff
from wengang.publication.package import digest_of as sha256_of
from wengang.publication.package import latest_revision, unseal
from wengang.run import sign_draft
from wengang.settings import Settings
from wengang.status import read_status

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
    shutil.copy(first.journal_dir / "signatures.jsonl", second.journal_dir / "signatures.jsonl")
    for point in ("revision-written", "revision-in-place"):
        done = wengang("publish", JUNE, "--home", killed.home, WENGANG_FAULT_POINT=point)
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


@pytest.mark.slow
def test_a_redelivery_is_a_restatement_of_exactly_what_changed(home, tmp_path):
    sign_all(home)
    landing = tmp_path / "landing"
    shutil.copytree(home.landing_dir, landing)
    settings = Settings(home=home.home, landing=landing)
    folder = landing / "2024-06"
    # one living benefit of 100.00 more, paid in June, in a part of its own
    person = "11010519491231002X"
    (folder / "benefit_payments__more.csv").write_text(
        "支付流水号,核定编号,社会保障号码,待遇所属期,待遇类型,金额(元),发放日期,行政区划代码,发放结果\n"
        f"ZF-MORE-1,HD-MORE-1,{person},202406,价格临时补贴,100.00,2024-06-20,620102,成功\n",
        encoding="utf-8",
    )
    # and one application, which no certificate bears out: it counts as an application, and in nothing of the living benefits
    (folder / "skill_applications__more.csv").write_text(
        "申领编号,社会保障号码,证书编号,申领日期,申领地行政区划,户名,银行账号\n"
        f"SL-MORE-1,{person},NO-SUCH-CERT,2024-06-21,621024,测试人员,9900030000000000013\n",
        encoding="utf-8",
    )
    for manifest in folder.glob("manifest.csv"):
        manifest.unlink()
    reason = tmp_path / "reason.txt"
    reason.write_text("补报一笔价格临时补贴", encoding="utf-8")
    arguments = ("--home", home.home, "--landing", landing)
    refused = wengang("run", JUNE, *arguments)
    assert (refused.returncode, "closed" in refused.stderr) == (7, True)
    assert [m.period for m in read_status(settings).months if m.is_stale] == ["2024-06"]
    done = wengang("restate", JUNE, "--reason", reason, *arguments)
    assert done.returncode == 0, done.stderr
    assert latest_revision(settings, JUNE) == 1
    sign_all(settings)
    assert latest_revision(settings, JUNE) == 2
    changes = {
        (c.section, c.measure, c.dimension_value, c.reporting_unit, c.column): (c.old, c.new)
        for c in diff(settings, JUNE, "r1", "r2")
    }
    old, new = changes["benefits", "amount", "", "620000", "value"]
    assert new - old == 100
    assert {section for section, *_ in changes} <= {"benefits", "skill", "quality", "risk"}

    def risen(section, measure, item=""):
        before, after = changes[section, measure, item, "620000", "value"]
        return after - before

    # one application, one payment, each in a file of its own
    assert risen("skill", "applications") == 1
    assert risen("quality", "files") == 2
    assert risen("quality", "rows_accepted") == 2
    assert risen("quality", "rows_accepted", "skill_applications") == 1
    listed = (
        duckdb.connect()
        .execute(
            "select section, measure, dimension_value, reporting_unit, figure_column, old_value, new_value, cause from read_parquet(?)",
            [str(settings.published_dir / "2024-06" / "r2" / "tables" / "restatements.parquet")],
        )
        .fetchall()
    )
    assert {r[:5]: r[5:7] for r in listed} == changes
    record = json.loads(
        (settings.journal_dir / "restatements.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )
    # each figure names what can have changed it: an application cannot touch the living benefits, while to draw them makes a person
    # eligible for the subsidy, so both files can have touched that
    more = {
        name: sha256_of(folder / f"{name}__more.csv") for name in ("benefit_payments", "skill_applications")
    }
    assert set(record["causes"]) == set(more.values())
    causes = {(r[0], r[3]): r[7] for r in listed}
    assert causes["benefits", "620100"] == causes["benefits", "620000"] == more["benefit_payments"]
    assert set(causes["skill", "621000"].split(";")) == set(more.values())
    assert set(causes["quality", "620000"].split(";")) == set(more.values())
    # what was restated stays on record with its causes, for the months to come
    kept = json.loads(
        (settings.journal_dir / "restatements.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    )
    assert {(unit, section): cause for unit, section, *_, cause in kept["figures"]} == {
        (u, s): c for (s, u), c in causes.items()
    }
    with pytest.raises(PublicationError):
        diff(settings, JUNE, "r1", "r3")


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


@pytest.mark.parametrize(
    ("section", "measure", "column"), [("refund", "refund_amount", 7), ("benefits", "amount", 5)]
)
def test_the_records_behind_a_figure_add_up_to_it(home, section, measure, column):
    from wengang.trace import trace

    found = trace(home, section, measure, "620000", JUNE)
    assert found.columns[column] == measure
    assert sum(row[column] for row in found.rows) == found.figure


def test_only_a_published_month_is_returned_and_its_sums_are_those_of_the_files(home):
    import csv
    from decimal import Decimal

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
