"""谁提供、谁审核、谁负责: the cover names who answers for the filing, with a date after the report year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Self

from xltools.address import a1, in_sheet
from xltools.classes import dataclass
from xltools.dates import LAST_DAY, serial
from xltools.findings import CoverAt, Finding
from xltools.form.checkrows import Cells, CheckRow, Formulas
from xltools.form.layout import COVER, COVER_CELLS
from xltools.form.model import Filing, Rule, Scope
from xltools.periods import example_day, last_day, months, plain_day
from xltools.terms import FAIL, PASS, PENDING, SIGNOFF


@dataclass(frozen=True, kw_only=True)
class Signoff(Rule):
    """The entries ``names`` of the cover are filled in, and the one that is a ``date`` is not before the report year's end."""

    kind: ClassVar[str] = "signoff"
    rank: ClassVar[int] = 200

    words: ClassVar[str] = "封面：{names}都已填写，{date}不早于报告年度的最后一天"

    names: tuple[str, ...]
    date: str
    listed: bool = True

    def at(self, scope: Scope) -> Self | None:
        """The rule, in a summary one about the area's own part."""
        return self.own(scope)

    @property
    def sentence(self) -> str:
        """What must hold."""
        return self.text.format(names="、".join(SIGNOFF[name] for name in self.names), date=SIGNOFF[self.date])

    def unfit(self) -> Iterator[tuple[str, str]]:
        """Entries that a cover does not have."""
        for name in (*self.names, self.date):
            if name not in SIGNOFF:
                yield "names", f"没有签字项“{name}”"

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """Entries not filled in are one finding, a date before the report year's end (or none) another."""
        said = filing.signoff
        lacking = [key for key in (*self.names, self.date) if not said.get(key, "").strip()]
        if lacking:
            yield self.breach("signoff-missing", CoverAt(lacking[0]), place="、".join(SIGNOFF[key] for key in lacking))
        typed = said.get(self.date, "").strip()
        if typed and not _in_time(typed, filing):
            end = _end(filing)
            yield self.breach("signoff-date", CoverAt(self.date), typed=typed, rule_remedy="",
                              end=f"{end.year} 年 {end.month} 月 {end.day} 日", next=plain_day(example_day(end)))  # fmt: skip

    def read(self, filing: Filing) -> Iterator[object]:
        """The sign-off."""
        yield from filing.signoff.items()

    def row(self, filing: Filing) -> CheckRow:
        """The date, and the report year's last day."""
        said = filing.signoff
        day, end = serial(said.get(self.date, "")), serial(_end(filing).isoformat())
        if day is None or end is None or not all(said.get(name, "").strip() for name in self.names):
            return CheckRow(None, None, None, PENDING)
        return CheckRow(day, end, None, PASS if day >= end else FAIL)

    def formulas(self, cells: Cells, filing: Filing) -> Formulas:
        """The same, read from the cover."""
        entries = {key: _entry(COVER_CELLS.signoff + n) for n, key in enumerate(SIGNOFF)}
        year, day = _entry(COVER_CELLS.year), entries[self.date]
        end = f"DATE({year},12,31)"
        if parts := filing.form.periods:
            part = _entry(COVER_CELLS.period)
            ends = "".join(f'+IF({part}="{name}",{months(parts) * n},0)' for n, name in enumerate(parts, 1))
            end = f"DATE({year},1{ends},0)"
        blank = ",".join(f"{_length(entries[name])}=0" for name in self.names)
        pending = f"OR({blank},NOT(ISNUMBER({year})),IF(ISNUMBER({day}),{day}>={LAST_DAY},TRUE))"
        return Formulas(
            f'IF({pending},"",{day})',
            f'IF({pending},"",{end})',
            None,
            f'IF({pending},"{PENDING}",IF({day}>={end},"{PASS}","{FAIL}"))',
            CoverAt(next(iter(SIGNOFF))),
            look="cell_date",
        )


def _entry(row: int) -> str:
    return in_sheet(COVER, a1(row, COVER_CELLS.column, absolute=True))


def _length(cell: str) -> str:
    """The length of what is written in a cell, white space of every kind left out at the ends."""
    return f'LEN(TRIM(SUBSTITUTE(SUBSTITUTE(CLEAN({cell}),"\u3000",""),"\u00a0","")))'


def _end(filing: Filing) -> date:
    """The last day of what the return is of."""
    return last_day(filing.year, filing.form.periods)


def _in_time(typed: str, filing: Filing) -> bool:
    try:
        return date.fromisoformat(typed) >= _end(filing)
    except ValueError:
        return False
