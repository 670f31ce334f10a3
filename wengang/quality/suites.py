"""The expectations as data: one file per table under `expectations/`, and those that the contracts imply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from wengang.contracts import Contract
from wengang.core.errors import ExpectationError
from wengang.core.settings import ROOT

FOLDER = ROOT / "expectations"
Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Expectation:
    """One expectation: met when `sql` selects no row of the month."""

    id: str
    table: str
    severity: Severity
    zh: str
    en: str
    sql: str


def read_suites(folder: Path = FOLDER) -> list[Expectation]:
    """Read every suite file; raises ExpectationError naming a faulty file."""
    found: list[Expectation] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            suite = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += expectations_of(suite)
        except (yaml.YAMLError, KeyError, TypeError) as fault:
            raise ExpectationError("suite_faulty", place=path.name, fault=fault) from fault
    return found


def expectations_of(suite: dict[str, Any]) -> list[Expectation]:
    """Turn one suite's short forms into expectations."""
    table = suite["table"]
    found = []
    columns = suite.get("not_null", [])
    if columns:
        found.append(
            Expectation(
                f"{table}.not_null", table, "critical", f"必填列不为空：{'、'.join(columns)}", f"never null: {', '.join(columns)}",
                f"select * from {table} where {' or '.join(f'{c} is null' for c in columns)}",
            )
        )  # fmt: skip
    for column, values in suite.get("in_set", {}).items():
        accepted = ", ".join(f"'{v}'" for v in values)
        found.append(
            Expectation(
                f"{table}.{column}_accepted", table, "critical", f"{column} 只取规定的值", f"{column} takes accepted values only",
                f"select * from {table} where {column} is not null and {column} not in ({accepted})",
            )
        )  # fmt: skip
    for row in suite.get("rows", []):
        found.append(Expectation(row["id"], table, row["severity"], row["zh"], row["en"], row["sql"]))
    return found


def expectations_of_contract(contract: Contract) -> list[Expectation]:
    """Return what a source's contract says of the rows as loaded: required columns filled, codes from their lists, row rules kept."""
    table = f"loaded_{contract.source}"
    faults = [f"{c.name} is null" for c in contract.columns if c.required]
    for column in contract.columns:
        if column.codes:
            faults.append(f"{column.name} not in ({', '.join(repr(code) for code in column.codes)})")
    return [
        Expectation(
            f"{table}.as_contracted", table, "critical", f"{contract.title_zh}：已装载的行符合数据合同",
            f"{contract.title_en}: the rows as loaded keep their contract", f"select * from {table} where {' or '.join(faults)}",
        ),
        Expectation(
            f"{table}.conserved", table, "critical", f"{contract.title_zh}：湖中行数与登记的接收行数一致",
            f"{contract.title_en}: the lake holds as many rows as were accepted",
            f"select d.file_name, d.rows_accepted, count(l._file) as in_lake from run_deliveries as d left join {table} as l"
            f" on l._file = d.file_name where d.source = '{contract.source}' and d.is_current"
            " group by d.file_name, d.rows_accepted having d.rows_accepted <> count(l._file)",
        ),
    ]  # fmt: skip


def expectation_of_types(table: str, columns: Sequence[tuple[str, str]]) -> Expectation:
    """Return the types that a published table's contract promises, by name."""
    promised = ", ".join(f"('{name}', '{kind.upper().replace(' ', '')}')" for name, kind in columns)
    return Expectation(
        f"{table}.types", table, "critical", "列与类型符合发布合同", "columns and types are as contracted",
        f"select p.name, p.kind, c.column_type from (values {promised}) as p (name, kind)"
        f" left join (describe {table}) as c on c.column_name = p.name"
        " where replace(c.column_type, ' ', '') is distinct from p.kind",
    )  # fmt: skip
