"""The pages of a month: templates filled from the figures and tables of the report, with pieces of data beside them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import LakeState, read_lake
from wengang.policy.registry import registry
from wengang.reports.figures import LAPSE_DAYS, Report, Signing, read_report, rows_of, tables_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.charts import Band, Chart, Limit, Series, gauge, line_chart
from wengang.reports.site.data import as_json, masked, write_decisions, write_piece, years_of

HERE = Path(__file__).resolve().parent
PAGES = (
    ("index", "本月概览", "Overview", ("overview.js",)),
    ("decisions", "决定查询", "Decisions", ("decisions.js",)),
    ("employer", "单位说明", "One employer", ("employer.js",)),
    ("risk", "风险线索", "Risk leads", ("risk.js",)),
    ("quality", "数据质量", "Data quality", ()),
    ("parameters", "参数与依据", "Parameters", ()),
    ("changes", "与上月相比", "Changes", ("changes.js",)),
)
SOURCES = {
    "employers": ("参保单位登记", "Register of employers"),
    "enterprise_size": ("企业划型", "Size filings"),
    "contributions": ("缴费明细", "Contributions"),
    "headcount_changes": ("人员增减", "Headcount changes"),
    "benefit_claims": ("失业待遇核定", "Benefit claims"),
    "benefit_payments": ("失业待遇发放", "Benefit payments"),
    "sanctions": ("失信名单", "Sanctions"),
    "dispatch_agreements": ("派遣分配确认", "Dispatch agreements"),
    "dispatch_assignments": ("派遣人员", "Dispatch assignments"),
    "notice_objections": ("公示异议", "Objections"),
    "review_outcomes": ("人工审核结果", "Review outcomes"),
    "programme_payments": ("资金拨付回执", "Programme payments"),
    "certificates": ("技能证书", "Certificates"),
    "skill_applications": ("技能提升补贴申领", "Skill applications"),
    "training_subsidies": ("职业培训补贴", "Training subsidies"),
    "cross_checks": ("比对信息", "Cross-checks"),
    "fund_ledger": ("基金台账", "Fund ledger"),
}
# What is shown of a decision that a restatement changed; the rest stands in the package's folder.
RESTATED_COLUMNS = {
    "decision": ("结论", "Decision"),
    "contribution_base": ("返还基数（元）", "Base (yuan)"),
    "refund_amount": ("返还金额（元）", "Refund (yuan)"),
    "paid_amount": ("已拨付（元）", "Paid (yuan)"),
    "returned_amount": ("已退回（元）", "Returned (yuan)"),
    "payable_amount": ("应拨付（元）", "Payable (yuan)"),
    "recoverable_amount": ("应追回（元）", "Recoverable (yuan)"),
}
BEHIND_SHOWN = 200
UNIT_WORDS = {
    "yuan": ("元", "yuan"), "months": ("个月", "months"), "units": ("户", "units"), "persons": ("人", "persons"),
    "applications": ("件", "applications"), "leads": ("条", "leads"), "incidents": ("件", "incidents"), "person-months": ("人月", "person-months"),
    "files": ("个", "files"), "rows": ("行", "rows"), "checks": ("项", "checks"), "values": ("项", "values"), "days": ("天", "days"),
    "flag": ("", ""), "value": ("", ""),
}  # fmt: skip
SCENARIOS = {
    "base": ("基准", "Base"),
    "claims_x1_5": ("领取人数 ×1.5", "Claims ×1.5"),
    "claims_x2": ("领取人数 ×2", "Claims ×2"),
    "premium_minus_10": ("保费收入 −10%", "Premium −10%"),
    "refund_ratio_raised": ("返还比例提高", "Refund ratio raised"),
}
# The figures of a unit on the map and in its table: key, section, measure, dimension, its value, Chinese, English, unit, whether of persons.
UNIT_FIGURES = (
    ("eligible", "refund", "employers", "decision", "eligible", "返还符合单位", "Units eligible", "units", None),
    ("refund", "refund", "refund_amount", "none", "", "返还金额", "Refund", "yuan", None),
    ("paid", "refund", "paid_amount", "none", "", "已拨付返还", "Refund paid", "yuan", None),
    ("skill", "skill", "approved", "none", "", "技能补贴核准", "Skill subsidies approved", "applications", "skill"),
    ("benefit", "benefits", "persons", "none", "", "领取待遇人数", "Persons on benefit", "persons", "benefits"),
    ("benefit_amount", "benefits", "amount", "none", "", "待遇金额", "Benefits paid", "yuan", "benefits"),
    ("relief", "premium", "relief", "none", "", "降费率减征", "Premium relieved", "yuan", "premium"),
)  # fmt: skip
FIGURE_COLUMNS = {
    "value": ("本月（月末）", "month or its end"),
    "value_year_to_date": ("本年累计", "year to date"),
    "value_same_month_last_year": ("上年同月", "same month last year"),
}
# The count of persons by which a section's cells are judged small.
PERSONS_OF = {"skill": "applications", "benefits": "persons", "premium": "insured"}


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
        """The figure with thousands separators; empty where there is none to show."""
        return "" if self.value is None else f"{self.value:,.{self.places}f}"


def wan_text(value: Decimal | None) -> str | None:
    """Write yuan as 万元, two places, half up."""
    if value is None:
        return None
    return f"{(value / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"


def number_of(value: Decimal | None, divisor: int = 1) -> float | None:
    """Give a figure for drawing."""
    return None if value is None else float(value) / divisor


def write_site(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    period: Period,
    folder: Path,
    *,
    report: Report | None = None,
    signing: Signing | None = None,
) -> Path:
    """Write `folder/` (the package's `site`): pages, assets and data of a month; returns the first page.

    `con` is a warehouse open for reading (temporary tables are made in memory). Without a signing every page says that it is a draft.
    Source files and line numbers are read from the lake as the journal lists them. The same inputs give the same bytes.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    report = report or read_report(con, period, signing)
    state = read_lake(settings).through(period)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(HERE / "assets", folder / "assets")
    context = Context(con, report, state)
    years = years_of(con, period)
    found = write_decisions(con, period, years, settings.lake_dir, state, folder)
    write_piece(folder, "meta", as_json(context.meta(years, found)))
    write_piece(folder, "leads", as_json(context.employer_leads()))
    write_piece(folder, "changes", as_json(context.changed_decisions()))
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["wan"] = wan_text
    env.filters["mask"] = masked
    env.filters["unit_zh"] = lambda unit: UNIT_WORDS.get(unit, (unit, unit))[0]
    env.filters["unit_en"] = lambda unit: UNIT_WORDS.get(unit, (unit, unit))[1]
    shared = context.shared()
    pages = {
        "index": context.overview(),
        "decisions": {"years": years},
        "employer": {},
        "risk": context.risk(),
        "quality": context.quality(),
        "parameters": context.parameters(),
        "changes": context.changes(),
    }
    for name, zh, en, scripts in PAGES:
        html = env.get_template(f"{name}.html.j2").render(
            page=name, page_zh=zh, page_en=en, scripts=scripts, **shared, **pages[name]
        )
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder / "index.html"


class Context:
    """What the templates show, from a report and its warehouse."""

    def __init__(self, con: duckdb.DuckDBPyConnection, report: Report, state: LakeState) -> None:
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
        self.least = int(least[0]["value"]) if least and str(least[0]["value"]).isdigit() else 1
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

    # --- words and codes -------------------------------------------------------------------------------------------

    def shared(self) -> dict[str, Any]:
        """What every page carries."""
        r = self.report
        return {
            "period": str(self.period),
            "year": self.period.year,
            "month": self.period.month,
            "last_day": self.period.last_day.isoformat(),
            "province": r.province_name,
            "is_draft": r.is_draft,
            "signing": r.signing,
            "incomplete": r.incomplete,
            "critical": r.critical(),
            "pages": PAGES,
            "least": self.least,
        }

    def meta(self, years: Sequence[dict[str, Any]], found: dict[str, Any]) -> dict[str, Any]:
        """Everything by which the browser puts data into words."""
        r = self.report
        labels: dict[str, dict[str, tuple[str, str]]] = {}
        for (kind, code), named in r.labels.items():
            labels.setdefault(kind, {})[code] = (named.zh, named.en)
        for kind in (
            "decision",
            "unit_type",
            "size_class",
            "notice_status",
            "lead_stage",
            "lead_severity",
            "lead_status",
        ):
            labels.setdefault(kind, {})
        # What rules saw is written in codes of several lists; a word is taken where its meaning does not depend on the list.
        words: dict[str, tuple[str, str]] = {}
        for kind in (
            "rule_word",
            "unit_type",
            "size_class",
            "size_source",
            "insured_status",
            "registry_status",
            "review_outcome",
            "rule_outcome",
            "parameter_choice",
        ):
            for code, label in labels.get(kind, {}).items():
                words.setdefault(code, label)
        rules = rows_of(
            self.con,
            "select rule_id as id, title_zh as zh, title_en as en, question_zh, question_en from reference.rules"
            " where programme = 'refund' order by rank",
        )
        as_of = (
            self.con.execute("select max(as_of) from run.facts_state").fetchone()
            if "run.facts_state" in self.tables
            else None
        )
        parameters = {
            str(taken): {
                p["parameter"]: [p["value"], p["basis"], p["valid_from"], p["confidence"]]
                for p in rows_of(
                    self.con,
                    "select parameter, value, basis, valid_from, confidence from policy.parameters where ? between valid_from and valid_to"
                    " order by parameter",
                    taken.last_day,
                )
            }
            for taken in sorted({y["taken"] for y in years})
        }
        return {
            **{k: v for k, v in found.items() if k != "coded"},
            "period": str(self.period),
            "facts_as_of": f"{as_of[0]:%Y-%m}" if as_of and as_of[0] else str(self.period),
            "years": [
                {
                    "year": y["year"],
                    "window_from": y["window_from"],
                    "window_to": y["window_to"],
                    "taken": str(y["taken"]),
                    "is_open": y["is_open"],
                }
                for y in years
            ],
            "labels": labels,
            "words": words,
            "rules": rules,
            "parameters": parameters,
            "titles": {
                **{name: [kind.title_zh, kind.title_en] for name, kind in registry().items()},
                "refund_window": ["执行期限", "Window"],
            },
            "documents": {
                d["document_id"]: [d["number"], d["title"]]
                for d in rows_of(
                    self.con, "select document_id, number, title from policy.documents order by document_id"
                )
            },
            "clauses": {
                f"{c['document_id']}|{c['article']}": c["text_zh"]
                for c in rows_of(
                    self.con,
                    "select document_id, article, text_zh from reference.clauses order by document_id, article",
                )
            },
            "regions": {
                g["region_code"]: [g["region_name"], g["reporting_unit"]]
                for g in rows_of(
                    self.con,
                    "select region_code, region_name, reporting_unit from reference.regions order by region_code",
                )
            },
            "units": [
                [u.code, u.name_zh, u.name_en] for u in self.report.units if u.code != self.report.province
            ],
            "sources": SOURCES,
        }

    # --- figures ---------------------------------------------------------------------------------------------------

    def cell(self, section: str, measure: str, dimension: str = "none", value: str = "", *, unit: str | None = None, column: Any = "value", hidden: bool = False) -> Cell:  # fmt: skip  # noqa: E501
        """Give one figure of the report with its unit and places."""
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
        """Give a count of persons; None where it is not known."""
        figure = self.report.figure(section, measure, dimension, value, unit=unit)
        return None if figure is None else int(figure)

    def is_small(self, section: str) -> bool:
        """Whether too few persons of the whole province stand behind a section's month."""
        measure = PERSONS_OF.get(section)
        count = self.count(section, measure) if measure else None
        return count is not None and 0 < count < self.least

    def overview(self) -> dict[str, Any]:
        """The month at a glance."""
        rows, total_hidden = self.unit_rows()
        return {
            "cards": self.cards(),
            "reserve": self.reserve(),
            "unit_figures": [(f[0], f[5], f[6], UNIT_WORDS[f[7]]) for f in UNIT_FIGURES],
            "unit_rows": rows,
            "tiles": self.tiles(rows),
            "legends": self.legends(rows),
            "hides": total_hidden or any(c.hidden for r in rows for c in r["cells"].values()),
            "programmes": self.programmes(),
            "trends": self.trends(),
            "warnings": len(self.report.warnings()),
        }

    def cards(self) -> list[dict[str, Any]]:
        """The first figures, with the same month of last year where known."""
        wanted = [
            ("fund", "balance", "none", "", "基金滚存结余", "Fund balance", ""),
            (
                "refund",
                "employers",
                "decision",
                "eligible",
                "稳岗返还符合单位",
                "Units eligible for the refund",
                "decisions.html#decision=eligible",
            ),
            (
                "refund",
                "refund_amount",
                "none",
                "",
                "稳岗返还金额",
                "Refund, eligible and in review",
                "decisions.html",
            ),
            ("refund", "paid_amount", "none", "", "稳岗返还已拨付", "Refund paid", ""),
            ("refund", "payable_amount", "none", "", "稳岗返还应拨付", "Refund payable", ""),
            ("skill", "approved", "none", "", "技能提升补贴核准", "Skill subsidies approved", ""),
            ("benefits", "persons", "none", "", "保生活待遇领取", "Persons paid living benefits", ""),
            ("premium", "relief", "none", "", "降费率减征", "Premium relieved", ""),
        ]
        out = []
        for section, measure, dimension, value, zh, en, href in wanted:
            hidden = self.is_small(section)
            out.append({
                "zh": zh, "en": en, "href": href, "section": section,
                "cell": self.cell(section, measure, dimension, value, hidden=hidden),
                "last": self.cell(section, measure, dimension, value, column="last_year"),
                "flow": self.report.measures[(section, measure)].kind == "flow",
            })  # fmt: skip
        return out

    def reserve(self) -> dict[str, Any]:
        """The reserve period against both limits: the gauge, and the months before and to come."""
        fig = self.report.figure
        value = fig("fund", "reserve_months")
        least, target = fig("fund", "reserve_months_min"), fig("fund", "pooling_target")
        rolling, ahead = (
            fig("fund", "rolling_reserve_months"),
            fig("fund", "projected_reserve_months", "item", "base"),
        )
        band = rows_of(
            self.con,
            "select band, gate_open, balance_previous_year, expenditure_previous_year from marts.fund_reserve"
            " where period = ? and programme_year = ?",
            self.day, self.period.year,
        )  # fmt: skip
        out: dict[str, Any] = {
            "value": value, "least": least, "target": target, "rolling": rolling, "ahead": ahead,
            "formula": next((p["value"] for p in self.report.parameters if p["parameter"] == "reserve_formula"), ""),
            "band": self.report.label("reserve_band", band[0]["band"]) if band else None,
            "band_code": band[0]["band"] if band else "unknown", "gate_open": band[0]["gate_open"] if band else None,
            "balance": band[0]["balance_previous_year"] if band else None, "expenditure": band[0]["expenditure_previous_year"] if band else None,
            "gauge": "", "months_chart": "", "balance_chart": "", "rows": [], "scenarios": [],
        }  # fmt: skip
        if least is not None and target is not None:
            readings = (("近12个月口径", "last 12 months", rolling), ("一年后预测", "a year ahead", ahead))
            marks = [(zh, en, float(v)) for zh, en, v in readings if v is not None]
            out["gauge"] = gauge(number_of(value), float(least), float(target), marks, "gauge-title")
        past = self.report.fund_months
        future: dict[str, list[dict[str, Any]]] = {}
        for row in self.report.projection:
            future.setdefault(row["scenario"], []).append(row)
        base = future.get("base", [])
        if not past and not base:
            return out
        months = [f"{r['month']:%Y-%m}" for r in past] + [f"{r['month']:%Y-%m}" for r in base]
        known, coming = len(past), len(base)
        gap: list[float | None] = [None] * known
        lines = [
            Series(
                "近12个月口径",
                "last 12 months",
                [number_of(r["rolling_reserve_months"]) for r in past] + [None] * coming,
                "s0",
            )
        ]
        for i, (scenario, rows) in enumerate(
            sorted(future.items(), key=lambda kv: list(SCENARIOS).index(kv[0]) if kv[0] in SCENARIOS else 99)
        ):
            zh, en = SCENARIOS.get(scenario, (scenario, scenario))
            join: list[float | None] = list(gap)
            if past and past[-1]["rolling_reserve_months"] is not None:
                join[-1] = number_of(past[-1]["rolling_reserve_months"])
            lines.append(Series(zh, en, join + [number_of(r["reserve_months"]) for r in rows], f"s{i + 1}"))
            out["scenarios"].append((zh, en, f"s{i + 1}"))
        limits = []
        if least is not None:
            limits.append(
                Limit(f"下限 {least:.0f} 个月", f"minimum {least:.0f} months", float(least), "least")
            )
        if target is not None:
            limits.append(
                Limit(
                    f"统筹目标线 {target:.0f} 个月",
                    f"pooling target {target:.0f} months",
                    float(target),
                    "target",
                )
            )
        out["months_chart"] = line_chart(Chart(months, lines, limits, None, known), "reserve-title")
        join = [*gap[:-1], number_of(past[-1]["balance"], 10000)] if past else []
        out["balance_chart"] = line_chart(
            Chart(
                months,
                [
                    Series(
                        "结余",
                        "balance",
                        [number_of(r["balance"], 10000) for r in past] + [None] * coming,
                        "s0",
                    ),
                    Series("预测", "projection", join + [number_of(r["balance"], 10000) for r in base], "s1"),
                ],
                (),
                Band(
                    [*gap, *(number_of(r["low"], 10000) for r in base)],
                    [*gap, *(number_of(r["high"], 10000) for r in base)],
                ),
                known,
            ),
            "balance-title",
        )
        out["rows"] = [
            {"month": f"{r['month']:%Y-%m}", "income": r["income"], "expenditure": r["expenditure"], "balance": r["balance"],
             "low": r.get("low"), "high": r.get("high"), "reserve": r.get("rolling_reserve_months", r.get("reserve_months")), "projected": "low" in r}
            for r in [*past, *base]
        ]  # fmt: skip
        return out

    def unit_rows(self) -> tuple[list[dict[str, Any]], bool]:
        """Give the units' figures; small counts of persons, and what goes with them, hidden so that totals do not tell them."""
        units = [u for u in self.report.units if u.code != self.report.province]
        hidden = {
            section: hide_small([self.count(section, measure, unit=u.code) for u in units], self.least)
            for section, measure in PERSONS_OF.items()
        }
        tiles = {
            r["reporting_unit"]: r
            for r in rows_of(
                self.con,
                "select reporting_unit, short_zh, tile_col, tile_row from reference.reporting_units order by unit_order",
            )
        }
        rows = []
        for i, u in enumerate(units):
            cells = {
                key: self.cell(s, m, d, v, unit=u.code, hidden=group is not None and hidden[group].cells[i])
                for key, s, m, d, v, _, _, _, group in UNIT_FIGURES
            }
            rows.append({"unit": u, "tile": tiles.get(u.code), "cells": cells, "is_total": False})
        province = next(u for u in self.report.units if u.code == self.report.province)
        total = {
            key: self.cell(s, m, d, v, hidden=group is not None and hidden[group].total)
            for key, s, m, d, v, _, _, _, group in UNIT_FIGURES
        }
        rows.append({"unit": province, "tile": None, "cells": total, "is_total": True})
        return rows, any(h.total for h in hidden.values())

    def steps(self, rows: Sequence[dict[str, Any]], key: str) -> list[Decimal]:
        """Give the upper bounds of the shades of a measure: quarters of the units' largest figure."""
        known = [r["cells"][key].value for r in rows if r["tile"] and r["cells"][key].value is not None]
        top = max(known, default=Decimal(0))
        return [top * i / 4 for i in (1, 2, 3, 4)] if top > 0 else []

    def tiles(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the units of the map with their place and, for each measure, their shade (0 to 4; `x` not shown or known)."""
        out = []
        for row in rows:
            if not row["tile"]:
                continue
            shades = {}
            for figure in UNIT_FIGURES:
                cell, bounds = row["cells"][figure[0]], self.steps(rows, figure[0])
                if cell.value is None:
                    shades[figure[0]] = "x"
                elif not cell.value:
                    shades[figure[0]] = "0"
                else:
                    shades[figure[0]] = str(next((i + 1 for i, b in enumerate(bounds) if cell.value <= b), 4))
            out.append(
                {**row, "shades": shades, "col": row["tile"]["tile_col"], "row": row["tile"]["tile_row"]}
            )
        return sorted(out, key=lambda tile: (tile["row"], tile["col"]))

    def legends(self, rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
        """Give the words of the shades of each measure."""
        return {
            figure[0]: [f"{bound:,.{0 if bound >= 10 else 1}f}" for bound in self.steps(rows, figure[0])]
            for figure in UNIT_FIGURES
        }

    def programmes(self) -> list[dict[str, Any]]:
        """Give the province's figures by section: this month, the year so far, the same month of last year; and what adds up to them."""
        r = self.report
        out = []
        for section, zh, en in (
            ("refund", "稳岗返还", "Stabilisation refund"),
            ("skill", "技能提升补贴", "Skill subsidy"),
            ("benefits", "保生活待遇", "Living benefits"),
            ("premium", "降费率", "Premium cut"),
            ("fund", "基金", "Fund"),
        ):
            rows = []
            for (s, measure), m in r.measures.items():
                if s != section or ("none" not in self.dimensions(section, measure)):
                    continue
                if m.unit == "flag":
                    continue
                cells = [
                    self.cell(
                        section, measure, column=column, hidden=self.is_small_cell(section, m.unit, column)
                    )
                    for column in ("value", "year", "last_year")
                ]
                rows.append(
                    {
                        "zh": m.title_zh,
                        "en": m.title_en,
                        "unit": UNIT_WORDS.get(m.unit, (m.unit, m.unit)),
                        "cells": cells,
                        "kind": m.kind,
                    }
                )
            out.append({"section": section, "zh": zh, "en": en, "rows": rows, "parts": self.parts(section)})
        return out

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
        """Whether a figure of the province is of too few persons, in the month shown by its column."""
        measure = PERSONS_OF.get(section)
        if measure is None or section == "premium":
            return False
        figure = self.report.figure(section, measure, column=column)
        return figure is not None and 0 < figure < self.least

    def parts(self, section: str) -> list[dict[str, Any]]:
        """Give a section's figures by decision, size, level or kind, as tables whose columns are measures."""
        wanted: dict[str, list[tuple[str, str, str, list[str]]]] = {
            "refund": [
                ("decision", "按结论", "By decision", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
                ("size_class", "按规模", "By size", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
                ("unit_type", "按单位类型", "By type of unit", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
            ],
            "skill": [("level", "按等级（本月）", "By level, this month", ["applications", "approved", "amount"])],
            "benefits": [
                ("benefit_kind", "按待遇（本月）", "By kind, this month", ["persons", "new_persons", "stopped_persons", "months", "amount"])
            ],
            "premium": [("unit_type", "按单位类型（本月）", "By type of unit, this month", ["insured", "pay_base", "relief"])],
        }  # fmt: skip
        out = []
        for dimension, zh, en, measures in wanted.get(section, []):
            values = self.report.dimension_values(section, measures[0], dimension)
            counted = PERSONS_OF.get(section)
            hidden = (
                hide_small([self.count(section, counted, dimension, v) for v in values], self.least)
                if counted
                else None
            )
            rows: list[dict[str, Any]] = [
                {
                    "label": self.report.label(dimension, v),
                    "cells": [self.cell(section, m, dimension, v, hidden=bool(hidden and hidden.cells[i])) for m in measures],
                    "href": f"decisions.html#{'decision' if dimension == 'decision' else 'size' if dimension == 'size_class' else 'type'}={v}"
                    if section == "refund" else "",
                }
                for i, v in enumerate(values)
            ]  # fmt: skip
            heads = [self.report.measures[(section, m)] for m in measures]
            out.append({
                "zh": zh, "en": en, "rows": [row for row in rows if any(c.hidden or c.value is None or c.value for c in row["cells"])],
                "heads": [(h.title_zh, h.title_en, UNIT_WORDS.get(h.unit, ("", ""))) for h in heads],
            })  # fmt: skip
        return out

    def trends(self) -> list[dict[str, Any]]:
        """Draw the province's last 24 months, each as reported at the time."""
        wanted = (
            ("fund", "income", "none", "", "基金收入与支出（万元）", "Fund income and expenditure (10,000 yuan)", 10000,
             ("fund", "expenditure", "none", "")),
            ("fund", "balance", "none", "", "基金滚存结余（万元）", "Fund balance (10,000 yuan)", 10000, None),
            ("benefits", "persons", "none", "", "领取保生活待遇人数（人）", "Persons paid living benefits", 1, None),
            ("premium", "insured", "none", "", "参保缴费人数（人）", "Persons insured", 1, None),
            ("premium", "relief", "none", "", "降费率减征金额（万元）", "Premium relieved (10,000 yuan)", 10000, None),
            ("refund", "paid_in_month", "none", "", "当月拨付稳岗返还（万元）", "Refund paid in the month (10,000 yuan)", 10000, None),
        )  # fmt: skip
        first = self.period.plus(-23)
        months = [str(first.plus(i)) for i in range(24)]
        values = {
            (f"{r['period']:%Y-%m}", r["section"], r["measure"]): r["value"]
            for r in rows_of(
                self.con,
                "select period, section, measure, value from marts.report_figures where reporting_unit = ? and dimension = 'none'"
                " and period between ? and ? and section in ('fund', 'benefits', 'premium', 'refund') order by all",
                self.report.province, first.first_day, self.day,
            )
        }  # fmt: skip
        out = []
        for i, (section, measure, _, _, zh, en, divisor, other) in enumerate(wanted):
            lines = []
            for j, (s, m) in enumerate([(section, measure), *([(other[0], other[1])] if other else [])]):
                shown = [values.get((month, s, m)) for month in months]
                if s == "benefits":
                    shown = [None if v is not None and 0 < v < self.least else v for v in shown]
                title = self.report.measures[(s, m)]
                lines.append(
                    (
                        Series(
                            title.title_zh, title.title_en, [number_of(v, divisor) for v in shown], f"s{j}"
                        ),
                        shown,
                    )
                )
            out.append({
                "id": f"trend-{i}", "zh": zh, "en": en,
                "svg": line_chart(Chart(months, [line for line, _ in lines], width=440, height=210), f"trend-{i}"),
                "names": [(s.zh, s.en, s.style) for s, _ in lines] if len(lines) > 1 else [],
                "rows": [(month, [shown[k] for _, shown in lines]) for k, month in enumerate(months)],
                "heads": [(s.zh, s.en) for s, _ in lines],
                "places": 2 if divisor == 10000 else 0,
            })  # fmt: skip
        return out

    # --- risk ------------------------------------------------------------------------------------------------------

    def risk_rules(self) -> list[dict[str, Any]]:
        """Read the rule register with its clause."""
        return rows_of(
            self.con,
            "select r.rule_id as id, r.title_zh as zh, r.title_en as en, r.words_zh, r.words_en, r.stage, r.severity, r.programme, r.subject_kind,"
            " r.owner_zh, r.parameter, r.article, coalesce(nullif(d.number, ''), d.title, r.document_id) as document, c.text_zh as clause"
            " from reference.risk_rules as r left join policy.documents as d on r.document_id = d.document_id"
            " left join reference.clauses as c on r.document_id = c.document_id and r.article = c.article order by r.rule_id",
        )

    def employer_leads(self) -> dict[str, Any]:
        """Give the leads on employers and the fund, with their evidence; nothing of persons or applications."""
        rows = rows_of(
            self.con,
            "select l.rule_id, l.stage, l.severity, l.status, l.subject_kind, l.subject_id, l.region_code, l.evidence, l.evidence_en,"
            " l.amount_at_stake, l.first_seen, e.employer_name, g.region_name from marts.risk_leads as l"
            " left join intermediate.int_employers as e on l.subject_kind = 'employer' and l.subject_id = e.employer_id"
            " left join reference.regions as g on l.subject_id = g.region_code"
            " where l.period = ? and l.subject_kind in ('employer', 'fund') order by l.rule_id, l.subject_id, l.lead_id",
            self.day,
        )
        return {
            "rules": [{"id": r["id"], "zh": r["zh"], "en": r["en"]} for r in self.risk_rules()],
            "rows": [
                {
                    "rule": r["rule_id"], "stage": r["stage"], "severity": r["severity"], "status": r["status"], "kind": r["subject_kind"],
                    "subject": masked(r["subject_id"]), "name": r["employer_name"] or r["region_name"] or masked(r["subject_id"]),
                    "unit": self.unit_of.get(r["region_code"]) or ("unknown" if r["subject_kind"] == "employer" else "own_account"),
                    "zh": masked(r["evidence"], r["subject_id"]), "en": masked(r["evidence_en"], r["subject_id"]),
                    "amount": r["amount_at_stake"], "first": f"{r['first_seen']:%Y-%m}",
                }
                for r in rows
            ],
        }  # fmt: skip

    def person_leads(self) -> dict[str, Any]:
        """Count the leads on persons and applications by rule and unit, small cells hidden.

        First the rules' totals are judged against the total of all; then, of a rule whose total is shown, its units. No totals by
        unit are given, so that each line stands alone; of a rule whose total is hidden no unit is shown.
        """
        counts: dict[tuple[str, str], int] = {}
        amounts: dict[str, Decimal] = {}
        for r in rows_of(
            self.con,
            "select rule_id, region_code, count(*) as leads, sum(amount_at_stake) as amount from marts.risk_leads where period = ?"
            " and subject_kind in ('person', 'application') and status in ('open', 'confirmed') group by rule_id, region_code order by all",
            self.day,
        ):
            unit = self.unit_of.get(r["region_code"]) or "unknown"
            counts[(r["rule_id"], unit)] = counts.get((r["rule_id"], unit), 0) + r["leads"]
            amounts[r["rule_id"]] = amounts.get(r["rule_id"], Decimal(0)) + (r["amount"] or Decimal(0))
        rules = [
            r
            for r in self.risk_rules()
            if r["subject_kind"] in ("person", "application") or any(k[0] == r["id"] for k in counts)
        ]
        units = [u for u in self.report.units if u.code != self.report.province]
        totals = [sum(n for (rule, _), n in counts.items() if rule == r["id"]) for r in rules]
        by_rule = hide_small(totals, self.least)
        rows: list[dict[str, Any]] = []
        for i, r in enumerate(rules):
            line = [counts.get((r["id"], u.code), 0) for u in units]
            inner = hide_small(line, self.least)
            gone = by_rule.cells[i]
            rows.append({
                "rule": r, "total": Cell(Decimal(totals[i]), "leads", 0, hidden=gone),
                "amount": Cell(amounts.get(r["id"], Decimal(0)), "yuan", 2, hidden=gone),
                "cells": [Cell(Decimal(n), "leads", 0, hidden=gone or inner.total or inner.cells[j]) for j, n in enumerate(line)],
            })  # fmt: skip
        named = "select reporting_unit, short_zh from reference.reporting_units order by unit_order"
        short = {r["reporting_unit"]: r["short_zh"] for r in rows_of(self.con, named)}
        return {
            "units": [(short.get(u.code, u.name_zh), u.name_en) for u in units],
            "rows": [row for row in rows if row["total"].hidden or row["total"].value],
            "total": Cell(Decimal(sum(totals)), "leads", 0, hidden=by_rule.total),
            "hides": by_rule.any or any(c.hidden for row in rows for c in row["cells"]),
        }

    def risk(self) -> dict[str, Any]:
        """Risk: incidents, the rules with how they fared, the counts of leads on persons."""
        people = self.person_leads()
        shown = {r["rule"]["id"]: r for r in people["rows"]}
        rules = []
        for r in self.risk_rules():
            is_personal = r["subject_kind"] in ("person", "application") or r["id"] in shown
            hidden = is_personal and r["id"] in shown and shown[r["id"]]["total"].hidden
            cells = {}
            for m in ("raised", "still_open", "confirmed", "dismissed", "gone"):
                cell = self.cell("risk", m, "rule_id", r["id"])
                small = is_personal and cell.value is not None and 0 < cell.value < self.least
                cells[m] = Cell(cell.value, "leads", 0, hidden=hidden or small)
            if is_personal and any(c.hidden for c in cells.values()):
                cells = {m: Cell(c.value, "leads", 0, hidden=True) for m, c in cells.items()}
            rules.append(
                {
                    **r,
                    "cells": cells,
                    "stage_label": self.report.label("lead_stage", r["stage"]),
                    "severity_label": self.report.label("lead_severity", r["severity"]),
                }
            )
        grades: dict[str, list[Any]] = {}
        for incident in self.report.incidents:
            grade = grades.setdefault(incident["grade"], [0, Decimal(0), set()])
            grade[0] += 1
            grade[1] += incident["amount"]
            grade[2].update(incident["rule_ids"])
        return {
            "rules": rules,
            "people": people,
            "incidents": [
                (self.report.label("incident_class", g), n, amount, sorted(ids))
                for g, (n, amount, ids) in sorted(grades.items())
            ],
            "open_total": self.cell("risk", "still_open", hidden=people["hides"]),
        }

    # --- quality ---------------------------------------------------------------------------------------------------

    def quality(self) -> dict[str, Any]:
        """Data quality: what arrived, what was rejected, what does not reconcile, every expectation."""
        r = self.report
        kinds = r.dimension_values("benefits", "persons", "benefit_kind")
        hidden = hide_small([self.count("benefits", "persons", "benefit_kind", k) for k in kinds], self.least)
        hush = {k for i, k in enumerate(kinds) if hidden.cells[i]}
        if hush & {"allowance", "one_off"}:
            hush.add("other_benefit")
        if self.is_small("skill"):
            hush.add("skill_subsidy")
        outcomes = {"met": 0, "not_met": 1, "failed": 1, "not_evaluated": 2}
        severities = {"critical": 0, "warning": 1}
        return {
            "files": [
                {**f, "source_words": SOURCES.get(f["source"] or "", (f["source"] or "—", f["source"] or "—")),
                 "status_label": r.label("file_status", f["status"])}
                for f in r.files
            ],
            "rejects": [{**x, "source_words": SOURCES.get(x["source"], (x["source"], x["source"]))} for x in r.rejects],
            "reconciliations": [
                {**x, "label": r.label("check", x["check_id"]), "hidden": x["check_id"] in hush,
                 "left": r.label("check_left", x["check_id"]), "right": r.label("check_right", x["check_id"]),
                 "outcome_label": r.label("reconciliation_outcome", x["outcome"])}
                for x in r.reconciliations
            ],
            "validation": sorted(
                r.validation,
                key=lambda v: (outcomes.get(v["outcome"], 3) == 0, severities.get(v["severity"], 2), v["table_name"], v["expectation_id"]),
            ),
            "met": sum(v["outcome"] == "met" for v in r.validation),
            "backtest": rows_of(
                self.con, "select * from marts.fund_backtest where period = ? order by item, method", self.day
            ) if "marts.fund_backtest" in self.tables else [],
            "item_words": {"living_benefits": ("保生活待遇", "Living benefits"), "other_expenditure": ("其他支出", "Other expenditure"),
                           "other_income": ("其他收入", "Other income"), "premium": ("保险费收入", "Premium")},
        }  # fmt: skip

    # --- parameters ------------------------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Every value in force, with the text it rests on and the models that use it."""
        clauses = {
            (c["document_id"], c["article"]): c["text_zh"]
            for c in rows_of(self.con, "select document_id, article, text_zh from reference.clauses")
        }
        used = models_using(self.con)
        values = rows_of(
            self.con,
            "select p.*, d.issuer, d.number, d.title, d.dated from policy.parameters as p left join policy.documents as d using (document_id)"
            " where ? between p.valid_from and p.valid_to order by p.parameter",
            self.period.last_day,
        )
        jurisdictions = {"000000": ("全国", "Nation")}
        titles = {name: (kind.title_zh, kind.title_en) for name, kind in registry().items()}
        rows = []
        for v in values:
            region = self.report.label("region", v["jurisdiction"])
            rows.append({
                **v, "basis_label": self.report.label("basis", v["basis"]), "clause": clauses.get((v["document_id"], v["article"])),
                "where": jurisdictions.get(v["jurisdiction"], (region.zh, region.en)), "models": used.get(v["parameter"], []),
                "open_end": v["valid_to"] >= dt.date(9999, 1, 1), "shown": [(part, self.report.value_label(part)) for part in v["value"].split(";")],
                "named": titles.get(v["parameter"]),
            })  # fmt: skip
        documents = rows_of(self.con, "select * from policy.documents order by document_id")
        programmes = [
            {
                **p,
                "label": self.report.label("programme", p["programme"]),
                "basis_label": self.report.label("basis", p["basis"]),
            }
            for p in rows_of(
                self.con,
                "select p.*, coalesce(nullif(d.number, ''), d.title) as document from policy.programmes as p"
                " left join policy.documents as d using (document_id) order by p.programme_year desc, p.programme",
            )
        ]
        return {
            "values": rows,
            "documents": documents,
            "programmes": programmes,
            "assumptions": sum(v["basis"] == "assumption" for v in values),
            "lapsing": [
                {**x, "label": self.report.label("programme", x["name"])} for x in self.report.lapsing
            ],
            "lapse_days": LAPSE_DAYS,
        }

    # --- changes ---------------------------------------------------------------------------------------------------

    def changed_decisions(self) -> list[list[Any]]:
        """Give the refund decisions whose verdict or amount is not last month's, with the rules that came out otherwise."""
        if not self.has_previous:
            return []
        rows = self.con.execute(
            """
            with changed as (
                select coalesce(n.employer_id, o.employer_id) as employer_id, coalesce(n.programme_year, o.programme_year) as programme_year,
                    coalesce(n.employer_name, o.employer_name) as employer_name, o.decision as before, n.decision as now,
                    o.refund_amount as amount_before, n.refund_amount as amount_now, n.employer_id is not null as is_shown
                from (select * from marts.refund_decisions where period = $now) as n
                full join (select * from marts.refund_decisions where period = $before and programme_year in
                        (select programme_year from marts.refund_decisions where period = $now)) as o
                    on n.employer_id = o.employer_id and n.programme_year = o.programme_year
                where n.decision is distinct from o.decision or n.refund_amount is distinct from o.refund_amount
            ),
            rules as (
                select n.employer_id, n.programme_year, list_sort(list({'rank': r.rank, 'rule': n.rule_id})) as rules
                from marts.refund_rule_outcomes as n
                inner join changed as c on n.employer_id = c.employer_id and n.programme_year = c.programme_year
                inner join marts.refund_rule_outcomes as o
                    on n.employer_id = o.employer_id and n.programme_year = o.programme_year and n.rule_id = o.rule_id and o.period = $before
                left join reference.rules as r on n.rule_id = r.rule_id
                where n.period = $now and n.outcome <> o.outcome
                group by n.employer_id, n.programme_year
            )
            select c.employer_id, c.employer_name, c.programme_year, c.before, c.now, c.amount_before, c.amount_now,
                coalesce(list_transform(r.rules, lambda x: x.rule), []) as rules, null, c.is_shown
            from changed as c left join rules as r using (employer_id, programme_year)
            order by c.programme_year desc, c.employer_id
            """,
            {"now": self.day, "before": self.previous.first_day},
        ).fetchall()
        return [list(row) for row in rows]

    def changes(self) -> dict[str, Any]:
        """What is not as it was a month ago: figures, parameters, leads, restated figures."""
        figures = []
        if self.has_previous:
            before = {
                (r["section"], r["measure"]): r["value"]
                for r in rows_of(
                    self.con,
                    "select section, measure, value from marts.report_figures where period = ? and reporting_unit = ? and dimension = 'none'",
                    self.previous.first_day, self.report.province,
                )
            }  # fmt: skip
            for (section, measure), m in self.report.measures.items():
                if (
                    section in ("quality", "parameters", "risk")
                    or "none" not in self.dimensions(section, measure)
                    or m.unit == "flag"
                ):
                    continue
                now, then = self.report.figure(section, measure), before.get((section, measure))
                counted = PERSONS_OF.get(section, "")
                was = before.get((section, counted))
                small = section in ("skill", "benefits") and (
                    self.is_small(section) or (was is not None and 0 < was < self.least)
                )
                if now != then:
                    figures.append({
                        "section": self.report.label("report_section", section), "zh": m.title_zh, "en": m.title_en,
                        "unit": UNIT_WORDS.get(m.unit, ("", "")), "before": Cell(then, m.unit, m.places, hidden=small),
                        "now": Cell(now, m.unit, m.places, hidden=small),
                        "difference": Cell(now - then if now is not None and then is not None else None, m.unit, m.places, hidden=small),
                    })  # fmt: skip
        parameters = rows_of(
            self.con,
            "select p.parameter, p.valid_from, p.value, o.value as old_value, p.basis, coalesce(nullif(d.number, ''), d.title) as document, p.article"
            " from policy.parameters as p left join policy.parameters as o on p.parameter = o.parameter and o.valid_to = p.valid_from - 1"
            " left join policy.documents as d on p.document_id = d.document_id"
            " where p.valid_from between ? and ? order by p.parameter, p.valid_from",
            self.day, self.period.last_day,
        )  # fmt: skip
        leads = self.lead_changes()
        return {
            "previous": str(self.previous),
            "has_previous": self.has_previous,
            "figures": figures,
            "parameter_changes": parameters,
            "lead_changes": leads,
            "restated": self.restated(self.report.restatements),
            "restated_here": self.restated(self.report.restated_here),
            "replaced": [f for f in self.report.files if f["status"] == "replaced"],
        }

    def restated(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give restated figures month by month: those of no part first, the others to be unfolded; few persons' figures hidden."""
        units = {u.code: u for u in self.report.units}
        small = self.small_months() if rows else set()
        months: dict[tuple[Any, int], dict[str, Any]] = {}
        for x in rows:
            month = months.setdefault(
                (x["period"], x["revision"]),
                {"period": f"{x['period']:%Y-%m}", "revision": x["revision"], "whole": [], "parts": []},
            )
            m = self.report.measures.get((x["section"], x["measure"].removesuffix("_bridge")))
            is_province = x["reporting_unit"] == self.report.province
            hidden = (x["section"] in PERSONS_OF or x["section"] == "risk") and (
                not is_province or x["dimension"] != "none" or (x["period"], x["section"]) in small
            )
            unit, places = (m.unit, m.places) if m else ("value", 2)
            month["whole" if x["dimension"] == "none" else "parts"].append({
                "unit": units.get(x["reporting_unit"]), "code": x["reporting_unit"], "is_bridge": x["measure"].endswith("_bridge"),
                "section": self.report.label("report_section", x["section"]), "title": m, "measure": x["measure"],
                "part": self.report.label(x["dimension"], x["dimension_value"]) if x["dimension_value"] else None,
                "column": FIGURE_COLUMNS[x["figure_column"]], "words": UNIT_WORDS.get(unit, ("", "")),
                "old": Cell(x["old_value"], unit, places, hidden=hidden), "new": Cell(x["new_value"], unit, places, hidden=hidden),
                "causes": [self.report.cause(c) for c in x["cause"].split(";")],
            })  # fmt: skip
        for (period, revision), shown in months.items():
            shown["behind"] = self.behind(period, revision)
        return [months[key] for key in sorted(months)]

    def behind(self, period: dt.date, revision: int) -> dict[str, Any]:
        """Give the employers behind a month's restated figures: how many, and what of the first decisions changed and by what."""
        if "marts.restated_decisions" not in self.tables:
            return {"employers": 0, "rows": []}
        rows = rows_of(
            self.con,
            "select b.programme_year, b.subject_id, b.column_name, b.old_value, b.new_value, b.cause,"
            " coalesce(d.employer_name, b.subject_id) as employer_name, d.employer_id is not null as is_shown"
            " from marts.restated_decisions as b left join marts.refund_decisions as d"
            " on b.subject_id = d.employer_id and b.programme_year = d.programme_year and d.period = ?"
            " where b.period = ? and b.revision = ? and b.programme = 'refund' order by b.programme_year desc, b.subject_id, b.column_name",
            self.day, period, revision,
        )  # fmt: skip
        changes = [
            {**r, "words": RESTATED_COLUMNS[r["column_name"]], "old": self.restated_value(r, "old_value"),
             "new": self.restated_value(r, "new_value"), "causes": [self.report.cause(c) for c in r["cause"].split(";")]}
            for r in rows if r["column_name"] in RESTATED_COLUMNS
        ]  # fmt: skip
        return {
            "employers": len({r["subject_id"] for r in rows}),
            "rows": changes[:BEHIND_SHOWN],
            "changes": len(changes),
        }

    def restated_value(self, row: dict[str, Any], side: str) -> tuple[str, str]:
        """Write one side of a changed decision in words: an amount, or what was decided."""
        value = row[side]
        if value is None:
            return ("无", "none")
        if row["column_name"] == "decision":
            label = self.report.label("decision", value)
            return (label.zh, label.en)
        return (f"{Decimal(value):,.2f}",) * 2

    def small_months(self) -> set[tuple[Any, str]]:
        """Name the months and sections with too few persons in the whole province."""
        return {
            (r["period"], r["section"])
            for r in rows_of(
                self.con,
                "select period, section, measure, value from marts.report_figures where reporting_unit = ? and dimension = 'none'",
                self.report.province,
            )
            if PERSONS_OF.get(r["section"]) == r["measure"]
            and r["value"] is not None
            and 0 < r["value"] < self.least
        }

    def lead_changes(self) -> list[dict[str, Any]]:
        """Count the leads on employers and the fund that are new this month, and those that are gone since the last."""
        return rows_of(
            self.con,
            "select n.rule_id, r.title_zh, r.title_en, count(*) filter (where n.first_seen = n.period) as new_leads,"
            " count(*) filter (where n.status = 'gone' and o.status is distinct from 'gone') as gone_leads,"
            " count(*) filter (where n.status in ('confirmed', 'dismissed') and o.status = 'open') as settled"
            " from marts.risk_leads as n left join marts.risk_leads as o on n.lead_id = o.lead_id and o.period = ?"
            " left join reference.risk_rules as r on n.rule_id = r.rule_id"
            " where n.period = ? and n.subject_kind in ('employer', 'fund') group by n.rule_id, r.title_zh, r.title_en"
            " having new_leads + gone_leads + settled > 0 order by n.rule_id",
            self.previous.first_day, self.day,
        )  # fmt: skip


def models_using(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Name, for each parameter, the models that use it, in the order of their names, as the build took them from the compiled models."""
    used: dict[str, list[str]] = {}
    for row in rows_of(con, "select parameter, model from run.model_parameters order by parameter, model"):
        used.setdefault(row["parameter"], []).append(row["model"])
    return used
