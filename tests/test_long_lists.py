"""Long lists on a sheet: written row by row into the file, and yet cells like all others."""

import pytest
from making import opened, parts

from xltools.address import Box
from xltools.ooxml.book import Book

ROWS = [(f"甲 {n}<&>", n, None if n % 2 else n / 3, "") for n in range(100)]
STYLES = ("cell_left", "cell_number", "cell_number", "data")


def book_with(write):
    book = Book({}, "表", 2023)
    out = book.sheet("表")
    out.put((0, 0), "甲 5<&>", "title_left")
    write(out)
    return book.bytes()


def one_by_one(out, top=3):
    for row, values in enumerate(ROWS, top):
        for column, (value, style) in enumerate(zip(values, STYLES, strict=True)):
            out.put((row, column), value, style)


def as_list(out, top=3):
    out.rows(top, len(ROWS), iter(ROWS), STYLES)


def cells(content):
    return [
        [(c.coordinate, c.value, c.data_type, c.style_id, c.protection.locked) for c in row]
        for row in opened(content)["表"]
    ]


def around(write):
    def written(out):
        out.put(Box(103, 0, 103, 2), "下面", "note")
        write(out)
        out.put((110, 1), 7, "cell_number")
        out.filter(2, 102, 3)
        out.finish(freeze=(3, 0))

    return written


@pytest.mark.parametrize("dressed", [lambda write: write, around])
def test_a_list_is_the_same_cells_as_one_by_one(dressed):
    one, other = book_with(dressed(one_by_one)), book_with(dressed(as_list))
    assert cells(one) == cells(other)
    assert opened(one)["表"].dimensions == opened(other)["表"].dimensions


def test_the_same_list_gives_the_same_bytes():
    assert book_with(around(as_list)) == book_with(around(as_list))


def test_heights_follow_the_rows():
    sheet = opened(book_with(lambda out: out.rows(1, 2, [("甲",), ("乙",)], ("cell",), lambda row: 20.5)))["表"]
    assert [sheet.row_dimensions[n].height for n in (1, 2, 3)] == [None, 20.5, 20.5]


def test_two_lists_on_one_sheet_and_a_text_of_another_sheet_shared():
    book = Book({}, "表", 2023)
    out = book.sheet("表")
    out.rows(5, 1, [("同",)], ("cell",))
    out.rows(1, 1, [("同",)], ("cell",))
    book.sheet("另").put((0, 0), "同", "cell")
    content = book.bytes()
    assert [opened(content)["表"][c].value for c in ("A2", "A6")] == ["同", "同"]
    assert parts(content)["xl/sharedStrings.xml"].count("同".encode()) == 1


@pytest.mark.parametrize("count", [0, 99, 101])
def test_another_number_of_rows_than_announced_is_refused(count):
    def wrong(out):
        out.rows(3, count or 1, iter(ROWS if count else ()), STYLES)

    with pytest.raises(ValueError, match="announced"):
        book_with(wrong)


def test_what_a_sheet_or_a_cell_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="a sheet has"):
        book_with(lambda out: out.rows(3, 2**20, (), STYLES))
    for text in ("长" * 32768, "😀" * 16384):
        with pytest.raises(ValueError, match="a cell holds"):
            book_with(lambda out, text=text: out.rows(3, 1, [(text,)], ("cell",)))


def test_a_list_without_any_heading_is_refused():
    book = Book({}, "表", 2023)
    book.sheet("表").rows(0, 1, [("甲",)], ("cell",))
    with pytest.raises(ValueError, match="heading"):
        book.bytes()
