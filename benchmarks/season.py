"""What a season costs: ratios from one run, so that the machine does not count.

    python benchmarks/season.py [--files 1000] [--many 10000]

The commands themselves are measured, each a process of its own: CPU time (user and system) and peak memory as the system
accounts for them. Their filings are all different; every fifth breaks a rule.

- ``xltools merge`` (read, check, merge, write the summary) of some filings and of many, against ``openpyxl.load_workbook`` alone;
- ``xltools check`` of the summary of many, and ``xltools merge`` again, which takes over what was typed into the earlier one;
- blanks, without and with last year's figures, against writing each from scratch with XlsxWriter; and ``xltools blank`` whole.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from reading import filing, seconds

from xltools.collection.issuing import blanks
from xltools.collection.previous import Previous
from xltools.form.model import Agency, Filing
from xltools.terms import LEVELS
from xltools.workbook.copies import Plates
from xltools.workbook.write import write_filing

SAMPLE = 100
"""Files that openpyxl opens, and workbooks that are written from scratch; their times are scaled."""
YEAR = 2023
AREA = Agency("22", "示例省", "province")


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of CPU, megabytes at its peak (of the largest of its processes)."""

    cpu: float
    peak: float


def command(*words: str | Path) -> Cost:
    """Runs a command to its end; its output is thrown away, for it is long."""
    return command_of([sys.executable, "-m", "xltools", *map(str, words)])


def command_of(arguments: Sequence[str], cwd: Path | None = None) -> Cost:
    """The same of any command, started in a folder."""
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if cwd else None, cwd=cwd
    )
    _, status, used = os.wait4(process.pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)}: {code}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make(folder: Path, count: int) -> list[Path]:
    """A folder of different filings, and beside it the roster of them."""
    folder.mkdir()
    plates, agencies = Plates(), []
    for number in range(count):
        one = filing(number)
        agencies.append(one.agency)
        (folder / f"{number:05d}.xlsx").write_bytes(plates.write(one))
    write_roster(folder.with_suffix(".csv"), agencies)
    return sorted(folder.iterdir())


def write_roster(path: Path, agencies: Sequence[Agency]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["单位代码", "单位名称", "层级", "上级代码"])
        out.writerow([AREA.code, AREA.name, LEVELS[AREA.level], ""])
        out.writerows([a.code, a.name, LEVELS[a.level], AREA.code] for a in agencies)


def merge(folder: Path) -> Cost:
    summary = folder.with_suffix(".xlsx")
    return command("merge", folder, "--roster", folder.with_suffix(".csv"), "-o", summary, "--force")


def merging(folder: Path, few: int, many: int) -> None:
    opened = few * seconds(openpyxl.load_workbook, make(folder / "few", few)[:: max(few // SAMPLE, 1)])
    make(folder / "many", many)
    print("| `xltools merge` | CPU | a filing | of openpyxl alone | peak memory |")
    print("|---|---|---|---|---|")
    costs = {}
    for name, count in (("few", few), ("many", many)):
        cost = costs[name] = merge(folder / name)
        ratio = cost.cpu / (opened * count / few)
        each = 1000 * cost.cpu / count
        print(f"| {count} filings | {cost.cpu:.1f} s | {each:.1f} ms | {ratio:.2f} | {cost.peak:.0f} MB |")
    again, back = merge(folder / "many"), command("check", folder / "many.xlsx")
    print(f"| {many} filings again | {again.cpu:.1f} s | {1000 * again.cpu / many:.1f} ms | | {again.peak:.0f} MB |")
    print(f"\nopenpyxl.load_workbook alone: {opened:.1f} s for {few} filings.")
    print(f"{many / few:.0f} times the filings cost {costs['many'].cpu / costs['few'].cpu:.1f} times the CPU time.")
    print(f"`xltools check` of the summary of {many}: {back.cpu:.1f} s, {back.peak:.0f} MB.\n")


def per_piece(work: Callable[[int], object], count: int) -> float:
    """CPU time of a piece, once what is made once has been made."""
    for number in range(4):
        work(number)
    start = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - start) / count


def issuing(folder: Path, count: int) -> None:
    agencies = [filing(number).agency for number in range(count)]
    last = {}
    for number, agency in enumerate(agencies):
        figures = filing(number)
        last[YEAR - 1, agency.code] = Filing(figures.form, agency, YEAR - 1, inputs=dict(figures.inputs))
    print("| blanks | from scratch | from plates | |")
    print("|---|---|---|---|")
    for words, previous in (("without last year", None), ("with last year's figures", Previous(last))):
        made = blanks(agencies, YEAR, previous=previous)
        paths, sample = list(made), min(SAMPLE, count)

        def scratch(number: int, previous: Previous | None = previous) -> bytes:
            agency = agencies[number]
            form = filing(0).form
            return write_filing(previous.blank(form, agency, YEAR) if previous else Filing(form, agency, YEAR))

        slow = per_piece(scratch, sample)
        fast = per_piece(lambda number, made=made, paths=paths: made[paths[number]], count)  # type: ignore[misc]
        if any(made[paths[n]] != scratch(n) for n in range(sample)):
            raise SystemExit("a blank from a plate is not what XlsxWriter writes")
        print(f"| {count} {words} | {1000 * slow:.1f} ms | {1000 * fast:.1f} ms | {fast / slow:.2f} of it |")
    write_roster(folder / "blanks.csv", agencies)
    whole = ["blank", "--roster", folder / "blanks.csv", "--year"]
    plain = command(*whole, str(YEAR), "-o", folder / "blanks")
    print(f"\n`xltools blank` for {count} agencies: {plain.cpu:.1f} s of CPU, {plain.peak:.0f} MB.")
    after = command(*whole, str(YEAR + 1), "--previous", folder / "few", "-o", folder / "after")
    print(f"With `--previous`, {count} filings that are read for it: {after.cpu:.1f} s of CPU, {after.peak:.0f} MB.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        merging(Path(name), given.files, given.many)
        issuing(Path(name), given.files)


if __name__ == "__main__":
    main()
