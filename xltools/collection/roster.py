"""名录: who is expected to file, and to whom; read and written. A bad roster is refused, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.form.model import Agency
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.lists import Column, ListRow, ListSheet, find_list, read_list, write_list
from xltools.ooxml.revision import revised
from xltools.terms import LEVELS, bare_name, level_of, unfit

COLUMNS = ("单位代码", "单位名称", "层级", "上级代码", "联系人", "电话", "上年代码", "地区")
_NEEDED = COLUMNS[:3]


def _example(code: str, name: str, level: str, parent: str = "") -> tuple[str, ...]:
    return (code, name, level, parent, "", "", "")


EXAMPLES = (
    _example("001", "示例县（请换成本地区）", LEVELS["county"]),
    _example("001-01", "示例县人民政府办公室（请换成本级机关）", LEVELS["department"], "001"),
    _example("001-02", "示例县某局（一行一个单位）", LEVELS["department"], "001"),
    _example("001-03", "示例镇（一行一个单位）", LEVELS["township"], "001"),
)
"""Rows that show how a roster is filled in: none of them is ever an agency."""

_EXAMPLE_NAMES = frozenset(row[1] for row in EXAMPLES)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the roster."""

    agency: Agency
    parent: str = ""
    contact: str = ""
    phone: str = ""
    last_codes: tuple[str, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class Roster:
    """The agencies of an area. A row that is another's 上级 is an area, which does not file itself."""

    entries: tuple[Entry, ...]
    examples: tuple[int, ...] = ()
    """The numbers of the rows that still are examples."""

    @property
    def hints(self) -> Iterator[str]:
        """What is good to know of it."""
        if self.examples:
            rows = "、".join(map(str, self.examples))
            yield f"名录第 {rows} 行还是示例，没有算作单位；请换成本地区的单位，或者删掉这几行"
        if (area := self._left_alone) is not None:
            yield (f"名录里的{area.name}（{area.code}）像是汇总单位，却没有一行的上级代码是 {area.code}，所以算作要报表的单位；"
                   "请看看表头是不是“上级代码”、这一栏有没有填对")  # fmt: skip

    @property
    def _left_alone(self) -> Agency | None:
        """The one area by its level that nobody files to, though all others stand beneath no row at all."""
        roots = [e.agency for e in self.entries if e.parent not in self.by_code]
        areas = [agency for agency in roots if agency.level not in ("township", "department")]
        return areas[0] if len(areas) == 1 < len(roots) and not self.areas & self.by_code.keys() else None

    @cached_property
    def by_code(self) -> dict[str, Entry]:
        return {e.agency.code: e for e in self.entries}

    @cached_property
    def areas(self) -> frozenset[str]:
        """The codes that are some row's 上级."""
        return frozenset(e.parent for e in self.entries)

    @cached_property
    def expected(self) -> tuple[Entry, ...]:
        """The agencies that file, in the order of the roster."""
        return tuple(e for e in self.entries if e.agency.code not in self.areas)

    @cached_property
    def regions(self) -> dict[str, str]:
        """The region of each row by code, where any is said: its own, and those of the areas it belongs to, parted by /."""
        said = {e.agency.code: e.region for e in self.entries}
        if not any(said.values()):
            return {}
        return {code: "/".join(said[c] for c in (*self.above(code), code) if said[c]) for code in said}

    def above(self, code: str) -> tuple[str, ...]:
        """The codes of the areas that a row belongs to, from the top down to the one it files to."""
        found: list[str] = []
        while code in self.by_code and (code := self.by_code[code].parent) in self.by_code:
            found.insert(0, code)
        return tuple(found)

    @cached_property
    def _beneath(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.expected:
            for area in self.above(entry.agency.code):
                found.setdefault(area, []).append(entry)
        return found

    def beneath(self, code: str) -> Sequence[Entry]:
        """The agencies that file beneath an area, at whatever depth, in the order of the roster."""
        return self._beneath.get(code, ())

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            found.setdefault(bare_name(entry.agency.name), []).append(entry.agency.code)
        return found

    def named(self, name: str) -> Sequence[str]:
        """The codes of the rows under a name, whatever its spaces and brackets."""
        return self._named.get(bare_name(name), ())

    @cached_property
    def top(self) -> Agency | None:
        """The area whose summary this roster makes: the one area whose 上级 is empty or outside; None where not just one."""
        roots = [e.agency for e in self.entries if e.parent not in self.by_code]
        return roots[0] if len(roots) == 1 and roots[0].code in self.areas else None


@dataclass(frozen=True)
class LookedOver:
    """A roster as it was found: each row with what is wrong with it, what is wrong with the whole, and the rows that are right."""

    rows: tuple[tuple[ListRow, tuple[str, ...]], ...]
    whole: tuple[str, ...]
    roster: Roster

    @property
    def complaints(self) -> list[str]:
        """All that is wrong, row by row."""
        return [*(f"第 {row.number} 行：{reason}" for row, wrong in self.rows for reason in wrong), *self.whole]


def look_over(path: Path) -> LookedOver:
    """Looks a roster over, .xlsx or .csv (UTF-8 or GBK); XltoolsError where it is no list of agencies at all."""
    rows: list[tuple[ListRow, tuple[str, ...]]] = []
    entries: list[Entry] = []
    seen: set[str] = set()
    examples: list[int] = []
    for row in read_list(path, "名录", COLUMNS, _NEEDED):
        if row["单位名称"] in _EXAMPLE_NAMES:
            examples.append(row.number)
            continue
        wrong = tuple(_wrong(row, seen))
        rows.append((row, wrong))
        if not wrong:
            codes = row["上年代码"].replace("；", ";").split(";")
            level = level_of(row["层级"])
            assert level is not None
            agency = Agency(row["单位代码"], row["单位名称"], level)
            seen.add(agency.code)
            entries.append(Entry(agency, row["上级代码"], row["联系人"], row["电话"],
                                 tuple(c.strip() for c in codes if c.strip()), row["地区"]))  # fmt: skip
    names = {e.agency.name: e.agency.code for e in entries}
    rows = [(row, (*wrong, *_named_parent(row["上级代码"], seen, names))) for row, wrong in rows]
    whole = [] if rows else ["还都是示例行，请换成本地区的单位" if examples else "没有一个单位"]
    return LookedOver(tuple(rows), (*whole, *_circles(entries)), Roster(tuple(entries), tuple(examples)))


def read_roster(path: Path) -> Roster:
    """Reads a roster; XltoolsError lists every bad row."""
    found = look_over(path)
    if complaints := found.complaints:
        # One line, however many rows are bad: what is wrong and how to mend it, row by row.
        raise XltoolsError(f"名录“{path.name}”有 {len(complaints)} 处问题，没有使用，请改正：{'；'.join(complaints)}")
    return found.roster


def _wrong(said: ListRow, seen: set[str]) -> Iterator[str]:
    for name in _NEEDED:
        if not said[name]:
            yield f"{name}没有填"
    code = said["单位代码"]
    yield from unfit(code, said["单位名称"])
    if code in seen:
        yield f"单位代码 {code} 重复"
    for name in ("单位代码", "上级代码"):
        if _mangled(said[name]):
            yield f"{name}“{said[name]}”像是被表格软件改成了科学记数，请把这一列设为文本后重新填写"
    if said["层级"] and level_of(said["层级"]) is None:
        yield f"层级“{said['层级']}”不认识，可以填：{'、'.join(LEVELS.values())}"
    if said["上级代码"] and said["上级代码"] == code:
        yield "上级代码是自己"


def _named_parent(parent: str, codes: set[str], names: Mapping[str, str]) -> Iterator[str]:
    """What is wrong where the one that a row files to is given by its name."""
    if parent and parent not in codes and parent in names:
        yield f"上级代码填的是单位名称“{parent}”，请改填它的代码 {names[parent]}"


def _mangled(code: str) -> bool:
    return "E+" in code.upper() and code.upper().replace("E+", "").replace(".", "").isdigit()


def _circles(entries: Sequence[Entry]) -> list[str]:
    parents = {e.agency.code: e.parent for e in entries}
    ends: dict[str, bool] = {}
    """Whether the way up from a row comes to an end; known once for all rows that were passed."""
    for code in parents:
        way: dict[str, None] = {}
        while code in parents and code not in ends and code not in way:
            way[code] = None
            code = parents[code]
        ends |= dict.fromkeys(way, ends.get(code, code not in way))
    return [f"{e.agency.name}（{e.agency.code}）的上级绕成了圈" for e in entries if not ends[e.agency.code]]


def next_roster(path: Path, year: int, *beside: ListSheet) -> bytes:
    """The roster for a year out of that of the year before: the office's own workbook, each code put down as 上年代码 too.

    Whoever then changes a code in its place has said what it was. Out of a text file a new workbook is made, with the sheets
    ``beside``. XltoolsError where the roster is bad, or cannot be written into.
    """
    entries = read_roster(path).entries
    content = must_read(path, "名录", LIST_LIMIT)
    found = find_list(content, path, "名录", COLUMNS, _NEEDED)
    if found.sheet:
        codes = {row.number: {"上年代码": row["单位代码"]} for row in found.rows}
        return revised(content, path, "名录", COLUMNS, _NEEDED, changed=codes)
    return write_roster(rows_from(Roster(entries), {e.agency.code: (e.agency.code,) for e in entries}), year, *beside)


def rows_from(roster: Roster, last: Mapping[str, Sequence[str]] | None = None) -> list[tuple[str, ...]]:
    """The rows of a roster as words, in the order of ``COLUMNS``, 地区 where any is said; ``last`` are other 上年代码 by code."""
    regions = any(e.region for e in roster.entries)
    return [
        (e.agency.code, e.agency.name, LEVELS[e.agency.level], e.parent, e.contact, e.phone,
         "；".join(e.last_codes if last is None else last[e.agency.code]), *((e.region,) if regions else ()))
        for e in roster.entries
    ]  # fmt: skip


def write_roster(rows: Iterable[Sequence[str]], year: int, *beside: ListSheet) -> bytes:
    """A roster as a workbook to be edited, its rows as words in the order of ``COLUMNS`` (上年代码 may be left out).

    ``beside`` are sheets to come after it.
    """
    looks = {
        "单位代码": Column("单位代码", 14, text=True),
        "单位名称": Column("单位名称", 36),
        "层级": Column("层级", 18, choices=tuple(LEVELS.values())),
        "上级代码": Column("上级代码", 14, text=True),
        "联系人": Column("联系人", 14),
        "电话": Column("电话", 18, text=True),
        "上年代码": Column("上年代码", 18, text=True),
        "地区": Column("地区", 18),
    }
    given = [tuple(row) for row in rows]
    width = max((len(row) for row in given), default=len(COLUMNS))
    return write_list([ListSheet("名录", [looks[name] for name in COLUMNS[:width]], given), *beside], year)
