"""One dbt process a run: the project is parsed once, each call reuses it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from wengang.core.errors import ModelError
from wengang.core.garbage import collector_at_rest
from wengang.core.settings import ROOT, Settings

PROJECT_DIR = ROOT / "dbt_project"
FAILED = {"error", "fail", "runtime error"}
# Told of each model and seed as it ends: its id, `success` or `error`, and what to say of it.
Watch = Callable[[str, str, str], None]


class Dbt:
    """dbt inside this process, on the build file of one home; `watch` is called with how each model and seed ends."""

    _manifest: ClassVar[Any] = None
    _loading: ClassVar[Thread | None] = None
    options: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: Settings, database: Path | None = None, watch: Watch | None = None) -> None:
        self.settings = settings
        self.database = database or settings.build_file
        self.log_dir = (settings.home / "logs" / "dbt").resolve()
        self.watch = watch
        # Of several months in one process the last one's success counts, anyone's failure.
        self.is_last_month = True
        # Told of each node as it begins: its place among those of the call.
        self.reached: Callable[[int, int], None] | None = None

    @staticmethod
    def load_ahead() -> None:
        """Begin to load dbt and the parsed project while something else is done; what fails then is met again where it is needed."""

        def load() -> None:
            with suppress(Exception):
                Dbt._manifest = Dbt._manifest or kept_manifest()
                importlib.import_module("dbt.cli.main")

        Dbt._loading = Thread(target=load, daemon=True)
        Dbt._loading.start()

    @property
    def manifest(self) -> Any:
        """Return the parsed project: the same for every home, so it is parsed once, and kept beside the project by its content."""
        if Dbt._loading is not None:
            Dbt._loading.join()
        if Dbt._manifest is None:
            Dbt._manifest = kept_manifest() or self._parsed_manifest()
        return Dbt._manifest

    def _parsed_manifest(self) -> Any:
        from dbt.parser.manifest import extended_mashumaro_encoder

        manifest = self._invoke(["parse"]).result
        cache = manifest_file()
        cache.parent.mkdir(parents=True, exist_ok=True)
        for old in cache.parent.glob("manifest-*.msgpack"):
            old.unlink(missing_ok=True)
        making = cache.with_suffix(f".{os.getpid()}")
        making.write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
        making.replace(cache)
        return manifest

    def invoke(self, command: str, *select: str, exclude: Sequence[str] = ()) -> list[Any]:
        """Run a dbt command over some nodes; returns the node results.

        Raises ModelError naming every failed node with its message.
        """
        _ = self.manifest
        args = [command]
        if select:
            args += ["--select", *select]
        if exclude:
            args += ["--exclude", *exclude]
        outcome = self._invoke(args)
        return list(outcome.result.results) if outcome.result is not None else []

    def tell_standing(self) -> None:
        """Report what a month leaves as it stands: seeds and views."""
        if self.watch is None or not self.is_last_month:
            return
        for node in self.manifest.nodes.values():
            kind = str(node.resource_type)
            if kind == "seed" or (kind == "model" and node.config.materialized == "view"):
                self.watch(node.unique_id, "success", "")

    def _tell(self, event: Any) -> None:
        """Pass on what dbt says when a node has begun or ended."""
        if self.reached is not None and event.info.name == "LogStartLine":
            self.reached(event.data.index, event.data.total)
        if self.watch is None or event.info.name != "NodeFinished":
            return
        node, message = event.data.node_info, event.data.run_result.message
        if node.resource_type not in {"model", "seed"}:
            return
        if node.node_status in FAILED:
            self.watch(node.unique_id, "error", str(self._failure(f"{node.node_name}: {message.strip()}")))
        elif node.node_status == "success" and self.is_last_month:
            self.watch(node.unique_id, "success", message)

    def _failure(self, text: str) -> ModelError:
        return ModelError("model_failed", place=str(self.log_dir / "dbt.log"), text=text)

    def set_environment(self) -> None:
        """Set the variables that the dbt project and its profile read."""
        os.environ |= {
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
            "WENGANG_DUCKDB": str(self.database.resolve()),
            "WENGANG_THREADS": str(self.settings.threads),
            "WENGANG_MEMORY_LIMIT": self.settings.memory_limit,
            "WENGANG_DBT_TARGET": str(target_dir()),
        }

    def _invoke(self, args: list[str]) -> Any:
        from dbt.cli.main import dbtRunner

        self.set_environment()
        runner = dbtRunner(manifest=Dbt._manifest, callbacks=[self._tell])
        self.log_dir.mkdir(parents=True, exist_ok=True)
        outcome = runner.invoke(
            [
                "--quiet", "--no-use-colors", "--no-write-json", "--log-path", str(self.log_dir), "--log-level", "none",
                args[0], "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR), *self.options,
                *args[1:],
            ]
        )  # fmt: skip
        release_database()
        if isinstance(outcome.exception, KeyboardInterrupt):
            raise outcome.exception  # dbt hands it back; it is nobody's faulty model
        if not outcome.success:
            raise self._failure(failure_text(outcome))
        return outcome


def manifest_file() -> Path:
    """Return where the parsed project is kept, by its content."""
    return target_dir() / f"manifest-{project_digest()[:16]}.msgpack"


def kept_manifest() -> Any:
    """Read the parsed project from where it is kept; None where it is not."""
    cache = manifest_file()
    if not cache.exists():
        return None
    with collector_at_rest():
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        return Manifest.from_msgpack(cache.read_bytes(), decoder=extended_mashumuro_decoder)


def project_digest() -> str:
    """Return the digest of every file that dbt reads, of its version and of the checkout's place: the key of the parsed project.

    The place belongs to it because a parsed project holds absolute paths, and would read the seeds of another checkout.
    """
    import hashlib
    from importlib.metadata import version

    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {ROOT}".encode())
    folders = [PROJECT_DIR / "models", PROJECT_DIR / "macros", PROJECT_DIR / "tests", ROOT / "seeds"]
    files = [PROJECT_DIR / "dbt_project.yml", PROJECT_DIR / "profiles.yml"]
    files += [f for folder in folders for f in folder.rglob("*") if f.suffix in {".sql", ".yml", ".csv"}]
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def release_database() -> None:
    """Close the database that dbt keeps open for the process, so that others can open it, copy it or move it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def target_dir() -> Path:
    """Return where dbt keeps what it compiled: shared by all homes, since models do not depend on a home."""
    return Path(os.environ.get("WENGANG_DBT_TARGET", str(PROJECT_DIR / "target"))).resolve()


def failure_text(outcome: Any) -> str:
    """Return which nodes failed and why, one line each."""
    if outcome.exception is not None:
        return str(outcome.exception).strip()
    results = getattr(outcome.result, "results", [])
    failed = [r for r in results if str(r.status) in FAILED]
    return "\n".join(f"{r.node.name}: {(r.message or '').strip()}" for r in failed)


def models_digest(manifest: Any) -> str:
    """Digest of everything that decides what the models compute: the SQL of models, macros and seeds, and the columns and keys that
    staging models read from their YAML.
    """
    import hashlib

    parts = [
        f"{node.unique_id} {node.checksum.checksum} {node.config.materialized} {list(node.columns)} {node.config.meta.get('key', [])}"
        for node in manifest.nodes.values()
        if node.resource_type in {"model", "seed"}
    ]
    parts += [f"{m.unique_id} {m.macro_sql}" for m in manifest.macros.values() if m.package_name == "wengang"]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
