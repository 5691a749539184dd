"""What comes next in a season, by the state of every agency."""

from __future__ import annotations

from collections.abc import Sequence

from xltools.collection.states import Standing
from xltools.form.model import State
from xltools.form.standing import STATES
from xltools.season.docket import DECISIONS

_WHOLE = "全部通过，可以汇总了。"


def next_step(agencies: Sequence[Standing], *, slips: bool = True, home: bool = True) -> str:
    """What the office has to do next, in one sentence. ``slips``: what goes back is written; ``home``: in a working folder."""
    if not agencies:
        return "还没有收到填报表。"
    counts = {state: sum(s.state == state for s in agencies) for state in STATES}
    back, steps = counts["returned"] + counts["duplicate"] + counts["queried"], []
    if back:
        what = "把退回单和标注的表发回去，" if slips else ""
        steps.append(f"{what}请 {back} 家改正或者说明后重新报送")
    if counts["queried"]:
        where = f"，填在“{DECISIONS}”里列好的行上" if home else "由本级记下来"
        steps.append(f"其中 {counts['queried']} 家只有要核实的，打电话问清楚了{where}也可以" if back > counts["queried"]
                     else f"这些只是要核实的，打电话问清楚了{where}也可以")  # fmt: skip
    if counts["missing"]:
        steps.append(f"{'再' if back else ''}催 {counts['missing']} 家报送")
    return f"{'；'.join(steps)}。" if steps else _WHOLE


def next_at_desk(agencies: Sequence[Standing]) -> str:
    """The same at the desk, where each state has its own button."""
    counts = {state: sum(s.state == state for s in agencies) for state in STATES}
    if agencies and counts["missing"] == len(agencies):
        return "把空白表发给各单位，一家一份；报来的表拖到这一页上。"
    ways: dict[State, str] = {
        "returned": "退回的 {} 家，把退回单和标注的表发回去，改好重报",
        "duplicate": "报来几份不一样的 {} 家，点它的名字，选一份作数",
        "queried": "待核实的 {} 家，打电话问清楚，点它的名字，写进办理记录；问不清的也发回去",
        "missing": "没有报的 {} 家，催一催",
    }
    steps = [words.format(counts[state]) for state, words in ways.items() if counts[state]]
    return f"{'；'.join(steps)}。" if steps else _WHOLE if agencies else "还没有收到填报表。"
