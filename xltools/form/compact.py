"""Figures and texts packed small, for filings that are kept by the ten thousand: what they say stays the same."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from xltools.figures import Figure

_rows: dict[tuple[str, ...], tuple[tuple[str, ...], dict[str, int]]] = {}
"""The names of a row, and where each stands in it: the rows of one form share them."""

_BLANK, _BEYOND, _MOST = -32768, -32767, 32767
"""In two bytes: a blank, a figure that does not fit into them and is kept apart, the largest that does."""

_LEVEL = 1
"""How hard texts are packed: at the usual level it takes twice the time, for a tenth less."""

_PART, _LINE = "\x1d", "\x1e"
"""What stands between parts and between lines: nothing that a cell of a workbook can hold."""


class FigureRow(Mapping[str, Figure]):
    """Figures by field, kept as a row of two bytes each; the names are kept once for all rows that have the same."""

    __slots__ = ("_beyond", "_names", "_places", "_row")

    def __init__(self, names: tuple[str, ...], row: array[int], beyond: dict[int, Figure] | None = None) -> None:
        if names not in _rows:
            _rows[names] = names, {name: place for place, name in enumerate(names)}
        self._names, self._places = _rows[names]
        self._row, self._beyond = row, beyond

    @classmethod
    def of(cls, figures: Mapping[str, Figure]) -> FigureRow:
        """The row of what is held by name."""
        if isinstance(figures, FigureRow):
            return figures
        if (row := _small(figures)) is not None:
            return cls(tuple(figures), row)
        beyond = {place: figure for place, figure in enumerate(figures.values()) if not _fits(figure)}
        row = array("h", (_BLANK if f is None else int(f) if _fits(f) else _BEYOND for f in figures.values()))
        return cls(tuple(figures), row, beyond or None)

    def __getitem__(self, name: str) -> Figure:
        place = self._places[name]
        figure = self._row[place]
        if figure > _BEYOND:
            return figure
        return self._beyond[place] if self._beyond and figure == _BEYOND else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return FigureRow, (self._names, self._row, self._beyond)


def _small(figures: Mapping[str, Figure]) -> array[int] | None:
    """Figures of which none is a blank or too large for two bytes, as a row; None for others."""
    given: Any = figures.values()
    try:
        row = array("h", given)
    except (OverflowError, TypeError):
        return None
    return row if min(row, default=0) > _BEYOND else None


def _fits(figure: Figure) -> bool:
    return figure is None or (isinstance(figure, int) and _BEYOND < figure <= _MOST)


class PackedTexts(Mapping[str, tuple[str, ...]]):
    """PackedTexts of text by part, packed; unpacked as often as they are asked for."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    @classmethod
    def of(cls, texts: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """The lines packed; as they are where they hold what would be taken for a boundary."""
        said = "".join(f"{_PART}{part}{''.join(f'{_LINE}{line}' for line in lines)}" for part, lines in texts.items())
        if said.count(_PART) != len(texts) or said.count(_LINE) != sum(map(len, texts.values())):
            return texts
        return cls(zlib.compress(said.encode("utf-8", "surrogatepass"), _LEVEL))

    def _unpacked(self) -> dict[str, tuple[str, ...]]:
        parts = zlib.decompress(self._packed).decode("utf-8", "surrogatepass").split(_PART)[1:]
        return {name: tuple(lines) for name, *lines in (part.split(_LINE) for part in parts)}

    def __getitem__(self, part: str) -> tuple[str, ...]:
        return self._unpacked()[part]

    def __iter__(self) -> Iterator[str]:
        return iter(self._unpacked())

    def __len__(self) -> int:
        return len(self._unpacked())

    def items(self) -> Any:
        return self._unpacked().items()

    def values(self) -> Any:
        return self._unpacked().values()

    def __reduce__(self) -> tuple[Any, ...]:
        return PackedTexts, (self._packed,)
