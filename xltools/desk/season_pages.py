"""The season's page: how many passed, a light and a word an agency, what changed, what to do next; files are dropped there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_file

from xltools.api import import_report
from xltools.commands import READ_HERE
from xltools.desk.desktop import Desktop
from xltools.desk.opened import Opened
from xltools.desk.shown import ORDER, Pages, back, command, joined, open_file, split_by_state
from xltools.errors import XltoolsError
from xltools.outputs import slashed
from xltools.received.folder import is_report
from xltools.season.inbox import ASIDE
from xltools.terms import several

_GROUPS = {"new": "新报来", "corrected": "更正", "settled": "情况变了", "withdrawn": "文件不见了"}
"""The kinds of change that are told one by one, with their words."""

_STEPS = 8
"""Of each kind so many are told one by one."""

_TOLD = 3
"""So many things about a report are told."""


def board(season: Opened) -> dict[str, Any]:
    """What the season's page shows, out of the last check's JSON."""
    told = season.told
    agencies = told.get("agencies", [])
    counts = split_by_state(agencies)
    rows = [
        {**one, "id": season.code_id(one["code"]), "name_of": season.name(one["counted"]) if one["counted"] else "",
         "files_of": len(one["files"])}
        for one in _by_file(season, sorted(agencies, key=lambda one: ORDER.index(one["state"])))
    ]  # fmt: skip
    ours = {code for one in agencies for code in (one["code"], *one["via"])}
    strangers = [
        {**file, "name": season.name(file["file"]), "id": season.file_id(file["file"]), "movable": Path(file["file"]).is_file()}
        for file in told.get("filings", []) if file["agency"] is None or file["agency"]["code"] not in ours
    ]  # fmt: skip
    whole = [
        {**f, **_skipped(season, f)} for f in told.get("findings", []) if f["open"] and f["agency"] is None
    ]  # fmt: skip
    changes = told.get("changes") or {}
    steps = [
        _step(words, changes[kind]) for kind, words in _GROUPS.items() if changes.get("since") and changes.get(kind)
    ]
    checked = season.checked
    return {
        "season": season, "rows": rows, "counts": counts, "total": len(agencies), "strangers": strangers, "whole": whole,
        "since": changes.get("since"), "unchanged": changes.get("unchanged", 0), "steps": steps,
        "next": checked.next_at_desk if checked else "",
        "hints": [season.in_words(hint) for hint in checked.hints] if checked else [],
        "task": season.shown_task,
        "chat": season.file_id(checked.chat) if checked and checked.chat else "",
        "year": season.season.settings.year, "here": "season",
        "blanks": any(season.season.settings.issued.glob("*.xlsx")), "aside": _aside(season),
        "printed": season.file_id(checked.page) if checked and checked.page else "",
    }  # fmt: skip


def _by_file(season: Opened, agencies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Agencies as they are listed: those in one state that an area's summary stands for are one line, by the area's name."""
    listed: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for one in agencies:
        area = (one["via"][0], one["state"], *one["files"]) if one["via"] else (one["code"],)
        listed.setdefault(area, []).append(one)
    rows = []
    for those in listed.values():
        first, name = those[0], those[0]["name"]
        if first["via"] and season.checked:
            name = (
                f"{season.checked.name_of(first['via'][0])}的汇总表：{several([one['name'] for one in those], 2, '家')}"
            )
        rows.append({**first, "name": name})
    return rows


def _skipped(season: Opened, found: dict[str, Any]) -> dict[str, Any]:
    """What can be done about a file that is no return: its id, its name, and whether it may be a report to be read."""
    if found["code"] != "file-skipped":
        return {}
    path = Path(found["file"])
    there = path.is_file()
    report = there and is_report(path) and READ_HERE in found["message"]
    return {"id": season.file_id(path), "name": season.name(path), "report": report, "movable": there}


def _step(words: str, those: list[dict[str, Any]]) -> dict[str, Any]:
    """A kind of change: how many there are, how many of them passed, and those to be told one by one: who did not pass first."""
    told = sorted(those, key=lambda step: step["now"] == "accepted")
    if len(told) > _STEPS:
        told = [step for step in told if step["now"] != "accepted"][:_STEPS]
    passed = sum(step["now"] == "accepted" for step in those)
    return {"words": words, "count": len(those), "passed": passed, "told": told}


def _aside(season: Opened) -> list[dict[str, str]]:
    """The files that were put aside."""
    folder = season.home / ASIDE
    there = sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []
    return [{"id": season.file_id(path), "name": path.name} for path in there]


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""
    _files(app, pages)
    _no_returns(app, pages)

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
            status, message = 409, f"没有收：{opened.in_words(problem.said)}"
        if request.headers.get("X-Requested-With") == "desk":
            answer = jsonify(message=message)
            answer.status_code = status
            return answer
        opened.say(message)
        return back("season", sid=sid)


def _no_returns(app: Flask, pages: Pages) -> None:
    """What came in and is none of our workbooks, or is not to count: put aside, put back, read."""

    def moved(sid: str, *, back_again: bool) -> Response:
        opened = pages.opened(sid)
        path = opened.file(request.form.get("file", ""))
        if path is None:
            abort(404)

        def call() -> str:
            [(_, now)] = opened.season.aside(path, back=back_again).files
            opened.put_aside = {code: [p for p in those if p != path] for code, those in opened.put_aside.items()}
            opened.check()
            return f"“{path.name}”{'放回了' if back_again else '移到了'}“{opened.name(now.parent)}”"

        opened.trying(call)
        return back("season", sid=sid)

    @app.post("/s/<sid>/aside")
    def aside(sid: str) -> Response:
        return moved(sid, back_again=False)

    @app.post("/s/<sid>/aside/back")
    def aside_back(sid: str) -> Response:
        return moved(sid, back_again=True)

    @app.post("/s/<sid>/read")
    def read_report(sid: str) -> Response:
        """A report of this year that came in place of the workbook: read into a filing, and put aside."""
        opened = pages.opened(sid)
        path = opened.file(request.form.get("file", ""))
        settings = opened.season.settings
        if path is None or not is_report(path) or not path.is_relative_to(settings.received):
            abort(404)
        target = path.with_name(f"{path.stem}（读自报告）.xlsx")
        words = command("xltools", "import", opened.name(path), "-o", opened.name(target), "--roster", opened.name(settings.roster),
                        "--year", str(settings.year))  # fmt: skip

        def work(task: Any) -> str:
            told = _read(opened, path, target.name)
            opened._check(task)
            return told

        opened.do("读报告", words, work)
        return back("season", sid=sid)


def _read(opened: Opened, report: Path, name: str) -> str:
    """Reads a report that was received into a filing beside it, of this name, and puts it aside; what is to be told of that.

    XltoolsError where anything in it is in doubt: a filing has no place for that, and would pass. Then all stays as it is."""
    settings = opened.season.settings
    with tempfile.TemporaryDirectory(prefix="xltools-") as folder:
        output = Path(folder) / name
        try:
            [done] = import_report(report, output, roster=settings.roster, year=settings.year).to_json()["reports"]
        except XltoolsError as problem:
            raise XltoolsError(_unread(report, [opened.in_words(problem.said)])) from None
        own = [f for f in opened.near(done["findings"]) if f["open"] and f["file"] == slashed(report)]
        if done["file"] is None or any(f["severity"] != "note" for f in own):
            doubts = [f"{f['message']}{f['remedy']}" for f in own if f["severity"] != "note"]
            raise XltoolsError(_unread(report, doubts))
        with output.open("rb") as stream:
            place = slashed(report.relative_to(settings.received).with_name(name))
            [arrived] = opened.season.receive([(place, stream)]).files
    opened.season.aside(report)
    notes = _first([f["message"] for f in own])
    return (f"“{report.name}”读成了“{arrived.path.name}”，请在它的页面上对着原文核对；原件移到了“{ASIDE}”"
            + (f"。还要知道的：{notes}" if notes else ""))  # fmt: skip


def _unread(report: Path, doubts: list[str]) -> str:
    return f"“{report.name}”没有读成填报表，还在原处：{_first(doubts)}。请它用下发的工作簿重报；或者改好报告再读一次"


def _first(words: list[str]) -> str:
    """The first few of several things, and how many more there are."""
    more = len(words) - _TOLD
    return joined([*words[:_TOLD], *([f"另有 {more} 项"] if more > 0 else [])])


def _files(app: Flask, pages: Pages) -> None:
    """Blanks that are made, and files that are had or opened."""

    @app.post("/s/<sid>/blanks")
    def blanks(sid: str) -> Response:
        opened = pages.opened(sid)

        def work(task: Any) -> str:
            made = opened.season.blank(progress=task.progress)
            words = f"写了 {len(made.files)} 份空白表，在“下发”里" if made.files else "没有缺的空白表，没有写"
            return joined([words, *made.hints])

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
                   "summaries": settings.summary, "home": opened.home, "roster": settings.roster,
                   "record": settings.decisions}  # fmt: skip
        path = folders.get(fid) or opened.file(fid)
        if path is None or not path.exists():
            abort(404)
        open_file(path)
        return Response(status=204)
