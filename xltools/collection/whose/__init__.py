"""Who filed this: what in a return speaks for another agency of the roster than the one whose form it is.

A form carries the code it was issued with, whoever fills it in. So its other carriers of identity are held together: how the texts
speak of themselves, who signed with which telephone, the file's name, and whose last year the figures go on from. One weak carrier
alone is a note; several, or a plain word, are one query that names both agencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from xltools.address import a1
from xltools.classes import dataclass
from xltools.collection.previous import Previous
from xltools.collection.roster import Entry, Roster
from xltools.collection.whose.last_figures import LastYears
from xltools.collection.whose.names import Names, kind_of
from xltools.collection.whose.speakers import OPENING, SPEAKING, Speaker, kinds_in, speakers
from xltools.findings import Finding, finding
from xltools.form.layout import COVER, COVER_CELLS, paragraph_spot
from xltools.form.model import Agency, Filing
from xltools.outputs import slashed
from xltools.periods import spoken
from xltools.received.file import Received
from xltools.rules.signoff import Signoff
from xltools.terms import SIGNOFF, SOME, several

ENOUGH = 3
"""Points from which on a return is doubtful; a plain word has as many, a weak carrier one or two."""

_HEADING = 40
"""Characters of a paragraph that is no more than a title or a heading: what follows opens the text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an agency: which carrier, how much, in words, and where."""

    carrier: str
    points: int
    words: str
    sheet: str | None = None
    cell: str | None = None


def named_by(path: Path, roster: Roster) -> Agency | None:
    """The one agency that a file's name names, or where that names none its folder's; None for none, and for several."""
    names = Names(
        {e.agency.code: e.agency.name for e in roster.expected},
        [e.agency.name for e in roster.entries if e.agency.code in roster.areas],
    )
    for words in (path.stem, path.parent.name):
        if codes := {mention.code for mention in names.within(words)}:
            return roster.by_code[codes.pop()].agency if len(codes) == 1 else None
    return None


class Whose:
    """The carriers of identity of a roster's agencies, made once for all files of a run."""

    def __init__(self, roster: Roster, previous: Previous | None, came: Iterable[str]) -> None:
        self._roster = roster
        self._absent = _absent(roster, frozenset(came))
        """Agencies of which nothing came, where most have filed: before that it tells nothing."""
        expected = {e.agency.code: e.agency.name for e in roster.expected}
        above = [e.agency.name for e in roster.entries if e.agency.code in roster.areas]
        self._filing = Names(expected, above)
        self._areas = Names(
            {e.agency.code: e.agency.name for e in roster.entries if e.agency.code not in expected}, above
        )
        self._phones = _unique((_digits(e.phone), e) for e in roster.expected)
        self._contacts = _unique((e.contact.strip(), e) for e in roster.expected)
        self._lasts = LastYears(roster, previous, self._absent) if previous else None

    def of(self, received: Received) -> Iterator[Finding]:
        """What a file's carriers say against its form: one query where they are enough, else a note for each that speaks up."""
        filing = received.filing
        own = self._roster.by_code.get(filing.agency.code) if filing else None
        if filing is None or own is None or (filing.kind == "summary") != (own.agency.code in self._roster.areas):
            return
        traces, defence = self._traces(received, filing, own)
        ranked = sorted(traces, key=lambda code: (-self._points(code, traces[code], defence),
                                                  -max(t.points for t in traces[code]), code))  # fmt: skip
        if not ranked:
            return
        first = ranked[0]
        other, found = self._roster.by_code[first].agency, sorted(traces[first], key=lambda t: -t.points)
        tell = partial(finding, file=slashed(received.path), agency=filing.agency)
        if self._points(first, found, defence) >= ENOUGH:
            words = [trace.words for trace in found[:SOME] if trace.points > 0]
            if first in self._absent:
                words.append(f"{other.name}自己的表没有报来")
            place = next((t for t in found if t.sheet), found[0])
            yield tell("agency-doubtful", sheet=place.sheet, cell=place.cell, other_code=other.code,
                          other_name=other.name, evidence="；".join(words))  # fmt: skip
            return
        for code in ranked:
            for trace in traces[code]:
                if trace.carrier == "kind" or (trace.carrier == "text" and trace.points < OPENING.points):
                    continue
                yield tell("file-named-otherwise" if trace.carrier == "file" else "agency-hinted",
                              sheet=trace.sheet, cell=trace.cell, evidence=trace.words,
                              other_name=self._roster.by_code[code].agency.name)  # fmt: skip

    def _points(self, code: str, traces: Sequence[Evidence], defence: _Defence) -> int:
        text = max((t.points for t in traces if t.carrier == "text"), default=0)
        rest = sum(t.points for t in traces if t.carrier != "text")
        if defence.named >= max(text, 1):
            return min(text, 1) + rest - 2
        text -= bool(defence.named)
        if defence.signed and text < OPENING.points:
            rest -= 1
        return text + rest + (code in self._absent and text + rest > 0)

    def _traces(self, received: Received, filing: Filing, own: Entry) -> tuple[dict[str, list[Evidence]], _Defence]:
        traces: dict[str, list[Evidence]] = {}
        known = [*self._text(filing), *self._signed(filing, own), *self._file(received, own), *self._last(filing)]
        mine = {trace.carrier: trace.points for code, trace in known if code == own.agency.code}
        for code, trace in known:
            if code != own.agency.code:
                traces.setdefault(code, []).append(trace)
        if "file" in mine:
            traces = {c: left for c, some in traces.items() if (left := [t for t in some if t.carrier != "file"])}
        kinds = _kinds(filing) if traces else {}
        for code, some in traces.items():
            theirs, ours = self._filing.kind(code), kind_of(filing.agency.name)
            if kinds and {theirs, ours} <= _TOLD_APART and theirs != ours:
                # 我镇 in the return of a 局 speaks for a 镇, and in that of a 镇 against a 局.
                told = 2 * bool(kinds.get(theirs)) - 2 * bool(kinds.get(ours))
                some += [Evidence("kind", told, f"文字里自称“我{theirs}”")] if told else []
        return traces, _Defence(mine.get("text", 0), "signed" in mine)

    # ── carriers ─────────────────────────────────────────────────────────────

    def _text(self, filing: Filing) -> Iterator[tuple[str, Evidence]]:
        """How the texts speak of themselves. Where several others are spoken of alike, it is a report on them all."""
        names = self._areas if filing.kind == "summary" else self._filing
        found: dict[str, list[tuple[Speaker, str, str]]] = {}
        opens = True
        form, texts = filing.form, dict(filing.texts.items())  # they are unpacked each time that anybody asks
        for section in form.text_sections:
            for number, paragraph in enumerate(texts.get(section.id, ())):
                for speaker, code in speakers(paragraph, names, form.title, filing.year, opens, form.lexicon.matter):
                    found.setdefault(code, []).append(
                        (
                            speaker,
                            section.sheet,
                            a1(*paragraph_spot(number)),
                        )
                    )
                opens = opens and len(paragraph) < _HEADING and "。" not in paragraph
        points = {code: _weight(said) for code, said in found.items()}
        others = sorted((n for code, n in points.items() if code != filing.agency.code), reverse=True)
        for code, said in found.items():
            alike = others.count(points[code]) > 1 or points[code] < others[0] if others else False
            if code != filing.agency.code and alike and points[code] < ENOUGH:
                continue
            speaker, sheet, cell = max(said, key=lambda s: s[0].points)
            where = several([f"“{sheet}”{cell}"] * len(said), 1, "处")  # the strongest, and how many more
            words = f"{where}{speaker.words}{self._roster.by_code[code].agency.name}"
            yield code, Evidence("text", points[code], words, sheet, cell)

    def _signed(self, filing: Filing, own: Entry) -> Iterator[tuple[str, Evidence]]:
        """Who signed, and whose telephone that is on the roster. Neither is told: both may go to two agencies."""
        rows = {key: row for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
        phone = _digits(filing.signoff.get("phone", ""))
        if phone and phone == _digits(own.phone):
            yield own.agency.code, Evidence("signed", 1, "")
        elif phone and own.phone and (entry := self._phones.get(phone)):
            cell = a1(rows["phone"], COVER_CELLS.column)
            words = f"“{COVER}”{cell} 的联系电话是名录上{entry.agency.name}的"
            yield entry.agency.code, Evidence("phone", 2, words, COVER, cell)
        people = {
            key: filing.signoff.get(key, "").strip() for rule in filing.form.rules_of(Signoff) for key in rule.names
        }
        if own.contact and own.contact.strip() in people.values():
            yield own.agency.code, Evidence("signed", 1, "")
            return
        for key, person in people.items():
            if own.contact and (entry := self._contacts.get(person)) and entry.agency.code != own.agency.code:
                cell = a1(rows[key], COVER_CELLS.column)
                words = f"“{COVER}”{cell} 的{SIGNOFF[key]}是名录上{entry.agency.name}的联系人"
                yield entry.agency.code, Evidence("contact", 1, words, COVER, cell)
                return

    def _file(self, received: Received, own: Entry) -> Iterator[tuple[str, Evidence]]:
        """Whom the file's name names, by name or code."""
        stem = received.path.stem
        names = self._areas if received.filing and received.filing.kind == "summary" else self._filing
        codes = {m.code for m in names.within(stem)} | {
            part for part in re.split(r"[_\s—]+", stem) if part in self._roster.by_code
        }
        if own.agency.code in codes:
            yield own.agency.code, Evidence("file", 1, "")
        elif len(codes) == 1:
            [code] = codes
            yield code, Evidence("file", 1, f"文件名写的是{self._roster.by_code[code].agency.name}")

    def _last(self, filing: Filing) -> Iterator[tuple[str, Evidence]]:
        """Whose last year the figures go on from, where it is not their own; less sure where their own is not known."""
        if self._lasts is None or filing.kind == "summary":
            return
        if code := self._lasts.followed_by(filing):
            name, own = self._roster.by_code[code].agency.name, filing.agency.name
            before = spoken("上年", filing.form.periods)
            said = f"离{own}的{before}数远" if filing.last else f"{own}没有{before}的表可比"
            yield (
                code,
                Evidence("last", ENOUGH if filing.last else ENOUGH - 1, f"各项数接得上的是{name}的{before}数，{said}"),
            )


@dataclass(frozen=True, slots=True)
class _Defence:
    """What speaks for the form's own agency: how plainly its texts do, and whether it signed as the roster knows it."""

    named: int
    signed: bool


def _weight(said: Sequence[tuple[Speaker, str, str]]) -> int:
    """How plainly an agency speaks: once plainly is enough, an opening with one more place, or three places."""
    most, places = max(speaker.points for speaker, *_ in said), len({(sheet, cell) for _, sheet, cell in said})
    return min(ENOUGH, most + (places > 1) if most > SPEAKING.points else places)


def _kinds(filing: Filing) -> dict[str, int]:
    """What the texts call their agency after 我, and how often."""
    return kinds_in(text for lines in filing.texts.values() for text in lines)


_TOLD_APART = frozenset(("局", "委", "镇", "乡", "街道"))
"""What agencies call themselves and no other kind of agency does."""


def _absent(roster: Roster, here: frozenset[str]) -> frozenset[str]:
    absent = frozenset(e.agency.code for e in roster.expected if e.agency.code not in here)
    return absent if 2 * len(absent) <= len(roster.expected) else frozenset()


def _unique(pairs: Iterable[tuple[str, Entry]]) -> dict[str, Entry]:
    """What belongs to one agency alone."""
    found: dict[str, list[Entry]] = {}
    for words, entry in pairs:
        if words:
            found.setdefault(words, []).append(entry)
    return {words: entries[0] for words, entries in found.items() if len(entries) == 1}


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())
