"""What a person who drew a form for the first time stumbled over: what is told of a drawing, where, and in whose words."""

import tomllib

import openpyxl
import pytest
from drawing_edits import Drawing, a_line_less, edit_of, explicit
from drawn import PACKAGE, definition, drawn, form_in
from followed import OLD
from openpyxl.utils import range_boundaries

import xltools
from xltools.drawing.examine import examine
from xltools.drawing.trace import read_drawing
from xltools.drawing.trial import tried
from xltools.editions import editions, load_form
from xltools.editions.differences import differences
from xltools.errors import XltoolsError

NEWEST = editions()[-1]
NEXT = load_form(NEWEST).years[0] + 6
DISCLOSURE, REQUESTS, DISPUTES, RULES, ALIKE = "二、主动公开", "三、依申请公开", "四、复议诉讼", "勾稽", "对照"


class Book:
    """The drawing of the edition that follows the newest one, open."""

    def __init__(self, path):
        self.path, self.open = path, openpyxl.load_workbook(path)
        self.open["格式"]["B5"].value = "某办函〔2027〕9号"

    def __getitem__(self, sheet):
        return self.open[sheet]

    def examined(self):
        self.open.save(self.path)
        return examine(self.path)

    def told(self):
        found = self.examined()
        return [str(m) for m in found.mistakes], [str(m) for m in found.remarks]

    def row_below(self, sheet, last, label):
        """A row more below the last one of a sheet: cells with their colours, the label written over, the id left out."""
        ws = self[sheet]
        for cell in ws[last]:
            below = ws.cell(last + 1, cell.column)
            below._style = cell._style
            below.value = None
        ws.cell(last + 1, 2).value = label


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "表样.xlsx"
    xltools.draft_form(NEWEST, path, year=NEXT)
    return Book(path)


# ── ids that the program gives ───────────────────────────────────────────────

PAIRS = (("A7", "A12"), ("A12", "A17"), ("A12", "A18"), ("A7", "A23"), ("A17", "A23"), ("A6", "A12", "A18", "A23"))


@pytest.mark.parametrize("cells", PAIRS, ids="-".join)
def test_new_rows_of_several_tables_get_ids_of_their_own_and_each_is_a_change(cells, tmp_path):
    path = drawn(definition(PACKAGE / f"{NEWEST}.toml"), tmp_path)
    book = openpyxl.load_workbook(path)
    for cell in cells:
        book[DISCLOSURE][cell].value = None
    book.save(path)
    found = read_drawing(path)
    assert [str(m) for m in found.slate.mistakes if "重复" in m.reason] == []
    part = next(s for s in found.data["section"] if s["sheet"] == DISCLOSURE)
    ids = [row["id"] for table in part["table"] for row in table["rows"]]
    assert len({*ids}) == len(ids)


def test_an_id_that_is_given_is_none_that_stands_further_down(tmp_path):
    path = drawn(definition(PACKAGE / f"{NEWEST}.toml"), tmp_path)
    book = openpyxl.load_workbook(path)
    book[DISCLOSURE]["A6"].value, book[DISCLOSURE]["A23"].value = None, "r1"
    book.save(path)
    part = next(s for s in read_drawing(path).data["section"] if s["sheet"] == DISCLOSURE)
    assert [row["id"] for table in part["table"] for row in table["rows"]].count("r1") == 1


@pytest.mark.parametrize("tables", [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)], ids=str)
def test_rows_of_one_id_in_two_tables_are_told_each(tables):
    """As earlier drawings gave them."""
    old = definition(PACKAGE / f"{NEWEST}.toml")
    new = definition(PACKAGE / f"{NEWEST}.toml")
    part = next(s for s in new["section"] if s["sheet"] == DISCLOSURE)
    columns = [[c["id"] for c in part["table"][at]["columns"]] for at in tables]
    if columns[0] == columns[1]:
        part["table"][tables[1]]["columns"][0]["id"] = "others"  # else their figures had one id
        new["relation"], new["chart"] = [], []
        new["last"] = {}
    for at in tables:
        part["table"][at]["rows"].append({"id": "r1", "label": f"新的{at}"})
    words = [d.words for d in differences(form_in(old), form_in(new)) if d.kind == "新增" and d.what == "行"]
    assert [w for w in words if w.startswith("新的")] == [f"新的{at}" for at in tables]


# ── words beside a table ─────────────────────────────────────────────────────

STRAY = {
    "a row below": (DISCLOSURE, "B24"), "a row below rows of three labels": (REQUESTS, "B32"), "a column": (REQUESTS, "L3"),
    "a column over one box": (DISCLOSURE, "F9"), "a group of columns": (DISPUTES, "Q2"), "a column of a group": (DISPUTES, "Q4"),
}  # fmt: skip


@pytest.mark.parametrize("what", STRAY)
def test_a_name_against_a_table_without_a_cell_to_fill_in_is_a_mistake(what, book):
    sheet, cell = STRAY[what]
    book[sheet][cell].value = "政府性基金"
    [told] = [m for m in book.told()[0] if cell in m]
    assert sheet in told and "涂成黄色" in told and "政府性基金" in told


@pytest.mark.parametrize("cell", ["H3", "B30", "G12", "D40", "K6"])
def test_words_further_off_are_remarked(cell, book):
    book[DISCLOSURE][cell].value = "待定"
    mistakes, remarks = book.told()
    assert mistakes == [] and any(cell in m and "待定" in m for m in remarks)


# ── where it is told, and in whose words ─────────────────────────────────────

LABELS = {
    "一、本年新收政府信息公开申请数量": "B7", "（一）予以公开": "C9", "1.属于国家秘密": "D11", "3.其他": "D29",
    "自然人": "E3", "商业企业": "F4", "（七）总计": "C30",
}  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_a_new_line_and_the_one_it_takes_the_place_of_are_told_where_they_stand(label, book):
    """As if the line had been taken out, and another put in: its id is empty, and what pointed at it points at nothing."""
    where, sheet = LABELS[label], book[ALIKE]
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 2).value == f"='{REQUESTS}'!{where}")
    sheet.cell(row, 2).value = "=#REF!"
    book[REQUESTS][f"A{where[1:]}" if where[0] < "E" else f"{where[0]}5"].value = None
    mistakes, remarks = book.told()
    assert len(mistakes) == 1 and f"“{REQUESTS}”{where}：" in mistakes[0]
    assert "TOML" not in " ".join((*mistakes, *remarks)) and "“对照”加一行" in mistakes[0]
    [gone] = [m for m in remarks if "当作取消" in m]
    assert f"“{ALIKE}”B{row}：" in gone and label in gone


RANGES = (
    f"'{DISPUTES}'!B3:P4",
    f"'{DISCLOSURE}'!B6:B7",
    f"'{REQUESTS}'!D11:D18",
    f"'{REQUESTS}'!F4:J4",
    f"'{DISCLOSURE}'!C3:E3",
)


@pytest.mark.parametrize("given", RANGES)
@pytest.mark.parametrize("tie", ["相同", "新增", "不可比"])
def test_several_lines_are_answered_in_one_row(given, tie, book):
    sheet = book[ALIKE]
    name, _, cells = given.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    chosen = {
        f"={name}!{openpyxl.utils.get_column_letter(c)}{r}"
        for c in range(left, right + 1)
        for r in range(top, bottom + 1)
    }
    rows = [r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 2).value in chosen]
    for row in rows:
        sheet.cell(row, 3).value = tie
    one_by_one = book.examined().data["last"]["from"]
    for row in rows:
        for column in (1, 2, 3):
            sheet.cell(row, column).value = None
    for column, value in enumerate((NEWEST, f"={given}", tie), 1):
        sheet.cell(rows[0], column).value = value
    found = book.examined()
    assert found.mistakes == () and len(rows) > 1 and found.data["last"]["from"] == one_by_one


def test_several_lines_have_no_other_name_together(book):
    sheet = book[ALIKE]
    sheet["B2"].value, sheet["C2"].value = f"='{DISCLOSURE}'!B6:B7", "改名"
    assert any("一次只能写一行或一列" in m and f"“{ALIKE}”B2" in m for m in book.told()[0])


@pytest.mark.parametrize("formula", ["=2*{}", "=-{}", "={}*上年", "={}+1", "={}+{}", "=SUM({})", "=({})"])
def test_a_line_is_pointed_at_and_nothing_is_made_of_it(formula, book):
    sheet = book[ALIKE]
    sheet["B2"].value = formula.format(sheet["B2"].value[1:], sheet["B3"].value[1:])
    assert any("指的不是一行、一列的名称" in m and f"“{ALIKE}”B2" in m for m in book.told()[0])


RULES_ROW, NORMATIVE = "二、主动公开政府信息情况　规章（行）　[disclosure.rules.]", "disclosure.normative."


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (("相同", None), ("新增", None), "B99 这一项上面已经答了“相同”"),
        (("新增", None), ("不可比", None), "B99 这一项上面已经答了“新增”"),
        (("改名", RULES_ROW), ("改名", NORMATIVE), "B99 这一项上面已经答了“改名”"),
        (("相同", None), ("改名", NORMATIVE), "B99 这一项上面已经答了“相同”"),
        (("合并自", f"{RULES_ROW}；{NORMATIVE}"), ("合并自", NORMATIVE), "B99 这一项上面已经答了“合并自”"),
        (("相同", RULES_ROW), None, "D2 “相同”的不写上一版的行或列"),
        (("新增", NORMATIVE), None, "D2 “新增”的不写上一版的行或列"),
        (("不可比", NORMATIVE), None, "D2 “不可比”的不写上一版的行或列"),
    ],
)
def test_a_line_is_answered_once_and_with_nothing_that_is_not_read(first, second, reason, book):
    sheet = book[ALIKE]
    line = sheet["B2"].value
    for row, answer in ((2, first), (99, second)):
        for column, value in enumerate((NEWEST, line, *(answer or (None, None))) if answer else (), 1):
            sheet.cell(row, column).value = value
    assert any(f"“{ALIKE}”{reason}" in m.replace("：", " ") for m in book.told()[0])


def test_the_same_answer_twice_is_one(book):
    sheet = book[ALIKE]
    for column, value in enumerate((NEWEST, sheet["B2"].value, "相同"), 1):
        sheet.cell(99, column).value = value
    assert book.told()[0] == []


# ── rules that did not grow with the table ───────────────────────────────────

SHRUNK = {"H6": ("=ROWS('二、主动公开'!C6)", "行政规范性文件"), "H8": ("=ROWS('二、主动公开'!E7)", "规章")}


@pytest.mark.parametrize("cell", ["H3", "H4", *SHRUNK])
def test_a_rule_for_one_line_of_two_is_remarked_at_its_range(cell, book):
    formula, name = SHRUNK.get(cell, ("", "政府性基金"))
    if formula:
        book[RULES][cell].value = formula
    else:
        book.row_below(DISCLOSURE, 23, name)
    assert any(f"“{RULES}”{cell}：" in m and f"没有用于“{name}”" in m for m in book.told()[1])


SENTENCES = {
    "names one of two": ("行政事业性收费不超过上限", True),
    "names the other": ("政府性基金不超过上限", True),
    "names one twice": ("行政事业性收费的收费（行政事业性收费）", True),
    "has a place for the name": ("{row}不超过上限", False),
    "names neither": ("收费不超过上限", False),
    "is left to the program": (None, False),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_a_sentence_that_names_one_line_of_several_is_remarked(what, book):
    words, wrong = SENTENCES[what]
    book.row_below(DISCLOSURE, 23, "政府性基金")
    for row in (3, 4):
        book[RULES].cell(row, 8).value = f"=ROWS('{DISCLOSURE}'!C23:C24)"
        book[RULES].cell(row, 16).value = words
    found = book.told()[1]
    assert any("“文字”说的是" in m and f"“{RULES}”P3：" in m for m in found) == wrong
    sentences = [
        r.sentence for r in examine(book.path).form.rules if r.id.startswith("disclosure.") and r.id.endswith("unit")
    ]
    assert len({*sentences}) == (1 if wrong or what == "names neither" else 2)


def test_a_place_for_the_name_is_filled_where_a_rule_is_for_one_line(book):
    for row in (3, 4):
        book[RULES].cell(row, 16).value = "{row}不超过上限"
    rule = next(r for r in book.examined().form.rules if r.id == "disclosure.fees.unit")
    assert rule.sentence.startswith("行政事业性收费不超过上限")


# ── what changed, and what was tried ─────────────────────────────────────────


def test_a_row_taken_out_changes_no_rule_that_stays(tmp_path):
    path = tmp_path / "表样.xlsx"
    xltools.draft_form(NEWEST, path)
    drawing, seen = Drawing(path), 0
    for number in range(40):
        edit = edit_of([a_line_less], drawing, number)
        if edit.kind == "row taken out" and edit.wanted is not None:
            seen += 1
            changed = [d.line for d in differences(drawing.form, form_in(edit.wanted)) if d.kind == "改内容"]
            assert changed == [], edit.steps
    assert seen >= 5


def test_a_rule_that_changes_is_still_told():
    data = explicit(definition(PACKAGE / f"{NEWEST}.toml"), form_in(definition(PACKAGE / f"{NEWEST}.toml")))
    d = next(d for d in data["relation"] if "every" in d)
    d["holds"] = d["holds"].replace("<", "<=")
    assert [c.kind for c in differences(load_form(NEWEST), form_in(data))] == ["改内容"]


def test_figures_that_are_tried_say_something_and_of_a_threshold_whose_it_is():
    found = tried(load_form(NEWEST))
    assert all(one.failing and one.failing != ("0", "0") for one in found)
    assert len([one for one in found if one.holding == ("0", "0")]) <= 2, "but where only nothing holds"
    small = [one for one in found if one.level is None and one.holding and one.failing]
    assert all(float(side) < 1000 for one in small for side in (*one.holding, *one.failing)), small
    unit = [one for one in found if one.id == "disclosure.fees.unit"]
    assert len(unit) > 5 and all(one.level for one in unit)


# ── the wrong command ────────────────────────────────────────────────────────


@pytest.mark.parametrize("edition", editions())
def test_a_drawing_is_no_filing_to_be_accepted(edition, tmp_path):
    path = tmp_path / "表样.xlsx"
    xltools.draft_form(edition, path)
    with pytest.raises(XltoolsError, match=r"是表样.*forms new"):
        xltools.accept_form(path)


def test_a_definition_is_no_filing_to_be_accepted(tmp_path):
    path = tmp_path / "格式.toml"
    path.write_text('id = "x"', "utf-8")
    with pytest.raises(XltoolsError, match=r"放进 格式/"):
        xltools.accept_form(path)


# ── an edition of the package's own ──────────────────────────────────────────


@pytest.mark.parametrize("edition", editions())
def test_a_drawing_of_an_edition_that_nobody_changed_is_told_nothing(edition, tmp_path):
    path = tmp_path / "表样.xlsx"
    xltools.draft_form(edition, path)
    [found] = xltools.check_forms(path).forms
    assert found.mistakes == found.remarks == ()


@pytest.mark.parametrize(("cell", "value", "words"), [
    ("B1", "", "编号"), ("B4", "", "依据"), ("B4", "另一个文号", None), ("B3", "改了的名称", None),
    ("B1", "2021x", "都从 2021 年度起用"),
])  # fmt: skip
def test_one_that_was_changed_is_told_of_the_change_alone(cell, value, words, tmp_path):
    path = tmp_path / "表样.xlsx"
    xltools.draft_form("2021", path)
    book = openpyxl.load_workbook(path)
    rows = {str(row[0].value): row[0].row for row in book["格式"].iter_rows()}
    at = {"B1": rows["编号"], "B3": rows["名称"], "B4": rows["依据"]}[cell]
    book["格式"].cell(at, 2).value = value
    book.save(path)
    [found] = xltools.check_forms(path).forms
    told = [m.reason for m in found.mistakes]
    if words is None:
        assert told == [] and found.form is not None
    else:
        assert any(words in one for one in told), told
        assert value or not any("怎么来的" in one for one in told)


@pytest.mark.parametrize("at", [(1, 1), (1, 2), (2, 0)])
def test_a_line_put_into_one_is_asked_where_it_comes_from_and_no_other(at, tmp_path):
    xltools.draft_form("2021", tmp_path / "表样.xlsx")
    data = read_drawing(tmp_path / "表样.xlsx").data
    section, table = at
    data["section"][section]["table"][table]["rows"].insert(1, {"id": "fresh", "label": "其他一行"})
    [told] = [m.reason for m in examine(drawn(data, tmp_path)).mistakes]
    assert told.endswith("其他一行（行）：与 2019 版的对照里没有说怎么来的")


# ── a range that does not begin where the rule does ──────────────────────────

RANGES = """
[[relation]]
id = "s.rows.{row}"
each.row = ["x", "y", "z"]
severity = "note"
left = "s.{row}.a"
right = "s.{row}.b"
holds = "left >= right"
basis = "理"
remedy = "核对"
[[relation]]
id = "s.columns.{column}"
each.column = ["a", "b"]
severity = "note"
left = "s.x.{column}"
right = "s.y.{column}"
holds = "left >= right"
basis = "理"
remedy = "核对"
"""
OFF = {
    "a row late": ("H", 0, "=ROWS('一'!C7:C8)", "第 7 行"),
    "the last row alone": ("H", 0, "=ROWS('一'!C8)", "第 8 行"),
    "a row early": ("H", 0, "=ROWS('一'!C5:C8)", "第 5 行"),
    "a column late": ("H", 1, "=COLUMNS('一'!D6:E6)", "D 列"),
    "both sides fixed": ("C", 0, "='一'!$C$6", None),
    "as it was": ("H", 0, "=ROWS('一'!C6:C8)", None),
    "fewer, from the first": ("H", 0, "=ROWS('一'!C6:C7)", None),
    "another column of the row": ("H", 0, "=ROWS('一'!E6:E8)", None),
}


@pytest.mark.parametrize("what", OFF)
def test_a_range_that_does_not_begin_where_its_rule_does_is_told(what, tmp_path):
    column, number, formula, words = OFF[what]
    data = tomllib.loads(OLD + RANGES)
    path = drawn(data, tmp_path)
    book = openpyxl.load_workbook(path)
    rows = {str(r[0].value): r[0].row for r in book["勾稽"].iter_rows()}
    row = rows[("s.rows.{row}", "s.columns.{column}")[number]]
    book["勾稽"][f"{column}{row}"].value = formula
    book.save(path)
    told = [m.reason for m in examine(path).mistakes if m.key.startswith("“勾稽”")]
    assert len(told) == (words is not None) and all(f"从{words}起，算式里却没有一格在那里" in one for one in told), told


HEADINGS = {
    "misspelt": ("层级", "层次", "不认识的列“层次”"),
    "taken away": ("层级", None, "这一列没有名称"),
    "of what is left as it comes": ("怎么办", "处理", "不认识的列“处理”"),
    "of a condition": ("如果", "条件", "不认识的列“条件”"),
    "of the lines": ("用于", "适用", "不认识的列“适用”"),
}


@pytest.mark.parametrize("what", HEADINGS)
def test_a_column_of_rules_whose_heading_is_another_is_not_passed_over(what, tmp_path):
    heading, words, told = HEADINGS[what]
    more = RANGES.replace('severity = "note"', 'severity = "note"\nlevels = ["county"]\nwhen = "s.z.a > 0"')
    path = drawn(tomllib.loads(OLD + more), tmp_path)
    book = openpyxl.load_workbook(path)
    cell = next(c for c in book["勾稽"][1] if c.value == heading)
    cell.value = words
    book.save(path)
    assert any(m.key == f"“勾稽”{cell.coordinate}" and told in m.reason for m in examine(path).mistakes)
    cell.value = heading
    book["勾稽"].cell(1, 17).value, book["勾稽"].cell(2, 17).value = "备注", "自己的"
    book.save(path)
    found = examine(path)
    assert not [m for m in found.mistakes if m.key.startswith("“勾稽”")], "a column of the office's own is its own"
    assert any("不认识的列“备注”" in m.reason for m in found.remarks)
