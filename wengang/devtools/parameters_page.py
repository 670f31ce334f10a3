"""The reference page of the parameters, written from the registry and the rows shipped: `python -m wengang.devtools.parameters_page`."""

from __future__ import annotations

import sys
from pathlib import Path

from wengang.core.settings import ROOT
from wengang.policy.load import load_policy
from wengang.policy.registry import ParameterType, registry
from wengang.policy.resolve import PolicySet
from wengang.policy.rows import OPEN_END

PAGE = ROOT / "docs" / "reference" / "parameters.md"
NEEDED = {
    "refund_decision": "the day of a refund decision",
    "window": "every day of an open window of its programme",
    "period_end": "the last day of every period",
    "never": "not computed with",
}
INTRO = """# Parameters

<!-- Written by `python -m wengang.devtools.parameters_page`; a test holds it to the rows shipped. -->

Everything that a notice could change is a row of `seeds/policy/` (or of the folder given with `--policy`), never a number in a model.

| file | columns |
| --- | --- |
| `documents.csv` | document_id, issuer, number (文号), dated (empty: not known), title, url_or_file |
| `programmes.csv` | programme (refund, skill_subsidy), jurisdiction, programme_year, window_from, window_to, document_id, article, basis, reason |
| `parameters.csv` | parameter, jurisdiction, effective_from, effective_to (empty: open), value, basis, document_id, article, confidence, reason |

* **Jurisdiction**: `000000` nation, `620000` province, `621000` city, `621024` county. The most specific of those that hold the run's
  place (`WENGANG_JURISDICTION`) wins, then the later `effective_from`; when that row ends, an earlier one still in force holds again.
  Days are both included. No value is ever borrowed from an earlier or later day.
* **Basis**: `fixed` by the text, `cap` or `floor` (不超过, 不低于), `assumption` (the text is silent; with the reason). National caps and
  floors bind every other jurisdiction on each day in force; where a province has no row, the cap is the value.
* **Confidence**: A official text, B press report or copy, C unofficial, D inferred.
* **Values**: lists with semicolons, `yes` or `no`, `none`, days as 2024-12-31, rates as 0.055.

A set is checked before anything is built. Faults of every file are collected into one message, each with its file and lines, what was
expected and the next step; the command ends with code 4: a file missing, not UTF-8 or wrongly headed; a row with the same parameter,
jurisdiction and start as another, or two windows of one programme, jurisdiction and year; an unknown document; days that are none or
reversed; a value not of its type; a value over a national cap or under a national floor; a parameter missing on a day that needs it.
A name that no rule uses, a document without a date, an assumption without a reason are remarks.

For a what-if, rows can be laid over those in force (national ones too): they go before every row of their jurisdiction, and a cap that
they break is listed, not refused.
"""


def kind_of(kind: ParameterType) -> str:
    """Say in a cell what a value looks like."""
    return kind.expectation()[1].replace("|", "\\|")


def describe(policy: PolicySet) -> str:
    """Give the whole page: how sets work, then each parameter with its stretches for the set's jurisdiction."""
    lines = [
        INTRO,
        "## Windows shipped",
        "",
        "| programme | year | window | basis | document |",
        "| --- | --- | --- | --- | --- |",
    ]
    numbers = {document.document_id: document.number or document.title for document in policy.documents}
    lines += [
        f"| {row.programme} | {row.programme_year} | {row.window_from} to {row.window_to} | {row.basis} | "
        f"{numbers[row.document_id]}{' ' + row.article if row.article else ''} |"
        for row in policy.programmes
    ]
    lines += ["", f"## The parameters, with the values shipped for {policy.jurisdiction}", ""]
    for name, kind in registry().items():
        lines += [
            f"### `{name}` {kind.title_zh}",
            "",
            f"{kind.title_en}. Value: {kind_of(kind)}{f' ({kind.unit})' if kind.unit else ''}. "
            f"Needed on: {NEEDED[kind.needed_on]}.",
            "",
            "| days | value | jurisdiction, basis | citation | confidence |",
            "| --- | --- | --- | --- | --- |",
        ]
        for stretch in policy.by_parameter.get(name, []):
            row = stretch.row
            until = "" if stretch.valid_to == OPEN_END else str(stretch.valid_to)
            lines.append(
                f"| {stretch.valid_from} to {until or 'open'} | `{row.value}` | {row.jurisdiction}, {row.basis} | "
                f"{numbers[row.document_id]}{' ' + row.article if row.article else ''}"
                f"{'：' + row.reason if row.reason else ''} | {row.confidence} |"
            )
        lines.append("")
    lines += [
        "## Limits that are not parameters",
        "",
        "Entitlement ceilings stand in `seeds/reference/benefit_ceilings.csv`, monthly standards in `benefit_standards.csv`, thresholds of the",
        "risk rules without a parameter in `seeds/risk_rules.csv`, and the limits of our own operation (incident amounts where a folder",
        "names none, the second reviewer's amount, days of warning, which reconciliation stops a report) in `operations.csv` and",
        "`reconciliation_checks.csv`.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the page for the set shipped."""
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    page.write_text(describe(load_policy(ROOT / "seeds" / "policy", "620000")), encoding="utf-8")


if __name__ == "__main__":
    main()
