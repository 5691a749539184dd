"""The desk as a web application: its pages, room by room, and how each is filled in."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request

from xltools.desk import agency_pages, form_pages, report_pages, season_pages, start_pages, summary_pages
from xltools.desk.desktop import Desktop
from xltools.desk.guard import BODY_LIMIT, guard
from xltools.desk.shown import Pages
from xltools.errors import XltoolsError
from xltools.findings.failures import debugging
from xltools.pages import stylesheet

_ROOMS = (start_pages, season_pages, agency_pages, summary_pages, report_pages, form_pages)

_REFUSED = {
    404: "没有这一页；它可能已经不在了",
    405: "不能这样打开",
    413: f"太大了：一次最多 {BODY_LIMIT // 2**20} MB，没有收",
}


def application(desktop: Desktop) -> Flask:
    """The application over a desk; served to nobody that ``guard`` does not let in."""
    app = Flask("xltools.desk", template_folder=None)
    guard(app, desktop)
    pages = Pages(desktop)
    for room in _ROOMS:
        room.add(app, desktop, pages)

    @app.get("/desk.css")
    def looks() -> Response:
        own = (Path(__file__).parent / "static" / "desk.css").read_text("utf-8")
        return Response(f"{stylesheet()}\n{own}", mimetype="text/css")

    @app.errorhandler(XltoolsError)
    def told(problem: XltoolsError) -> Response:
        return pages.failed(str(problem), 409)

    @app.errorhandler(Exception)
    def broken(problem: Exception) -> Response:
        code = getattr(problem, "code", None)
        if isinstance(code, int):  # an answer of the framework's own, or of ``abort``
            if code == 403:
                return pages.refused(getattr(problem, "description", "") or "")
            return pages.failed(_REFUSED.get(code, getattr(problem, "description", "") or ""), code)
        if debugging():
            app.logger.exception("%s", request.path)
        return pages.failed(f"程序内部出错（{type(problem).__name__}：{problem}）；请把这一行发给维护人员", 500)

    return app
