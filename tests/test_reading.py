"""A received file: what is read of it, what is never trusted, and what was done to the form."""

import re

import pytest
from making import (
    BUREAU,
    altered,
    blank,
    cell_of,
    checked,
    codes,
    distinct,
    filing,
    opened,
    packed,
    parts,
    patched,
    resaved,
    sheet_part,
)
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from xltools.editions import load_form
from xltools.form.layout import layout_of
from xltools.form.model import Agency
from xltools.rules.relation import Relation
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing())
DISTINCT = write_filing(filing(distinct(FORM)))
TOTAL = "requests.new.total"
TABLES = {sheet.name: sheet for sheet in layout_of(FORM).tables.values()}


def found(received, code):
    """The one finding of a code."""
    [only] = [f for f in received.findings if f.code == code]
    return only


# ── figures ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("year", "supplements"), [(2019, ()), (2020, ("jilin-2020",)), (2023, ())])
def test_a_filing_comes_back_as_it_went_out(year, supplements):
    form = filing(year=year, supplements=supplements).form
    figures = {name: None if n % 7 == 0 else n for name, n in distinct(form).items()}
    queries = [r.id for r in form.rules_of(Relation) if r.severity == "query" and not r.last_operands]
    explained = dict.fromkeys(queries, "本年集中处理历史遗留事项，已逐件核对。")
    said = filing(
        figures, year=year, supplements=supplements, declared_zero=frozenset({"disputes"}), explanations=explained
    )
    back = checked(write_filing(said)).filing
    assert (back.agency, back.year, back.kind, back.form.edition) == (said.agency, year, "filing", form.edition)
    assert back.form.supplements == supplements
    assert back.values == said.values
    assert (back.texts, back.signoff, back.explanations) == (said.texts, said.signoff, said.explanations)


def test_a_good_filing_is_original_and_accepted():
    received = checked(GOOD)
    assert (received.verdict, received.accepted, received.findings) == ("original", True, [])


def test_stored_totals_are_never_trusted():
    """An input altered in the file alone leaves all totals stale; what is read is the new figure and the right sums."""
    sheet, address = cell_of(FORM, "requests.new.natural")
    received = checked(altered(GOOD, sheet, {address: 7}))
    assert received.filing.values["requests.new.natural"] == received.filing.values[TOTAL] == 7
    assert "total-overwritten" not in codes(received)
    lies = altered(GOOD, sheet, {cell_of(FORM, TOTAL)[1]: (opened(GOOD)[sheet][cell_of(FORM, TOTAL)[1]].value[1:], 99)})
    assert checked(lies).filing.values[TOTAL] == 0


@pytest.mark.parametrize("value", [99, "99", None, ("SUM(D8:E8)", 99), ("D8+E8+F8+G8+H8+I8", 99), ("SUM(D8:E8)", None)])
def test_a_total_replaced_by_a_wrong_figure_is_an_error(value):
    sheet, address = cell_of(FORM, TOTAL)
    figures = {"requests.new.natural": 7, "requests.granted.natural": 7}
    received = checked(altered(write_filing(filing(figures)), sheet, {address: value}))
    wrong = found(received, "total-overwritten")
    stored = 99 if "99" in str(value) else None
    assert (wrong.severity, wrong.open, wrong.sheet, wrong.cell, wrong.field) == ("error", True, sheet, address, TOTAL)
    assert (wrong.actual, wrong.expected, wrong.rule) == (stored, 7, TOTAL)
    assert stored is None or all(words in wrong.message for words in ("99", "7", "相差 92", sheet, address))
    assert received.verdict == "modified" and not received.accepted
    assert received.filing.values[TOTAL] == 7


@pytest.mark.parametrize("value", [7, "7", ("SUM(D8:E8)", 7), ("D8+E8+F8+G8+H8+I8", 7)])
def test_a_total_replaced_by_the_right_figure_is_a_query(value):
    sheet, address = cell_of(FORM, TOTAL)
    figures = {"requests.new.natural": 7, "requests.granted.natural": 7}
    received = checked(altered(write_filing(filing(figures)), sheet, {address: value}))
    assert found(received, "total-overwritten").severity == "query"
    assert received.verdict == "modified" and codes(received, "error") == []


def test_a_total_cleared_over_blanks_is_no_error():
    sheet, address = cell_of(FORM, TOTAL)
    nothing = {f.id: None for f in FORM.inputs if f.id.startswith("requests.new.")}
    received = checked(altered(write_filing(filing(nothing)), sheet, {address: None}))
    assert found(received, "total-overwritten").severity == "query"


def test_formulas_in_input_cells_are_read_and_queried():
    sheet, address = cell_of(FORM, "requests.new.natural")
    received = checked(altered(GOOD, sheet, {address: ("3+4", 7)}))
    assert received.filing.values["requests.new.natural"] == 7
    assert found(received, "cell-formula").severity == "query" and received.verdict == "resaved"


@pytest.mark.parametrize(
    ("typed", "declared", "told"),
    [
        ("是", True, False),
        ("否", False, False),
        (None, False, False),
        (" 是 ", False, True),
        ("Y", False, True),
        (1, False, True),
    ],
)
def test_the_zero_switch_is_read_or_told(typed, declared, told):
    sheet = TABLES["三、依申请公开"]
    received = checked(altered(write_filing(blank()), sheet.name, {sheet.switch_boxes[1].address: typed}))
    assert ("requests" in received.filing.declared_zero) is declared
    assert ("switch-unclear" in codes(received, "error")) is told
    assert (received.filing.values["requests.new.natural"] == 0) is declared


def test_a_number_that_became_a_date_is_an_error():
    """3/4 typed into a cell that lost its format: what is stored is a day, not a count."""

    def make_date(book):
        book["三、依申请公开"]["D8"].value = 45355
        book["三、依申请公开"]["D8"].number_format = "m/d/yyyy"

    received = checked(resaved(GOOD, make_date))
    dated = found(received, "cell-date")
    assert (dated.severity, dated.cell) == ("error", "D8") and "2024-03-04" in dated.message
    # Its day number counts on, for the workbook's own formulas count with it: 校验 and check must say the same.
    assert received.filing.values["requests.new.natural"] == 45355
    assert [f.rule for f in received.findings if f.code == "rule-failed"] == ["requests.balance.natural"]


def test_blanks_are_one_error_a_table_that_counts_and_lists_them():
    received = checked(write_filing(filing({"requests.new.natural": None, "requests.other.rest.business": None})))
    blanks = found(received, "cell-blank")
    assert blanks.related == ("requests.new.natural", "requests.other.rest.business")
    assert all(words in blanks.message for words in ("2 格", "D8", "三、依申请公开"))
    assert len([c for c in codes(checked(write_filing(blank()))) if c == "cell-blank"]) == 3


# ── words ────────────────────────────────────────────────────────────────────


def test_paragraphs_are_read_from_wherever_they_were_pasted():
    def paste(book):
        sheet = book["五、存在问题"]
        sheet["A5"], sheet["A6"], sheet["A9"], sheet["B10"] = "一、", None, " 二、 ", "三、"

    assert checked(resaved(GOOD, paste)).filing.texts["problems"] == ("一、", "二、", "三、")


@pytest.mark.parametrize(
    ("date", "read"),
    [(45306, "2024-01-15"), ("2024-01-15", "2024-01-15"), ("2024年1月15日", "2024-01-15"), ("2024.1.15", "2024-01-15"),
     ("2024/1/15", "2024-01-15"), ("2024-1-15", "2024-01-15")],
)  # fmt: skip
def test_a_date_is_read_in_the_ways_people_write_it(date, read):
    received = checked(altered(GOOD, "封面", {"C15": date}))
    assert "signoff-date" not in codes(received), received.filing.signoff["date"]
    assert received.filing.signoff["date"] in (read, date)


# ── what was done to the form ────────────────────────────────────────────────


def test_a_file_saved_by_another_program_is_resaved_and_as_good():
    received = checked(resaved(DISTINCT))
    assert received.verdict == "resaved"
    assert received.filing.values == filing(distinct(FORM)).values
    assert {f.code for f in received.findings} == {f.code for f in checked(DISTINCT).findings}


def test_cell_colours_column_widths_and_comments_are_no_alteration():
    def mark(book):
        sheet = book["三、依申请公开"]
        sheet["D8"].fill = PatternFill("solid", fgColor="FFFF00")
        sheet["D9"].comment = Comment("请核对", "县局")
        sheet.column_dimensions["D"].width = 30
        sheet.row_dimensions[9].height = 60

    received = checked(resaved(GOOD, mark))
    assert (received.verdict, received.findings) == ("resaved", [])


def test_a_changed_label_is_a_query_with_both_wordings():
    cell = next(c for row in opened(GOOD)["三、依申请公开"] for c in row if c.value == "自然人")
    received = checked(resaved(GOOD, lambda book: book["三、依申请公开"].__setitem__(cell.coordinate, "公民")))
    changed = found(received, "form-label-changed")
    assert (changed.severity, changed.cell, received.verdict) == ("query", cell.coordinate, "modified")
    assert "自然人" in changed.message and "公民" in changed.message
    assert received.filing.values == filing().values


def test_white_space_in_a_label_is_no_alteration():
    cell = next(c for row in opened(GOOD)["三、依申请公开"] for c in row if c.value == "自然人")
    received = checked(resaved(GOOD, lambda b: b["三、依申请公开"].__setitem__(cell.coordinate, "自然\n人 ")))
    assert received.verdict == "resaved"


def test_a_changed_formula_of_a_check_is_a_query():
    received = checked(resaved(GOOD, lambda book: book["校验"].__setitem__("F5", "通过")))
    changed = found(received, "form-formula-changed")
    assert (changed.severity, changed.sheet, changed.cell) == ("query", "校验", "F5")
    assert received.verdict == "modified"


def test_lost_protection_is_a_note_and_bars_nothing():
    def open_up(book):
        book["二、主动公开"].protection.sheet = False

    received = checked(resaved(GOOD, open_up))
    lost = found(received, "form-protection-lost")
    assert (lost.severity, lost.sheet) == ("note", "二、主动公开")
    assert received.accepted and received.verdict == "modified"


def test_lost_protection_of_the_structure_is_no_alteration():
    content = patched(GOOD, "xl/workbook.xml", r"<workbookProtection[^>]*/>", "")
    assert checked(content).findings == []


@pytest.mark.parametrize("sheet", TABLES)
def test_a_table_sheet_taken_out_is_an_error_and_nothing_of_it_is_read(sheet):
    received = checked(resaved(DISTINCT, lambda book: book.remove(book[sheet])))
    missing = found(received, "form-sheet-missing")
    assert (missing.severity, missing.sheet, received.verdict) == ("error", sheet, "modified")
    for field in FORM.inputs:
        expected = None if field.section.sheet == sheet else distinct(FORM)[field.id]
        assert received.filing.values[field.id] == expected
    assert "cell-blank" not in codes(received)


@pytest.mark.parametrize("sheet", ["填报说明", "封面", "校验", "五、存在问题"])
def test_another_sheet_taken_out_leaves_all_figures_read(sheet):
    received = checked(resaved(DISTINCT, lambda book: book.remove(book[sheet])))
    assert found(received, "form-sheet-missing").sheet == sheet
    assert received.filing.values == filing(distinct(FORM)).values
    assert received.filing.agency == BUREAU


@pytest.mark.parametrize("sheet", ["四、复议诉讼", "三、依申请公开", "五、存在问题"])
def test_a_renamed_sheet_is_known_by_what_it_holds(sheet):
    def rename(book):
        book[sheet].title = "改了名"

    received = checked(resaved(DISTINCT, rename))
    renamed = found(received, "form-sheet-renamed")
    assert (renamed.severity, renamed.sheet, received.verdict) == ("query", sheet, "modified")
    assert sheet in renamed.message and "改了名" in renamed.message
    assert received.filing.values == filing(distinct(FORM)).values
    assert received.filing.texts == filing().texts


def test_a_sheet_added_is_a_note_and_changes_no_figure():
    def add(book):
        book.create_sheet("我的草稿", 0)["A1"] = 5
        book.move_sheet("校验", -3)

    received = checked(resaved(DISTINCT, add))
    assert received.filing.values == filing(distinct(FORM)).values
    assert (found(received, "form-sheet-added").severity, received.verdict) == ("note", "modified")


def test_a_hidden_sheet_is_a_note_and_read_all_the_same():
    def hide(book):
        book["四、复议诉讼"].sheet_state = "veryHidden"

    received = checked(resaved(DISTINCT, hide))
    assert found(received, "form-sheet-hidden").sheet == "四、复议诉讼"
    assert received.filing.values == filing(distinct(FORM)).values


def test_lost_input_rules_are_a_note():
    def free(book):
        book["三、依申请公开"].data_validations.dataValidation = []

    received = checked(resaved(GOOD, free))
    assert (found(received, "form-validation-lost").severity, received.accepted) == ("note", True)


# ── rows and columns ─────────────────────────────────────────────────────────


DECLARED = write_filing(filing(distinct(FORM), declared_zero=frozenset({"disclosure", "requests", "disputes"})))
"""Every blank counts as 0: a figure that is lost from sight would silently become one."""


def read_of(received, sheet):
    """The figures of a sheet as read, and as they were filled in."""
    fields = [f.id for f in FORM.inputs if f.section.sheet == sheet]
    return {f: received.filing.values[f] for f in fields}, {f: distinct(FORM)[f] for f in fields}


def told(received):
    """What is said of the form itself, and of what it holds: not of what the figures say together."""
    said = {f.code for f in received.findings if f.open}
    return {c for c in said if c.startswith("form-") or c in ("total-overwritten", "cell-blank")}


REFUSED = {"form-line-lost", "form-sheet-missing", "total-overwritten", "cell-blank"}
"""Errors that keep a sheet's figures out of any sum."""


def places(way):
    """Sheets with the numbers, from 1, of some rows or columns: above the table, in its middle, at its end."""
    for name, sheet in TABLES.items():
        first, last = sheet.header_bottom + 2, sheet.last_row + 1
        columns = {1, sheet.label_columns + 1, sheet.last_column + 1}
        for at in sorted({1, first, (first + last) // 2, last} if way == "rows" else columns):
            yield name, way, at


@pytest.mark.parametrize(("sheet", "way", "at"), [*places("rows"), *places("columns")])
def test_a_line_put_in_is_told_and_every_figure_still_read_right(sheet, way, at):
    def put_in(book):
        (book[sheet].insert_rows if way == "rows" else book[sheet].insert_cols)(at)

    received = checked(resaved(DECLARED, put_in))
    figures, wanted = read_of(received, sheet)
    assert received.verdict == "modified"
    assert figures == wanted or told(received) & REFUSED


@pytest.mark.parametrize("sheet", TABLES)
@pytest.mark.parametrize("above", [0, 1, 2, 5])
def test_a_line_written_in_by_hand_is_told_and_counts_nowhere(sheet, above):
    """A label of the filer's own with figures beside it, just below the table or above some of its last rows."""

    def write_in(book):
        there, row = book[sheet], TABLES[sheet].last_row + 2 - above
        there.insert_rows(row)
        there.cell(row, 1).value = "（八）其他情况"
        for column in range(TABLES[sheet].label_columns + 1, TABLES[sheet].last_column + 2):
            there.cell(row, column).value = 5000 + column

    received = checked(resaved(DECLARED, write_in))
    figures, wanted = read_of(received, sheet)
    assert received.verdict == "modified" and told(received)
    assert figures == wanted or told(received) & REFUSED


@pytest.mark.parametrize(("sheet", "way", "at"), [*places("rows"), *places("columns")])
def test_a_line_taken_out_is_told_and_no_figure_is_misread(sheet, way, at):
    def take_out(book):
        (book[sheet].delete_rows if way == "rows" else book[sheet].delete_cols)(at)

    received = checked(resaved(DECLARED, take_out))
    figures, wanted = read_of(received, sheet)
    assert received.verdict == "modified" and told(received)
    assert figures == wanted or told(received) & REFUSED


def test_two_rows_swapped_with_their_labels_are_read_by_their_labels():
    def swap(book):
        sheet = book["三、依申请公开"]
        for column in range(1, 11):
            one, other = sheet.cell(8, column), sheet.cell(9, column)
            if column > 3 or column == 1:
                one.value, other.value = other.value, one.value

    received = checked(resaved(DISTINCT, swap))
    figures, wanted = read_of(received, "三、依申请公开")
    assert {f: v for f, v in figures.items() if v not in (None, wanted[f])} == {}
    assert received.verdict == "modified" and told(received)


def test_a_row_taken_out_names_its_label_and_its_place():
    row = next(c.row for c in opened(DISTINCT)["三、依申请公开"]["C"] if c.value == "2.重复申请")
    received = checked(resaved(DISTINCT, lambda book: book["三、依申请公开"].delete_rows(row)))
    lost = found(received, "form-line-lost")
    assert (lost.severity, lost.sheet) == ("error", "三、依申请公开")
    assert "2.重复申请" in lost.message and str(row) in lost.cell
    figures, wanted = read_of(received, "三、依申请公开")
    assert {f for f, v in figures.items() if v is None} == {
        f for f in wanted if f.startswith("requests.refused.repeated.")
    }


# ── who it is ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "value", "words"), [("C5", "另一个局", "填报单位"), ("C6", "9999", "单位代码"), ("C8", 2024, "年度")]
)
def test_a_cover_altered_contradicts_the_files_own_record(cell, value, words):
    received = checked(altered(GOOD, "封面", {cell: value}))
    told = found(received, "identity-contradicts")
    assert (told.severity, told.sheet, told.cell) == ("error", "封面", cell)
    assert words in told.message and str(value) in told.message
    assert not received.accepted


def test_a_file_that_lost_its_properties_is_known_by_its_cover():
    received = checked(patched(GOOD, "docProps/custom.xml", r"<property .*</property>", ""))
    assert received.filing.agency == BUREAU and received.filing.year == 2023 and received.accepted


def test_a_file_that_lost_its_cover_is_known_by_its_properties():
    received = checked(resaved(GOOD, lambda book: book.remove(book["封面"])))
    assert received.filing.agency == BUREAU and received.filing.year == 2023


def test_a_file_of_an_edition_to_come_is_told():
    received = checked(patched(GOOD, "docProps/custom.xml", r"(xltools_edition.*?<vt:lpwstr>)2021", r"\g<1>2031"))
    assert (received.verdict, codes(received)) == ("foreign", ["edition-unknown"])
    assert "2031" in received.findings[0].message


@pytest.mark.parametrize("level", ["township", "county", "state"])
def test_every_level_reads_back_as_original(level):
    agency = Agency("00012", "某单位", level)
    received = checked(write_filing(filing(agency=agency)))
    assert (received.verdict, received.filing.agency) == ("original", agency)


def test_a_row_added_below_the_table_changes_no_figure():
    def note(book):
        sheet = book["二、主动公开"]
        sheet.cell(TABLES["二、主动公开"].last_row + 3, 1).value = "说明：以上为本级数"

    received = checked(resaved(DISTINCT, note))
    assert received.filing.values == filing(distinct(FORM)).values


# ── other ways of writing the same file ──────────────────────────────────────


def test_shared_strings_inline_strings_and_rich_texts_are_the_same():
    text = parts(GOOD)["xl/sharedStrings.xml"].decode()
    assert "<si><t>自然人</t></si>" in text
    rich = '<si><r><t>自然</t></r><r><rPr><b/></rPr><t>人</t></r><rPh sb="0" eb="1"><t>zi</t></rPh></si>'
    content = patched(GOOD, "xl/sharedStrings.xml", "<si><t>自然人</t></si>", rich)
    assert checked(content).findings == []


def test_cells_without_addresses_are_counted():
    """Some writers leave out r= on cells: they follow one another."""
    found = parts(DISTINCT)
    part = sheet_part(found, "四、复议诉讼")
    text = found[part].decode()
    row = re.search(r'<row r="8".*?</row>', text)[0]
    content = packed({**found, part: text.replace(row, re.sub(r' r="[A-Z]+8"', "", row)).encode()})
    assert checked(content).filing.values == filing(distinct(FORM)).values
