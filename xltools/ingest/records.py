"""Records: what is printed before some figures, and those figures, one after the other, as they follow in a part."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import groupby

from xltools.classes import dataclass
from xltools.ingest.document import PrintedLine
from xltools.ingest.plain import split_line
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
    """The cells of lines, in reading order, without the numbers that only count rows and columns."""
    for number in range(start, end):
        line = lines[number]
        found = [
            RecordToken(piece, number, whole, line.grid, cell.column, cell.width, line.place)
            for cell in line.cells
            for piece, whole in _pieces(cell.text, line.grid)
        ]
        empty = line.grid and all(token.blank for token in found)
        if not empty and not _counts_columns(found):
            yield from found[_counters_before(found) :]


def _pieces(text: str, grid: int) -> Iterator[tuple[str, bool]]:
    """A cell's text in pieces, and whether each is one cell's all: in running text, figures at a line's end stand apart."""
    if grid or len(text) > _PROSE or (is_figure(text) and not _SEVERAL.search(text)):
        yield text, True
        return
    cells = split_line(text) or [""]
    for cell in cells:
        if len(cells) > 1 and is_figure(cell):
            yield cell, True
            continue
        # A space may part two labels; what it parts in a sentence does no harm, for no figure comes of it.
        pieces = cell.split() or [""]
        for piece in pieces:
            yield piece, len(pieces) == len(cells) == 1


# ── numbers that count ───────────────────────────────────────────────────────


def is_counter(words: LabelWording) -> bool:
    """Whether words head a column, or begin a row, of numbers that count."""
    return words.core in _COUNTERS


def _counters_before(line: Sequence[RecordToken]) -> int:
    """How many cells before the label of a row do nothing but count it."""
    shown = [at for at, token in enumerate(line) if not token.blank]
    if len(shown) < 3 or not _is_count(line[shown[0]]):
        return 0
    label, rest = line[shown[1]], [line[at] for at in shown[2:]]
    named = label.whole and not is_figure(label.text) and len(label.words.core) > 1
    return shown[1] if named and any(token.whole and is_figure(token.text) for token in rest) else 0


def _is_count(token: RecordToken) -> bool:
    return token.whole and bool(_COUNT.fullmatch(_flat(token.text)))


def _counts_columns(line: Sequence[RecordToken]) -> bool:
    """Whether a line numbers the columns: 1, 2, 3 … each in its cell; a short one says so, or has brackets."""
    shown = [token for token in line if not token.blank]
    named = bool(shown) and (is_counter(shown[0].words) or _flat(shown[0].text) in _STEMS)
    numbers = [token for token in shown[named:] if _flat(token.text) not in _STEMS]
    if len(numbers) < _FEWEST or not all(map(_is_count, numbers)):
        return False
    texts = [_flat(token.text) for token in numbers]
    counted = [int("".join(filter(str.isdigit, text))) for text in texts]
    bracketed = all(not text.isdigit() for text in texts)
    runs = counted == list(range(counted[0], counted[0] + len(counted))) and counted[0] < 3
    return runs and (named or bracketed or len(counted) >= _PLAINLY)


_COUNTERS = {"序号", "行次", "行号", "栏次", "项次", "编号", "序次", "列次"}
_STEMS = {"甲", "乙", "丙"}
_TURNED = 2
"""Lines of a grid that must begin with figures and end with a label for its labels to stand at the right."""
_SEVERAL = re.compile(r"\d\s+[-+]?\d|\A\d{1,2}\s+(?!万元|亿元)[\u4e00-\u9fff]{2}")
"""Figures with a gap between them, or one before a label, in a line that is no table's."""
_COUNT = re.compile(r"\(?\d{1,2}(?:\)|[.、])?")
_FEWEST, _PLAINLY = 3, 5
"""Columns that a line must number to count; those that it may number without saying what it is."""


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# ── records ──────────────────────────────────────────────────────────────────


def records(stream: Iterator[RecordToken], known: Sequence[LabelWording]) -> list[TextRecord]:
    """The records of a part. ``known`` are the wordings of all its labels: what is one is no figure."""
    found: list[TextRecord] = []
    current = TextRecord()
    for token in _labels_first(stream, known):
        figure = token.whole and is_figure(token.text)
        if token.blank:
            if current.labels or current.slots:
                current.slots.append(token)
            continue
        if not figure and current.filled and token.line == current.filled[0].line:
            # Words among the figures of a row, where no label of the form would be.
            figure = not _is_label(token, known)
        if not figure and current.slots:
            found.append(current)
            current = TextRecord()
        (current.slots if figure else current.labels).append(token)
    if current.labels or current.slots:
        found.append(current)
    return found


def _is_label(token: RecordToken, known: Sequence[LabelWording]) -> bool:
    return any(alike(token.words, label) >= 0.75 for label in known)


def _labels_first(stream: Iterator[RecordToken], known: Sequence[LabelWording]) -> Iterator[RecordToken]:
    """The tokens; in a grid whose labels stand at the right of their figures, the labels are put before these."""
    lines = [list(group) for _, group in groupby(stream, key=lambda token: token.line)]
    behind = [_label_behind(line, known) for line in lines]
    turned = Counter(line[0].grid for line, at in zip(lines, behind, strict=True) if at == 0)
    for line, at in zip(lines, behind, strict=True):
        if at is not None and turned[line[0].grid] >= _TURNED:
            last = next(token for token in reversed(line) if not token.blank)
            line.remove(last)
            line.insert(at, last)
        yield from line


def _label_behind(line: Sequence[RecordToken], known: Sequence[LabelWording]) -> int | None:
    """Where the figures of a grid's line begin whose last cell is a label of the form; None for every other line."""
    shown = [at for at, token in enumerate(line) if not token.blank]
    if not line[0].grid or len(shown) < 2 or is_figure(line[shown[-1]].text):
        return None
    first = next((at for at in shown if is_figure(line[at].text)), None)
    return first if first is not None and _is_label(line[shown[-1]], known) else None
