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
| `programmes.csv` | programme, jurisdiction, applies_to, programme_year, window_from, window_to, document_id, article, basis, reason |
| `parameters.csv` | parameter, jurisdiction, applies_to, effective_from, effective_to, value, basis, document_id, article, confidence, reason |

* **Jurisdiction**: `000000` nation, `620000` province, `621000` city, `621024` county. It is the subject's own region that counts, also in a
  province's run: a city's row changes the city's units and no others. A subject of another province, or of no known region, takes the
  rows of the run's place (`WENGANG_JURISDICTION`). Fund, premium and risk parameters are those of the run's place.
* **Condition** (`applies_to`, empty: everyone; the column can be left out): parts joined by `&`: `list=<list_id>`, `unit_type=<code>`,
  `size_class=large` or `sme`, `industry=<section letter or division>`, `is_dispatch=yes`. Only parameters of the refund and the job expansion
  can have one; `size_class` cannot stand on what decides the class, nor on the job expansion.
* **Which row decides**: of the rows whose jurisdiction holds the subject and whose condition it meets, the most specific jurisdiction, then
  the row with more conditions, then the later `effective_from`; when that row ends, an earlier one still in force holds again. Two rows
  of equal standing that one unit can meet, with different values, are an error. Days are both included.
* **Days without a row**: a programme's parameters are never borrowed from an earlier or later day. Those of fund, premium and risk keep
  their last value, and the report says so (carried forward); `refund_exclude_sanctioned`, `reserve_formula` and `reserve_months_min` take
  before their first row the first.
* **Basis**: `fixed` by the text, `cap` or `floor` (不超过, 不低于), `assumption` (the text is silent; with the reason). National caps and
  floors bind every other jurisdiction on each day in force; where a province has no row, the cap is the value.
* **Confidence**: A official text, B press report or copy, C unofficial, D inferred.
* **Values**: lists with semicolons, `yes` or `no`, `none`, days as 2024-12-31, rates as 0.055.

A set is checked before anything is built. Faults of every file are collected into one message, each with its file and lines, what was
expected and the next step; the command ends with code 4: a file missing, not UTF-8 or wrongly headed; a row with the same parameter,
jurisdiction, condition and start as another, or two windows of one programme, jurisdiction, year and condition; a condition that cannot
be read or cannot stand there; an unknown document; days that are none or reversed; a value not of its type; a value over a national cap
or under a national floor (the national row with the same condition binds first); a parameter missing on a day that needs it, also on any
day of an open window. A document without a date and an assumption without a reason are remarks; a name that no rule uses is reported by
every run.

For a what-if, rows can be laid over those in force (national ones too): they go before every row of their jurisdiction with as many
conditions, and a cap that they break is listed, not refused. A name that no rule uses is refused there.

`wengang policy check`, `show`, `diff` and `timeline` look at a folder; `wengang policy new-year` drafts the rows of a new year.
"""


def kind_of(kind: ParameterType) -> str:
    """Return how a value looks in a cell."""
    return kind.expectation()[1].replace("|", "\\|")


def describe(policy: PolicySet) -> str:
    """Return the whole page: how sets work, then each parameter with its stretches for the set's jurisdiction."""
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
