"""Figures that the text names, held against the tables; totals in the text against the parts named beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltools.address import a1
from xltools.figures import Figure, Number, magnitude, show
from xltools.findings import Finding, finding
from xltools.layout import TEXT_TOP, layout_of
from xltools.lexicon import Quantity
from xltools.model import Filing, Section
from xltools.relation import Sum
from xltools.rules.prose.reading import Breakdown, Mention, Reader
from xltools.terms import Severity

_BASIS = "文字与表格应当一致"
_CELLS = 3


def figures(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding for each figure of the text that is not the tables', and for each total that is not its parts'.

    Where the words leave open which quantity is meant, none of them may fit. A quantity that the same paragraph also gives
    rightly is not reported again: the other figure may be of something else.
    """
    reader = Reader(filing.form.lexicon, filing.year, filing.agency.name)
    known = _Tables(filing)
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            mentions, breakdowns = reader.read(paragraph)
            cell = a1(TEXT_TOP + number, 0)
            yield from _unlike(mentions, known, file, section, cell)
            for breakdown in breakdowns:
                yield from _uneven(breakdown, filing, file, section, cell)


def severity(filing: Filing, of_filing: Severity = "query") -> Severity:
    """How grave a finding about texts is: a note for a summary."""
    return "note" if filing.kind == "summary" else of_filing


class _Tables:
    """What a filing's tables give for quantities, each added up once."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.known: dict[str, Figure] = {}

    def __getitem__(self, quantity: Quantity) -> Figure:
        if quantity.id not in self.known:
            self.known[quantity.id] = value_of(quantity.sum, self.filing)
        return self.known[quantity.id]


def _unlike(mentions: Sequence[Mention], known: _Tables, file: str, section: Section, cell: str) -> Iterator[Finding]:
    """What differs, once."""
    filing = known.filing
    fitting = {q.id for m in mentions for q in m.quantities if _fits(m, known[q])}
    told: set[tuple[str, Figure]] = set()
    for mention in mentions:
        first, *others = mention.quantities
        if any(q.id in fitting or known[q] is None for q in mention.quantities) or (first.id, mention.figure) in told:
            continue
        told.add((first.id, mention.figure))
        also = "".join(f"，{q.name}是 {show(known[q], q.type)}" for q in others)
        yield finding("text-differs", severity=severity(filing), file=file, agency=filing.agency, sheet=section.sheet,
                      cell=cell, field=first.anchors[0], related=first.sum.fields, actual=mention.figure,
                      expected=known[first], types=(first.type, first.type), rule=f"text.{first.id}", basis=_BASIS,
                      quote=mention.quote, name=first.name, where=_where(first, filing), also=also)  # fmt: skip


def _uneven(breakdown: Breakdown, filing: Filing, file: str, section: Section, cell: str) -> Iterator[Finding]:
    whole, total = breakdown.whole, sum(breakdown.parts)
    first = whole.quantities[0]
    if (
        first.type != "count"
        or whole.slack
        or not (total > whole.figure or (breakdown.complete and total != whole.figure))
    ):
        return
    yield finding("text-parts", severity=severity(filing), file=file, agency=filing.agency, sheet=section.sheet, cell=cell,
                  field=first.anchors[0], related=first.sum.fields, actual=total, expected=whole.figure,
                  rule=f"text.{first.id}", basis="各部分相加等于总数", quote=whole.quote, name=first.name,
                  parts="＋".join(map(str, breakdown.parts)))  # fmt: skip


def value_of(total: Sum, filing: Filing) -> Figure:
    """What the tables give for a sum of fields; None where a cell is blank or could not be read."""
    figure: Number = 0
    for factor, name in total.terms:
        part = filing.values[name]
        if part is None:
            return None
        figure = figure + factor * part
    return figure


def _fits(mention: Mention, known: Figure) -> bool:
    """Whether a figure is the tables', rounded or cut off where the text gives it so."""
    if known is None:
        return False
    over = known - mention.figure
    return over == 0 or 0 <= over < mention.slack or 2 * magnitude(over) <= mention.slack


def _where(quantity: Quantity, filing: Filing) -> str:
    """The cells of a quantity, for a clerk to go to."""
    layout = layout_of(filing.form)
    sheet = layout.position(quantity.anchors[0])[0]
    cells = [layout.cell(name) for name in quantity.anchors]
    return f"“{sheet}”{'、'.join(cells[:_CELLS])}{' 等' if len(cells) > _CELLS else ''}"
