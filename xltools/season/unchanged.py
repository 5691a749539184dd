"""What the last run over the whole folder found, kept for the next one: where nothing has changed, nothing is gone through again.

What a run finds is a function of what it reads, of what it was asked, of what was remembered, and of the program. All of that
goes into one digest, of the bytes themselves as they lie there now; what was kept counts for the very same digest alone, and is
sealed as all that this account keeps is (``derived``). A file, a list, a form, a setting, last year's folder: whatever is the least
otherwise is a run anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.classes import dataclass
from xltools.collection.collected import Collection
from xltools.derived import recalled, sealed
from xltools.editions.shelves import desk, stamp
from xltools.errors import XltoolsError
from xltools.findings import Finding
from xltools.inputs import Refused, content_of
from xltools.outputs import slashed, write_whole
from xltools.received.read import FILE_LIMIT

if TYPE_CHECKING:
    from xltools.slips import Slip
    from xltools.slips.letterhead import Letterhead

RUN = "run"
"""The file in the folder's memory."""
_LIMIT = 64 * 2**20
"""Bytes of it: some ten thousand filings, with last year's."""
_MOST = 5_000
"""Filings that are kept: of more not all should be in memory at a time, and all of these are while they are packed."""


def digest_of(files: Iterable[Path], skipped: Iterable[Finding], asked: Mapping[str, Any]) -> str:
    """What stands for all that a run reads and was asked: another one where a byte of any of it is."""
    said = {
        "files": [(slashed(path), _content(path)) for path in files],
        "skipped": [(found.code, found.file, found.message) for found in skipped],
        "forms": [stamp(), repr(desk())],
        "asked": repr(sorted(asked.items())),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _content(path: Path) -> str:
    """The digest of a file's content; why it cannot be read where it cannot."""
    try:
        return hashlib.sha256(content_of(path, FILE_LIMIT)).hexdigest()
    except Refused as problem:
        return f"{problem.vast} {problem.reason}"


@dataclass(frozen=True)
class LastRun:
    """What a run found, and the slips that it wrote (by their names; None for none) in letters that end so."""

    collection: Collection
    sent: tuple[Slip, ...] | None = None
    head: Letterhead | None = None

    def lying_in(self, folder: Path, head: Letterhead) -> list[Slip] | None:
        """The slips in their folder; None unless they would end so now, and each lies there as it was written."""
        if not self.sent or self.head != head:
            return None
        slips = [replace(slip, path=folder / slip.path) for slip in self.sent]
        return slips if all(_content(slip.path) == slip.sha256 for slip in slips) else None

    def wrote(self, slips: Sequence[Slip], head: Letterhead) -> LastRun:
        """The same, with the slips that were written."""
        return replace(self, sent=tuple(replace(slip, path=Path(slip.path.name)) for slip in slips), head=head)

    @property
    def lasting(self) -> bool:
        """Whether it would be found again: the program did not fail over a file."""
        return not any(found.code == "file-failed" for found in self.collection.all_findings())


def recall(folder: Path, of: str) -> LastRun | None:
    """What was kept in a folder of what ``of`` stands for; None where that is not known."""
    try:
        found: LastRun = recalled(folder / RUN, RUN, of, _LIMIT)
        return found
    except LookupError:
        return None


def keep(folder: Path, of: str, found: LastRun) -> None:
    """Keeps it where it can be kept: neither a full disk nor a folder on a read-only medium stops a run."""
    if len(found.collection.received) > _MOST:
        return
    with contextlib.suppress(XltoolsError, OSError, pickle.PickleError, TypeError, AttributeError):
        content = sealed(RUN, of, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        if len(content) <= _LIMIT:
            write_whole(folder / RUN, content, force=True)
