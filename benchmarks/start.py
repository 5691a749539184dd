"""What a start costs, and a second look: ratios from one run, so that the machine does not count.

    python benchmarks/start.py [--times 20] [--files 300] [--blanks]

CPU time (user and system) of whole processes, each the least of so many, by turns. Bytecode is there, as after any installation; what
is kept for the next run is there too, but for the first check of a folder.

- ``xltools check`` of one file, and ``xltools --help``, against ``import click`` alone;
- ``xltools check`` in a working folder, every fifth filing wrong: the first time, again when nothing has changed, and again when one
  filing has;
- blanks, one after the other, without and with last year's figures; ``--blanks`` measures them alone.
"""

from __future__ import annotations

import argparse
import compileall
import io
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import openpyxl
from reading import filing
from season import AREA, YEAR, Plates, command_of, make

import xltools
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing


def least(commands: dict[str, list[str]], times: int, cwd: Path) -> dict[str, float]:
    """The least CPU seconds of each, taken by turns."""
    found = {name: command_of(words, cwd).cpu for name, words in commands.items()}
    for _ in range(times):
        for name, words in commands.items():
            found[name] = min(found[name], command_of(words, cwd).cpu)
    return found


def starting(folder: Path, times: int) -> None:
    """One file, in no working folder."""
    [file, *_] = make(folder / "one", 1)
    python, here = sys.executable, [sys.executable, "-m", "xltools"]
    commands = {
        "Python alone": [python, "-c", "pass"],
        "import click": [python, "-c", "import click"],
        "xltools --help": [*here, "--help"],
        "xltools check, one file": [*here, "check", str(file)],
    }
    took = least(commands, times, folder)
    print(f"| | CPU, least of {times} | of import click |\n|---|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {seconds * 1000:.0f} ms | {seconds / took['import click']:.2f} |")


def looking_again(folder: Path, count: int) -> None:
    """A working folder, checked and checked again by one process."""
    home = folder / "season"
    xltools.Season.init(home, YEAR)
    for path in make(folder / "many", count):
        shutil.move(path, home / "回收")
    book = openpyxl.load_workbook(home / "名录.xlsx")
    sheet = book.worksheets[0]
    sheet.delete_rows(2, sheet.max_row)
    sheet.append([AREA.code, AREA.name, LEVELS[AREA.level], ""])
    for number in range(count):
        agency = filing(number).agency
        sheet.append([agency.code, agency.name, LEVELS[agency.level], AREA.code])
    book.save(home / "名录.xlsx")
    command = [sys.executable, "-m", "xltools", "check", "--jobs", "1"]
    first, *again = [command_of(command, home).cpu for _ in range(5)]
    slips = len(list((home / "退回").iterdir()))
    changed, one, [path, *_] = [], filing(0), sorted((home / "回收").iterdir())
    for number in range(4):
        path.write_bytes(write_filing(replace(one, inputs={**one.inputs, "requests.new.natural": 1000 + number})))
        changed.append(command_of(command, home).cpu)
    print(f"\n| `xltools check` of {count}, {slips} slips | CPU | of the first |\n|---|---|---|")
    for name, seconds in (("the first time", first), ("again, nothing changed, the least of four", min(again)),
                          ("again, another figure in one file, the least of four", min(changed))):  # fmt: skip
        print(f"| {name} | {seconds:.2f} s | {seconds / first:.3f} |")


def blank(count: int) -> None:
    """Blanks from plates, after the first of each level, the filing made and the workbook written; by turns with what it is held
    against: openpyxl opening one of the very same blanks, and XlsxWriter writing one from scratch."""
    print("\n| blanks | CPU each | of openpyxl opening one | of one from scratch | seen least |\n|---|---|---|---|---|")
    every = max(count // SAMPLE, 1)
    for name, last in (("without last year", False), ("with last year's figures", True)):
        plates, spent = Plates(), dict[str, list[float]]()
        for number in range(count + WARM):
            one = filing(number)
            content = timed(spent, "plate", one, last, plates.write)
            if number < WARM:
                spent.clear()
            elif not number % every:
                start = time.process_time()
                openpyxl.load_workbook(io.BytesIO(content))
                spent.setdefault("opened", []).append(time.process_time() - start)
                if timed(spent, "scratch", one, last, write_filing) != content:
                    raise SystemExit("a blank from a plate is not what XlsxWriter writes")
        each, opened, scratch = (fmean(spent[what]) for what in ("plate", "opened", "scratch"))
        print(
            f"| {name} | {each * 1000:.1f} ms | {each / opened:.3f} | {each / scratch:.3f} | {min(spent['plate']) * 1000:.1f} ms |"
        )


WARM, SAMPLE = 8, 20
"""Blanks before the clock runs; how many are opened and written from scratch."""


def timed(
    spent: dict[str, list[float]], what: str, one: xltools.form.model.Filing, last: bool, write: Callable[..., bytes]
) -> bytes:
    """An agency's blank made and written; adds the CPU seconds that it took."""
    start = time.process_time()
    content = write(xltools_blank(one, last))
    spent.setdefault(what, []).append(time.process_time() - start)
    return content


def xltools_blank(one: xltools.form.model.Filing, last: bool) -> xltools.form.model.Filing:
    from xltools.collection.previous import Previous
    from xltools.form.model import Filing

    if not last:
        return Filing(one.form, one.agency, one.year + 1)
    return Previous({(one.year, one.agency.code): one}).blank(one.form, one.agency, one.year + 1)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--files", type=int, default=300)
    asked.add_argument("--blanks", action="store_true", help="blanks alone")
    given = asked.parse_args()
    compileall.compile_dir(Path(xltools.__file__).parent, quiet=1)
    if given.blanks:
        return blank(given.files)
    with TemporaryDirectory() as folder:
        starting(Path(folder), given.times)
        looking_again(Path(folder), given.files)
        blank(given.files)


if __name__ == "__main__":
    main()
