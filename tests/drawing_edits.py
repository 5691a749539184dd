"""Random edits of a drawing, as people make them in Excel, each with the form that it should give.

An edit is right where the drawing then gives that form, or where it is told, with a cell. What must never be is another form, unsaid.
"""

from __future__ import annotations

import random
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from drawn import form_in
from openpyxl.utils import get_column_letter

from xltools.drawing.examine import examine
from xltools.drawing.trace import read_drawing
from xltools.editions.relations import EVERY
from xltools.rules.relation import Relation

YELLOW = 0xFFF2CC
NAME = "新加的一项"
PLACE = re.compile(r"“[^”]+”[A-Z]+\d+")


@dataclass
class Edit:
    """What is done (for ``office.Typing``), and what the form should be (None: it must be told)."""

    kind: str
    steps: list[Any]
    wanted: dict[str, Any] | None = field(default=None, repr=False)
    about: str = NAME
    """What a remark has to name that tells of it."""


def explicit(data, form):
    """A definition with every ``*`` written out."""
    data = deepcopy(data)
    for section, given in zip(form.sections, data["section"], strict=True):
        for table, t in zip(section.tables, given.get("table", ()), strict=True):
            for lines, made in ((t["rows"], table.rows), (t["columns"], table.columns)):
                for line, known in zip(lines, made, strict=True):
                    if "sum" in line:
                        line["sum"] = list(known.parts)
    for d in (*data.get("relation", ()), *data.get("last", {}).get("carried", ())):
        for way, given in d.get("each", {}).items():
            if given == EVERY:
                about = d.get("left", d.get("field"))
                name = next(w for w in about.split() if "{" in w)
                tables = [t for s in form.sections for t in s.tables]
                d["each"][way] = next(
                    [line.id for line in lines if not line.parts]
                    for t in tables
                    for lines in ([t.rows] if way == "row" else [t.columns])
                    if any(name.replace("{" + way + "}", line.id) in form.fields for line in lines)
                )
    return data


def signature(form):
    """What an edit of a table may change: lines by their labels, sums by theirs, relations by their sentences, what is carried."""
    tables = []
    for section in form.table_sections:
        for t in section.tables:
            names = {line.id: line.label for line in (*t.rows, *t.columns)}
            lines = [
                [(line.label, tuple(names[p] for p in line.parts), line.type) for line in lines]
                for lines in (t.rows, t.columns)
            ]
            tables.append((section.title, t.heading, t.corner, *map(tuple, lines)))
    relations = sorted((r.severity, r.sentence) for r in form.rules if isinstance(r, Relation))
    return tables, relations, len(form.last.carried)


class Drawing:
    """A drawing to be edited: where its tables stand."""

    def __init__(self, path):
        self.path = path
        traced = read_drawing(path)
        assert not traced.slate.mistakes
        self.form = form_in(traced.data)
        self.data, self.slate = explicit(traced.data, self.form), traced.slate
        self.spots = {(d.prefix, d.row, d.column): spot for spot, d in traced.slate.figures.items()}

    def table(self, chance, wide=False):
        """A table of the definition: section, table, sheet."""
        found = [(s, t) for s in self.data["section"] for t in s.get("table", ()) if not wide or len(t["columns"]) > 3]
        section, table = chance.choice(found)
        return section, table, section["sheet"]

    def spot(self, section, row, column):
        _, r, c = self.spots[section["id"], row["id"], column["id"]]
        return r, c

    def changed(self, section, table):
        """A copy of the definition, with the copies of that section and table."""
        data = deepcopy(self.data)
        at = self.data["section"].index(section)
        return data, data["section"][at]["table"][section["table"].index(table)]


def label_of(line):
    return [line["label"]] if isinstance(line["label"], str) else line["label"]


def edit_of(kinds, drawing, number):
    """One edit, the same for the same number; every kind in its turn."""
    return kinds[number % len(kinds)](drawing, random.Random(number))


def examined(path):
    """What is found in a drawing after an edit, and what is wrong whatever was meant by it ("" for nothing)."""
    try:
        found = examine(path)
    except Exception as problem:
        return None, f"crash: {problem!r}"
    unplaced = [str(m) for m in found.mistakes if not PLACE.search(m.key)]
    return found, f"told without a cell: {unplaced[0]}" if unplaced else ""


def row_moved(sheet, source, target):
    """A row cut out and put in above another, as Excel's insertion of cut cells does it; counted from 0."""
    now = source + (target <= source)
    return [
        ("rows", sheet, target, 1),
        ("move", sheet, f"A{now + 1}:Z{now + 1}", f"A{target + 1}"),
        ("rows", sheet, now, -1),
    ]


def _within(ids, lines, at):
    """Lines named one after the other, with a new one where it stands strictly within a run of them."""
    order = [line["id"] for line in lines]
    before, after = order[at], order[at + 1] if at + 1 < len(order) else None
    if before in ids and after in ids and ids.index(after) == ids.index(before) + 1:
        return [*ids[: ids.index(after)], "new_line", *ids[ids.index(after) :]]
    return ids


def _put_in(drawing, chance, way):
    section, table, sheet = drawing.table(chance, wide=way == "columns")
    lines = table[way]
    at = chance.randrange(len(lines))
    line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else None
    row, column = drawing.spot(section, *((line, table["columns"][0]) if way == "rows" else (table["rows"][0], line)))
    if way == "rows":
        steps = [
            ("rows", sheet, row + 1, 1),
            ("copy", sheet, f"A{row + 1}:Z{row + 1}", f"A{row + 2}"),
            ("write", sheet, f"A{row + 2}", ""),
        ]
        depth = max(len(label_of(r)) for r in table["rows"])
        spot = get_column_letter(1 + max(len(label_of(line)), 1))
        steps.append(("write", sheet, f"{spot}{row + 2}", NAME))
        if not depth or not label_of(line):
            return Edit("a row more where rows have no names", steps)
    else:
        new, old = get_column_letter(column + 2), get_column_letter(column + 1)
        head = row - 2 - max(len(label_of(c)) for c in table["columns"])  # ids and types stand between
        bottom = row + len(table["rows"])
        steps = [
            ("columns", sheet, column + 1, 1),
            ("copy", sheet, f"{old}{head + 1}:{old}{bottom}", f"{new}{head + 1}"),
        ]
        steps.append(("write", sheet, f"{new}{row - 1}", ""))
        steps.append(("write", sheet, f"{new}{head + len(label_of(line))}", NAME))
    beside = (
        after is not None and label_of(after)[:-1] == label_of(line)[:-1] and "sum" not in line and "sum" not in after
    )
    plain = (
        len(label_of(line)) == 1 and "sum" not in line and not any(line["id"] in one.get("sum", ()) for one in lines)
    )
    data, changed = drawing.changed(section, table)
    new = {
        "id": "new_line",
        "label": [*label_of(line)[:-1], NAME],
        **{k: line[k] for k in ("type", "unit") if k in line},
    }
    for other in changed[way]:
        if "sum" in other:
            other["sum"] = _within(other["sum"], lines, at)
    for d in (*data.get("relation", ()), *data.get("last", {}).get("carried", ())):
        for key in (way[:-1],):
            if key in d.get("each", {}):
                d["each"][key] = _within(d["each"][key], lines, at)
            if key in d.get("every", {}):
                d["every"][key] = _within(d["every"][key], lines, at)
    changed[way].insert(at + 1, new)
    return Edit(f"{way[:-1]} put in", steps, data if beside or plain else None)


def a_row_more(drawing, chance):
    return _put_in(drawing, chance, "rows")


def a_column_more(drawing, chance):
    return _put_in(drawing, chance, "columns")


def _is_of(name, section, line):
    """Whether a name in a crosswalk is of a line of a part."""
    return bool(re.fullmatch(rf"{re.escape(section)}\.(?:\*\.)?{re.escape(line)}\.?", name)) if line else False


def a_line_less(drawing, chance):
    way = chance.choice(("rows", "columns"))
    section, table, sheet = drawing.table(chance, wide=way == "columns")
    lines = table[way]
    line = chance.choice(lines)
    row, column = drawing.spot(section, *((line, table["columns"][0]) if way == "rows" else (table["rows"][0], line)))
    steps = [("rows", sheet, row, -1) if way == "rows" else ("columns", sheet, column, -1)]
    data, changed = drawing.changed(section, table)
    changed[way] = [one for one in changed[way] if one["id"] != line["id"]]
    for other in changed[way]:
        if "sum" in other:
            other["sum"] = [part for part in other["sum"] if part != line["id"]]
    for d in (*data.get("relation", ()), *data.get("last", {}).get("carried", ())):
        for over in ("each", "every"):
            if way[:-1] in d.get(over, {}):
                d[over][way[:-1]] = [one for one in d[over][way[:-1]] if one != line["id"]]
    data["chart"] = []
    for given in data.get("last", {}).get("from", {}).values():
        for tie, names in given.items():  # what is said of the line alone goes with it
            kept = [name for name in names if not _is_of(name, section["id"], line["id"])]
            given[tie] = kept if isinstance(names, list) else {name: names[name] for name in kept}
    try:
        form_in(data)
    except Exception:  # other rules speak of the line: then it must be told
        data = None
    return Edit(f"{way[:-1]} taken out", steps, data)


def another_name(drawing, chance):
    section, table, sheet = drawing.table(chance)
    at = chance.randrange(len(table["rows"]))
    line = table["rows"][at]
    if not label_of(line):
        return a_row_more(drawing, chance)
    row, _ = drawing.spot(section, line, table["columns"][0])
    data, changed = drawing.changed(section, table)
    changed["rows"][at]["label"] = [*label_of(line)[:-1], NAME]
    return Edit("a name", [("write", sheet, f"{get_column_letter(1 + len(label_of(line)))}{row + 1}", NAME)], data)


def another_column_name(drawing, chance):
    section, table, sheet = drawing.table(chance)
    at = chance.randrange(len(table["columns"]))
    row, column = next(
        (r, c) for (name, r, c), one in drawing.slate.labels.items()
        if name == sheet and one.way == "column" and one.id == table["columns"][at]["id"]
    )  # fmt: skip
    data, changed = drawing.changed(section, table)
    if sum(c["id"] == table["columns"][at]["id"] for t in section["table"] for c in t["columns"]) > 1:
        return another_name(drawing, chance)  # the label found may be another table's
    changed["columns"][at]["label"] = [*label_of(table["columns"][at])[:-1], NAME]
    return Edit("a column's name", [("write", sheet, f"{get_column_letter(column + 1)}{row + 1}", NAME)], data)


def a_row_moved(drawing, chance):
    """Further up or down among those under one heading."""
    section, table, sheet = drawing.table(chance)
    rows = table["rows"]
    inside = [n for n, row in enumerate(rows) if 0 < n < len(rows) - 1 and "sum" not in row
              and label_of(rows[n - 1])[:-1] == label_of(row)[:-1] == label_of(rows[n + 1])[:-1]]  # fmt: skip
    pairs = [(a, b) for a in inside for b in inside if a != b and label_of(rows[a])[:-1] == label_of(rows[b])[:-1]]
    if not pairs:
        return a_row_more(drawing, chance)
    start, end = chance.choice(pairs)
    source, target = (drawing.spot(section, rows[n], table["columns"][0])[0] for n in (start, end))
    steps = row_moved(sheet, source, target + (end > start))
    data, changed = drawing.changed(section, table)
    changed["rows"].insert(end, changed["rows"].pop(start))
    order = [row["id"] for row in changed["rows"]]
    for other in changed["rows"]:
        if "sum" in other:
            other["sum"] = sorted(other["sum"], key=order.index)
    return Edit("a row moved", steps, data)


def a_rule_more(drawing, chance):
    """Typed into the first empty row: two figures of one table, which of them may not be the larger."""
    section, table, sheet = drawing.table(chance)
    cells = [(r, c) for r in table["rows"] for c in table["columns"]]
    (r1, c1), (r2, c2) = (chance.choice(cells) for _ in range(2))
    if (r1, c1) == (r2, c2) or any(c.get("type") in ("ratio", "choice", "words") for c in (c1, c2, r1, r2)):
        return another_severity(drawing, chance)
    row = max(spot[1] for key, spot in drawing.slate.places.items() if key.startswith("relation[")) + 2
    (a, b), names = [drawing.spot(section, *one) for one in ((r1, c1), (r2, c2))], []
    for r, c in ((r1, c1), (r2, c2)):
        names.append(".".join(part for part in (section["id"], r["id"], c["id"]) if part))
    here = [f"='{sheet}'.{get_column_letter(column + 1)}{line + 1}" for line, column in (a, b)]
    said = {"B": "提示", "C": here[0].replace("='", "=$'"), "D": "≤", "E": here[1].replace("='", "=$'"), "N": "想到的"}
    data = deepcopy(drawing.data)
    data["relation"].append({"id": f"{section['id']}.more", "severity": "note", "left": names[0], "right": names[1],
                             "holds": "left <= right", "basis": "想到的", "remedy": "核对"})  # fmt: skip
    return Edit("a rule more", [("write", "勾稽", f"{column}{row}", words) for column, words in said.items()], data)


def another_relation(drawing, chance):
    known = [n for n, d in enumerate(drawing.data["relation"]) if d["holds"] == "left = right" and "with_last" not in d]
    at = chance.choice(known)
    row = drawing.slate.places[f"relation[{at + 1}]"][1]
    data = deepcopy(drawing.data)
    data["relation"][at]["holds"] = "left <= right"
    return Edit("a relation", [("write", "勾稽", f"D{row + 1}", "≤")], data)


def no_name(drawing, chance):
    edit = another_name(drawing, chance)
    if edit.kind != "a name":
        return edit
    return Edit("no name", [(*edit.steps[0][:-1], "")])


def another_sum(drawing, chance):
    totals = [(s, t, r, c) for s in drawing.data["section"] for t in s.get("table", ()) for r in t["rows"] for c in t["columns"]
              if ("sum" in r or "sum" in c) and len(t["rows"]) > 1]  # fmt: skip
    section, _, r, c = chance.choice(totals)
    row, column = drawing.spot(section, r, c)
    here = f"{get_column_letter(column + 1)}{row + 1}"
    across = f"{get_column_letter(column)}{row + 1}"
    formula = chance.choice(
        (f"=SUM({across};A1)", "=1+1", f"={across}*2", f"=AVERAGE({across})", f"=SUM({across})", "=#REF!")
    )
    return Edit("a sum", [("write", section["sheet"], here, formula)])


def no_sum(drawing, chance):
    edit = another_sum(drawing, chance)
    word, sheet, cell, _ = edit.steps[0]
    return Edit("no sum", [(word, sheet, cell, "")])


def a_rule_less(drawing, chance):
    at = chance.randrange(len(drawing.data["relation"]))
    d = drawing.data["relation"][at]
    rows = sorted({spot[1] for key, spot in drawing.slate.places.items() if key == f"relation[{at + 1}]"})
    if "with_last" in d:
        return another_severity(drawing, chance)
    data = deepcopy(drawing.data)
    del data["relation"][at]
    return Edit("a rule taken out", [("rows", "勾稽", rows[0], -1)], data)


def another_severity(drawing, chance):
    at = chance.randrange(len(drawing.data["relation"]))
    row = drawing.slate.places[f"relation[{at + 1}]"][1]
    data = deepcopy(drawing.data)
    data["relation"][at]["severity"] = "note"
    return Edit("a severity", [("write", "勾稽", f"B{row + 1}", "提示")], data)


def a_row_copied_whole(drawing, chance):
    """With its id, which people forget."""
    edit = a_row_more(drawing, chance)
    return Edit("a row copied with its id", [s for s in edit.steps if not (s[0] == "write" and s[2].startswith("A"))])


KINDS = (a_row_more, a_row_more, a_column_more, a_column_more, a_line_less, a_line_less, another_name, no_name, another_sum, no_sum,
         a_rule_less, another_severity, a_row_copied_whole, a_row_moved, a_row_moved, a_rule_more, another_relation,
         another_column_name)  # fmt: skip


def verdict(drawing, edit, path):
    """``right``, ``told``, or what is wrong."""
    found, wrong = examined(path)
    if wrong:
        return wrong
    if any(
        "怎么来的" not in m.reason for m in found.mistakes
    ):  # a new line is asked where it comes from, whatever else it is
        return "told"
    if edit.wanted is None:
        return "told" if any(NAME in r.reason and PLACE.search(r.key) for r in found.remarks) else "silent"
    return "right" if signature(form_in(edit.wanted)) == signature(found.form) else "another form"
