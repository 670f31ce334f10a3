"""What proves who signed a published month: signatures in its manifest, and one over it, checked with public keys alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wengang.core import restricted_files
from wengang.core.digests import digest_of
from wengang.core.errors import WengangError
from wengang.core.keys import is_signed_by
from wengang.core.periods import Period
from wengang.months.key_register import Register
from wengang.months.published import MANIFEST, MANIFEST_SIGNATURE, SIGNED_DRAFT, check_package
from wengang.months.signed import Signature, reviewers_needed

UNSIGNED = {"os": "unsigned: operating-system account", "airflow": "unsigned: Airflow account"}
# Of the signed draft these are taken over as they are; what people read is rendered again without the draft's marks.
TAKEN_OVER = ("tables/", "validation/", restricted_files.TAKEN_OVER)


def proof_of(signature: Signature) -> dict[str, Any]:
    """Return a signature as the manifest carries it: with its key and all that is signed, or with the words that it has none."""
    if not signature.key_id:
        return {"role": signature.role, "who": signature.who, "proof": UNSIGNED[signature.channel]}
    return {**signature.content(), "signature": signature.signature, "proof": "Ed25519"}


def sealed_content(period: Period | str, revision: int, manifest_sha256: str) -> dict[str, Any]:
    """Return what the signature over a final manifest signs."""
    return {"period": str(period), "revision": revision, "manifest_sha256": manifest_sha256}


def unproven(folder: Path, register: Register) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a published package lacks to be proved by a register of public keys: codes of messages, with their values.

    Needs the package and the register alone: no home, no journal, no private key.
    """
    try:
        manifest = check_package(folder)
        signed = Signatures(folder, manifest, register)
        yield from signed.faults()
    except WengangError as fault:
        yield "draft_altered", {"names": fault.values.get("names", MANIFEST)}
    except (OSError, ValueError, KeyError, TypeError):
        yield "draft_altered", {"names": MANIFEST}


class Signatures:
    """The signatures of one package."""

    def __init__(self, folder: Path, manifest: dict[str, Any], register: Register) -> None:
        self.folder, self.manifest, self.register = folder, manifest, register
        fields = Signature.__dataclass_fields__
        unsigned = {"channel": "os", "manifest_sha256": "", "period": "", "decision": "approved"}
        self.words = [
            Signature(**{k: v for k, v in (unsigned | row).items() if k in fields})
            for row in manifest.get("signatures", [])
        ]

    def faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is not proved."""
        for word in self.words:
            if not self.is_valid(word):
                yield "signature_unproven", {"who": word.who, "role": word.role}
        valid = [w for w in self.words if self.is_valid(w)]
        reviewers = {w.who for w in valid if w.role == "reviewer"} - {
            w.who for w in valid if w.role == "preparer"
        }
        if not any(w.role == "preparer" for w in valid) or len(reviewers) < reviewers_needed(self.folder):
            yield "signatures_missing", {}
        if not self.is_sealed():
            yield "manifest_unsigned", {}
        moved = self.moved()
        if moved:
            yield "draft_not_signed", {"names": ", ".join(moved[:5])}

    def is_valid(self, word: Signature) -> bool:
        """Return whether a signature is an approval of this month's draft that a registered key proves."""
        return (
            word.decision == "approved"
            and (word.period, word.manifest_sha256)
            == (self.manifest["period"], self.manifest["draft_sha256"])
            and word.is_proven(self.register)
        )

    def is_sealed(self) -> bool:
        """Return whether a registered key signed the manifest as it is."""
        path = self.folder / MANIFEST_SIGNATURE
        if not path.is_file():
            return False
        found = json.loads(path.read_text(encoding="utf-8"))
        officer = self.register.officer(found["key_id"])
        content = sealed_content(
            self.manifest["period"], self.manifest["revision"], digest_of(self.folder / MANIFEST)
        )
        return officer is not None and is_signed_by(officer.public_key, found["signature"], content)

    def moved(self) -> list[str]:
        """Return the files that are not those of the draft that was signed; the draft's manifest where it is not that one."""
        path = self.folder / SIGNED_DRAFT
        if not path.is_file() or digest_of(path) != self.manifest["draft_sha256"]:
            return [SIGNED_DRAFT]
        draft = json.loads(path.read_text(encoding="utf-8"))

        def taken_over(manifest: dict[str, Any]) -> set[tuple[str, str]]:
            return {(f["name"], f["sha256"]) for f in manifest["files"] if f["name"].startswith(TAKEN_OVER)}

        return sorted({name for name, _ in taken_over(draft) ^ taken_over(self.manifest)})
