"""Restricted files at rest: encrypted where the data directory has a key for them, by AES-SIV, so that the same file is the same bytes.

A file is encrypted as a whole with its place in the package beside it: it can be neither changed nor put in another's place.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from wengang.core.errors import IntegrityError, UsageError
from wengang.core.settings import Settings

KEY_BYTES = 64
MARK = b"wengang-restricted-1\n"
SUFFIX = ".enc"
FOLDER = "restricted"
# What a published package takes over from its draft as it is.
TAKEN_OVER = f"{FOLDER}/validation/"


def new_restricted_key(path: Path) -> Path:
    """Write a new key, readable by its owner alone; return its file. Raises UsageError where the file is there or cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
    except OSError as fault:
        raise UsageError("key_not_written", place=str(path), reason=fault.strerror) from fault
    return path


def restricted_key(settings: Settings) -> bytes | None:
    """Return the key of restricted files; None where the settings name none. Raises UsageError for a file that is no such key."""
    if settings.restricted_key is None:
        return None
    try:
        key = base64.b64decode(settings.restricted_key.read_bytes(), validate=False)
    except (OSError, ValueError) as fault:
        raise UsageError("restricted_key", place=str(settings.restricted_key)) from fault
    if len(key) != KEY_BYTES:
        raise UsageError("restricted_key", place=str(settings.restricted_key))
    return key


def encrypt_restricted(package: Path, key: bytes, *, signed: Path | None = None) -> None:
    """Encrypt every restricted file of a package that is not encrypted yet, and take the plain one away.

    A file that the `signed` draft holds in plain stays as it is: who signed has signed its digest.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    folder = package / FOLDER
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != SUFFIX):
        place = path.relative_to(package).as_posix()
        if signed is not None and place.startswith(TAKEN_OVER) and (signed / place).is_file():
            continue
        target = path.with_name(path.name + SUFFIX)
        # An empty file has nothing to hide, and the cipher takes none: the mark makes it one that has bytes.
        target.write_bytes(MARK + AESSIV(key).encrypt(MARK + path.read_bytes(), [place.encode()]))
        target.chmod(0o600)
        path.unlink()


def open_restricted(package: Path, name: str, key: bytes | None) -> bytes:
    """Return the content of a restricted file by its name below `restricted/`, plain or encrypted.

    Raises UsageError where there is none or the key is missing, IntegrityError where it was changed, moved or made with another key.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    folder = package / FOLDER
    plain, place = folder / name.removesuffix(SUFFIX), f"{FOLDER}/{name.removesuffix(SUFFIX)}"
    if not plain.resolve().is_relative_to(folder.resolve()):
        raise UsageError("no_restricted_file", place=str(folder), name=name)
    if plain.is_file():
        return plain.read_bytes()
    encrypted = plain.with_name(plain.name + SUFFIX)
    if not encrypted.is_file():
        raise UsageError("no_restricted_file", place=str(folder), name=name)
    if key is None:
        raise UsageError("restricted_key_needed", place=str(encrypted))
    try:
        content = AESSIV(key).decrypt(encrypted.read_bytes().removeprefix(MARK), [place.encode()])
    except (InvalidTag, ValueError) as fault:
        raise IntegrityError("restricted_altered", place=str(encrypted)) from fault
    return content.removeprefix(MARK)


def restricted_names(package: Path) -> list[str]:
    """Return the names of a package's restricted files below `restricted/`, without the ending of encrypted ones, in order."""
    folder = package / FOLDER
    return sorted(
        p.relative_to(folder).as_posix().removesuffix(SUFFIX) for p in folder.rglob("*") if p.is_file()
    )
