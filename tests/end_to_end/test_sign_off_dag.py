"""The sign-off DAG answered by people: Airflow's own services on its embedded defaults, two accounts, answers through the REST API."""

from __future__ import annotations

import time

import pytest

from tests.end_to_end.services import Service, services, wait
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.published import latest_revision, unseal
from wengang.months.signed import read_signatures

JUNE = Period(2024, 6)


def offer(service: Service, period: str) -> str:
    """Announce a draft, as the monthly DAG does; return the run of the sign-off that is started for it."""
    before = {r["dag_run_id"] for r in service.runs("sign_off")}
    asset = service.get("/assets?uri_pattern=wengang")["assets"][0]
    service.call(
        "POST", "/api/v2/assets/events", {"asset_id": asset["id"], "extra": {"period": period}}, who="zhang"
    )
    found = wait(lambda: [r["dag_run_id"] for r in service.runs("sign_off") if r["dag_run_id"] not in before])
    return str(found[0])


def asked(service: Service, run: str, task: str) -> dict:
    """Wait until a task asks its question."""
    place = f"/dags/sign_off/dagRuns/{run}/taskInstances/{task}"
    found = dict(wait(lambda: service.get(f"{place}/-1/hitlDetails")))
    wait(lambda: service.get(place)["state"] in {"awaiting_input", "deferred"})
    # nobody answers in the moment of being asked: the executor must have told the scheduler that the asking is done
    time.sleep(12)
    return found


def answer(service: Service, run: str, task: str, who: str, option: str, texts: dict[str, str]) -> None:
    """Answer a question; what is not written stays null, as the form leaves it."""
    place = f"/api/v2/dags/sign_off/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
    given = {"number": None, "issuer": None, "reason": None, **texts}
    service.call("PATCH", place, {"chosen_options": [option], "params_input": given}, who=who)


@pytest.fixture
def home(province, tmp_path):
    copy = province.copy(tmp_path)
    yield copy
    unseal(copy.home / "published")


@pytest.fixture
def service(home, tmp_path):
    with services(
        tmp_path, home.home, ["offer_drafts", "sign_off"], WENGANG_LANDING=str(home.landing)
    ) as found:
        yield found


@pytest.mark.slow
def test_two_people_sign_in_airflow_and_a_returned_draft_is_not_published(service, home):
    settings = Settings(home=home.home, landing=home.landing)
    # sent back first: the reason is kept, nothing is published, nobody else is asked
    run = offer(service, "2024-06")
    question = asked(service, run, "preparer")
    assert "填报人签字" in question["subject"] and "sha256" in question["body"]
    answer(service, run, "preparer", "zhang", "退回修改", {"problems": None, "reason": "工资基数有误"})
    assert service.ends("sign_off", run) == "success"
    assert latest_revision(settings, JUNE) is None
    assert [(s.who, s.decision, s.reason) for s in read_signatures(settings, JUNE)] == [
        ("zhang", "rejected", "工资基数有误")
    ]
    # offered again: two different accounts sign, and the last signature publishes
    run = offer(service, "2024-06")
    asked(service, run, "preparer")
    answer(service, run, "preparer", "zhang", "同意签发", {"problems": "部分单位账户信息不全"})
    asked(service, run, "reviewer")
    answer(service, run, "reviewer", "li", "同意签发", {})
    assert service.ends("sign_off", run) == "success"
    assert latest_revision(settings, JUNE) == 1
    signed = [(s.role, s.who, s.channel, s.decision) for s in read_signatures(settings, JUNE)][1:]
    assert signed == [("preparer", "zhang", "airflow", "approved"), ("reviewer", "li", "airflow", "approved")]
