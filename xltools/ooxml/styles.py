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


_Shade = tuple[int, int, int]
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_THEME = {"0": _WHITE, "1": _BLACK}
_INDEXED = {"0": _BLACK, "8": _BLACK, "64": _BLACK, "1": _WHITE, "9": _WHITE, "65": _WHITE}
_TOO_NEAR = 16
"""Of 255: letters whose colour differs less from the paper's cannot be seen on it."""
_SIGNS = ("wingdings", "webdings", "symbol", "marlett", "mt extra")
"""How the fonts are called that have signs in the place of digits."""


def look_of(font: Any, ns: str, *, paper: _Shade | None = _WHITE) -> str:
    """What makes letters in a font other than plain, in words; ``paper`` is the colour under them, None where it is not known."""
    found = []
    letters: _Shade | None = _BLACK
    for item in () if font is None else font:
        value = item.get("val", "1")
        if item.tag == f"{ns}strike" and value not in ("0", "false", "off"):
            found.append("删除线")
        elif item.tag == f"{ns}vertAlign" and value in _RAISED:
            found.append(_RAISED[value])
        elif item.tag == f"{ns}color":
            letters = _shade(item)
        elif item.tag == f"{ns}sz" and _is_tiny(value):
            found.append("看不见的字")
        elif item.tag in (f"{ns}name", f"{ns}rFont") and value.lower().startswith(_SIGNS):
            found.append("符号字体")
    if letters and paper and all(abs(one - other) < _TOO_NEAR for one, other in zip(letters, paper, strict=True)):
        found.append("看不见的字")
    return "、".join(dict.fromkeys(found))


def _shade(color: Any) -> _Shade | None:
    """A colour, made lighter or darker; None where it is not known without the theme."""
    rgb = color.get("rgb", "")
    shade = _THEME.get(color.get("theme", "")) or _INDEXED.get(color.get("indexed", ""))
    if len(rgb) in (6, 8):
        red, green, blue = bytes.fromhex(rgb[-6:])
        shade = red, green, blue
    tint = float(color.get("tint", "0"))
    if shade is None or not -1 <= tint <= 1 or tint == 0:
        return shade
    red, green, blue = (round(part * (1 - abs(tint)) + (255 * tint if tint > 0 else 0)) for part in shade)
    return red, green, blue


def _is_tiny(size: str) -> bool:
    try:
        return float(size) < _TINY
    except ValueError:
        return False


def read_styles(root: Any) -> Styles:
    """The styles of a styles part, given as its root element; ValueError where it contradicts itself."""
    ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
    codes: dict[int, str] = {}
    for item in root.iterfind(f"{ns}numFmts/{ns}numFmt"):
        number, code = _number(item, "numFmtId"), item.get("formatCode", "")
        if codes.setdefault(number, code) != code:
            raise ValueError(number)
    fills = [_paper(fill) for fill in root.iterfind(f"{ns}fills/{ns}fill")]
    fonts = list(root.iterfind(f"{ns}fonts/{ns}font"))
    found = []
    for xf in root.iterfind(f"{ns}cellXfs/{ns}xf"):
        font, fill = _number(xf, "fontId"), _number(xf, "fillId")
        paper = fills[fill] if fill < len(fills) else _WHITE
        look = look_of(fonts[font] if font < len(fonts) else None, ns, paper=paper)
        if any(a.get("horizontal") == "fill" for a in xf.iterchildren(f"{ns}alignment")):
            look = "、".join(filter(None, (look, "重复填满")))
        style = Style(_code(_number(xf, "numFmtId"), codes), look)
        found.append(PLAIN if style == PLAIN else style)  # one, so that it is known at a glance
    return Styles(tuple(found), tuple(rule_style(dxf) for dxf in root.iterfind(f"{ns}dxfs/{ns}dxf")))


def rule_style(dxf: Any) -> Style:
    """What a rule lays over a cell, given as its dxf element: number format and look, plain where it says nothing of them."""
    number_format, font, ns = GENERAL, None, ""
    fill = next(dxf.iterchildren("{*}fill"), None)
    for item in dxf.iterchildren("{*}numFmt", "{*}font"):
        if item.tag.endswith("}numFmt"):
            number_format = item.get("formatCode", "") or GENERAL
        else:
            font, ns = item, item.tag.removesuffix("font")
    return Style(number_format, look_of(font, ns, paper=_WHITE if fill is None else _paper(fill, of_rule=True)))


def _paper(fill: Any, *, of_rule: bool = False) -> _Shade | None:
    """The colour that a fill gives a cell; None where it is a pattern, or not known. A rule has it the other way round."""
    pattern = next(fill.iterchildren("{*}patternFill"), None)
    if pattern is None:
        return None if len(fill) else _WHITE
    kind = pattern.get("patternType", "solid" if of_rule else "none")
    if kind != "solid":
        return _WHITE if kind == "none" else None
    order = ("{*}bgColor", "{*}fgColor") if of_rule else ("{*}fgColor",)
    return next((_shade(c) for tag in order for c in pattern.iterchildren(tag)), None)


def _number(element: Any, name: str) -> int:
    return plain_number(element.get(name, "0"))


def plain_number(text: str) -> int:
    """A number among a file's attributes; ValueError where it is not written in plain digits, which programs read each in its way."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text[:80])
    return int(text)


def _code(number: int, codes: dict[int, str]) -> str:
    if number in codes:
        return codes[number] or GENERAL
    return GENERAL if number >= _OWN_FORMATS else BUILT_IN.get(number, UNKNOWN)
