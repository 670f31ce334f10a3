"""A digest is taken from memory only where the file system vouches for the file."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from wengang.core import digests
from wengang.core.digests import CACHE, Digests

MARCH, APRIL = b"1,2\n", b"3,4\n"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read whole; time stands later than any file was written."""
    read: list[str] = []
    whole = hashlib.file_digest

    def counted(handle, name):
        read.append(Path(handle.name).name)
        return whole(handle, name)

    monkeypatch.setattr(digests.hashlib, "file_digest", counted)
    monkeypatch.setattr(digests.time, "time_ns", lambda: time.time_ns_real() + 60_000_000_000)
    return read


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns_real", time.time_ns, raising=False)


def taken(folder: Path, file: Path) -> str:
    """What one run finds."""
    known = Digests(folder)
    digest = known.of(file)
    known.keep()
    return digest


def test_an_unchanged_file_is_read_once(tmp_path: Path, reads: list[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(MARCH)
    assert {taken(tmp_path, file) for _ in range(3)} == {hashlib.sha256(MARCH).hexdigest()}
    assert reads == ["a.csv"]


def test_other_content_of_the_same_size_and_time_is_seen(tmp_path: Path, reads: list[str]) -> None:
    """Written over in place, or put in its place, with the times of content set back: the time of status tells."""
    file, other = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_bytes(MARCH)
    first, stat = taken(tmp_path, file), file.stat()
    file.write_bytes(APRIL)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_mtime_ns == stat.st_mtime_ns
    assert taken(tmp_path, file) == hashlib.sha256(APRIL).hexdigest()
    other.write_bytes(MARCH)
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(file)
    assert taken(tmp_path, file) == first
    assert reads == ["a.csv"] * 3


def test_a_file_just_written_is_not_remembered(tmp_path: Path) -> None:
    """The clock of a file system is coarse: a second content of the same moment would look the same."""
    file = tmp_path / "a.csv"
    file.write_bytes(MARCH)
    taken(tmp_path, file)
    assert not (tmp_path / CACHE).exists()


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": 1}', '{"a": ["x", "short"]}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, reads: list[str], text: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(MARCH)
    (tmp_path / CACHE).write_text(text, encoding="utf-8")
    assert taken(tmp_path, file) == hashlib.sha256(MARCH).hexdigest()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Digests(tmp_path).of(tmp_path / "none.csv")
