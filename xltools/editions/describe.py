"""The forms and the finding codes told as data: what ``forms`` and ``codes`` print, and the docs are made from."""

from __future__ import annotations

from typing import Any

from xltools.editions import editions, load_form, supplement_titles
from xltools.findings import CATALOGUE
from xltools.form.layout import layout_of
from xltools.form.model import Form
from xltools.rules import kinds


def forms_list() -> dict[str, Any]:
    """All editions and supplements."""
    forms = [load_form(name) for name in editions()]
    return {
        "editions": [
            {"edition": f.edition, "title": f.title, "years": list(f.years), "basis": f.basis, "fields": len(f.fields)}
            for f in forms
        ],
        "supplements": [{"id": name, "title": title} for name, title in supplement_titles().items()],
    }


def form_json(form: Form) -> dict[str, Any]:
    """One form: its fields with their cells in a fresh blank, and all its rules, the sums among them, as ``relations``.

    A rule's ``listed`` says whether 校验 lists it: sums are locked formulas there, notes are for the reader only.
    """
    layout = layout_of(form)
    fields = [
        {
            "id": f.id,
            "sheet": f.section.sheet,
            "cell": layout.cell(f.id),
            "label": f.label,
            "kind": f.kind,
            "type": f.type,
        }
        for f in form.fields.values()
    ]
    relations = [
        {"id": r.id, "severity": r.severity, "text": r.sentence, "basis": r.basis, "kind": r.kind, "listed": r.shows}
        for r in form.rules
    ]
    return {
        "edition": form.edition,
        "supplements": list(form.supplements),
        "years": list(form.years),
        "basis": form.basis,
        "fields": fields,
        "relations": relations,
    }


def codes_json() -> list[dict[str, Any]]:
    """Every finding code, with the places in its words as they stand in the catalogue."""
    kinds()  # they bring codes of their own
    return [
        {"code": c.id, "severity": c.severity, "meaning": c.title, "message": c.message, "remedy": c.remedy}
        for c in CATALOGUE.values()
    ]
