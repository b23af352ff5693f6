"""Copying documents and assets into a store, and making sure that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from imlkit.attachments import Attachment, Kind
from imlkit.documents import Encoded, encode
from imlkit.errors import DataError, DocumentError, DuplicateIdError, StoreError, StoreUnavailableError
from imlkit.json_text import json_text
from imlkit.store import Collection, Document, Store

from ..stored import Stored, StoredCollection, document_of, parsed
from ..wire import received
from .digest import Digest
from .moment import moment_of
from .progress import Report

__all__ = ["RESERVED", "check_copied", "encoded", "is_remote", "keep_all", "stored_of"]

_KINDS: Final[dict[str, Kind]] = {"npy": "array", "png": "image", "bin": "bytes"}
RESERVED: Final = "imlkit:"
"""Collections whose names begin so are a server's own: it lets nobody write them from outside."""
_DOCUMENTS: Final = 1_000
_BYTES: Final = 8 << 20
"""What is written at once at most, if a single document is not larger."""


def is_remote(store: Store) -> bool:
    """Return whether a store is on a server."""
    return store.location.startswith(("http:", "https:"))


def stored_of(document: Document) -> Stored:
    """Return a document as it is written."""
    each = encode(document)
    contents = {name: attachment.content for name, attachment in each.attachments.items()}
    return Stored(each.id, each.text, contents)


def encoded(document: Stored) -> Encoded:
    """Return a document as it is to be written, checked.

    Raises:
        DocumentError: it, or an attachment of it, is damaged.
    """
    attachments: dict[str, Attachment] = {}
    for name, content in document.attachments.items():
        attachment = Attachment(_KINDS.get(name[65:], "bytes"), content)
        if attachment.file_name != name:
            raise DocumentError(
                f"the document {document.id!r:.100} is damaged: its attachment {name!r:.99} is another"
            )
        attachments[name] = attachment
    try:
        return received(document.id, parsed(document.text), attachments)
    except ValueError as error:
        raise DocumentError(f"the document {document.id!r:.100} is damaged: {error}") from error


def keep_all(pages: Iterable[Sequence[Stored]], collection: Collection, total: int, report: Report) -> Digest:
    """Write documents into a collection, in order; those that are there already are passed over.

    Args:
        pages: the documents, some at a time.
        collection: where to.
        total: how many there are.
        report: told how far it has come.

    Returns:
        The hash over all of them.

    Raises:
        DuplicateIdError: there is another document of that id.
    """
    digest = Digest()
    what = f"{collection.name!r:.60}: writing"
    report(what, 0, total)
    for page in _grouped(pages):
        try:
            digest.add(_kept(page, collection))
        except DuplicateIdError as error:
            raise DuplicateIdError(
                f"there are documents of other content in {collection.name!r:.100} ({error}); to have those "
                "that are to come, remove the others, or choose an empty place"
            ) from error
        report(what, digest.count, total)
    return digest


def _kept(page: Sequence[Stored], collection: Collection) -> list[Stored]:
    """Write documents; return what is to be there then."""
    checked = [encoded(each) for each in page]
    if isinstance(collection, StoredCollection):
        collection.keep(checked)
        return list(page)
    documents = []
    for each in page:
        try:
            documents.append(document_of(each.id, parsed(each.text), each.attachments))
        except StoreUnavailableError as error:
            raise DataError(
                f"the document {each.id!r:.100} of {collection.name!r:.100} cannot be read: {error}"
            ) from error
    made = collection.create(documents)
    return [_with_added(*each) for each in zip(page, documents, made, strict=True)]


def _with_added(document: Stored, given: Document, made: Document) -> Stored:
    # A server with accounts adds whose a document is, where it does not say so.
    added = {name: value for name, value in made.items() if name not in given}
    if not added:
        return document
    text = json_text({**parsed(document.text), **encode(added).fields})
    return Stored(document.id, text, document.attachments)


def _grouped(pages: Iterable[Sequence[Stored]]) -> Iterator[list[Stored]]:
    group: list[Stored] = []
    size = 0
    for page in pages:
        for each in page:
            own = len(each.text) + sum(map(len, each.attachments.values()))
            if group and (size + own > _BYTES or len(group) == _DOCUMENTS):
                yield group
                group, size = [], 0
            group.append(each)
            size += own
    if group:
        yield group


def check_copied(store: Store, copied: Mapping[str, Digest], report: Report) -> None:
    """Raise StoreError unless each of these collections of a store holds just what was copied.

    Args:
        store: the store.
        copied: the hash over what was copied, by collection.
        report: told how far it has come.
    """
    with moment_of(store) as moment:
        for name, expected in copied.items():
            found = Digest()
            for page in moment.pages(name):
                found.add(page)
                report(f"{name!r:.60}: checking", found.count, expected.count)
            if found == expected:
                continue
            differ = (
                f"it holds {found.count:,} documents, and {expected.count:,} were copied"
                if found.count != expected.count
                else f"their hash is {found.text[:12]}…, and that of what was copied {expected.text[:12]}…"
            )
            raise StoreError(
                f"the documents of {name!r:.100} are not those that were copied: {differ}; somebody may have "
                "written there meanwhile: choose an empty place that nobody uses, and begin anew"
            )
