"""Words that say something and words that do not: the cover and ``check`` are of one opinion, in formulas and in Python."""

from pathlib import Path

import pytest
from making import checked, filing, listed_relations
from office import Office
from office_checks import edited
from office_samples import shown_cells

from xltools.address import a1
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, TEXT_TOP
from xltools.ooxml.limits import measured
from xltools.terms import EMPTY_PHRASES
from xltools.workbook.write import write_filing

RULE = "disclosure.rules.authority"
FAILING = {"disclosure.rules.issued": 1, "disclosure.rules.effective": 1}
PASSED = "全部通过，可以报送"

EMPTY = (
    *(
        "核实无误。",
        "无。",
        "经核实，无误",
        "核实 无误",
        "情况属实！",
        "N/A",
        "n/a",
        "已核实.",
        "OK",
        "Ok.",
        "（无）",
        "(无)",
    ),
    *(
        "核实无误",
        "--",
        "。。。",
        "？？",
        "……",
        "*",
        "??",
        "~~",
        "“无”",
        "《无》",
        "　无　",
        " ",
        "　",
        "无\n",
        "数据\n属实",
    ),
    *(
        "数　据　属　实",
        "一",
        "a",
        "知道了！",
        "同意",
        "同 意",
        "见附件",
        "见附件：",
        "不适用",
        "Na",
        "ok!",
        "、无、",
        "'无'",
    ),
    *('"无"', "核对无误；", "已确认。。", "|无|"),
)
SAID = (
    *(
        "上年漏报",
        "2件",
        "误填，已改正",
        "核实无误，系统迁移时多导入一件",
        "经市局同意",
        "无该项职权，系上级委托",
        "N/A因为",
    ),
    *(
        "okay",
        "ab",
        "是上年结转",
        "*号件",
        "见附件3",
        "已核实：去年的数少报2件",
        "该规章由市政府制定。",
        "情况属实，系代拟",
    ),
    *("12", "=1+1", "-1件", "+2 件", "核实无误。" * 60),
    *("情" * n for n in (2, 255, 256, 257, 1000, 8000, 32000)),
)


def explained(words: str) -> bytes:
    """A filing that fails one query, with these words typed as its 情况说明 into the finished workbook."""
    form = filing().form
    row = CHECK_TOP + [r.id for r in listed_relations(form, "department")].index(RULE)
    return edited(write_filing(filing(FAILING)), {CHECKS: {a1(row, CHECK_COLUMNS.explanation): words}})


def on_cover(path: Path) -> object:
    return shown_cells(path)[COVER, a1(COVER_CELLS.status, 1)]


@pytest.mark.office
def test_the_cover_passes_what_check_accepts_and_nothing_else(office: Office, tmp_path: Path) -> None:
    phrases = [*EMPTY, *SAID]
    assert len(phrases) >= 60
    paths = []
    for n, words in enumerate(phrases):
        paths.append(tmp_path / "typed" / f"{n}.xlsx")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_bytes(explained(words))
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    for words, path in zip(phrases, paths, strict=True):
        accepted, after = checked(path.read_bytes()).accepted, checked(recalculated[path].read_bytes()).accepted
        assert accepted == after == (words in SAID), words[:20]
        assert (on_cover(recalculated[path]) == PASSED) == accepted, (words[:20], on_cover(recalculated[path]))


def test_the_cover_is_written_with_the_value_that_it_works_out() -> None:
    for words in (*EMPTY, *SAID):
        content = write_filing(filing(FAILING, explanations={RULE: words}))
        accepted = checked(content).accepted
        assert accepted == (words in SAID) or not words.strip()
        assert (_cover(content)[a1(COVER_CELLS.status, 1)] == PASSED) == accepted, words[:20]


def _cover(content: bytes) -> dict[str, object]:
    from making import opened

    sheet = opened(content, data_only=True)[COVER]
    return {cell.coordinate: cell.value for row in sheet for cell in row}


def test_no_phrase_reaches_a_limit_of_excel() -> None:
    """Criteria are short, and so are the texts that they are held against, whatever was typed."""
    assert max(map(len, EMPTY_PHRASES)) < 12
    for value in _formulas(write_filing(filing(FAILING))):
        assert measured(value)[3] <= 255


def _formulas(content: bytes) -> list[str]:
    from making import opened

    return [cell.value[1:] for sheet in opened(content) for row in sheet for cell in row if cell.data_type == "f"]


NOT_A_WORD = ("无", "无。", "暂无。", "无内容。", " 无 ", "　无　　　", "/", "—", "没有", "   ", "无 其 他 事")
PARTS = (*NOT_A_WORD, "本年无重大问题。", "公开不及时", "1" * 300)


@pytest.mark.office
def test_the_cover_calls_a_text_part_filled_where_check_does(office: Office, tmp_path: Path) -> None:
    paths = []
    for n, words in enumerate(PARTS):
        cells = {a1(TEXT_TOP, 0): words, a1(TEXT_TOP + 1, 0): ""}
        sheets = {section.sheet: cells for section in filing().form.text_sections}
        paths.append(tmp_path / "typed" / f"{n}.xlsx")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_bytes(edited(write_filing(filing(texts={})), sheets))
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    for words, path in zip(PARTS, paths, strict=True):
        empty = {f.sheet for f in checked(path.read_bytes()).findings if f.code == "text-empty"}
        shown = shown_cells(recalculated[path])
        for section in filing().form.text_sections:
            state = shown.get((section.sheet, "A1"), "")  # nothing where there is nothing left to do
            assert (state == "还没有填写") == (section.sheet in empty), (words, section.sheet)
        assert (on_cover(recalculated[path]) == PASSED) == (not empty), words
