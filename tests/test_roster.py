"""名录: read from what offices keep it in; a bad one is refused row by row, and no code is ever changed."""

from datetime import datetime

import openpyxl
import pytest
from making import COUNTY, ROSTER, patched, run, run_json, save

from xltools.collection.roster import EXAMPLES, read_roster, write_roster
from xltools.errors import XltoolsError
from xltools.ooxml.lists import read_list

HEAD = "单位代码,单位名称,层级,上级代码,联系人,电话,上年代码\n"
YEAR = 2025
CODE_18 = "913208001234567890"


def roster(tmp_path, rows, encoding="utf-8", head=HEAD):
    return read_roster(save(tmp_path / "名录.csv", (head + rows).encode(encoding)))


def workbook(tmp_path, *rows, formats=()):
    """A roster as .xlsx, its cells as given."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for address, number_format in formats:
        book.active[address].number_format = number_format
    book.save(tmp_path / "名录.xlsx")
    return tmp_path / "名录.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_in_the_usual_encodings(tmp_path, encoding, newline):
    path = save(tmp_path / "名录.csv", ROSTER.replace("\n", newline).encode(encoding))
    found = read_roster(path)
    assert [e.agency.name for e in found.entries] == ["示例县", "示例县数据局", "示例县教育局", "东镇", "西街道"]
    assert [e.agency.level for e in found.entries] == ["county", "department", "department", "township", "township"]
    assert (found.by_code["1101"].contact, found.by_code["1101"].phone) == ("张三", "010-1")


def test_a_workbook(tmp_path):
    title, head = ["县政务公开办名录（2023）"], HEAD.strip().split(",")
    area, bureau = ["11", "示例县", "county"], ["0001", "甲局", "部门", "11", "张三", 13900000000, "9;8"]
    found = read_roster(workbook(tmp_path, title, head, area, bureau))
    assert found.top.code == "11" and found.by_code["0001"].parent == "11"
    assert found.by_code["0001"].phone == "13900000000" and found.by_code["0001"].last_codes == ("9", "8")


def test_area_rows_do_not_file(tmp_path):
    found = roster(tmp_path, ROSTER.split("\n", 1)[1])
    assert [e.agency.code for e in found.expected] == ["1101", "1102", "1103", "1104"]
    assert found.top == COUNTY


def test_areas_below_areas(tmp_path):
    found = roster(
        tmp_path,
        "1,市,city,\n11,东县,county,1\n111,东县甲局,department,11\n12,西区,county,1\n121,西区乙局,department,12\n",
    )
    assert [e.agency.code for e in found.expected] == ["111", "121"]
    assert found.top.code == "1"


@pytest.mark.parametrize(
    "rows", ["1,甲局,部门,\n2,乙局,部门,\n", "1,甲县,county,\n2,乙县,county,\n11,甲局,部门,1\n21,乙局,部门,2\n"]
)
def test_without_one_top_there_is_none(tmp_path, rows):
    assert roster(tmp_path, rows).top is None


def test_a_parent_outside_the_file_makes_no_area(tmp_path):
    found = roster(tmp_path, "1,甲局,部门,99\n2,乙局,部门,99\n")
    assert [e.agency.code for e in found.expected] == ["1", "2"] and found.top is None


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("township", "township"), ("乡镇（街道）", "township"), ("乡镇(街道)", "township"), ("乡镇", "township"),
        ("部门", "department"), ("县（市、区）", "county"), ("县", "county"), ("设区的市（州）", "city"), ("设区的市", "city"),
        ("省级", "province"), ("国务院部门", "state"), ("state", "state"),
    ],
)  # fmt: skip
def test_levels_by_id_and_in_words(tmp_path, words, level):
    assert roster(tmp_path, f'1,甲,"{words}",\n').entries[0].agency.level == level


@pytest.mark.parametrize("codes", ["9;8", "9；8", " 9 ; 8 ;"])
def test_last_years_codes(tmp_path, codes):
    assert roster(tmp_path, f'1,甲局,部门,,,,"{codes}"\n').entries[0].last_codes == ("9", "8")


def test_white_space_and_empty_rows_are_nothing(tmp_path):
    found = roster(tmp_path, " 1 , 甲局 , 部门 ,,,\n,,,,,\n\n2,乙局,部门\n")
    assert [(e.agency.code, e.agency.name) for e in found.entries] == [("1", "甲局"), ("2", "乙局")]


# ── codes ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", [CODE_18, "00012", "11320800MB1234567X", "示-01", "1.10", "1E5", "12E+A"])
def test_codes_are_texts_of_any_form(tmp_path, code):
    assert roster(tmp_path, f"{code},甲局,部门,\n").entries[0].agency.code == code
    path = workbook(tmp_path, HEAD.strip().split(","), [code, "甲局", "部门"])
    assert read_roster(path).entries[0].agency.code == code


@pytest.mark.parametrize("code", ["9.1E+17", "9.13208E+17", "9.132080012345E+17", "1e+05"])
def test_a_number_mangled_by_a_spreadsheet_is_refused(tmp_path, code):
    with pytest.raises(XltoolsError, match="科学记数"):
        roster(tmp_path, f"{code},甲局,部门,\n")


def test_numbers_up_to_15_digits_are_their_digits(tmp_path):
    rows = [[n, "甲局", "部门"] for n in (12, 320801, 123456789012345)]
    found = read_roster(workbook(tmp_path, HEAD.strip().split(","), *rows))
    assert [e.agency.code for e in found.entries] == ["12", "320801", "123456789012345"]


@pytest.mark.parametrize("number", [913208001234567890, 9.1320800123456794e17, 91320800123456789.0])
def test_a_code_that_a_cell_keeps_as_a_number_is_never_changed(tmp_path, number):
    """Eighteen digits do not fit into a number: they are refused, or read as the file has them."""
    path = workbook(tmp_path, HEAD.strip().split(","), [number, "甲局", "部门"])
    try:
        code = read_roster(path).entries[0].agency.code
    except XltoolsError as refused:
        assert "第 2 行" in str(refused)
    else:
        assert code == str(number)


def test_a_parents_code_that_was_mangled_is_refused_too(tmp_path):
    with pytest.raises(XltoolsError, match=r"9\.1E"):
        roster(tmp_path, f"{CODE_18},县,county,\n1,甲局,部门,9.1E+17\n")


# ── bad rosters ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",甲局,部门,", "单位代码"),
        ("2,,部门,", "单位名称"),
        ("2,甲局,,", "层级"),
        ("2,甲局,村,", "村"),
        ("1,丙局,部门,", "重复"),
        ("2,甲局,部门,2", "自己"),
    ],
)
def test_a_bad_row_is_named_by_its_number(tmp_path, row, words):
    with pytest.raises(XltoolsError) as refused:
        roster(tmp_path, f"1,乙局,部门,\n{row}\n")
    assert "第 3 行" in str(refused.value) and words in str(refused.value)
    assert "名录.csv" in str(refused.value)


def test_every_bad_row_is_told_at_once(tmp_path):
    with pytest.raises(XltoolsError) as refused:
        roster(tmp_path, "1,,部门,\n2,乙局,村,\n3,丙局,部门,\n3,丁局,部门,\n")
    assert all(f"第 {row} 行" in str(refused.value) for row in (2, 3, 5))
    assert "第 4 行" not in str(refused.value)


@pytest.mark.parametrize(
    "rows", ["1,甲,county,2\n2,乙,county,1\n", "1,甲,county,3\n2,乙,county,1\n3,丙,county,2\n4,丁,部门,1\n"]
)
def test_circles_are_refused(tmp_path, rows):
    with pytest.raises(XltoolsError, match="圈"):
        roster(tmp_path, rows)


@pytest.mark.parametrize("content", ["", HEAD, HEAD + ",,,\n", "单位,名称\n1,甲局\n", "\n\n\n"])
def test_a_roster_without_agencies_or_headings_is_refused(tmp_path, content):
    with pytest.raises(XltoolsError, match=r"名录\.csv"):
        read_roster(save(tmp_path / "名录.csv", content))


@pytest.mark.parametrize("content", [b"\xff\xfe1\x00", b"\x81\x20\x30\xff", "单位代码\0,".encode()])
def test_a_csv_of_no_known_encoding_is_refused(tmp_path, content):
    with pytest.raises(XltoolsError, match=r"名录\.csv"):
        read_roster(save(tmp_path / "名录.csv", content))


@pytest.mark.parametrize(
    "content", ["不是工作簿", b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_a_workbook_that_is_none_is_refused(tmp_path, content):
    with pytest.raises(XltoolsError, match=r"名录\.xlsx"):
        read_roster(save(tmp_path / "名录.xlsx", content))


def test_a_roster_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(XltoolsError, match=r"没有\.csv"):
        read_roster(tmp_path / "没有.csv")


def test_a_cell_far_away_costs_nothing(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append(["1", "甲局", "部门"])
    book.active["XFD1048576"] = " x"
    book.save(tmp_path / "名录.xlsx")
    try:
        assert len(read_roster(tmp_path / "名录.xlsx").entries) == 1
    except XltoolsError as refused:
        assert "范围" in str(refused)


# ── as offices keep it ───────────────────────────────────────────────────────

NAMES = HEAD.strip().split(",")[:4]
AREA = ["11", "示例县", "county", None]


def office(tmp_path, *rows, name="名录.xlsx", work=lambda sheet: None):
    """A roster as .xlsx, worked over as people do."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    work(book.active)
    book.save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(
    ("stored", "number_format", "code"),
    [
        (1103, "000000", "001103"),
        (6, '"QH-"00', "QH-06"),
        (1103, "00-0000", "00-1103"),
        (7, r"\A000", "A007"),
        (12345, "00000000000", "00000012345"),
        (3, "000;-000;0;@", "003"),
        ("1103", "000000", "1103"),  # a text is its text
        (1103, "General", "1103"),
        (1103, "#,##0", "1103"),  # what groups, cuts or scales digits is no code's
        (1103, "0.00", "1103"),
        (11, "0%", "11"),
        (1103, "¥#,##0", "1103"),
        (1103000, "0,", "1103000"),
        (1103, "[DBNum1]0", "1103"),
    ],
)
def test_a_code_is_what_the_screen_shows(tmp_path, stored, number_format, code):
    path = workbook(tmp_path, HEAD.strip().split(","), [stored, "甲局", "部门"], formats=[("A2", number_format)])
    assert read_roster(path).entries[0].agency.code == code


def test_codes_shown_by_format_find_their_area(tmp_path):
    """The given case: 001103 and 0011, stored as 1103 and 11."""
    rows = NAMES, ["0011", "示例县", "county", None], [1103, "示例局", "部门", 11]
    found = read_roster(workbook(tmp_path, *rows, formats=[("A3", "000000"), ("D3", "0000")]))
    assert found.top.code == "0011" and [e.agency.code for e in found.expected] == ["001103"]


@pytest.mark.parametrize("span", ["D3:D4", "D3:D6", "D3:D9", "D3:E4", "D3:E6"])
def test_a_merged_parent_is_every_rows(tmp_path, span):
    def work(sheet):
        sheet.merge_cells(span)
        for n in range(3, 7):
            sheet.cell(n, 3).value = "部门"

    bureaus = [[f"110{n}", f"第{n}局", "部门", "11" if n == 1 or n + 2 > int(span[-1]) else None] for n in range(1, 5)]
    found = read_roster(office(tmp_path, NAMES, AREA, *bureaus, work=work))
    assert {e.parent for e in found.entries[1:]} == {"11"} and len(found.entries) == 5 and found.top.code == "11"


def test_a_title_merged_across_is_no_value(tmp_path):
    def work(sheet):
        sheet.merge_cells("A1:G1")

    assert (
        len(read_roster(office(tmp_path, ["单位名录"], NAMES, AREA, ["1", "甲局", "部门", "11"], work=work)).entries)
        == 2
    )


def test_merged_ranges_without_end_are_refused_quickly(tmp_path):
    """Ranges that overlap, as no program writes them."""
    path = office(tmp_path, NAMES, AREA, *([str(n), f"第{n}局", "部门", "11"] for n in range(100, 700)))
    spans = "".join(f'<mergeCell ref="D3:D{n}"/>' for n in range(4, 5000))
    content = patched(
        path.read_bytes(), "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData><mergeCells>{spans}</mergeCells>"
    )
    with pytest.raises(XltoolsError, match="大得不合理"):
        read_roster(save(path, content))


@pytest.mark.parametrize(
    "head",
    [
        "单 位 代 码,单 位 名 称,层 级,上级代码", "单位代码 ,　单位名称,层　级,上 级 代 码", "*单位代码,*单位名称,*层级,上级代码",
        "单位代码（必填）,单位名称（全称）,层级（见说明）,上级代码（可空）", "单位代码：,单位名称：,层级：,上级代码：",
        '"单位\n代码","单位\n名称","层\n级","上级\n代码"', "＊单位代码,＊单位名称(必填),层级*,上级代码 (选填)",
    ],
)  # fmt: skip
def test_headings_with_what_people_put_round_them(tmp_path, head):
    found = roster(tmp_path, "11,示例县,county,\n1103,示例局,部门,11\n", head=head + "\n")
    assert found.top.code == "11" and found.by_code["1103"].parent == "11"


def test_a_heading_to_the_letter_goes_before_one_alike(tmp_path):
    found = roster(tmp_path, "x,11,示例县,county\n", head="单位代码（旧）,单位代码,单位名称,层级\n")
    assert found.entries[0].agency.code == "11"


@pytest.mark.parametrize("delimiter", ["\t", ";", "，", "；", "|"])
@pytest.mark.parametrize("name", ["名录.csv", "名录.txt"])
def test_whatever_stands_between_the_values(tmp_path, delimiter, name):
    text = (HEAD + "11,示例县,county,\n1103,示例局,部门,11,张三\n").replace(",", delimiter)
    for encoding in ("utf-8", "gbk", "utf-16"):
        found = read_roster(save(tmp_path / name, text.encode(encoding)))
        assert found.by_code["1103"].parent == "11" and found.by_code["1103"].contact == "张三"


@pytest.mark.parametrize("written", ['="{}"', "'{}", "={}", ' ="{}" ', "' {}"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_keeps_a_code_a_text_is_no_part_of_it(tmp_path, written, kind):
    area, bureau = written.format("0011"), written.format("1103")
    if kind == "csv":
        area, bureau = (f'"{words.replace(chr(34), chr(34) * 2)}"' for words in (area, bureau))
        found = roster(tmp_path, f"{area},示例县,county,\n{bureau},示例局,部门,{area}\n")
    else:
        rows = [area, "示例县", "county", None], [bureau, "示例局", "部门", area]
        found = read_roster(office(tmp_path, NAMES, *rows))
    assert found.top.code == "0011" and found.by_code["1103"].parent == "0011"


@pytest.mark.parametrize("formula", ['=A2&"01"', "=LEFT(B3,2)", "=VLOOKUP(B3,X:Y,2,0)", '=TEXT(1103,"000000")', "=D2"])
@pytest.mark.parametrize("cell", ["A3", "D3"])
def test_a_formula_that_nobody_worked_out_is_told(tmp_path, formula, cell):
    """It would be taken for a blank: a parent's code lost."""
    path = office(tmp_path, NAMES, AREA, ["1103", "示例局", "部门", "11"], work=lambda s: s.__setitem__(cell, formula))
    with pytest.raises(XltoolsError, match=r"第 3 行的(单位|上级)代码是公式.*保存一次"):
        read_roster(path)


@pytest.mark.parametrize("word", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"])
def test_a_formula_without_a_result_is_told(tmp_path, word):
    with pytest.raises(XltoolsError, match="第 3 行的上级代码"):
        roster(tmp_path, f"11,示例县,county,\n1103,示例局,部门,{word}\n")


@pytest.mark.parametrize(
    "before",
    [
        [[]], [["填写说明"]], [["说明"], ["单位代码：与去年一致"]], [["统计"], []], [["层级", "家数"], ["部门", 3]],
        [["单位代码", "单位名称", "是否已报"], ["1103", "示例局", "是"]],
    ],
)  # fmt: skip
def test_the_list_on_another_sheet_than_the_first(tmp_path, before):
    def work(sheet):
        cover = sheet.parent.create_sheet("说明", 0)
        for row in before:
            cover.append(row)

    path = office(tmp_path, ["某县名录"], NAMES, AREA, ["1103", "示例局", "部门", "11"], work=work)
    assert read_roster(path).by_code["1103"].parent == "11"


def test_two_other_sheets_that_might_be_it_are_told(tmp_path):
    def work(sheet):
        sheet.parent.create_sheet("封面", 0)
        sheet.parent.copy_worksheet(sheet).title = "旧名录"

    with pytest.raises(XltoolsError, match=r"“Sheet”、“旧名录”.*没有定准"):
        read_roster(office(tmp_path, NAMES, AREA, work=work))


def test_the_first_sheet_goes_before_all_others_and_hidden_ones_last(tmp_path):
    def work(sheet):
        sheet.title = "甲"
        old = sheet.parent.copy_worksheet(sheet)
        old["B2"], old.sheet_state = "旧县", "hidden"
        sheet.parent.move_sheet(old, -1)

    assert read_roster(office(tmp_path, NAMES, AREA, work=work)).entries[0].agency.name == "示例县"


def test_a_workbook_named_csv_is_a_workbook(tmp_path):
    assert read_roster(office(tmp_path, NAMES, AREA).rename(tmp_path / "名录.csv")).entries[0].agency.code == "11"


def test_a_workbook_that_counts_days_from_1904(tmp_path):
    """Dates of 办理记录 are days, whatever they are counted from."""
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["项", "日期"])
    book.active.append(["甲", datetime(2024, 1, 20)])
    book.save(tmp_path / "记录.xlsx")
    [row] = read_list(tmp_path / "记录.xlsx", "记录", ("项", "日期"), ("项",))
    assert row["日期"] == "2024-01-20"


# ── rows that show how it is filled in ───────────────────────────────────────


@pytest.mark.parametrize("left", [(0,), (1,), (2,), (3,), (0, 3), (0, 1, 2), ()])
def test_example_rows_are_no_agencies(tmp_path, left):
    """Whatever rows an office leaves of what ``init`` wrote: they get no blank, are not counted, and are told."""
    home = tmp_path / "季"
    assert run("init", home, "--year", YEAR).returncode == 0
    own = [
        ("11", "青山县", "县（市、区）", ""),
        ("1101", "青山镇", "乡镇（街道）", "11"),
        ("1102", "示例镇", "乡镇（街道）", "11"),
    ]
    save(home / "名录.xlsx", write_roster([row[:4] for row in (*(EXAMPLES[n] for n in left), *own)], YEAR))
    done = run("blank", cwd=home)
    assert done.returncode == 0 and ("还是示例" in done.stderr) == bool(left)
    assert {p.name for p in (home / "下发").iterdir()} == {
        f"{YEAR}_1101_青山镇.xlsx",
        f"{YEAR}_1102_示例镇.xlsx",
    }
    told = run_json("check", "--json", cwd=home)
    assert [(a["code"], a["state"]) for a in told["agencies"]] == [("1101", "missing"), ("1102", "missing")]


def test_a_roster_of_examples_is_none(tmp_path):
    home = tmp_path / "季"
    assert run("init", home, "--year", YEAR).returncode == 0
    for command in ("blank", "check", "merge"):
        done = run(command, cwd=home)
        assert done.returncode == 2 and "示例行" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list((home / "下发").iterdir())


# ── to whom rows file, said otherwise ────────────────────────────────────────


@pytest.mark.parametrize(
    ("head", "parents"),
    [
        ("单位代码,单位名称,层级,上级单位", ("", "11", "11")),
        ("单位代码,单位名称,层级,主管代码", ("", "11", "11")),
        ("单位代码,单位名称,层级", None),
        ("单位代码,单位名称,层级,上级代码", ("", "", "")),
        ("单位代码,单位名称,层级,上级代码", ("9", "9", "9")),
        ("单位代码,单位名称,层级,上级代码", ("", "示范县", "示范县")),
    ],
)
def test_an_area_that_nobody_files_to_is_hinted_at(tmp_path, head, parents):
    rows = [("11", "示例县", "county"), ("1101", "甲局", "部门"), ("1102", "乙镇", "乡镇（街道）")]
    lines = [",".join((*row, *((parents[n],) if parents else ()))) for n, row in enumerate(rows)]
    [hint] = read_roster(save(tmp_path / "r.csv", "\n".join([head, *lines]).encode())).hints
    assert "示例县（11）像是汇总单位" in hint and "上级代码" in hint


@pytest.mark.parametrize(
    "rows",
    [
        "11,示例县,county,\n1101,甲局,部门,11\n",
        "11,示例县,county,1\n1101,甲局,部门,11\n12,乙县,county,1\n",
        "1101,甲局,部门,\n1102,乙镇,乡镇（街道）,\n",
        "11,示例县,county,\n",
        "11,示例县,county,\n12,乙县,county,\n1101,甲局,部门,\n",
    ],
)
def test_other_rosters_give_no_hint(tmp_path, rows):
    path = save(tmp_path / "r.csv", f"单位代码,单位名称,层级,上级代码\n{rows}".encode())
    assert not list(read_roster(path).hints)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("write", ["csv", "xlsx"])
def test_a_parent_given_by_its_name_is_told_with_its_code(tmp_path, order, write):
    rows = [("11", "示例县", "county", ""), ("1101", "甲局", "部门", "示例县"), ("1102", "乙局", "部门", "11")]
    rows = [rows[n] for n in order]
    path = tmp_path / f"r.{write}"
    if write == "csv":
        save(path, "\n".join(map(",".join, [("单位代码", "单位名称", "层级", "上级代码"), *rows])).encode())
    else:
        save(path, write_roster(rows, YEAR))
    with pytest.raises(XltoolsError, match="上级代码填的是单位名称“示例县”，请改填它的代码 11"):
        read_roster(path)


def test_a_hint_is_printed(tmp_path):
    path = save(tmp_path / "r.csv", "单位代码,单位名称,层级,上级单位\n11,示例县,county,\n1101,甲局,部门,11\n".encode())
    (tmp_path / "收").mkdir()
    assert "像是汇总单位" in run("check", tmp_path / "收", "--roster", path).stderr
