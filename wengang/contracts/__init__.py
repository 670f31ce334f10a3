"""The contracts of the sources: one YAML per source, read by the reader, the documentation and the staging models."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from wengang.core.errors import ContractError

FOLDER = Path(__file__).resolve().parent
TYPES = {
    "id": "varchar",
    "text": "varchar",
    "code": "varchar",
    "money": "decimal(18,2)",
    "rate": "decimal(18,6)",
    "int": "integer",
    "month": "date",
    "day": "date",
    "flag": "boolean",
}
VALIDITY = "is_valid"
Kind = Literal["snapshot", "event"]
Need = Literal["every_period", "once", "no", "optional"]


@dataclass(frozen=True)
class Column:
    """One column: how it is headed, what it holds, what it must satisfy."""

    name: str
    heading: str
    type: str
    required: bool
    key: bool
    description: str
    lb101: str | None = None
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_length: int | None = None
    exact_length: int | None = None
    pattern: str | None = None
    pattern_code: str = "bad_pattern"
    pattern_zh: str = ""
    pattern_en: str = ""
    check_digit: str | None = None
    is_lower: bool = False
    is_bounded: bool = False  # not later than the last day of the delivery's period and 31 days more
    empty_means: str | None = None
    latest: dt.date | None = None  # last day allowed, once the delivery's period is known

    @property
    def sql_type(self) -> str:
        """Type of the column in the lake and the warehouse."""
        return TYPES[self.type]

    @property
    def headings(self) -> tuple[str, ...]:
        """Return all headings by which a file may name the column."""
        return (self.heading, *self.aliases, *((self.lb101,) if self.lb101 else ()), self.name)

    @property
    def labels(self) -> dict[str, str]:
        """English code by each code and label that may be written (lower case); empty: no list."""
        found: dict[str, str] = {}
        for code, labels in self.codes.items():
            for label in (code, *labels):
                found[label.lower()] = code
        return found


@dataclass(frozen=True)
class Rule:
    """What a row must satisfy beyond its cells; `violated` is SQL over the typed columns, true for a bad row."""

    code: str
    column: str
    violated: str
    zh: str
    en: str


@dataclass(frozen=True)
class Contract:
    """One source."""

    source: str
    title_zh: str
    title_en: str
    grain: str
    kind: Kind
    required: Need
    # Snapshots whose state goes value by value of this column: a region or list that is not delivered goes on as it was.
    state_by: str | None
    columns: tuple[Column, ...]
    validity: Column | None
    rules: tuple[Rule, ...]
    told_apart_by: tuple[str, ...] = ()
    # Column of citizen numbers that the lake keeps as a number too, in `_person_no`.
    numbered: str | None = None
    # A snapshot of fewer than this share of the rows before, where these were at least `shrink_from`, is held.
    shrink_max: Decimal | None = None
    shrink_from: int = 0
    agency: str = ""  # who delivers it, in Chinese

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """Return the columns that a file may carry: those of the source and, for events, the validity flag."""
        return (*self.columns, self.validity) if self.validity else self.columns

    @property
    def key(self) -> tuple[str, ...]:
        """Return names of the key columns, in order."""
        return tuple(c.name for c in self.columns if c.key)

    def for_period(self, last_day: dt.date) -> Contract:
        """Return the contract with the last day that its bounded columns allow in a delivery for a period that ends on `last_day`."""
        latest = last_day + dt.timedelta(days=31)
        return replace(
            self, columns=tuple(replace(c, latest=latest) if c.is_bounded else c for c in self.columns)
        )

    def column(self, name: str) -> Column:
        """Return a column by its English name; KeyError if there is none."""
        for column in self.read_columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def rule_columns(self, rule: Rule) -> tuple[str, ...]:
        """Name the columns that a rule's predicate reads."""
        words = set(re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"'[^']*'", "", rule.violated)))
        return tuple(c.name for c in self.read_columns if c.name in words)


def _faulty(path: Path, zh: str, en: str) -> ContractError:
    return ContractError("contract_faulty", place=path.name, what=(zh, en))


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {p["property"]: p["value"] for p in node.get("customProperties", ())}


def _column(path: Path, node: Mapping[str, Any]) -> Column:
    custom = _custom(node)
    name = str(node["name"])
    if custom.get("type") not in TYPES:
        raise _faulty(
            path, f"列 {name} 的类型 {custom.get('type')!r} 未定义", f"column {name} has an unknown type"
        )
    if not custom.get("heading"):
        raise _faulty(path, f"列 {name} 没有表头 heading", f"column {name} has no heading")
    return Column(
        name=name,
        heading=str(custom["heading"]),
        type=str(custom["type"]),
        required=bool(node.get("required", False)),
        key=bool(node.get("primaryKey", False)),
        description=str(node.get("description", "")),
        lb101=custom.get("lb101"),
        aliases=tuple(custom.get("aliases", ())),
        codes={str(c): tuple(str(x) for x in labels) for c, labels in custom.get("codes", {}).items()},
        max_length=custom.get("maxLength"),
        exact_length=custom.get("exactLength"),
        pattern=custom.get("pattern"),
        pattern_code=custom.get("patternCode", "bad_pattern"),
        pattern_zh=custom.get("patternZh", ""),
        pattern_en=custom.get("patternEn", ""),
        check_digit=custom.get("checkDigit"),
        is_lower=custom.get("case") == "lower",
        is_bounded=custom.get("latest") == "period_end_31_days",
        empty_means=custom.get("emptyMeans"),
    )


def _state_by(path: Path, whole_state: object, columns: list[Column]) -> str | None:
    """Return the column that the state of a snapshot goes by, None where a delivery is the whole state; raises ContractError."""
    if whole_state is None:
        return None
    name = str(whole_state).removeprefix("by_")
    if name not in {c.name for c in columns if c.required}:
        raise _faulty(
            path,
            f"whole_state 的值 {whole_state} 不是 by_<必填列>",
            f"whole_state is {whole_state}, not by_<a required column>",
        )
    return name


def _check(path: Path, contract: Contract) -> None:
    names = [c.name for c in contract.read_columns]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise _faulty(path, f"列重名：{'、'.join(twice)}", f"two columns are called {', '.join(twice)}")
    headings: dict[str, str] = {}
    for column in contract.read_columns:
        for heading in {heading_key(h) for h in column.headings}:
            if headings.setdefault(heading, column.name) != column.name:
                raise _faulty(
                    path,
                    f"表头 {heading} 同属 {headings[heading]} 和 {column.name}",
                    f"the heading {heading} belongs to both {headings[heading]} and {column.name}",
                )
        owners: dict[str, str] = {}
        for code, labels in column.codes.items():
            for label in {label.lower() for label in (code, *labels)}:
                if owners.setdefault(label, code) != code:
                    raise _faulty(
                        path,
                        f"列 {column.name} 的标签 {label} 同属两个代码",
                        f"the label {label} of {column.name} belongs to two codes",
                    )
    if not contract.key:
        raise _faulty(path, "没有键列 primaryKey", "there is no key column (primaryKey)")
    _check_lake_columns(path, contract)
    for rule in contract.rules:
        if rule.column not in names:
            raise _faulty(
                path, f"规则 {rule.code} 指向未知列", f"the rule {rule.code} names an unknown column"
            )


def _check_lake_columns(path: Path, contract: Contract) -> None:
    """Check what the columns rest on that the lake adds."""
    for name in contract.told_apart_by:
        if name not in contract.key:
            raise _faulty(
                path,
                f"told_apart_by 中的 {name} 不是键列",
                f"told_apart_by names {name}, which is no key column",
            )
    if contract.numbered and not any(
        c.name == contract.numbered and c.required and c.check_digit == "person" for c in contract.columns
    ):
        raise _faulty(
            path,
            f"numbered 指向的 {contract.numbered} 不是必填的公民身份号码列",
            f"numbered names {contract.numbered}, which is no required column of citizen numbers",
        )


# Characters that nobody sees: marks of direction and width, joiners, the byte order mark, the soft hyphen.
INVISIBLE = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0x00AD)))
_UNSEEN = re.compile(rf"[\s\u00a0\u3000{INVISIBLE}]+")
_MARKS = re.compile(r"[*※]|[(\[【](?:必填项?|必输项?|选填项?|可选|(?:单位:)?(?:人民币)?元)[)\]】]")


def heading_key(text: str) -> str:
    """Return a heading in the form in which headings are compared: half-width, lower case, without blanks, marks and the unit yuan."""
    return _MARKS.sub("", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).lower()


def read_contract(path: Path) -> Contract:
    """Read one contract file; raises ContractError that names the file and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _faulty(path, f"读不出来：{error}", f"it cannot be read: {error}") from error
    try:
        custom = _custom(node)
        table = node["schema"][0]
        columns = [_column(path, p) for p in table["properties"]]
        rules = []
        for quality in table.get("quality", ()):
            more = _custom(quality)
            rules.append(
                Rule(
                    quality["name"], more["column"], quality["query"], more["message_zh"], more["message_en"]
                )
            )
        if node["kind"] != "DataContract" or not str(node["apiVersion"]).startswith("v3"):
            raise _faulty(path, "不是 ODCS v3 数据合同", "it is no ODCS v3 data contract")
        if custom["kind"] not in ("snapshot", "event") or custom["required"] not in get_args(Need):
            raise _faulty(path, "kind 或 required 的值未定义", "kind or required has an unknown value")
        contract = Contract(
            source=str(node["name"]),
            title_zh=str(custom["title_zh"]),
            title_en=str(custom["title_en"]),
            grain=str(node["description"]["usage"]),
            kind=cast(Kind, custom["kind"]),
            required=cast(Need, custom["required"]),
            state_by=_state_by(path, custom.get("whole_state"), columns),
            columns=tuple(c for c in columns if c.name != VALIDITY),
            validity=next((c for c in columns if c.name == VALIDITY), None),
            rules=tuple(rules),
            told_apart_by=tuple(custom.get("told_apart_by", ())),
            numbered=custom.get("numbered"),
            shrink_max=Decimal(str(custom["shrinkMax"])) if "shrinkMax" in custom else None,
            agency=str(custom["agency"]),
            shrink_from=int(custom.get("shrinkFrom", 0)),
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise _faulty(path, f"缺少或写错了 {error}", f"missing or wrong: {error}") from error
    _check(path, contract)
    return contract


@lru_cache(maxsize=8)
def load_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """Read all contracts of a folder, by source name in order; raises ContractError."""
    contracts: dict[str, Contract] = {}
    for path in sorted(folder.glob("*.yaml")):
        contract = read_contract(path)
        if contract.source != path.stem:
            raise _faulty(path, f"名称 {contract.source} 与文件名不符", "its name differs from the file's")
        contracts[contract.source] = contract
    return contracts


def source_of(file_name: str, contracts: Mapping[str, Contract]) -> str | None:
    """Return the source that a file's name tells (`<source>[__<part>].<ext>`, in any case), or None."""
    stem = file_name.split(".", 1)[0].split("__", 1)[0].lower()
    return stem if stem in contracts else None
