"""The slips of one file: its 退回单, its marked-up copy, and what last year's text has too. Imported when any have to be made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from xltools.collection.collected import Collection, agency_of
from xltools.collection.explanations import stamps_of
from xltools.errors import XltoolsError
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.inputs import must_read
from xltools.ooxml.containers import FIGURES_ONLY
from xltools.ooxml.trees import Unreadable
from xltools.received.file import FILE_LIMIT, Received
from xltools.received.mark import marked, untouched
from xltools.slips.beside_last_year import beside_last_year
from xltools.slips.chat import Failed
from xltools.slips.letter import letter
from xltools.slips.letterhead import Letterhead
from xltools.slips.marks import formulas_of, marks_of
from xltools.slips.notices import besides
from xltools.slips.outbox import BESIDE, COPY, LETTER, PATCHED
from xltools.slips.prefilled import prefilled
from xltools.slips.words import to_correct


def slips_of(
    received: Received, stem: str, collection: Collection, head: Letterhead, failed: Failed
) -> Iterator[tuple[str, bytes]]:
    """The slips of one file, by names that begin with ``stem``; what went wrong is put to what ``failed``."""

    def tell(found: Finding) -> None:
        failed.append((received, found))

    name, copy, form = "", None, None
    with apart("copy", received.path, tell, agency_of(received)):
        form = prefilled(received, collection, head.sending)
        copy = form.content if form else marked_copy(received)
    if copy:
        ending = received.path.suffix.lower()
        name = f"{stem}_{COPY}{ending if ending in PATCHED and not form else PATCHED[0]}"
    paper = repeated = None
    with apart("letter", received.path, tell, agency_of(received)):
        paper = letter(received, name, besides(received, collection), form, head=head)
        repeated = _beside(received)
    if paper:
        yield f"{stem}_{LETTER}", paper
    if repeated:
        yield f"{stem}_{BESIDE}", repeated
    if copy:
        yield name, copy


def _beside(received: Received) -> bytes | None:
    """The page with the sentences that last year's text has too, where it has too many of them."""
    found = next((f for f in to_correct(received) if f.code == "text-repeated"), None)
    return beside_last_year(received.filing, found) if found and received.filing else None


def marked_copy(received: Received) -> bytes | None:
    """The marked-up copy of a file; None where there is nothing to mark in it, or it cannot be marked.

    XltoolsError where the file is no longer what was checked.
    """
    if received.filing is None:
        return None
    content = must_read(received.path, "", FILE_LIMIT)
    if hashlib.sha256(content).hexdigest() != received.sha256:
        raise XltoolsError(f"“{received.path}”在审核以后又改过；请重新审核")
    marks = marks_of(received)
    if not marks or content[:2] != b"PK" or received.path.suffix.lower() in FIGURES_ONLY:
        return None
    try:
        # A copy that nobody has saved since says what its original said: it is no generation of its own.
        own = () if untouched(content) else (received.sha256,)
        originals = (*own, *received.originals)
        return marked(content, marks, stamps_of(received.filing), originals, formulas_of(received))
    except Unreadable:
        return None
