"""The cell styles of a received workbook: the number format of each, and what makes its text other than plain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.ooxml.colours import BLACK, TINTS, USUAL, WHITE, Colours, Palette, Shade, palette_of, shade_of
from xltools.ooxml.number_formats import BUILT_IN, GENERAL, UNKNOWN, colours_in, is_date, shown_text
from xltools.ooxml.trees import ambiguous

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
_NO_COLOURS = Colours(None, ())
_OWN_GROUNDS = {Colours(None, (shade,)) for tint in TINTS if (shade := shade_of(tint[1:]))}
"""What our own rules lay under cells while a sheet has something to be done: it is not accepted then in any case."""


class Overlay(NamedTuple):
    """What a rule lays over cells: the rest is the cell's own."""

    style: Style = PLAIN
    colours: Colours = _NO_COLOURS
    inks: tuple[Shade, ...] = ()
    """The colours in which its number format writes some numbers, whatever the letters' own colour."""

    def over(self, other: Overlay) -> Overlay:
        """This one's letters on the other's paper."""
        return self._replace(colours=Colours(self.colours.letters, other.colours.paper))


_PAIRS_LIMIT = 50_000
"""Colours of letters and of paper that rules may lay over each other: beyond, any of them may hide something."""


@dataclass(frozen=True, eq=False)
class Styles:
    """The styles of cells, and those that rules lay over cells; the colours of the former, and whose palette they are of."""

    cells: tuple[Style, ...] = ()
    rules: tuple[Overlay, ...] = ()
    colours: tuple[Colours, ...] = ()
    inks: tuple[tuple[Shade, ...], ...] = ()
    """The colours in which the number format of each of the former writes some numbers."""
    palette: Palette = USUAL

    def under(self, rule: Overlay, number: int) -> Style:
        """How a cell of a style looks under a rule."""
        known = 0 <= number < len(self.colours)
        own, inks = (self.colours[number], self.inks[number]) if known else (Colours(), ())
        unseen = _hides(rule, own, inks)
        return rule.style._replace(look=_joined(rule.style.look, _UNSEEN if unseen else ""))

    def matters(self, rule: Overlay) -> bool:
        """Whether something might look otherwise under a rule than it is stored."""
        if rule.style != PLAIN:
            return True
        if rule.colours in (_NO_COLOURS, *_OWN_GROUNDS):
            return False
        return any(_hides(rule, own, inks) for own, inks in self._grounds)

    @cached_property
    def odd(self) -> frozenset[int]:
        """The numbers of the rules under which something might, alone or one of them over another."""
        alone = {n for n, rule in enumerate(self.rules) if self.matters(rule)}
        return frozenset(alone.union(*pairs_that_hide(self.rules)))

    @cached_property
    def _grounds(self) -> frozenset[tuple[Colours, tuple[Shade, ...]]]:
        return frozenset({*zip(self.colours, self.inks, strict=True), (Colours(), ())})

    @cached_property
    def looking(self) -> frozenset[int]:
        """The styles that make letters other than plain, by their numbers."""
        return frozenset(n for n, style in enumerate(self.cells) if style.look)

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
    def wording(self) -> frozenset[int]:
        """The styles that show the words of a text in plain letters."""
        found = enumerate(self.cells)
        return frozenset(n for n, s in found if not s.look and shown_text(_WORDS, s.number_format) == _WORDS)


def _hides(rule: Overlay, own: Colours, inks: tuple[Shade, ...]) -> bool:
    """Whether a rule makes letters unseen that have these colours of their own, some numbers written in others."""
    if rule.colours == _NO_COLOURS and not rule.inks:
        return False
    under = own.under(rule.colours)
    kept_inks = inks if rule.style.number_format == GENERAL else ()
    return any(under._replace(letters=ink).unseen for ink in (under.letters, *rule.inks, *kept_inks))


def pairs_that_hide(rules: Sequence[Overlay]) -> Iterator[tuple[int, int]]:
    """The rules of which one's letters cannot be seen on the other's paper, by their numbers."""
    writing = [n for n, rule in enumerate(rules) if rule.inks or rule.colours.letters is not None]
    laying = [n for n, rule in enumerate(rules) if rule.colours.paper]
    if len(writing) * len(laying) > _PAIRS_LIMIT:
        raise ambiguous("条件格式多得不合理")
    for one in writing:
        for other in laying:
            if one != other and _hides(rules[one].over(rules[other]), Colours(None, ()), ()):
                yield one, other


_SIGNS = expression(
    r"wingdings|webdings|symbol\b|marlett|mt extra|bookshelf symbol|ms outlook|ms reference specialty|opensymbol|monotype sorts"
    r"|.*(?:dingbats|bar ?code|\bcode ?(?:25|39|93|128)|\b3 of 9|idautomation|\bmdl2|\bicons?\b|adobe blank)",
    re.IGNORECASE,
)
"""How the fonts are called that have signs, bars or nothing in the place of digits."""
_SIGN_SET = "2"
"""The character set of such fonts, whatever they are called."""
_UNSEEN = "看不见的字"


def look_of(font: Any, ns: str, palette: Palette = USUAL) -> str:
    """What makes letters in a font of their own, on white paper, other than plain, in words."""
    return _joined(_marks(font, ns, palette), _UNSEEN if Colours(_letters(font, ns, palette)).unseen else "")


def _marks(font: Any, ns: str, palette: Palette) -> str:
    """What makes letters in a font other than plain, whatever their colour."""
    found = []
    for item in () if font is None else font:
        value = item.get("val", "1")
        if item.tag == f"{ns}strike" and value not in ("0", "false", "off"):
            found.append("删除线")
        elif item.tag == f"{ns}vertAlign" and value in _RAISED:
            found.append(_RAISED[value])
        elif item.tag == f"{ns}sz" and _is_tiny(value):
            found.append(_UNSEEN)
        elif item.tag in (f"{ns}name", f"{ns}rFont", f"{ns}scheme", f"{ns}charset"):
            names = (
                [name for scheme, name in palette.fonts if scheme == value] if item.tag == f"{ns}scheme" else [value]
            )
            by_set = item.tag == f"{ns}charset" and value == _SIGN_SET
            if by_set or any(map(_SIGNS.match, names)):
                found.append("符号字体")
    return _joined(*found)


def _joined(*looks: str) -> str:
    return "、".join(dict.fromkeys(look for look in looks if look))


def _letters(font: Any, ns: str, palette: Palette, otherwise: Shade | None = BLACK) -> Shade | None:
    """The colour of letters in a font; None where it is not known."""
    colors = [item for item in (() if font is None else font) if item.tag == f"{ns}color"]
    if not colors:
        return otherwise
    return BLACK if colors[-1].get("auto") in ("1", "true") else palette.shade(colors[-1])


def _is_tiny(size: str) -> bool:
    try:
        return float(size) < _TINY
    except ValueError:
        return False


def read_styles(root: Any, theme: bytes = b"") -> Styles:
    """The styles of a styles part, given as its root element, and its theme's part; ValueError where it contradicts itself."""
    ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
    _refuse_choices(root, ns)
    palette = palette_of(root, theme)
    codes: dict[int, str] = {}
    for item in root.iterfind(f"{ns}numFmts/{ns}numFmt"):
        number, code = _number(item, "numFmtId"), item.get("formatCode", "")
        if codes.setdefault(number, code) != code:
            raise ValueError(number)
    papers = [_paper(fill, palette) for fill in root.iterfind(f"{ns}fills/{ns}fill")]
    fonts = [(_marks(font, ns, palette), _letters(font, ns, palette)) for font in root.iterfind(f"{ns}fonts/{ns}font")]
    cells, colours, inks = [], [], []
    for xf in root.iterfind(f"{ns}cellXfs/{ns}xf"):
        font, fill = _number(xf, "fontId"), _number(xf, "fillId")
        marks, letters = fonts[font] if font < len(fonts) else ("", BLACK)
        own = Colours(letters, papers[fill] if fill < len(papers) else (WHITE,))
        filling = any(a.get("horizontal") == "fill" for a in xf.iterchildren(f"{ns}alignment"))
        code = _code(_number(xf, "numFmtId"), codes)
        inks.append(_inks(code, palette))
        unseen = any(own._replace(letters=ink).unseen for ink in (letters, *inks[-1]))
        style = Style(code, _joined(marks, _UNSEEN if unseen else "", "重复填满" if filling else ""))
        cells.append(PLAIN if style == PLAIN else style)  # one, so that it is known at a glance
        colours.append(own)
    rules = tuple(rule_style(dxf, palette) for dxf in root.iterfind(f"{ns}dxfs/{ns}dxf"))
    return Styles(tuple(cells), rules, tuple(colours), tuple(inks), palette)


_LISTS = {"numFmts": "numFmt", "fonts": "font", "fills": "fill", "cellXfs": "xf", "dxfs": "dxf"}


def _refuse_choices(root: Any, ns: str) -> None:
    """Refuses styles that stand there twice, or in a choice between several: programs count them each in its way."""
    if any(True for _ in root.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent")):
        raise ambiguous("单元格格式有两份内容")
    for name, item in _LISTS.items():
        lists = root.findall(f"{ns}{name}")
        others = [
            child for found in lists for child in found if isinstance(child.tag, str) and child.tag != f"{ns}{item}"
        ]
        if len(lists) > 1 or others:
            raise ambiguous("单元格格式有两份内容")


def _inks(code: str, palette: Palette) -> tuple[Shade, ...]:
    """The colours in which a format writes some numbers."""
    return tuple(shade for number in colours_in(code) if (shade := palette.numbered(number)))


def rule_style(dxf: Any, palette: Palette) -> Overlay:
    """What a rule lays over a cell, given as its dxf element: number format, look and colours, as far as it says anything of them."""
    number_format, marks = GENERAL, ""
    letters: Shade | None = None
    paper: tuple[Shade, ...] = ()
    for item in dxf.iterchildren("{*}numFmt", "{*}font", "{*}fill"):
        if item.tag.endswith("}numFmt"):
            number_format = item.get("formatCode", "") or GENERAL
        elif item.tag.endswith("}fill"):
            paper = _paper(item, palette, of_rule=True)
        else:
            ns = item.tag.removesuffix("font")
            marks, letters = _marks(item, ns, palette), _letters(item, ns, palette, None)
    return Overlay(Style(number_format, marks), Colours(letters, paper), _inks(number_format, palette))


def _paper(fill: Any, palette: Palette, *, of_rule: bool = False) -> tuple[Shade, ...]:
    """The colours that a fill gives a cell; none where they are not known. A rule has its two colours the other way round."""
    stops = [palette.shade(color) for color in fill.iterfind("{*}gradientFill/{*}stop/{*}color")]
    if stops:
        return tuple(stop for stop in stops if stop) if all(stops) else ()
    pattern = next(fill.iterchildren("{*}patternFill"), None)
    kind = "none" if pattern is None else pattern.get("patternType", "solid" if of_rule else "none")
    if pattern is None or kind == "none":
        return () if of_rule else (WHITE,)
    # A solid fill is all of its first colour, black where it names none; under any other pattern lies the second.
    wanted, otherwise = ("fgColor", BLACK) if kind in _FULL and not of_rule else ("bgColor", WHITE)
    colors = list(pattern.iterchildren(f"{{*}}{wanted}"))
    if of_rule and kind == "solid" and not colors:
        colors = list(pattern.iterchildren("{*}fgColor"))
    if not colors:
        return () if of_rule else (otherwise,)
    shade = otherwise if colors[0].get("auto") in ("1", "true") else palette.shade(colors[0])
    return (shade,) if shade else ()


_FULL = ("solid", "darkGray", "darkTrellis")
"""The patterns that are all, or three quarters, of their first colour."""


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
