"""Whether the lake's files are those that the intake wrote: by the digests in the journal of deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wengang.core.digests import Digests
from wengang.core.errors import IntegrityError
from wengang.core.settings import Settings
from wengang.lake.deliveries import Delivery


def altered_lake_files(settings: Settings, deliveries: Iterable[Delivery], digests: Digests) -> Iterator[str]:
    """Yield the files, relative to the lake, that are missing or have other bytes than when they were written.

    Files of a version that did not note digests are held to be there alone.
    """
    for delivery in deliveries:
        for name, noted in (
            (delivery.lake_file, delivery.lake_sha256),
            (delivery.rejects_file, delivery.rejects_sha256),
        ):
            if name is None:
                continue
            try:
                found = digests.of(settings.lake_dir / name)
            except OSError:
                yield name
                continue
            if noted is not None and found != noted:
                yield name


def check_lake(settings: Settings, deliveries: Iterable[Delivery]) -> None:
    """Raise IntegrityError naming the lake's files that are missing or changed.

    Files that the file system says are unchanged since they were last read are not read again.
    """
    digests = Digests(settings.cache_dir)
    altered = list(altered_lake_files(settings, deliveries, digests))
    digests.keep()
    if altered:
        names = ", ".join(altered[:5]) + (" …" if len(altered) > 5 else "")
        raise IntegrityError("lake_altered", place=str(settings.lake_dir), names=names)
