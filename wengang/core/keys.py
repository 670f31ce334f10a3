"""Ed25519 keys of those who sign: made, kept under a passphrase, read, and used to sign and to check.

A private key is an encrypted PKCS #8 file of its owner; a public key is 32 bytes, written in base64. A key's id is the first 16
hexadecimal places of the SHA-256 of its public half.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wengang.core.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SHORTEST_PASSPHRASE = 12
ID_PLACES = 16


@dataclass(frozen=True)
class SigningKey:
    """A private key that was unlocked, and its public half in base64."""

    private: Ed25519PrivateKey
    public: str

    @property
    def key_id(self) -> str:
        """Return the id of the key."""
        return key_id_of(self.public)

    def sign(self, content: Mapping[str, Any]) -> str:
        """Return the signature of a content, in base64: the same content gives the same signature."""
        return base64.b64encode(self.private.sign(signed_bytes(content))).decode()


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """Return a content as the bytes that are signed: JSON with sorted keys, without spaces, UTF-8."""
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def key_id_of(public: str) -> str:
    """Return the id of a public key."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:ID_PLACES]


def is_signed_by(public: str, signature: str, content: Mapping[str, Any]) -> bool:
    """Return whether a signature is that of a content under a public key; what cannot be read is none."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), signed_bytes(content))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def new_key(path: Path, passphrase: str) -> SigningKey:
    """Make a key pair and write the private half under a passphrase, readable by its owner alone; return it.

    Raises UsageError where the passphrase is too short, or the file is there already or cannot be written.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError("passphrase_short", length=SHORTEST_PASSPHRASE)
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as fault:
        raise UsageError("key_not_written", place=str(path), reason=fault.strerror) from fault
    return SigningKey(private, public_half(private))


def unlocked_key(content: bytes, passphrase: str, place: str) -> SigningKey:
    """Return the private key of a file's content; raises UsageError where it is none, or the passphrase is another."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(content, passphrase.encode())
    except (ValueError, TypeError) as fault:
        raise UsageError("key_not_unlocked", place=place) from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError("key_not_unlocked", place=place)
    return SigningKey(private, public_half(private))


def public_half(private: Ed25519PrivateKey) -> str:
    """Return the public half of a key, in base64."""
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()
