"""What people see and what is read are one: words, switches and totals under odd formats, drawings over cells."""

import re

import pytest
from alterations_seen import DRAWN, _anchor
from making import altered, cell_of, checked, codes, distinct, filing, packed, parts, patched, resaved, sheet_part

from xltools.editions import load_form
from xltools.form.layout import COVER, SWITCH_ROW, layout_of
from xltools.ooxml.drawings import drawings
from xltools.ooxml.package import Package
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing(distinct(FORM), declared_zero=frozenset({"requests"})))
REQUESTS = "三、依申请公开"
TOTAL = cell_of(FORM, "requests.new.total")[1]


def looking(cell, sheet=REQUESTS, **look):
    """The file with another look of a cell."""

    def change(book):
        for name, value in look.items():
            setattr(book[sheet][cell], name, value)

    return resaved(GOOD, change)


SWITCH = f"D{SWITCH_ROW + 1}"
FORMATS = {
    "a label that shows another": ("A8", REQUESTS, '0;0;0;"二、上年结转"'),
    "a label that shows nothing": ("A10", REQUESTS, ";;;"),
    "a label with more behind it": ("A9", REQUESTS, '@"（另册）"'),
    "the switch turned round": (SWITCH, REQUESTS, ';;;"否"'),
    "the agency's name": ("C4", COVER, ';;;"别的镇"'),
    "the agency's code": ("C5", COVER, ';;;"T99999"'),
    "a paragraph": ("A5", "五、存在问题", ';;;"没有问题"'),
    "a total in thousands": (TOTAL, REQUESTS, "0,"),
    "a total that is not there": (TOTAL, REQUESTS, ";;;"),
    "a total of five": (TOTAL, REQUESTS, '"5"'),
    "a total as a day": (TOTAL, REQUESTS, "yyyy/m/d"),
    "a total with a zero behind": (TOTAL, REQUESTS, '0"0"'),
}


@pytest.mark.parametrize(("cell", "sheet", "code"), FORMATS.values(), ids=FORMATS)
def test_a_format_that_shows_other_words_or_totals_is_a_query(cell, sheet, code):
    if checked(GOOD).filing and not cell_has_words(sheet, cell):
        pytest.skip("nothing stands in this cell")
    received = checked(looking(cell, sheet, number_format=code))
    [found] = [f for f in received.findings if f.code == "form-shown-otherwise"]
    assert (found.severity, found.sheet, found.cell) == ("query", sheet, cell)
    assert received.filing.values == checked(GOOD).filing.values and not received.accepted


def cell_has_words(sheet, cell):
    found = parts(GOOD)
    return re.search(rf'<c r="{cell}"[^>]*>.', found[sheet_part(found, sheet)].decode()) is not None


ALIKE = ("General", "@", "0_);(0)", "#,##0", "0;-0;0;@", "@_)", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ')


@pytest.mark.parametrize("code", ALIKE)
@pytest.mark.parametrize("cell", ["A8", SWITCH, TOTAL])
def test_a_format_that_shows_the_same_is_none(cell, code):
    assert "form-shown-otherwise" not in codes(checked(looking(cell, number_format=code)))


def test_many_such_cells_of_a_sheet_are_one_finding():
    def change(book):
        for row in range(8, 30):
            book[REQUESTS].cell(row, 1).number_format = ";;;"

    assert codes(checked(resaved(GOOD, change))).count("form-shown-otherwise") == 1


# ── drawings ─────────────────────────────────────────────────────────────────

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def drawn(anchor, sheet=REQUESTS, content=GOOD, kind="drawing", part="xl/drawings/drawing9.xml", body=None):
    found = parts(content)
    at = sheet_part(found, sheet)
    rels = at.replace("worksheets/", "worksheets/_rels/") + ".rels"
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    known = found.get(rels, f"{head}</Relationships>".encode()).decode()
    link = f'<Relationship Id="rId99" Type="{REL}/{kind}" Target="../{part.removeprefix("xl/")}"/></Relationships>'
    main = f'<xdr:wsDr xmlns:xdr="{DRAWN}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{anchor}</xdr:wsDr>'
    return packed({**found, rels: known.replace("</Relationships>", link).encode(), part: (body or main).encode()})


D8, D9 = (7, 3), (8, 3)
OVER = {
    "a box with another figure": (_anchor(D8, D8, "5"), REQUESTS, "D8"),
    "a picture over a figure": (_anchor(D8, D9, ""), REQUESTS, "D8"),
    "a box over the switch": (_anchor((SWITCH_ROW, 3), (SWITCH_ROW, 3), "否"), REQUESTS, SWITCH),
    "a box over the agency": (_anchor((3, 2), (3, 2), "别的镇"), COVER, "C4"),
    "a box of text on a text sheet": (_anchor((20, 0), (30, 3), "问题有三。"), "五、存在问题", "A21"),
    "a box far away": (_anchor((200, 30), (201, 31), "另见附件"), REQUESTS, "AE201"),
    "one corner only": (re.sub("<xdr:to>.*</xdr:to>", "", _anchor(D8, D8, "5")).replace("twoCell", "oneCell"), REQUESTS, "D8"),
    "no corner at all": ('<xdr:absoluteAnchor><xdr:sp><xdr:txBody><a:p><a:r><a:t>7</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
                         "</xdr:absoluteAnchor>", REQUESTS, "A1"),
}  # fmt: skip


@pytest.mark.parametrize(("anchor", "sheet", "cell"), OVER.values(), ids=OVER)
def test_what_is_drawn_over_cells_or_says_something_is_a_query(anchor, sheet, cell):
    received = checked(drawn(anchor, sheet))
    [found] = [f for f in received.findings if f.code == "form-drawing"]
    assert (found.severity, found.sheet, found.cell) == ("query", sheet, cell)
    assert received.filing.values == checked(GOOD).filing.values


@pytest.mark.parametrize("at", [(90, 2), (400, 0), (60, 40)])
def test_a_picture_beside_everything_is_a_note(at):
    [found] = [f for f in checked(drawn(_anchor(at, at, ""))).findings if f.code == "form-drawing"]
    assert found.severity == "note"


PICTURE = '<xdr:pic><xdr:spPr><a:xfrm><a:off x="{}" y="0"/><a:ext cx="100" cy="100"/></a:xfrm></xdr:spPr></xdr:pic>'
FRAME = (
    '<xdr:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/>'
    '<a:chOff x="0" y="0"/><a:chExt cx="300" cy="100"/></a:xfrm></xdr:grpSpPr>'
)
TABLE = ('<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ref="{}" {}><tableColumns count="1"/>'
         '<tableStyleInfo name="{}" showRowStripes="1"/></table>')  # fmt: skip


def group(at, to, *pictures, frame=FRAME):
    return _anchor(at, to, "").replace("<xdr:pic/>", f"<xdr:grpSp>{frame}{''.join(pictures)}</xdr:grpSp>")


def table(ref, style, sheet=REQUESTS, more="", content=GOOD):
    return drawn("", sheet, content, "table", "xl/tables/table9.xml", TABLE.format(ref, more, style))


def own_look(name):
    """The filing with a table's look of its own."""
    found = parts(GOOD)
    look = f'<tableStyle name="{name}" count="1"><tableStyleElement type="wholeTable" dxfId="0"/></tableStyle>'
    styles = re.sub(
        r"<tableStyles[^>]*/>", f'<tableStyles count="1">{look}</tableStyles>', found["xl/styles.xml"].decode()
    )
    assert look in styles
    return packed({**found, "xl/styles.xml": styles.encode()})


LEFT, RIGHT, OUTSIDE = (PICTURE.format(x) for x in (0, 200, 250))
AS_LARGE = FRAME.replace('cx="9" cy="9"', 'cx="300" cy="100"')
INNER = f"<xdr:grpSp>{AS_LARGE}{LEFT}</xdr:grpSp>"
RIDER = "<xdr:grpSp><xdr:nvGrpSpPr/>{}<xdr:extLst/></xdr:grpSp>"
CHOICE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="a14">{}'
    "</mc:Choice><mc:Fallback/></mc:AlternateContent>"
)
AS_CLERKS_WORK = {
    "a stamp where the cover is signed": drawn(_anchor((11, 2), (16, 3), ""), COVER),
    "a stamp at the cover's foot": drawn(_anchor((24, 1), (30, 3), ""), COVER),
    "a picture right of the cover, on its hidden columns": drawn(_anchor((2, 5), (7, 8), ""), COVER),
    "a logo of several pictures beside a table": drawn(group((3, 15), (8, 17), LEFT, RIGHT)),
    "groups in a group beside a table": drawn(group((3, 15), (8, 17), INNER, RIGHT)),
    "a group with all that a group has": drawn(group((3, 15), (8, 17), LEFT, RIDER.format(AS_LARGE + LEFT))),
    "a stamp of several pictures": drawn(group((11, 2), (16, 3), LEFT, RIGHT), COVER),
    "a table's usual look over the form's": table("A7:J32", "TableStyleMedium2"),
    "a light one": table("A7:J32", "TableStyleLight9"),
    "the last light one": table("A7:J32", "TableStyleLight21"),
    "the last medium one": table("A7:J32", "TableStyleMedium28"),
    "a tenth": table("A7:J32", "TableStyleMedium10"),
    "one beside a look of one's own": table("A7:J32", "TableStyleMedium2", content=own_look("TableStyleMedium3")),
    "one whose first column is as the others": table(
        "A7:J32", 'TableStyleMedium2" showFirstColumn="0" showLastColumn="false'
    ),
    "one on a text sheet": table("A4:A12", "TableStyleMedium9", "五、存在问题"),
}
NOT_SO = {
    "a group over figures": drawn(group(D8, D9, LEFT, RIGHT)),
    "a group that reaches beyond its frame": drawn(group((3, 15), (8, 17), LEFT, OUTSIDE)),
    "a group that does not say how large": drawn(group((3, 15), (8, 17), LEFT, frame="<xdr:grpSpPr/>")),
    "a picture in a choice that reaches beyond it": drawn(group((3, 15), (8, 17), LEFT, CHOICE.format(OUTSIDE))),
    "a group in a choice": drawn(group((3, 15), (8, 17), CHOICE.format(INNER.replace('x="0"', 'x="-900"', 1)))),
    "a choice in a group in a group": drawn(group((3, 15), (8, 17), RIDER.format(AS_LARGE + CHOICE.format(OUTSIDE)))),
    "something else in a group": drawn(group((3, 15), (8, 17), LEFT, OUTSIDE.replace("xdr:pic", "xdr:contentPart"))),
    "a picture of no known place": drawn(group((3, 15), (8, 17), LEFT, "<xdr:pic/>")),
    "a picture of a negative width": drawn(group((3, 15), (8, 17), LEFT, RIGHT.replace('cx="100"', 'cx="-900"'))),
    "a picture of a negative height": drawn(group((3, 15), (8, 17), LEFT, RIGHT.replace('cy="100"', 'cy="-900"'))),
    "a picture over whose form it is": drawn(_anchor((3, 2), (7, 3), ""), COVER),
    "words over the signatures": drawn(_anchor((11, 2), (16, 3), "别人"), COVER),
    "a table whose heading is a row of figures": table("D8:I30", "TableStyleMedium2"),
    "a dark look": table("A7:J32", "TableStyleDark1"),
    "a look of one's own": table("A7:J32", "隐"),
    "a first column in white": table("A7:J32", 'TableStyleMedium2" showFirstColumn="1'),
    "a last column in white": table("A7:J32", 'TableStyleMedium9" showLastColumn="true'),
    "a column that is said oddly": table("A7:J32", 'TableStyleLight9" showFirstColumn="on'),
    "a light look that there is not": table("A7:J32", "TableStyleLight22"),
    "a medium look that there is not": table("A7:J32", "TableStyleMedium29"),
    "a look numbered nought": table("A7:J32", "TableStyleMedium0"),
    "a look of one's own by a usual name": table("A7:J32", "TableStyleMedium2", content=own_look("TableStyleMedium2")),
    "in small letters": table("A7:J32", "TableStyleMedium2", content=own_look("tablestylemedium2")),
    "two looks": table("A7:J32", 'TableStyleMedium2"/><tableStyleInfo name="隐'),
    "a row of totals in white": table("A7:J32", "TableStyleMedium2", more='totalsRowCount="1"'),
}


@pytest.mark.parametrize("content", AS_CLERKS_WORK.values(), ids=AS_CLERKS_WORK)
def test_stamps_logos_and_formatted_tables_are_notes(content):
    [found] = [f for f in checked(content).findings if f.code == "form-drawing"]
    assert found.severity == "note" and "转换为区域" in found.remedy


@pytest.mark.parametrize("content", NOT_SO.values(), ids=NOT_SO)
def test_what_may_hide_something_stays_a_query(content):
    [found] = [f for f in checked(content).findings if f.code == "form-drawing"]
    assert found.severity == "query"


SHAPE = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape><v:textbox><div>'
    '数字另见</div></v:textbox><x:ClientData ObjectType="{kind}"><x:Anchor>3, 0, 7, 0, 4, 0, 8, 0</x:Anchor></x:ClientData>'
    "</v:shape></xml>"
)


@pytest.mark.parametrize(
    ("kind", "told"), [("Shape", True), ("Rect", True), ("Button", True), ("Label", True), ("Note", False)]
)
def test_shapes_of_the_older_kind_too_but_no_comments(kind, told):
    content = drawn("", kind="vmlDrawing", part="xl/drawings/vml9.vml", body=SHAPE.format(kind=kind))
    found = [f for f in checked(content).findings if f.code == "form-drawing"]
    assert [f.cell for f in found] == (["D8"] if told else [])


@pytest.mark.parametrize("body", ["<broken", "<x/>", "", "<!DOCTYPE x><x/>", _anchor((-5, 10**9), (10**9, 1), "x")])
def test_a_broken_drawing_stops_nothing(body):
    received = checked(drawn("", body=body or " "))
    assert received.filing.values == checked(GOOD).filing.values


def test_a_thousand_drawings_are_not_all_told():
    content = drawn("".join(_anchor(D8, D8, "x") for _ in range(1000)))
    assert len(list(drawings(Package(content), "xl/worksheets/sheet5.xml"))) == 200


def test_a_good_file_has_neither():
    assert {"form-drawing", "form-shown-otherwise"}.isdisjoint(codes(checked(GOOD)))
    assert {"form-drawing", "form-shown-otherwise"}.isdisjoint(codes(checked(resaved(GOOD))))


def test_the_places_named_here_are_the_form_s():
    assert layout_of(FORM).cell("requests.new.natural") == "D8"
    assert "switch-unclear" in codes(checked(altered(GOOD, REQUESTS, {SWITCH: "是的"})))
    assert patched(GOOD, "xl/workbook.xml", "<sheets>", "<sheets>")


# ── rows and columns that cannot be seen ─────────────────────────────────────

FEW = write_filing(filing({"disclosure.licensing.decisions": 345}))
DISCLOSURE, HELD = cell_of(FORM, "disclosure.licensing.decisions")
OTHER = cell_of(FORM, "disclosure.penalty.decisions")[1]
PART = sheet_part(parts(FEW), DISCLOSURE)

UNSEEN = {
    "a hidden row": (r'<row r="11"[^>]*>', '<row r="11" hidden="1">'),
    "a row hidden by another program": (r'<row r="11"[^>]*>', '<row r="11" ht="15" hidden="true" customHeight="true">'),
    "a row of no height": (r'<row r="11"[^>]*>', '<row r="11" ht="0" customHeight="1">'),
    "a row of a hair": (r'<row r="11"[^>]*>', '<row r="11" ht="0.75" customHeight="1">'),
    "a hidden column": ("<cols>.*?</cols>", '<cols><col min="2" max="2" width="14" hidden="1"/></cols>'),
    "several hidden columns": ("<cols>.*?</cols>", '<cols><col min="1" max="9" width="14" hidden="true"/></cols>'),
    "a column of no width": ("<cols>.*?</cols>", '<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'),
    "a column of a hair": ("<cols>.*?</cols>", '<cols><col min="2" max="3" width="0.4" customWidth="1"/></cols>'),
}


def _lines(pattern, replacement, content):
    found = parts(content)
    return packed({**found, PART: re.sub(pattern, replacement, found[PART].decode(), flags=re.S).encode()})


@pytest.mark.parametrize(("pattern", "replacement"), UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize("indented", [False, True])
def test_figures_on_lines_that_cannot_be_seen_are_a_query(pattern, replacement, indented):
    content = _lines("<c r", "\n  <c r", FEW) if indented else FEW  # read from its bytes, and by way of a tree
    received = checked(_lines(pattern, replacement, content))
    told = [f for f in received.findings if f.code == "form-figures-hidden"]
    assert [(f.severity, f.sheet, f.cell) for f in told] == [("query", DISCLOSURE, HELD)] and "345" in told[0].message


SEEN = {
    "a hidden row of noughts": (r'<row r="12"[^>]*>', '<row r="12" hidden="1">'),
    "a row that is not hidden": (r'<row r="11"[^>]*>', '<row r="11" ht="30" hidden="0" customHeight="1">'),
    "a high row": (r'<row r="11"[^>]*>', '<row r="11" ht="300" customHeight="1">'),
    "a narrow column": ("<cols>.*?</cols>", '<cols><col min="2" max="2" width="3" customWidth="1"/></cols>'),
    "hidden columns beside the table": (
        "<cols>.*?</cols>",
        '<cols><col min="12" max="16384" width="9" hidden="1"/></cols>',
    ),
}


@pytest.mark.parametrize(("pattern", "replacement"), SEEN.values(), ids=SEEN)
def test_lines_without_figures_may_be_hidden(pattern, replacement):
    assert checked(_lines(pattern, replacement, FEW)).accepted


# ── sheets that are hidden, or there once more ───────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "severity"),
    [(DISCLOSURE, "query"), (REQUESTS, "note"), ("四、复议诉讼", "note"), ("五、存在问题", "note")],
)
@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_with_figures_is_a_query(sheet, severity, state):
    received = checked(resaved(FEW, lambda book: setattr(book[sheet], "sheet_state", state)))
    assert [f.severity for f in received.findings if f.code == "form-sheet-hidden"] == [severity]


def copied(cell, value, title="二、主动公开 (2)"):
    def change(book):
        copy = book.copy_worksheet(book[DISCLOSURE])
        copy.title, copy[cell].value = title, value

    return resaved(FEW, change)


@pytest.mark.parametrize(("cell", "value"), [(HELD, 999), (HELD, "999"), (OTHER, 3), (HELD, 0), (OTHER, "无")])
@pytest.mark.parametrize("title", ["二、主动公开 (2)", "Sheet1"])
def test_a_table_there_once_more_with_other_figures_is_a_query(cell, value, title):
    [told] = [f for f in checked(copied(cell, value, title)).findings if f.code == "form-sheet-added"]
    assert told.severity == "query" and DISCLOSURE in told.message


@pytest.mark.parametrize(("cell", "value"), [(HELD, 345), (OTHER, 0), ("A40", "草稿"), (HELD, None), ("F30", 7)])
def test_one_with_the_same_figures_is_a_note(cell, value):
    [told] = [f for f in checked(copied(cell, value)).findings if f.code == "form-sheet-added"]
    assert told.severity == "note"
