"""A made-up province set up as the how-to says: rows and names of its own, and a month run to its draft without any of Gansu's names."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from wengang.core.errors import EXIT_DONE, EXIT_INCOMPLETE, EXIT_PARAMETERS
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import ROOT, Settings
from wengang.pipeline import run
from wengang.policy import PolicyError
from wengang.reports.document import document_data
from wengang.reports.figures import read_report
from wengang.sample import write_sample
from wengang.warehouse.reference import check_reference, names_of_place

CODE = "980000"
REGION = re.compile(r"(?<![0-9A-Za-z])62(\d{4})(?![0-9A-Za-z])")


def rewritten(path: Path, target: Path, **cells: dict[str, str]) -> None:
    """Copy a CSV with every region code of Gansu put as the new province's, and whole texts replaced by column."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            new = {name: REGION.sub(r"98\1", text) for name, text in row.items()}
            for column, words in cells.items():
                new[column] = words.get(new[column], new[column])
            writer.writerow(new)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parameter folder of the province, made as docs/how-to/new-province.md says."""
    home = tmp_path_factory.mktemp("yunling") / "policy-yunling"
    home.mkdir()
    for name in ("documents.csv", "programmes.csv", "parameters.csv"):
        rewritten(ROOT / "seeds" / "policy" / name, home / name)
    reference = home / "reference"
    reference.mkdir()
    names = {"甘肃省": "云岭省", "兰州市": "首府市", "甘肃矿区": "云岭矿区"}
    rewritten(ROOT / "seeds" / "reference" / "regions.csv", reference / "regions.csv", region_name=names,
              prefecture_name=names, reporting_unit_name=names)  # fmt: skip
    rewritten(
        ROOT / "seeds" / "reference" / "reporting_units.csv",
        reference / "reporting_units.csv",
        name_zh=names,
        short_zh=names,
    )
    (reference / "office.csv").write_text(
        "item,item_order,text_zh,note\nagency,1,云岭省失业保险中心,\ndocument_mark,2,云失险,\nmain_addressees,3,云岭省人社厅,\n",
        encoding="utf-8",
    )
    return home


def test_folder_passes_the_check(folder: Path) -> None:
    settings = Settings(policy=folder, jurisdiction=CODE)
    check_reference(settings)
    assert names_of_place(settings) == []


def test_place_without_names_is_told() -> None:
    ((_, en),) = names_of_place(Settings(jurisdiction=CODE))
    assert CODE in en


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("provinces.csv", "a,b\n", "reference_unknown"),
        ("regions.csv", "region,name\n", "reference_heading"),
        ("office.csv", None, "reference_missing"),
    ],
)
def test_faulty_reference_folder_is_refused(
    folder: Path, tmp_path: Path, file: str, text: str | None, code: str
) -> None:
    copy = shutil.copytree(folder / "reference", tmp_path / "reference")
    if text is None:
        (copy / file).unlink()
    else:
        (copy / file).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        check_reference(Settings(policy=folder, reference=copy, jurisdiction=CODE))
    assert caught.value.exit_code == EXIT_PARAMETERS
    assert code in {fault.code for fault in caught.value.faults}


def test_region_of_a_unit_that_does_not_exist_names_its_row(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder / "reference", tmp_path / "reference")
    text = (copy / "regions.csv").read_text(encoding="utf-8").splitlines()
    text[2] = text[2].replace("980100,首府市,,,980100", "980100,首府市,,,989999")
    (copy / "regions.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        check_reference(Settings(policy=folder, reference=copy, jurisdiction=CODE))
    assert [(f.code, f.lines) for f in caught.value.faults] == [("reference_reporting_unit", (3,))]


def test_month_is_run_to_its_draft(folder: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    write_sample(landing, [Period(2024, 6)], employers=40, seed=3)
    for path in sorted((landing / "2024-06").glob("*.csv")):
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(REGION.sub(r"98\1", text), encoding="utf-8")
    for path in (landing / "2024-06").glob("manifest*"):
        path.unlink()
    settings = Settings(home=tmp_path / "home", landing=landing, policy=folder, jurisdiction=CODE)
    done = run(settings, [Period(2024, 6)], Progress(quiet=True))
    assert done.exit_code in {EXIT_DONE, EXIT_INCOMPLETE}, done.notes
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        report = read_report(con, Period(2024, 6))
        decided = con.execute(
            "select distinct region_code from marts.refund_decisions where decision = 'eligible'"
        ).fetchall()
    assert decided
    assert {unit[:2] for (unit,) in decided} == {"98"}
    data = document_data(report)
    assert (data["head"], data["addressee"]) == ("云岭省失业保险中心文件", "云岭省人社厅")
    assert data["number"].startswith("云失险〔2024〕")
    names = {unit.name_zh for unit in report.units}
    assert "首府市" in names
    assert not any("甘肃" in name or name == "兰州市" for name in names)
