"""What sums cost as they grow: summaries, parts, the archive, LibreOffice, paper. Counts and ratios, from one run.

    python benchmarks/sums.py growth|parts|archive|office|paper [--files N]

Filings are one that was read, with other figures and another agency, so that only what comes after reading is measured; each
measurement is a process of its own (``--one``), with its CPU time and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reading import filing

from xltools.collection.check import check, check_made
from xltools.collection.gathered import Gathered, combine
from xltools.collection.roster import Entry, Roster
from xltools.form.model import Agency, Filing
from xltools.outputs import write_whole
from xltools.received.file import Received
from xltools.received.read import read_bytes
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
    """The process's own peak in MB; what ``getrusage`` tells of a new process is its parent's at first."""
    said = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text("ascii"))
    assert said
    return int(said[1]) / 1024


SUMMARY, FLAT = "汇总表.xlsx", "flat.json"


def growth(count: int, folder: Path) -> dict[str, object]:
    """So many filings in one flat run, made while they are gathered: the set, the summary, what is read of it again, and above it."""
    known, flat, spent, peaks = roster(count), dict[str, int](), dict[str, float](), dict[str, float]()
    start = time.process_time()

    def done(what: str) -> None:
        nonlocal start
        spent[what], peaks[what] = 1000 * (time.process_time() - start) / count, peak()
        print(f"{count} {what}: {spent[what]:.2f} ms, {peaks[what]:.0f} MB", file=sys.stderr, flush=True)
        start = time.process_time()

    def streamed() -> Iterator[Gathered]:
        for one in readings(count):
            for name, figure in one.known.values.items() if one.accepted else ():
                flat[name] = flat.get(name, 0) + int(figure or 0)
            yield Gathered((one,))

    whole = combine(streamed())
    done("made")
    collection = check(whole, known)
    del whole
    done("set")
    summary = merge(collection, known, TOP)
    done("sum")
    write_whole(folder / SUMMARY, write_summary(summary, name=Path(SUMMARY).stem))
    done("book")
    for ending, pieces in beside(summary):
        write_whole((folder / SUMMARY).with_name(f"汇总表{ending}"), pieces)
    done("beside")
    (folder / FLAT).write_text(json.dumps(flat))
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != FLAT}
    return {"files": count, "counted": len(summary.included), "ms": _short(spent), "peaks": _short(peaks), "sizes": sizes,
            **{kind: _in_a_process(kind, count, folder) for kind in ("checked", "above")}}  # fmt: skip


def checked(count: int, folder: Path) -> dict[str, object]:
    """``check`` of that summary, and whether every figure of it is the flat sum of the filings."""
    start = time.process_time()
    [received] = check([folder / SUMMARY]).received
    cost = {"cpu": round(time.process_time() - start, 1), "peak": round(peak())}
    flat, said = json.loads((folder / FLAT).read_text()), received.known.values
    return {**cost, "verdict": received.verdict, "errors": received.open_errors, "members": len(received.known.members),
            "figures": len(said), "differing": sum((said[name] or 0) != flat[name] for name in said)}  # fmt: skip


def above(count: int, folder: Path) -> dict[str, object]:
    """The summary of the level above, of that summary alone, with the same agencies on its roster."""
    state, start = Agency("0", "全国", "state"), time.process_time()
    known = Roster((Entry(state), Entry(TOP, state.code), *roster(count).entries[1:]))
    summary = merge(check([folder / SUMMARY], known), known, state, include_queried=True)
    content = write_summary(summary, name="上级")
    same = summary.sums == {f.id: summary.included[0].values[f.id] for f in summary.filing.form.inputs}
    return {"cpu": round(time.process_time() - start, 1), "peak": round(peak()), "size": len(content), "same": same}


def _in_a_process(kind: str, count: int, folder: Path) -> dict[str, object]:
    command = [sys.executable, __file__, kind, "--files", str(count), "--one", "--folder", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _short(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(figure, 2) for name, figure in figures.items()}


def parts(count: int, folder: Path) -> dict[str, object]:
    """Halves, thirds and a hundred random splits and orders: the same whole, the same workbook, the same files beside it."""
    known, rng = roster(count), random.Random(1)
    received = tuple(readings(count))
    whole = combine([Gathered(received)])

    def written(gathered: Gathered) -> str:
        summary = merge(check(gathered, known), known, TOP)
        digest = sha256(write_summary(summary, name="汇总表"))
        for _, pieces in beside(summary):
            for piece in pieces:
                digest.update(piece)
        return digest.hexdigest()

    at_once, same, books, spent = written(whole), 0, list[bool](), 0.0
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
        books.append(written(again) == at_once)
    size = len(pickle.dumps(whole)) / count
    return {"files": count, "splits": len(splits), "same_whole": same, "written": len(books), "same_bytes": sum(books),
            "combine_ms": 1000 * spent / len(splits), "pickled_bytes_a_filing": round(size), "peak": peak()}  # fmt: skip


def office(count: int, folder: Path) -> dict[str, object]:
    """LibreOffice opens the summary and saves it anew: CPU and peak memory, its start among them."""
    known, book = roster(count), folder / "汇总表.xlsx"
    summary = merge(check(Gathered(tuple(readings(count))), known), known, TOP)
    book.write_bytes(write_summary(summary, name=book.stem))
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / '.profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    cost = []
    for _ in range(2):  # its first start makes the profile
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "--outdir", folder / "again", book], check=True, capture_output=True, timeout=500)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"files": count, "in_it": len(summary.included), "size": book.stat().st_size, "cpu_first": cost[0], "cpu": cost[1],
            "peak": after.ru_maxrss / 1024}  # fmt: skip


def _in_year(received: Received, year: int, rng: random.Random) -> Filing:
    """A filing of another year, of figures and texts that the questions find something in."""
    came, saying = rng.randrange(90), min(int(rng.expovariate(0.02)), 299)
    partly, refused = rng.randrange(came // 6 + 1), rng.randrange(came // 3 + 1)
    own = f"{received.known.agency.name}{year} 年的一段话，说了不少。"
    texts = {"overview": (own, f"第{saying}号套话，年年月月都是这么写的，一字不改。")}
    figures = {"requests.new.natural": came, "requests.granted.natural": came - partly - refused, "requests.partial.natural": partly,
               "requests.unavailable.not_held.natural": refused, "disputes.review.corrected": int(rng.random() < 0.1),
               "disputes.direct.corrected": int(rng.random() < 0.02), "disputes.review.upheld": rng.randrange(3)}  # fmt: skip
    return replace(
        received.known, year=year, inputs={**dict.fromkeys(received.known.inputs, 0), **figures}, texts=texts
    )


def made_years(count: int, place: Path) -> None:
    """An archive of three made-up years."""
    from xltools.frames.archive import archived

    for year in (2021, 2022, 2023):
        rng = random.Random(year)
        those = [replace(r, filing=_in_year(r, year, rng)) for r in readings(count)]
        archived([check(Gathered(tuple(those)), roster(count))], place)


def asked(language: str, place: Path) -> tuple[str, ...]:
    """What docs/archive.md begins with in a language, then its five questions, over this archive."""
    page = (Path(__file__).parent.parent / "docs" / "archive.md").read_text("utf-8")
    return tuple(re.findall(rf"```{language}\n(.*?)```", page.replace("档案/", f"{place}/"), re.DOTALL))


def archive(count: int, folder: Path) -> dict[str, object]:
    """Three made-up years, and the five questions of docs/archive.md; DuckDB and pandas each in a process of its own."""
    place, start = folder / "档案", time.process_time()
    made_years(count, place)
    found: dict[str, object] = {"agencies": count, "write": time.process_time() - start, "peak_writing": peak(),
                                "size": sum(p.stat().st_size for p in folder.rglob("*.parquet"))}  # fmt: skip
    answers = []
    for ask in (in_duckdb, in_pandas):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            said, spent, most = pool.submit(ask, place).result()
        answers.append(said)
        found[ask.__name__] = {"begin": spent[0], "questions": spent[1:], "peak": round(most)}
    alike = [a == b and bool(a) for a, b in zip(*answers, strict=True)]
    return {**found, "rows": [len(a) for a in answers[0]], "alike": alike}


Answers = tuple[list[list[tuple[object, ...]]], list[float], float]
"""The rows of each answer, CPU seconds of the beginning and of each question, peak memory."""


def in_duckdb(place: Path) -> Answers:
    start = time.process_time()
    import duckdb

    base, (begin, *questions) = duckdb.connect(), asked("sql", place)
    base.execute(begin)
    spent, answers = [round(time.process_time() - start, 2)], []
    for question in questions:
        start = time.process_time()
        rows = base.execute(question).fetchall()
        spent.append(round(time.process_time() - start, 2))
        answers.append([_plain(row) for row in rows])
    return answers, spent, peak()


def in_pandas(place: Path) -> Answers:
    start, there = time.process_time(), dict[str, Any]()
    begin, *questions = asked("python", place)
    exec(begin, there)
    spent, answers = [round(time.process_time() - start, 2)], []
    for question in questions:
        start = time.process_time()
        exec(question, there)
        spent.append(round(time.process_time() - start, 2))
        answers.append([_plain(row) for row in there["answer"].itertuples(index=False, name=None)])
    return answers, spent, peak()


def _plain(row: Sequence[Any]) -> tuple[object, ...]:
    return tuple(v if isinstance(v, str) else round(float(v), 4) for v in row)


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


KINDS = {f.__name__: f for f in (growth, checked, above, parts, archive, office, paper)}
COUNTS = {
    "office": (500, 2000),
    "growth": (1000, 10_000, 150_000),
    "parts": (2000,),
    "archive": (1000,),
    "paper": (300,),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--files", type=int, nargs="+")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    for count in given.files or COUNTS[given.kind]:
        if not given.one:
            subprocess.run(
                [sys.executable, __file__, given.kind, "--files", str(count), "--one"], check=True, env=os.environ
            )
            continue
        with TemporaryDirectory() as name:
            told = KINDS[given.kind](count, given.folder or Path(name))
        print(
            json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in told.items()}, ensure_ascii=False),
            flush=True,
        )


if __name__ == "__main__":
    main()
