"""Many workbooks of one outline: made by XlsxWriter once, then printed with other words and figures, to the same bytes.

The writer sees an ``Outline`` only, and says how each value is worked out that another filing may have otherwise. So it runs once for
an outline, against a ``CallTrace``, which notes every call that a ``Book`` would get. A filing's values are then worked out and put
in: where an earlier filing had text, number or nothing in the same places, into its finished package, the ``Plate``; else XlsxWriter
makes a new plate, with a mark in the place of each value. What is unusual (a text too long for its place, an error value) goes the
long way: XlsxWriter itself writes that filing, and judges it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

from xlsxwriter.xmlwriter import XMLwriter

from xltools.classes import dataclass
from xltools.form.model import Filing
from xltools.ooxml.book import Book
from xltools.ooxml.repack import Packed, deflated, unpacked, zipped
from xltools.ooxml.streamed import TEXT_LIMIT, SharedTexts
from xltools.workbook.cached import Shown
from xltools.workbook.outline import Draft, Outline, Work
from xltools.workbook.write import compose, front

_KEPT = 12
"""Plates kept at a time: one for each level, say, and some for last year's figures; about half a megabyte each."""

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Round the number of a mark: characters of private use, which XML takes as they are."""
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_LONGEST = {"input_title": 32, "error_title": 32, "input_message": 255, "error_message": 255}
_PROPERTY_LIMIT = 255

T = TypeVar("T")

TEXT, NUMBER, ODD = object(), object(), object()
"""Kinds of value: what XlsxWriter writes in the same way whatever it is; and what it may judge or write otherwise."""


class Plates:
    """A writer of filings that keeps a plate for each pattern it meets. ``write`` gives what ``write_filing`` gives."""

    def __init__(self, sending: str = "") -> None:
        self._sending = sending
        self._traces: dict[Outline, CallTrace] = {}
        self._kept: dict[Any, Plate] = {}

    def write(self, filing: Filing) -> bytes:
        """The whole workbook of a filing."""
        outline = Outline.of(filing)
        trace = _newest(self._traces, outline, lambda: CallTrace(outline, self._sending))
        properties, title, year = front(filing)
        values, kinds = trace.worked_out(Shown(filing), (title, *properties.values()))
        if trace.odd or ODD in kinds:
            return trace.book(values, properties, year).bytes()
        key = (outline, *properties, *kinds)
        return _newest(self._kept, key, lambda: _plate(trace, values, properties, year)).printed(values)


def _newest(kept: dict[Any, T], key: Any, make: Callable[[], T]) -> T:
    """What is kept by a key, made where it is not; of many only those that were asked for last."""
    found = kept.pop(key, None) or make()
    kept[key] = found
    if len(kept) > _KEPT:
        del kept[next(iter(kept))]
    return found


def _plate(trace: CallTrace, values: Sequence[Any], properties: Iterable[str], year: int) -> Plate:
    marks = [_mark(value, place) if _kind(value) is not value else value for place, value in enumerate(values)]
    return Plate(
        trace.book(marks, properties, year).bytes(), sum(a is not b for a, b in zip(marks, values, strict=True))
    )


def _kind(value: Any, longest: int = TEXT_LIMIT) -> Any:
    """What kind of value it is; nothing, and a text of no length, are kinds of their own."""
    if type(value) is str:
        if not value:
            return value
        return TEXT if _OPEN not in value and value not in _ERRORS and _length(value) <= longest else ODD
    if type(value) is int or (type(value) is float and value - value == 0):
        return NUMBER
    return value if value is None else ODD


def _length(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


# ── what is asked of a book ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Slot:
    """What stands among the calls in the place of a value: its number among the values."""

    number: int


@dataclass(frozen=True, slots=True)
class _Later:
    """A value that is worked out of each filing."""

    work: Work


class CallTrace:
    """Stands in for a ``Book`` while the writer runs on an outline: notes what is asked of it.

    Whatever the writer leaves to be worked out is set apart, and so is every text of a cell: equal texts are stored once.
    """

    def __init__(self, outline: Outline, sending: str = "") -> None:
        self._texts: list[Any] = []
        self._later: list[tuple[int, Work, int]] = []
        self._calls: list[tuple[int, str, tuple[Any, ...], dict[str, Any]]] = []
        """Sheet (−1 for the book itself), method, arguments."""
        self._sheets = 0
        self.odd = False
        """Whether something that stands on the sheets could be taken for a mark."""
        compose(cast(Book, self), Draft(outline, _Later), sending=sending)

    def worked_out(self, shown: Shown, front: Sequence[str]) -> tuple[list[Any], list[Any]]:
        """The values of a filing, what its document properties say behind all others; and the kinds of those that may be others."""
        values = self._texts.copy()
        kinds = [_kind(said, _PROPERTY_LIMIT) for said in front]
        for number, work, longest in self._later:
            value = values[number] = work(shown)
            kinds.append(_kind(value, longest))
        return [*values, *front], kinds

    def apart(self, value: Any, longest: int = TEXT_LIMIT) -> Any:
        """Sets apart a text, or a value that is worked out later, and gives what stands in its place."""
        if type(value) is _Later:
            self._later.append((len(self._texts), value.work, longest))
        elif type(value) is not str or _kind(value) is not TEXT:
            return value
        self._texts.append(value)
        return _Slot(len(self._texts) - 1)

    def note(self, sheet: int, name: str, *words: Any, **more: Any) -> None:
        """A call on a sheet, or (−1) on the book; TypeError where it waits for a value that no place is known for."""
        if any(type(word) is _Later for word in (*words, *more.values())):
            raise TypeError(f"{name}: only cells and what is said of them can be other in another filing")
        self.odd |= any(map(_marked, (*words, *more.values())))
        self._calls.append((sheet, name, words, more))

    def sheet(self, name: str) -> _TracedSheet:
        self.note(-1, "sheet", name)
        self._sheets += 1
        return _TracedSheet(self, self._sheets - 1)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return partial(self.note, -1, name)

    def book(self, values: Sequence[Any], properties: Iterable[str], year: int) -> Book:
        """The book itself, with these values in the places of those set apart, those of document properties among them."""
        title, *said = values[len(self._texts) :]
        book = Book(dict(zip(properties, said, strict=True)), title, year)
        sheets: list[Any] = []
        for sheet, name, words, more in self._calls:
            target = book if sheet < 0 else sheets[sheet]
            made = getattr(target, name)(*(_filled(word, values) for word in words), **more)
            if name == "sheet" and sheet < 0:
                sheets.append(made)
        return book


class _TracedSheet:
    """Stands in for a ``Sheet``: the values of its cells are set apart, all else is noted as it is."""

    def __init__(self, trace: CallTrace, number: int) -> None:
        self._trace, self._number = trace, number

    def put(self, box: Any, value: Any, style: str) -> None:
        self._trace.note(self._number, "put", box, self._trace.apart(value), style)

    def formula(self, box: Any, formula: str, value: Any, style: str) -> None:
        self._trace.note(self._number, "formula", box, formula, self._trace.apart(value), style)

    def link(self, box: Any, target: str, text: str, style: str) -> None:
        self._trace.note(self._number, "link", box, target, self._trace.apart(text), style)

    def validate(self, box: Any, options: dict[str, Any]) -> None:
        apart = {k: self._trace.apart(v, _LONGEST.get(k, 0)) if type(v) is _Later else v for k, v in options.items()}
        self._trace.note(self._number, "validate", box, apart)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return partial(self._trace.note, self._number, name)


def _marked(word: Any) -> bool:
    """Whether there is something in a call's words that could be taken for a mark."""
    if isinstance(word, str):
        return _OPEN in word
    return isinstance(word, dict | list | tuple) and any(
        map(_marked, word.values() if isinstance(word, dict) else word)
    )


def _filled(word: Any, values: Sequence[Any]) -> Any:
    if type(word) is _Slot:
        return values[word.number]
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
                self._strings = [int(found[1]) if (found := _MARK.search(si)) else si for si in _STRING.findall(text)]
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
        said: dict[Any, str] = {}
        numbers, stored = [], []
        for place in self._strings:
            text = (place,) if isinstance(place, str) else values[place]
            if text not in said:
                said[text] = str(len(said))
                stored.append(place if isinstance(place, str) else _stored(text))
            numbers.append(said[text])
        old = self._parts[self._string_part].text
        head = old[: old.index("<si>")]
        head = re.sub('uniqueCount="[0-9]+"', f'uniqueCount="{len(said)}"', head)
        return f"{head}{''.join(stored)}</sst>", numbers


@lru_cache(maxsize=2048)
def _stored(text: str) -> str:
    """A text as the part of shared texts has it."""
    out = SharedTexts()
    out.fh = io.StringIO()
    out._write_si(text)
    return str(out.fh.getvalue())


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
