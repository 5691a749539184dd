"""Where a working folder is: asked by every call, so that what works in one is imported where there is one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from xltools.editions.shelves import shelved
from xltools.inputs import TEXT_LIMIT, Refused, content_of
from xltools.terms import several

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


def home_of(path: Path) -> Path | None:
    """The working folder that a file or folder lies in; None where it lies in none."""
    return find_home(path if path.is_dir() else path.parent)


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


def where_else() -> str:
    """Where a call would find what it lacks, in words: the working folders that lie here, else what makes one."""
    homes = [path.parent.name for path in sorted(Path().glob(f"*/{SETTINGS}"))]
    return (
        f"这里的“{several(homes)}”是工作文件夹，进到里面运行就可以不给"
        if homes
        else "在 xltools init 建的工作文件夹里可以不给"
    )
