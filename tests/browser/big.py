"""A warehouse file of as many employers as wanted, made up by a query: only the tables that the pages read."""

from __future__ import annotations

from pathlib import Path

import duckdb


def enlarge(source: Path, target: Path, employers: int) -> None:
    """Copy a built warehouse with the newest year's decisions multiplied to `employers`, under made-up numbers and names."""
    with duckdb.connect(str(target)) as con:
        con.execute(f"attach '{source}' as src (read_only)")
        wanted = con.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'src' and (table_schema in"
            " ('marts', 'policy', 'reference', 'quality', 'run') or table_name in ('int_employers', 'int_employer_months', 'int_benefit_claims'))"
            " order by all"
        ).fetchall()
        for schema, name in wanted:
            con.execute(f"create schema if not exists {schema}")
            con.execute(f"create table {schema}.{name} as select * from src.{schema}.{name}")
        year, day = con.execute(
            "select max(programme_year), max(period) from marts.refund_decisions"
        ).fetchone()
        con.execute(
            f"""
            create temp table copies as
            select e.employer_id as old_id, '99' || lpad(cast(row_number() over (order by c.copy, e.employer_id) as varchar), 10, '0') as new_id
            from (select employer_id from marts.refund_decisions where period = date '{day}' and programme_year = {year}) as e
            cross join (select range as copy from range({employers})) as c
            order by c.copy, e.employer_id limit {employers}
            """
        )
        decided = f"period = date '{day}' and programme_year = {year}"
        con.execute(f"create temp table seed as select * from marts.refund_decisions where {decided}")
        con.execute(f"create temp table outcomes as select * from marts.refund_rule_outcomes where {decided}")
        con.execute(f"delete from marts.refund_decisions where period = date '{day}'")
        con.execute(f"delete from marts.refund_rule_outcomes where period = date '{day}'")
        con.execute(
            "insert into marts.refund_decisions select d.* replace (c.new_id as employer_id, '试验单位' || c.new_id as employer_name)"
            " from copies as c inner join seed as d on c.old_id = d.employer_id"
        )
        con.execute(
            "insert into marts.refund_rule_outcomes select o.* replace (c.new_id as employer_id) from copies as c"
            " inner join outcomes as o on c.old_id = o.employer_id"
        )
        con.execute(
            "insert into intermediate.int_employer_months select m.* replace (c.new_id as employer_id) from copies as c"
            f" inner join src.intermediate.int_employer_months as m on c.old_id = m.employer_id where year(m.fee_month) = {year} - 1"
        )
