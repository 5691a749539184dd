"""Many workbooks of one pattern: made by XlsxWriter once, then printed with other words and figures, to the same bytes.

Which words and figures differ between two filings, nobody lists. The writer runs against a ``Trace``, which notes every call that
a ``Book`` would get, texts and numbers set apart. Where an earlier filing led to the same calls, its finished package, the
``Plate``, takes this filing's texts and numbers; else XlsxWriter makes a new plate, with a mark in the place of each value. What
is unusual (a text too long for its place, an error value) is not set apart: XlsxWriter itself then sees it and judges it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, cast

from xlsxwriter.xmlwriter import XMLwriter

from xltools.classes import dataclass
from xltools.form.model import Filing
from xltools.ooxml.book import Book
from xltools.ooxml.repack import Packed, deflated, unpacked, zipped
from xltools.ooxml.streamed import TEXT_LIMIT, SharedTexts
from xltools.workbook.write import compose, front

_KEPT = 12
"""Plates kept at a time: one for each level, say, and some for last year's figures; about half a megabyte each."""

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Round the number of a mark: characters of private use, which XML takes as they are."""
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_LONGEST = {"input_title": 32, "error_title": 32, "input_message": 255, "error_message": 255}
_PROPERTY_LIMIT = 255

TEXT, NUMBER = object(), object()
"""What stands among the calls in the place of a value."""
_Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]
"""Sheet (−1 for the book itself), method, arguments."""


class Plates:
    """A writer of filings that keeps a plate for each pattern it meets. ``write`` gives what ``write_filing`` gives."""

    def __init__(self, sending: str = "") -> None:
        self._sending = sending
        self._kept: dict[Any, Plate] = {}

    def write(self, filing: Filing) -> bytes:
        """The whole workbook of a filing."""
        trace = CallTrace(*front(filing))
        compose(cast(Book, trace), filing, sending=self._sending)
        if trace.odd:
            return trace.replay(iter(trace.values)).bytes()
        key = tuple(trace.pattern)
        plate = self._kept.pop(key, None) or Plate(
            trace.replay(map(_mark, trace.values, count())).bytes(), len(trace.values)
        )
        self._kept[key] = plate
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return plate.printed(trace.values)


# ── what is asked of a book ──────────────────────────────────────────────────


class CallTrace:
    """Stands in for a ``Book``: notes what is asked of it."""

    def __init__(self, properties: dict[str, str], title: str, year: int) -> None:
        self.values: list[Any] = []
        self.pattern: list[Any] = []
        self.odd = False
        """Whether a value could be taken for a mark."""
        self._calls: list[_Call] = []
        self._sheets = 0
        apart = {name: self.apart(value, _PROPERTY_LIMIT // 2) for name, value in properties.items()}
        self._front = apart, self.apart(title), year
        self.pattern.append(_frozen(self._front))

    def apart(self, value: Any, longest: int = TEXT_LIMIT // 2) -> Any:
        """Sets a value apart, and gives what stands in its place; what is unusual stays itself."""
        if type(value) is str:
            self.odd |= _OPEN in value
            if value and len(value) <= longest and value not in _ERRORS:
                self.values.append(value)
                return TEXT
        elif type(value) is int or (type(value) is float and value - value == 0):
            self.values.append(value)
            return NUMBER
        return value

    def note(self, sheet: int, name: str, *words: Any, **more: Any) -> None:
        """A call on a sheet, or (−1) on the book."""
        self._calls.append((sheet, name, words, more))
        self.pattern.append((sheet, name, _frozen(words), _frozen(more)))

    def note_cell(self, *call: Any) -> None:
        """A call with words that are fit to be a key as they are: there are a thousand of these."""
        self._calls.append((call[0], call[1], call[2:], {}))
        self.pattern.append(call)

    def sheet(self, name: str) -> _TracedSheet:
        self.note(-1, "sheet", name)
        self._sheets += 1
        return _TracedSheet(self, self._sheets - 1)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return partial(self.note, -1, name)

    def replay(self, values: Any) -> Book:
        """The book itself, with these values in the places of those set apart."""
        properties, title, year = self._front
        book = Book({name: _filled(said, values) for name, said in properties.items()}, _filled(title, values), year)
        sheets: list[Any] = []
        for sheet, name, words, more in self._calls:
            target = book if sheet < 0 else sheets[sheet]
            given = [_filled(word, values) for word in words]
            made = getattr(target, name)(*given, **more)
            if name == "sheet" and sheet < 0:
                sheets.append(made)
        return book


class _TracedSheet:
    """Stands in for a ``Sheet``: the values of its cells are set apart, all else is noted as it is."""

    def __init__(self, trace: CallTrace, number: int) -> None:
        self._trace, self._number = trace, number

    def put(self, box: Any, value: Any, style: str) -> None:
        self._trace.note_cell(self._number, "put", box, self._trace.apart(value), style)

    def formula(self, box: Any, formula: str, value: Any, style: str) -> None:
        self._trace.note_cell(self._number, "formula", box, formula, self._trace.apart(value), style)

    def link(self, box: Any, target: str, text: str, style: str) -> None:
        self._trace.note_cell(self._number, "link", box, target, self._trace.apart(text), style)

    def validate(self, box: Any, options: dict[str, Any]) -> None:
        apart = {k: self._trace.apart(v, _LONGEST[k]) if k in _LONGEST else v for k, v in options.items()}
        self._trace.note(self._number, "validate", box, apart)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return partial(self._trace.note, self._number, name)


def _frozen(value: Any) -> Any:
    """A call's words, fit to be a key."""
    kind = type(value)
    if kind is dict:
        return tuple([(k, _frozen(v)) for k, v in value.items()])
    if kind is list or kind is tuple:
        return tuple([_frozen(v) for v in value])
    return value


def _filled(word: Any, values: Any) -> Any:
    if word is TEXT or word is NUMBER:
        return next(values)
    if isinstance(word, dict):
        return {k: _filled(v, values) for k, v in word.items()}
    return word


# ── marks ────────────────────────────────────────────────────────────────────


class _NumberMark(float):
    """A number that is printed as a mark, which also tells how a number is printed there."""

    def __new__(cls, place: int) -> _NumberMark:
        mark = super().__new__(cls, 0)
        mark.place = place
        return mark

    place: int

    def __format__(self, how: str) -> str:
        return f"{_OPEN}{self.place}:{how}{_CLOSE}"


def _mark(value: Any, place: int) -> Any:
    return f"{_OPEN}{place}{_CLOSE}" if isinstance(value, str) else _NumberMark(place)


_MARK = re.compile(f"{_OPEN}([0-9]+)(?::([^{_CLOSE}]*))?{_CLOSE}")
_PLACES = re.compile(f'(?<= t="s"><v>)([0-9]+)(?=</v>)|{_MARK.pattern}')
_STRING = re.compile(r"<si>.*?</si>", re.DOTALL)
_XML = XMLwriter()


def _as_data(text: str) -> str:
    return cast(str, _XML._escape_control_characters(_XML._escape_data(text)))


def _as_attribute(text: str) -> str:
    return cast(str, _XML._escape_attributes(_XML._escape_control_characters(text)))


Write = Callable[[Sequence[Any], Sequence[str]], str]
"""What is printed in one place, given the values and the numbers of the shared texts."""


def _shared(number: int) -> Write:
    return lambda values, numbers: numbers[number]


def _figure(place: int, how: str) -> Write:
    return lambda values, numbers: format(values[place], how)


def _words(place: int, escape: Callable[[str], str]) -> Write:
    return lambda values, numbers: escape(values[place])


# ── the plate ────────────────────────────────────────────────────────────────


@dataclass
class _PlatePart:
    """A part of the package, packed, and the text that it is of."""

    packed: Packed
    text: str
    literals: list[str]
    places: list[Write]

    def printed(self, values: Sequence[Any], numbers: Sequence[str]) -> str:
        """The part's text with these values."""
        pieces = [""] * (2 * len(self.places) + 1)
        pieces[::2] = self.literals
        pieces[1::2] = [write(values, numbers) for write in self.places]
        return "".join(pieces)

    def becomes(self, text: str) -> None:
        """Packs another text; what has not changed is not packed again."""
        if text == self.text:
            return
        self.text, self.packed = text, deflated(self.packed.name, text.encode())


class Plate:
    """A finished package in which the places of all values are known."""

    def __init__(self, content: bytes, values: int) -> None:
        """ValueError where XlsxWriter did not print every value's mark: a version that prints numbers another way."""
        marked: set[str] = set()
        self._parts: list[_PlatePart] = []
        for packed, inside in unpacked(content):
            text = inside.decode()
            marked.update(found[1] for found in _MARK.finditer(text))
            if packed.name == "xl/sharedStrings.xml":
                self._strings = [_MARK.search(si) or si for si in _STRING.findall(text)]
                self._string_part = len(self._parts)
            self._parts.append(_PlatePart(packed, text, *_cut(text)))
        if len(marked) != values:
            raise ValueError(f"of {values} values XlsxWriter printed {len(marked)}")

    def printed(self, values: Sequence[Any]) -> bytes:
        """The whole file with these values."""
        strings, numbers = self._shared(values)
        for number, part in enumerate(self._parts):
            part.becomes(strings if number == self._string_part else part.printed(values, numbers))
        return zipped(part.packed for part in self._parts)

    def _shared(self, values: Sequence[Any]) -> tuple[str, list[str]]:
        """The part of shared texts, each once, and for each place of the plate the number of its text."""
        said: dict[str, int] = {}
        out = SharedTexts()
        out.fh = io.StringIO()
        numbers = []
        for mark in self._strings:
            text = mark if isinstance(mark, str) else values[int(mark[1])]
            if text not in said:
                said[text] = len(said)
                out._write_si(text) if mark is not text else out.fh.write(text)
            numbers.append(str(said[text]))
        old = self._parts[self._string_part].text
        head = old[: old.index("<si>")]
        head = re.sub('uniqueCount="[0-9]+"', f'uniqueCount="{len(said)}"', head)
        return head + out.fh.getvalue() + "</sst>", numbers


def _cut(text: str) -> tuple[list[str], list[Write]]:
    """A part's text between the places of values, and what is printed in each."""
    literals, places, at = [], [], 0
    for found in _PLACES.finditer(text):
        shared, place, how = found.groups()
        literals.append(text[at : found.start()])
        at = found.end()
        if shared is not None:
            places.append(_shared(int(shared)))
        elif how is not None:
            places.append(_figure(int(place), how))
        elif text[found.start() - 1] == '"':
            places.append(_words(int(place), _as_attribute))
        else:
            places.append(_words(int(place), _as_data))
    return [*literals, text[at:]], places
