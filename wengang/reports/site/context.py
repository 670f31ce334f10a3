"""What every page shows: the report, its figures as cells, and which of them are hidden."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import duckdb

from wengang.lake.deliveries import LakeState
from wengang.reports.figures import Report, rows_of, tables_of

PAGES = (
    ("index", "本月概览", "Overview", ("overview.js",)),
    ("decisions", "决定查询", "Decisions", ("decisions.js",)),
    ("employer", "单位说明", "One employer", ("employer.js",)),
    ("risk", "风险线索", "Risk leads", ("risk.js",)),
    ("recovery", "追回", "Recovery", ()),
    ("quality", "数据质量", "Data quality", ()),
    ("parameters", "参数与依据", "Parameters", ()),
    ("changes", "与上月相比", "Changes", ("changes.js",)),
)

UNIT_WORDS = {
    "yuan": ("元", "yuan"), "months": ("个月", "months"), "units": ("户", "units"), "persons": ("人", "persons"),
    "applications": ("件", "applications"), "leads": ("条", "leads"),
    "cases": ("件", "cases"), "incidents": ("件", "incidents"), "person-months": ("人月", "person-months"),
    "files": ("个", "files"), "rows": ("行", "rows"), "checks": ("项", "checks"), "values": ("项", "values"), "days": ("天", "days"),
    "flag": ("", ""), "value": ("", ""),
}  # fmt: skip

# The count of persons by which a section's cells are judged small.
PERSONS_OF = {
    "skill": "applications",
    "expansion": "applications",
    "benefits": "persons",
    "premium": "insured",
}


Audience = Literal["internal", "public"]


class Cell:
    """A figure as shown: known, not known, or hidden because too few persons stand behind it."""

    def __init__(
        self, value: Decimal | None, unit: str, places: int, *, hidden: bool = False, trace: str = ""
    ) -> None:
        self.value = None if hidden else value
        self.unit = unit
        self.places = places
        self.hidden = hidden
        self.trace = "" if hidden or value is None else trace

    @property
    def text(self) -> str:
        """Return the figure with thousands separators; empty where there is none to show."""
        return "" if self.value is None else f"{self.value:,.{self.places}f}"


def wan_text(value: Decimal | None) -> str | None:
    """Write yuan as 万元, two places, half up."""
    if value is None:
        return None
    return f"{(value / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"


def number_of(value: Decimal | None, divisor: int = 1) -> float | None:
    """Return a figure for drawing."""
    return None if value is None else float(value) / divisor


class Context:
    """What the templates show, from a report and its warehouse."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        report: Report,
        state: LakeState,
        audience: Audience = "internal",
        own_revision: int | None = None,
    ) -> None:
        self.audience = audience
        self.own_revision = own_revision
        self.con = con
        self.report = report
        self.state = state
        self.period = report.period
        self.day = report.period.first_day
        self.tables = tables_of(con)
        least = rows_of(
            con,
            "select value from policy.parameters where parameter = 'small_cell_min' and ? between valid_from and valid_to",
            self.period.last_day,
        )
        self.limit = int(least[0]["value"]) if least and str(least[0]["value"]).isdigit() else 1
        # No count is too small for those who run the programmes; whatever is public hides by one limit.
        self.least = self.limit if audience == "public" else 1
        self.previous = self.period.plus(-1)
        self.has_previous = bool(
            rows_of(con, "select 1 from run.builds where period = ?", self.previous.first_day)
        )
        self.unit_of = {
            r["region_code"]: r["reporting_unit"]
            for r in rows_of(
                con, "select region_code, reporting_unit from reference.regions order by region_code"
            )
        }

    def shared(self) -> dict[str, Any]:
        """Return what every page carries."""
        r = self.report
        return {
            "period": str(self.period),
            "year": self.period.year,
            "month": self.period.month,
            "last_day": self.period.last_day.isoformat(),
            "province": r.province_name,
            "is_draft": r.is_draft,
            "signing": r.signing,
            "revision": r.revision,
            "incomplete": r.incomplete,
            "critical": r.critical(),
            "pages": PAGES,
            "least": self.limit,
            "is_internal": self.audience == "internal",
            "own_revision": self.own_revision,
        }

    def cell(self, section: str, measure: str, dimension: str = "none", value: str = "", *, unit: str | None = None, column: Any = "value", hidden: bool = False) -> Cell:  # fmt: skip  # noqa: E501
        """Return one figure of the report with its unit and places."""
        m = self.report.measures.get((section, measure))
        figure = self.report.figure(section, measure, dimension, value, unit=unit, column=column)
        trace = f"{section} {measure} {unit or self.report.province} --period {self.period}"
        if dimension != "none":
            trace += f" --dimension {dimension} --value {value}"
        return Cell(
            figure,
            m.unit if m else "value",
            m.places if m else 2,
            hidden=hidden,
            trace=trace if column == "value" else "",
        )

    def count(
        self, section: str, measure: str, dimension: str = "none", value: str = "", *, unit: str | None = None
    ) -> int | None:
        """Return a count of persons; None where it is not known."""
        figure = self.report.figure(section, measure, dimension, value, unit=unit)
        return None if figure is None else int(figure)

    def is_small(self, section: str) -> bool:
        """Return whether too few persons of the whole province stand behind a section's month."""
        measure = PERSONS_OF.get(section)
        count = self.count(section, measure) if measure else None
        return count is not None and 0 < count < self.least

    def dimensions(self, section: str, measure: str) -> set[str]:
        """Name the dimensions that a measure has figures for."""
        return self.by_measure().get((section, measure), set())

    def by_measure(self) -> dict[tuple[str, str], set[str]]:
        """Name the dimensions of every measure of the province, once."""
        if not hasattr(self, "_by_measure"):
            found: dict[tuple[str, str], set[str]] = {}
            for unit, section, measure, dimension, _ in self.report.figures:
                if unit == self.report.province:
                    found.setdefault((section, measure), set()).add(dimension)
            self._by_measure = found
        return self._by_measure

    def is_small_cell(self, section: str, unit: str, column: Any) -> bool:
        """Return whether a figure of the province is of too few persons, in the month shown by its column."""
        measure = PERSONS_OF.get(section)
        if measure is None or section == "premium":
            return False
        figure = self.report.figure(section, measure, column=column)
        return figure is not None and 0 < figure < self.least
