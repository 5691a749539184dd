"""The season's page: how many passed, a light and a word an agency, what changed, what to do next; files are dropped there."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_file

from xltools.desk.desktop import Desktop
from xltools.desk.opened import Opened
from xltools.desk.shown import ORDER, Pages, back, open_file, split_by_state
from xltools.errors import XltoolsError

_GROUPS = {"new": "新报来", "corrected": "更正", "settled": "情况变了", "withdrawn": "文件不见了"}
"""The kinds of change that are told one by one, with their words."""


def board(season: Opened) -> dict[str, Any]:
    """What the season's page shows, out of the last check's JSON."""
    told = season.told
    agencies = told.get("agencies", [])
    counts = split_by_state(agencies)
    rows = [
        {**one, "id": season.code_id(one["code"]), "name_of": season.name(one["counted"]) if one["counted"] else "",
         "files_of": len(one["files"])}
        for one in sorted(agencies, key=lambda one: ORDER.index(one["state"]))
    ]  # fmt: skip
    strangers = [
        {**file, "name": season.name(file["file"]), "id": season.file_id(file["file"])}
        for file in told.get("filings", []) if file["agency"] is None
    ]  # fmt: skip
    whole = [f for f in told.get("findings", []) if f["open"] and f["agency"] is None]
    changes = told.get("changes") or {}
    steps = [(words, changes[kind]) for kind, words in _GROUPS.items() if changes.get("since") and changes.get(kind)]
    checked = season.checked
    return {
        "season": season, "rows": rows, "counts": counts, "total": len(agencies), "strangers": strangers, "whole": whole,
        "since": changes.get("since"), "unchanged": changes.get("unchanged", 0), "steps": steps,
        "next": checked.next if checked else "", "hints": [season.in_words(hint) for hint in checked.hints] if checked else [],
        "task": season.shown_task,
        "chat": season.file_id(checked.chat) if checked and checked.chat else "",
        "year": season.season.settings.year, "here": "season",
        "blanks": any(season.season.settings.issued.glob("*.xlsx")),
    }  # fmt: skip


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""
    _files(app, pages)

    @app.get("/s/<sid>/")
    def season(sid: str) -> Response:
        return pages.page("season.html", **board(pages.opened(sid)))

    @app.get("/s/<sid>/live")
    def live(sid: str) -> Response:
        """The line that tells what goes on; with it the page's middle anew, where that has changed."""
        opened = pages.opened(sid)
        opened.look()
        known = request.args.get("v", "")
        fresh = known != str(opened.version)
        here = request.args.get("page", "")
        if here == "season":
            return pages.piece("live.html", fresh=fresh, swapped=True, **board(opened))
        return pages.piece("live.html", fresh=fresh, swapped=False, seen=known, season=opened, task=opened.shown_task,
                           here=here)  # fmt: skip

    @app.post("/s/<sid>/check")
    def check(sid: str) -> Response:
        pages.opened(sid).check()
        return back("season", sid=sid)

    @app.post("/s/<sid>/stop")
    def stop(sid: str) -> Response:
        pages.opened(sid).stop()
        return back("season", sid=sid)

    @app.post("/s/<sid>/upload")
    def upload(sid: str) -> Response:
        """Files dropped or chosen: into 回收, whole or not at all."""
        opened = pages.opened(sid)
        files = [(file.filename or "", file.stream) for file in request.files.getlist("files") if file.filename]
        try:
            if not files:
                raise XltoolsError("没有选文件")
            arrived = opened.receive(files).files  # type: ignore[arg-type]
            words = f"收到 {len(arrived)} 个文件"
            beside, there = (sum(one.how == how for one in arrived) for how in ("beside", "there"))
            words += f"，其中 {beside} 个与已有的同名，加了序号" if beside else ""
            words += f"，其中 {there} 个原来就有，没有重放" if there else ""
            status, message = 200, f"{words}；正在审核"
        except XltoolsError as problem:
            status, message = 409, f"没有收：{problem}"
        if request.headers.get("X-Requested-With") == "desk":
            answer = jsonify(message=message)
            answer.status_code = status
            return answer
        opened.say(message)
        return back("season", sid=sid)


def _files(app: Flask, pages: Pages) -> None:
    """Blanks that are made, and files that are had or opened."""

    @app.post("/s/<sid>/blanks")
    def blanks(sid: str) -> Response:
        opened = pages.opened(sid)

        def work(task: Any) -> str:
            made = opened.season.blank(progress=task.progress)
            return "；".join([f"写了 {len(made.files)} 份空白表，在“下发”里", *made.hints])

        opened.do("生成空白表", "xltools blank", work)
        return back("season", sid=sid)

    @app.get("/s/<sid>/file/<fid>")
    def file(sid: str, fid: str) -> Response:
        """A file that a page has named, to be kept; never one to be looked at here, whatever it is."""
        path = pages.opened(sid).file(fid)
        if path is None:
            abort(404)
        return send_file(
            path, mimetype="application/octet-stream", as_attachment=True, download_name=path.name, conditional=False
        )

    @app.get("/s/<sid>/words/<fid>")
    def words(sid: str, fid: str) -> Response:
        """A text that a page has named, as text."""
        path = pages.opened(sid).file(fid)
        if path is None or path.suffix != ".txt":
            abort(404)
        return Response(path.read_text("utf-8"), mimetype="text/plain")

    @app.post("/s/<sid>/open/<fid>")
    def open_(sid: str, fid: str) -> Response:
        """Opens a file, or a folder of the season, on this computer's screen."""
        opened = pages.opened(sid)
        settings = opened.season.settings
        folders = {"received": settings.received, "issued": settings.issued, "returned": settings.returned,
                   "summaries": settings.summary, "home": opened.home, "roster": settings.roster}  # fmt: skip
        path = folders.get(fid) or opened.file(fid)
        if path is None or not path.exists():
            abort(404)
        open_file(path)
        return Response(status=204)
