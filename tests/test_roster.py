"""名录: read from what offices keep it in; a bad one is refused row by row, and no code is ever changed."""

import openpyxl
import pytest
from making import COUNTY, ROSTER, save

from xltools.collection.roster import read_roster
from xltools.errors import XltoolsError

HEAD = "单位代码,单位名称,层级,上级代码,联系人,电话,上年代码\n"
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
