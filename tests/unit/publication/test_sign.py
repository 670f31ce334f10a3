"""Who may sign what: two people, the very bytes, and nothing that is incomplete or failed."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.unit.publication.kept_home import digest_of_inputs
from wengang.core.data_directory import make_data_directory
from wengang.core.errors import PublicationError, UsageError
from wengang.core.journal import append_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES
from wengang.months.published import check_package
from wengang.months.signed import Signature, SignState, read_signatures, sign_state
from wengang.months.validated import note_outcome
from wengang.publication import identity, reject, sign
from wengang.publication.sign import require_signed

JUNE = Period(2024, 6)


def write_draft(
    settings: Settings, *, payable: str = "100.00", incomplete: bool = False, critical: bool = False
) -> Path:
    folder = settings.drafts_dir / "2024-06"
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "validation").mkdir(exist_ok=True)
    table = folder / "tables" / "refund_decisions.parquet"
    duckdb.connect().execute(
        f"copy (select cast({payable} as decimal(18, 2)) as payable_amount) to '{table}' (format parquet)"
    )
    result = {
        "severity": "critical",
        "outcome": "failed" if critical else "met",
        "title_zh": "合计",
        "title_en": "sum",
    }
    (folder / "validation" / "results.json").write_text(json.dumps([result]), encoding="utf-8")
    files = [
        {"name": p.relative_to(folder).as_posix(), "sha256": hashlib.sha256(p.read_bytes()).hexdigest()}
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "manifest.json"
    ]
    reasons = [{"zh": "缺来源", "en": "a source is missing"}] if incomplete else []
    (folder / "manifest.json").write_text(
        json.dumps({"incomplete": reasons, "files": files, "inputs_digest": digest_of_inputs(settings)}),
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    make_data_directory(made.home)
    write_draft(made)
    return made


def code(error: pytest.ExceptionInfo[PublicationError]) -> tuple[str, int]:
    return error.value.code, error.value.exit_code


def test_two_people_sign(settings):
    assert sign(settings, JUNE, "preparer", "zhang", problems="账户不全").needed == ("reviewer",)
    assert sign(settings, JUNE, "reviewer", "li").needed == ()
    state = require_signed(settings, JUNE)
    assert (state.who("preparer"), state.who("reviewer"), state.problems) == (["zhang"], ["li"], "账户不全")


def test_number_and_issuer_are_those_given_last(settings):
    sign(settings, JUNE, "preparer", "zhang", number="41", issuer="王某某")
    state = sign(settings, JUNE, "reviewer", "li", number="42")
    assert (state.document_number, state.issuer) == ("42", "王某某")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", state.signed_on)


def test_what_is_no_number_of_a_document_is_refused(settings):
    for wrong in ("四十二", "0", "42号", "-1"):
        with pytest.raises(UsageError) as error:
            sign(settings, JUNE, "preparer", "zhang", number=wrong)
        assert error.value.code == "document_number"
    sign(settings, JUNE, "preparer", "zhang", number="甘社险〔2024〕42号")


def test_the_day_of_the_last_signature_is_chinas():
    # 17:30 in Greenwich on the 4th is 1:30 on the 5th in China.
    signed = Signature("2024-06", "reviewer", "li", "os", "x", "approved", at="2024-07-04T17:30:00+00:00")
    assert SignState("x", (signed,), ()).signed_on == "2024-07-05"


def test_the_same_person_twice_is_refused(settings):
    sign(settings, JUNE, "preparer", "zhang")
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "reviewer", "zhang", channel="airflow")
    assert code(error) == ("same_person", 7)
    assert [s.who for s in read_signatures(settings, JUNE)] == ["zhang"]


def test_a_reviewer_cannot_come_first_nor_a_second_preparer(settings):
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "reviewer", "li")
    assert code(error) == ("preparer_first", 7)
    sign(settings, JUNE, "preparer", "zhang")
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "preparer", "wang")
    assert code(error) == ("role_filled", 7)


def test_unsigned_is_refused_by_name_of_who_is_missing(settings):
    with pytest.raises(PublicationError) as error:
        require_signed(settings, JUNE)
    assert code(error) == ("not_signed", 7)
    assert "填报人" in error.value.zh
    assert "审核人" in error.value.zh


# The parameter is 100,000 yuan, the amount itself included.
@pytest.mark.parametrize(("payable", "reviewers"), [("99999.99", 1), ("100000.00", 2)])
def test_a_large_amount_needs_a_second_reviewer(settings, payable, reviewers):
    write_draft(settings, payable=payable)
    sign(settings, JUNE, "preparer", "zhang")
    assert sign_state(settings, JUNE).needed == ("reviewer",) * reviewers


def test_a_changed_draft_has_no_signature(settings):
    sign(settings, JUNE, "preparer", "zhang")
    write_draft(settings, payable="101.00")
    assert sign_state(settings, JUNE).needed == ("preparer", "reviewer")


def test_a_file_changed_by_hand_is_found(settings):
    (settings.drafts_dir / "2024-06" / "validation" / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "preparer", "zhang")
    assert code(error) == ("package_changed", 7)
    assert "validation/results.json" in error.value.zh


def test_a_file_slipped_in_is_found(settings):
    folder = settings.drafts_dir / "2024-06"
    (folder / "tables" / "more.parquet").write_bytes(b"")
    with pytest.raises(PublicationError, match="more"):
        check_package(folder)


def test_a_month_whose_last_validation_failed_is_not_signed(settings):
    """The draft lies there as it was when it passed; what was validated since did not pass."""
    note_outcome(settings, JUNE, ["fund_months.key"])
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "preparer", "zhang")
    assert code(error) == ("validation", 5)


@pytest.mark.parametrize(
    ("fault", "expected"), [("incomplete", ("incomplete", 3)), ("critical", ("validation", 5))]
)
def test_an_incomplete_or_failed_month_cannot_be_signed(settings, fault, expected):
    write_draft(settings, **{fault: True})
    with pytest.raises(PublicationError) as error:
        sign(settings, JUNE, "preparer", "zhang")
    assert code(error) == expected
    # The kind's own exit code is untouched by it.
    assert PublicationError("x", "x", "x").exit_code == 7


def test_a_rejection_keeps_its_reason_and_ends_what_was_signed(settings):
    sign(settings, JUNE, "preparer", "zhang")
    reject(settings, JUNE, "reviewer", "li", " 第三表合计不对 ")
    assert read_signatures(settings, JUNE)[-1].reason == "第三表合计不对"
    assert sign_state(settings, JUNE).needed == ("preparer", "reviewer")
    with pytest.raises(UsageError):
        reject(settings, JUNE, "reviewer", "li", "  ")


def deliver(settings: Settings) -> None:
    """Put one more delivery of the month on record, as the intake does."""
    record = {
        "seq": 1, "period": "2024-06", "source": "sanctions", "file_name": "sanctions.csv", "sha256": "0" * 64,
        "received_at": "2024-07-02T00:00:00+00:00", "status": "loaded",
    }  # fmt: skip
    append_journal(settings.journal_dir / DELIVERIES, [record])


def test_a_stale_draft_is_not_signed(settings):
    sign(settings, JUNE, "preparer", "zhang")
    deliver(settings)
    for role, who in (("preparer", "chen"), ("reviewer", "li")):
        with pytest.raises(PublicationError) as error:
            sign(settings, JUNE, role, who)
        assert code(error) == ("stale", 7)
    assert [s.who for s in read_signatures(settings, JUNE)] == ["zhang"]


def test_one_request_for_each_draft_that_can_be_signed(settings, monkeypatch):
    """Whatever the events were: it is the drafts that are looked at."""
    from wengang.orchestration import requests

    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    first = sign_state(settings, JUNE).manifest_sha256
    (run,) = requests.runs_to_start()
    assert run == {
        "trigger_run_id": f"sign__2024-06__{first[:12]}__0",
        "conf": {"period": "2024-06", "digest": first},
    }
    assert requests.runs_to_start() == [run]  # the same name: no second run is started
    # sent back and offered again: a new request for the same draft
    reject(settings, JUNE, "preparer", "zhang", "合计不对")
    assert requests.runs_to_start()[0]["trigger_run_id"] == f"sign__2024-06__{first[:12]}__1"
    # made again: the older request is withdrawn, the new draft has its own
    write_draft(settings, payable="101.00")
    assert not requests.is_wanted("2024-06", first)
    (other,) = requests.runs_to_start()
    assert other["conf"]["digest"] != first
    # none for a draft that nobody may sign, and none for one that all have signed
    for fault in ("incomplete", "critical"):
        write_draft(settings, **{fault: True})
        assert requests.runs_to_start() == []
    write_draft(settings)
    sign(settings, JUNE, "preparer", "zhang")
    assert requests.is_wanted("2024-06", first)
    sign(settings, JUNE, "reviewer", "li")
    assert requests.runs_to_start() == []
    write_draft(settings, payable="102.00")
    deliver(settings)
    assert requests.runs_to_start() == []


def test_a_month_without_a_draft_is_a_clear_error(settings):
    with pytest.raises(PublicationError) as error:
        sign(settings, Period(2024, 5), "preparer", "zhang")
    assert code(error) == ("no_package", 7)


def test_the_account_is_the_one_the_system_knows_whatever_the_environment_says(monkeypatch, tmp_path):
    for name in ("LOGNAME", "USER", "SUDO_USER"):
        monkeypatch.setenv(name, "li")
    monkeypatch.setattr(identity, "LOGIN", tmp_path / "loginuid")
    monkeypatch.setattr(identity.os, "geteuid", lambda: 65533)
    assert identity.identity() == "uid 65533"
    monkeypatch.setattr(identity.os, "geteuid", lambda: 0)
    assert identity.identity() == "root"
    # who logged in stays known to the kernel when sudo makes another account of the process
    (tmp_path / "loginuid").write_text("65532")
    assert identity.identity() == "uid 65532"
    (tmp_path / "loginuid").write_text(str(2**32 - 1))
    assert identity.identity() == "root"


def test_the_amount_is_a_reference_row():
    from wengang.months.signed import second_reviewer_amount

    assert second_reviewer_amount() == Decimal(100000)


def paths(settings, monkeypatch):
    """Return every way in which a month can be published."""
    from typer.testing import CliRunner

    from wengang.cli import app
    from wengang.core.progress import Progress
    from wengang.orchestration import tasks
    from wengang.pipeline import publish_package, sign_draft
    from wengang.publication import publish

    def command(*arguments):
        done = CliRunner().invoke(app, [*arguments, "2024-06", "--home", str(settings.home)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        raise PublicationError(done.output, done.output, done.output)

    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    shown = tasks.what_to_sign("2024-06")
    quiet = Progress(quiet=True)
    return {
        "function": lambda: publish(settings, JUNE, lambda *_: pytest.fail("rendered")),
        "step": lambda: publish_package(settings, JUNE, quiet),
        "publish": lambda: command("publish"),
        "last signature": lambda: sign_draft(settings, JUNE, "reviewer", quiet, who="wang"),
        "sign": lambda: command("sign", "--role", "reviewer"),
        "DAG": lambda: tasks.record_signature("2024-06", "reviewer", shown, {"who": "wang"}),
    }


@pytest.mark.parametrize("fault", ["unsigned", "incomplete", "critical", "changed"])
@pytest.mark.parametrize("path", ["function", "step", "publish", "last signature", "sign", "DAG"])
def test_no_path_publishes_what_is_unsigned_or_failed(settings, monkeypatch, fault, path):
    """Signatures are forged into the journal for all but the unsigned draft: a fault stands in the way of its own."""
    from wengang.months.signed import Signature
    from wengang.publication.sign import record

    if fault in {"incomplete", "critical"}:
        write_draft(settings, **{fault: True})
    if fault != "unsigned":
        digest = sign_state(settings, JUNE).manifest_sha256
        for role, who in (("preparer", "zhang"), ("reviewer", "li")):
            record(settings, Signature("2024-06", role, who, "os", digest, "approved"))
    ways = paths(settings, monkeypatch)
    if fault == "changed":
        (settings.drafts_dir / "2024-06" / "validation" / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(PublicationError):
        ways[path]()
    assert not settings.published_dir.exists()


def test_an_answer_in_airflow_is_a_signature_of_what_was_shown(settings, monkeypatch):
    from wengang.orchestration import tasks

    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    shown = tasks.what_to_sign("2024-06")
    assert sign_state(settings, JUNE).manifest_sha256 in shown
    answer = {"who": "zhang", "problems": "账户不全", "reason": ""}
    assert tasks.record_signature("2024-06", "preparer", shown, answer) is True  # a reviewer is still needed
    assert sign_state(settings, JUNE).problems == "账户不全"
    with pytest.raises(PublicationError) as error:
        tasks.record_signature("2024-06", "reviewer", shown, {"who": "zhang"})
    assert code(error) == ("same_person", 7)
    with pytest.raises(PublicationError) as error:  # a default after a timeout: nobody
        tasks.record_signature("2024-06", "reviewer", shown, {"who": ""})
    assert code(error) == ("nobody_signed", 7)
    # the draft is made again between the question and the answer
    write_draft(settings, payable="101.00")
    for act in (tasks.record_signature, tasks.record_return):
        with pytest.raises(PublicationError) as error:
            act("2024-06", "reviewer", shown, {"who": "li", "reason": "x"})
        assert code(error) == ("draft_replaced", 7)
    assert [s.who for s in read_signatures(settings, JUNE)] == ["zhang"]


def test_a_return_in_airflow_keeps_its_reason_and_publishes_nothing(settings, monkeypatch):
    from wengang.orchestration import tasks

    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    shown = tasks.what_to_sign("2024-06")
    tasks.record_signature("2024-06", "preparer", shown, {"who": "zhang"})
    assert "已退回" in tasks.record_return(
        "2024-06", "reviewer", shown, {"who": "li", "reason": " 第三表合计不对 "}
    )
    last = read_signatures(settings, JUNE)[-1]
    assert (last.who, last.channel, last.decision, last.reason) == (
        "li",
        "airflow",
        "rejected",
        "第三表合计不对",
    )
    assert sign_state(settings, JUNE).needed == ("preparer", "reviewer")
    assert not settings.published_dir.exists()


def test_who_answered_is_read_from_the_event_however_it_comes():
    from types import SimpleNamespace

    from wengang.orchestration.sign_off import answer_of

    given = {"params_input": {"reason": "不符", "problems": None}}
    for user in (
        {"id": "7", "name": "li"},
        SimpleNamespace(id="7", name="li"),
        {"id": "li", "name": ""},
        SimpleNamespace(id="li", name=None),
    ):
        assert answer_of({**given, "responded_by_user": user}) == {
            "who": "li",
            "reason": "不符",
            "problems": "",
        }
    assert answer_of({**given, "responded_by_user": None})["who"] == ""


def test_the_operator_records_what_airflow_itself_says_and_nothing_from_xcom(settings, monkeypatch):
    import datetime as dt
    from types import SimpleNamespace

    from airflow.providers.standard.operators import hitl
    from airflow.sdk import Param
    from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

    from wengang.orchestration.sign_off import LATER, RETURN, SIGN, SignOperator

    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    asked = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **question: asked.append(question))
    went_on = []
    monkeypatch.setattr(SignOperator, "do_branch", lambda self, context, branches: went_on.append(branches))
    # a task instance without XCom: whatever asked for it would fail
    conf = {"period": "2024-06", "digest": sign_state(settings, JUNE).manifest_sha256}
    context = {"task_instance": SimpleNamespace(id="1"), "dag_run": SimpleNamespace(conf=conf)}
    operator = SignOperator(
        task_id="preparer",
        role="preparer",
        title="填报人签字",
        params={"reason": Param(None, type=["null", "string"])},
    )
    with pytest.raises(TaskAwaitingInput) as waiting:
        operator.execute(context)
    assert sign_state(settings, JUNE).manifest_sha256 in asked[0]["body"]
    answer = {
        "chosen_options": [SIGN], "params_input": {"reason": None}, "responded_at": dt.datetime(2024, 7, 5, tzinfo=dt.UTC),
        "responded_by_user": {"id": "zhang", "name": "zhang"},
    }  # fmt: skip
    # nobody answered: nothing is signed
    with pytest.raises(PublicationError):
        operator.execute_complete(context, {**answer, "responded_by_user": None}, **waiting.value.kwargs)
    # not in the list of preparers, though Airflow let the answer through
    monkeypatch.setenv("WENGANG_PREPARERS", "chen")
    with pytest.raises(PublicationError):
        operator.execute_complete(context, answer, **waiting.value.kwargs)
    monkeypatch.setenv("WENGANG_PREPARERS", "zhang")
    operator.execute_complete(context, answer, **waiting.value.kwargs)
    assert [(s.who, s.channel) for s in read_signatures(settings, JUNE)] == [("zhang", "airflow")]
    assert went_on == [[]]
    # a return needs its reason, and ends the asking
    with pytest.raises(UsageError):
        operator.execute_complete(context, {**answer, "chosen_options": [RETURN]}, **waiting.value.kwargs)
    back = {**answer, "chosen_options": [RETURN], "params_input": {"reason": "合计不对"}}
    operator.execute_complete(context, back, **waiting.value.kwargs)
    assert read_signatures(settings, JUNE)[-1].decision == "rejected"
    assert went_on[-1] is None
    # nobody answered for an hour: it asks again, and is withdrawn once the draft is another
    later = {**answer, "chosen_options": [LATER], "responded_by_user": None}
    with pytest.raises(TaskAwaitingInput):
        operator.execute_complete(context, later, **waiting.value.kwargs)
    write_draft(settings, payable="101.00")
    with pytest.raises(AirflowSkipException):
        operator.execute_complete(context, later, **waiting.value.kwargs)


def test_an_answer_waits_while_another_run_holds_the_home():
    from wengang.core.errors import LockedError
    from wengang.orchestration.sign_off import when_free

    tries, waited = [], []

    def act():
        tries.append(1)
        if len(tries) < 3:
            raise LockedError("home_locked", holder="x")
        return "done"

    assert (when_free(act, waited.append), waited) == ("done", [30, 30])
