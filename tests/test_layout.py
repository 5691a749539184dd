"""Every figure has a cell of its own, every label a place, and the sheets print what the notice prints."""

import re
import zipfile
from itertools import combinations
from pathlib import Path

import pytest
from lxml import etree
from making import SMALL, blank, filing, form_of, opened, relation

from xltools.editions import load_form
from xltools.form.layout import layout_of
from xltools.workbook.write import write_filing

FORMS = {
    "2019": load_form("2019"),
    "2020 in Jilin": load_form("2019", ("jilin-2020",)),
    "2021": load_form("2021"),
    "small": form_of(SMALL + relation("s.x.a", "s.y.a")),
}
OFFICIAL = Path(__file__).parents[2] / "shared" / "domain" / "official-format-2021.docx"
"""The published blank: it lies beside the checkout, not in it."""


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def cells(box):
    return {(r, c) for r in range(box.top, box.bottom + 1) for c in range(box.left, box.right + 1)}


def test_every_field_has_a_cell_of_its_own_on_its_own_sheet(form):
    layout = layout_of(form)
    places = {name: layout.position(name) for name in form.fields}
    assert len(set(places.values())) == len(form.fields)
    assert all(sheet == form.fields[name].section.sheet for name, (sheet, *_) in places.items())


def test_no_two_boxes_overlap_on_a_sheet(form):
    for sheet in layout_of(form).tables.values():
        heads = [*sheet.code_boxes, sheet.name_box, *sheet.switch_boxes]
        boxes = [*sheet.boxes.values(), *(label.box for label in sheet.labels), *heads]
        taken = [cells(box) for box in boxes]
        assert not [(a, b) for a, b in combinations(taken, 2) if a & b], sheet.name
        assert all(0 <= box.left <= box.right <= sheet.last_column and box.bottom <= sheet.last_row for box in boxes)


def test_the_table_has_no_holes(form):
    """Within a table every cell belongs to a label or a figure: nothing of the official frame is missing."""
    for sheet in layout_of(form).tables.values():
        boxes = [*sheet.boxes.values(), *(label.box for label in sheet.labels)]
        taken = set().union(*map(cells, boxes))
        top = min(box.top for box in boxes)
        frame = {(r, c) for r in range(top, sheet.last_row + 1) for c in range(sheet.last_column + 1)}
        assert taken == frame, sheet.name


def test_figures_stand_in_the_row_and_column_of_their_labels(form):
    for sheet in layout_of(form).tables.values():
        labels = {(label.text, label.role): label.box for label in sheet.labels}
        for name, box in sheet.boxes.items():
            field = form.fields[name]
            if field.row.label:
                rows = [b for (text, role), b in labels.items() if role == "row" and text == field.row.name]
                assert any(b.top <= box.top <= b.bottom for b in rows), name
            columns = [lb.box for lb in sheet.labels if lb.role == "column" and lb.text == field.column.name]
            assert any(b.left <= box.left and box.right <= b.right and b.bottom < box.top for b in columns), name


def test_a_summary_has_its_cells_where_a_blank_has_them(form):
    who = blank().agency
    one = opened(write_filing(filing(form=form, year=form.years[0])))
    other = opened(write_filing(filing(form=form, year=form.years[0], agency=who, kind="summary"), status="1/1 家"))
    for name in form.fields:
        sheet, row, column = layout_of(form).position(name)
        here, there = (book[sheet].cell(row + 1, column + 1).value for book in (one, other))
        assert here == there, name


def test_the_order_of_the_sheets():
    official = "一、总体情况 二、主动公开 三、依申请公开 四、复议诉讼 五、存在问题 六、其他事项"
    assert list(layout_of(FORMS["2021"]).sheet_names) == f"填报说明 封面 {official} 校验".split()


def squeezed(text):
    return re.sub(r"\s+", "", text or "")


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official blank (.docx) does not lie beside this checkout")
def test_the_workbook_prints_every_label_of_the_official_blank():
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(OFFICIAL) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    official = {squeezed("".join(t.text or "" for t in tc.iter(f"{word}t"))) for tc in root.iter(f"{word}tc")} - {""}
    headings = {
        squeezed(text)
        for p in root.iter(f"{word}p")
        if re.match("[一二三四五六]、", text := "".join(t.text or "" for t in p.iter(f"{word}t")))
    }
    assert len(official) > 50 and len(headings) >= 6
    book = opened(write_filing(blank()))
    printed = {squeezed(c.value) for sheet in book for row in sheet for c in row if isinstance(c.value, str)}
    assert official | headings <= printed


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official blank (.docx) does not lie beside this checkout")
def test_the_tables_have_the_shape_of_the_official_blank():
    """As many figures in each part as the official tables have empty cells."""
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(OFFICIAL) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    shapes = [
        sum(not squeezed("".join(t.text or "" for t in tc.iter(f"{word}t"))) and tc.find(f".//{word}vMerge") is None
            for tc in table.iter(f"{word}tc"))
        for table in root.iter(f"{word}tbl")
    ]  # fmt: skip
    form = FORMS["2021"]
    assert shapes == [sum(f.section.id == s.id for f in form.fields.values()) for s in form.table_sections]
