"""How far what is drawn over a sheet may reach, and figures of other containers that are too many or complain aloud."""

import os
from types import SimpleNamespace

import pytest
from lxml import etree

from xltools.ooxml import drawings, figures_only
from xltools.ooxml.cells import VAST_LIMIT
from xltools.ooxml.trees import Unreadable


def corner(name, row, column):
    return f"<{name}><col>{column}</col><row>{row}</row></{name}>"


@pytest.mark.parametrize(
    ("inside", "box"),
    [
        (corner("from", 2, 1) + corner("to", 5, 4), (2, 1, 5, 4)),
        (corner("from", 5, 4) + corner("to", 2, 1), (5, 4, 5, 4)),
        (corner("from", 2, 1) + '<ext cx="0" cy="0"/>', (2, 1, 2, 1)),
        (corner("from", 2, 1) + '<ext cx="{w}" cy="{h}"/>', (2, 1, 5, 3)),
        (corner("from", 2, 1), (2, 1, 2, 1)),
        (corner("from", 2, 1) + corner("to", 5, 4) + '<ext cx="{w}" cy="{h}"/>', (2, 1, 5, 4)),
        (corner("from", "x", 1), (0, 1, 0, 1)),
    ],
)
def test_the_cells_an_anchor_covers(inside, box):
    inside = inside.format(w=2 * drawings._NARROWEST, h=3 * drawings._LOWEST)
    found = drawings._box(etree.fromstring(f"<anchor>{inside}</anchor>"))
    assert (found.top, found.left, found.bottom, found.right) == box


@pytest.mark.parametrize("inside", ["", '<ext cx="1" cy="1"/>', " "])
def test_an_anchor_without_corners_may_cover_all(inside):
    assert drawings._box(etree.fromstring(f"<anchor>{inside}</anchor>")) == drawings._EVERYWHERE


def test_a_size_that_cannot_be_read_is_larger_than_any_form():
    found = drawings._box(etree.fromstring(f'<anchor>{corner("from", 2, 1)}<ext cx="weit" cy="?"/></anchor>'))
    assert found.bottom > 5_000 and found.right > 5_000
    assert drawings._size("") == 0 and drawings._size("12") == 12 and drawings._size("x") == 10**9


@pytest.mark.parametrize(
    ("xml", "reaches"),
    [
        ('<xfrm rot="0"/>', False),
        ('<xfrm rot="10800000"/>', False),
        ('<xfrm rot=" -10800000 "/>', False),
        ('<xfrm rot="5400000"/>', True),
        ("<xfrm/>", False),
        ("<ln/>", False),
        (f'<ln w="{drawings._THICK}"/>', False),
        (f'<ln w="{drawings._THICK + 1}"/>', True),
        ('<ln w="breit"/>', True),
        (f'<other w="{drawings._THICK + 1}"/>', False),
    ],
)
def test_what_is_seen_outside_its_corners(xml, reaches):
    assert drawings._reaches(etree.fromstring(xml)) == reaches


@pytest.mark.parametrize(
    ("rows", "columns", "refused"),
    [(1, 1, False), (VAST_LIMIT, 1, False), (1, VAST_LIMIT, False), (VAST_LIMIT + 1, 1, True), (VAST_LIMIT // 2 + 1, 2, True)],
)  # fmt: skip
def test_an_area_too_vast_to_be_gone_over_is_refused(rows, columns, refused):
    sheet = SimpleNamespace(end=(rows - 1, columns - 1), to_python=lambda **_: [], merged_cell_ranges=None)
    if refused:
        with pytest.raises(Unreadable):
            figures_only._figures(sheet)
    else:
        assert figures_only._figures(sheet).cells == {}


def test_what_a_library_says_when_it_fails_is_kept_off_the_screen(capfd):
    with figures_only._hushed():
        os.write(2, b"panicked at")
    os.write(2, "之后".encode())
    assert capfd.readouterr().err == "之后"
