"""The settings as people type them: TOML from any editor, the roster's sheet 设置, what the office's letters end with."""

import io
import json

import openpyxl
import pytest
from docx import Document
from making import own_rows, run, save
from test_season import AGENCIES, COUNTY, EFFECTIVE, Folder, rows, said

from xltools.errors import XltoolsError
from xltools.received.read import read_file
from xltools.season.home import lay_out
from xltools.season.plain_toml import read_toml
from xltools.season.settings import ITEMS, SHEET, read_settings
from xltools.slips.letterhead import Letterhead

# ── TOML as people type it ───────────────────────────────────────────────────

TYPED = [
    # as TOML has it: nothing changes
    ('a = "x\\\\y"', "x\\y"), ('a = "x \\"y\\" z"', 'x "y" z'), ("a = 'C:\\x'", "C:\\x"), ('a = "“旧”表＝1"', "“旧”表＝1"),
    ('a = "甲#乙" # 说明', "甲#乙"), ('a = ["甲", "乙"]', ["甲", "乙"]), ("a = 2026-01-20", "2026-01-20"), ("a = true", True),
    ('a = """两\n行"""', "两\n行"), ("a = 0x1F", 31), ('a = ""', ""),
    # backslashes: a path is what it shows
    ('a = "D:\\2024年报"', "D:\\2024年报"), ('a = "D:\\temp\\new"', "D:\\temp\\new"), ('a = "D:\\年报\\"', "D:\\年报\\"),
    ('a = "\\\\服务器\\共享"', "\\\\服务器\\共享"), ('a = ["D:\\a", "E:\\b\\"] # c', ["D:\\a", "E:\\b\\"]),
    ('a = "..\\2024"', "..\\2024"), ("a = “D:\\新表”", "D:\\新表"),
    # full-width quotes and signs
    ("a = “甲局”", "甲局"), ("a ＝ “甲”", "甲"), ("a = ＂甲＂", "甲"), ("a = ”甲”", "甲"), ("a = ‘甲’", "甲"), ('a = “甲"', "甲"),
    ('a = "甲”', "甲"), ("a = ［“甲”，“乙”］", ["甲", "乙"]), ("a = 【“甲”、“乙”】", ["甲", "乙"]), ("a = ２０２５", 2025),
    ("a = “甲” ＃ 说明", "甲"), ("　a　=　“甲”", "甲"),
    # words without quotes
    ("a = 张三", "张三"), ("a = 0527-84368000", "0527-84368000"), ("a = 张 三 # 说明", "张 三"), ("a = ../2024年度", "../2024年度"),
    ("a = D:\\2024", "D:\\2024"), ("a = 1月20日", "1月20日"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "right"), TYPED, ids=range(len(TYPED)))
def test_what_people_type_is_read_as_it_is_meant(typed, right):
    value = read_toml(typed.encode())["a"]
    assert (value if isinstance(value, (str, list, int)) else str(value)) == right


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_any_editor_will_do(encoding, ends):
    text = ends.join(["# 说明：年度", "year = 2025", "roster = “名录.xlsx”", ""])
    assert read_toml(text.encode(encoding)) == {"year": 2025, "roster": "名录.xlsx"}


WRONG = [
    ("year = 2025\nroster", 2, "等号"), ("year 2025", 1, "等号"), ('a = "x', 1, "引号没有成对"), ("a = 'x\nb = 1", 1, "引号没有成对"),
    ("a = 1\na = 2", 2, "写了两次"), ("[x]\na = 1\n[x]", 3, "写了两次"), ('a = "x" b', 1, "一行只能写一项"),
    ("a = [1, 2", 1, "方括号"),
    ("# 说明\n\na =", 3, "等号右边"), ("这一行是说明", 1, "等号"), ('a = "x\x01y"', 1, "控制字符"), ("= 1", 1, "名字"),
    ('a = “甲', 1, "引号"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=range(len(WRONG)))
def test_a_mistake_is_told_in_chinese_with_its_line(text, line, words):
    with pytest.raises(ValueError) as told:
        read_toml(text.encode())
    said = str(told.value)
    assert (
        f"第 {line} 行" in said
        and words in said
        and not [c for c in said if c.isascii() and c.isalpha() and c not in text]
    )


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ValueError, match="GBK"):
        read_toml(b"a = \xff\xff\xff")


def test_a_wrong_value_is_told_with_its_line(tmp_path):
    lay_out(tmp_path / "季", 2025)
    path = tmp_path / "季" / "xltools.toml"
    path.write_text(path.read_text("utf-8").replace('prefer = ""', "prefer = 最老的"), "utf-8")
    done = run("check", cwd=tmp_path / "季")
    number = next(n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if line.startswith("prefer"))
    assert (
        done.returncode == 2
        and f"第 {number} 行" in done.stderr
        and "最老的" in done.stderr
        and "取最后保存的一份" in done.stderr
    )


# ── the sheet 设置 ────────────────────────────────────────────────────────────


def fill(home, **words):
    """Types into the sheet, as a clerk does: by the words of its first column."""
    book = openpyxl.load_workbook(home / "名录.xlsx")
    sheet = book[SHEET]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in words:
            row[1].value = words[row[0].value]
    book.save(home / "名录.xlsx")


@pytest.fixture
def home(tmp_path):
    lay_out(tmp_path / "季", 2023)
    own_rows(tmp_path / "季")
    return tmp_path / "季"


def test_the_sheet_lists_all_that_it_may_settle(home):
    sheet = openpyxl.load_workbook(home / "名录.xlsx")[SHEET]
    shown = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert shown[0] == ("项目", "内容", "说明") and [row[0] for row in shown[1:]] == [
        words for words, _ in ITEMS.values()
    ]
    assert read_settings(home).head == Letterhead() and read_settings(home).hints == ()


def test_what_the_sheet_says_counts(home):
    (home.parent / "上年").mkdir()
    fill(home, 报送期限="2024-01-20", 联系人="张三", 联系电话="0527-84368000", 落款="示例县人民政府办公室", 上年的表="..\\上年",
         几份不同的表="取最后保存的一份")  # fmt: skip
    settings = read_settings(home)
    assert settings.head == Letterhead("2024-01-20", "张三", "0527-84368000", "示例县人民政府办公室")
    assert (
        [p.resolve() for p in settings.previous] == [home.parent / "上年"] and settings.newest and settings.hints == ()
    )


def test_a_date_typed_as_one_is_one(home):
    book = openpyxl.load_workbook(home / "名录.xlsx")
    cell = book[SHEET]["B2"]
    cell.value, cell.number_format = __import__("datetime").date(2024, 1, 20), "yyyy-mm-dd"
    book.save(home / "名录.xlsx")
    assert read_settings(home).head.deadline == "2024-01-20"


def test_the_sheet_goes_first_and_that_is_said(home):
    path = home / "xltools.toml"
    path.write_text(path.read_text("utf-8").replace('contact = ""', 'contact = "李四"'), "utf-8")
    assert read_settings(home).head.contact == "李四" and read_settings(home).hints == ()
    fill(home, 联系人="张三")
    assert read_settings(home).head.contact == "张三"
    done = run("check", cwd=home)
    assert "李四" in done.stderr and "张三" in done.stderr and "联系人" in done.stderr
    fill(home, 联系人="李四")
    assert read_settings(home).hints == ()


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("上年的表", "../没有"),
        ("地方补充项", "没有"),
        ("几份不同的表", "随便"),
        ("联系人", "很长" * 40),
        ("报送期限", "一\n二"),
    ],
)
def test_a_mistake_in_the_sheet_is_told_with_its_item(home, item, words):
    fill(home, **{item: words})
    with pytest.raises(XltoolsError) as told:
        read_settings(home)
    assert SHEET in str(told.value) and item in str(told.value) and "名录.xlsx" in str(told.value)


@pytest.mark.parametrize("item", ["报送期限", "联系人", "联系电话", "落款"])
@pytest.mark.parametrize("words", ["张三\n李四", "张三\t\u202e8000"])
def test_a_mistake_in_a_cell_is_told_in_words_for_a_cell(home, item, words):
    fill(home, **{item: words})
    with pytest.raises(XltoolsError, match="格子里不要换行") as told:
        read_settings(home)
    assert "引号" not in str(told.value)


@pytest.mark.parametrize("typed", ["..\\上年", "../上年", "..\\上年；", " ../上年", "../上年；\n"])
def test_the_same_path_is_no_difference(home, typed):
    (home.parent / "上年").mkdir()
    path = home / "xltools.toml"
    path.write_text(path.read_text("utf-8").replace('previous = ""', 'previous = "../上年"'), "utf-8")
    fill(home, 上年的表=typed)
    assert read_settings(home).hints == ()


def test_an_item_that_nobody_knows_is_told(home):
    book = openpyxl.load_workbook(home / "名录.xlsx")
    book[SHEET].append(("截止日期", "2024-01-20"))
    book.save(home / "名录.xlsx")
    with pytest.raises(XltoolsError, match=r"截止日期.*报送期限"):
        read_settings(home)


@pytest.mark.parametrize("name", ["设置", "别的"])
def test_a_sheet_of_the_office_s_own_is_left_alone(home, name):
    book = openpyxl.load_workbook(home / "名录.xlsx")
    del book[SHEET]
    sheet = book.create_sheet(name)
    sheet.append(("颜色", "红"))
    book.save(home / "名录.xlsx")
    assert read_settings(home).head == Letterhead() and run("check", cwd=home).returncode == 0


# ── from one season to the next ──────────────────────────────────────────────


@pytest.mark.parametrize("way", ["sheet", "toml", "csv"])
def test_the_next_season_knows_whom_to_ask_and_not_until_when(home, way):
    words = {"deadline": "2024-01-20", "contact": "张三", "phone": "0527-84368000", "signature": "示例县人民政府办公室"}
    if way == "sheet":
        fill(
            home, 报送期限=words["deadline"], 联系人=words["contact"], 联系电话=words["phone"], 落款=words["signature"]
        )
    else:
        path = home / "xltools.toml"
        text = path.read_text("utf-8")
        for key, value in words.items():
            text = text.replace(f'{key} = ""', f"{key} = {json.dumps(value, ensure_ascii=False)}")
        if way == "csv":
            (home / "名录.xlsx").unlink()
            save(home / "名录.csv", "单位代码,单位名称,层级,上级代码\n1,甲县,county,\n11,甲局,部门,1\n")
            text = text.replace('"名录.xlsx"', '"名录.csv"')
        path.write_text(text, "utf-8")
    assert read_settings(home).head.deadline == words["deadline"]
    lay_out(home.parent / "次年", 2024, after=home)
    after = read_settings(home.parent / "次年")
    assert after.head == Letterhead(**{**words, "deadline": ""}) and after.hints == ()
    assert [p.resolve() for p in after.previous] == [home]


# ── what the letters end with ────────────────────────────────────────────────


def text_of(path):
    return "\n".join(p.text for p in Document(io.BytesIO(path.read_bytes())).paragraphs)


@pytest.fixture
def season(tmp_path):
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:4]))
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}),
                    "1103": said("1103", more={"requests.new.natural": 900}),
                    "1103b": said("1103", more={"requests.new.natural": 901})})  # fmt: skip
    return made


def test_letters_notices_chat_and_page_know_the_office(season):
    path = season.home / "xltools.toml"
    text = (
        path.read_text("utf-8")
        .replace('deadline = ""', 'deadline = "2024-01-20"')
        .replace('contact = ""', "contact = 张三")
    )
    path.write_text(
        text.replace('phone = ""', "phone = 84368000").replace('signature = ""', "signature = “示例县人民政府办公室”"),
        "utf-8",
    )
    run("check", cwd=season.home)
    letters = sorted((season.home / "退回").glob("*.docx"))
    assert len(letters) >= 2 and [name.name for name in letters if "报来几份" in name.name]
    for letter in letters:
        words = text_of(letter)
        assert "请于 2024 年 1 月 20 日 以前改好报回。" in words and "联系人：张三　联系电话：84368000" in words
        assert "示例县人民政府办公室" in words and "____" not in words
    chat, page = ((season.home / name).read_text("utf-8") for name in ("退回/催报与退改.txt", "审核情况.html"))
    assert "请于2024 年 1 月 20 日以前报回；有问题请联系张三，84368000。（示例县人民政府办公室）" in chat
    assert "请于2024 年 1 月 20 日以前报回；有问题请联系张三，84368000" in page


def test_what_is_not_settled_is_left_to_be_filled_in(season):
    run("check", cwd=season.home)
    for letter in (season.home / "退回").glob("*.docx"):
        assert "请于 ________ 年 ____ 月 ____ 日 以前" in text_of(letter) and "（公章）" in text_of(letter)
    assert "报回；" not in (season.home / "退回/催报与退改.txt").read_text("utf-8") and COUNTY.name


@pytest.mark.parametrize(
    ("deadline", "shown"),
    [
        ("2026-01-20", "2026 年 1 月 20 日"),
        ("1月20日下午5点", "1月20日下午5点"),
        ("", ""),
        ("本周五", "本周五"),
        ("2026-13-40", "2026-13-40"),
    ],
)
def test_a_deadline_is_a_date_or_words(deadline, shown):
    assert Letterhead(deadline).until == shown


# ── what a blank says of where it goes ───────────────────────────────────────

SENDING = [
    ({}, ""),
    ({"deadline": "2026-01-20"}, "请于2026 年 1 月 20 日以前报回。"),
    ({"deadline": "元旦"}, "请于元旦以前报回。"),
    ({"signature": "青山县政府办公室"}, "请报给青山县政府办公室。"),
    ({"contact": "张三"}, "有问题请联系张三。"),
    ({"phone": "0999-1"}, "有问题请联系0999-1。"),
    (
        {"deadline": "2026-01-20", "contact": "张三", "phone": "0999-1", "signature": "青山县政府办公室"},
        "请于2026 年 1 月 20 日以前报给青山县政府办公室；有问题请联系张三，0999-1。",
    ),
]


@pytest.mark.parametrize(("office", "words"), SENDING, ids=range(len(SENDING)))
def test_a_blank_says_by_when_and_to_whom_it_goes(tmp_path, office, words):
    folder = Folder(tmp_path / "季", 2025)
    folder.roster(rows(list(AGENCIES.values())[:2]))
    for key, value in office.items():
        path = folder.home / "xltools.toml"
        path.write_text(path.read_text("utf-8").replace(f'{key} = ""', f'{key} = "{value}"'), "utf-8")
    assert run("blank", cwd=folder.home).returncode == 0
    for path in (folder.home / "下发").iterdir():
        said = [c.value for row in openpyxl.load_workbook(path)["填报说明"].iter_rows() for c in row if c.value]
        assert any("保存在这个文件里" in str(line) for line in said)
        assert (words in said) if words else not any("报回" in str(line) or "报给" in str(line) for line in said)
        assert read_file(path).verdict == "original"
