"""Who is let in: this computer's own browser, from the desk's own pages, with the secret that only the first address had."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, request

from xltools.desk.desktop import Desktop
from xltools.pages import policy

BODY_LIMIT = 128 * 2**20
"""Bytes of one request: more than a county sends in at once. What is larger is refused by its announced length, unread."""

FORM_LIMIT, FORM_PARTS = 4 * 2**20, 6000
"""Bytes of a form's words that are kept in memory, and how many parts a form has at most."""

KEY = "key"
_SAFE = ("GET", "HEAD")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_PREVIEW = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
"""For a report that is looked at: a page of its own, with its own style, which may do nothing at all."""

_ALONE = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Beside its policy, for the page that turns somebody away."""

PREVIEWED = "X-Desk-Preview"


def guard(app: Flask, desktop: Desktop) -> None:
    """Puts the checks before every request, and the browser's orders after."""
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT, MAX_FORM_MEMORY_SIZE=FORM_LIMIT, MAX_FORM_PARTS=FORM_PARTS)
    name = f"desk-{desktop.secret[:8]}"

    @app.before_request
    def admit() -> Response | None:
        if request.host not in desktop.hosts:
            abort(403, "这个网址不是本机的")
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            # A link of another site: the browser sends no cookie then either, where it is not too old to know.
            abort(403, "别的网站不能打开这里")
        given = request.args.get(KEY, "")
        if request.method == "GET" and given:
            if not _same(given, desktop.secret):
                abort(403, "网址里的密钥不对")
            answer = redirect(urlsplit(desktop.first).path, 303)
            answer.set_cookie(name, desktop.pass_, httponly=True, samesite="Strict", path="/")
            return answer  # type: ignore[return-value]
        if not _same(request.cookies.get(name, ""), desktop.pass_):
            abort(403, "请从程序写出的网址进来")
        if request.method not in _SAFE and request.headers.get("Origin") not in desktop.origins:
            abort(403, "别的网站不能让这里做事")
        return None

    @app.after_request
    def orders(answer: Response) -> Response:
        preview = answer.headers.pop(PREVIEWED, None) if PREVIEWED in answer.headers else None
        answer.headers["Content-Security-Policy"] = (
            _PREVIEW if preview else f"{policy()}; {_ALONE}" if answer.status_code == 403 else _POLICY
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["X-Frame-Options"] = "SAMEORIGIN" if preview else "DENY"
        if request.endpoint != "static":
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
