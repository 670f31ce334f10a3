"""Validation in a process of its own: Great Expectations takes seconds to import, which it does there while the models run here."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType

from wengang.core.errors import ExpectationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.quality.validate import Verdict, examine, record


class Validator:
    """A process that is ready to validate months, one at a time, for as long as the `with` block lasts."""

    def __enter__(self) -> Validator:
        """Start it; returns at once. It ends by itself where this process is killed."""
        here, there = socket.socketpair()
        command = [sys.executable, "-m", "wengang.quality.validator_process", str(there.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[there.fileno()])  # noqa: S603 our own interpreter and module
        there.close()
        self._here = Connection(here.detach())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, whatever it is doing: its remaining answers are not needed."""
        self._here.close()
        self._process.kill()
        self._process.wait()

    def begin(self, settings: Settings, period: Period) -> Callable[[], Verdict]:
        """Have a month examined there; returns what waits for the verdict and records it here.

        While it is awaited the warehouse may be read, not written. Waiting raises what `validate` raises, and ExpectationError where
        the process has died.
        """
        self._send((settings, period))

        def verdict() -> Verdict:
            answer = self._receive()
            if isinstance(answer, Exception):
                raise answer
            assert isinstance(answer, Verdict)
            record(settings, period, answer)
            return answer

        return verdict

    def _send(self, question: tuple[Settings, Period]) -> None:
        try:
            self._here.send(question)
        except OSError:
            raise self._died() from None

    def _receive(self) -> object:
        try:
            return self._here.recv()
        except (EOFError, OSError):
            raise self._died() from None

    def _died(self) -> ExpectationError:
        code = self._process.wait()
        return ExpectationError("validation_died", status=code)


def serve(descriptor: int) -> None:
    """Answer with a verdict or an error for each month that comes over the socket, until nobody is at its other end."""
    from wengang.quality.expectations_engine import load_great_expectations

    there = Connection(descriptor)
    load_great_expectations()
    while True:
        try:
            settings, period = there.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Verdict | Exception = examine(settings, period)
        except Exception as error:
            answer = error
        there.send(answer)
