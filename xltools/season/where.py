"""Where a working folder is: asked by every call, so that what works in one is imported where there is one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from xltools.editions.shelves import shelved
from xltools.inputs import TEXT_LIMIT, Refused, content_of

SETTINGS = "xltools.toml"
"""The file that makes a folder a working folder."""

MEMORY = ".xltools"
"""The folder within it where the program keeps what it knows from earlier runs."""


def find_home(start: Path) -> Path | None:
    """The working folder that ``start`` is or lies in, told as a path from ``start``; None where there is none."""
    here = start.resolve()
    for up, folder in enumerate((here, *here.parents)):
        if (folder / SETTINGS).is_file():
            return start.joinpath(*[".."] * up)
    return None


def forms_of(*places: Path, family: str | None = None) -> AbstractContextManager[None]:
    """Within it, forms are looked for in the working folder first that one of these places is or lies in; the family is as told,
    else the folder's."""
    for place in places:
        here = place if place.is_dir() else place.parent
        if here.is_dir() and (home := find_home(here)) is not None:
            return shelved(home, family_of(home) if family is None else family)
    return shelved(None, family)


def family_of(home: Path) -> str:
    """The family of forms a working folder is for; "" also where its settings cannot be read, which is told elsewhere."""
    from xltools.season.plain_toml import read_toml

    try:
        family = read_toml(content_of(home / SETTINGS, TEXT_LIMIT)).get("family", "")
    except (Refused, ValueError):
        return ""
    return family if isinstance(family, str) else ""
