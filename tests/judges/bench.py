"""All judges, and what they say of all files: a table of how many files of each kind each judge saw and found sound."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import ModuleType

from judges import gnumeric, hyperformula, libraries, libreoffice, limits, packages, readers, sdk
from judges.outputs import Output

JUDGES: tuple[ModuleType, ...] = (packages, limits, sdk, libreoffice, gnumeric, hyperformula, readers, libraries)
"""In the order of the table."""

Counts = Mapping[str, tuple[int, int]]
"""By kind of file: how many a judge saw, how many it found sound."""


def heard(judge: ModuleType, outputs: Sequence[Output]) -> dict[Output, list[str]]:
    """What a judge says of each file; of a marked-up copy only what it did not say of the file as received."""
    taken = [output for output in outputs if judge.takes(output)]
    paths = dict.fromkeys(path for output in taken for path in (output.path, output.before) if path)
    said = judge.complaints(list(paths))
    return {o: list((Counter(said[o.path]) - Counter(said[o.before] if o.before else ())).elements()) for o in taken}


def counts(said: Mapping[Output, Sequence[str]]) -> Counts:
    kinds = dict.fromkeys(output.kind for output in said)
    return {
        kind: (sum(o.kind == kind for o in said), sum(o.kind == kind and not said[o] for o in said)) for kind in kinds
    }


def table(rows: Mapping[str, Counts]) -> list[str]:
    """The table as lines: a kind of file a row, a judge a column, sound/judged; "–" where a judge does not judge."""
    kinds = list(dict.fromkeys(kind for row in rows.values() for kind in row))
    cells = [["", *rows]] + [
        [kind, *(f"{row[kind][1]}/{row[kind][0]}" if kind in row else "–" for row in rows.values())] for kind in kinds
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def extremes(outputs: Sequence[Output]) -> list[str]:
    """How near to Excel's limits all the formulas come."""
    known = {"length": ("longest formula", limits.formulas.LENGTH), "arguments": ("most arguments", limits.formulas.ARGUMENTS),
             "depth": ("deepest formula", limits.formulas.DEPTH)}  # fmt: skip
    found = limits.extremes([o.path for o in outputs if limits.takes(o)])
    return [f"{words}: {found[what][0]} of {limit} ({found[what][1]})" for what, (words, limit) in known.items()]
