"""Forms: editions and families, what changed from one to another, drawn, looked over, tried, made, taken over."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, send_file

from xltools.api import accept_form, check_forms, diff_forms, draft_form, forms, new_form, try_form
from xltools.collection.issuing import safe_name
from xltools.desk.desktop import Desktop
from xltools.desk.shown import Pages
from xltools.editions.shelves import FORMS, own_folder
from xltools.errors import Clashing, XltoolsError
from xltools.outputs import slashed

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""

    def season() -> dict[str, Any]:
        """The season from which the clerk came, whose tabs stay and whose forms are known."""
        opened = desktop.open(request.args.get("s", ""))
        return {
            "season": opened,
            "task": opened.shown_task if opened else None,
            "home": opened.home if opened else None,
        }

    def shown(status: int = 200, /, **more: Any) -> Response:
        """The page of all forms, with what was asked for."""
        there = season()
        nothing = dict.fromkeys(("diff", "problem", "old", "new", "looked", "tried", "made"))
        return pages.page("forms.html", status, here="forms", told=_listed(there["home"]), **nothing | there | more)

    _given(app, season, shown)

    def known(id: str) -> str:
        told = _listed(season()["home"])
        if id not in {*(one["edition"] for one in told["editions"]), *(one["id"] for one in told["supplements"])}:
            abort(404)
        return id

    @app.get("/forms/")
    def forms_() -> Response:
        old, new = request.args.get("old", ""), request.args.get("new", "")
        told = problem = None
        if old and new:
            try:
                told = diff_forms(known(old), known(new), home=season()["home"]).to_json()
            except XltoolsError as words:
                problem = str(words)
        return shown(diff=told, problem=problem, old=old, new=new)

    @app.get("/forms/<id>/")
    def form(id: str) -> Response:
        there = season()
        return pages.page("form.html", here="forms", told=forms(known(id), home=there["home"]).to_json(), **there)

    @app.get("/forms/<id>/draft")
    def draft(id: str) -> Response:
        """The form as a drawing, to be changed in Excel."""
        with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
            target = Path(folder) / f"{known(id)}.xlsx"
            draft_form(id, target, year=request.args.get("for", type=int), home=season()["home"])
            content = target.read_bytes()
        return _sheet(content, f"{id}_表样.xlsx")


def _given(app: Flask, season: Callable[[], dict[str, Any]], shown: Callable[..., Response]) -> None:
    """The routes to which a file is given: a drawing looked over and made a form of, a form taken over from a filing."""

    def about(what: str, call: Callable[[Path, Path | None], dict[str, Any]]) -> Response:
        """The page with what a call over the file says, or with what is wrong."""
        with _uploaded(what) as path:
            try:
                if path is None:
                    raise XltoolsError("没有选文件")
                more = call(path, season()["home"])
            except XltoolsError as words:
                return shown(409, problem=str(words))
        return shown(**more)

    @app.post("/forms/look")
    def forms_look() -> Response:
        """A drawing looked over, and tried where it is sound."""

        def look(path: Path, home: Path | None) -> dict[str, Any]:
            looked = check_forms(path, home=home).to_json()[0]
            tried = try_form(path, path.parent / "试", home=home).relations if looked["sound"] else ()
            return {"looked": looked, "tried": [asdict(one) for one in tried]}

        return about("drawing", look)

    @app.post("/forms/new")
    def forms_new() -> Response:
        """A form made of a drawing, unless there is anything wrong with it."""

        def make(path: Path, home: Path | None) -> dict[str, Any]:
            looked = check_forms(path, home=home).to_json()[0]
            if not looked["sound"]:
                wrong = sum(one["severity"] == "error" for one in looked["told"])
                return {
                    "looked": looked,
                    "problem": f"没有做成格式：表样有 {wrong} 处要改，一处一处写在“自己画的表样”下面",
                }
            replace = bool(request.form.get("replace"))
            if not replace and looked["id"] in _own(home):
                raise XltoolsError(
                    f"已经有编号是“{looked['id']}”的格式；要用这一份代替它，请勾上“已有的，用这一份代替”，再做一次"
                )
            made = new_form(path, force=replace, home=home)
            return {"looked": looked, "made": f"格式“{made.id}”做好了，在“{_place(made.output, home)}”"}

        return about("drawing", make)

    @app.post("/forms/accept")
    def forms_accept() -> Response:
        """The form that came with a filing, taken over."""

        def accept(path: Path, home: Path | None) -> dict[str, Any]:
            try:
                taken = accept_form(path, apart=bool(request.form.get("apart")), home=home)
            except Clashing as problem:
                raise Clashing(f"{problem}：请勾上“有冲突也收下”，再做一次") from None
            words = "、".join(f"“{one.id}”" for one in taken)
            return {"made": f"收下了格式{words}，在“{_place(taken[0].output.parent, home)}”"}

        return about("filing", accept)


@contextmanager
def _uploaded(what: str) -> Iterator[Path | None]:
    """A file that was given, in a folder of its own for as long as it is looked at; None where none was."""
    given = request.files.get(what)
    if given is None or not given.filename:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
        named = Path(given.filename)
        ending = ".toml" if named.suffix.lower() == ".toml" else ".xlsx"
        path = Path(folder) / f"{safe_name(named.stem) or '表样'}{ending}"
        given.save(path)
        yield path


def _own(home: Path | None) -> set[str]:
    """The ids of the forms that lie where new ones go."""
    folder = home / FORMS if home else own_folder()
    return {path.stem for path in folder.glob("*.toml")}


def _place(path: Path, home: Path | None) -> str:
    return slashed(path.relative_to(home) if home and path.is_relative_to(home) else path)


def _sheet(content: bytes, name: str) -> Response:
    from io import BytesIO

    return send_file(BytesIO(content), mimetype=_SHEET, as_attachment=True, download_name=name)


def _listed(home: Path | None) -> dict[str, list[dict[str, Any]]]:
    return dict(forms(home=home).to_json())
