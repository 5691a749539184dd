"""What a reader of a page sees of an element: hidden, struck out, raised; by its tag, its own style and the page's style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xltools.classes import dataclass
from xltools.ingest.inks import Inks, names_of

_BRACES = re.compile(r"[{}]")
_SIMPLE = re.compile(r"[a-z][a-z0-9]*|(?:[a-z][a-z0-9]*)?[.#][\w-]+", re.IGNORECASE)
_STYLES_LIMIT = 500_000
"""Characters of style sheets that are looked at."""

_MEANINGS = {
    "gone": r"display:none|mso-hide:all|text-decoration(?:-line)?:[^;]*line-through|visibility:collapse",
    "unseen": r"visibility:hidden|opacity:(?:0|0?\.0\d*)(?![.\d])|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|font-size:(?:0(?:\.\d*)?(?![.\d])|[1-3](?:\.\d*)?(?:px|pt))|text-indent:-\d{3,}|(?:left|top):-\d{4,}"
    r"|(?:^|;)(?:max-)?(?:width|height):0(?:px|pt)?(?=[;!])(?=.*overflow:hidden)"
    r"|text-fill-color:transparent|transform:scale[xy]?\(0[,)]|content-visibility:hidden",
    "raised": r"vertical-align:(?:super|sub)\b|unicode-bidi:[a-z-]*override|flex-direction:row-reverse",
    "shown": r"display:(?!none)",
}
_ADDED = re.compile(r"::?(?:before|after)\Z", re.IGNORECASE)
_DIGITS_ADDED = re.compile(r"""content:["'][^"']*\d""", re.IGNORECASE)
"""Digits that stand only in the style sheet, before or behind those of the page."""
_DECLARED = {word: re.compile(pattern, re.IGNORECASE) for word, pattern in _MEANINGS.items()}
_TAGS = {
    "dialog": "gone",
    "s": "gone",
    "strike": "gone",
    "del": "gone",
    "rt": "gone",
    "rp": "gone",
    "sup": "raised",
    "sub": "raised",
}
_ELSEWHERE = re.compile(r"print|speech|max-(?:device-)?width|orientation|dark|\bnot\b|<")
"""What a condition says that a page on an office's screen does not fulfil, or not always."""
_CONVENTIONAL = {"d-none", "sr-only", "visually-hidden", "hidden", "hide", "layui-hide", "invisible"}
"""Classes that the usual style sheets, which are not fetched, hide by; they count inside a cell only."""

_RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")


def raised(text: str) -> str:
    """A text that stands above or below the line: its digits as raised ones, which are none of a figure's."""
    return text.translate(_RAISED)


@dataclass(frozen=True, slots=True)
class Look:
    """``gone``: not there, or struck out; ``unseen``: its place is there, and empty; ``raised``: above or below the
    line, turned round or added to, so that its digits are none of a figure's."""

    gone: bool = False
    unseen: bool = False
    raised: bool = False


PLAIN = Look()


class Looks:
    """The looks of a page's elements."""

    def __init__(self, root: Any) -> None:
        self._rules: dict[str, set[str]] = {}
        self._inks = Inks()
        self._inks.sure = not any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link"))
        text = "".join("".join(style.itertext()) for style in root.iter("style"))[:_STYLES_LIMIT]
        for selectors, declared in _style_rules(text):
            words = _said(declared)
            if _DIGITS_ADDED.search(declared.replace(" ", "")):
                self._add(selectors)
            for selector in map(str.strip, selectors.split(",")):
                self._inks.declare(selector, declared, simple=bool(_SIMPLE.fullmatch(selector)))
            for selector in selectors.split(",") if words else ():
                if "shown" in words:  # shown by a rule of several classes, too: then it is not certainly hidden
                    for name in re.findall(r"[.#][\w-]+", selector):
                        self._rules.setdefault(name, set()).add("shown")
                if _SIMPLE.fullmatch(name := selector.strip()):
                    self._rules.setdefault(name, set()).update(words)

    def _add(self, selectors: str) -> None:
        """Takes figures to which a style sheet adds digits for doubtful."""
        for selector in map(str.strip, selectors.split(",")):
            if (bare := _ADDED.sub("", selector)) != selector and _SIMPLE.fullmatch(bare):
                self._rules.setdefault(bare, set()).add("raised")

    def of(self, element: Any, in_cell: bool = False) -> Look:
        """The look of an element; what is around it is not asked."""
        tag = element.tag
        if not element.attrib and tag not in _TAGS and tag not in self._rules and not self._inks.names(tag):
            return PLAIN
        classes = (element.get("class") or "").split()
        names = names_of(element)
        found = [self._rules[name] for name in names if name in self._rules]
        words = set().union(*found)
        if "shown" in words:
            words -= {"gone"}
        own = element.get("style")
        said = _said(own) if own else set()
        words = (words - {"gone", "unseen"} if "shown" in said else words) | said
        if tag in _TAGS:
            words.add(_TAGS[tag])
        if tag == "bdo" and (element.get("dir") or "").lower() == "rtl":
            words.add("raised")
        if faint := self._inks.faint(element, names):
            words.add("unseen" if faint == "unseen" else "raised")
        if tag == "dialog" and element.get("open") is not None:
            words.discard("gone")
        if element.get("hidden") is not None or (in_cell and not _CONVENTIONAL.isdisjoint(classes)):
            words.add("gone")
        return Look("gone" in words, "unseen" in words, "raised" in words)


def _style_rules(text: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet: selectors and what they declare; those for small screens, or for paper, are left out."""
    plain = "".join(part.rpartition("*/")[2] if at else part for at, part in enumerate(text.split("/*")))
    start = 0
    around: list[str] = []
    for brace in _BRACES.finditer(plain):
        piece = plain[start : brace.start()]
        if brace[0] == "{":
            around.append(piece.rpartition(";")[2].strip())
        elif around:
            selectors = around.pop()
            if not selectors.startswith("@") and all(map(_is_for_all, around)):
                yield selectors, piece
        start = brace.end()


def _is_for_all(condition: str) -> bool:
    """Whether the rules inside a condition count on an office's screen."""
    name, _, words = condition.lower().partition(" ")
    return name in ("@layer", "@supports") or (name == "@media" and not _ELSEWHERE.search(words))


def _said(style: str) -> set[str]:
    """What a style's declarations say of these things."""
    bare = "".join(style.split())
    return {word for word, pattern in _DECLARED.items() if pattern.search(bare)}
