"""Figures that the text names, held against the tables; totals in the text against the parts named beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from xltools.classes import dataclass
from xltools.figures import Figure, magnitude, show
from xltools.findings import FieldsAt, Finding, ParagraphAt
from xltools.form.lexicon import Quantity
from xltools.form.model import Filing
from xltools.numerals import named
from xltools.rules.prose.leftovers import leftovers
from xltools.rules.prose.reading import Breakdown, Mention, Reader
from xltools.rules.prose.text import TextRule, paragraphs
from xltools.terms import FEW

_PARTS = "各部分相加等于总数"


@dataclass(frozen=True, kw_only=True)
class Named(TextRule):
    """A figure that the text gives for a quantity of the tables is the tables'. ``{quantity}`` in its id stands for which."""

    kind: ClassVar[str] = "text.figures"
    rank: ClassVar[int] = 100

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each figure of the text that is not the tables', and for each total that is not its parts'.

        Where the words leave open which quantity is meant, none of them may fit. A quantity that the same paragraph also gives
        rightly is not reported again: the other figure may be of something else. A sentence left over from another year's report
        is held against the tables too: its year is one slip, its figures may be another.
        """
        reader = Reader(filing.form.lexicon, filing.year, filing.agency.name)
        known = _Tables(filing)
        signs = named("\n".join(paragraph for _, _, paragraph in filing.paragraphs), filing.form.lexicon.signs)
        for _, at, paragraph in paragraphs(filing) if signs else ():
            if not named(paragraph, signs):
                continue
            mentions, breakdowns = reader.read(paragraph)
            mentions += (mention for left in leftovers(paragraph, reader) for mention in left.mentions)
            if mentions:
                yield from self._unlike(mentions, known, at)
            for breakdown in breakdowns:
                yield from self._uneven(breakdown, at)

    def _of(self, quantity: Quantity) -> str:
        return self.id.replace("{quantity}", quantity.id)

    def _unlike(self, mentions: Sequence[Mention], known: _Tables, at: ParagraphAt) -> Iterator[Finding]:
        """What differs, once."""
        fitting = {q.id for m in mentions for q in m.quantities if _fits(m, known[q])}
        told: set[tuple[str, Figure]] = set()
        for mention in mentions:
            first, *others = mention.quantities
            if (
                any(q.id in fitting or known[q] is None for q in mention.quantities)
                or (first.id, mention.figure) in told
            ):
                continue
            told.add((first.id, mention.figure))
            also = "".join(f"，{q.name}是 {show(known[q], q.type)}" for q in others)
            yield self.breach("text-differs", at, field=first.anchors[0], related=first.sum.fields, actual=mention.figure,
                              expected=known[first], types=(first.type, first.type), rule=self._of(first),
                              quote=mention.quote, name=first.name, where=FieldsAt(first.anchors, FEW, sheet=True),
                              also=also)  # fmt: skip

    def _uneven(self, breakdown: Breakdown, at: ParagraphAt) -> Iterator[Finding]:
        """A total that is not its parts'."""
        whole, total = breakdown.whole, sum(breakdown.parts)
        first = whole.quantities[0]
        wrong = total > whole.figure or (breakdown.complete and total != whole.figure)
        if first.type == "count" and not whole.slack and wrong:
            yield self.breach("text-parts", at, field=first.anchors[0], related=first.sum.fields, actual=total,
                              expected=whole.figure, rule=self._of(first), basis=_PARTS, quote=whole.quote,
                              name=first.name, parts="＋".join(map(str, breakdown.parts)))  # fmt: skip


class _Tables:
    """What a filing's tables give for quantities, each added up once."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.known: dict[str, Figure] = {}

    def __getitem__(self, quantity: Quantity) -> Figure:
        if quantity.id not in self.known:
            self.known[quantity.id] = quantity.sum.total(self.filing.values)
        return self.known[quantity.id]


def _fits(mention: Mention, known: Figure) -> bool:
    """Whether a figure is the tables', rounded or cut off where the text gives it so."""
    if known is None:
        return False
    over = known - mention.figure
    return over == 0 or 0 <= over < mention.slack or 2 * magnitude(over) <= mention.slack
