"""A file that a person names is read with that person's rights, also under sudo."""

from __future__ import annotations

import os

import pytest

from wengang.core.callers_files import read_callers_file
from wengang.core.errors import UsageError


def refused(*arguments) -> None:
    with pytest.raises(UsageError) as error:
        read_callers_file(*arguments)
    assert error.value.code == "problems_file"


def test_under_sudo_only_what_the_caller_could_read(tmp_path, monkeypatch):
    file = tmp_path / "problems.txt"
    file.write_text("账户不全", encoding="utf-8")
    file.chmod(0o600)
    assert read_callers_file(file, "problems_file").decode() == "账户不全"
    monkeypatch.setenv("SUDO_UID", str(os.getuid() + 1))
    refused(file, "problems_file")
    file.chmod(0o644)
    assert read_callers_file(file, "problems_file").decode() == "账户不全"
    file.chmod(0o600)
    monkeypatch.setenv("SUDO_UID", str(os.getuid()))
    assert read_callers_file(file, "problems_file").decode() == "账户不全"


def test_nothing_of_the_data_directory_no_device_and_no_loop_is_read(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "restricted.csv").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(home / "restricted.csv")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    for path in (
        home / "restricted.csv",
        tmp_path / "link",
        tmp_path / "loop",
        tmp_path / "pipe",
        tmp_path,
        tmp_path / "none",
    ):
        refused(path, "problems_file", home)
    refused(type(tmp_path)("/dev/zero"), "problems_file")
