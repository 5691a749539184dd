"""Against the previous year, where its figures are known: not everything repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Self

from xltools.classes import dataclass
from xltools.findings import FieldAt, Finding
from xltools.form.algebra import pending_formula, ranges
from xltools.form.checkrows import Cells, CheckRow, Formulas
from xltools.form.lastyear import compare
from xltools.form.layout import CHECKS
from xltools.form.model import Filing, Rule, Scope
from xltools.form.sums import LAST
from xltools.rules.relation import unverified
from xltools.terms import FAIL, PASS, PENDING


@dataclass(frozen=True, kw_only=True)
class Repeated(Rule):
    """Where ``least`` figures or more are not 0, not all of them are last year's."""

    kind: ClassVar[str] = "repeated"
    rank: ClassVar[int] = 40

    words: ClassVar[str] = (
        "不是 0 的有 {least} 个以上时，可比的数不会全部与上年相同（左边：不是 0 的个数，右边：与上年不同的个数）"
    )

    least: int
    listed: bool = True

    def at(self, scope: Scope) -> Self | None:
        """Listed on a filing's 校验 where enough figures of last year are known."""
        return replace(self, listed=scope.kind == "filing" and len(scope.last) >= self.least)

    @property
    def sentence(self) -> str:
        """What must hold."""
        return self.text.format(least=self.least)

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """At most one finding: every figure is last year's, and enough of them are not 0."""
        found = compare(filing)
        if found is None or found.told < self.least or found.other:
            return
        names = self._known(filing)
        first = next(name for name in names if filing.values[name])
        yield self.breach("last-repeated", FieldAt(first), field=first, related=names, actual=found.told,
                          count=found.both, last=unverified(filing))  # fmt: skip

    @staticmethod
    def _known(filing: Filing) -> tuple[str, ...]:
        return tuple(f.id for f in filing.form.inputs if f.id in filing.known_last)

    def row(self, filing: Filing) -> CheckRow:
        """How many figures are not 0, how many differ from last year's."""
        found = compare(filing)
        if found is None:
            return CheckRow(None, None, None, PENDING)
        return CheckRow(found.told, found.other, None, FAIL if found.told >= self.least and not found.other else PASS)

    def formulas(self, cells: Cells, filing: Filing) -> Formulas:
        """The same counted over blocks of cells."""
        names, fields = self._known(filing), filing.form.fields
        blocks: list[tuple[str, str]] = []
        for section in filing.form.table_sections:
            group = [name for name in names if fields[name].section is section]
            now, last = (ranges([prefix + name for name in group], cells, CHECKS) for prefix in ("", LAST))
            blocks += zip(now, last, strict=True)
        pending = pending_formula(names, cells, CHECKS)
        told = "+".join(f"COUNT({now})-COUNTIF({now},0)" for now, _ in blocks)
        other = "+".join(f"SUMPRODUCT(--(ROUND({now},6)<>ROUND({last},6)))" for now, last in blocks)
        fails = f"AND({told}>={self.least},{other}=0)"
        return Formulas(
            f'IF({pending},"",{told})',
            f'IF({pending},"",{other})',
            None,
            f'IF({pending},"{PENDING}",IF({fails},"{FAIL}","{PASS}"))',
            FieldAt(names[0]),
        )
