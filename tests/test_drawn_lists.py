"""What is typed into the lists of a drawing is read as it stands there, or told at its cell; never as something else."""

import io
import tomllib
from functools import lru_cache

import openpyxl
import pytest
from drawn import form_in
from making import relation
from test_choices import FORM

from xltools.drawing.draw import drawing_of
from xltools.drawing.examine import examine

PART = "'一、办案'!"
TEXT = FORM.replace(
    '{ id = "posts", label = "发布数" },',
    '{ id = "posts", label = "发布数" }, { id = "likes", label = "点赞" },'
    '{ id = "all", label = "共计", sum = ["visits", "posts", "likes"] },',
) + relation("cases.visits", "0", "left >= right", "cases.rule")
CELLS = {"s": "C10", "v": "C12", "p": "C13", "l": "C14", "w": "C15", "v:l": "C12:C14"}
"""Where the choice, three figures and their sum stand."""


@lru_cache(maxsize=1)
def blank():
    data = tomllib.loads(TEXT)
    return drawing_of(data, form_in(data))


def looked(tmp_path, cells, sheet="勾稽"):
    """The drawing with cells of a list written over, as it is found; [v] stands for the cell of a figure."""
    book = openpyxl.load_workbook(io.BytesIO(blank()))
    for cell, words in cells.items():
        for name, spot in CELLS.items():
            words = words.replace(f"[{name}]", PART + spot) if isinstance(words, str) else words
        book[sheet][cell].value = words
    path = tmp_path / "表样.xlsx"
    book.save(path)
    return examine(path)


def told(tmp_path, cells, sheet="勾稽"):
    return [(m.key, m.reason) for m in looked(tmp_path, cells, sheet).mistakes]


def test_the_cells_are_those_meant(tmp_path):
    found = looked(tmp_path, {"C2": "=[v]", "E2": "=[p]+[l]", "G2": '=AND([s]="有",[w]>0)'})
    [rule] = found.data["relation"]
    assert found.mistakes == () and (rule["left"], rule["right"], rule["when"]) == (
        "cases.visits", "cases.posts + cases.likes", "cases.site = '有' and cases.all > 0",
    )  # fmt: skip


ALONE, RANGE, DOLLARS = "“上年”没有乘一个格", "是一片格，不是一个数", "两头的 $ 不一样"
WHOLE, HERE, TWICE = "左边、右边只能整个拿来比", "公式用到了本表别的格", "点选了两次"
WRONG = [
    *((f"{cell}2", formula, ALONE) for cell, formula in (
        ("C", "=[v]+上年"), ("C", "=[v]+2*上年"), ("E", "=SUM([v],上年)"), ("E", "=本级上限*上年"), ("E", "=上年"),
        ("G", "=AND([v]>0,上年>0)"), ("G", "=[v]>上年*3"), ("D", "=[v]>上年"))),
    *((f"{cell}2", formula, RANGE) for cell, formula in (
        ("C", "=[v:l]"), ("E", "=2*[v:l]"), ("G", "=[v:l]>0"), ("G", "=AND([v:l]>0)"), ("G", '=[v:l]="有"'),
        ("D", "=[v:l]>0"), ("D", "=OR(C2=0,[v:l]=0)"), ("E", "=SUM([v],[p])+[v:l]"))),
    *((f"{cell}2", formula, WHOLE) for cell, formula in (
        ("G", "=C2*上年>0"), ("G", "=SUM(C2:E2)>0"), ("D", "=C2*上年=E2"), ("D", "=C2+E2>0"), ("D", "=2*C2=E2"),
        ("D", "=C2=E2+1"), ("D", "=-C2<E2"))),
    *((f"{cell}2", formula, HERE) for cell, formula in (
        ("C", "=E2"), ("E", "=C2"), ("E", "=2*C2"), ("G", "=C3>0"), ("D", "=C2>F2"), ("G", '=F2="成立"'))),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "formula", "reason"), WRONG)
def test_a_formula_that_would_be_read_otherwise_is_told_at_its_cell(cell, formula, reason, tmp_path):
    assert any(key == f"“勾稽”{cell}" and reason in said for key, said in told(tmp_path, {cell: formula}))


LINES = [
    ({"C2": "=SUM('一、办案'!C12:C$12)", "H2": "=ROWS([v:l])"}, "C2", DOLLARS),
    ({"C2": "=SUM('一、办案'!C12:$C12)", "H2": "=ROWS([v:l])"}, "C2", DOLLARS),
    ({"C2": "=SUM('一、办案'!C$12:C12)", "H2": "=ROWS([v:l])"}, "C2", DOLLARS),
    ({"G2": "=SUM('一、办案'!$C12:C13)>0"}, "G2", DOLLARS),
    ({"D2": "=SUM('一、办案'!C12:C$14)>C2"}, "D2", DOLLARS),
    ({"C2": "=[v]", "H2": "=COLUMNS([v:l])"}, "H2", "COLUMNS(…) 里点选的是一列"),
    ({"C2": "=[v]", "D2": "=[v]>0", "I2": "=COLUMNS([v:l])"}, "I2", "COLUMNS(…) 里点选的是一列"),
    ({"C2": "='一、办案'!C5", "H2": "=ROWS('一、办案'!C5:D5)"}, "H2", "ROWS(…) 里点选的是一行"),
    ({"C2": "=[v]", "H2": "=ROWS([v:l])+ROWS([p])"}, "C2", TWICE),
    ({"C2": "=[v]", "H2": "=ROWS([v:l])+ROWS([v:l])"}, "C2", TWICE),
    ({"C2": "=[v]", "D2": "=[v]>0", "I2": "=ROWS([v:l])+ROWS([l])"}, "C2", TWICE),
    *(({"C2": "=[v]", "D2": sign, "I2": "=ROWS([v:l])"}, "I2", "只用在自己写的关系上") for sign in ("＞", "=", "<>", "≤", "≥")),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "cell", "reason"), LINES)
def test_lines_that_a_rule_would_not_be_for_are_told_at_their_cell(cells, cell, reason, tmp_path):
    assert any(key == f"“勾稽”{cell}" and reason in said for key, said in told(tmp_path, cells))


@pytest.mark.parametrize(
    ("every", "holds"),
    [
        ("[v]", ["cases.{row} > 0"]),
        (
            "'一、办案'!C12:C13",
            ["cases.{row} > 0", "cases.posts > 0 and cases.likes > 0", "cases.likes > 0 and cases.all > 0"],
        ),
    ],
)
def test_every_one_of_several_cells_moves_along_with_each_line(every, holds, tmp_path):
    cells = {"A2": "cases.r.{row}", "C2": "=[v]", "D2": "=[v]>0", "H2": "=ROWS([v:l])", "I2": f"=ROWS({every})"}
    found = looked(tmp_path, cells)
    assert found.mistakes == () and [d["holds"] for d in found.data["relation"]] == holds


# ── a row for when last year's figures are known ─────────────────────────────

FIRST = {"A2": "cases.r", "B2": "核实", "C2": "=[v]", "D2": "≥", "E2": 0}
INSTEAD = {"A3": "cases.r", "C3": "=[v]", "D3": "≥", "E3": "=[v]*上年", "M3": "是"}
ROWS = {"A2": "cases.r.{row}", "A3": "cases.r.{row}", "H2": "=ROWS([v:l])", "H3": "=ROWS([v:l])"}
EVERY = {"D2": "=[v]>0", "I2": "=ROWS([v:l])", "D3": "=[v]>1", "I3": "=ROWS([v:l])"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"right": "last.cases.visits"}),
        ({"B3": "核实"}, {"right": "last.cases.visits"}),
        ({"M3": "YES"}, {"right": "last.cases.visits"}),
        ({"G2": "=[p]>0", "G3": "=[p]>0"}, {"right": "last.cases.visits"}),
        ({"G2": "=[p]>0", "G3": "=[p]>1"}, {"right": "last.cases.visits", "when": "cases.posts > 1"}),
        (ROWS, {"right": "last.cases.{row}"}),
        (EVERY, {"right": "last.cases.visits", "holds": "cases.{row} > 1"}),
        ({"M3": "否", "A3": "cases.other"}, None),
    ],
)
def test_what_changes_when_last_year_is_known(more, expected, tmp_path):
    found = looked(tmp_path, {**FIRST, **INSTEAD, **more})
    assert found.mistakes == () and found.data["relation"][0].get("with_last") == expected


@pytest.mark.parametrize(
    ("more", "cell", "reason"),
    [
        *(({"M3": words}, "M3", f"看不懂“{words}”") for words in ("Y", "√", "有", "知道", True, 1)),
        ({"M2": "不知道"}, "M2", "看不懂“不知道”"),
        ({"G2": "=[p]>0"}, "G3", "有“如果”，这一行空着"),
        ({"G2": '=[s]="有"'}, "G3", "有“如果”，这一行空着"),
        ({**ROWS, "G2": "=[v]>0"}, "G3", "有“如果”，这一行空着"),
        ({**EVERY, "I3": None}, "I3", "有“逐格都要”，这一行空着"),
        ({**EVERY, "I2": "=ROWS('一、办案'!C12:C13)", "I3": None, "D3": "≥"}, "I3", "有“逐格都要”，这一行空着"),
        ({"B3": "错误"}, "B3", "“级别”与上面同一编号的不一样"),
        ({"B3": "提示"}, "B3", "“级别”与上面同一编号的不一样"),
        ({**ROWS, "B3": "错误"}, "B3", "“级别”与上面同一编号的不一样"),
        ({**ROWS, "H3": "=ROWS('一、办案'!C12:C13)"}, "H3", "“用于”与上面同一编号的不一样"),
        ({**ROWS, "H2": "=ROWS('一、办案'!C12:C13)"}, "H3", "“用于”与上面同一编号的不一样"),
        ({cell.replace("3", "4"): words for cell, words in INSTEAD.items()}, "A4", "写了两次"),
        ({**ROWS, "H3": None}, "H3", "“用于”与上面同一编号的不一样"),
    ],
)
def test_what_it_would_keep_unsaid_is_told_at_its_cell(more, cell, reason, tmp_path):
    assert any(key == f"“勾稽”{cell}" and reason in said for key, said in told(tmp_path, {**FIRST, **INSTEAD, **more}))


# ── what figures are, in the margin ──────────────────────────────────────────

OPEN, NUMBER = "D4", "C4"
"""Where the types of a choice and of a count stand."""


@pytest.mark.parametrize("words", ["选择 是 / 否", "选择 是/ 否", "选择 是 ／否", "选择 是/否 取最大", "选择 是/否"])
def test_words_to_choose_from_may_have_spaces_between_them(words, tmp_path):
    found = looked(tmp_path, {OPEN: words}, "一、办案")
    assert found.mistakes == () and found.form.fields["cases.fine.open"].choices == ("是", "否")


@pytest.mark.parametrize(
    ("cell", "words", "reason"),
    [
        (OPEN, "选择 是/否 有/无", "选项里不能有空格"),
        (OPEN, "选择 甲 级/乙 级", "选项里不能有空格"),
        (OPEN, "选择 是/否 不清楚/未查", "选项里不能有空格"),
        (OPEN, "选择 是/否 取最大 不汇总", "与前面的是同一项"),
        (NUMBER, "件数 取最大 求和", "与前面的是同一项"),
        (NUMBER, "金额 万元 元", "与前面的是同一项"),
        (NUMBER, "金额 元 万元", "与前面的是同一项"),
        (NUMBER, "比率 % 1位小数 2位小数", "与前面的是同一项"),
        (NUMBER, "件数 3位小数", "不写小数位数"),
        (NUMBER, "金额 万元 2位小数", "不写小数位数"),
        (NUMBER, "可为负 万元", "写成 金额 万元"),
        (NUMBER, "件数 元", "写成 金额 元"),
        (NUMBER, "文字 是/否", "文字没有单位"),
        (NUMBER, "比率 ％ 1位小数", "写半角的 %"),
        (NUMBER, "比率 ‰", "写半角的 %"),
        (NUMBER, "件数 是/否", "写成 选择 是/否"),
        (OPEN, "可为负 有／无", "写成 选择 有/无"),
    ],
)
def test_a_type_that_would_be_read_otherwise_is_told_at_its_cell(cell, words, reason, tmp_path):
    assert any(key == f"“一、办案”{cell}" and reason in said for key, said in told(tmp_path, {cell: words}, "一、办案"))


# ── what is said twice, or in a sheet that is not seen ───────────────────────

SIGNED = {
    "A2": "cover.signoff",
    "B2": "签字",
    "C2": "核实",
    "E2": "理",
    "F2": "看",
    "G2": "签字项=填报人；日期项=填报日期",
}
JUMPS = {"A2": "jump.{field}", "B2": "与上年相差", "C2": "提示", "E2": "理", "F2": "看", "G2": "至少=5；倍数=2"}
ALIKE = {"A2": "same", "B2": "与上年雷同", "C2": "核实", "E2": "理", "F2": "看", "G2": "至少=5"}
CHANGED = {"A2": "cases.rule", "B2": "改级别", "C2": "核实"}


def below(cells, **more):
    """A row of a list once more below itself, with some cells otherwise."""
    return {**cells, **{cell.replace("2", "3"): words for cell, words in cells.items()}, **more}


@pytest.mark.parametrize(
    ("sheet", "cells", "cell", "reason"),
    [
        *(("格式", {"A14": words, "B14": "别的"}, "B14", f"“{words}”写了两次") for words in ("编号", "名称", "年度从", "依据")),
        ("格式", {"B2": '="某"&"表"'}, "B2", "不能是公式"),
        ("格式", {"B5": "=A5"}, "B5", "不能是公式"),
        ("规则", below(SIGNED, A3="cover.other", C3="错误"), "B3", "“签字”写了两次"),
        ("规则", below(JUMPS, G3="至少=50；倍数=20"), "B3", "“与上年相差”写了两次"),
        ("规则", below(ALIKE), "B3", "“与上年雷同”写了两次"),
        ("规则", below(CHANGED, C3="提示"), "B3", "“cases.rule”写了两次"),
        ("规则", below({**CHANGED, "F2": "看"}, C3=None), "B3", "“cases.rule”写了两次"),
        ("规则", {**CHANGED, "C2": None}, "B2", "没有写改成什么"),
        ("结转", {"A2": "=[v]", "B2": "=[p]", "A3": "=[v]", "B3": "=[l]"}, "B3", "上面已经有一行"),
        ("结转", {"A2": "=[v]", "B2": "=[v]", "C2": "=ROWS([v:l])", "A3": "=[l]", "B3": "=[p]"}, "B3", "上面已经有一行"),
        ("结转", {"A2": "=[p]", "B2": "=[v]", "A3": "=[v]", "B3": "=[v]", "C3": "=ROWS([v:l])"}, "B3", "上面已经有一行"),
        *(("结转", {"A2": "=[v]", "B2": words}, "B2", reason) for words, reason in (
            (5, "没有点选上年的格"), ("=1+1", "没有点选上年的格"), ("=本级上限", "没有点选上年的格"), ("=上年", ALONE))),
    ],
)  # fmt: skip
def test_what_would_be_read_as_if_it_were_not_there_is_told(sheet, cells, cell, reason, tmp_path):
    assert any(key == f"“{sheet}”{cell}" and reason in said for key, said in told(tmp_path, cells, sheet))


def test_a_rule_may_be_changed_in_two_rows_that_change_two_things(tmp_path):
    found = looked(tmp_path, {**CHANGED, "A3": "cases.rule", "B3": "改级别", "F3": "看"}, "规则")
    assert found.mistakes == () and found.data["rule"]["cases.rule"] == {"severity": "query", "remedy": "看"}


LISTED = {"结转": "=[v]", "规则": "cases.rule", "图": "甲"}


@pytest.mark.parametrize("sheet", ["勾稽", "格式", "一、办案", *LISTED])
@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told(sheet, state, tmp_path):
    path = tmp_path / "表样.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(blank()))
    book.create_sheet("另一张")
    book[sheet].sheet_state = state
    if sheet in LISTED:
        book.save(path)
        assert not [m for m in examine(path).mistakes if "隐藏" in m.reason], "a list without a row says nothing"
        book[sheet]["A2"].value = LISTED[sheet]
    book.save(path)
    assert (f"“{sheet}”A1", "这张工作表隐藏着，不读") in [(m.key, m.reason) for m in examine(path).mistakes]


def test_a_hidden_sheet_of_another_s_is_a_remark(tmp_path):
    path = tmp_path / "表样.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(blank()))
    book.create_sheet("WpsReserved").sheet_state = "veryHidden"
    book["WpsReserved"]["A1"].value = "x"
    book.save(path)
    found = examine(path)
    assert found.mistakes == () and [m.key for m in found.remarks] == ["“WpsReserved”A1"]


@pytest.mark.parametrize(
    ("sheet", "rows", "columns", "cells"),
    [
        ("一、办案", [12], [], "A12"),
        ("一、办案", [], ["D"], "D2"),
        ("一、办案", [5, 13], ["C"], "A5、A13、C2"),
        ("勾稽", [2], ["G"], "A2、G1"),
        ("格式", [3], [], "A3"),
        ("一、办案", [90], ["Z"], ""),
    ],
)
def test_what_is_hidden_and_read_all_the_same_is_remarked(sheet, rows, columns, cells, tmp_path):
    path = tmp_path / "表样.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(blank()))
    for row in rows:
        book[sheet].row_dimensions[row].hidden = True
    for column in columns:
        book[sheet].column_dimensions[column].hidden = True
    book.save(path)
    found = examine(path)
    assert found.mistakes == ()
    assert [m.reason.partition(" ")[0] for m in found.remarks if "隐藏着，照样读" in m.reason] == (
        [cells] if cells else []
    )
