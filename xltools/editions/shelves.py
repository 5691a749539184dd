"""Where definitions lie: 格式/ of the working folder, the user's own folder, the package; the nearest counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from xltools.classes import dataclass
from xltools.derived import derived
from xltools.editions.notation import WHOLE, decoded, parsed
from xltools.errors import FormError, FormErrors
from xltools.inputs import LIST_LIMIT, Refused, content_of

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
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Of a rule pack that is kept as a list, the cells by the keys of what they say."""

    def placed(self, problem: FormError) -> FormError:
        """A mistake told by its cell where the definition is kept as a list; any other as it is."""
        if not self.cells:
            return problem
        from xltools.editions.packlist import placed

        return placed(problem, self.file, self.cells)

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
    packs: tuple[Path, ...] = ()
    """The folders of the rule packs by which is judged: 规则/ and 格式/ of the working folder."""


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
    packs = (home / PACKS, home / FORMS) if home else ()
    there = tuple(folder for folder in folders if folder is not None and folder.is_dir())
    token = _desk.set(Desk(there, family, tuple(folder for folder in packs if folder.is_dir())))
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
    """The rule packs by which is judged now, in the order of their names; one kept as a list twice counts once."""
    found: dict[str, Source] = {}
    for folder in _desk.get().packs:
        for source in _in_folder(folder):
            if source.kind == "pack" or folder.name == PACKS:
                found.setdefault(source.id, replace(source, kind="pack"))
    return tuple(sorted(found.values(), key=lambda source: source.id))


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
            (p for p in folder.iterdir() if p.suffix in (".toml", ".xlsx") and not p.name.startswith((".", "~"))),
            key=lambda p: p.name,
        )
        read = (_read(p, p.stat().st_mtime_ns, p.stat().st_size) for p in listed)
        return tuple(source for source in read if source is not None)
    except OSError:
        return ()


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> Source | None:
    """The definition in a file; None for a workbook that is no list of a rule pack."""
    try:
        if path.suffix == ".xlsx":
            return list_source(content_of(path, LIST_LIMIT), path)
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
    return Source(name, kind or _kind(data), file, text, data, None, place)


def _kind(data: Mapping[str, Any]) -> Kind:
    if "editions" in data:
        return "supplement"
    return "pack" if "change" in data and "section" not in data else "edition"


def list_source(content: bytes, path: Path) -> Source | None:
    """The rule pack that is kept as a list in a workbook; None where it has no such list."""
    from xltools.editions.packlist import pack_of
    from xltools.editions.written import toml_of

    found = pack_of(content, path)
    if found is None:
        return None
    problem = found.mistakes[0] if len(found.mistakes) == 1 else FormErrors(found.mistakes) if found.mistakes else None
    name = str(found.data.get("id", path.stem))
    return Source(name, "pack", path.name, toml_of(found.data), found.data, problem, path, found.cells)
