"""What an office does in its working folder beside checking and summing: files come in, one of two counts, queries are settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypedDict

from xltools.api.door import Name, Names, alone, door, existing, paths_of, settings_of
from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.terms import AgencyJson

if TYPE_CHECKING:
    from xltools.collection.roster import LookedOver
    from xltools.season.inbox import Arrival, How

# ── files come in ────────────────────────────────────────────────────────────


class ArrivalJson(TypedDict):
    """A file that came in: the name it was sent under, where it lies, how (``new``; ``beside`` another of that name; ``there``
    already)."""

    name: str
    file: str
    how: How


@dataclass(frozen=True)
class Arrived:
    """Files that came in."""

    files: tuple[Arrival, ...]

    def to_json(self) -> list[ArrivalJson]:
        """What ``receive --json`` prints."""
        from xltools.outputs import slashed

        return [{"name": a.name, "file": slashed(a.path), "how": a.how} for a in self.files]


@door
@alone
def receive(files: Names | Iterable[tuple[str, BinaryIO]], *, home: Name | None = None) -> Arrived:
    """Puts files (and folders, with all that lies in them) into 回收 under their own names, all of them or none.

    XltoolsError for a folder that is 回收 itself, or has it in it: nothing of it has come in. Beside paths it takes pairs of a
    name and an open file. None that is there is written over; the same file is not put there twice.
    """
    from xltools.season.inbox import take_in

    settings = settings_of(home)
    with ExitStack() as open_:
        return Arrived(tuple(take_in(settings.received, settings.memory, _streams(files, settings.received, open_))))


def _streams(
    files: Names | Iterable[tuple[str, BinaryIO]], received: Path, open_: ExitStack
) -> Iterator[tuple[str, BinaryIO]]:
    from xltools.inputs import files_beneath, real

    given: Iterable[Any] = [files] if isinstance(files, (str, PathLike)) else files
    for one in given:
        if isinstance(one, tuple):
            yield one
            continue
        path = existing(one)
        if real(received).is_relative_to(real(path)):
            raise XltoolsError(
                f"“{path}”就是收表的“{received.name}”，或者它在里面，没有放；请给报来的文件，或者它们所在的文件夹"
            )
        with _none_for_that():
            inside = [p for p in files_beneath(path) if p.is_file()] if path.is_dir() else [path]
        for file in inside:
            with _none_for_that():
                stream = file.open("rb")
            with stream:
                yield file.relative_to(path.parent).as_posix(), stream


@contextmanager
def _none_for_that() -> Iterator[None]:
    """What is given cannot be opened: that is told of it, not of the folder that it should go to."""
    from xltools.errors import refused

    try:
        yield
    except OSError as problem:
        raise XltoolsError(f"{refused(problem)}；一个文件都没有放进去") from None


# ── who is expected ──────────────────────────────────────────────────────────


class RosterRowJson(TypedDict):
    """A row of a roster: its number in the file, its words by heading, what is wrong with it."""

    row: int
    words: dict[str, str]
    wrong: list[str]


class RosterJson(TypedDict):
    """``roster --json``: its rows, what is wrong with the whole, how many agencies file, and the area whose summary it makes
    (null where not just one)."""

    rows: list[RosterRowJson]
    problems: list[str]
    expected: int
    area: AgencyJson | None


@dataclass(frozen=True)
class RosterRead:
    """A roster that was looked over."""

    found: LookedOver

    @property
    def wrong(self) -> bool:
        """Whether there is anything wrong with it."""
        return bool(self.found.complaints)

    def to_json(self) -> RosterJson:
        """What ``roster --json`` prints."""
        top = self.found.roster.top
        return {
            "rows": [
                {"row": row.number, "words": dict(row.words), "wrong": list(wrong)} for row, wrong in self.found.rows
            ],
            "problems": list(self.found.whole),
            "expected": len(self.found.roster.expected),
            "area": top.as_json() if top else None,
        }


@door
def check_roster(file: Name | None = None, *, home: Name | None = None) -> RosterRead:
    """Looks a roster over, the working folder's own where none is given: every mistake, row by row."""
    from xltools.collection.roster import look_over

    return RosterRead(look_over(existing(file) if file is not None else settings_of(home).roster))


# ── one of several ───────────────────────────────────────────────────────────


class ChosenJson(TypedDict):
    """``choose --json``: the file that is to count, and where those are now that were put aside."""

    file: str
    aside: list[str]


@dataclass(frozen=True)
class Chosen:
    """The file of an agency that is to count, and where its others are now."""

    file: Path
    aside: tuple[Path, ...]

    def to_json(self) -> ChosenJson:
        """What ``choose --json`` prints."""
        from xltools.outputs import slashed

        return {"file": slashed(self.file), "aside": [slashed(path) for path in self.aside]}


@door
@alone
def choose(file: Name, *, home: Name | None = None) -> Chosen:
    """Lets one of an agency's files count: its others are moved out of 回收 into 未采用, where nothing of them is lost; an archive is
    where nothing else was read of it, and with a summary goes what is beside it.

    XltoolsError where it is not one of several, or where another lies in an archive with what is to stay.
    """
    from xltools.inputs import real
    from xltools.received.folder import must_exist
    from xltools.season.inbox import put_aside
    from xltools.season.work import as_it_stands

    must_exist(Path(file))
    settings, wanted = settings_of(home), real(Path(file))
    collection = as_it_stands(settings.home)
    chosen = next((r for r in collection.received if real(r.path) == wanted), None)
    if chosen is None or chosen.filing is None:
        raise XltoolsError(f"“{file}”不是“{settings.received}”里的填报表，不能作数")
    own = (chosen.filing.agency.code, chosen.filing.year)
    others = [r.path for r in collection.received
              if r is not chosen and r.filing and (r.filing.agency.code, r.filing.year) == own and not r.superseded_by]  # fmt: skip
    if not others:
        raise XltoolsError(f"{chosen.filing.agency.name}只报来这一份，不用选")
    return Chosen(
        Path(file), tuple(put_aside(settings, _movable(_together(others, [r.path for r in collection.received]))))
    )


def _together(paths: list[Path], read: list[Path]) -> list[Path]:
    """What is moved so that these are: the archive of each, where all that was ``read`` of it is among them, else itself."""
    from xltools.archives import archive_over

    over = {path: archive_over(path) for path in paths}
    whole = {a for a in over.values() if a and all(path in over for path in read if a in path.parents)}
    return list(dict.fromkeys(archive if archive in whole and archive else path for path, archive in over.items()))


# ── put aside, and back ──────────────────────────────────────────────────────


class MovedJson(TypedDict):
    """A file that was put aside, or back: where it was, where it is."""

    file: str
    now: str


@dataclass(frozen=True)
class Moved:
    """Files that were put aside, or back: where each was and is."""

    files: tuple[tuple[Path, Path], ...]

    def to_json(self) -> list[MovedJson]:
        """What ``aside --json`` prints."""
        from xltools.outputs import slashed

        return [{"file": slashed(was), "now": slashed(now)} for was, now in self.files]


@door
@alone
def aside(files: Names, *, back: bool = False, home: Name | None = None) -> Moved:
    """Moves files out of 回收 into 未采用, where nothing of them is lost; or ``back``. All of them or none.

    XltoolsError where one lies elsewhere or in an archive, or is a folder.
    """
    from xltools.inputs import real
    from xltools.season.inbox import ASIDE, put_aside, put_back

    settings = settings_of(home)
    folder = settings.home / ASIDE if back else settings.received
    given = _movable(paths_of(files))
    for path in given:
        if not real(path).is_relative_to(real(folder)):
            raise XltoolsError(f"“{path}”不在“{folder}”里，没有移动")
    return Moved(tuple(zip(given, (put_back if back else put_aside)(settings, given), strict=True)))


def _movable(paths: Iterable[Path]) -> list[Path]:
    """Files that can be moved by themselves, a summary's with what is beside it; XltoolsError where one is none (a folder, too), or
    lies in an archive."""
    from xltools.archives import archive_over
    from xltools.received.companions import beside

    found: dict[Path, None] = {}
    for path in paths:
        if archive := archive_over(path):
            raise XltoolsError(f"“{path.name}”在压缩包“{archive.name}”里，移不出来；请先把压缩包解开")
        if not existing(path).is_file():
            raise XltoolsError(f"“{path}”不是文件，没有移动；文件夹里的，请逐个写出要移的文件")
        found |= dict.fromkeys((path, *beside(path)))
    return list(found)


# ── a query is settled ───────────────────────────────────────────────────────


@door
@alone
def decide(agency: str, item: str, *, by: str, date: str, words: str, home: Name | None = None) -> Path:
    """Writes into 办理记录 that the office settled a query itself: of an agency (code), which one (its number), who, when, how.

    XltoolsError where the row could not be used; nothing is written then. The next check takes it up.
    """
    from xltools.collection.decisions import Decision
    from xltools.collection.roster import read_roster
    from xltools.season.docket import add_decisions, unusable

    settings = settings_of(home)
    roster = read_roster(settings.roster)
    decision = Decision(0, agency.strip(), item.strip(), by.strip(), date.strip(), words.strip())
    if reasons := list(unusable(decision, roster)):
        raise XltoolsError(f"没有写进“{settings.decisions.name}”：{'；'.join(reasons)}")
    add_decisions(settings.decisions, [decision], roster)
    return settings.decisions


@door
@alone
def undecide(agency: str, item: str, *, home: Name | None = None) -> Path:
    """Takes out of 办理记录 what the office wrote of a query of an agency (code): it is open again after the next check.

    By its number, whatever the rows call it that settle it (its code, what it was called before), or by what a row names.
    XltoolsError where nothing of it stands there.
    """
    from xltools.season.docket import drop_decisions
    from xltools.season.work import as_it_stands

    settings = settings_of(home)
    collection = as_it_stands(settings.home)
    files = ((got.filing, got.findings) for got in collection.received
             if got.card and got.card.agency.code == agency.strip() and got.filing)  # fmt: skip
    if not drop_decisions(settings.decisions, agency.strip(), item.strip(), files):
        raise XltoolsError(f"“{settings.decisions.name}”里没有单位 {agency} 的“{item}”，没有改动")
    return settings.decisions


@door
@alone
def put_setting(item: str, words: str, *, home: Name | None = None) -> Path:
    """Writes an item of the sheet 设置 of the roster, by its name there (报送期限, 上年的表 …); the roster's path.

    XltoolsError where the settings would then be wrong; then it stays as it is.
    """
    from xltools.season.home import put_setting

    settings = settings_of(home)
    put_setting(settings, item.strip(), words.strip())
    return settings.roster
