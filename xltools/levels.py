"""Level upon level: a summary is a filing. Who is in which summary, who is counted twice, a summary held against its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xltools.figures import Figure
from xltools.findings import Finding, finding
from xltools.layout import layout_of
from xltools.model import Filing
from xltools.workbook.read import Received

_NAMED = 6


def counted_in(filing: Filing) -> set[str]:
    """The codes of all agencies whose figures a filing holds: its own, and those of every agency and summary beneath it."""
    counted = [m for m in filing.members if m.counted]
    return {filing.agency.code, *(m.agency.code for m in counted), *(code for m in counted for code in m.via)}


def counted_twice(received: Sequence[Received]) -> Iterator[tuple[Received, Finding]]:
    """Every file whose figures another one holds too, at whatever depth, with the finding that says so.

    Of a file and a summary that holds it, the file is told; of two summaries that hold the same agencies, both are.
    """
    held = [(got, got.filing, counted_in(got.filing)) for got in received if got.filing and not got.set_aside]
    holders: dict[str, list[int]] = {}
    for number, (*_, codes) in enumerate(held):
        for code in codes:
            holders.setdefault(code, []).append(number)
    for number, (got, filing, codes) in enumerate(held):
        for other in sorted({n for code in codes for n in holders[code] if n != number}):
            there, theirs, both = held[other]
            if theirs.agency.code == filing.agency.code or theirs.agency.code in codes:
                continue  # copies of one agency are told elsewhere; the part is told, not the whole
            names = sorted(_names(filing, theirs, codes & both))
            more = f"等 {len(names)} 家" if len(names) > _NAMED else ""
            yield got, finding("agency-counted-twice", file=str(got.path), agency=filing.agency,
                               names="、".join(names[:_NAMED]) + more, other=there.path.name)  # fmt: skip


def _names(filing: Filing, other: Filing, codes: Iterable[str]) -> set[str]:
    known = {m.agency.code: m.agency.name for m in (*filing.members, *other.members)}
    known |= {f.agency.code: f.agency.name for f in (filing, other)}
    return {known.get(code, code) for code in codes}


def provisional(received: Iterable[Received]) -> Iterator[tuple[Received, Finding]]:
    """A note on each summary that says that agencies are missing from it."""
    for got in received:
        if got.filing and got.provisional:
            yield got, finding("summary-provisional", file=str(got.path), agency=got.filing.agency,
                               status=got.provisional)  # fmt: skip


def held_against_parts(whole: Received, parts: Sequence[Received]) -> Iterator[Finding]:
    """A filing or summary against the sum of its parts: a finding for each figure that differs, a note on other agencies.

    Parts that another part holds already are left out of the sum.
    """
    filing = whole.filing
    assert filing is not None
    within = {id(got) for got, _ in counted_twice(parts)}
    known = [got.filing for got in parts if got.filing and not got.set_aside and id(got) not in within]
    layout = layout_of(filing.form)
    for item in filing.form.inputs:
        said, right = filing.values[item.id], total([part.values.get(item.id) for part in known])
        if (said or 0) != (right or 0):
            yield finding("parts-differ", file=str(whole.path), agency=filing.agency, sheet=item.section.sheet,
                          cell=layout.cell(item.id), field=item.id, actual=said, expected=right,
                          types=(item.type, item.type), place=item.place, count=len(known),
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
        f"{said}：{'、'.join(sorted(names[code] for code in codes)[:_NAMED])}{' 等' if len(codes) > _NAMED else ''}"
        for said, codes in (("汇总表里有、没有给出表的", ours - theirs), ("给出了表、汇总表里没有的", theirs - ours))
        if codes
    ]
    if words:
        yield finding("parts-unlike", file=str(whole.path), agency=filing.agency, words="；".join(words))


def _all(filing: Filing) -> Iterator[tuple[str, str]]:
    yield filing.agency.code, filing.agency.name
    yield from ((m.agency.code, m.agency.name) for m in filing.members)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of figures; over nothing but blanks it is blank."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
