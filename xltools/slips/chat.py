"""One text to paste into a chat group: who is missing, who must correct what, who is done."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.characters import visible
from xltools.collection.check import Collection, agency_of, missing
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.received.read import Received
from xltools.slips.notices import notices, withheld
from xltools.slips.words import bare, counted, cut, shortened, to_correct
from xltools.terms import KINDS

_LONGEST, _LONGEST_PART = 90, 28


Failed = list[tuple[Received, Finding]]
"""Files over which the program failed, each with the finding that says so."""


def chat(collection: Collection, failed: Failed | None = None) -> str:
    """The text: plain lines without any markup, a line or two an agency; what went wrong over a file is put to ``failed``."""
    return "\n".join(map(visible, _lines(collection, [] if failed is None else failed))) + "\n"


def _lines(collection: Collection, failed: Failed) -> Iterator[str]:
    title = next((r.filing.form.title for r in collection.received if r.filing), KINDS["filing"])
    absent = [entry.agency.name for entry in missing(collection)]
    busy, aside = _to_correct(collection, failed)
    done = list(dict.fromkeys(r.filing.agency.name for r in collection.received
                              if r.accepted and r.filing and r.filing.agency.name not in busy))  # fmt: skip
    year = f"{collection.year} 年度" if collection.year else ""
    yield f"{year}{title}：催报与退改"
    expected = f"应报 {len(collection.roster.expected)} 家，" if collection.roster else ""
    yield (
        f"{expected}通过 {len(done)} 家，要更正 {len(busy)} 家" + (f"，未报 {len(absent)} 家" if absent else "") + "。"
    )
    if absent:
        yield ""
        yield f"还没有报的（{len(absent)} 家），请尽快报送："
        yield "、".join(absent)
    if busy:
        yield ""
        yield f"要更正后重新报送的（{len(busy)} 家），详见退回单："
        yield from (f"{number}. {name}：{''.join(said)}" for number, (name, said) in enumerate(busy.items(), 1))
    if aside:
        yield ""
        yield "另外："
        yield from aside
    if done:
        yield ""
        yield f"已经通过的（{len(done)} 家）："
        yield "、".join(done)


def _to_correct(collection: Collection, failed: Failed) -> tuple[dict[str, list[str]], list[str]]:
    """What each agency has to correct, by its name; and lines on what is no agency's turn: stray files, another's form used."""
    busy: dict[str, list[str]] = {}
    aside: list[str] = []
    known = collection.roster.by_code if collection.roster else None
    for told in notices(collection):
        if told.returned:
            busy.setdefault(told.agency.name, []).append(told.line)
        else:
            aside.append(f"{told.agency.name}：{told.line}")
    kept = withheld(collection)
    for received in collection.received:
        filing = received.filing
        if received.path in kept or not to_correct(received):
            continue
        if filing is None:
            aside.append(f"文件“{received.path.name}”：{_told(received, failed)}")
        elif known is not None and filing.agency.code not in known:
            aside.append(f"{filing.agency.name}（不在名录上）：{_told(received, failed)}")
        else:
            busy.setdefault(filing.agency.name, []).append(_told(received, failed))
    return busy, aside


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
