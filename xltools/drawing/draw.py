"""An edition or a supplement drawn: its definition as a workbook, every sum and relation a live formula."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product
from typing import Any

from xltools.address import a1, shifted
from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.beside_last import draw_crosswalks
from xltools.drawing.canvas import joined
from xltools.drawing.instructions import HELP_LINES, LOCAL_LINES
from xltools.drawing.local import is_local, margin_of
from xltools.drawing.pen import Pen
from xltools.drawing.references import Spot, Writer, lines_formula
from xltools.editions.cellwords import ceiling_words, levels_words, settings_words, years_words
from xltools.editions.definition import field_name
from xltools.editions.relations import lines_of
from xltools.editions.source import Definition
from xltools.form.fields import COUNT, Line, Section, Table
from xltools.form.layout import TABLE_TOP, Label, TableSheet, layout_of
from xltools.form.model import Form
from xltools.terms import SEVERITIES, YES

_UP = 1
"""The row of a part's sheet, from 0, below which its tables stand."""
_MARGIN = 1
"""Columns of the margin."""


def drawing_of(data: Mapping[str, Any], form: Form) -> bytes:
    """The workbook of a definition. ``form`` is what it defines; of a supplement, the edition with it."""
    sheet = _Drawing(data, form)
    sheet.help()
    sheet.identity()
    for section in form.sections:
        if section.tables or not sheet.supplement or is_local(section.id):
            sheet.section(section)
    sheet.relations()
    sheet.carried()
    sheet.alike()
    sheet.charts()
    sheet.rules()
    out = io.BytesIO()
    sheet.pen.book.save(out)
    return out.getvalue()


@dataclass
class _Drawing:
    data: Mapping[str, Any]
    form: Form
    pen: Pen = field(default_factory=Pen)
    spots: dict[str, Spot] = field(default_factory=dict)
    labels: dict[tuple[str, tuple[str, ...]], Spot] = field(default_factory=dict)
    """Where the innermost label of a row or column stands, by which it is and its fields."""

    @property
    def supplement(self) -> bool:
        return "editions" in self.data

    def help(self) -> None:
        sheet = self.pen.sheet(canvas.HELP, [100])
        for row, words in enumerate(LOCAL_LINES if self.supplement else HELP_LINES):
            self.pen.words(sheet, row, 0, words, bold=not row)

    def identity(self) -> None:
        sheet = self.pen.sheet(canvas.IDENTITY, [18, 90])
        years, report = self.data["years"], self.data.get("report", {})
        said = {**self.data, "from": years["from"], "to": years.get("to"), **report}
        said["periods"] = "、".join(self.data.get("periods", ()))
        said["editions"] = "、".join(self.data.get("editions", ()))
        only = ("id", "title", "from", "to", "editions") if self.supplement else tuple(canvas.IDENTITY_ROWS)
        for row, (name, words) in enumerate((n, w) for n, w in canvas.IDENTITY_ROWS.items() if n in only):
            if name != "editions" or self.supplement:
                self.pen.margin(sheet, row, 0, words)
                self.pen.value(sheet, row, 1, said.get(name) or None)

    # ── the parts ────────────────────────────────────────────────────────────

    def section(self, section: Section) -> None:
        laid = layout_of(self.form).tables.get(section.id)
        widths = [*laid.widths] if laid else [90.0]
        sheet = self.pen.sheet(section.sheet, [26, *(width * 1.15 for width in widths)])
        self.pen.margin(sheet, 0, 0, margin_of(section.id))
        self.pen.words(sheet, 0, 1, section.title, bold=True)
        if laid is None:
            self.pen.words(sheet, 1, 1, section.text)
            self.pen.words(sheet, 2, 1, canvas.ONLY_NONE if section.none else "")
            return
        down, top = _UP, TABLE_TOP
        if self.supplement:
            self.pen.striped(sheet, canvas.LOCAL, 1 + len(widths))
        for table in section.tables:
            down = self._table(sheet, laid, table, (top, top + _height(table)), down)
            top += _height(table)

    def _table(self, sheet: Any, laid: TableSheet, table: Table, rows: tuple[int, int], down: int) -> int:
        """Draws a table that stands in these rows of the form, with two rows of ids and types above its figures; the row after it."""
        names = {(r.id, c.id): field_name(table, r.id, c.id) for r in table.rows for c in table.columns}
        body = laid.boxes[names[table.rows[0].id, table.columns[0].id]].top

        def place(row: int) -> int:
            return row - rows[0] + down + (2 if row >= body else 0)

        for label in laid.labels:
            if rows[0] <= label.box.top < rows[1]:
                span = (
                    place(label.box.top),
                    label.box.left + _MARGIN,
                    place(label.box.bottom),
                    label.box.right + _MARGIN,
                )
                self.pen.label(sheet, span, label.text)
                if label.role in ("heading", "note"):
                    self.pen.margin(sheet, span[0], 0, canvas.HEADING if label.role == "heading" else canvas.NOTE)
        for row in range(body - max(len(c.label) for c in table.columns), body):
            self.pen.margin(sheet, place(row), 0, canvas.CORNER)
        ids, types = place(body) - 2, place(body) - 1
        self.pen.margin(sheet, ids, 0, canvas.IDS)
        self.pen.margin(sheet, types, 0, canvas.TYPES_MARK)
        for (_, across_id), name in names.items():
            box = laid.boxes[name]
            self.spots[name] = (sheet.title, place(box.top), box.left + _MARGIN)
            self.pen.margin(sheet, ids, box.left + _MARGIN, across_id or canvas.NO_ID)
        for column in table.columns:
            left = laid.boxes[names[table.rows[0].id, column.id]].left + _MARGIN
            self.pen.margin(sheet, types, left, canvas.measured(column.measure or COUNT))
        for line in table.rows:
            own = canvas.measured(line.measure) if line.measure else ""
            top = laid.boxes[names[line.id, table.columns[0].id]].top
            name = joined(table.prefix, line.id) if is_local(table.prefix) else line.id
            self.pen.margin(sheet, place(top), 0, f"{margin_of(name) or canvas.NO_ID} {own}".strip())
        for line, column in product(table.rows, table.columns):
            box = laid.boxes[names[line.id, column.id]]
            span = (place(box.top), box.left + _MARGIN, place(box.bottom), box.right + _MARGIN)
            self.pen.figure(sheet, span, self._total(names, line, column))
        for label in laid.labels:
            if rows[0] <= label.box.top < rows[1]:
                self._labelled((sheet.title, place(label.box.top), label.box.left + _MARGIN), label, laid, table, body)
        return place(rows[1] - 1) + 1

    def _labelled(self, spot: Spot, label: Label, laid: TableSheet, table: Table, body: int) -> None:
        """Notes the line that a label is the innermost of."""
        fields = [(r, c, field_name(table, r.id, c.id)) for r in table.rows for c in table.columns]
        if label.role == "row" and label.box.right == laid.label_columns - 1:
            names = tuple(name for r, _, name in fields if laid.boxes[name].top == label.box.top)
        elif label.role == "column" and label.box.bottom == body - 1:
            names = tuple(name for _, c, name in fields if laid.boxes[name].left == label.box.left)
        else:
            return
        self.labels[label.role, names] = spot

    def _total(self, names: Mapping[tuple[str, str], str], row: Line, column: Line) -> str:
        """The formula of a total, over live ranges; "" for a figure to fill in."""
        if of := (row.measure or column.measure or COUNT).of:
            pairs = [(part, column.id) if row.type == "ratio" else (row.id, part) for part in of]
            above, below = (a1(*self.spots[names[pair]][1:]) for pair in pairs)
            return f"={above}/{below}"
        parts = [(part, column.id) for part in row.parts] or [(row.id, part) for part in column.parts]
        cells = [self.spots[names[pair]] for pair in parts]
        return self.pen.total([(row, column) for _, row, column in cells]) if cells else ""

    # ── relations and what else speaks of cells ──────────────────────────────

    def relations(self) -> None:
        columns = canvas.RELATION_COLUMNS
        sheet = self.pen.list(
            canvas.RELATIONS, columns, {"left": 16, "right": 16, "remedy": 40, "text": 40, "id": 26, "basis": 30}
        )
        at = list(columns)
        rows = [one for d in self.data.get("relation", ()) for one in self._spread(d)]
        for number, d in enumerate(rows, 1):
            sides = {s: f"${chr(65 + at.index(s))}${number + 1}" for s in ("left", "right")}
            for name, value in self._relation(d, sides).items():
                self.pen.value(sheet, number, at.index(name), value)
        self.pen.trials(sheet, len(rows), at)
        self.pen.choices(sheet, at.index("severity"), SEVERITIES.values())
        self.pen.choices(sheet, at.index("holds"), canvas.OPERATORS.values())

    def _spread(self, d: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """A relation as rows of 勾稽: one, and one more for when last year's figures are known; or those of each of its lines,
        where their cells do not lie so that one formula moves from line to line."""
        alone = "each" not in d or self._moves(d)
        ones = [dict(d)] if alone else [_filled(d, chosen) for chosen in self._lines(d)]
        for one in ones:
            changed = one.pop("with_last", None)
            yield one
            if changed is not None:
                yield {**one, "last": True, **changed, "own": changed}

    def _moves(self, d: Mapping[str, Any]) -> bool:
        """Whether the formulas for the first line, moved, are those for every other."""
        both = [d, {**d, **d.get("with_last", {})}]
        return all(
            self._same_moved(one, name) for one in both for name in ("left", "right", "when", "holds") if name in one
        )

    def _same_moved(self, d: Mapping[str, Any], name: str) -> bool:
        if len(d["each"]) > 1 or (name in ("when", "holds") and "every" in d):
            return False
        first, *others = self._lines(d)
        written = [self._formula(d, name, chosen) for chosen in (first, *others)]
        spots = [self._target(d, chosen) for chosen in (first, *others)]
        return all(spot[0] == spots[0][0] and shifted(written[0], spot[1] - spots[0][1], spot[2] - spots[0][2]) == formula
                   for spot, formula in zip(spots, written, strict=True))  # fmt: skip

    def _lines(self, d: Mapping[str, Any], over: str = "each") -> list[dict[str, str]]:
        about = d.get("left") or d.get("field", "")
        if over == "every":
            about = _put(d["holds"], self._lines(d)[0])
        return lines_of(Definition(str(self.data["id"]), d), over, about, self.form.sections, self.form.fields)

    def _target(self, d: Mapping[str, Any], chosen: Mapping[str, str], over: str = "left") -> Spot:
        """The first cell that a rule names for a line."""
        return self.spots[next(_put(name, chosen) for name in _names(d[over]) if _put(name, chosen) != name)]

    def _formula(
        self, d: Mapping[str, Any], name: str, chosen: Mapping[str, str], sides: Mapping[str, str] | None = None
    ) -> str:
        moving = frozenset(_put(n, chosen) for n in _names(d[name]) if _put(n, chosen) != n)
        writer = Writer(self.spots, sides or {"left": "$C$1", "right": "$E$1"}, moving, self.form.fields)
        text = _put(d[name], chosen)
        return "=" + (writer.sum(text) if name in ("left", "right", "field", "from", "sum") else writer.condition(text))

    def _relation(self, d: Mapping[str, Any], sides: Mapping[str, str]) -> dict[str, Any]:
        """A row of 勾稽, by column."""
        first = {**self._lines(d)[0], **self._lines(d, "every")[0]}
        way = next(iter(d.get("each", {})), "")
        shown = [name for name in ("left", "right", "when") if name in d]
        said: dict[str, Any] = {name: _constant(self._formula(d, name, first, sides)) for name in shown}
        simple = next((op for op in canvas.OPERATORS if d["holds"].split() == ["left", op, "right"]), None)
        said["holds"] = canvas.OPERATORS[simple] if simple else self._formula(d, "holds", first, sides)
        if way:
            said["each"] = lines_formula([self._target(d, chosen) for chosen in self._lines(d)], way)
        if "every" in d:
            said["every"] = lines_formula(
                [self._target(d, c, "holds") for c in self._lines(d, "every")], next(iter(d["every"]))
            )
        own = d.get("own", d)
        said |= {name: own.get(name) for name in ("basis", "remedy", "text")}
        said["years"] = years_words(own.get("years", {})) or None
        said["levels"] = levels_words(own.get("levels", ())) or None
        said["ceiling"] = ceiling_words(own.get("ceiling", {})) or None
        said["last"] = YES if d.get("last") else None
        return {"id": d["id"], "severity": SEVERITIES[d["severity"]], **said}

    def carried(self) -> None:
        if self.supplement:
            return
        sheet = self.pen.list(canvas.CARRIED, canvas.CARRIED_COLUMNS, {"from": 40})
        rows = [one for d in self.data.get("last", {}).get("carried", ()) for one in self._spread_carried(d)]
        for number, d in enumerate(rows, 1):
            first = self._lines(d)[0]
            for column, name in enumerate(("field", "from")):
                self.pen.value(sheet, number, column, self._formula(d, name, first))
            if "each" in d:
                targets = [self._target(d, chosen, "field") for chosen in self._lines(d)]
                self.pen.value(sheet, number, 2, lines_formula(targets, next(iter(d["each"]))))

    def _spread_carried(self, d: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if "each" not in d or self._moves({**d, "left": d["field"], "right": d["from"]}):
            yield d
            return
        yield from (_filled(d, chosen) for chosen in self._lines(d))

    def charts(self) -> None:
        sheet, row = self.pen.list(canvas.CHARTS, canvas.CHART_COLUMNS, {"title": 30, "label": 30, "sum": 20}), 1
        for chart in self.data.get("chart", ()):
            for item in chart["items"]:
                for column, value in enumerate((chart["title"], item["label"], self._formula(item, "sum", {}))):
                    self.pen.value(sheet, row, column, value)
                row += 1

    def alike(self) -> None:
        if not self.supplement:
            draw_crosswalks(self.pen, self.data, self.form, self.labels)

    def rules(self) -> None:
        wide = {"id": 26, "text": 40, "basis": 40, "remedy": 50, "more": 50}
        sheet = self.pen.list(canvas.RULES, canvas.RULE_COLUMNS, wide)
        for number, (kind, d) in enumerate(self._kinds(), 1):
            more = {name: value for name, value in d.items() if name not in canvas.RULE_COLUMNS}
            said = {
                **d,
                "kind": kind,
                "severity": SEVERITIES.get(d.get("severity", "")),
                "more": settings_words(more),
            }
            for column, name in enumerate(canvas.RULE_COLUMNS):
                self.pen.value(sheet, number, column, said.get(name) or None)
        self.pen.choices(sheet, list(canvas.RULE_COLUMNS).index("severity"), SEVERITIES.values())

    def _kinds(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        last = self.data.get("last", {})
        for place, name in ((self.data, "signoff"), (last, "repeated"), (last, "jump")):
            if name in place:
                yield canvas.RULE_KINDS[name], place[name]
        for name, severity in self.data.get("severity", {}).items():
            yield canvas.CHANGED, {"id": name, "severity": severity}
        rules = self.data.get("rule", {})
        if isinstance(rules, list):
            yield from ((d["kind"], d) for d in rules)
        else:
            yield from ((canvas.CHANGED, {"id": name, **change}) for name, change in rules.items())


def _height(table: Table) -> int:
    """The rows that a table takes on a form's sheet."""
    return bool(table.heading) + max(len(c.label) for c in table.columns) + len(table.rows) + bool(table.note)


def _put(text: str, chosen: Mapping[str, str]) -> str:
    for name, value in chosen.items():
        text = text.replace("{" + name + "}", value)
    return text


def _names(text: str) -> Sequence[str]:
    """The names in a sum or a condition, with their places for lines still open."""
    import re

    return [name.removeprefix("last.") for name in re.findall(r"[A-Za-z_][\w.{}]*", text) if "." in name]


def _filled(d: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """A relation for one line."""

    def put(value: Any) -> Any:
        if isinstance(value, str):
            return _put(value, chosen)
        return {name: put(v) for name, v in value.items()} if isinstance(value, dict) else value

    return {name: put(value) for name, value in d.items() if name != "each"}


def _constant(formula: str) -> Any:
    """A number alone as a number."""
    return int(formula[1:]) if formula[1:].lstrip("-").isdigit() else formula
