"""Lists written into: what the office made of them stays, and nothing unsafe is opened."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from making import own_rows, patched, run, run_json, save
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from xltools.collection.decisions import Decision
from xltools.collection.roster import next_roster, read_roster
from xltools.errors import XltoolsError
from xltools.ooxml.lists import read_list
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.revision import revised
from xltools.season.docket import add_decisions, read_decisions

HEAD = ["本局编号", "单位代码", "单位名称", "层级", "上级代码", "联系人", "人数", "双倍"]
COLUMNS, NEEDED = ("单位代码", "单位名称", "层级", "上级代码", "上年代码"), ("单位代码", "单位名称", "层级")


def kept(tmp_path, work=lambda book: None, name="名录.xlsx"):
    """A roster that an office made its own: columns, colours, widths, formulas, a rule, a comment, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "我们的名录"
    sheet.append(["示例县名录"])
    sheet.append(HEAD)
    sheet.append(["甲-1", "11", "示例县", "county", None, "张三", 3, "=G3*2"])
    sheet.append(["甲-2", 1103, "示例局", "部门", 11, "李四", 4, "=G4*2"])
    sheet["B4"].number_format = "000000"
    sheet["B4"].fill, sheet["B4"].font = PatternFill("solid", fgColor="FFFF00"), Font(name="仿宋", size=14, bold=True)
    sheet["C4"].comment = Comment("问过", "张三")
    sheet.column_dimensions["C"].width, sheet.row_dimensions[4].height = 41.5, 33
    sheet.freeze_panes, sheet.auto_filter.ref = "C3", "A2:H4"
    sheet.conditional_formatting.add(
        "G3:G9", openpyxl.formatting.rule.CellIsRule("greaterThan", ["3"], font=Font(color="FF0000"))
    )
    rule = DataValidation("list", formula1='"部门,乡镇"')
    rule.add("D3:D4")
    sheet.add_data_validation(rule)
    other = book.create_sheet("电话")
    other["A1"], other["B2"] = "总机", "=我们的名录!G3+1"
    other.sheet_state = "hidden"
    book.defined_names["人数"] = openpyxl.workbook.defined_name.DefinedName("人数", attr_text="我们的名录!$G$3:$G$4")
    work(book)
    book.save(tmp_path / name)
    return tmp_path / name


def stored(path, **values):
    """The workbook as Excel leaves it: formulas with what they show."""
    content = path.read_bytes()
    for cell, value in values.items():
        content = patched(
            content,
            "xl/worksheets/sheet1.xml",
            rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?',
            rf"\g<1><v>{value}</v>",
        )
    path.write_bytes(content)
    return path


def revise(path, **how):
    return revised(path.read_bytes(), path, "名录", COLUMNS, NEEDED, **how)


def look(content):
    """All that openpyxl sees of a workbook, cell by cell."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = {
        (sheet.title, cell.coordinate): (cell.value, cell.number_format, cell.font.name, cell.font.b, cell.fill.fgColor.rgb,
                                         cell.comment.text if cell.comment else None)
        for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None or cell.has_style
    }  # fmt: skip
    [sheet] = [s for s in book if s.title == "我们的名录"]
    frame = (
        {key: d.width for key, d in sheet.column_dimensions.items()}, sheet.row_dimensions[4].height, sheet.freeze_panes,
        [str(r.sqref) for r in sheet.conditional_formatting], book["电话"].sheet_state, list(book.defined_names),
        book.sheetnames,
    )  # fmt: skip
    return cells, frame


NEW = {"单位代码": "001104", "单位名称": "=乙局", "层级": "部门", "上级代码": "11"}


@pytest.mark.parametrize(
    "how",
    [
        {}, {"added": [NEW]}, {"changed": {4: {"单位名称": "改名局"}}}, {"changed": {3: {"上年代码": "10"}}},
        {"added": [NEW, NEW | {"单位代码": "5"}], "changed": {3: {"单位名称": "新县"}, 4: {"层级": "乡镇"}}},
    ],
)  # fmt: skip
def test_nothing_else_is_changed(tmp_path, how):
    path = stored(kept(tmp_path), H3=6, H4=8)
    before, after = look(path.read_bytes()), look(revise(path, **how))
    assert after[1] == before[1]
    at = {"单位代码": "B", "单位名称": "C", "层级": "D", "上级代码": "E", "上年代码": "I"}
    written = {f"{at[h]}{row}" for row, words in how.get("changed", {}).items() for h in words}
    written |= {"I2"} if "I3" in written else set()
    for (sheet, cell), was in before[0].items():
        if cell not in written:
            assert after[0][sheet, cell] == was
    rows = {int(cell[1:]) for sheet, cell in after[0] if sheet == "我们的名录"}
    assert rows == {1, 2, 3, 4, *range(5, 5 + len(how.get("added", ())))}


def test_an_added_row_looks_like_the_last_and_goes_on_with_its_formulas(tmp_path):
    path = kept(tmp_path)
    sheet = openpyxl.load_workbook(io.BytesIO(revise(path, added=[NEW])))["我们的名录"]
    assert [c.value for c in sheet[5]] == [None, "001104", "=乙局", "部门", "11", None, None, "=G5*2"]
    assert (sheet["C5"].data_type, sheet["B5"].fill.fgColor.rgb, sheet["B5"].font.name) == ("s", "00FFFF00", "仿宋")
    assert sheet.row_dimensions[5].height == 33 and sheet.auto_filter.ref == "A2:H5"
    assert [str(r.sqref) for r in sheet.data_validations.dataValidation] == ["D3:D5"]
    rows = read_list(save(tmp_path / "又.xlsx", revise(path, added=[NEW])), "名录", COLUMNS[:4], NEEDED)[:2]
    assert [r["单位代码"] for r in rows] == ["11", "001103"]


def test_a_table_grows_with_its_rows(tmp_path):
    def work(book):
        book.active.auto_filter.ref = None
        book.active.add_table(Table(displayName="名录表", ref="A2:H4"))

    sheet = openpyxl.load_workbook(io.BytesIO(revise(kept(tmp_path, work), added=[NEW, NEW])))["我们的名录"]
    assert [t.ref for t in sheet.tables.values()] == ["A2:H6"]


@pytest.mark.parametrize(
    ("formula", "kind", "value"),
    [
        ("=G3*2", "", "6"), ('="0011"', ' t="str"', "0011"), ("=G3&amp;G4", ' t="str"', "34"), ("=G3&gt;1", ' t="b"', "1"),
        ("=1/0", ' t="e"', "#DIV/0!"),
    ],
)  # fmt: skip
def test_what_formulas_show_is_kept(tmp_path, formula, kind, value):
    """Else the list could not be read again before somebody opens and saves it."""
    path = kept(tmp_path)
    cell = f'<c r="H3"{kind}><f>{formula[1:]}</f><v>{value}</v></c>'
    path.write_bytes(patched(path.read_bytes(), "xl/worksheets/sheet1.xml", r'<c r="H3"[^>]*>.*?</c>', cell))
    was = open_workbook(path.read_bytes()).sheet("我们的名录").cells[2, 7]
    now = open_workbook(revise(path, added=[NEW])).sheet("我们的名录").cells[2, 7]
    assert (now.kind, now.value, now.formula) == (was.kind, was.value, was.formula) and now.value == value


def test_a_code_that_a_formula_gives_can_still_be_read(tmp_path):
    path = kept(tmp_path, lambda book: book.active.__setitem__("E4", "=B3"))
    path.write_bytes(
        patched(
            path.read_bytes(),
            "xl/worksheets/sheet1.xml",
            r'<c r="E4"[^>]*>.*?</c>',
            '<c r="E4" t="str"><f>B3</f><v>11</v></c>',
        )
    )
    assert read_roster(save(path, revise(path, changed={4: {"单位名称": "改名局"}}))).by_code["001103"].parent == "11"


def test_the_same_words_give_the_same_bytes(tmp_path):
    path = kept(tmp_path)
    assert revise(path, added=[NEW]) == revise(path, added=[NEW])
    with zipfile.ZipFile(io.BytesIO(revise(path))) as made, zipfile.ZipFile(path) as was:
        assert made.read("docProps/core.xml") == was.read("docProps/core.xml")


# ── refused ──────────────────────────────────────────────────────────────────


def doctype(content):
    return patched(content, "xl/workbook.xml", r"<workbook", '<!DOCTYPE x [<!ENTITY a "b">]><workbook')


def with_part(content, name, part):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        doctype,
        lambda c: patched(c, "xl/styles.xml", r"<styleSheet", '<!DOCTYPE x [<!ENTITY a "b">]><styleSheet'),
        lambda c: with_part(c, "xl/theme/theme9.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>".encode("utf-16")),
        lambda c: with_part(c, "xl/comments/comment9.xml", "<a>" * 40 + "<!ENTITY"),
        lambda c: with_part(c, "xl/worksheets/bomb.xml", b"<a>" + b" " * (41 * 2**20)),
        lambda c: with_part(c, "xl/bomb.bin", bytes(121 * 2**20)),
        lambda c: patched(c, "xl/worksheets/sheet2.xml", r"<sheetData>", '<!DOCTYPE x><sheetData>'),
        lambda c: patched(c, "xl/worksheets/sheet2.xml", r"<sheetData>.*</sheetData>", "<sheetData>" + "".join(
            f'<row r="{n}">' + "<c><v>1</v></c>" * 90 + "</row>" for n in range(1, 700)) + "</sheetData>"),
        lambda c: c[: len(c) // 2],
        lambda c: b"PK\3\4",
    ],
)  # fmt: skip
def test_what_is_unsafe_is_refused_before_openpyxl_opens_it(tmp_path, monkeypatch, spoil):
    path = kept(tmp_path)
    path.write_bytes(spoil(path.read_bytes()))
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: pytest.fail("opened"))
    with pytest.raises(XltoolsError, match=r"名录\.xlsx”不是可以打开的 Excel 工作簿"):
        revise(path, added=[NEW])


def picture():
    from PIL import Image as Drawn

    out = io.BytesIO()
    Drawn.new("RGB", (4, 4)).save(out, "png")
    return Image(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize(
    "work",
    [
        lambda book: book.active.add_chart(openpyxl.chart.BarChart(), "J2"),
        lambda book: book["电话"].add_chart(openpyxl.chart.PieChart(), "J2"),
        lambda book: book.active.add_image(picture(), "J9"),
        lambda book: book.create_chartsheet("图").add_chart(openpyxl.chart.LineChart()),
    ],
)
def test_what_openpyxl_would_drop_is_not_written_over(tmp_path, work):
    with pytest.raises(XltoolsError, match="会丢失，没有改动"):
        revise(kept(tmp_path, work), added=[NEW])


@pytest.mark.parametrize("part", ["xl/threadedComments/threadedComment1.xml", "xl/activeX/activeX1.xml", "xl/ctrlProps/ctrlProp1.xml",
                                  "xl/slicers/slicer1.xml", "xl/connections.xml"])  # fmt: skip
def test_parts_that_openpyxl_does_not_know_are_not_lost(tmp_path, part):
    path = kept(tmp_path)
    path.write_bytes(with_part(path.read_bytes(), part, "<x/>"))
    with pytest.raises(XltoolsError, match="会丢失，没有改动"):
        revise(path, added=[NEW])


def test_input_rules_that_openpyxl_would_drop_are_not_lost(tmp_path):
    path = kept(tmp_path)
    more = ('<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
            'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"/></ext></extLst></worksheet>')  # fmt: skip
    path.write_bytes(patched(path.read_bytes(), "xl/worksheets/sheet1.xml", r"</worksheet>", more))
    with pytest.raises(XltoolsError, match="会丢失，没有改动"):
        revise(path, added=[NEW])


def test_a_part_of_a_merged_cell_cannot_be_written(tmp_path):
    path = kept(tmp_path, lambda book: book.active.merge_cells("C3:C4"))
    with pytest.raises(XltoolsError, match="C4 是合并单元格的一部分"):
        revise(path, changed={4: {"单位名称": "改名局"}})


# ── 办理记录 and next year's roster ──────────────────────────────────────────


@pytest.fixture
def season(tmp_path):
    home = tmp_path / "2023"
    assert run("init", home, "--year", 2023).returncode == 0
    own_rows(home)
    return home


def test_decisions_are_written_below_those_of_the_office(season):
    path = season / "办理记录.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    row = {
        "单位代码": "001-01",
        "编号": "cover.signoff",
        "经办人": "张三",
        "日期": "2024-01-20",
        "处理情况": "打电话问过，已经补签。",
    }
    for head, words in row.items():
        sheet.cell(2, heads.index(head) + 1).value = words
    sheet["I1"], sheet["I2"], sheet.column_dimensions["I"].width = "备注", datetime(2024, 1, 20), 44
    book.save(path)
    made = [
        Decision(0, "001-02", "normative.authority", "李四", f"2024-01-2{n}", "=确有文件，问过。") for n in range(3)
    ]
    add_decisions(path, made[:1], read_roster(season / "名录.xlsx"))
    add_decisions(path, made[1:])
    read, notes = read_decisions(path, None)
    assert [(d.agency, d.date, d.words) for d in read[1:]] == [(d.agency, d.date, d.words) for d in made] and not notes
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (sheet["I1"].value, sheet.column_dimensions["I"].width) == ("备注", 44)
    assert sheet["A3"].value == "示例县某局" and sheet["G3"].number_format == "@"
    assert openpyxl.load_workbook(path).sheetnames == ["办理记录", "说明"]


def test_next_years_roster_is_the_offices_own(tmp_path):
    path = stored(kept(tmp_path), H3=6, H4=8)
    after = look(next_roster(path, 2024))
    assert after[1] == look(path.read_bytes())[1]
    found = read_roster(save(tmp_path / "新.xlsx", next_roster(path, 2024)))
    assert [(e.agency.code, e.last_codes) for e in found.entries] == [("11", ("11",)), ("001103", ("001103",))]


@pytest.mark.parametrize("name", ["名录.csv", "名录.xlsx"])
def test_a_season_after_another(season, name):
    if name.endswith("csv"):
        (season / "名录.xlsx").unlink()
        save(season / name, "单位代码,单位名称,层级,上级代码\n1,甲县,county,\n11,甲局,部门,1\n")
        settings = (season / "xltools.toml").read_text("utf-8").replace('"名录.xlsx"', f'"{name}"')
        save(season / "xltools.toml", settings)
    new = season.parent / "2024"
    done = run("init", new, "--year", 2024, "--after", season)
    assert done.returncode == 0, done.stderr
    entries, before = (read_roster(path).entries for path in (new / "名录.xlsx", season / name))
    assert [(e.agency, e.parent) for e in entries] == [(e.agency, e.parent) for e in before]
    assert all(e.last_codes == (e.agency.code,) for e in entries)
    assert 'previous = "../2023"' in (new / "xltools.toml").read_text("utf-8")
    assert run_json("check", "--json", cwd=new)["counts"]["filings"] == 0


@pytest.mark.parametrize(
    ("year", "after", "words"), [(2025, "2023", "不是上年"), (2023, "2023", "不是上年"), (2024, ".", "不是工作文件夹")]
)
def test_what_is_no_last_year_is_refused(season, year, after, words):
    done = run("init", season.parent / "新", "--year", year, "--after", season.parent / after)
    assert done.returncode == 2 and words in done.stderr and not (season.parent / "新").exists()
