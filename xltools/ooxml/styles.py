"""The cell styles of a received workbook: the number format of each, and what makes its text other than plain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from xltools.ooxml.number_formats import BUILT_IN, GENERAL, UNKNOWN, is_date, shown_text

_OWN_FORMATS = 164
"""Numbers of formats from here on are the file's own."""
_TINY = 4
"""Points: smaller letters cannot be read."""
_RAISED = {"superscript": "上标", "subscript": "下标"}


class Style(NamedTuple):
    """How a cell shows what it stores."""

    number_format: str = GENERAL
    look: str = ""


PLAIN = Style()
_WHOLE = Style("0")
_WORDS = "文字"


@dataclass(frozen=True)
class Styles:
    """The styles of cells, and those that a rule lays over cells (the rest of such a style is the cell's own)."""

    cells: tuple[Style, ...] = ()
    rules: tuple[Style, ...] = ()

    @cached_property
    def faithful(self) -> frozenset[int]:
        """The styles under which everything looks as it is stored, by their numbers."""
        return frozenset(
            n for n, style in enumerate(self.cells) if style.number_format in (GENERAL, "@") and not style.look
        )

    @cached_property
    def whole(self) -> frozenset[int]:
        """The styles under which at least whole numbers and texts do."""
        return self.faithful.union(n for n, style in enumerate(self.cells) if style == _WHOLE)

    @cached_property
    def dated(self) -> frozenset[int]:
        """The styles that show a number as a day or a time."""
        return frozenset(n for n, style in enumerate(self.cells) if is_date(style.number_format))

    @cached_property
    def wordy(self) -> frozenset[int]:
        """The styles that show other words than those of a text, or none."""
        return frozenset(n for n, style in enumerate(self.cells) if shown_text(_WORDS, style.number_format) != _WORDS)


def look_of(font: Any, ns: str, *, bare: bool = True) -> str:
    """What makes letters in a font other than plain, in words; ``bare`` says whether they stand on white paper."""
    if font is None:
        return ""
    found = []
    for item in font:
        value = item.get("val", "1")
        if item.tag == f"{ns}strike" and value not in ("0", "false", "off"):
            found.append("删除线")
        elif item.tag == f"{ns}vertAlign" and value in _RAISED:
            found.append(_RAISED[value])
        elif (item.tag == f"{ns}color" and bare and _is_white(item)) or (item.tag == f"{ns}sz" and _is_tiny(value)):
            found.append("看不见的字")
    return "、".join(dict.fromkeys(found))


def _is_white(color: Any) -> bool:
    if color.get("tint", "0") not in ("0", "0.0"):
        return False
    indexed, theme = color.get("indexed"), color.get("theme")
    return color.get("rgb", "").upper().endswith("FFFFFF") or theme == "0" or indexed in ("1", "9")


def _is_tiny(size: str) -> bool:
    try:
        return float(size) < _TINY
    except ValueError:
        return False


def read_styles(root: Any) -> Styles:
    """The styles of a styles part, given as its root element; ValueError where it contradicts itself."""
    ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
    codes: dict[str, str] = {}
    for item in root.iterfind(f"{ns}numFmts/{ns}numFmt"):
        number, code = item.get("numFmtId", ""), item.get("formatCode", "")
        if codes.setdefault(number, code) != code:
            raise ValueError(number)
    fills = [_is_bare(fill.find(f"{ns}patternFill")) for fill in root.iterfind(f"{ns}fills/{ns}fill")]
    fonts = list(root.iterfind(f"{ns}fonts/{ns}font"))
    found = []
    for xf in root.iterfind(f"{ns}cellXfs/{ns}xf"):
        font, fill = _number(xf, "fontId"), _number(xf, "fillId")
        bare = fills[fill] if fill < len(fills) else True
        look = look_of(fonts[font] if font < len(fonts) else None, ns, bare=bare)
        style = Style(_code(xf.get("numFmtId", "0"), codes), look)
        found.append(PLAIN if style == PLAIN else style)  # one, so that it is known at a glance
    return Styles(tuple(found), tuple(rule_style(dxf) for dxf in root.iterfind(f"{ns}dxfs/{ns}dxf")))


def rule_style(dxf: Any) -> Style:
    """What a rule lays over a cell, given as its dxf element: number format and look, plain where it says nothing of them."""
    number_format, look = GENERAL, ""
    bare = next(dxf.iterchildren("{*}fill"), None) is None
    for item in dxf.iterchildren("{*}numFmt", "{*}font"):
        if item.tag.endswith("}numFmt"):
            number_format = item.get("formatCode", "") or GENERAL
        else:
            look = look_of(item, item.tag.removesuffix("font"), bare=bare)
    return Style(number_format, look)


def _is_bare(pattern: Any) -> bool:
    return pattern is None or pattern.get("patternType", "none") == "none"


def _number(xf: Any, name: str) -> int:
    return int(xf.get(name, "0"))


def _code(number: str, codes: dict[str, str]) -> str:
    if number in codes:
        return codes[number] or GENERAL
    if not number.isdecimal() or int(number) >= _OWN_FORMATS:
        return GENERAL
    return BUILT_IN.get(int(number), UNKNOWN)
