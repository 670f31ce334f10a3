"""The register of public keys: who may sign in which role, signed as a whole by an administrator.

A home without a register goes by the accounts of the operating system and of Airflow. With one, a signature counts only if it is that of
a key in the register. `signed_from` says how many signatures were on record before the register was made: those have none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from wengang.core.errors import IntegrityError, UsageError
from wengang.core.keys import SigningKey, is_signed_by, key_id_of
from wengang.core.settings import Settings

SERVER = "server"
ROLES = ("preparer", "reviewer", SERVER)


@dataclass(frozen=True)
class Officer:
    """A person, or the server, whose key is registered; a withdrawn key signs no more, and what it signed stays."""

    name: str
    public_key: str
    roles: tuple[str, ...]
    is_withdrawn: bool = False

    @property
    def key_id(self) -> str:
        """Return the id of the key."""
        return key_id_of(self.public_key)


@dataclass(frozen=True)
class Register:
    """The administrator's key and the officers', in the order of their registration."""

    administrator: Officer
    officers: tuple[Officer, ...] = ()
    signed_from: int = 0
    serial: int = 1

    def officer(self, key_id: str) -> Officer | None:
        """Return the officer of a key; None: it is not registered."""
        return next((o for o in self.officers if o.key_id == key_id), None)

    def content(self) -> dict[str, Any]:
        """Return what the administrator signs."""
        return json.loads(json.dumps(asdict(self)))

    def with_officer(self, officer: Officer) -> Register:
        """Return the register with one more officer; raises UsageError where the name or key has a place already."""
        if any(not o.is_withdrawn and o.name == officer.name for o in self.officers):
            raise UsageError("officer_registered", name=officer.name)
        if self.officer(officer.key_id) is not None:
            raise UsageError("officer_registered", name=officer.key_id)
        return replace(self, officers=(*self.officers, officer), serial=self.serial + 1)

    def without(self, name: str) -> Register:
        """Return the register with an officer's key withdrawn; raises UsageError where nobody of that name has one."""
        if not any(o.name == name and not o.is_withdrawn for o in self.officers):
            raise UsageError("officer_unknown", name=name)
        officers = tuple(replace(o, is_withdrawn=True) if o.name == name else o for o in self.officers)
        return replace(self, officers=officers, serial=self.serial + 1)


def register_file(settings: Settings) -> Path:
    """Return the place of the register of a home."""
    return settings.home / "keys" / "register.json"


def read_register(settings: Settings) -> Register | None:
    """Return the register of a home, checked; None where it has none.

    Raises IntegrityError where it is not as its administrator signed it, or by another administrator than `administrator_key` says.
    """
    path = register_file(settings)
    if not path.exists():
        if settings.administrator_key:
            raise IntegrityError("register_altered", place=str(path))
        return None
    return register_of(path, settings.administrator_key)


def register_of(path: Path, administrator: str | None = None) -> Register:
    """Read a register and check its administrator's signature; raises IntegrityError where it does not hold.

    `administrator`: the id of the key that must have signed it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        register = register_from(found["register"])
        holds = is_signed_by(register.administrator.public_key, found["signature"], register.content())
        holds = holds and administrator in {None, register.administrator.key_id}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise IntegrityError("register_altered", place=str(path)) from fault
    if not holds:
        raise IntegrityError("register_altered", place=str(path))
    return register


def register_from(found: Mapping[str, Any]) -> Register:
    """Return the register that a JSON object describes; raises KeyError, TypeError or ValueError where it is none."""

    def officers(rows: Sequence[Mapping[str, Any]]) -> tuple[Officer, ...]:
        return tuple(Officer(**{**row, "roles": tuple(row["roles"])}) for row in rows)

    (administrator,) = officers([found["administrator"]])
    return Register(
        administrator, officers(found["officers"]), int(found["signed_from"]), int(found["serial"])
    )


def write_register(settings: Settings, register: Register, key: SigningKey) -> Path:
    """Sign the register as its administrator and put it in place; return the file. Raises UsageError for any other key."""
    if key.public != register.administrator.public_key:
        raise UsageError("not_the_administrator", name=register.administrator.name)
    path = register_file(settings)
    path.parent.mkdir(mode=0o755, exist_ok=True)
    aside = path.with_suffix(".new")
    content = {"register": register.content(), "signature": key.sign(register.content())}
    aside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    aside.replace(path)
    return path
