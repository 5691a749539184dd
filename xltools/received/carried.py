"""The form that a received workbook carries: read, bounded, and held against the one that the office has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from xltools.editions import form_of, origin_of
from xltools.errors import XltoolsError
from xltools.expressions import expression
from xltools.form.layout import DEFINITION, PROPERTY, layout_of
from xltools.form.model import Form
from xltools.form.places import Spot
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.locate import squeezed
from xltools.terms import several

_DEFINITIONS, _PIECES, _LONGEST = 8, 20, 300_000


def definitions_in(workbook: ReceivedWorkbook) -> tuple[tuple[str, str], ...]:
    """The definitions that a workbook carries, by file name, the edition's first; none where it carries none, or no such."""
    if DEFINITION not in workbook.sheet_names:
        return ()
    sheet = workbook.sheet(DEFINITION)
    found = []
    for row in range(_DEFINITIONS):
        if not (file := sheet.text(row, 0).strip()):
            break
        text = "".join(sheet.at(row, column).text for column in range(1, _PIECES))
        if len(text) > _LONGEST or "/" in file or "\\" in file or not file.endswith(".toml"):
            return ()
        found.append((file, text.replace("\r\n", "\n")))
    return tuple(found)


def carried_form(workbook: ReceivedWorkbook, spaces: frozenset[str]) -> Form | None:
    """The form that a workbook carries, with the names of when these supplements had namespaces of their own.

    None where it carries none that can be read, or one that is not as it was issued: a word replaced throughout a workbook is
    replaced on the hidden sheet too.
    """
    texts = definitions_in(workbook)
    try:
        found = form_of(replace(origin_of(texts), spaces=spaces)) if texts else None
    except XltoolsError:
        return None
    return found if found is not None and found.digest == issued_digest(workbook) else None


def issued_digest(workbook: ReceivedWorkbook) -> str:
    """The digest of the form that a workbook was issued with, as its properties have it."""
    return workbook.properties.get(f"{PROPERTY}form", "").strip()


def stands_alike(one: Form, other: Form) -> bool:
    """Whether two forms have the same figures in the same cells, so that they differ in nothing but words and rules."""
    figures = [
        [(f.id, f.type, f.parts, layout_of(form).position(f.id)) for f in form.fields.values()] for form in (one, other)
    ]
    parts = [[(s.id, s.sheet) for s in form.sections] for form in (one, other)]
    titles = {s.title: s.id for s in other.sections}
    changed_places = any(titles.get(s.title, s.id) != s.id for s in one.sections)
    return figures[0] == figures[1] and parts[0] == parts[1] and not changed_places


def other_labels(one: Form, other: Form) -> Iterator[tuple[str, Spot, str, str]]:
    """What the tables of two forms that stand alike print otherwise, so that a figure beside it may be another one.

    Sheet, row and column, the words of the one and of the other. Where but words were put better, a note is enough.
    """
    theirs = layout_of(one).tables
    for name, sheet in layout_of(other).tables.items():
        known = {squeezed(mark.text) for mark in sheet.labels}
        for was, now in zip(theirs[name].labels, sheet.labels, strict=True):
            before, after = squeezed(was.text), squeezed(now.text)
            if before != after and (before in known or not _alike(before, after)):
                yield sheet.name, (now.box.top, now.box.left), was.text, now.text


_TURNING = expression("[不未非无没否上本去前后增减加万亿千百十元%％率0-9]")
"""Characters that make another figure of a label: which way, of which year, in which unit."""


def _alike(one: str, other: str) -> bool:
    """Whether a label is another wording of one, as far as its letters tell."""
    if sorted(_TURNING.findall(one)) != sorted(_TURNING.findall(other)):
        return False
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() > _SHARED


_SHARED = 0.4


def told_apart(old: Form, new: Form, most: int = 3) -> str:
    """How two forms differ, in words: the first of the changes, and how many there are."""
    from xltools.editions.differences import differences

    return several([change.line for change in differences(old, new)], most, "处", "；") or "说明性的文字"


__all__ = ("carried_form", "definitions_in", "issued_digest", "other_labels", "stands_alike", "told_apart")
