"""数据 and 来源: every figure of every agency, a row each, for analysts; every file, by its checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from xltools.characters import whole
from xltools.errors import XltoolsError
from xltools.figures import Figure, printed
from xltools.form.fields import Field
from xltools.form.layout import DATA, SOURCES
from xltools.form.model import Filing, Form
from xltools.inputs import must_read
from xltools.ooxml.book import Book, height_of
from xltools.ooxml.lists import list_on
from xltools.ooxml.streamed import Block, Blocks, Value
from xltools.outputs import slashed
from xltools.periods import part_of
from xltools.received.file import FILE_LIMIT, Received
from xltools.summary import Summary
from xltools.summary.beside import as_csv, as_parquet, as_rows, known_parquet
from xltools.terms import KINDS, LEVELS, NO, VERDICTS, YES
from xltools.workbook.cached import content, number
from xltools.workbook.ledger import ADJUSTMENT, FIGURES_LIMIT, FIRST, WHOSE, ledger_row, lies_beside
from xltools.workbook.ledger import NEAR as LEDGER_NEAR
from xltools.workbook.listing import TOP, finish_list, list_sheet

_ROWS = 100_000
"""Rows of 数据 that stand in the workbook; more are written beside it, for no program opens them quickly, and Excel not all."""
NEAR = "_数据"
_CSV, _PARQUET = (f"{NEAR}{ending}" for ending in (".csv", ".parquet"))
_ENDINGS = (LEDGER_NEAR, _CSV, _PARQUET)
"""How the names of the files beside a summary end."""

_DATA = {"年度": 8.0, "单位代码": 16.0, "单位名称": 26.0, "层级": 12.0, "表": 14.0, "指标编号": 36.0, "指标": 60.0,
         "数值": 12.0}  # fmt: skip
_USED, _DIGEST = "是否计入", "SHA-256"
_SOURCES = {"文件": 44.0, "单位代码": 16.0, "单位名称": 26.0, "年度": 8.0, _USED: 20.0, "表的情况": 16.0,
            "保存时间": 20.0, _DIGEST: 36.0}  # fmt: skip

Progress = Callable[[Sequence[Filing], str], Iterable[Filing]]


def quietly(items: Sequence[Filing], label: str) -> Iterable[Filing]:
    return items


def write_data(book: Book, summary: Summary, name: str, progress: Progress = quietly) -> None:
    """A figure a row: those of every agency or part that was added up, and what was adjusted. They add up to the summary's.

    Where there are very many, they stand in the file ``name`` beside the workbook, and the sheet says so. ``progress`` may show
    how far it is, filing by filing.
    """
    out = list_sheet(book, DATA, "数据：一行一个单位的一个指标，供分析用（不打印）", summary.status, _DATA)
    count = _count(summary)
    if stands_beside(summary):
        words = f"共 {count} 行，表格软件打不开这么多，写在旁边的“{name}{NEAR}.csv”里，各列和这里的表头一样；请和汇总表放在一起"
        out.put((TOP, 0), words, "name_left")
    else:
        blocks = Blocks(_blocks(summary, progress(summary.included, "写汇总表"), number))
        out.rows(TOP, count, blocks, ("cell_number", *("data",) * 6, "cell_number"))
    finish_list(out, 0 if stands_beside(summary) else count, len(_DATA), DATA, printed=False)


def stands_beside(summary: Summary) -> bool:
    """Whether there are so many figures that they stand in files beside the workbook."""
    return _count(summary) > _ROWS


def beside(summary: Summary, progress: Progress = quietly) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files beside a summary's workbook, by their endings, in pieces: as CSV, and as Parquet where that can be."""
    if lies_beside(summary.filing.form, len(summary.included)):
        yield LEDGER_NEAR, _readable(as_rows(_ledger(summary)), summary)
    if stands_beside(summary):
        yield _CSV, as_csv(list(_DATA), _blocks(summary, progress(summary.included, "写数据"), exactly))
        if known_parquet():
            yield _PARQUET, as_parquet(list(_DATA), _blocks(summary, summary.included, exactly))


def _readable(pieces: Iterable[bytes], summary: Summary) -> Iterator[bytes]:
    """The same pieces; XltoolsError where they are more than is read again."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > FIGURES_LIMIT:
            raise too_large(summary, "各单位的数")
        yield piece


def too_large(summary: Summary, what: str) -> XltoolsError:
    """That a summary would be larger than what is read."""
    return XltoolsError(
        f"{len(summary.standings)} 家放不进一份汇总表：写出来的{what}会大得读不回来，没有写。"
        "请分级汇总：先由下级各自汇总，再把各份汇总表一起汇总"
    )


def lying_beside(summary: Path) -> list[Path]:
    """The files with figures that lie beside a summary's workbook."""
    there = (summary.with_name(f"{summary.stem}{ending}") for ending in _ENDINGS)
    return [path for path in there if path.is_file()]


def _count(summary: Summary) -> int:
    return sum(len(f.form.fields) for f in summary.included) + sum(len(a.figures) for a in summary.filing.adjustments)


def exactly(figure: Figure, field: Field) -> Decimal | None:
    """A figure as it is printed, to the last digit."""
    return None if figure is None else printed(figure, field.type)


def _blocks(summary: Summary, included: Iterable[Filing], said: Callable[[Figure, Field], Any]) -> Iterator[Block]:
    """The figures of each agency, then those of each adjustment, as they are ``said``."""
    year, fields = _year(summary.filing), summary.filing.form.fields
    words = {name: (field.section.sheet, name, field.label) for name, field in fields.items()}
    lines: dict[Form, list[tuple[str, ...]]] = {}
    for filing in included:
        form, values = filing.form, filing.values
        if form not in lines:
            lines[form] = [words[name] for name in form.fields]
        # On the sheet a choice is its word, and short text stands as typed; beside it there are figures only.
        shown = {f.id for f in form.fields.values() if f.type in ("choice", "words")} if said is number else ()
        figures = [
            content(filing, field) if name in shown else said(values[name], field)
            for name, field in form.fields.items()
        ]
        yield Block((year, filing.agency.code, filing.agency.name, LEVELS[filing.agency.level]), lines[form], figures)
    for line in summary.filing.adjustments:
        figures = [said(figure, fields[name]) for name, figure in line.figures.items()]
        yield Block((year, ADJUSTMENT, line.reason, ""), [words[name] for name in line.figures], figures)


def _ledger(summary: Summary) -> Iterator[Sequence[Value | Decimal]]:
    """明细 as it stands beside a workbook: the same two rows of headings, then an agency a row, money to the last digit."""
    inputs = summary.filing.form.inputs
    yield (*WHOSE, *(f"{item.section.sheet}　{item.label}" for item in inputs))
    yield (*("" for _ in WHOSE), *(item.id for item in inputs))
    for filing in summary.included:
        held = ledger_row(filing, inputs)
        exact = (exactly(filing.values.get(item.id), item) for item in inputs)
        yield (*held[:FIRST], *(said if isinstance(said, str) else figure
                                for said, figure in zip(held[FIRST:], exact, strict=True)))  # fmt: skip


def _year(filing: Filing) -> Value:
    """A period as a cell holds it."""
    return str(filing.year) if part_of(filing.year) else filing.year


def read_sources(path: Path) -> frozenset[str] | None:
    """The SHA-256 of each file that a summary says it counts; None where that cannot be read of it."""
    columns = (_USED, _DIGEST)
    try:
        found = list_on(
            must_read(path, KINDS["summary"], FILE_LIMIT), path, KINDS["summary"], SOURCES, columns, columns
        )
    except XltoolsError:
        return None
    return frozenset(row[_DIGEST] for row in found.rows if row[_USED].startswith(YES)) if found else None


def write_sources(book: Book, summary: Summary) -> None:
    """Every file with its SHA-256, whether it was counted and why not, its verdict, when it was saved."""
    out = list_sheet(book, SOURCES, "来源：每个文件及其校验值", summary.status, _SOURCES)
    counted = {s.entry.agency.code: s.received for s in summary.parts if s.included}
    newest = {r.superseded_by for r in summary.collection.received}
    corrected = {f.file for f in summary.collection.findings if f.code == "agency-corrected"}

    def facts(received: Received) -> tuple[str, ...]:
        card = received.card
        used = YES if (counts := card is not None and counted.get(card.agency.code) is received) else NO
        if received.superseded_by:
            used = "否，有更新的一份"
        elif slashed(received.path) in newest and counts:
            used = "是，更正后的一份" if slashed(received.path) in corrected else "是，取最后保存的一份"
        return (whole(slashed(received.path)), card.agency.code if card else "", card.agency.name if card else "",
                str(card.year) if card else "", used, VERDICTS[received.verdict][0],
                received.saved, received.sha256)  # fmt: skip

    def height(said: Sequence[Value]) -> float:
        return height_of((str(words), width) for words, width in zip(said, _SOURCES.values(), strict=True))

    files = summary.collection.received
    out.rows(TOP, len(files), map(facts, files), ("cell_left",) * len(_SOURCES), height)
    finish_list(out, len(files), len(_SOURCES), SOURCES)
