"""Random edits of a supplement's drawing and of a rule pack's list, as people make them in Excel, each with what it should give.

As in ``drawing_edits``: an edit is right where what is read is then what was meant, or where it is told, with a cell.
"""

import tomllib
from copy import deepcopy

import openpyxl
from drawing_edits import NAME, PLACE, Edit, examined, row_moved
from drawn import drawn, laid_over
from making import relation
from openpyxl.utils import get_column_letter

from xltools.editions import load_form
from xltools.form.fields import SUPPLEMENT
from xltools.rules.relation import Relation

LOCAL = """
id = "nan-2030"
title = "南省补充项"
editions = ["old"]
years = { from = 2030 }

[[rows]]
section = "s"
after = "in"
rows = [{ id = "e", label = "另有：外省" }, { id = "f", label = "另有：境外" }]

[[rows]]
section = "s"
after = "y"
rows = [
    { id = "p", label = "其中：省定" }, { id = "q", label = "其中：市定" }, { id = "r", label = "其中：县定" },
    { id = "pqr", label = "省市县合计", sum = ["p", "q", "r"] },
]

[[table]]
section = "s"
heading = "另填"
corner = "项目"
note = "另填的说明"
columns = [{ id = "n", label = "数量" }, { id = "o", label = "网上" }, { id = "t", label = "共计", sum = ["n", "o"] }]
rows = [
    { id = "i", label = "甲类" }, { id = "j", label = "乙类" }, { id = "k", label = "丙类" },
    { id = "all", label = "三类总数", sum = ["i", "j", "k"] },
]

[[section]]
id = "plan"
sheet = "三、打算"
title = "三、打算"
text = "写明年的打算。"
"""
LOCAL += relation(
    "supplement.{row}.a", "s.y.a", "left <= right", "supplement.within.{row}", each={"row": ["p", "q", "r"]}
)
LOCAL += relation("supplement.pqr.{column}", "s.y.{column}", "left <= right", "supplement.whole.{column}", "query",
                  each={"column": ["a", "b", "c"]})  # fmt: skip
LOCAL += relation("supplement.i.n + supplement.j.n", "s.x.a", id="supplement.kinds", severity="query")
LOCAL += """
[[chart]]
title = "另填"
items = [{ label = "三类", sum = "supplement.all.n" }, { label = "丙类", sum = "supplement.k.n" }]

[severity]
"s.all" = "note"
"""

MARK = "本地补充"
OFFICIAL = {"in": "转入", "x": "天", "y": "地", "z": "人", "all": "总计", "out": "转出"}
OWN = {"e": "另有：外省", "f": "另有：境外", "p": "其中：省定", "q": "其中：市定", "r": "其中：县定"}
"""Rows to fill in, by their labels on the sheet."""
KINDS_OF = {"i": "甲类", "j": "乙类", "k": "丙类"}
PART = "一"


class LocalDrawing:
    """The drawing of the supplement above, and where its rows stand."""

    def __init__(self, folder):
        self.data = tomllib.loads(LOCAL)
        self.path = drawn(self.data, folder, laid_over(self.data, load_form("old")))
        book = openpyxl.load_workbook(self.path)
        self.cells = {(ws.title, str(c.value)): (c.row, c.column) for ws in book for row in ws.iter_rows() for c in row
                      if c.value is not None}  # fmt: skip

    def row(self, words, sheet=PART):
        """The number of the row that says these words, as Excel counts it."""
        return self.cells[sheet, words][0]

    def lines(self, name):
        """The list of a copy of the definition that a row is in, and its place."""
        data = deepcopy(self.data)
        for group in (*data["rows"], *data["table"]):
            for at, row in enumerate(group["rows"]):
                if row["id"] == name:
                    return data, group["rows"], at
        raise KeyError(name)


def signature(form):
    """What a supplement adds to a form, and what it should leave alone."""
    tables = []
    for section in form.sections:
        for t in section.tables:
            names = {line.id: line.label for line in (*t.rows, *t.columns)}
            lines = [[(line.label, tuple(sorted(names[p] for p in line.parts)), line.type, line.id.startswith(SUPPLEMENT))
                      for line in lines] for lines in (t.rows, t.columns)]  # fmt: skip
            tables.append((section.title, t.heading, t.corner, t.note, *map(tuple, lines)))
    texts = [(s.sheet, s.title, s.text, s.none) for s in form.sections if not s.tables]
    rules = sorted((r.severity, r.sentence, r.basis, r.remedy) for r in form.rules if isinstance(r, Relation))
    charts = [
        (c.title, [(words, sorted(form.fields[f].label for f in of.fields)) for words, of in c.items])
        for c in form.charts
    ]
    return (
        tables,
        texts,
        rules,
        charts,
        {r.id: r.severity for r in form.rules if not r.id.startswith(SUPPLEMENT)},
        form.years,
    )


def line_below(number, name=NAME, mark=MARK, sheet=PART):
    """A row put in below one that is copied, and called otherwise."""
    return [
        ("rows", sheet, number, 1),
        ("copy", sheet, f"A{number}:Z{number}", f"A{number + 1}"),
        *([("write", sheet, f"A{number + 1}", mark)] if mark is not None else []),
        *([("write", sheet, f"B{number + 1}", name)] if name is not None else []),
    ]


def within(data, before, after):
    """A copy of the definition with a new row of sums and rules between two that they name one after the other."""
    for group in (*data["rows"], *data["table"]):
        for row in group["rows"]:
            _between(row.get("sum", []), before, after)
    for d in data["relation"]:
        _between(d.get("each", {}).get("row", []), before, after)


def _between(ids, before, after):
    if before in ids and after in ids and ids.index(after) == ids.index(before) + 1:
        ids.insert(ids.index(after), "new")


def a_row_more(drawing, chance):
    name = chance.choice([*OWN, *KINDS_OF])
    data, rows, at = drawing.lines(name)
    words = {**OWN, **KINDS_OF}[name]
    within(data, name, rows[at + 1]["id"] if at + 1 < len(rows) else None)
    rows.insert(at + 1, {"id": "new", "label": NAME})
    return Edit("a local row put in below a local one", line_below(drawing.row(words)), data)


def a_row_below_an_official_one(drawing, chance):
    name = chance.choice([one for one in OFFICIAL if one != "all"])
    data = deepcopy(drawing.data)
    group = next((g for g in data["rows"] if g["after"] == name), None)
    if group:
        group["rows"].insert(0, {"id": "new", "label": NAME})
    else:
        data["rows"].append({"section": "s", "after": name, "rows": [{"id": "new", "label": NAME}]})
    return Edit("a local row put in below an official one", line_below(drawing.row(OFFICIAL[name])), data)


def a_row_without_a_mark(drawing, chance):
    words = chance.choice([*OFFICIAL.values(), *OWN.values()])
    mark = chance.choice(["", "", "new", "补充", "本地", "地方补充", "本 地 补 充", "其他 x"])
    return Edit("a row whose mark is missing or another", line_below(drawing.row(words), mark=mark))


def a_mark_written_otherwise(drawing, chance):
    name = chance.choice([*OWN, *KINDS_OF])
    words = {**OWN, **KINDS_OF}[name]
    mark = chance.choice(["本地补充：", "本地补充 : ", " 本地补充", "本地补充　", "本地补充 "])
    return Edit("a mark written otherwise", [("write", PART, f"A{drawing.row(words)}", mark + name)], drawing.data)


def a_row_copied_with_its_id(drawing, chance):
    words = chance.choice([*OFFICIAL.values(), *OWN.values(), *KINDS_OF.values()])
    return Edit("a row copied with its id", line_below(drawing.row(words), mark=None))


def a_row_copied_with_its_name(drawing, chance):
    words = chance.choice([*OFFICIAL.values(), *OWN.values(), *KINDS_OF.values()])
    return Edit("a row copied with its name", line_below(drawing.row(words), name=None))


def a_row_less(drawing, chance):
    name = chance.choice([*OWN, *KINDS_OF])
    data, rows, at = drawing.lines(name)
    del rows[at]
    for row in rows:
        if name in row.get("sum", ()):
            row["sum"].remove(name)
    for d in data["relation"]:
        if name in d.get("each", {}).get("row", ()):
            d["each"]["row"].remove(name)
    try:
        laid_over(data, load_form("old"))
    except Exception:  # a rule or a chart speaks of it
        data = None
    number = drawing.row({**OWN, **KINDS_OF}[name])
    return Edit("a local row taken out", [("rows", PART, number - 1, -1)], data)


def a_row_moved(drawing, chance):
    names, words_of = chance.choice([(["p", "q", "r"], OWN), (["i", "j", "k"], KINDS_OF), (["e", "f"], OWN)])
    start, end = chance.sample(range(len(names)), 2)
    source, target = (drawing.row(words_of[names[n]]) - 1 for n in (start, end))
    steps = row_moved(PART, source, target + (end > start))
    data, rows, _ = drawing.lines(names[0])
    rows.insert(end, rows.pop(start))
    return Edit("a local row moved", steps, data, words_of[names[start]])


def an_official_row_moved(drawing, chance):
    source, target = drawing.row("天") - 1, drawing.row(chance.choice(["人", "转入"])) - 1
    data = deepcopy(drawing.data)
    return Edit("an official row moved", row_moved(PART, source, target), data if source == target - 1 else None)


def an_official_row_less(drawing, chance):
    words = chance.choice([*OFFICIAL.values()])
    return Edit("an official row taken out", [("rows", PART, drawing.row(words) - 1, -1)])


def a_column(drawing, chance):
    if chance.random() < 0.5:
        return Edit("a column taken out", [("columns", PART, chance.randrange(1, 6), -1)])
    at = chance.randrange(2, 7)
    new, old = get_column_letter(at + 1), get_column_letter(at)
    steps = [("columns", PART, at, 1), ("copy", PART, f"{old}1:{old}30", f"{new}1"), ("write", PART, f"{new}2", NAME)]
    steps += [("write", PART, f"{new}3", "")] if chance.random() < 0.5 else []
    return Edit("a column put in", steps)


def another_name(drawing, chance):
    name = chance.choice([*OWN, *KINDS_OF])
    data, rows, at = drawing.lines(name)
    rows[at]["label"] = NAME
    return Edit("a local name", [("write", PART, f"B{drawing.row({**OWN, **KINDS_OF}[name])}", NAME)], data)


def no_name(drawing, chance):
    words = chance.choice([*OFFICIAL.values(), *OWN.values(), *KINDS_OF.values()])
    return Edit("no name", [("write", PART, f"B{drawing.row(words)}", "")])


def another_official_word(drawing, chance):
    cell, words = chance.choice([(f"B{drawing.row(w)}", NAME) for w in OFFICIAL.values()]
                                + [(f"{c}2", NAME) for c in "CDEF"] + [(f"A{drawing.row(w)}", "new") for w in OFFICIAL.values()]
                                + [(f"{c}3", "new") for c in "CDEF"] + [(f"{c}4", "金额 元") for c in "CDE"])  # fmt: skip
    return Edit("a word of the edition", [("write", PART, cell, words)])


def another_official_sum(drawing, chance):
    number = drawing.row("总计")
    cell = chance.choice([f"{c}{number}" for c in "CDE"] + [f"F{drawing.row(w)}" for w in OFFICIAL.values()])
    formula = chance.choice(["", "=C8", "=SUM(C8:C10)", "=1+1", "=C9*2", "=#REF!", 5])
    return Edit("a sum of the edition", [("write", PART, cell, formula)])


def another_local_sum(drawing, chance):
    number = drawing.row("省市县合计")
    first = drawing.row("其中：省定")
    ids = chance.choice([["p", "q"], ["q", "r"], ["p", "r"], ["p"], ["q"]])
    whole = chance.random() < 0.7
    steps = [("write", PART, f"{c}{number}", "=" + "+".join(f"{c}{first + 'pqr'.index(i)}" for i in ids))
             for c in ("CDEF" if whole else chance.choice("CDE"))]  # fmt: skip
    data, rows, at = drawing.lines("pqr")
    rows[at]["sum"] = ids
    return Edit("a local sum" if whole else "a local sum in one column alone", steps, data if whole else None)


def nonsense_for_a_sum(drawing, chance):
    cell = chance.choice([f"{c}{drawing.row('省市县合计')}" for c in "CDE"] + [f"{c}{drawing.row('三类总数')}" for c in "CD"]
                         + [f"F{drawing.row(w)}" for w in OWN.values()]
                         + [f"E{drawing.row(w)}" for w in KINDS_OF.values()])  # fmt: skip
    return Edit(
        "nonsense for a local sum", [("write", PART, cell, chance.choice(["", "=1+1", "=C2*2", "=#REF!", "=A1", 7]))]
    )


def a_figure_tried(drawing, chance):
    cells = [f"{c}{drawing.row(w)}" for w in OWN.values() for c in "CDE"]
    return Edit(
        "figures tried", [("write", PART, cell, chance.randrange(99)) for cell in chance.sample(cells, 4)], drawing.data
    )


def another_type(drawing, chance):
    words, type_, unit = chance.choice(
        [("金额 元", "money", "元"), ("金额 万元", "money", "万元"), ("可为负", "signed", None)]
    )
    name = chance.choice(["e", "f"])
    data, rows, at = drawing.lines(name)
    rows[at] |= {"type": type_} | ({"unit": unit} if unit else {})
    steps = [("write", PART, f"A{drawing.row(OWN[name])}", f"{MARK} {name} {words}")]
    return Edit("a type of a local row", steps, data)


def a_word_of_the_own_table(drawing, chance):
    data = deepcopy(drawing.data)
    [table] = data["table"]
    head, heading, note = drawing.row("项目"), drawing.cells[PART, "另填"], drawing.cells[PART, "另填的说明"]
    key, cell = chance.choice([("heading", f"B{heading[0]}"), ("corner", f"B{head}"), ("note", f"B{note[0]}"),
                               (0, f"C{head}"), (1, f"D{head}"), (2, f"E{head}")])  # fmt: skip
    if isinstance(key, int):
        table["columns"][key]["label"] = NAME
    else:
        table[key] = NAME
    return Edit("a word of the local table", [("write", PART, cell, NAME)], data)


def a_text(drawing, chance):
    data = deepcopy(drawing.data)
    [text] = data["section"]
    key, cell = chance.choice([("title", "B1"), ("text", "B2"), (None, "A1"), (None, "B1")])
    if key is None:
        return Edit("a text without mark or title", [("write", "三、打算", cell, "")])
    text[key] = NAME
    return Edit("a local text", [("write", "三、打算", cell, NAME)], data)


def a_rule(drawing, chance):
    """Its severity, what it compares, its remedy; or it is taken out."""
    data = deepcopy(drawing.data)
    at = chance.randrange(len(data["relation"]))
    number = at + 2
    what = chance.choice(["severity", "holds", "remedy", "basis", "gone"])
    if what == "gone":
        del data["relation"][at]
        return Edit("a rule taken out", [("rows", "勾稽", number - 1, -1)], data)
    letter, words, value = {"severity": ("B", "提示", "note"), "holds": ("D", "≥", "left >= right"),
                            "remedy": ("O", NAME, NAME), "basis": ("N", NAME, NAME)}[what]  # fmt: skip
    data["relation"][at][what] = value
    return Edit("a rule changed", [("write", "勾稽", f"{letter}{number}", words)], data)


def a_rule_more(drawing, chance):
    cells = {f"{SUPPLEMENT}.{i}.{c}": f"{'CDE'['abc'.index(c)]}{drawing.row(OWN[i])}"
             for i in OWN for c in "abc"}  # fmt: skip
    cells |= {f"s.{i}.{c}": f"{'CDE'['abc'.index(c)]}{drawing.row(OFFICIAL[i])}" for i in OFFICIAL for c in "abc"}
    one, two = chance.sample(sorted(cells), 2)
    data = deepcopy(drawing.data)
    data["relation"].append({"id": "supplement.more", "severity": "note", "left": one, "right": two, "holds": "left <= right",
                             "basis": "想到的", "remedy": "核对"})  # fmt: skip
    said = {
        "B": "提示",
        "C": f"=$'{PART}'.{cells[one]}",
        "D": "≤",
        "E": f"=$'{PART}'.{cells[two]}",
        "N": "想到的",
        "O": "核对",
    }
    return Edit("a rule more", [("write", "勾稽", f"{column}5", words) for column, words in said.items()], data)


def a_rule_that_cannot_be(drawing, chance):
    letter, words = chance.choice([("B", "严重"), ("C", ""), ("C", f"=$'{PART}'.B10"), ("C", f"=$'{PART}'.Z99"), ("C", "=#REF!"),
                                   ("D", "约"),
                                   ("C", f"=$'{PART}'.C10*$'{PART}'.C11"), ("E", "=A1"), ("G", "大约"), ("J", "乡"), ("K", "去年"),
                                   ("H", f"=ROWS($'{PART}'.C200:C201)"), ("H", "各行"), ("A", "s.all")])  # fmt: skip
    return Edit("a rule that cannot be", [("write", "勾稽", f"{letter}{chance.randrange(2, 5)}", words)])


def a_range_of_a_rule(drawing, chance):
    """The rows that a rule is for, pulled to fewer or more."""
    first = drawing.row("其中：省定")
    ids = chance.choice([["p", "q"], ["q", "r"], ["q"]])
    top, bottom = (first + "pqr".index(i) for i in (ids[0], ids[-1]))
    data = deepcopy(drawing.data)
    data["relation"][0]["each"]["row"] = ids
    return Edit("the rows of a rule", [("write", "勾稽", "H2", f"=ROWS($'{PART}'.C{top}:C{bottom})")], data)


def a_chart(drawing, chance):
    data = deepcopy(drawing.data)
    [chart] = data["chart"]
    what = chance.choice(["title", "label", "gone", "no sum", "two units"])
    if what == "title":
        chart["title"] = NAME
        return Edit("a chart", [("write", "图", "A2", NAME), ("write", "图", "A3", NAME)], data)
    if what == "label":
        chart["items"][1]["label"] = NAME
        return Edit("a chart", [("write", "图", "B3", NAME)], data)
    if what == "gone":
        del chart["items"][1]
        return Edit("a chart", [("rows", "图", 2, -1)], data)
    return Edit("a chart that cannot be", [("write", "图", "C3", "" if what == "no sum" else f"=$'{PART}'.B5")])


def the_identity(drawing, chance):
    data = deepcopy(drawing.data)
    key, cell, words, value = chance.choice([
        ("title", "B2", NAME, NAME), ("years", "B3", 2031, {"from": 2031}), ("years", "B4", 2033, {"from": 2030, "to": 2033}),
        (None, "B5", "没有的", None), (None, "B5", "", None), (None, "B3", "明年", None), (None, "B2", "", None),
        (None, "B1", "", None), (None, "B4", 2029, None),
    ])  # fmt: skip
    if key:
        data[key] = value
    return Edit("the identity", [("write", "格式", cell, words)], data if key else None)


def a_severity(drawing, chance):
    data = deepcopy(drawing.data)
    words, said, value = chance.choice(
        [("C2", "错误", "error"), ("C2", "核实", "query"), ("C2", "很重", None), ("A2", "s.nothing", None)]
    )
    if value:
        data["severity"]["s.all"] = value
    return Edit(
        "a severity" if value else "a severity that cannot be",
        [("write", "规则", words, said)],
        data if value else None,
    )


def an_empty_row(drawing, chance):
    words = chance.choice([*OFFICIAL.values(), *OWN.values(), *KINDS_OF.values()])
    return Edit("an empty row put in", [("rows", PART, drawing.row(words), 1)])


LOCAL_KINDS = (a_row_more, a_row_more, a_row_more, a_row_below_an_official_one, a_row_below_an_official_one, a_row_without_a_mark,
               a_mark_written_otherwise, a_row_copied_with_its_id, a_row_copied_with_its_name, a_row_less, a_row_less,
               a_row_moved, an_official_row_moved,
               an_official_row_less, a_column, another_name, no_name, another_official_word, another_official_sum, another_local_sum,
               nonsense_for_a_sum, a_figure_tried, another_type, a_word_of_the_own_table, a_text, a_rule, a_rule_more,
               a_rule_that_cannot_be, a_range_of_a_rule, a_chart, the_identity, a_severity, an_empty_row)  # fmt: skip


def local_verdict(drawing, edit, path):
    """``right``, ``told``, or what is wrong."""
    found, wrong = examined(path)
    if wrong:
        return wrong
    if found.mistakes:
        return "told"
    right = edit.wanted and signature(laid_over(edit.wanted, load_form("old"))) == signature(found.form)
    if right:
        return "right"
    if any(edit.about in r.reason and PLACE.search(r.key) for r in found.remarks):
        return "told"
    return "another form" if edit.wanted else "silent"
