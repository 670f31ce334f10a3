"""A report made by hand: a few figures, an unknown one, texts that look like formulas."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from wengang.core.periods import Period
from wengang.reports.figures import Label, Measure, Report, Signing, Unit
from wengang.reports.workbook.sheets import SHEETS

EXTRA = (
    ("fund", "reserve_months"), ("fund", "reserve_months_min"), ("fund", "pooling_target"), ("fund", "gate_open"),
    ("risk", "incident_amount"), ("quality", "files"),
)  # fmt: skip


MONEY = {"balance", "refund_amount", "relief", "incident_amount", "amount"}


def make_report(signing: Signing | None = None) -> Report:
    """June 2024: 255 units decided in the province, 71 of them in Lanzhou; the premium's year is not known."""
    named = {(sheet.section, m.measure) for sheet in SHEETS for m in sheet.measures} | set(EXTRA)
    measures = {
        key: Measure(
            key[0],
            key[1],
            f"指标{key[1]}",
            key[1],
            "yuan" if key[1] in MONEY else "units",
            2,
            "sum",
            "stock",
        )
        for key in sorted(named)
    }
    return Report(
        period=Period(2024, 6),
        province="620000",
        is_draft=signing is None,
        signing=signing or Signing(),
        figures={
            ("620100", "refund", "employers", "none", ""): (Decimal(71), Decimal(71), None),
            ("620000", "refund", "employers", "none", ""): (Decimal(255), Decimal(250), None),
            ("620000", "refund", "employers", "decision", "eligible"): (Decimal(203), Decimal(203), Decimal(0)),
            ("620000", "refund", "refund_amount", "none", ""): (Decimal("1298830.06"), None, None),
            ("620000", "premium", "relief", "none", ""): (Decimal("421942.60"), None, Decimal("401374.68")),
            ("620000", "fund", "balance", "none", ""): (Decimal("2266226.80"), Decimal("2266226.80"), None),
            ("620000", "fund", "reserve_months", "none", ""): (Decimal("20.4"), None, None),
            ("620000", "risk", "incidents", "none", ""): (Decimal(1), Decimal(1), None),
            ("620000", "risk", "incident_amount", "none", ""): (Decimal("12000"), Decimal("12000"), None),
            ("620000", "quality", "files", "none", ""): (Decimal(21), Decimal(129), None),
        },
        measures=measures,
        office={
            "agency": "甘肃省失业保险经办机构",
            "main_addressees": "省人力资源和社会保障厅",
            "copy_addressees": "省财政厅、省税务局",
            "incident_addressees": "省人力资源和社会保障厅",
        },
        notices=["人社部发〔2024〕40号", "甘人社通〔2024〕165号"],
        limits={"ordinary": Decimal(10000), "major": Decimal(500000)},
        units=[
            Unit("620100", "兰州市", "Lanzhou"), Unit("own_account", "省本级", "Province's own"), Unit("unknown", "未归属", "In no unit"),
            Unit("620000", "全省", "Province"),
        ],
        labels={
            ("region", "620000"): Label("甘肃省", "Gansu"),
            ("decision", "eligible"): Label("符合", "Eligible"),
            ("rule_id", "R03"): Label("死亡后领金", "Benefit after death"),
        },
        incomplete=[("本期没有收到 contributions", "contributions was not delivered for this period")],
        files=[
            {"source": None, "file_name": "=HYPERLINK(A1).csv", "message": "+1 @x -1", "status": "unknown_source"},
        ],
        fund_months=[
            {"month": dt.date(2024, n, 1), "income": Decimal(100), "expenditure": Decimal(40), "balance": Decimal(1000 + 60 * n),
             "rolling_reserve_months": None if n < 3 else Decimal(25)}
            for n in range(1, 7)
        ],
        incidents=[
            {"grade": "ordinary", "basis": "leads", "subject_kind": "person", "subject_id": "620102199001010000",
             "region_code": "620000", "amount": Decimal("12000.00"), "leads": 1, "rule_ids": ["R03"], "lead_ids": ["R03-A"],
             "first_seen": dt.date(2024, 5, 1)},
        ],
    )  # fmt: skip


@pytest.fixture
def report() -> Report:
    return make_report()
