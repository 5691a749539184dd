"""``xltools check``: reads filings, recomputes, tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("check")
@click.argument("paths", nargs=-1, type=options.PATH, metavar="[PATH…]")
@options.roster
@options.year
@options.previous
@click.option("--parts", type=options.PATH, multiple=True, metavar="PATH", help="与这些下级的表相加的数核对（可多次）")
@options.prefer
@options.jobs
@click.option("--slips", type=options.PATH, metavar="DIR", help="给要更正的单位写退回单和标注的工作簿")
@click.option("-o", "--output", type=options.PATH, metavar="OUT.html", help="审核情况写成网页，用浏览器看、打印")
@options.force
@options.verbose
@options.as_json
def command(
    paths: tuple[Path, ...], roster_path: Path | None, year: int | None, previous_paths: tuple[Path, ...],
    prefer: str | None, parts: tuple[Path, ...], jobs: int | None, slips: Path | None,
    output: Path | None, force: bool, verbose: bool, as_json: bool,
) -> int:  # fmt: skip
    """审核填报表：重新计算，逐项列出问题。在工作文件夹里不用给 PATH。

    Checks filings: recomputes everything and reports findings.
    """
    from xltools import api

    done = api.check(paths, roster=roster_path, year=year, previous=previous_paths, prefer=prefer, parts=parts, slips=slips,
                     output=output, force=force, jobs=jobs, progress=options.progress)  # fmt: skip
    options.print_hints(done.hints)
    if as_json:
        screen.print_json(done.to_json())
    else:
        whole = options.print_collection(
            done.collection, verbose=verbose, slips=bool(done.slips), home=done.changes is not None
        )
        options.print_changes(done.changes)
        if done.slips:
            screen.say(f"{done.sent_in_words}，写在“{slashed(done.slips[-1].parent)}”。")
        if done.page:
            screen.say(f"审核情况：{slashed(done.page)}（每个问题都在里面；用浏览器打开，可以打印）")
        elif not whole:
            screen.say("逐项列出：加 -v 在这里看；加 -o 审核情况.html 写成网页，用浏览器看、打印。")
    return int(done.open_errors)
