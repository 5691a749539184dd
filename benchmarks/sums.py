"""What sums cost as they grow: summaries, parts, four levels, the archive, paper. Counts and ratios, from one run.

    python benchmarks/sums.py growth|parts|levels|archive|paper [--files N]

Filings are one that was read, with other figures and another agency, so that only what comes after reading is measured; each
measurement is a process of its own (``--one``), with its CPU time and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reading import filing

from xltools.collection.check import check, check_made
from xltools.collection.gathered import Gathered, combine
from xltools.collection.roster import Entry, Roster
from xltools.form.model import Agency, Filing
from xltools.outputs import write_whole
from xltools.received.read import Received, read_bytes
from xltools.summary import merge
from xltools.summary.data import beside
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

TOP = Agency("22", "示例省", "province")


def readings(count: int, first: int = 0) -> Iterator[Received]:
    """Filings as they are read and judged, one by one; figures and agency are patched into one of a hundred that were."""
    model = read_bytes(Path("0.xlsx"), write_filing(filing(1)))
    for number in range(first, first + count):
        made = filing(number)
        one = replace(model, path=Path(f"{number:06d}.xlsx"), sha256=f"{number:064x}", findings=[*model.findings],
                      filing=replace(model.known, agency=made.agency, inputs=made.inputs))  # fmt: skip
        one = check_made(one)
        one.filing = one.known.compact()
        yield one


def roster(count: int, parent: str = TOP.code) -> Roster:
    return Roster((Entry(TOP), *(Entry(filing_agency(n), parent) for n in range(count))))


def filing_agency(number: int) -> Agency:
    return filing(number).agency


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def growth(count: int, folder: Path) -> dict[str, object]:
    """The set and the summary of so many filings."""
    known = roster(count)
    t0 = time.process_time()
    whole = combine([Gathered(tuple(readings(count)))])
    t1, kept = time.process_time(), peak()
    collection = check(whole, known)
    t2 = time.process_time()
    summary = merge(collection, known, TOP)
    t3 = time.process_time()
    try:
        content = write_summary(summary, name="汇总表")
    except Exception as problem:
        return {
            "files": count,
            "refused": str(problem)[:60],
            "made": t1 - t0,
            "set": t2 - t1,
            "sum": t3 - t2,
            "kept": kept,
            "peak": peak(),
        }
    for ending, pieces in beside(summary):
        write_whole(folder / f"汇总表{ending}", pieces)
    return {"files": count, "made": t1 - t0, "set": t2 - t1, "sum": t3 - t2, "write": time.process_time() - t3,
            "size": len(content), "kept": kept, "peak": peak()}  # fmt: skip


def parts(count: int, folder: Path) -> dict[str, object]:
    """Halves, thirds and a hundred random splits and orders: the same whole, and of some the same workbook."""
    known, rng = roster(count), random.Random(1)
    received = tuple(readings(count))
    whole = combine([Gathered(received)])

    def book(gathered: Gathered) -> bytes:
        return write_summary(merge(check(gathered, known), known, TOP))

    at_once, same, books, spent = book(whole), 0, 0, 0.0
    splits = [[received[k::n] for k in range(n)] for n in (2, 3)]
    for _ in range(100):
        mixed = rng.sample(received, count)
        cuts = sorted(rng.sample(range(count), rng.randint(1, 50)))
        splits.append([tuple(mixed[a:b]) for a, b in zip([0, *cuts], [*cuts, count], strict=True)])
    for split in splits:
        pieces = [pickle.loads(pickle.dumps(Gathered(part))) for part in split]
        start = time.process_time()
        again = combine(pieces)
        spent += time.process_time() - start
        same += again == whole
        books += book(again) == at_once
    size = len(pickle.dumps(whole)) / count
    return {"files": count, "splits": len(splits), "same": same, "books": books, "combine_ms": 1000 * spent / len(splits),
            "pickled_bytes_a_filing": round(size), "peak": peak()}  # fmt: skip


def levels(count: int, folder: Path) -> dict[str, object]:
    """Townships and bureaus to counties of fifty, counties to cities of ten, cities to the province: against the flat sum."""
    from xltools.received.read import read_file

    def level_up(files: list[Path] | tuple[Received, ...], area: Agency, under: list[Agency]) -> Path:
        known = Roster((Entry(area), *(Entry(a, area.code) for a in under)))
        gathered = Gathered(files) if isinstance(files, tuple) else files
        path = folder / f"{area.code}.xlsx"
        path.write_bytes(
            write_summary(merge(check(gathered, known), known, area, include_queried=True), name=path.stem)
        )
        return path

    start, flat = time.process_time(), dict[str, int]()
    counties, all_in = [], 0
    for n in range(0, count, 50):
        those = tuple(readings(min(50, count - n), n))
        for one in those:
            if one.accepted:
                all_in += 1
                for name, figure in one.known.values.items():
                    flat[name] = flat.get(name, 0) + int(figure or 0)
        area = Agency(f"C{n // 50:04d}", f"第{n // 50}县", "county")
        counties.append((area, level_up(those, area, [r.known.agency for r in those])))
    cities = []
    for n in range(0, len(counties), 10):
        area, under = Agency(f"S{n // 10:03d}", f"第{n // 10}市", "city"), counties[n : n + 10]
        cities.append((area, level_up([p for _, p in under], area, [a for a, _ in under])))
    last = read_file(level_up([p for _, p in cities], TOP, [a for a, _ in cities]))
    values = {name: figure or 0 for name, figure in last.known.values.items()}
    differing = [name for name, figure in flat.items() if values[name] != figure]
    return {"files": count, "accepted": all_in, "counted": sum(m.counted for m in last.known.members), "differing": differing,
            "fields": len(flat), "cpu": time.process_time() - start, "peak": peak()}  # fmt: skip


def _in_year(received: Received, year: int, rng: random.Random) -> Filing:
    came, saying = rng.randrange(90), rng.randrange(300)
    own = f"{received.known.agency.name}{year} 年的一段话，说了不少。"
    texts = {"overview": (own, f"第{saying}号套话，年年月月都是这么写的，一字不改。")}
    return replace(
        received.known, year=year, inputs={**received.known.inputs, "requests.new.natural": came}, texts=texts
    )


def archive(count: int, folder: Path) -> dict[str, object]:
    """Three made-up years, and the five questions of docs/archive.md."""
    import re

    import duckdb

    from xltools.frames.archive import archived

    start = time.process_time()
    for year in (2021, 2022, 2023):
        rng = random.Random(year)
        those = [replace(r, filing=_in_year(r, year, rng)) for r in readings(count)]
        archived([check(Gathered(tuple(those)), roster(count))], folder / "档案")
    wrote, before = time.process_time() - start, peak()
    page = (Path(__file__).parent.parent / "docs" / "archive.md").read_text("utf-8").replace("档案/", f"{folder}/档案/")
    found: dict[str, object] = {"agencies": count, "write": wrote, "peak_writing": before,
             "size": sum(p.stat().st_size for p in folder.rglob("*.parquet"))}  # fmt: skip
    views, *asked = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    base = duckdb.connect()
    base.execute(views)
    for n, sql in enumerate(asked, 1):
        start_cpu = time.process_time()
        rows = base.execute(sql).fetchall()
        found[f"duckdb {n}"] = (round(time.process_time() - start_cpu, 3), len(rows))
    begin, *blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    there: dict[str, object] = {}
    for n, block in enumerate([begin, *blocks]):
        start_cpu = time.process_time()
        exec(block, there)
        found[f"pandas {n}"] = (round(time.process_time() - start_cpu, 3), len(there["answer"]) if n else None)  # type: ignore[arg-type]
    return {**found, "peak": peak()}


def paper(count: int, folder: Path) -> dict[str, object]:
    """Letters of so many returned filings, from patterns."""
    from xltools.slips.letter import letter

    those = [r for r in readings(5 * count) if not r.accepted][:count]
    for one in those[:3]:
        letter(one, "x.xlsx")
    start = time.process_time()
    for one in those:
        letter(one, "x.xlsx")
    return {"letters": len(those), "ms": 1000 * (time.process_time() - start) / max(len(those), 1)}


KINDS = {f.__name__: f for f in (growth, parts, levels, archive, paper)}
COUNTS = {"growth": (1000, 10_000), "parts": (2000,), "levels": (10_000,), "archive": (1000,), "paper": (300,)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--files", type=int, nargs="+")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    for count in given.files or COUNTS[given.kind]:
        if not given.one:
            subprocess.run(
                [sys.executable, __file__, given.kind, "--files", str(count), "--one"], check=True, env=os.environ
            )
            continue
        with TemporaryDirectory() as name:
            told = KINDS[given.kind](count, Path(name))
        print(
            json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in told.items()}, ensure_ascii=False),
            flush=True,
        )


if __name__ == "__main__":
    main()
