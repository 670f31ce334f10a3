"""The YAML of the staging models, written from the contracts of the sources, so that nothing about a column is said twice.

`python -m wengang.devtools.staging_models` writes `dbt_project/models/staging/staging.yml`; a test holds the file to what it is made of. The
models read their columns and keys from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from wengang.contracts import Column, Contract, load_contracts
from wengang.core.settings import ROOT

FILE = ROOT / "dbt_project" / "models" / "staging" / "staging.yml"
HEAD = (
    "# Written by `python -m wengang.devtools.staging_models` from wengang/contracts: change it there.\n---\n"
)
TAG = "staging"
"""Tag of the tests of these models. A month's build leaves them out: they read every source whole, and intake has checked each row."""

ORIGIN = (
    ("_period", "date", "交付期间。Period of the delivery that the row came in."),
    ("_file", "varchar", "文件名。File that the row stood in."),
    ("_line_no", "bigint", "行号。Line of the file."),
    ("_delivery", "varchar", "交付标识。Delivery, named by the digest of the file."),
)
VALID = ("is_valid", "有效标志。False: the row voids its key.")
SEQ = ("_seq", "次序。Place of the row in its file.")
PERSON_NO = ("_person_no", "号码前17位。First 17 digits of the citizen number, as a number.")
BLOCK = ("_block", "区块。Block of rows within which the reader proved the key unique; null: not proved.")
REJECTED = {
    "rejects": "One row per rejected row and reason (拒收行) of the period's files in force.",
    "rejects_of_newest": "One row per rejected row and reason (拒收行) of the newest files in force of each source; the text half-width,"
    " upper case and without blanks, to be searched.",
}
REJECTS = (
    ("period", "交付期间。Period of the delivery."),
    ("source", "数据来源。Source."),
    ("file_name", "文件名。File."),
    ("sheet", "工作表。Sheet; null: no workbook."),
    ("line_no", "行号。Line of the file."),
    ("column_name", "列。Faulty column."),
    ("reason_code", "拒收原因代码。Code of the reason."),
    ("reason_zh", "拒收原因。Reason in Chinese."),
    ("reason_en", "拒收原因（英文）。Reason in English."),
    ("raw", "原文。The cell as delivered."),
)


def model_of(contract: Contract) -> dict[str, Any]:
    """Describe the staging model of one source: grain, key, enforced contract, columns with type and meaning."""
    of_each = {"region_code": " of each region", "list_id": " of each list"}
    newest = "the newest delivered state" + of_each.get(contract.state_by or "", "")
    kept = "the newest version of each key, unless voided" if contract.kind == "event" else newest
    required = {c.name for c in contract.columns if c.required}
    return {
        "name": f"stg_{contract.source}",
        "description": f"{contract.grain} {contract.title_zh}。{contract.title_en}: {kept}, as known at the period.",
        "config": {"contract": {"enforced": True}, "meta": {"key": list(contract.key)}},
        "data_tests": [
            {
                "unique_combination_of_columns": {
                    "arguments": {
                        "combination_of_columns": list(contract.key),
                        **({} if set(contract.key) <= required else {"nulls_allowed": True}),
                    },
                    "config": {"tags": [TAG]},
                }
            }
        ],
        "columns": [
            *(
                {
                    "name": c.name,
                    "data_type": c.sql_type,
                    "description": described(c),
                    **({"data_tests": [{"not_null": {"config": {"tags": [TAG]}}}]} if c.required else {}),
                }
                for c in contract.columns
            ),
            *({"name": n, "data_type": t, "description": d} for n, t, d in ORIGIN),
        ],
    }


def lake_of(contracts: Iterable[Contract]) -> dict[str, Any]:
    """Describe the lake as a dbt source: every source's rows as accepted, and the rejected ones."""
    tables: list[dict[str, Any]] = [
        {
            "name": c.source,
            "description": f"{c.title_zh}。{c.title_en}: rows as accepted, every version, of the files in force at the period.",
            "columns": [
                *({"name": column.name, "description": described(column)} for column in c.columns),
                *({"name": name, "description": text} for name, text in lake_only(c)),
            ],
        }
        for c in contracts
    ]
    rejects = [{"name": name, "description": text} for name, text in REJECTS]
    tables += [{"name": name, "description": text, "columns": rejects} for name, text in REJECTED.items()]
    return {
        "name": "lake",
        "schema": "lake",
        "description": "Accepted rows as delivered, one view per source over the Parquet files in force at the period.",
        "tables": tables,
    }


def lake_only(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield the columns that the lake adds to a source's own, in its order, with their meaning."""
    if contract.kind == "event":
        yield VALID
    yield from ((name, text) for name, _, text in ORIGIN)
    yield SEQ
    if contract.numbered:
        yield PERSON_NO
    if contract.told_apart_by:
        yield BLOCK


def described(column: Column) -> str:
    """Return what a column means, its heading first."""
    says = column.description.startswith(column.heading)
    return column.description if says else f"{column.heading}：{column.description}"


def page(contracts: Iterable[Contract]) -> str:
    """Return the whole file."""
    known = list(contracts)
    nodes = {"version": 2, "sources": [lake_of(known)], "models": [model_of(c) for c in known]}
    return HEAD + "\n".join(lines_of(nodes)) + "\n"


def lines_of(nodes: dict[str, Any]) -> Iterator[str]:
    """Dump with lists indented, as the linter of the other YAML files wants it."""

    class Indented(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    text = yaml.dump(nodes, Dumper=Indented, allow_unicode=True, sort_keys=False, width=10_000)
    yield from text.rstrip("\n").split("\n")


def main() -> None:
    """Write the file and say where."""
    FILE.write_text(page(load_contracts().values()), encoding="utf-8")
    print(FILE.relative_to(ROOT))


if __name__ == "__main__":
    main()
