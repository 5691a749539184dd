"""The tables of a part, read from its sheet: rows and columns with their printed labels, figures to fill in, totals from formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import groupby
from typing import Any

from xltools.address import a1
from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Drawn, Labelled, Slate
from xltools.drawing.taken import Taken, ids_on, tell_strays
from xltools.drawing.worked_out import WorkedOut
from xltools.form.fields import APART, SUPPLEMENT

_BESIDE = (canvas.IDS, canvas.TYPES_MARK)


def read_tables(
    sketch: Sketch, section: str, prefix: str, key: str, slate: Slate, local: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """The tables of a sheet as a definition has them; what is wrong goes on the slate.

    Of a supplement ``local`` says what stands in the margins of the rows that are its own, the mark left out.
    """
    own = {name.partition(" ")[0] for name in (local or {}).values()}
    used = Taken(ids=ids_on(sketch) | own)
    body = [row for row in sketch.rows() if any(sketch.kind(row, column) for column in sketch.columns())]
    for row in body:
        if sketch.kind(row, 0):
            slate.wrong((sketch.name, row, 0), "A 列是边栏，不能放填数的格和合计", "把整张表往右移一列")
    runs = [[row for _, row in run] for _, run in groupby(enumerate(body), lambda pair: pair[1] - pair[0])]
    tables: list[dict[str, Any]] = []
    for rows in runs:
        grid = Grid(sketch, rows, slate, used, f"{key}.table[{len(tables) + 1}]", prefix, local)
        if (table := grid.read()) is not None:
            tables.append(table)
    if tables:
        tell_strays(sketch, used, slate)
    return tables


@dataclass
class Grid:
    """One table: the rows of its figures, and what stands around them."""

    sketch: Sketch
    rows: list[int]
    slate: Slate
    used: Taken
    key: str
    prefix: str
    local: Mapping[int, str] | None = None
    columns: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    inner: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """Where the innermost label of a line stands, by 行 or 列 and its number."""

    def read(self) -> dict[str, Any] | None:
        """The table; None where it is none at all, which is told."""
        self.columns = sorted({c for r in self.rows for c in self.sketch.columns() if c and self.sketch.kind(r, c)})
        if not self.columns:
            return None
        ids, types, above = self._head()
        if not self.head:
            row = self.rows[0]
            self._wrong(row, self.columns[0], "这几行填数的格上面没有栏目名称",
                        f"如果第 {row} 行是新插入的，写上名称、把要填的格涂成黄色；是新表的，在上面写栏目名称")  # fmt: skip
            return None
        found: dict[str, Any] = {}
        self.slate.places[self.key] = (self.sketch.name, self.rows[0], self.columns[0])
        if above is not None:
            found["heading"] = self._take(above, 1)
            self.slate.places[f"{self.key}.heading"] = (self.sketch.name, above, 1)
        if self.columns[0] > 1 and (corner := self._take(self.head[0], 1)):
            found["corner"] = corner
        if (below := self._below()) is not None:
            found["note"] = self._take(below, 1)
        found["columns"] = self._columns(ids, types)
        found["rows"] = self._rows()
        WorkedOut(self.sketch, self.slate, self.rows, self.columns).put_into(found)
        self._labelled(found)
        for r in self.rows:
            for c in self.columns:
                value = self.sketch.cells.get((r, c))
                if isinstance(value, str) and self.sketch.kind(r, c) == "figure":
                    self._wrong(r, c, f"要填数的格里写了“{value.strip()[:20]}”", "名称写在表头里；试填只能填数")
        self._drawn(found)
        return found

    def _drawn(self, found: dict[str, Any]) -> None:
        """Notes which figure each cell is."""
        mixed = len({"local" in row for row in found["rows"]}) > 1
        columns = _inputs(found["columns"])
        for row, r in zip(found["rows"], self.rows, strict=True):
            own = "local" in row
            rows = () if own and mixed else _inputs([one for one in found["rows"] if ("local" in one) == own])
            for column, c in zip(found["columns"], self.columns, strict=True):
                prefix = SUPPLEMENT if own else self.prefix
                self.slate.figures[self.sketch.name, r, c] = Drawn(prefix, row["id"], column["id"], rows, columns)
                self.used.cells.add((r, c))

    def _labelled(self, found: dict[str, Any]) -> None:
        """Notes which line each innermost label is of."""
        for what, way, where in (("行", "row", self.rows), ("列", "column", self.columns)):
            for number, (line, at) in enumerate(zip(found[f"{way}s"], where, strict=True), 1):
                if (what, at) in self.inner:
                    spot = self.inner[what, at]
                    words, key = self.sketch.words(*spot), f"{self.key}.{way}s[{number}].label"
                    self.slate.labels[self.sketch.name, *spot] = Labelled(self.prefix, way, line["id"], words, key)

    # ── what stands around the figures ───────────────────────────────────────

    def _wrong(self, row: int, column: int, reason: str, remedy: str = "") -> None:
        self.slate.wrong((self.sketch.name, row, column), reason, remedy)

    def _take(self, row: int, column: int) -> str:
        box = self.sketch.box(row, column)
        self.used.cells.add((box.top, box.left))
        return self.sketch.words(row, column)

    def _mark(self, row: int) -> str:
        return self.sketch.words(row, 0) if row >= 0 else ""

    def _head(self) -> tuple[int | None, int | None, int | None]:
        """Finds the rows of headings; the rows of ids and of types, and of the line above the table, where there are any."""
        row, beside = self.rows[0] - 1, {}
        while self._mark(row) in _BESIDE:
            beside[self._mark(row)] = row
            row -= 1
        bottom = row
        while row > 0 and self._is_head(row):
            row -= 1
        self.head = list(range(row + 1, bottom + 1))
        self.used.heads.update(self.head)
        above = row if row > 0 and (self._mark(row) == canvas.HEADING or self._is_banner(row)) else None
        for column in range(1, self.columns[-1] + 1):
            self.used.cells.update((r, column) for r in beside.values())
        return beside.get(canvas.IDS), beside.get(canvas.TYPES_MARK), above

    def _is_head(self, row: int) -> bool:
        mark = self._mark(row)
        if mark.startswith("#"):
            return mark == canvas.CORNER
        if any(self.sketch.kind(row, c) for c in self.sketch.columns()) or self._is_banner(row):
            return False
        return any(self.sketch.words(row, c) for c in self.columns)

    def _is_banner(self, row: int) -> bool:
        """Whether one box lies over the whole table."""
        box = self.sketch.box(row, 1)
        wide = box.left == 1 and box.right >= self.columns[-1] > 1
        return wide and bool(self.sketch.words(row, 1)) and not self._mark(row).startswith(canvas.CORNER)

    def _below(self) -> int | None:
        row = self.rows[-1] + 1
        if self._mark(row) == canvas.NOTE:
            return row
        after = self._mark(row + 1) == canvas.CORNER or self._mark(row) == canvas.HEADING
        return row if not after and self._is_banner(row) and not self._heads_another(row) else None

    def _heads_another(self, row: int) -> bool:
        """Whether figures follow below before an empty row: then the box is a table's heading."""
        for below in range(row + 1, self.sketch.rows().stop):
            if any(self.sketch.kind(below, c) for c in self.columns):
                return True
            if not any(self.sketch.words(below, c) for c in (0, *self.columns)):
                return False
        return False

    # ── lines ────────────────────────────────────────────────────────────────

    def _columns(self, ids: int | None, types: int | None) -> list[dict[str, Any]]:
        found = []
        for number, column in enumerate(self.columns, 1):
            label = self._label([(row, column) for row in self.head], "列", (self.head[-1], column))
            line: dict[str, Any] = {"id": self.sketch.words(ids, column) if ids is not None else ""}
            line["label"] = label[0] if len(label) == 1 else label
            if types is not None and (said := self.sketch.words(types, column)):
                line |= self._type(said, (types, column))
            found.append(line)
            where = (ids if ids is not None else self.head[-1], column)
            self.slate.places[f"{self.key}.columns[{number}]"] = (self.sketch.name, *where)
            spot = self.inner.get(("列", column), (self.head[-1], column))
            self.slate.places[f"{self.key}.columns[{number}].label"] = (self.sketch.name, *spot)
        self._name(found, [(ids if ids is not None else self.head[-1], c) for c in self.columns], "c")
        return found

    def _type(self, said: str, where: tuple[int, int]) -> dict[str, Any]:
        """What is said of the figures of a line, as a definition does."""
        try:
            return canvas.measure_said(said)
        except ValueError as problem:
            remedy = f"可用的有：{'、'.join(canvas.TYPES.values())}；金额后面空一格写单位，例如 金额 万元"
            self._wrong(*where, str(problem), remedy)
            return {}

    def _rows(self) -> list[dict[str, Any]]:
        found = []
        for number, row in enumerate(self.rows, 1):
            label = self._label([(row, column) for column in range(1, self.columns[0])], "行", (row, 1))
            own = (self.local or {}).get(row)
            name, _, kind = (self.sketch.words(row, 0) if own is None else own).partition(" ")
            if name == canvas.LOCAL:
                self._wrong(
                    row, 0, "本地补充行不能画在格式版本里", "另画补充项：xltools forms draft 版本 --supplement 编号"
                )
            line: dict[str, Any] = {"id": name, "label": label[0] if len(label) == 1 else label}
            line |= {} if own is None else {"local": True}
            found.append(line | (self._type(kind, (row, 0)) if kind.strip() else {}))
            self.slate.places[f"{self.key}.rows[{number}]"] = (self.sketch.name, row, 0)
            spot = self.inner.get(("行", row), (row, 1))
            self.slate.places[f"{self.key}.rows[{number}].label"] = (self.sketch.name, *spot)
        self._name(found, [(row, 0) for row in self.rows], "r")
        return found

    def _label(self, cells: Sequence[tuple[int, int]], what: str, where: tuple[int, int]) -> list[str]:
        """The headings of a line from the outermost in; one that no outer heading lies over is told."""
        boxes = list(dict.fromkeys(self.sketch.box(row, column) for row, column in cells))
        said = [self._take(box.top, box.left) for box in boxes]
        label = [words for words in said if words]
        for number, box in enumerate(boxes):  # below an innermost name there may be room; above a name there may not
            if not said[number] and any(said[number + 1 :]):
                reason = f"这一{what}的上一级名称空着：旁边合并的格没有盖住它"
                self._wrong(box.top, box.left, reason, "把合并的格拉到这里，或者写上名称")
                break
        own = next((box for box in reversed(boxes) if self.sketch.words(box.top, box.left)), None)
        if own is not None:
            self.inner[what, where[0] if what == "行" else where[1]] = (own.top, own.left)
        others = [(row, 1) for row in self.rows] if what == "行" else [(self.head[-1], c) for c in self.columns]
        shared = own and any(own.holds(r, own.left) if what == "行" else own.holds(own.top, c) for r, c in others
                             if (r, c) != (where if what == "行" else (self.head[-1], where[1])))  # fmt: skip
        if cells and (not label or shared):
            self._wrong(*where, f"这一{what}没有名称", "写上印出来的名称；不要的话整行整列删掉")
        return label

    def _name(self, lines: list[dict[str, Any]], where: Sequence[tuple[int, int]], letter: str) -> None:
        """Ids for lines that have none, each free in the whole sheet; one that stands twice is told."""
        seen: dict[str, tuple[int, int]] = {}
        free = (f"{letter}{n}" for n in range(1, 10**6) if f"{letter}{n}" not in self.used.ids)
        for line, spot in zip(lines, where, strict=True):
            if line["id"] in seen and line["id"]:
                first = a1(*seen[line["id"]])
                remedy = "新加的一行（列）请把编号清空，程序会自己编"
                remedy = f"本地加的一行，编号改写成“{canvas.LOCAL}”" if self.local is not None else remedy
                self._wrong(*spot, f"编号“{line['id']}”与 {first} 重复", remedy)
            seen.setdefault(line["id"], spot)
            line["id"] = "" if line["id"] == canvas.NO_ID else line["id"] or next(free)
            self.used.ids.add(line["id"])


def _inputs(lines: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The ids of the lines that are no sums, and can be added up."""
    return tuple(line["id"] for line in lines if "sum" not in line and line.get("type") not in APART)
