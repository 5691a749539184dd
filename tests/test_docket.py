"""办理记录 lists what is open, ready to be settled: nothing to copy, nothing of the office's own touched."""

import hashlib
from datetime import date

import openpyxl
import pytest
from making import run, save, texts_of
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, Folder, rows, said

from xltools.editions import load_form
from xltools.form.model import Agency
from xltools.season.docket import COLUMNS, DECISIONS

UNSIGNED = {"signoff": {}}


@pytest.fixture
def season(tmp_path):
    """A working folder of five: good, asked about a rule, asked about two things, wrong, missing."""
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:5]))
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}),
                    "1103": said("1103", more={EFFECTIVE: 2}, **UNSIGNED),
                    "1104": said("1104", more={"requests.new.natural": 900})})  # fmt: skip
    return made


def listed(folder):
    """The rows of 办理记录 by number, each by heading."""
    sheet = openpyxl.load_workbook(folder.home / DECISIONS).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    found = {
        row[0].row: dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)
    }
    return {number: row for number, row in found.items() if any(row.values())}


def type_in(folder, number, **words):
    book = openpyxl.load_workbook(folder.home / DECISIONS)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for head, typed in words.items():
        sheet.cell(number, heads.index(head) + 1).value = typed
    book.save(folder.home / DECISIONS)


def about(folder):
    return sorted((row["单位代码"], row["编号"]) for row in listed(folder).values() if row["编号"])


def number_of(folder, code, item=AUTHORITY):
    return next(n for n, row in listed(folder).items() if (row["单位代码"], row["编号"]) == (code, item))


def digest(folder):
    return hashlib.sha256((folder.home / DECISIONS).read_bytes()).hexdigest()


WHO = {"经办人": "张三", "日期": "2024-01-20", "处理情况": "打电话问过，是市里委托的。"}


def test_what_is_open_is_listed_names_first_ids_last(season):
    told = season.check()
    assert list(listed(season)[2]) == list(COLUMNS) and COLUMNS[0] == "单位名称" and COLUMNS[-1] == "编号"
    open_ = {(f["agency"]["code"], f["rule"] or f["code"]) for file in told["filings"] for f in file["findings"]
             if f["open"] and f["severity"] == "query"}  # fmt: skip
    assert about(season) == sorted(open_) and ("1103", AUTHORITY) in open_ and len(open_) >= 3
    row = listed(season)[number_of(season, "1102")]
    assert row["单位名称"] == AGENCIES["1102"].name and "二、主动公开" in row["哪里"] and "规章" in row["问题"]
    assert not (row["经办人"] or row["日期"] or row["处理情况"])


def test_a_row_that_is_about_no_rule_says_what_to_do(tmp_path):
    """To settle it is not always the way: what another agency filled in has to be taken out."""
    own, other = Agency("1102", "西河镇", "township"), Agency("1103", "东山镇", "township")
    words = {**texts_of(load_form("2021")), "overview": (f"{other.name}2023年主动公开信息12条。",)}
    folder = Folder(tmp_path / "季")
    folder.roster(rows([own, other]))
    folder.receive(**{other.name: said("1102", agency=own, more={EFFECTIVE: 1}, texts=words)})
    folder.check()
    told = {row["编号"]: row["问题"] for row in listed(folder).values()}
    asked = told["agency-doubtful"]
    assert asked.partition(" → ")[2].startswith("先查清是谁填的") and asked.endswith("了结") and len(asked) <= 300
    assert " → " not in told[next(item for item in told if item != "agency-doubtful")]


def test_three_words_settle_it(season):
    season.check()
    type_in(season, number_of(season, "1102"), **WHO)
    told = season.check()
    assert season.states["1102"] == "accepted" and not [f for f in told["findings"] if f["code"].startswith("decision")]
    assert listed(season)[number_of(season, "1102")]["处理情况"] == WHO["处理情况"]
    assert [c for c, _ in about(season)].count("1102") == 1


def test_a_row_that_nobody_filled_in_is_no_mistake(season):
    assert not [f for _ in range(2) for f in season.check()["findings"] if f["code"].startswith("decision")]


def test_a_second_run_changes_nothing(season):
    season.check()
    before = digest(season)
    season.check()
    season.merge()
    assert digest(season) == before


def test_what_is_settled_otherwise_is_taken_out(season):
    season.check()
    season.receive(**{"1102": said("1102"), "1103": said("1103", more={EFFECTIVE: 2})})
    season.check()
    assert about(season) == [("1103", AUTHORITY)]
    season.receive(**{"1102": said("1102", more={EFFECTIVE: 3})})
    season.check()
    assert about(season) == [("1102", AUTHORITY), ("1103", AUTHORITY)]
    assert max(listed(season)) == 3, "the rows that were emptied are used again"


def test_other_figures_are_told_in_the_row(season):
    season.check()
    before = listed(season)[number_of(season, "1102")]["问题"]
    season.receive(**{"1102": said("1102", more={EFFECTIVE: 7})})
    season.check()
    assert (
        listed(season)[number_of(season, "1102")]["问题"] != before
        and "7" in listed(season)[number_of(season, "1102")]["问题"]
    )


TYPED = [{"经办人": "张三"}, {"日期": date(2024, 1, 20)}, {"处理情况": "问了，等回话"}, WHO, {**WHO, "单位名称": None},
         {**WHO, "问题": "我自己的话"}]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
def test_what_anybody_typed_stays_whatever_becomes_of_the_query(season, typed):
    season.check()
    number = number_of(season, "1102")
    type_in(season, number, **typed)
    right = listed(season)[number]
    for more in ({EFFECTIVE: 5}, {}, {EFFECTIVE: 1}):
        season.receive(**{"1102": said("1102", more=more)})
        season.check()
        assert listed(season)[number] == right
        assert [c for c, _ in about(season)].count("1102") == 1, "no second row about the same"


def test_columns_colours_and_rows_of_the_offices_own_stay(season):
    season.check()
    book = openpyxl.load_workbook(season.home / DECISIONS)
    sheet = book.worksheets[0]
    sheet["K1"], sheet["K2"], sheet["A30"] = "备注", "急", "打完电话请记在这里"
    sheet["A2"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF0000")
    book.save(season.home / DECISIONS)
    season.receive(**{"1105": said("1105", more={EFFECTIVE: 1})})
    season.check()
    sheet = openpyxl.load_workbook(season.home / DECISIONS).worksheets[0]
    assert (sheet["K1"].value, sheet["K2"].value, sheet["A30"].value) == ("备注", "急", "打完电话请记在这里")
    assert sheet["A2"].fill.fgColor.rgb == "FFFF0000" and ("1105", AUTHORITY) in about(season)


def test_more_than_the_rows_that_are_ruled(tmp_path):
    made = Folder(tmp_path / "季")
    made.roster(rows(AGENCIES.values()))
    made.receive(**{code: said(code, more={EFFECTIVE: 1}) for code in AGENCIES})
    made.check()
    assert about(made) == sorted((code, AUTHORITY) for code in AGENCIES) and len(AGENCIES) > 20


def test_a_record_of_an_earlier_layout_goes_on(season):
    book = openpyxl.Workbook()
    book.active.append(("单位代码", "单位名称", "编号", "经办人", "日期", "处理情况"))
    book.active.append(("1102", "第2局", AUTHORITY, *WHO.values()))
    book.save(season.home / DECISIONS)
    season.check()
    assert season.states["1102"] == "accepted"
    assert about(season)[0] == ("1102", AUTHORITY) and ("1103", AUTHORITY) in about(season)
    assert "规章" in listed(season)[number_of(season, "1103")]["问题"]


@pytest.mark.parametrize("content", ["不是表格", b"", b"PK\3\4"])
def test_a_record_that_is_none_stays_as_it_is(season, content):
    save(season.home / DECISIONS, content)
    before = digest(season)
    assert "Traceback" not in run("check", cwd=season.home).stderr and digest(season) == before


def test_a_record_that_cannot_be_written_into_is_a_hint(season):
    from openpyxl.chart import BarChart

    season.check()
    book = openpyxl.load_workbook(season.home / DECISIONS)
    book.worksheets[0].add_chart(BarChart(), "L2")
    book.save(season.home / DECISIONS)
    before = digest(season)
    season.receive(**{"1105": said("1105", more={EFFECTIVE: 1})})
    done = run("check", cwd=season.home)
    assert "没有列进" in done.stderr and done.returncode == 1 and digest(season) == before


def test_a_run_over_part_of_the_folder_lists_nothing(season):
    before = digest(season)
    run("check", "回收/1102.xlsx", cwd=season.home)
    assert digest(season) == before


def test_a_folder_without_a_record_gets_none(season):
    (season.home / DECISIONS).unlink()
    season.check()
    assert not (season.home / DECISIONS).exists()
