"""Signatures by key: whose they are is proved by public keys alone, and what is forged or copied does not count."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.publication.kept_home import (
    JUNE,
    WORDS,
    digest_of_inputs,
    final_package,
    key_of,
    seal,
    write_package,
    write_table,
)
from tests.unit.publication.test_sign import write_draft
from wengang.cli import app
from wengang.core.data_directory import make_data_directory
from wengang.core.digests import digest_of
from wengang.core.errors import PublicationError, UsageError
from wengang.core.journal import append_journal
from wengang.core.keys import SigningKey, is_signed_by, new_key, unlocked_key
from wengang.core.settings import Settings
from wengang.months.key_register import read_register, register_file
from wengang.months.published import MANIFEST, MANIFEST_SIGNATURE, SIGNED_DRAFT
from wengang.months.signed import SIGNATURES, read_signatures, sign_state
from wengang.publication import reject, sign
from wengang.publication.proof import proof_of
from wengang.publication.register import register_officer, withdraw_officer
from wengang.publication.verify import verify, verify_package


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, SigningKey]:
    return {name: key_of(tmp_path, name) for name in ("admin", "zhang", "li", "airflow", "stranger")}


@pytest.fixture
def settings(tmp_path: Path, keys: dict[str, SigningKey]) -> Settings:
    """A home with a draft, and a register of a preparer, a reviewer and a server."""
    made = Settings(home=tmp_path / "home")
    make_data_directory(made.home)
    write_draft(made)
    for name, role in (("zhang", "preparer"), ("li", "reviewer"), ("airflow", "server")):
        register_officer(made, tmp_path / f"{name}.pub", [role], keys["admin"])
    return made


def refused(code: str, action) -> None:
    with pytest.raises((PublicationError, UsageError)) as error:
        action()
    assert error.value.code == code


def test_a_key_is_read_with_its_passphrase_alone(tmp_path):
    key = new_key(tmp_path / "a.key", WORDS)
    content = (tmp_path / "a.key").read_bytes()
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o600
    signature = unlocked_key(content, WORDS, "").sign({"b": 1, "a": "二"})
    assert is_signed_by(key.public, signature, {"a": "二", "b": 1})
    assert not is_signed_by(key.public, signature, {"a": "二", "b": 2})
    assert not is_signed_by(key.public, "no signature", {"a": "二", "b": 1})
    refused("key_not_unlocked", lambda: unlocked_key(content, WORDS + "!", ""))
    refused("key_not_unlocked", lambda: unlocked_key(b"no key", WORDS, ""))
    refused("passphrase_short", lambda: new_key(tmp_path / "b.key", "short"))
    refused("key_not_written", lambda: new_key(tmp_path / "a.key", WORDS))


def test_two_people_sign_by_their_keys_whoever_calls(settings, keys):
    sign(settings, JUNE, "preparer", "root", key=keys["zhang"])
    assert sign(settings, JUNE, "reviewer", "root", key=keys["li"]).needed == ()
    assert sign_state(settings, JUNE).who("reviewer") == ["li"]
    assert verify(settings) == []


def test_without_a_registered_key_in_the_role_nobody_signs(settings, keys):
    refused("key_needed", lambda: sign(settings, JUNE, "preparer", "zhang"))
    refused("key_needed", lambda: sign(settings, JUNE, "preparer", "zhang", key=keys["stranger"]))
    refused("role_not_held", lambda: sign(settings, JUNE, "preparer", "zhang", key=keys["li"]))
    refused("role_not_held", lambda: sign(settings, JUNE, "preparer", "zhang", key=keys["airflow"]))
    refused("key_needed", lambda: reject(settings, JUNE, "reviewer", "li", "why"))
    withdraw_officer(settings, "zhang", keys["admin"])
    refused("key_needed", lambda: sign(settings, JUNE, "preparer", "zhang", key=keys["zhang"]))
    assert read_signatures(settings, JUNE) == []


def test_a_line_forged_into_the_journal_does_not_count_and_is_found(settings, keys):
    """The journal's own chain is in order: it is written by whoever may write there, and that proves nothing."""
    sign(settings, JUNE, "preparer", "", key=keys["zhang"])
    true = read_signatures(settings, JUNE)[0].__dict__
    forged = {**true, "role": "reviewer", "who": "li", "number": 2, "key_id": keys["li"].key_id}
    append_journal(settings.journal_dir / SIGNATURES, [forged])
    assert sign_state(settings, JUNE).needed == ("reviewer",)
    assert [f.place for f in verify(settings)] == [str(settings.journal_dir / SIGNATURES)]


def test_an_earlier_signature_written_down_again_does_not_count(settings, keys):
    """Signed, then sent back: the signature is true, but it is the first word, not the third."""
    sign(settings, JUNE, "preparer", "", key=keys["zhang"])
    first = read_signatures(settings, JUNE)[0].__dict__
    reject(settings, JUNE, "reviewer", "", "合计不对", key=keys["li"])
    append_journal(settings.journal_dir / SIGNATURES, [first])
    assert sign_state(settings, JUNE).needed == ("preparer", "reviewer")


def test_signatures_from_before_the_register_stay(tmp_path, keys):
    settings = Settings(home=tmp_path / "older")
    make_data_directory(settings.home)
    write_draft(settings)
    sign(settings, JUNE, "preparer", "wang")
    register_officer(settings, tmp_path / "li.pub", ["reviewer"], keys["admin"])
    assert [s.who for s in read_signatures(settings, JUNE)] == ["wang"]
    assert sign(settings, JUNE, "reviewer", "", key=keys["li"]).needed == ()
    assert proof_of(read_signatures(settings, JUNE)[0])["proof"] == "unsigned: operating-system account"


def test_under_airflow_the_servers_key_vouches_for_the_account(settings, keys):
    refused("key_needed", lambda: sign(settings, JUNE, "preparer", "zhang", channel="airflow"))
    refused("role_not_held", lambda: sign(settings, JUNE, "preparer", "x", channel="airflow", key=keys["li"]))
    sign(settings, JUNE, "preparer", "chen", channel="airflow", key=keys["airflow"])
    assert sign_state(settings, JUNE).who("preparer") == ["chen"]


def test_lists_of_accounts_hold_on_the_command_line_too(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path / "home")
    make_data_directory(settings.home)
    write_draft(settings)
    monkeypatch.setenv("WENGANG_PREPARERS", "zhang:张三;chen")
    refused("role_not_held", lambda: sign(settings, JUNE, "preparer", "li"))
    sign(settings, JUNE, "preparer", "张三")
    monkeypatch.setenv("WENGANG_REVIEWERS", "li")
    refused("role_not_held", lambda: reject(settings, JUNE, "reviewer", "wang", "why"))
    assert sign(settings, JUNE, "reviewer", "li").needed == ()


def test_only_its_administrator_changes_the_register_and_a_change_by_hand_is_found(settings, keys, tmp_path):
    refused(
        "not_the_administrator",
        lambda: register_officer(settings, tmp_path / "stranger.pub", ["reviewer"], keys["stranger"]),
    )
    refused(
        "officer_registered",
        lambda: register_officer(settings, tmp_path / "li.pub", ["preparer"], keys["admin"]),
    )
    path = register_file(settings)
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace('"preparer"', '"reviewer"'), encoding="utf-8")
    assert str(path) in [f.place for f in verify(settings)]
    path.write_text(content, encoding="utf-8")
    assert verify(settings) == []
    # another register, whole in itself, of another administrator
    other = Settings(home=settings.home, administrator_key=keys["stranger"].key_id)
    assert str(path) in [f.place for f in verify(other)]
    assert read_register(settings).administrator.key_id == keys["admin"].key_id


@pytest.fixture
def package(settings, keys, tmp_path) -> Path:
    """A published package as another machine gets it: signed by both, its manifest by the last."""
    draft = settings.drafts_dir / "2024-06"
    shutil.rmtree(draft)
    draft.mkdir()
    write_package(draft, inputs_digest=digest_of_inputs(settings))
    sign(settings, JUNE, "preparer", "", key=keys["zhang"])
    sign(settings, JUNE, "reviewer", "", key=keys["li"])
    folder = tmp_path / "handed over"
    final_package(settings, folder, keys["li"])
    return folder


def test_another_machine_confirms_a_month_with_public_keys_alone(package, settings, keys, tmp_path):
    register = shutil.copy(register_file(settings), tmp_path / "register.json")
    assert verify_package(package, Path(register), keys["admin"].key_id) == []
    arguments = ["verify", "--package", str(package), "--keys", str(register)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert CliRunner().invoke(app, [*arguments, "--administrator", "0" * 16]).exit_code != 0


def test_a_table_changed_with_its_manifest_and_sealed_anew_is_found(package, settings, keys):
    """The last reviewer alone cannot put another figure under the preparer's signature."""
    table = package / "tables" / "report_figures.parquet"
    write_table(table, "select 1106758.00::decimal(18, 2) as payable")
    manifest = json.loads((package / MANIFEST).read_text(encoding="utf-8"))
    for file in manifest["files"]:
        if file["name"] == "tables/report_figures.parquet":
            file["sha256"] = digest_of(table)
    seal(package, manifest, keys["li"])
    assert [f.zh for f in verify_package(package, register_file(settings))] == [
        "与签字的草稿不同的文件：tables/report_figures.parquet"
    ]


@pytest.mark.parametrize("name", ["lists/payable.csv", MANIFEST, MANIFEST_SIGNATURE, SIGNED_DRAFT])
def test_every_bit_of_a_package_that_is_handed_over_counts(package, settings, name):
    content = (package / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 40)):
        changed = bytearray(content)
        changed[place] ^= 4
        (package / name).write_bytes(changed)
        assert verify_package(package, register_file(settings)), (name, place)


def test_keys_by_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("WENGANG_KEY_PASSPHRASE", WORDS)
    home = ["--home", str(tmp_path / "home")]

    def wengang(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*arguments, *home])
        return getattr(done.exception, "exit_code", done.exit_code), done.output

    assert wengang("init")[0] == 0
    for name in ("admin", "zhang"):
        assert wengang("keys", "new", name, "--out", str(tmp_path))[0] == 0
    assert wengang("keys", "new", "x", "--out", str(tmp_path / "home"))[0] == 2
    public, key = str(tmp_path / "zhang.pub"), str(tmp_path / "admin.key")
    assert wengang("keys", "register", public, "--role", "preparer")[0] == 2
    assert wengang("keys", "register", public, "--role", "preparer", "--key", key)[0] == 0
    assert "zhang" in wengang("keys", "show")[1]
    assert wengang("keys", "withdraw", "zhang", "--key", key)[0] == 0
    assert "withdrawn" in wengang("keys", "show")[1]
