"""``xltools export``: the figures of a filing or summary, recomputed."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("export")
@click.argument("file", type=options.PATH)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "csv", "xlsx"]),
    default="json",
    help="输出格式；xlsx 是正式表样、只有数值的一份，要用 -o 给出文件名",
)
@click.option("-o", "--output", type=options.PATH, metavar="OUT", help="写到哪个文件（默认输出到屏幕）")
@options.force
def command(file: Path, format_: str, output: Path | None, force: bool) -> int:
    """导出填报表或汇总表的数（重新计算）。

    The figures of a filing or summary, recomputed.
    """
    from xltools import api

    done = api.export(file, format=format_, output=output, force=force)
    options.print_findings(done.findings, err=True)
    if done.content is None:
        return 1
    if output is None:
        screen.print_text(done.content.decode("utf-8-sig"))
    if done.open_errors:
        screen.hint(f"{file} 有读不出或读得不妥的格，详见 xltools check")
    return int(done.open_errors)
