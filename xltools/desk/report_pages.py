"""Last year's reports: web pages, Word and PDF read back into filings, each figure beside where it was read; what is doubtful is
confirmed by hand."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

from xltools.api import fill, import_report, put_setting
from xltools.api.showing import ShownJson
from xltools.desk.desktop import Desktop
from xltools.desk.laid import laid_out
from xltools.desk.opened import Opened
from xltools.desk.shown import Pages, back, joined
from xltools.errors import XltoolsError
from xltools.ingest.run import reports_in
from xltools.inputs import read_json
from xltools.outputs import slashed
from xltools.periods import part_of, spoken
from xltools.season.inbox import take_in

_REPORTS, _READ = "上年报告", "上年"
"""The folders of a season for last year's published reports, and for what was read of them."""

_SETTING = "上年的表"


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""
    _reading(app, pages)
    _confirming(app, pages)

    @app.get("/s/<sid>/last/")
    def last(sid: str) -> Response:
        opened = pages.opened(sid)
        idle = opened.task is None or not opened.task.running
        if idle and not opened.read_back and _unread(opened):  # the desk was begun anew, or they were put there by hand
            opened.read_back = _begin(opened, _unread(opened))
        done = [_listed(opened, one) for one in opened.imported]
        unread = [path.name for path in _unread(opened)]
        known = [opened.name(path) for path in opened.season.settings.previous]
        return pages.page(
            "last.html",
            season=opened,
            here="last",
            done=done,
            known=known,
            used=_READ in known,
            unread=unread,
            task=opened.shown_task,
        )

    @app.post("/s/<sid>/last/use")
    def last_use(sid: str) -> Response:
        """What was read is last year's for this season."""
        opened = pages.opened(sid)

        def call() -> str:
            put_setting(_SETTING, _READ, home=opened.home)
            opened.check()
            return f"“{_READ}”里读出的表，从现在起就是本季的{_last(opened)}数；正在重新审核"

        opened.trying(call)
        return back("last", sid=sid)


def _reading(app: Flask, pages: Pages) -> None:
    """The routes by which reports come in and are read."""

    @app.post("/s/<sid>/last/upload")
    def last_upload(sid: str) -> Response:
        opened = pages.opened(sid)
        files = [(file.filename or "", file.stream) for file in request.files.getlist("files") if file.filename]

        def call() -> str:
            if not files:
                raise XltoolsError("没有选文件")
            memory = opened.season.settings.memory
            arrived = [one.path for one in take_in(opened.home / _REPORTS, memory, files)]  # type: ignore[arg-type]
            if not _begin(opened, arrived):
                raise XltoolsError("正在做别的事，请等它完了再读一次")
            return f"收到 {len(arrived)} 个文件，正在读"

        opened.trying(call)
        return back("last", sid=sid)

    @app.post("/s/<sid>/last/read")
    def last_read(sid: str) -> Response:
        """Those that lie in the folder and were not read yet."""
        opened = pages.opened(sid)
        if not (unread := _unread(opened)):
            opened.say(f"“{_REPORTS}”里没有还没读的报告")
        else:
            _begin(opened, unread)
        return back("last", sid=sid)


def _confirming(app: Flask, pages: Pages) -> None:
    """The routes of one report that was read."""

    @app.get("/s/<sid>/last/<fid>/")
    def last_one(sid: str, fid: str) -> Response:
        """One that was read: its tables, each figure beside where it was read; what is doubtful can be filled in."""
        opened = pages.opened(sid)
        item = _one(opened, fid)
        shown = opened.near(opened.season.show(item["path"]).to_json())
        notes = [f for f in item["open"] if f["severity"] == "note" and f["file"] == item["source"]]
        item["open"] = _still_open(item, shown)
        read = {one["field"]: one for one in item["figures"]}
        doubts = {name for found in item["open"] for name in (found["field"], *found["related"])}
        return pages.page("last_one.html", season=opened, here="last", item=item, shown=shown, tables=laid_out(shown), fid=fid,
                          read=read, doubts=doubts, notes=notes, task=opened.shown_task)  # fmt: skip

    @app.post("/s/<sid>/last/<fid>/confirm")
    def confirm(sid: str, fid: str) -> Response:
        """Figures typed for what could not be read for certain."""
        opened = pages.opened(sid)
        item = _one(opened, fid)
        shown = opened.season.show(item["path"]).to_json()
        known = {cell["field"] for section in shown["sections"] for cell in section["cells"] if cell["field"]}
        typed = {
            name: _number(words.strip()) for name, words in request.form.items() if name in known and words.strip()
        }

        def call() -> str:
            path: Path = item["path"]
            beside = path.with_name(f".{path.name}")
            made = fill(path, {"values": typed}, beside, force=True)
            beside.replace(path)
            return joined([f"填进了 {len(typed)} 个数", *(found.message for found in made.findings)])

        opened.trying(call)
        return back("last_one", sid=sid, fid=fid)


def _unread(opened: Opened) -> list[Path]:
    """The reports that lie in the season's folder and were not read since the desk was begun."""
    read = {one["source"] for one in opened.imported}
    with suppress(XltoolsError):
        return [path for path in reports_in(opened.home / _REPORTS) if slashed(path) not in read]
    return []


def _last(opened: Opened) -> str:
    """What the period before is called."""
    return spoken("上年", part_of(opened.season.settings.year))


def _begin(opened: Opened, reports: list[Path]) -> bool:
    """Begins to read reports; whether it began."""
    words = f"xltools import {_REPORTS}/报告 -o {_READ}/报告.xlsx --roster 名录.xlsx --year {opened.season.settings.year - 1}"
    return opened.do(f"读{_last(opened)}的报告", words, lambda task: _read(opened, reports, task))


def _read(opened: Opened, reports: list[Path], task: Any) -> str:
    bad = 0
    for report in task.progress(reports, f"读{_last(opened)}的报告"):
        told = opened.near(_told(opened, report))
        bad += told["file"] is None
        opened.imported = [one for one in opened.imported if one["source"] != told["source"]] + [told]
    return f"读了 {len(reports)} 份，{len(reports) - bad} 份写成了填报表，在“{_READ}”里"


def _told(opened: Opened, report: Path) -> dict[str, Any]:
    """What is read of a report. The filing of one that was read before, and may have been confirmed since, stays as it is."""
    told: dict[str, Any] = {"source": slashed(report), "file": None, "findings": [], "figures": [], "problem": ""}
    target, settings = opened.home / _READ / f"{report.stem}.xlsx", opened.season.settings
    taken = [
        one["source"] for one in opened.imported if one["file"] == slashed(target) and one["source"] != slashed(report)
    ]
    if taken:
        return told | {
            "problem": f"“{opened.name(target)}”已经是“{opened.name(taken[0])}”读成的；请把这一份改个名字，再选进来"
        }
    with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
        output = Path(folder) / target.name if target.is_file() else target
        try:
            imported = import_report(report, output, roster=settings.roster, year=settings.year - 1)
        except XltoolsError as problem:
            return told | {"problem": opened.in_words(problem.said)}
        told |= imported.to_json()["reports"][0]
    return told | ({"file": slashed(target)} if told["file"] else {})


def _listed(opened: Opened, one: dict[str, Any]) -> dict[str, Any]:
    """A report that was read, as it is listed."""
    id = opened.file_id(one["file"]) if one["file"] else ""
    return {**one, "name": opened.name(one["source"]), "id": id, "open": [f for f in one["findings"] if f["open"]]}


def _still_open(item: dict[str, Any], shown: ShownJson) -> list[dict[str, Any]]:
    """What was in doubt when it was read, and what is open of the filing as it now is.

    A doubt is over where figures were left open for it and all of them are filled in now; any other only whoever looks can tell."""
    cells = [cell for section in shown["sections"] for cell in section["cells"] if cell["input"]]
    read, filled = {one["field"] for one in item["figures"]}, {cell["field"] for cell in cells if cell["text"]}
    open_then = {cell["field"] for cell in cells} - read

    def over(doubt: dict[str, Any]) -> bool:
        asked = open_then.intersection((doubt["field"], *doubt["related"]))
        return bool(asked) and asked <= filled

    doubts = [f for f in item["open"] if f["severity"] != "note" and f["file"] == item["source"] and not over(f)]
    return doubts + [dict(f) for f in shown["findings"] if f["open"] and f["severity"] != "note"]


def _number(words: str) -> int | Decimal | str:
    """What was typed as a number, where it is one as JSON has it; else the words, which the library reads as it reads a cell."""
    try:
        figure = read_json(words, parse_float=Decimal)
    except ValueError:
        return words
    return figure if isinstance(figure, (int, Decimal)) and not isinstance(figure, bool) else words


def _one(opened: Opened, fid: str) -> dict[str, Any]:
    path = opened.file(fid)
    item = next((one for one in (_listed(opened, told) for told in opened.imported) if one["id"] == fid), None)
    if path is None or item is None:
        abort(404)
    return {**item, "path": path, "source_id": opened.file_id(item["source"])}
