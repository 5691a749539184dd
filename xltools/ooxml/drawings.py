"""What lies over or under the cells of a sheet: boxes with words, shapes, pictures, tables' looks. Nothing of them is a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from xltools.address import Box, parse_range
from xltools.expressions import expression
from xltools.ooxml.package import Package
from xltools.ooxml.trees import Unreadable, local_name

_SHEETS = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_STRICT = "{http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing}"
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_MOST = 200
"""Drawings of a sheet that are looked at: more than anybody puts there. What is drawn beyond may lie over all of it."""
_ROWS, _COLUMNS = 2**20 - 1, 2**14 - 1
_DIGITS = expression(r"\s*\+?([0-9]{1,9})")
_OPEN_END = expression(rb"<br\s*>")


class Drawing(NamedTuple):
    """Something drawn: the cells it lies over, the words in it, and what it is where it is no box, shape or picture."""

    box: Box
    words: str
    kind: str = ""
    head: bool = False
    """Whether it is the row that a table of a usual look puts into white letters: of labels that is what a heading is like."""


_EVERYWHERE = Box(0, 0, _ROWS, _COLUMNS)
_SOMEWHERE = Drawing(_EVERYWHERE, "")
_LOWEST, _NARROWEST = 4 * 12_700, 9 * 12_700
"""The sizes, as drawings are measured, of rows and columns so small that a drawing lies over as many as it can."""
_REACHING = frozenset({"scene3d", "sp3d", "outerShdw", "glow", "reflection"})
"""What makes a drawing be seen elsewhere than between its corners."""
_THICK = 12 * 12_700


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
            yield Drawing(_EVERYWHERE if any(map(_reaches, anchor.iter("{*}*"))) else _box(anchor), words)


def _reaches(item: Any) -> bool:
    """Whether something makes a drawing be seen outside its corners: turned, grouped, with a shadow or a very thick line."""
    name = local_name(item.tag)
    turned = name == "xfrm" and item.get("rot", "0").strip() not in ("0", "10800000", "-10800000")
    thick = name == "ln" and _size(item.get("w", "")) > _THICK
    return turned or name in _REACHING or thick or (name == "grpSp" and not _within(item))


def _within(group: Any) -> bool:
    """Whether all that a group holds lies inside its frame, as programs make them; what does not tell its size, or stands in a
    choice between several, may not."""
    frame = group.find("{*}grpSpPr/{*}xfrm")
    room = _extent(frame, "chOff", "chExt") if frame is not None else None
    if room is None:
        return False
    for item in group:
        name = local_name(item.tag)
        if name in _NOTHING_DRAWN:
            continue
        placed = next((x for path in _PLACED if name in _MEMBERS and (x := item.find(path)) is not None), None)
        taken = _extent(placed, "off", "ext") if placed is not None else None
        if taken is None or taken[0] < room[0] or taken[1] < room[1] or taken[2] > room[2] or taken[3] > room[3]:
            return False
    return True


_MEMBERS = ("sp", "pic", "cxnSp", "grpSp", "graphicFrame")
_NOTHING_DRAWN = ("nvGrpSpPr", "grpSpPr", "extLst")
_PLACED = ("{*}spPr/{*}xfrm", "{*}grpSpPr/{*}xfrm", "{*}xfrm")


def _extent(frame: Any, corner: str, size: str) -> tuple[int, int, int, int] | None:
    """From where to where something reaches in its frame: left, top, right, bottom; None where it does not say."""
    at, extent = frame.find(f"{{*}}{corner}"), frame.find(f"{{*}}{size}")
    try:
        left, top = (int(at.get(name)) for name in ("x", "y"))
        width, height = (int(extent.get(name)) for name in ("cx", "cy"))
    except (AttributeError, TypeError, ValueError):
        return None
    return (left, top, left + width, top + height) if width >= 0 and height >= 0 else None


def _box(anchor: Any) -> Box:
    """The cells an anchor covers. One without a second corner covers what its size may reach; one without any, who knows."""
    corners = [
        [_number(end, "row", _ROWS), _number(end, "col", _COLUMNS)] for end in anchor.iterchildren("{*}from", "{*}to")
    ]
    if not corners:
        return _EVERYWHERE
    (top, left), (bottom, right) = corners[0], corners[-1]
    for size in anchor.iterchildren("{*}ext") if len(corners) == 1 else ():
        bottom, right = top + _size(size.get("cy", "")) // _LOWEST, left + _size(size.get("cx", "")) // _NARROWEST
    return Box(top, left, min(max(top, bottom), _ROWS), min(max(left, right), _COLUMNS))


def _size(text: str) -> int:
    """A size among the attributes of a drawing; one that cannot be read may be any."""
    digits = _DIGITS.match(text)
    return int(digits[1]) if digits else 10**9 if text else 0


def _number(end: Any, name: str, most: int) -> int:
    digits = _DIGITS.match(end.findtext(f"{{*}}{name}") or "")
    return min(int(digits[1]), most) if digits else 0


def _drawn_of_old(package: Package, part: str) -> Iterator[Drawing]:
    """Shapes of the older kind, in which comments are kept too. Excel itself leaves its line ends open in them."""
    root = package.xml(part, lambda content: _OPEN_END.sub(rb"<br/>", content))
    if root is None:
        return
    for picture in root.iter("{urn:schemas-microsoft-com:vml}imagedata"):
        if picture.getparent().find(f"{_EXCEL}ClientData") is None:
            yield Drawing(_EVERYWHERE, "", "页眉、页脚里的图片")
    for data in root.iter(f"{_EXCEL}ClientData"):
        shape = data.getparent()
        if data.get("ObjectType") == "Note" and not _is_disguised(data, shape):
            continue
        at = [int(n[1]) for n in map(_DIGITS.match, (data.findtext(f"{_EXCEL}Anchor") or "").split(",")) if n]
        words = "".join(text for box in shape.iter("{*}textbox") for text in box.itertext()).strip()
        box = Box(at[2], at[0], max(at[2], at[6]), max(at[0], at[4])) if len(at) == 8 else Box(0, 0, 0, 0)
        yield Drawing(box, words)


def _is_disguised(note: Any, shape: Any) -> bool:
    """Whether a comment is always to be seen, and looks like no comment: without the usual ground or line."""
    seen = note.find(f"{_EXCEL}Visible") is not None or "visibility:visible" in shape.get("style", "").replace(" ", "")
    ground = shape.get("fillcolor", "").partition(" ")[0].lower()
    bare = any(shape.get(name, "t") in ("f", "false") for name in ("stroked", "filled"))
    return seen and (bare or ground not in _USUAL_GROUNDS)


_USUAL_GROUNDS = ("#ffffe1", "infobackground", "#fffff0", "#ffffe0")


def _under_the_cells(package: Package, part: str) -> Iterator[Drawing]:
    yield Drawing(_EVERYWHERE, "", "工作表背景")


def _embedded(package: Package, part: str) -> Iterator[Drawing]:
    yield Drawing(_EVERYWHERE, "", "嵌入的对象")


def _laid_over(package: Package, part: str) -> Iterator[Drawing]:
    """A table, whose style may give its cells other colours than they have, or the like."""
    root = package.xml(part)
    for item in root.iter() if root is not None else ():
        if item.get("ref") and local_name(item.tag) in ("table", "location"):
            box, looks = parse_range(item.get("ref")), [*item.iter("{*}tableStyleInfo")]
            plain = len(looks) == 1 and _is_usual(package, looks[0])
            plain = plain and not (item.get("totalsRowCount") or "0").strip("0")
            box = replace(box, bottom=box.top) if plain else box
            yield Drawing(box, "", "套用的表格样式", head=plain)


def _is_usual(package: Package, look: Any) -> bool:
    """Whether a table's look is one that programs offer in which all letters are seen but the heading's: they may whiten the first
    and the last column too, and a file may have a look of its own under the name."""
    name = look.get("name", "")
    if not _USUAL_LOOK.fullmatch(name) or any(
        look.get(f"show{end}Column", "0") not in _NO for end in ("First", "Last")
    ):
        return False
    styles = package.xml(package.related(package.workbook_part, "styles"))
    own = styles.iter("{*}tableStyle") if styles is not None else ()
    return all(style.get("name", "").lower() != name.lower() for style in own)


_USUAL_LOOK = expression(r"TableStyle(?:Light(?:1?[1-9]|10|2[01])|Medium(?:1?[1-9]|[12]0|2[1-8]))")
_NO = ("0", "false")


_FINDERS = {
    "drawing": _drawn,
    "vmlDrawing": _drawn_of_old,
    "image": _under_the_cells,
    "table": _laid_over,
    "pivotTable": _laid_over,
    "oleObject": _embedded,
    "package": _embedded,
    "control": _embedded,
}
