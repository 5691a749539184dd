"""What is read of a worksheet part beside its plain cells, element by element: what cannot be seen, what is merged, texts in runs."""

import pytest
from lxml import etree

from xltools.ooxml import worksheet
from xltools.ooxml.cells import Room, SheetCells, held
from xltools.ooxml.trees import _MARKS_LIMIT, GAP_LIMIT, MAIN, Unreadable, beside_rows, placed, pulled, refuse_unsafe
from xltools.ooxml.worksheet import SHARED_LIMIT, SHEET_TAGS, Strings, plain, read_rows, read_sheet

NS = MAIN[0].strip("{}")
ROWS = '<sheetData><row r="1"><c r="A1"><v>5</v></c></row><row r="3"><c r="B3"><v>7</v></c></row></sheetData>'


def tree(inside, name="worksheet", more=""):
    return etree.fromstring(f'<{name} xmlns="{NS}" {more}>{inside}</{name}>')


def sheet(inside, strings=()):
    return read_sheet(beside_rows(tree(inside), SHEET_TAGS), Strings(strings), Room(1000))


def refused(words="", code=""):
    """What is refused: as broken, or with a code and words."""
    return pytest.raises(Unreadable, match=f"{code}.*{words}") if code else pytest.raises(ValueError)


# ── what cannot be seen ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("beside", "unseen"),
    [
        ("", []),
        ('<sheetFormatPr defaultColWidth="9"/><cols><col min="2" max="3" width="0.5"/></cols>', [1, 2]),
        ('<cols><col min="2" max="3" width="1"/></cols>', []),
        ('<cols><col min="2" max="2" hidden="1"/></cols>', [1]),
        ('<cols><col min="2" max="2" hidden="0"/></cols>', []),
        # columns of no width of their own are too narrow; those told of are not
        ('<sheetFormatPr defaultColWidth="0.5"/>', [0, 1, 2, 3]),
        ('<sheetFormatPr defaultColWidth="0.5"/><cols><col min="1" max="2" width="9"/></cols>', [2, 3]),
        ('<sheetFormatPr defaultColWidth="0.5"/><cols><col min="2" max="2" width="9"/><col min="3" max="3" width="9"/></cols>',
         [0, 3]),
        ('<sheetFormatPr defaultColWidth="1"/>', []),
    ],
)  # fmt: skip
def test_columns_that_show_nothing(beside, unseen):
    found = sheet(beside + ROWS)
    assert [column for column in range(4) if found.is_unseen(20, column)] == unseen
    assert all(columns.start < columns.stop for columns in found.unseen_columns)


@pytest.mark.parametrize(
    ("beside", "row", "unseen"),
    [
        ("", "", False),
        ("", 'ht="3.9"', True),
        ("", 'ht="4"', False),
        ("", 'hidden="1"', True),
        ('<sheetFormatPr defaultRowHeight="3"/>', "", True),
        ('<sheetFormatPr defaultRowHeight="4"/>', "", False),
        ('<sheetFormatPr defaultRowHeight="3"/>', 'ht="12"', False),
    ],
)
def test_rows_that_show_nothing(beside, row, unseen):
    found = sheet(f'{beside}<sheetData><row r="2" {row}><c r="A2"><v>5</v></c></row></sheetData>')
    assert found.is_unseen(1, 0) == unseen and found.at(1, 0).value == "5"


PANE = '<sheetViews><sheetView {view}><pane xSplit="{x}" ySplit="{y}" state="{state}"/></sheetView></sheetViews>'


@pytest.mark.parametrize(
    ("view", "x", "y", "state", "first", "columns"),
    [
        ('topLeftCell="C4"', 1, 1, "frozen", 3, 2),
        ('topLeftCell="C4"', 0, 1, "frozen", 3, 0),
        ('topLeftCell="C4"', 1, 0, "frozenSplit", 0, 2),
        ('topLeftCell="A1"', 1, 1, "frozen", 0, 0),
        ('topLeftCell="C4"', 1, 1, "split", 0, 0),
        ("", 1, 1, "frozen", 0, 0),
    ],
)
def test_what_lies_above_and_left_of_panes_that_never_move_is_out_of_reach(view, x, y, state, first, columns):
    found = sheet(PANE.format(view=view, x=x, y=y, state=state) + ROWS)
    assert found.first_row == first and found.unseen_columns == [range(columns)] * bool(columns)


def test_a_view_that_is_no_pane_hides_nothing():
    found = sheet(
        '<sheetViews><sheetView topLeftCell="C4"><selection state="frozen" ySplit="1"/></sheetView></sheetViews>'
    )
    assert found.first_row == 0


@pytest.mark.parametrize(
    ("zeros", "shown"), [('showZeros="0"', False), ('showZeros="false"', False), ('showZeros="1"', True), ("", True)]
)
def test_zeros_that_are_not_shown(zeros, shown):
    assert sheet(f"<sheetViews><sheetView {zeros}/><sheetView/></sheetViews>{ROWS}").shows_zeros == shown


@pytest.mark.parametrize(
    ("said", "protected"), [("1", True), ("true", True), ("0", False), ("false", False), ("", False)]
)
def test_a_sheet_is_protected_where_it_says_so(said, protected):
    assert sheet(f'{ROWS}<sheetProtection sheet="{said}"/>').protected == protected


def test_merges_and_rules_are_counted_and_cost_room():
    merges = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="C1:C9"/></mergeCells>'
    inside = f"{ROWS}{merges}<dataValidations><a/><b/></dataValidations>"
    found = sheet(inside)
    assert found.merged == ["A1:B2", "C1:C9"] and found.validations == 2 and sorted(found.cells) == [(0, 0), (2, 1)]
    for cells, work, enough in ((2, 14, True), (1, 99, False), (2, 13, False)):
        room, elements = Room(cells, work), beside_rows(tree(inside), SHEET_TAGS)
        if enough:
            read_sheet(elements, Strings(), room)
            assert (room.cells, room.work) == (0, 0)
        else:
            with refused("", "file-unsafe"):
                read_sheet(elements, Strings(), room)


@pytest.mark.parametrize(
    ("columns", "digits"),
    [(range(1), 8.43), (range(1, 2), 5.0), (range(3), 18.43), (range(2, 5), 5.0 + 2 * 8.43), (range(3, 4), 8.43), (range(0), 0)],
)  # fmt: skip
def test_how_many_digits_fit_into_columns(columns, digits):
    found = SheetCells({})
    found.widths = [(range(1, 3), 5.0), (range(9, 10), 50.0)]
    assert found.width(columns) == pytest.approx(digits)


# ── rows, formulas, texts ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="2"/>',
        '<row r="3"/><row r="2"/>',
        '<row r="1048577"/>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1<b/></v></c></row>',
    ],
)
def test_lines_out_of_order_are_refused(rows):
    with refused(""):
        sheet(f"<sheetData>{rows}</sheetData>")
    with refused(""):
        list(read_rows(iter(tree(rows, "sheetData")), Strings(), Room(99)))


def test_a_shared_formula_moves_along_as_far_as_there_is_room():
    text = "A1+" * 40 + "A1"
    copies = SHARED_LIMIT // len(text)
    first = f'<row r="1"><c r="B1"><f t="shared" si="0">{text}</f></c></row>'

    def read(many):
        rows = first + "".join(
            f'<row r="{n + 2}"><c r="B{n + 2}"><f t="shared" si="0"/></c></row>' for n in range(many)
        )
        return read_sheet(beside_rows(tree(f"<sheetData>{rows}</sheetData>"), SHEET_TAGS), Strings(), Room(10**6))

    assert read(3).at(2, 1).formula == text.replace("A1", "A3") and len(read(copies).cells) == copies + 1
    with refused("公式", "file-unsafe"):
        read(copies + 1)


@pytest.mark.parametrize(
    ("xml", "text", "looks"),
    [
        ("<t>甲</t>", "甲", ""),
        ("<r><t>甲</t></r><r><rPr><strike/></rPr><t>乙</t></r>", "甲乙", True),
        ("<r><t>甲</t></r><r><rPr><strike/></rPr><t> </t></r>", "甲 ", ""),
        ("<r><rPr><b/></rPr><t>甲</t></r><rPh sb='0' eb='1'><t>音</t></rPh><phoneticPr fontId='1'/>", "甲", ""),
        ("<t>甲</t><r><t>乙</t></r>", "甲乙", ""),
        ("", "", ""),
    ],
)
def test_a_text_in_runs_is_one_text_and_what_is_seen_of_it(xml, text, looks):
    found, look = plain(tree(xml, "si"), MAIN[0])
    assert found == text and bool(look) == bool(looks)


@pytest.mark.parametrize(
    "xml", ["<t>甲</t><t>乙</t>", "<r><t>甲</t><t>乙</t></r>", "<r><t>甲</t></r><t>乙</t>", "<x/><t>甲</t>"]
)
def test_a_text_that_is_there_twice_is_refused(xml):
    with refused("两份", "file-unsafe"):
        plain(tree(xml, "si"), MAIN[0])


@pytest.mark.parametrize(
    ("text", "fits"),
    [("", True), ("字" * 32_767, True), ("字" * 32_768, False), ("😀" * 16_383, True), ("😀" * 16_384, False)],
)
def test_a_text_of_a_cell_is_as_long_as_excel_takes(text, fits):
    if fits:
        assert held(text) == text
    else:
        with refused("32767", "file-unsafe"):
            held(text)


# ── elements of large parts ──────────────────────────────────────────────────


def elements(inside, chunk=100):
    content = f'<worksheet xmlns="{NS}">{inside}</worksheet>'.encode()
    chunks = (content[n : n + chunk] for n in range(0, len(content), chunk))
    wanted = [f"{MAIN[0]}{tag}" for tag in ("row", *SHEET_TAGS)]
    return [(local.tag.rpartition("}")[2], local.get("r")) for local in placed(pulled(chunks, wanted))]


def test_rows_in_one_place_and_what_stands_beside_them():
    found = elements(f"<sheetViews/>{ROWS}<mergeCells/>")
    assert found == [("sheetViews", None), ("row", "1"), ("row", "3"), ("mergeCells", None)]


@pytest.mark.parametrize(
    "inside",
    [
        f"{ROWS}{ROWS}",
        "<x>" + ROWS + "</x>",
        "<row r='1'/>",
        "<sheetData><x/><row r='1'/></sheetData>",
        f"{ROWS}<extLst><sheetData><row r='9'/></sheetData></extLst>",
    ],
)
def test_rows_in_two_places_are_refused(inside):
    with refused("两份", "file-unsafe"):
        elements(inside)


def test_what_lies_deeper_is_nothing_of_the_sheet():
    assert elements(f"{ROWS}<customSheetViews><x><sheetViews/></x></customSheetViews>") == [("row", "1"), ("row", "3")]


@pytest.mark.parametrize(
    "inside",
    [
        f"{ROWS}{ROWS}",
        f'<m:AlternateContent xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006"><sheetData/></m:AlternateContent>{ROWS}',
    ],
)
def test_two_sets_of_rows_in_a_tree_are_refused(inside):
    with refused("两份", "file-unsafe"):
        list(beside_rows(tree(inside), SHEET_TAGS))


def test_beside_rows_gives_what_is_wanted_in_order():
    found = list(beside_rows(tree(f"<sheetViews/><x/>{ROWS}<mergeCells/>"), ("sheetViews", "mergeCells")))
    assert [e.tag.rpartition("}")[2] for e in found] == ["sheetViews", "row", "row", "mergeCells"]


def test_a_part_with_definitions_of_its_own_is_refused_in_any_encoding():
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet xmlns="{NS}">{ROWS}</worksheet>'
    with refused("", "file-unsafe"):
        list(pulled(iter([text.encode("utf-16")]), [f"{MAIN[0]}row"]))
    with refused("", "file-unsafe"):
        refuse_unsafe(b"<!DOCTYPE x><x/>")


def test_a_part_with_too_many_marks_is_refused():
    most = b"<a b='' c=''/>" * (_MARKS_LIMIT // 3) + b" " * 8
    assert len(most) > GAP_LIMIT
    refuse_unsafe(most)
    with refused("", "file-unsafe"):
        refuse_unsafe(most + b"<a b='' c=''/>" * 2)


def test_shared_texts_are_kept_as_far_as_there_is_room(monkeypatch):
    items = worksheet._Items(worksheet.USUAL)
    monkeypatch.setattr(worksheet, "_ITEMS_KEPT", 100)
    items._room = 100
    for n in range(4):
        assert items[f"<t>{n}{'字' * 7}</t>".encode()][0] == f"{n}{'字' * 7}"
    assert len(items) == 1 and items._room <= 100, "begun anew when there was no room"
