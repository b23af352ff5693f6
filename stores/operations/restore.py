"""Putting what is in a backup into a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imlkit.errors import ArchiveError, CommandError, DuplicateIdError
from imlkit.store import Document, Store

from ..stored import Stored, parsed
from .archive import Archive
from .copying import RESERVED, check_copied, is_remote, keep_all, stored_of
from .digest import Digest
from .progress import Report, silent

__all__ = ["Restored", "check_empty", "restore"]

_NAMED: Final = 10
"""Documents that differ which are named."""
_OWNER: Final = "created_by"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        documents: how many, by collection, those included that were there already.
        assets: how many, those included that were there already.
        left_out: collections that a server keeps for itself.
    """

    documents: dict[str, int]
    assets: int
    left_out: tuple[str, ...]


def check_empty(store: Store) -> None:
    """Raise CommandError if a store holds documents."""
    names = store.collections()
    if names:
        raise CommandError(
            f"the store {store.location!r} holds documents already ({len(names):,} collections, such as "
            f"{names[0]!r:.60}): choose an empty place, or add to it with --merge"
        )


def restore(archive: Archive, store: Store, *, merge: bool = False, report: Report = silent) -> Restored:
    """Put the documents and assets of a backup into a store, once all of it was found to be sound.

    Args:
        archive: the backup.
        store: where to.
        merge: whether the store may hold documents; those that are there with the same content are
            passed over.
        report: told how far it has come.

    Raises:
        ArchiveError: the backup is damaged; nothing was written.
        CommandError: the store holds documents, and they are not to be added to; nothing was written.
        DuplicateIdError: the store holds documents of the same ids with other content; nothing was
            written.
    """
    if not merge:
        check_empty(store)
    archive.check(report)
    collections = list(enumerate(archive.manifest.collections))
    left_out = [kept.name for _, kept in collections if is_remote(store) and kept.name.startswith(RESERVED)]
    collections = [(number, kept) for number, kept in collections if kept.name not in left_out]
    if merge:
        _check_others(archive, store, [(number, kept.name) for number, kept in collections])
    assets = _restored_assets(archive, store, report)
    copied: dict[str, Digest] = {}
    for number, kept in collections:
        if kept.count:
            pages = archive.documents(number)
            copied[kept.name] = keep_all(pages, store.collection(kept.name), kept.count, report)
    if not merge:
        check_copied(store, copied, report)
    return Restored({name: each.count for name, each in copied.items()}, assets, tuple(left_out))


def _check_others(archive: Archive, store: Store, collections: Sequence[tuple[int, str]]) -> None:
    """Raise DuplicateIdError, naming some, if documents of a store differ from those of their ids."""
    there = set(store.collections())
    differ: list[str] = []
    more = 0
    for number, name in collections:
        if name not in there:
            continue
        for page in archive.documents(number):
            for id in _different(page, store, name):
                more += len(differ) == _NAMED
                if len(differ) < _NAMED:
                    differ.append(f"{id!r:.60} in {name!r:.60}")
    if differ:
        raise DuplicateIdError(
            f"{len(differ) + more:,} documents have ids that others have in the store: "
            f"{', '.join(differ)}{' and more' if more else ''}; nothing was restored: remove those from the "
            "store, or restore into an empty place"
        )


def _different(page: Sequence[Stored], store: Store, name: str) -> Iterator[str]:
    found: Mapping[str, Document] = {
        each["id"]: each
        for each in store.collection(name).find({"id": {"$in": [document.id for document in page]}})
    }
    for document in page:
        other = found.get(document.id)
        if other is None:
            continue
        if is_remote(store) and _OWNER not in parsed(document.text):
            # A server with accounts has added it.
            other = {field: value for field, value in other.items() if field != _OWNER}
        if Digest.of([document]) != Digest.of([stored_of(other)]):
            yield document.id


def _restored_assets(archive: Archive, store: Store, report: Report) -> int:
    total, done = archive.manifest.assets.count, 0
    for asset in archive.assets():
        report("assets: writing", done, total)
        with archive.asset(asset) as content:
            kept = store.assets.put(content, asset.media_type)
        if kept.id != asset.id:
            store.assets.remove(kept.id)
            raise ArchiveError(f"the asset {asset.id} has changed while it was restored: do it again")
        done += 1
    report("assets: writing", done, total)
    return done
