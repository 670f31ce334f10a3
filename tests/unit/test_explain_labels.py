"""Explanations say codes in words: every code that a source's column or a rule may show has a label in both languages."""

from __future__ import annotations

import csv

import duckdb
import pytest

from wengang.contracts import load_contracts
from wengang.core.settings import ROOT
from wengang.evidence.explain.base import Words
from wengang.evidence.explain.labels import LISTS, RULE_LISTS, Labels

CODES = ROOT / "seeds" / "reference" / "codes.csv"


@pytest.fixture(scope="module")
def labels():
    with duckdb.connect() as con:
        con.execute("create schema reference")
        con.execute(f"create table reference.codes as from read_csv('{CODES}', all_varchar = true)")
        con.execute("create table reference.rules (rule_id varchar, title_zh varchar, title_en varchar)")
        return Labels(con)


def test_every_code_of_the_named_columns_has_its_words(labels):
    unsaid = [
        f"{source}.{column}: {code}"
        for source, columns in LISTS.items()
        for column in columns
        for code in load_contracts()[source].column(column).codes
        if not isinstance(labels.of_column(source, column, code), Words)
    ]
    assert unsaid == []


def test_no_coded_column_of_an_explained_source_is_forgotten():
    never_shown = {
        "certificates.cert_kind",
        "employers.account_kind",
        "notice_objections.programme",
        "programme_payments.programme",
        "review_outcomes.programme",
    }
    coded = {
        f"{c.source}.{k.name}"
        for c in load_contracts().values()
        for k in c.columns
        if k.codes and c.source in LISTS
    }
    assert coded - {f"{s}.{c}" for s, columns in LISTS.items() for c in columns} <= never_shown


def test_the_lists_of_rules_exist():
    with CODES.open(encoding="utf-8", newline="") as file:
        known = {row["list"] for row in csv.DictReader(file)}
    assert set(RULE_LISTS) <= known


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("enterprise;law_firm", "企业、律师事务所", "Enterprise, Law firm"),
        ("active;normal", "正常参保、存续", "Active, Normal"),
        ("2024-04-28..2024-12-31", "2024-04-28..2024-12-31", "2024-04-28..2024-12-31"),
        ("620171", "620171", "620171"),
        ("something_new", "something_new", "something_new"),
    ],
)
def test_what_a_rule_saw(labels, text, zh, en):
    said = labels.in_rule(text)
    assert (said.zh, said.en) == (zh, en)


def test_nothing_stays_nothing(labels):
    assert (labels.in_rule(None), labels.one("decision", None), labels.rules([])) == (None, None, None)
