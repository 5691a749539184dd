"""Altered workbooks by the thousand: every kind of tests/alterations.py and alterations_seen.py, on filings the tests do not use.

    PYTHONPATH=tests python benchmarks/altered.py [--files 10000] [--first 24] [--both] [--kept FILE] [--minutes 8]

Prints every misreading as it is found, a line a filing on how far it is, and the sums at the end. With `--both` each file is read
the long way too (every part by zipfile, every sheet as a tree), and whatever the two tell otherwise is printed and counted. With
`--kept` what has been counted is kept in a file after every filing, and a run that was broken off, or stopped after `--minutes`,
goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import alterations_seen
from alterations import KINDS, SAMPLES, altered, misreadings, noises

from xltools.collection.check import check_file
from xltools.ooxml.package import Package
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.read import Received

assert alterations_seen

TOLD = "files", "whole", "named", "refused", "misread", "told otherwise"


def the_long_way(path: Path) -> Received:
    """What is read of a file where nothing is scanned and nothing unpacked at once: then no sheet has a pattern that would be known,
    so that each is held against the form cell by cell, and each figure is looked at."""
    with (
        mock.patch.object(ReceivedWorkbook, "_scanned", lambda *_: None),
        mock.patch.object(Package, "_unpacked", lambda *_: None),
    ):
        return check_file(path)


def one_filing(number: int, path: Path, *, both: bool) -> Counter[str]:
    """Every kind on one filing: how many files, and what became of them."""
    said: Counter[str] = Counter()
    for kind in KINDS.values():
        case = altered(kind, number)
        path.write_bytes(case.book.bytes())
        received = check_file(path)
        complaints = misreadings(case, received) + (noises(received) if kind.quiet else [])
        said["files"] += 1
        said["misread"] += bool(complaints)
        if both:
            said["told otherwise"] += (otherwise := the_long_way(path) != received)
            complaints += ["read otherwise the long way"] * otherwise
        if received.filing is None:
            said["refused"] += 1
        else:
            whole = received.filing.values == case.sample.filing.values
            said["whole" if whole else "named"] += 1
        for complaint in complaints:
            print(f"{kind.name}, filing {number}: {complaint}", flush=True)
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument(
        "--first", type=int, default=SAMPLES, help="the filing to begin with; the tests use those before it"
    )
    parser.add_argument("--both", action="store_true", help="read each the long way too")
    parser.add_argument("--kept", type=Path, help="where the counts are kept between runs")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    end = time.monotonic() + given.minutes * 60
    said: Counter[str] = Counter()
    number = given.first
    if given.kept and given.kept.exists():
        kept = json.loads(given.kept.read_text(encoding="utf-8"))
        said, number = Counter(kept["said"]), kept["next"]
    with TemporaryDirectory() as folder:
        while said["files"] < given.files and time.monotonic() < end:
            said += one_filing(number, Path(folder) / "表.xlsx", both=given.both)
            number += 1
            print(
                f"filings {given.first} to {number - 1}, {len(KINDS)} kinds: { ({name: said[name] for name in TOLD}) }",
                flush=True,
            )
            if given.kept:
                given.kept.write_text(json.dumps({"said": said, "next": number}), encoding="utf-8")


if __name__ == "__main__":
    main()
