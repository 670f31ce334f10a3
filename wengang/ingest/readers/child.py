"""The process in which risky files are read: workbooks, pages, Parquet. It may die of one; the intake goes on.

Started by `ingest.readers.bounded` with its limit of memory in bytes. A request is a line of JSON on the standard input, the answer a line
on the standard output.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve requests until the input ends."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to end
    with contextlib.suppress(OSError, AttributeError):  # another system: the end of the input ends it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    for line in sys.stdin:
        answers.write(json.dumps(_served(json.loads(line)), ensure_ascii=False) + "\n")
        answers.flush()


def _served(request: dict[str, Any]) -> dict[str, Any]:
    from wengang.ingest.table import RefusedError, UnreadableError

    try:
        return _read(request)
    except UnreadableError as error:
        return {"unreadable": [error.zh, error.en]}
    except RefusedError as error:
        return {"refused": [error.code, error.zh, error.en]}
    except MemoryError:
        return {
            "unreadable": [
                "读取该文件需要的内存超过上限",
                "reading this file would need more memory than its share",
            ]
        }


def _read(request: dict[str, Any]) -> dict[str, Any]:
    from wengang.contracts import load_contracts

    contract = load_contracts()[request["source"]]
    path = Path(request["path"])
    if request["kind"] == "parquet":
        from wengang.ingest.readers.parquet import try_whole

        try_whole(path, contract)
        return {"sheets": []}
    import pyarrow as pa

    from wengang.ingest.readers.grid import read_tables
    from wengang.ingest.table import Told

    told = Told()
    sheets = []
    for number, table in enumerate(read_tables(_grids(path, request["kind"]), contract, told)):
        place = Path(request["into"]) / f"sheet-{number}.arrow"
        writer: pa.ipc.RecordBatchFileWriter | None = None
        for batch in table.batches():
            if writer is None:
                writer = pa.ipc.new_file(str(place), batch.schema)
            writer.write_table(batch)
        if writer is not None:
            writer.close()
        sheets.append(
            {
                "name": table.name,
                "headings": table.headings,
                "marked": table.marked,
                "surplus": table.surplus,
                "file": str(place) if writer is not None else None,
            }
        )
    return {"sheets": sheets, "told": vars(told)}


def _grids(path: Path, kind: str) -> Any:
    if kind == "html":
        from wengang.ingest.readers.html_table import read_pages

        return read_pages(path)
    from wengang.ingest.readers.workbook import read_grids

    return read_grids(path, kind)


if __name__ == "__main__":
    main()
