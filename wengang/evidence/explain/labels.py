"""Codes in words: the lists of `seeds/reference/codes.csv`, by the source's column that a code stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from wengang.evidence.explain.base import Cell, Words, rows_of

# Which list the codes of a source's column belong to; a column that is not named is shown as it stands.
LISTS = {
    "benefit_claims": {"reason": "decrease_reason", "stop_reason": "stop_reason"},
    "benefit_payments": {"benefit_kind": "benefit_kind", "result": "benefit_result"},
    "certificates": {"level": "level", "status": "cert_status"},
    "contributions": {"pay_kind": "pay_kind"},
    "cross_checks": {"check_kind": "check_kind"},
    "expansion_applications": {"person_kind": "person_kind"},
    "employers": {
        "unit_type": "unit_type",
        "insured_status": "insured_status",
        "registry_status": "registry_status",
    },
    "enterprise_size": {"filed_size": "size"},
    "headcount_changes": {"change_kind": "change_kind", "reason": "change_reason"},
    "notice_objections": {"outcome": "objection_outcome"},
    "programme_payments": {"result": "payment_result"},
    "review_outcomes": {"outcome": "review_outcome"},
    "training_subsidies": {"level": "level"},
}
# What a rule saw is written in codes of several lists; the first that knows a code names it.
RULE_LISTS = (
    "rule_word", "unit_type", "size_class", "size_source", "insured_status", "registry_status", "status_basis", "review_outcome",
    "objection_outcome", "cert_status", "person_kind",
)  # fmt: skip


class Labels:
    """The words of a warehouse's code lists and rules."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read them from the reference tables."""
        rows = rows_of(con, "select list, code, label_zh, label_en from reference.codes")
        self.words = {(r["list"], r["code"]): Words(r["label_zh"], r["label_en"]) for r in rows}
        for kind in ("increase_reason", "decrease_reason"):
            self.words |= {
                ("change_reason", code): words for (list_, code), words in self.words.items() if list_ == kind
            }
        rules = rows_of(con, "select rule_id, title_zh, title_en from reference.rules")
        self.titles = {r["rule_id"]: Words(r["title_zh"], r["title_en"]) for r in rules}

    def one(self, kind: str | None, code: object) -> Cell:
        """Return a code of a list in words; a code that the list lacks stands as it is, nothing as nothing."""
        if code is None:
            return None
        return self.words.get((kind or "", str(code)), str(code))

    def of_column(self, source: str, column: str, value: Cell) -> Cell:
        """Return a cell of a source in words, where its column holds codes."""
        kind = LISTS.get(source, {}).get(column)
        return value if kind is None else self.one(kind, value)

    def rules(self, rule_ids: Iterable[str]) -> Cell:
        """Return the titles of rules, or nothing."""
        titles = [self.titles.get(r, Words(r, r)) for r in rule_ids]
        if not titles:
            return None
        return Words("、".join(t.zh for t in titles), ", ".join(t.en for t in titles))

    def in_rule(self, text: str | None) -> Cell:
        """Return what a rule saw, or its limit, in words: each code in it by its label, lists with commas."""
        if text is None:
            return None
        zh, en = self._replaced(text, "zh"), self._replaced(text, "en")
        return Words(re.sub(r"\s*[;,]\s*", "、", zh), re.sub(r"\s*;\s*", ", ", en))

    def _replaced(self, text: str, language: str) -> str:
        def label(match: re.Match[str]) -> str:
            for kind in RULE_LISTS:
                if found := self.words.get((kind, match[0])):
                    return found.text(language)
            return match[0]

        return re.sub(r"(?<![\w.])[a-z][a-z_]*", label, text)

    def parameter(self, row: dict[str, object]) -> Cell:
        """Return a parameter row: name, value, whose it is, since when, on what basis, how sure its source is."""
        name, value = row["parameter"], row["parameter_value"]
        if name is None or value is None:
            return None if name is None else str(name)
        basis = words_of(self.one("basis", row["basis"]))
        sure = words_of(self.one("confidence", row["confidence"]))
        held, whose = f"{name}={short(str(value))}", str(row["jurisdiction"])
        if row["applies_to"]:
            whose += f" {row['applies_to']}"
        beaten_zh = f"；先于 {row['beaten_rows']}" if row["beaten_rows"] else ""
        beaten_en = f"; before {row['beaten_rows']}" if row["beaten_rows"] else ""
        return Words(
            f"{held}（{whose}，{row['valid_from']} 起，{basis.zh}，{sure.zh}{beaten_zh}）",
            f"{held} ({whose}, from {row['valid_from']}, {basis.en.lower()}, {sure.en.lower()}{beaten_en})",
        )


def words_of(cell: Cell) -> Words:
    """Return a cell as words of a sentence; nothing as a dash."""
    if isinstance(cell, Words):
        return cell
    return Words("—", "—") if cell is None else Words(str(cell), str(cell))


def short(text: str) -> str:
    """Cut a long list for the page; the JSON holds it whole."""
    return text if len(text) <= 40 else text[:39] + "…"
