"""What the YAML beside the dbt models says of them: layer, area, key, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wengang.core.settings import ROOT

MODELS = ROOT / "dbt_project" / "models"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class ModelColumn:
    """One column of a model; `type` is empty where the model has no enforced contract."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Model:
    """One model as its YAML describes it; `layer` and `area` are the folders it lies in."""

    name: str
    layer: str
    area: str
    description: str
    key: tuple[str, ...]
    columns: tuple[ModelColumn, ...]


def published_columns() -> dict[str, list[tuple[str, str]]]:
    """Return names and types that the published tables promise, as the models' YAML says and their enforced contracts hold."""
    found = read_models()
    return {m.name: [(c.name, c.type) for c in m.columns] for m in found if m.layer == "marts" and m.columns}


def flat(text: object) -> str:
    """Put a text on one line that can stand in a table cell."""
    return " ".join(str(text or "").split()).replace("|", "\\|")


def read_models(folder: Path = MODELS) -> list[Model]:
    """Read the models that the YAML files below a folder describe, by layer, area and name."""
    found = []
    for path in sorted(folder.rglob("*.yml")):
        parts = path.relative_to(folder).parts
        nodes = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER) or {}  # noqa: S506 - both are safe loaders
        for node in nodes.get("models") or ():
            found.append(model_of(node, parts[0], parts[1] if len(parts) > 2 else ""))
    return sorted(found, key=lambda m: (m.layer, m.area, m.name))


def model_of(node: Mapping[str, Any], layer: str, area: str) -> Model:
    """Read one model's node."""
    meta = (node.get("config") or {}).get("meta") or {}
    columns = tuple(
        ModelColumn(str(c["name"]), flat(c.get("data_type")), flat(c.get("description")))
        for c in node.get("columns") or ()
    )
    return Model(
        str(node["name"]), layer, area, flat(node.get("description")), tuple(meta.get("key", ())), columns
    )
