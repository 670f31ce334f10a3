"""Errors are plain: they can be pickled, hashed, copied, and say the same on the other side of a process boundary."""

from __future__ import annotations

import copy
import pickle

import pytest

from wengang.core.errors import (
    ContractError,
    DeliveryError,
    ExpectationError,
    LockedError,
    ModelError,
    ParameterError,
    PublicationError,
    UsageError,
    WengangError,
)
from wengang.policy import PolicyError

KINDS = [
    ContractError, DeliveryError, ExpectationError, LockedError, ModelError, ParameterError, PolicyError, PublicationError, UsageError,
    WengangError,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_errors_cross_a_process_boundary(kind: type[WengangError]) -> None:
    error = kind("home_locked", place="/data/lock", holder="li pid 7", exit_code=6)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), str(twin), twin.exit_code) == (kind, str(error), 6)
    assert error in {error} and "li pid 7" in error.zh and "li pid 7" in error.en


def test_a_value_may_differ_by_language() -> None:
    error = LockedError("home_locked", holder=("李", "Li"))
    assert "李" in error.text("zh") and "Li" in error.text("en")
