"""Entry point: calls the application and turns whatever ends it into an exit code and a message."""

from __future__ import annotations

import atexit
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from pydantic import ValidationError

from wengang.cli.application import app
from wengang.core.errors import EXIT_DONE, EXIT_UNEXPECTED, UsageError, WengangError
from wengang.core.faults import cause_of
from wengang.core.text import shown_text

INTERRUPTED = 130


def guarded(action: Callable[[], object]) -> int:  # noqa: PLR0911 (one return an outcome)
    """Run the command line; returns the exit code. Our own errors are printed, never thrown at a person."""
    try:
        action()
    except WengangError as error:
        print(shown_text(str(error)), file=sys.stderr)
        return error.exit_code
    except ValidationError as fault:
        names = ", ".join(f"WENGANG_{'.'.join(str(p) for p in e['loc']).upper()}" for e in fault.errors())
        reasons = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in fault.errors() if e["loc"])
        print(UsageError("settings", names=names, reasons=reasons), file=sys.stderr)
        return UsageError.exit_code
    except SystemExit as leave:
        if leave.code == INTERRUPTED:  # typer makes this of an interrupt, and says nothing
            return interrupted()
        return leave.code if isinstance(leave.code, int) else EXIT_UNEXPECTED
    except OSError as fault:
        path = path_named(fault)
        if path is None:
            return unexpected_failure(fault)
        print(
            shown_text(str(UsageError("path_unusable", place=path, reason=fault.strerror))), file=sys.stderr
        )
        return UsageError.exit_code
    except Exception as unexpected:  # the last resort: the trace goes to a file, a person gets a sentence
        return unexpected_failure(unexpected)
    except KeyboardInterrupt:
        return interrupted()
    return EXIT_DONE


def path_named(fault: OSError) -> str | None:
    """Return the path of a system's error where it is one that the caller named: a folder, or a name that no system takes."""
    named = [word.split("=", 1)[-1] for word in sys.argv[1:] if not word.startswith("-") or "=" in word]
    named += [value for name, value in os.environ.items() if name.startswith("WENGANG_")]
    path = str(fault.filename) if fault.filename is not None else ""
    if path and (
        path in named or (fault.errno == errno.ENAMETOOLONG and path.startswith(tuple(n for n in named if n)))
    ):
        return path
    return None


def interrupted() -> int:
    """Print that a stopped run lost nothing; return the exit code that shells know."""
    print("已中断；再次运行即可继续 · interrupted; run again to go on", file=sys.stderr)
    return INTERRUPTED


def unexpected_failure(fault: Exception) -> int:
    """Print the cause where it is known, keep the trace in a file that only its owner reads and say where; return the exit code."""
    import tempfile
    import traceback

    cause = cause_of(fault)
    if cause is not None:
        print(shown_text(str(cause)), file=sys.stderr)
        return cause.exit_code
    with tempfile.NamedTemporaryFile(
        "w", prefix="wengang-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(fault, file=log)
    print(
        f"[意外错误] {type(fault).__name__}：详见 {log.name}；已发布的内容未改动，可重新运行\n"
        f"[Unexpected] {type(fault).__name__}: see {log.name}; what is published is unchanged, and the run can be repeated",
        file=sys.stderr,
    )
    return EXIT_UNEXPECTED


class LenientStream(io.FileIO):
    """An output stream whose reader may leave: `wengang explain … | head` is no failure, and a run goes on."""

    def write(self, data: Any) -> int:
        """Write bytes; what nobody reads any more is dropped. Returns how many were taken."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            return len(data)


def lenient(stream: TextIO) -> TextIO:
    """Return a stream of the same file that outlives its reader and shows what the terminal cannot write as `\\uXXXX`."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = LenientStream(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
    )


def main() -> None:
    """Run the `wengang` command and leave with its exit code."""
    sys.stdout, sys.stderr = lenient(sys.stdout), lenient(sys.stderr)
    code = guarded(app)
    # The database's binding prints a page about leaked instances when the interpreter goes down; what others have registered for the
    # end (temporary folders) is still done.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
