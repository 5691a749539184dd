"""What judging columns at once saves, and what the tidy table costs: ratios from one run, so that the machine does not count.

    python benchmarks/frames.py [--filings 300]

CPU time of the rules for columns over filings one by one and over whole columns; of ``frames.judge`` a filing at a time and over
the whole frame, which also takes the figures out of the frame and puts both sides into another. Then the tidy table of the same
filings: its rows, and these as a frame, as CSV and as Parquet.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

from xltools import frames
from xltools.editions import load_form
from xltools.form.model import Agency, Filing, Scope
from xltools.frames.forms import columns_of
from xltools.received.tidy import as_csv, as_parquet, lines
from xltools.terms import LEVELS

TIMES, FORM = 3, load_form("2021")


def filing(number: int) -> Filing:
    """A filing with a random figure in every cell."""
    rng, form = random.Random(number), FORM
    figures = {f.id: rng.randrange(300) for f in form.inputs}
    return Filing(form, Agency(f"{number:06d}", f"第{number}局", list(LEVELS)[number % 4]), 2023, inputs=figures)


def cpu(work: Callable[[], Any]) -> float:
    """The least CPU time of several runs, in milliseconds."""
    took = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return 1e3 * min(took)


def one_by_one(filings: list[Filing]) -> int:
    """The rules that are for columns, over each filing by itself."""
    count = 0
    for one in filings:
        figures = {f.id: one.values[f.id] for f in one.form.inputs}
        count += sum(rule.over(figures) is not None for rule in one.form.at(Scope(one.agency.level)))
    return count


def by_level(frame: Any) -> list[tuple[Scope, dict[str, Any]]]:
    """The figures of a frame as columns, for each level."""
    return [(Scope(level), columns_of(FORM, group)[0]) for level, group in frame.groupby("level")]


def over_columns(levels: list[tuple[Scope, dict[str, Any]]]) -> int:
    """The same, filings of a level at once."""
    count = 0
    for scope, columns in levels:
        size = len(next(iter(columns.values())))
        count += size * sum(rule.over(columns) is not None for rule in FORM.at(scope))
    return count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--filings", type=int, default=300)
    filings = [filing(number) for number in range(parser.parse_args().filings)]
    frame = frames.frame_of(filings)
    judged = frames.judge(frame)
    levels = by_level(frame)
    assert one_by_one(filings) == over_columns(levels) == len(judged)
    single, alone = cpu(lambda: one_by_one(filings)), cpu(lambda: over_columns(levels))
    whole, apart = (
        cpu(lambda: frames.judge(frame)),
        cpu(lambda: [frames.judge(frame.iloc[[n]]) for n in range(len(frame))]),
    )
    print(f"{len(filings)} filings, {len(judged)} judgements, ms of CPU:")
    print(f"  rules alone: one by one {single:.1f}, over columns {alone:.1f}: {single / alone:.0f} times faster")
    print(f"  frames.judge: a filing at a time {apart:.0f}, all at once {whole:.0f}: {apart / whole:.0f} times faster; "
          f"{whole / alone:.0f} times the rules alone, for figures in and out of the frame")  # fmt: skip
    known = [(one, None) for one in filings]
    costs = {
        "rows": lambda: sum(1 for _ in lines(known)),
        "frame": lambda: frames.tidy(filings),
        "csv": lambda: as_csv(known),
        "parquet": lambda: as_parquet(known),
    }
    print("  tidy: " + "; ".join(f"{name} {cpu(work):.0f}" for name, work in costs.items()))


if __name__ == "__main__":
    main()
