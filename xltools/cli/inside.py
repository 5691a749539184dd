"""What a command works with: the options given, else what the working folder says that it is started in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xltools.cli import options, screen

if TYPE_CHECKING:
    from xltools.collection.check import Collection
    from xltools.collection.previous import Previous
    from xltools.collection.roster import Roster
    from xltools.form.model import Agency
    from xltools.season import Changes, Season

prefer = click.option("--prefer", type=click.Choice(["newest"]), help="一个单位有几份不同的表时，取最后保存的一份")


@dataclass(frozen=True)
class Work:
    """The options of a command, settled. ``whole`` says that all of it is the working folder's own: a run to be remembered."""

    season: Season | None
    paths: tuple[Path, ...]
    roster_path: Path | None
    year: int | None
    supplements: tuple[str, ...]
    previous_paths: tuple[Path, ...]
    newest: bool
    whole: bool

    @property
    def slips(self) -> Path | None:
        """Where a whole run in a working folder writes slips without being asked."""
        return self.season.settings.returned if self.season and self.whole else None

    def load_roster(self) -> Roster | None:
        return options.load_roster(self.roster_path)

    def load_previous(self, roster: Roster | None) -> Previous | None:
        return options.load_previous(self.previous_paths, roster)

    def check(
        self, roster: Roster | None, ignore: frozenset[Path], jobs: int | None, previous: Previous | None
    ) -> Collection:
        """Reads and checks the filings, in a working folder with all that it knows."""
        from xltools.collection.check import check

        how = (self.paths, roster, self.year, options.progress, ignore, jobs, previous)
        return (self.season.check if self.season else check)(*how, newest=self.newest)

    def summary_path(self, area: Agency) -> Path:
        """Where the folder's summary of an area is written."""
        from xltools.season.folder import summary_path

        assert self.season is not None
        return summary_path(self.season.settings, area)

    def issue(self, agencies: list[Agency], anew: bool) -> tuple[Path, list[Agency]]:
        """Where blanks are written, and for whom: in a working folder, unless ``anew``, for those who have none yet."""
        if self.season is None:
            return Path(), agencies
        from xltools.season.folder import without_blank

        settings = self.season.settings
        if anew:
            return settings.issued, agencies
        new, others = without_blank(settings, agencies)
        if len(new) < len(agencies):
            screen.say(
                f"{settings.issued} 里已经有 {len(agencies) - len(new)} 家的空白表，没有改动；要重做请加 --force",
                err=True,
            )
        if others:
            screen.say(f"{settings.issued} 里有 {len(others)} 份不是名录上现在的单位或名称的，不要再发："
                       f"{'、'.join(path.name for path in others)}", err=True)  # fmt: skip
        return settings.issued, new

    def earlier_slips(self, folder: Path | None) -> frozenset[Path]:
        """What lies in the folder of the slips, asked for or the working folder's own: none of it is a filing received."""
        place = folder or self.slips
        if place is None:
            return frozenset()
        from xltools.slips import earlier_slips

        return earlier_slips(place, self.paths)

    def write_slips(self, collection: Collection, folder: Path | None, force: bool) -> list[Path] | None:
        """Writes slips where that is asked for, and in a whole run in a working folder; None where none are written.

        In a working folder those of earlier runs are replaced; where that cannot be, it is told on stderr, for nobody asked.
        """
        if folder is None and self.slips is None:
            return None
        from xltools.errors import XltoolsError
        from xltools.slips import write_slips

        if folder is not None:
            return write_slips(collection, folder, force=force)
        assert self.slips is not None
        try:
            written = write_slips(collection, self.slips, force=True)
        except XltoolsError as problem:
            screen.hint(f"退回单没有写：{problem}")
            return None
        old = [path for path in self.slips.iterdir() if path.is_file() and path not in written]
        if old:
            screen.hint(f"{self.slips} 里有 {len(old)} 个文件不是这次写的，多半是已经改正的单位的，不要再发")
        return written

    def remember(self, collection: Collection) -> Changes | None:
        """What has changed since the last run in the working folder, which keeps this one; None for any other run.

        A folder that cannot be written to does not stop the command: it is told on stderr.
        """
        from xltools.errors import XltoolsError

        if self.season is None or not self.whole:
            return None
        try:
            return self.season.remember(collection)
        except XltoolsError as problem:
            screen.hint(f"这次的情况没有记下来：{problem}")
            return None


def settle(
    paths: Sequence[Path] = (),
    roster: Path | None = None,
    year: int | None = None,
    previous: Sequence[Path] = (),
    prefer: str | None = None,
    supplements: Sequence[str] = (),
) -> Work:
    """Options given win; what is not given comes from the working folder, which is the current folder or one above it."""
    from xltools.season.folder import find_home

    home = find_home(Path())
    if home is None:
        return Work(None, tuple(paths), roster, year, tuple(supplements), tuple(previous), prefer == "newest", False)
    from xltools.season import Season, last_year

    season = Season(home)
    settings = season.settings
    return Work(
        season,
        tuple(paths) or (settings.received,),
        roster or settings.roster,
        year or settings.year,
        tuple(supplements) or settings.supplements,
        tuple(previous) or last_year(settings),
        prefer == "newest" or settings.newest,
        not paths and roster is None and year in (None, settings.year),
    )
