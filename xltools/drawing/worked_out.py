"""The totals and ratios of a drawn table: what its formulas make of its lines, and every formula held against the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import Any

from xltools.address import a1, column_name, parse_a1
from xltools.classes import dataclass
from xltools.drawing.references import Puzzling, read_sum
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Slate
from xltools.drawing.taken import covered
from xltools.editions.relations import EVERY
from xltools.form.fields import APART

_RATIO = re.compile(r"=\$?([A-Z]{1,3})\$?([0-9]{1,5})/\$?([A-Z]{1,3})\$?([0-9]{1,5})\Z")
"""A ratio as it is typed: a cell over another."""


@dataclass
class WorkedOut:
    """The formulas of one table: the rows and columns of its figures."""

    sketch: Sketch
    slate: Slate
    rows: list[int]
    columns: list[int]

    def _wrong(self, row: int, column: int, reason: str, remedy: str = "") -> None:
        self.slate.wrong((self.sketch.name, row, column), reason, remedy)

    def put_into(self, found: dict[str, Any]) -> None:
        """Puts the sums of rows and columns into the table, and holds every formula against them."""
        apart = self._ratios(found)
        members = {(r, c): got for r in self.rows for c in self.columns
                   if (r, c) not in apart and (got := self._members(r, c)) is not None}  # fmt: skip
        down: dict[int, tuple[int, ...]] = {}
        for r in self.rows:
            votes = [_down(members[r, c], c) for c in self.columns if (r, c) in members]
            if (common := _most(votes)) and sum(map(bool, votes)) * 2 > len(self.columns):
                down[r] = common
        across: dict[int, tuple[int, ...]] = {}
        others = [r for r in self.rows if r not in down]
        for c in self.columns:
            votes = [_across(members[r, c], r) for r in others if (r, c) in members]
            if (common := _most(votes)) and sum(map(bool, votes)) * 2 > len(others):
                across[c] = common
        _put(found["rows"], self.rows, down)
        _put(found["columns"], self.columns, across)
        for r, c in product(self.rows, self.columns):
            if (r, c) not in apart:
                self._held((r, c), down.get(r), across.get(c), members.get((r, c)))

    def _ratios(self, found: dict[str, Any]) -> set[tuple[int, int]]:
        """Puts what ratios are of into their lines; the cells of these lines, each of which must be the same ratio."""
        apart: set[tuple[int, int]] = set()
        for name, places, others in (("columns", self.columns, self.rows), ("rows", self.rows, self.columns)):
            for line, at in zip(found[name], places, strict=True):
                if line.get("type") != "ratio":
                    continue
                spots = [(r, at) if name == "columns" else (at, r) for r in others]
                spots = [spot for spot in spots if spot not in apart]
                apart.update(spots)
                said = [self._over(spot, name == "columns") for spot in spots]
                common = Counter(of for of in said if of).most_common(1)
                ids = {place: other["id"] for place, other in zip(places, found[name], strict=True)}
                line["of"] = [ids[place] for place in common[0][0]] if common else []
                for spot, of in zip(spots, said, strict=True):
                    if not common or of != common[0][0]:
                        self._wrong(
                            *spot, "这一行（列）是比率，这一格却不是同样两行（列）相除", "写成 =一格/一格，例如 =C5/C4"
                        )
        return apart

    def _over(self, spot: tuple[int, int], across: bool) -> tuple[int, int] | None:
        """The two lines that a cell is the quotient of, in its own row (``across``) or column; None for any other cell."""
        match = _RATIO.match(str(self.sketch.cells.get(spot, "")).replace(" ", ""))
        if match is None:
            return None
        ends = [parse_a1(f"{match[n]}{match[n + 1]}") for n in (1, 3)]
        if any(
            end[0] not in self.rows or end[1] not in self.columns or end[not across] != spot[not across] for end in ends
        ):
            return None
        return ends[0][across], ends[1][across]

    def _members(self, row: int, column: int) -> list[tuple[int, int]] | None:
        """The figures of the table that a total's formula adds up; None where it is no total, or none that can be read."""
        if self.sketch.kind(row, column) != "total":
            return None
        formula = self.sketch.cells[row, column]
        try:
            terms = read_sum(formula)
            if any(t.ref is None or t.factor != 1 or t.last or t.ceiling for t in terms):
                raise Puzzling(f"合计 {formula} 不是单纯的相加", "合计写成 =SUM(…)，只把几格加起来")
        except Puzzling as problem:
            self._wrong(row, column, problem.reason, problem.remedy or "合计写成 =SUM(…)")
            return None
        found = []
        for term in terms:
            ref = term.ref
            assert ref is not None
            spots = (
                [(r, c) for r in range(ref.top, ref.bottom + 1) for c in range(ref.left, ref.right + 1)]
                if ref.sheet in ("", self.sketch.name)
                else [(-1, -1)]
            )
            for r, c in spots:
                if covered(self.sketch, r, c) and r in self.rows:
                    continue
                if r not in self.rows or c not in self.columns:
                    other = f"{ref.sheet or self.sketch.name}!{a1(max(r, 0), max(c, 0))}"
                    self._wrong(row, column, f"合计 {formula} 加的 {other} 不是本表的格", "只能把本表的格加起来")
                    return None
                found.append((r, c))
        return found

    def _held(
        self,
        spot: tuple[int, int],
        down: tuple[int, ...] | None,
        across: tuple[int, ...] | None,
        got: list[tuple[int, int]] | None,
    ) -> None:
        """Tells a cell that is not what its row and column make it."""
        r, c = spot
        kind = self.sketch.kind(r, c)
        if down is None and across is None:
            if kind == "total" and got is not None:
                self._wrong(
                    r,
                    c,
                    f"这一格是公式 {self.sketch.cells[r, c]}，同一行、同一列的别的格却不是合计",
                    "整行或者整列都写成合计，或者把这一格改成黄色的填数格",
                )
            elif not kind:
                self._wrong(
                    r,
                    c,
                    "这一格既不是黄色的填数格，也不是合计",
                    "要填的涂成黄色，合计写成 =SUM(…)；没有名称的整行整列请删掉",
                )
            return
        if kind != "total":
            line = f"第 {r + 1} 行" if down is not None else f"{column_name(c)} 列"
            self._wrong(r, c, f"{line}是合计，这一格却不是公式", "写成合计公式，可以从旁边的格复制")
            return
        if got is None:
            return
        wanted = [{(n, c) for n in down}] if down is not None else []
        wanted += [{(r, n) for n in across}] if across is not None else []
        if set(got) not in wanted or len(set(got)) != len(got):
            short = self._difference(set(got), min(wanted, key=lambda w: len(w ^ set(got))))
            twice = "，有的格加了两次" if len(set(got)) != len(got) else ""
            self._wrong(
                r,
                c,
                f"合计 {self.sketch.cells[r, c]} 与同行同列的别的合计不一样{short}{twice}",
                "可以从旁边的合计复制过来",
            )

    def _difference(self, got: set[tuple[int, int]], wanted: set[tuple[int, int]]) -> str:
        less, more = (sorted(a1(*spot) for spot in spots) for spots in (wanted - got, got - wanted))
        return (f"，少了 {'、'.join(less)}" if less else "") + (f"，多了 {'、'.join(more)}" if more else "")


def _down(members: list[tuple[int, int]], column: int) -> tuple[int, ...]:
    """The rows of a sum down its column; nothing for one that runs another way."""
    return tuple(sorted(r for r, _ in members)) if {c for _, c in members} == {column} else ()


def _across(members: list[tuple[int, int]], row: int) -> tuple[int, ...]:
    """The columns of a sum across its row; nothing for one that runs another way."""
    return tuple(sorted(c for _, c in members)) if {r for r, _ in members} == {row} else ()


def _put(lines: list[dict[str, Any]], where: list[int], sums: Mapping[int, tuple[int, ...]]) -> None:
    """Puts sums into the lines that are totals; of all lines that are none, in one word."""
    inputs = tuple(
        at for at, line in zip(where, lines, strict=True) if at not in sums and line.get("type") not in APART
    )
    for at, parts in sums.items():
        lines[where.index(at)]["sum"] = EVERY if parts == inputs else [lines[where.index(part)]["id"] for part in parts]


def _most(votes: list[tuple[int, ...]]) -> tuple[int, ...]:
    known = [vote for vote in votes if vote]
    return Counter(known).most_common(1)[0][0] if known else ()
