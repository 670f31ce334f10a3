"""The page that leads from each clause to its rule: words, model, unit tests and parameters, written from the models' registration.

`python -m wengang.devtools.rules_page` writes `docs/reference/rules.md`; a test holds it fresh.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from wengang.core.settings import ROOT
from wengang.devtools.rule_registry import registered

PAGE = ROOT / "docs" / "reference" / "rules.md"
HEAD = """\
<!-- Written by `python -m wengang.devtools.rules_page` from the registration of the rules; a test holds it fresh. -->

# From a clause to its model · 条款与模型对照

Each rule is one SQL model, and its YAML beside it holds the description and the unit tests. `wengang explain` prints the question and the
clause with what was observed. Parameters: [reference](parameters.md). The documents are rows of `seeds/policy/documents.csv`.
"""
MODELS = "../../dbt_project/"


def link(path: str, words: str) -> str:
    """Return a Markdown link from the page to a file of the dbt project."""
    return f"[{words}]({MODELS}{path})"


def tests_of(manifest: Any) -> dict[str, str]:
    """Return, by model, the path of the file with its unit tests, from the root of the dbt project."""
    return {t.model: t.original_file_path for t in manifest.unit_tests.values()}


def programme_lines(manifest: Any, nodes: dict[str, Any]) -> Iterator[str]:
    """Yield the table of each programme, its rules in their order."""
    tests, rules = tests_of(manifest), registered(nodes.values(), "rule")
    for programme in sorted(registered(nodes.values(), "programme"), key=lambda p: int(p["rank"])):
        yield f"\n## {programme['title_zh']} · {programme['title_en']}\n"
        yield "| clause | rule | question | model | unit tests | parameters |\n| --- | --- | --- | --- | --- | --- |"
        for rule in rules:
            if rule["programme"] != programme["id"]:
                continue
            path = nodes[rule["model"]].original_file_path
            test = tests.get(rule["model"])
            cells = (
                f"{rule['document_id']} {rule['article']}",
                f"`{rule['id']}` {rule['title_zh']}",
                f"{rule['question_zh']} {rule['question_en']}",
                link(path, PurePosixPath(path).name),
                link(test, PurePosixPath(test).name) if test else "",
                ", ".join(f"`{name}`" for name in rule["parameters"]),
            )
            yield "| " + " | ".join(cells) + " |"


def risk_lines(manifest: Any, nodes: dict[str, Any]) -> Iterator[str]:
    """Yield the table of the risk register."""
    tests = tests_of(manifest)
    yield "\n## 风险规则 · Risk rules\n"
    yield "| clause | rule | what raises a lead | model | unit tests | parameter |\n| --- | --- | --- | --- | --- | --- |"
    with (ROOT / "seeds" / "risk_rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"risk_{row['rule_id'].lower()}"
            path = nodes[name].original_file_path
            test = tests.get(name)
            cells = (
                f"{row['document_id']} {row['article']}",
                f"`{row['rule_id']}` {row['title_zh']} {row['title_en']}",
                f"{row['words_zh']}；{row['words_en']}",
                link(path, PurePosixPath(path).name),
                link(test, PurePosixPath(test).name) if test else "[tests/dbt/risk](../../tests/dbt/risk)",
                f"`{row['parameter']}`" if row["parameter"] else "",
            )
            yield "| " + " | ".join(cells) + " |"


def page(manifest: Any) -> str:
    """Return the whole page as Markdown for a parsed project."""
    nodes = {n.name: n for n in manifest.nodes.values() if str(n.resource_type) == "model"}
    return HEAD + "\n".join([*programme_lines(manifest, nodes), *risk_lines(manifest, nodes)]) + "\n"


def main() -> None:
    """Write the page and say where."""
    from wengang.core.settings import Settings
    from wengang.warehouse.dbt_runner import Dbt

    PAGE.write_text(page(Dbt(Settings()).manifest), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
