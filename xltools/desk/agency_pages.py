"""An agency's page: its tables as filled in, what fails and why, what goes back, a query settled, one of two that counts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

from xltools.api import compare
from xltools.collection.issuing import file_name
from xltools.desk.desktop import Desktop
from xltools.desk.laid import laid_out
from xltools.desk.opened import Opened
from xltools.desk.shown import ORDER, Pages, back, command
from xltools.errors import XltoolsError
from xltools.terms import Agency

_SEEN_TO = ("returned", "duplicate", "queried")
"""The states in which an agency's page has something to be done."""


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""
    _looked_at(app, pages)
    _done(app, pages)


def _looked_at(app: Flask, pages: Pages) -> None:
    """The routes of what is to be seen."""

    @app.get("/s/<sid>/a/<aid>/")
    def agency(sid: str, aid: str) -> Response:
        opened = pages.opened(sid)
        one = _known(opened, aid)
        at = request.args.get("file", type=int)
        return pages.page("agency.html", **_facts(opened, one, aid, at))

    @app.get("/s/<sid>/a/<aid>/beside")
    def beside(sid: str, aid: str) -> Response:
        """Two of its files beside each other."""
        opened = pages.opened(sid)
        one = _known(opened, aid)
        files = _files(opened, one)
        first, second = (request.args.get(name, default, type=int) for name, default in (("one", 0), ("other", 1)))
        if not (0 <= first < len(files) and 0 <= second < len(files)) or first == second:
            abort(404)
        told = opened.near(compare(one["files"][first], one["files"][second]).to_json())
        return pages.page("beside.html", season=opened, agency=one, aid=aid, told=told, files=files, first=first, second=second,
                          seen=opened.shown_of(one),
                          here="season", task=opened.shown_task)  # fmt: skip


def _done(app: Flask, pages: Pages) -> None:
    """The routes of what is done about it."""

    @app.post("/s/<sid>/a/<aid>/choose")
    def choose(sid: str, aid: str) -> Response:
        opened = pages.opened(sid)
        one = _known(opened, aid)
        given = request.form.get("file", "")
        file = next((file for file in one["files"] if opened.file_id(file) == given), None)
        if file is None:
            abort(404)

        def call() -> str:
            opened.as_shown(one, request.form.get("shown", ""), alone=False)
            chosen = opened.season.choose(file)
            opened.put_aside.setdefault(one["code"], []).extend(chosen.aside)
            opened.check()
            return f"“{opened.name(chosen.file)}”作数；另 {len(chosen.aside)} 份移到了“未采用”，没有丢，要放回来的点下面的“放回”"

        opened.trying(call)
        return back("agency", sid=sid, aid=aid)

    @app.post("/s/<sid>/a/<aid>/decide")
    def decide(sid: str, aid: str) -> Response:
        opened = pages.opened(sid)
        one = _known(opened, aid)
        said = {key: request.form.get(key, "") for key in ("item", "by", "date", "words")}

        def call() -> str:
            opened.as_shown(one, request.form.get("shown", ""))
            opened.season.decide(one["code"], said["item"], by=said["by"], date=said["date"], words=said["words"])
            opened.check()
            return "写进了“办理记录”，正在重新审核"

        opened.trying(call)
        return back("agency", sid=sid, aid=aid)

    @app.post("/s/<sid>/a/<aid>/undecide")
    def undecide(sid: str, aid: str) -> Response:
        opened = pages.opened(sid)
        one = _known(opened, aid)

        def call() -> str:
            opened.as_shown(one, request.form.get("shown", ""))
            opened.season.undecide(one["code"], request.form.get("item", ""))
            opened.check()
            return "从“办理记录”里去掉了，正在重新审核"

        opened.trying(call)
        return back("agency", sid=sid, aid=aid)


def _known(opened: Opened, aid: str) -> dict[str, Any]:
    one = opened.agency(aid)
    if one is None:
        abort(404)
    return one


def _files(opened: Opened, one: dict[str, Any]) -> list[dict[str, Any]]:
    """An agency's files, as they are listed on its page."""
    return [
        {"at": at, "name": opened.name(file), "id": opened.file_id(file), "counted": file == one["counted"],
         **_known_of(opened, file)}
        for at, file in enumerate(one["files"])
    ]  # fmt: skip


def _known_of(opened: Opened, file: str) -> dict[str, Any]:
    """What tells one file from another: what is open in it, and when it was saved."""
    told: dict[str, Any] = next((f for f in opened.told.get("filings", ()) if f["file"] == file), {"findings": []})
    open_ = [f["severity"] for f in told["findings"] if f["open"]]
    path = Path(file)
    saved = f"{datetime.fromtimestamp(path.stat().st_mtime):%m-%d %H:%M}" if path.is_file() else ""
    return {"errors": open_.count("error"), "queries": open_.count("query"), "saved": saved, "movable": path.is_file()}


def _next(opened: Opened, one: dict[str, Any]) -> dict[str, Any] | None:
    """The next agency that has to be seen to, in the order of the season's page; None where there is no other."""
    order = sorted(opened.told.get("agencies", ()), key=lambda other: ORDER.index(other["state"]))
    waiting = [other for other in order if other["state"] in _SEEN_TO and other is not one
               and not (one["via"] and other["via"][:1] == one["via"][:1] and other["files"] == one["files"])]  # fmt: skip
    after = order.index(one) if one in order and one["state"] in _SEEN_TO else -1
    later = [other for other in waiting if order.index(other) > after] or waiting
    return {"id": opened.code_id(later[0]["code"]), "name": later[0]["name"], "count": len(waiting)} if later else None


def _blank(opened: Opened, one: dict[str, Any]) -> dict[str, str] | None:
    """An agency's blank workbook, to be sent again; None where it is not there."""
    settings = opened.season.settings
    path = settings.issued / file_name(Agency(one["code"], one["name"], one["level"]), settings.year)
    return {"id": opened.file_id(path), "name": opened.name(path)} if path.is_file() else None


def _facts(opened: Opened, one: dict[str, Any], aid: str, at: int | None) -> dict[str, Any]:
    """What an agency's page shows: one of its files, the one that counts unless another is asked for."""
    files = _files(opened, one)
    if at is None or not 0 <= at < len(files):
        at = next((file["at"] for file in files if file["counted"]), 0)
    file = one["files"][at] if files else ""
    shown = problem = None
    try:
        view = opened.checked.shown(file) if opened.checked and file else None
        shown = opened.near(view.to_json()) if view else None
    except XltoolsError as told:
        problem = str(told)
    findings: list[dict[str, Any]] = next(
        (f["findings"] for f in opened.told.get("filings", []) if f["file"] == file), []
    )
    beside = [f for f in opened.told.get("findings", []) if f["agency"] and f["agency"]["code"] == one["code"]]
    beside = [f for f in beside if f["code"] != "agency-missing"]
    ours = opened.checked.returns((*one["via"], one["code"])[0]) if opened.checked else []
    queries: dict[str, dict[str, Any]] = {}
    for found in findings:
        if found["open"] and found["severity"] == "query":
            queries.setdefault(found["rule"] or found["code"], found)
    return {
        "season": opened, "here": "season", "agency": one, "aid": aid, "files": files, "at": at, "shown": shown, "problem": problem,
        "seen": opened.shown_of(one), "after": _next(opened, one),
        "contact": opened.checked.contact(one["code"]) if opened.checked else ("", ""),
        "aside": [{"id": opened.file_id(p), "name": p.name} for p in opened.put_aside.get(one["code"], ()) if p.is_file()],
        "blank": None if files else _blank(opened, one),
        "tables": laid_out(shown) if shown else [], "findings": findings, "beside": beside, "queries": queries,
        "returns": [{**r, "id": opened.file_id(r["file"]), "name": opened.name(r["file"])} for r in ours],
        "chat": opened.in_words(opened.checked.told_to(one["code"])) if opened.checked else "",
        "today": f"{date.today():%Y-%m-%d}", "task": opened.shown_task,
        "command": command("xltools", "show", opened.name(file)) if file else "xltools check",
    }  # fmt: skip
