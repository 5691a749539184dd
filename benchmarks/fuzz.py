"""Files damaged at random, by the ten thousand: nothing may escape ``check_file``, and what a checksum protects is never misread.

    python benchmarks/fuzz.py [--files 10000] [--seed 1] [--jobs N] [--also FILE …]

Half of the files are damaged as bytes of the zip, where every part has its checksum: such a file is read with all its figures,
or something is told. The other half are damaged inside one XML part and packed again: there the figures may really be others.
Prints what became of the files; exit status 1 where an exception escaped, a file took ten seconds, or figures of the first
half were read otherwise without a word.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.workbook.write import write_filing

CHUNK = 250
SLOW = 10.0

# ── what is damaged ──────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def bases(also: tuple[str, ...]) -> list[bytes]:
    """Good files: both editions, a supplement, blanks and none; and files given."""
    found = []
    for edition, supplements, year in (("2019", ("jilin-2020",), 2020), ("2021", (), 2023), ("2021", (), 2024)):
        form = load_form(edition, supplements)
        rng = random.Random(year)
        figures = {f.id: rng.choice((None, 0, rng.randrange(9999))) for f in form.inputs}
        texts = {s.id: ("一段。", "又一段。") for s in form.text_sections}
        zero = frozenset(s.id for s in form.table_sections) if year == 2024 else frozenset()
        filing = Filing(form, Agency("1101", "示例局", "county"), year, inputs=figures, texts=texts, declared_zero=zero)
        found.append(write_filing(filing))
    return found + [Path(name).read_bytes() for name in also]


@lru_cache(maxsize=16)
def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


# ── how it is damaged ────────────────────────────────────────────────────────


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def overwrite(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    at, size = rng.randrange(len(out)), rng.choice((1, 2, 4, 8, 100))
    out[at : at + size] = rng.choice((rng.randbytes(size), b"\0" * size, b"\xff" * size))
    return bytes(out)


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] if rng.random() < 0.8 else data[rng.randrange(len(data)) :]


def cut_out(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 10, 1000)) :]


def splice(data: bytes, rng: random.Random) -> bytes:
    """A piece of it, or of itself elsewhere, put in or over."""
    start, at, size = rng.randrange(len(data)), rng.randrange(len(data)), rng.choice((1, 20, 500, 5000))
    return data[:at] + data[start : start + size] + data[at + rng.choice((0, size)) :]


def odd_number(data: bytes, rng: random.Random) -> bytes:
    """A number somewhere becomes an odd one."""
    spots = list(re.finditer(rb"\d+", data))
    if not spots:
        return flip(data, rng)
    spot = rng.choice(spots)
    odd = rng.choice((b"-1", b"0", b"99999999999", b"1e999", b"NaN", b"", b"1048577", b"9" * 5000, b"0x1F", b"1.5"))
    return data[: spot.start()] + odd + data[spot.end() :]


def odd_word(data: bytes, rng: random.Random) -> bytes:
    """A word of the XML somewhere becomes another one that stands in it."""
    words = list(re.finditer(rb"[A-Za-z]{1,20}", data))
    if len(words) < 2:
        return flip(data, rng)
    spot, other = rng.sample(words, 2)
    return data[: spot.start()] + other[0] + data[spot.end() :]


def element(data: bytes, rng: random.Random) -> bytes:
    """An element taken out, doubled, or put elsewhere."""
    spots = list(re.finditer(rb"<(\w+)[^<>]*(?:/>|>[^<>]*</\1>)", data))
    if not spots:
        return flip(data, rng)
    spot, other = rng.choice(spots), rng.choice(spots)
    way = rng.randrange(3)
    if way == 0:
        return data[: spot.start()] + data[spot.end() :]
    if way == 1:
        return data[: spot.end()] + spot[0] + data[spot.end() :]
    return data[: spot.start()] + other[0] + data[spot.end() :]


Damage = Callable[[bytes, random.Random], bytes]
OF_BYTES: tuple[Damage, ...] = (flip, flip, overwrite, truncate, cut_out, splice)
OF_XML: tuple[Damage, ...] = (
    flip,
    overwrite,
    truncate,
    cut_out,
    splice,
    odd_number,
    odd_number,
    odd_word,
    element,
    element,
)


def damaged_bytes(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    damage = rng.choice(OF_BYTES)
    kind = "zip" if content[:2] == b"PK" else "bytes"
    return f"{kind}: {damage.__name__}", damage(content, rng)


def damaged_part(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    """A part damaged, once or a few times, and the whole packed again; what is no zip is damaged as bytes."""
    if content[:2] != b"PK":
        return damaged_bytes(content, rng)
    found = dict(unpacked(content))
    part = rng.choice([name for name, data in found.items() if data])
    damage = rng.choice(OF_XML)
    for _ in range(rng.choice((1, 1, 1, 3))):
        found[part] = damage(found[part], rng) or b"<"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in found.items():
            package.writestr(name, data)
    return f"part: {damage.__name__}", out.getvalue()


# ── what becomes of it ───────────────────────────────────────────────────────


@dataclass
class Outcome:
    """What became of a number of files."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    escaped: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, other: Outcome) -> None:
        self.verdicts += other.verdicts
        self.codes += other.codes
        self.figures += other.figures
        self.escaped += other.escaped
        self.slowest = max(self.slowest, other.slowest)


def run(seed: int, count: int, also: tuple[str, ...]) -> Outcome:
    """Damages and reads some files."""
    outcome = Outcome()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "表.xlsx"
        good = []
        for content in bases(also):
            path.write_bytes(content)
            read = check_file(path)
            good.append((content, read.filing.values if read.filing else None, {f.code for f in read.findings}))
        for n in range(count):
            rng = random.Random(f"{seed} {n}")
            content, values, told = rng.choice(good)
            damage = damaged_bytes if n % 2 else damaged_part
            how, bad = damage(content, rng)
            path.write_bytes(bad)
            _read(path, how, values, told, outcome, f"seed {seed}, number {n}")
    return outcome


def _read(path: Path, how: str, values: object, told: set[str], outcome: Outcome, which: str) -> None:
    start = time.process_time()
    try:
        received = check_file(path)
        for found in received.findings:
            assert found.message and found.remedy and found.as_json()
    except BaseException:
        outcome.escaped.append(f"{which}, {how}:\n{traceback.format_exc()}")
        return
    finally:
        outcome.slowest = max(outcome.slowest, time.process_time() - start)
    outcome.verdicts[how, received.verdict] += 1
    codes = {f.code for f in received.findings}
    outcome.codes.update(codes if received.filing is None else ())
    half = how.partition(":")[0]
    if received.filing is None:
        outcome.figures[f"{half}: refused"] += 1
    elif received.filing.values == values:
        outcome.figures[f"{half}: all figures as in the original"] += 1
    elif codes - told - {"rule-failed", "likely-culprit"}:
        outcome.figures[f"{half}: other figures, something told"] += 1
    else:
        outcome.figures[f"{half}: other figures, nothing told"] += 1


def report(outcome: Outcome, seconds: float) -> None:
    verdicts = ("original", "resaved", "modified", "foreign", "unreadable")
    print(f"| damage | {' | '.join(verdicts)} |")
    print("|---|" + "---|" * len(verdicts))
    for how in sorted({how for how, _ in outcome.verdicts}):
        print(f"| {how} | {' | '.join(str(outcome.verdicts[how, v]) for v in verdicts)} |")
    print()
    for words, count in sorted(outcome.figures.items()):
        print(f"{count:6} {words}")
    print("refused with:", ", ".join(f"{code} {count}" for code, count in outcome.codes.most_common()))
    print(
        f"{len(outcome.escaped)} exceptions escaped; slowest file {outcome.slowest:.2f} s of CPU; {seconds:.0f} s in all"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--also", nargs="*", default=[], help="further good files to damage, of any kind")
    given = parser.parse_args()
    chunks = [(given.seed * 100_000 + n, min(CHUNK, given.files - n * CHUNK)) for n in range(-(-given.files // CHUNK))]
    outcome, start = Outcome(), time.monotonic()
    with ProcessPoolExecutor(given.jobs) as pool:
        for part in pool.map(run, *zip(*chunks, strict=True), [tuple(given.also)] * len(chunks)):
            outcome.add(part)
    report(outcome, time.monotonic() - start)
    print(*outcome.escaped[:5], sep="\n", file=sys.stderr)
    silent = outcome.figures["zip: other figures, nothing told"]
    return 1 if outcome.escaped or silent or outcome.slowest > SLOW else 0


if __name__ == "__main__":
    sys.exit(main())
