"""The cells of a worksheet read from its bytes, where rows and cells are written as plainly as programs write them.

Cheaper than by way of a tree. Every byte between ``<sheetData>`` and its end is accounted for, or nothing is read: whatever is the
least unusual (other attributes, another order, anything between the cells, a shared formula, an entity of one's own) is left to
``sheets.read_sheet``, which reads all there is, says what is wrong, and is the measure of this one (``tests/test_scan.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from xltools.address import COLUMNS, ROWS, parse_a1
from xltools.expressions import expression
from xltools.ooxml.shared import kept

_START, _END, _NONE = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_ROW_END = b"</row>"
_VALUE, _NO_VALUE, _BETWEEN = expression(rb"<v>([^<]*)</v>"), b"<v></v>", b"\0"
"""Where rows are cut, by an expression that takes half the time of ``bytes.split``, however they are written."""
FORMULA_LIMIT = 2**14
"""Characters of one formula, twice as many as Excel takes."""
_ROWS_KEPT = 2**21
"""Bytes of rows that are kept: those of some thousands."""
_UTF_8 = expression(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])(?:UTF|utf)-8\2)?"""
    rb"""(?: standalone=(["'])(?:yes|no)\3)?\s*\?>)?\s*<"""
)
_UNFIT = bytes({*range(32)} - {9, 10})
"""What XML does not allow, or changes (a carriage return)."""
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"]]>")
_ENTITY = expression("&(?:#([0-9]{1,7}))?([a-z]*;)?")
_ENTITIES = {"lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'", "amp;": "&"}


class _Tag(NamedTuple):
    """A start tag: of a row (column -1), or of a cell with its type and style; ``empty`` where nothing is inside."""

    row: int
    column: int
    kind: str
    style: int
    empty: bool


_ROW = expression(
    r'row r="([1-9][0-9]{0,6})"(?: spans="[0-9: ]*")?(?: s="[0-9]+")?(?: customFormat="\w+")?'
    r'(?: ht="(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")?(?: hidden="(?:0|1|true|false)")?(?: customHeight="\w+")?'
    r'(?: outlineLevel="[0-9]+")?(?: collapsed="\w+")?(?: thickTop="\w+")?'
    r'(?: thickBot="\w+")?(?: x14ac:dyDescent="[0-9.]+")?(/?)>',
    re.ASCII,
)
_LOW_ROW = expression(r'<row r="([0-9]+)"(?=[^>]* (?:hidden="(?:1|true)"|ht="[0-3](?:\.[0-9]*)?"))')
_CELL = expression(r'c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(s|str|n|b|e|inlineStr)")?(/?)>')
_FORMULA = expression(r'f(?: aca="false")?>(.+)', re.DOTALL)


_INLINE = expression(r't(?: xml:space="preserve")?>(.*)', re.DOTALL)


class _Tags(dict[str, _Tag]):
    """Start tags read once: those of a form are the same in every filing."""

    def __missing__(self, token: str) -> _Tag:
        if cell := _CELL.fullmatch(token):
            row, column = parse_a1(cell[1])
            tag = _Tag(row, column, cell[3] or "n", int(cell[2] or 0), bool(cell[4]))
        elif found := _ROW.fullmatch(token):
            tag = _Tag(int(found[1]) - 1, -1, "", 0, bool(found[2]))
        else:
            raise ValueError(token[:80])
        if tag.row >= ROWS or tag.column >= COLUMNS:
            raise ValueError(token)
        if len(self) > 2**16:
            self.clear()
        self[token] = tag
        return tag


class _Unescaped(dict[str, str]):
    """Formulas read once, for the same reason."""

    def __missing__(self, token: str) -> str:
        found = _FORMULA.fullmatch(token)
        if found is None or len(found[1]) > FORMULA_LIMIT:
            raise ValueError(token[:80])
        if len(self) > 2**11:
            self.clear()
        self[token] = formula = _plain(found[1])
        return formula


_tags, _formulas = _Tags(), _Unescaped()


_Held = tuple[tuple[int, int], str, str | None, int, str | None]
"""A cell that may hold anything: place, type, formula, style, and the text that stands in it; None where it takes the next value."""


class _Pattern(NamedTuple):
    """A row without the values it stores, read once: the rows of a form are alike in nearly all filings.

    From ``first`` on, for empty ones may stand before it, to ``last``.
    """

    first: int
    last: int
    work: int
    cells: tuple[_Held, ...]
    unseen: tuple[int, ...]
    """The rows that are hidden, or so low that nothing is seen of them."""
    extended: bool


class _Patterns(dict[bytes, _Pattern]):
    """Rows without their values, by their bytes; as many are kept as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.room = _ROWS_KEPT

    def __missing__(self, without: bytes) -> _Pattern:
        if not fit(without):
            raise ValueError(without[:80])
        self.room -= len(without)
        if self.room < 0:
            self.clear()
            self.room = _ROWS_KEPT - len(without)
        self[without] = row = _row(without.decode())
        return row


_patterns = _Patterns()


def cut(content: bytes) -> tuple[bytes, bytes] | None:
    """A worksheet part without its rows, and the rows; None where they are not to be told apart at a glance.

    That nothing but rows stands among the rows is for ``cells`` to find.
    """
    start, end = content.find(_START), content.rfind(_END)
    if start < 0 or end < start or not _UTF_8.match(content):
        return None
    beside = content[:start] + _NONE + content[end + len(_END) :]
    return (beside, content[start + len(_START) : end]) if _is_frame(beside) else None


@kept(128)
def _is_frame(beside: bytes) -> bool:
    """Whether a worksheet part without its rows has one place for them, and says nothing of it elsewhere."""
    return beside.count(b"sheetData") == 1 and b"<!" not in beside


def row_tags(rows: bytes) -> list[bytes]:
    """The tags of rows that ``read`` has read."""
    return [tag.partition(b">")[0] for tag in rows.split(b"<row ")]


def parted(rows: bytes) -> tuple[bytes, list[str]]:
    """Rows without the values they store, ``<v></v>`` in the place of each, and the values. ValueError where one is unusual.

    What is left says on being read (``read``) that nothing but values was taken out of it.
    """
    pieces = _VALUE.split(rows)
    without, stored = _NO_VALUE.join(pieces[::2]), pieces[1::2]
    if not stored:
        return without, []
    joined = _BETWEEN.join(stored)
    if not fit(joined, len(stored) - 1):
        raise ValueError(joined[:80])
    texts = joined.decode().split(_BETWEEN.decode())
    return without, [_plain(text) if "&" in text else text for text in texts] if b"&" in joined else texts


class BareRows(NamedTuple):
    """The rows of a sheet without the values they store: cells that may hold anything, in order, how much work it is to read them
    all, the rows of which nothing is seen, whether they use the prefix x14ac."""

    cells: tuple[_Held, ...]
    work: int
    unseen: tuple[int, ...]
    extended: bool


def read(without: bytes) -> BareRows:
    """Reads rows without their values; ValueError, LookupError or RuntimeError where anything is unusual."""
    found: list[_Held] = []
    unseen: list[int] = []
    above, work, extended = -1, 0, False
    *closed, rest = without.split(_ROW_END)
    for row in (*map(_patterns.__getitem__, closed), *([_row(rest.decode(), "")] if rest else ())):
        if row.first <= above:
            raise ValueError(row.first)
        above = row.last
        work += row.work
        found += row.cells
        unseen += row.unseen
        extended = extended or row.extended
    return BareRows(tuple(found), work, tuple(unseen), extended)


def fit(content: bytes, between: int = 0) -> bool:
    """Whether there are only characters that XML allows, and reads as they stand, but for what was put between texts."""
    return len(content.translate(None, _UNFIT)) == len(content) - between and not any(
        c in content for c in _NO_CHARACTERS
    )


def _row(without: str, end: str = "</row>") -> _Pattern:
    """Reads a row without its values, and the empty ones before it."""
    tokens = iter(f"{without}{end}".split("<"))
    if next(tokens):
        raise ValueError(without[:80])
    first, last, work = -1, -1, 0
    found: list[_Held] = []
    for token in tokens:
        row, column, _, _, empty = _tags[token]
        if column >= 0 or row <= last:
            raise ValueError(token[:80])
        first, last, work = (row if first < 0 else first), row, work + 5
        for held in () if empty else _cells_of(row, tokens):
            work += 1
            if held:
                found.append(held)
    unseen = tuple(int(number) - 1 for number in _LOW_ROW.findall(without))
    return _Pattern(first, last, work, tuple(found), unseen, "x14ac:" in without)


def _cells_of(row: int, tokens: Iterator[str]) -> Iterator[_Held | None]:
    """The cells of a row up to its end, empty ones as None."""
    before = -1
    while (token := next(tokens)) != "/row>":
        tag = _tags[token]
        if tag.row != row or tag.column <= before:
            raise ValueError(token[:80])
        before = tag.column
        if tag.empty:
            yield None
            continue
        token, formula = next(tokens), None
        if tag.kind == "inlineStr":
            yield (row, before), tag.kind, None, tag.style, _inline(token, tokens)
            continue
        if token[:1] == "f":
            formula = _formulas[token]
            if next(tokens) != "/f>":
                raise ValueError(token[:80])
            token = next(tokens)
        takes = token == "v>"
        if takes and next(tokens) != "/v>":
            raise ValueError(token[:80])
        if takes or token == "v/>":
            token = next(tokens)
        if token != "/c>":
            raise ValueError(token[:80])
        yield ((row, before), tag.kind, formula, tag.style, None if takes else "") if takes or formula else None


def _inline(token: str, tokens: Iterator[str]) -> str:
    """The text that a cell holds itself, without looks, up to the cell's end."""
    text = _INLINE.fullmatch(next(tokens))
    if token != "is>" or text is None or [next(tokens) for _ in range(3)] != ["/t>", "/is>", "/c>"]:
        raise ValueError(token[:80])
    return _plain(text[1]) if "&" in text[1] else text[1]


@lru_cache(maxsize=2**11)
def _plain(text: str) -> str:
    """A text without the entities of XML, and with the characters that were given by number; ValueError for anything else."""
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    number, name = match[1], match[2]
    if number is None:
        return _ENTITIES[name]
    code = int(number)
    if name != ";" or not (
        code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    ):
        raise ValueError(match[0])
    return chr(code)


_SST = expression(
    _UTF_8.pattern + rb'sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
    rb'(?: count="[0-9]+")?(?: uniqueCount="[0-9]+")?>'
)
_SST_END, _SPACED = b"</si></sst>", '<t xml:space="preserve">'


def texts(content: bytes) -> list[bytes]:
    """The shared texts of a workbook, each as its XML, for ``runs`` to read. ValueError where anything is unusual."""
    head, _, items = content.partition(b"<si>")
    if not (_SST.fullmatch(head) and items.endswith(_SST_END)):
        raise ValueError(head[:80])
    return items[: -len(_SST_END)].split(b"</si><si>")


def runs(item: bytes) -> list[tuple[str, str]]:
    """A shared text as its runs: how a run looks, as XML, and its words. ValueError or LookupError where anything is unusual."""
    if not fit(item):
        raise ValueError(item[:80])
    text = item.decode()
    first, *rest = text.split("<r>")
    if first and rest:
        raise ValueError(text[:80])
    return [_run(run) for run in rest] or [("", _words(text))]


def _run(run: str) -> tuple[str, str]:
    words = run.removesuffix("</r>")
    if words is run:
        raise ValueError(run[:80])
    look, parted, after = words.partition("</rPr>")
    if parted and not look.startswith("<rPr>"):
        raise ValueError(run[:80])
    return (look[len("<rPr>") :], _words(after)) if parted else ("", _words(words))


def _words(element: str) -> str:
    """The words of an element that holds nothing else."""
    start = 3 if element.startswith("<t>") else len(_SPACED)
    words = element[start:-4]
    if not (element.endswith("</t>") and element.startswith(("<t>", _SPACED))) or "<" in words:
        raise ValueError(element[:80])
    return _plain(words) if "&" in words else words
