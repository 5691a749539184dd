"""LibreOffice works out every formula from a copy without stored values, and must come to what the file says."""

import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import office
from office_samples import cells_of, same
from openpyxl.utils.escape import unescape

from judges.outputs import Output

NAME = "LibreOffice"


def lacking() -> str:
    return office.lacking()


def takes(output: Output) -> bool:
    """Copies that we mark keep the stored values of whatever program saved them."""
    return output.path.suffix == ".xlsx" and output.before is None


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bare = {path: stripped(path, home / "bare" / path.name) for path in paths}
        again = office.Office(home / "profile").recalculated(list(bare.values()), home / "again")
        return {path: differing(path, again[copy]) for path, copy in bare.items()}


def stripped(path: Path, to: Path) -> Path:
    """A copy in which no formula has a stored value."""
    to.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in package.namelist():
            content = package.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>|<f/>)<v>[^<]*</v>", rb"\1", content)
                content = re.sub(rb'(<c [^>]*?) t="(?:str|b|e)"([^>]*><f)', rb"\1\2", content)
            copy.writestr(name, content)
    return to


def differing(path: Path, again: Path) -> list[str]:
    """Formulas whose stored value is not what was worked out, and words and figures that did not stay."""
    before, after = cells_of(path), cells_of(again)
    return [
        f"{sheet}!{spot}: stored {show(cell)!r}, worked out {show(after.get((sheet, spot)))!r}"
        for (sheet, spot), cell in before.items()
        if not same(show(cell), show(after.get((sheet, spot))))
    ]


def show(cell) -> str | float:
    """What a cell shows; nothing and a text of no length are the same."""
    if cell is None or cell.value == "":
        return ""
    return float(cell.value) if cell.kind == "n" else unescape(cell.value)
