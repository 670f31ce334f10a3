"""What a row's condition can ask of an employer, read from the published warehouse: region, type, size, industry, lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wengang.core.errors import UsageError
from wengang.policy.conditions import Condition
from wengang.policy.resolve import PolicySet


@dataclass(frozen=True)
class Subject:
    """An employer as parameters see it on a day; a part that is not known is None, and no condition on it is met."""

    employer_id: str
    region_code: str
    unit_type: str | None = None
    size_class: str | None = None
    industry: str | None = None
    section: str | None = None
    is_dispatch: bool | None = None
    lists: frozenset[str] = frozenset()

    def meets(self, condition: Condition) -> bool:
        """Return whether the employer meets everything that a condition asks."""
        return (
            (condition.list_id is None or condition.list_id in self.lists)
            and condition.unit_type in {None, self.unit_type}
            and condition.size_class in {None, self.size_class}
            and condition.industry in {None, self.section, self.industry}
            and condition.is_dispatch in {None, self.is_dispatch}
        )

    def conditions(self, policy: PolicySet) -> list[Condition]:
        """Return the conditions of a set's rows that the employer meets."""
        asked = {row.condition for _, row in policy.applying_rows if row.applies_to}
        return [condition for condition in sorted(asked, key=str) if self.meets(condition)]


def read_subject(warehouse: Path, employer: str, day: dt.date) -> Subject:
    """Read an employer as the warehouse's newest register has it; raises UsageError where it is not there."""
    if not warehouse.exists():
        raise missing(employer, "数据仓库尚未建立", "no warehouse has been built")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = con.execute(
            "select e.uscc, e.region_code, e.unit_type, e.is_dispatch,"
            " nullif(regexp_extract(e.industry_code, '[0-9]{2}'), ''), nullif(regexp_extract(e.industry_code, '^[A-T]'), '')"
            " from intermediate.int_employers as e where e.employer_id = ?",
            [employer],
        ).fetchall()
        if not rows:
            raise missing(employer, "登记中没有该单位", "the employer is not in the register")
        uscc, region, unit_type, is_dispatch, division, section = rows[0]
        if division and not section:
            section = one(
                con, "select min(section) from reference.industry_classes where code_key = ?", division
            )
        size = one(
            con,
            "select max_by(size_class, period) from marts.refund_decisions where employer_id = ? and programme_year = ?",
            employer, day.year,
        )  # fmt: skip
        lists = con.execute(
            "select distinct list_id from staging.stg_employer_lists where uscc = ? and ? >= valid_from"
            " and (valid_to is null or ? <= valid_to)",
            [uscc, day, day],
        ).fetchall()
    return Subject(
        employer,
        str(region or ""),
        unit_type,
        size,
        division,
        section,
        is_dispatch,
        frozenset(name for (name,) in lists),
    )


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> str | None:
    """Return the one value of a query as text; None where it has none."""
    row = con.execute(sql, list(values)).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def missing(employer: str, zh: str, en: str) -> UsageError:
    """Return the error of an employer that cannot be looked up."""
    return UsageError(
        "no_employer", f"{zh}：{employer}", f"{en}: {employer}",
        expected_zh="已入库的单位编号", expected_en="the employer_id of a registered employer",
        next_zh="先运行 wengang run，或改用 --region 和 --meets", next_en="run wengang run first, or use --region and --meets",
    )  # fmt: skip
