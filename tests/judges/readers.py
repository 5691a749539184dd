"""ExcelJS and SheetJS, which web offices and scripts are built on, open the file and see every sheet and every comment."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from judges.hyperformula import MODULES, run
from judges.limits import MAIN, Book
from judges.outputs import Output
from judges.packages import Package

NAME = "ExcelJS, SheetJS"
SCRIPT = Path(__file__).with_suffix(".js")


def lacking() -> str:
    if not shutil.which("node"):
        return "node is not installed"
    missing = [name for name in ("exceljs", "xlsx") if not (MODULES / name).exists()]
    return f"{', '.join(missing)} not in {MODULES} (bash .ci/judges puts them there)" if missing else ""


def takes(output: Output) -> bool:
    return output.path.suffix == ".xlsx"


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    return {
        path: [words for name, seen in said.items() for words in _missed(path, name, seen)]
        for path, said in zip(paths, run(SCRIPT, list(map(str, paths))), strict=True)
    }


def _missed(path: Path, name: str, seen: dict) -> list[str]:
    if "problem" in seen:
        return [f"{name} cannot read it: {seen['problem']}"]
    there = {"sheets": len(Book(Package(path)).sheets), "comments": comments_of(path)}
    return [f"{name} sees {seen[what]} {what} of {count}" for what, count in there.items() if seen[what] != count]


def comments_of(path: Path) -> int:
    """How many comments the file's own parts have."""
    package = Package(path)
    sheets = Book(package).sheets
    return sum(
        1 for sheet in sheets for part in package.named(sheet.part, "comments")
        for _ in package.root(part).iter(f"{MAIN}comment")
    )  # fmt: skip
