"""The data dictionary: written from the contracts of the sources and the models' own descriptions, so that it says nothing twice.

`python -m wengang.devtools.dictionary_page` writes `docs/reference/data-dictionary.md`; a test holds the page to what it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wengang.contracts import Column, Contract, load_contracts
from wengang.contracts.models import Model, flat, read_models
from wengang.core.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "data-dictionary.md"
NEEDS = {
    "every_period": "every month; without it the month is incomplete",
    "once": "at least once; without it every month is incomplete",
    "no": "may be missing; once it came in each of at least two months before, a month without it is incomplete",
    "optional": "may be missing",
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


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def codes_of(column: Column) -> str:
    """Return a column's codes with their labels."""
    return "; ".join(f"`{code}` {', '.join(labels)}".rstrip() for code, labels in column.codes.items())


def source_lines(contract: Contract) -> Iterator[str]:
    """Yield the section of one source."""
    yield from (
        f"### {contract.source} · {contract.title_zh}",
        "",
        f"{contract.title_en}. {flat(contract.grain)}",
        "",
    )
    of_each = {"region_code": "the whole state of a region", "list_id": "the whole state of a list"}
    state = of_each.get(contract.state_by or "", "the whole state")
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
    """Yield the section of one model with columns of its own."""
    yield from (f"### {model.name}", "", model.description, "")
    if model.key:
        yield from (f"Key: {', '.join(f'`{k}`' for k in model.key)}", "")
    yield from table(
        ("column", "type", "meaning"), ((f"`{c.name}`", c.type, c.description) for c in model.columns)
    )
    yield ""


def layer_lines(layer: str, models: Sequence[Model]) -> Iterator[str]:
    """Yield the part of one layer: models with columns in full, the others as a list."""
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
        "<!-- Written by `python -m wengang.devtools.dictionary_page` from the contracts and the models' YAML; a test holds it fresh. -->",
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
