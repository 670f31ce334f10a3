"""Reading within bounds: a child process that opens risky files with a limit of memory and time, and is replaced when one kills it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from wengang.contracts import Contract
from wengang.ingest.marks import shown
from wengang.ingest.readers.grid import CHUNK_ROWS
from wengang.ingest.table import BadLine, Chunk, RefusedError, Sheet, Told, UnreadableError, surplus_line

MEMORY_BYTES = 4 << 30
LEAST_SECONDS = 120
BYTES_A_SECOND = 100_000


class Reader:
    """The child process, started when first needed; used as a context."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, least_seconds: float = LEAST_SECONDS) -> None:
        self.memory_bytes, self.least_seconds = memory_bytes, least_seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "wengang.ingest.readers.child", str(self.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._child

    def ask(self, path: Path, kind: str, contract: Contract, into: Path) -> dict[str, Any]:
        """Have a file read; raises UnreadableError where it needs more than its share or kills the process, RefusedError."""
        child = self._start()
        assert child.stdin is not None and child.stdout is not None
        request = {"path": str(path), "kind": kind, "source": contract.source, "into": str(into)}
        deadline = time.monotonic() + self.least_seconds + path.stat().st_size / BYTES_A_SECOND
        answer = b""
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            while not answer.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
                    self._end()
                    raise UnreadableError(
                        "读取该文件需要的时间超过上限",
                        "reading this file would take more time than its share",
                    )
                data = os.read(child.stdout.fileno(), 1 << 16)
                if not data:
                    raise BrokenPipeError
                answer += data
        except BrokenPipeError as error:
            self._end()
            raise UnreadableError(
                "文件已损坏，或读取它需要的内存超过上限（例如极远处有单元格）",
                "the file is damaged, or reading it would need more memory than its share (such as for a cell very far off)",
            ) from error
        except BaseException:
            self._end()  # whoever asks next must not get this answer
            raise
        found: dict[str, Any] = json.loads(answer)
        if "unreadable" in found:
            raise UnreadableError(*found["unreadable"])
        if "refused" in found:
            raise RefusedError(*found["refused"])
        return found

    def sheets(self, path: Path, kind: str, contract: Contract, into: Path, told: Told) -> list[Sheet]:
        """Return the tables of a workbook or page, read by the child; raises UnreadableError, RefusedError."""
        found = self.ask(path, kind, contract, into)
        for name, value in found["told"].items():
            setattr(told, name, getattr(told, name) + value)
        return [Sheet(s["name"], s["headings"], _chunks(s, len(s["headings"]))) for s in found["sheets"]]


def _chunks(sheet: dict[str, Any], width: int) -> Iterator[Callable[[], Chunk]]:
    """Yield the chunks of a sheet that the child wrote, each with the rows of surplus cells that stand in it."""
    marked = frozenset(sheet["marked"])
    bad = [surplus_line(place, line, cells, width, raw) for place, line, cells, raw in sheet["surplus"]]
    if sheet["file"] is not None:
        with pa.memory_map(sheet["file"]) as source:
            rows = pa.ipc.open_file(source)
            for number in range(rows.num_record_batches):
                first = number * CHUNK_ROWS
                here = [
                    replace(b, position=b.position - first)
                    for b in bad
                    if b.position >= first
                    and (b.position < first + CHUNK_ROWS or number == rows.num_record_batches - 1)
                ]
                yield partial(_chunk, pa.Table.from_batches([rows.get_batch(number)]), width, marked, here)
    elif bad:
        nothing = pa.table(
            {f"c{i}": pa.array([], pa.string()) for i in range(width)} | {"line_no": pa.array([], pa.int64())}
        )
        yield partial(_chunk, nothing, width, marked, bad)


def _chunk(rows: pa.Table, width: int, marked: frozenset[int], bad: list[BadLine]) -> Chunk:
    names = [f"c{i}" for i in range(width)]
    original = {f"c{i}": f"o{i}" for i in range(width) if f"o{i}" in rows.column_names}
    written = [rows.column(original.get(n, n)) for n in names]

    def raw(index: int) -> str:
        return "\t".join(shown(column[index].as_py()) for column in written)

    return Chunk(rows.select(names), rows.column("line_no").combine_chunks(), raw, bad, marked)
