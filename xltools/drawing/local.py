"""A supplement in a drawing: its rows stand in the edition's own tables, marked 本地补充; all else is as the edition has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.canvas import joined
from xltools.drawing.grid import read_tables
from xltools.drawing.references import Spot
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Slate, keyed
from xltools.drawing.worded import read_text
from xltools.editions import editions, load_form
from xltools.editions.grids import lines_of_table
from xltools.editions.relations import EVERY
from xltools.editions.source import Definition
from xltools.form.fields import APART, COUNT, SUPPLEMENT, Line, Section, Table
from xltools.form.model import Form

Told = dict[str, Any]
"""A part of a definition as it is read: a table, or a line of one."""


def is_local(name: str) -> bool:
    """Whether an id of a form is a supplement's."""
    return name == SUPPLEMENT or name.startswith(f"{SUPPLEMENT}.")


def margin_of(name: str) -> str:
    """The id of a line or part as the margin shows it: a supplement's behind the mark that it is one."""
    own = name.removeprefix(SUPPLEMENT).removeprefix(".")
    return f"{canvas.LOCAL} {own or canvas.NO_ID}" if is_local(name) else name


@dataclass
class Local:
    """Reads the parts' sheets of a supplement's drawing into what its definition says of tables, rows and texts."""

    form: Form
    """The edition that it is drawn on."""
    slate: Slate
    data: dict[str, Any] = field(default_factory=dict)

    def read(self, sketches: Sequence[Sketch]) -> dict[str, Any]:
        """What the sheets say."""
        known = {section.id: section for section in self.form.sections}
        names = _names(sketches)
        for sketch in sketches:
            mark = sketch.words(0, 0)
            if mark.startswith(canvas.LOCAL):
                self._text(sketch, names[sketch.name].get(0, ""))
            elif mark in known:
                self._part(sketch, known[mark], names[sketch.name])
            else:
                self._wrong(sketch, 0, 0, f"A1 的“{mark}”不是“{self.form.edition}”的部分" if mark else "A1 空着",
                            f"本地的一段文字写“{canvas.LOCAL}”；官方的部分照 xltools forms draft 写出的样子")  # fmt: skip
        self._twice()
        return self.data

    def _wrong(self, sketch: Sketch, row: int, column: int, reason: str, remedy: str) -> None:
        self.slate.wrong((sketch.name, row, column), reason, remedy)

    # ── texts ────────────────────────────────────────────────────────────────

    def _text(self, sketch: Sketch, name: str) -> None:
        if any(sketch.kind(*spot) for spot in (*sketch.cells, *sketch.yellow)):
            self._wrong(
                sketch, 0, 0, "本地的工作表只能是一段文字，这里却有填数的格", "表画在官方的一个部分里，它的表下面"
            )
            return
        texts = self.data.setdefault("section", [])
        key = keyed({"section": len(texts) + 1})
        self.slate.places.setdefault("section", (sketch.name, 0, 0))
        texts.append(read_text(sketch, name, key, self.slate))

    # ── tables ───────────────────────────────────────────────────────────────

    def _part(self, sketch: Sketch, section: Section, names: Mapping[int, str]) -> None:
        """The tables of a part: the edition's with rows put in, then the supplement's own."""
        if not section.tables:
            self._wrong(sketch, 0, 0, "官方的文字部分不用画在补充项里", "删去这张工作表")
            return
        key = f"({sketch.name})"
        tables = read_tables(sketch, section.id, section.id, key, self.slate, names)
        official = iter(section.tables)
        for number, table in enumerate(tables, 1):
            at = f"{key}.table[{number}]"
            if all(line.get("local") for line in table["rows"]):
                self._own(table, section, at)
                continue
            base = next(official, None)
            if base is None:
                spot = self.slate.places[at]
                self.slate.wrong(spot, f"“{self.form.edition}”里没有这张表", f"是本地的，各行 A 列都写“{canvas.LOCAL}”")
                continue
            self._rows(table, section, at)
            _Held(base, table, at, self.slate).tell()
        for base in official:
            heading = base.heading or "、".join(row.name for row in base.rows[:3])
            self._wrong(sketch, 0, 0, f"官方的一张表不见了：{heading}", "照 xltools forms draft 写出的样子补上")

    def _own(self, table: Told, section: Section, at: str) -> None:
        """A table of the supplement's own."""
        tables = self.data.setdefault("table", [])
        self._move(at, keyed({"table": len(tables) + 1}))
        tables.append({"section": section.id, **table, "rows": [_plain(row) for row in table["rows"]]})

    def _rows(self, table: Told, section: Section, at: str) -> None:
        """The rows put into one of the edition's tables, in groups by the row that they stand below."""
        groups = self.data.setdefault("rows", [])
        after, began = "", False
        for number, row in enumerate(table["rows"], 1):
            here = f"{at}.rows[{number}]"
            if not row.get("local"):
                after, began = row["id"], False
                continue
            if number == 1:
                self.slate.wrong(self.slate.places[here], "本地补充行在官方的第一行之上", "移到官方的一行下面")
                return
            if not began:
                groups.append({"section": section.id, "after": after, "rows": []})
                began = True
                self.slate.places[keyed({"rows": len(groups)})] = self.slate.places[here]
            self._move(here, keyed({"rows": len(groups)}) + f".rows[{len(groups[-1]['rows']) + 1}]")
            groups[-1]["rows"].append(_own_row(row, table))
        if not groups:
            del self.data["rows"]

    def _move(self, old: str, new: str) -> None:
        """Calls what is under a key by the one that it has in the definition."""
        for key in [k for k in self.slate.places if k == old or k.startswith(f"{old}.")]:
            self.slate.places[new + key[len(old) :]] = self.slate.places[key]

    def _twice(self) -> None:
        """Notes where a figure stands whose name another has."""
        seen: set[str] = set()
        for spot, drawn in self.slate.figures.items():
            name = joined(drawn.prefix, drawn.row, drawn.column)
            if name in seen:
                self.slate.places.setdefault("table", spot)
            seen.add(name)


def _names(sketches: Sequence[Sketch]) -> dict[str, dict[int, str]]:
    """By sheet, what the margin of each row says behind the mark, an id for each that has none."""
    found = {sketch.name: dict(_marked(sketch)) for sketch in sketches}
    known = {words.partition(" ")[0] for rows in found.values() for words in rows.values()}
    free = (f"r{n}" for n in range(1, 10**6) if f"r{n}" not in known)
    for rows in found.values():
        for row, words in rows.items():
            if words.partition(" ")[0] in ("", *canvas.TYPES.values()):
                rows[row] = f"{next(free)} {words}".strip()
    return found


def _marked(sketch: Sketch) -> Iterator[tuple[int, str]]:
    for row in sketch.rows():
        words = " ".join(sketch.words(row, 0).split())
        if words.startswith(canvas.LOCAL):
            yield row, words.removeprefix(canvas.LOCAL).strip(" ：:")


def _plain(line: Told) -> Told:
    """A line without the note that it is a supplement's."""
    return {name: value for name, value in line.items() if name != "local"}


def _own_row(row: Told, table: Told) -> Told:
    """A row put into a table, its sum over all others as a list of them: those of the supplement are not all that there are."""
    own = _plain(row)
    if own.get("sum") == EVERY:
        own["sum"] = [r["id"] for r in table["rows"] if "sum" not in r and r.get("type") not in APART]
    return own


# ── the edition's own ────────────────────────────────────────────────────────


@dataclass
class _Held:
    """One of the edition's tables as drawn, held against the edition's: what is there of it may not be changed."""

    base: Table
    table: Told
    key: str
    slate: Slate

    def tell(self) -> None:
        """Tells every difference at its cell."""
        for name, words in (("heading", "表上方的一行"), ("corner", "左上角的字"), ("note", "表下方的说明")):
            if (was := getattr(self.base, name)) != (now := self.table.get(name, "")):
                self._wrong(name, f"官方的{words}改了：“{was}”成了“{now}”", f"改回“{was}”" if was else "删去")
        for name, lines, what in (("columns", self.base.columns, "列"), ("rows", self.base.rows, "行")):
            self._lines(name, lines, what)

    def _spot(self, name: str) -> Spot:
        """The cell of a part of the table, or of what it is of."""
        key = f"{self.key}.{name}"
        while key not in self.slate.places:
            key = key.rpartition(".")[0]
        return self.slate.places[key]

    def _wrong(self, name: str, reason: str, remedy: str) -> None:
        self.slate.wrong(self._spot(name), reason, remedy)

    def _lines(self, name: str, lines: Sequence[Line], what: str) -> None:
        known = {line.id: line for line in lines}
        found = {line.id: (n, line) for n, line in self._read(name, known)}
        for number, line in (at for one, at in found.items() if one not in known):
            remedy = (
                f"是本地加的，A 列写“{canvas.LOCAL}”"
                if what == "行"
                else "补充项只能加行，不能加列；列画在本地自己的表里"
            )
            self._wrong(f"{name}[{number}]", f"官方的表里没有“{'/'.join(line.label)}”这一{what}", remedy)
        for line in (line for line in lines if found and line.id not in found):
            self._wrong(name, f"官方的“{line.name or line.id}”这一{what}不见了", "照官方的表补上")
        if [one for one in found if one in known] != [line.id for line in lines if line.id in found]:
            self._wrong(name, f"官方的{what}换了次序", "照官方的次序排")
        for number, line in (at for one, at in found.items() if one in known):
            self._line(f"{name}[{number}]", line, known[line.id], what)

    def _read(self, name: str, known: Mapping[str, Line]) -> list[tuple[int, Line]]:
        """The edition's lines with their numbers, those by their own ids whose ids were changed, which is told."""
        d = Definition(self.slate.file, {name: [_plain(line) for line in self.table[name]]})
        said: Sequence[Line] = ()
        with d.apart():  # what cannot be read has been told at its cell
            said = lines_of_table(d, name)
        numbered = [(n, line) for n, line in enumerate(said, 1) if not self.table[name][n - 1].get("local")]
        lost = {line.label: line.id for line in known.values() if line.id not in {one.id for _, one in numbered}}
        called = {line.id: lost[line.label] for _, line in numbered if line.id not in known and line.label in lost}
        for number, line in (at for at in numbered if at[1].id in called):
            reason = f"官方的“{line.name}”编号改了：“{called[line.id]}”成了“{line.id}”"
            self._wrong(f"{name}[{number}]", reason, f"改回“{called[line.id]}”")
        return [
            (n, replace(line, id=called.get(line.id, line.id), parts=tuple(called.get(p, p) for p in line.parts)))
            for n, line in numbered
        ]

    def _line(self, key: str, line: Line, base: Line, what: str) -> None:
        if line.label != base.label:
            self._wrong(
                f"{key}.label", f"官方的名称改了：“{'/'.join(base.label)}”成了“{'/'.join(line.label)}”", "改回来"
            )
        if (line.measure or COUNT) != (base.measure or COUNT):
            self._wrong(
                key, f"官方的“{base.name}”这一{what}改了类型", f"改回“{canvas.measured(base.measure or COUNT)}”"
            )
        local = [row["id"] for row in self.table["rows"] if row.get("local")]
        if {*line.parts} - {*local} != {*base.parts}:
            self._wrong(key, f"官方的合计“{base.name}”改了", "照官方的合计改回来；本地的合计另加一行")
        elif {*line.parts} & {*local} and what == "行":
            spot = self._spot(key)
            self.slate.remark(
                spot, f"官方的合计“{base.name}”不加本地补充行，照原来的算", "插在合计范围里的，公式不用改"
            )


def ground_of(names: Sequence[str]) -> Form | None:
    """The newest edition of those that a supplement is for, which it is drawn on; None where none is known."""
    known = [load_form(name, judged=False) for name in names if name in editions()]
    return max(known, key=lambda form: form.years[0], default=None)
