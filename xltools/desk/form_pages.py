"""Forms: editions and families, what changed from one to another, drawn, looked over, tried."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, send_file

from xltools.api import check_forms, diff_forms, draft_form, forms, try_form
from xltools.desk.desktop import Desktop
from xltools.desk.shown import Pages
from xltools.errors import XltoolsError

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""

    def season() -> dict[str, Any]:
        """The season from which the clerk came, whose tabs stay."""
        opened = desktop.open(request.args.get("s", ""))
        return {"season": opened, "task": opened.shown_task if opened else None}

    _looking(app, pages, season)

    def known(id: str) -> str:
        told = _listed()
        if id not in {*(one["edition"] for one in told["editions"]), *(one["id"] for one in told["supplements"])}:
            abort(404)
        return id

    @app.get("/forms/")
    def forms_() -> Response:
        old, new = request.args.get("old", ""), request.args.get("new", "")
        told = problem = None
        if old and new:
            try:
                told = diff_forms(known(old), known(new)).to_json()
            except XltoolsError as words:
                problem = str(words)
        return pages.page(
            "forms.html",
            here="forms",
            told=_listed(),
            diff=told,
            problem=problem,
            old=old,
            new=new,
            looked=None,
            tried=None,
            **season(),
        )

    @app.get("/forms/<id>/")
    def form(id: str) -> Response:
        return pages.page("form.html", here="forms", told=forms(known(id)).to_json(), **season())

    @app.get("/forms/<id>/draft")
    def draft(id: str) -> Response:
        """The form as a drawing, to be changed in Excel."""
        with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
            target = Path(folder) / f"{known(id)}.xlsx"
            draft_form(id, target, year=request.args.get("for", type=int))
            content = target.read_bytes()
        return _sheet(content, f"{id}_表样.xlsx")


def _looking(app: Flask, pages: Pages, season: Callable[[], dict[str, Any]]) -> None:
    """The route by which a drawing is looked over."""

    @app.post("/forms/look")
    def forms_look() -> Response:
        """A drawing looked over, and tried where it is sound."""
        given = request.files.get("drawing")
        looked = tried = problem = None
        with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
            try:
                if given is None or not given.filename:
                    raise XltoolsError("没有选文件")
                path = Path(folder) / ("表样.toml" if given.filename.lower().endswith(".toml") else "表样.xlsx")
                given.save(path)
                looked = check_forms(path).to_json()[0]
                if looked["sound"]:
                    tried = [asdict(one) for one in try_form(path, Path(folder) / "试").relations]
            except XltoolsError as words:
                problem = str(words)
        return pages.page("forms.html", here="forms", told=_listed(), diff=None, problem=problem, old="", new="", looked=looked,
                          tried=tried, **season())  # fmt: skip


def _sheet(content: bytes, name: str) -> Response:
    from io import BytesIO

    return send_file(BytesIO(content), mimetype=_SHEET, as_attachment=True, download_name=name)


def _listed() -> dict[str, list[dict[str, Any]]]:
    return dict(forms().to_json())
