"""Whether letters of a page can be told from what is under them: by colours that elements and style sheets name."""

from __future__ import annotations

import re
from typing import Any, Literal

from xltools.ooxml.colours import BLACK, WHITE, Shade, near, shade_of

_INK = re.compile(r"(?:^|;)color:([^;!]+)", re.IGNORECASE)
_PAPER = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;!]+)", re.IGNORECASE)
_BY_PARTS = re.compile(r"rgba?\((\d{1,3})[, ](\d{1,3})[, ](\d{1,3})(?:[,/]([\d.]+%?))?\)", re.IGNORECASE)
_NAMED = {
    "white": WHITE, "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255),
    "black": BLACK, "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "silver": (192, 192, 192), "navy": (0, 0, 128), "orange": (255, 165, 0), "maroon": (128, 0, 0),
}  # fmt: skip
_SEE_THROUGH = ("transparent", "inherit", "none", "initial", "unset", "0")

Faint = Literal["", "unseen", "doubtful"]


def _shade(words: str) -> Shade | None:
    """A colour as style sheets name it; None where it is not known."""
    name = words.strip().lower()
    if name.startswith("#"):
        digits = name[1:]
        return shade_of("".join(2 * d for d in digits[:3]) if len(digits) in (3, 4) else digits[:6])
    if parts := _BY_PARTS.match(name):
        red, green, blue = (min(int(part), 255) for part in parts.groups()[:3])
        return red, green, blue
    return _NAMED.get(name)


def _is_clear(words: str) -> bool:
    """Whether letters of a colour are not painted at all."""
    name = words.strip().lower()
    parts = _BY_PARTS.match(name)
    alpha = (
        parts[4] if parts else name[4:] if re.fullmatch(r"#[0-9a-f]{4}", name) else name[7:] if len(name) == 9 else ""
    )
    return name == "transparent" or (bool(alpha) and alpha.strip("0.%") == "")


class Inks:
    """The colours of a page. ``sure``: whether all that gives elements a ground is known."""

    def __init__(self) -> None:
        self._declared: dict[str, str] = {}
        self.sure = True

    def declare(self, name: str, declared: str, *, simple: bool) -> None:
        """Takes note of what a style sheet says of a selector."""
        said = "".join(declared.split())
        if not (_INK.search(said) or _PAPER.search(said)):
            return
        if simple:
            self._declared[name] = f"{self._declared.get(name, '')};{said}"
        else:
            self.sure = self.sure and not _PAPER.search(said)

    def names(self, selector: str) -> bool:
        """Whether a style sheet says anything of a selector."""
        return selector in self._declared

    def faint(self, element: Any, names: list[str]) -> Faint:
        """Whether an element names a colour in which its letters cannot be seen where it stands, or maybe cannot."""
        ink = self._last(_INK, element, names) or (element.get("color") or "" if element.tag == "font" else "")
        if not ink:
            return ""
        if _is_clear(ink):
            return "unseen"
        shade = _shade(ink)
        if shade is None:
            return ""
        for around in (element, *element.iterancestors()):
            ground = self._last(_PAPER, around, names_of(around)) or around.get("bgcolor") or ""
            if around.get("background"):
                return ""
            if ground and not ground.lower().startswith(_SEE_THROUGH):
                paper = _shade(ground)
                return "unseen" if paper and near(shade, paper) else ""
        if not near(shade, WHITE):
            return ""
        return "unseen" if self.sure else "doubtful"

    def _last(self, pattern: re.Pattern[str], element: Any, names: list[str]) -> str:
        """What is declared of an element last: its own style before the sheets'."""
        own = "".join((element.get("style") or "").split())
        for said in (own, *(self._declared.get(name, "") for name in reversed(names))):
            if found := pattern.findall(said):
                return str(found[-1])
        return ""


def names_of(element: Any) -> list[str]:
    """What simple selectors call an element."""
    tag, classes = element.tag, (element.get("class") or "").split()
    names = [tag, *(f".{c}" for c in classes), *(f"{tag}.{c}" for c in classes)]
    if anchor := element.get("id"):
        names += [f"#{anchor}", f"{tag}#{anchor}"]
    return names
