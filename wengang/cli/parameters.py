"""Commands for those who keep the rows of parameters: a new year, checks, which row decides, what differs, a picture."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import Home, Jurisdiction, Policy, begin, settings_from
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.policy import (
    Fault,
    ParameterRow,
    PolicyError,
    PolicySet,
    ProgrammeRow,
    check_needed,
    load_policy,
)
from wengang.policy.conditions import Condition, ConditionError, read_condition
from wengang.policy.registry import parse_day, registry
from wengang.policy.resolve import chain, holds

policy_app = typer.Typer(no_args_is_help=True, help="维护参数 · keep the rows of parameters")
app.add_typer(policy_app, name="policy")


def loaded(policy: Path | None, jurisdiction: str | None) -> tuple[Settings, PolicySet]:
    """Load the set that the options name."""
    settings = settings_from(policy=policy, jurisdiction=jurisdiction)
    begin(settings, quiet=True)
    return settings, load_policy(settings.policy, settings.jurisdiction)


def day_of(text: str) -> dt.date:
    """Read a day; raises UsageError for anything else."""
    day = parse_day(text)
    if day is None:
        raise UsageError(
            "bad_day", f"“{text}”不是日期", f"{text!r} is no day",
            expected_zh="年-月-日，如 2024-06-30", expected_en="year-month-day such as 2024-06-30",
        )  # fmt: skip
    return day


@policy_app.command("new-year")
def new_year(
    year: Annotated[int, typer.Argument(min=2000, max=2100, help="新年度 · the new year")],
    source: Annotated[
        int, typer.Option("--from", min=2000, max=2100, help="沿用的年度 · the year to start from")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="草稿目录 · folder for the drafts; policy-<year>-draft")
    ] = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """新年度参数草稿 · draft the rows of a new year: what lapses, what the national notice says, what is carried as an assumption.

    The folder in use is not touched. Every draft says so in its reason: confirm it by its document, or take it out.
    """
    from wengang.policy.year import draft_year

    settings, policies = loaded(policy, jurisdiction)
    target = out or Path(f"policy-{year}-draft")
    if target.exists():
        raise UsageError(
            "draft_exists", "草稿目录已存在", "the folder of drafts exists already", place=str(target),
            next_zh="改名或删去后重试，或用 --out 另指定目录", next_en="rename or remove it, or name another with --out",
        )  # fmt: skip
    found = draft_year(policies, year, source)
    write_drafts(settings.policy, target, found.windows, found.parameters)
    print(f"已登记的{year}年行 · rows of {year} entered already: {len(found.entered)}")
    for row in found.entered:
        print(f"  [已有] {entered(row)}")
    print(f"长期有效、不需新行 · open-ended, no row needed: {len(found.open_ended)}")
    print(f"草稿 · drafts: {len(found.drafts)}")
    for draft in found.drafts:
        mark = {"window": "窗口", "assumed": "沿用", "capped": "改限"}[draft.kind]
        print(f"  [{mark}] {draft.zh}\n         {draft.en}")
    print(f"{target}\n下一步 · next: 逐行对照文件确认，再 wengang policy check --policy {target}")


def entered(row: ParameterRow | ProgrammeRow) -> str:
    """Return, for a row of the new year that is there already, what it is and on what it rests: mostly the national notice's."""
    from wengang.policy.diff import said

    name = row.programme if isinstance(row, ProgrammeRow) else row.parameter
    return f"{name} {row.jurisdiction}{' ' + row.applies_to if row.applies_to else ''} = {said(row)}"


def write_drafts(
    folder: Path, target: Path, windows: Sequence[ProgrammeRow], parameters: Sequence[ParameterRow]
) -> None:
    """Write the set with the drafts below its rows into a new folder."""
    import shutil

    from wengang.policy.write import PARAMETER_COLUMNS, PROGRAMME_COLUMNS, append_rows

    target.mkdir(parents=True)
    shutil.copyfile(folder / "documents.csv", target / "documents.csv")
    append_rows(folder / "programmes.csv", target / "programmes.csv", windows, PROGRAMME_COLUMNS)
    append_rows(folder / "parameters.csv", target / "parameters.csv", parameters, PARAMETER_COLUMNS)
    if (folder / "reference").is_dir():
        shutil.copytree(folder / "reference", target / "reference")


@policy_app.command()
def check(
    first: Annotated[str | None, typer.Option("--from", help="起始月 · first month, 2024-01")] = None,
    last: Annotated[str | None, typer.Option("--to", help="截止月 · last month, 2024-12")] = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """检查参数 · check the rows and the reference folder without building anything; exit 4 with every fault listed.

    Without months: from the first window known to the end of the last.
    """
    from wengang.warehouse.reference import check_reference, names_of_place

    settings, policies = loaded(policy, jurisdiction)
    check_reference(settings)
    spans = [Period.of(day) for w in policies.windows for day in (w.window_from, w.window_to)]
    begins = Period.parse(first) if first else min(spans, default=None)
    ends = Period.parse(last) if last else max(spans, default=begins)
    if begins is not None and ends is not None and ends < begins:
        raise UsageError("period_range", text=f"{begins}..{ends}")
    if begins is None or ends is None:
        raise nothing_known(settings)
    faults: dict[tuple[str, str], Fault] = {}
    carried: dict[str, str] = {}
    month = begins
    while month <= ends:
        try:
            check_needed(policies, month)
        except PolicyError as error:
            for fault in error.faults:
                faults.setdefault((fault.code, fault.expected_en), fault)
        for stretch in policies.carried(month.last_day):
            carried.setdefault(f"{stretch.parameter} = {stretch.value}", str(month))
        month = month.plus(1)
    for note in policies.notes:
        print(f"{'!' if note.is_loud else '·'} {note.place}：{note.zh} · {note.en}")
    for zh, en in names_of_place(settings):
        print(f"! {zh}\n  {en}")
    for name, since in carried.items():
        print(f"· 沿用最后一个值 · carried forward: {name}（{since} 起 from）")
    if faults:
        raise PolicyError.of(list(faults.values()), str(settings.policy))
    print(f"{begins} 至 {ends}：没有缺失的参数 · no parameter is missing")


def nothing_known(settings: Settings) -> UsageError:
    """Return the error of a set that has no window to take the months from."""
    return UsageError(
        "no_window", "参数集没有任何窗口期", "the set has no window", place=str(settings.policy),
        next_zh="用 --from 和 --to 指定月份", next_en="name months with --from and --to",
    )  # fmt: skip


@policy_app.command()
def show(
    parameter: Annotated[str, typer.Argument(help="参数名 · name of a parameter")],
    on: Annotated[str, typer.Option("--on", help="日期 · a day, 2024-06-30")],
    region: Annotated[
        str | None, typer.Option("--region", help="行政区划代码 · region of the subject")
    ] = None,
    employer: Annotated[
        str | None, typer.Option("--employer", help="单位编号 · employer_id, looked up in the warehouse")
    ] = None,
    meets: Annotated[
        str | None,
        typer.Option("--meets", help="设定的条件 · conditions taken as met, such as list=a&size_class=sme"),
    ] = None,
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """查一个参数 · which row decides a parameter on a day for a place or an employer, and which rows it beats."""
    from wengang.evidence.subject import read_subject

    settings = settings_from(home=home, policy=policy, jurisdiction=jurisdiction)
    begin(settings, quiet=True)
    policies = load_policy(settings.policy, settings.jurisdiction)
    day = day_of(on)
    if parameter not in registry() and not any(r.parameter == parameter for r in policies.parameter_rows):
        raise unknown_parameter(parameter)
    if region is not None and not re.fullmatch(r"[0-9]{6}", region):
        raise UsageError("region_code", text=region)
    met: list[Condition] = []
    place = region or settings.jurisdiction
    if employer:
        subject = read_subject(settings.warehouse_file, employer, day)
        place = region or subject.region_code or place
        met = subject.conditions(policies)
        print(f"单位 {employer} · employer: {place}，符合 meets: {'、'.join(map(str, met)) or '—'}")
    if meets:
        met += sub_conditions(meets, policies)
    print("\n".join(decided(policies, parameter, day, place, met)))


def unknown_parameter(name: str) -> UsageError:
    """Return the error of a parameter that neither a rule nor a row knows."""
    import difflib

    near = difflib.get_close_matches(name, list(registry()), n=1, cutoff=0.6)
    return UsageError(
        "parameter_unknown",
        f"没有参数“{name}”" + (f"；是否应为 {near[0]}" if near else ""),
        f"there is no parameter {name!r}" + (f"; is {near[0]} meant" if near else ""),
        expected_zh="docs/reference/parameters.md 中的参数名", expected_en="a name of docs/reference/parameters.md",
    )  # fmt: skip


def sub_conditions(text: str, policies: PolicySet) -> list[Condition]:
    """Return the conditions of rows that follow from those taken as met; raises UsageError for text that is no condition."""
    try:
        whole = read_condition(text)
    except ConditionError as error:
        raise UsageError("bad_condition", error.zh, error.en) from None
    asked = {row.condition for _, row in policies.applying_rows if row.applies_to}
    return [condition for condition in sorted(asked, key=str) if whole.implies(condition)]


def decided(policies: PolicySet, parameter: str, day: dt.date, place: str, met: list[Condition]) -> list[str]:
    """Return which row decides, then those it beats with the reason, then those that wait for a condition."""
    rows = policies.candidates(parameter, day, place, met)
    known = registry().get(parameter)
    lines = [f"{parameter}（{known.title_zh if known else '—'}），{day}，{place}"]
    if not rows:
        carried = policies.at(parameter, day)
        if carried is None:
            return [*lines, "没有值 · no value on this day"]
        lines.append(f"沿用最后一个值 · carried forward: {carried.value}")
        rows = [carried.row]
    lines.append(f"决定 decides  {described(rows[0])}")
    for row in rows[1:]:
        lines.append(f"  让位 beaten {described(row)}")
    places = chain(place if holds(policies.jurisdiction, place) else policies.jurisdiction)
    waiting = [
        row
        for _, row in policies.applying_rows
        if row.parameter == parameter
        and row.jurisdiction in places
        and row.covers(day)
        and row.applies_to
        and row.condition not in met
    ]
    for row in waiting:
        lines.append(f"  条件不符 condition not met {described(row)}")
    return lines


def described(row: ParameterRow) -> str:
    """Return, for a row of parameters, where it stands, what it says and on what it rests."""
    from wengang.policy.diff import said

    who = f"{row.jurisdiction}{'，' + row.applies_to if row.applies_to else ''}"
    return f"{row.place}  {who}  {said(row)}{'：' + row.reason if row.reason else ''}"


@policy_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="原参数目录 · a folder of parameters")],
    new: Annotated[Path, typer.Argument(help="新参数目录 · another")],
    jurisdiction: Jurisdiction = None,
) -> None:
    """比较两套参数 · which rows of two folders differ, cell by cell; exit 0 in either case."""
    from wengang.policy.diff import differences

    sides = [loaded(folder, jurisdiction)[1] for folder in (old, new)]
    changes = differences(*sides)
    for change in changes:
        print(change.text())
    print(f"共 {len(changes)} 处 · {len(changes)} differences")


@policy_app.command()
def timeline(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PARAMETER]...", help="参数名，不写为全部 · names; all")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="图片文件 · SVG file to write")] = Path(
        "policy-timeline.svg"
    ),
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """参数时间线 · draw windows and values over the years, by basis, as an SVG picture for any browser."""
    from wengang.policy.timeline import timeline as draw

    settings, policies = loaded(policy, jurisdiction)
    for name in names or []:
        if name not in registry():
            raise unknown_parameter(name)
    days = [day for w in policies.windows for day in (w.window_from, w.window_to)]
    days = days or [row.effective_from for _, row in policies.applying_rows]
    if not days:
        raise nothing_known(settings)
    chosen = names or [name for name in registry() if name in policies.in_force]
    out.write_text(draw(policies, chosen, min(days).year, max(days).year + 1), encoding="utf-8")
    print(out)
