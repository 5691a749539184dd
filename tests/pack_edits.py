"""Random edits of the list of a rule pack, as people make them in Excel, each with the pack that it should give (None: told)."""

import tomllib
from copy import deepcopy

from drawing_edits import Edit, examined

from xltools.drawing.examine import known_rules
from xltools.drawing.packdraw import packlist_of
from xltools.editions.packlist import COLUMNS, SHEET

PACK = """
id = "nan-rules"
title = "南省审核规则"
[[change]]
rule = "s.carry.*"
severity = "error"
remedy = "改正"
basis = "南办〔2030〕1号"
[[change]]
rule = "same"
least = 10
severity = "error"
years = { from = 2030, to = 2032 }
[[change]]
rule = "s.all"
severity = "note"
levels = ["county", "township"]
regions = ["西乡", "东乡"]
"""
FIRST = 5
"""The row of the first change, as Excel counts it."""
LETTERS = dict(zip(COLUMNS, "ABCDEFGHI", strict=False))


class PackDrawing:
    """The list of the pack above."""

    def __init__(self, folder):
        self.data = tomllib.loads(PACK)
        self.path = folder / "规则包.xlsx"
        self.path.write_bytes(packlist_of(self.data, known_rules("old")))


def write(name, number, words):
    return ("write", SHEET, f"{LETTERS[name]}{FIRST + number}", words)


def _said(drawing, chance, name, cases):
    """A cell of a column written to: what is typed, and what it means; None for what means nothing."""
    data = deepcopy(drawing.data)
    number = chance.randrange(3)
    words, value = chance.choice(cases)
    if value is not None:
        data["change"][number] |= value
    return Edit(
        f"{COLUMNS[name]}{'' if value is not None else '写错'}",
        [write(name, number, words)],
        data if value is not None else None,
    )


def a_severity(drawing, chance):
    return _said(
        drawing,
        chance,
        "severity",
        [
            ("错误", {"severity": "error"}),
            ("核实", {"severity": "query"}),
            (" 提示 ", {"severity": "note"}),
            ("严重", None),
            ("error!", None),
        ],
    )


def a_rule(drawing, chance):
    return _said(
        drawing,
        chance,
        "rule",
        [
            ("s.all", {"rule": "s.all"}),
            ("s.carry.a；s.carry.b", {"rule": ["s.carry.a", "s.carry.b"]}),
            ("s.*", {"rule": "s.*"}),
            ("s.carry.a;s.all", {"rule": ["s.carry.a", "s.all"]}),
            ("s.none", None),
            ("", None),
            ("合计", None),
            ("s.all；s.nothing", None),
        ],
    )


def a_threshold(drawing, chance):
    data = deepcopy(drawing.data)
    words, value = chance.choice([("至少=20", {"least": 20}), ("至少＝20", {"least": 20}), ("很多", None),
                                  ("至少=十几", None), ("最多=3", None), ("least=7", {"least": 7}),
                                  ("至少=5；至少=6", None)])  # fmt: skip
    if value:
        data["change"][1] |= value
    return Edit("门槛" if value else "门槛写错", [write("more", 1, words)], data if value else None)


def a_threshold_of_another_kind(drawing, chance):
    return Edit("门槛写错", [write("more", chance.choice([0, 2]), "至少=20")])


def a_ceiling(drawing, chance):
    words = chance.choice(["部门=30", "三百", "部门=很多", "部门=30；县=20；没有的=1"])
    return Edit("本级上限写错", [write("ceiling", chance.randrange(3), words)])


def years(drawing, chance):
    return _said(
        drawing,
        chance,
        "years",
        [
            ("2031", {"years": {"from": 2031, "to": 2031}}),
            ("2030—2031", {"years": {"from": 2030, "to": 2031}}),
            (2033, {"years": {"from": 2033, "to": 2033}}),
            ("2031—", {"years": {"from": 2031}}),
            ("2030-2031", {"years": {"from": 2030, "to": 2031}}),
            ("2032—2030", None),
            ("明年", None),
            ("31", None),
        ],
    )


def levels(drawing, chance):
    return _said(
        drawing,
        chance,
        "levels",
        [("部门", {"levels": ["department"]}), ("部门；省", None), ("村", None), ("乡镇级", None)],
    )


def words(drawing, chance):
    name = chance.choice(["remedy", "basis"])
    return _said(drawing, chance, name, [("照新的办法", {name: "照新的办法"}), ("100%", {name: "100%"})])


def regions(drawing, chance):
    return _said(
        drawing, chance, "regions", [("北乡", {"regions": ["北乡"]}), ("北乡；南乡", {"regions": ["北乡", "南乡"]})]
    )


def an_empty_row(drawing, chance):
    return Edit("插入空行", [("rows", SHEET, FIRST - 1 + chance.randrange(4), 1)], drawing.data)


def a_row_less(drawing, chance):
    data, at = deepcopy(drawing.data), chance.randrange(3)
    del data["change"][at]
    return Edit("删去一行", [("rows", SHEET, FIRST - 1 + at, -1)], data)


def a_row_twice(drawing, chance):
    data, at = deepcopy(drawing.data), chance.randrange(3)
    data["change"].insert(at + 1, deepcopy(data["change"][at]))
    number = FIRST + at
    return Edit(
        "复制一行", [("rows", SHEET, number, 1), ("copy", SHEET, f"A{number}:I{number}", f"A{number + 1}")], data
    )


def a_row_more(drawing, chance):
    data = deepcopy(drawing.data)
    data["change"].append({"rule": "jump.{field}", "severity": "query"})
    return Edit("加一行", [write("rule", 3, "jump.{field}"), write("severity", 3, "核实")], data)


def rows_moved(drawing, chance):
    data = deepcopy(drawing.data)
    data["change"].append(data["change"].pop(0))
    return Edit("移动一行", [("move", SHEET, f"A{FIRST}:I{FIRST}", f"A{FIRST + 3}")], data)


def a_column(drawing, chance):
    at = chance.randrange(9)
    if chance.random() < 0.5:
        return Edit("插入一列", [("columns", SHEET, at, 1)], drawing.data)
    name = list(COLUMNS)[at]
    data = deepcopy(drawing.data)
    if name in ("rule", "severity"):
        return Edit("删去要有的列", [("columns", SHEET, at, -1)])
    for change in data["change"]:
        for key in [k for k in change if k not in COLUMNS] if name == "more" else [name]:
            change.pop(key, None)
    return Edit("删去一列", [("columns", SHEET, at, -1)], data)


def a_heading(drawing, chance):
    """Written otherwise: what stands below it would be lost, but where nothing does."""
    name = chance.choice(list(COLUMNS))
    words = chance.choice(["", "别的", f"{COLUMNS[name]}x"])
    return Edit(
        "改栏目", [("write", SHEET, f"{LETTERS[name]}{FIRST - 1}", words)], drawing.data if name == "ceiling" else None
    )


def the_identity(drawing, chance):
    data = deepcopy(drawing.data)
    cell, said, key = chance.choice(
        [("A2", "", None), ("B2", "", None), ("A2", "bei", "id"), ("B2", "北省", "title"), ("A2", "有 空格/斜线", None)]
    )
    if key:
        data[key] = said
    return Edit("编号和名称", [("write", SHEET, cell, said)], data if key else None)


PACK_KINDS = (a_severity, a_rule, a_threshold, a_threshold_of_another_kind, a_ceiling, years, levels, words, regions, an_empty_row,
              a_row_less, a_row_twice, a_row_more, rows_moved, a_column, a_heading, the_identity)  # fmt: skip


def pack_verdict(drawing, edit, path):
    """``right``, ``told``, or what is wrong."""
    found, wrong = examined(path)
    if wrong:
        return wrong
    if found.mistakes:
        return "told"
    if edit.wanted is None:
        return "silent"
    return "right" if found.data == edit.wanted else f"another pack: {found.data}"
