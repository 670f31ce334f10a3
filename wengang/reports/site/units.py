"""The units of the province on the overview page: table, map and its shades."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wengang.reports.figures import rows_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.context import PERSONS_OF, Context

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


def unit_rows(context: Context) -> tuple[list[dict[str, Any]], bool]:
    """Return the units' figures; small counts of persons, and what goes with them, hidden so that totals do not tell them."""
    units = [u for u in context.report.units if u.code != context.report.province]
    hidden = {
        section: hide_small([context.count(section, measure, unit=u.code) for u in units], context.least)
        for section, measure in PERSONS_OF.items()
    }
    tiles = {
        r["reporting_unit"]: r
        for r in rows_of(
            context.con,
            "select reporting_unit, short_zh, tile_col, tile_row from reference.reporting_units order by unit_order",
        )
    }
    rows = []
    for i, u in enumerate(units):
        cells = {
            key: context.cell(s, m, d, v, unit=u.code, hidden=group is not None and hidden[group].cells[i])
            for key, s, m, d, v, _, _, _, group in UNIT_FIGURES
        }
        rows.append({"unit": u, "tile": tiles.get(u.code), "cells": cells, "is_total": False})
    province = next(u for u in context.report.units if u.code == context.report.province)
    total = {
        key: context.cell(s, m, d, v, hidden=group is not None and hidden[group].total)
        for key, s, m, d, v, _, _, _, group in UNIT_FIGURES
    }
    rows.append({"unit": province, "tile": None, "cells": total, "is_total": True})
    return rows, any(h.total for h in hidden.values())


def steps(context: Context, rows: Sequence[dict[str, Any]], key: str) -> list[Decimal]:
    """Return the upper bounds of the shades of a measure: quarters of the units' largest figure."""
    known = [r["cells"][key].value for r in rows if r["tile"] and r["cells"][key].value is not None]
    top = max(known, default=Decimal(0))
    return [top * i / 4 for i in (1, 2, 3, 4)] if top > 0 else []


def tiles(context: Context, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the units of the map with their place and, for each measure, their shade (0 to 4; `x` not shown or known)."""
    out = []
    for row in rows:
        if not row["tile"]:
            continue
        shades = {}
        for figure in UNIT_FIGURES:
            cell, bounds = row["cells"][figure[0]], steps(context, rows, figure[0])
            if cell.value is None:
                shades[figure[0]] = "x"
            elif not cell.value:
                shades[figure[0]] = "0"
            else:
                shades[figure[0]] = str(next((i + 1 for i, b in enumerate(bounds) if cell.value <= b), 4))
        out.append({**row, "shades": shades, "col": row["tile"]["tile_col"], "row": row["tile"]["tile_row"]})
    return sorted(out, key=lambda tile: (tile["row"], tile["col"]))


def legends(context: Context, rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the words of the shades of each measure."""
    return {
        figure[0]: [f"{bound:,.{0 if bound >= 10 else 1}f}" for bound in steps(context, rows, figure[0])]
        for figure in UNIT_FIGURES
    }
