"""Word documents of one pattern: each kind of paragraph and row made by python-docx once, then printed with other words.

What a kind of paragraph looks like is made once, with a mark in the place of each of its words; from then on its XML takes the words
themselves, and the document comes out the same to the byte. Words that XML or python-docx would take for more than words (a tab,
a line end, a control character) are put through python-docx each time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Hashable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from xltools.ooxml.repack import Packed, deflated, zipped

Make = Callable[[Any, Sequence[str]], object]
"""Puts words into a document, or into a table as a row of it, by python-docx."""

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Round the number of a mark: characters of private use, which XML takes as they are."""
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_ODD = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff{_OPEN}{_CLOSE}]")
_DECLARED = re.compile(r' xmlns:\w+="[^"]*"')
_MAIN = "word/document.xml"


class Shell:
    """A document without words, every part of it packed; and the patterns of what is printed into it."""

    def __init__(self, empty: Callable[[], Any], pack: Callable[[Any], bytes]) -> None:
        """``empty`` gives python-docx's document with nothing in it, the same one each time; ``pack`` its bytes."""
        self.empty = empty
        with zipfile.ZipFile(io.BytesIO(pack(empty()))) as made:
            self.parts = [deflated(name, made.read(name)) for name in made.namelist()]
            main = made.read(_MAIN).decode()
        at = main.rindex("<w:sectPr")
        self.head, self.tail = main[:at], main[at:]
        self.patterns: dict[Hashable, list[str]] = {}

    def piece(self, key: Hashable, words: Sequence[str], make: Callable[[Sequence[str]], Any]) -> str:
        """The XML of an element that ``make`` builds of words; printed from its pattern where the words are plain."""
        if any(map(_ODD.search, words)):
            return _xml(make(words))
        # A text with blanks at an end is written with a mark of that, an empty one otherwise than words.
        looks = tuple((not text, text[:1].isspace() or text[-1:].isspace()) for text in words)
        pattern = self.patterns.get((key, looks))
        if pattern is None:
            marks = ["" if empty else f"{' ' * padded}{_OPEN}{n}{_CLOSE}" for n, (empty, padded) in enumerate(looks)]
            pattern = self.patterns[key, looks] = re.split(f" ?{_MARK.pattern}", _xml(make(marks)))
        said = list(pattern)
        said[1::2] = [escape(words[int(place)]) for place in pattern[1::2]]
        return "".join(said)


class PrintedPaper:
    """A document printed from patterns: paragraphs, tables and their rows, one after the other."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._pieces = shell, list[str]()
        self._begin: tuple[Hashable, Callable[[Any], Any]] | None = None
        """The table that rows go into."""

    def paragraph(self, key: Hashable, words: Sequence[str], make: Make) -> None:
        """Puts in a paragraph that ``make`` adds to a document; ``key`` is whatever its look depends on."""
        self._end()

        def made(said: Sequence[str]) -> Any:
            document = self._shell.empty()
            make(document, said)
            return document.element.body[0]

        self._pieces.append(self._shell.piece(("paragraph", key), words, made))

    def table(self, key: Hashable, make: Callable[[Any], Any]) -> None:
        """Begins a table that ``make`` adds to a document and returns."""
        self._end()
        opening = self._shell.piece(("table", key), (), lambda _: make(self._shell.empty())._tbl)
        self._pieces.append(opening.removesuffix("</w:tbl>"))
        self._begin = key, make

    def row(self, key: Hashable, words: Sequence[str], make: Make) -> None:
        """Puts in a row that ``make`` adds to the table."""
        assert self._begin is not None
        table, begin = self._begin

        def made(said: Sequence[str]) -> Any:
            scratch = begin(self._shell.empty())
            make(scratch, said)
            return scratch._tbl.tr_lst[-1]

        self._pieces.append(self._shell.piece(("row", table, key), words, made))

    def _end(self) -> None:
        if self._begin is not None:
            self._pieces.append("</w:tbl>")
            self._begin = None

    def bytes(self, note: bytes = b"") -> bytes:
        """The whole document; ``note`` stands in the zip's directory."""
        self._end()
        main = f"{self._shell.head}{''.join(self._pieces)}{self._shell.tail}".encode()
        parts: list[Packed] = [deflated(p.name, main) if p.name == _MAIN else p for p in self._shell.parts]
        return zipped(parts, note)


def _xml(element: Any) -> str:
    """An element as it stands within its document: without the namespaces that the document declares."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    at = text.index(">")
    return _DECLARED.sub("", text[:at]) + text[at:]
