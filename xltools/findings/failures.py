"""No file stops the others: what goes wrong in the program over one file is that file's finding, and the run goes on.

``apart`` is for what is done with one file after the other; ``going_on`` for what is done with all of them at once, where only
leaving files out tells over which of them it fails.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

from xltools.characters import visible
from xltools.errors import XltoolsError, why
from xltools.findings import Finding, finding
from xltools.outputs import slashed
from xltools.terms import Agency

Stage = Literal["read", "judge", "set", "show", "letter", "copy", "chat", "merge", "remember", "export", "report", "import",
                "frame"]  # fmt: skip
STAGES: dict[Stage, str] = {
    "read": "读取",
    "judge": "审核",
    "set": "与其他表一起核对",
    "show": "列出结果",
    "letter": "写退回单",
    "copy": "写标注的工作簿",
    "chat": "写催报与退改的话",
    "merge": "汇总",
    "remember": "记下这次的情况",
    "export": "导出",
    "report": "写年度报告",
    "import": "导入",
    "frame": "列成数据表",
}
"""What is done with a file, with the words for it."""

_LONGEST = 200
T = TypeVar("T")
R = TypeVar("R")


def debugging() -> bool:
    """Whether whoever mends the program wants to see every failure where it happens."""
    return bool(os.environ.get("XLTOOLS_DEBUG"))


def failure(problem: BaseException, stage: Stage, file: Path | str, agency: Agency | None = None) -> Finding:
    """The finding that the program failed over a file, and at what."""
    if isinstance(problem, XltoolsError):
        words = str(problem)
    elif isinstance(problem, OSError) and problem.errno:
        words = why(problem)
    else:
        words = f"程序内部出错，{type(problem).__name__}：{problem}".rstrip("：")
    return finding(
        "file-failed", file=slashed(Path(file)), agency=agency, stage=STAGES[stage], reason=visible(words)[:_LONGEST]
    )


@contextmanager
def apart(
    stage: Stage,
    file: Path | str,
    tell: Callable[[Finding], object],
    agency: Agency | None = None,
    but: tuple[type[Exception], ...] = (),
) -> Iterator[None]:
    """What is done with one file: whatever is raised, ``but`` what is named, is told as its finding.

    An interruption goes on up.
    """
    try:
        yield
    except Exception as problem:
        if debugging() or isinstance(problem, but):
            raise
        tell(failure(problem, stage, file, agency))


def going_on(items: Sequence[T], run: Callable[[Sequence[T]], R], instead: Callable[[T, Exception], T]) -> R:
    """What ``run`` makes of items; those over which it fails are told to ``instead``, and what that gives takes their place.

    What fails over no items at all, or still without the guilty ones, is raised: it is no item's fault. So is XltoolsError,
    which says that all of it cannot be done.
    """
    try:
        return run(items)
    except XltoolsError:
        raise
    except Exception:
        if debugging() or _raised((), run):
            raise
    guilty = {id(item): problem for item, problem in _guilty(items, run)}
    return run([instead(item, guilty[id(item)]) if id(item) in guilty else item for item in items])


def _guilty(items: Sequence[T], run: Callable[[Sequence[T]], object]) -> Iterator[tuple[T, Exception]]:
    """The items over which a run fails, each with what was raised: those over which it fails alone, found by halving.

    Where it fails over several together and over none alone, the one that is too many.
    """
    problem = _raised(items, run)
    if problem is None:
        return
    half = len(items) // 2
    found = [guilty for part in (items[:half], items[half:]) for guilty in _guilty(part, run)] if half else []
    if not found:
        last = bisect_left(range(1, len(items)), True, key=lambda count: bool(_raised(items[:count], run)))
        found = [(items[last], problem)]
    yield from found


def _raised(items: Sequence[T], run: Callable[[Sequence[T]], object]) -> Exception | None:
    """What a run over items raises, if it fails over them."""
    try:
        run(items)
    except XltoolsError:
        return None
    except Exception as problem:
        return problem
    return None
