"""A form altered, one thing at a time: exactly what is told of it, where, how grave, and what is still read."""

import pytest
from followed import OLD, form_at_hand
from making import (
    BUREAU,
    altered,
    blank,
    cell_of,
    checked,
    codes,
    distinct,
    filing,
    packed,
    parts,
    patched,
    relation,
    resaved,
    sheet_part,
)
from test_culprit import requests
from test_old_workbooks import other_container
from test_supplements import full

from xltools.address import a1
from xltools.editions import load_form
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, COVER_CELLS, STATUS_ROW, layout_of
from xltools.form.model import Agency
from xltools.terms import LEVELS, NAME_LIMIT
from xltools.workbook.write import write_filing

FORM = load_form("2021")
LAYOUT = layout_of(FORM)
GOOD = write_filing(filing())
DISTINCT = write_filing(filing(distinct(FORM)))
TABLES = {sheet.name: sheet for sheet in LAYOUT.tables.values()}
REQUESTS = "三、依申请公开"


def found(content, code):
    """The findings of a code: how grave, where, and the fields."""
    received = checked(content) if isinstance(content, bytes) else content
    return [(f.severity, f.sheet, f.cell) for f in received.findings if f.code == code]


def one(content, code):
    [only] = [f for f in checked(content).findings if f.code == code]
    return only


# ── sheets ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sheet", [n for n in LAYOUT.sheet_names if n != "封面"])
def test_a_sheet_gone_is_an_error_where_figures_went_with_it_and_else_a_query(sheet):
    told = one(resaved(GOOD, lambda book: book.remove(book[sheet])), "form-sheet-missing")
    assert (told.severity, told.sheet) == ("error" if sheet in TABLES else "query", sheet)
    assert ("这张表的数没有读" in told.message) == (sheet in TABLES)


def test_two_sheets_under_each_other_s_name_are_both_known():
    def swap(book):
        one, other = book["二、主动公开"], book["四、复议诉讼"]
        one.title, other.title = "x", "二、主动公开"
        one.title = "四、复议诉讼"

    received = checked(resaved(DISTINCT, swap))
    assert codes(received).count("form-sheet-renamed") == 2
    assert received.filing.values == filing(distinct(FORM)).values


def test_a_sheet_whose_labels_moved_is_still_itself():
    received = checked(resaved(DISTINCT, lambda book: book["四、复议诉讼"].insert_rows(1, 3)))
    assert "form-sheet-renamed" not in codes(received) and "form-sheet-missing" not in codes(received)
    assert received.filing.values == filing(distinct(FORM)).values


def test_a_sheet_with_nothing_of_ours_on_it_is_not_taken_for_another():
    def wipe(book):
        for row in book["二、主动公开"].iter_rows():
            for cell in row:
                if type(cell).__name__ == "Cell":
                    cell.value = "别的内容" if cell.column == 1 else None

    received = checked(resaved(GOOD, wipe))
    assert "form-sheet-renamed" not in codes(received) and not received.accepted


def test_macros_are_told_and_change_nothing():
    received = checked(packed({**parts(GOOD), "xl/vbaProject.bin": b"macro"}))
    assert codes(received) == ["file-macros"] and received.accepted


# ── lines ────────────────────────────────────────────────────────────────────


def put_in(sheet, row=None, column=None, words=()):
    def change(book):
        there = book[sheet]
        there.insert_rows(row) if row else there.insert_cols(column)
        for n, text in enumerate(words, 1):
            there.cell(row or n, n if row else column).value = text

    return resaved(DISTINCT, change)


@pytest.mark.parametrize(
    ("how", "severity", "cell", "line", "words"),
    [
        ({"row": 10}, "note", "A10", "第 10 行", "空的"),
        ({"row": 10, "words": ("本县另设", "5")}, "query", "A10", "第 10 行", "本县另设、5"),
        ({"row": 8, "words": ("本县另设", "5")}, "query", "A8", "第 8 行", "本县另设、5"),
        ({"column": 5}, "note", "E1", "E 列", "空的"),
        ({"column": 5, "words": ("", "", "小计")}, "query", "E1", "E 列", "小计"),
        ({"row": 12, "words": ("长" * 100,)}, "query", "A12", "第 12 行", "长" * 80),
    ],
    ids=["empty row", "row", "first row", "empty column", "column", "long words"],
)
def test_a_line_put_in_is_told_with_its_words_and_read_past(how, severity, cell, line, words):
    received = checked(put_in(REQUESTS, **how))
    [told] = [f for f in received.findings if f.code == "form-line-added"]
    assert (told.severity, told.cell, told.detail["line"], told.detail["words"]) == (severity, cell, line, words)
    assert received.filing.values == filing(distinct(FORM)).values
    strays = [at for f in received.findings if f.code == "form-cell-added" for at in f.detail["cells"].split("、")]
    assert not strays, "our own hidden sums, that have moved with the table, are nobody's"


def test_cells_of_a_lost_row_are_unread_even_where_blanks_are_zero():
    content = write_filing(filing(distinct(FORM), declared_zero=frozenset({"requests"})))
    row = LAYOUT.tables["requests"].boxes["requests.refused.repeated.natural"].top + 1
    received = checked(resaved(content, lambda book: book[REQUESTS].delete_rows(row)))
    gone = {f.id for f in FORM.inputs if f.id.startswith("requests.refused.repeated.")}
    assert gone <= received.filing.unread and all(received.filing.values[name] is None for name in gone)
    assert found(received, "form-line-lost") == [("error", REQUESTS, f"A{row}")]


# ── contents where the form has none ─────────────────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        (REQUESTS, "A40"),
        (REQUESTS, "P9"),
        ("封面", "F30"),
        ("校验", "B40"),
        ("二、主动公开", "A30"),
        (REQUESTS, a1(STATUS_ROW, 14)),
    ],
)
def test_words_where_the_form_has_none_are_told(sheet, cell):
    def write(book):
        book[sheet][cell].value = "自己记的"

    told = one(resaved(GOOD, write), "form-cell-added")
    assert (told.sheet, told.cell) == (sheet, cell) and "自己记的" in told.message


@pytest.mark.parametrize("value", [" ", "　", "\n"])
def test_what_shows_nothing_is_not_told(value):
    def write(book):
        book[REQUESTS]["A40"].value = value

    assert found(resaved(GOOD, write), "form-cell-added") == []


def test_on_an_older_layout_only_what_stands_in_the_tables_is_told():
    """What else the sheets held is not known of them any more."""

    def write(book):
        book[REQUESTS]["A40"].value, book["封面"]["F30"].value = "表外", "封面上"

    def older(book):
        write(book)
        for part in list(book.custom_doc_props.props):
            if part.name == "xltools_layout":
                part.value = "1"

    now, then = checked(resaved(GOOD, write)), checked(resaved(GOOD, older))
    assert [at for _, _, at in found(now, "form-cell-added")] == ["F30", "A40"]
    assert found(then, "form-cell-added") == [] and "form-other-version" in codes(then)


@pytest.mark.parametrize("row", [CHECK_TOP, CHECK_TOP + 1, CHECK_TOP + 2])
def test_an_explanation_is_the_agency_s_own_from_the_first_row_on(row):
    content = altered(GOOD, "校验", {a1(row, CHECK_COLUMNS.explanation): "已向市局核实"})
    assert found(content, "form-cell-added") == []


# ── covered ──────────────────────────────────────────────────────────────────


def cells(*fields):
    return [cell_of(FORM, f"requests.{name}")[1] for name in fields]


@pytest.mark.parametrize("count", [2, 3])
def test_input_cells_under_a_merged_one_are_named_one_by_one_or_together(count):
    names = ["new.natural", "new.business", "new.research"][:count]
    first, *_, last = cells(*names)
    merged = rf'<mergeCells count="99"><mergeCell ref="{first}:{last}"/>'
    content = patched(GOOD, sheet_part(parts(GOOD), REQUESTS), r'<mergeCells count="\d+">', merged)
    told = one(content, "form-covered")
    hidden = tuple(f"requests.{name}" for name in names[1:])
    assert told.severity == "error" and told.cell == cells(names[1])[0]
    assert (told.field, told.related) == ((hidden[0], ()) if count == 2 else (None, hidden))


def test_on_an_older_layout_only_what_is_covered_in_the_tables_is_told():
    first, second = cells("new.natural", "new.business")
    now = GOOD
    for sheet, span in ((REQUESTS, f"{first}:{second}"), ("封面", "C12:C15")):
        merged = rf'<mergeCells count="99"><mergeCell ref="{span}"/>'
        now = patched(now, sheet_part(parts(now), sheet), r'<mergeCells count="\d+">', merged)
    then = patched(now, "docProps/custom.xml", r'(name="xltools_layout"><vt:\w+>)\d+', r"\g<1>1")
    assert [(f.sheet, f.cell) for f in checked(now).findings if f.code == "form-covered"] == [
        ("封面", "C13"), (REQUESTS, second)
    ]  # fmt: skip
    assert "form-other-version" in codes(checked(then))
    assert [(f.sheet, f.cell) for f in checked(then).findings if f.code == "form-covered"] == [(REQUESTS, second)]


# ── who and what ─────────────────────────────────────────────────────────────

LOST = (r"<property .*</property>", "")


@pytest.mark.parametrize(("length", "read"), [(NAME_LIMIT, True), (NAME_LIMIT + 1, False)])
def test_a_name_is_as_long_as_a_name_can_be(length, read):
    received = checked(write_filing(filing(agency=Agency("1", "局" * length, "department"))))
    assert (received.filing is not None) == read and (received.verdict == "foreign") != read


@pytest.mark.parametrize(
    ("cell", "value"), [("C7", "某级"), ("C8", "去年"), ("C8", 23), ("C8", 12023), ("C7", None), ("C8", None)]
)
def test_a_cover_that_tells_no_level_or_year_is_no_form_of_ours(cell, value):
    received = checked(altered(patched(GOOD, "docProps/custom.xml", *LOST), "封面", {cell: value}))
    assert (received.verdict, received.filing, codes(received)) == ("foreign", None, ["form-foreign"])


@pytest.mark.parametrize("supplements", [(), ("jilin-2020",)])
def test_a_file_without_its_record_shows_its_supplements_by_what_is_printed(supplements):
    said = filing(year=2020, supplements=supplements)
    received = checked(patched(write_filing(said), "docProps/custom.xml", *LOST))
    assert received.filing.form.supplements == supplements and received.filing.agency == BUREAU


def test_a_file_without_its_record_tells_its_layout_on_the_cover():
    told = codes(checked(patched(GOOD, "docProps/custom.xml", *LOST)))
    assert "form-other-version" not in told
    assert "form-other-version" in codes(
        checked(
            patched(altered(GOOD, "封面", {a1(COVER_CELLS.kind, COVER_CELLS.hidden): 1}), "docProps/custom.xml", *LOST)
        )
    )


# ── what is read beside the figures ──────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "read"),
    [(45306, "2024-01-15"), (1, "1899-12-31"), (0, "0"), (-3, "-3"), (2_958_465, "9999-12-31"), (2_958_466, "2958466"),
     ("2024年1月15日", "2024-01-15"), (" 明天 ", "明天"), (None, "")],
)  # fmt: skip
def test_a_date_is_a_day_s_number_or_the_words(value, read):
    assert checked(altered(GOOD, "封面", {"C15": value})).filing.signoff["date"] == read


def test_without_the_check_sheet_there_are_no_explanations_and_with_it_they_are_read():
    rule = "disclosure.rules.authority"
    content = write_filing(filing({"disclosure.rules.effective": 1}, explanations={rule: "市里下放的权限"}))
    assert checked(content).filing.explanations == {rule: "市里下放的权限"}
    gone = checked(resaved(content, lambda book: book.remove(book["校验"])))
    assert dict(gone.filing.explanations) == {} and gone.answers == {}
    assert set(checked(content).answers) == set(FORM.queries) & {r.id for r in filing().rules if r.shows}


@pytest.mark.parametrize(("format", "code"), [("yyyy-mm-dd", "cell-date"), ("0", None), ("h:mm", "cell-date")])
@pytest.mark.parametrize("value", [45000, 45000.5, "=45000"])
def test_a_number_shown_as_a_date_is_no_figure(format, code, value):
    sheet, cell = cell_of(FORM, "requests.new.natural")

    def change(book):
        book[sheet][cell].value, book[sheet][cell].number_format = value, format

    content = resaved(GOOD, change)
    if value == "=45000":
        content = altered(content, sheet, {cell: ("45000", 45000)})
    received = checked(content)
    told = [f.code for f in received.findings if f.field == "requests.new.natural" and f.code.startswith("cell-")]
    if code:
        assert told == [code] and not received.accepted
    else:
        assert code not in told and "cell-date" not in told


def test_a_figure_typed_as_words_is_kept_to_the_letter():
    sheet, cell = cell_of(FORM, "requests.new.natural")
    for value, kept in ((" 十 二 ", " 十 二 "), ("#", "#"), (True, "TRUE"), (12, None)):
        received = checked(altered(GOOD, sheet, {cell: value}))
        assert received.filing.typed.get("requests.new.natural") == kept


# ── other containers ─────────────────────────────────────────────────────────


def test_totals_that_cannot_be_audited_are_held_against_their_parts():
    """In .ods the formula of a total cannot be seen; what it gave must still be right."""
    good = checked(other_container(), "表.ods")
    assert "total-overwritten" not in codes(good) and dict(good.filing.stored) == {}


# ── a summary that lacks nobody ──────────────────────────────────────────────


def test_a_blank_stays_one_and_a_filing_is_never_provisional():
    received = checked(write_filing(blank()))
    assert received.provisional == "" and found(received, "summary-provisional") == []
    assert requests(natural={"new": 1}) == {"requests.new.natural": 1}


@pytest.mark.parametrize(
    ("now", "then", "told"),
    [
        ("天：如果人，甲＞0，那么甲≥0", "天：如果甲＞0，那么甲≥0", False),
        ("天：如果人，甲＞0，那么甲≥0", "天：如果甲＞1，那么甲≥0", True),
        ("甲：如果人，乙＞0，那么天≥地", "甲：如果人＞0，那么天≥地", False),
        ("天：如果人，甲＞0，那么丙≤本级上限 5", "天：如果甲＞0，那么丙≤本级上限 5", False),
        ("天：如果人，甲＞0，那么丙≤本级上限 5", "天：如果甲＞0，那么丙≤本级上限 6", True),
        ("甲：如果人，乙＞0，那么天≥地", "天：如果甲＞0，那么甲≥0", True),
        ("乙：如果人，丙＞0，那么天≥上年的“地”", "乙：如果人＞0，那么天≥上年的“地”", False),
    ],
)
def test_a_sentence_as_it_was_once_printed_is_no_change(now, then, told, tmp_path, monkeypatch):
    """Workbooks are out whose sentences do not say of which other row or column a condition asks."""
    monkeypatch.chdir(tmp_path)
    rules = (
        relation("s.x.a", "0", "left >= right", "s.one", when="s.z.a > 0")
        + relation("s.x.a", "s.y.a", "left >= right", "s.two", when="s.z.b > 0")
        + relation("s.x.b", "s.y.b", "left >= right", "s.three", when="s.z.c > 0", with_last={"right": "last.s.y.b"})
    )
    rules += relation("s.x.c", "ceiling", "left <= right", "s.four", when="s.z.a > 0",
                      ceiling=dict.fromkeys(LEVELS, 5))  # fmt: skip
    with form_at_hand(tmp_path, OLD + rules):
        form = load_form("old")
        content = write_filing(full(form).follow(dict.fromkeys([f.id for f in form.inputs], 1), "上年"))
        strings = parts(content)["xl/sharedStrings.xml"].decode()
        assert strings.count(f"<t>{now}</t>") == 1
        got = checked(packed({**parts(content), "xl/sharedStrings.xml": strings.replace(now, then).encode()}))
    assert [f.sheet for f in got.findings if f.code == "form-label-changed"] == ["校验"] * told
