"""The workbook that goes out: same bytes, locked, checked, printable, every formula with its value."""

import re
from functools import lru_cache

import pytest
from lxml import etree
from making import BUREAU, SMALL, cell_of, checked, distinct, filing, opened, parts, run_process, sheet_part
from making import form_of as small_form
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape

from xltools.editions import load_form
from xltools.form.layout import CHECK_HEADINGS, DEFINITION, layout_of
from xltools.form.model import Agency, Filing
from xltools.rules.relation import Relation
from xltools.workbook.copies import Plates
from xltools.workbook.write import write_filing

FORMS = {"2019": (2019, ()), "2020 in Jilin": (2020, ("jilin-2020",)), "2021": (2023, ())}
COVER, CHECKS = "封面", "校验"


@lru_cache
def form_of(which):
    year, supplements = FORMS[which]
    return load_form("2021" if year > 2020 else "2019", supplements)


@lru_cache
def blank_of(which, level="department"):
    year, _ = FORMS[which]
    return write_filing(Filing(form_of(which), Agency("1101", "示例县数据局", level), year))


@lru_cache
def book_of(which, level="department"):
    """The blank as openpyxl sees it; tests only look at it."""
    return opened(blank_of(which, level))


both_kinds_of_level = pytest.mark.parametrize("level", ["department", "city"])
"""One that may make 规章, and one that may not."""


@pytest.fixture(params=FORMS)
def which(request):
    return request.param


def switches(form):
    return {(s.name, s.switch_boxes[1].address) for s in layout_of(form).tables.values()}


def row_of(sheet, words, column="B"):
    """The row of a printed word."""
    return next(c.row for c in sheet[column] if c.value == words)


# ── the same every time ──────────────────────────────────────────────────────


def test_the_same_filing_gives_the_same_bytes(which):
    year, supplements = FORMS[which]
    one, other = (filing(year=year, supplements=supplements) for _ in range(2))
    assert write_filing(one) == write_filing(other)


def test_the_same_bytes_in_another_process(tmp_path):
    for seed in ("1", "2"):
        arguments = (
            "blank",
            "--year",
            2023,
            "--name",
            "甲局",
            "--code",
            "1",
            "--level",
            "department",
            "-o",
            tmp_path / seed,
        )
        assert run_process(*arguments, PYTHONHASHSEED=seed).returncode == 0
    one, other = (next((tmp_path / seed).iterdir()) for seed in ("1", "2"))
    assert one.name == other.name == "2023_1_甲局.xlsx"
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("kind", ["blank", "filled", "texts", "one supplement", "last year's figures", "a plate"])
def test_shared_texts_are_counted_as_often_as_they_stand(kind):
    last = filing(distinct(form_of("2021")), year=2022)
    following = Filing(form_of("2021"), BUREAU, 2023).follow(last.values, "上年的表")
    plates = Plates()
    plates.write(following)
    content = {
        "blank": lambda: blank_of("2019"),
        "filled": lambda: write_filing(filing(distinct(form_of("2021")))),
        "texts": lambda: write_filing(filing(texts={"overview": ("一段", "一段", "封面")}, signoff={"head": "封面"})),
        "one supplement": lambda: blank_of("2020 in Jilin", "city"),
        "last year's figures": lambda: write_filing(following),
        "a plate": lambda: plates.write(following),
    }[kind]()
    found = parts(content)
    shown = sum(part.count(b't="s"') for name, part in found.items() if name.startswith("xl/worksheets/sheet"))
    texts = found["xl/sharedStrings.xml"]
    assert f'count="{shown}" uniqueCount="{texts.count(b"<si>")}"'.encode() in texts


@pytest.mark.parametrize("level", ["department", "city"])
def test_nothing_makes_excel_calculate_when_it_opens_the_file(which, level):
    """Every formula carries its right value; a file of an older engine, or one that asks for it, would be asked to be saved."""
    book = parts(blank_of(which, level))["xl/workbook.xml"].decode()
    [asked] = re.findall("<calcPr[^>]*>", book)
    assert "fullCalcOnLoad" not in asked and int(re.search('calcId="([0-9]+)"', asked)[1]) >= 191029


# ── sheets ───────────────────────────────────────────────────────────────────


def test_sheets_in_their_order(which):
    official = "一、总体情况 二、主动公开 三、依申请公开 四、复议诉讼 五、存在问题 六、其他事项"
    assert book_of(which).sheetnames == f"填报说明 封面 {official} 校验 {DEFINITION}".split()


def test_input_cells_are_empty_in_a_blank_and_switches_say_no(which):
    book = book_of(which)
    for field in form_of(which).inputs:
        sheet, address = cell_of(form_of(which), field.id)
        assert book[sheet][address].value is None
    assert all(book[sheet][address].value == "否" for sheet, address in switches(form_of(which)))


def test_figures_stand_in_their_cells(which):
    year, supplements = FORMS[which]
    form = form_of(which)
    said = filing(distinct(form), year=year, supplements=supplements)
    book = opened(write_filing(said), data_only=True)
    for field in form.fields.values():
        sheet, address = cell_of(form, field.id)
        scale = 1_000_000 if field.type == "money" else 1
        assert book[sheet][address].value == said.values[field.id] / scale, field.id


def test_the_cover_says_whose_it_is():
    book = opened(write_filing(filing()))
    cover = {row[1].value: row[2].value for row in book[COVER].iter_rows()}
    assert cover["填报单位"] == BUREAU.name and cover["单位代码"] == BUREAU.code
    assert cover["单位层级"] == "部门" and cover["报告年度"] == 2023
    assert cover["格式依据"] == "国办公开办函〔2021〕30号"
    assert [cover[words] for words in ("填报人", "审核人", "负责人", "联系电话")] == [
        "张三",
        "李四",
        "王五",
        "010-1234",
    ]
    assert cover["填报日期"].date().isoformat() == "2024-01-15"


def test_the_check_code_is_printed_on_the_cover_and_every_table_sheet(which):
    year, supplements = FORMS[which]
    content = write_filing(filing(distinct(form_of(which)), year=year, supplements=supplements))
    book, formulas = opened(content, data_only=True), opened(content)
    [code] = [c.value for c in book[COVER]["C"] if c.row == row_of(book[COVER], "校验码")]
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", code)
    for sheet in layout_of(form_of(which)).tables.values():
        found = [c.coordinate for row in book[sheet.name].iter_rows(max_row=4) for c in row if c.value == code]
        assert len(found) == 1 and str(formulas[sheet.name][found[0]].value).startswith("=")


# ── locked and unlocked ──────────────────────────────────────────────────────


def unlocked(book):
    """The cells that a filer may change; what is merged under one is one with it."""
    return {
        (s.title, c.coordinate)
        for s in book
        for row in s
        for c in row
        if not c.protection.locked and (c.coordinate not in s.merged_cells or c.coordinate in _corners(s))
    }


def _corners(sheet):
    return {area.start_cell.coordinate for area in sheet.merged_cells.ranges}


def test_only_inputs_switches_signoff_texts_and_explanations_are_unlocked(which):
    form, book = form_of(which), book_of(which)
    expected = {cell_of(form, f.id) for f in form.inputs} | switches(form)
    cover, checks = book[COVER], book[CHECKS]
    expected |= {(COVER, f"C{row_of(cover, w)}") for w in ("填报人", "审核人", "负责人", "填报日期", "联系电话")}
    columns = {c.value: c.column_letter for c in checks[4]}
    queries = [c.row for c in checks[columns["级别"]] if c.value == "核实"]
    assert queries
    expected |= {(CHECKS, f"{columns['情况说明']}{row}") for row in queries}
    found = unlocked(book)
    texts = {s.sheet for s in form.text_sections}
    assert {spot for spot in found if spot[0] not in texts} == expected
    assert {spot[1][0] for spot in found if spot[0] in texts} == {"A"}


def test_text_sheets_are_wide_open_unmerged_rows(which):
    book = book_of(which)
    for section in form_of(which).text_sections:
        sheet = book[section.sheet]
        assert not sheet.merged_cells.ranges
        column = sheet.column_dimensions["A"]
        assert not column.protection.locked and column.width > 60
        assert sheet["A5"].alignment.wrap_text and sheet["A5"].value is None
        assert not sheet["A5"].protection.locked and sheet["A4"].protection.locked


@both_kinds_of_level
def test_every_sheet_and_the_structure_are_protected(which, level):
    book = book_of(which, level)
    assert all(sheet.protection.sheet for sheet in book)
    assert book.security.lockStructure
    hidden = {sheet.title: sheet.sheet_state for sheet in book if sheet.sheet_state != "visible"}
    assert hidden == {DEFINITION: "veryHidden"}


# ── formulas ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fill", [None, 0, 3], ids=["blank", "zeros", "threes"])
def test_every_formula_has_a_cached_value(which, fill):
    year, supplements = FORMS[which]
    figures = dict.fromkeys((f.id for f in form_of(which).inputs), fill)
    found = parts(write_filing(filing(figures, year=year, supplements=supplements)))
    formulas = 0
    for name, content in found.items():
        if name.startswith("xl/worksheets/sheet"):
            for attributes, inside in re.findall(r"<c ([^>/]*)>(.*?)</c>", content.decode()):
                if "<f>" in inside:
                    formulas += 1
                    value = re.search(r"<v>(.*?)</v>", inside)
                    assert value, f"{name}: {attributes}"
                    assert value[1] or 't="str"' in attributes, f"{name}: {attributes}"
    assert formulas > len(form_of(which).totals)


def test_totals_are_formulas_over_inputs_that_show_the_right_sums(which):
    form = form_of(which)
    book = book_of(which)
    inputs = {cell_of(form, f.id): f.id for f in form.inputs}
    for field in form.totals:
        sheet, address = cell_of(form, field.id)
        summed = {inputs[spot] for spot in references(book[sheet][address].value, sheet) if spot in inputs}
        assert summed == set(field.parts)


def references(formula, home):
    """Every cell that a formula refers to."""
    found = set()
    for token in Tokenizer(formula).items:
        if token.type == "OPERAND" and token.subtype == "RANGE":
            sheet, _, area = token.value.rpartition("!")
            left, top, right, bottom = range_boundaries(area.replace("$", ""))
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    found.add((sheet.strip("'") or home, f"{chr(64 + column)}{row}"))
    return found


@both_kinds_of_level
def test_checks_read_nothing_but_inputs_switches_and_the_cover(which, level):
    form = form_of(which)
    allowed = {cell_of(form, f.id) for f in form.inputs} | switches(form)
    sheet = book_of(which, level)[CHECKS]
    formulas = [c.value for row in sheet for c in row if c.data_type == "f" and c.column <= len(CHECK_HEADINGS)]
    assert len(formulas) > 3 * 7
    stray = {spot for f in formulas for spot in references(f, CHECKS) if spot[0] != COVER and spot not in allowed}
    assert not stray


@both_kinds_of_level
def test_checks_list_every_error_and_query_of_the_level(which, level):
    form = form_of(which)
    sheet = book_of(which, level)[CHECKS]
    listed = [row[8].value for row in sheet.iter_rows(min_row=5) if row[8].value]
    applying = [r.id for r in form.rules_of(Relation) if r.severity != "note" and (not r.levels or level in r.levels)
                and not r.last_operands]  # fmt: skip
    assert listed == [*applying, "cover.signoff"]
    assert [c.value for c in sheet[4]][:9] == [
        "哪里",
        "内容",
        "左边",
        "右边",
        "差额",
        "结果",
        "情况说明",
        "级别",
        "编号",
    ]
    assert all(sheet.cell(row, 1).hyperlink for row in range(5, 5 + len(listed)))


def test_checks_show_what_check_says():
    """通过 and 不符 on 校验 are the findings of check, with both sides and the difference; what is open is 待填."""
    figures = {"requests.new.natural": 5, "disclosure.rules.issued": 2, "requests.new.business": "3件",
               "disclosure.fees.amount": None}  # fmt: skip
    content = write_filing(filing(figures))
    rows = {r[8].value: [c.value for c in r[2:6]] for r in opened(content, data_only=True)[CHECKS].iter_rows(min_row=5)}
    assert rows["requests.balance.natural"] == [5, 0, 5, "不符"]
    assert rows["requests.balance.research"] == [0, 0, 0, "通过"]
    assert rows["requests.balance.business"][3] == rows["disclosure.fees.unit"][3] == "待填"
    assert rows["disclosure.rules.authority"] == [2, 0, 2, "不符"]
    failed = {f.rule for f in checked(content).findings if f.code == "rule-failed" and f.severity != "note"}
    assert failed - {"requests.balance.business"} == {rule for rule, row in rows.items() if row[3] == "不符"}


def test_blanks_declared_zero_are_judged_and_others_pend():
    nothing = dict.fromkeys(filing().inputs)
    for declared, result in [(frozenset(), "待填"), (frozenset({"requests"}), "通过")]:
        book = opened(write_filing(filing(nothing, declared_zero=declared)), data_only=True)
        rows = {r[8].value: r[5].value for r in book[CHECKS].iter_rows(min_row=5)}
        assert rows["requests.balance.natural"] == result and rows["disclosure.fees.unit"] == "待填"


def test_the_cover_counts_what_is_left():
    words = {}
    for name, figures in {
        "good": {},
        "one": {"requests.new.natural": 1},
        "blank": {"disputes.review.other": None},
    }.items():
        book = opened(write_filing(filing(figures)), data_only=True)
        words[name] = book[COVER]["B1"].value
    assert words["good"] == "全部通过，可以报送"
    assert "1 项未通过" in words["one"] and "项未通过" in words["blank"]


def test_the_cover_takes_no_empty_phrase_for_an_explanation():
    figures = {"disclosure.fees.amount": 70_000_000_000}
    words = {}
    for text in ("无", "核实无误", "土地收费集中入库，已与财政核对。"):
        said = filing(figures, explanations={"disclosure.fees.unit": text})
        words[text] = opened(write_filing(said), data_only=True)[COVER]["B1"].value
    assert [text for text, status in words.items() if status == "全部通过，可以报送"] == [
        "土地收费集中入库，已与财政核对。"
    ]


def test_a_form_without_any_rule_can_be_summed_too():
    said = filing(form=small_form(SMALL), year=2000, kind="summary")
    assert CHECKS in opened(write_filing(said, status="1/1 家")).sheetnames


# ── validation, print, text ──────────────────────────────────────────────────


def validations(book):
    """The validation of each cell that has one."""
    found = {}
    for sheet in book:
        for rule in sheet.data_validations.dataValidation:
            for area in rule.sqref.ranges:
                for row, column in area.cells:
                    spot = (sheet.title, f"{chr(64 + column)}{row}")
                    assert spot not in found, f"two validations on {spot}"
                    found[spot] = rule
    return found


def test_every_input_cell_is_validated_by_its_type(which):
    form = form_of(which)
    found = validations(book_of(which))
    for field in form.inputs:
        rule = found.pop(cell_of(form, field.id))
        if field.type == "count":
            assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")
        elif field.type == "signed":
            assert rule.type == "whole" and rule.operator in (None, "between") and float(rule.formula1) < 0
        else:
            assert rule.type == "custom" and "ROUND(" in rule.formula1 and ">=0" in rule.formula1
        assert rule.showErrorMessage and rule.showInputMessage
    for spot in switches(form):
        assert found.pop(spot).type == "list"
    assert {rule.type for rule in found.values()} == {"date"}


@both_kinds_of_level
def test_validation_words_fit_what_excel_takes(which, level):
    for rule in validations(book_of(which, level)).values():
        for title, text in ((rule.promptTitle, rule.prompt), (rule.errorTitle, rule.error)):
            assert title and len(title) <= 32 and text and len(text) <= 255


def test_money_validation_stands_on_its_own_cell():
    sheet, address = cell_of(load_form("2021"), "disclosure.fees.amount")
    rule = validations(book_of("2021"))[sheet, address]
    assert set(re.findall(r"[A-Z]+\d+", rule.formula1)) == {address}


def test_prints_on_a4_one_page_wide(which):
    for sheet in book_of(which):
        assert str(sheet.page_setup.paperSize) == "9", sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (None, 1), sheet.title


def test_no_macros_links_to_outside_or_hidden_parts(which):
    found = parts(blank_of(which))
    assert not [name for name in found if "vba" in name.lower() or "externalLink" in name or "connections" in name]
    assert not [
        name for name, content in found.items() if name.endswith(".rels") and b'TargetMode="External"' in content
    ]


INJECTIONS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://example.com"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_texts_that_look_like_formulas_are_texts(text):
    said = filing(
        {"requests.new.natural": text},
        agency=Agency(text, text, "department"),
        texts={"overview": (text,), "problems": (text,), "other": (text,)},
        signoff={"compiler": text, "reviewer": text, "head": text, "date": text, "phone": text},
        explanations={"disclosure.fees.unit": text},
    )
    content = write_filing(said)
    book = opened(content)
    cells = [c for sheet in book for row in sheet for c in row if c.value == text]
    assert len(cells) >= 10 and all(c.data_type == "s" for c in cells)
    found = parts(content)
    for sheet in book.sheetnames:
        assert f"<f>{text.lstrip('=')}</f>" not in found[sheet_part(found, sheet)].decode()


@pytest.mark.parametrize(
    "name", ["\x01局", "甲\x0b乙", "局\x1f一", "_x0041_局", "局\ufffe", "\uffff<b>", "甲\x00", "&\x08\"'"]
)
def test_names_that_xml_cannot_hold_are_escaped_wherever_they_stand(name):
    """In cells, in the stored values of formulas, in the words of input rules, in properties: every part stays XML."""
    said = Filing(form_of("2021"), Agency("1101", name, "department"), 2023)
    said = said.follow(filing(distinct(form_of("2021")), year=2022).values, name)
    content = write_filing(said)
    for part, text in parts(content).items():
        assert etree.fromstring(text) is not None, part
    assert Plates().write(said) == content
    assert checked(content).filing.agency.name == name
    shown = opened(content, data_only=True)
    lines = [
        unescape(c.value) for sheet in shown for row in sheet for c in row if str(c.value).startswith("填报单位：")
    ]
    assert len(lines) > 3 and all(line.startswith(f"填报单位：{name}") for line in lines)


def test_names_that_xml_must_escape_come_back():
    name = "<甲>&“乙”'丙\"局 "
    received = checked(write_filing(filing(agency=Agency("a&b", name, "department"))))
    assert received.filing.agency.name == name.strip() and received.filing.agency.code == "a&b"
    assert received.verdict == "original"


@pytest.mark.parametrize("text", ["_x000D_", "a\tb", "𠮷野家😀", "长" * 5000])
def test_texts_come_back_as_they_were(text):
    received = checked(write_filing(filing(texts={"overview": (text,), "problems": ("无",), "other": ("无",)})))
    assert received.filing.texts["overview"] == (text,)


@pytest.mark.parametrize(
    "text", ["第一段\u000b第二行", "第一段\r第二行", "第一段\n第二行", "第一段\r\n第二行", "第一段\n\n第二行"]
)
def test_lines_within_a_cell_come_back_as_paragraphs(text):
    received = checked(write_filing(filing(texts={"overview": (text,), "problems": ("无",), "other": ("无",)})))
    assert received.filing.texts["overview"] == ("第一段", "第二行")


def test_a_window_that_fits_a_screen():
    [size] = re.findall(r'windowWidth="(\d+)"', parts(blank_of("2021"))["xl/workbook.xml"].decode())
    assert int(size) <= 60_000, "twips: 20 to the point"
