"""Who filed this: what in a return speaks for another agency of the roster than the one whose form it is.

A form carries the code it was issued with, whoever fills it in. So its other carriers of identity are held together: how the texts
speak of themselves, who signed with which telephone, the file's name, and whose last year the figures go on from. One weak carrier
alone is a note; several, or a plain word, are one query that names both agencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import log, log2

from xltools.address import a1
from xltools.figures import SCALE, Figure, magnitude
from xltools.findings import Finding, finding
from xltools.layout import COVER, COVER_CELLS, TEXT_TOP
from xltools.model import Filing, Form
from xltools.names import Mention, Names, kind_of
from xltools.previous import Previous
from xltools.relation import LAST, Relation
from xltools.roster import Entry, Roster
from xltools.speakers import OPENING, Speaker, kinds_in, speakers
from xltools.terms import SIGNOFF
from xltools.workbook.read import Received

ENOUGH = 3
"""Points from which on a return is doubtful; a plain word has as many, a weak carrier one or two."""

_NAMED = 4
_CLOSE, _FAR = 0.5, 6.0
"""Figures go on from another's last year where they are so much nearer to it than to their own, in share and in all."""

_MOST = 3.0
"""What one figure counts at most in how far two years are apart."""

_TELLING = 4.0
"""Bits that stocks must have to tell one agency from another: a single 1 that fits tells nothing."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What speaks for an agency: which carrier, how much, in words, and where."""

    carrier: str
    points: int
    words: str
    sheet: str | None = None
    cell: str | None = None


class Whose:
    """The carriers of identity of a roster's agencies, made once for all files of a run."""

    def __init__(self, roster: Roster, previous: Previous | None, came: Iterable[str]) -> None:
        self._roster, self._previous = roster, previous
        expected, here = {e.agency.code for e in roster.expected}, frozenset(came)
        self._absent = expected - here if 2 * len(expected & here) >= len(expected) else frozenset[str]()
        """Agencies of which nothing came, where most have filed: before that it tells nothing."""
        above = [e.agency.name for e in roster.entries if e.agency.code in roster.areas]
        self._filing = Names({e.agency.code: e.agency.name for e in roster.expected}, above)
        self._areas = Names(
            {e.agency.code: e.agency.name for e in roster.entries if e.agency.code not in expected}, above
        )
        self._phones = _unique((_digits(e.phone), e) for e in roster.expected)
        self._contacts = _unique((e.contact.strip(), e) for e in roster.expected)
        self._stocks: dict[tuple[str, int, bool], _Stocks] = {}

    def of(self, received: Received) -> Iterator[Finding]:
        """What a file's carriers say against its form: one query where they are enough, else a note for each that speaks up."""
        filing = received.filing
        own = self._roster.by_code.get(filing.agency.code) if filing else None
        if filing is None or own is None or (filing.kind == "summary") != (own.agency.code in self._roster.areas):
            return
        traces, defence = self._traces(received, filing, own)
        ranked = sorted(traces, key=lambda code: (-self._points(code, traces[code], defence), code))
        if not ranked:
            return
        first = ranked[0]
        other, found = self._roster.by_code[first].agency, sorted(traces[first], key=lambda t: -t.points)
        tell = partial(finding, file=str(received.path), agency=filing.agency)
        if self._points(first, found, defence) >= ENOUGH:
            words = [trace.words for trace in found[:_NAMED]]
            if first in self._absent:
                words.append(f"{other.name}自己的表没有报来")
            place = next((t for t in found if t.sheet), found[0])
            yield tell("agency-doubtful", sheet=place.sheet, cell=place.cell, other_code=other.code,
                          other_name=other.name, evidence="；".join(words))  # fmt: skip
            return
        for code in ranked:
            for trace in traces[code]:
                if trace.carrier == "text" and trace.points < OPENING.points:
                    continue
                yield tell("file-named-otherwise" if trace.carrier == "file" else "agency-hinted",
                              sheet=trace.sheet, cell=trace.cell, evidence=trace.words,
                              other_name=self._roster.by_code[code].agency.name)  # fmt: skip

    def _points(self, code: str, traces: Sequence[Trace], defence: _Defence) -> int:
        text = max((t.points for t in traces if t.carrier == "text"), default=0)
        rest = sum(t.points for t in traces if t.carrier != "text")
        if defence.named:
            return min(text, 1) + rest - 2
        if defence.signed and text < ENOUGH:
            rest -= 1
        return text + rest + (code in self._absent and text + rest > 0)

    def _traces(self, received: Received, filing: Filing, own: Entry) -> tuple[dict[str, list[Trace]], _Defence]:
        traces: dict[str, list[Trace]] = {}
        known = [*self._text(filing), *self._signed(filing, own), *self._file(received, own), *self._last(filing)]
        mine = {trace.carrier for code, trace in known if code == own.agency.code}
        for code, trace in known:
            if code != own.agency.code:
                traces.setdefault(code, []).append(trace)
        if "file" in mine:
            traces = {c: left for c, some in traces.items() if (left := [t for t in some if t.carrier != "file"])}
        return traces, _Defence("text" in mine, "signed" in mine)

    # ── carriers ─────────────────────────────────────────────────────────────

    def _text(self, filing: Filing) -> Iterator[tuple[str, Trace]]:
        """How the texts speak of themselves. Where several others are spoken of alike, it is a report on them all."""
        names = self._areas if filing.kind == "summary" else self._filing
        found: dict[str, list[tuple[Speaker, Mention, str, str]]] = {}
        for section in filing.form.text_sections:
            for number, paragraph in enumerate(filing.texts.get(section.id, ())):
                for speaker, mention in speakers(paragraph, names, filing.form.title, filing.year, number == 0):
                    place = (section.sheet, a1(TEXT_TOP + number, 0))
                    found.setdefault(mention.code, []).append((speaker, mention, *place))
        kinds = kinds_in(text for lines in filing.texts.values() for text in lines)
        own = filing.agency.code
        others = [code for code, said in found.items() if code != own and not any(s.plain for s, *_ in said)]
        for code, said in found.items():
            speaker, _, sheet, cell = max(said, key=lambda s: s[0].points)
            points = speaker.points
            if not speaker.plain and code != own:
                points += len({place for *_, place in said}) > 1 or len({sheet for *_, sheet, _ in said}) > 1
                points += names.kinds[code] in kinds and kind_of(filing.agency.name) not in kinds
                points = 0 if len(others) > 1 else min(points, ENOUGH)
            if points:
                name = self._roster.by_code[code].agency.name
                more = f"等 {len(said)} 处" if len(said) > 1 else ""
                yield code, Trace("text", points, f"“{sheet}”{cell}{more}{speaker.words}{name}", sheet, cell)

    def _signed(self, filing: Filing, own: Entry) -> Iterator[tuple[str, Trace]]:
        """Who signed, and whose telephone that is on the roster. Neither is told: both may go to two agencies."""
        rows = {key: row for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
        phone = _digits(filing.signoff.get("phone", ""))
        if phone and phone == _digits(own.phone):
            yield own.agency.code, Trace("signed", 1, "")
        elif phone and own.phone and (entry := self._phones.get(phone)):
            cell = a1(rows["phone"], COVER_CELLS.column)
            words = f"“{COVER}”{cell} 的联系电话是名录上{entry.agency.name}的"
            yield entry.agency.code, Trace("phone", 2, words, COVER, cell)
        people = {key: filing.signoff.get(key, "").strip() for key in filing.form.signoff.names}
        if own.contact and own.contact.strip() in people.values():
            yield own.agency.code, Trace("signed", 1, "")
            return
        for key, person in people.items():
            if own.contact and (entry := self._contacts.get(person)) and entry.agency.code != own.agency.code:
                cell = a1(rows[key], COVER_CELLS.column)
                words = f"“{COVER}”{cell} 的{SIGNOFF[key]}是名录上{entry.agency.name}的联系人"
                yield entry.agency.code, Trace("contact", 1, words, COVER, cell)
                return

    def _file(self, received: Received, own: Entry) -> Iterator[tuple[str, Trace]]:
        """Whom the file's name names, by name or code."""
        stem = received.path.stem
        names = self._areas if received.filing and received.filing.kind == "summary" else self._filing
        codes = {m.code for m in names.within(stem)} | {
            part for part in re.split(r"[_\s—]+", stem) if part in self._roster.by_code
        }
        if own.agency.code in codes:
            yield own.agency.code, Trace("file", 1, "")
        elif len(codes) == 1:
            [code] = codes
            yield code, Trace("file", 1, f"文件名写的是{self._roster.by_code[code].agency.name}")

    def _last(self, filing: Filing) -> Iterator[tuple[str, Trace]]:
        """Whose last year the stocks go on from, exactly, and which all figures are nearest to."""
        if self._previous is None or filing.kind == "summary" or not filing.last_verified:
            return
        key = (filing.form.edition, filing.year, bool(filing.carried))
        if key not in self._stocks:
            self._stocks[key] = _Stocks(filing.form, filing.year, self._roster, self._previous, filing.carried)
        code, fits = self._stocks[key].continued_by(filing)
        if code is None:
            return
        last = self._previous.figures(code, filing.form, filing.year)
        here, there = _distance(filing, filing.last), _distance(filing, last)
        near = there <= _CLOSE * here and here - there >= _FAR
        if not fits and not near:
            return
        name = self._roster.by_code[code].agency.name
        words = f"结转、现行有效等接得上的上年数是{name}的，不是{filing.agency.name}的"
        yield code, Trace("last", ENOUGH if fits and near else 1, words)


@dataclass(frozen=True, slots=True)
class _Defence:
    """What speaks for the form's own agency: its texts name it, it signed with what the roster knows of it."""

    named: bool
    signed: bool


class _Stocks:
    """What each agency left over last year, for the relations by which this year's stocks are what was left over."""

    def __init__(self, form: Form, year: int, roster: Roster, previous: Previous, carried: frozenset[str]) -> None:
        self._relations = [r for r in form.relations if _continues(r) and carried.isdisjoint(r.left.fields)]
        self._by_stocks: dict[tuple[Figure, ...], list[str]] = {}
        for entry in roster.expected:
            last = previous.figures(entry.agency.code, form, year)
            stocks = tuple(_left_over(relation, last) for relation in self._relations)
            if last and None not in stocks:
                self._by_stocks.setdefault(stocks, []).append(entry.agency.code)

    def continued_by(self, filing: Filing) -> tuple[str | None, bool]:
        """The one agency whose stocks a filing's go on from, where its own do not; and whether they are many enough to tell."""
        needed = tuple(_needed(relation, filing) for relation in self._relations)
        own = tuple(_left_over(relation, filing.last) for relation in self._relations)
        if None in needed or needed == own:
            return None, False
        codes = self._by_stocks.get(needed, [])
        telling = sum(log2(1 + abs(float(n))) for n in needed if n) >= _TELLING
        return (codes[0], telling) if len(codes) == 1 else (None, False)


def _continues(relation: Relation) -> bool:
    """Whether a relation says that a stock is what last year left of it."""
    return (
        bool(relation.last_operands) and all(c.op == "=" for some in relation.holds for c in some) and not relation.when
    )


def _left_over(relation: Relation, last: dict[str, Figure]) -> Figure:
    """What last year left, for the relation; None where that is not known."""
    total: Figure = 0
    for factor, name in relation.right.terms:
        if name.startswith(LAST):
            figure = last.get(name.removeprefix(LAST))
            total = None if figure is None or total is None else total + factor * figure
    return total


def _needed(relation: Relation, filing: Filing) -> Figure:
    """What last year must have left for the relation to hold; None where this year's figures are not all there."""
    total: Figure = 0
    terms = [*relation.left.terms, *((-f, n) for f, n in relation.right.terms if not n.startswith(LAST))]
    for factor, name in terms:
        figure = filing.values.get(name)
        total = None if figure is None or total is None else total + factor * figure
    return total


def _distance(filing: Filing, last: dict[str, Figure]) -> float:
    """How far this year's figures are from last year's: the sum of their ratios' logarithms, none counting much."""
    total = 0.0
    for item in filing.form.inputs:
        now, then = filing.values[item.id], last.get(item.id)
        if now is not None and then is not None and item.id not in filing.carried and now != then:
            one, before, after = SCALE[item.type], float(magnitude(then)), float(magnitude(now))
            total += min(abs(log((one + after) / (one + before))), _MOST)
    return total


def _unique(pairs: Iterable[tuple[str, Entry]]) -> dict[str, Entry]:
    """What belongs to one agency alone."""
    found: dict[str, list[Entry]] = {}
    for words, entry in pairs:
        if words:
            found.setdefault(words, []).append(entry)
    return {words: entries[0] for words, entries in found.items() if len(entries) == 1}


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())
