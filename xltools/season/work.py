"""What a call works with, in a working folder or out of one, and how a season conducts itself.

What is given wins; what is not comes from the working folder. Which blanks are still to be made, which slips take the place of
which, what may be written over and what is kept of it, what is remembered: all that is settled here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from xltools.classes import dataclass
from xltools.collection.collected import Collection
from xltools.collection.roster import Roster, read_roster
from xltools.commands import REDO
from xltools.errors import Misused, XltoolsError
from xltools.form.model import Agency
from xltools.inputs import real
from xltools.outputs import refuse_existing, refuse_inputs, write_whole
from xltools.received.file import Received
from xltools.received.folder import files_in, must_exist
from xltools.season.replacing import Replacing
from xltools.season.where import find_home, home_of
from xltools.terms import several

if TYPE_CHECKING:
    from xltools.collection.gathered import Gathered
    from xltools.collection.previous import Previous
    from xltools.season.record import Changes
    from xltools.season.runs import Run
    from xltools.season.settings import Settings
    from xltools.slips import Slip
    from xltools.slips.letterhead import Letterhead

T = TypeVar("T")
P = TypeVar("P")


class Progress(Protocol):
    """Hands items on one by one, and may show how far it is."""

    def __call__(self, items: Sequence[T], label: str, /) -> Iterable[T]: ...


def quietly(items: Sequence[T], label: str, /) -> Iterable[T]:
    """Shows nothing."""
    return items


@dataclass(frozen=True)
class Work:
    """What a call was given, settled.

    ``run`` is the season's, in a working folder. ``whole`` says that all of it is the folder's own: a run to be remembered;
    ``some`` that no more than some of the folder's files are looked at. ``hints`` gathers what is good to know beside the result.
    """

    run: Run | None
    paths: tuple[Path, ...]
    roster_path: Path | None
    year: int | None
    supplements: tuple[str, ...]
    previous_paths: tuple[Path, ...]
    newest: bool
    whole: bool = False
    some: bool = False
    progress: Progress = quietly
    hints: list[str] = field(default_factory=list)
    gathered: Gathered | None = None
    """What was read of the files already."""

    def roster(self) -> Roster | None:
        """The roster, where there is one; rows of it that are none are a hint."""
        return self._roster

    @cached_property
    def _roster(self) -> Roster | None:
        found = read_roster(self.roster_path) if self.roster_path else None
        self.hints.extend(words for words in (found.hints if found else ()) if words not in self.hints)
        return found

    def previous(self, roster: Roster | None) -> Previous | None:
        """Last year's filings, where any are named."""
        if not self.previous_paths:
            return None
        from xltools.collection.previous import read_previous

        return read_previous(self.previous_paths, roster)

    # ── what came in ─────────────────────────────────────────────────────────

    def check(self, jobs: int | None, ignore: frozenset[Path] = frozenset()) -> Collection:
        """Reads and checks the filings, in a working folder with all that it knows. ``ignore``: what lies there and is none.

        Where nothing has changed since the last run over the whole folder, what that found is what is found.
        """
        run = self.run if self.whole and self.gathered is None else None
        of = self._stands_for(run, ignore) if run else ""
        collection = run.recall(of) if run else None
        if collection is None:
            collection = self._check(self.roster(), jobs, ignore)
            if run and self._stands_for(run, ignore, collection.received) == of:  # what was read is what was there
                run.find(collection)
        return collection

    def _stands_for(self, run: Run, ignore: frozenset[Path], read: Iterable[Received] | None = None) -> str:
        files, skipped = files_in(self.paths, ignore)
        last, _ = files_in(self.previous_paths)
        asked = {"year": self.year, "newest": self.newest, "supplements": self.supplements}
        return run.stands_for(files, last, skipped, asked, self.roster(), read)

    def _check(self, roster: Roster | None, jobs: int | None, ignore: frozenset[Path]) -> Collection:
        from xltools.collection.check import check

        last = self.previous(self.roster())
        how = (self.gathered or self.paths, roster, self.year, self.progress, ignore, jobs, last)
        collection = (self.run.check if self.run else check)(*how, newest=self.newest)
        if self.some:  # the others are not missing
            kept = [found for found in collection.findings if found.code != "agency-missing"]
            collection = replace(collection, findings=kept)
        return collection

    def hold_against(
        self, collection: Collection, parts: Sequence[Path], jobs: int | None, ignore: frozenset[Path]
    ) -> None:
        """Holds a collection against the sum of other filings, its parts."""
        from xltools.collection.check import check, hold_against_parts

        whole = frozenset(real(received.path) for received in collection.received)
        beneath = check(parts, None, collection.year, self.progress, ignore | whole, jobs)
        if not beneath.received:
            raise XltoolsError(f"--parts 里没有找到填报表（.xlsx）：{'、'.join(str(path) for path in parts)}")
        hold_against_parts(collection, beneath)
        if self.run:
            self.run.found = None

    def alone(self) -> Collection:
        """One file by itself, of whatever year, with what the office settled in its working folder."""
        return replace(self, year=None, whole=False)._check(None, 1, frozenset())

    def not_filings(self, output: Path | None = None) -> frozenset[Path]:
        """What may lie among the filings without being one: the roster, the summary of an earlier run."""
        return frozenset(real(path) for path in (self.roster_path, output) if path)

    @property
    def _settings(self) -> Settings:
        assert self.run is not None
        return self.run.settings

    # ── what goes out ────────────────────────────────────────────────────────

    def refuse_received(self, outputs: Iterable[Path]) -> None:
        """XltoolsError where a blank would be written over something that came in."""
        for path in outputs:
            if self.run and path.exists() and real(path).is_relative_to(real(self._settings.received)):
                raise XltoolsError(f"不能写到“{path}”：它是收到的表，不改动；空白表请写到别的文件夹")

    def issue(self, agencies: list[Agency], *, anew: bool) -> tuple[Path, list[Agency]]:
        """Where blanks are written, and for whom: in a working folder, unless ``anew``, for those who have none yet."""
        if self.run is None:
            return Path(), agencies
        from xltools.season.home import without_blank

        issued = self.run.settings.issued
        if anew:
            return issued, agencies
        new, others = without_blank(self.run.settings, agencies)
        if len(new) < len(agencies):
            self.hints.append(f"{issued} 里已经有 {len(agencies) - len(new)} 家的空白表，没有改动；{REDO}")
        if others:
            names = "、".join(path.name for path in others)
            self.hints.append(f"{issued} 里有 {len(others)} 份不是名录上现在的单位或名称的，不要再发：{names}")
        return issued, new

    @property
    def head(self) -> Letterhead:
        """What the office's letters end with: nothing settled, out of a working folder."""
        from xltools.slips.letterhead import BLANK

        return self.run.settings.head if self.run else BLANK

    @property
    def _slips(self) -> Path | None:
        """Where a whole run in a working folder writes slips without being asked."""
        return self.run.settings.returned if self.run and self.whole else None

    def earlier_slips(self, folder: Path | None) -> frozenset[Path]:
        """What lies in the folder of the slips, asked for or the working folder's own: none of it is a filing received."""
        if not (place := folder or self._slips):
            return frozenset()
        from xltools.slips import earlier_slips

        return earlier_slips(place, self.paths)

    def write_slips(self, collection: Collection, folder: Path | None, *, force: bool) -> list[Slip] | None:
        """Writes slips where that is asked for, and in a whole run in a working folder; None where none are written.

        In a working folder those of earlier runs are replaced; where that cannot be, it is a hint, for nobody asked.
        """
        if folder is None and self._slips is None:
            return None
        from xltools.slips import Letters, renew_slips, write_slips
        from xltools.slips.outbox import SETTLED

        if folder is not None:
            written = write_slips(collection, folder, head=self.head, force=force)
            if self.run and self.run.found:  # the page leads to these, and not to those in the folder's own place
                self.run.found = self.run.found.wrote((), self.head)
            return written
        assert self._slips is not None and self.run is not None
        found = self.run.found
        there = found.lying_in(self._slips, self.head) if found else ()
        try:
            letters = None if there else Letters(self.head, self.run.letters)
            written, old = renew_slips(collection, self._slips, self.head, there, letters)
            self.run.letters = letters or self.run.letters
        except XltoolsError as problem:
            self.hints.append(f"退回单没有写：{problem}")
            self.run.found = None
            return None
        if found and not there:
            self.run.found = found.wrote(() if old.worked_in else written, self.head)
        if old.settled:
            self.hints.append(f"{len(old.settled)} 个已经了结的退回文件移到了 {self._slips / SETTLED}，不用再发")
        if old.left:
            names = several([path.name for path in old.left], unit="个")
            self.hints.append(
                f"{self._slips} 里有 {len(old.left)} 个文件不是程序写的原样，没有动：{names}；更正后报回的表，请移到收表的文件夹"
            )
        return written

    def picture(self, make: Callable[[Path], P], output: Path | None) -> P | None:
        """What the page of a check shows where there is one: where it is asked for, and in a whole run in a working folder.

        Of what the last run found, and the slips that it wrote, it is the last run's.
        """
        if output is not None:
            return make(output)
        if self.run is None or not self.whole:
            return None
        found, place = self.run.found, self.run.settings.outcome
        if found is None:
            return make(place)
        if found.picture is None:
            self.run.found = found = replace(found, picture=make(place))
        return cast("P", found.picture)

    def write_page(self, content: bytes, output: Path | None, *, force: bool) -> Path | None:
        """Writes the page of a check where that is asked for, else the working folder's; where it lies, or None.

        The working folder's own is replaced; where that cannot be, it is a hint, for nobody asked.
        """
        if output is not None:
            write_whole(output, content, force=force)
            return output
        place = self._settings.outcome
        try:
            write_whole(place, content, force=True)
        except XltoolsError as problem:
            self.hints.append(f"审核情况没有写：{problem}")
            return None
        return place

    def list_asked(self, collection: Collection) -> None:
        """Lists in the office's 办理记录 what is open of a check of the whole folder; where that cannot be, it is a hint."""
        if self.run is None or not self.whole:
            return
        try:
            self.run.list_asked(collection)
        except XltoolsError as problem:
            self.hints.append(f"待核实的没有列进 {self.run.settings.decisions.name}：{problem}")

    def remember(self, collection: Collection) -> Changes | None:
        """What has changed since the last run in the working folder, which keeps this one; None for any other run.

        A folder that cannot be written to stops nothing: it is a hint.
        """
        if self.run is None or not self.whole:
            return None
        try:
            return self.run.remember(collection)
        except XltoolsError as problem:
            self.hints.append(f"这次的情况没有记下来：{problem}")
            return None

    def keep(self) -> None:
        """Keeps for the next run what this one found, and made of it, where it is to be remembered."""
        if self.run is not None:
            self.run.keep()

    def replacing(self, output: Path | None, area: Agency, *, force: bool) -> Replacing:
        """Where the summary of an area goes. The working folder's own of the same area and year is replaced without being asked.

        XltoolsError where it may not be written there: over an input, a filing, or what the office typed and cannot be read; Misused
        where no more than a part of the folder is summed, which has no place of its own.
        """
        if output is None and not self.whole:
            raise Misused(
                "只汇总工作文件夹里的一部分，或者另给了名录、年度时，请用 -o 写明写到哪里；不给这些时汇总全部，写到“汇总”。"
            )
        from xltools.received.read import read_file
        from xltools.season.home import summary_path

        path = output or summary_path(self._settings, area)
        refuse_inputs(path, *(given for given in (self.roster_path,) if given))
        there = read_file(path).filing if path.is_file() else None
        if there is not None and there.kind == "filing":
            raise XltoolsError(f"不能写到“{path}”：它是一份填报表，收到的文件不改动；请换一个输出文件名")
        found = Replacing(path, force, there, force)
        found = replace(found, force=force or (output is None and found.kept(area, self.year) is not None))
        refuse_existing([path], found.force)
        if there is None and path.exists():
            raise XltoolsError(f"要覆盖的“{path}”读不出来，里面填写的文字、调整保不住；请先移走它，或者换一个文件名")
        return found


def settle(
    paths: Sequence[Path] = (),
    roster: Path | None = None,
    year: int | None = None,
    previous: Sequence[Path] = (),
    prefer: str | None = None,
    supplements: Sequence[str] = (),
    home: Path | None = None,
    progress: Progress = quietly,
    gathered: Gathered | None = None,
) -> Work:
    """What a call works with. The working folder is ``home``, else the current folder or one above it, where that is one."""
    if prefer not in (None, "newest"):
        raise Misused(f"prefer 只能是 newest，不是“{prefer}”。")
    home = home or find_home(Path())
    if home is None:
        return Work(None, tuple(paths), roster, year, tuple(supplements), tuple(previous), prefer == "newest",
                    progress=progress, gathered=gathered)  # fmt: skip
    from xltools.season.home import last_year
    from xltools.season.runs import Run

    run = Run(home)
    settings = run.settings
    for path in paths:
        must_exist(path)
    if paths and {real(path) for path in paths} == {real(settings.received)}:
        paths = ()  # the whole of it, by its name
    return Work(
        run,
        tuple(paths) or (settings.received,),
        roster or settings.roster,
        year or settings.year,
        tuple(supplements) or settings.supplements,
        tuple(previous) or last_year(settings),
        prefer == "newest" or settings.newest,
        whole=not paths and roster is None and year in (None, settings.year),
        some=bool(paths) and roster is None,
        progress=progress,
        hints=list(settings.hints),
        gathered=gathered,
    )


def as_it_stands(home: Path) -> Collection:
    """What a check of a whole working folder finds now; what the last one found, where nothing has changed."""
    work = settle(home=home)
    return work.check(None, work.not_filings())


def collect(
    paths: Sequence[Path],
    roster: Path | None = None,
    previous: Sequence[Path] = (),
    *,
    jobs: int | None = None,
    output: Path | None = None,
) -> Collection:
    """Filings read and checked where they lie: with all that the working folder knows that the first of them lies in.

    Nothing is written there but readings. ``output`` is what an earlier run may have written among them. The working folder itself
    stands for what came in. Out of one, no more is known than is given.
    """
    home = home_of(paths[0]) if paths else None
    work = Work(None, tuple(paths), roster, None, (), tuple(previous), newest=False)
    if home is not None:
        from xltools.season.runs import Run

        received = {real(home), real(Run(home).settings.received)}
        work = settle([] if {real(path) for path in paths} <= received else paths, roster, None, previous, home=home)
    return work.check(jobs, work.not_filings(output))
