"""Where the form's rows and columns stand in a received sheet: by what they are, not only where they were issued.

Printed labels are the landmarks. Rows are aligned first, then columns, each in order; a line whose labels stand elsewhere
was moved; one without a landmark of its own stands where its neighbours say, or is lost. Nothing is placed by guess: a lost
line has no figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, lru_cache
from typing import Literal

from xltools.address import a1, column_name, parse_a1
from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.form.layout import TABLE_TOP, Layout, TableSheet
from xltools.ooxml.cells import SheetCells

_Marks = Mapping[int, Counter[str]]


@dataclass(frozen=True)
class Lines:
    """The rows, or the columns, of a received table sheet: which line of the form stands where, what is new, moved, lost."""

    kind: Literal["row", "column"]
    found: Mapping[int, int] = field(default_factory=dict)
    new: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()

    def words(self, line: int) -> str:
        """A line as a clerk finds it: 第 13 行, E 列."""
        return f"第 {line + 1} 行" if self.kind == "row" else f"{column_name(line)} 列"

    def first_cell(self, line: int) -> str:
        return a1(line, 0) if self.kind == "row" else a1(0, line)

    def without(self, lines: set[int]) -> Lines:
        """The same, with some of the form's lines given up for lost."""
        found = {line: there for line, there in self.found.items() if line not in lines}
        lost = tuple(sorted({*self.lost, *lines}))
        return replace(self, found=found, lost=lost, moved=tuple(n for n in self.moved if n not in lines))

    @cached_property
    def issued(self) -> dict[int, int]:
        """The form's line for a line of the received sheet."""
        return {there: line for line, there in self.found.items()}


@dataclass(frozen=True)
class Places:
    """Where a received table sheet has the form's rows and columns."""

    rows: Lines
    columns: Lines
    as_issued: bool = False

    @property
    def axes(self) -> tuple[Lines, Lines]:
        return self.rows, self.columns

    def of(self, row: int, column: int) -> tuple[int, int] | None:
        """Where a cell of the form stands; None where its row or column is lost."""
        if self.as_issued:
            return row, column
        if row not in self.rows.found or column not in self.columns.found:
            return None
        return self.rows.found[row], self.columns.found[column]

    def issued(self, row: int, column: int) -> tuple[int, int] | None:
        """The form's cell for a cell of the received sheet; None where it is not the form's."""
        if self.as_issued:
            return row, column
        if row not in self.rows.issued or column not in self.columns.issued:
            return None
        return self.rows.issued[row], self.columns.issued[column]


AS_ISSUED = Places(Lines("row"), Lines("column"), as_issued=True)


def squeezed(text: str) -> str:
    """A label without white space, the way labels are compared."""
    return "".join(text.split())


def locate(sheet: TableSheet, cells: SheetCells) -> Places:
    """Finds the form's rows and columns in a received sheet."""
    marks, known, printed = _landmarks(sheet)
    words = [(spot, cell.value) for spot, cell in cells.cells.items() if cell.kind == "text"]
    others = [text for spot, text in words if printed.get(spot) != text]
    if len(words) - len(others) == len(printed) and known.isdisjoint(map(squeezed, others)):
        return AS_ISSUED  # every label to the letter, and none of them anywhere else
    spots = [(row, column, squeezed(text)) for (row, column), text in words]
    issued = set(marks)
    strays = any(text in known and (row, column, text) not in issued for row, column, text in spots)
    gone = any(cells.at(row, column).blank for row, column, _ in marks)
    if not strays and not gone and 2 * len(issued.intersection(spots)) > len(marks):
        # No label stands where it does not belong, none is missing: at most some were altered in place.
        return AS_ISSUED
    ours = _marks(marks)
    theirs = _marks(spot for spot in spots if spot[2] in known)
    written = ({spot[0] for spot in spots}, {spot[1] for spot in spots})
    keys = _keys(sheet)
    rows = _align("row", sheet.last_row + 1, TABLE_TOP, ours[0], theirs[0], keys[0], written[0])
    columns = _align("column", sheet.last_column + 1, 0, ours[1], theirs[1], keys[1], written[1])
    return _without_doubt(sheet, cells, Places(rows, columns))


@lru_cache(maxsize=256)
def _landmarks(sheet: TableSheet) -> tuple[list[tuple[int, int, str]], set[str], dict[tuple[int, int], str]]:
    """A sheet's landmarks, the words on them, and where they stand to the letter."""
    marks = [(m.box.top, m.box.left, squeezed(m.text)) for m in sheet.landmarks]
    return marks, {text for *_, text in marks}, {(m.box.top, m.box.left): m.text for m in sheet.landmarks}


def landmarks(layout: Layout, name: str) -> tuple[frozenset[str], dict[tuple[int, int], str]]:
    """The words by which the lines of a sheet are found, squeezed, and where they are printed; none of a sheet without tables."""
    sheet = next((sheet for sheet in layout.tables.values() if sheet.name == name), None)
    _, known, printed = _landmarks(sheet) if sheet else ([], set(), {})
    return frozenset(known), printed


def _keys(sheet: TableSheet) -> tuple[_Marks, _Marks]:
    """The labels by which a row or a column goes: its innermost headings, one a table."""
    rows: dict[int, Counter[str]] = {}
    columns: dict[int, Counter[str]] = {}
    inner = {m.box.top: m for m in sorted(sheet.labels, key=lambda m: m.box.left) if m.role == "row"}
    for row, label in inner.items():
        rows[row] = Counter([squeezed(label.text)])
    heads = {(m.box.bottom, m.box.left): squeezed(m.text) for m in sheet.labels if m.role == "column"}
    for box in sheet.boxes.values():
        if head := heads.get((box.top - 1, box.left)):
            columns.setdefault(box.left, Counter())[head] += 1
    return rows, columns


def _without_doubt(sheet: TableSheet, cells: SheetCells, places: Places) -> Places:
    """The places without the lines at whose head another line's label stands: nothing is read under a wrong name."""
    names = {role: {squeezed(m.text) for m in sheet.labels if m.role == role} for role in ("row", "column")}
    doubted: dict[str, set[int]] = {"row": set(), "column": set()}
    for label in sheet.labels:
        spot = places.of(label.box.top, label.box.left)
        if label.role not in names or spot is None:
            continue
        there, box = squeezed(cells.text(*spot)), label.box
        if there != squeezed(label.text) and there in names[label.role]:
            first, last = (box.top, box.bottom) if label.role == "row" else (box.left, box.right)
            doubted[label.role].update(range(first, last + 1))
    return Places(places.rows.without(doubted["row"]), places.columns.without(doubted["column"]))


def _marks(spots: Iterable[tuple[int, int, str]]) -> tuple[dict[int, Counter[str]], dict[int, Counter[str]]]:
    """The labels on each row and on each column."""
    rows: dict[int, Counter[str]] = {}
    columns: dict[int, Counter[str]] = {}
    for row, column, text in spots:
        rows.setdefault(row, Counter())[text] += 1
        columns.setdefault(column, Counter())[text] += 1
    return rows, columns


def _align(
    kind: Literal["row", "column"], count: int, top: int, ours: _Marks, theirs: _Marks, keys: _Marks, written: set[int]
) -> Lines:
    """The form's lines in a received sheet, with those put in from ``top`` on. ``written`` are lines with words on them."""
    mine, there_are = sorted(ours), sorted(theirs)[:_LINES_LIMIT]
    names = {text for key in keys.values() for text in key}
    alike = {m: {t: _alike(ours[m], theirs[t], keys.get(m, Counter()), names) for t in there_are} for m in mine}
    found = _in_order(mine, there_are, alike)
    moved = []
    for line in sorted(set(ours) - set(found)):
        taken = set(found.values())
        free = [there for there in there_are if alike[line][there] and there not in taken]
        if len(free) == 1:
            found[line] = free[0]
            moved.append(line)
    landmarks = dict(found)
    for line in range(count):
        if line not in found:
            there = _between(line, landmarks, line in ours)
            if there is not None and there not in found.values() and (line not in ours or there in written):
                found[line] = there
    taken = set(found.values())
    new = tuple(n for n in range(top, max(taken, default=-1) + 1) if n not in taken)
    return Lines(kind, found, new, tuple(n for n in range(count) if n not in found), tuple(moved))


def _between(line: int, found: Mapping[int, int], altered: bool) -> int | None:
    """Where a line stands that shows no landmark: between its neighbours, if these are as near as issued.

    An altered landmark needs neighbours on both sides; a line that never had one stands beside the one before it.
    """
    before = max((k for k in found if k < line), default=None)
    after = min((k for k in found if k > line), default=None)
    if before is not None and after is not None:
        return found[before] + line - before if found[after] - found[before] == after - before else None
    if altered or (before is None and after is None):
        return None
    if before is not None:
        return found[before] + line - before
    assert after is not None
    return found[after] - after + line if found[after] >= after - line else None


def _in_order(mine: Sequence[int], there: Sequence[int], alike: Mapping[int, Mapping[int, int]]) -> dict[int, int]:
    """The alignment in order that keeps most labels together: a longest common subsequence, weighted by likeness."""
    shared = [[alike[m][t] for t in there] for m in mine]
    best = [[0] * (len(there) + 1) for _ in range(len(mine) + 1)]
    for m in range(len(mine) - 1, -1, -1):
        for t in range(len(there) - 1, -1, -1):
            taken = best[m + 1][t + 1] + shared[m][t] if shared[m][t] else 0
            best[m][t] = max(taken, best[m + 1][t], best[m][t + 1])
    found: dict[int, int] = {}
    m = t = 0
    while m < len(mine) and t < len(there):
        if shared[m][t] and best[m][t] == best[m + 1][t + 1] + shared[m][t]:
            found[mine[m]] = there[t]
            m, t = m + 1, t + 1
        elif best[m][t] == best[m + 1][t]:
            m += 1
        else:
            t += 1
    return found


def _alike(ours: Counter[str], theirs: Counter[str], key: Counter[str], names: set[str]) -> int:
    """How much two lines are alike: the labels they share, the line's own headings before all; 0 if they are not.

    A line that bears another line's heading is that other line, whatever else it shares.
    """
    both = sum((ours & theirs).values())
    own = sum((key & theirs).values())
    others = sum(times for text, times in (theirs - key).items() if text in names)
    if key and others and others >= own:
        return 0
    if own:
        return _KEY_WEIGHT * own + both
    return both if 2 * both >= sum(ours.values()) else 0


_KEY_WEIGHT = 4
_LINES_LIMIT = 500
"""Lines with labels on them that are looked at: far more than any form has."""


_REFERENCE = expression(
    r"(?:([^\s!()+\-*/,;:=<>&^\"']+)!)?(\$?[A-Z]{1,3}\$?[1-9][0-9]*(?::\$?[A-Z]{1,3}\$?[1-9][0-9]*)?)(?![A-Z0-9_.(])"
)
_CORNER = expression(r"(\$?)[A-Z]+(\$?)[0-9]+")


def moved_formula(formula: str, home: str, places: Mapping[str, Places]) -> str:
    """A formula (in canonical writing) as a program rewrites it when the lines it looks at have moved."""

    def moved(match: re.Match[str]) -> str:
        where = places.get(match[1] or home, AS_ISSUED)
        prefix = f"{match[1]}!" if match[1] else ""
        return prefix + ":".join(_moved_cell(corner, where) for corner in match[2].split(":"))

    parts = formula.split('"')
    for n in range(0, len(parts), 2):
        parts[n] = _REFERENCE.sub(moved, parts[n])
    return '"'.join(parts)


def _moved_cell(corner: str, where: Places) -> str:
    spot = where.of(*parse_a1(corner))
    dollars = _CORNER.match(corner)
    if spot is None or dollars is None:
        return corner
    name = a1(*spot)
    letters = name.rstrip("0123456789")
    return f"{dollars[1]}{letters}{dollars[2]}{name[len(letters) :]}"
