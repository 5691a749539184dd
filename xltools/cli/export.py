"""``xltools export``: the figures of a filing or summary, recomputed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from xltools.cli import options


@click.command("export")
@click.argument("file", type=options.PATH)
@click.option("--format", "format_", type=click.Choice(["json", "csv"]), default="json", help="输出格式")
@click.option("-o", "--output", type=options.PATH, metavar="OUT", help="写到哪个文件（默认输出到屏幕）")
@options.force
def command(file: Path, format_: str, output: Path | None, force: bool) -> int:
    """导出填报表或汇总表的数（重新计算）。

    The figures of a filing or summary, recomputed.
    """

    from xltools.errors import XltoolsError
    from xltools.exchange import filing_csv, filing_json
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole
    from xltools.workbook.read import read_file

    if output:
        refuse_inputs(output, file)
        refuse_existing([output], force)
    if not file.exists():
        raise XltoolsError(f"没有这个文件：{file}")
    received = read_file(file)
    if received.filing is None:
        options.print_findings(received.findings, err=True)
        return 1
    if format_ == "json":
        text = json.dumps(filing_json(received.filing), ensure_ascii=False, indent=1) + "\n"
    else:
        text = filing_csv(received.filing)
    if output:
        # Excel takes a CSV for UTF-8 only with a byte order mark.
        write_whole(output, text.encode("utf-8-sig" if format_ == "csv" else "utf-8"), force=force)
    else:
        click.echo(text, nl=False)
    if received.open_errors:
        click.echo(f"xltools：提示：{file} 有读不出或读得不妥的格，详见 xltools check", err=True)
    return 1 if received.open_errors else 0
