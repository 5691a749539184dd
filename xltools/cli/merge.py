"""``xltools merge``: the summary workbook of all accepted filings."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import inside, options, screen
from xltools.terms import LEVELS


@click.command("merge")
@click.argument("paths", nargs=-1, type=options.PATH, metavar="[PATH…]")
@options.roster
@click.option("-o", "--output", type=options.PATH, metavar="OUT.xlsx", help="汇总表写到哪个文件")
@options.year
@options.previous
@inside.prefer
@options.jobs
@click.option("--name", help="汇总单位的名称（名录上没有唯一的上级时）")
@click.option("--code", help="汇总单位的代码")
@click.option("--level", type=click.Choice(list(LEVELS)), help="汇总单位的层级")
@click.option("--include-queried", is_flag=True, help="把只有“核实”问题的也汇总进去")
@options.as_json
@options.force
def command(
    paths: tuple[Path, ...], roster_path: Path | None, output: Path | None, year: int | None,
    previous_paths: tuple[Path, ...], prefer: str | None, jobs: int | None, name: str | None, code: str | None,
    level: str | None, include_queried: bool, as_json: bool, force: bool,
) -> int:  # fmt: skip
    """把通过审核的填报表汇总成一份汇总表。在工作文件夹里不用给选项。

    The summary workbook of all accepted filings.
    """
    from xltools.errors import XltoolsError
    from xltools.form.model import Agency
    from xltools.outputs import refuse_existing, refuse_inputs, slashed, write_whole
    from xltools.summary import kept_words
    from xltools.summary.workbook import summarise

    work = inside.settle(paths, roster_path, year, previous_paths, prefer)
    roster = work.load_roster()
    if not work.paths or roster is None or not (output or work.season):
        lacking = "PATH" if not work.paths else "--roster" if roster is None else "-o"
        raise click.UsageError(f"缺少 {lacking}；在 xltools init 建的工作文件夹里可以不给。")
    if name and code and level:
        area = Agency(code, name, level)  # type: ignore[arg-type]
    elif name or code or level:
        raise click.UsageError("--name、--code、--level 要一起给出。")
    elif roster.top is not None:
        area = roster.top
    else:
        raise XltoolsError("名录上没有唯一的最上级单位；请用 --name、--code、--level 给出汇总单位")
    own, output = output is None, output or work.summary_path(area)
    refuse_inputs(output, *(path for path in (work.roster_path,) if path))
    earlier = options.replaced(output)
    # The working folder's own summary of the same area and year is replaced without being asked.
    force = force or (own and options.is_of(earlier, area, work.year))
    refuse_existing([output], force)
    if earlier is None and output.exists():
        raise XltoolsError(f"要覆盖的“{output}”读不出来，里面填写的文字、调整保不住；请先移走它，或者换一个文件名")
    previous = work.load_previous(roster)
    collection = work.check(roster, options.not_filings(work.roster_path, output), jobs, previous)
    kept = earlier if options.is_of(earlier, area, collection.year) else None
    summary, content = summarise(collection, roster, area, options.progress, include_queried=include_queried,
                                 previous=previous, kept=kept)  # fmt: skip
    words = kept_words(kept) if kept else ""
    write_whole(output, content, force=force)
    changes = work.remember(collection)
    if as_json:
        screen.print_json(
            {**summary.as_json(slashed(output), words), **({"changes": changes.as_json()} if changes else {})}
        )
    else:
        options.print_collection(collection)
        screen.say(f"汇总：{summary.status}")
        for left in summary.left_out:
            screen.say(f"    没有计入：{slashed(left.path)}")
        if words:
            screen.say(f"沿用了原汇总表里本级填写的：{words}")
        screen.say(f"汇总表：{slashed(output)}")
        for line in changes.lines() if changes else ():
            screen.say(line)
    return 1 if collection.open_errors or summary.left_out else 0
