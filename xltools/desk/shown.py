"""How the desk's pages are filled in: the words and helpers that every template may use."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Response, abort, redirect, url_for

from xltools import __version__
from xltools.desk.desktop import Desktop
from xltools.desk.opened import Opened
from xltools.errors import XltoolsError
from xltools.form.standing import STATES
from xltools.pages import environment, rendered
from xltools.periods import in_words, part_of, spoken
from xltools.terms import LEVELS, SEVERITIES

ORDER = ("returned", "duplicate", "queried", "missing", "accepted")
"""The states in the order in which somebody has to see to them."""


class Pages:
    """Fills the desk's templates in."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    @cached_property
    def _templates(self) -> Any:
        made = environment("xltools.desk")
        made.globals |= {
            "states": STATES, "severities": SEVERITIES, "levels": LEVELS, "order": ORDER, "version": __version__, "url": url_for,
            "number": numbered, "opens": opens, "period": in_words,
        }  # fmt: skip
        made.filters["before"] = lambda words, mark: words.partition(mark)[0]
        return made

    def page(self, template: str, status: int = 200, /, **words: Any) -> Response:
        """A page: a template with words put in, each escaped and visible."""
        words.setdefault("season", None)
        words.setdefault("here", "")
        season = words["season"]
        words = _periods(season) | words
        words.setdefault("message", season.heard() if season else "")
        return Response(self._templates.get_template(template).render(words), status, mimetype="text/html")

    def piece(self, template: str, **words: Any) -> Response:
        """A part of a page, for htmx to put into its place."""
        return Response(
            self._templates.get_template(template).render(
                {"season": None, "message": "", **_periods(words.get("season")), **words}
            ),
            mimetype="text/html",
        )

    def failed(self, words: str, status: int) -> Response:
        """A page that says why there is no other."""
        return self.page("failed.html", status, words=words, started=bool(self._desktop.started))

    def refused(self, words: str) -> Response:
        """The page for whom is not let in: whole in itself, for nothing else is served there."""
        return Response(rendered("refused.html", words=words), 403, mimetype="text/html")

    def opened(self, id: str) -> Opened:
        """The season of an id; a page of none where there is none."""
        found = self._desktop.open(id)
        if found is None:
            abort(404)
        if found.checked is None and found.task is None:
            found.check()
        return found


def _periods(season: Opened | None) -> dict[str, str]:
    """What the period of a season is called, and the one before it."""
    part = part_of(season.season.settings.year) if season else ""
    return {"this": spoken("本年度", part), "before": spoken("上年", part)}


def back(endpoint: str, **values: Any) -> Response:
    """To a page, by looking it up anew: what a form did is not done again."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def numbered(figure: float | int | None) -> str:
    """A figure of JSON in words; a blank is 空白."""
    return "空白" if figure is None else f"{figure:.15g}" if isinstance(figure, float) else str(figure)


def opens() -> bool:
    """Whether files can be opened on the screen before the clerk: the desk is on the same computer."""
    return os.name == "nt" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_file(path: Path) -> None:
    """Opens a file with the program that this computer has for it; XltoolsError where it cannot."""
    import subprocess

    try:
        if os.name == "nt":
            os.startfile(path)  # type: ignore[attr-defined,unused-ignore]
        else:
            subprocess.Popen(["xdg-open", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    except OSError as problem:
        raise XltoolsError(f"“{path.name}”打不开：{problem.strerror or problem}；请下载后打开") from None


def joined(words: Iterable[str]) -> str:
    """Several sentences as one."""
    return "；".join(one.rstrip("。") for one in words if one)


def command(*words: str | Path) -> str:
    """A command as it is typed."""
    return " ".join(shlex.quote(str(word)) if os.name != "nt" else _quoted(str(word)) for word in words)


def _quoted(word: str) -> str:
    return f'"{word}"' if any(c in word for c in ' &()"^|<>') else word


def split_by_state(agencies: list[Mapping[str, Any]]) -> dict[str, int]:
    """How many agencies are in each state, in the order of the states."""
    return {state: sum(one["state"] == state for one in agencies) for state in STATES}
