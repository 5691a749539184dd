"""Slips: for each returned filing a marked-up copy and a one-page 退回单; for all together one text for the chat group."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xltools.classes import dataclass
from xltools.collection.collected import Collection
from xltools.collection.issuing import safe_name
from xltools.collection.states import absent
from xltools.collection.whose import named_by
from xltools.errors import XltoolsError
from xltools.form.model import Agency
from xltools.inputs import Refused, content_of, real
from xltools.outputs import write_all
from xltools.received.file import FILE_LIMIT, Received
from xltools.slips.chat import Failed, chat
from xltools.slips.letterhead import BLANK, Letterhead
from xltools.slips.notices import besides, notices, withheld
from xltools.slips.outbox import BESIDE, LETTER, PATCHED, PutAway, ours, put_away
from xltools.slips.words import anew, to_correct

CHAT = "催报与退改.txt"
_WHAT = {LETTER: "退回单", BESIDE: "与上年对照"}
"""What the slips of a file are, by how their names end; anything else is its marked-up copy."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One of the files that go back: where it lies, whose it is (the agency's code), about which file received, what it is.

    A notice is about no one file, the chat text nobody's alone.
    """

    path: Path
    agency: str = ""
    file: Path | None = None
    what: str = ""
    sha256: str = ""
    """Of its content, once it is written."""


@dataclass(frozen=True)
class Letter:
    """What went back for one file: of all that it was made of what may be another in the next run, and the slips."""

    received: Received
    stem: str
    besides: str
    slips: tuple[Slip, ...]


class Letters:
    """The slips of single files, to be made only where they would be others than in an earlier run.

    They are made of the file, with what was found of it, of how their names begin, of what is said of the agency's other files, and
    of the head of the letters. Only what is made of last year's filings or of a blank is made of more, and so made each time.
    """

    def __init__(self, head: Letterhead, earlier: Letters | None = None) -> None:
        self.head = head
        self.sent: dict[Path, Letter] = {}
        self._earlier = earlier.sent if earlier is not None and earlier.head == head else {}

    def __getstate__(self) -> dict[str, object]:
        return {"head": self.head, "sent": self.sent}

    def lying(self, received: Received, stem: str, besides: str, folder: Path) -> tuple[Slip, ...]:
        """The slips of a file, where they would be the same now and each lies there as it was written; else none."""
        known = self._earlier.get(received.path)
        if (
            known is None
            or (known.stem, known.besides) != (stem, besides)
            or known.received != received
            or anew(received)
        ):
            return ()
        return lying(known.slips, folder)

    def note(self, received: Received, stem: str, besides: str, slips: Iterable[Slip]) -> None:
        """Notes what goes back for a file, with what was found of it."""
        if received.sha256 and (named := by_name(slips)):
            self.sent[received.path] = Letter(received, stem, besides, named)


def by_name(slips: Iterable[Slip]) -> tuple[Slip, ...]:
    """Slips as they are kept for another run: by their names, for the folder may have been moved."""
    return tuple(replace(slip, path=Path(slip.path.name)) for slip in slips)


def lying(named: Iterable[Slip], folder: Path) -> tuple[Slip, ...]:
    """Slips that were kept, in their folder; none unless each lies there as it was written."""
    slips = tuple(replace(slip, path=folder / slip.path) for slip in named)
    try:
        there = all(hashlib.sha256(content_of(slip.path, FILE_LIMIT)).hexdigest() == slip.sha256 for slip in slips)
    except Refused:
        return ()
    return slips if there else ()


def counted(slips: Iterable[Slip]) -> str:
    """How many of each kind: 退回单 2 份、标注的表 2 份、发到群里的话 1 份."""
    return "、".join(f"{what} {count} 份" for what, count in Counter(slip.what for slip in slips).items())


def returned(collection: Collection) -> list[Received]:
    """The files with an open error or query that go back to whoever sent them in.

    What cannot be read and bears the name of nobody on the roster goes back to nobody: it may be anything.
    """
    kept = withheld(collection)
    return [r for r in collection.received if to_correct(r) and r.path not in kept and _has_sender(r, collection)]


def _has_sender(received: Received, collection: Collection) -> bool:
    roster, name = collection.roster, received.path.stem
    if received.filing is not None or roster is None or named_by(received.path, roster):
        return True
    return any(re.search(rf"(?<![0-9A-Za-z]){re.escape(code)}(?![0-9A-Za-z])", name) for code in roster.by_code)


def slips(collection: Collection, head: Letterhead = BLANK) -> Iterator[tuple[str, bytes]]:
    """Every slip as file name and content: notices, the 退回单 of each returned file, its marked-up copy, the chat text last.

    A slip that could not be made becomes a finding of its file, once all are made.
    """
    return ((slip.path.name, content) for slip, content in _all(collection, head) if content is not None)


def _all(
    collection: Collection, head: Letterhead, folder: Path = Path(), letters: Letters | None = None
) -> Iterator[tuple[Slip, bytes | None]]:
    """The same, each with whose it is; None for the content of one that lies in the folder as it would be written."""

    taken: set[str] = set()
    failed: Failed = []
    form = next((r.filing.form for r in collection.received if r.filing), None)
    for told in notices(collection):
        assert form is not None and collection.year is not None
        name = f"{_free(f'{_base(told.agency)}_{told.about}', taken)}_{LETTER}"
        yield Slip(Path(name), told.agency.code, None, "通知"), told.letter(form.title, collection.year, head)
    for received in returned(collection):
        stem, beside = _stem(received, taken), besides(received, collection)
        lying = letters.lying(received, stem, beside, folder) if letters else ()
        made: list[tuple[Slip, bytes | None]] = [(slip, None) for slip in lying]
        made = made or [*_of_one(received, stem, collection, head, failed)]
        if letters and not any(got is received for got, _ in failed):
            letters.note(received, stem, beside, [_sealed(slip, content) for slip, content in made])
        yield from made
    yield Slip(Path(CHAT), what="发到群里的话"), chat(collection, failed, head).encode()
    for received, found in failed:
        received.add(found)


def _of_one(
    received: Received, stem: str, collection: Collection, head: Letterhead, failed: Failed
) -> Iterator[tuple[Slip, bytes]]:
    from xltools.slips.single import slips_of

    code = received.filing.agency.code if received.filing else ""
    for name, content in slips_of(received, stem, collection, head, failed):
        what = next((words for ending, words in _WHAT.items() if name.endswith(ending)), "标注的表")
        yield Slip(Path(name), code, received.path, what), content


def _sealed(slip: Slip, content: bytes | None) -> Slip:
    """A slip with the digest of its content, which one that lies there has already."""
    return slip if content is None else replace(slip, sha256=hashlib.sha256(content).hexdigest())


def write_slips(collection: Collection, folder: Path, *, head: Letterhead = BLANK, force: bool = False) -> list[Slip]:
    """Writes all slips into a folder and returns them, the chat text last.

    XltoolsError, before anything is written, where one is there already and ``force`` is not given, or where one is a
    workbook that somebody has worked in since: what was sent back is not written over.
    """
    made = list(_within(folder, collection, head))
    paths = [slip.path for slip, _ in made]
    if force:
        _refuse_worked_in(paths)
    write_all(((slip.path, content) for slip, content in made if content is not None), paths, force=force)
    return [slip for slip, _ in made]


def renew_slips(
    collection: Collection,
    folder: Path,
    head: Letterhead = BLANK,
    there: Sequence[Slip] = (),
    letters: Letters | None = None,
) -> tuple[list[Slip], PutAway]:
    """Writes all slips into a folder of their own in place of the earlier ones; what is settled is put away.

    A slip that is there as it would be written is left alone; where ``there`` names them all, none is made, and of those that
    ``letters`` know to lie there neither. A workbook that somebody
    has worked in is neither written over nor put away. Slips of agencies of which nothing is there any more stay: they have not
    answered.
    """
    slips, kept = list(there), list[Path]()
    if not slips:
        made = list(_within(folder, collection, head, letters))
        kept = [slip.path for slip, content in made if content is not None and _worked_in(slip.path)]
        fresh = {slip.path: content for slip, content in made
                 if content is not None and slip.path not in kept and not _is_there(slip.path, content)}  # fmt: skip
        write_all(fresh.items(), list(fresh), force=True)
        slips = [slip for slip, _ in made if slip.path not in kept]
    waiting = [f"{_base(entry.agency)}_" for entry in absent(collection)]
    return slips, replace(put_away(folder, [slip.path for slip in slips], waiting), worked_in=tuple(kept))


def _within(
    folder: Path, collection: Collection, head: Letterhead, letters: Letters | None = None
) -> Iterator[tuple[Slip, bytes | None]]:
    """Every slip as it will lie in a folder; None for the content of one that does already."""
    for slip, content in _all(collection, head, folder, letters):
        yield replace(_sealed(slip, content), path=folder / slip.path.name), content


def earlier_slips(folder: Path, inputs: Sequence[Path]) -> frozenset[Path]:
    """The files in the folder of the slips, which are not read as filings though the folder may lie among them.

    XltoolsError where the filings themselves lie there.
    """
    here = real(folder)
    for path in inputs:
        if real(path) == here or here in real(path).parents:
            raise XltoolsError(f"退回单不能写到“{folder}”：要审核的表就在里面；请另用一个文件夹放退回单")
    return frozenset(real(path) for path in folder.rglob("*")) if folder.is_dir() else frozenset()


def _refuse_worked_in(paths: Iterable[Path]) -> None:
    for path in paths:
        if _worked_in(path):
            raise XltoolsError(
                f"不能覆盖“{path}”：它已经被改过，像是更正后报回的表；请把它移到收表的文件夹，或者换一个文件夹放退回单"
            )


def _worked_in(path: Path) -> bool:
    return path.suffix.lower() in PATCHED and path.is_file() and not ours(path)


def _is_there(path: Path, content: bytes) -> bool:
    try:
        return content_of(path, len(content)) == content
    except Refused:
        return False


def _stem(received: Received, taken: set[str]) -> str:
    """How the names of a file's slips begin: code and name, or the file's own name; a number where that is taken."""
    filing = received.filing
    return _free(_base(filing.agency) if filing else safe_name(received.path.stem) or "未命名", taken)


def _base(agency: Agency) -> str:
    return f"{safe_name(agency.code)}_{safe_name(agency.name)}"


def _free(base: str, taken: set[str]) -> str:
    numbered = (f"{base}_{number}" if number > 1 else base for number in range(1, len(taken) + 2))
    stem = next(name for name in numbered if name.casefold() not in taken)
    taken.add(stem.casefold())
    return stem
