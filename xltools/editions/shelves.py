"""Where definitions lie: 格式/ of the working folder, the user's own folder, the package; the nearest counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from xltools.classes import dataclass
from xltools.derived import derived
from xltools.editions.notation import WHOLE, decoded, parsed
from xltools.errors import FormError
from xltools.inputs import Refused, content_of

FORMS = "格式"
"""The folder of an office's own forms, in a working folder and in the user's own."""

_SIZE = 2**20
_LEXICONS = "lexicons"

PACKS = "规则"
"""The folder of a working folder's rule packs."""

Kind = Literal["edition", "supplement", "lexicon", "pack"]


@dataclass(frozen=True)
class Source:
    """A definition file: its id, its text, what it says (nothing where it cannot be read, which ``problem`` tells), where it lies."""

    id: str
    kind: Kind
    file: str
    text: str
    data: dict[str, Any]
    problem: FormError | None = None
    place: Path | None = None
    """The file; None for one of the package's own."""

    @property
    def family(self) -> str:
        """The family of forms it is of; "" for the one that needs no name."""
        family = self.data.get("family", "")
        return family if isinstance(family, str) else ""

    @property
    def begins(self) -> int | None:
        """The first year it is for; None where that cannot be said."""
        years = self.data.get("years")
        first = years.get("from") if isinstance(years, dict) else None
        return first if isinstance(first, int) else None

    @property
    def ends(self) -> int | None:
        """The last year it is for, as it says itself; None where it says none."""
        years = self.data.get("years")
        last = years.get("to") if isinstance(years, dict) else None
        return last if isinstance(last, int) else None


@dataclass(frozen=True)
class Desk:
    """What forms a call works with: the folders before the package's, nearest first, and the family; None where none is named."""

    folders: tuple[Path, ...] = ()
    family: str | None = None
    packs: Path | None = None
    """The folder of the rule packs by which is judged."""


_NONE = Desk()
_desk: ContextVar[Desk] = ContextVar("desk", default=_NONE)


def desk() -> Desk:
    """What forms are looked for in now; for another process, which begins with ``begin``."""
    return _desk.get()


def begin(desk: Desk) -> None:
    """Looks for forms as another process does."""
    _desk.set(desk)


@contextmanager
def shelved(home: Path | None, family: str | None = None) -> Iterator[None]:
    """Within it, forms of a working folder and of the user's own come before the package's."""
    folders = (home / FORMS if home else None, own_folder())
    packs = home / PACKS if home else None
    there = tuple(folder for folder in folders if folder is not None and folder.is_dir())
    token = _desk.set(Desk(there, family, packs if packs is not None and packs.is_dir() else None))
    try:
        yield
    finally:
        _desk.reset(token)


def own_folder() -> Path:
    """The user's own folder of forms, whether or not there is one."""
    from platformdirs import user_data_path

    return Path(user_data_path("xltools", appauthor=False)) / FORMS


def sources(kind: Kind) -> dict[str, Source]:
    """All definitions of a kind by id, sorted; of those with one id the nearest."""
    found: dict[str, Source] = {}
    for shelf in (*(_in_folder(folder) for folder in _desk.get().folders), _package()):
        for source in shelf:
            if source.kind == kind:
                found.setdefault(source.id, source)
    return dict(sorted(found.items()))


def packs() -> tuple[Source, ...]:
    """The rule packs by which is judged now, in the order of their names."""
    folder = _desk.get().packs
    return tuple(replace(source, kind="pack") for source in _in_folder(folder)) if folder else ()


def overlaid() -> list[tuple[Source, Source]]:
    """The definitions of folders that take the place of one with the same id that says something else: both."""
    shelves = [*(_in_folder(folder) for folder in _desk.get().folders), _package()]
    pairs = []
    for number, shelf in enumerate(shelves):
        for source in shelf:
            below = (s for later in shelves[number + 1 :] for s in later if (s.kind, s.id) == (source.kind, source.id))
            pairs += [(source, other) for other in list(below)[:1] if other.data != source.data]
    return pairs


def stamp() -> str:
    """What stands for the definitions of all folders together: another one when any of them changes."""
    laid = (source for folder in _desk.get().folders for source in _in_folder(folder))
    told = (f"{source.kind} {source.file} {source.text}" for source in (*laid, *packs()))
    return hashlib.sha256("\0".join(told).encode("utf-8")).hexdigest()


@lru_cache(maxsize=1)
def _package() -> tuple[Source, ...]:
    return derived("package", "", _of_the_package)


def _of_the_package() -> tuple[Source, ...]:
    top = Path(__file__).parent
    kinds: dict[Kind, str] = {"edition": "", "supplement": "supplements", "lexicon": _LEXICONS}
    found = []
    for kind, name in kinds.items():
        for item in (top.joinpath(name) if name else top).iterdir():
            if item.name.endswith(".toml"):
                found.append(read_source(item.name, item.read_bytes(), kind))
    return tuple(sorted(found, key=lambda source: source.id))


def _in_folder(folder: Path) -> tuple[Source, ...]:
    """The definitions in a folder; read again where a file has changed."""
    try:
        listed = sorted(
            (p for p in folder.iterdir() if p.suffix == ".toml" and not p.name.startswith((".", "~"))),
            key=lambda p: p.name,
        )
        return tuple(_read(p, p.stat().st_mtime_ns, p.stat().st_size) for p in listed)
    except OSError:
        return ()


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> Source:
    try:
        return read_source(path.name, content_of(path, _SIZE), place=path)
    except Refused as problem:
        return Source(
            path.stem, "edition", path.name, "", {}, FormError(path.name, WHOLE, f"打不开：{problem.reason}"), path
        )


def read_source(file: str, content: bytes, kind: Kind | None = None, place: Path | None = None) -> Source:
    """A definition of a file's content; a supplement is known by the editions that it names."""
    name, text = file.removesuffix(".toml"), ""
    try:
        text = decoded(content, file)
        data = parsed(text, file)
    except FormError as problem:
        return Source(name, kind or "edition", file, text, {}, problem, place)
    return Source(name, kind or ("supplement" if "editions" in data else "edition"), file, text, data, None, place)
