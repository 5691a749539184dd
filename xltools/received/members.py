"""上报情况 as received: which agencies a summary says it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xltools.form.checkcode import SINCE
from xltools.form.layout import CODE_LABEL, LEDGER, STANDINGS
from xltools.form.model import Agency, Form, Member
from xltools.form.standing import standing_of
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.added import Ledger
from xltools.received.issued import layout_number
from xltools.terms import level_of, several
from xltools.workbook.ledger import lies_beside
from xltools.workbook.standings import CODE, LEVEL, NAME, PART, PATH, STATE, VIA


def read_members(
    workbook: ReceivedWorkbook, form: Form, ledger: Ledger, tell: Callable[..., None]
) -> tuple[Member, ...]:
    """The agencies that a received summary says it is of, held against those that its 明细 has figures of.

    It is believed only where both agree. An agency or part of 明细 that 上报情况 does not know is counted, and told; so is one
    that it counts and of which 明细 has no figures. Where these lie beside the workbook, for there are too many, their number agrees.
    """
    said, summaries = _listed(workbook)
    if ledger.together and lies_beside(form, ledger.together) and not ledger.parts:
        counted = {m.added_as for m in said if m.counted}
        if len(counted) != ledger.together:
            words = f"前者计入 {len(counted)} 家，后者是 {ledger.together} 家的合计"
            tell("summary-members-differ", sheet=STANDINGS, names=words, other=LEDGER)
        return tuple(said)
    known = {m.agency.code for m in said} | summaries
    added = {agency.code: agency for agency in ledger.parts}
    unlisted = [agency for code, agency in added.items() if code not in known]
    unfounded = [m.agency for m in said if m.counted and m.added_as not in added]
    if unlisted or unfounded:
        names = several([agency.name for agency in (*unlisted, *unfounded)])
        tell("summary-members-differ", sheet=STANDINGS, names=names, other=LEDGER)
    return (*said, *(Member(agency, "accepted", True) for agency in unlisted))


def codes_said(workbook: ReceivedWorkbook) -> dict[str, str]:
    """The check codes that 上报情况 has, by the codes of the agencies whose files were read, and of the summaries among them; none
    where they were worked out otherwise than now."""
    if layout_number(workbook) < SINCE:
        return {}
    said = ((line.get(CODE, ""), line.get(CODE_LABEL, "")) for line in _lines(workbook))
    return {agency: code for agency, code in said if agency and code}


def _listed(workbook: ReceivedWorkbook) -> tuple[list[Member], set[str]]:
    """The agencies of 上报情况, and the codes of the summaries on it; nothing where the sheet is not what it was."""
    found: list[Member] = []
    summaries: set[str] = set()
    for line in _lines(workbook):
        code, name, level, state, via = (line.get(words, "") for words in (CODE, NAME, LEVEL, STATE, VIA))
        known, standing = level_of(level) if level else None, standing_of(state)
        if code and state.startswith(PART):
            summaries.add(code)
        elif code and known and standing:
            found.append(Member(Agency(code, name, known), *standing, tuple(p for p in via.split(PATH) if p)))
    return found, summaries


def _lines(workbook: ReceivedWorkbook) -> Iterator[dict[str, str]]:
    """The lines of 上报情况 below its heading, the words of each by heading; nothing where the sheet is not what it was."""
    headings: dict[int, str] = {}
    for _, row in workbook.rows(STANDINGS) if STANDINGS in workbook.sheet_names else ():
        if headings:
            yield {words: row[column].text.strip() for column, words in headings.items() if column in row}
        elif {CODE, NAME, LEVEL, STATE, VIA} <= {cell.text for cell in row.values()}:
            headings = {column: cell.text for column, cell in row.items()}
