"""The summary's page: tables whose every number leads to its agencies, 同比 as charts, what is open, report and package."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, request

from xltools.desk.desktop import Desktop
from xltools.desk.guard import PREVIEWED
from xltools.desk.laid import laid_out
from xltools.desk.shown import Pages, back, joined, split_by_state
from xltools.received.companions import REPORTS, SUMMARY
from xltools.season.where import MEMORY

_PREVIEW = "preview.html"


def add(app: Flask, desktop: Desktop, pages: Pages) -> None:
    """Its routes."""
    _making(app, pages)

    @app.get("/s/<sid>/summary/")
    def summary(sid: str) -> Response:
        opened = pages.opened(sid)
        shown = opened.summary()
        there = opened.summaries()
        counts = split_by_state(opened.told.get("agencies", []))
        made = [
            {"id": opened.file_id(p), "name": opened.name(p), "old": opened.older_than_summary(p)}
            for p in _made(opened)
        ]
        return pages.page(
            "summary.html", season=opened, here="summary", shown=shown, tables=laid_out(shown) if shown else [], made=made,
            outdated=opened.outdated(), elsewhere=bool(there) and opened.open_elsewhere(there[0]),
            file={"id": opened.file_id(there[0]), "name": opened.name(there[0])} if there else None, counts=counts,
            total=len(opened.told.get("agencies", [])), task=opened.shown_task,
        )  # fmt: skip

    @app.get("/s/<sid>/summary/part")
    def part(sid: str) -> Response:
        """What a number is added up of, agency by agency."""
        opened = pages.opened(sid)
        shown, field = opened.summary(), request.args.get("field", "")
        cell = next(
            (c for s in (shown or {"sections": []})["sections"] for c in s["cells"] if c["field"] == field), None
        )
        if cell is None or shown is None or opened.checked is None:
            abort(404)
        sheet = f"{next(s['sheet'] for s in shown['sections'] if cell in s['cells'])} {cell['cell']}"
        parts = [{**p, "id": opened.code_id(p["code"])} for p in opened.checked.parts(field)]
        return pages.piece("part.html", season=opened, cell=cell, sheet=sheet, parts=parts)


def _making(app: Flask, pages: Pages) -> None:
    """What is made of it."""

    @app.post("/s/<sid>/summary/merge")
    def merge(sid: str) -> Response:
        pages.opened(sid).merge(force=bool(request.form.get("fewer")))
        return back("summary", sid=sid)

    @app.post("/s/<sid>/summary/report")
    def report(sid: str) -> Response:
        opened = pages.opened(sid)
        there = opened.summaries()
        if not there:
            abort(404)
        target = there[0].with_name(there[0].name.replace(SUMMARY, REPORTS[0]))

        def work(task: Any) -> str:
            done = opened.season.report(there[0], target, force=True)
            return joined([f"年度报告写在“{opened.name(target)}”", *done.hints])

        opened.do("写年度报告", f"xltools report {opened.name(there[0])} -o {opened.name(target)} --force", work)
        return back("summary", sid=sid)

    @app.post("/s/<sid>/summary/pack")
    def pack(sid: str) -> Response:
        opened = pages.opened(sid)

        def work(task: Any) -> str:
            done = opened.season.pack()
            return joined([f"打包在“{opened.name(done.output)}”，共 {len(done.names)} 个文件", done.draft])

        opened.do("打包上报", "xltools pack", work)
        return back("summary", sid=sid)

    @app.get("/s/<sid>/summary/preview/")
    def preview(sid: str) -> Response:
        opened = pages.opened(sid)
        if not opened.summaries():
            abort(404)
        return pages.page("preview.html", season=opened, here="summary", task=opened.shown_task)

    @app.get("/s/<sid>/summary/preview/page")
    def previewed(sid: str) -> Response:
        """The report as a page, in a frame that may do nothing."""
        opened = pages.opened(sid)
        there = opened.summaries()
        if not there:
            abort(404)
        target = opened.home / MEMORY / _PREVIEW
        done = opened.season.report(there[0], target, force=True)
        if done.output is None:
            return pages.failed(done.findings[0].message, 409)
        return Response(target.read_bytes(), mimetype="text/html", headers={PREVIEWED: "1"})


def _made(opened: Any) -> list[Any]:
    """What was made of the summary, and lies beside it."""
    folder = opened.season.settings.summary
    found = [*folder.glob("*_年度报告.docx"), *folder.glob("*_上报.zip")]
    return sorted(p for p in found if not p.name.startswith(("~$", ".")))
