"""Whose workbook a received one is, for which year, of which form: by its document properties, and by its cover beside them."""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple

from xltools.address import a1
from xltools.editions import editions, load_form, supplements
from xltools.errors import XltoolsError
from xltools.expressions import expression
from xltools.form.fields import SUPPLEMENT
from xltools.form.layout import (
    COPY,
    COVER,
    COVER_CELLS,
    COVER_IDENTITY,
    LEDGER,
    PERIOD_LABEL,
    PROPERTY,
    is_summary_sheet,
)
from xltools.form.model import Agency, Filing, Form
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.periods import PartOfYear, part_of, period
from xltools.received.carried import carried_form, issued_digest, other_labels, stands_alike, told_apart
from xltools.received.locate import squeezed
from xltools.received.renamed import issued_spaces, named_as, names_between, renamings
from xltools.terms import LEVELS, NAME_LIMIT, level_of

_YEAR = expression(r"(?:19|20|21)[0-9]{2}")
_PRINTED = {**COVER_IDENTITY, "period": PERIOD_LABEL}
"""The words on the cover before what says whose filing it is, and of what."""
_KEYS = {key: squeezed(words) for key, words in _PRINTED.items()}


class Foreign(Exception):
    """A workbook that is none of our forms, or of a form that is not known: the code of the finding, and its words."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words


class Identified(NamedTuple):
    """A filing with nothing in it yet, of the office's own form; the form as the file has it, where that is an earlier wording, or
    has other names, and how what is called so there is called here; codes and words of what is to be told."""

    filing: Filing
    drawn: Form | None
    names: dict[str, str]
    told: list[tuple[str, dict[str, str]]]


def identified(workbook: ReceivedWorkbook) -> Identified:
    """Of which form, agency and year a workbook says it is; Foreign where it is none. Document properties come before the cover."""
    said = {k.removeprefix(PROPERTY): v.strip() for k, v in workbook.properties.items() if k.startswith(PROPERTY)}
    if workbook.properties.get(COPY):
        raise _none("它是导出的正式表样，只有数值，请报送原来的填报表或汇总表")
    printed = _cover(workbook)
    cover = {key: words for key, (words, _) in printed.items()}
    if not said and not cover:
        raise _none("没有封面，也没有填报表的标记")
    edition = said.get("edition") or _edition_of(cover.get("basis", ""))
    if not edition:
        raise _none("认不出是哪一个格式版本")
    names = tuple(n for n in said.get("supplements", "").split(",") if n) if said else _supplements(workbook, edition)
    form, drawn, called, told = _form(workbook, edition, names)
    facts = {key: said.get(key) or cover.get(key, "") for key in ("name", "code", "level", "year")}
    level = level_of(facts["level"]) if facts["level"] else None
    year = _year(facts["year"], cover.get("period", ""), form)
    if level is None or year is None:
        raise _none("封面上的层级或年度读不出来")
    if max(len(facts["code"]), len(facts["name"])) > NAME_LIMIT:
        raise _none("单位代码或者名称长得不合理")
    is_summary = said["kind"] == "summary" if "kind" in said else LEDGER in workbook.sheet_names
    kind: Literal["filing", "summary"] = "summary" if is_summary else "filing"
    filing = Filing(form, Agency(facts["code"], facts["name"], level), year, kind, region=said.get("region", ""))
    recorded = said | ({"level": LEVELS[level]} if "level" in said else {})
    recorded |= {"year": str(int(year)), "period": part_of(year)} if "year" in said else {}
    for key, (words, cell) in printed.items():
        known = recorded.get(key, "") if key in ("name", "code", "level", "year", "period") else ""
        if words and known and _squared(words) != _squared(known):
            facts = {"sheet": COVER, "cell": cell, "place": _PRINTED[key]}
            told.append(("identity-contradicts", {**facts, "actual_text": words, "expected_text": recorded[key]}))
    return Identified(filing, drawn, called, told)


def _year(said: str, printed: str, form: Form) -> int | None:
    """The period of a filing; of a form that is filed for parts of a year, one of these. None where it cannot be told."""
    try:
        year = period(said)
    except ValueError:
        return None
    if form.periods and not part_of(year) and printed in form.periods:
        year = PartOfYear(year, printed)
    proper = part_of(year) in form.periods if form.periods else not part_of(year)
    return year if proper and _YEAR.fullmatch(str(int(year))) else None


def _none(reason: str) -> Foreign:
    return Foreign("form-foreign", reason=reason)


def _form(
    workbook: ReceivedWorkbook, edition: str, names: tuple[str, ...]
) -> tuple[Form, Form | None, dict[str, str], list[tuple[str, dict[str, str]]]]:
    """The office's own form of an edition with supplements; the form that the file is to be read by, where that is another, and how
    what is called so there is called here; what is to be told of that. Foreign where there is no such form."""
    spaces = issued_spaces(workbook)
    try:
        now = load_form(edition, names)
    except XltoolsError:
        carried = carried_form(workbook, spaces)
        value = f"{edition}（{'、'.join(names)}）" if edition in editions() else edition
        takeable = "；表里带着这个格式，核对后可以收下（xltools forms accept，或者在页面的“表式”里）" if carried else ""
        raise Foreign("edition-unknown", value=value, takeable=takeable) from None
    ours = named_as(now, spaces) if issued_digest(workbook) else now
    drawn, told = _wording(workbook, ours, names)
    if ours is now:
        return now, drawn, {}, told
    told += (("supplement-renamed", words) for words in renamings(now, spaces))
    return now, drawn or ours, names_between(ours, now), told


def _wording(
    workbook: ReceivedWorkbook, ours: Form, names: tuple[str, ...]
) -> tuple[Form | None, list[tuple[str, dict[str, str]]]]:
    """An earlier wording of a form that the file carries, to read it by; what is to be told of that. Foreign where the file is of
    another form with these ids."""
    edition = ours.edition
    if issued_digest(workbook) == ours.digest:
        return None, []
    carried = carried_form(workbook, ours.origin.spaces if ours.origin else frozenset())
    if carried is None and ours.origin and ours.origin.packs:
        return named_as(load_form(edition, names, judged=False), ours.origin.spaces), []
    if carried and carried.origin and ours.origin and carried.origin.wording == ours.origin.wording:
        return carried, []  # but other rule packs
    if carried is None or (carried.edition, carried.supplements) != (edition, names) or carried.digest == ours.digest:
        return None, []
    words = {"value": edition, "changes": told_apart(carried, ours)}
    if not stands_alike(carried, ours):
        raise Foreign("form-of-other-kind", **words)
    told = [("form-earlier-wording", words)]
    for sheet, spot, theirs, right in other_labels(carried, ours):
        told.append(
            ("form-label-changed", {"sheet": sheet, "cell": a1(*spot), "actual_text": theirs, "expected_text": right})
        )
    return carried, told


def _edition_of(basis: str) -> str:
    return next((name for name in editions() if load_form(name).basis == basis), "")


def _supplements(workbook: ReceivedWorkbook, edition: str) -> tuple[str, ...]:
    """The supplements whose tables are printed on the sheets: for a file that has lost its document properties."""
    return tuple(name for name in supplements() if _shows(workbook, edition, name))


def _shows(workbook: ReceivedWorkbook, edition: str, supplement: str) -> bool:
    try:
        form = load_form(edition, (supplement,))
    except XltoolsError:
        return False
    known = set(load_form(edition).sections)
    changed = [s for s in form.sections if s not in known]
    headings = {squeezed(t.heading) for s in changed for t in s.tables if t.prefix.startswith(SUPPLEMENT)}
    headings |= {
        squeezed(r.name) for s in changed for t in s.tables for r in t.rows if r.id.startswith(f"{SUPPLEMENT}.")
    }
    headings |= {squeezed(s.title) for s in changed if not s.tables}
    headings.discard("")
    names = (name for name in workbook.sheet_names if not is_summary_sheet(name))
    sheets = (workbook.sheet(name).cells.values() for name in names)
    return any(squeezed(cell.text) in headings for cells in sheets for cell in cells)


def _cover(workbook: ReceivedWorkbook) -> dict[str, tuple[str, str]]:
    """The identity rows of the cover, wherever their printed words stand: what each says, and in which cell."""
    if COVER not in workbook.sheet_names:
        return {}
    sheet = workbook.sheet(COVER)
    places = {(getattr(COVER_CELLS, key), COVER_CELLS.label_column): key for key in _PRINTED}
    labelled = [(spot, key) for spot, key in sorted(places.items()) if squeezed(sheet.text(*spot)) == _KEYS[key]]
    known = {key for _, key in labelled}
    if elsewhere := {words: key for key, words in _KEYS.items() if key not in known}:
        cells = ((spot, squeezed(cell.value)) for spot, cell in sheet.cells.items())
        labelled += sorted((spot, elsewhere[words]) for spot, words in cells if words in elsewhere)
    aside = COVER_CELLS.column - COVER_CELLS.label_column
    found: dict[str, tuple[str, str]] = {}
    for (row, column), key in labelled:  # one that stands in its own place before all others
        words = sheet.text(row, column + aside).strip()
        if key in ("code", "year"):
            words = _squared(words)
        found.setdefault(key, (_IN_YEAR.sub("", words) if key == "year" else words, a1(row, column + aside)))
    return found


_IN_YEAR = expression(r"(?<=[0-9]{4})年度?\Z")


def _squared(words: str) -> str:
    """Words without what makes no difference in an agency's name or code: wide letters and digits, white space."""
    return squeezed(unicodedata.normalize("NFKC", words))
