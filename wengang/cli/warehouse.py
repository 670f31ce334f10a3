"""Commands that work on the warehouse by hand: dbt on a copy, its documentation, SQL on the published file."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from wengang.cli.application import app
from wengang.cli.options import Home, Policy, data_directory, settings_from
from wengang.core.periods import Period


@app.command(name="dbt", context_settings={"ignore_unknown_options": True})
def dbt_command(
    arguments: Annotated[
        list[str], typer.Argument(metavar="-- ARGS", help="dbt 的命令与选项 · dbt's command and options")
    ],
    period: Annotated[
        str | None, typer.Option("--period", help="期间 · the month; the newest built, if none is named")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="重新复制 · copy the published warehouse anew")
    ] = False,
    home: Home = None,
    policy: Policy = None,
) -> None:
    """手工运行 dbt · dbt on a copy of a month's build, such as: wengang dbt -- build -s refund_decisions+

    The copy lies in HOME/dbt and is kept from one command to the next; what is published is never touched.
    """
    from wengang.warehouse.by_hand import run_dbt

    settings = settings_from(home=home, policy=policy)
    month = Period.parse(period) if period else None
    raise typer.Exit(run_dbt(settings, arguments, month, is_fresh=fresh))


@app.command(name="docs")
def docs_command(home: Home = None) -> None:
    """模型文档 · dbt's documentation of every model and column, with lineage, as one page that needs no server."""
    from wengang.warehouse.by_hand import write_docs

    print(write_docs(settings_from(home=home)))


@app.command(name="sql")
def sql_command(
    statement: Annotated[str, typer.Argument(help="一条查询语句 · one statement that reads")],
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="输出形式 · how rows are laid out")
    ] = "table",
    home: Home = None,
) -> None:
    """查询 · run one SQL statement on the published warehouse, read-only."""
    from wengang.warehouse.by_hand import query, render

    columns, rows = query(data_directory(home=home), statement)
    print(render(columns, rows, form))


@app.command(name="duckdb")
def duckdb_command(home: Home = None) -> None:
    """查询终端 · a prompt for SQL on the published warehouse, read-only."""
    from wengang.warehouse.by_hand import shell

    shell(data_directory(home=home))
