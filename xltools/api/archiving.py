"""Seasons put into the archive for analysts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.api.door import Name, Names, door, path_of, paths_of
from xltools.classes import dataclass
from xltools.errors import XltoolsError

if TYPE_CHECKING:
    import pandas as pd

    from xltools.collection.collected import Collection


@dataclass(frozen=True)
class Archived:
    """An archive, and the years and areas that were put into it."""

    output: Path
    partitions: Sequence[tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        """Where it is, and what was put into it."""
        from xltools.outputs import slashed

        return {
            "archive": slashed(self.output),
            "partitions": [{"year": year, "area": area} for year, area in self.partitions],
        }

    def to_frame(self) -> pd.DataFrame:
        """The years and areas, a row each."""
        import pandas as pd

        return pd.DataFrame(self.partitions, columns=["year", "area"])


@door
def archive(
    folders: Names, output: Name, *, roster: Name | None = None, jobs: int | None = None, force: bool = False
) -> Archived:
    """Puts the filings of seasons' folders into an archive of Parquet files, partitioned by year and area.

    Other years and areas that it holds already stay; the same ones are replaced with ``force``. A working folder is read with all
    that it knows; ``roster`` is for folders that are none.
    """
    from importlib.util import find_spec

    from xltools.frames.archive import archived
    from xltools.season.work import collect

    if find_spec("pyarrow") is None:
        raise XltoolsError("归档要用 pyarrow，这里没有安装；请运行 pip install pyarrow")

    def seasons() -> Iterator[Collection]:
        for folder in paths_of(folders):
            found = collect([folder], path_of(roster), jobs=jobs)
            if not found.counted:
                raise XltoolsError(f"没有可以归档的填报表：{folder}")
            yield found

    return Archived(Path(output), archived(seasons(), Path(output), force=force))
