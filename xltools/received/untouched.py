"""Sheets whose print nobody has touched: all that differs from the form as issued stands in the agency's own cells.

Nearly every sheet is one. Most of that is to be seen by its pattern, which the sheets of a season share, and so is found out once:
that every formula is there, nothing beside, nothing covered or hidden, no style that shows something else. Of each file the printed
words are then all that is compared. Whatever is not so to the letter is left to ``audit``, which compares cell by cell, and is the
measure of this (``tests/test_untouched.py``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from xltools.figures import PLACES
from xltools.form.layout import Layout
from xltools.ooxml.cells import SheetCells
from xltools.ooxml.pattern import Pattern, PatternedCells
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.received.disguised import WIDE, inputs_and_totals
from xltools.received.issued import Issued, canonical, is_own
from xltools.received.locate import landmarks, squeezed


def untouched(received: ReceivedWorkbook, issued: Issued, layout: Layout) -> frozenset[str]:
    """The sheets, by name, on which there is nothing to tell but what the agency's own cells hold, while no line was put in or moved
    on any sheet, and none goes under another name."""
    names = [name for name in received.sheet_names if issued.labels.get(name)]
    for name in names:
        received.sheet(name)  # the first that cannot be read is told of before all else
    return frozenset(name for name in names if _is_untouched(received, name, issued, layout))


def _is_untouched(received: ReceivedWorkbook, name: str, issued: Issued, layout: Layout) -> bool:
    theirs = received.sheet(name)
    if not isinstance(theirs, PatternedCells) or theirs.looks:
        return False
    try:
        plain, whole = (received.plain_styles(name, whole=whole) for whole in (False, True))
    except Unreadable:  # told in its turn
        return False
    styles = _Styles(plain, whole, received.plain_words(name), received.looking_styles)
    known = _known(theirs.pattern, theirs.frame, name, issued, layout, styles)
    if known is None or [theirs.texts[n] for n in known.places] != known.words:
        return False
    return known.landmarks.isdisjoint([squeezed(theirs.texts[n]) for n in known.others])


class _Styles(NamedTuple):
    """The numbers of the styles under which cells of a sheet show what they store, or whole numbers at least, or the words of a text;
    and of those that make no plain letters. None is plain where rules may lay others over them."""

    plain: frozenset[int]
    whole: frozenset[int]
    words: frozenset[int]
    looking: frozenset[int]


class _Print(NamedTuple):
    """Of a pattern that may be untouched, which cells must hold which words, and which others must hold none that label a line."""

    places: list[int]
    words: list[str]
    others: list[int]
    landmarks: frozenset[str]


@lru_cache(maxsize=128)
def _known(
    pattern: Pattern, frame: SheetCells, name: str, issued: Issued, layout: Layout, styles: _Styles
) -> _Print | None:
    """What is left to be compared of a sheet with this pattern; None where it is touched, or may be, whatever its words are."""
    labels, places = issued.labels[name], pattern.places
    if not (labels.keys() <= places.keys() and _has_formulas(pattern, issued.formulas[name])):
        return None
    if any(spot not in issued.filled[name] and not is_own(name, *spot, layout) for spot in pattern.spots):
        return None
    if not issued.merged[name].issuperset(frame.merged) or not _is_shown(pattern, frame, name, layout, styles):
        return None
    words, printed = landmarks(layout, name)
    if any(labels.get(spot) != text or pattern.kinds[places[spot]] != "text" for spot, text in printed.items()):
        return None
    texts = [n for n, kind in enumerate(pattern.kinds) if kind == "text" and pattern.spots[n] not in printed]
    return _Print([places[spot] for spot in labels], [*labels.values()], texts if words else [], words)


def _has_formulas(pattern: Pattern, formulas: dict[tuple[int, int], str]) -> bool:
    """Whether every formula of the form stands in its place."""
    for spot, formula in formulas.items():
        found = pattern.formulas[pattern.places[spot]] if spot in pattern.places else None
        if found != formula and (found is None or canonical(found) != canonical(formula)):
            return False
    return True


def _is_shown(pattern: Pattern, frame: SheetCells, name: str, layout: Layout, styles: _Styles) -> bool:
    """Whether every cell but the inputs shows what it stores, and every input can be seen."""
    inputs, totals = inputs_and_totals(layout, name)
    if not (frame.shows_zeros and styles.plain):
        return False
    if any(row in pattern.rows.unseen or frame.is_unseen(row, column) for row, column in inputs):
        return False
    if any(frame.width(range(column, column + 1)) < WIDE for column in {column for _, column in inputs}):
        return False
    filled_in = set(inputs)
    held = zip(pattern.spots, pattern.kinds, pattern.styles, strict=True)
    for spot, kind, style in held:
        if spot not in filled_in and (style in styles.looking or (kind == "text" and style not in styles.words)):
            return False
    style_of = dict(zip(pattern.spots, pattern.styles, strict=True))
    wanted = [(spot, styles.plain if PLACES[kind] else styles.whole) for spot, kind in totals.items()]
    return all(spot not in style_of or style_of[spot] in plain for spot, plain in wanted)
