"""What reading costs: ratios from one run, so that the machine does not count.

    python benchmarks/reading.py [--files 1000] [--distinct 100]

CPU time of reading, auditing and checking filings (``check_file``, one process), against ``openpyxl.load_workbook`` alone on
the same files, and against the floor: to unzip the parts and parse their XML. For files as issued and filled in, and as
openpyxl and (where it is installed) LibreOffice save them. Peak memory after a tenth of the files and after all of them.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from lxml import etree

from xltools.collection.check import check, check_file
from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

SAMPLE, OFFICE_SAMPLE = 100, 20
"""Files that openpyxl reads, and that LibreOffice saves; their times are scaled."""


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


@dataclass(frozen=True)
class Line:
    """One kind of files measured."""

    kind: str
    files: int
    ours: float
    openpyxl: float
    floor: float

    def __str__(self) -> str:
        ms = f"{1000 * self.ours:.1f} ms"
        return (
            f"| {self.kind} | {self.files} | {ms} | {self.ours / self.openpyxl:.2f} of openpyxl alone "
            f"| {self.ours / self.floor:.1f} times the floor |"
        )


def measured(kind: str, paths: Sequence[Path]) -> Line:
    sample = paths[:: max(len(paths) // SAMPLE, 1)][:SAMPLE]
    ours = seconds(check_file, paths, 1 if len(paths) > SAMPLE else 3)
    alone = seconds(openpyxl.load_workbook, sample)
    return Line(kind, len(paths), ours, alone, seconds(floor, sample, 5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument(
        "--distinct", type=int, default=100, help="filings written; the others are copies under other names"
    )
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


def _report(issued: Sequence[Path], again: Sequence[Path], folder: Path) -> None:
    seconds(check_file, issued[: len(issued) // 10])
    tenth = peak()
    seconds(check_file, issued)
    everything = peak()
    print("| files | number | reading, auditing, checking one | | |")
    print("|---|---|---|---|---|")
    print(measured("as filled in", issued))
    print(measured("saved by openpyxl", again))
    if office := through_office(issued[:OFFICE_SAMPLE], folder / "office"):
        print(measured("saved by LibreOffice", office))
    print(f"\nopenpyxl and the floor: {SAMPLE} of the files, a file's time compared.")
    print(f"Peak memory after {len(issued) // 10} files {tenth:.0f} MB, after {len(issued)} files {everything:.0f} MB.")
    before = peak()
    check([issued[0].parent], jobs=1)
    print(f"With all findings of all files kept, as `check` does: {max(peak() - before, 0):.0f} MB more.")


if __name__ == "__main__":
    main()
