"""Reports in the layouts that publishers, programs and sites give them: no figure is read wrong, hardly one is left out untold.

Each layout is tried on one of five tables here, ``python benchmarks/layouts.py`` tries all on all.
"""

from collections import Counter

import pytest
from report_layouts import LAYOUTS
from reports_made import printed
from test_ingest_formats import made

from xltools.ingest.report import Asked, import_report

TABLES = {
    "large": lambda: made("2021", 5),
    "small": lambda: made("2021", 2, big=3),
    "half blank": lambda: made("2021", 7, blank=0.3),
    "hardly anything": lambda: sparse(11),
    "the old edition's": lambda: made("2019", 3),
}
"""Five complete tables, by what is in them."""


def sparse(seed):
    """A filing as most towns have it: noughts, with a few small figures."""
    import random
    from dataclasses import replace

    chance = random.Random(seed)
    filing = made("2021", seed)
    return replace(filing, inputs={name: chance.choice((0,) * 12 + (1, 2, 31)) for name in filing.inputs})


def compared(layout, filing):
    """How many figures are placed right, wrong, told and left empty, or left empty without a word; and the texts."""
    write, file = LAYOUTS[layout]
    got = import_report(write(printed(filing)), file, Asked(filing.year, filing.agency.name, "1", "township"))
    assert got.filing is not None, [f.message for f in got.findings]
    told = {name for item in got.findings for name in item.related} | set(got.filing.typed)
    count = Counter()
    for name, value in filing.inputs.items():
        have = got.filing.inputs[name]
        if have == value:
            count["placed"] += value is not None
        else:
            count["wrong" if have is not None else "told" if name in told else "silent"] += 1
    return count, got


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_makes_a_figure_wrong(layout):
    names = list(TABLES)
    filing = TABLES[names[list(LAYOUTS).index(layout) % len(names)]]()
    count, got = compared(layout, filing)
    assert (count["wrong"], count["silent"]) == (0, 0)
    if "traditional" not in layout:
        assert got.filing.texts == filing.texts
    # Where blanks are lost with the layout itself, totals prove what they can.
    assert count["placed"] >= 0.98 * sum(count.values()) or None in filing.inputs.values()
