"""Hostile, altered and deceptive files read twice: as they are read, and the long way: every part by zipfile, every sheet as a tree.

    PYTHONPATH=tests python tests/two_ways.py

Prints how many files there are, and each whose two readings differ in anything: figures, texts, findings, verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import hostile
import test_attacks
import test_deceptions
import test_seen
import test_unseen

from xltools.collection.check import check_file
from xltools.ooxml.package import Package
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.file import Received


def the_long_way(path: Path) -> Received:
    """What is read of a file where nothing is scanned and nothing unpacked at once."""
    with (
        mock.patch.object(ReceivedWorkbook, "_scanned", lambda *_: None),
        mock.patch.object(Package, "_unpacked", lambda *_: None),
    ):
        return check_file(path)


Make = Callable[[], bytes]


def collections() -> dict[str, dict[str, Make]]:
    """What makes the files of each collection, by their names: all at once they are half a gigabyte."""
    shared = {path.name: path.read_bytes for path in test_attacks.ATTACKS}
    made: dict[str, dict[str, Make]] = {
        "tests/hostile.py": {name: item.make for name, item in hostile.CORPUS.items()},
        "tests/test_attacks.py": dict(test_attacks.MADE),
        "tests/test_deceptions.py": dict(_deceptions()),
        "tests/test_seen.py": {
            **{name: partial(test_seen.drawn, anchor, sheet) for name, (anchor, sheet, _) in test_seen.OVER.items()},
            **{
                name: partial(test_seen._lines, *how, test_seen.FEW)
                for name, how in (test_seen.UNSEEN | test_seen.SEEN).items()
            },
        },
        "tests/test_unseen.py": {
            f"{kind}: {name}": make
            for kind, found in (test_unseen.KINDS | {"alike": test_unseen.ALIKE}).items()
            for name, make in found.items()
        },
    }
    return made | ({"../shared/cases/attacks": shared} if shared else {})


def _deceptions() -> Iterator[tuple[str, Make]]:
    for group in ("RULED", "PLAIN_RULES", "STYLED", "SPELLED"):
        yield from ((f"{group} {name}", make) for name, make in getattr(test_deceptions, group).items())
    for name, what in test_deceptions.OVER.items():
        yield f"OVER {name}", partial(test_deceptions.drawn, what, test_deceptions.SHEET, test_deceptions.GOOD)
    for name, look in test_deceptions.LEGIBLE.items():
        yield f"LEGIBLE {name}", partial(test_deceptions.styled, **look)


def told_otherwise(make: Make, path: Path) -> bool:
    """Whether the two readings of a file differ."""
    path.write_bytes(make())
    return the_long_way(path) != check_file(path)


def main() -> None:
    count = 0
    with TemporaryDirectory() as folder:
        for name, files in collections().items():
            path = Path(folder) / "表.xlsx"
            otherwise = [each for each, make in files.items() if told_otherwise(make, path.with_suffix(_ending(each)))]
            count += len(files)
            print(f"{name}: {len(files)} files, {len(otherwise)} told otherwise {otherwise or ''}".rstrip(), flush=True)
    print(f"{count} files in all")


def _ending(name: str) -> str:
    return Path(name).suffix if Path(name).suffix in (".xls", ".ods") else ".xlsx"


if __name__ == "__main__":
    main()
