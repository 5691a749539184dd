"""Altered workbooks by the thousand: every kind of tests/alterations.py and alterations_seen.py, on filings the tests do not use.

    PYTHONPATH=tests python benchmarks/altered.py [--files 10000] [--first 24]

Prints every misreading as it is found, a line a filing on how far it is, and the sums at the end.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import alterations_seen
from alterations import KINDS, SAMPLES, altered, misreadings, noises

from xltools.collection.check import check_file

assert alterations_seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument(
        "--first", type=int, default=SAMPLES, help="the filing to begin with; the tests use those before it"
    )
    given = parser.parse_args()
    said: Counter[str] = Counter()
    number = given.first
    with TemporaryDirectory() as folder:
        path = Path(folder) / "表.xlsx"
        while said["files"] < given.files:
            for kind in KINDS.values():
                case = altered(kind, number)
                path.write_bytes(case.book.bytes())
                received = check_file(path)
                complaints = misreadings(case, received) + (noises(received) if kind.quiet else [])
                said["files"] += 1
                said["misread"] += bool(complaints)
                if received.filing is None:
                    said["refused"] += 1
                else:
                    whole = received.filing.values == case.sample.filing.values
                    said["whole" if whole else "named"] += 1
                for complaint in complaints:
                    print(f"{kind.name}, filing {number}: {complaint}", flush=True)
            number += 1
            print(f"filings {given.first} to {number - 1}, {len(KINDS)} kinds: {dict(said)}", flush=True)


if __name__ == "__main__":
    main()
