"""The set of parameters: read, checked before anything is built, settled for one jurisdiction."""

from wengang.policy.load import load_policy
from wengang.policy.needs import check_needed, needed_days
from wengang.policy.record import of_record, to_record
from wengang.policy.register import register
from wengang.policy.scenario import Breach, Overlay, overlay
from wengang.policy.sets import (
    Document,
    Fault,
    Lapse,
    Note,
    ParameterRow,
    PolicyError,
    PolicySet,
    ProgrammeRow,
    Stretch,
)

__all__ = [
    "Breach",
    "Document",
    "Fault",
    "Lapse",
    "Note",
    "Overlay",
    "ParameterRow",
    "PolicyError",
    "PolicySet",
    "ProgrammeRow",
    "Stretch",
    "check_needed",
    "load_policy",
    "needed_days",
    "of_record",
    "overlay",
    "register",
    "to_record",
]
