"""The whole country through four levels: townships and bureaus, counties, cities, provinces, state; against the flat sum.

    python benchmarks/country.py [--share 31] [--kept FOLDER] [--files]

150,000 filings: 40,000 townships and 110,000 bureaus in 3,000 counties, 333 cities, 31 provinces; ``--share`` takes the first so
many provinces. Each summary is a workbook, which the run of the level above reads from the disk,
two processes at a time.
Filings are made as in ``sums.py`` and streamed into their county's run; with ``--files`` they are workbooks too, and every run is
``xltools merge``. Every figure of every summary, as it was read back, is held against the sum of the filings. What is done stays in
``--kept``, so that a run that was broken off goes on.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from reading import filing
from sums import patched, peak, roster_of

from xltools.collection.check import check
from xltools.collection.gathered import Gathered
from xltools.form.model import Agency, Filing
from xltools.received.file import Received
from xltools.received.read import read_file
from xltools.summary import merge
from xltools.summary.data import beside
from xltools.summary.writing import write_summary
from xltools.terms import LEVELS
from xltools.workbook.copies import Plates

PROVINCES, CITIES, COUNTIES, TOWNSHIPS, FILINGS = 31, 333, 3000, 40_000, 150_000
STATE = Agency("0", "全国", "state")
Flat = dict[str, int]


def within(number: int, parts: int, whole: int) -> range:
    """Which of ``whole`` things lie in one of so many parts."""
    return range(whole * number // parts, whole * (number + 1) // parts)


def area(level: str, number: int) -> Agency:
    code = {"province": "P{:02d}", "city": "S{:03d}", "county": "X{:04d}"}[level].format(number)
    return Agency(code, f"第{number}{LEVELS[level]}", level)  # type: ignore[index, arg-type]


def filings(county: int) -> Iterator[Filing]:
    """Its townships' and its bureaus' filings."""
    townships = len(within(county, COUNTIES, TOWNSHIPS))
    for place, number in enumerate(within(county, COUNTIES, FILINGS)):
        level, name = ("township", "镇") if place < townships else ("department", "局")
        yield replace(filing(number), agency=Agency(f"B{number:06d}", f"第{county}县第{place}{name}", level))


def add(flat: Flat, more: Flat) -> None:
    for name, figure in more.items():
        flat[name] = flat.get(name, 0) + figure


def differing(read: Filing, flat: Flat) -> list[str]:
    return [name for name, figure in read.values.items() if (figure or 0) != flat.get(name, 0)]


def told(place: Path) -> dict[str, object]:
    return json.loads(place.with_suffix(".json").read_text("utf-8"))


def level_up(
    place: Path, whole: Agency, under: Sequence[Agency], parts: tuple[Received, ...] | list[Path]
) -> list[Received]:
    """One run: the parts gathered, held together, added up, written; the parts as they were read."""
    known = roster_of(whole, under)
    collection = check(Gathered(parts) if isinstance(parts, tuple) else parts, known)
    summary = merge(collection, known, whole, include_queried=True)
    place.write_bytes(write_summary(summary, name=place.stem))
    for ending, pieces in beside(summary):
        place.with_name(place.stem + ending).write_bytes(b"".join(pieces))
    return collection.received


def by_command(place: Path, whole: Agency, under: Sequence[Agency], parts: Sequence[Path]) -> list[Received]:
    """The same by ``xltools merge``."""
    lines = [f"{a.code},{a.name},{LEVELS[a.level]},{whole.code if a is not whole else ''}" for a in (whole, *under)]
    roster = place.with_suffix(".csv")
    roster.write_text("\n".join(["单位代码,单位名称,层级,上级代码", *lines]), "utf-8")
    command = ["merge", *map(str, parts), "--roster", str(roster), "-o", str(place), "--include-queried", "--force"]
    done = subprocess.run([sys.executable, "-m", "xltools", *command, "--jobs", "1"], capture_output=True, text=True)
    if done.returncode > 1:
        raise RuntimeError(done.stderr)
    return []


def county(folder: Path, number: int, files: bool) -> tuple[Path, Flat, int]:
    """A county's run over its filings; its summary, the flat sum, how many were accepted."""
    whole, place, flat = area("county", number), folder / f"{area('county', number).code}.xlsx", Flat()
    made = [*filings(number)]
    received = tuple(patched(one, f"{one.agency.code}.xlsx") for one in made)
    accepted = [one for one in received if one.accepted]
    for one in accepted:
        add(flat, {name: int(figure or 0) for name, figure in one.known.values.items()})
    under = [one.agency for one in made]
    if files:
        with TemporaryDirectory(dir=folder) as returns:
            plates, paths = Plates(), [Path(returns, f"{one.agency.code}.xlsx") for one in made]
            for path, one in zip(paths, made, strict=True):
                path.write_bytes(plates.write(one))
            by_command(place, whole, under, paths)
    else:
        level_up(place, whole, under, received)
    return place, flat, len(accepted)


def city(folder: Path, number: int, files: bool) -> dict[str, object]:
    """A city's counties, then the city."""
    those = within(number, CITIES, COUNTIES)
    made = [county(folder, n, files) for n in those]
    return _above(folder, area("city", number), [area("county", n) for n in those], made, files)


def province(folder: Path, number: int, files: bool) -> dict[str, object]:
    those = within(number, PROVINCES, CITIES)
    return _above(
        folder, area("province", number), [area("city", n) for n in those], _known(folder, "city", those), files
    )


def state(folder: Path, provinces: int, files: bool) -> dict[str, object]:
    those = range(provinces)
    return _above(folder, STATE, [area("province", n) for n in those], _known(folder, "province", those), files)


def _known(folder: Path, level: str, those: Sequence[int]) -> list[tuple[Path, Flat, int]]:
    places = [folder / f"{area(level, n).code}.xlsx" for n in those]
    return [(p, told(p)["flat"], told(p)["accepted"]) for p in places]  # type: ignore[misc]


def _above(
    folder: Path, whole: Agency, under: Sequence[Agency], made: Sequence[tuple[Path, Flat, int]], files: bool
) -> dict[str, object]:
    """An area's run over summaries, each of which is held against its flat sum as it was read."""
    place, start, flat = folder / f"{whole.code}.xlsx", time.process_time(), Flat()
    paths = [path for path, *_ in made]
    received = (by_command if files else level_up)(place, whole, under, paths) or [read_file(p) for p in paths]
    known = {got.path: got.known for got in received}
    wrong = [name for path, its, _ in made for name in differing(known[path], its)]
    for _, its, _ in made:
        add(flat, its)
    return {"flat": flat, "accepted": sum(n for *_, n in made), "differing": wrong, "run": time.process_time() - start}


def step(kind: str, folder: Path, number: int, files: bool) -> None:
    """A city, a province or the state, unless it is done; with what it cost."""
    names = {"city": area("city", number).code, "province": area("province", number).code, "state": STATE.code}
    done = folder / f"{names[kind]}.json"
    if done.exists():
        return
    start, before = time.process_time(), _children()
    found = {"city": city, "province": province, "state": state}[kind](folder, number, files)
    cpu = time.process_time() - start + _children() - before
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 if files else peak()
    done.write_text(json.dumps({**found, "cpu": cpu, "peak": most}), "utf-8")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=int, default=PROVINCES, help="so many provinces")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--files", action="store_true", help="filings are workbooks, runs are commands")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        run(given.kept or Path(name), given.share, given.files)


def run(folder: Path, provinces: int, files: bool) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    cities = [n for p in range(provinces) for n in within(p, PROVINCES, CITIES)]
    for kind, numbers in (("city", cities), ("province", range(provinces)), ("state", [provinces])):
        # Processes of their own for each level, so that a level's peak memory is its own.
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            for future in [pool.submit(step, kind, folder, n, files) for n in numbers]:
                future.result()
        codes = [STATE.code] if kind == "state" else [area(kind, n).code for n in numbers]
        known = [told(folder / f"{code}.xlsx") for code in codes]
        print(
            json.dumps(
                {
                    "level": kind,
                    "runs": len(known),
                    "accepted": sum(k["accepted"] for k in known),  # type: ignore[misc]
                    "differing": sum(len(k["differing"]) for k in known),
                    "cpu": round(sum(k["cpu"] for k in known), 1),  # type: ignore[misc, arg-type]
                    "peak": round(max(k["peak"] for k in known)),
                }
            ),
            flush=True,
        )  # type: ignore[type-var, arg-type]
    last = read_file(folder / f"{STATE.code}.xlsx").known
    wrong = differing(last, told(folder / f"{STATE.code}.xlsx")["flat"])  # type: ignore[arg-type]
    counted = sum(member.counted for member in last.members)
    print(
        json.dumps({"members": len(last.members), "counted": counted, "differing": wrong, "fields": len(last.values)})
    )


if __name__ == "__main__":
    main()
