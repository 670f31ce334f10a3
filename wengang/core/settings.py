"""Settings: from options, then the environment (`WENGANG_…`), then defaults; nothing of this machine is written anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


def memory(text: str) -> str:
    """Check an amount of memory as DuckDB reads it, before half an hour's work is begun on it; raises ValueError."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?[KMGT]i?B", text.strip(), re.IGNORECASE)
    if not found or not float(found[1]):
        raise ValueError("expected an amount such as 3GiB")
    return text


class Settings(BaseSettings):
    """Where things are and how much of the machine to use."""

    model_config = SettingsConfigDict(env_prefix="WENGANG_", extra="ignore")

    home: Path = Path("var")
    landing: Path | None = None
    policy: Path = ROOT / "seeds" / "policy"
    reference: Path | None = None
    jurisdiction: str = Field(default="620000", pattern=r"^\d{6}$")
    threads: int = Field(default=2, ge=1)
    memory_limit: Annotated[str, AfterValidator(memory)] = "3GiB"
    language: Literal["zh", "en"] = "zh"
    by_unit: bool = False
    workbook_language: Literal["zh", "both"] = "zh"
    key_file: Path | None = None
    administrator_key: str | None = None
    server_key: Path | None = None
    restricted_key: Path | None = None

    @property
    def landing_dir(self) -> Path:
        """Folder of deliveries: one folder per period in it."""
        return self.landing or self.home / "landing"

    @property
    def reference_dir(self) -> Path | None:
        """Folder of reference data that takes the place of the seeds: the one set, else `reference` in the parameter folder."""
        beside = self.policy / "reference"
        return self.reference or (beside if beside.is_dir() else None)

    @property
    def lake_dir(self) -> Path:
        """Return the lake: accepted rows as immutable Parquet."""
        return self.home / "lake"

    @property
    def journal_dir(self) -> Path:
        """Append-only records of what happened."""
        return self.home / "journal"

    @property
    def key_path(self) -> Path:
        """Return the secret that identifiers are digested with: part of the state of a data directory."""
        return self.key_file or self.home / "secrets" / "identifiers.key"

    @property
    def cache_dir(self) -> Path:
        """Return what only saves time, and may be deleted."""
        return self.home / "cache"

    @property
    def warehouse_file(self) -> Path:
        """Return the published warehouse."""
        return self.home / "warehouse" / "wengang.duckdb"

    @property
    def build_dir(self) -> Path:
        """Return where the next warehouse is built aside."""
        return self.home / "warehouse" / "build"

    @property
    def build_file(self) -> Path:
        """Return the warehouse being built, under the name that it is published by: views carry the name of their database."""
        return self.build_dir / "wengang.duckdb"

    @property
    def drafts_dir(self) -> Path:
        """Unsigned packages, one folder per period."""
        return self.home / "drafts"

    @property
    def published_dir(self) -> Path:
        """Signed packages, `<period>/r<n>`."""
        return self.home / "published"
