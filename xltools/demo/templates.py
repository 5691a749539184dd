"""Writes the folder ``templates/``: ``python -m xltools.demo.templates templates``.

A test holds the folder equal to what is written now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from xltools.demo.published import load
from xltools.editions import editions, load_form, supplements
from xltools.errors import XltoolsError
from xltools.form.model import Agency, Filing, Form
from xltools.outputs import write_whole
from xltools.terms import LEVELS, Level
from xltools.workbook.write import write_filing

NAME, CODE = "（填报单位）", "000000"
"""Who a template is for: nobody yet. A filing is made by ``xltools blank``, which prints the agency on it."""


def wanted() -> Iterator[tuple[Form, int, Sequence[Level]]]:
    """Every edition of the package, alone and with each supplement, for the last year that it is for, up to the one under way, with
    its levels. A supplement is a region's: it has none of the State Council's departments."""
    under_way = load("templates")["year"]
    for edition in editions():
        for over in ((), *((name,) for name in supplements())):
            try:
                form = load_form(edition, over)
            except XltoolsError:  # the supplement is not for this edition
                continue
            year = min(form.years[1] or under_way, under_way)
            yield form, year, list(LEVELS)[: len(LEVELS) - len(over)]


def templates() -> dict[str, bytes]:
    """The blanks, by file name."""
    found = {}
    for form, year, levels in wanted():
        for level in levels:
            words = (f"{form.edition}版", f"{year}年度", *form.supplements, LEVELS[level])
            found[f"{'_'.join(words)}.xlsx"] = write_filing(Filing(form, Agency(CODE, NAME, level), year))
    return found


def main(arguments: Sequence[str]) -> None:
    """The folder to write is the one argument; by default ``templates``."""
    folder = Path(arguments[0] if arguments else "templates")
    for name, content in templates().items():
        write_whole(folder / name, content, force=True)


if __name__ == "__main__":
    main(sys.argv[1:])
