"""A month whose notice has not come: it is reported, and the report says which values of an earlier year go on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.pipeline import run
from wengang.sample import write_sample

MONTH = Period(2026, 10)
# Of 2026 no notice on the rate, its personal part or the reserve is known.
CARRIED = ["premium_rate_person", "premium_rate_total", "reserve_formula", "reserve_months_min", "reserve_months_pooling_target"]  # fmt: skip


@pytest.mark.slow
def test_october_2026_says_what_is_carried_forward(tmp_path: Path) -> None:
    write_sample(tmp_path / "landing", [MONTH], employers=60, seed=7)
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    result = run(settings, [MONTH], Progress(quiet=True))
    assert result.exit_code == 0, result.notes
    draft = settings.drafts_dir / str(MONTH)

    def rows(name: str) -> list[dict[str, object]]:
        return pq.ParquetFile(draft / "tables" / f"{name}.parquet").read().to_pylist()

    named = [r["dimension_value"] for r in rows("report_figures") if r["measure"] == "carried_forward" and r["dimension"] == "item"]  # fmt: skip
    assert sorted(map(str, named)) == CARRIED
    (point,) = [r for r in rows("report_points") if r["point_id"] == "value_carried_forward"]
    assert "5" in str(point["text_zh"])
    with zipfile.ZipFile(draft / f"document-{MONTH}.docx") as document:
        text = document.read("word/document.xml").decode()
    assert "沿用最后一次值的参数5项（个人费率、总费率、备付期限公式、备付期限下限、省级统筹备付目标）" in text
    # Programmes are never carried: those of 2026 rest on rows of their own, and the premium cut on the rate carried.
    assert {r["programme_year"] for r in rows("refund_decisions")} >= {2026}
    assert any(r["relief"] for r in rows("premium_relief"))
