"""Blank workbooks: one for each agency that files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from xltools.editions import edition_for, load_form
from xltools.errors import XltoolsError
from xltools.model import Agency, Filing, Form
from xltools.previous import Previous
from xltools.workbook.write import write_filing

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def form_for(year: int, supplements: tuple[str, ...] = ()) -> Form:
    """The form of a report year with its supplements; XltoolsError where a supplement is not for the year."""
    form = load_form(edition_for(year), supplements)
    if not form.covers(year):
        raise XltoolsError(f"补充项 {'、'.join(supplements)} 不用于 {year} 年度")
    return form


def file_name(agency: Agency, year: int) -> str:
    """The name of an agency's workbook: {year}_{code}_{name}.xlsx, without what a file name may not hold."""
    return f"{year}_{safe_name(agency.code)}_{safe_name(agency.name)}.xlsx"


def safe_name(words: str) -> str:
    """Words as part of a file's name, without what that may not hold."""
    return _UNSAFE.sub("_", words).strip(" .").encode()[:100].decode(errors="ignore")


def blanks(
    agencies: Iterable[Agency],
    year: int,
    supplements: tuple[str, ...] = (),
    previous: Previous | None = None,
    *,
    lock: bool = True,
) -> dict[Path, bytes]:
    """The blank workbooks of agencies, by file name; with ``previous``, last year's figures are in them (locked or not)."""
    form = form_for(year, supplements)
    found: dict[Path, bytes] = {}
    for agency in agencies:
        path = Path(file_name(agency, year))
        if path in found:
            raise XltoolsError(f"两个单位的文件名都是“{path}”；请修改名录中的单位代码")
        blank = previous.blank(form, agency, year, lock=lock) if previous else Filing(form, agency, year)
        found[path] = write_filing(blank)
    return found
