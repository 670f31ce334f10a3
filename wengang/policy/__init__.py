"""The set of parameters: read, checked before anything is built, settled for one jurisdiction."""

from wengang.policy.load import load_policy
from wengang.policy.overlay import Breach, Overlay, overlay
from wengang.policy.record import of_record, to_record
from wengang.policy.required import check_needed, needed_days
from wengang.policy.resolve import PolicySet
from wengang.policy.rows import (
    Document,
    Fault,
    Lapse,
    Note,
    ParameterRow,
    PolicyError,
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
    "to_record",
]
