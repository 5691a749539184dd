"""All seasons; a new one: area, year, roster pasted from Excel or given as a file, last year's, what letters end with."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, request

from xltools.api import Season, check_roster, forms
from xltools.collection.issuing import safe_name
from xltools.collection.roster import COLUMNS
from xltools.desk.desktop import Desktop
from xltools.desk.shown import Pages, back, joined
from xltools.errors import XltoolsError
from xltools.season.inbox import take_in
from xltools.season.settings import read_settings
from xltools.season.where import MEMORY, SETTINGS, family_of

_ROWS = 12
_KEYS = ("code", "name", "level", "parent", "contact", "phone", "last", "region")
"""The grid's columns, in the order of the roster's."""

_LETTERS = ("deadline", "contact", "phone", "signature")
_OFFICE = "office."
"""Before the names of the fields that letters end with: 联系人 and 电话 stand in the grid too."""

_LAST = "上年"
"""The folder of a new season for last year's files that were given."""


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""

    @app.get("/")
    def seasons() -> Response:
        return pages.page("seasons.html", known=_known(desktop), folder=desktop.folder, here="seasons")

    @app.get("/new")
    def new() -> Response:
        return _form(pages, desktop, {}, [])

    @app.post("/new/look")
    def look() -> Response:
        """The roster as it stands in the grid or the file, looked over."""
        with _roster() as file:
            told, words = None, "还没有填名录。"
            if file is not None:
                try:
                    told, words = check_roster(file).to_json(), ""
                except XltoolsError as problem:
                    words = str(problem)
        return pages.piece("roster.html", told=told, words=words)

    @app.post("/new")
    def make() -> Response:
        said = {key: value for key, value in request.form.items() if key not in _KEYS}
        try:
            home = _made(desktop, said)
        except XltoolsError as problem:
            return _form(pages, desktop, said, _grid(), str(problem))
        opened = desktop.open(desktop.id_of(home))
        assert opened is not None
        opened.do("生成空白表", "xltools blank", lambda task: _blanks(opened, task))
        return back("season", sid=opened.id)

    @app.post("/quit")
    def end() -> Response:
        desktop.end()
        return pages.page("ended.html", here="ended")

    @app.get("/favicon.ico")
    def icon() -> Response:
        return redirect("/static/icon.svg", 303)  # type: ignore[return-value]


def _blanks(opened: Any, task: Any) -> str:
    made = opened.season.blank(progress=task.progress)
    opened._check(task)
    return joined([f"工作文件夹建好了；写了 {len(made.files)} 份空白表，在“下发”里，可以发给各单位了", *made.hints])


def _known(desktop: Desktop) -> list[dict[str, Any]]:
    """The seasons the desk knows, as they are listed."""
    found = []
    for id, home in desktop.seasons().items():
        try:
            year, problem = read_settings(home).year, ""
        except XltoolsError as told:
            year, problem = 0, str(told)
        found.append(
            {
                "id": id,
                "name": home.name,
                "home": str(home),
                "year": year,
                "problem": problem,
                "family": family_of(home),
            }
        )
    return sorted(found, key=lambda one: -one["year"])


def _form(pages: Pages, desktop: Desktop, said: dict[str, str], grid: list[list[str]], problem: str = "") -> Response:
    """The form of a new season, with what was filled in before."""
    year = date.today().year - (date.today().month < 12)
    empty = [[""] * len(_KEYS) for _ in range(max(_ROWS - len(grid), 2))]
    last = [one for one in _known(desktop) if not one["problem"]]
    letters = dict.fromkeys((f"{_OFFICE}{key}" for key in _LETTERS), "")
    said = {"area": "", "year": str(year), **letters, "after": "", "family": "", **said}
    return pages.page("new.html", 409 if problem else 200, said=said, rows=[*grid, *empty], keys=_KEYS, columns=COLUMNS, last=last,
                      families=_families(), problem=problem, year=year, folder=desktop.folder, here="new")  # fmt: skip


def _families() -> list[str]:
    """The kinds of returns beside the one that needs no name."""
    return sorted({one["family"] for one in forms().to_json()["editions"]} - {""})


def _grid() -> list[list[str]]:
    """The rows of the grid that anything stands in."""
    columns = [[words.strip() for words in request.form.getlist(key)] for key in _KEYS]
    return [list(row) for row in zip_longest(*columns, fillvalue="") if any(row)]


@contextmanager
def _roster() -> Iterator[Path | None]:
    """The roster that was given, as a file; None where none was. A file goes before the grid."""
    with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
        given = request.files.get("roster")
        if given is not None and given.filename:
            path = Path(folder) / f"名录{'.csv' if given.filename.lower().endswith(('.csv', '.txt')) else '.xlsx'}"
            given.save(path)
            yield path
            return
        rows = _grid()
        if not rows:
            yield None
            return
        path = Path(folder) / "名录.csv"
        out = io.StringIO()
        csv.writer(out).writerows([COLUMNS, *rows])
        path.write_text(out.getvalue(), "utf-8-sig")
        yield path


def _made(desktop: Desktop, said: dict[str, str]) -> Path:
    """The new season's folder; XltoolsError where it cannot be made, and then nothing is left of it."""
    area, year = said.get("area", "").strip(), said.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise XltoolsError("年度要填四位数字")
    if not safe_name(area):
        raise XltoolsError("地区没有填")
    home = desktop.folder / f"{year}年度_{safe_name(area)}"
    if home.exists():
        raise XltoolsError(f"“{home}”已经有了；请在“全部”里打开它，或者换一个地区名")
    known = desktop.seasons()
    after = known.get(said.get("after", ""))
    files = [(file.filename or "", file.stream) for file in request.files.getlist("previous") if file.filename]
    letters = {key: said.get(f"{_OFFICE}{key}", "").strip() for key in _LETTERS}
    family = said.get("family") or None
    with _roster() as roster:
        if roster is None and after is None:
            raise XltoolsError("名录没有填：请从 Excel 里复制过来，或者选一个名录文件；也可以沿用上年的")
        if roster is not None and (wrong := check_roster(roster)).wrong:
            raise XltoolsError("名录有错，请改正：" + "；".join(wrong.found.complaints[:8]))
        previous = []
        if files:
            take_in(home / _LAST, home / MEMORY, files)  # type: ignore[arg-type]
            previous = [home / _LAST]
        try:
            Season.init(
                home,
                int(year),
                after=after,
                roster=roster,
                previous=previous,
                family=family,
                force=bool(files),
                **letters,
            )
        finally:
            if files and not (home / SETTINGS).is_file():
                import shutil

                shutil.rmtree(home, ignore_errors=True)
    return home
