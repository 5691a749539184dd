"""Blanks are not zeros: a table's blanks count as 0 only where its switch says so; else they are reported, once a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.findings import FieldAt, FieldsAt, Finding
from xltools.form.model import Filing, Rule


@dataclass(frozen=True, kw_only=True)
class Blank(Rule):
    """Every input cell holds a figure, or its table's switch declares its blanks zero. A summary has none to fill in."""

    kind: ClassVar[str] = "blank"
    rank: ClassVar[int] = 20

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """One finding for each table sheet with blank cells."""
        for section in filing.form.table_sections if filing.kind == "filing" else ():
            empty = tuple(
                f.id for f in filing.form.inputs_of(section.id)
                if filing.values[f.id] is None and f.id not in told and f.id not in filing.unread
                and not (f.type == "words" and f.id in filing.typed)
            )  # fmt: skip
            if empty:
                first = filing.form.fields[empty[0]]
                yield self.breach("cell-blank", FieldAt(first.id), rule=None, basis=None, field=first.id, related=empty,
                                  count=len(empty), cells=FieldsAt(empty), place=first.place)  # fmt: skip
