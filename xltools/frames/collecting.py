"""Files and folders as frames: what came in, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.collection.collected import Collection, left_out
from xltools.collection.states import StandingJson, counted, standings
from xltools.errors import XltoolsError
from xltools.findings.failures import going_on
from xltools.frames.framing import Money, frame_of
from xltools.received.file import Received
from xltools.season import work
from xltools.season.where import home_of

if TYPE_CHECKING:
    import pandas as pd

Name = str | os.PathLike[str]
Names = Name | Iterable[Name]


def read(
    paths: Names,
    roster: Name | None = None,
    *,
    previous: Names = (),
    accepted: bool = False,
    jobs: int | None = None,
    money: Money = "decimal",
) -> pd.DataFrame:
    """Filings from files and folders, a row each, columns as in ``frame_of``.

    With ``accepted``, none but those that the summary adds up. Files in a working folder are read with all that it knows, as by
    the commands: its roster, last year, what the office settled. Several seasons make one frame. Whatever could not be read is
    not in it: see ``findings``.
    """
    import pandas as pd

    found = []
    for _, one in groupby(_listed(paths), home_of):
        collection = collect(list(one), roster, previous=previous, jobs=jobs)

        def framed(files: Sequence[Received], of: Collection = collection) -> pd.DataFrame:
            if accepted:
                return frame_of((f for f, state in counted(of.of(files)) if state == "accepted"), money=money)
            return frame_of((r.filing for r in files if r.filing), money=money)

        found.append(going_on(collection.received, framed, _warned))
    return found[0] if len(found) == 1 else pd.concat([f for f in found if len(f)] or [frame_of(())])


def read_season(
    folder: Name, *, accepted: bool = False, jobs: int | None = None, money: Money = "decimal"
) -> pd.DataFrame:
    """The filings of a working folder, as ``read`` gives them; XltoolsError where it is none."""
    home = home_of(Path(folder))
    if home is None:
        raise XltoolsError(f"“{folder}”不是工作文件夹（xltools init 建的），也不在里面")
    return read(home, accepted=accepted, jobs=jobs, money=money)


def collect(paths: Names, roster: Name | None = None, *, previous: Names = (), jobs: int | None = None) -> Collection:
    """Filings read and checked, one by one and as a set: what ``findings``, ``tidy`` and ``merge`` tell of.

    In a working folder (that of the first path) with all that it knows; what is given wins. No process is started unless ``jobs``
    is given; a script that gives it guards itself by ``if __name__ == "__main__":``.
    """
    return work.collect(_listed(paths), Path(roster) if roster else None, _listed(previous), jobs=jobs)


def _listed(paths: Names) -> list[Path]:
    return [Path(paths)] if isinstance(paths, (str, os.PathLike)) else [Path(path) for path in paths]


def _warned(received: Received, problem: Exception) -> Received:
    import warnings

    left_out("frame", received, problem)
    warnings.warn(received.findings[0].message, stacklevel=2)
    return received


def agencies(collection: Collection) -> pd.DataFrame:
    """What became of each agency, a row each, with the keys of ``agencies`` in ``check --json``."""
    import pandas as pd

    keys = list(StandingJson.__annotations__)
    told = [standing.as_json() for standing in standings(collection)]
    return pd.DataFrame([[one[key] for key in keys] for one in told], columns=keys)  # type: ignore[literal-required]


def findings(collection: Collection) -> pd.DataFrame:
    """The findings of a collection, a row each, with the keys that ``check --json`` gives; figures as they are, none made a float."""
    import pandas as pd

    rows = []
    for found in collection.all_findings():
        row: dict[str, Any] = {**found.as_json()}
        agency = row.pop("agency") or {}
        rows.append({"agency_code": agency.get("code"), "agency_name": agency.get("name"), **row})
    frame = pd.DataFrame(rows)
    for side in ("actual", "expected") if rows else ():
        frame[side] = pd.Series([row[side] for row in rows], dtype=object)
    return frame
