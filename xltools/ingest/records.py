"""Records: what is printed before some figures, and those figures, one after the other, as they follow in a part."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xltools.ingest.document import PrintedLine
from xltools.ingest.wording import LabelWording, alike, wording
from xltools.received.typed import read_text

_ODD = re.compile(r"[+\-±约約共增减減(]*\d[\d.,+\-/()~—%]*[\u4e00-\u9fff]{0,4}\Z")
_ITEM = re.compile(r"\(?\d{1,2}[.、)]\D")
_SIGNS = {"增", "减", "減", "增加", "减少", "+", "±"}
_LONGEST, _PROSE = 40, 120


@dataclass(frozen=True, slots=True)
class RecordToken:
    """A cell of a line. ``grid`` is 0 in running text, whose words come one by one: ``whole`` tells that this is a cell's all."""

    text: str
    line: int
    whole: bool
    grid: int
    column: int
    width: int
    place: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def words(self) -> LabelWording:
        return wording(self.text)


@dataclass
class TextRecord:
    """Labels, and the figures (blank cells among them, where they are known) that follow."""

    labels: list[RecordToken] = field(default_factory=list)
    slots: list[RecordToken] = field(default_factory=list)

    @property
    def filled(self) -> list[RecordToken]:
        return [slot for slot in self.slots if not slot.blank]

    @property
    def place(self) -> str:
        return (self.filled or self.labels or self.slots)[0].place

    @property
    def seen(self) -> str:
        """The figures as they stand there."""
        return "、".join(slot.text.strip()[:_LONGEST] for slot in self.filled)

    @property
    def grid(self) -> int:
        return self.slots[0].grid if self.slots else 0


def is_figure(text: str) -> bool:
    """Whether a text stands where a figure belongs, by its looks: a number, a sign for none, or a slip of one."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace())
    if not bare or len(bare) > _LONGEST:
        return False
    for kind in ("signed", "money"):
        reading = read_text(text, kind)
        if reading.figure is not None or (reading.code not in (None, "cell-not-number")):
            return True
    return bare in _SIGNS or bool(_ODD.match(bare) and not _ITEM.match(bare))


def tokens(lines: Sequence[PrintedLine], start: int, end: int) -> Iterator[RecordToken]:
    """The cells of lines, in reading order."""
    for number in range(start, end):
        line = lines[number]
        for cell in line.cells:
            pieces = [cell.text]
            if not line.grid and len(cell.text) <= _PROSE and not is_figure(cell.text):
                # A space may part two labels; what it parts in a sentence does no harm, for no figure comes of it.
                pieces = cell.text.split() or [""]
            for piece in pieces:
                yield RecordToken(piece, number, len(pieces) == 1, line.grid, cell.column, cell.width, line.place)


def records(stream: Iterator[RecordToken], known: Sequence[LabelWording]) -> list[TextRecord]:
    """The records of a part. ``known`` are the wordings of all its labels: what is one is no figure."""
    found: list[TextRecord] = []
    current = TextRecord()
    for token in stream:
        figure = token.whole and is_figure(token.text)
        if token.blank:
            if current.labels or current.slots:
                current.slots.append(token)
            continue
        if not figure and current.filled and token.line == current.filled[0].line:
            # Words among the figures of a row, where no label of the form would be.
            figure = all(alike(token.words, label) < 0.75 for label in known)
        if not figure and current.slots:
            found.append(current)
            current = TextRecord()
        (current.slots if figure else current.labels).append(token)
    if current.labels or current.slots:
        found.append(current)
    return found
