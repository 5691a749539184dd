"""One text to paste into a chat group: who is missing, who must correct what, who is done."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.characters import visible
from xltools.check import Collection, agency_of, missing
from xltools.failures import apart
from xltools.findings import Finding
from xltools.slips.words import bare, counted, cut, shortened, to_correct
from xltools.workbook.read import Received

_LONGEST, _LONGEST_PART = 90, 28


Failed = list[tuple[Received, Finding]]
"""Files over which the program failed, each with the finding that says so."""


def chat(collection: Collection, failed: Failed | None = None) -> str:
    """The text: plain lines without any markup, a line or two an agency; what went wrong over a file is put to ``failed``."""
    return "\n".join(map(visible, _lines(collection, [] if failed is None else failed))) + "\n"


def _lines(collection: Collection, failed: Failed) -> Iterator[str]:
    title = next((r.filing.form.title for r in collection.received if r.filing), "填报表")
    absent = [entry.agency.name for entry in missing(collection)]
    returned = [r for r in collection.received if to_correct(r)]
    twice = [f for f in collection.findings if f.code == "agency-duplicate" and f.severity == "error" and f.agency]
    busy = {_who(r) for r in returned} | {f.agency.name for f in twice if f.agency}
    done = list(dict.fromkeys(who for r in collection.received if r.accepted and (who := _who(r)) not in busy))
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
        lines = [*(_told(r, failed) for r in returned), *map(_twice, twice)]
        yield from (f"{number}. {line}" for number, line in enumerate(lines, 1))
    if done:
        yield ""
        yield f"已经通过的（{len(done)} 家）："
        yield "、".join(done)


def _who(received: Received) -> str:
    return received.filing.agency.name if received.filing else f"文件“{received.path.name}”"


def _twice(found: Finding) -> str:
    """An agency of which several different files came."""
    assert found.agency is not None
    return f"{found.agency.name}：报来 {found.detail['count']} 份不一样的表，请说明以哪一份为准。"


def _told(received: Received, failed: Failed) -> str:
    with apart("chat", received.path, lambda found: failed.append((received, found)), agency_of(received)):
        return _returned(received)
    return f"{_who(received)}：见退回单。"


def _returned(received: Received) -> str:
    """What one file is returned for: counts, and the first problem."""
    found = to_correct(received)
    first = found[0]
    place = f"“{first.sheet}”{first.cell or ''}，" if first.sheet else ""
    words = cut(bare(shortened(first, _LONGEST_PART)), _LONGEST)
    return f"{_who(received)}：{counted(found)}。{'先看' if len(found) > 1 else ''}{place}{words}"
