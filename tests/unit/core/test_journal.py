"""Journals: any change of a line is found, and only what a crash leaves is passed over."""

from __future__ import annotations

import json
import random

import pytest

from wengang.core.errors import IntegrityError
from wengang.core.journal import adopt_journal, append_journal, head_file, read_journal

RECORDS = [{"period": "2024-06", "file_name": f"a\u2028{n}.csv", "rows": n} for n in range(5)]


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "deliveries.jsonl"
    for record in RECORDS:
        append_journal(path, [record])
    return path


def test_what_was_appended_is_read(journal):
    assert read_journal(journal) == RECORDS
    append_journal(journal, [{"a": 1}, {"a": 2}])
    assert read_journal(journal)[5:] == [{"a": 1}, {"a": 2}]


def test_every_flipped_bit_is_found(journal):
    content = journal.read_bytes()
    for position in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            journal.write_bytes(bytes(changed))
            with pytest.raises(IntegrityError):
                read_journal(journal)
    journal.write_bytes(content)
    assert read_journal(journal) == RECORDS


def test_every_flipped_bit_of_the_noted_end_is_found(journal):
    content = head_file(journal).read_bytes()
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        head_file(journal).write_bytes(bytes(changed))
        with pytest.raises(IntegrityError):
            read_journal(journal)


@pytest.mark.parametrize("number", range(5))
def test_every_removed_repeated_or_moved_line_is_found(journal, number):
    lines = journal.read_bytes().splitlines(keepends=True)
    others = lines[:number] + lines[number + 1 :]
    for changed in (others, [*lines[: number + 1], *lines[number:]], [*others, lines[number]]):
        if changed == lines:
            continue
        journal.write_bytes(b"".join(changed))
        with pytest.raises(IntegrityError):
            read_journal(journal)


def test_a_line_written_by_hand_is_found(journal):
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"period": "2024-06", "rows": 9}) + "\n")
    with pytest.raises(IntegrityError, match="journal_unchained"):
        read_journal(journal)


def test_only_an_unfinished_last_line_is_passed_over(journal):
    with journal.open("ab") as file:
        file.write(b'{"period": "2024-0')
    assert read_journal(journal) == RECORDS
    append_journal(journal, [{"a": 1}])
    assert read_journal(journal) == [*RECORDS, {"a": 1}]


def test_a_kill_between_the_line_and_the_note_of_the_end_loses_nothing(journal):
    noted = head_file(journal).read_bytes()
    append_journal(journal, [{"a": 1}])
    head_file(journal).write_bytes(noted)
    assert read_journal(journal) == [*RECORDS, {"a": 1}]
    append_journal(journal, [{"a": 2}])
    assert read_journal(journal) == [*RECORDS, {"a": 1}, {"a": 2}]


@pytest.mark.parametrize("content", ["", "{}", '{"lines": 4, "chain": "0", "length": 3}', None])
def test_a_changed_or_missing_note_of_the_end_is_found(journal, content):
    head_file(journal).unlink() if content is None else head_file(journal).write_text(content)
    with pytest.raises(IntegrityError):
        read_journal(journal)


def test_a_journal_put_in_another_place_is_found(journal):
    other = journal.with_name("signatures.jsonl")
    journal.rename(other)
    head_file(journal).rename(head_file(other))
    with pytest.raises(IntegrityError):
        read_journal(other)


def test_a_journal_of_an_earlier_version_is_adopted_once(tmp_path):
    path = tmp_path / "deliveries.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in RECORDS), encoding="utf-8")
    with pytest.raises(IntegrityError, match="verify --adopt"):
        read_journal(path)
    assert adopt_journal(path) and not adopt_journal(path)
    assert read_journal(path) == RECORDS


def test_appending_many_lines_reads_the_journal_once(tmp_path, monkeypatch):
    path = tmp_path / "deliveries.jsonl"
    for record in RECORDS:
        append_journal(path, [record])
    random.seed(1)
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b'"rows": 1', b'"rows": 7')
    )  # same length: found when it is read, not when it is added to
    append_journal(path, [{"a": 1}])
    with pytest.raises(IntegrityError):
        read_journal(path)
