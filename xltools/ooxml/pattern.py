"""A worksheet as most are: a pattern that the files of a season share, and the values that stand in it.

The pattern is everything but the values, to the byte: which cells there are, their formulas, styles, rows. What can be said of a
sheet without its values is said of its pattern, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from xltools.ooxml.cells import EMPTY, TEXT_LIMIT, Cell, CellKind, SheetCells
from xltools.ooxml.scan import BareRows, parted, read, row_tags

_KEPT = 2**22
"""Bytes of patterns that are kept: those of some dozens of files."""
_ENOUGH = 2**18
"""Bytes of a pattern that is not kept: many times those of any sheet of ours."""

KINDS: dict[str, CellKind] = {
    "n": "number",
    "s": "text",
    "str": "text",
    "inlineStr": "text",
    "b": "boolean",
    "e": "error",
    "d": "text",
}
"""What a cell holds, by its type in the file."""
_ESCAPED = ("str", "inlineStr")


class Pattern:
    """The rows of a sheet without their values. Of two that are equal one is kept."""

    def __init__(self, without: bytes, rows: BareRows) -> None:
        self._without = without
        self.rows = rows
        cells = rows.cells
        self.spots = [spot for spot, *_ in cells]
        self.kinds = [KINDS[kind] for _, kind, *_ in cells]
        self.formulas = [formula for _, _, formula, _, _ in cells]
        self.styles = [style for _, _, _, style, _ in cells]
        self._own = [own for *_, own in cells]
        self._taking = [n for n, own in enumerate(self._own) if own is None]
        self.bare = [n for n, formula in enumerate(self.formulas) if not formula]
        """The cells without a formula: they hold nothing where no text stands in them."""
        self.shared = [n for n, cell in enumerate(cells) if cell[1] == "s"]
        """The cells whose value is the number of a shared text."""
        self.escaped = [n for n, cell in enumerate(cells) if cell[1] in _ESCAPED]
        """The cells that hold a text of their own."""
        self.places: Mapping[tuple[int, int], int] = {spot: n for n, spot in enumerate(self.spots)}

    def filled(self, values: list[str]) -> list[str]:
        """What stands in each cell, given the values of those that take one; ValueError where these are more, or fewer."""
        if len(values) != len(self._taking):
            raise ValueError(len(values))
        if len(values) == len(self._own):
            return values
        every: list[Any] = self._own.copy()
        for n, value in zip(self._taking, values, strict=True):
            every[n] = value
        return every

    @cached_property
    def tags(self) -> list[bytes]:
        """The tags of its rows."""
        return row_tags(self._without)


class _PatternsKept(dict[bytes, Pattern]):
    """Patterns by their bytes; as many are kept as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.room = _KEPT

    def __missing__(self, without: bytes) -> Pattern:
        found = Pattern(without, read(without))
        if len(without) < _ENOUGH:
            self.room -= len(without)
            if self.room < 0:
                self.clear()
                self.room = _KEPT - len(without)
            self[without] = found
        return found


_patterns = _PatternsKept()


def patterned(rows: bytes) -> tuple[Pattern, list[str]]:
    """BareRows as their pattern and what stands in each of its cells; ValueError, LookupError or RuntimeError where they are not
    plain."""
    without, values = parted(rows)
    pattern = _patterns[without]
    return pattern, pattern.filled(values)


class PatternedCells(SheetCells):
    """A sheet as its pattern and the texts that stand in it; its cells are made when they are asked for.

    ``frame`` is what stands beside the rows: a sheet without cells, one for all files that have the same there. ``looks`` is what
    makes a text other than plain, by its place among the texts.
    """

    def __init__(self, frame: SheetCells, pattern: Pattern, texts: Sequence[str], looks: Mapping[int, str]) -> None:
        super().__init__(protected=frame.protected)
        self.frame, self.pattern, self.texts, self.looks = frame, pattern, texts, looks
        self.validations, self.merged = frame.validations, [*frame.merged]
        self.unseen_columns, self.first_row, self.shows_zeros = (
            [*frame.unseen_columns],
            frame.first_row,
            frame.shows_zeros,
        )
        self.widths, self.usual_width = [*frame.widths], frame.usual_width
        self.unseen_rows.update(pattern.rows.unseen)
        if max(map(len, texts), default=0) > TEXT_LIMIT // 2:
            raise ValueError("a long text")

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """The cells that hold anything."""
        pattern, look = self.pattern, self.looks.get
        made = zip(pattern.spots, pattern.kinds, self.texts, pattern.formulas, pattern.styles, strict=True)
        return {
            spot: Cell(kind, text, formula, style, look(n, ""))
            for n, (spot, kind, text, formula, style) in enumerate(made)
            if text or formula
        }

    @property
    def spots(self) -> Iterable[tuple[int, int]]:
        """Where they stand."""
        pattern = self.pattern
        if "" not in self.texts:
            return pattern.spots
        held = zip(pattern.spots, self.texts, pattern.formulas, strict=True)
        return [spot for spot, text, formula in held if text or formula]

    def said(self) -> Iterable[tuple[tuple[int, int], str]]:
        """What stands in each of them, in words."""
        held = zip(self.pattern.spots, self.pattern.kinds, self.texts, strict=True)
        return [(spot, self.at(*spot).text if kind == "number" else text) for spot, kind, text in held if text]

    def at(self, row: int, column: int) -> Cell:
        """A cell; an empty one where there is none."""
        n = self.pattern.places.get((row, column))
        if n is None or not (self.texts[n] or self.pattern.formulas[n]):
            return EMPTY
        pattern = self.pattern
        return Cell(pattern.kinds[n], self.texts[n], pattern.formulas[n], pattern.styles[n], self.looks.get(n, ""))

    @property
    def count(self) -> int:
        """How many cells hold anything."""
        return len(self.texts) - [self.texts[n] for n in self.pattern.bare].count("")
