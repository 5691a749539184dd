"""What reading costs: ratios from one run, so that the machine does not count.

    python benchmarks/reading.py [--files 1000] [--distinct 100] [--before COMMIT]

CPU time of reading, auditing and checking filings (``check_file``, one process), against what others need for less on the same
files: openpyxl, plain and read-only; pandas and calamine, which read the three sheets of figures and audit nothing; and the
floor, to unzip the parts and parse their XML. For files as issued and filled in, and as openpyxl and (where it is installed)
LibreOffice save them. ``--before`` measures an earlier commit too, on the same files, by turns in the same run.
Peak memory after a tenth of the files and after all of them.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from xltools.collection.check import check, check_file
from xltools.editions import load_form
from xltools.form.layout import layout_of
from xltools.form.model import Agency, Filing
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

SAMPLE, OFFICE_SAMPLE = 100, 20
"""Files that others read, and that LibreOffice saves; their times are scaled."""
ROOT = Path(__file__).parent.parent
TURNS = 3


def filing(number: int) -> Filing:
    """A filing with a figure in every cell that keeps the rules; every fifth breaks one."""
    rng = random.Random(number)
    form = load_form("2021")
    figures = dict.fromkeys((f.id for f in form.inputs), 0)
    for column in sorted({f.column.id for f in form.inputs_of("requests")}):
        came = rng.randrange(500)
        figures |= {f"requests.new.{column}": came, f"requests.granted.{column}": came}
    figures["requests.new.natural"] += number % 5 == 0
    texts = {s.id: tuple(f"{s.title}，第 {n} 段。" * 5 for n in range(12)) for s in form.text_sections}
    signoff = {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": "2024-01-15", "phone": "0431-5550101"}
    agency = Agency(f"22{number:05d}", f"第{number}局", list(LEVELS)[number % 4])
    return Filing(form, agency, 2023, inputs=dict(figures), texts=texts, signoff=signoff)


def resaved(path: Path, out: Path) -> None:
    import openpyxl  # as late as everywhere: whoever measures memory needs no more of this module than its filings

    openpyxl.load_workbook(path).save(out)


def through_office(paths: Sequence[Path], out: Path) -> list[Path]:
    """The files as LibreOffice saves them; none where it is not installed."""
    soffice = shutil.which("soffice")
    if not soffice:
        return []
    out.mkdir()
    with TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(out), *map(str, paths)], check=True, capture_output=True, timeout=600)
    return sorted(out.glob("*.xlsx"))


@lru_cache(maxsize=1)
def sheets() -> list[str]:
    """The sheets of figures."""
    return [sheet.name for sheet in layout_of(load_form("2021")).tables.values()]


def plain(path: Path) -> None:
    """The workbook as openpyxl opens it."""
    import openpyxl

    openpyxl.load_workbook(path)


def read_only(path: Path) -> None:
    """Every row as openpyxl streams it."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    book.close()


def by_pandas(path: Path) -> None:
    """The sheets of figures as frames, by pandas and calamine."""
    import pandas as pd  # here, for it takes memory that is not ours

    pd.read_excel(path, sheet_name=sheets(), header=None, engine="calamine")


def by_calamine(path: Path) -> None:
    """The sheets of figures as lists, by calamine alone."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    for name in sheets():
        book.get_sheet_by_name(name).to_python()


def floor(path: Path) -> None:
    """Unzips every part and parses its XML: less than this no reader of trees can do."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        for name in package.namelist():
            etree.fromstring(package.read(name))


def seconds(work: Callable[[Path], object], paths: Sequence[Path], times: int = 1) -> float:
    """CPU time a file, once everything that is made once has been made; the least of several times over."""
    for path in paths[:3]:
        work(path)
    return min(_seconds(work, paths) for _ in range(times))


def _seconds(work: Callable[[Path], object], paths: Sequence[Path]) -> float:
    start = time.process_time()
    for path in paths:
        work(path)
    return (time.process_time() - start) / len(paths)


def peak() -> float:
    """Megabytes this process has ever taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


OTHERS: dict[str, Callable[[Path], object]] = {
    "openpyxl": plain,
    "openpyxl, read-only": read_only,
    "pandas and calamine, 3 sheets": by_pandas,
    "calamine, 3 sheets": by_calamine,
    "the floor": floor,
}


@dataclass(frozen=True)
class Line:
    """One kind of files measured: seconds a file, ours and those of others."""

    kind: str
    files: int
    ours: float
    others: dict[str, float]

    def __str__(self) -> str:
        told = (f"{1000 * other:.1f} ms, {self.ours / other:.2f}" for other in self.others.values())
        return f"| {self.kind} | {self.files} | {1000 * self.ours:.1f} ms | {' | '.join(told)} |"


def measured(kind: str, paths: Sequence[Path]) -> Line:
    sample = paths[:: max(len(paths) // SAMPLE, 1)][:SAMPLE]
    ours = seconds(check_file, paths, 1 if len(paths) > SAMPLE else TURNS)
    times = TURNS if len(sample) < SAMPLE else 1
    return Line(kind, len(paths), ours, {name: seconds(work, sample, times) for name, work in OTHERS.items()})


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """The program of a commit, with the benchmark as it is now."""
    archive = subprocess.run(["git", "archive", commit, "xltools"], cwd=ROOT, check=True, capture_output=True).stdout
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


EARLIER = """
import importlib, sys, time
from pathlib import Path

def found(name, *places):
    for place in places:
        try:
            return getattr(importlib.import_module(place), name)
        except (ImportError, AttributeError):
            pass
    raise SystemExit(f"{name} is not where it was at any time known here")

check_file = found("check_file", "xltools.collection.check", "xltools.check")
paths = sorted(Path(sys.argv[1]).iterdir())
for path in paths[:3]:
    check_file(path)
start = time.process_time()
for path in paths:
    check_file(path)
print((time.process_time() - start) / len(paths))
"""
"""Reads the files of a folder by whatever program it is run with."""


def against(commit: str, folders: dict[str, Path]) -> None:
    """Prints what the program of a commit needs for the same files, by turns with this one; the least of several turns."""
    with checkout(commit) as before:
        for kind, folder in folders.items():
            turns = [[_elsewhere(home, folder) for home in (ROOT, before)] for _ in range(TURNS)]
            now, then = (min(column) for column in zip(*turns, strict=True))
            print(
                f"Against {commit}, {kind}: {1000 * now:.1f} ms now, {1000 * then:.1f} ms then, {now / then:.2f} of it."
            )


def _elsewhere(home: Path, folder: Path) -> float:
    env = {**os.environ, "PYTHONPATH": str(home)}
    command = [sys.executable, "-c", EARLIER, str(folder)]
    run = subprocess.run(command, cwd=home, env=env, check=True, capture_output=True, text=True)
    return float(run.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument(
        "--distinct", type=int, default=100, help="filings written; the others are copies under other names"
    )
    parser.add_argument("--before", metavar="COMMIT", help="measure the program of an earlier commit too")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        written, again = folder / "written", folder / "openpyxl"
        written.mkdir()
        again.mkdir()
        for n in range(given.distinct):
            (written / f"{n:05d}.xlsx").write_bytes(write_filing(filing(n)))
            resaved(written / f"{n:05d}.xlsx", again / f"{n:05d}.xlsx")
        for n in range(given.distinct, given.files):
            for place in (written, again):
                shutil.copy(place / f"{n % given.distinct:05d}.xlsx", place / f"{n:05d}.xlsx")
        _report(sorted(written.iterdir()), sorted(again.iterdir()), folder)
        if given.before:
            against(given.before, {"as filled in": written, "saved by openpyxl": again})


def _report(issued: Sequence[Path], again: Sequence[Path], folder: Path) -> None:
    seconds(check_file, issued[: len(issued) // 10])
    tenth = peak()
    seconds(check_file, issued)
    everything = peak()
    check([issued[0].parent], jobs=1)
    kept = peak() - everything
    print(f"| files | number | xltools check_file | {' | '.join(OTHERS)} |")
    print(f"|---|---|---|{'---|' * len(OTHERS)}")
    print(measured("as filled in", issued))
    print(measured("saved by openpyxl", again))
    if office := through_office(issued[:OFFICE_SAMPLE], folder / "office"):
        print(measured("saved by LibreOffice", office))
    print(f"\nOf the others each needs so long for a file ({SAMPLE} of them at most), and we so many times as long.")
    print(f"Peak memory after {len(issued) // 10} files {tenth:.0f} MB, after {len(issued)} files {everything:.0f} MB.")
    print(f"With all findings of all files kept, as `check` does: {kept:.0f} MB more.")


if __name__ == "__main__":
    main()
