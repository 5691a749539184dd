"""Last year's summary gives each agency the figures that it filed, by the check code that 上报情况 has of it, or none and says so."""

from dataclasses import replace
from pathlib import Path

import pytest
from followed import OLD, form_at_hand
from making import COUNTY, altered, checked, filing, opened, save, signoff_in, texts_of
from test_large_summaries import FORM, beside_of, few, lying, of_parts, ordinary, summary_of  # noqa: F401 - few is a fixture
from test_supplements import BEI, NAN, full

import xltools
from xltools.address import a1
from xltools.collection.previous import read_previous
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.form.model import Adjustment, Agency
from xltools.received.read import read_file
from xltools.season.parcel import parcel
from xltools.summary import data as data_sheets
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook import ledger
from xltools.workbook.write import write_filing

NEW, FEES = "requests.new.natural", "disclosure.fees.amount"
NEXT = FORM.inputs[[f.id for f in FORM.inputs].index(NEW) + 1].id
AT = {name: ledger.FIRST + [f.id for f in FORM.inputs].index(name) for name in (NEW, FEES)}


def of_four():
    return summary_of(
        [filing({NEW: n, FEES: 10**6 * n}, agency=Agency(f"0{n}", f"第{n}局", "department")) for n in range(1, 5)]
    )


def cell(n, name=NEW):
    return a1(ledger.TOP + n - 1, AT[name])


CHANGED = {
    "one figure": ({cell(2): 7}, "第2局"),
    "two exchanged": ({cell(1): 4, cell(4): 1}, "第1局、第4局"),
    "money": ({cell(3, FEES): 3.01}, "第3局"),
    "a nought taken out": ({a1(ledger.TOP, AT[NEW] + 1): None}, "第1局"),
    "a formula in its place": ({cell(4): ("=2+2", 5)}, "第4局"),
    "words in its place": ({cell(1): "很多"}, "第1局"),
    "two of one row exchanged": ({cell(2): 0, a1(ledger.TOP + 1, AT[NEW] + 1): 2}, "第2局"),
    "another code": ({a1(ledger.TOP, 0): "02"}, "第1局"),
    "every row": ({cell(n): 9 for n in range(1, 5)}, "第1局、第2局、第3局、第4局"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_figures_changed_in_last_years_summary_are_no_agencys(what, tmp_path):
    cells, names = CHANGED[what]
    content = altered(write_summary(of_four()), "明细", cells)
    found = read_previous([save(tmp_path / "去年.xlsx", content)])
    [told] = found.findings
    assert told.code == "previous-skipped" and f"“明细”里{names}的数改过" in told.message
    left = {code: found.filings[2023, code].inputs[NEW] for _, code in found.filings if code != COUNTY.code}
    assert left == {f"0{n}": n for n in range(1, 5) if f"第{n}局" not in names}


@pytest.mark.parametrize("what", CHANGED)
def test_figures_changed_in_a_summary_that_came_in_are_asked_about(what):
    """They were added up as if they had been filed, and nothing said so."""
    cells, names = CHANGED[what]
    received = checked(altered(write_summary(of_four()), "明细", cells))
    [told] = [f for f in received.findings if f.code == "summary-row-changed"]
    assert told.severity == "query" and f"“明细”里{names}的数改过" in told.message and not received.accepted


OWN = {
    "another figure": ({NEW: 99}, True),
    "money": ({NEW: 2, FEES: 2 * 10**6 + 1}, True),
    "a blank": ({NEW: None, FEES: 2 * 10**6}, True),
    "a nought": ({NEW: 0, FEES: 2 * 10**6}, True),
    "two exchanged": ({NEW: 0, FEES: 2 * 10**6, NEXT: 2}, True),
    "the same": ({NEW: 2, FEES: 2 * 10**6}, False),
}


@pytest.mark.parametrize("first", ["1.xlsx", "3.xlsx"])
@pytest.mark.parametrize("what", OWN)
def test_an_agencys_own_file_that_is_not_what_was_summed_is_not_taken_in_silence(what, first, tmp_path):
    """It won over the summary that was published, whatever it said."""
    figures, differs = OWN[what]
    save(tmp_path / "去年" / "2.xlsx", write_summary(of_four()))
    own = filing(figures, agency=Agency("02", "第2局", "department"), texts={"overview": ("它自己的。",)})
    save(tmp_path / "去年" / first, write_filing(own))
    found = read_previous([tmp_path / "去年"])
    assert ((2023, "02") in found.filings) != differs and len(found.filings) == 5 - differs
    assert ["02 的 2023 年度表不止一份，而且数不同" in f.message for f in found.findings] == [True] * differs
    assert differs or found.filings[2023, "02"].texts["overview"], "the file has more to say"


ISSUED = sorted((Path(__file__).parent / "data" / "issued").glob("*/汇总_*.xlsx"))


@pytest.mark.parametrize("path", ISSUED, ids=lambda path: path.parent.name)
def test_a_summary_of_an_earlier_layout_is_last_years_as_before(path):
    """Before the second one check codes were worked out otherwise."""
    found = read_previous([path])
    assert not found.findings and len(found.filings) == 1 + sum(m.counted for m in read_file(path).known.members)


ALONE = {
    "just as it is": {},
    "a name": {a1(ledger.TOP, 1): "改名的局"},
    "a cell below": {a1(ledger.TOP + 6, 1): "理由"},
}


@pytest.mark.parametrize("what", ALONE)
def test_what_is_no_figure_is_no_matter(what, tmp_path):
    found = read_previous([save(tmp_path / "去年.xlsx", altered(write_summary(of_four()), "明细", ALONE[what]))])
    assert not found.findings and len(found.filings) == 5


def test_where_no_code_is_said_the_figures_are_taken(tmp_path):
    content = write_summary(of_four())
    lines = checked(content).filing.members
    assert len(lines) == 4
    [at] = [c.column for row in opened(content)["上报情况"].iter_rows() for c in row if c.value == "校验码"]
    cells = {a1(row, at - 1): None for row in range(ledger.TOP - 1, ledger.TOP + 3)}
    found = read_previous([save(tmp_path / "去年.xlsx", altered(content, "上报情况", cells))])
    assert not found.findings and len(found.filings) == 5


@pytest.mark.parametrize("shape", [(1,), (2, 1), (3, 30)])
def test_a_summary_within_it_is_what_it_said_with_its_adjustments(shape, tmp_path):
    parts, _ = of_parts(shape)
    line = Adjustment("漏报", {NEW: 4})
    adjusted = [replace(part, inputs={**part.inputs, NEW: part.inputs[NEW] + 4}, adjustments=(line,)) for part in parts]
    found = read_previous([save(tmp_path / "去年.xlsx", write_summary(summary_of(adjusted)))])
    assert not found.findings and len(found.filings) == len(shape) + 1


def test_its_own_adjustments_change_no_agencys(tmp_path):
    whole = of_four()
    own = merge(whole.collection, whole.collection.roster, COUNTY,
                kept=replace(whole.filing, adjustments=(Adjustment("漏报", {NEW: 4}),)))  # fmt: skip
    found = read_previous([save(tmp_path / "去年.xlsx", write_summary(own))])
    assert not found.findings and found.filings[2023, COUNTY.code].values[NEW] == 14 and len(found.filings) == 5


def carrying(own, code):
    """A filing of a form with these supplements, each figure of theirs another."""
    form = load_form("old", own)
    theirs = [f.id for f in form.inputs if f.id.startswith("supplement.")]
    return full(form, code, **{name: int(code) * 10 + n for n, name in enumerate(theirs)})


@pytest.mark.parametrize("rivals", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_agencies_with_and_without_a_supplement_are_as_they_filed(rivals, beside, tmp_path, monkeypatch):
    """The code is that of the form which the agency had: what it was not asked for is no blank in it."""
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN, *([BEI] if rivals else [])):
        asked = [
            (),
            ("nan-2030",),
            ("bei-2030",) if rivals else (),
            ("bei-2030", "nan-2030") if rivals else ("nan-2030",),
        ]
        whole = summary_of([carrying(own, str(n)) for n, own in enumerate(asked, 1)], year=2030)
        if beside:
            monkeypatch.setattr(ledger, "LIST_LIMIT", 1)
            path = lying(tmp_path / "去年", whole, beside_of(whole))
        else:
            path = save(tmp_path / "去年" / "汇总表.xlsx", write_summary(whole))
        found = read_previous([path])
        assert not found.findings and len(found.filings) == 5
        for one in whole.included:
            kept = found.filings[2030, one.agency.code].inputs
            assert {name: kept[name] for name in one.inputs} == dict(one.inputs)
            assert all(figure is None for name, figure in kept.items() if name not in one.inputs)


def exchanged(rows, one, other, *columns):
    for column in columns:
        rows[one][column], rows[other][column] = rows[other][column], rows[one][column]


def in_order(rows, column):
    for row, figure in zip(rows[2:], sorted(row[column] for row in rows[2:]), strict=True):
        row[column] = figure


BESIDE = {
    "a figure for a figure": lambda rows: exchanged(rows, 2, 3, AT[NEW]),
    "all figures of two": lambda rows: exchanged(rows, 2, 4, *range(ledger.FIRST, len(rows[0]))),
    "two codes": lambda rows: exchanged(rows, 3, 5, 0),
    "two codes and names": lambda rows: exchanged(rows, 3, 5, 0, 1, 2),
    "one column put in order": lambda rows: in_order(rows, AT[NEW]),
    "one up, another down": lambda rows: (rows[2].__setitem__(AT[NEW], "0"), rows[3].__setitem__(AT[NEW], "8")),
}


@pytest.mark.parametrize("how", BESIDE)
def test_figures_beside_it_that_are_other_agencies_are_told_though_their_sums_are_right(how, few, tmp_path):  # noqa: F811
    figures = [6, 2, 5, 1, 4]
    whole = summary_of([filing({NEW: n}, agency=Agency(f"0{n}", f"第{n}局", "department")) for n in figures])
    rows = beside_of(whole)
    BESIDE[how](rows)
    found = read_previous([lying(tmp_path / "去年", whole, rows)])
    assert [f.code for f in found.findings] == ["file-failed"]
    assert "校验码不是“上报情况”里写的那一个" in found.findings[0].message
    assert [code for _, code in found.filings] == [COUNTY.code]


def test_rows_of_the_file_beside_it_may_stand_in_any_order(few, tmp_path):  # noqa: F811
    whole = ordinary()
    first, ids, *rows = beside_of(whole)
    found = read_previous([lying(tmp_path / "去年", whole, [first, ids, *rows[::-1]])])
    assert not found.findings and len(found.filings) == 6


WRONG = {
    "of an earlier day": lambda rows: rows[2].__setitem__(AT[NEW], "9"),
    "cut": lambda rows: rows.pop(),
    "of other agencies": lambda rows: exchanged(rows, 3, 5, 0),
    "put in order": lambda rows: in_order(rows, AT[NEW]),
    "none of it": lambda rows: rows.clear(),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_not_the_summarys_own_is_not_packed_with_it(how, few, tmp_path):  # noqa: F811
    whole = summary_of([filing({NEW: n}, agency=Agency(f"0{n}", f"第{n}局", "department")) for n in (6, 2, 5, 1, 4)])
    rows = beside_of(whole)
    path = lying(tmp_path, whole, rows)
    content, names, _ = parcel(path, whole.filing, {"报告.docx": b"x"})
    assert names == ["汇总表.xlsx", "报告.docx", "汇总表_明细.csv"]
    again = read_previous([save(tmp_path / "上报.zip", content)])
    assert not again.findings and len(again.filings) == 6, "and can be last year's as it is"
    WRONG[how](rows)
    with pytest.raises(XltoolsError, match=r"“汇总表_明细\.csv”"):
        parcel(lying(tmp_path, whole, rows), whole.filing, {})


def test_without_the_figures_that_it_says_lie_beside_it_nothing_is_packed(few, tmp_path):  # noqa: F811
    whole = ordinary()
    path = lying(tmp_path, whole, beside_of(whole))
    path.with_name("汇总表_明细.csv").unlink()
    with pytest.raises(XltoolsError, match=r"“汇总表_明细\.csv”里，没有找到"):
        parcel(path, whole.filing, {})


def test_figures_of_a_summary_that_needs_none_beside_it_stay_out(tmp_path):
    path = save(tmp_path / "汇总表.xlsx", write_summary(of_four()))
    save(tmp_path / "汇总表_明细.csv", b"of an earlier day")
    assert parcel(path, of_four().filing, {})[1:] == (["汇总表.xlsx"], [])


@pytest.fixture
def county(tmp_path, monkeypatch):
    """A merge of two townships, of which all that can lie beside it does, until one of them has no more."""
    agencies = [Agency("1101", "东镇", "township"), Agency("1102", "西镇", "township")]
    roster = ["单位代码,单位名称,层级,上级代码", "11,示例县,县,", *(f"{a.code},{a.name},乡镇,11" for a in agencies)]
    save(tmp_path / "名录.csv", "\n".join(roster).encode())
    for one in agencies:
        said = filing({}, agency=one, texts=texts_of(FORM), signoff=signoff_in(2023))
        save(tmp_path / "收" / f"{one.code}.xlsx", write_filing(said))

    def merged(lists=1, rows=1, **more):
        monkeypatch.setattr(ledger, "LIST_LIMIT", lists)
        monkeypatch.setattr(data_sheets, "_ROWS", rows)
        return xltools.merge(tmp_path / "收", roster=tmp_path / "名录.csv", output=tmp_path / "出" / "汇总.xlsx",
                             include_queried=True, **more)  # fmt: skip

    return merged


ENDINGS = {"_明细.csv", "_数据.csv", "_数据.parquet"}


@pytest.mark.parametrize(
    ("limits", "there"),
    [((10**9, 10**9), set()), ((1, 10**9), {"_明细.csv"}), ((10**9, 1), ENDINGS - {"_明细.csv"}), ((1, 1), ENDINGS)],
)
def test_what_lay_beside_the_summary_that_is_replaced_goes_with_it(limits, there, county, tmp_path):
    def beside():
        return {path.name.removeprefix("汇总") for path in (tmp_path / "出").iterdir()} - {".xlsx"}

    county()
    assert beside() == ENDINGS
    save(tmp_path / "出" / "别的_数据.csv", b"of another")
    done = county(*limits, force=True)
    assert beside() == there | {"别的_数据.csv"} and not done.hints


def test_what_cannot_be_taken_away_is_told_and_what_is_no_summarys_stays(county, tmp_path, monkeypatch):
    own = save(tmp_path / "出" / "汇总_数据.csv", b"of the office")
    county(10**9, 10**9, force=True)
    assert own.read_bytes() == b"of the office", "no summary was replaced"
    (tmp_path / "出" / "汇总.xlsx").unlink()
    county(force=True)

    def open_in_excel(path, **_):
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", open_in_excel)
    done = county(1, 10**9, force=True)
    assert "“汇总_数据.csv”、“汇总_数据.parquet”是以前那一份汇总表的，删不掉" in done.hints[0] and done.output.exists()
