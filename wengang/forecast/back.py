"""What the build takes back from Python: the projection of the fund and its back-test, as tables of the schema `back`."""

from __future__ import annotations

import duckdb

from wengang.periods import Period

PROJECTION = """
    create or replace table back.fund_projection (
        period date, scenario varchar, month date,
        income decimal(18, 2), expenditure decimal(18, 2), balance decimal(18, 2), reserve_months decimal(18, 6),
        low decimal(18, 2), high decimal(18, 2),
        premium decimal(18, 2), other_income decimal(18, 2), living_benefits decimal(18, 2), refund decimal(18, 2),
        skill_subsidy decimal(18, 2), other_expenditure decimal(18, 2), method varchar
    )
"""
BACKTEST = """
    create or replace table back.fund_backtest (
        period date, item varchar, method varchar, origins integer, horizon integer, points integer,
        mean_absolute_error decimal(18, 2), naive_mean_absolute_error decimal(18, 2), error_ratio decimal(18, 6),
        interval_level decimal(18, 6), interval_coverage decimal(18, 6), history_months integer, note_zh varchar, note_en varchar
    )
"""


def back_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables that the build fills between its marts and its report models."""
    con.execute("create schema if not exists back")
    con.execute(PROJECTION)
    con.execute(BACKTEST)


def project(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Project the fund as of a period into `back.fund_projection` and `back.fund_backtest`."""
    back_tables(con)
