"""Last year's filings, found for this year's agencies: by code, or by the codes that an agency had before (上年代码)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from xltools.classes import dataclass
from xltools.collection.roster import Roster
from xltools.figures import Figure, total_of_all
from xltools.findings import Finding, finding
from xltools.findings.failures import apart
from xltools.form.checkcode import check_code
from xltools.form.lastyear import carried_over, same_meaning, shown_beside, ways
from xltools.form.layout import CHECKS, LEDGER, STANDINGS, layout_of
from xltools.form.model import NONE, Agency, Filing, Form
from xltools.form.openings import renewed
from xltools.form.sums import LAST
from xltools.inputs import content_of
from xltools.ooxml.opening import open_workbook
from xltools.outputs import slashed
from xltools.periods import before, in_words
from xltools.received.file import FILE_LIMIT, Received
from xltools.received.folder import files_in
from xltools.terms import KINDS, SOME, several


@dataclass
class Previous:
    """Last year's filings by year and code, and how this year's agencies find theirs.

    ``before`` holds, by this year's code, the codes of last year where they are others; ``split`` are codes of last year that
    several of this year's agencies come from, whose figures belong to none of them alone.
    """

    filings: dict[tuple[int, str], Filing]
    before: dict[str, tuple[str, ...]] = field(default_factory=dict)
    split: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)

    def of(self, code: str, year: int, periods: Sequence[str] = ()) -> list[Filing]:
        """The filings of the period before ``year`` that an agency comes from; none unless all of them are there.

        ``periods`` are the parts of a year that the return is filed for.
        """
        codes = self.before.get(code, (code,))
        found = [self.filings.get((before(year, periods), c)) for c in codes]
        return [f for f in found if f is not None] if None not in found and self.split.isdisjoint(codes) else []

    def figures(self, code: str, form: Form, year: int) -> dict[str, Figure]:
        """Last year's figures of an agency by the input fields of this year's form that they mean the same in; empty for none."""
        found = self.of(code, year, form.periods)
        return _alike(form, found) if found else {}

    def give(self, filing: Filing, file: str = "") -> tuple[Filing, list[Finding]]:
        """A filing with last year's figures beside its own; a finding where those that it carries itself are others."""
        found = self.of(filing.agency.code, filing.year, filing.form.periods)
        given = _beside(filing, found) if found else filing
        return given, list(_differing(filing.last, given, file))

    def blank(self, form: Form, agency: Agency, year: int, *, lock: bool = True) -> Filing:
        """An agency's blank, last year's figures in it: those carried over are filled in and, unless told otherwise, locked."""
        filing = Filing(form, agency, year)
        if found := self.of(agency.code, year, form.periods):
            filing = _beside(filing, found)
            carried = carried_over(form, filing.last)
            filing = replace(filing, inputs=carried, carried=frozenset(carried if lock else ()))
        return filing

    def lacking(self, agencies: Iterable[Agency], year: int, periods: Sequence[str] = ()) -> list[Finding]:
        """A note that names the agencies of which there is nothing of last year."""
        names = [agency.name for agency in agencies if not self.of(agency.code, year, periods)]
        return [without_last_year(names)] if names else []

    def unfollowed(self, form: Form) -> Iterator[Finding]:
        """What a form does not follow on of the forms that last year's filings have: all of it, or figures that are carried over."""
        forms = {f.form.edition: f.form for (year, _), f in self.filings.items() if form.covers(year + 1)}
        for last in (found for name, found in forms.items() if name != form.edition):
            if not ways(form, last):
                yield finding("crosswalk-missing", edition=form.edition, last=last.edition)
            known = same_meaning(form, last, dict.fromkeys(last.fields, 0))
            carried = form.last.carried
            names = [form.fields[name].place for name in carried if not known.keys() >= {*carried[name].fields}]
            if names and len(names) < len(carried):
                yield finding("carried-left-open", last=last.edition, names=several(names, SOME, "格", "；"))

    def area(self, filing: Filing, members: Iterable[Agency]) -> Filing:
        """A summary with last year's figures beside it: the area's own, else the sum over its members where all are known."""
        last = before(filing.year, filing.form.periods)
        own = self.filings.get((last, filing.agency.code))
        codes = dict.fromkeys(c for m in members for c in self.before.get(m.code, (m.code,)))
        found = [own] if own else [self.filings.get((last, code)) for code in codes]
        known = [f for f in found if f is not None]
        return _beside(filing, known) if known and None not in found else filing


def without_last_year(names: Sequence[str]) -> Finding:
    """The note on agencies that cannot be held against last year."""
    return finding("previous-missing", count=len(names), names=several(names))


def _beside(filing: Filing, found: Sequence[Filing]) -> Filing:
    texts = found[0].texts if len(found) == 1 else NONE
    given = filing.follow(_alike(filing.form, found), _source(found), texts, _shown(filing.form, found))
    return given if given.opening else replace(given, opening=_opening(filing, found))


def _opening(filing: Filing, found: Sequence[Filing]) -> str:
    """What last year's report opened with, as this year's: of the same agency, under the same name."""
    last = found[0]
    same = len(found) == 1 and last.agency.name == filing.agency.name and not filing.form.periods
    return renewed(last.opening, last.year, filing.year) if same else ""


def _differing(carried: Mapping[str, Figure], filing: Filing, file: str) -> Iterator[Finding]:
    """Figures of last year that a file carries and that are others than the true ones."""
    differing = [name for name, figure in carried.items() if figure != filing.last.get(name)]
    if differing:
        item, layout = filing.form.fields[differing[0]], layout_of(filing.form)
        cells = [layout.cell(LAST + name) for name in differing]
        yield finding("last-differs", file=file, agency=filing.agency, sheet=CHECKS, cell=cells[0], field=item.id,
                      related=tuple(differing), actual=carried[item.id], expected=filing.last.get(item.id),
                      types=(item.type, item.type), place=item.place, cells=several(cells, unit="格"))  # fmt: skip


def _alike(form: Form, found: Sequence[Filing]) -> dict[str, Figure]:
    """Filings of last year added up, by this year's fields."""
    return _added([same_meaning(form, f.form, f.values) for f in found])


def _shown(form: Form, found: Sequence[Filing]) -> dict[str, Figure]:
    """What is shown of last year beside these, added up."""
    return _added([shown_beside(form, f.form, f.values) for f in found])


def _added(found: Sequence[Mapping[str, Figure]]) -> dict[str, Figure]:
    """Figures added up by field; None where one of the filings has none."""
    return {name: total_of_all(part.get(name) for part in found) for name in found[0]}


def _source(found: Sequence[Filing]) -> str:
    if len(found) > 3:
        return f"{len(found)} 家单位 {in_words(found[0].year)}的表"
    return "、".join(
        f"{f.agency.name} {in_words(f.year)}{KINDS[f.kind]}（校验码 {check_code(f) or '无'}）" for f in found
    )


def read_previous(paths: Sequence[Path], roster: Roster | None = None) -> Previous:
    """Last year's filings from files and folders: filings as they are, a summary with every agency of its 明细."""
    from xltools.received.read import read_file

    files, _ = files_in(paths)
    previous = Previous({})
    parts: dict[tuple[int, str], Filing] = {}
    unclear: dict[tuple[int, str], Path] = {}
    for path in files:
        received = read_file(path)
        if received.filing is None:
            reason = "读不出来，或者不是填报表"
            previous.findings.append(finding("previous-skipped", file=slashed(path), reason=reason))
            continue
        with apart("read", path, previous.findings.append, received.filing.agency):
            for one in _agencies(received, previous.findings.append):
                key, own = (one.year, one.agency.code), one is received.filing
                known, others = (previous.filings, parts) if own else (parts, previous.filings)
                if (key in known and known[key].values != one.values) or (key in others and _differ(one, others[key])):
                    unclear[key] = path
                known[key] = one.compact()
    for (year, code), path in unclear.items():
        reason = f"单位 {code} 的 {in_words(year)}表不止一份，而且数不同"
        previous.findings.append(finding("previous-skipped", file=slashed(path), reason=reason))
    merged = {**parts, **previous.filings}
    previous.filings = {key: found for key, found in merged.items() if key not in unclear}
    if roster is not None:
        _trace(previous, roster)
    return previous


def _differ(one: Filing, other: Filing) -> bool:
    """Whether an agency's own filing and what a summary says of it differ in what both have."""
    both = (item.id for item in one.form.inputs if item.id in other.values)
    return any(one.values[name] != other.values[name] for name in both)


def _trace(previous: Previous, roster: Roster) -> None:
    earlier = {e.agency.code: e.last_codes for e in roster.entries if e.last_codes}
    claimed = Counter(c for e in roster.expected for c in set(earlier.get(e.agency.code, (e.agency.code,))))
    previous.before, previous.split = earlier, frozenset(code for code, times in claimed.items() if times > 1)


def _agencies(received: Received, tell: Callable[[Finding], None]) -> Iterator[Filing]:
    """A filing; of a summary also one for each agency of its 明细, figures alone, but for those that were changed there."""
    from xltools.received.taken_apart import members

    filing = received.known
    yield filing
    if filing.kind == "summary":
        workbook, changed = open_workbook(content_of(received.path, FILE_LIMIT)), []
        for one, as_filed in members(workbook, filing, received.path):
            if as_filed:
                yield one
            else:
                changed.append(one.agency.name)
        if changed:
            reason = f"“{LEDGER}”里{several(changed)}的数改过，算出来的校验码不是“{STANDINGS}”里写的那一个，没有用"
            tell(finding("previous-skipped", file=slashed(received.path), reason=reason))
