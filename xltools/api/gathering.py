"""A run in parts: files read here or elsewhere, a part at a time, and put together again; ``check`` and ``merge`` take the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xltools.api.door import Name, Names, door, path_of, paths_of

if TYPE_CHECKING:
    from xltools.collection.gathered import Gathered


@door
def gather(
    paths: Names, *, roster: Name | None = None, previous: Names = (), jobs: int | None = None, home: Name | None = None
) -> Gathered:
    """Reads filings and judges each by itself: a part of a run, which is plain data and may be sent anywhere.

    ``roster`` and ``previous`` are the whole run's, where filings are held against last year's.
    """
    from xltools.collection.gathered import gather
    from xltools.season.work import settle

    work = settle(paths_of(paths), path_of(roster), None, paths_of(previous), None, (), path_of(home))
    return gather(work.paths, ignore=work.not_filings(), jobs=jobs, previous=work.previous(work.roster()))


def combine(parts: Iterable[Gathered]) -> Gathered:
    """The whole of some parts: the same, in whatever order they come and however the files were parted."""
    from xltools.collection.gathered import combine

    return combine(parts)
