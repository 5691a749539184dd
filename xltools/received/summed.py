"""Findings on a received summary itself: its adjustments, each with its reason; agencies that are in it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xltools.address import a1
from xltools.figures import FieldType, show
from xltools.findings import Closure, Finding, finding
from xltools.form.layout import LEDGER, STANDINGS
from xltools.form.model import Adjustment, Filing, Member
from xltools.form.standing import completeness, lacking
from xltools.terms import SOME, explains, several


def adjusted(file: str, filing: Filing, rows: Iterable[tuple[int, Adjustment]]) -> Iterator[Finding]:
    """For each row of adjustments a query, closed by its reason; without a reason an error.

    It stays visible wherever the summary goes: who takes the totals over sees what was changed, and why.
    """
    for row, given in rows:
        if not given.figures and not given.typed:
            continue
        fields = [filing.form.fields[name] for name in (*given.figures, *given.typed)]
        changes = several([f"{f.place} {_signed(given, f.id, f.type)}" for f in fields], SOME, "项", "；")
        reasoned = explains(given.reason)
        yield finding("adjustment-made" if reasoned else "adjustment-unexplained", file=file, agency=filing.agency,
                      sheet=LEDGER, cell=a1(row, 1), field=fields[0].id, related=tuple(f.id for f in fields),
                      closure=Closure("explained", given.reason) if reasoned else None, row=row + 1, changes=changes,
                      reason=given.reason if reasoned or not given.reason else f"（“{given.reason}”不是理由）")  # fmt: skip


def _signed(given: Adjustment, name: str, kind: FieldType) -> str:
    figure = given.figures.get(name)
    if figure is None:
        return f"“{given.typed.get(name, '')}”"
    words = show(figure, kind)
    return words if figure < 0 else f"+{words}"


def told_of(file: str, filing: Filing, rows: Iterable[tuple[int, Adjustment]]) -> Iterator[Finding]:
    """What there is to say of a summary as such: its adjustments, agencies that are in it twice, whom it lacks."""
    yield from adjusted(file, filing, rows)
    yield from twice_inside(file, filing)
    if lacking(filing):
        yield finding("summary-provisional", file=file, agency=filing.agency, status=completeness(filing.members))


def twice_inside(file: str, filing: Filing) -> Iterator[Finding]:
    """At most one error: the agencies whose figures a summary holds twice, through different parts."""
    ways: dict[str, list[Member]] = {}
    for member in filing.members:
        if member.counted:
            ways.setdefault(member.agency.code, []).append(member)
    twice = [found for found in ways.values() if len(found) > 1]
    if twice:
        words = several(
            [f"{found[0].agency.name}（{'、'.join(_way(m) for m in found)}）" for found in twice], SOME, "家", "；"
        )
        yield finding("agency-counted-twice", file=file, agency=filing.agency, sheet=STANDINGS, names=words,
                      where="在这份汇总表里有两次", counts="这份汇总表不计入")  # fmt: skip


def _way(member: Member) -> str:
    return f"经 {' / '.join(member.via)}" if member.via else "直接报送"
