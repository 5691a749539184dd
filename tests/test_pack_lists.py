"""A rule pack kept as a list in Excel: there and back, judged by where it lies, every mistake at its cell."""

import tomllib

import openpyxl
import pytest
from making import run
from test_packs import GRAVE, PACK, WITHIN, filing, home, judged, received

import xltools
from xltools.drawing.examine import known_rules
from xltools.drawing.packdraw import packlist_of
from xltools.editions.packlist import COLUMNS, read_packlist
from xltools.editions.rulebook import packed
from xltools.editions.shelves import FORMS, PACKS, shelved
from xltools.editions.source import Definition

__all__ = ["filing", "home"]

LEVELS = ("township", "department", "county", "city", "province", "state")
LIMITS = ", ".join(f"{name} = {number}" for number, name in enumerate(LEVELS, 3))
CHANGE = '[[change]]\nrule = "s.within"\n'
PACKS_OF = {
    "severity and words": GRAVE,
    "a group": PACK + '[[change]]\nrule = "s.with*"\nseverity = "note"\n',
    "several rules": PACK + '[[change]]\nrule = ["s.within", "s.most"]\nseverity = "error"\n',
    "a threshold": PACK + '[[change]]\nrule = "same"\nleast = 10\nseverity = "error"\n',
    "two thresholds": PACK + '[[change]]\nrule = "jump.{field}"\nleast = 10\ntimes = 3\n',
    "thresholds of levels": PACK + f'[[change]]\nrule = "s.most"\nceiling = {{ {LIMITS} }}\n',
    "years": PACK + CHANGE + 'severity = "error"\nyears = { from = 2030, to = 2032 }\n',
    "one year": PACK + CHANGE + 'severity = "error"\nyears = { from = 2030, to = 2030 }\n',
    "years without an end": PACK + CHANGE + 'severity = "error"\nyears = { from = 2030 }\n',
    "years without a beginning": PACK + CHANGE + 'severity = "error"\nyears = { to = 2030 }\n',
    "levels": PACK + CHANGE + 'severity = "error"\nlevels = ["county", "township", "state"]\n',
    "regions": PACK + CHANGE + 'severity = "error"\nregions = ["西乡", "东乡"]\n',
    "all of it, twice": GRAVE + CHANGE + 'severity = "query"\nremedy = "看"\nbasis = "文"\nyears = { from = 2031 }\n'
    'levels = ["county"]\nregions = ["南县"]\n' + CHANGE + 'severity = "note"\n',
}  # fmt: skip


def rules(home):
    with shelved(home):
        return known_rules("old")


def listed(home, text, name="表.xlsx"):
    """The list of a pack, as a file."""
    path = home / name
    path.write_bytes(packlist_of(tomllib.loads(text), rules(home)))
    return path


@pytest.mark.parametrize("what", PACKS_OF)
def test_a_pack_as_a_list_and_read_back_is_the_same(what, home):
    data = tomllib.loads(PACKS_OF[what])
    path = listed(home, PACKS_OF[what])
    found = read_packlist(path.read_bytes(), path)
    assert [str(m) for m in found.mistakes] == [] and found.data == data
    assert any(rule.changes for rule in packed(Definition("nan.toml", found.data), rules(home)))


def test_it_has_headings_and_severities_to_choose_from_and_the_rules_beside_it(home):
    book = openpyxl.load_workbook(listed(home, GRAVE))
    sheet = book["规则包"]
    assert [c.value for c in sheet[4]] == list(COLUMNS.values())
    offered = {v.formula1: (str(v.sqref), v.showErrorMessage) for v in sheet.data_validations.dataValidation}
    assert offered['"错误,核实,提示"'] == ("B5:B400", True) and any("现有规则" in formula for formula in offered)
    assert {row[0].value for row in book["现有规则"].iter_rows(min_row=2)} == {r.id for r in rules(home)}


@pytest.mark.parametrize("folder", [PACKS, FORMS])
def test_the_list_itself_judges_what_came_in(folder, home):
    received(home, **WITHIN)
    listed(home, GRAVE.replace("s.all", "s.within"), f"{folder}/南省.xlsx")
    done, found = judged(home)
    assert (found["1", "s.within"].severity, found["1", "s.within"].remedy) == ("error", "改正，不能说明")
    assert done.to_json()["packs"] == [{"id": "nan", "title": "南省规则"}]


def test_a_definition_among_the_forms_judges_too_and_is_no_edition(home):
    received(home, **WITHIN)
    (home / FORMS / "nan.toml").write_text(GRAVE.replace("s.all", "s.within"), "utf-8")
    _, found = judged(home)
    assert found["1", "s.within"].severity == "error"
    with shelved(home):
        assert "nan" not in xltools.forms().to_json()["editions"] and run("forms", "list").returncode == 0


def test_the_same_pack_as_list_and_definition_counts_once(home):
    received(home, **WITHIN)
    text = GRAVE.replace("s.all", "s.within")
    listed(home, text, f"{FORMS}/南省.xlsx")
    (home / PACKS / "nan.toml").write_text(text, "utf-8")
    done, found = judged(home)
    assert len(done.to_json()["packs"]) == 1 and found["1", "s.within"].basis.count("规则包") == 1


def test_a_drawing_among_the_forms_is_left_alone(home):
    received(home, **WITHIN)
    xltools.draft_form("2021", home / FORMS / "表样.xlsx")
    done, found = judged(home)
    assert done.to_json()["packs"] == [] and found["1", "s.within"].severity == "query"


def test_from_an_empty_list_to_a_judgement(home):
    done = run("forms", "draft", "old", "--pack", "nan", "-o", "规则包.xlsx")
    assert done.returncode == 0, done.stderr
    told = [m.key for m in xltools.check_forms("规则包.xlsx").forms[0].mistakes]
    assert told == ["“规则包”B2", "“规则包”A5"]
    book = openpyxl.load_workbook("规则包.xlsx")
    for cell, value in {
        "B2": "南省规则",
        "A5": "s.within",
        "B5": "错误",
        "E5": "改正",
        "G5": 2030,
        "H5": "乡镇（街道）",
    }.items():
        book["规则包"][cell].value = value
    book.save("规则包.xlsx")
    assert run("forms", "check", "规则包.xlsx").returncode == 0
    made = run("forms", "new", "规则包.xlsx")
    assert made.returncode == 0, made.stderr
    data = tomllib.loads((home / PACKS / "nan.toml").read_text("utf-8"))
    assert data["change"] == [{"rule": "s.within", "severity": "error", "remedy": "改正",
                               "years": {"from": 2030, "to": 2030}, "levels": ["township"]}]  # fmt: skip
    back = run("forms", "draft", home / PACKS / "nan.toml", "-o", "又.xlsx")
    assert back.returncode == 0
    path = home / "又.xlsx"
    assert read_packlist(path.read_bytes(), path).data == data


MISTAKES = {
    "no such rule": ({"A5": "s.wihtin"}, "A5", "没有叫“s.wihtin”的规则", "forms show"),
    "one of several that is none": ({"A5": "s.within；s.nothing"}, "A5", "没有叫“s.nothing”的规则", "forms show"),
    "no rule": ({"A5": None}, "A5", "没有写改哪一条规则", "现有规则"),
    "an unknown severity": ({"B5": "严重"}, "B5", "没有“严重”这个级别", "错误、核实、提示"),
    "an unknown level": ({"H5": "村"}, "H5", "没有“村”这一级", "乡镇"),
    "years in words": ({"G5": "明年"}, "G5", "看不懂年度“明年”", "2027—2029"),
    "years the wrong way": ({"G5": "2031—2030"}, "G5", "早于", ""),
    "a threshold without a value": ({"C5": "至少"}, "C5", "看不懂“至少”", "名称=值"),
    "a threshold it has not": ({"C5": "至少=3"}, "C5", "不认识的键", "可用的"),
    "limits without levels": ({"D5": "10"}, "D5", "看不懂“10”", "层级=整数"),
    "limits in words": ({"D5": "部门=很多"}, "D5", "看不懂“部门=很多”", "层级=整数"),
    "two years run together": ({"G5": "20302032"}, "G5", "看不懂年度“20302032”", "2027—2029"),
    "two years without a sign between": ({"G5": "2030 2032"}, "G5", "看不懂年度", "2027—2029"),
    "a level twice": ({"D5": "部门=30；县（市、区）=300；部门=40"}, "D5", "“部门”写了两次", "一级只写一个数"),
    "a threshold twice": ({"A5": "same", "C5": "至少=3；至少=4"}, "C5", "“至少”写了两次", "一项只写一次"),
    "a heading misspelt": ({"H4": "层次", "H5": "部门"}, "H4", "不认识“层次”这一栏", "“层级”"),
    "a heading taken away": ({"C4": None, "C5": "至少=3"}, "C4", "这一栏没有名称", "“门槛”"),
    "a heading that must be there": ({"B4": "等级"}, "A4", "没有“级别”这一栏", "forms draft"),
    "the first heading": ({"A4": "哪一条"}, "A4", "没有“规则”这一栏", "forms draft"),
    "an id that no file can have": ({"A2": "../别处"}, "A2", "“../别处”不能作编号", "60 个字"),
    "nothing to change": ({"B5": None, "E5": None, "F5": None}, "A5", "没有写改什么", "级别"),
    "no id": ({"A2": None}, "A2", "“编号”空着", "填上"),
    "no title": ({"B2": None}, "B2", "“名称”空着", "填上"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_told_at_its_cell(what, home):
    cells, place, reason, remedy = MISTAKES[what]
    path = listed(home, GRAVE.replace("s.all", "s.within"), f"{PACKS}/南省.xlsx")
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["规则包"][cell].value = value
    book.save(path)
    told = [(m.key, m.reason, m.remedy) for m in xltools.check_forms(path).forms[0].mistakes]
    assert any(key == f"“规则包”{place}" and reason in words and remedy in do for key, words, do in told), told
    received(home, **WITHIN)
    with pytest.raises(xltools.XltoolsError, match=r"南省\.xlsx") as stopped:
        xltools.Season(home).check()
    assert f"“规则包”{place}" in str(stopped.value)


def test_all_mistakes_are_told_at_once(home):
    path = listed(home, PACKS_OF["all of it, twice"])
    book = openpyxl.load_workbook(path)
    for cell, value in {"B5": "严重", "G6": "明年", "A7": "s.nothing", "B2": None}.items():
        book["规则包"][cell].value = value
    book.save(path)
    assert {m.key for m in xltools.check_forms(path).forms[0].mistakes} == {
        f"“规则包”{cell}" for cell in ("B5", "G6", "A7", "B2")
    }


@pytest.mark.parametrize("cells", [{"J4": "备注", "J5": "问过了"}, {"J5": "问过了"}, {"D4": None}, {"D4": "别的"}])
def test_columns_of_the_offices_own_and_empty_ones_say_nothing(cells, home):
    path = listed(home, GRAVE.replace("s.all", "s.within"), f"{PACKS}/南省.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["规则包"]
    for column in range(1, 10):  # every column of ours is there, or holds nothing
        assert sheet.cell(4, column).value
    for cell, value in cells.items():
        sheet[cell].value = value
    book.save(path)
    told = [m.reason for m in xltools.check_forms(path).forms[0].mistakes]
    assert told == []


def test_a_sheet_of_that_name_that_is_no_list_is_left_alone(home):
    received(home, **WITHIN)
    book = openpyxl.Workbook()
    book.active.title = "规则包"
    book.active["A1"] = "规则包放在这里，见通知"
    book.save(home / PACKS / "说明.xlsx")
    done, _ = judged(home)
    assert done.to_json()["packs"] == []
