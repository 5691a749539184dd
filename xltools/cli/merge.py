"""``xltools merge``: the summary workbook of all accepted filings."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options
from xltools.terms import LEVELS


@click.command("merge")
@click.argument("paths", nargs=-1, required=True, type=options.PATH, metavar="PATH…")
@click.option("--roster", "roster_path", type=options.PATH, metavar="FILE", required=True, help="名录（.xlsx 或 .csv）")
@click.option("-o", "--output", type=options.PATH, required=True, metavar="OUT.xlsx", help="汇总表写到哪个文件")
@options.year
@options.previous
@options.jobs
@click.option("--name", help="汇总单位的名称（名录上没有唯一的上级时）")
@click.option("--code", help="汇总单位的代码")
@click.option("--level", type=click.Choice(list(LEVELS)), help="汇总单位的层级")
@click.option("--include-queried", is_flag=True, help="把只有“核实”问题的也汇总进去")
@options.as_json
@options.force
def command(
    paths: tuple[Path, ...], roster_path: Path, output: Path, year: int | None, previous_paths: tuple[Path, ...],
    jobs: int | None, name: str | None, code: str | None, level: str | None, include_queried: bool, as_json: bool, force: bool,
) -> int:  # fmt: skip
    """把通过审核的填报表汇总成一份汇总表。

    The summary workbook of all accepted filings.
    """
    from xltools.check import check
    from xltools.errors import XltoolsError
    from xltools.merge import kept_words, merge
    from xltools.merge.workbook import write_summary
    from xltools.model import Agency
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole

    refuse_inputs(output, roster_path)
    refuse_existing([output], force)
    roster = options.load_roster(roster_path)
    assert roster is not None
    if name and code and level:
        area = Agency(code, name, level)  # type: ignore[arg-type]
    elif name or code or level:
        raise click.UsageError("--name、--code、--level 要一起给出。")
    elif roster.top is not None:
        area = roster.top
    else:
        raise XltoolsError("名录上没有唯一的最上级单位；请用 --name、--code、--level 给出汇总单位")
    previous = options.load_previous(previous_paths, roster)
    ignore = options.not_filings(roster_path, output)
    collection = check(paths, roster, year, options.progress, ignore, jobs, previous)
    kept = options.earlier_summary(output, area, collection.year)
    summary = merge(collection, roster, area, include_queried=include_queried, previous=previous, kept=kept)
    write_whole(output, write_summary(summary, options.progress), force=force)
    if as_json:
        options.print_json(summary.as_json(str(output)))
    else:
        options.print_collection(collection)
        click.echo(f"汇总：{summary.status}")
        for left in summary.left_out:
            click.echo(f"    没有计入：{left.path}")
        if kept and (words := kept_words(kept)):
            click.echo(f"沿用了原汇总表里本级填写的：{words}")
        click.echo(f"汇总表：{output}")
    return 1 if collection.open_errors or summary.left_out else 0
