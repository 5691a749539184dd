"""Who is in a summary and who is not yet, in words: the states of agencies, and the line at the top of every sheet."""

from __future__ import annotations

from collections.abc import Sequence

from xltools.form.model import Filing, Member, State
from xltools.terms import several

STATES: dict[State, str] = {
    "accepted": "通过",
    "queried": "待核实",
    "returned": "退回",
    "duplicate": "重复",
    "missing": "没有报",
}
"""What became of an agency's filing, with the words printed for it."""

_EARLIER = {"已采用": "通过", "未报": "没有报"}
"""Words of layouts 1 and 2, with those printed now."""

COUNTED = "（已计入）"
"""Added to 待核实 where the figures are in the summary all the same."""


def standing_words(state: State, counted: bool) -> str:
    """A state as printed."""
    return STATES[state] + (COUNTED if counted and state != "accepted" else "")


def standing_of(words: str) -> tuple[State, bool] | None:
    """State and whether the figures are counted, read back from the words printed, now or by earlier layouts; None for others."""
    words = _EARLIER.get(words, words)
    for state in STATES:
        for counted in (True, False):
            if words == standing_words(state, counted) and counted >= (state == "accepted"):
                return state, counted
    return None


def completeness(members: Sequence[Member]) -> str:
    """How many agencies are in a summary, of how many: 17/21 家，缺 4 家，暂定, and who they are."""
    expected = len(members)
    lacking = [m for m in members if not m.counted]
    if not lacking:
        queried = sum(m.state == "queried" for m in members)
        return f"{expected}/{expected} 家，全部收齐" + (f"，其中 {queried} 家待核实" if queried else "")
    named = []
    for state in ("missing", "returned", "queried", "duplicate"):
        names = [m.agency.name for m in lacking if m.state == state]
        if names:
            named.append(f"{STATES[state]}：{several(names)}")
    return f"{expected - len(lacking)}/{expected} 家，缺 {len(lacking)} 家，暂定（{'；'.join(named)}）"


def lacking(filing: Filing) -> tuple[Member, ...]:
    """The agencies beneath a summary whose figures are not in it."""
    return tuple(m for m in filing.members if not m.counted)
