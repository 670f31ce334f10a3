"""The garbage collector, kept from looking through what stays: modules and the parsed project are a million objects, none of them garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Collect nothing while the block makes what stays for the life of the process, and never look at that again.

    What other threads have made by then is kept as well: a little garbage, once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
