"""``PYTHONPATH=tests python -m judges``: all judges over every kind of file; prints a table, ends with 1 for a complaint."""

import sys
import tempfile
from pathlib import Path

import office

from judges import bench
from judges.outputs import made


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        outputs = made(home, None if office.lacking() else office.Office(home / "office"))
        rows, bad = {}, 0
        for judge in bench.JUDGES:
            if judge.lacking():
                print(f"{judge.NAME}: not here: {judge.lacking()}", file=sys.stderr)
                continue
            said = bench.heard(judge, outputs)
            rows[judge.NAME] = bench.counts(said)
            for output, complaints in said.items():
                bad += bool(complaints)
                for words in complaints[:5]:
                    print(f"{judge.NAME}: {output.path.name}: {words}")
        print(*bench.table(rows), *bench.extremes(outputs), sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
