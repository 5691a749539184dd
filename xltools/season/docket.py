"""办理记录.xlsx: the sheet in which the office in charge writes down which queries it settled itself; read with care, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date as calendar_date
from pathlib import Path

from xltools.collection.decisions import Decision
from xltools.collection.roster import Roster
from xltools.findings import Finding, finding
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.lists import Column, ListRow, ListSheet, read_list, write_list
from xltools.ooxml.revision import revised
from xltools.outputs import slashed, write_whole
from xltools.received.typed import read_date
from xltools.terms import bare_name, explains

DECISIONS = "办理记录.xlsx"

_CODE, _NAME, _ITEM, _BY, _DATE, _WORDS = COLUMNS = ("单位代码", "单位名称", "编号", "经办人", "日期", "处理情况")
_NEEDED = (_CODE, _ITEM, _BY, _DATE, _WORDS)

_ROWS = 20
"""Rows ruled to begin with; more may follow."""

_GUIDE = (
    "办理记录：本级自己核实了结的问题，一行一项。例如打电话问清楚了，单位不用再写情况说明，也不用重报。",
    "单位代码：与名录一致。单位名称可以不填；填了要与名录一致，以免张冠李戴。",
    "编号：审核结果、汇总表的“审核问题”或“校验”表里写着的编号。只能了结“核实”，“错误”必须由单位改正。",
    "经办人、日期、处理情况：谁、什么时候、怎样核实的，都要填。“无”“已核实”之类等于没有填。",
    "核实的是当时的数。数字改了，这一行就不再有效，程序会提示；再核实一次，改写“处理情况”或“日期”。",
)


def write_decisions(year: int) -> bytes:
    """An empty 办理记录, with a sheet that says how it is filled in."""
    looks = (Column(_CODE, 14, text=True), Column(_NAME, 30), Column(_ITEM, 34, text=True), Column(_BY, 12),
             Column(_DATE, 14, text=True), Column(_WORDS, 70))  # fmt: skip
    return write_list([ListSheet("办理记录", looks, [("",) * len(looks)] * _ROWS)], year, _GUIDE)


def add_decisions(path: Path, decisions: Sequence[Decision], roster: Roster | None = None) -> None:
    """Writes decisions below those of the office's 办理记录, which otherwise stays as the office keeps it.

    XltoolsError where it cannot be written into; then it stays as it is.
    """
    names = {code: entry.agency.name for code, entry in roster.by_code.items()} if roster else {}
    added = [{_CODE: d.agency, _NAME: names.get(d.agency, ""), _ITEM: d.item, _BY: d.by, _DATE: d.date, _WORDS: d.words}
             for d in decisions]  # fmt: skip
    content = must_read(path, "办理记录", LIST_LIMIT)
    write_whole(path, revised(content, path, "办理记录", COLUMNS, _NEEDED, added=added), force=True)


def read_decisions(path: Path, roster: Roster | None) -> tuple[tuple[Decision, ...], list[Finding]]:
    """The decisions, and a note for each row that cannot be used; nothing where there is no such file."""
    if not path.exists():
        return (), []
    decisions, notes = [], []
    for row in read_list(path, "办理记录", COLUMNS, _NEEDED):
        date = read_date(row[_DATE])
        reasons = "；".join(_wrong(row, date, roster))
        if reasons:
            notes.append(finding("decision-unusable", file=slashed(path), row=row.number, reason=reasons))
        else:
            decisions.append(Decision(row.number, row[_CODE], row[_ITEM], row[_BY], date, row[_WORDS]))
    return tuple(decisions), notes


def _wrong(row: ListRow, date: str, roster: Roster | None) -> Iterator[str]:
    empty = [name for name in _NEEDED if not row[name]]
    if empty:
        yield f"{'、'.join(empty)}没有填"
    if row[_WORDS] and not explains(row[_WORDS]):
        yield f"处理情况“{row[_WORDS]}”没有说明怎样核实的"
    if row[_DATE] and not _is_date(date):
        yield f"日期“{row[_DATE]}”看不懂，请写成“年-月-日”"
    entry = roster.by_code.get(row[_CODE]) if roster else None
    if row[_CODE] and roster and entry is None:
        yield f"名录上没有代码是 {row[_CODE]} 的单位"
    if entry and row[_NAME] and bare_name(row[_NAME]) != bare_name(entry.agency.name):
        yield f"名录上代码 {row[_CODE]} 是“{entry.agency.name}”，不是“{row[_NAME]}”"


def _is_date(words: str) -> bool:
    try:
        calendar_date.fromisoformat(words)
    except ValueError:
        return False
    return True
