"""名录: who is expected to file, and to whom. A bad roster is refused, row by row."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xltools.errors import XltoolsError, why
from xltools.model import Agency
from xltools.terms import LEVELS, level_of
from xltools.workbook.package import Unreadable
from xltools.workbook.sheets import open_workbook

COLUMNS = ("单位代码", "单位名称", "层级", "上级代码", "联系人", "电话", "上年代码")
_NEEDED = COLUMNS[:3]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the roster."""

    agency: Agency
    parent: str = ""
    contact: str = ""
    phone: str = ""
    last_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """The agencies of an area. A row that is another's 上级 is an area, which does not file itself."""

    entries: tuple[Entry, ...]

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
    def top(self) -> Agency | None:
        """The area whose summary this roster makes: the one area whose 上级 is empty or outside; None where not just one."""
        roots = [e.agency for e in self.entries if e.parent not in self.by_code]
        return roots[0] if len(roots) == 1 and roots[0].code in self.areas else None


def read_roster(path: Path) -> Roster:
    """Reads a roster, .xlsx or .csv (UTF-8 or GBK); XltoolsError lists every bad row."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise XltoolsError(f"打不开名录“{path}”：{why(problem)}") from None
    rows = list(_table(path, content))
    head, body = _heading(path, rows)
    complaints: list[str] = []
    entries: list[Entry] = []
    for number, row in body:
        said = {name: row[at] if at < len(row) else "" for name, at in head.items()}
        if not any(said.values()):
            continue
        wrong = list(_wrong(said, {e.agency.code for e in entries}))
        complaints += [f"第 {number} 行：{reason}" for reason in wrong]
        if not wrong:
            codes = said.get("上年代码", "").replace("；", ";").split(";")
            level = level_of(said["层级"])
            assert level is not None
            agency = Agency(said["单位代码"], said["单位名称"], level)
            entries.append(Entry(agency, said.get("上级代码", ""), said.get("联系人", ""), said.get("电话", ""),
                                 tuple(c.strip() for c in codes if c.strip())))  # fmt: skip
    if not entries and not complaints:
        complaints = ["没有一个单位"]
    complaints += _circles(entries)
    if complaints:
        # One line, however many rows are bad: what is wrong and how to mend it, row by row.
        raise XltoolsError(f"名录“{path.name}”有 {len(complaints)} 处问题，没有使用，请改正：{'；'.join(complaints)}")
    return Roster(tuple(entries))


def _wrong(said: dict[str, str], seen: set[str]) -> Iterator[str]:
    for name in _NEEDED:
        if not said[name]:
            yield f"{name}没有填"
    code = said["单位代码"]
    yield from unfit(code, said["单位名称"])
    if code in seen:
        yield f"单位代码 {code} 重复"
    for name in ("单位代码", "上级代码"):
        if _mangled(said.get(name, "")):
            yield f"{name}“{said[name]}”像是被表格软件改成了科学记数，请把这一列设为文本后重新填写"
    if said["层级"] and level_of(said["层级"]) is None:
        yield f"层级“{said['层级']}”不认识，可以填：{'、'.join(LEVELS.values())}"
    if said.get("上级代码") and said.get("上级代码") == code:
        yield "上级代码是自己"


def unfit(code: str, name: str) -> Iterator[str]:
    """What makes a code or a name unfit for a workbook and a file's name."""
    for what, words in (("单位代码", code), ("单位名称", name)):
        if len(words) > 100:
            yield f"{what}太长（{len(words)} 个字，最多 100 个）"
        if any(unicodedata.category(c) == "Cc" for c in words):
            yield f"{what}里有换行等控制字符"


def _mangled(code: str) -> bool:
    return "E+" in code.upper() and code.upper().replace("E+", "").replace(".", "").isdigit()


def _circles(entries: Sequence[Entry]) -> list[str]:
    parents = {e.agency.code: e.parent for e in entries}
    found = []
    for e in entries:
        at, steps = e.parent, 0
        while at in parents and steps <= len(entries):
            at, steps = parents[at], steps + 1
        if steps > len(entries):
            found.append(f"{e.agency.name}（{e.agency.code}）的上级绕成了圈")
    return found


def _heading(path: Path, rows: list[list[str]]) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    """The heading row, wherever above the data it stands, and the rows below it with their numbers."""
    for at, row in enumerate(rows[:10]):
        head = {name: row.index(name) for name in COLUMNS if name in row}
        if all(name in head for name in _NEEDED):
            return head, [(n, r) for n, r in enumerate(rows[at + 1 :], at + 2)]
    raise XltoolsError(f"名录“{path.name}”没有表头：第一行应当有 {'、'.join(COLUMNS[:6])}")


def _table(path: Path, content: bytes) -> Iterator[list[str]]:
    """The rows of the file as stripped texts."""
    if path.suffix.lower() == ".csv":
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("gb18030")
            except UnicodeDecodeError:
                raise XltoolsError(f"名录“{path.name}”的编码既不是 UTF-8 也不是 GBK，请另存为 UTF-8 的 CSV") from None
        if "\0" in text:
            raise XltoolsError(f"名录“{path.name}”不是文本文件，请另存为 CSV 或 .xlsx")
        for line in csv.reader(io.StringIO(text, newline="")):
            yield [value.strip() for value in line]
        return
    try:
        workbook = open_workbook(content)
        sheet = workbook.sheet(workbook.sheet_names[0])
    except (Unreadable, IndexError):
        raise XltoolsError(f"名录“{path.name}”不是可以打开的 Excel 工作簿（.xlsx）或 CSV 文件") from None
    spots = [spot for spot, cell in sheet.cells.items() if not cell.blank]
    height, width = (max((s[axis] for s in spots), default=-1) + 1 for axis in (0, 1))
    if height > 100_000 or width > 1000:
        raise XltoolsError(f"名录“{path.name}”的范围大得不合理")
    for row in range(height):
        yield [_cell_text(sheet.at(row, column).value, sheet.at(row, column).text) for column in range(width)]


def _cell_text(stored: str, words: str) -> str:
    # A number of 16 digits or more has lost its last digits in the cell: show it mangled, so that the row is refused.
    digits = words.replace(".", "").lstrip("-")
    if digits.isdigit() and len(digits) > 15 and ("E" in stored.upper() or "." in stored):
        return f"{float(stored):E}"
    return words.strip()
