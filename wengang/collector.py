"""The garbage collector, kept from looking through what stays: modules and the parsed project are a million objects, none of them garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Collect nothing while the block makes what stays for the life of the process, and never look at that again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
