"""Level upon level: a summary is a filing. Who is in which summary, who is counted twice, a summary held against its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xltools.classes import dataclass
from xltools.collection.roster import Roster
from xltools.figures import show, total
from xltools.findings import Finding, finding
from xltools.form.layout import layout_of
from xltools.form.model import Agency, Filing, Member
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.terms import SOME, several


def counted_in(filing: Filing) -> set[str]:
    """The codes of all agencies whose figures a filing holds: its own, and those of every agency and summary beneath it."""
    counted = [m for m in filing.members if m.counted]
    return {filing.agency.code, *(m.agency.code for m in counted), *(code for m in counted for code in m.via)}


def counted_twice(received: Sequence[Received]) -> Iterator[tuple[Received, Finding]]:
    """Every file whose figures another one holds too, at whatever depth, with the finding that says so: it does not count.

    Of a file and a summary that holds it, the file is told, and the summary counts; of two summaries that hold the same
    agencies and of which neither is in the other, both are told: one cannot be taken out of the other.
    """
    held = [got for got in received if got.card and not got.set_aside]
    wholes = {n: _Whole.of(got) for n, got in enumerate(held) if got.card and got.card.kind == "summary"}
    holders: dict[str, list[int]] = {}
    for number, whole in wholes.items():
        for code in whole.codes:
            holders.setdefault(code, []).append(number)
    for number, got in enumerate(held if wholes else ()):
        assert got.card is not None
        agency, own = got.card.agency, wholes.get(number) or _Whole({got.card.agency.code}, {})
        for other in sorted({n for code in own.codes for n in holders.get(code, ()) if n != number}):
            there, both = held[other], wholes[other]
            if there.known.agency.code == agency.code or there.known.agency.code in own.codes:
                continue  # copies of one agency are told elsewhere; the part is told, not the whole
            names = _ways(agency, own.codes & both.codes, own.within, both.within)
            counts = "按那份汇总表计，这份不计入" if agency.code in both.codes else "两份汇总表都不计入"
            yield got, finding("agency-counted-twice", file=slashed(got.path), agency=agency,
                               names=several(names, SOME), where=f"已经在“{slashed(there.path)}”里了",
                               counts=counts)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a summary holds: the codes of all in it, and the agencies that it counts by code."""

    codes: set[str]
    within: Mapping[str, Member]

    @classmethod
    def of(cls, got: Received) -> _Whole:
        return cls(counted_in(got.known), {m.agency.code: m for m in got.known.members if m.counted})


def _ways(agency: Agency, codes: Iterable[str], own: Mapping[str, Member], other: Mapping[str, Member]) -> list[str]:
    """The agencies among the codes in words, each with the parts through which both have it; parts alone only where no agency is.

    ``own`` and ``other`` are the agencies that the two summaries count, by code.
    """
    found = []
    for code in sorted(codes):
        if member := other.get(code) or own.get(code):
            way = other[code].via if code in other else ()
            found.append(member.agency.name + (f"（经 {' / '.join(way)}）" if way else ""))
    return found or [agency.name]


def filed_above(roster: Roster, received: Iterable[Received]) -> None:
    """Makes notes on an area's own part of its summary queries, where the summary stands as a filing: beneath the roster's top."""
    for got in received:
        code = got.card.agency.code if got.card and got.card.kind == "summary" else ""
        if code in roster.by_code and (roster.top is None or code != roster.top.code):
            got.revise(replace(f, severity=f.above) if f.above and f.severity == "note" else f for f in got.findings)


def of_others(roster: Roster, received: Sequence[Received]) -> None:
    """A query on each summary that counts agencies which the roster knows, but not beneath its area, and which sent nothing: they may
    yet come in another, or the roster is behind the times."""
    came = {got.card.agency.code for got in received if got.card}
    for got in received:
        code = got.card.agency.code if got.card and got.card.kind == "summary" else ""
        if code not in roster.by_code:
            continue
        known = (m.agency for m in got.known.members if m.counted and m.agency.code in roster.by_code)
        counted = (agency for agency in known if agency.code not in came)
        names = [f"{a.name}（名录上{_belongs(roster, a.code)}）" for a in counted if code not in roster.above(a.code)]
        if names:
            got.add(
                finding(
                    "summary-of-others", file=slashed(got.path), agency=got.known.agency, names=several(names, SOME)
                )
            )


def _belongs(roster: Roster, code: str) -> str:
    above = roster.above(code)
    return f"属{roster.by_code[above[-1]].agency.name}" if above else "不属哪一级"


def of_itself(area: Agency | None, received: Sequence[Received]) -> Iterator[tuple[Received, Finding]]:
    """A note on an area's own summary that lies among the filings it is made of: it is no part of itself."""
    for got in received if len(received) > 1 else ():
        if area and got.card and got.card.kind == "summary" and got.card.agency.code == area.code:
            yield got, finding("summary-of-itself", file=slashed(got.path), agency=got.card.agency)


def held_against_parts(whole: Received, parts: Sequence[Received]) -> Iterator[Finding]:
    """A filing or summary against the sum of its parts: a finding for each figure that differs, a note on other agencies.

    Parts that another part holds already are left out of the sum; a summary's own adjustments belong to it.
    """
    filing = whole.filing
    assert filing is not None
    within = {id(got) for got, _ in counted_twice(parts)}
    known = [got.filing for got in parts if got.filing and got.filing.year == filing.year
             and not got.set_aside and id(got) not in within]  # fmt: skip
    layout = layout_of(filing.form)
    for item in filing.form.inputs:
        given = total(a.figures.get(item.id) for a in filing.adjustments)
        said, right = filing.values[item.id], item.gathered([*(part.values.get(item.id) for part in known), given])
        if (said or 0) != (right or 0):
            yield finding("parts-differ", file=slashed(whole.path), agency=filing.agency, sheet=item.section.sheet,
                          cell=layout.cell(item.id), field=item.id, actual=said, expected=right,
                          types=(item.type, item.type), place=item.place, count=len(known),
                          adjusted=f"（已加上调整 {show(given, item.type)}）" if given else "",
                          basis="汇总数由下级的数相加得出")  # fmt: skip
    if filing.members:
        yield from _unlike(whole, filing, known)


def _unlike(whole: Received, filing: Filing, parts: Sequence[Filing]) -> Iterator[Finding]:
    names = {code: name for part in (filing, *parts) for code, name in _all(part)}
    ours = {m.agency.code for m in filing.members if m.counted}
    theirs = {
        code for part in parts for code in ([m.agency.code for m in part.members if m.counted] or [part.agency.code])
    }
    words = [
        f"{said}：{several(sorted(names[code] for code in codes), SOME)}"
        for said, codes in (("汇总表里有、没有给出表的", ours - theirs), ("给出了表、汇总表里没有的", theirs - ours))
        if codes
    ]
    if words:
        yield finding("parts-unlike", file=slashed(whole.path), agency=filing.agency, words="；".join(words))


def _all(filing: Filing) -> Iterator[tuple[str, str]]:
    yield filing.agency.code, filing.agency.name
    yield from ((m.agency.code, m.agency.name) for m in filing.members)
