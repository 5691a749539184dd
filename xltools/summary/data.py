"""数据 and 来源: every figure of every agency, a row each, for analysts; every file, by its checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from xltools.characters import whole
from xltools.form.layout import DATA, SOURCES
from xltools.form.model import Filing
from xltools.ooxml.book import Book
from xltools.ooxml.streamed import Value
from xltools.outputs import slashed
from xltools.periods import part_of
from xltools.summary import Summary
from xltools.terms import LEVELS, NO, VERDICTS, YES
from xltools.workbook.cached import content, number
from xltools.workbook.ledger import ADJUSTMENT
from xltools.workbook.listing import TOP, finish_list, list_sheet

_ROWS = 1_000_000
"""Rows of 数据 on one sheet; what is more stands on 数据（2） and so on."""

_DATA = {"年度": 8.0, "单位代码": 16.0, "单位名称": 26.0, "层级": 12.0, "表": 14.0, "指标编号": 36.0, "指标": 60.0,
         "数值": 12.0}  # fmt: skip
_SOURCES = {"文件": 44.0, "单位代码": 16.0, "单位名称": 26.0, "年度": 8.0, "是否计入": 20.0, "表的情况": 16.0,
            "保存时间": 20.0, "SHA-256": 36.0}  # fmt: skip

Progress = Callable[[Sequence[Filing], str], Iterable[Filing]]


def quietly(items: Sequence[Filing], label: str) -> Iterable[Filing]:
    return items


def write_data(book: Book, summary: Summary, progress: Progress = quietly) -> None:
    """A figure a row: those of every agency or part that was added up, and what was adjusted. They add up to the summary's.

    This is most of a summary's writing: ``progress`` may show how far it is, filing by filing.
    """
    count = sum(len(f.form.fields) for f in summary.included) + sum(len(a.figures) for a in summary.filing.adjustments)
    rows = _figures(summary, progress(summary.included, "写汇总表"))
    for start in range(0, max(count, 1), _ROWS):
        name, here = DATA if not start else f"{DATA}（{start // _ROWS + 1}）", min(count - start, _ROWS)
        out = list_sheet(book, name, "数据：一行一个单位的一个指标，供分析用（不打印）", summary.status, _DATA)
        out.rows(TOP, here, islice(rows, here), ("cell_number", *("data",) * 6, "cell_number"))
        finish_list(out, here, len(_DATA), name, printed=False)


def _figures(summary: Summary, included: Iterable[Filing]) -> Iterator[tuple[Value, ...]]:
    """A figure a row."""
    year, fields = _year(summary.filing), summary.filing.form.fields
    words = {name: (field.section.sheet, name, field.label) for name, field in fields.items()}
    for filing in included:
        agency = filing.agency
        facts = (year, agency.code, agency.name, LEVELS[agency.level])
        for name, field in filing.form.fields.items():
            yield (*facts, *words[name], content(filing, field))
    for line in summary.filing.adjustments:
        for name, figure in line.figures.items():
            yield (year, ADJUSTMENT, line.reason, "", *words[name], number(figure, fields[name]))


def _year(filing: Filing) -> Value:
    """A period as a cell holds it."""
    return str(filing.year) if part_of(filing.year) else filing.year


def write_sources(book: Book, summary: Summary) -> None:
    """Every file with its SHA-256, whether it was counted and why not, its verdict, when it was saved."""
    out = list_sheet(book, SOURCES, "来源：每个文件及其校验值", summary.status, _SOURCES)
    counted = {id(s.received) for s in summary.parts if s.included}
    newest = {r.superseded_by for r in summary.collection.received}
    corrected = {f.file for f in summary.collection.findings if f.code == "agency-corrected"}
    for row, received in enumerate(summary.collection.received, TOP):
        filing = received.filing
        used = YES if id(received) in counted else NO
        if received.superseded_by:
            used = "否，有更新的一份"
        elif slashed(received.path) in newest and id(received) in counted:
            used = "是，更正后的一份" if slashed(received.path) in corrected else "是，取最后保存的一份"
        facts = (whole(slashed(received.path)), filing.agency.code if filing else "", filing.agency.name if filing else "",
                 str(filing.year) if filing else "", used, VERDICTS[received.verdict][0],
                 received.saved, received.sha256)  # fmt: skip
        for column, fact in enumerate(facts):
            out.put((row, column), fact, "cell_left")
        out.height_for(row, *zip(facts, _SOURCES.values(), strict=True))
    finish_list(out, len(summary.collection.received), len(_SOURCES), SOURCES)
