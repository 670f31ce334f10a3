"""How a case of recovery (追回案件) stands, entry by entry, and what it rests on."""

from __future__ import annotations

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.evidence.explain.base import (
    Explanation,
    Lines,
    Section,
    Words,
    check_period,
    open_warehouse,
    rows_of,
)

STATUSES = {
    "open": Words("已立案", "open"),
    "in_instalments": Words("分期退回", "in instalments"),
    "overdue": Words("逾期", "overdue"),
    "transferred": Words("已移送", "handed over"),
    "settled": Words("已销号", "settled"),
}
KINDS = {
    "demand": Words("下达追回通知", "demand"),
    "plan": Words("分期协议", "plan of instalments"),
    "repaid": Words("退回", "repaid"),
    "waived": Words("核销", "waived"),
    "transferred": Words("移送", "handed over"),
    "closed": Words("销号", "closed"),
}
PROGRAMMES = {
    "refund": Words("稳岗返还", "refund"),
    "skill_subsidy": Words("技能提升补贴", "skill subsidy"),
    "job_expansion": Words("一次性扩岗补助", "job-expansion subsidy"),
    "living_benefits": Words("保生活待遇", "living benefits"),
}


def explain_case(settings: Settings, case_no: str, period: Period) -> Explanation:
    """Explain one case as of a period: its figures, and every entry with file and line.

    Raises UsageError where the warehouse holds no such case that month.
    """
    with open_warehouse(settings) as con:
        check_period(con, period)
        found = rows_of(
            con,
            "select * from marts.recovery_cases where period = ? and case_no = ?",
            [period.first_day, case_no],
        )
        if not found:
            raise UsageError("no_case", place=f"{period} {case_no}", period=period, case_no=case_no)
        entries = Lines(settings, con, period).rows(
            "recoveries",
            ("on_date", "entry_no", "kind", "amount", "due_on", "document", "note"),
            "is_newest and case_no = ? and on_date <= ?",
            [case_no, period.last_day],
            key=("case_no", "entry_no"),
        )
    case = found[0]
    head = Section(
        "case",
        Words("案件", "Case"),
        [
            [Words("状态", "status"), STATUSES[case["status"]]],
            [Words("项目", "programme"), PROGRAMMES[case["programme"]]],
            [Words("业务编号", "subject"), case["subject_id"]],
            [Words("首次下达", "first demanded"), case["first_demanded_on"]],
            [Words("累计下达（元）", "demanded, yuan"), case["demanded"]],
            [Words("累计退回（元）", "repaid, yuan"), case["repaid"]],
            [Words("累计核销（元）", "waived, yuan"), case["waived"]],
            [Words("未退回（元）= 下达 − 退回 − 核销", "outstanding, yuan"), case["outstanding"]],
            [Words("期限", "due"), case["due_on"]],
        ],
    )
    steps = Section(
        "entries",
        Words("经过", "Entries"),
        [
            [
                e["entry_no"], KINDS[e["kind"]], e["on_date"], e["amount"], e["due_on"], e["document"], e["period"], e["file"], e["line"],
            ]
            for e in entries
        ],
        [
            Words("序号", "no."), Words("事项", "entry"), Words("日期", "date"), Words("金额（元）", "yuan"), Words("期限", "due"),
            Words("文号", "document"), Words("交付期间", "delivered"), Words("文件", "file"), Words("行", "line"),
        ],
    )  # fmt: skip
    return Explanation("case", case_no, str(period), {"case": case, "entries": entries}, [head, steps])
