"""A published month stays what was published: by the DAG no new draft is offered, and what today's code makes otherwise is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from airflow.sdk.exceptions import AirflowSkipException

from tests.unit.publication.kept_home import JUNE, make_kept_home
from wengang import __version__, pipeline
from wengang.core.errors import DeliveryError, PublicationError
from wengang.core.settings import Settings
from wengang.months.changes_since import code_cause
from wengang.months.status import read_status
from wengang.orchestration import month_tasks, tasks
from wengang.warehouse.published_rows import note_differences, restore_published

PAYABLE = "select payable from marts.report_figures where period = date '2024-06-01'"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with a published month, and a build in which other code made another figure of it."""
    made = make_kept_home(tmp_path)
    monkeypatch.setenv("WENGANG_HOME", str(made.home))
    monkeypatch.setenv("WENGANG_KEY_FILE", str(made.key_path))
    monkeypatch.setattr(pipeline, "hold", lambda *_: False)
    made.build_dir.mkdir()
    shutil.copyfile(made.warehouse_file, made.build_file)
    with duckdb.connect(str(made.build_file)) as con:
        con.execute("update marts.report_figures set payable = 0")
        con.execute("create schema run; create table run.builds (period date, inputs_digest varchar)")
    return made


def keep(settings: Settings) -> list[str]:
    """Do what a build does after it has made a closed month anew."""
    with duckdb.connect(str(settings.build_file)) as con:
        differing = restore_published(con, settings, JUNE)
        note_differences(con, JUNE, differing)
        assert [str(row[0]) for row in con.execute(PAYABLE).fetchall()] == ["106758.00"]
    return differing


def test_other_code_leaves_the_published_rows_and_the_difference_is_told(settings):
    assert keep(settings) == ["report_figures"]
    with pytest.raises(PublicationError) as error:
        tasks.publish_warehouse("2024-06", [])
    assert (error.value.code, error.value.exit_code) == ("made_otherwise", 7)
    # the warehouse is in place nevertheless, with the rows that were published
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        assert str(con.execute(PAYABLE).fetchall()[0][0]) == "106758.00"
    (month,) = read_status(settings).months
    assert month.tables_differing == ["report_figures"]


def test_a_published_month_is_not_offered_for_signing_again(settings):
    assert tasks.validate("2024-06") == []
    assert tasks.draft("2024-06") is None
    with pytest.raises(AirflowSkipException):
        month_tasks.draft("2024-06", outlet_events={})


def test_an_incomplete_month_is_not_green():
    tasks.require_complete("2024-06", [])
    with pytest.raises(DeliveryError) as error:
        tasks.require_complete("2024-06", [("缺缴费明细", "no contributions")])
    assert (error.value.exit_code, "缺缴费明细" in error.value.zh, "no contributions" in error.value.en) == (
        3,
        True,
        True,
    )


def test_the_cause_code_names_both_versions_in_words():
    from wengang.reports.figures import Report

    cause = code_cause({"version": "0.0.9", "models_sha256": "a" * 64}, "b" * 64)
    assert cause == f"code 0.0.9@{'a' * 12} → {__version__}@{'b' * 12}"
    words = Report.cause(SimpleNamespace(delivered={}), cause)
    assert words.zh == f"计算程序更新（0.0.9@{'a' * 12} → {__version__}@{'b' * 12}）"
    assert words.en == f"the program changed (0.0.9@{'a' * 12} → {__version__}@{'b' * 12})"
