"""The landing folder into the lake: each new file once, in the order of periods and names."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG
from typing import Any

import duckdb
import pyarrow.parquet as pq

from wengang.contracts import Contract, load_contracts, source_of
from wengang.core.digests import Digests, digest_of
from wengang.core.errors import WengangError
from wengang.core.journal import read_journal
from wengang.core.kill_points import kill_point
from wengang.core.periods import PERIOD, Period, month_folders
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.core.text import shown_name
from wengang.ingest import delivery_list as manifests
from wengang.ingest.chunk import Engine
from wengang.ingest.holds import hold_what_shrinks
from wengang.ingest.land import Identity, Loaded, Loader, finish, lake_schema
from wengang.ingest.readers.bounded import Reader
from wengang.ingest.readers.kinds import extension_of, look_for_heading, opened
from wengang.ingest.readers.parquet import read_parquet
from wengang.ingest.readers.text import read_text
from wengang.ingest.records import Found, Records
from wengang.ingest.results import FileOutcome, IngestResult
from wengang.ingest.superseded import Superseded, count_again, remarks, superseded_by
from wengang.ingest.table import RefusedError, Told, UnreadableError
from wengang.lake.deliveries import DELIVERIES, LakeState, read_lake
from wengang.months.complete import held_snapshots, manifest_faults, missing_sources


def ingest(settings: Settings, through: Period, progress: Progress) -> IngestResult:
    """Take every new file of the periods up to `through` into the lake; run again, it changes nothing.

    Raises ContractError for a faulty contract; never anything for a faulty delivery.
    """
    with Engine(settings.threads, settings.memory_limit) as engine, Reader() as reader:
        return _Intake(settings, progress, engine, reader).run(through)


def waiting_bytes(settings: Settings, through: Period) -> int | None:
    """Return the bytes of the files up to `through` that no run has met by their names: what an intake mostly has to read.

    None where that cannot be seen: it is the intake's to say what is wrong with a folder.
    """
    known = {(r.get("period"), r.get("file_name")) for r in read_journal(settings.journal_dir / DELIVERIES)}
    try:
        return sum(
            file.stat().st_size
            for period, folder in month_folders(settings.landing_dir).items()
            if period <= through
            for file in folder.rglob("*")
            if file.name != manifests.NAME
            and (folder.name, shown_name(file.relative_to(folder).as_posix())) not in known
            and file.is_file()
        )
    except OSError:
        return None


_CANNOT_OPEN = (
    "文件打不开，请检查权限或链接",
    "the file cannot be opened; look at its permissions, or where its link leads",
)
_NO_FILE = ("不是普通文件（管道、设备等），未读", "this is no regular file (a pipe, a device): not read")


def files_of(folder: Path) -> dict[str, Path]:
    """Return what lies in a period's folder by its shown name, folders and the manifest left out; links to folders are not followed."""
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder, onerror=None, followlinks=False):
        links = [n for n in folders if (Path(place) / n).is_symlink()]
        for name in [*names, *links]:
            path = Path(place) / name
            if path.name != manifests.NAME:
                found[shown_name(path.relative_to(folder).as_posix())] = path
    return found


def _modified(stat: os.stat_result) -> str:
    """Return when a file was last written; a time that no clock shows, or one to come, gives way to when it arrived."""
    now = dt.datetime.now(dt.UTC)
    for seconds in (stat.st_mtime, stat.st_ctime):
        try:
            found = dt.datetime.fromtimestamp(seconds, dt.UTC)
        except (OverflowError, ValueError, OSError):
            continue
        if found <= now:
            return found.isoformat(timespec="seconds")
    return now.isoformat(timespec="seconds")


class _Intake:
    def __init__(self, settings: Settings, progress: Progress, engine: Engine, reader: Reader) -> None:
        self.settings, self.progress, self.engine, self.reader = settings, progress, engine, reader
        self.contracts = load_contracts()
        self.digests = Digests(settings.cache_dir)
        self.records = Records(settings, progress)
        self.lying: dict[str, str] = {}  # digest by name, of the period's folder that is being taken in
        self.fresh: set[tuple[str, str]] = (
            set()
        )  # periods and sources whose later-named files are to be compared anew

    def run(self, through: Period) -> IngestResult:
        result = IngestResult()
        scratch = self.settings.lake_dir / "_scratch"
        shutil.rmtree(scratch, ignore_errors=True)  # what a crash left behind
        landing = self.settings.landing_dir
        folders: list[tuple[Period, Path]] = []
        for path in sorted(landing.iterdir()) if landing.is_dir() else []:
            if path.is_dir() and PERIOD.fullmatch(path.name):
                folders.append((Period.parse(path.name), path))
            else:
                result.stray.append(shown_name(path.name))
        for stray in result.stray:
            self.progress.say(
                f"! {stray}：不在某个期间的文件夹内，未读 · not in a folder of a period; not read"
            )
        scratch.mkdir(parents=True, exist_ok=True)
        try:
            for period, folder in folders:
                if period <= through:
                    self._period(period, folder, scratch, result)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self.digests.keep()
        self._look_across(through)
        self._completeness(through, result)
        for period, reasons in sorted(result.incomplete.items()):
            for reason in reasons:
                self.progress.say(f"! {period} 不完整：{reason.message_zh} · incomplete: {reason.message_en}")
        return result

    def _period(self, period: Period, folder: Path, scratch: Path, result: IngestResult) -> None:
        paths = files_of(folder)
        listing = folder / manifests.NAME
        manifest = manifests.read_manifest(listing) if listing.is_file() else None
        files = [self._found(path, name) for name, path in sorted(paths.items())]
        self.lying = {file.name: file.sha256 for file in files}
        for file in files:
            result.files.append(self._file(period, file, manifest, scratch))
        if manifest is not None:
            for entry in manifest.entries.values():
                if entry.file_name not in (*paths, manifests.NAME):
                    result.files.append(self._missing(period, entry, manifest, listing))
        faults = manifest.faults if manifest is not None else []
        if faults != self.records.manifest_faults.get(str(period), []):
            self.records.append({"event": "manifest", "period": str(period), "faults": faults})

    def _found(self, path: Path, name: str) -> Found:
        """Describe a file; what cannot be opened is reported, never waited for, and links in circles are not followed."""
        try:
            stat = path.stat()
        except OSError:
            stat = path.lstat()
            return Found(path, name, "", stat.st_size, _modified(stat), _CANNOT_OPEN)
        if not S_ISREG(stat.st_mode):
            return Found(path, name, "", stat.st_size, _modified(stat), _NO_FILE)
        try:
            digest = self.digests.of(path)
        except OSError:
            return Found(path, name, "", stat.st_size, _modified(stat), _CANNOT_OPEN)
        return Found(path, name, digest, stat.st_size, _modified(stat))

    def _missing(
        self, period: Period, entry: manifests.Entry, manifest: manifests.Manifest, listing: Path
    ) -> FileOutcome:
        source = source_of(entry.file_name, self.contracts)
        known = self.records.newest.get((str(period), entry.file_name, entry.sha256))
        if known is not None and known["status"] == "loaded" and known["rows_read"] == entry.rows:
            return self.records.outcome(
                known, is_new=False
            )  # taken before, and cleared from the folder since
        zh, en = (
            f"清单列有 {entry.file_name}，但没有送到",
            f"the manifest lists {entry.file_name}, which was not delivered",
        )
        manifest.fault("missing_file", entry.file_name, zh, en)
        absent = Found(Path(entry.file_name), entry.file_name, entry.sha256, 0, _modified(listing.stat()))
        return self.records.settle(period, source, absent, status="missing", message_zh=zh, message_en=en)

    def _file(  # noqa: PLR0911 (one return an outcome)
        self, period: Period, file: Found, manifest: manifests.Manifest | None, scratch: Path
    ) -> FileOutcome:
        source = source_of(file.name, self.contracts)
        if file.fault is not None:
            zh, en = file.fault
            return self.records.settle(
                period, source, file, status="unreadable", message_zh=zh, message_en=en
            )

        def settle(status: str, zh: str, en: str, **more: Any) -> FileOutcome:
            return self.records.settle(
                period, source, file, status=status, message_zh=zh, message_en=en, **more
            )

        entry = manifest.entries.get(file.name) if manifest is not None else None
        if source is None:
            if entry is not None and manifest is not None and entry.sha256 != file.sha256:
                self._digest_fault(manifest, file)
            return settle(
                "unknown_source",
                "文件名不是任何已知来源（<来源>[__<分件>].<扩展名>）",
                "its name is no known source (<source>[__<part>].<ext>)",
            )
        if manifest is not None:
            if entry is None:
                if any(f["code"] in ("manifest_unreadable", "manifest_headings") for f in manifest.faults):
                    return settle(
                        "refused",
                        "清单有误，无法核对本文件，整份退回",
                        "the manifest is faulty, so this file cannot be checked; refused whole",
                    )
                return settle(
                    "refused",
                    "清单里没有本文件，整份退回；请补清单后重新交付",
                    "the manifest does not list this file: refused whole; deliver it with a manifest that does",
                )
            if entry.sha256 != file.sha256:
                zh, en = self._digest_fault(manifest, file)
                return settle("refused", zh, en)
        if extension_of(file.name) is None:
            return settle(
                "unreadable",
                "扩展名应为 csv、txt、xlsx、xlsm、xls、et、ods 或 parquet（可加 .gz，或单独放在 zip 内）",
                "its extension must be csv, txt, xlsx, xlsm, xls, et, ods or parquet (.gz may follow, or it lies alone in a zip)",
            )
        known = self.records.newest.get((str(period), file.name, file.sha256))
        if known is not None and self._holds(source, known.get("lake_file")):
            # Loaded before: nothing is read again; it comes back into force if another content stood in between.
            if entry is not None and manifest is not None and entry.rows != known["rows_read"]:
                return settle("refused", *self._rows_fault(manifest, file, entry.rows, known["rows_read"]))
            kept = {
                k: v for k, v in known.items() if k not in ("seq", "period", "source", "file_name", "sha256")
            }
            status = "held" if known["status"] == "held" else "loaded"
            return self.records.settle(period, source, file, **{**kept, "status": status})
        twin = next(
            (
                r
                for r in self.records.taken(str(period))
                if r["status"] == "loaded"
                and r["source"] == source
                and r["sha256"] == file.sha256
                and r["file_name"] != file.name
                and self.records.is_in_force(r)
                # A file that is itself about to be replaced keeps nobody out.
                and self.lying.get(r["file_name"], file.sha256) == file.sha256
            ),
            None,
        )
        if twin is not None:
            return settle(
                "duplicate",
                f"内容与 {twin['file_name']} 完全相同，不再装入",
                f"the same bytes as {twin['file_name']}; not loaded again",
            )
        return self._load(period, source, file, entry, manifest, scratch)

    def _holds(self, source: str, lake_file: str | None) -> bool:
        """Return whether the lake has this file, with the columns that the contract has today."""
        if lake_file is None:
            return False
        path = self.settings.lake_dir / lake_file
        return path.is_file() and pq.read_schema(path).names == lake_schema(self.contracts[source]).names

    def _digest_fault(self, manifest: manifests.Manifest, file: Found) -> tuple[str, str]:
        zh = f"{file.name} 的摘要与清单不符，整份退回"
        en = f"the digest of {file.name} differs from the manifest's: refused whole"
        manifest.fault("digest_differs", file.name, zh, en)
        return zh, en

    def _rows_fault(
        self, manifest: manifests.Manifest, file: Found, listed: int, found: int
    ) -> tuple[str, str]:
        zh = f"{file.name} 有 {found} 行，清单写 {listed} 行，整份退回"
        en = f"{file.name} has {found} rows, the manifest says {listed}: refused whole"
        manifest.fault("rows_differ", file.name, zh, en)
        return zh, en

    def _load(
        self,
        period: Period,
        source: str,
        file: Found,
        entry: manifests.Entry | None,
        manifest: manifests.Manifest | None,
        scratch: Path,
    ) -> FileOutcome:
        contract = self.contracts[source]
        delivery = file.sha256[:16]
        lake = self.settings.lake_dir
        lake_file = f"{source}/period={period}/delivery={delivery}.parquet"
        taken = {r.get("lake_file"): r["file_name"] for r in self.records.newest.values()}
        if taken.get(lake_file, file.name) != file.name:
            # The same bytes came under another name that has been replaced since: a file of their own.
            delivery = hashlib.sha256(f"{file.sha256}{file.name}".encode()).hexdigest()[:16]
            lake_file = f"{source}/period={period}/delivery={delivery}.parquet"
        rejects_file = f"_rejects/{lake_file}"
        identity = Identity(period, source, file.name, delivery)
        work = scratch / "file"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        label = f"{period} {file.name}"
        try:
            with self.progress.step(f"装入 {label}", "load", size=file.size) as step:
                loaded = self._read(contract, identity, file.path, work, step.reached)
                step.rows = loaded.rows_read
                step.note = f"拒收 {loaded.rows_rejected} rejected" if loaded.rows_rejected else ""
        except UnreadableError as error:
            return self.records.settle(
                period, source, file, status="unreadable", message_zh=error.zh, message_en=error.en
            )
        except RefusedError as error:
            return self.records.settle(
                period, source, file, status="refused", message_zh=error.zh, message_en=error.en
            )
        except (OSError, WengangError, duckdb.OutOfMemoryException):
            raise  # the machine or the program, not the file: what cannot be opened was told before
        except Exception as error:
            # Bytes that no reader foresaw: this file is given up, and the others are taken.
            what = type(error).__name__
            zh = f"文件读不出来，内容可能已损坏（{what}）"
            en = f"the file cannot be read; its content may be damaged ({what})"
            return self.records.settle(
                period, source, file, status="unreadable", message_zh=zh, message_en=en
            )
        if loaded.rows_read != loaded.rows_accepted + loaded.rows_rejected:
            raise AssertionError("rows read are not rows accepted and rejected")
        if entry is not None and manifest is not None and entry.rows != loaded.rows_read:
            zh, en = self._rows_fault(manifest, file, entry.rows, loaded.rows_read)
            return self.records.settle(period, source, file, status="refused", message_zh=zh, message_en=en)
        counted = (
            superseded_by(
                self.records,
                contract,
                str(period),
                (file.name, work / "accepted.parquet"),
                self.settings,
                self.engine.connection,
            )
            if loaded.rows_accepted
            else Superseded()
        )
        loaded.warnings.extend(counted.warnings())
        kill_point("ingest.written")
        has_rejects = (work / "rejects.parquet").is_file()
        if has_rejects:
            (lake / rejects_file).parent.mkdir(parents=True, exist_ok=True)
            finish(work / "rejects.parquet", lake / rejects_file)
        kill_point("ingest.rejects_in_place")
        (lake / lake_file).parent.mkdir(parents=True, exist_ok=True)
        finish(work / "accepted.parquet", lake / lake_file)
        kill_point("ingest.lake_in_place")
        outcome = self.records.settle(
            period,
            source,
            file,
            status="loaded",
            rows_read=loaded.rows_read,
            rows_accepted=loaded.rows_accepted,
            rows_rejected=loaded.rows_rejected,
            extra_columns=loaded.extra_columns,
            rows_below=loaded.told.rows_below,
            sheets_passed=loaded.told.sheets_passed,
            cells_uncalculated=loaded.told.cells_uncalculated,
            rows_by_state=dict(sorted(loaded.rows_by_state.items())),
            warnings=loaded.warnings,
            lake_file=lake_file,
            lake_sha256=digest_of(lake / lake_file),
            rejects_file=rejects_file if has_rejects else None,
            rejects_sha256=digest_of(lake / rejects_file) if has_rejects else None,
            rows_superseded=counted.rows,
            superseded_in_period=counted.in_period,
            **remarks(loaded.extra_columns, loaded.warnings),
        )
        kill_point("ingest.journalled")
        if any(f["file_name"] > file.name for f in self.records.standing(str(period), source)):
            self.fresh.add((str(period), source))
        return outcome

    def _read(
        self, contract: Contract, identity: Identity, path: Path, work: Path, tell: Callable[[int], None]
    ) -> Loaded:
        """Read one file by what it is into `work`, telling the rows so far; raises UnreadableError, RefusedError."""
        told = Told()
        found = opened(path, identity.file_name, work, told)
        if found.kind == "text":
            sheet = read_text(found.path, contract, told, work)
            look_for_heading(contract, sheet.headings, identity.file_name, found.path)
            sheets = [sheet]
        elif found.kind == "parquet":
            self.reader.ask(found.path, "parquet", contract, work)
            sheets = [read_parquet(found.path, contract)]
        else:
            sheets = self.reader.sheets(found.path, found.kind, contract, work, told)
        return Loader(contract, identity, self.engine).load(
            sheets, told, work / "accepted.parquet", work / "rejects.parquet", tell
        )

    def _look_across(self, through: Period) -> None:
        """Compare files with each other: snapshots that shrink, rows that replace others."""
        for contract in self.contracts.values():
            if contract.shrink_max is not None:
                hold_what_shrinks(self.records, contract)
        for period, source in sorted(self.fresh):
            count_again(self.records, self.contracts[source], period, self.settings, self.engine.connection)

    def _completeness(self, through: Period, result: IngestResult) -> None:
        """Record which periods lack what they need: manifest faults, and required sources without a loaded file."""
        state: LakeState = read_lake(self.settings).through(through)
        held = {d.period for d in state.deliveries if d.status == "held"}
        for period in sorted({*state.months, *state.manifest_faults, *held, through}):
            reasons = [*manifest_faults(state, period), *held_snapshots(state, period)]
            if period in state.months or period == through:
                reasons += missing_sources(
                    state, period, self.contracts.values(), is_newest=period == through
                )
            if reasons:
                result.incomplete[period] = reasons
