"""Stands in for the model while SQL is linted: what dbt reads from its YAML."""

from __future__ import annotations

columns = {"a_column": {}}
config = {"meta": {"key": ["a_column"]}}
