"""Last year's reports: web pages, Word and PDF read back into filings; what is doubtful is told, and confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

from xltools.api import fill, import_report, read
from xltools.desk.desktop import Desktop
from xltools.desk.laid import laid_out
from xltools.desk.opened import Opened
from xltools.desk.shown import Pages, back
from xltools.errors import XltoolsError
from xltools.season.inbox import take_in

_REPORTS, _READ = "上年报告", "上年"
"""The folders of a season for last year's published reports, and for what was read of them."""


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""

    @app.get("/s/<sid>/last/")
    def last(sid: str) -> Response:
        opened = pages.opened(sid)
        return pages.page("last.html", season=opened, here="last", done=_imported(opened), task=opened.shown_task,
                          known=[opened.name(p) for p in opened.season.settings.previous])  # fmt: skip

    @app.post("/s/<sid>/last/upload")
    def last_upload(sid: str) -> Response:
        opened = pages.opened(sid)
        files = [(file.filename or "", file.stream) for file in request.files.getlist("files") if file.filename]

        def call() -> str:
            if not files:
                raise XltoolsError("没有选文件")
            arrived = take_in(opened.home / _REPORTS, opened.season.settings.memory, files)  # type: ignore[arg-type]
            opened.do(
                "读上年的报告",
                f"xltools import --folder {_REPORTS} -o {_READ} --roster 名录.xlsx",
                lambda task: _read(opened, task),
            )
            return f"收到 {len(arrived)} 个文件，正在读"

        opened.trying(call)
        return back("last", sid=sid)

    @app.get("/s/<sid>/last/<fid>/")
    def last_one(sid: str, fid: str) -> Response:
        """One that was read: its tables, what is doubtful, and where blanks may be filled in."""
        opened = pages.opened(sid)
        item = _one(opened, fid)
        shown = opened.near(opened.season.show(item["path"]).to_json())
        return pages.page("last_one.html", season=opened, here="last", item=item, shown=shown, tables=laid_out(shown), fid=fid,
                          task=opened.shown_task)  # fmt: skip

    @app.post("/s/<sid>/last/<fid>/confirm")
    def confirm(sid: str, fid: str) -> Response:
        """Figures typed for what could not be read for certain."""
        opened = pages.opened(sid)
        item = _one(opened, fid)
        known = read(item["path"]).filing.form.fields
        typed = {name: words.strip() for name, words in request.form.items() if name in known and words.strip()}

        def call() -> str:
            path: Path = item["path"]
            there = path.with_name(f".{path.name}")
            made = fill(path, {"values": {**typed}}, there, force=True)
            there.replace(path)
            return f"填进了 {len(typed)} 个数{'；' + made.findings[0].message if made.findings else ''}"

        opened.trying(call)
        return back("last_one", sid=sid, fid=fid)


def _read(opened: Opened, task: Any) -> str:
    """Reads the reports that are not read yet; last year's filings are then those."""
    settings = opened.season.settings
    done = import_report(folder=opened.home / _REPORTS, output=opened.home / _READ, roster=settings.roster, force=True,
                         year=settings.year - 1, progress=task.progress)  # fmt: skip
    opened.imported = opened.near(done.to_json()["reports"])
    good = sum(one["file"] is not None for one in opened.imported)
    return f"读了 {len(opened.imported)} 份，写成 {good} 份填报表，在“{_READ}”里"


def _imported(opened: Opened) -> list[dict[str, Any]]:
    """The reports that were read, as they are listed."""
    return [
        {**one, "name": opened.name(one["source"]), "id": opened.file_id(one["file"]) if one["file"] else "",
         "open": [f for f in one["findings"] if f["open"]]}
        for one in opened.imported
    ]  # fmt: skip


def _one(opened: Opened, fid: str) -> dict[str, Any]:
    path = opened.file(fid)
    item = next((one for one in _imported(opened) if one["id"] == fid), None)
    if path is None or item is None:
        abort(404)
    return {**item, "path": path, "source_id": opened.file_id(item["source"])}
