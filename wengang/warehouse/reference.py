"""Reference data of another province: files of a second folder that take the place of the seeds shipped, table by table."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from wengang.core.settings import ROOT, Settings
from wengang.core.sql import quote
from wengang.policy import Fault, PolicyError

SHIPPED = ROOT / "seeds" / "reference"
# What a province cannot do without where it brings a folder of its own: Gansu's rows would stand in their place.
PLACES = ("regions.csv", "reporting_units.csv", "office.csv")


def reference_files(settings: Settings) -> dict[str, Path]:
    """Return the files that take the place of seeds, by table; none where the settings name no folder of reference data."""
    folder = settings.reference_dir
    return {} if folder is None else {path.stem: path for path in sorted(folder.glob("*.csv"))}


def check_reference(settings: Settings) -> None:
    """Refuse a reference folder that cannot serve: raises PolicyError (exit 4) naming each file, row and heading."""
    folder = settings.reference_dir
    if folder is None:
        return
    faults = list(name_faults(folder))
    for path in reference_files(settings).values():
        if (SHIPPED / path.name).exists():
            faults += heading_faults(path)
    if not faults:
        faults += region_faults(folder, settings.jurisdiction)
    if faults:
        raise PolicyError.of(faults, str(folder))


def name_faults(folder: Path) -> Iterator[Fault]:
    """Find files that no table takes, and files of the place that are missing."""
    known = sorted(path.name for path in SHIPPED.glob("*.csv"))
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            yield fault("reference_unknown", path.name, [], f"没有名为 {path.stem} 的参考表", f"no reference table is called {path.stem}",
                        "、".join(known), ", ".join(known))  # fmt: skip
    for name in PLACES:
        if not (folder / name).exists():
            yield fault("reference_missing", name, [], f"文件夹 {folder} 中没有此文件", f"not in the folder {folder}",
                        f"与 {SHIPPED / name} 同样表头的文件", f"a file headed as {SHIPPED / name}")  # fmt: skip


def fault(
    code: str, file: str, lines: list[int], zh: str, en: str, expected_zh: str, expected_en: str
) -> Fault:
    """Return a fault of a reference file."""
    return Fault(
        code, file, tuple(lines), zh, en, expected_zh, expected_en,
        "按 docs/how-to/new-province.md 更正", "correct it by docs/how-to/new-province.md",
    )  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a file's rows; line 2 of the file is the first."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def heading_faults(path: Path) -> list[Fault]:
    """Find a heading that is not that of the seed shipped, and a file that is not UTF-8."""
    with (SHIPPED / path.name).open(encoding="utf-8", newline="") as handle:
        wanted = next(csv.reader(handle))
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            found = next(csv.reader(handle), [])
    except UnicodeDecodeError:
        found = []
    if [cell.strip() for cell in found] == wanted:
        return []
    return [
        fault(
            "reference_heading", path.name, [1], "表头不符，或不是UTF-8编码", "another heading, or not UTF-8",
            ",".join(wanted), ",".join(wanted),
        )
    ]  # fmt: skip


def region_faults(folder: Path, jurisdiction: str) -> list[Fault]:
    """Find a province that is not among the regions, and regions of a reporting unit that does not exist."""
    regions = rows_of(folder / "regions.csv")
    units = {row["reporting_unit"] for row in rows_of(folder / "reporting_units.csv")}
    province = f"{jurisdiction[:2]}0000"
    found = []
    if not any(row["region_code"] == province and row["level"] == "province" for row in regions):
        found.append(
            fault(
                "reference_province", "regions.csv", [], f"没有省级行 {province}", f"no row of level province for {province}",
                f"{province},省名,province,…", f"{province},<name>,province,…",
            )
        )  # fmt: skip
    lost = [
        line
        for line, row in enumerate(regions, 2)
        if row["reporting_unit"] and row["reporting_unit"] not in units
    ]
    if lost:
        found.append(
            fault(
                "reference_reporting_unit", "regions.csv", lost, "reporting_unit 不在 reporting_units.csv 中",
                "a reporting_unit that reporting_units.csv does not hold",
                "、".join(sorted(units)), ", ".join(sorted(units)),
            )
        )  # fmt: skip
    return found


def code_digest(models: str, settings: Settings) -> str:
    """Return the digest of what a warehouse is made with: that of the models, and of the files that take the place of seeds."""
    files = reference_files(settings)
    if not files:
        return models
    lines = [f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in files.items()]
    return hashlib.sha256("\n".join([models, *lines]).encode()).hexdigest()


def names_of_place(settings: Settings) -> list[tuple[str, str]]:
    """Return the fault, in Chinese and English, that the reference data in use hold no names of the jurisdiction's province."""
    path = reference_files(settings).get("regions", SHIPPED / "regions.csv")
    province = f"{settings.jurisdiction[:2]}0000"
    if any(row["region_code"] == province for row in rows_of(path)):
        return []
    return [
        (
            f"参考数据 {path} 中没有 {province}：报告只能用代码，单位按现有参考数据列示；见 docs/how-to/new-province.md",
            f"the reference data {path} hold no {province}: reports show codes, and the units of the data in use; "
            "see docs/how-to/new-province.md",
        )
    ]


def replace_reference(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Put the rows of the reference folder into the tables of schema `reference`, in place of those of the seeds."""
    for name, path in reference_files(settings).items():
        columns = con.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'reference' and table_name = ? order by ordinal_position",
            [name],
        ).fetchall()
        cells = ", ".join(
            f"cast(nullif(trim({column}), '') as {kind}) as {column}" for column, kind in columns
        )
        con.execute(f"delete from reference.{name}")
        con.execute(
            f"insert into reference.{name} by name select {cells} from read_csv({quote(str(path))}, header = true,"
            " all_varchar = true, delim = ',', quote = '\"')"
        )
