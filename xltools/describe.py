"""The forms and the finding codes told as data: what ``forms`` and ``codes`` print, and the docs are made from."""

from __future__ import annotations

from typing import Any

from xltools.editions import editions, load_form, supplement_titles
from xltools.findings import CATALOGUE
from xltools.layout import layout_of
from xltools.model import Form
from xltools.terms import SIGNOFF


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
    """One form: its fields with their cells in a fresh blank, and its relations, the sums among them.

    A relation's ``listed`` says whether 校验 lists it: sums are locked formulas there, notes are for the reader only.
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
    relations: list[dict[str, Any]] = [
        {
            "id": f.id,
            "severity": "error",
            "text": f"{f.label}＝各项之和",
            "basis": "合计由各项相加得出",
            "listed": False,
        }
        for f in form.totals
    ]
    relations += [
        {"id": r.id, "severity": r.severity, "text": r.text, "basis": r.basis, "listed": r.severity != "note"}
        for r in form.relations
    ]
    rule = form.signoff
    names = "、".join(SIGNOFF[name] for name in (*rule.names, rule.date))
    relations.append({"id": rule.id, "severity": rule.severity, "text": f"封面：{names}都已填写，日期不早于报告年度的最后一天",
                      "basis": rule.basis, "listed": True})  # fmt: skip
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
    return [
        {"code": c.id, "severity": c.severity, "meaning": c.title, "message": c.message, "remedy": c.remedy}
        for c in CATALOGUE.values()
    ]
