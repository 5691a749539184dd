"""What a rule shows on 校验, and how Excel works that out."""

from __future__ import annotations

from typing import Protocol

from xltools.classes import dataclass
from xltools.findings import Place


class Cells(Protocol):
    """What a formula needs to know of a layout: where a field stands and which switch declares its blanks zero."""

    def position(self, field: str) -> tuple[str, int, int]: ...
    def switch(self, field: str) -> str: ...
    def cell(self, field: str) -> str: ...
    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What a rule shows on 校验 for a filing: two sides and their difference (each None while pending), the result."""

    left: float | int | None
    right: float | int | None
    difference: float | int | None
    result: str


@dataclass(frozen=True, slots=True)
class Formulas:
    """A rule as Excel works it out, every formula for a cell of 校验: two sides, their difference (None where it means nothing),
    the result; where its id leads to; how the sides look."""

    left: str
    right: str
    difference: str | None
    result: str
    target: Place
    look: str = "cell_number"
