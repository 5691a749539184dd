"""A supplement drawn on its edition: rows marked 本地补充 within the tables, tables, texts, relations, charts; there and back."""

import tomllib

import openpyxl
import pytest
from drawn import cell_saying, drawn, editable, laid_over, said, traced
from followed import OLD, form_at_hand
from making import relation, run
from test_supplements import BEI, EAST, NAN

import xltools
from xltools.drawing.examine import examine
from xltools.editions import load_form


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD):
        yield tmp_path


def rows(after, *lines, section="s"):
    return f'[[rows]]\nsection = "{section}"\nafter = "{after}"\nrows = [{", ".join(lines)}]\n'


def rule(left, right, id="supplement.rule", **more):
    return relation(left, right, "left <= right", id, **more)


HEAD = 'id = "nan-2030"\ntitle = "南省补充项"\neditions = ["old"]\nyears = { from = 2030, to = 2040 }\n'
P, Q = '{ id = "p", label = "其中：省定" }', '{ id = "q", label = "其中：市定" }'
BOTH = '{ id = "pq", label = "省市合计", sum = ["p", "q"] }'
TABLE = """[[table]]
section = "s"
heading = "另填"
corner = "项目"
note = "另填的说明"
columns = [{ id = "n", label = "数量" }, { id = "m", label = "金额", type = "money", unit = "元" }]
rows = [{ id = "all", label = "全部", sum = "*" }, { id = "one", label = "甲类" }, { id = "two", label = "乙类" }]
"""
AGAIN = TABLE.replace("另填", "又填").replace('"all"', '"whole"').replace('"one"', '"i"').replace('"two"', '"ii"')
SUPPLEMENTS = {
    "everything": NAN,
    "everything again": BEI,
    "everything, an id of two words": EAST,
    "a row": HEAD + rows("y", P),
    "rows and their sum": HEAD + rows("y", P, Q, BOTH),
    "a sum above what it adds": HEAD + rows("x", BOTH) + rows("y", P, Q),
    "a sum with rows of the edition": HEAD + rows("z", P, '{ id = "t", label = "天和省定", sum = ["x", "p"] }'),
    "a ratio": HEAD + rows("y", P, Q, '{ id = "r", label = "省占市", type = "ratio", of = ["p", "q"], unit = "%", decimals = 1 }'),
    "rows after the last": HEAD + rows("out", P) + rows("all", Q),
    "a row of another type": HEAD + rows("y", '{ id = "d", label = "增减", type = "signed" }'),
    "a table": HEAD + TABLE,
    "two tables": HEAD + TABLE + AGAIN,
    "a text": HEAD + '[[section]]\nid = "plan"\nsheet = "三、打算"\ntitle = "三、打算"\ntext = "写。"\nnone = true\n',
    "a rule between its rows and the edition's": HEAD + rows("y", P, Q) + rule("supplement.p.a + supplement.q.a", "s.y.a"),
    "a rule for every column": HEAD + rows("y", P)
    + rule("supplement.p.{column}", "s.y.{column}", "supplement.p.{column}", each={"column": "*"}),
    "a rule for its rows": HEAD + rows("y", P, Q)
    + rule("supplement.{row}.a", "supplement.{row}.b", "supplement.{row}.ab", each={"row": ["p", "q"]}),
    "a rule of last year": HEAD + rows("y", P) + rule("supplement.p.a", "last.supplement.p.a"),
    "a chart": HEAD + rows("y", P) + '[[chart]]\ntitle = "图"\nitems = [{ label = "省定", sum = "supplement.p.sum + s.x.sum" }]\n',
    "severities": HEAD + '[severity]\n"s.*" = "note"\n[rule."same"]\nseverity = "error"\nleast = 10\n',
}  # fmt: skip


@pytest.mark.parametrize("what", SUPPLEMENTS)
def test_a_supplement_drawn_and_read_back_is_the_same(what, home):
    data = tomllib.loads(SUPPLEMENTS[what])
    form = laid_over(data, load_form("old"))
    path = drawn(data, home, form)
    assert said(laid_over(traced(path), load_form("old"))) == said(form)
    found = examine(path)
    assert [str(m) for m in found.mistakes] == [] and said(found.form) == said(form)


# ── as an office begins and edits it ─────────────────────────────────────────


def test_one_is_begun_from_the_edition_and_asks_for_its_name_alone(home):
    done = run("forms", "draft", "old", "--supplement", "nan-2031", "--for", "2031", "-o", "补.xlsx")
    assert done.returncode == 0, done.stderr
    [found] = xltools.check_forms("补.xlsx").forms
    assert [str(m.key) for m in found.mistakes] == ["“格式”B2"] and found.data["years"] == {"from": 2031}
    book = openpyxl.load_workbook("补.xlsx")
    book["格式"]["B2"].value = "南省补充项"
    book.save("补.xlsx")
    [found] = xltools.check_forms("补.xlsx").forms
    assert found.mistakes == () and found.form.fields.keys() == load_form("old").fields.keys()


def test_it_is_for_an_edition_of_its_years_alone(home):
    assert run("forms", "draft", "nan", "--supplement", "x", "-o", "补.xlsx").returncode == 2
    (home / "格式" / "nan-2030.toml").write_text(NAN, "utf-8")
    done = run("forms", "draft", "nan-2030", "--supplement", "x", "-o", "补.xlsx")
    assert done.returncode == 2 and "已有的补充项" in done.stderr and not (home / "补.xlsx").exists()


@pytest.fixture
def book(home):
    """The drawing of a supplement with everything, open; looked over by calling it."""
    data = tomllib.loads(NAN)
    return editable(drawn(data, home, laid_over(data, load_form("old"))), examine)


def margin(sheet, words, value):
    """Writes into the margin of the row that says these words."""
    sheet.cell(cell_saying(sheet, words).row, 1).value = value


def put(sheet, words, value):
    cell_saying(sheet, words).value = value


def beside(sheet, words, columns, value):
    """Writes into a cell right of the one that says these words."""
    at = cell_saying(sheet, words)
    sheet.cell(at.row, at.column + columns).value = value


def no_such_rule(book):
    for cell, value in {"A2": "s.nothing", "B2": "改级别", "C2": "提示"}.items():
        book["规则"][cell].value = value


MISTAKES = {
    "the mark left out": (lambda b: margin(b["一"], "其中：省定", None), "一", "官方的表里没有“其中：省定”这一行", "本地补充"),
    "the edition's own id left": (lambda b: margin(b["一"], "其中：省定", "y"), "一", "编号“y”与 A", "改写成“本地补充”"),
    "a label of the edition changed": (lambda b: put(b["一"], "天", "天字"), "一", "官方的名称改了：“天”成了“天字”", "改回来"),
    "an id of the edition changed": (lambda b: margin(b["一"], "天", "sky"), "一", "官方的“天”编号改了", "改回“x”"),
    "a column's id changed": (lambda b: put(b["一"], "b", "bb"), "一", "官方的“乙”编号改了：“b”成了“bb”", "改回“b”"),
    "a heading of the edition's put in": (lambda b: put(b["一"], "人", "人们"), "一", "“人”成了“人们”", "改回来"),
    "a total of the edition changed": (lambda b: [beside(b["一"], "总计", n, f"=SUM({c}4:{c}5)") for n, c in enumerate("CDE", 1)],
                                       "一", "官方的合计“总计”改了", "另加一行"),
    "a type of the edition changed": (lambda b: beside(b["一"], "#类型", 2, "可为负"), "一", "“甲”这一列改了类型", "改回“件数”"),
    "a text without a title": (lambda b: setattr(b["三、打算"]["B1"], "value", None), "三、打算", "没有标题", "B1"),
    "a text without words": (lambda b: setattr(b["三、打算"]["B2"], "value", None), "三、打算", "填写要求", "B2"),
    "a figure on a text": (lambda b: setattr(b["三、打算"]["B7"], "value", "=SUM(A1)"), "三、打算", "只能是一段文字", "表下面"),
    "a part that is not the edition's": (lambda b: margin(b["一"], "一、表", "sss"), "一", "A1 的“sss”不是“old”", "本地补充"),
    "a rule of a cell that is no figure": (lambda b: setattr(b["勾稽"]["C2"], "value", "='一'!B5"), "勾稽", "不是填数的格", "点选"),
    "a rule of a row that is gone": (lambda b: setattr(b["勾稽"]["C2"], "value", "=#REF!"), "勾稽", "#REF!", "重新点选"),
    "a rule's id that is not its own": (lambda b: setattr(b["勾稽"]["A3"], "value", "some"), "勾稽", "“some”", "supplement."),
    "an unknown severity": (lambda b: setattr(b["勾稽"]["B3"], "value", "严重"), "勾稽", "没有“严重”这个级别", "错误"),
    "an edition that there is not": (lambda b: setattr(b["格式"]["B5"], "value", "ancient"), "格式", "没有一个认得的格式版本", "old"),
    "no name": (lambda b: setattr(b["格式"]["B2"], "value", None), "格式", "“名称”空着", "填上"),
    "years in words": (lambda b: setattr(b["格式"]["B3"], "value", "明年"), "格式", "四位数字", "2024"),
    "a label that stands there": (lambda b: put(b["一"], "其中：市定", "地"), "一", "“地”", ""),
    "a label taken away": (lambda b: put(b["一"], "其中：市定", None), "一", "这一行没有名称", "写上"),
    "an unknown type of a row": (lambda b: margin(b["一"], "其中：市定", "本地补充 q 百分比"), "一", "没有“百分比”这种类型", "件数"),
    "an id in Chinese": (lambda b: margin(b["一"], "其中：市定", "本地补充 市定"), "一", "“市定”不能作编号", "小写"),
    "a figure of a chart that is none": (lambda b: setattr(b["图"]["C2"], "value", "='一'!B5"), "图", "不是填数的格", "点选"),
    "a rule changed that there is not": (no_such_rule, "规则", "没有这一规则", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_told_at_its_cell_with_what_to_do(what, book):
    opened, look = book
    edit, sheet, reason, remedy = MISTAKES[what]
    edit(opened)
    told = [(m.key, m.reason, m.remedy) for m in look().mistakes]
    assert any(key.startswith(f"“{sheet}”") and reason in words and remedy in do for key, words, do in told), told


def test_all_mistakes_are_told_at_once(book):
    opened, look = book
    for what in (
        "the mark left out",
        "a label of the edition changed",
        "a text without words",
        "an unknown severity",
        "no name",
    ):
        MISTAKES[what][0](opened)
    told = " ".join(m.key for m in look().mistakes)
    assert all(f"“{sheet}”" in told for sheet in ("一", "三、打算", "勾稽", "格式")), told


def test_a_mark_without_an_id_is_enough(book):
    opened, look = book
    for words in ("其中：省定", "其中：市定", "全部", "部分"):
        margin(opened["一"], words, "本地补充")
    opened["三、打算"]["A1"].value = "本地补充"
    found = look()
    assert found.mistakes == ()
    assert {
        f"supplement.{name}" for name in ("r1_nan2030.a", "r2_nan2030.b", "r3_nan2030.n", "r4_nan2030.n")
    } <= found.form.fields.keys()


def test_a_local_row_within_a_total_of_the_edition_is_not_added_and_that_is_told(book):
    opened, look = book
    for number, column in enumerate("CDEF", 1):
        beside(opened["一"], "总计", number, f"=SUM({column}6:{column}10)")
    found = look()
    assert found.mistakes == () and found.form.fields["s.all.a"].parts == ("s.x.a", "s.y.a", "s.z.a")
    assert any("官方的合计“总计”不加本地补充行" in m.reason for m in found.remarks)


def test_a_row_marked_local_in_an_edition_is_told(home):
    xltools.draft_form("2021", home / "版.xlsx", year=2031)
    opened = openpyxl.load_workbook("版.xlsx")
    margin(opened["二、主动公开"], "规章", "本地补充")
    opened.save("版.xlsx")
    told = [str(m) for m in examine("版.xlsx").mistakes]
    assert any("不能画在格式版本里" in one and "--supplement" in one for one in told), told


def test_what_it_adds_is_told_as_new(home):
    (home / "格式" / "nan-2030.toml").write_text(NAN, "utf-8")
    xltools.draft_form("nan-2030", home / "补.xlsx")
    lines = [c.line for c in xltools.diff_forms("old", home / "补.xlsx").changes]
    assert "新增行：一、表　其中：省定" in lines and "新增部分：三、明年打算" in lines
    assert any(line.startswith("新增勾稽关系：") for line in lines)


def test_from_the_drawing_to_the_summary(home):
    data = tomllib.loads(NAN)
    drawing = drawn(data, home, laid_over(data, load_form("old")))
    made = run("forms", "new", drawing)
    assert made.returncode == 0 and (home / "格式" / "nan-2030.toml").exists(), made.stderr
    assert said(load_form("old", ("nan-2030",))) == said(laid_over(data, load_form("old")))
    tried = run("forms", "try", drawing, "-o", "试")
    assert tried.returncode == 0 and "没有试出" not in tried.stdout, tried.stdout
    blank = xltools.blank(
        year=2030, supplements="nan-2030", name="甲局", code="1", level="department", output=home / "发"
    )
    filing = xltools.read(blank.files[0]).filing
    assert "supplement.p.a" in filing.form.fields
    (home / "格式" / "nan-2030.toml").unlink()
    taken = run("forms", "accept", blank.files[0])
    assert taken.returncode == 0 and (home / "格式" / "nan-2030.toml").exists()


CHOICE = OLD.replace(
    '[[section]]\nid = "t"',
    '[[section.table]]\ncolumns = [{ id = "v", label = "情况" }]\n'
    'rows = [{ id = "open", label = "是否公示", type = "choice", choices = ["是", "否"] }, { id = "m", label = "件" }]\n'
    '[[section]]\nid = "t"',
)


@pytest.mark.parametrize("column", ["C", "E", "G"])
def test_a_choice_in_a_rule_is_refused_in_words_at_its_cell(column, home):
    """Its left side, its right side, its condition."""
    (home / "格式" / "old.toml").write_text(CHOICE, "utf-8")
    data = tomllib.loads(HEAD + rows("y", P) + rule("supplement.p.a", "s.y.a", "supplement.within", when="s.y.a > 0"))
    path = drawn(data, home, laid_over(data, load_form("old")))
    opened = openpyxl.load_workbook(path)
    at = next(c for row in opened["一"].iter_rows() for c in row if c.value == "是否公示")
    cell = f"'一'!C{at.row}"
    opened["勾稽"][f"{column}2"].value = f"={cell}" if column != "G" else f"={cell}>0"
    opened.save(path)
    told = [(m.key, m.reason, m.remedy) for m in examine(path).mistakes]
    assert any(f"“勾稽”{column}2" == key and "选择" in reason and remedy for key, reason, remedy in told), told
