"""Commands about keys: an officer makes one, an administrator registers its public half."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import Home, Json, data_directory, print_json, settings_from
from wengang.core.errors import UsageError
from wengang.core.keys import SigningKey, new_key, unlocked_key

PASSPHRASE = "WENGANG_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable)
keys_app = typer.Typer(
    help="签名密钥 · keys of those who sign: make, register, withdraw", no_args_is_help=True
)
app.add_typer(keys_app, name="keys")

Key = Annotated[
    Path | None,
    typer.Option(
        "--key", envvar="WENGANG_KEY", help="私钥文件 · your private key; the passphrase is asked for"
    ),
]


def passphrase(*, is_new: bool = False) -> str:
    """Return the passphrase of a key: from the environment, else asked for without being shown."""
    given = os.environ.get(PASSPHRASE)
    return given or str(
        typer.prompt("口令 passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
    )


def unlocked(key: Path | None) -> SigningKey | None:
    """Return the private key of a file, read with the caller's rights; None where none was named."""
    from wengang.core.callers_files import read_callers_file

    if key is None:
        return None
    return unlocked_key(read_callers_file(key, "key_not_read"), passphrase(), str(key))


@keys_app.command(name="new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="姓名或账号 · who signs with it")],
    out: Annotated[Path | None, typer.Option("--out", help="存放文件夹 · folder; ~/.config/wengang")] = None,
    home: Home = None,
) -> None:
    """新建密钥 · make a key pair: NAME.key, private, under a passphrase; NAME.pub, for the administrator to register."""
    settings = settings_from(home=home)
    folder = out or Path.home() / ".config" / "wengang"
    if not name.strip() or "/" in name or folder.resolve().is_relative_to(settings.home.resolve()):
        raise UsageError("key_in_home", place=str(folder / name))
    made = new_key(folder / f"{name}.key", passphrase(is_new=True))
    public = folder / f"{name}.pub"
    content = {"name": name, "key_id": made.key_id, "public_key": made.public}
    public.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{folder / f'{name}.key'}\n{public}\n{made.key_id}")


@keys_app.command(name="restricted")
def new_restricted(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="新密钥文件 · the new key's file")],
    home: Home = None,
) -> None:
    """新建限阅文件密钥 · make the key that restricted files are encrypted with; name it in WENGANG_RESTRICTED_KEY."""
    from wengang.core.restricted_files import new_restricted_key

    if out.resolve().is_relative_to(settings_from(home=home).home.resolve()):
        raise UsageError("key_in_home", place=str(out))
    print(new_restricted_key(out))


@keys_app.command(name="register")
def register_key(
    public: Annotated[Path, typer.Argument(metavar="FILE", help="NAME.pub，由 keys new 写出 · public key")],
    role: Annotated[
        list[str], typer.Option("--role", help="preparer、reviewer 或 server，可重复 · may be given twice")
    ],
    key: Key = None,
    home: Home = None,
) -> None:
    """登记公钥 · enter a public key with its roles, signed with the administrator's --key; the first administrator begins the register."""
    from wengang.publication.register import register_officer

    settings = data_directory(home=home)
    administrator = unlocked(key)
    if administrator is None:
        raise UsageError("administrator_needed")
    print(register_officer(settings, public, role, administrator))


@keys_app.command(name="withdraw")
def withdraw_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="姓名或账号 · whose key")],
    key: Key = None,
    home: Home = None,
) -> None:
    """注销公钥 · let a key sign no more; what it signed stays valid."""
    from wengang.publication.register import withdraw_officer

    settings = data_directory(home=home)
    administrator = unlocked(key)
    if administrator is None:
        raise UsageError("administrator_needed")
    print(withdraw_officer(settings, name, administrator))


@keys_app.command(name="show")
def show_keys(home: Home = None, as_json: Json = False) -> None:
    """列出公钥 · the administrator's key and the officers', with their roles."""
    from wengang.months.key_register import read_register

    register = read_register(data_directory(home=home))
    if as_json:
        print_json(register.content() if register else None)
    elif register is None:
        print(
            "没有公钥登记簿，签发以操作系统或 Airflow 账号为准 · no register: accounts of the system or Airflow sign"
        )
    else:
        for one, roles in [
            (register.administrator, "管理员 administrator"),
            *((o, "、".join(o.roles)) for o in register.officers),
        ]:
            print(f"{one.key_id}  {one.name:<16}  {roles}{'  已注销 withdrawn' if one.is_withdrawn else ''}")
