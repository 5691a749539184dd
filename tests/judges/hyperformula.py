"""HyperFormula, another engine, works out every formula and must come to what the file says, but where it cannot: ``excused``."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from office_samples import Cell, Spot, cells_of, same
from openpyxl.utils import get_column_letter, range_boundaries

from judges import CACHE
from judges.libreoffice import show, takes

__all__ = ["NAME", "complaints", "excused", "lacking", "takes"]

NAME = "HyperFormula"
MODULES = CACHE / "node" / "node_modules"
SCRIPT = Path(__file__).with_suffix(".js")
AT_A_TIME = 20
"""Workbooks for one process: it keeps what it has built."""

_WILD = re.compile(r',"\?+\*?"\)')
_BLANKS = re.compile(r"COUNTBLANK\(([^()]*)\)")
_CELL = r"\$?[A-Z]{1,3}\$?\d+"
_REFERENCE = re.compile(rf"(?:(?:'((?:[^']|'')+)'|([^\W\d]\w*))!)?({_CELL})(?::({_CELL}))?(?![\w(])")


def lacking() -> str:
    if not shutil.which("node"):
        return "node is not installed"
    return (
        ""
        if (MODULES / "hyperformula").exists()
        else f"hyperformula is not in {MODULES} (bash .ci/judges puts it there)"
    )


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    found: dict[Path, list[str]] = {}
    for at in range(0, len(paths), AT_A_TIME):
        books = {path: cells_of(path) for path in paths[at : at + AT_A_TIME]}
        worked = run(SCRIPT, [{"sheets": _grids(cells)} for cells in books.values()])
        for (path, cells), sheets in zip(books.items(), worked, strict=True):
            found[path] = _differing(cells, sheets)
    return found


def run(script: Path, orders: Any) -> Any:
    """What a script of node's says to orders, both as JSON."""
    done = subprocess.run(["node", script], input=json.dumps(orders), capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "NODE_PATH": str(MODULES)}, timeout=1200, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def excused(cells: Mapping[Spot, Cell]) -> set[Spot]:
    """The cells that it cannot work out, and every cell that builds on them.

    To it the criterion ``"??*"`` of a COUNTIF fits a single letter too, and COUNTBLANK does not count a formula that shows nothing;
    Excel, LibreOffice and Gnumeric are of the other opinion.
    """
    nothing = {spot for spot, cell in cells.items() if cell.formula and show(cell) == ""}
    found = set()
    for (sheet, address), cell in cells.items():
        words = cell.formula or ""
        blanks = set().union(*(_named(sheet, inside) for inside in _BLANKS.findall(words)))
        if _WILD.search(words) or blanks & nothing:
            found.add((sheet, address))
    while True:
        more = {
            spot
            for spot, cell in cells.items()
            if cell.formula and spot not in found and _named(spot[0], cell.formula) & found
        }
        if not more:
            return found
        found |= more


def _named(here: str, words: str) -> set[Spot]:
    """The cells that words of a formula name, one by one or in a range; ``here`` is the formula's sheet."""
    found: set[Spot] = set()
    for quoted, plain, first, last in _REFERENCE.findall(words):
        left, top, right, bottom = range_boundaries(f"{first}:{last or first}".replace("$", ""))
        sheet = quoted.replace("''", "'") or plain or here
        found |= {(sheet, f"{get_column_letter(c)}{r}") for c in range(left, right + 1) for r in range(top, bottom + 1)}
    return found


def _grids(cells: Mapping[Spot, Cell]) -> dict[str, list[list[Any]]]:
    """The sheets as HyperFormula takes them: rows of figures, of words behind an apostrophe, of formulas behind an equals sign."""
    spots: dict[str, dict[tuple[int, int], Any]] = {}
    for (sheet, address), cell in cells.items():
        column, row, *_ = range_boundaries(address)
        content = show(cell)
        if cell.formula is not None:
            content = f"={cell.formula}"
        elif isinstance(content, str):
            content = f"'{content}"
        spots.setdefault(sheet, {})[row, column] = content
    return {sheet: _grid(there) for sheet, there in spots.items()}


def _grid(there: Mapping[tuple[int, int], Any]) -> list[list[Any]]:
    height, width = (max(spot[axis] for spot in there) for axis in (0, 1))
    return [[there.get((row, column)) for column in range(1, width + 1)] for row in range(1, height + 1)]


def _differing(cells: Mapping[Spot, Cell], sheets: Mapping[str, list[list[Any]]]) -> list[str]:
    worked = {
        (sheet, f"{get_column_letter(column)}{row}"): "" if value is None else value
        for sheet, rows in sheets.items()
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
    }
    beyond = excused(cells)
    return [
        f"{spot[0]}!{spot[1]}: stored {show(cell)!r}, worked out {worked[spot]!r}"
        for spot, cell in cells.items()
        if cell.formula is not None and spot not in beyond and not same(show(cell), worked[spot])
    ]
