"""The colours of a workbook: what its theme and its palette make of them, and whether letters can be seen on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any, NamedTuple

from xltools.classes import dataclass
from xltools.ooxml.trees import Unreadable, parsed

Shade = tuple[int, int, int]
"""Red, green, blue, each of 255."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
_TOO_NEAR = 32
"""Of 255: letters whose colour differs less from the paper's cannot be seen on it, or hardly."""


def _shades(text: str) -> tuple[Shade, ...]:
    return tuple(shade for rgb in text.split() if (shade := shade_of(rgb)))


def shade_of(rgb: str) -> Shade | None:
    """A colour given in digits of base sixteen, what may stand before them left out; None where it is none."""
    try:
        red, green, blue = bytes.fromhex(rgb[-6:]) if len(rgb) in (6, 8) else b""
    except ValueError:
        return None
    return red, green, blue


_THEME = _shades("FFFFFF 000000 EEECE1 1F497D 4F81BD C0504D 9BBB59 8064A2 4BACC6 F79646 0000FF 800080")
"""The colours of Excel's own theme, by the numbers under which cells name them."""
_INDEXED = _shades(
    "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333 "
    "000000 FFFFFF"
)
"""The old palette, which a workbook may replace; behind it the colours of the system, for letters and for paper."""
_SYSTEM = {"windowText": BLACK, "window": WHITE}
_IN_PART = (1, 0, 3, 2)
"""Where the first colours of a theme stand in its part: dark before light."""

BAND, HEADER, INPUT, TOTAL, SWITCH, CARRIED = "#DCE6F0", "#EDF2F7", "#FFF8E1", "#F1F3F5", "#E4F2E7", "#E6EEF5"
_COUNTED = ("count", "signed", "money", "yuan", "ratio", "choice", "words")
TINTS: dict[str, tuple[str, ...]] = {
    BAND: ("heading",),
    HEADER: ("corner", "column", "row", "key"),
    INPUT: (*_COUNTED, "entry", "entry_date", "explain", "paragraph"),
    TOTAL: (*(f"sum_{kind}" for kind in _COUNTED), "closed"),
    CARRIED: tuple(f"carried_{kind}" for kind in _COUNTED),
    SWITCH: ("switch",),
}
"""The grounds of a form's cells, by colour: which styles have it. They lie there only while a sheet has something to be done
(``Sheet.tint``): a sheet that is done is white with black lines, on paper too, whatever program prints it. Only Excel and WPS
print without colours when told to."""


@dataclass(frozen=True)
class Palette:
    """The colours that cells name by number."""

    theme: tuple[Shade, ...] = _THEME
    indexed: tuple[Shade, ...] = field(default=_INDEXED)
    fonts: tuple[tuple[str, str], ...] = ()
    """The fonts that cells name by a theme's scheme: the scheme, and a font's name."""

    def shade(self, color: Any) -> Shade | None:
        """What a colour's element names, made lighter or darker; None where it names nothing that is known."""
        found = shade_of(color.get("rgb", ""))
        found = found or _at(self.theme, color.get("theme", "")) or _at(self.indexed, color.get("indexed", ""))
        try:
            tint = float(color.get("tint", "0"))
        except ValueError:
            return None
        if found is None or not -1 <= tint <= 1 or tint == 0:
            return found
        red, green, blue = (round(part * (1 - abs(tint)) + (255 * tint if tint > 0 else 0)) for part in found)
        return red, green, blue

    def numbered(self, number: str) -> Shade | None:
        """A colour of the old palette; None where it has none of that number."""
        return _at(self.indexed, number)


USUAL = Palette()


def _at(shades: Sequence[Shade], number: str) -> Shade | None:
    return shades[int(number)] if number.isdecimal() and len(number) < 4 and int(number) < len(shades) else None


@lru_cache(maxsize=32)
def theme_of(content: bytes) -> tuple[tuple[Shade, ...], tuple[tuple[str, str], ...]]:
    """The colours of a theme's part by their numbers, Excel's own where it has none that can be read; and its fonts by scheme."""
    try:
        root = parsed(content) if content else None
    except Unreadable:
        root = None
    if root is None:
        return _THEME, ()
    fonts = tuple(
        (scheme, face.get("typeface", ""))
        for scheme in ("major", "minor")
        for font in root.iter(f"{{*}}{scheme}Font")
        for face in font.iterchildren("{*}latin", "{*}ea")
    )
    return _theme_colours(next(root.iter("{*}clrScheme"), None)), fonts


def _theme_colours(scheme: Any) -> tuple[Shade, ...]:
    found = []
    for named in scheme if scheme is not None else ():
        given = next(iter(named), None)
        rgb = "" if given is None else given.get("lastClr") or given.get("val", "")
        found.append(shade_of(rgb) or (_SYSTEM.get(rgb, BLACK) if given is not None else BLACK))
    if len(found) < len(_IN_PART):
        return _THEME
    return (*(found[n] for n in _IN_PART), *found[len(_IN_PART) :])


def palette_of(styles: Any, theme: bytes) -> Palette:
    """The palette of a workbook, given the root of its styles and its theme's part."""
    own = [
        shade_of(color.get("rgb", "")) or BLACK for color in styles.iterfind("{*}colors/{*}indexedColors/{*}rgbColor")
    ]
    shades, fonts = theme_of(theme)
    return Palette(shades, (*own[:64], *_INDEXED[len(own[:64]) :]), fonts)


class Colours(NamedTuple):
    """The colour of letters, and those of the paper under them; of a rule, None and nothing where the cell's own stay."""

    letters: Shade | None = BLACK
    paper: tuple[Shade, ...] = (WHITE,)

    @property
    def unseen(self) -> bool:
        """Whether the letters cannot be seen anywhere on the paper."""
        return self.letters is not None and bool(self.paper) and all(near(self.letters, shade) for shade in self.paper)

    def under(self, rule: Colours) -> Colours:
        """What is left of a cell's colours under those of a rule."""
        return Colours(rule.letters or self.letters, rule.paper or self.paper)


def near(one: Shade, other: Shade) -> bool:
    """Whether letters of one colour cannot be seen on the other, or hardly."""
    return all(abs(a - b) < _TOO_NEAR for a, b in zip(one, other, strict=True))
