"""What the explanations of the two programmes share: the rules one by one, the bank's lines, the source lines behind the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from wengang.core.identifiers import masked_id
from wengang.core.periods import Period
from wengang.evidence.explain.base import Cell, Lines, Section, Words, line_section, rows_of
from wengang.evidence.explain.labels import Labels

OUTCOMES = {
    "pass": Words("✓ 通过", "✓ pass"),
    "fail": Words("✗ 不通过", "✗ fail"),
    "unknown": Words("? 未知", "? unknown"),
    "not_applicable": Words("– 不适用", "– not applicable"),
}


def rule_rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    day: dt.date,
    scopes: Sequence[str],
    where: str,
    values: Sequence[Any],
) -> list[dict[str, Any]]:
    """Return the rules of one decision with their words, the clause, the parameter row that decided and those that it beat.

    `scopes`: the scopes (jurisdiction, a blank, condition) that hold for the subject besides those that hold for everyone.
    """
    return rows_of(
        con,
        f"""
        with held as (
            select
                p.*,
                row_number() over (
                    partition by p.parameter
                    order by p.jurisdiction_rank desc, p.conditions desc, p.layer desc, p.valid_from desc, p.row_id desc
                ) as place
            from policy.rows as p
            where
                cast(? as date) between p.valid_from and p.valid_to
                and (
                    (p.jurisdiction_rank <= 2 and p.conditions = 0)
                    or list_contains(cast(? as varchar[]), concat(p.jurisdiction, ' ', coalesce(p.applies_to, '')))
                )
        ),
        beaten as (
            select
                parameter,
                string_agg(concat(jurisdiction, ' ', coalesce(concat(applies_to, ' '), ''), value), '; ' order by place) as beaten_rows
            from held where place > 1 group by parameter
        )
        select
            o.rule_id, r.title_zh, r.title_en, r.question_zh, r.question_en, o.outcome, o.observed, o.limit_value,
            o.parameter, p.value as parameter_value, p.basis, p.jurisdiction, p.applies_to, p.valid_from, p.valid_to, p.confidence,
            p.reason, b.beaten_rows, o.document_id, d.number as document_number, d.title as document_title, o.article,
            c.text_zh as clause
        from marts.{table} as o
        left join reference.rules as r on o.rule_id = r.rule_id
        left join held as p on o.parameter = p.parameter and p.place = 1
        left join beaten as b on o.parameter = b.parameter
        left join policy.documents as d on o.document_id = d.document_id
        left join reference.clauses as c on o.document_id = c.document_id and o.article = c.article
        where {where}
        order by r.rank
        """,
        [day, list(scopes), *values],
    )


def scopes_of_region(region_code: str | None) -> list[str]:
    """Return the scopes that hold for a region without any condition: its city's and its own."""
    code = region_code or ""
    return [f"{code[:4]}00 ", f"{code} "]


def scopes_of_profile(profile: str | None) -> list[str]:
    """Return the scopes of a profile as the warehouse remembers it: after the day, joined by semicolons.

    One that begins with a question mark asks for a list that was never delivered: it did not hold.
    """
    _, _, scopes = (profile or "").partition(" ")
    return [scope for scope in scopes.split(";") if scope and not scope.startswith("?")]


def rule_section(rules: list[dict[str, Any]], labels: Labels) -> Section:
    """Return every rule in words, with what was seen, the limit, the clause and the parameter row."""
    rows: list[list[Cell]] = []
    for r in rules:
        document = r["document_number"] or r["document_id"] or "—"
        article = r["article"] or ""
        clause_zh = document + (f" 第{article}条" if len(article) == 1 else f" {article}" if article else "")
        clause_en = document + (f" item {article}" if article else "")
        rows.append(
            [OUTCOMES[r["outcome"]], labels.rules([r["rule_id"]]), labels.in_rule(r["observed"]), labels.in_rule(r["limit_value"]),
             Words(clause_zh, clause_en), labels.parameter(r)]
        )  # fmt: skip
    columns = [
        Words("结果", "outcome"), Words("规则", "rule"), Words("实际", "observed"), Words("限值", "limit"),
        Words("依据", "clause"), Words("参数", "parameter row"),
    ]  # fmt: skip
    return Section("rules", Words("规则逐条", "The rules, one by one"), rows, columns)


def payment_rows(
    known: Lines, programme: str, where: str, values: Sequence[Any], period: Period
) -> list[dict[str, Any]]:
    """Return the bank's lines that a condition picks, in the version known at the period's end."""
    columns = (
        "batch_no", "line_no", "programme_year", "payee_id", "on_behalf_of", "amount", "result", "return_reason", "paid_on",
    )  # fmt: skip
    condition = f"is_newest and programme = ? and paid_on <= ? and ({where})"
    return known.rows(
        "programme_payments",
        columns,
        condition,
        [programme, period.last_day, *values],
        key=("batch_no", "line_no"),
    )


def payment_section(
    payments: list[dict[str, Any]], d: dict[str, Any], labels: Labels, standing: Words | None = None
) -> Section:
    """Return the bank's lines, and where payment stands; `standing` is what else there is to say of it."""
    rows: list[list[Cell]] = [
        [p["paid_on"], f"{p['batch_no']}-{p['line_no']}", p["payee_id"], p["amount"],
         labels.of_column("programme_payments", "result", p["result"]), p["return_reason"],
         f"{p['file']}:{p['line']}"]
        for p in payments
    ]  # fmt: skip
    columns = [
        Words("日期", "day"), Words("批次-序号", "batch-line"), Words("收款方", "payee"), Words("金额(元)", "amount"),
        Words("结果", "result"), Words("退回原因", "return reason"), Words("文件:行", "file:line"),
    ]  # fmt: skip
    zh = (
        f"已拨付 {d['paid_amount']:,}，已退回 {d['returned_amount']:,}，应拨付 {d['payable_amount']:,}，"
        f"应追回 {d['recoverable_amount']:,} 元"
    )
    en = (
        f"paid {d['paid_amount']:,}, returned {d['returned_amount']:,}, payable {d['payable_amount']:,}, "
        f"recoverable {d['recoverable_amount']:,} yuan"
    )
    note = Words(zh, en) if standing is None else Words(f"{zh}；{standing.zh}", f"{en}; {standing.en}")
    return Section("payments", Words("拨付", "Payments"), rows, columns, [note])


@dataclass(frozen=True)
class Source:
    """Lines of one source that stand behind a decision: what picks them, what is shown of them, what identifies one."""

    name: str
    title: Words
    columns: Sequence[tuple[str, Words]]
    where: str
    values: Sequence[Any]
    key: tuple[str, ...]
    is_snapshot: bool = False


def source_sections(
    known: Lines, sources: Sequence[Source], as_of: Period, labels: Labels, *, reveal: bool = False
) -> list[tuple[Section, list[dict[str, Any]]]]:
    """Return the source files and lines behind the figures, as known at a period; citizen numbers masked unless `reveal`."""
    sections = []
    for source in sources:
        found = known.rows(
            source.name, [n for n, _ in source.columns], source.where, source.values, key=source.key, snapshot=source.is_snapshot
        )  # fmt: skip
        for row in found:
            if "person_id" in row and not reveal:
                row["person_id"] = masked_id(row["person_id"])
        if found:
            named = Words(
                f"来源行：{source.title.zh}（{as_of} 时所知）", f"Source lines: {source.title.en} (as known in {as_of})"
            )  # fmt: skip
            in_words = partial(labels.of_column, source.name)
            sections.append(
                (line_section(f"lines_{source.name}", named, source.columns, found, in_words), found)
            )
    return sections
