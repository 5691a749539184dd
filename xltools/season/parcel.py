"""What goes to the level above in one archive, of which not all that lies beside a summary can be a part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xltools.archives import ARCHIVE_LIMIT, packed
from xltools.errors import XltoolsError
from xltools.form.model import Filing
from xltools.inputs import must_read
from xltools.ooxml.opening import open_workbook
from xltools.received.file import FILE_LIMIT
from xltools.received.taken_apart import lies_beside, members
from xltools.summary.data import lying_beside
from xltools.workbook.ledger import FIGURES_LIMIT, figures_beside


def parcel(summary: Path, filing: Filing, more: Mapping[str, bytes]) -> tuple[bytes, list[str], list[str]]:
    """An archive of a summary's workbook, of ``more``, and of what stands beside the workbook; the names in it, and those of what is
    left out.

    The agencies' figures are in it wherever the workbook says that they lie beside it, for whoever takes it for last year's reads
    them; XltoolsError where they are not its own. 数据 has nothing more, only laid out for analysts: a file of it is left out where
    it is larger than any that is read (as CSV it is so from some 3,000 agencies), and all of it where the archive would be.
    XltoolsError where the archive would be even without it.
    """
    content, near = must_read(summary, "汇总表", FILE_LIMIT), figures_beside(summary)
    needed, data, left = {summary.name: content, **more}, {}, []
    if lies_beside(workbook := open_workbook(content)):
        for _ in members(workbook, filing, summary):
            pass  # each is held against what the workbook says of it
        needed[near.name] = must_read(near, "各单位的数", FIGURES_LIMIT)
    for path in lying_beside(summary):
        if path != near and path.stat().st_size > FILE_LIMIT:
            left.append(path.name)
        elif path != near:
            data[path.name] = must_read(path, "汇总表旁边的数据", FILE_LIMIT)
    every = {**needed, **data}
    archive = packed(every)
    if data and len(archive) > ARCHIVE_LIMIT:
        every, left = needed, [*left, *data]
        archive = packed(every)
    if len(archive) > ARCHIVE_LIMIT:
        raise XltoolsError(f"打好的压缩包会大得读不回来，没有写；请把汇总表和旁边的“{near.name}”原样一起上报，不压缩")
    return archive, list(every), left
