"""A made-up notice, drawn as a new user would: last year's drawing, edited in LibreOffice; then a blank, figures, a check."""

import openpyxl
import pytest
from drawing_edits import KINDS, Drawing, edit_of, verdict
from followed import OLD, form_at_hand
from local_edits import LOCAL_KINDS, LocalDrawing, local_verdict
from making import run
from office import Typing
from pack_edits import PACK_KINDS, PackDrawing, pack_verdict

import xltools
from xltools.collection.roster import write_roster
from xltools.editions import editions, load_form
from xltools.editions.shelves import FORMS

pytestmark = pytest.mark.office
NEWEST = max(editions(), key=lambda name: load_form(name).years)
YEAR = load_form(NEWEST).years[0] + 6
DISCLOSURE, REQUESTS, DISPUTES, RULES = "二、主动公开", "三、依申请公开", "四、复议诉讼", "勾稽"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    folder = tmp_path / "season"
    xltools.Season.init(folder, YEAR)
    (folder / "名录.xlsx").write_bytes(
        write_roster([("1101", "甲局", "department", "11"), ("11", "示例县", "county", "")], YEAR)
    )
    (folder / FORMS).mkdir()
    monkeypatch.chdir(folder)
    xltools.draft_form(NEWEST, folder / "上年.xlsx", year=YEAR)
    return folder


def at(path, sheet, words):
    """Row and column, from 0, of the cell that says exactly these words."""
    rows = openpyxl.load_workbook(path)[sheet].iter_rows()
    return next((c.row - 1, c.column - 1) for row in rows for c in row if c.value == words)


def a_row_below(path, sheet, words, label, column="B"):
    """A row put in below another one, which is copied and its id and name written over, as people do."""
    row, _ = at(path, sheet, words)
    last = openpyxl.load_workbook(path)[sheet].max_column
    right = openpyxl.utils.get_column_letter(last)
    return [
        ("rows", sheet, row + 1, 1),
        ("copy", sheet, f"A{row + 1}:{right}{row + 1}", f"A{row + 2}"),
        ("write", sheet, f"A{row + 2}", ""),
        ("write", sheet, f"{column}{row + 2}", label),
    ]


def a_column_beside(path, sheet, words, label):
    """A column put in right of another one: its name, its yellow cells, its totals copied from the left."""
    row, column = at(path, sheet, words)
    found = openpyxl.load_workbook(path)[sheet]
    here, new = (openpyxl.utils.get_column_letter(column + n) for n in (1, 2))
    done = [("columns", sheet, column + 1, 1)]
    for cell in found[here]:
        yellow = cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb).endswith("FFF2CC")
        if yellow or str(cell.value).startswith("="):
            done.append(("copy", sheet, f"{here}{cell.row}", f"{new}{cell.row}"))
    return [*done, ("write", sheet, f"{new}{row + 1}", label)]


def edited(office, home, edits, entries=None, source="上年.xlsx", out="新.xlsx"):
    path = home / out
    office.typed([Typing(home / source, {"格式": {"B5": "某办函〔2027〕9号"}, **(entries or {})}, path, edits=edits)])
    return path


def answers(path, *labels):
    """What is typed into 对照 for lines that are new."""
    free = openpyxl.load_workbook(path)["对照"].max_row + 10
    said = {}
    for number, label in enumerate(labels, free):
        said |= {f"A{number}": NEWEST, f"B{number}": label, f"C{number}": "新增"}
    return {"对照": said}


def told(path):
    [found] = xltools.check_forms(path).forms
    return [f"{m.key}：{m.reason}" for m in found.mistakes], [f"{m.key}：{m.reason}" for m in found.remarks]


def test_saved_by_libreoffice_it_is_the_same_form(office, home):
    path = edited(office, home, [])
    mistakes, remarks = told(path)
    assert mistakes == [] and len(remarks) == 1
    assert [c.what for c in xltools.diff_forms(NEWEST, path).changes] == ["依据"]


def test_a_row_and_a_column_put_in_carry_totals_and_rules_along(office, home):
    """Two insertions and two names: the totals, the balance and what is carried over follow by themselves."""
    source = home / "上年.xlsx"
    edits = a_row_below(source, DISCLOSURE, "规章", "其他政策文件") + a_column_beside(
        source, REQUESTS, "自然人", "外国人"
    )
    asked, _ = told(edited(office, home, edits, out="没有说.xlsx"))
    assert len(asked) == 2 and all("对照里没有说怎么来的" in one for one in asked), asked
    path = edited(office, home, edits, answers(source, "其他政策文件", "外国人"))
    assert told(path)[0] == []
    changes = {(c.kind, c.what, c.words) for c in xltools.diff_forms(NEWEST, path).changes}
    assert {("新增", "行", "其他政策文件"), ("新增", "列", "申请人情况/外国人")} <= changes
    form = xltools.check_forms(path).forms[0].form
    [new] = [c for s in form.table_sections for t in s.tables for c in t.columns if c.name == "外国人"]
    rules = {r.id for r in form.rules}
    assert {f"requests.balance.{new.id}", f"requests.carry.{new.id}"} <= rules
    assert f"requests.new.{new.id}" in form.fields["requests.new.total"].parts
    assert f"requests.carried_in.{new.id}" in form.last.carried
    assert len([r for r in rules if r.startswith("disclosure.") and r.endswith((".issued", ".effective"))]) == 6


def test_the_notice_from_drawing_to_summary(office, home):
    """Rows put in at the edges of headings, one taken away, a group of columns more: what Excel does not do is told, then mended."""
    source = home / "上年.xlsx"
    edits = a_row_below(source, DISCLOSURE, "行政规范性文件", "其他政策文件")
    gone, _ = at(source, REQUESTS, "4.保护第三方合法权益")
    last, _ = at(source, REQUESTS, "8.属于行政查询事项")
    edits += a_row_below(source, REQUESTS, "8.属于行政查询事项", "9.属于个人信息", "D")
    edits += [("rows", REQUESTS, gone, -1), *a_column_beside(source, REQUESTS, "自然人", "外国人（含港澳台）")]
    first = edited(office, home, edits, answers(source, "其他政策文件", "9.属于个人信息", "外国人（含港澳台）"))
    mistakes, remarks = told(first)
    assert mistakes == [f"“{REQUESTS}”C{last + 1}：这一行的上一级名称空着：旁边合并的格没有盖住它"] or mistakes == []
    assert any("行政规范性文件" in r or "其他政策文件" in r for r in remarks), (
        "the rules of the row above do not reach it"
    )
    mend = [
        ("merge", REQUESTS, f"C{gone - 2}:C{last + 1}", False),
        ("merge", REQUESTS, f"C{gone - 2}:C{last + 1}", True),
    ]
    path = edited(office, home, mend, source="新.xlsx", out="改好.xlsx")
    assert told(path)[0] == []
    made = xltools.new_form(path)
    assert made.output.exists()
    blanks = xltools.blank(name="甲局", code="1", level="county", output=home / "试", force=True)
    form = xltools.read(blanks.files[0]).filing.form
    labels = {f.row.name for f in form.fields.values()} | {f.column.name for f in form.fields.values()}
    assert {"其他政策文件", "外国人（含港澳台）", "9.属于个人信息"} <= labels and "4.保护第三方合法权益" not in labels
    tried = run("forms", "try", path, "-o", "试填")
    assert tried.returncode == 0 and "没有试出" not in tried.stdout
    checked = xltools.check(home / "试填" / "试填.xlsx", home=home)
    assert not [
        f for r in checked.collection.received for f in r.findings if f.code in ("rule-failed", "total-overwritten")
    ]


def test_a_dozen_random_edits_give_the_form_intended_or_are_told_at_a_cell(office, home):
    """``python benchmarks/drawing.py`` makes three hundred."""
    all_right_or_told(office, Drawing(edited(office, home, [], out="源.xlsx")), KINDS, range(1000, 1012), verdict)


def all_right_or_told(office, drawing, kinds, numbers, verdict):
    """Makes edits of a drawing, all in one LibreOffice: each is what was meant or told, and there is one of either."""
    edits = [edit_of(kinds, drawing, number) for number in numbers]
    places = [drawing.path.with_name(f"{number}.xlsx") for number in numbers]
    office.typed([Typing(drawing.path, {}, place, edits=e.steps) for e, place in zip(edits, places, strict=True)])
    said = {f"{n} {e.kind}": verdict(drawing, e, place) for n, e, place in zip(numbers, edits, places, strict=True)}
    assert {name: words for name, words in said.items() if words not in ("right", "told")} == {}
    assert {"right", "told"} == {*said.values()}


EDITED = {
    "a supplement": (LocalDrawing, LOCAL_KINDS, local_verdict),
    "a rule pack": (PackDrawing, PACK_KINDS, pack_verdict),
}


@pytest.mark.parametrize("what", EDITED)
def test_a_random_edit_of_each_kind_is_what_was_meant_or_is_told_at_a_cell(what, office, tmp_path, monkeypatch):
    """``python benchmarks/drawing.py supplement`` and ``pack`` make three hundred."""
    monkeypatch.chdir(tmp_path)
    drawn, kinds, verdict = EDITED[what]
    with form_at_hand(tmp_path, OLD):
        all_right_or_told(office, drawn(tmp_path), kinds, range(100 * len(kinds), 101 * len(kinds)), verdict)


def test_a_supplement_from_drawing_to_summary(office, home):
    """A county's rows put into the official table and a total of its own, then a rule: as a clerk does it, in LibreOffice."""
    source = home / "上年.xlsx"
    xltools.draft_form(NEWEST, source, supplement="nan", year=YEAR, force=True)
    edits = a_row_below(source, DISCLOSURE, "行政规范性文件", "其中：县级备案")
    row, _ = at(source, DISCLOSURE, "行政规范性文件")
    edits += [("write", DISCLOSURE, f"A{row + 2}", "本地补充")]
    inner, _ = at(source, REQUESTS, "8.属于行政查询事项")
    edits += [*a_row_below(source, REQUESTS, "8.属于行政查询事项", "9.本地一项", "D")]
    edits += [("write", REQUESTS, f"A{inner + 2}", "本地补充")]
    entries = {"格式": {"B2": "南县补充项"},
               RULES: {"B2": "错误", "C2": f"=$'{DISCLOSURE}'.C{row + 2}", "D2": "≤", "E2": f"=$'{DISCLOSURE}'.C{row + 1}",
                       "H2": f"=COLUMNS($'{DISCLOSURE}'.C{row + 2}:E{row + 2})", "O2": "核对其中数"}}  # fmt: skip
    path = home / "补.xlsx"
    office.typed([Typing(source, entries, path, edits=edits)])
    mistakes, _ = told(path)
    assert mistakes == [] or all("上一级名称空着" in m for m in mistakes), mistakes
    if mistakes:  # put in at the edge of a merged heading, which does not grow by itself
        first = inner - 7
        mend = [
            ("merge", REQUESTS, f"C{first + 1}:C{inner + 1}", False),
            ("merge", REQUESTS, f"C{first + 1}:C{inner + 2}", True),
        ]
        office.typed([Typing(path, {}, home / "改.xlsx", edits=mend)])
        path = home / "改.xlsx"
        mistakes, _ = told(path)
    assert mistakes == []
    assert xltools.new_form(path).output.exists()
    form = xltools.load_form(NEWEST, "nan")
    rules = [r for r in form.rules if r.id.startswith("supplement.nan.rule2")]
    assert len(rules) == 3 and {r.remedy for r in rules} == {"核对其中数"}
    labels = {f.row.label: f.id for f in form.fields.values() if f.id.startswith("supplement.")}
    assert {label[-1] for label in labels} == {"其中：县级备案", "9.本地一项"}
    assert next(label for label in labels if label[-1] == "9.本地一项")[1] == "（三）不予公开"
    done = xltools.blank(supplements="nan", output=home / "发", year=YEAR)
    assert "supplement.r1_nan.issued" in xltools.read(done.files[0]).filing.form.fields


def test_a_list_of_rules_filled_in_and_saved_by_libreoffice_judges(office, home):
    xltools.draft_form(NEWEST, home / "规则.xlsx", pack="nan")
    said = {
        "B2": "南省规则",
        "A5": "requests.balance.*",
        "B5": "提示",
        "E5": "核对",
        "G5": f"{YEAR}—",
        "H5": "部门；县（市、区）",
    }
    office.typed([Typing(home / "规则.xlsx", {"规则包": said}, home / FORMS / "规则.xlsx")])
    assert told(home / FORMS / "规则.xlsx") == ([], [])
    filed = xltools.blank(name="甲局", code="1101", level="department", output=home / "回收", year=YEAR)
    assert xltools.Season(home).check().to_json()["packs"] == [{"id": "nan", "title": "南省规则"}], filed
