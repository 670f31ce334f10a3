"""The parameters that rules ask for: types and allowed values, read from registry.yaml."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# A parameter of these keeps its last value on a day without a row; those of a programme never do.
CARRIED = ("fund", "premium", "risk")
REGISTRY_FILE = Path(__file__).with_name("registry.yaml")
# What the models' decimal(18,6) and integer hold exactly: a value that they would round or refuse is a fault of its row.
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6}0*)?")
WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class ParameterType:
    """What a parameter is: `type` decimal, int, yes_no, choice, list, or one of them with `_or_none`.

    `keeps`: what holds on a day without a row: nothing (empty), the last value (`last`), or before the first row also
    the first (`last_or_first`). `decides_size`: the size class is worked out with it.
    """

    name: str
    type: str
    allowed: tuple[str, ...]
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    programme: str
    needed_on: str
    needed_if: dict[str, tuple[str, ...]]
    keeps: str
    decides_size: bool
    title_zh: str
    title_en: str

    @property
    def is_number(self) -> bool:
        """Return whether values can be compared with a cap or a floor."""
        return self.type.removesuffix("_or_none") in {"decimal", "int"}

    def expectation(self) -> tuple[str, str]:
        """Describe in Chinese and English what a value must look like."""
        kind = self.type.removesuffix("_or_none")
        choices = "、".join(self.allowed), ", ".join(self.allowed)
        span_zh = "".join(
            [
                f"，不小于{self.minimum}" if self.minimum is not None else "",
                f"，不大于{self.maximum}" if self.maximum is not None else "",
            ]
        )
        span_en = "".join(
            [
                f", at least {self.minimum}" if self.minimum is not None else "",
                f", at most {self.maximum}" if self.maximum is not None else "",
            ]
        )
        zh, en = {
            "decimal": (
                f"至多六位的小数，如 0.055{span_zh}",
                f"a decimal of at most six places such as 0.055{span_en}",
            ),
            "int": (f"整数{span_zh}", f"a whole number{span_en}"),
            "yes_no": ("yes 或 no", "yes or no"),
            "choice": (f"其中之一：{choices[0]}", f"one of: {choices[1]}"),
            "list": (f"用分号隔开的列表，成员为：{choices[0]}", f"a list with semicolons of: {choices[1]}"),
            "decimals": (
                f"用分号隔开的小数，如 1.5;2{span_zh}",
                f"decimals of at most six places with semicolons such as 1.5;2{span_en}",
            ),
            "day": ("日期，如 2024-12-31", "a day such as 2024-12-31"),
            "size_map": (
                "large、sme，或如 foundation:large;social_organisation:large",
                "large, sme, or such as foundation:large;social_organisation:large",
            ),
        }[kind]
        return (f"{zh}，或 none", f"{en}, or none") if self.type.endswith("_or_none") else (zh, en)

    def accepts(self, value: str) -> bool:
        """Return whether a value is of the type, its members known and its number within bounds."""
        if value == "none" and self.type.endswith("_or_none"):
            return True
        checks: dict[str, Callable[[str], bool]] = {
            "decimal": lambda text: bool(DECIMAL.fullmatch(text)) and self.within(Decimal(text)),
            "decimals": lambda text: all(checks["decimal"](part) for part in text.split(";")),
            "int": lambda text: bool(WHOLE.fullmatch(text)) and self.within(Decimal(text)),
            "yes_no": lambda text: text in {"yes", "no"},
            "choice": lambda text: text in self.allowed,
            "list": lambda text: all(part in self.allowed for part in text.split(";")),
            "day": lambda text: parse_day(text) is not None,
            "size_map": self.is_size_map,
        }
        return checks[self.type.removesuffix("_or_none")](value)

    def within(self, number: Decimal) -> bool:
        """Return whether a number lies within the bounds, both included."""
        low = self.minimum is None or number >= self.minimum
        return low and (self.maximum is None or number <= self.maximum)

    def is_size_map(self, value: str) -> bool:
        """Return whether a value is one size, or `unit type:size` for unit types that are no enterprises."""
        if value in self.allowed:
            return True
        pairs = [part.partition(":") for part in value.split(";")]
        return all(kind in NON_ENTERPRISE and size in self.allowed for kind, _, size in pairs)


NON_ENTERPRISE = (
    "social_organisation",
    "foundation",
    "social_service",
    "law_firm",
    "accounting_firm",
    "individual_business",
)


def parse_day(text: str) -> dt.date | None:
    """Read `YYYY-MM-DD`; None for anything else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def registry() -> dict[str, ParameterType]:
    """Return every known parameter by its name, in the order of the file."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(REGISTRY_FILE.read_text(encoding="utf-8"))[
        "parameters"
    ]
    return {
        name: ParameterType(
            name=name,
            type=entry["type"],
            allowed=tuple(entry.get("allowed", ())),
            minimum=Decimal(str(entry["minimum"])) if "minimum" in entry else None,
            maximum=Decimal(str(entry["maximum"])) if "maximum" in entry else None,
            unit=entry.get("unit", ""),
            programme=entry["programme"],
            needed_on=entry["needed_on"],
            needed_if={key: tuple(values) for key, values in entry.get("needed_if", {}).items()},
            keeps=entry.get("keeps", "last" if entry["programme"] in CARRIED else ""),
            decides_size=entry.get("decides_size", False),
            title_zh=entry["title_zh"],
            title_en=entry["title_en"],
        )
        for name, entry in content.items()
    }
