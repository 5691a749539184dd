"""What sums cost as they grow: summaries, parts, the archive, paper. Counts and ratios, from one run.

    python benchmarks/sums.py growth|parts|archive|paper [--files N]

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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
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
    """Filings as they are read and judged, one by one."""
    return (patched(filing(number), f"{number:06d}.xlsx") for number in range(first, first + count))


def patched(made: Filing, name: str) -> Received:
    """A filing as it is read and judged: its figures and agency are patched into one that was."""
    model = _model()
    one = replace(model, path=Path(name), sha256=sha256(name.encode()).hexdigest(), findings=[*model.findings],
                  filing=replace(model.known, agency=made.agency, inputs=made.inputs))  # fmt: skip
    one = check_made(one)
    one.filing = one.known.compact()
    return one


@cache
def _model() -> Received:
    return read_bytes(Path("0.xlsx"), write_filing(filing(1)))


def roster(count: int) -> Roster:
    return roster_of(TOP, [filing_agency(n) for n in range(count)])


def roster_of(area: Agency, under: Sequence[Agency]) -> Roster:
    return Roster((Entry(area), *(Entry(agency, area.code) for agency in under)))


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

    at_once, same, books, spent = book(whole), 0, list[bool](), 0.0
    splits = [[received[k::n] for k in range(n)] for n in (2, 3)]
    for _ in range(100):
        mixed = rng.sample(received, count)
        cuts = sorted(rng.sample(range(count), rng.randint(1, 50)))
        splits.append([tuple(mixed[a:b]) for a, b in zip([0, *cuts], [*cuts, count], strict=True)])
    for number, split in enumerate(splits):
        pieces = [pickle.loads(pickle.dumps(Gathered(part))) for part in split]
        start = time.process_time()
        again = combine(pieces)
        spent += time.process_time() - start
        same += again == whole
        if number % 12 == 0 or number < 2:  # equal parts make equal books: some, to be seen
            books.append(book(again) == at_once)
    size = len(pickle.dumps(whole)) / count
    return {"files": count, "splits": len(splits), "same": same, "books": len(books), "books_same": sum(books),
            "combine_ms": 1000 * spent / len(splits), "pickled_bytes_a_filing": round(size), "peak": peak()}  # fmt: skip


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


KINDS = {f.__name__: f for f in (growth, parts, archive, paper)}
COUNTS = {"growth": (1000, 10_000), "parts": (2000,), "archive": (1000,), "paper": (300,)}


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
