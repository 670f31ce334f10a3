"""The refund decisions of 2024 as one good analyst's pandas script would make them: premium rows to employer months, base year, decisions.

    .venv/bin/python benchmarks/by_pandas.py LANDING PERIOD [--check HOME]

Written from the notices and for tidy CSV deliveries in UTF-8 only: nothing is checked, kept or explained. Every run reads everything
delivered so far, one fee month at a time. `--check` compares decision, insured, base and refund of every employer with the warehouse of
HOME and ends with exit code 1 where a cell differs. Gansu's values of 2024 stand here as numbers: a script has no parameters.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
KEY = ["单位编号", "社会保障号码", "费款所属期", "缴费类型", "缴费凭证号"]
AMOUNTS = ["单位应缴", "个人应缴", "单位实缴", "个人实缴"]
BY_REFERENCE = ["社会团体", "基金会", "社会服务机构", "律师事务所", "会计师事务所", "个体工商户"]
LAYOFF = ["单位解除", "经济性裁员", "合同期满", "过失性解除", "其他"]
EXCLUDED_USERS = ["机关", "事业单位"]
INTERLEVEL = ["上级补助收入", "下级上解收入", "补助下级支出", "上解上级支出"]


def fen(column: pd.Series) -> pd.Series:
    """Return amounts as whole fen."""
    return (pd.to_numeric(column).fillna(0) * 100).round().astype("int64")


def deliveries(landing: Path, period: str) -> list[Path]:
    """Return the folders delivered up to the period, oldest first."""
    return sorted(p for p in landing.iterdir() if p.is_dir() and p.name <= period)


def events(landing: Path, period: str, source: str, key: list[str]) -> pd.DataFrame:
    """Read every delivery of a source of events; the newest row of each key counts, unless it voids it."""
    frames = [
        pd.read_csv(f, dtype=str)
        for d in deliveries(landing, period)
        for f in sorted(d.glob(f"{source}*.csv"))
    ]
    rows = pd.concat(frames).drop_duplicates(key, keep="last")
    return rows[rows["有效标志"].fillna("1") == "1"]


def snapshot(landing: Path, period: str, source: str) -> pd.DataFrame:
    """Read the newest delivery of a source that is delivered whole."""
    return pd.read_csv(deliveries(landing, period)[-1] / f"{source}.csv", dtype=str)


def pieces(landing: Path, period: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of the monthly files a piece at a time, each of one fee month: a first delivery's file holds years of them."""
    files = [f for d in deliveries(landing, period) for f in d.glob("contributions__2*.csv")]
    for file in sorted(files, key=lambda f: f.stem):
        for chunk in pd.read_csv(
            file, dtype=str, usecols=[*KEY, *AMOUNTS, "入库日期", "有效标志"], chunksize=2_000_000
        ):
            yield from ((str(month), rows) for month, rows in chunk.groupby("费款所属期"))


def fee_months(landing: Path, period: str, last: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the premium rows of each fee month up to `last`, corrections of later deliveries included."""
    later = pd.concat(
        pd.read_csv(d / "contributions__later.csv", dtype=str) for d in deliveries(landing, period)
    )
    seen: set[str] = set()
    for month, parts in groupby(pieces(landing, period), key=lambda piece: piece[0]):
        if month in seen:
            raise SystemExit(f"fee month {month} comes twice: files are not in order")
        seen.add(month)
        if month <= last:
            rows = pd.concat([*(rows for _, rows in parts), later[later["费款所属期"] == month]])
            rows = rows.drop_duplicates(KEY, keep="last")
            yield month, rows[rows["有效标志"].fillna("1") == "1"]


def months_of_employers(landing: Path, period: str, base_year: str) -> pd.DataFrame:
    """Return, by employer and fee month: insured, due, received, the base and whether the month counts for the base year (fen)."""
    placed = snapshot(landing, period, "dispatch_assignments").rename(columns={"派遣单位编号": "单位编号"})
    end = f"{period}-31"
    found = []
    for month, delivered in fee_months(landing, period, f"{base_year}12"):
        rows = delivered.assign(**{name: fen(delivered[name]) for name in AMOUNTS})
        rows["due"] = rows["单位应缴"] + rows["个人应缴"]
        rows["paid"] = (rows["单位实缴"] + rows["个人实缴"]).where(rows["入库日期"] <= end, 0)
        who = ["单位编号", "社会保障号码"]
        dues = rows.pivot_table(index=who, columns="缴费类型", values="due", aggfunc="sum")
        dues = dues.reindex(columns=["正常缴费", "补缴", "退费"])
        people = pd.DataFrame(
            {
                "due": dues["正常缴费"].fillna(dues["补缴"]).fillna(0) + dues["退费"].fillna(0),
                "received": rows.groupby(who)["paid"].sum(),
            }
        )
        insured = rows[(rows["缴费类型"] != "退费") & ((rows["单位应缴"] > 0) | (rows["个人应缴"] > 0))]
        people["insured"] = insured.groupby(who).size().gt(0)
        people["insured"] = people["insured"].fillna(False).astype(bool)
        there = placed[
            (placed["派遣起始月"] <= month) & (placed["派遣终止月"].isna() | (placed["派遣终止月"] >= month))
        ]
        there = there.sort_values("派遣起始月").drop_duplicates(who, keep="last").set_index(who)
        people["user"] = there["用工单位类型"]
        people["base"] = people["received"].where(~people["user"].isin(EXCLUDED_USERS), 0)
        employers = people.groupby("单位编号")[["due", "received", "insured", "base"]].sum()
        found.append(employers.assign(month=month).reset_index())
    return pd.concat(found)


def size_classes(
    landing: Path, period: str, employers: pd.DataFrame, year: pd.DataFrame, base_year: str
) -> pd.Series:
    """Return large or sme by employer: by reference, the parent's, as filed, by the standard of 2017, by heads."""
    filed = snapshot(landing, period, "enterprise_size")
    filed = (
        filed[filed["数据年度"] <= base_year]
        .sort_values("数据年度")
        .drop_duplicates("统一社会信用代码", keep="last")
    )
    table = employers.reset_index().merge(filed, on="统一社会信用代码", how="outer")
    table["average"] = table["单位编号"].map(year["average"])
    reference = ROOT / "seeds" / "reference"
    industries = pd.read_csv(reference / "industry_classes.csv", dtype=str).set_index("code_key")["size_row"]
    limits = pd.read_csv(reference / "size_standard.csv", dtype=str).query("size_class == 'large'")
    limits = limits.set_index("size_row")[["staff_min", "revenue_min_10k", "assets_min_10k"]].astype(float)
    code = table["行业代码"].fillna("").str.replace(r"^[A-Z](?=\d)", "", regex=True)
    whole = code.isin(["7010", "7020"]) | (code.str.len() <= 2)
    code = code.where(whole, code.str[:2]).mask(code.str.match(r"70(?!10|20)\d\d"), "70xx")
    row = code.map(industries)
    limit = limits.reindex(row).reset_index(drop=True)
    own = table[["从业人员(人)", "营业收入(万元)", "资产总额(万元)"]].astype(float)
    own.columns = limit.columns
    known = row.notna() & (limit.isna() | own.notna()).all(axis=1)
    large = (limit.isna() | (own >= limit)).all(axis=1)
    verdict = pd.Series(pd.NA, index=table.index, dtype="object")
    verdict = verdict.mask(
        table["average"].notna(), table["average"].ge(300).map({True: "large", False: "sme"})
    )
    verdict = verdict.mask(known, large.map({True: "large", False: "sme"}))
    verdict = verdict.mask(
        table["划型结果"].notna(), (table["划型结果"] == "大型").map({True: "large", False: "sme"})
    )
    verdict = verdict.mask(table["单位类型"].isin(BY_REFERENCE), "sme")
    table["own"], table["parent"] = verdict, table["总机构统一社会信用代码"]
    follows = (
        table["parent"].notna()
        & (table["parent"] != table["统一社会信用代码"])
        & ~table["单位类型"].isin(BY_REFERENCE)
    )
    table["parent"] = table["parent"].where(follows)
    table["empty"] = table["average"].isna()
    firsts = table.sort_values(["empty", "单位编号"]).drop_duplicates("统一社会信用代码")
    firsts = firsts.set_index("统一社会信用代码")[["own", "parent"]]

    above, found = firsts["parent"].dropna().to_dict(), firsts["own"].to_dict()

    def climb(uscc: str) -> object:
        seen: set[str] = set()
        while uscc in found and uscc not in seen:
            seen.add(uscc)
            if uscc not in above:
                return found[uscc]
            uscc = above[uscc]
        return pd.NA

    table["class"] = table["own"].where(
        table["parent"].isna(), table["parent"].map(climb, na_action="ignore")
    )
    return table.dropna(subset=["单位编号"]).set_index("单位编号")["class"]


def reserve_months(landing: Path, period: str, base_year: str) -> float:
    """Return how many months of the base year's expenditure its last balance covers, all accounts together."""
    ledger = events(landing, period, "fund_ledger", ["统筹区", "会计期间", "科目"])
    items = pd.read_csv(ROOT / "seeds" / "reference" / "ledger_items.csv").set_index("label_zh")["side"]
    ledger = ledger[ledger["会计期间"].str[:4] == base_year]
    amount = fen(ledger["金额(元)"])
    side = ledger["科目"].map(items)
    flows = ~ledger["科目"].isin(INTERLEVEL)
    balance = amount[side != "expenditure"].sum() - amount[side == "expenditure"].sum()
    return balance / (amount[(side == "expenditure") & flows].sum() / 12)


def decisions(landing: Path, period: str) -> pd.DataFrame:
    """Return a row per employer: decision, average insured, base and refund in yuan."""
    programme, end = period[:4], f"{period}-31"
    base_year = str(int(programme) - 1)
    months = months_of_employers(landing, period, base_year)
    full = months[(months["due"] > 0) & (months["received"] >= months["due"])].groupby("单位编号").size()
    of_base = months[months["month"].str[:4] == base_year]
    with_people = of_base[of_base["insured"] > 0].groupby("单位编号")["insured"]
    year = pd.DataFrame({"heads": with_people.sum(), "in_months": with_people.size()})
    year["average"] = year["heads"] / year["in_months"]
    year["full"] = full.reindex(year.index).fillna(0)
    lacking = (of_base["due"] - of_base["received"]).clip(lower=0)
    year["arrears"] = lacking.groupby(of_base["单位编号"]).sum()
    year["base"] = of_base.groupby("单位编号")["base"].sum()

    claims = events(landing, period, "benefit_claims", ["核定编号"])
    claims = claims[(claims["待遇起始月"].str[:4] == base_year) & claims["失业原因"].isin(LAYOFF)]
    year["claims"] = claims.groupby("原单位编号")["社会保障号码"].nunique().reindex(year.index).fillna(0)

    register = snapshot(landing, period, "employers").set_index("单位编号")
    year = year.join(register[["统一社会信用代码", "单位类型", "参保状态", "登记状态", "是否劳务派遣单位"]])
    known = year["单位类型"].notna()
    size = size_classes(landing, period, register, year, base_year).reindex(year.index)
    sanctions = snapshot(landing, period, "sanctions")
    sanctions = sanctions[
        (sanctions["列入日期"] <= end) & (sanctions["移出日期"].isna() | (sanctions["移出日期"] > end))
    ]
    agreed = events(landing, period, "dispatch_agreements", ["派遣单位编号", "返还年度"])
    agreed = agreed[
        (agreed["返还年度"] == programme) & (agreed["申请日期"] <= end) & (agreed["分配方案确认"] == "1")
    ]
    objections = events(landing, period, "notice_objections", ["项目", "业务编号", "提出日期"])
    objections = objections[(objections["项目"] == "稳岗返还") & (objections["提出日期"] >= "2024-04-28")]
    upheld = objections[(objections["处理结果"] == "成立") & (objections["处理日期"] <= end)]["业务编号"]
    open_ = objections[objections["处理日期"].isna() | (objections["处理日期"] > end)]["业务编号"]
    reviews = events(landing, period, "review_outcomes", ["项目", "业务编号", "返还年度", "审核日期"])
    reviews = reviews[
        (reviews["项目"] == "稳岗返还") & (reviews["返还年度"] == programme) & (reviews["审核日期"] <= end)
    ]
    answers = (
        reviews.sort_values("审核日期")
        .drop_duplicates("业务编号", keep="last")
        .set_index("业务编号")["审核结论"]
    )
    answer = answers.reindex(year.index)

    limit = (year["average"] <= 30).map({True: 0.20, False: 0.055})
    covered = year["单位类型"].isin([*BY_REFERENCE, "企业"])
    dispatch = year["是否劳务派遣单位"] == "1"
    fails = (
        (known & ~covered)
        | (known & ((year["参保状态"] != "正常参保") | year["登记状态"].isin(["吊销", "注销"])))
        | (year["full"] < 12)
        | (year["arrears"] > 0)
        | (year["claims"] > limit * year["heads"] / year["in_months"] + 1e-9)
        | year["统一社会信用代码"].isin(sanctions["统一社会信用代码"])
        | year.index.isin(upheld)
        | (year["base"] <= 0)
        | (answer == "不通过")
        | (reserve_months(landing, period, base_year) < 12)
    )
    waits = year.index.isin(open_) | (dispatch & ~year.index.isin(agreed["派遣单位编号"]))
    no_class = covered & size.isna()
    undecided = ~known | no_class | (waits & (answer != "通过"))
    year["decision"] = "eligible"
    year.loc[undecided, "decision"] = "review"
    year.loc[fails, "decision"] = "ineligible"
    year.loc[year["单位类型"] == "其他", "decision"] = "out_of_scope"
    percent = size.map({"large": 30, "sme": 60}).fillna(0).astype("int64")
    # half up in whole fen
    refund = (year["base"].astype("int64") * percent + 50) // 100
    year["refund"] = refund.where(year["decision"].isin(["eligible", "review"]), 0)
    return year


def check(found: pd.DataFrame, home: Path, period: str) -> int:
    """Compare with the warehouse; gives how many employers differ."""
    import duckdb

    with duckdb.connect(str(home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        ours = con.execute(
            "select employer_id, decision, average_insured, contribution_base, refund_amount from marts.refund_decisions"
            " where period = cast(? || '-01' as date) and programme_year = ?",
            [period, int(period[:4])],
        ).df()
    both = found.join(ours.set_index("employer_id").add_suffix("_ours"), how="outer")
    same = (
        (both["decision"] == both["decision_ours"])
        & (fen(both["contribution_base_ours"]) == both["base"])
        & (fen(both["refund_amount_ours"]) == both["refund"])
        & ((both["average"] - both["average_insured_ours"].astype(float)).abs() < 0.01)
    )
    print(both[~same].head(20).to_string() if not same.all() else "")
    print(f"{len(both)} employers, {(~same).sum()} differ; refund {found['refund'].sum() / 100:,.2f} yuan")
    return int((~same).sum())


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Refund decisions in plain pandas.")
    parser.add_argument("landing", type=Path)
    parser.add_argument("period")
    parser.add_argument("--check", type=Path, metavar="HOME")
    args = parser.parse_args()
    found = decisions(args.landing, args.period)
    print(found["decision"].value_counts().to_string())
    return 1 if args.check and check(found, args.check, args.period) else 0


if __name__ == "__main__":
    sys.exit(main())
