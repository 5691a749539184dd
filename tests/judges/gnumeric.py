"""Gnumeric works out every formula from a copy without stored values, and must come to what the file says."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from office_samples import cells_of, same

from judges.libreoffice import show, stripped, takes

__all__ = ["NAME", "complaints", "lacking", "takes"]

NAME = "Gnumeric"


def lacking() -> str:
    return "" if shutil.which("ssconvert") else "ssconvert is not installed (Debian: gnumeric)"


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        return {path: _differing(path, _worked(stripped(path, home / "bare" / path.name), home)) for path in paths}


def _worked(bare: Path, home: Path) -> Path:
    made = home / f"{bare.stem} again.xlsx"
    subprocess.run(["ssconvert", "--recalc", bare, made], check=True, capture_output=True, timeout=300,
                   env={**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"})  # fmt: skip
    return made


def _differing(path: Path, again: Path) -> list[str]:
    after = cells_of(again)
    return [
        f"{sheet}!{spot}: stored {show(cell)!r}, worked out {_shown(after.get((sheet, spot)))!r}"
        for (sheet, spot), cell in cells_of(path).items()
        if cell.formula is not None and not same(show(cell), _shown(after.get((sheet, spot))))
    ]


def _shown(cell) -> str | float:
    """What a cell shows, without the line break that Gnumeric writes after the words of a formula."""
    shown = show(cell)
    return re.sub(r"\n *$", "", shown) if isinstance(shown, str) else shown
