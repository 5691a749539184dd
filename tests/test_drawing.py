"""A form is a workbook: every edition and supplement goes into a drawing and comes back as the same form."""

import tomllib

import openpyxl
import pytest
from drawn import PACKAGE, SHARED, cell_saying, definition, drawn, editable, form_in, laid_over, said, traced
from making import SMALL, relation

from xltools.drawing.draw import drawing_of
from xltools.drawing.trace import read_drawing
from xltools.editions import editions, load_form, supplements

EDITIONS = [PACKAGE / f"{name}.toml" for name in editions()]
SHARED_FORMS = [SHARED / "2027.toml", SHARED / "safety.toml"]
EXAMPLES = sorted((PACKAGE.parent.parent / "examples").glob("*/格式/*.toml"))


def test_there_are_example_returns_to_be_drawn():
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize(
    "path", [*EDITIONS, *SHARED_FORMS, *EXAMPLES], ids=lambda path: f"{path.parent.parent.name}-{path.stem}"
)
def test_an_edition_drawn_and_read_back_is_the_same_form(path, tmp_path):
    if not path.exists():
        pytest.skip("the shared inputs are not beside this checkout")
    data = definition(path)
    form = form_in(data)
    back = form_in(traced(drawn(data, tmp_path)))
    assert said(back) == said(form)


@pytest.mark.parametrize("name", supplements())
def test_a_supplement_drawn_and_read_back_is_the_same_form(name, tmp_path):
    data = definition(PACKAGE / "supplements" / f"{name}.toml")
    for edition in data["editions"]:
        form = load_form(edition, (name,))
        assert said(laid_over(traced(drawn(data, tmp_path, form)), load_form(edition))) == said(form)


def test_a_drawing_of_a_drawing_is_the_same(tmp_path):
    data = definition(EDITIONS[-1])
    once = traced(drawn(data, tmp_path))
    again = traced(drawn(once, tmp_path))
    assert again == once


LIMITS = {"township": 1, "department": 2, "county": 3, "city": 4, "province": 5, "state": 6}
CHART = '[[chart]]\ntitle = "图"\n'

SMALLS = {
    "a rule with a condition": SMALL + relation("s.x.a", "s.y.a", when="s.x.b > 0 and s.y.b != 0"),
    "alternatives": SMALL + relation("s.x.a", "0", "left = 0 and s.y.a = 0 or left > 0 and s.y.a > 0"),
    "factors, a minus first, a number": SMALL + relation("-s.x.a + 3*s.y.a - 2", "s.x.b + 7", "left >= right"),
    "last year's figures": SMALL + relation("s.x.a", "2*last.s.x.a - last.s.y.b"),
    "a rule for every row": SMALL + relation("s.{row}.a", "s.{row}.b", id="s.{row}.rule", each={"row": ["x", "y"]}),
    "a rule for all rows in one word": SMALL + relation("s.{row}.a", "s.{row}.b", id="s.{row}.rule", each={"row": "*"}),
    "every row": SMALL + relation("s.x.a", "0", "s.{row}.b < left", every={"row": ["x", "y"]}),
    "money": SMALL + relation("s.z.m", "2*s.z.n", "left <= right"),
    "levels and thresholds": SMALL + relation("s.x.a", "ceiling", "left <= right", levels=["county", "city"], ceiling=LIMITS),
    "a carried figure": SMALL + '[[last.carried]]\nfield = "s.x.a"\nfrom = "s.x.b + s.y.b"\n',
    "a chart": SMALL + CHART + 'items = [{ label = "甲", sum = "s.x.sum" }, { label = "乙", sum = "s.y.a + s.y.b" }]\n',
    "a chart of a group": SMALL + CHART + 'items = [{ label = "甲", sum = "2*s.*.sum" }]\n',
    "severities changed": SMALL + relation("s.x.a", "s.y.a") + '[rule."s.rule"]\nseverity = "note"\n',
    "a threshold changed": SMALL + '[rule."text.repeated"]\nshare = 60\n',
    "a rule of a common kind": SMALL + '[[rule]]\nkind = "text.year"\nid = "another"\nseverity = "note"\nbasis = "测试"\n',
}  # fmt: skip


@pytest.mark.parametrize("what", SMALLS)
def test_each_thing_a_definition_can_say_comes_back(what, tmp_path):
    data = tomllib.loads(SMALLS[what])
    assert said(form_in(traced(drawn(data, tmp_path)))) == said(form_in(data))


def test_the_same_definition_gives_the_same_sheets(tmp_path):
    data = definition(EDITIONS[0])
    form = form_in(data)
    books = [openpyxl.load_workbook(drawn(data, tmp_path)) for _ in range(2)]
    cells = [[[c.value for c in row] for ws in book for row in ws.iter_rows()] for book in books]
    assert cells[0] == cells[1] and drawing_of(data, form)


# ── as a person edits it ─────────────────────────────────────────────────────


@pytest.fixture
def book(tmp_path):
    """The newest edition's drawing, open; saved and read by calling it."""
    return editable(drawn(definition(EDITIONS[-1]), tmp_path), read_drawing)


MISTAKES = {
    "a label taken away": (lambda s: setattr(cell_saying(s, "自然人"), "value", None), "这一列没有名称"),
    "an id copied with its row": (lambda s: setattr(cell_saying(s, "partial"), "value", "granted"), "编号“granted”与 A9 重复"),
    "a total typed over": (lambda s: setattr(s["K10"], "value", 5), "K 列是合计，这一格却不是公式"),
    "a total that leaves out a row": (lambda s: setattr(s["F30"], "value", "=SUM(F9:F28)"), "少了 F29"),
    "a total that adds a row twice": (lambda s: setattr(s["F30"], "value", "=SUM(F9:F29,F9)"), "有的格加了两次"),
    "a total with a difference": (lambda s: setattr(s["F30"], "value", "=F9-F10"), "不是单纯的相加"),
    "a total of another kind": (lambda s: setattr(s["F30"], "value", "=AVERAGE(F9:F29)"), "AVERAGE"),
    "a total of another sheet": (lambda s: setattr(s["F30"], "value", "='二、主动公开'!C8"), "不是本表的格"),
    "a formula among figures": (lambda s: setattr(s["F12"], "value", "=SUM(F9:F11)"), "别的格却不是合计"),
    "an unknown type": (lambda s: setattr(s["E6"], "value", "百分比"), "没有“百分比”这种类型"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_in_a_table_names_sheet_and_cell(what, book):
    opened, read = book
    sheet = opened["三、依申请公开"]
    edit, words = MISTAKES[what]
    edit(sheet)
    told = [str(m) for m in read().slate.mistakes]
    assert any(words in one and "“三、依申请公开”" in one for one in told), told


RULE_MISTAKES = {
    "a cell that is no figure": ("C2", "='三、依申请公开'!B7", "“三、依申请公开”B7 不是填数的格"),
    "a row that is gone": ("C2", "=#REF!+'三、依申请公开'!E7", "#REF!"),
    "a fraction": ("C2", "=0.5*'三、依申请公开'!E7", "整数"),
    "a division": ("C2", "='三、依申请公开'!E7/'三、依申请公开'!E8", "看不懂公式里的“/"),
    "a full-width sign": ("C2", "='三、依申请公开'!E7＋'三、依申请公开'!E8", "全角的“＋”"),
    "words": ("C2", "新收加结转", "不是公式"),
    "an unknown severity": ("B2", "严重", "没有“严重”这个级别"),
    "no relation": ("D2", None, "没有写关系"),
    "an unknown relation": ("D2", "约等于", "“约等于”不是公式"),
    "an unknown level": ("J2", "村", "没有“村”这一级"),
    "the id of another": ("A3", "disclosure.rules.authority", "用过了"),
}


@pytest.mark.parametrize("what", RULE_MISTAKES)
def test_a_mistake_in_a_rule_names_its_cell(what, book):
    opened, read = book
    cell, value, words = RULE_MISTAKES[what]
    opened["勾稽"][cell].value = value
    told = [str(m) for m in read().slate.mistakes]
    assert any(words in one and "“勾稽”" in one for one in told), told


def test_all_mistakes_are_told_at_once(book):
    opened, read = book
    for sheet, (cell, value) in {
        "三、依申请公开": ("K10", 5),
        "四、复议诉讼": ("B6", "百分比"),
        "勾稽": ("B2", "严重"),
        "格式": ("B3", "明年"),
    }.items():
        opened[sheet][cell].value = value
    told = [str(m) for m in read().slate.mistakes]
    assert len(told) == 4 and all(
        f"“{sheet}”" in " ".join(told) for sheet in ("三、依申请公开", "四、复议诉讼", "勾稽", "格式")
    )


def test_a_sample_typed_into_yellow_cells_is_no_part_of_the_form(book):
    opened, read = book
    before = read().data
    sheet = opened["三、依申请公开"]
    for row in range(7, 12):
        sheet.cell(row, 5).value = row
    assert read().data == before


def test_what_belongs_to_no_table_is_remarked(book):
    opened, read = book
    opened["二、主动公开"]["H3"].value = "待定"
    assert any("H3" in str(m) and "待定" in str(m) for m in read().slate.remarks)
