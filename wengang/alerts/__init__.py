"""Alerts: what people must know now, by log, e-mail or webhook, once each and without personal data."""

from wengang.alerts.channels import AlertSettings, Message
from wengang.alerts.failures import task_failed
from wengang.alerts.leads import new_leads, tell_new_leads

__all__ = ["AlertSettings", "Message", "new_leads", "task_failed", "tell_new_leads"]
