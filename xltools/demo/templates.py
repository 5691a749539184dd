"""Writes the folder ``templates/``: ``python -m xltools.demo.templates templates``.

A test holds the folder equal to what is written now.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from xltools.collection.issuing import form_for
from xltools.demo.published import load
from xltools.form.model import Agency, Filing
from xltools.outputs import write_whole
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

NAME, CODE = "（填报单位）", "000000"
"""Who a template is for: nobody yet. A filing is made by ``xltools blank``, which prints the agency on it."""


def templates() -> dict[str, bytes]:
    """The blanks of every edition, supplement and level that has agencies, by file name."""
    found = {}
    for wanted in load("templates"):
        supplements = tuple(wanted["supplements"])
        form = form_for(wanted["year"], supplements)
        for level in wanted["levels"]:
            words = (f"{form.edition}版", f"{wanted['year']}年度", *supplements, LEVELS[level])
            found[f"{'_'.join(words)}.xlsx"] = write_filing(Filing(form, Agency(CODE, NAME, level), wanted["year"]))
    return found


def main(arguments: Sequence[str]) -> None:
    """The folder to write is the one argument; by default ``templates``."""
    folder = Path(arguments[0] if arguments else "templates")
    for name, content in templates().items():
        write_whole(folder / name, content, force=True)


if __name__ == "__main__":
    main(sys.argv[1:])
