"""Draws the five answers of archive.md from three made-up years: ``python docs/archive_pictures.py``. Needs matplotlib and the
Noto CJK fonts."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from matplotlib import pyplot

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))

from sums import asked, made_years  # noqa: E402

AGENCIES, MOST = 1000, 12
"""So many a year; and as many bars as a picture has room for."""
pyplot.rcParams.update({"font.family": "Noto Sans CJK SC", "font.size": 9, "svg.hashsalt": "", "axes.spines.top": False,
                        "axes.spines.right": False, "figure.constrained_layout.use": True})  # fmt: skip
Rows = list[tuple[Any, ...]]


def granted(at: Any, rows: Rows) -> None:
    bars = at.bar([str(year) for year, _ in rows], [100 * float(share) for _, share in rows], 0.5, color="#2f6f9f")
    at.bar_label(bars, fmt="%.1f%%")
    at.set(title="予以公开、部分公开占办结的比例", ylim=(0, 110))


def corrected(at: Any, rows: Rows) -> None:
    for place, (name, column, colour) in enumerate((("复议纠正", 1, "#2f6f9f"), ("法院纠正", 2, "#c0603a"))):
        bars = at.bar(
            [n + 0.35 * place for n in range(len(rows))],
            [row[column] or 0 for row in rows],
            0.33,
            label=name,
            color=colour,
        )
        at.bar_label(bars, fmt="%d")
    at.set_xticks([n + 0.17 for n in range(len(rows))], [str(row[0]) for row in rows])
    at.set(title="被纠正的件数")
    at.margins(y=0.25)
    at.legend(frameon=False, ncols=2, loc="upper center")


def never(at: Any, rows: Rows) -> None:
    kinds: dict[str, int] = {}
    for (field,) in rows:
        kinds[".".join(field.split(".")[:2])] = kinds.get(".".join(field.split(".")[:2]), 0) + 1
    _across(at, sorted(kinds.items(), key=lambda kind: kind[1])[-MOST:])
    at.set(title="从来没有人填过的指标，按组计")


def repeated(at: Any, rows: Rows) -> None:
    most = sorted(rows, key=lambda row: row[1])[-MOST:]
    _across(at, [(f"{text[:9]}…（{years} 年）", agencies) for text, agencies, years in most])
    at.set(title="同一段话有几家写")


def jumps(at: Any, rows: Rows) -> None:
    at.scatter([float(row[2]) for row in rows], [float(row[3]) for row in rows], 6, color="#c0603a", alpha=0.5)
    at.set(title=f"新收申请翻三倍或跌到三分之一的，{len(rows)} 次", xlabel="上年", ylabel="本年")


def _across(at: Any, bars: list[tuple[str, int]]) -> None:
    at.bar_label(at.barh([name for name, _ in bars], [count for _, count in bars], color="#2f6f9f"))
    at.margins(x=0.1)


def main() -> None:
    with TemporaryDirectory() as name:
        made_years(AGENCIES, Path(name) / "档案")
        base, (begin, *questions) = duckdb.connect(), asked("sql", Path(name) / "档案")
        base.execute(begin)
        for draw, question in zip((granted, corrected, never, repeated, jumps), questions, strict=True):
            figure, at = pyplot.subplots(figsize=(5.2, 2.7))
            draw(at, base.execute(question).fetchall())
            figure.savefig(HERE / "pictures" / f"archive-{draw.__name__}.png", dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    main()
