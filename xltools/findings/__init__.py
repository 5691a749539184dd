"""Findings: what is wrong, where, and both figures; their words come from the catalogue. ``xltools codes`` and docs/codes.md are made
from the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypedDict

from xltools.characters import visible
from xltools.classes import dataclass
from xltools.figures import FieldType, Figure, as_json, magnitude, show
from xltools.findings.catalogue import CATALOGUE as CATALOGUE
from xltools.findings.catalogue import Code as Code
from xltools.periods import spoken
from xltools.terms import Agency, AgencyJson, Severity

How = Literal["explained", "decided", "superseded"]
CLOSED: dict[How, str] = {"explained": "已说明", "decided": "本级已核实", "superseded": "已被替代"}
"""How a finding can have been closed, with the words printed for it."""


@dataclass(frozen=True, slots=True)
class Closure:
    """How a finding was closed, and the words for it: the explanation, or who settled what and when."""

    how: How
    words: str

    def __str__(self) -> str:
        return f"{CLOSED[self.how]}：{self.words}"


@dataclass(frozen=True, slots=True)
class FieldAt:
    """A figure's cell."""

    field: str


@dataclass(frozen=True, slots=True)
class FieldsAt:
    """Several figures' cells: as many addresses as are named, and whether the sheet is named before them."""

    fields: tuple[str, ...]
    most: int = 12
    sheet: bool = False


@dataclass(frozen=True, slots=True)
class ParagraphAt:
    """A paragraph of a text part, counted from 0."""

    section: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class CoverAt:
    """An entry of the cover's sign-off."""

    key: str


@dataclass(frozen=True, slots=True)
class CheckAt:
    """A rule's 情况说明 on 校验."""

    rule: str


Place = FieldAt | FieldsAt | ParagraphAt | CoverAt | CheckAt
"""Where in a form a finding is, whatever sheet and cell that is in the file as received (``workbook.whereabouts``)."""


class ClosureJson(TypedDict):
    """How a finding was closed, and the words for it."""

    how: How
    words: str


class FindingJson(TypedDict):
    """One thing to correct, explain or know; what does not apply is null."""

    code: str
    severity: Severity
    open: bool
    message: str
    file: str | None
    agency: AgencyJson | None
    sheet: str | None
    cell: str | None
    field: str | None
    related: list[str]
    actual: int | float | None
    expected: int | float | None
    rule: str | None
    basis: str | None
    remedy: str
    closed: ClosureJson | None


@dataclass(frozen=True)
class Finding:
    """One thing to correct, explain or know: what, where, both figures. ``detail`` fills the message's places.

    A rule tells ``at``, where it is in the form; file, agency, sheet and cell are put to it once, by whoever has the file.
    ``above`` is what a note on an area's own part of its summary is to the level that the summary is filed with.
    """

    code: str
    severity: Severity
    file: str | None = None
    agency: Agency | None = None
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    related: tuple[str, ...] = ()
    actual: Figure = None
    expected: Figure = None
    types: tuple[FieldType, FieldType] = ("count", "count")
    rule: str | None = None
    basis: str | None = None
    closure: Closure | None = None
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    at: Place | None = None
    above: Severity | None = None
    periods: tuple[str, ...] = ()
    """The parts of a year that its form is filed for: its words then speak of the part before, not of last year."""

    @property
    def open(self) -> bool:
        """Whether it still stands."""
        return self.closure is None

    @property
    def number(self) -> str:
        """What it is called by in 校验 and in 办理记录: its rule, else its code."""
        return self.rule or self.code

    @property
    def asks(self) -> bool:
        """Whether it is a question that can be settled, here or at the level above."""
        return self.severity == "query" or self.above is not None

    def _words(self) -> dict[str, Any]:
        gap = ""
        if self.actual is not None and self.expected is not None and self.types[0] == self.types[1]:
            apart = magnitude(self.actual - self.expected)
            gap = f"，相差 {show(apart, self.types[0])}" if apart else "，正好相等"
        return {
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "rule": self.rule,
            "actual": show(self.actual, self.types[0]),
            "expected": show(self.expected, self.types[1]),
            "gap": gap,
            "last": "",
            "agency_name": self.agency.name if self.agency else "",
            "agency_code": self.agency.code if self.agency else "",
            **self.detail,
        }

    def _said(self, template: str) -> str:
        words = ((name, visible(said) if isinstance(said, str) else said) for name, said in self._words().items())
        return spoken(template, self.periods).format_map(dict(words))

    @property
    def state(self) -> str:
        """Whether it is settled, and how, in a word; nothing for a note."""
        if self.closure:
            return CLOSED[self.closure.how]
        return "" if self.severity == "note" else "未解决"

    @property
    def message(self) -> str:
        """The finding in Chinese, whole in itself: what is wrong, where, both figures and their difference."""
        return self._said(CATALOGUE[self.code].message)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.detail.get("rule_remedy") or self._said(CATALOGUE[self.code].remedy)

    def as_json(self) -> FindingJson:
        """The finding as ``check --json`` gives it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "open": self.open,
            "message": self.message,
            "file": self.file,
            "agency": self.agency.as_json() if self.agency else None,
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "related": list(self.related),
            "actual": as_json(self.actual, self.types[0]),
            "expected": as_json(self.expected, self.types[1]),
            "rule": self.rule,
            "basis": self.basis,
            "remedy": self.remedy,
            "closed": {"how": self.closure.how, "words": self.closure.words} if self.closure else None,
        }


def finding(code: str, *, severity: Severity | None = None, **coordinates: Any) -> Finding:
    """A finding of a code, of the code's own severity unless told otherwise; unknown names go to ``detail``.

    KeyError where one is not told that its words need, TypeError where one is told that no code knows: it shows where the
    finding is made, not where it is printed.
    """
    known = {k: v for k, v in coordinates.items() if k in Finding.__dataclass_fields__}
    detail = {k: v for k, v in coordinates.items() if k not in known}
    if lacking := _needed(code) - detail.keys():
        raise KeyError(f"{code} lacks {'、'.join(sorted(lacking))}")
    if strange := detail.keys() - known_details():
        raise TypeError(f"{code}: no code has {'、'.join(sorted(strange))}")
    return Finding(code, severity or CATALOGUE[code].severity, detail=detail, **known)


@cache
def _needed(code: str) -> frozenset[str]:
    """The details that a code's words need."""
    return CATALOGUE[code].places - Finding(code, "note")._words().keys()


def known_details() -> frozenset[str]:
    """Every name of a detail that any code has, in its words or beside them."""
    return _known(len(CATALOGUE))


@cache
def _known(codes: int) -> frozenset[str]:
    return frozenset(_ALWAYS).union(*(entry.places.union(entry.details) for entry in CATALOGUE.values()))


_ALWAYS = ("rule_remedy", "last")
"""Details that any finding of a rule may have: the rule's own remedy, and that last year's figures are not verified."""
