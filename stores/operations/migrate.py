"""Copying all of a store into another one, of whichever kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imlkit.errors import CommandError, NotFoundError, StoreError
from imlkit.store import Asset, Store

from ..stored import Stored
from .copying import RESERVED, check_copied, is_remote, keep_all
from .moment import moment_of
from .progress import Report, silent

__all__ = ["Migrated", "migrate"]


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was copied, and found to be there.

    Attributes:
        documents: how many, by collection.
        assets: how many.
        size: bytes of the assets.
        left_out: collections that a server keeps for itself.
    """

    documents: dict[str, int]
    assets: int
    size: int
    left_out: tuple[str, ...]


def migrate(source: Store, target: Store, report: Report = silent) -> Migrated:
    """Copy all documents and assets, with their ids and in their order, and check that they are there.

    What is there already, the same, is passed over: a copy that was broken off goes on when it is
    made again.

    Args:
        source: where from.
        target: where to.
        report: told how far it has come.

    Raises:
        CommandError: the target holds documents that the source does not.
        DuplicateIdError: the target holds a document of the same id with other content.
        StoreError: what is there afterwards is not what was copied.
    """
    if source is target or source.location == target.location:
        raise CommandError("the two stores are the same one: name another place to copy to")
    with moment_of(source) as moment:
        found = moment.collections()
        left_out = [name for name in found if is_remote(target) and name.startswith(RESERVED)]
        copied = {}
        for name, count in found.items():
            if name in left_out:
                continue
            if target.collection(name).count() > count:
                raise _foreign(name)
            pages = _checked(moment.pages(name), target, name)
            copied[name] = keep_all(pages, target.collection(name), count, report)
    assets = _copied_assets(source, target, report)
    check_copied(target, copied, report)
    _check_assets(target, assets)
    return Migrated(
        {name: digest.count for name, digest in copied.items()},
        len(assets),
        sum(assets.values()),
        tuple(left_out),
    )


def _checked(pages: Iterator[list[Stored]], target: Store, name: str) -> Iterator[list[Stored]]:
    """Pass documents on as long as what is in the target already are the first ones of them."""
    there = target.collection(name).iterate(select=())
    for page in pages:
        for each in page:
            document = next(there, None)
            if document is not None and document["id"] != each.id:
                raise _foreign(name, document["id"])
        yield page
    document = next(there, None)
    if document is not None:
        raise _foreign(name, document["id"])


def _foreign(name: str, id: str | None = None) -> CommandError:
    example = f", such as {id!r:.100}" if id is not None else ""
    return CommandError(
        f"the collection {name!r:.100} of the store to copy to holds documents of its own{example}: "
        "remove them there, or choose an empty place"
    )


def _copied_assets(source: Store, target: Store, report: Report) -> dict[str, int]:
    assets: list[Asset] = list(source.assets)
    total, done = sum(asset.size for asset in assets), 0
    copied: dict[str, int] = {}
    there = {asset.id: asset.size for asset in target.assets}
    for asset in assets:
        report("assets: copying bytes", done, total)
        done += asset.size
        if there.get(asset.id) != asset.size:
            try:
                with source.assets.open(asset.id) as content:
                    kept = target.assets.put(content, asset.media_type)
            except NotFoundError:
                # Somebody has removed it meanwhile.
                continue
            if (kept.id, kept.size) != (asset.id, asset.size):
                raise StoreError(
                    f"the asset {asset.id[:12]}… is damaged in the store to copy from (its content has the "
                    f"hash {kept.id[:12]}…): restore it there from a backup, or remove it"
                )
        copied[asset.id] = asset.size
    report("assets: copying bytes", done, total)
    return copied


def _check_assets(target: Store, copied: dict[str, int]) -> None:
    there = {asset.id: asset.size for asset in target.assets}
    lost = [id for id, size in copied.items() if there.get(id) != size]
    if lost:
        raise StoreError(
            f"{len(lost):,} assets are not as they were copied, such as {lost[0]}: somebody may have removed "
            "them; do it again"
        )
