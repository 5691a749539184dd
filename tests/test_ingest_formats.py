"""Reports made up in the official tables, in every shape a report comes in, both editions: read back figure for figure."""

import random

import pytest
from reports_made import (
    as_docx,
    as_html,
    as_text,
    barred,
    barred_by_lines,
    barred_lossy,
    one_a_line,
    printed,
    spaced,
)

from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.ingest.report import Asked, import_report

TOWN = Agency("0101", "青山镇人民政府", "township")
TEXTS = {
    "overview": ("（一）主动公开。全年公开政府信息 120 条。", "（二）依申请公开。全年收到申请 3 件。", "1.加强管理。"),
    "problems": ("一是公开不够及时；二是解读不够。", "下一步，加强培训。"),
    "other": ("本年度没有收取信息处理费。",),
}
YEARS = {"2019": 2020, "2021": 2023}
SHAPES = {
    "lines": lambda report: (as_text(report, one_a_line).encode(), "a.txt"),
    "bars": lambda report: (as_text(report, barred).encode("gb18030"), "a.txt"),
    "bars by lines": lambda report: (as_text(report, barred_by_lines).encode("utf-16"), "a.txt"),
    "spaces": lambda report: (as_text(report, spaced).encode(), "a.txt"),
    "page": lambda report: (as_html(report).encode(), "a.html"),
    "Word": lambda report: (as_docx(report), "a.docx"),
}


def made(edition, seed, blank=0.0, big=3000):
    """A filing with figures in it, some of them blank: its own sums and balances hold."""
    chance = random.Random(seed)
    form = load_form(edition)
    inputs = {}
    for item in form.inputs:
        inputs[item.id] = None if chance.random() < blank else chance.choice((0, 0, 1, 2, 7, 35, chance.randrange(big)))
        if item.type == "money" and inputs[item.id]:
            inputs[item.id] = chance.randrange(10**9)
        if item.type == "signed" and inputs[item.id]:
            inputs[item.id] *= chance.choice((1, -1))
    return Filing(form, TOWN, YEARS[edition], inputs=inputs, texts=TEXTS)


def read(filing, shape, name=""):
    content, file = SHAPES[shape](printed(filing, name))
    return import_report(content, file, Asked(code="0101"))


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_report_reads_back_as_it_was(edition, shape):
    filing = made(edition, 1)
    got = read(filing, shape)
    assert got.filing is not None, [f.message for f in got.findings]
    assert got.filing.values == filing.values
    assert (got.filing.agency, got.filing.year, got.filing.texts) == (TOWN, YEARS[edition], TEXTS)
    assert {f.code for f in got.findings} <= {"import-inferred", "import-unit", "import-prose"}


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("shape", ["bars", "bars by lines", "page", "Word"])
@pytest.mark.parametrize("seed", range(4))
def test_empty_cells_stay_empty_where_they_are_shown(edition, shape, seed):
    filing = made(edition, seed, blank=0.3)
    got = read(filing, shape)
    wrong = {k: (v, got.filing.inputs[k]) for k, v in filing.inputs.items() if got.filing.inputs[k] != v}
    assert not wrong


SHAPES["bars, blanks lost"] = lambda report: (as_text(report, barred_lossy).encode(), "a.txt")


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("shape", ["lines", "spaces", "bars, blanks lost"])
@pytest.mark.parametrize("seed", range(12))
def test_figures_never_shift_where_blanks_were_lost(edition, shape, seed):
    """A figure is where it was, or left out and listed: none is anywhere else."""
    filing = made(edition, seed, blank=(0.02, 0.1, 0.4)[seed % 3])
    got = read(filing, shape)
    listed = {f for item in got.findings if item.code == "import-unplaced" for f in item.related}
    for name, value in filing.inputs.items():
        have = got.filing.inputs[name]
        assert have == value or (have is None and name in listed), (name, value, have)
