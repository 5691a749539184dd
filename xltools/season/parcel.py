"""What goes to the level above in one archive, of which not all that lies beside a summary can be a part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xltools.archives import ARCHIVE_LIMIT, packed
from xltools.errors import XltoolsError
from xltools.inputs import must_read
from xltools.received.file import FILE_LIMIT
from xltools.summary.data import lying_beside
from xltools.workbook.ledger import FIGURES_LIMIT, figures_beside


def parcel(summary: Path, members: Mapping[str, bytes]) -> tuple[bytes, list[str], list[str]]:
    """An archive of these and of what stands beside a summary's workbook; the names in it, and those of what is left out.

    The agencies' figures are always in it, for whoever takes the summary for last year's reads them. 数据 has nothing more, only
    laid out for analysts: a file of it is left out where it is larger than any that is read (as CSV it is so from some 3,000
    agencies), and all of it where the archive would be. XltoolsError where the archive would be even without it.
    """
    beside, left, more = {}, [], {}
    for path in lying_beside(summary):
        if path == figures_beside(summary):
            beside[path.name] = must_read(path, "各单位的数", FIGURES_LIMIT)
        elif path.stat().st_size > FILE_LIMIT:
            left.append(path.name)
        else:
            more[path.name] = must_read(path, "汇总表旁边的数据", FILE_LIMIT)
    every = {**members, **beside, **more}
    content = packed(every)
    if more and len(content) > ARCHIVE_LIMIT:
        every, left = {**members, **beside}, [*left, *more]
        content = packed(every)
    if len(content) > ARCHIVE_LIMIT:
        raise XltoolsError(
            f"打好的压缩包会大得读不回来，没有写；请把汇总表和旁边的“{figures_beside(summary).name}”原样一起上报，不压缩"
        )
    return content, list(every), left
