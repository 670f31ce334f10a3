"""The data dictionary: written from the contracts of the sources and the models' own descriptions, so that it says nothing twice.

`python -m wengang.dictionary` writes `docs/reference/data-dictionary.md`; a test holds the page to what it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wengang.contracts import Column, Contract, load_contracts
from wengang.settings import ROOT

MODELS = ROOT / "dbt_project" / "models"
PAGE = ROOT / "docs" / "reference" / "data-dictionary.md"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NEEDS = {
    "every_period": "every month; without it the month is incomplete",
    "once": "at least once; without it every month is incomplete",
    "no": "may be missing",
}
LAYERS = {
    "marts": "Published tables",
    "lists": "Lists of a package",
    "intermediate": "Facts and rules",
}
LAYER_NOTES = {
    "marts": (
        "Schema `marts`; `tables/<name>.parquet` in each package. The contract of names and types is enforced when a model is built."
    ),
    "lists": "Schema `lists`: views, worked out when a package is written.",
    "intermediate": "Schema `intermediate`: not published, and free to change. One rule is one model.",
}


@dataclass(frozen=True)
class ModelColumn:
    """One column of a model; `type` is empty where the model has no enforced contract."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Model:
    """One model as its YAML describes it; `layer` and `area` are the folders it lies in."""

    name: str
    layer: str
    area: str
    description: str
    key: tuple[str, ...]
    columns: tuple[ModelColumn, ...]


def published_columns() -> dict[str, list[tuple[str, str]]]:
    """Names and types that the published tables promise, as the models' YAML says and their enforced contracts hold."""
    found = read_models()
    return {m.name: [(c.name, c.type) for c in m.columns] for m in found if m.layer == "marts" and m.columns}


def flat(text: object) -> str:
    """Put a text on one line that can stand in a table cell."""
    return " ".join(str(text or "").split()).replace("|", "\\|")


def read_models(folder: Path = MODELS) -> list[Model]:
    """Read the models that the YAML files below a folder describe, by layer, area and name."""
    found = []
    for path in sorted(folder.rglob("*.yml")):
        parts = path.relative_to(folder).parts
        nodes = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER) or {}  # noqa: S506 - both are safe loaders
        for node in nodes.get("models") or ():
            found.append(model_of(node, parts[0], parts[1] if len(parts) > 2 else ""))
    return sorted(found, key=lambda m: (m.layer, m.area, m.name))


def model_of(node: Mapping[str, Any], layer: str, area: str) -> Model:
    """Read one model's node."""
    meta = (node.get("config") or {}).get("meta") or {}
    columns = tuple(
        ModelColumn(str(c["name"]), flat(c.get("data_type")), flat(c.get("description")))
        for c in node.get("columns") or ()
    )
    return Model(
        str(node["name"]), layer, area, flat(node.get("description")), tuple(meta.get("key", ())), columns
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table."""
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def codes_of(column: Column) -> str:
    """Give a column's codes with their labels."""
    return "; ".join(f"`{code}` {', '.join(labels)}".rstrip() for code, labels in column.codes.items())


def source_lines(contract: Contract) -> Iterator[str]:
    """Give the section of one source."""
    yield from (
        f"### {contract.source} · {contract.title_zh}",
        "",
        f"{contract.title_en}. {flat(contract.grain)}",
        "",
    )
    state = "the whole state of a region" if contract.by_region else "the whole state"
    kind = (
        "event: new rows, and corrections of old ones" if contract.kind == "event" else f"snapshot: {state}"
    )
    yield from (f"* {kind}; {NEEDS[contract.required]}.", "")
    head = ("column", "heading", "LB101", "type", "required", "key", "meaning and codes")
    rows = []
    for column in contract.read_columns:
        headings = " / ".join((column.heading, *column.aliases))
        meaning = ". ".join(x for x in (flat(column.description).rstrip(".。"), flat(codes_of(column))) if x)
        required, key = "yes" if column.required else "", "key" if column.key else ""
        rows.append(
            (f"`{column.name}`", flat(headings), column.lb101 or "", column.type, required, key, meaning)
        )
    yield from table(head, rows)
    if contract.rules:
        yield from ("", "A row is rejected also where:", "")
        yield from (f"* `{rule.code}`: {flat(rule.zh)} {flat(rule.en)}" for rule in contract.rules)
    yield ""


def model_lines(model: Model) -> Iterator[str]:
    """Give the section of one model with columns of its own."""
    yield from (f"### {model.name}", "", model.description, "")
    if model.key:
        yield from (f"Key: {', '.join(f'`{k}`' for k in model.key)}", "")
    yield from table(
        ("column", "type", "meaning"), ((f"`{c.name}`", c.type, c.description) for c in model.columns)
    )
    yield ""


def layer_lines(layer: str, models: Sequence[Model]) -> Iterator[str]:
    """Give the part of one layer: models with columns in full, the others as a list."""
    own = [m for m in models if m.layer == layer]
    yield from (f"## {LAYERS[layer]}", "", LAYER_NOTES[layer], "")
    for model in own:
        if model.columns:
            yield from model_lines(model)
    brief = [m for m in own if not m.columns]
    if brief:
        rows = ((f"`{m.name}`", m.area, m.description) for m in brief)
        yield from (*table(("model", "area", "what it says"), rows), "")


def page(contracts: Mapping[str, Contract], models: Sequence[Model]) -> str:
    """Write the whole page."""
    lines = [
        "# Data dictionary · 数据字典",
        "",
        "<!-- Written by `python -m wengang.dictionary` from wengang/contracts and the YAML beside the models; a test holds it fresh. -->",
        "",
        "What arrives, what is published, and what lies between. Money is yuan; a month is stored as its first day.",
        "",
        "## Sources",
        "",
        "A heading is accepted in Chinese, as the LB101 indicator code or as the English column name, in any case and width. In the lake each",
        "row also carries `_period`, `_file`, `_delivery`, `_line_no` and `_seq` (premium rows `_person_no` and `_block` too); the staging model",
        "`stg_<source>` shows the same columns, the newest version of each key known at the period.",
        "",
    ]
    for contract in contracts.values():
        lines += source_lines(contract)
    for layer in LAYERS:
        lines += layer_lines(layer, models)
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write the page and say where."""
    PAGE.write_text(page(load_contracts(), read_models()), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
