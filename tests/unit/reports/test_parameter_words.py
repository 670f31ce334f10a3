"""Every choice that a parameter may take has its words on the page, in both languages."""

from __future__ import annotations

import csv

from wengang.core.settings import ROOT
from wengang.policy.registry import registry
from wengang.reports.figures import VALUE_LISTS


def test_every_choice_of_a_parameter_has_words():
    with (ROOT / "seeds" / "reference" / "codes.csv").open(encoding="utf-8", newline="") as file:
        known = {(r["list"], r["code"]) for r in csv.DictReader(file) if r["label_zh"] and r["label_en"]}
    unsaid = [
        f"{name}: {code}"
        for name, kind in registry().items()
        for code in kind.allowed
        if not any((list_, code) in known for list_ in VALUE_LISTS)
    ]
    assert unsaid == []
