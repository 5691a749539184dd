"""``xltools merge``: the summary workbook of all accepted filings."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("merge")
@click.argument("paths", nargs=-1, type=options.PATH, metavar="[PATH…]")
@options.roster
@click.option("-o", "--output", type=options.PATH, metavar="OUT.xlsx", help="汇总表写到哪个文件")
@options.year
@options.previous
@options.prefer
@options.jobs
@options.verbose
@click.option("--name", help="汇总单位的名称（名录上没有唯一的上级时）")
@click.option("--code", help="汇总单位的代码")
@click.option("--level", type=options.LEVEL, help="汇总单位的层级")
@click.option("--include-queried", is_flag=True, help="把只有“核实”问题的也汇总进去")
@options.as_json
@options.force
def command(
    paths: tuple[Path, ...], roster_path: Path | None, output: Path | None, year: int | None,
    previous_paths: tuple[Path, ...], prefer: str | None, jobs: int | None, verbose: bool, name: str | None, code: str | None,
    level: str | None, include_queried: bool, as_json: bool, force: bool,
) -> int:  # fmt: skip
    """把通过审核的填报表汇总成一份汇总表。在工作文件夹里不用给选项。

    The summary workbook of all accepted filings.
    """
    from xltools import api

    done = api.merge(paths, roster=roster_path, output=output, year=year, previous=previous_paths, prefer=prefer, jobs=jobs,
                     name=name, code=code, level=level, include_queried=include_queried, force=force,
                     progress=options.progress)  # fmt: skip
    options.print_hints(done.hints)
    if as_json:
        screen.print_json(done.to_json())
    else:
        whole = options.print_collection(done.collection, verbose=verbose, home=done.changes is not None,
                                         folded="在汇总表的“审核问题”里，加 -v 在这里看")  # fmt: skip
        if not whole:
            screen.say("逐项列出：在汇总表的“审核问题”里；加 -v 在这里看。")
        screen.say(f"汇总：{done.summary.status}")
        for left in done.left_out:
            screen.say(f"    没有计入：{slashed(left.path)}")
        if done.kept_words:
            screen.say(f"沿用了原汇总表里本级填写的：{done.kept_words}")
        screen.say(f"汇总表：{slashed(done.output)}")
        for path in done.beside:
            screen.say(f"数据：{slashed(path)}")
        # Who is lacking has been said.
        options.print_findings(f for f in done.made.findings if f.code != "summary-provisional")
        if done.made.unsettled:
            screen.say(f"这份汇总表现在上报会被退回，公布只能是草稿：{done.made.unsettled}。")
        options.print_changes(done.changes)
    return int(done.open_errors or bool(done.left_out))
