"""Summaries of thousands of agencies: written list by list, read back row by row, refused where they are broken."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas
import pytest
from making import AGENCIES, COUNTY, altered, checked, codes, filing, opened, packed, parts, patched, sheet_part
from pyarrow import parquet

from xltools import archives
from xltools.characters import visible
from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.previous import read_previous
from xltools.collection.roster import Entry, Roster
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.figures import printed
from xltools.findings import finding
from xltools.form.model import Adjustment, Agency, Filing, Member
from xltools.ooxml import package, streamed
from xltools.ooxml.streamed import Blocks
from xltools.outputs import write_whole
from xltools.received import taken_apart
from xltools.received.file import Received
from xltools.summary import beside, issues, merge, writing
from xltools.summary import data as data_sheets
from xltools.summary.writing import write_summary
from xltools.workbook import ledger, standings
from xltools.workbook.ledger import figures_beside

FORM = load_form("2021")


def summary_of(filings, year=2023):
    """The summary workbook of filings as if their files had been received."""
    received = [Received(Path(f"{f.agency.code}.xlsx"), f"{n:064x}", "original", f) for n, f in enumerate(filings)]
    roster = Roster((Entry(COUNTY), *(Entry(f.agency, COUNTY.code) for f in filings)))
    counted = {r.filing.agency.code: r for r in received}
    return merge(Collection(received, year, roster, counted=counted), roster, COUNTY)


@pytest.fixture(scope="module")
def small():
    """The file of a small summary, and the part of its 明细."""
    content = write_summary(summary_of([filing({}, agency=agency) for agency in AGENCIES]))
    return content, sheet_part(parts(content), "明细")


def test_thousands_of_agencies_come_back_figure_for_figure(tmp_path):
    count = 3400  # more than half a million figures, and 数据 of over 200 MB as it is unpacked
    inputs = dict.fromkeys((f.id for f in FORM.inputs), 3)
    one = Agency("1", "第一局", "department")
    filings = [
        Filing(FORM, Agency(f"{n:05d}", f"第{n}局", "township"), 2023, inputs={**inputs, "requests.new.natural": n})
        for n in range(count - 1)
    ] + [Filing(FORM, one, 2023, inputs=inputs)]
    whole = summary_of(filings)
    path = tmp_path / "汇总表.xlsx"
    path.write_bytes(write_summary(whole))
    received = checked(path.read_bytes())
    assert received.verdict == "original" and received.filing.values == whole.filing.values
    assert [m.agency for m in received.filing.members] == [f.agency for f in filings]
    found = read_previous([path]).filings
    assert len(found) == count + 1 and found[2023, "00777"].inputs == filings[777].inputs


def rows_of(content):
    """The rows of 数据, as values."""
    return [[cell.value for cell in row] for row in opened(content)["数据"].iter_rows(min_row=4)]


def money_and_blanks(most=123_456_789_012_345_678):
    """A summary of money to the 分, of blanks, names that Excel takes for formulas, and an adjustment."""
    names = ("=1+1局", "甲“乙”,丙局", "丁局\n", "-戊局", "己局")
    figures = ({"disclosure.fees.amount": most + n, "requests.new.natural": None if n else 0} for n in range(5))
    filings = [
        Filing(FORM, Agency(f"0{n}", name, "department"), 2023, inputs={f.id: 0 for f in FORM.inputs} | one)
        for n, (name, one) in enumerate(zip(names, figures, strict=True))
    ]
    return summary_of(filings)


def test_very_many_figures_stand_beside_the_workbook_which_says_so(monkeypatch):
    whole = money_and_blanks()
    inside = rows_of(write_summary(whole))
    assert not list(data_sheets.beside(whole)) and len(inside) == 5 * len(FORM.fields)
    monkeypatch.setattr(data_sheets, "_ROWS", 300)
    content = write_summary(whole, name="汇总表")
    [[said, *_]] = rows_of(content)
    assert "“汇总表_数据.csv”" in said and str(len(inside)) in said
    assert checked(content).verdict == "original"
    files = {ending: b"".join(pieces) for ending, pieces in data_sheets.beside(whole)}
    table = list(csv.reader(io.StringIO(files["_数据.csv"].decode("utf-8-sig"))))
    assert table[0] == [cell.value for cell in opened(content)["数据"][3]]
    assert [row[5] for row in table[1:]] == [row[5] for row in inside]
    assert [row[7] for row in table[1:]] == [f"{v:f}" if v is not None else "" for v in exact_values(whole)]
    assert {row[2] for row in table[1:]} >= {"'=1+1局", "'-戊局", "甲“乙”,丙局"}
    frame = pandas.read_parquet(io.BytesIO(files["_数据.parquet"]))
    assert list(frame.columns) == table[0] and len(frame) == len(inside)
    assert [None if v is None else Decimal(v) for v in frame["数值"]] == exact_values(whole)


@pytest.mark.parametrize(
    ("batch", "group", "groups"), [(50, 10, 1), (1, 1, 5), (1, 2, 3), (2, 1, 3), (2, 2, 2), (3, 5, 1)]
)
def test_however_many_are_one_group_the_rows_are_the_same(monkeypatch, batch, group, groups):
    whole = money_and_blanks()
    monkeypatch.setattr(data_sheets, "_ROWS", 300)
    monkeypatch.setattr(beside, "_BATCH", batch)
    monkeypatch.setattr(beside, "_GROUP", group)
    files = {ending: b"".join(pieces) for ending, pieces in data_sheets.beside(whole)}
    file = parquet.ParquetFile(io.BytesIO(files["_数据.parquet"]))
    rows = [[str(value) for value in row.values()] for row in file.read().to_pylist()]
    told = [*csv.reader(io.StringIO(files["_数据.csv"].decode("utf-8-sig")))][1:]
    assert file.num_row_groups == groups and [row[5] for row in rows] == [row[5] for row in told]
    assert [Decimal(row[7]) if row[7] != "None" else None for row in rows] == exact_values(whole)


def exact_values(whole):
    return [
        None if (v := f.values[name]) is None else printed(v, field.type)
        for f in whole.included
        for name, field in FORM.fields.items()
    ]


def of_parts(shape, states=("accepted",)):
    """A summary of summaries, of so many agencies each."""
    parts = [
        Filing(FORM, Agency(f"C{n}", f"第{n}县", "county"), 2023, "summary", {f.id: n for f in FORM.inputs},
               members=tuple(Member(Agency(f"{n}-{k}", f"第{n}县第{k}镇", "township"), states[k % len(states)],
                                    states[k % len(states)] == "accepted") for k in range(count)))
        for n, count in enumerate(shape)
    ]  # fmt: skip
    return parts, summary_of(parts)


@pytest.mark.parametrize("shape", [(1,), (2, 1), (3, 300), (40, 1, 40), (1, 1, 1, 1, 9)])
def test_agencies_beneath_parts_are_read_back_and_not_kept_while_they_are_written(shape, monkeypatch):
    kept = {}

    def watched(book, lines, status):
        standings.write_standings(book, lines, status)
        sheet = next(s for s in book._workbook.worksheets() if s.name == "上报情况")
        kept["rows"] = len(sheet.table)

    monkeypatch.setattr(writing, "write_standings", watched)
    parts, whole = of_parts(shape, ("accepted", "missing", "returned"))
    received = checked(write_summary(whole))
    assert received.verdict == "original" and received.filing.members == whole.filing.members
    assert [m.agency for m in received.filing.members] == [m.agency for part in parts for m in part.members]
    assert kept["rows"] == len(shape) + standings.TOP


@pytest.mark.parametrize("count", [1, 2, 7])
def test_rows_printed_by_blocks_are_the_rows_one_by_one(count, monkeypatch):
    whole = summary_of(
        [filing({"requests.new.natural": n}, agency=Agency(f"{n}", f"<{n}>&局", "county")) for n in range(count)]
    )
    by_blocks = write_summary(whole)
    monkeypatch.setattr(data_sheets, "Blocks", lambda blocks: iter(Blocks(blocks)))
    assert write_summary(whole) == by_blocks


def ordinary():
    """A summary of five agencies, of money to the 分 that a cell holds in all, of blanks and strange names."""
    return money_and_blanks(12_345_678_901)


def with_two_lines():
    """A summary of five agencies, of money, blanks and strange names, with two lines of adjustments."""
    whole = ordinary()
    lines = (Adjustment("漏报", {"requests.new.natural": 4}), Adjustment("多报", {"disclosure.fees.amount": -7}))
    return merge(whole.collection, whole.collection.roster, COUNTY, kept=replace(whole.filing, adjustments=lines))


@pytest.fixture
def few(monkeypatch):
    """As if no list could have more than three agencies' cells."""
    monkeypatch.setattr(ledger, "LIST_LIMIT", 3 * (ledger.FIRST + len(FORM.inputs)))


@pytest.mark.parametrize("made", [ordinary, with_two_lines])
def test_more_agencies_than_a_list_holds_stand_beside_the_workbook(made, request, tmp_path):
    whole = made()
    known = checked(write_summary(whole, name="汇总表")).filing
    inside = [[*row] for row in opened(write_summary(whole))["明细"].iter_rows(min_row=3, values_only=True)]
    request.getfixturevalue("few")
    content = write_summary(whole, name="汇总表")
    received = checked(content)
    assert received.verdict == "original" and "summary-members-differ" not in codes(received)
    assert (received.filing.values, received.filing.members) == (known.values, known.members)
    assert received.filing.adjustments == known.adjustments
    sheet = opened(content)["明细"]
    words = [cell.value for cell in sheet[5]][:3]
    assert words[0] == "合计" and "共 5 家" in words[1] and "“汇总表_明细.csv”" in words[1] and words[2] == "5 家"
    files = {ending: b"".join(pieces) for ending, pieces in data_sheets.beside(whole)}
    table = list(csv.reader(io.StringIO(files["_明细.csv"].decode("utf-8-sig"))))
    assert [row[3:] for row in table[:2]] == [row[3:] for row in inside[:2]] and len(table) == 2 + 5
    for n, one in enumerate(whole.included):
        exactly = [printed(v, f.type) for f in FORM.inputs if (v := one.values[f.id]) is not None]
        assert [Decimal(v) for v in table[2 + n][3:] if v] == exactly
    for ending, lines in files.items():
        (tmp_path / f"汇总表{ending}").write_bytes(lines)
    (tmp_path / "汇总表.xlsx").write_bytes(content)
    assert {path.name for path in data_sheets.lying_beside(tmp_path / "汇总表.xlsx")} == {"汇总表_明细.csv"}
    found = read_previous([tmp_path / "汇总表.xlsx"])
    assert not found.findings
    for one in whole.included:
        assert found.filings[2023, one.agency.code].inputs == one.inputs
        assert found.filings[2023, one.agency.code].agency.name == visible(one.agency.name)


@pytest.mark.parametrize(
    "line", [None, b"", "单位代码\n,\n".encode(), b"\xff\xfe", b"a,b,c\n,,\n" + b"1," + b"x" * 200_000 + b"\n"]
)
def test_last_years_figures_that_do_not_lie_beside_it_are_told(line, few, tmp_path):
    path = tmp_path / "汇总表.xlsx"
    path.write_bytes(write_summary(ordinary(), name="汇总表"))
    if line is not None:
        (tmp_path / "汇总表_明细.csv").write_bytes(line)
    found = read_previous([path])
    assert [f.code for f in found.findings] == ["file-failed"] and "“汇总表_明细.csv”" in found.findings[0].message
    assert [code for _, code in found.filings] == [COUNTY.code]


def beside_of(whole):
    """The rows of the file with the agencies' figures that lies beside a summary's workbook."""
    files = {ending: b"".join(pieces) for ending, pieces in data_sheets.beside(whole)}
    return list(csv.reader(io.StringIO(files["_明细.csv"].decode("utf-8-sig"))))


def lying(folder, whole, rows, encoding="utf-8-sig"):
    """A summary with these rows beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "汇总表.xlsx").write_bytes(write_summary(whole, name="汇总表"))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    (folder / "汇总表_明细.csv").write_bytes(out.getvalue().encode(encoding))
    return folder / "汇总表.xlsx"


def put(row, column, words):
    return lambda rows: rows[row].__setitem__(column, words)


NATURAL = ledger.FIRST + [f.id for f in FORM.inputs].index("requests.new.natural")
FEES = ledger.FIRST + [f.id for f in FORM.inputs].index("disclosure.fees.amount")
SPOILT = {
    "cut after a row": (lambda rows: rows.pop(), "5 家"),
    "cut in a row": (lambda rows: rows[-1].__delitem__(slice(FEES, None)), "第 7 行"),
    "cut in a row's noughts": (lambda rows: rows[-1].pop(), "第 7 行"),
    "only its headings": (lambda rows: rows.__delitem__(slice(2, None)), "它有 0 家"),
    "a figure changed": (put(3, NATURAL, "1"), "自然人"),
    "money changed by a cent": (put(4, FEES, "12345.678904"), "是 61728.394516"),
    "a figure that is a word": (put(2, NATURAL, "零件"), "第 3 行"),
    "a row twice": (lambda rows: rows.append(rows[-1]), "单位代码 04"),
    "a row twice, in the place of another": (lambda rows: rows.__setitem__(3, rows[4]), "单位代码 02"),
    "a code that is no code": (put(4, 0, ""), "第 5 行"),
    "a level that is none": (put(4, 2, "局"), "第 5 行"),
    "a code as Excel saves it": (put(4, 0, "2"), "单位代码 2"),
    "another agency": (put(4, 0, "09"), "单位代码 09"),
    "a column more": (lambda rows: rows[4].append("0"), "第 5 行"),
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_figures_beside_last_years_that_are_not_those_of_it_are_told_and_not_used(how, few, tmp_path):
    whole = ordinary()
    rows, (spoil, said) = beside_of(whole), SPOILT[how]
    spoil(rows)
    found = read_previous([lying(tmp_path / "去年", whole, rows)])
    assert [f.code for f in found.findings] == ["file-failed"]
    message = found.findings[0].message
    assert "“汇总表_明细.csv”和汇总表对不上" in message and said in message and "换上" in message, message
    assert [code for _, code in found.filings] == [COUNTY.code], "nothing of it is used"


@pytest.mark.parametrize(
    "change", [{"requests.new.natural": 1}, {"disclosure.fees.amount": 5}, {"requests.new.natural": None}]
)
def test_an_older_file_beside_last_years_is_told(change, few, tmp_path):
    whole = ordinary()
    first = whole.included[0]
    older = summary_of([replace(first, inputs={**first.inputs, "requests.new.natural": 3}), *list(whole.included)[1:]])
    now = summary_of([replace(first, inputs={**first.inputs, **change}), *list(whole.included)[1:]])
    found = read_previous([lying(tmp_path / "去年", now, beside_of(older))])
    assert [f.code for f in found.findings] == ["file-failed"] and "对不上" in found.findings[0].message
    found = read_previous([lying(tmp_path / "去年", now, beside_of(now))])
    assert not found.findings and len(found.filings) == 6


@pytest.mark.parametrize("most", [10**15, 2**53 + 1, 123_456_789_012_345_678, 10**17 + 7, 999_999_999_999_999_999])
def test_sums_that_a_cell_cannot_hold_to_the_last_digit_are_compared_as_it_holds_them(most, few, tmp_path):
    whole = money_and_blanks(most)
    found = read_previous([lying(tmp_path / "去年", whole, beside_of(whole))])
    assert not found.findings and len(found.filings) == 6


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_figures_beside_last_years_saved_in_another_encoding_are_told(encoding, few, tmp_path):
    whole = ordinary()
    found = read_previous([lying(tmp_path / "去年", whole, beside_of(whole), encoding)])
    assert [f.code for f in found.findings] == ["file-failed"] and "“汇总表_明细.csv”" in found.findings[0].message


PACKED = {
    "as pack does": {"汇总表.xlsx": "汇总表.xlsx", "csv": "汇总表_明细.csv"},
    "in a folder of it": {"汇总表.xlsx": "报/汇总表.xlsx", "csv": "报/汇总表_明细.csv"},
    "with other files": {"报告.docx": "报告.docx", "汇总表.xlsx": "汇总表.xlsx", "csv": "汇总表_明细.csv"},
    "the figures first": {"csv": "a.b_明细.csv", "汇总表.xlsx": "a.b.xlsx"},
    "under a name of another alphabet": {"汇总表.xlsx": "ж é.xlsx", "csv": "ж é_明细.csv"},
    "in two folders": {"汇总表.xlsx": "一/二/汇总表.xlsx", "csv": "一/二/汇总表_明细.csv"},
}


@pytest.mark.parametrize("how", PACKED)
def test_a_summary_packed_with_its_figures_can_be_last_years(how, few, tmp_path):
    whole = ordinary()
    made = lying(tmp_path / "去年", whole, beside_of(whole))
    content = {"汇总表.xlsx": made.read_bytes(), "csv": figures_beside(made).read_bytes(), "报告.docx": b"x"}
    archive = tmp_path / "上报" / "去年_上报.zip"
    archive.parent.mkdir()
    archive.write_bytes(archives.packed({name: content[of] for of, name in PACKED[how].items()}))
    for path in (archive, archive.parent):
        found = read_previous([path])
        assert not found.findings
        assert {code: found.filings[2023, code].inputs for _, code in found.filings if code != COUNTY.code} == {
            one.agency.code: dict(one.inputs) for one in whole.included
        }


@pytest.mark.parametrize("where", ["beside", "packed"])
@pytest.mark.parametrize("what", ["not there", "too large", "a folder", "empty", "of another summary"])
def test_what_cannot_be_read_of_the_figures_beside_is_told(what, where, few, tmp_path, monkeypatch):
    whole = ordinary()
    path = lying(tmp_path / "去年", whole, beside_of(whole))
    near = figures_beside(path)
    if what == "too large":
        monkeypatch.setattr(taken_apart, "FIGURES_LIMIT", near.stat().st_size - 1)
    elif what == "empty":
        near.write_bytes(b"")
    elif what == "of another summary":
        near.rename(near.with_name("别的_明细.csv"))
    else:
        near.unlink()
        if what == "a folder":
            near.mkdir()
    if where == "packed":
        there = {p.name: p.read_bytes() for p in path.parent.iterdir() if p.is_file()}
        path = tmp_path / "上报.zip"
        path.write_bytes(archives.packed(there))
    found = read_previous([path])
    assert [f.code for f in found.findings] == ["file-failed"] and "“汇总表_明细.csv”" in found.findings[0].message
    assert [code for _, code in found.filings] == [COUNTY.code]


def test_figures_beside_that_could_not_be_read_again_are_not_written(few, tmp_path, monkeypatch):
    pieces = dict(data_sheets.beside(ordinary()))["_明细.csv"]
    size = len(b"".join(pieces))
    for limit, whole in ((size, True), (size - 1, False), (100, False)):
        monkeypatch.setattr(data_sheets, "FIGURES_LIMIT", limit)
        [(ending, pieces)] = data_sheets.beside(ordinary())
        place = tmp_path / str(limit) / f"汇总表{ending}"
        if whole:
            write_whole(place, pieces)
            assert place.stat().st_size == size
            continue
        with pytest.raises(XltoolsError, match=r"5 家放不进一份汇总表.*分级汇总"):
            write_whole(place, pieces)
        assert not [*place.parent.iterdir()], "nor is half of it left behind"


COUNTS = {
    "fewer": "4 家",
    "more": "6 家",
    "very many": "120000 家",
    "none": "",
    "no number": "五 家",
    "so few that they fit": "3 家",
}


@pytest.mark.parametrize("said", COUNTS)
def test_a_row_for_all_of_them_is_believed_only_where_it_agrees(said, few):
    """As many as 上报情况 counts, and more than would stand on the sheet."""
    content = altered(write_summary(ordinary(), name="汇总表"), "明细", {"C5": COUNTS[said]})
    assert "summary-members-differ" in codes(checked(content))


def test_a_few_agencies_put_into_one_row_are_told():
    content = write_summary(ordinary(), name="汇总表")
    assert "summary-members-differ" not in codes(checked(content))
    changed = altered(content, "明细", {f"A{row}": "合计" for row in range(5, 10)} | {"C5": "5 家"})
    assert "summary-members-differ" in codes(checked(changed))


def test_the_level_above_takes_a_summary_whose_agencies_lie_beside_it(few, tmp_path):
    path = tmp_path / "汇总表.xlsx"
    part = ordinary()
    path.write_bytes(write_summary(part, name="汇总表"))
    top = Agency("1", "示例省", "province")
    roster = Roster((Entry(top), Entry(COUNTY, top.code), *(Entry(f.agency, COUNTY.code) for f in part.included)))
    whole = merge(check([path], roster), roster, top, include_queried=True)
    assert whole.filing.values == part.filing.values and len(whole.included) == 1
    assert [m.agency.code for m in whole.filing.members] == [m.agency.code for m in part.filing.members]


def test_texts_of_very_long_lists_stand_in_them(monkeypatch):
    whole = money_and_blanks()
    shared = [[cell.value for cell in row] for row in opened(write_summary(whole))["来源"].iter_rows()]
    known = checked(write_summary(whole)).filing
    monkeypatch.setattr(streamed, "_LONG", 2)
    monkeypatch.setattr(standings, "_LINKED", 2)
    content = write_summary(whole)
    assert [[cell.value for cell in row] for row in opened(content)["来源"].iter_rows()] == shared
    assert b"inlineStr" in parts(content)[sheet_part(parts(content), "上报情况")]
    assert (checked(content).filing.values, checked(content).filing.members) == (known.values, known.members)
    assert checked(content).verdict == "original" and not opened(content)["上报情况"]._hyperlinks


@pytest.mark.parametrize("limit", ["LIST_LIMIT", "FILE_LIMIT"])
def test_what_could_not_be_read_again_is_not_written(limit, monkeypatch):
    whole = summary_of([filing({}, agency=agency) for agency in AGENCIES])
    monkeypatch.setattr(writing, limit, 30)
    with pytest.raises(XltoolsError, match="分级汇总"):
        write_summary(whole)


@pytest.mark.parametrize("limit", ["PART_LIMIT", "WHOLE_LIMIT", "LISTS_LIMIT", "PARTS_LIMIT"])
def test_the_writer_knows_each_limit_of_the_reader(limit, monkeypatch, small):
    monkeypatch.setattr(package, limit, 10)
    with pytest.raises(XltoolsError, match="分级汇总"):
        write_summary(summary_of([filing({}, agency=agency) for agency in AGENCIES]))
    if limit != "PARTS_LIMIT":
        assert codes(checked(small[0])) == ["file-unsafe"]


def test_more_findings_than_anybody_reads_are_counted(monkeypatch):
    monkeypatch.setattr(issues, "_MOST", 2)
    whole = summary_of([filing({}, agency=agency) for agency in AGENCIES])
    told = [finding("agency-missing", agency=agency) for agency in AGENCIES * 3]
    whole.collection.findings += told
    content = write_summary(whole)
    *_, last = (row[0] for row in opened(content)["审核问题"].iter_rows(values_only=True))
    left = int(last.removeprefix("还有 ").partition(" 项没有列出，全部见 xltools check --json 的结果")[0])
    assert left >= len(told) - 2 and checked(content).verdict == "original"


BROKEN = {
    "a row twice": (r'(<row r="6".*?</row>)', r"\1\1", "file-damaged"),
    "a row before another": (r'(<row r="6".*?</row>)(<row r="7".*?</row>)', r"\2\1", "file-damaged"),
    "a cell of another row": (r'r="D6"', r'r="D7"', "file-damaged"),
    "a cell twice": (r'r="E6"', r'r="D6"', "file-damaged"),
    "a text that is not there": (r'(r="A6" s="\d+" t="s"><v>)\d+', r"\g<1>99999", "file-damaged"),
    "a definition of its own": (r"<worksheet", "<!DOCTYPE worksheet><worksheet", "file-unsafe"),
    "cut off": (r"</sheetData>.*", "", "file-damaged"),
    "an endless text": (r"</sheetData>", lambda _: f"<row r='900'><c><is><t>{'长' * 9_000_000}</t></is></c></row></sheetData>",
                        "file-unsafe"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_detail_is_told(small, kind):
    pattern, replacement, code = BROKEN[kind]
    assert codes(checked(patched(*small, pattern, replacement))) == [code]


def test_rows_and_cells_without_addresses_are_counted(small):
    content, part = small
    found = parts(content)
    text, times = re.subn(r'(<row|<c) r="[A-Z]*[0-9]+"', r"\1", found[part].decode())
    received = checked(packed({**found, part: text.encode()}))
    assert received.filing.values == checked(content).filing.values and times > 600


def test_more_unpacked_than_a_workbook_ever_is(small):
    content, part = small
    found = parts(content)
    found[part] = found[part].replace(b"</sheetData>", b" " * (210 * 2**20) + b"</sheetData>")
    received = checked(packed(found))
    assert codes(received) == ["file-unsafe"]
