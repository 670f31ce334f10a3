"""Restricted files at rest: unreadable without the key, the same bytes again, and neither changed nor moved unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from wengang.cli import app
from wengang.core.data_directory import make_data_directory
from wengang.core.errors import IntegrityError, UsageError
from wengang.core.journal import read_journal
from wengang.core.restricted_files import (
    encrypt_restricted,
    new_restricted_key,
    open_restricted,
    restricted_key,
    restricted_names,
)
from wengang.core.settings import Settings

NAME = "lists/transfers.csv"
TEXT = "账号,金额\n9900030000000000001,9.00\n".encode()


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    found = restricted_key(Settings(restricted_key=new_restricted_key(tmp_path / "r.key")))
    assert found is not None
    return found


def package(folder: Path) -> Path:
    (folder / "restricted" / "lists").mkdir(parents=True)
    (folder / "restricted" / NAME).write_bytes(TEXT)
    (folder / "restricted" / "empty.csv").write_bytes(b"")
    return folder


def test_with_a_key_nothing_lies_in_plain_and_the_same_is_the_same(tmp_path, key):
    first, second = package(tmp_path / "a"), package(tmp_path / "b")
    for made in (first, second):
        encrypt_restricted(made, key)
        encrypt_restricted(made, key)  # what is encrypted stays as it is
    files = sorted(p.relative_to(first).as_posix() for p in first.rglob("*") if p.is_file())
    assert files == ["restricted/empty.csv.enc", f"restricted/{NAME}.enc"]
    assert all((first / f).read_bytes() == (second / f).read_bytes() for f in files)
    assert b"9900030000000000001" not in (first / files[1]).read_bytes()
    assert restricted_names(first) == ["empty.csv", NAME]
    assert open_restricted(first, NAME, key) == open_restricted(first, f"{NAME}.enc", key) == TEXT
    assert open_restricted(first, "empty.csv", key) == b""


def test_a_changed_or_moved_file_and_another_key_are_found(tmp_path, key):
    folder = package(tmp_path / "a")
    encrypt_restricted(folder, key)
    path = folder / "restricted" / f"{NAME}.enc"
    content = path.read_bytes()
    with pytest.raises(IntegrityError):
        open_restricted(folder, NAME, bytes(64))
    for place in (0, 25, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(IntegrityError):
            open_restricted(folder, NAME, key)
    (folder / "restricted" / "empty.csv.enc").write_bytes(content)
    with pytest.raises(IntegrityError):
        open_restricted(folder, "empty.csv", key)


def test_what_was_signed_in_plain_stays_plain(tmp_path, key):
    """The key was named between draft and publication: rows behind a finding are those that were signed, a list is written anew."""
    draft, published = package(tmp_path / "draft"), package(tmp_path / "published")
    for folder in (draft, published):
        (folder / "restricted" / "validation").mkdir()
        (folder / "restricted" / "validation" / "rows.csv").write_text("a\n", encoding="utf-8")
    encrypt_restricted(published, key, signed=draft)
    assert (published / "restricted" / "validation" / "rows.csv").read_text(encoding="utf-8") == "a\n"
    assert not (published / "restricted" / NAME).exists()
    assert open_restricted(published, NAME, key) == TEXT


def test_without_key_or_file_it_says_so(tmp_path, key):
    folder = package(tmp_path / "a")
    assert open_restricted(folder, NAME, None) == TEXT  # not encrypted
    encrypt_restricted(folder, key)
    (folder / "x").write_text("outside", encoding="utf-8")
    for name, given, code in (
        (NAME, None, "restricted_key_needed"),
        ("no.csv", key, "no_restricted_file"),
        ("../x", key, "no_restricted_file"),
    ):
        with pytest.raises(UsageError) as error:
            open_restricted(folder, name, given)
        assert error.value.code == code
    (tmp_path / "short").write_text("c2hvcnQ=")
    for wrong in ("short", "missing"):
        with pytest.raises(UsageError):
            restricted_key(Settings(restricted_key=tmp_path / wrong))


def test_by_the_command_line_and_on_record(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path / "home")
    make_data_directory(settings.home)
    key, home = tmp_path / "r.key", ["--home", str(settings.home)]
    assert CliRunner().invoke(app, ["keys", "restricted", str(key), *home]).exit_code == 0
    monkeypatch.setenv("WENGANG_RESTRICTED_KEY", str(key))
    folder = package(settings.drafts_dir / "2024-06")
    encrypt_restricted(folder, restricted_key(Settings()) or b"")
    assert NAME in CliRunner().invoke(app, ["restricted", "2024-06", *home]).output
    out = tmp_path / "out.csv"
    arguments = ["restricted", "2024-06", "--name", NAME, "--out", str(out), *home]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (TEXT, 0o600)
    (record,) = read_journal(settings.journal_dir / "access.jsonl")
    assert (record["what"], record["subject"], record["period"]) == ("restricted file", NAME, "2024-06")
