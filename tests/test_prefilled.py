"""Returns on this year's form: every figure read is in it, what is doubtful is left empty and named."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from making import AGENCIES, BUREAU, ROSTER, altered, cell_of, checked, codes, distinct, filing, opened, resaved, save
from test_bad_input import other_container

from xltools.collection.check import check
from xltools.collection.previous import read_previous
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.form.model import Agency
from xltools.slips import slips
from xltools.slips.letterhead import Letterhead
from xltools.slips.prefilled import prefilled
from xltools.slips.words import anew
from xltools.workbook.write import write_filing

FORM = load_form("2021")
SHEET, CELL = cell_of(FORM, "requests.new.natural")
FIGURES = {name: n % 7 for n, name in enumerate(distinct(FORM))}
WRONG_YEAR = filing(FIGURES, year=2022)


def returned(folder, content, name="表.xlsx", previous=None, roster=None, others=True):
    """What goes back of a file, in a season of 2023 in which others filed too."""
    files = [save(folder / "回收" / name, content)]
    files += [save(folder / "回收" / "另.xlsx", filing(agency=AGENCIES[1]))] if others else []
    last = read_previous([save(folder / "上年" / f"{n}.xlsx", f) for n, f in enumerate(previous)]) if previous else None
    known = read_roster(save(folder / "名录.csv", roster)) if roster else None
    collection = check(files, known, 2023, previous=last)
    got = next(r for r in collection.received if r.path.name == name)
    return prefilled(got, collection), got, collection


def figures(back):
    return back.received.filing.inputs


def test_a_form_of_the_wrong_year_goes_back_as_this_years_with_every_figure(tmp_path):
    back, got, _ = returned(tmp_path, WRONG_YEAR)
    assert [f.code for f in anew(got)] == ["year-other"]
    assert (back.received.filing.year, back.received.filing.agency) == (2023, BUREAU)
    assert figures(back) == FIGURES and not back.told and back.filled == len(FIGURES)
    assert back.received.filing.texts == WRONG_YEAR.texts and back.received.filing.signoff == WRONG_YEAR.signoff
    again = checked(back.content)
    assert again.verdict == "resaved" and again.filing.values == WRONG_YEAR.values
    assert again.originals == (got.sha256,)


def renamed_sheet(content):
    def change(book):
        book[SHEET].title = "申请情况"

    return resaved(content, change)


def new_row(content):
    def change(book):
        book[SHEET].insert_rows(13)
        book[SHEET]["A13"] = "自己加的"

    return resaved(content, change)


def changed_formula(content):
    return resaved(content, lambda book: book["校验"].__setitem__("C6", "=1"))


def changed_label(content):
    return resaved(content, lambda book: book[SHEET].__setitem__("A8", "别的"))


def merged_cells(content):
    return resaved(content, lambda book: book[SHEET].merge_cells("D9:E9"))


def lost_row(content):
    return resaved(content, lambda book: book[SHEET].delete_rows(cell_row()))


def cell_row():
    return int(CELL.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


RUINED = {
    "another edition's year": lambda content: write_filing(filing(FIGURES, year=2024)),
    "a renamed sheet": renamed_sheet,
    "a changed formula": changed_formula,
    "a changed label": changed_label,
    "cells merged": merged_cells,
    "a row put in": new_row,
}


@pytest.mark.parametrize("kind", RUINED)
def test_a_form_that_cannot_be_put_right_goes_back_as_a_new_one(tmp_path, kind):
    content = RUINED[kind](write_filing(filing(FIGURES)))
    back, got, _ = returned(tmp_path, content)
    assert anew(got) and not checked(back.content).filing.unread
    left = {f.field for f in back.told if f.code == "return-left-empty"}
    now = figures(back)
    read = {name: got.filing.values[name] for name in FIGURES if name not in left and name not in got.filing.unread}
    assert len(read) > 140 and {name: now[name] for name in read} == read
    assert all(now[name] is None for name in left) and left >= set(got.filing.unread)
    assert not [c for c in codes(checked(back.content)) if c.startswith(("form-", "year-", "edition-"))]


def foreign(content, drop=("封面", "校验", "填报说明")):
    """The tables of a form in a workbook of the agency's own: no cover, no marks of ours, values alone."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for name in drop:
        del book[name]
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    for sheet in book:
        sheet.protection.sheet = False
        sheet.data_validations.dataValidation = []
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shifted(content):
    """The same, every table two rows down and a column to the right."""
    book = openpyxl.load_workbook(io.BytesIO(foreign(content)))
    moved = openpyxl.Workbook()
    moved.remove(moved.active)
    for sheet in book:
        new = moved.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    new.cell(cell.row + 2, cell.column + 1, cell.value)
    out = io.BytesIO()
    moved.save(out)
    return out.getvalue()


@pytest.mark.parametrize("layout", [foreign, shifted])
@pytest.mark.parametrize("name", ["示例县数据局.xlsx", "县数据局年报.xlsx", "数据局（终稿）.xlsx"])
def test_a_foreign_layout_named_for_an_agency_goes_back_on_its_form(tmp_path, layout, name):
    content = layout(write_filing(filing(FIGURES)))
    back, got, collection = returned(tmp_path, content, name, roster=ROSTER)
    assert codes(got) == ["form-foreign"] and got.filing is None
    now = back.received.filing
    assert now.agency == BUREAU and now.inputs == FIGURES and now.texts == filing().texts
    assert checked(back.content).originals == (got.sha256,)
    words = letter_words(dict(slips(collection)))
    assert "不用重抄" in words and f"{len(FIGURES)} 个数" in words


def test_of_a_foreign_layout_that_lacks_a_table_the_rest_is_taken(tmp_path):
    content = foreign(write_filing(filing(FIGURES)), ("封面", "校验", "填报说明", SHEET))
    back, *_ = returned(tmp_path, content, "数据局.xlsx", roster=ROSTER)
    lost = {name for name in FIGURES if name.startswith("requests.")}
    assert {n: v for n, v in figures(back).items() if n not in lost} == {
        n: v for n, v in FIGURES.items() if n not in lost
    }
    [left] = back.told
    assert (
        set(left.related) == lost
        and str(len(lost)) in left.message
        and all(figures(back)[name] is None for name in lost)
    )


@pytest.mark.parametrize("name", ["年报.xlsx", "教育局和数据局.xlsx", "外县某局.xlsx", "示例县教育局.xlsx"])
def test_a_foreign_layout_of_nobody_or_of_one_who_filed_is_not_taken(tmp_path, name):
    content = foreign(write_filing(filing(FIGURES)))
    assert returned(tmp_path, content, name, roster=ROSTER)[0] is None


def test_a_workbook_without_our_tables_is_not_taken(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "联系人表"
    out = io.BytesIO()
    book.save(out)
    assert returned(tmp_path, out.getvalue(), "数据局.xlsx", roster=ROSTER)[0] is None


def test_a_lost_row_is_left_empty_and_named(tmp_path):
    back, got, _ = returned(tmp_path, lost_row(write_filing(filing(FIGURES))))
    left = {f.field: f for f in back.told}
    assert set(left) == set(got.filing.unread) and "requests.new.natural" in left
    assert (left["requests.new.natural"].sheet, left["requests.new.natural"].cell) == (SHEET, CELL)
    assert opened(back.content)[SHEET][CELL].value is None
    assert "没有找到这一格" in opened(back.content)[SHEET][CELL].comment.text


def test_another_container_goes_back_as_xlsx(tmp_path):
    back, got, collection = returned(tmp_path, other_container(), name="表.ods")
    assert "form-not-audited" in codes(got) and back.received.filing.values == got.filing.values
    made = dict(slips(collection))
    assert f"{BUREAU.code}_{BUREAU.name}_请更正.xlsx" in made


DOUBTFUL = {"约3": True, "3件": True, "1 234": True, 1.5: True, "二〇": True, "-": False, "１２": False, 5: False}


@pytest.mark.parametrize("typed", DOUBTFUL)
def test_what_is_doubtful_is_left_empty_and_named_what_is_not_is_filled(tmp_path, typed):
    content = altered(write_filing(WRONG_YEAR), SHEET, {CELL: typed})
    back, got, _ = returned(tmp_path, content)
    named = [f for f in back.told if f.field == "requests.new.natural"]
    if DOUBTFUL[typed]:
        assert len(named) == 1 and str(typed) in named[0].message
        assert opened(back.content)[SHEET][CELL].value is None
        assert "没有填" in opened(back.content)[SHEET][CELL].comment.text
    else:
        assert not named and figures(back)["requests.new.natural"] == got.filing.inputs["requests.new.natural"]
    assert {n: v for n, v in figures(back).items() if n != "requests.new.natural"} == {
        n: v for n, v in FIGURES.items() if n != "requests.new.natural"
    }


def test_blanks_declared_zero_are_zeros_and_nothing_is_declared(tmp_path):
    empty = {name: None for name in FIGURES if name.startswith("requests.")}
    sent = replace(
        filing({**FIGURES, **empty, "requests.new.natural": "约3"}, year=2022), declared_zero=frozenset({"requests"})
    )
    back, *_ = returned(tmp_path, sent)
    now = back.received.filing
    assert now.declared_zero == frozenset() and now.inputs["requests.new.natural"] is None
    assert all(now.inputs[name] == 0 for name in empty if name != "requests.new.natural")


def test_of_another_edition_only_what_means_the_same_is_taken(tmp_path):
    old = load_form("2019")
    sent = filing({f.id: 5 for f in old.inputs}, year=2020)
    back, *_ = returned(tmp_path, sent)
    now = figures(back)
    assert now["requests.new.natural"] == now["disclosure.licensing.decisions"] == 5
    assert now["disclosure.rules.effective"] is None and now["requests.other.rest.natural"] is None
    [lost] = [f for f in back.told if f.code == "return-no-place"]
    assert lost.detail["count"] == sum(1 for f in old.inputs if now.get(f.id) != 5) and "规章" in lost.message


def test_last_years_figures_stand_in_it_as_they_were_issued(tmp_path):
    last = filing({**FIGURES, "requests.carried_out.natural": 4}, year=2022)
    sent = filing({**FIGURES, "requests.carried_in.natural": 9}, year=2021)
    back, *_ = returned(tmp_path, sent, previous=[last])
    now = back.received.filing
    assert now.carried and now.inputs["requests.carried_in.natural"] == last.values["requests.carried_out.natural"]
    told = [f for f in back.told if f.field == "requests.carried_in.natural"]
    assert [(f.code, f.actual, f.expected) for f in told] == [("return-carried", 9, 4)]
    assert now.inputs["requests.new.natural"] == FIGURES["requests.new.natural"]


def test_what_was_filed_last_year_is_not_taken_for_this_year(tmp_path):
    back, *_ = returned(tmp_path, WRONG_YEAR, previous=[WRONG_YEAR])
    now = back.received.filing
    assert [f.code for f in back.told] == ["return-last-year"] and not now.texts.get("overview")
    assert {n for n, v in now.inputs.items() if v is not None} == set(now.carried)


def test_a_reorganised_agency_gets_its_new_form(tmp_path):
    heading, *rows = ROSTER.strip().splitlines()
    roster = "\n".join([f"{heading},上年代码", *(f"{row}," for row in rows), "1109,新局,部门,11,,,1188"])
    sent = filing(FIGURES, year=2022, agency=Agency("1188", "旧局", "department"))
    back, *_ = returned(tmp_path, sent, roster=roster)
    assert back.received.filing.agency == Agency("1109", "新局", "department") and figures(back) == FIGURES
    assert returned(tmp_path / "b", replace(sent, agency=Agency("77", "外局", "department")), roster=roster)[0] is None


def test_what_can_be_put_right_itself_is_marked_as_it_came(tmp_path):
    for wrong in (filing({"requests.new.natural": 9}), filing({"requests.new.natural": "约3"}), filing(signoff={})):
        assert returned(tmp_path, wrong)[0] is None


def test_where_this_years_form_is_there_nothing_has_to_be_filled_in(tmp_path):
    files = [save(tmp_path / "旧.xlsx", WRONG_YEAR), save(tmp_path / "新.xlsx", filing(FIGURES))]
    collection = check(files, year=2023)
    made = dict(slips(collection))
    words = letter_words(made)
    assert "新.xlsx" in words and "不用再报" in words and "不用再报" in made["催报与退改.txt"].decode()
    assert not [name for name in made if "请更正" in name and openable_year(made[name]) == 2022]


@pytest.mark.parametrize("deadline", ["2024-01-20", "1月20日", "春节前", "2024年1月", ""])
def test_no_day_is_set_where_nothing_has_to_come_back(tmp_path, deadline):
    head = Letterhead(deadline, "张三", "8000")
    old, new = save(tmp_path / "旧.xlsx", WRONG_YEAR), save(tmp_path / "新.xlsx", filing())
    told, back = (whole_letter(dict(slips(check(files, year=2023), head))) for files in ([old, new], [old]))
    assert "不用再报" in told and "以前改好报回" not in told and "联系人：张三" in told
    assert "不用再报" not in back and "以前改好报回" in back


@pytest.mark.parametrize("figures", [FIGURES, {"requests.new.natural": 7, "requests.granted.natural": 7}])
def test_the_letter_does_not_speak_of_figures_that_it_does_not_bring(tmp_path, figures):
    sent = filing(figures, year=2022)
    last = read_previous([save(tmp_path / "上年" / "表.xlsx", sent)])
    collection = check([save(tmp_path / "报来.xlsx", sent)], year=2023, previous=last)
    words = whole_letter(dict(slips(collection)))
    assert "没有可以带过来的数和文字" in words and "请在里面填写" in words and "全部相同" in words
    assert "0 个数" not in words and "填好了读到的数" not in words and "不用重抄" not in words
    brought = whole_letter(dict(slips(check([save(tmp_path / "报来.xlsx", sent)], year=2023))))
    assert "个数和文字已经填好，不用重抄" in brought and "填好了读到的数" in brought and "没有可以带过来" not in brought


def whole_letter(made):
    """Every word of the one 退回单."""
    [name] = [n for n in made if n.endswith("退回单.docx")]
    document = Document(io.BytesIO(made[name]))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def openable_year(content):
    return checked(content).filing.year


def letter_words(made, which=0):
    name = sorted(n for n in made if n.endswith("退回单.docx"))[which]
    document = Document(io.BytesIO(made[name]))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_the_letter_says_what_it_is_and_what_was_left_out(tmp_path):
    content = altered(write_filing(WRONG_YEAR), SHEET, {CELL: "约3"})
    _, _, collection = returned(tmp_path, content, others=False)
    made = dict(slips(collection))
    words = letter_words(made)
    copy = f"{BUREAU.code}_{BUREAU.name}_请更正.xlsx"
    assert copy in made and copy in words and "不用重抄" in words and "2023 年度的空白表" in words
    assert f"{len(FIGURES) - 1} 个数" in words and "没有填" in words and CELL in words and "约3" in words
    assert "2022 年度的表" in words and dict(slips(collection)) == made


def test_the_return_filled_in_is_accepted(tmp_path):
    sent = altered(write_filing(filing(year=2022)), SHEET, {CELL: "约0"})
    back, *_ = returned(tmp_path, sent)
    assert not checked(back.content).accepted
    done = altered(back.content, SHEET, {CELL: 0})
    received = checked(done)
    left = [f.message for f in received.findings if f.open and f.severity != "note"]
    assert all("签字" in words or "日期" in words for words in left) or received.accepted, left
    assert Path(received.path).name


def test_the_letter_says_each_thing_once_and_no_path(tmp_path):
    content = altered(write_filing(filing(year=2022, signoff={**filing().signoff})), SHEET, {CELL: "约3"})
    back, _, collection = returned(tmp_path, content, others=False)
    assert "cell-blank" not in codes(back.received)
    words = letter_words(dict(slips(collection)))
    assert words.count(f"{CELL}") == 2, "the cell's column, and where it was in the file"
    assert str(tmp_path) not in words and "“表.xlsx”是 2022 年度的表" in words
    assert "错误 2 项" in words
