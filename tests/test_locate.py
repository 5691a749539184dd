"""Rows and columns put in, taken out, moved, renamed: where the form's lines are found, to the line, without a file in between."""

from collections import Counter
from itertools import pairwise

import pytest

from xltools.editions import load_form
from xltools.form.layout import TABLE_TOP, layout_of
from xltools.ooxml.cells import Cell, SheetCells
from xltools.received.locate import AS_ISSUED, locate

SHEETS = {
    (edition, sheet.section.id): sheet
    for edition in ("2019", "2021")
    for sheet in layout_of(load_form(edition)).tables.values()
}
REQUESTS, DISPUTES = SHEETS["2021", "requests"], SHEETS["2021", "disputes"]
every_sheet = pytest.mark.parametrize("sheet", SHEETS.values(), ids=map("-".join, SHEETS))


def issued(sheet):
    """The sheet as issued and filled in, by row and column."""
    cells = {(m.box.top, m.box.left): Cell("text", m.text) for m in sheet.landmarks}
    return cells | {(box.top, box.left): Cell("number", "7") for box in sheet.boxes.values()}


def shifted(cells, axis, at, by):
    """With lines put in before one, or that one taken out."""
    found = {}
    for spot, cell in cells.items():
        if by < 0 and spot[axis] == at:
            continue
        moved = list(spot)
        moved[axis] += by * (spot[axis] >= at)
        found[tuple(moved)] = cell
    return found


def exchanged(cells, axis, one, other):
    """With two lines in each other's place."""
    names = {one: other, other: one}
    return {tuple(names.get(n, n) if a == axis else n for a, n in enumerate(spot)): c for spot, c in cells.items()}


def located(sheet, cells):
    return locate(sheet, SheetCells(cells))


def figures(sheet, axis):
    """The lines with figures on them."""
    return sorted({(box.top, box.left)[axis] for box in sheet.boxes.values()})


def lines(sheet, axis):
    return range((sheet.last_row, sheet.last_column)[axis] + 1)


# ── as issued ────────────────────────────────────────────────────────────────


@every_sheet
def test_a_sheet_as_issued_needs_no_looking_for(sheet):
    assert located(sheet, issued(sheet)) is AS_ISSUED
    far = issued(sheet) | {(60, 1): Cell("text", "谢谢"), (61, 0): Cell("number", "3")}
    assert located(sheet, far) is AS_ISSUED


@every_sheet
def test_labels_altered_where_they_stand_move_nothing(sheet):
    cells = issued(sheet)
    for label in sheet.labels[::3]:
        if label.text:
            cells[label.box.top, label.box.left] = Cell("text", "改过的字")
    assert located(sheet, cells) is AS_ISSUED


@every_sheet
def test_more_than_half_of_the_labels_in_place_show_a_sheet_as_issued(sheet):
    marks = [(m.box.top, m.box.left) for m in sheet.landmarks]
    for count in (len(marks) // 3, *range(len(marks) // 2 - 1, len(marks) // 2 + 2), 3 * len(marks) // 5):
        cells = issued(sheet) | dict.fromkeys(marks[:count], Cell("text", "改过的字"))
        assert (located(sheet, cells) is AS_ISSUED) == (2 * (len(marks) - count) > len(marks))


# ── put in ───────────────────────────────────────────────────────────────────


@every_sheet
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("count", [1, 2])
def test_lines_put_in_are_the_new_ones_and_every_other_is_found(sheet, axis, count):
    alone = {n for n in figures(sheet, 0) if not any(m.box.top == n and m.text for m in sheet.labels)}
    for at in lines(sheet, axis)[axis == 0 :]:
        if axis == 0 and at in alone:
            continue  # above a row without a label of its own nothing tells that one was put in
        places = located(sheet, shifted(issued(sheet), axis, at, count))
        own, across = places.axes[axis], places.axes[1 - axis]
        found = {n: n + count * (n >= at) for n in lines(sheet, axis)}
        assert {n: own.found.get(n) for n in found if n} == {n: there for n, there in found.items() if n}
        top = TABLE_TOP if axis == 0 else 0
        assert own.new == tuple(n for n in range(at, at + count) if n >= top), at
        assert (own.lost, own.moved, across.lost, across.new, across.moved) == ((), (), (), (), ())
        assert all(across.found[n] == n for n in lines(sheet, 1 - axis))
        assert (own.kind, across.kind) == (("row", "column"), ("column", "row"))[axis]


# ── taken out ────────────────────────────────────────────────────────────────


@every_sheet
@pytest.mark.parametrize("axis", [0, 1])
def test_a_line_taken_out_is_lost_and_no_other_with_figures_is(sheet, axis):
    labelled = {(m.box.top, m.box.left)[axis] for m in sheet.labels if m.text}
    for at in figures(sheet, axis):
        if at not in labelled:
            continue
        places = located(sheet, shifted(issued(sheet), axis, at, -1))
        own, across = places.axes[axis], places.axes[1 - axis]
        assert own.lost == (at,) and own.new == () and own.moved == ()
        assert all(own.found[n] == n - (n > at) for n in figures(sheet, axis) if n != at)
        assert all(across.found[n] == n for n in figures(sheet, 1 - axis))


@every_sheet
@pytest.mark.parametrize("axis", [0, 1])
def test_whatever_line_is_taken_out_no_figure_is_looked_for_in_a_wrong_place(sheet, axis):
    for at in lines(sheet, axis):
        places = located(sheet, shifted(issued(sheet), axis, at, -1))
        if places.as_issued:
            assert at >= figures(sheet, axis)[0] - 1 and axis == 0
            continue
        own, across = places.axes[axis], places.axes[1 - axis]
        assert at in own.lost and all(n in own.lost or own.found[n] == n - (n > at) for n in figures(sheet, axis))
        assert all(n in across.lost or across.found[n] == n for n in figures(sheet, 1 - axis))


# ── moved ────────────────────────────────────────────────────────────────────


def rows_with_labels_of_their_own(sheet):
    return [m.box.top for m in sheet.labels if m.role == "row" and m.box.top == m.box.bottom and m.text]


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_rows_in_each_other_s_place_are_found_by_their_labels(edition):
    sheet = SHEETS[edition, "requests"]
    rows = sorted(set(rows_with_labels_of_their_own(sheet)) & set(figures(sheet, 0)))
    swapped = 0
    for one, other in pairwise(rows):
        heads = [[m.box for m in sheet.labels if m.box.top == n and m.text] for n in (one, other)]
        if any(len(boxes) > 1 or boxes[0].bottom > boxes[0].top for boxes in heads):
            continue  # the first of a group has the group's heading beside it
        places = located(sheet, exchanged(issued(sheet), 0, one, other))
        assert (places.rows.found[one], places.rows.found[other]) == (other, one)
        assert len(places.rows.moved) == 1 and places.rows.moved[0] in (one, other) and places.rows.lost == ()
        assert all(places.rows.found[n] == n for n in rows if n not in (one, other))
        swapped += 1
    assert swapped > 5


@pytest.mark.parametrize("line", [n for n in sorted(rows_with_labels_of_their_own(REQUESTS)) if n < REQUESTS.last_row])
def test_a_row_moved_to_the_end_is_told_as_moved(line):
    last = REQUESTS.last_row
    cells = issued(REQUESTS)
    below = {(last + 1, column): cell for (row, column), cell in cells.items() if row == line}
    places = located(REQUESTS, shifted(cells | below, 0, line, -1))
    assert (
        places.rows.found[line] == last and places.rows.moved == (line,) and places.rows.lost == places.rows.new == ()
    )
    assert all(places.rows.found[n] == n - (n > line) for n in rows_with_labels_of_their_own(REQUESTS) if n != line)


@every_sheet
def test_columns_in_each_other_s_place_are_found_by_their_headings(sheet):
    for one, other in [*pairwise(figures(sheet, 1)), *pairwise(figures(sheet, 1)[::3])]:
        places = located(sheet, exchanged(issued(sheet), 1, one, other))
        found = {n: n for n in lines(sheet, 1)} | {one: other, other: one}
        assert {n: there for n, there in places.columns.found.items() if n in figures(sheet, 1)} == {
            n: there for n, there in found.items() if n in figures(sheet, 1)
        }
        assert (places.columns.lost, places.columns.new, places.rows.moved, places.rows.lost) == ((), (), (), ())


@pytest.mark.parametrize(
    ("edition", "section", "one", "other", "moved"),
    [("2021", "requests", 3, 4, 3), ("2021", "requests", 4, 5, 5), ("2019", "requests", 7, 8, 8), ("2019", "requests", 8, 9, 8),
     ("2021", "disputes", 9, 10, 9), ("2021", "disputes", 5, 6, 6), ("2021", "disclosure", 1, 2, 2), ("2019", "disclosure", 0, 1, 0),
     ("2021", "disputes", 12, 14, 13)],
)  # fmt: skip
def test_of_two_columns_exchanged_that_is_told_as_moved_which_bears_less(edition, section, one, other, moved):
    """The headings that a column alone bears, and those of groups that begin in it."""
    places = located(SHEETS[edition, section], exchanged(issued(SHEETS[edition, section]), 1, one, other))
    assert moved in places.columns.moved and (one, other)[moved == one] not in places.columns.moved[:1]


def test_a_column_is_found_by_what_is_left_of_its_headings():
    """A row of headings is gone, one more is blank, and two columns stand in each other's place: half of its words show the other."""
    sheet = SHEETS["2021", "disclosure"]
    cells = issued(sheet)
    del cells[next((m.box.top, m.box.left) for m in sheet.labels if m.text == "本年废止件数")]
    places = located(sheet, exchanged(shifted(cells, 0, 6, -1), 1, 1, 2))
    assert (places.columns.found[1], places.columns.found[2], places.columns.moved) == (2, 1, (2,))
    assert places.rows.lost == (6,)


# ── altered, and elsewhere ───────────────────────────────────────────────────


def alone_on_its_line(sheet, axis):
    """The labels that stand alone on a row or column with figures, between others: none beside them tells of the line."""
    at = [((m.box.top, m.box.left)[axis], (m.box.top, m.box.left)) for m in sheet.landmarks if m.text]
    count = Counter(line for line, _ in at)
    own = sorted(line for line, _ in at if count[line] == 1 and line in figures(sheet, axis))
    return {line: spot for line, spot in at if line in own and {line - 1, line + 1} <= set(lines(sheet, axis))}


@every_sheet
@pytest.mark.parametrize("axis", [0, 1])
def test_a_line_under_words_of_their_own_stands_between_its_neighbours_and_one_under_none_is_lost(sheet, axis):
    """Its label was written over; a line was put in far above, so that lines are looked for at all."""
    for line, spot in alone_on_its_line(sheet, axis).items():
        altered = issued(sheet) | {spot: Cell("text", "自己写的")}
        places = located(sheet, shifted(altered, axis, 1 - axis, 2))
        own = places.axes[axis]
        assert own.found.get(line) == line + 2 and own.lost == () and own.moved == ()
        blank = {at: cell for at, cell in issued(sheet).items() if at != spot and at[axis] != line}
        own = located(sheet, shifted(blank, axis, 1 - axis, 2)).axes[axis]
        assert own.lost == (line,) and line + 2 in own.new
        apart = shifted(
            shifted(altered, axis, line, 1), axis, line + 2, 1
        )  # its neighbours are not as near as they were
        own = located(sheet, apart).axes[axis]
        assert line in own.lost and all(own.found[n] == n + 2 for n in figures(sheet, axis) if n > line)


# ── in doubt ─────────────────────────────────────────────────────────────────


def test_a_row_under_another_row_s_label_is_not_read():
    """The label of one row written over that of another, and a row put in, so that it is looked for at all."""
    rows = rows_with_labels_of_their_own(REQUESTS)
    one, other = rows[4], rows[6]
    label = {
        n: next(m for m in REQUESTS.labels if m.role == "row" and m.box.top == m.box.bottom == n) for n in (one, other)
    }
    cells = issued(REQUESTS)
    cells[one, label[one].box.left] = Cell("text", label[other].text)
    places = located(REQUESTS, shifted(cells, 0, rows[0], 1))
    assert one in places.rows.lost and one not in places.rows.found
    assert all(places.rows.found[n] == n + 1 for n in rows if n not in (one, other))


@pytest.mark.parametrize("edition", ["2019", "2021"])
@pytest.mark.parametrize("heading", ["其他结果", "结果纠正", "尚未审结"])
def test_a_column_under_its_own_heading_and_another_s_is_not_read(edition, heading):
    """Over 结果维持, where the group's heading stood, another column's heading."""
    sheet = SHEETS[edition, "disputes"]
    group = next(m for m in sheet.labels if m.text == "行政复议")
    cells = issued(sheet) | {(group.box.top, group.box.left): Cell("text", heading)}
    places = located(sheet, shifted(cells, 1, sheet.last_column, 1))
    assert group.box.left in places.columns.lost


def test_a_group_s_heading_exchanged_takes_all_its_rows_out_of_sight():
    """（三）不予公开 over the rows of （四）无法提供, and the other way round."""
    groups = [m for m in REQUESTS.labels if m.role == "row" and m.box.bottom > m.box.top and m.box.left == 1]
    one, other = groups[0], groups[1]
    cells = issued(REQUESTS)
    cells[one.box.top, one.box.left] = Cell("text", other.text)
    cells[other.box.top, other.box.left] = Cell("text", one.text)
    places = located(REQUESTS, cells)
    for group in (one, other):
        assert set(range(group.box.top, group.box.bottom + 1)) <= set(places.rows.lost)
    outside = set(rows_with_labels_of_their_own(REQUESTS)) - {
        n for g in (one, other) for n in range(g.box.top, g.box.bottom + 1)
    }
    assert all(places.rows.found[n] == n for n in outside)


def test_nothing_is_found_where_nothing_is_printed():
    places = located(REQUESTS, {(3, 3): Cell("number", "5")})
    assert not places.as_issued and places.of(10, 4) is None
    assert set(places.rows.lost) == set(lines(REQUESTS, 0)) and set(places.columns.lost) == set(lines(REQUESTS, 1))


def test_a_number_is_no_label():
    cells = {spot: Cell("number", cell.value) for spot, cell in issued(DISPUTES).items()}
    assert located(DISPUTES, cells).rows.found == {}
