"""The command line: every step by hand, without Airflow; the same functions that the DAGs call.

A module holds a group of commands and puts them on the application by `@app.command()` when it is imported here.
"""

from __future__ import annotations

# The order of the imports is the order of the help.
from wengang.cli import data_directory, monthly, signing, keys, questions, restricted  # isort: skip # noqa: F401
from wengang.cli import scenarios, parameters, warehouse  # isort: skip # noqa: F401
from wengang.cli.application import app
from wengang.cli.entry import guarded, main

__all__ = ["app", "guarded", "main"]
