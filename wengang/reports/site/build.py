"""The pages of a month: templates filled from the figures and tables of the report, with pieces of data beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from wengang.core.number_patterns import masked_numbers
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.reports.figures import Report, Signing, read_report
from wengang.reports.site.changes import changed_decisions, changes
from wengang.reports.site.context import PAGES, UNIT_WORDS, Audience, Context, wan_text
from wengang.reports.site.data import as_json, masked, write_decisions, write_piece, years_of
from wengang.reports.site.overview import overview
from wengang.reports.site.parameters import parameters
from wengang.reports.site.quality import quality
from wengang.reports.site.recovery import recovery
from wengang.reports.site.risk import leads, risk
from wengang.reports.site.words import meta

HERE = Path(__file__).resolve().parent


def write_site(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    period: Period,
    folder: Path,
    *,
    report: Report | None = None,
    signing: Signing | None = None,
    audience: Audience = "internal",
    own_revision: int | None = None,
) -> Path:
    """Write `folder/` (the package's `site`): pages, assets and data of a month; returns the first page.

    `con` is a warehouse open for reading (temporary tables are made in memory). Without a signing every page says that it is a draft.
    `audience`: the public version has neither leads on persons nor counts of few of them. `own_revision`: that of a published package.
    Source files and line numbers are read from the lake as the journal lists them. The same inputs give the same bytes.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    report = report or read_report(con, period, signing)
    state = read_lake(settings).through(period)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(HERE / "assets", folder / "assets")
    context = Context(con, report, state, audience, own_revision)
    years = years_of(con, period)
    found = write_decisions(con, period, years, settings.lake_dir, state, folder)
    write_piece(folder, "meta", as_json(meta(context, years, found)))
    write_piece(folder, "leads", as_json(leads(context)))
    write_piece(folder, "changes", as_json(changed_decisions(context)))
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
        "index": overview(context, folder.parent),
        "decisions": {"years": years},
        "employer": {},
        "risk": risk(context),
        "recovery": recovery(context),
        "quality": quality(context),
        "parameters": parameters(context),
        "changes": changes(context),
    }
    for name, zh, en, scripts in PAGES:
        html = env.get_template(f"{name}.html.j2").render(
            page=name, page_zh=zh, page_en=en, scripts=scripts, **shared, **pages[name]
        )
        (folder / f"{name}.html").write_text(masked_numbers(html), encoding="utf-8")
    return folder / "index.html"
