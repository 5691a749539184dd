"""Where a summary is written, what of the one there is kept, what may not take its place, and whether it is still what counts."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.form.model import Agency, Filing
from xltools.terms import several

if TYPE_CHECKING:
    from xltools.collection.collected import Collection
    from xltools.received.file import Received


class Poorer(XltoolsError):
    """A summary would take the place of one that more agencies are in. ``said`` is what it would lose."""

    def __init__(self, said: str) -> None:
        super().__init__(f"{said}请先用 xltools check 看看它们怎么了；确实要换成少的，请加 --force，或者用 -o 另写一份")
        self._said = said

    @property
    def said(self) -> str:
        return self._said


@dataclass(frozen=True)
class Replacing:
    """Where a summary is written, whether over what is there, and the summary that is there."""

    path: Path
    force: bool
    there: Filing | None
    asked: bool = False
    """Whether ``--force`` was given; the folder's own is replaced without."""

    def beside(self, ending: str) -> Path:
        """Where a file beside the summary's workbook goes."""
        return self.path.with_name(f"{self.path.stem}{ending}")

    def put_away(self, others: Iterable[Path], keep: Container[Path]) -> list[str]:
        """Takes away what lay beside the summary that was replaced and is not beside the new one; told is what could not be."""
        left = []
        for path in others if self.there is not None else ():
            if path not in keep:
                try:
                    path.unlink()
                except OSError:
                    left.append(f"“{path.name}”")
        names = several(left, unit="个")
        return [f"旁边的{names}是以前那一份汇总表的，删不掉；请关闭后删去，不要和这一份一起用"] if left else []

    def kept(self, area: Agency, year: int | None) -> Filing | None:
        """The summary whose texts, sign-off, explanations and adjustments are taken over: that of the same area and year."""
        there = self.there
        return there if there is not None and (there.agency.code, there.year) == (area.code, year) else None

    def refuse_poorer(self, filing: Filing) -> None:
        """XltoolsError where a summary of fewer agencies would take the place of a fuller one without being asked to."""
        before, now = (
            {m.agency.code: m for m in said.members if m.counted} if said else {} for said in (self.there, filing)
        )
        if self.asked or len(now) >= len(before):
            return
        from xltools.form.standing import STATES

        became = {m.agency.code: m for m in filing.members}
        lost = []
        for member in (m for code, m in before.items() if code not in now):
            codes = (member.agency.code, *reversed(member.via))
            there = next((became[code] for code in codes if code in became), None)
            whose = there.agency.name if there and there.agency.code in member.via else ""
            lost.append(f"{member.agency.name}（{whose}{STATES[there.state] if there else '不在名录上'}）")
        raise Poorer(
            f"“{self.path}”里已经有 {len(before)} 家，这次只有 {len(now)} 家，没有覆盖；少了 {several(lost)}。"
        )


def outdated(collection: Collection, made: Received) -> bool | None:
    """Whether other files count now, or agencies stand otherwise, than when a summary was made; None where it does not say.

    Where it counts filings that were still to be asked about, such as are so now are counted, too."""
    from xltools.collection.states import beneath, parts_of
    from xltools.summary import included
    from xltools.summary.data import read_sources

    roster, members = collection.roster, made.known.members
    files = read_sources(made.path) if members else None
    if files is None or roster is None or roster.top is None:
        return None
    queried = any(m.counted and m.state == "queried" for m in members)
    parts = parts_of(collection, roster, roster.top.code, include_queried=queried)
    now = {(m.agency.code, m.state, m.counted) for m in (s.member for s in beneath(parts, roster))}
    then = {(m.agency.code, m.state, m.counted) for m in members}
    return now != then or {r.sha256 for r in included(parts)} != files
