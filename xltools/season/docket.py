"""办理记录.xlsx: the sheet in which the office in charge writes down which queries it settled itself; read with care, row by row.

Each whole run lists the open queries there, ready to be settled. A row in which anybody has typed is the office's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date as calendar_date
from pathlib import Path

from xltools.characters import visible
from xltools.classes import dataclass
from xltools.collection.decisions import Decision, is_about
from xltools.collection.roster import Roster
from xltools.findings import Finding, finding
from xltools.form.model import Filing, Form
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.lists import Column, List, ListRow, ListSheet, find_list, read_list, write_list
from xltools.ooxml.revision import revised
from xltools.outputs import slashed, write_whole
from xltools.received.renamed import called_now
from xltools.received.typed import read_date
from xltools.terms import FEW, Agency, bare_name, explains, several

DECISIONS = "办理记录.xlsx"

_NAME, _WHERE, _PROBLEM, _BY, _DATE, _WORDS, _CODE, _ITEM = COLUMNS = (
    "单位名称", "哪里", "问题", "经办人", "日期", "处理情况", "单位代码", "编号")  # fmt: skip
_NEEDED = (_CODE, _ITEM, _BY, _DATE, _WORDS)
_TYPED = (_BY, _DATE, _WORDS)
"""What somebody types who settles a query."""

_ROWS = 20
"""Rows ruled to begin with; more may follow."""

_LONGEST = 300
"""Characters of a problem."""

_GUIDE = (
    "办理记录：本级自己核实了结的问题，一行一项。例如打电话问清楚了，单位不用再写情况说明，也不用重报。",
    "还没有了结的“核实”，每次审核都列在这里：只要填经办人、日期、处理情况，再审核一次。没有填的行由程序更新，填过的行程序不动。",
    "经办人、日期、处理情况：谁、什么时候、怎样核实的，都要填。“无”“已核实”之类等于没有填。",
    "自己加一行也可以：单位代码与名录一致，编号是审核情况里写着的编号。只能了结“核实”，“错误”必须由单位改正。",
    "核实的是当时的数。数字改了，这一行就不再有效，程序会提示；再核实一次，改写“处理情况”或“日期”。",
)


Found = Sequence[tuple[Finding, Form]]
"""What was found of an agency, each with the form that it was found by."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What is open about an agency under one number; a decision settles all of it."""

    agency: Agency
    item: str
    found: Found


def asked(files: Iterable[tuple[Filing, Sequence[Finding]]]) -> Iterator[Unsettled]:
    """The open queries of the filings' agencies, each agency's by number."""
    found: dict[tuple[Agency, str], list[tuple[Finding, Form]]] = {}
    for filing, findings in files:
        for one in findings:
            if one.open and one.severity == "query":
                found.setdefault((filing.agency, one.number), []).append((one, filing.form))
    for (agency, item), those in found.items():
        yield Unsettled(agency, item, those)


def _tells(row: ListRow, those: Found) -> bool:
    """Whether a row of an agency's is about something that was found of it."""
    return any(is_about(row[_ITEM], one, form) for one, form in those)


def _problem(those: Sequence[Finding]) -> str:
    """What is asked; where no rule of the form says it, what to do too: to settle it is not always the way."""
    from xltools.slips.words import bare

    words = several([bare(f) for f in those], FEW, "处", " ")
    way = "" if those[0].rule else f" → {those[0].remedy}"
    return f"{words[: _LONGEST - len(way)]}{way}"


def list_asked(path: Path, open_: Sequence[Unsettled]) -> bool:
    """Lists what is open in the office's 办理记录, and takes out what is not any more; whether anything was to be written.

    No row in which anybody has typed is touched, and none is listed that such a row is about. XltoolsError where it cannot be
    written into; then it stays as it is.
    """
    content = must_read(path, "办理记录", LIST_LIMIT)
    found = find_list(content, path, "办理记录", COLUMNS, _NEEDED)
    ours = [row for row in found.rows if _untouched(row)]
    own: dict[str, list[ListRow]] = {}
    for row in found.rows:
        if not _untouched(row):
            own.setdefault(row[_CODE], []).append(row)
    wanted = [_row(one) for one in open_ if not any(_tells(row, one.found) for row in own.get(one.agency.code, ()))]
    changed = dict(_changes(found, ours, wanted))
    added = wanted[len(ours) + len(_free(found)) :]
    if not changed and not added:
        return False
    write_whole(path, revised(content, path, "办理记录", COLUMNS, _NEEDED, changed=changed, added=added), force=True)
    return True


def _changes(
    found: List, ours: Sequence[ListRow], wanted: Sequence[dict[str, str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows to be written anew: those we wrote before, then empty ones between; what is left over of ours is emptied."""
    empty = dict.fromkeys(wanted[0] if wanted else _row(None), "")
    numbers = [*(row.number for row in ours), *_free(found)]
    before = {row.number: row for row in ours}
    for n, number in enumerate(numbers):
        words = wanted[n] if n < len(wanted) else empty
        if (
            any(before[number][name] != said for name, said in words.items())
            if number in before
            else any(words.values())
        ):
            yield number, words


def _free(found: List) -> list[int]:
    """The empty rows between those that are not."""
    taken = {row.number for row in found.rows}
    return [number for number in range(found.heading + 2, max(taken, default=0)) if number not in taken]


def _untouched(row: ListRow) -> bool:
    """Whether nobody has typed into a row that we listed."""
    return bool(row[_CODE] and row[_ITEM] and row[_PROBLEM]) and not any(row[name] for name in _TYPED)


def _row(one: Unsettled | None) -> dict[str, str]:
    said = ("",) * 5
    if one:
        those = [found for found, _ in one.found]
        places = list(dict.fromkeys(f"“{f.sheet}”{f.cell or ''}" for f in those if f.sheet))
        said = (one.agency.name, several(places, FEW, "处"), _problem(those), one.agency.code, one.item)
    return dict(zip((_NAME, _WHERE, _PROBLEM, _CODE, _ITEM), (visible(words).strip() for words in said), strict=True))


def write_decisions(year: int) -> bytes:
    """An empty 办理记录, with a sheet that says how it is filled in."""
    looks = (Column(_NAME, 22), Column(_WHERE, 18), Column(_PROBLEM, 46), Column(_BY, 9, open=True),
             Column(_DATE, 12, text=True, open=True), Column(_WORDS, 38, open=True), Column(_CODE, 11, text=True),
             Column(_ITEM, 20, text=True))  # fmt: skip
    return write_list([ListSheet("办理记录", looks, [("",) * len(looks)] * _ROWS, kept=1)], year, _GUIDE)


def add_decisions(path: Path, decisions: Sequence[Decision], roster: Roster | None = None) -> None:
    """Writes decisions below those of the office's 办理记录, which otherwise stays as the office keeps it.

    XltoolsError where it cannot be written into; then it stays as it is.
    """
    names = {code: entry.agency.name for code, entry in roster.by_code.items()} if roster else {}
    added = [{_CODE: d.agency, _NAME: names.get(d.agency, ""), _ITEM: d.item, _BY: d.by, _DATE: d.date, _WORDS: d.words}
             for d in decisions]  # fmt: skip
    content = must_read(path, "办理记录", LIST_LIMIT)
    write_whole(path, revised(content, path, "办理记录", COLUMNS, _NEEDED, added=added), force=True)


def drop_decisions(path: Path, agency: str, item: str, files: Iterable[tuple[Filing, Sequence[Finding]]] = ()) -> int:
    """Empties the rows of the office's 办理记录 in which it settled something of an agency; how many there were.

    ``item`` is what a row names, or the number, now or before, of what was found in ``files``: then every row is meant that is
    about it, by whatever name. XltoolsError where it cannot be written into; then it stays as it is.
    """
    content = must_read(path, "办理记录", LIST_LIMIT)
    found = find_list(content, path, "办理记录", COLUMNS, _NEEDED)
    meant = [(one, filing.form) for filing, findings in files if filing.agency.code == agency
             for one in findings if called_now(filing.form, item) == (one.number,)]  # fmt: skip
    rows = [row for row in found.rows if not _untouched(row) and row[_CODE] == agency
            and (row[_ITEM] == item or _tells(row, meant))]  # fmt: skip
    if rows:
        changed = {row.number: dict.fromkeys(_row(None), "") | dict.fromkeys(_TYPED, "") for row in rows}
        write_whole(path, revised(content, path, "办理记录", COLUMNS, _NEEDED, changed=changed), force=True)
    return len(rows)


def read_decisions(path: Path, roster: Roster | None) -> tuple[tuple[Decision, ...], list[Finding]]:
    """The decisions, and a note for each row that cannot be used; nothing where there is no such file."""
    if not path.exists():
        return (), []
    decisions, notes = [], []
    for row in read_list(path, "办理记录", COLUMNS, _NEEDED):
        if _untouched(row):
            continue
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


def unusable(decision: Decision, roster: Roster | None) -> Iterator[str]:
    """Why a decision could not be used once it is written down; nothing where it can."""
    row = {_CODE: decision.agency, _ITEM: decision.item, _BY: decision.by, _DATE: decision.date, _WORDS: decision.words}
    yield from _wrong(ListRow(decision.row, row), read_date(decision.date), roster)


def _is_date(words: str) -> bool:
    try:
        calendar_date.fromisoformat(words)
    except ValueError:
        return False
    return True
