"""Great Expectations, imported here alone: it takes seconds to load, and evaluates in SQL on views of the month."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, cast

from wengang.core.garbage import collector_at_rest
from wengang.core.periods import Period
from wengang.quality.suites import Expectation

if TYPE_CHECKING:
    from great_expectations.expectations import UnexpectedRowsExpectation

# Taken in by expectations that we do not use, at a second's cost.
UNUSED = ("altair", "scipy.stats")

# Data Docs as built link style sheets and scripts from outside; pages of an intranet must not.
OUTSIDE = re.compile(
    r"<(?:link|script)\b[^>]*(?:href|src)=[\"'](?:https?:)?//[^>]*>(?:\s*</script>)?|<img\b[^>]*>",
    re.IGNORECASE,
)
# An invitation to the library's newsletter.
FOOTER = re.compile(r"<footer\b.*?</footer>", re.IGNORECASE | re.DOTALL)
SCRIPTS = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
# What the pages number by chance or by the clock.
CHANCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOCK = re.compile(r"\b\d{8}T\d{6}\.\d+Z")
ADDRESS = re.compile(r"https?://[^\s\"'()<>]+")
STYLE = (
    "<style>body{font-family:'Noto Sans SC','Microsoft YaHei',sans-serif;margin:2rem;line-height:1.5}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:left}"
    ".navbar,.modal,script{display:none}img{display:none}</style>"
)


def patch_execute_query() -> None:
    """Fetch rows before the connection closes: the DuckDB dialect loses them otherwise (a test says when this is not needed)."""
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    def execute_query(self: Any, query: Any) -> Any:
        with self.get_connection() as connection:
            result = self._execute_query_with_recovery(connection, query)
            return result.freeze()() if result.returns_rows else result

    setattr(SqlAlchemyExecutionEngine, "execute_query", execute_query)  # noqa: B010 - a method is replaced on purpose


@cache
def load_great_expectations() -> None:
    """Import the package without telemetry, warnings or chatter, and without what none of our expectations uses."""
    import logging
    import warnings

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    warnings.filterwarnings("ignore")
    for name in UNUSED:
        sys.modules.setdefault(name, Later(name))
    with collector_at_rest():
        import great_expectations

    for name in (great_expectations.__name__, "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.WARNING)  # after the import, which sets its own


class Later(ModuleType):
    """Stands for a module, which is imported when something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        """Import the module itself, in this one's place."""
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)  # looked at by tools that go through all modules
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@cache
def expectation_type() -> type[UnexpectedRowsExpectation]:
    """Return an expectation that runs its query once: the library's own asks for the rows as well, which no result shows."""
    from great_expectations.expectations import UnexpectedRowsExpectation

    class NoOffendingRows(UnexpectedRowsExpectation):
        """Met when the query gives no row."""

        metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

        def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
            count = metrics["unexpected_rows_query.row_count"]
            return {"success": count == 0, "result": {"observed_value": count}}

    return NoOffendingRows


def run_checkpoint(
    month: Sequence[str], expectations: Sequence[Expectation], docs: Path, period: Period
) -> dict[str, tuple[bool, str]]:
    """Run one checkpoint over all expectations; returns met and error text by id, and writes Data Docs.

    `month`: the statements by which an empty database shows the month. Each expectation is handed over as a query that counts its
    offending rows, so that no row value reaches a result.
    """
    load_great_expectations()
    from great_expectations.core.run_identifier import RunIdentifier

    patch_execute_query()
    site = docs / "data_docs"
    context = make_context(site)
    source = context.data_sources.add_sql("month", connection_string="duckdb:///:memory:")
    with source.get_execution_engine().engine.begin() as connection:
        for statement in month:
            connection.exec_driver_sql(statement)
    asset = source.add_query_asset("month", query="select 1 as one")
    batch = asset.add_batch_definition_whole_table("month")
    checkpoint = make_checkpoint(context, batch, expectations)
    # The month names the run, not the clock: the same month gives the same pages.
    moment = dt.datetime.combine(period.last_day, dt.time(), tzinfo=dt.UTC)
    try:
        with at_utc():
            outcome = checkpoint.run(run_id=RunIdentifier(run_name=str(period), run_time=moment))
    finally:
        close_connections(source)
    found: dict[str, tuple[bool, str]] = {}
    for run in outcome.run_results.values():
        for result in run.results:
            configuration: Any = result.expectation_config
            found[configuration.meta["id"]] = read_result(result)
    make_self_contained(site, f"{period.last_day:%Y%m%d}T000000.000000Z")
    return found


@contextmanager
def at_utc() -> Iterator[None]:
    """Let the process's local time be UTC in the block: the pages write the run's time in local time, whatever the zone they name."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def make_context(site: Path) -> Any:
    """Return a context in memory that writes its Data Docs into `site`, which is emptied."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = cast("Any", {"globally": False})
    shutil.rmtree(site, ignore_errors=True)
    context.add_data_docs_site(
        "month",
        {
            "class_name": "SiteBuilder",
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(site.resolve()),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def make_checkpoint(context: Any, batch: Any, expectations: Sequence[Expectation]) -> Any:
    """Return the checkpoint that runs all expectations over a batch and then writes the Data Docs."""
    import great_expectations as gx
    from great_expectations.checkpoint import UpdateDataDocsAction
    from great_expectations.expectations.metadata_types import FailureSeverity

    no_offending_rows = expectation_type()
    # Given whole: a suite that is added to one by one is written anew each time.
    suite = context.suites.add(
        gx.ExpectationSuite(
            name="month",
            expectations=[
                no_offending_rows(
                    description=f"{e.id} · {e.zh} · {e.en}",
                    unexpected_rows_query=counting(e.sql),
                    severity=FailureSeverity(e.severity),
                    meta={"id": e.id},
                )
                for e in expectations
            ],
        )
    )
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name="month", data=batch, suite=suite)
    )
    return context.checkpoints.add(
        gx.Checkpoint(
            name="month",
            validation_definitions=[definition],
            actions=[UpdateDataDocsAction(name="docs", site_names=["month"])],
            result_format={"result_format": "SUMMARY"},
        )
    )


def counting(sql: str) -> str:
    """Select one row with the number of offending rows, or no row where there is none. Braces are GX's own marks."""
    escaped = sql.strip().replace("{", "{{").replace("}", "}}")
    return (
        f"select count(*) as failing_rows from ({escaped}) as offending where exists (select 1 from {{batch}})"
        " having count(*) > 0"
    )


def read_result(result: Any) -> tuple[bool, str]:
    """Return whether it is met, and what went wrong where it could not be evaluated at all."""
    found = result.exception_info or {}
    for info in found.values() if "raised_exception" not in found else (found,):
        if isinstance(info, dict) and info.get("raised_exception"):
            return False, (str(info.get("exception_message", "")).splitlines() or ["?"])[0][:300]
    return bool(result.success), ""


def close_connections(source: Any) -> None:
    """Let go of the warehouse file, which others will write to."""
    engine = source.get_execution_engine()
    engine.close()
    engine.engine.dispose()


def make_self_contained(site: Path, moment: str) -> None:
    """Take outside links, scripts and pictures out of the pages, and give them a plain style."""
    shutil.rmtree(site / "static", ignore_errors=True)
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for unwanted in (OUTSIDE, SCRIPTS, FOOTER):
            text = unwanted.sub("", text)
        text = ADDRESS.sub("#", text)
        numbers: dict[str, str] = {}
        text = CHANCE.sub(lambda m, seen=numbers: seen.setdefault(m[0], f"part-{len(seen) + 1}"), text)  # type: ignore[misc]
        text = CLOCK.sub(lambda m, kept=moment: m[0] if m[0] == kept else "", text)  # type: ignore[misc]
        page.write_text(text.replace("</head>", f"{STYLE}</head>", 1), encoding="utf-8")
