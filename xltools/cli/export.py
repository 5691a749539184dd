"""``xltools export``: the figures of a filing, a summary or a folder, recomputed."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("export")
@click.argument("path", type=options.PATH)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "csv", "xlsx", "parquet"]),
    help="输出格式（默认按 -o 的后缀，没有就是 json）；xlsx 是正式表样、只有数值的一份；文件夹导出成 csv 或 parquet，一行一个数",
)
@click.option("-o", "--output", type=options.PATH, metavar="OUT", help="写到哪个文件（默认输出到屏幕）")
@options.roster
@options.previous
@options.jobs
@options.force
def command(path: Path, format_: str | None, output: Path | None, roster_path: Path | None,
            previous_paths: tuple[Path, ...], jobs: int | None, force: bool) -> int:  # fmt: skip
    """导出填报表、汇总表或者一个文件夹的数（重新计算）。

    The figures of a filing, a summary or a folder, recomputed.
    """
    from xltools import api
    from xltools.api.results import ExportedSet

    done = api.export(
        path, format=format_, output=output, roster=roster_path, previous=previous_paths, jobs=jobs, force=force
    )
    if not isinstance(done, ExportedSet):
        options.print_findings(done.findings, err=True)
    if done.content is None:
        return 1
    if output is None:
        screen.print_text(done.content.decode("utf-8-sig"))
    options.print_hints(done.hints)
    return int(done.open_errors)
