"""Editions and supplements: TOML files read into frozen forms. The only room that knows what a form file looks like."""

from __future__ import annotations

import copyreg
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from xltools.editions.definition import read_definition, read_supplement
from xltools.editions.source import Definition
from xltools.editions.wordbook import read_lexicon
from xltools.errors import XltoolsError
from xltools.form.model import Form

__all__ = ["edition_for", "editions", "load_form", "supplement_titles", "supplements"]

LEXICONS = "lexicons"
"""The folder of the words that reports use."""


def _toml(folder: str) -> Iterator[tuple[str, Any]]:
    where = files("xltools.editions").joinpath(folder) if folder else files("xltools.editions")
    for item in sorted(where.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            yield item.name, item


def _ids(folder: str) -> tuple[str, ...]:
    return tuple(name.removesuffix(".toml") for name, _ in _toml(folder))


def _definition(folder: str, name: str) -> Definition:
    for file, item in _toml(folder):
        if file == f"{name}.toml":
            try:
                return Definition(file, tomllib.loads(item.read_text("utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
                raise Definition(file, {}).error("（整个文件）", f"不是有效的 TOML：{problem}") from None
    kind, known = ("补充项", "、".join(_ids(folder))) if folder else ("格式版本", "、".join(_ids(folder)))
    raise XltoolsError(f"没有名为“{name}”的{kind}；现有：{known or '无'}")


def editions() -> tuple[str, ...]:
    """The ids of all editions, oldest first."""
    return _ids("")


def supplements() -> tuple[str, ...]:
    """The ids of all supplements."""
    return _ids("supplements")


def supplement_titles() -> dict[str, str]:
    """The titles of all supplements by id."""
    return {name: _definition("supplements", name).text("title") for name in supplements()}


def load_form(edition: str, supplements: tuple[str, ...] = ()) -> Form:
    """The form of an edition with supplements laid over it; XltoolsError for an unknown id, FormError for a bad file.

    The same edition and supplements give the very same form, for its layout and all else is kept for it.
    """
    return _loaded(edition, tuple(dict.fromkeys(supplements)))


@lru_cache(maxsize=32)
def _loaded(edition: str, supplements: tuple[str, ...]) -> Form:
    form = read_definition(_definition("", edition))
    form = replace(form, years=(form.years[0], _end(form)))
    for name in supplements:
        form = read_supplement(_definition("supplements", name), form)
    return replace(form, lexicon=read_lexicon((_definition(LEXICONS, name) for name in _ids(LEXICONS)), form))


def _end(form: Form) -> int | None:
    """The last year of an edition: its own, or the one before the next edition begins. So a frozen file stays as it is."""
    begins = (_definition("", name).part("years").get("from", int) for name in editions())
    ends = [year - 1 for year in begins if year > form.years[0]]
    return min((end for end in (form.years[1], *ends) if end is not None), default=None)


# A form goes to another process by its name, and is there the one form again that its layout and all else is kept for.
copyreg.pickle(Form, lambda form: (load_form, (form.edition, form.supplements)))


def edition_for(year: int) -> str:
    """The edition that a report year uses; XltoolsError where there is none."""
    for name in editions():
        if load_form(name).covers(year):
            return name
    raise XltoolsError(f"没有 {year} 年度可用的格式版本；现有版本见 xltools forms list")
