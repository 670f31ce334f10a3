"""Every column that a build makes or reads has a meaning in the YAML beside the models."""

from __future__ import annotations

import duckdb
import yaml

from wengang.contracts.models import LOADER, MODELS, read_models
from wengang.core.settings import Settings

LAYERS = ("staging", "intermediate", "marts", "lists")


def described() -> dict[tuple[str, str], set[str]]:
    """Return the columns with a description, by schema and relation, of models and sources."""
    found = {
        (m.layer, m.name): {c.name for c in m.columns if c.description.strip()}
        for m in read_models()
        if m.layer in LAYERS
    }
    for path in MODELS.rglob("*.yml"):
        nodes = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER) or {}
        for source in nodes.get("sources") or ():
            for table in source["tables"]:
                columns = {c["name"] for c in table.get("columns") or () if c["description"].strip()}
                found[source["schema"], table["name"]] = columns
    return found


def test_every_column_is_described(province):
    known = described()
    with duckdb.connect(str(Settings(home=province.home).warehouse_file), read_only=True) as con:
        rows = con.execute("select schema_name, table_name, column_name from duckdb_columns()").fetchall()
    built = {(schema, table) for schema, table, _ in rows}
    assert ("intermediate", "int_employers") in built and ("marts", "risk_leads") in built
    missing = [f"{s}.{t}.{c}" for s, t, c in rows if (s, t) in known and c not in known[s, t]]
    assert missing == []
