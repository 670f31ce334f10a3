"""Small worlds: rows written by hand become a lake and a journal, and the real models are built on them.

world = World(tmp_path)
world.add("employers", [{"employer_id": "E1", "region_code": "620102"}], period="2024-06")
world.build("2024-06", "+int_employers")
world.query("select * from intermediate.int_employers")
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from wengang.contracts import load_contracts
from wengang.core.journal import append_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES, lake_columns, read_lake
from wengang.policy import load_policy
from wengang.warehouse.build import prepare_back
from wengang.warehouse.dbt_runner import Dbt
from wengang.warehouse.reference import replace_reference
from wengang.warehouse.run_context import register_policy, register_run, remember_facts

# What a row says of itself when a test does not care.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "employers": {
        "uscc": lambda r: "91" + r["employer_id"].zfill(16)[-16:],
        "employer_name": lambda r: "测试单位" + r["employer_id"],
        "unit_type": "enterprise",
        "industry_code": "C13",
        "region_code": "620102",
        "insured_from": dt.date(2015, 1, 1),
        "insured_status": "active",
        "is_dispatch": False,
    },
    "contributions": {
        "pay_kind": "normal",
        "voucher_no": "V1",
        "pay_base": 4000,
        "employer_due": 28,
        "person_due": 12,
        "employer_paid": lambda r: r["employer_due"],
        "person_paid": lambda r: r["person_due"],
        "received_on": lambda r: r["fee_month"] + dt.timedelta(days=14),
    },
    "headcount_changes": {"change_kind": "decrease", "reason": "resignation"},
    "dispatch_assignments": {
        "user_name": "测试用工单位",
        "user_unit_type": "enterprise",
        "cost_bearer": "user",
    },
    "dispatch_agreements": {"applied_on": dt.date(2024, 5, 10), "allocation_confirmed": True},
    "certificates": {
        "occupation_code": "6-20-01-01",
        "occupation_name": "测试工种",
        "level": "4",
        "cert_kind": "skill_level",
        "issued_on": dt.date(2024, 1, 10),
        "issuer_region": "620000",
        "status": "valid",
    },
    "skill_applications": {"applied_on": dt.date(2024, 5, 10), "region_code": "620102"},
    "training_subsidies": {"amount": 800},
    "benefit_claims": {
        "unemployed_on": lambda r: r["start_month"],
        "reason": "employer_termination",
        "region_code": "620102",
        "entitled_months": 4,
        "monthly_standard": 1818,
    },
    "benefit_payments": {
        "benefit_kind": "benefit",
        "amount": 1818,
        "region_code": "620102",
        "result": "paid",
        "paid_on": lambda r: r["benefit_month"] + dt.timedelta(days=19),
    },
    "programme_payments": {
        "programme": "refund",
        "programme_year": 2024,
        "result": "paid",
        "paid_on": dt.date(2024, 6, 20),
    },
    "review_outcomes": {"outcome": "approved", "officer": "测试员", "reason": "测试"},
}


class World:
    """One home with a hand-written lake."""

    def __init__(self, folder: Path, policy: Path | None = None, jurisdiction: str = "620000") -> None:
        given: dict[str, Any] = {"policy": policy} if policy else {}
        self.settings = Settings(home=folder / "home", jurisdiction=jurisdiction, **given)
        self.contracts = load_contracts()
        self.rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
        self.persons: dict[int, str] = {}
        self._written = 0

    def add(
        self, source: str, rows: Sequence[Mapping[str, Any]], period: str = "2024-06", file: str | None = None
    ) -> World:
        """Add rows to one file of a period; months and days as dates or `YYYY-MM-DD` text; unset columns take the defaults."""
        self.rows.setdefault((period, source, file or f"{source}.csv"), []).extend(rows)
        return self

    def _complete(self, source: str, row: Mapping[str, Any]) -> dict[str, Any]:
        kinds = {c.name: c.type for c in self.contracts[source].columns}
        full = {
            k: dt.date.fromisoformat(v) if isinstance(v, str) and kinds.get(k) in {"month", "day"} else v
            for k, v in row.items()
        }
        for name, default in DEFAULTS.get(source, {}).items():
            if name not in full:
                full[name] = default(full) if callable(default) else default
        return full

    def _number(self, con: duckdb.DuckDBPyConnection, person: str) -> int:
        """Return a person's number as the reader would; those made up here by their hash."""
        sql = "select coalesce(try_cast(substr($1, 1, 17) as bigint), cast(hash($1) >> 1 as bigint))"
        number = int(con.execute(sql, [person]).fetchall()[0][0])
        namesake = self.persons.setdefault(number, person)
        assert namesake == person, f"{person} and {namesake} differ in the check digit alone"
        return number

    def write(self) -> None:
        """Write what was added since the last time into the lake and the journal."""
        records = []
        for (period, source, file), rows in sorted(self.rows.items()):
            self._written += 1
            digest = hashlib.sha256(repr((period, source, file, rows)).encode()).hexdigest()
            lake_file = f"{source}/period={period}/delivery={digest[:16]}.parquet"
            path = self.settings.lake_dir / lake_file
            path.parent.mkdir(parents=True, exist_ok=True)
            columns = lake_columns(self.contracts[source])
            with duckdb.connect() as con:
                con.execute(f"create table t ({', '.join(f'{n} {k}' for n, k in columns)})")
                for number, row in enumerate(rows, start=2):
                    full = self._complete(source, row) | {
                        "_period": Period.parse(period).first_day,
                        "_file": file,
                        "_delivery": digest[:16],
                        "_line_no": number,
                        "_seq": number,
                    }
                    if self.contracts[source].kind == "event":
                        full.setdefault("is_valid", True)
                    if numbered := self.contracts[source].numbered:
                        full["_person_no"] = self._number(con, full[numbered])
                    unknown = set(full) - {n for n, _ in columns}
                    assert not unknown, f"{source} has no column {sorted(unknown)}"
                    con.execute(
                        f"insert into t ({', '.join(full)}) values ({', '.join('?' for _ in full)})",
                        list(full.values()),
                    )
                con.execute(f"copy t to '{path}' (format parquet)")
            records.append(
                {
                    "seq": self._written,
                    "period": period,
                    "source": source,
                    "file_name": file,
                    "sha256": digest,
                    "received_at": "2024-01-01T00:00:00",
                    "status": "loaded",
                    "rows_read": len(rows),
                    "rows_accepted": len(rows),
                    "lake_file": lake_file,
                }
            )
        append_journal(self.settings.journal_dir / DELIVERIES, records)
        self.rows = {}

    def build(self, period: str, *select: str, command: str = "run") -> World:
        """Build the selected models (all if none is named) for a month, in the same build file as the months before."""
        self.write()
        month = Period.parse(period)
        state = read_lake(self.settings)
        policy = load_policy(self.settings.policy, self.settings.jurisdiction)
        self.settings.build_dir.mkdir(parents=True, exist_ok=True)
        is_new = not self.settings.build_file.exists()
        with duckdb.connect(str(self.settings.build_file)) as con:
            register_run(con, self.settings, month, state)
            register_policy(con, policy)
            prepare_back(con)
        dbt = Dbt(self.settings)
        if is_new:
            dbt.invoke("seed")
            with duckdb.connect(str(self.settings.build_file)) as con:
                replace_reference(con, self.settings)
        dbt.invoke(command, *select)
        with duckdb.connect(str(self.settings.build_file)) as con:
            remember_facts(con, month, state)
        return self

    def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows of a query on the build file."""
        with duckdb.connect(str(self.settings.build_file)) as con:
            result = con.execute(sql, list(values))
            names = [d[0] for d in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
