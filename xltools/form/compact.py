"""Figures and texts packed small, for filings that are kept by the ten thousand: what they say stays the same."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from xltools.figures import Figure

_places: dict[tuple[str, ...], dict[str, int]] = {}
"""By the names of a row, where each stands in it: the rows of one form share them."""

_PART, _LINE = "\x1d", "\x1e"
"""What stands between parts and between lines: nothing that a cell of a workbook can hold."""


class FigureRow(Mapping[str, Figure]):
    """Figures by field, kept as a row of them; the names are kept once for all rows that have the same."""

    __slots__ = ("_figures", "_places")

    def __init__(self, names: tuple[str, ...], figures: tuple[Figure, ...]) -> None:
        if names not in _places:
            _places[names] = {name: place for place, name in enumerate(names)}
        self._places, self._figures = _places[names], figures

    @classmethod
    def of(cls, figures: Mapping[str, Figure]) -> FigureRow:
        """The row of what is held by name."""
        return figures if isinstance(figures, FigureRow) else cls(tuple(figures), tuple(figures.values()))

    def __getitem__(self, name: str) -> Figure:
        return self._figures[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._figures)

    def __reduce__(self) -> tuple[Any, ...]:
        return FigureRow, (tuple(self._places), self._figures)


class PackedTexts(Mapping[str, tuple[str, ...]]):
    """PackedTexts of text by part, packed; unpacked as often as they are asked for."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    @classmethod
    def of(cls, texts: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """The lines packed; as they are where they hold what would be taken for a boundary."""
        said = "".join(f"{_PART}{part}{''.join(f'{_LINE}{line}' for line in lines)}" for part, lines in texts.items())
        packed = cls(zlib.compress(said.encode("utf-8", "surrogatepass")))
        return packed if packed._unpacked() == texts else texts

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
