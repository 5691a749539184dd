"""What is found while a drawing is read: mistakes and remarks with their cells, and which cell says what of the definition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from xltools.address import a1
from xltools.classes import dataclass
from xltools.drawing.references import Puzzling, Ref, Spot
from xltools.errors import FormError

_FOR_FILES = re.compile("（TOML：[^）]*）")
"""What a remedy says to those who write definition files alone."""


@dataclass(frozen=True)
class Drawn:
    """A figure as drawn: the beginning of its id, its row and its column, and the ids of its table's lines that are no sums."""

    prefix: str
    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Labelled:
    """A row or column as drawn: the beginning of its fields' ids, which of the two, its id, its innermost label, the key of that."""

    prefix: str
    way: str
    id: str
    words: str
    key: str


def place(spot: Spot) -> str:
    """A cell in words: “二、主动公开”C5."""
    return f"“{spot[0]}”{a1(spot[1], spot[2])}"


@dataclass
class Slate:
    """The notes of a reading. ``places`` has, by the keys of the definition that is made, the cell each comes from."""

    file: str
    mistakes: list[FormError] = field(default_factory=list)
    remarks: list[FormError] = field(default_factory=list)
    asked: list[FormError] = field(default_factory=list)
    """What is still to be answered before the form can follow the one before it: a mistake only of one that does."""
    asked_of: set[str] = field(default_factory=set)
    """The keys of the lines that are asked about."""
    places: dict[str, Spot] = field(default_factory=dict)
    figures: dict[Spot, Drawn] = field(default_factory=dict)
    labels: dict[Spot, Labelled] = field(default_factory=dict)
    """The lines by the cells of their innermost labels."""

    def wrong(self, spot: Spot, reason: str, remedy: str = "") -> None:
        """A mistake at a cell."""
        self.mistakes.append(FormError(self.file, place(spot), reason, remedy))

    def ask(self, spot: Spot, reason: str, remedy: str) -> None:
        """A question at a cell."""
        self.asked.append(FormError(self.file, place(spot), reason, remedy))

    def puzzled(self, spot: Spot, problem: Puzzling) -> None:
        self.wrong(spot, problem.reason, problem.remedy)

    def remark(self, spot: Spot, reason: str, remedy: str = "") -> None:
        """Something that may be meant."""
        self.remarks.append(FormError(self.file, place(spot), reason, remedy))

    def at(self, ref: Ref, home: str) -> Spot:
        return ref.sheet or home, ref.top, ref.left

    def placed(self, problem: FormError) -> FormError:
        """A mistake in the definition, told at the cell that says so."""
        key = problem.key
        while key:
            if key in self.places:
                remedy = _FOR_FILES.sub("", problem.remedy)
                return FormError(self.file, place(self.places[key]), problem.reason, remedy)
            key = key.rpartition(".")[0]
        return FormError(self.file, problem.key, problem.reason, problem.remedy)


def keyed(parts: Mapping[str, int]) -> str:
    """The key of a part of a definition: section[2].table[1]."""
    return ".".join(f"{name}[{number}]" for name, number in parts.items())
