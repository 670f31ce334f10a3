"""The registered programmes and rules as a macro, written from the `meta:` beside each model, so that nothing is registered twice.

dbt must know while it parses which models a union reads, and at that time it shows a macro no other node's `meta:`. So
`python -m wengang.devtools.rule_registry` reads the parsed project and writes `dbt_project/macros/registered.sql`; a test holds the file
to what it is made of. A programme is registered in the `meta:` of its decisions, a rule in that of its model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from wengang.core.settings import ROOT

FILE = ROOT / "dbt_project" / "macros" / "registered.sql"
HEAD = "{# Written by `python -m wengang.devtools.rule_registry` from the `meta:` beside the models: change it there. #}"
RISK_RULES = PurePosixPath("models/intermediate/risk/rules")
ID = re.compile(r"[a-z_]+(\.[a-z_]+)?")


def registered(nodes: Iterable[Any], key: str) -> list[dict[str, Any]]:
    """Return what models register under `key` of their `meta:` (`programme` or `rule`), by rank, each with its model's name.

    Raises ValueError where an id is no id or registered twice.
    """
    found: dict[str, dict[str, Any]] = {}
    for node in nodes:
        entry: Mapping[str, Any] | None = node.config.meta.get(key)
        if entry is None:
            continue
        name = str(entry["id"])
        if not ID.fullmatch(name) or name in found:
            raise ValueError(f"{node.name}: {key} {name} is no id, or registered twice")
        found[name] = {**entry, "model": node.name}
    return sorted(found.values(), key=lambda e: (str(e.get("programme", "")), int(e["rank"]), str(e["id"])))


def risk_models(nodes: Iterable[Any]) -> list[str]:
    """Return the names of the risk rules' models, sorted: every model in their folder is one."""
    return sorted(n.name for n in nodes if PurePosixPath(n.original_file_path).parent == RISK_RULES)


def macro_lines(name: str, words: str, entries: Iterable[Any]) -> Iterator[str]:
    """Write a macro that returns a list, an entry on each line."""
    yield f"\n{{# {words} #}}\n{{% macro {name}() -%}}\n    {{{{ return(["
    for entry in entries:
        yield f"        {json.dumps(entry, ensure_ascii=False)},"
    yield "    ]) }}\n{%- endmacro %}"


def macro_file(manifest: Any) -> str:
    """Return the whole file for a parsed project."""
    nodes = [n for n in manifest.nodes.values() if str(n.resource_type) == "model"]
    lines = [HEAD]
    lines += macro_lines("registered_programmes", "The programmes in order.", registered(nodes, "programme"))
    lines += macro_lines(
        "registered_rules", "The rules of all programmes in order.", registered(nodes, "rule")
    )
    lines += macro_lines("risk_rule_models", "The models of the risk register.", risk_models(nodes))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file and say where."""
    from wengang.core.settings import Settings
    from wengang.warehouse.dbt_runner import Dbt

    FILE.write_text(macro_file(Dbt(Settings()).manifest), encoding="utf-8")
    print(FILE.relative_to(ROOT))


if __name__ == "__main__":
    main()
