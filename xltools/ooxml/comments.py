"""Comments in a received sheet: ours put in, those of an earlier slip taken out, everybody else's left alone.

A comment is its text (a part of comments) and its box (a shape in a VML drawing); both belong to every comment that Excel,
WPS and LibreOffice show. Where a cell has a thread of newer programs (``threads.py``), what we say is said in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from xltools.address import a1, parse_a1
from xltools.expressions import expression
from xltools.ooxml.patch import Patch, as_text, element
from xltools.ooxml.threads import reply
from xltools.ooxml.trees import Unreadable, local_name, namespace

HEADING = "【审核意见】"
"""The first line of what we say in a comment: from here on the text is ours."""

_AUTHOR = "审核"
_VML, _OFFICE, _EXCEL = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel"))
_V, _O, _X = f"{{{_VML}}}", f"{{{_OFFICE}}}", f"{{{_EXCEL}}}"
_PREFIXES = {"v": _VML, "o": _OFFICE, "x": _EXCEL}
_OPEN_BREAK = expression(rb"<br\s*>", re.IGNORECASE)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""What may stand below a sheet's comments in its part: the order of a sheet's elements is fixed."""

_WIDE, _LINE, _PER_LINE = 320, 17, 22
"""A comment's box in pixels: its width, the height of a line, Chinese characters a line."""

Spot = tuple[int, int]


def annotate(patch: Patch, sheet: str, words: Mapping[Spot, str]) -> None:
    """Puts words into the comments of a sheet's cells, in place of what an earlier slip said in any of them.

    ``sheet`` is the sheet's part. A comment that somebody else wrote stays; our words follow it.
    """
    part = patch.related(sheet, "comments")
    comments = patch.root(part) if part else None
    if comments is None:
        if not words:
            return
        tag = patch.root(sheet).tag.replace("worksheet", "comments")
        comments = element(tag)
        etree.SubElement(comments, f"{namespace(comments)}authors")
        etree.SubElement(comments, f"{namespace(comments)}commentList")
        patch.add("xl/comments", ".xml", comments, _COMMENTS, owner=sheet, kind="comments")
    shapes = _Shapes(patch, sheet)
    there = dict(_without_ours(comments))
    reply(patch, sheet, {spot: f"{HEADING}\n{said}" for spot, said in words.items()})
    for spot in [spot for spot, comment in there.items() if comment is None and spot not in words]:
        shapes.remove(spot)
    for spot, said in sorted(words.items()):
        comment = there.get(spot)
        if comment is None:
            comment = _new(comments, spot)
        before = "\n" if any(t.text for t in comment.iter(f"{namespace(comments)}t")) else ""
        _say(comment, f"{before}{HEADING}\n{said}")
        shapes.put(spot, said)
    for spot, comment in there.items():
        if comment is not None:  # somebody else's, which is shown only where it has a box
            shapes.put(spot, "".join(comment.itertext(f"{namespace(comment)}t")))


def says_ours(patch: Patch, sheet: str) -> bool:
    """Whether an earlier slip said anything on a sheet."""
    part = patch.related(sheet, "comments")
    return bool(part) and HEADING in "".join(patch.package.xml(part).itertext())


def _without_ours(comments: Any) -> Iterator[tuple[Spot, Any]]:
    """Every comment by its cell, without what an earlier slip said; None for one that said nothing else."""
    ns = namespace(comments)
    for comment in list(comments.iter(f"{ns}comment")):
        try:
            spot = parse_a1(comment.get("ref", ""))
        except ValueError:
            continue
        texts = list(comment.iter(f"{ns}t"))
        said = "".join(t.text or "" for t in texts)
        if HEADING not in said:
            yield spot, comment
            continue
        left = len(said[: said.index(HEADING)].removesuffix("\n"))
        if not said[:left].strip():
            comment.getparent().remove(comment)
            yield spot, None
            continue
        for t in texts:
            was, run = t.text or "", t.getparent()
            if len(was) > left:
                t.text = was[:left]
                if not left and run.tag == f"{ns}r":
                    run.getparent().remove(run)
            left -= min(left, len(was))
        yield spot, comment


def _new(comments: Any, spot: Spot) -> Any:
    ns = namespace(comments)
    authors, listed = comments.find(f"{ns}authors"), comments.find(f"{ns}commentList")
    if authors is None or listed is None:
        raise Unreadable("file-damaged", "批注的内容不完整")
    names = [author.text for author in authors]
    if _AUTHOR not in names:
        etree.SubElement(authors, f"{ns}author").text = _AUTHOR
        names.append(_AUTHOR)
    comment = etree.SubElement(listed, f"{ns}comment", {"ref": a1(*spot), "authorId": str(names.index(_AUTHOR))})
    etree.SubElement(comment, f"{ns}text")
    return comment


def _say(comment: Any, words: str) -> None:
    ns = namespace(comment)
    text = comment.find(f"{ns}text")
    if text is None:
        text = etree.SubElement(comment, f"{ns}text")
    run = etree.SubElement(text, f"{ns}r")
    look = etree.SubElement(run, f"{ns}rPr")
    etree.SubElement(look, f"{ns}sz", {"val": "10"})
    etree.SubElement(look, f"{ns}rFont", {"val": "宋体"})
    etree.SubElement(run, f"{ns}t", {_SPACE: "preserve"}).text = as_text(words)


class _Shapes:
    """The boxes of a sheet's comments: the VML drawing that the sheet names as its legacy drawing."""

    def __init__(self, patch: Patch, sheet: str) -> None:
        self._patch, self._sheet = patch, sheet
        self._root = self._existing()
        self._places = _Places(patch.root(sheet))
        self._boxes = {} if self._root is None else dict(_boxes(self._root))

    def remove(self, spot: Spot) -> None:
        for shape in self._boxes.pop(spot, ()):
            shape.getparent().remove(shape)

    def put(self, spot: Spot, said: str) -> None:
        """A box beside a cell, of a size for what is said there, unless it has one."""
        if spot in self._boxes:
            return
        if self._root is None:
            self._root = self._made()
        ids = [s.get("id", "").rpartition("_s")[2] for s in self._root.iter(f"{_V}shape")]
        number = max((int(i) for i in ids if i.isdecimal()), default=self._first) + 1
        lines = 1 + sum(1 + len(line) // _PER_LINE for line in said.split("\n"))
        shape = _shape(number, spot, self._places.anchor(spot, lines * _LINE + 12))
        self._root.append(shape)
        self._boxes[spot] = [shape]

    def _existing(self) -> Any:
        named = self._patch.root(self._sheet).find(f"{namespace(self._patch.root(self._sheet))}legacyDrawing")
        if named is None:
            return None
        id_ = next((v for k, v in named.attrib.items() if k.endswith("}id")), "")
        relations = self._patch.package.relations(self._sheet)
        part = next((target for _, target, known in relations if known == id_), "")
        try:
            root = self._patch.root(part, _closed)
        except Unreadable:  # its boxes are drawn anew
            root = self._drawing()
            self._patch.put(part, root)
        if root is None:
            named.getparent().remove(named)
        return root

    @property
    def _first(self) -> int:
        """The number before a sheet's first shape: every sheet has a thousand of its own."""
        return 1024 * (1 + list(self._patch.sheets().values()).index(self._sheet))

    def _drawing(self) -> Any:
        """A drawing without shapes."""
        root = etree.Element("xml", nsmap=_PREFIXES)
        ids = etree.SubElement(root, f"{_O}shapelayout", {f"{_V}ext": "edit"})
        etree.SubElement(ids, f"{_O}idmap", {f"{_V}ext": "edit", "data": str(self._first // 1024)})
        kind = etree.SubElement(root, f"{_V}shapetype", {"id": "_x0000_t202", "coordsize": "21600,21600", f"{_O}spt": "202",
                                                         "path": "m,l,21600r21600,l21600,xe"})  # fmt: skip
        etree.SubElement(kind, f"{_V}stroke", joinstyle="miter")
        etree.SubElement(kind, f"{_V}path", {"gradientshapeok": "t", f"{_O}connecttype": "rect"})
        return root

    def _made(self) -> Any:
        """A drawing that the sheet names."""
        root = self._drawing()
        id_ = self._patch.add("xl/drawings/vmlDrawing", ".vml", root, _DRAWING, owner=self._sheet, kind="vmlDrawing")
        sheet = self._patch.root(self._sheet)
        ns = namespace(sheet)
        named = element(f"{ns}legacyDrawing", {f"{{{self._patch.office}}}id": id_}, r=self._patch.office)
        later = [child for child in sheet if local_name(child.tag) in _AFTER_DRAWING]
        sheet.insert(sheet.index(later[0]) if later else len(sheet), named)
        return root


def _closed(drawing: bytes) -> bytes:
    """A drawing as Excel wrote it for years, which was no XML: in the words of a form's buttons a line break was left open."""
    return _OPEN_BREAK.sub(b"<br/>", drawing)


def _boxes(root: Any) -> Mapping[Spot, list[Any]]:
    """The shapes of comments by their cells."""
    found: dict[Spot, list[Any]] = {}
    for data in root.iter(f"{_X}ClientData"):
        row, column = (data.findtext(f"{_X}{name}", "").strip() for name in ("Row", "Column"))
        if data.get("ObjectType") == "Note" and row.isdecimal() and column.isdecimal():
            found.setdefault((int(row), int(column)), []).append(data.getparent())
    return found


def _shape(number: int, spot: Spot, anchor: str) -> Any:
    shape = etree.Element(f"{_V}shape", {
        "id": f"_x0000_s{number}", "type": "#_x0000_t202", "fillcolor": "#ffffe1", f"{_O}insetmode": "auto",
        "style": "position:absolute;z-index:1;visibility:hidden",
    }, _PREFIXES)  # fmt: skip
    etree.SubElement(shape, f"{_V}fill", color2="#ffffe1")
    etree.SubElement(shape, f"{_V}shadow", on="t", color="black", obscured="t")
    etree.SubElement(shape, f"{_V}path", {f"{_O}connecttype": "none"})
    box = etree.SubElement(shape, f"{_V}textbox", style="mso-direction-alt:auto")
    etree.SubElement(box, "div", style="text-align:left")
    data = etree.SubElement(shape, f"{_X}ClientData", ObjectType="Note")
    for name, said in (("MoveWithCells", None), ("SizeWithCells", None), ("Anchor", anchor), ("AutoFill", "False"),
                       ("Row", str(spot[0])), ("Column", str(spot[1]))):  # fmt: skip
        etree.SubElement(data, f"{_X}{name}").text = said
    return shape


class _Places:
    """The sizes of a sheet's lines in pixels: where a comment's box begins and ends."""

    def __init__(self, sheet: Any) -> None:
        ns = namespace(sheet)
        self._widths: dict[int, int] = {}
        for item in sheet.iterfind(f"{ns}cols/{ns}col"):
            first, last = (_number(item.get(name), 0) for name in ("min", "max"))
            for column in range(int(first), min(int(last), int(first) + 256) + 1):
                self._widths[column - 1] = int(_number(item.get("width"), 9) * 7 + 5)
        self._heights = {
            int(_number(row.get("r"), 0)) - 1: int(_number(row.get("ht"), 15) * 4 / 3)
            for row in sheet.iterfind(f"{ns}sheetData/{ns}row")
        }

    def anchor(self, spot: Spot, high: int) -> str:
        """Column and pixels, row and pixels of both corners, as VML says it: right of the cell, a little above it."""
        top, left = max(0, spot[0] - 1), spot[1] + 1
        right, in_right = _walk(self._widths, 64, left, 15 + _WIDE)
        bottom, in_bottom = _walk(self._heights, 20, top, 4 + high)
        return f"{left}, 15, {top}, 4, {right}, {in_right}, {bottom}, {in_bottom}"


def _walk(sizes: Mapping[int, int], usual: int, start: int, length: int) -> tuple[int, int]:
    """The line in which a length from the start of a line ends, and how far into it."""
    while length >= (size := max(1, sizes.get(start, usual))):
        start, length = start + 1, length - size
    return start, length


def _number(text: str | None, otherwise: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        return otherwise
    return value if 0 <= value < 10**6 else otherwise
