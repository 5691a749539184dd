"""How much of labelled passages the reader of prose reads, and how much of that is right.

    python benchmarks/prose.py [--before COMMIT] [--filings 2000] [--show]

For each set of passages (``tests/passages.py``; those of ``../shared`` where they are there) recall and precision, and with
``--before`` those of an earlier commit; what is missed, by cause; then filings whose text agrees with their tables: findings on
them are false alarms; and the same with one figure put wrong: the share that is told. ``--show`` prints every miss and error.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

import passages  # noqa: E402


def scores() -> dict[str, passages.Score]:
    """The score of every set that is there."""
    return {name: passages.score(rows) for name in passages.SETS if (rows := passages.rows(name))}


def earlier(commit: str) -> dict[str, list[float]]:
    """Recall and precision of every set as the code of a commit reads it."""
    archive = subprocess.run(["git", "archive", commit, "xltools"], cwd=ROOT, check=True, capture_output=True).stdout
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        env = {**os.environ, "PYTHONPATH": folder}
        run = subprocess.run([sys.executable, __file__, "--json"], env=env, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="COMMIT")
    parser.add_argument("--filings", type=int, default=2000)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    found = scores()
    if asked.json:
        print(json.dumps({name: [score.recall, score.precision] for name, score in found.items()}))
        return
    before = earlier(asked.before) if asked.before else {}
    print(
        "| set | passages | figures | recall | precision |" + (" recall before | precision before |" if before else "")
    )
    print("|---|---|---|---|---|" + ("---|---|" if before else ""))
    for name, score in found.items():
        was = "".join(f" {value:.3f} |" for value in before.get(name, []))
        print(f"| {name} | {score.passages} | {score.wanted} | {score.recall:.3f} | {score.precision:.3f} |{was}")
    why: Counter[str] = Counter()
    for score in found.values():
        why += passages.causes(score.missed)
    print("\n| what is still missed | figures |\n|---|---|")
    for cause, count in why.most_common():
        print(f"| {cause} | {count} |")
    if asked.show:
        for name, score in found.items():
            for kind, many in (("missed", score.missed), ("wrong", score.wrong)):
                for row, label, figure in many:
                    print(f"{name}: {kind} {label} = {figure:g}: {row['text']}")
    every = [row for name in found for row in passages.rows(name)]
    told = passages.judged(every, asked.filings, wrong=True)
    print(f"\n{told.filings} filings whose text agrees with their tables: {len(told.false)} findings")
    print(f"one figure put wrong, {told.wrong} times: told {told.told / told.wrong:.3f}")
    for message in told.false[:20] if asked.show else ():
        print(message)


if __name__ == "__main__":
    main()
