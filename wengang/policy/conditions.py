"""The condition of a row (`applies_to`): which subjects it holds for, read, compared and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

UNIT_TYPES = (
    "enterprise",
    "social_organisation",
    "foundation",
    "social_service",
    "law_firm",
    "accounting_firm",
    "individual_business",
    "government",
    "public_institution",
    "other",
)
SIZE_CLASSES = ("large", "sme")
KEYS = ("list", "unit_type", "size_class", "industry", "is_dispatch")
# As the contract of employer lists has it; a list's code is in small letters whichever way it is written.
LIST_ID = re.compile(r"[a-z0-9_]+")
INDUSTRY = re.compile(r"[A-T]|[0-9]{2}")


class ConditionError(ValueError):
    """A condition that cannot be read; `zh` and `en` say what is wrong with it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Condition:
    """What a row asks of a subject; a part that is None is not asked."""

    list_id: str | None = None
    unit_type: str | None = None
    size_class: str | None = None
    industry: str | None = None
    is_dispatch: bool | None = None

    @property
    def count(self) -> int:
        """Number of things asked: the row that asks more goes before one that asks less."""
        return sum(part is not None for part in vars(self).values())

    def __str__(self) -> str:
        """Return the condition as written in the file, its parts in one fixed order; empty for everyone."""
        flag = None if self.is_dispatch is None else "yes" if self.is_dispatch else "no"
        cells = (self.list_id, self.unit_type, self.size_class, self.industry, flag)
        return "&".join(f"{key}={cell}" for key, cell in zip(KEYS, cells, strict=True) if cell is not None)

    def implies(self, other: Condition) -> bool:
        """Return whether every subject that meets this condition also meets another."""
        return all(asked is None or asked == getattr(self, name) for name, asked in vars(other).items())

    def joined(self, other: Condition) -> Condition | None:
        """Return the condition that asks for both; None where one condition cannot (two lists, a section and a division)."""
        parts = {}
        for name, own in vars(self).items():
            its = getattr(other, name)
            if own is not None and its is not None and own != its:
                return None
            parts[name] = its if own is None else own
        return Condition(**parts)

    def can_meet_with(self, other: Condition) -> bool:
        """Return whether one subject can meet both; a subject can stand on several lists.

        A section (a letter) and a division (two digits) are taken as meeting: which division lies in which section is
        reference data.
        """
        for name in ("unit_type", "size_class", "is_dispatch"):
            own, its = getattr(self, name), getattr(other, name)
            if own is not None and its is not None and own != its:
                return False
        own, its = self.industry, other.industry
        return own is None or its is None or own == its or own.isalpha() != its.isalpha()


EVERYONE = Condition()


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Condition:
    """Read `applies_to`: parts `key=value` joined by `&`, each key at most once; empty is everyone.

    Raises ConditionError in Chinese and English.
    """
    if not text.strip():
        return EVERYONE
    found: dict[str, str] = {}
    for part in text.split("&"):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if key not in KEYS or not sign:
            raise ConditionError(f"不认识的条件“{part.strip()}”", f"unknown condition {part.strip()!r}")
        if key in found:
            raise ConditionError(f"条件 {key} 写了两次", f"the condition {key} is given twice")
        value = value.lower() if key == "list" else value
        if not is_value(key, value):
            raise ConditionError(
                f"条件 {key} 的值“{value}”无效", f"{value!r} is no value of the condition {key}"
            )
        found[key] = value
    flag = found.get("is_dispatch")
    return Condition(
        found.get("list"),
        found.get("unit_type"),
        found.get("size_class"),
        found.get("industry"),
        None if flag is None else flag == "yes",
    )


def is_value(key: str, value: str) -> bool:
    """Return whether a value can stand after a key of a condition."""
    allowed: Mapping[str, tuple[str, ...]] = {
        "unit_type": UNIT_TYPES,
        "size_class": SIZE_CLASSES,
        "is_dispatch": ("yes", "no"),
    }
    if key == "list":
        return bool(LIST_ID.fullmatch(value))
    if key == "industry":
        return bool(INDUSTRY.fullmatch(value))
    return value in allowed[key]
