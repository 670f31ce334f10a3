"""The checkpoint itself: what fails, what could not be evaluated, and what its pages say."""

from __future__ import annotations

import re
import time

import pytest

from wengang.core.periods import Period
from wengang.quality.expectations_engine import counting, run_checkpoint
from wengang.quality.suites import Expectation
from wengang.quality.validate import Result, Verdict


def expectation(name: str, sql: str) -> Expectation:
    return Expectation(name, "t", "critical", "测试", "test", sql)


@pytest.fixture
def evaluated(tmp_path):
    found = run_checkpoint(
        ["create table t as select unnest(['11010519491231002X', '中文', '{x}']) as v"],
        [
            expectation("met", "select * from t where v is null"),
            expectation("failed", "select * from t where v = '中文' or v = '{x}'"),
            expectation("broken", "select * from no_such_table"),
        ],
        tmp_path / "docs",
        Period(2024, 6),
    )
    return found, tmp_path / "docs"


def test_met_failed_and_not_evaluated_are_three_things(evaluated):
    found, _ = evaluated
    assert found["met"] == (True, "")
    assert found["failed"] == (False, "")
    met, error = found["broken"]
    assert not met
    assert "no_such_table" in error


def test_pages_hold_no_row_value_and_no_outside_address(evaluated):
    _, docs = evaluated
    pages = list(docs.rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "11010519491231002X" not in text
        assert not re.search(r"https?://", text)
        assert "<script" not in text
        assert "newsletter" not in text


def test_the_pages_are_the_same_bytes_in_every_time_zone(tmp_path, monkeypatch):
    pages = []
    for zone in ("UTC", "Asia/Shanghai"):
        with monkeypatch.context() as patched:
            patched.setenv("TZ", zone)
            time.tzset()
            docs = tmp_path / zone.replace("/", "-")
            checks = [expectation("met", "select 1 where false")]
            run_checkpoint(["create table t as select 1 as v"], checks, docs, Period(2024, 6))
            assert time.strftime("%Z") == (
                "UTC" if zone == "UTC" else "CST"
            )  # the process has its own zone back
        time.tzset()
        pages.append({p.relative_to(docs): p.read_bytes() for p in sorted(docs.rglob("*")) if p.is_file()})
    assert pages[0] == pages[1]


def test_braces_in_a_query_are_kept(evaluated):
    # GX reads {name} as a mark of its own: '{x}' must reach the database as it is.
    assert "'{{x}}'" in counting("select * from t where v = '{x}'")


def test_both_kinds_stop_a_critical_gate():
    failed = Result("a", "t", "critical", "甲", "a", "failed", 3, "")
    broken = Result("b", "t", "critical", "乙", "b", "not_evaluated", None, "oops")
    warned = Result("c", "t", "warning", "丙", "c", "failed", 1, "")
    assert Verdict([failed]).is_critical
    assert Verdict([broken]).is_critical
    assert not Verdict([warned]).is_critical
    (zh, en), (zh2, en2) = Verdict([failed, broken, warned]).notes
    assert "不符" in zh
    assert "failed 3" in en
    assert "无法评估" in zh2
    assert "could not be evaluated" in en2


def test_the_compatibility_shim_is_still_needed(tmp_path):
    """Without the shim rows are lost when the connection closes; when this fails, `patch_execute_query` can go."""
    import sqlalchemy as sa

    engine = sa.create_engine(f"duckdb:///{tmp_path / 'x.duckdb'}")
    with engine.connect() as connection:
        result = connection.execute(sa.text("select 1"))
    assert list(result) == []
