"""Rings on the page of leads: subjects whose leads hang together, with a picture of what links them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from html import escape
from typing import Any

from wengang.reports.figures import rows_of
from wengang.reports.site.charts import both, spot
from wengang.reports.site.context import Cell, Context

RINGS_SHOWN, NODES_DRAWN = 20, 40
NAMES = {"person": ("个人", "person"), "account": ("账户", "account"), "phone": ("电话", "telephone")}
WIDTH, ROW, SIDE = 720, 34, 250


def rings(context: Context) -> dict[str, Any]:
    """Return the rings with most at stake, their totals, and how many there are in all.

    Persons stand nameless; where a ring holds fewer of them than may be shown, the amounts are hidden with their number.
    """
    if "marts.risk_rings" not in context.tables:
        return {"rows": [], "count": 0, "amount": Cell(Decimal(0), "yuan", 2), "hides": False}
    found = rows_of(
        context.con,
        "select * from marts.risk_rings where period = ? order by amount_at_stake desc, ring_id",
        context.day,
    )
    links: dict[str, list[dict[str, Any]]] = {}
    for link in rows_of(
        context.con,
        "select * from marts.risk_ring_links where period = ? order by ring_id, hub_node, holder_node",
        context.day,
    ):
        links.setdefault(link["ring_id"], []).append(link)
    hidden = {r["ring_id"] for r in found if 0 < r["persons"] < context.least}
    rows = []
    for number, r in enumerate(found[:RINGS_SHOWN], start=1):
        gone = r["ring_id"] in hidden
        rows.append({
            "number": number, "id": r["ring_id"], "employers": r["employers"], "accounts": r["accounts"], "phones": r["phones"],
            "leads": r["leads"], "persons": Cell(Decimal(r["persons"]), "persons", 0, hidden=gone),
            "amount": Cell(r["amount_at_stake"], "yuan", 2, hidden=gone),
            "recoverable": Cell(r["still_recoverable"], "yuan", 2, hidden=gone),
            "picture": picture(links.get(r["ring_id"], []), f"ring-{number}", context.least),
        })  # fmt: skip
    total = sum((r["amount_at_stake"] for r in found), Decimal(0))
    return {
        "rows": rows,
        "count": len(found),
        # One hidden amount could be had from the total and the others.
        "amount": Cell(total, "yuan", 2, hidden=len(hidden) == 1),
        "hides": bool(hidden),
    }


def persons_together(links: list[dict[str, Any]], least: int) -> list[dict[str, Any]]:
    """Return the links with persons who hang on the same things as one node; how many they are is said where they are enough to be shown."""
    hubs: dict[str, set[str]] = {}
    for link in links:
        if link["holder_kind"] == "person":
            hubs.setdefault(link["holder_node"], set()).add(link["hub_node"])
    alike = Counter("|".join(sorted(found)) for found in hubs.values())

    def together(link: dict[str, Any]) -> dict[str, Any]:
        if link["holder_kind"] != "person":
            return link
        node = "|".join(sorted(hubs[link["holder_node"]]))
        return link | {"holder_node": node, "persons": alike[node] if alike[node] >= least else 0}

    return [together(link) for link in links]


def picture(links: list[dict[str, Any]], title_id: str, least: int) -> str:
    """Draw what links (left) to whom it is linked (right), as many nodes as can be read; nothing where there are no links."""
    sides: tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]] = ({}, {})
    pairs: dict[tuple[str, str], None] = {}
    degree = Counter(link["hub_node"] for link in links)
    ordered = sorted(links, key=lambda k: (-degree[k["hub_node"]], k["hub_node"], k["holder_node"]))
    for link in persons_together(ordered, least):
        if len(sides[0]) + len(sides[1]) >= NODES_DRAWN:
            break
        for place, side in enumerate(("hub", "holder")):
            label = link[f"{side}_label"]
            zh, en = NAMES.get(link[f"{side}_kind"], (label, label))
            if place and link.get("persons"):
                zh, en = f"{zh} {link['persons']} 人", f"{link['persons']} persons"
            sides[place][link[f"{side}_node"]] = (zh, en)
        pairs[link["hub_node"], link["holder_node"]] = None
    if not pairs:
        return ""
    height = ROW * max(len(sides[0]), len(sides[1]))

    def y(place: int, node: str) -> float:
        nodes = list(sides[place])
        return height * (nodes.index(node) + 0.5) / len(nodes)

    out = [f'<svg class="chart ring" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{title_id}">']
    out += [
        f'<line class="link" x1="{SIDE}" y1="{spot(y(0, hub))}" x2="{WIDTH - SIDE}" y2="{spot(y(1, holder))}"/>'
        for hub, holder in pairs
    ]
    for place, (x, at, anchor) in enumerate(
        ((SIDE, SIDE - 10, "end"), (WIDTH - SIDE, WIDTH - SIDE + 10, "start"))
    ):
        for node, (zh, en) in sides[place].items():
            level = spot(y(place, node))
            kind = "thing" if (zh, en) in (NAMES["account"], NAMES["phone"]) else "one"
            words = both(
                short(zh), short(en), f'x="{at}" y="{spot(y(place, node) + 4)}" text-anchor="{anchor}"'
            )
            out.append(
                f'<g><title>{escape(zh)}</title><circle class="node {kind}" cx="{x}" cy="{level}" r="5"/>{words}</g>'
            )
    out.append("</svg>")
    return "".join(out)


def short(text: str, most: int = 18) -> str:
    """Return a name short enough for its side of the picture."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
