"""Alerts: told once a channel, retried where a channel failed, and without a word about a person."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from wengang.alerts import AlertSettings, leads, tell_new_leads
from wengang.alerts import channels as channels_module
from wengang.alerts.failures import failure_message, task_failed
from wengang.core.errors import ModelError, UsageError
from wengang.core.journal import append_journal, read_journal
from wengang.core.settings import Settings

PERSON = "620102199001010016"


def publish(settings: Settings, rows: list[tuple[str, str, str, str, str, str]]) -> None:
    """Write a warehouse that holds leads: (month, lead, rule, severity, subject, status)."""
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as con:
        con.execute("create schema marts; create schema reference")
        con.execute(
            "create table reference.risk_rules as select 'R02' as rule_id, '领取养老待遇后领金' as title_zh, 'Drawing on pension' as title_en"
        )
        con.execute(
            "create table marts.risk_leads (period date, lead_id varchar, rule_id varchar, severity varchar, subject_id varchar, "
            "status varchar, region_code varchar, amount_at_stake decimal(18, 2), first_seen date)"
        )
        for month, lead_id, rule_id, severity, subject, status in rows:
            day = dt.date.fromisoformat(f"{month}-01")
            con.execute(
                "insert into marts.risk_leads values (?, ?, ?, ?, ?, ?, '620102', 1818, ?)",
                [day, lead_id, rule_id, severity, subject, status, day],
            )


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(channels_module, "PAUSES", (0.0, 0.0, None))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One home."""
    return Settings(home=tmp_path / "home")


def test_a_lead_is_told_once(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """The second day says nothing; a lead that is new then is reported alone; leads that are not open are never reported."""
    caplog.set_level(logging.WARNING, "wengang.alerts")
    publish(
        settings,
        [
            ("2024-06", "R02-A", "R02", "block", PERSON, "open"),
            ("2024-06", "R02-B", "R02", "block", PERSON, "dismissed"),
        ],
    )
    assert tell_new_leads(settings, AlertSettings()) == {"log": 1}
    assert tell_new_leads(settings, AlertSettings()) == {"log": 0}
    publish(
        settings,
        [
            ("2024-07", "R02-A", "R02", "block", PERSON, "open"),
            ("2024-07", "R02-C", "R02", "block", PERSON, "open"),
        ],
    )
    caplog.clear()
    assert tell_new_leads(settings, AlertSettings()) == {"log": 1}
    assert "R02-C" in caplog.text
    assert "R02-A" not in caplog.text


def test_nothing_personal_is_said(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """The subject's number is neither in the message nor in the journal."""
    caplog.set_level(logging.WARNING, "wengang.alerts")
    publish(settings, [("2024-06", "R02-A", "R02", "block", PERSON, "open")])
    tell_new_leads(settings, AlertSettings())
    assert "1818.00" in caplog.text
    assert PERSON not in caplog.text
    assert PERSON not in (settings.journal_dir / leads.ALERTS).read_text(encoding="utf-8")


def test_a_failed_channel_is_tried_again_and_keeps_nobody_waiting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log gets the alert though e-mail fails; the next day only the e-mail is still to be sent."""
    sent: list[str] = []
    works = False

    def email(message: channels_module.Message, _: AlertSettings) -> None:
        if not works:
            raise ConnectionRefusedError
        sent.append(message.subject)

    monkeypatch.setitem(channels_module.SENDERS, "email", email)
    alerts = AlertSettings(channels="email, log", email_to="a@example.org", email_from="b@example.org")
    publish(settings, [("2024-06", "R02-A", "R02", "block", PERSON, "open")])
    with pytest.raises(ConnectionRefusedError):
        tell_new_leads(settings, alerts)
    works = True
    assert tell_new_leads(settings, alerts) == {"email": 1, "log": 0}
    assert tell_new_leads(settings, alerts) == {"email": 0, "log": 0}
    assert len(sent) == 1


def test_a_claim_without_an_end_is_not_sent_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The machine stopped after the claim: nobody knows whether it went out, so it does not go out twice, and the log says so."""
    caplog.set_level(logging.WARNING, "wengang.alerts")
    publish(settings, [("2024-06", "R02-A", "R02", "block", PERSON, "open")])
    append_journal(
        settings.journal_dir / leads.ALERTS, [{"event": "claimed", "channel": "log", "lead_ids": ["R02-A"]}]
    )
    assert tell_new_leads(settings, AlertSettings()) == {"log": 0}
    assert "R02-A" in caplog.text


def test_nothing_published_nothing_told(settings: Settings) -> None:
    """Without a warehouse there is nothing to say and nothing to remember."""
    assert tell_new_leads(settings, AlertSettings()) == {"log": 0}
    assert read_journal(settings.journal_dir / leads.ALERTS) == []


def test_long_lists_are_cut_and_say_so() -> None:
    """60 leads: 50 are named, 10 are counted."""
    found = [
        leads.Lead(f"R02-{n:03}", "R02", "甲", "A", "block", "620102", Decimal(1), leads.Period(2024, 6))
        for n in range(60)
    ]
    text = leads.message_of(leads.Period(2024, 6), found).text
    assert "R02-049" in text
    assert "R02-050" not in text
    assert "10 more" in text
    assert "60 yuan" in text


@pytest.mark.parametrize("channels", ["fax", "email", "webhook"])
def test_misconfigured_channels_are_refused(channels: str) -> None:
    """An unknown channel, or one without its address."""
    with pytest.raises(UsageError):
        AlertSettings(channels=channels).chosen()


class Receiver:
    """A receiver on the loopback that gives prepared answers and keeps what it was sent."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.bodies: list[bytes] = []
        waiting = list(answers)
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = waiting.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self, kind: str) -> AlertSettings:
        url = f"http://127.0.0.1:{self.server.server_port}/"
        return AlertSettings(channels="webhook", webhook_url=url, webhook_type=kind)


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    made: list[Receiver] = []

    def make(*answers: tuple[int, bytes]) -> Receiver:
        made.append(Receiver(*answers))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_webhook_posts_json(receiver) -> None:
    """The receiver gets the subject and the text as UTF-8 JSON."""
    one = receiver((204, b""))
    channels_module.send_webhook(channels_module.Message("主题", "正文"), one.settings("generic"))
    assert one.bodies == ['{"subject": "主题", "text": "正文"}'.encode()]
    with pytest.raises(OSError, match="http"):
        channels_module.send_webhook(
            channels_module.Message("", ""), AlertSettings(webhook_url="file:///etc/hosts")
        )


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_that_answers_with_an_error_code_was_not_told(receiver, kind) -> None:
    """Both robots answer 200 whatever becomes of the message; errcode 0 alone means that it was taken."""
    message = channels_module.Message("主题", "正文")
    one = receiver((200, b'{"errcode":0,"errmsg":"ok"}'))
    channels_module.send_webhook(message, one.settings(kind))
    assert json.loads(one.bodies[0]) == {"msgtype": "text", "text": {"content": "主题\n正文"}}
    for answer in (
        b'{"errcode":93000,"errmsg":"invalid webhook url"}',
        b"<html>",
        b"",
        b"[]",
        b'{"errcode":"0"}',
    ):
        with pytest.raises(OSError, match="errcode"):
            channels_module.send_webhook(message, receiver((200, answer)).settings(kind))
    with pytest.raises(OSError, match="310000"):
        channels_module.send_webhook(message, receiver((200, b'{"errcode":310000}')).settings("generic"))


def test_a_long_message_keeps_within_what_a_robot_takes() -> None:
    """2,048 bytes: 682 characters of three bytes and the line break, not half a character."""
    body = channels_module.webhook_body(channels_module.Message("题", "文" * 3000), "wecom")
    content = body["text"]["content"]
    assert content == "题\n" + "文" * 681
    assert len(content.encode()) == 3 + 1 + 681 * 3 <= 2048


def test_what_was_not_taken_is_sent_again_three_times_at_most(receiver) -> None:
    message = channels_module.Message("主题", "正文")
    one = receiver((503, b""), (200, b'{"errcode":-1}'), (200, b'{"errcode":0}'))
    channels_module.send("webhook", message, one.settings("wecom"))
    assert len(one.bodies) == 3
    down = receiver(*[(503, b"")] * 4)
    with pytest.raises(OSError):
        channels_module.send("webhook", message, down.settings("wecom"))
    assert len(down.bodies) == 3


def test_email_goes_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Host, port, sign-in and addresses are those configured."""
    seen: dict[str, object] = {}

    class Server:
        def __init__(self, host: str, port: int, timeout: int) -> None:
            seen["at"] = (host, port)

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_: object) -> None:
            """Leave."""

        def login(self, user: str, password: str) -> None:
            seen["login"] = (user, password)

        def send_message(self, mail: object) -> None:
            seen["mail"] = mail

    monkeypatch.setattr(channels_module.smtplib, "SMTP", Server)
    alerts = AlertSettings(
        email_to="a@example.org,c@example.org",
        email_from="b@example.org",
        smtp_host="mail",
        smtp_port=2525,
        smtp_user="u",
        smtp_password="p",
    )
    channels_module.send_email(channels_module.Message("主题", "正文"), alerts)
    assert seen["at"] == ("mail", 2525)
    assert seen["login"] == ("u", "p")
    assert seen["mail"]["To"] == "a@example.org, c@example.org"
    assert seen["mail"]["Subject"] == "主题"
    assert seen["mail"]["Date"]
    assert seen["mail"]["Message-ID"].endswith("@example.org>")


def test_the_mail_server_is_reached_encrypted_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPS: no plain connection is made, and none is turned into an encrypted one."""
    seen: list[str] = []

    class Server:
        def __init__(self, host: str, port: int, timeout: int, context: object) -> None:
            seen.append(f"{host}:{port}")

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_: object) -> None:
            """Leave."""

        def send_message(self, mail: object) -> None:
            seen.append("sent")

    monkeypatch.setattr(channels_module.smtplib, "SMTP_SSL", Server)
    alerts = AlertSettings(
        email_to="a@example.org", email_from="b@example.org", smtp_host="mail", smtp_port=465, smtp_ssl=True, smtp_starttls=True,
    )  # fmt: skip
    channels_module.send_email(channels_module.Message("主题", "正文"), alerts)
    assert seen == ["mail:465", "sent"]


def test_failed_tasks_quote_only_our_own_errors(caplog: pytest.LogCaptureFixture) -> None:
    """A foreign exception may hold a row: only its class is named."""
    instance = SimpleNamespace(dag_id="monthly_report", task_id="build", run_id="manual")
    foreign = failure_message({"task_instance": instance, "exception": ValueError(PERSON)})
    assert "ValueError" in foreign.text
    assert PERSON not in foreign.text
    own = failure_message(
        {"ti": instance, "exception": ModelError("model_failed", "模型未能完成", "models failed")}
    )
    assert "模型未能完成" in own.text
    caplog.set_level(logging.WARNING, "wengang.alerts")
    task_failed({"ti": instance, "exception": None})
    assert "monthly_report.build" in caplog.text
