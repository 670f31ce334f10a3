"""Ways to reach people. Which ones are used is configured in the environment; without configuration only the log."""

from __future__ import annotations

import email.utils
import http.client
import json
import logging
import smtplib
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from wengang.core.errors import UsageError

Channel = Literal["log", "email", "webhook"]
LOG = logging.getLogger("wengang.alerts")
SECONDS_TO_WAIT = 20
PAUSES = (2.0, 10.0, None)  # seconds before the second and the third try
LARGEST_ANSWER = 65_536
LONGEST_TEXT = {"wecom": 2048, "dingtalk": 20_000}  # bytes of a robot's text message


class AlertSettings(BaseSettings):
    """`WENGANG_ALERT_…`: channels, and what each of them needs."""

    model_config = SettingsConfigDict(env_prefix="WENGANG_ALERT_", extra="ignore")

    channels: str = Field(default="log", description="comma-separated: log, email, webhook")
    email_to: str = ""
    email_from: str = ""
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    smtp_ssl: bool = False
    webhook_url: SecretStr = SecretStr("")
    webhook_type: Literal["generic", "wecom", "dingtalk"] = "generic"

    def chosen(self) -> list[Channel]:
        """Return the channels in their order; raises UsageError for an unknown one or one that lacks its address."""
        known: dict[str, Channel] = {"log": "log", "email": "email", "webhook": "webhook"}
        names = [name.strip() for name in self.channels.split(",") if name.strip()]
        needs = {
            "email": (
                "WENGANG_ALERT_EMAIL_TO, WENGANG_ALERT_EMAIL_FROM",
                bool(self.email_to and self.email_from),
            ),
            "webhook": ("WENGANG_ALERT_WEBHOOK_URL", bool(self.webhook_url.get_secret_value())),
        }
        for name in names:
            if name not in known:
                raise UsageError("alert_channel", place="WENGANG_ALERT_CHANNELS", name=name)
            variables, is_set = needs.get(name, ("", True))
            if not is_set:
                raise UsageError("alert_address", place=variables, name=name)
        return [known[name] for name in dict.fromkeys(names)]


@dataclass(frozen=True)
class Message:
    """What is said: a subject and a text, Chinese first; never a citizen number or an account."""

    subject: str
    text: str


def send_log(message: Message, settings: AlertSettings) -> None:
    """Write it to the log."""
    LOG.warning("%s\n%s", message.subject, message.text)


def send_email(message: Message, settings: AlertSettings) -> None:
    """Send it by e-mail to everybody in `email_to`; raises OSError (SMTP's errors are such) where the server does not take it."""
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = settings.email_from
    mail["To"] = ", ".join(a.strip() for a in settings.email_to.split(",") if a.strip())
    mail["Date"] = email.utils.localtime()
    mail["Message-ID"] = email.utils.make_msgid(domain=settings.email_from.rpartition("@")[2] or "localhost")
    mail.set_content(message.text)
    with mail_server(settings) as server:
        if settings.smtp_starttls and not settings.smtp_ssl:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(mail)


def mail_server(settings: AlertSettings) -> smtplib.SMTP:
    """Return a connection to the mail server: encrypted from its beginning (SMTPS) where that is set."""
    if settings.smtp_ssl:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=SECONDS_TO_WAIT, context=context
        )
    return smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS_TO_WAIT)


def webhook_body(message: Message, kind: str) -> dict[str, object]:
    """Return the JSON that a receiver takes: WeCom's and DingTalk's robots a text message, any other subject and text."""
    if kind == "generic":
        return {"subject": message.subject, "text": message.text}
    text, limit = f"{message.subject}\n{message.text}", LONGEST_TEXT[kind]
    return {"msgtype": "text", "text": {"content": text.encode()[:limit].decode(errors="ignore")}}


def check_answer(answer: bytes, kind: str) -> None:
    """Raise OSError where a receiver took the call and not the message: an `errcode` other than 0 in its answer.

    The robots of WeCom and DingTalk always answer with one; any other receiver's answer counts only if it has one.
    """
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, KeyError, TypeError):
        code = 0 if kind == "generic" else "none"
    if code != 0:
        raise OSError(f"the webhook's receiver did not take the message: errcode {str(code)[:12]}")


def send_webhook(message: Message, settings: AlertSettings) -> None:
    """Post it as JSON in the form of the receiver; raises OSError where it cannot be reached or answers with an error."""
    url = settings.webhook_url.get_secret_value()
    if not url.startswith(("http://", "https://")):
        raise OSError("the webhook's address is not http or https")
    kind = settings.webhook_type
    body = json.dumps(webhook_body(message, kind), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 (the scheme was looked at)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_WAIT) as answer:  # noqa: S310 (likewise)
            found = answer.read(LARGEST_ANSWER)
    except http.client.HTTPException as fault:
        raise OSError(f"the webhook's receiver broke off: {type(fault).__name__}") from fault
    check_answer(found, kind)


def send(channel: Channel, message: Message, settings: AlertSettings) -> None:
    """Send a message over a channel, three times at most with a pause; raises OSError where none of them was taken."""
    for pause in PAUSES:
        try:
            SENDERS[channel](message, settings)
        except OSError as fault:
            if pause is None:
                raise
            LOG.info("%s: %s", channel, type(fault).__name__)
            time.sleep(pause)
        else:
            return


SENDERS: Mapping[Channel, Callable[[Message, AlertSettings], None]] = {
    "log": send_log,
    "email": send_email,
    "webhook": send_webhook,
}
