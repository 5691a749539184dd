"""A check in a few lines: states, a line an agency somebody has to see to, what else came, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xltools.collection.collected import Collection, agency_of
from xltools.collection.states import Standing, standings
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.form.standing import STATES
from xltools.outputs import slashed
from xltools.pages.outcome import FOR_THE_OFFICE
from xltools.received.file import Received
from xltools.season.ahead import next_step
from xltools.slips.chat import in_states, returns
from xltools.slips.words import bare, cut, shortened, to_correct
from xltools.terms import MANY, several

_LONGEST, _LONGEST_PART = 90, 60
"""Characters of what is said of a file that is no agency's, and of a part of what is said of several together."""


def brief(collection: Collection, *, slips: bool = False, home: bool = False) -> Iterator[str]:
    """The lines. ``slips``: what goes back is written; ``home``: in a working folder."""
    agencies = standings(collection)
    yield in_states(collection, agencies)
    for state in ("returned", "duplicate", "queried"):
        if busy := [s for s in agencies if s.state == state]:
            yield f"{STATES[state]} {len(busy)} 家："
            lines = list(_duplicates(busy) if state == "duplicate" else returns(busy, {}, frozenset(), []))
            yield from (f"    {line}" for line in lines[:MANY])
            if len(lines) > MANY:
                yield f"    …… 还有 {len(lines) - MANY} 行没有列在这里"
    if missing := [s.entry.agency.name for s in agencies if s.state == "missing"]:
        yield f"{STATES['missing']} {len(missing)} 家：{several(missing)}"
    if others := list(_others(collection, agencies)):
        yield f"另外 {len(others)} 件要本级处理："
        yield from (f"    {n}. {line}" for n, line in enumerate(others, 1))
    if skipped := list(_skipped(collection)):
        yield f"没能当作填报表的 {len(skipped)} 个文件（不是工作簿，请它用下发的表重报）：{several(skipped)}"
    yield f"下一步：{next_step(agencies, slips=slips, home=home)}"


def _duplicates(agencies: Sequence[Standing]) -> Iterator[str]:
    for number, standing in enumerate(agencies, 1):
        found = next((f for f in standing.told if f.open and f.severity != "note"), None)
        words = bare(shortened(found, _LONGEST_PART)) if found else f"报来 {len(standing.files)} 份，都没有计入"
        yield f"{number}. {words if found else f'{standing.entry.agency.name}：{words}'}"


def _others(collection: Collection, agencies: Sequence[Standing]) -> Iterator[str]:
    """What is open of files that are none of the agencies' here, and of no file's alone."""
    known = {path for s in agencies for path in (*(r.path for r in s.files), s.received and s.received.path)}
    for received in collection.received:
        if received.path not in known and to_correct(received):
            yield _told(received)
    codes = {code for s in agencies for code in (s.entry.agency.code, *s.via)}
    for found in collection.findings:
        ours = found.severity != "note" and (found.agency is None or found.agency.code not in codes)
        if found.open and (ours or found.code in FOR_THE_OFFICE):
            yield _words(found)


def _skipped(collection: Collection) -> Iterator[str]:
    """The names of files that are no workbooks: somebody may have sent one in place of it. What programs leave behind is none, nor
    what came along in an archive."""
    for found in collection.findings:
        path = Path(found.file or "")
        if found.open and found.code == "file-skipped" and path.is_file() and not path.name.startswith(("~$", ".")):
            yield f"“{path.name}”"


def _told(received: Received) -> str:
    with apart("show", received.path, received.unread, agency_of(received)):
        return f"{slashed(received.path)}：{_words(to_correct(received)[0], received.path)}"
    return slashed(received.path)


def _words(found: Finding, path: Path | None = None) -> str:
    """What is wrong, without the name of the file where that is said."""
    words = bare(found)
    for named in (f"文件“{slashed(path)}”", f"“{slashed(path)}”") if path else ():
        words = words.removeprefix(named).removeprefix("的")
    return cut(words, _LONGEST)
