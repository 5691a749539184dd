"""The cells of a worksheet read from its bytes, where rows and cells are written as plainly as programs write them.

Cheaper than by way of a tree. Every byte between ``<sheetData>`` and its end is accounted for, or nothing is read: whatever is the
least unusual (other attributes, another order, anything between the cells, a shared formula, an entity of one's own) is left to
``sheets.read_sheet``, which reads all there is, says what is wrong, and is the measure of this one (``tests/test_scan.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from xltools.address import COLUMNS, ROWS, parse_a1

_START, _END, _NONE = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_UTF_8 = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version=["\']1\.0["\'](?: encoding=["\'](?:UTF|utf)-8["\'])?[^<>]*\?>)?\s*<'
)
_UNFIT = bytes({*range(32)} - {9, 10})
"""What XML does not allow, or changes (a carriage return)."""
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"]]>")
_ENTITY = re.compile("&(?:#([0-9]{1,7}))?([a-z]*;)?")
_ENTITIES = {"lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'", "amp;": "&"}


class _Tag(NamedTuple):
    """A start tag: of a row (column -1), or of a cell with its type and style; ``empty`` where nothing is inside."""

    row: int
    column: int
    kind: str
    style: int
    empty: bool


_ROW = re.compile(
    r'row r="([1-9][0-9]{0,6})"(?: spans="[0-9: ]*")?(?: s="[0-9]+")?(?: customFormat="\w+")?(?: ht="[0-9.]+")?'
    r'(?: hidden="\w+")?(?: customHeight="\w+")?(?: outlineLevel="[0-9]+")?(?: collapsed="\w+")?(?: thickTop="\w+")?'
    r'(?: thickBot="\w+")?(?: x14ac:dyDescent="[0-9.]+")?(/?)>',
    re.ASCII,
)
_CELL = re.compile(r'c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(s|str|n|b|e|inlineStr)")?(/?)>')
_FORMULA = re.compile(r'f(?: aca="false")?>(.+)', re.DOTALL)


_INLINE = re.compile(r't(?: xml:space="preserve")?>(.*)', re.DOTALL)


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
        if found is None:
            raise ValueError(token[:80])
        if len(self) > 2**11:
            self.clear()
        self[token] = formula = _plain(found[1])
        return formula


_tags, _formulas = _Tags(), _Unescaped()


def cut(content: bytes) -> tuple[bytes, bytes] | None:
    """A worksheet part without its rows, and the rows; None where they are not to be told apart at a glance."""
    start, end = content.find(_START), content.find(_END)
    if start < 0 or end < start or content.count(b"sheetData") != 2 or b"<!" in content or not _UTF_8.match(content):
        return None
    return content[:start] + _NONE + content[end + len(_END) :], content[start + len(_START) : end]


def parted(content: bytes) -> tuple[bytes, str] | None:
    """A worksheet part without its rows, and the rows as text; None where they are not to be told apart at a glance."""
    halves = cut(content)
    if halves is None:
        return None
    beside, inside = halves
    if len(inside.translate(None, _UNFIT)) != len(inside) or any(c in inside for c in _NO_CHARACTERS):
        return None
    if b"x14ac:" in inside and b" xmlns:x14ac=" not in beside.partition(_NONE)[0]:
        return None
    try:
        return beside, inside.decode()
    except UnicodeDecodeError:
        return None


def cells(rows: str, take: Callable[[int, int], None]) -> Iterator[tuple[_Tag, str, str | None]]:
    """The cells that hold anything, in their order: tag, value, formula. ``take`` is told of each row's cells with anything, and
    of all.

    ValueError or StopIteration where anything is unusual: then nothing that was given may be used.
    """
    tokens = iter(rows.split("<"))
    if next(tokens):
        raise ValueError(rows[:80])
    above, known, formulas = -1, _tags, _formulas
    for token in tokens:
        row, column, _, _, empty = known[token]
        if column >= 0 or row <= above:
            raise ValueError(token[:80])
        above, before, count, work = row, -1, 0, 5
        while not empty:
            token = next(tokens)
            if token == "/row>":
                break
            tag = known[token]
            if tag.row != above or tag.column <= before:
                raise ValueError(token[:80])
            before = tag.column
            work += 1
            if tag.empty:
                continue
            token, value, formula = next(tokens), "", None
            if tag.kind == "inlineStr":
                value = _inline(token, tokens)
                count += bool(value)
                yield tag, value, None
                continue
            if token[:1] == "f":
                formula = formulas[token]
                if next(tokens) != "/f>":
                    raise ValueError(token[:80])
                token = next(tokens)
            if token[:2] == "v>":
                value = _plain(token[2:]) if "&" in token else token[2:]
                if next(tokens) != "/v>":
                    raise ValueError(token[:80])
                token = next(tokens)
            elif token == "v/>":
                token = next(tokens)
            if token != "/c>":
                raise ValueError(token[:80])
            if value or formula:
                count += 1
                yield tag, value, formula
        take(count, work)


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
