"""A sheet that counts as untouched is one of which the audit, cell by cell, would have nothing to tell; all others it looks over."""

import re
from dataclasses import replace

import pytest
from alterations import KINDS, altered
from making import checked, filing, parts, patched, resaved, sheet_part
from openpyxl.styles import Font

from xltools.form.layout import CHECKS, COVER, GUIDE, layout_of
from xltools.ooxml import pattern as pattern_module
from xltools.ooxml.cells import TEXT_LIMIT
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.pattern import PatternedCells
from xltools.received import audit
from xltools.received.issued import issued_form
from xltools.received.untouched import untouched
from xltools.workbook.write import write_filing

NAME = "三、依申请公开"
FILLED = filing({"requests.new.natural": 5, "requests.granted.natural": 5}, texts={"problems": ("一段。", "二段。")})
CONTENT = write_filing(FILLED)
LAYOUT = layout_of(FILLED.form)


def known(content):
    """The sheets that nobody has touched, as far as is to be seen at once."""
    form = issued_form(FILLED.form, FILLED.agency.level, "filing", frozenset(), frozenset(),
                       FILLED.form.standing_for(FILLED.year))  # fmt: skip
    return untouched(open_workbook(content), form, LAYOUT)


def told(received):
    return [{**f.as_json(), "file": None, "message": re.sub(r"/tmp/\S+", "", f.message)} for f in received.findings]


def both(content, monkeypatch):
    """What is told of a file, and what where every sheet is looked over; all else that is read is the same."""
    at_once = checked(content)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "untouched", lambda *_: frozenset())
        looked_over = checked(content)
    same = {"path": at_once.path, "findings": []}
    assert replace(at_once, **same) == replace(looked_over, **same)
    return told(at_once), told(looked_over)


@pytest.mark.parametrize("save", [bytes, resaved], ids=["as issued", "by openpyxl"])
@pytest.mark.parametrize("figure", [0, 7, -7, "7件", "", "是", 12345, 3.5])
def test_whatever_stands_in_the_agency_s_cells_all_sheets_are_untouched(save, figure, monkeypatch):
    inputs = {} if isinstance(figure, str) else {"requests.new.natural": figure}
    typed = {"requests.new.natural": figure} if isinstance(figure, str) and figure else {}
    content = save(write_filing(filing(inputs, typed=typed, texts={"problems": ("一段。",)})))
    assert known(content) == set(LAYOUT.sheet_names) - {GUIDE}
    at_once, looked_over = both(content, monkeypatch)
    assert at_once == looked_over


def spot(item="requests.new.natural"):
    return LAYOUT.cell(item)


def book(change):
    """A change by way of openpyxl."""
    return lambda: resaved(CONTENT, change)


def put(sheet, cell, value):
    def change(book):
        book[sheet][cell].value = value

    return book(change)


def styled(sheet, cell, **looks):
    def change(book):
        for name, look in looks.items():
            setattr(book[sheet][cell], name, look)

    return book(change)


def raw(sheet, pattern, replacement):
    return lambda: patched(CONTENT, sheet_part(parts(CONTENT), sheet), pattern, replacement)


LABEL = next(label for label in LAYOUT.tables["requests"].labels if label.role == "row" and label.text)
TOTAL = next(f.id for f in FILLED.form.totals if f.section.id == "requests")
TOUCHES = {
    "a total typed over": (put(NAME, spot(TOTAL), 5), NAME),
    "a total's formula": (put(NAME, spot(TOTAL), "=1+1"), NAME),
    "a total gone": (put(NAME, spot(TOTAL), None), NAME),
    "a formula of 校验": (put(CHECKS, "E8", "=1"), CHECKS),
    "a formula where an input is": (put(NAME, spot(), "=2+3"), None),
    "a label": (put(NAME, LABEL.box.address.split(":")[0], "别的"), NAME),
    "a label with a space": (put(NAME, LABEL.box.address.split(":")[0], f" {LABEL.text}"), NAME),
    "a label that is a formula": (put(NAME, LABEL.box.address.split(":")[0], f'="{LABEL.text}"'), NAME),
    "a label gone": (put(NAME, LABEL.box.address.split(":")[0], None), NAME),
    "a label once more": (put(NAME, spot(), LABEL.text), NAME),
    "words beside": (put(NAME, "AZ60", "另记"), NAME),
    "words on the cover": (put(COVER, "A40", "另记"), COVER),
    "a figure beside": (put(NAME, "AZ60", 5), NAME),
    "inputs merged": (book(lambda b: b[NAME].merge_cells(f"{spot()}:{spot('requests.new.business')}")), NAME),
    "a row hidden": (book(lambda b: setattr(b[NAME].row_dimensions[b[NAME][spot()].row], "hidden", True)), NAME),
    "a row of no height": (book(lambda b: setattr(b[NAME].row_dimensions[b[NAME][spot()].row], "height", 1)), NAME),
    "a column hidden": (book(lambda b: setattr(b[NAME].column_dimensions[b[NAME][spot()].column_letter], "hidden", True)), NAME),
    "a total that shows nothing": (styled(NAME, spot(TOTAL), number_format=";;;"), NAME),
    "a total in thousands": (styled(NAME, spot(TOTAL), number_format="0,"), NAME),
    "a label that shows nothing": (styled(NAME, LABEL.box.address.split(":")[0], number_format=";;;"), NAME),
    "a label struck out": (styled(NAME, LABEL.box.address.split(":")[0], font=Font(strike=True)), NAME),
    "an input that shows nothing": (styled(NAME, spot(), number_format=";;;"), None),
    "protection lost": (book(lambda b: setattr(b[NAME].protection, "sheet", False)), None),
    "a sheet gone": (book(lambda b: b.remove(b[NAME])), NAME),
    "a sheet renamed": (book(lambda b: setattr(b[NAME], "title", "三")), NAME),
    "a sheet added": (book(lambda b: b.create_sheet("四")), None),
    "a sheet copied": (book(lambda b: b.copy_worksheet(b[NAME])), None),
    "a row put in": (book(lambda b: b[NAME].insert_rows(b[NAME][spot()].row)), NAME),
    "rules laid over": (raw(NAME, "<conditionalFormatting.*?</conditionalFormatting>", ""), None),
    "a value of a total": (raw(NAME, r"(</f><v>)5(</v>)", r"\g<1>6\2"), None),
}  # fmt: skip
"""What somebody did to a filing, and the sheet that is not untouched any more; none where it is not the print that was touched."""


@pytest.mark.parametrize("touch", TOUCHES)
def test_of_a_sheet_that_somebody_touched_the_same_is_told(touch, monkeypatch):
    make, sheet = TOUCHES[touch]
    content = make()
    assert content != CONTENT
    assert set(LAYOUT.sheet_names) - known(content) - {GUIDE} == ({sheet} if sheet else set())
    at_once, looked_over = both(content, monkeypatch)
    assert at_once == looked_over


def test_what_is_known_of_one_pattern_is_not_said_of_another_file(monkeypatch):
    """The same rows under other styles, beside other rules, after a file that was touched and one that was not."""
    contents = [
        CONTENT,
        *(TOUCHES[name][0]() for name in ("a total that shows nothing", "a column hidden", "inputs merged")),
    ]
    for content in (*contents, *reversed(contents)):
        at_once, looked_over = both(content, monkeypatch)
        assert at_once == looked_over


@pytest.mark.parametrize("name", KINDS)
def test_of_an_altered_file_the_same_is_told(name, monkeypatch):
    at_once, looked_over = both(altered(KINDS[name], 2).book.bytes(), monkeypatch)
    assert at_once == looked_over


# ── what a pattern holds ─────────────────────────────────────────────────────


def sheet(content=CONTENT):
    return open_workbook(content).sheet(NAME)


def test_a_sheet_of_a_pattern_says_what_the_same_sheet_cell_by_cell_says():
    found = sheet()
    assert isinstance(found, PatternedCells)
    made = found.cells
    assert set(found.spots) == set(made) and found.count == len(made)
    assert all(found.at(*spot) == cell for spot, cell in made.items())
    assert found.at(900, 900).text == "" and (900, 900) not in made
    empty = PatternedCells(found.frame, found.pattern, ["", *found.texts[1:]], {})
    first = found.pattern.spots[0]
    assert (first in set(empty.spots)) == bool(found.pattern.formulas[0]) == (first in empty.cells)
    assert empty.count == len(empty.cells)


@pytest.mark.parametrize(
    ("length", "kept"), [(0, True), (100, True), (TEXT_LIMIT // 2, True), (TEXT_LIMIT // 2 + 1, False)]
)
def test_a_text_that_is_long_is_looked_over_cell_by_cell(length, kept):
    found = sheet()
    texts = ["长" * length, *found.texts[1:]]
    if kept:
        assert PatternedCells(found.frame, found.pattern, texts, {}).texts[0] == texts[0]
    else:
        with pytest.raises(ValueError, match="long"):
            PatternedCells(found.frame, found.pattern, texts, {})


def test_patterns_are_kept_as_far_as_there_is_room(monkeypatch):
    kept = pattern_module._PatternsKept()
    monkeypatch.setattr(pattern_module, "read", lambda without: without)
    monkeypatch.setattr(pattern_module, "Pattern", lambda without, rows: (without, rows))
    size = pattern_module._ENOUGH - 1
    many = pattern_module._KEPT // size
    for n in range(many):
        kept[n.to_bytes(4, "big") * (size // 4)]
    assert len(kept) == many and kept.room >= 0
    for n in range(many, many + 3):
        kept[n.to_bytes(4, "big") * (size // 4)]
    assert 0 < len(kept) <= 3 and kept.room > 0, "begun anew"
    kept[b"x" * (pattern_module._ENOUGH + 1)]
    assert len(kept) <= 3, "the largest are never kept"
