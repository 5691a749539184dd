"""What is drawn on a sheet: boxes with words, shapes, pictures. They lie over the cells, and nothing of them is a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from xltools.address import Box
from xltools.ooxml.package import Package
from xltools.ooxml.trees import Unreadable

_SHEETS = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_STRICT = "{http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing}"
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_MOST = 200
"""Drawings of a sheet that are looked at: more than anybody puts there. What is drawn beyond may lie over all of it."""
_ROWS, _COLUMNS = 2**20 - 1, 2**14 - 1
_DIGITS = re.compile(r"\s*\+?([0-9]{1,9})")
_OPEN_END = re.compile(rb"<br\s*>")


class Drawing(NamedTuple):
    """Something drawn: the cells it lies over, and the words in it."""

    box: Box
    words: str


_SOMEWHERE = Drawing(Box(0, 0, _ROWS, _COLUMNS), "")


def drawings(package: Package, sheet: str) -> Iterator[Drawing]:
    """What is drawn over the sheet of a part, comments left out; what cannot be read may lie over all of it."""
    found: list[Drawing] = []
    for kind, part, _ in package.relations(sheet):
        try:
            found += _FINDERS.get(kind.rpartition("/")[2], _nothing)(package, part)
        except (Unreadable, ValueError):
            found.append(_SOMEWHERE)
    if len(found) <= _MOST:
        yield from found
    else:
        yield _SOMEWHERE
        yield from found[: _MOST - 1]


def _nothing(package: Package, part: str) -> Iterator[Drawing]:
    return iter(())


def _drawn(package: Package, part: str) -> Iterator[Drawing]:
    root = package.xml(part)
    for anchor in root.iter() if root is not None else ():  # some stand in a choice between several
        name = anchor.tag.removeprefix(_SHEETS).removeprefix(_STRICT) if isinstance(anchor.tag, str) else ""
        if name in _ANCHORS:
            words = "".join(t.text or "" for t in anchor.iter("{*}t")).strip()
            yield Drawing(_box(anchor, name), words)


def _box(anchor: Any, name: str) -> Box:
    """The cells an anchor covers. One without a second corner covers at least its first cell; one without any, who knows."""
    corners = [
        [_number(end, "row", _ROWS), _number(end, "col", _COLUMNS)] for end in anchor.iterchildren("{*}from", "{*}to")
    ]
    if not corners:
        return Box(0, 0, 0, 0)
    (top, left), (bottom, right) = corners[0], corners[-1]
    return Box(top, left, max(top, bottom), max(left, right))


def _number(end: Any, name: str, most: int) -> int:
    digits = _DIGITS.match(end.findtext(f"{{*}}{name}") or "")
    return min(int(digits[1]), most) if digits else 0


def _drawn_of_old(package: Package, part: str) -> Iterator[Drawing]:
    """Shapes of the older kind, in which comments are kept too. Excel itself leaves its line ends open in them."""
    root = package.xml(part, lambda content: _OPEN_END.sub(rb"<br/>", content))
    for data in root.iter(f"{_EXCEL}ClientData") if root is not None else ():
        if data.get("ObjectType") == "Note":
            continue
        shape = data.getparent()
        at = [int(n[1]) for n in map(_DIGITS.match, (data.findtext(f"{_EXCEL}Anchor") or "").split(",")) if n]
        words = "".join(text for box in shape.iter("{*}textbox") for text in box.itertext()).strip()
        box = Box(at[2], at[0], max(at[2], at[6]), max(at[0], at[4])) if len(at) == 8 else Box(0, 0, 0, 0)
        yield Drawing(box, words)


_FINDERS = {"drawing": _drawn, "vmlDrawing": _drawn_of_old}
