"""Risk leads not yet reported: read from the published warehouse, sent once on every channel.

`journal/alerts.jsonl` remembers. Before a message goes out the leads are claimed, afterwards marked sent; a failure frees them for the
next day. A claim without an end (the machine stopped in between) counts as sent: better one message too few than the same lead twice,
and the next run names it in the log.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wengang.alerts.channels import AlertSettings, Channel, Message, send
from wengang.core.data_directory import set_aside_changes
from wengang.core.journal import append_journal, read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings

ALERTS = "alerts.jsonl"
LOG = logging.getLogger("wengang.alerts")
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Lead:
    """One open lead as it may be reported: no subject, no evidence; amounts in yuan."""

    lead_id: str
    rule_id: str
    title_zh: str
    title_en: str
    severity: str
    region_code: str
    amount: Decimal
    first_seen: Period


def open_leads(settings: Settings) -> tuple[Period | None, list[Lead]]:
    """Return the newest month of the published warehouse and its open leads, grave ones first; nothing where nothing is published."""
    import duckdb

    set_aside_changes(settings.warehouse_file)
    if not settings.warehouse_file.exists():
        return None, []
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        row = con.execute("select max(period) from marts.risk_leads").fetchone()
        if row is None or row[0] is None:
            return None, []
        rows = con.execute(
            """
            select l.lead_id, l.rule_id, g.title_zh, g.title_en, l.severity, coalesce(l.region_code, ''), l.amount_at_stake, l.first_seen
            from marts.risk_leads as l
            inner join reference.risk_rules as g on l.rule_id = g.rule_id
            where l.period = ? and l.status = 'open'
            order by
                case l.severity when 'block' then 0 when 'review' then 1 else 2 end,
                l.amount_at_stake desc,
                l.rule_id,
                l.lead_id
            """,
            [row[0]],
        ).fetchall()
    return Period.of(row[0]), [
        Lead(lead_id, rule_id, zh, en, severity, region, amount, Period.of(first_seen))
        for lead_id, rule_id, zh, en, severity, region, amount, first_seen in rows
    ]


def told(journal: Path, channel: Channel) -> tuple[set[str], set[str]]:
    """Return the leads that went out on a channel, and of these the ones whose sending never came to an end."""
    claimed: dict[str, str] = {}
    for record in read_journal(journal):
        if record.get("channel") == channel and record.get("event") in {"claimed", "sent", "failed"}:
            for lead_id in record.get("lead_ids", []):
                claimed[lead_id] = record["event"]
    out = {lead_id for lead_id, event in claimed.items() if event != "failed"}
    return out, {lead_id for lead_id, event in claimed.items() if event == "claimed"}


def new_leads(settings: Settings, channel: Channel) -> tuple[Period | None, list[Lead]]:
    """Return the open leads of the newest month that were never told on a channel."""
    period, leads = open_leads(settings)
    known, _ = told(settings.journal_dir / ALERTS, channel)
    return period, [lead for lead in leads if lead.lead_id not in known]


def message_of(period: Period, leads: Sequence[Lead]) -> Message:
    """Return the text of the alert: how many and how much by rule, then the gravest ones by number, region and amount."""
    total = sum((lead.amount for lead in leads), Decimal(0))
    counts = Counter((lead.rule_id, lead.title_zh, lead.title_en, lead.severity) for lead in leads)
    names_zh = {"block": "阻断", "review": "核查", "warn": "提示"}
    lines = [
        f"{period} 新增风险线索 {len(leads)} 条，涉及 {total} 元。",
        f"{len(leads)} new risk leads in {period}, {total} yuan at stake.",
        "",
        *(
            f"{rule} {zh} / {en}（{names_zh.get(s, s)}/{s}）：{n}"
            for (rule, zh, en, s), n in sorted(counts.items())
        ),
        "",
        *(
            f"{lead.lead_id}  {lead.region_code or '-'}  {lead.amount}  {lead.first_seen}"
            for lead in leads[:SHOWN_AT_MOST]
        ),
    ]
    if len(leads) > SHOWN_AT_MOST:
        more = len(leads) - SHOWN_AT_MOST
        lines.append(f"另有 {more} 条，见月报风险清单 / {more} more in the month's list of leads")
    return Message(
        f"[稳岗] {period} 新增风险线索 {len(leads)} 条 / {len(leads)} new risk leads", "\n".join(lines)
    )


def tell_new_leads(settings: Settings, alerts: AlertSettings | None = None) -> dict[Channel, int]:
    """Send to every configured channel the leads that it has not sent yet; return how many leads went out on each.

    A channel that fails is tried again the next time and does not keep the others from being told; the first failure is raised at
    the end. Raises UsageError where the channels are misconfigured.
    """
    alerts = alerts or AlertSettings()
    journal = settings.journal_dir / ALERTS
    sent: dict[Channel, int] = {}
    failures: list[OSError] = []
    for channel in alerts.chosen():
        period, leads = new_leads(settings, channel)
        _, unended = told(journal, channel)
        if unended:
            LOG.warning(
                "%s: 上次提醒中断，不再重发 / interrupted alert, not sent again: %s",
                channel,
                ", ".join(sorted(unended)),
            )
        if period is None or not leads:
            sent[channel] = 0
            continue
        record = {"channel": channel, "period": str(period), "lead_ids": [lead.lead_id for lead in leads]}
        append_journal(journal, [{**record, "event": "claimed", "at": now()}])
        try:
            send(channel, message_of(period, leads), alerts)
        except OSError as fault:
            append_journal(
                journal, [{**record, "event": "failed", "at": now(), "fault": type(fault).__name__}]
            )
            failures.append(fault)
            continue
        append_journal(journal, [{**record, "event": "sent", "at": now()}])
        sent[channel] = len(leads)
    if failures:
        raise failures[0]
    return sent


def now() -> str:
    """Time for the journal, UTC; the only place where an alert knows the clock."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
