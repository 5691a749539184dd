"""Against the previous year, where its figures are known: no figure jumps without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.figures import SCALE, magnitude
from xltools.findings import FieldAt, Finding
from xltools.form.model import Filing, Rule
from xltools.rules.relation import unverified


@dataclass(frozen=True, kw_only=True)
class Jump(Rule):
    """No figure is more than ``times`` last year's, or less than that part of it, where they differ by ``least`` or more.

    ``{field}`` in its id stands for the figure's.
    """

    kind: ClassVar[str] = "jump"
    rank: ClassVar[int] = 50

    words: ClassVar[str] = "与上年相差 {least} 以上的，不到上年的 {times} 倍，也不少于上年的 1/{times}"

    least: int
    times: int

    @property
    def sentence(self) -> str:
        """What must hold."""
        return self.text.format(least=self.least, times=self.times)

    def unfit(self) -> Iterator[tuple[str, str]]:
        """An id without a place for the field's."""
        if "{field}" not in self.id:
            yield "id", "应当含有 {field}"

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each figure that jumps; those carried over cannot."""
        for item in filing.form.inputs if filing.last else ():
            now, last = filing.values[item.id], filing.last.get(item.id)
            if now is None or last is None or item.id in filing.carried:
                continue
            small, large = sorted((magnitude(now), magnitude(last)))
            if magnitude(now - last) >= self.least * SCALE[item.type] and large > self.times * small:
                yield self.breach("last-jump", FieldAt(item.id), rule=self.id.replace("{field}", item.id), field=item.id,
                                  actual=now, expected=last, types=(item.type, item.type), place=item.place,
                                  last=unverified(filing))  # fmt: skip
