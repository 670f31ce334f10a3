"""The reserve period on the overview page: its gauge, the months before and to come."""

from __future__ import annotations

from typing import Any

from wengang.reports.figures import rows_of
from wengang.reports.site.charts import Band, Chart, Limit, Series, gauge, line_chart
from wengang.reports.site.context import Context, number_of

SCENARIOS = {
    "base": ("基准", "Base"),
    "claims_x1_5": ("领取人数 ×1.5", "Claims ×1.5"),
    "claims_x2": ("领取人数 ×2", "Claims ×2"),
    "premium_minus_10": ("保费收入 −10%", "Premium −10%"),
    "refund_ratio_raised": ("返还比例提高", "Refund ratio raised"),
}


def reserve(context: Context) -> dict[str, Any]:
    """Return the reserve period against both limits: the gauge, and the months before and to come."""
    fig = context.report.figure
    value = fig("fund", "reserve_months")
    least, target = fig("fund", "reserve_months_min"), fig("fund", "pooling_target")
    rolling, ahead = (
        fig("fund", "rolling_reserve_months"),
        fig("fund", "projected_reserve_months", "item", "base"),
    )
    band = rows_of(
        context.con,
        "select band, gate_open, balance_previous_year, expenditure_previous_year from marts.fund_reserve"
        " where period = ? and programme_year = ?",
        context.day, context.period.year,
    )  # fmt: skip
    out: dict[str, Any] = {
        "value": value, "least": least, "target": target, "rolling": rolling, "ahead": ahead,
        "formula": next((p["value"] for p in context.report.parameters if p["parameter"] == "reserve_formula"), ""),
        "band": context.report.label("reserve_band", band[0]["band"]) if band else None,
        "band_code": band[0]["band"] if band else "unknown", "gate_open": band[0]["gate_open"] if band else None,
        "balance": band[0]["balance_previous_year"] if band else None, "expenditure": band[0]["expenditure_previous_year"] if band else None,
        "gauge": "", "months_chart": "", "balance_chart": "", "rows": [], "scenarios": [],
    }  # fmt: skip
    if least is not None and target is not None:
        readings = (("近12个月口径", "last 12 months", rolling), ("一年后预测", "a year ahead", ahead))
        marks = [(zh, en, float(v)) for zh, en, v in readings if v is not None]
        out["gauge"] = gauge(number_of(value), float(least), float(target), marks, "gauge-title")
    past = context.report.fund_months
    future: dict[str, list[dict[str, Any]]] = {}
    for row in context.report.projection:
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
        limits.append(Limit(f"下限 {least:.0f} 个月", f"minimum {least:.0f} months", float(least), "least"))
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
