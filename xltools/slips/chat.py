"""One text to paste into a chat group: who is missing, who must correct what, who is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from xltools.characters import visible
from xltools.collection.collected import Collection, agency_of
from xltools.collection.states import Standing, standings
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.form.standing import STATES
from xltools.periods import in_words
from xltools.received.file import Received
from xltools.slips.letterhead import BLANK, Letterhead
from xltools.slips.notices import notices, withheld
from xltools.slips.words import bare, counted, cut, shortened, to_correct
from xltools.terms import KINDS

_LONGEST, _LONGEST_PART = 90, 28


Failed = list[tuple[Received, Finding]]
"""Files over which the program failed, each with the finding that says so."""


def chat(collection: Collection, failed: Failed | None = None, head: Letterhead = BLANK) -> str:
    """The text: plain lines without any markup, a line an agency; what went wrong over a file is put to ``failed``."""
    return "\n".join(map(visible, _lines(collection, [] if failed is None else failed, head))) + "\n"


def _lines(collection: Collection, failed: Failed, head: Letterhead) -> Iterator[str]:
    title = next((r.filing.form.title for r in collection.received if r.filing), KINDS["filing"])
    agencies = standings(collection)
    by_state = {state: [s for s in agencies if s.state == state] for state in STATES}
    year = in_words(collection.year) if collection.year else ""
    yield f"{year}{title}：催报与退改"
    yield in_states(collection, agencies)
    if absent := by_state["missing"]:
        yield ""
        yield f"还没有报的（{len(absent)} 家），请尽快报送："
        yield "、".join(s.entry.agency.name for s in absent)
    said = noticed(collection)
    if busy := [s for s in agencies if s.state not in ("accepted", "missing")]:
        yield ""
        yield f"要更正或说明后重新报送的（{len(busy)} 家），详见退回单："
        yield from returns(busy, said, withheld(collection), failed)
    if aside := [f"{name}：{''.join(lines)}" for name, lines in said.items()]:
        yield ""
        yield "另外："
        yield from aside
    if head.asked and len(by_state["accepted"]) < len(agencies):
        yield ""
        yield f"{head.asked}。{f'（{head.signature}）' if head.signature else ''}"
    if done := by_state["accepted"]:
        yield ""
        yield f"已经通过的（{len(done)} 家）："
        yield "、".join(s.entry.agency.name for s in done)


def in_states(collection: Collection, agencies: Sequence[Standing]) -> str:
    """How many agencies there are, and how many in each state; these add up."""
    by_state = {state: sum(s.state == state for s in agencies) for state in STATES}
    counts = "，".join(f"{STATES[state]} {n} 家" for state, n in by_state.items() if n)
    return f"{'应报' if collection.roster else '收到'} {len(agencies)} 家{'：' if counts else ''}{counts}。"


def noticed(collection: Collection) -> dict[str, list[str]]:
    """What notices say, by the name of the agency that they are for; none that is not on the roster."""
    said: dict[str, list[str]] = {}
    for told in notices(collection):
        if collection.roster and told.agency.code not in collection.roster.by_code:
            continue
        said.setdefault(told.agency.name, []).append(told.line)
    return said


def returns(
    busy: Sequence[Standing], said: dict[str, list[str]], kept: frozenset[Path], failed: Failed
) -> Iterator[str]:
    """A line an agency: its notices, which are taken out of what is said, and its files; one for all that came in one summary."""
    for number, line in enumerate(_each(busy, said, kept, failed), 1):
        yield f"{number}. {line}"


def told_to(collection: Collection, code: str) -> str:
    """The words for one agency alone, as they stand in the text; "" where there is nothing to tell it."""
    agencies = standings(collection)
    one = next((s for s in agencies if s.entry.agency.code == code), None)
    if one is None or one.state == "accepted":
        return ""
    if one.state == "missing":
        return visible(f"{one.entry.agency.name}：请尽快报送。")
    together = [s for s in agencies if _sent(s) == _sent(one) and s.state not in ("accepted", "missing")]
    return visible(next(_each(together, noticed(collection), withheld(collection), [])))


def _sent(standing: Standing) -> object:
    """What a line is for: a summary, or the agency itself."""
    return standing.via[:1] or standing.entry.agency.code


def _each(busy: Sequence[Standing], said: dict[str, list[str]], kept: frozenset[Path], failed: Failed) -> Iterator[str]:
    for _, group in groupby(busy, _sent):
        first, *others = group
        agency = agency_of(first.received) if first.via and first.received else None
        name = f"{agency.name}（{1 + len(others)} 家的汇总）" if agency else first.entry.agency.name
        lines = said.pop(agency.name if agency else name, [])
        lines += [_told(r, failed) for r in first.files if to_correct(r) and r.path not in kept]
        yield f"{name}：{''.join(lines) or '见退回单。'}"


def _told(received: Received, failed: Failed) -> str:
    with apart("chat", received.path, lambda found: failed.append((received, found)), agency_of(received)):
        return _returned(received)
    return "见退回单。"


def _returned(received: Received) -> str:
    """What one file is returned for: counts, and the first problem."""
    found = to_correct(received)
    first = found[0]
    words = cut(bare(shortened(first, _LONGEST_PART)), _LONGEST)
    cell = "" if first.cell is None or words.startswith(first.cell) else f"{first.cell}，"
    place = f"“{first.sheet}”{cell or ('' if first.cell else '，')}" if first.sheet else ""
    return f"{counted(found)}。{'先看' if len(found) > 1 else ''}{place}{words}"
