"""``xltools export``: the figures of a filing or summary, recomputed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xltools.cli import options, screen

if TYPE_CHECKING:
    from xltools.findings import Finding
    from xltools.form.model import Filing


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

    from xltools.errors import XltoolsError
    from xltools.findings.failures import apart
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole
    from xltools.received.read import read_file

    if format_ == "xlsx" and output is None:
        raise click.UsageError("--format xlsx 要用 -o 给出输出文件名。")
    if output:
        refuse_inputs(output, file)
        refuse_existing([output], force)
    if not file.exists():
        raise XltoolsError(f"没有这个文件：{file}")
    received = read_file(file)
    if received.filing is None:
        options.print_findings(received.findings, err=True)
        return 1
    failed: list[Finding] = []
    with apart("export", file, failed.append, received.filing.agency, but=(XltoolsError,)):
        content = _content(received.filing, format_)
    if failed:
        options.print_findings(failed, err=True)
        return 1
    if output:
        write_whole(output, content, force=force)
    else:
        screen.print_text(content.decode("utf-8-sig"))
    if received.open_errors:
        screen.hint(f"{file} 有读不出或读得不妥的格，详见 xltools check")
    return 1 if received.open_errors else 0


def _content(filing: Filing, format_: str) -> bytes:
    """A filing in one of the formats."""
    from xltools.characters import escaped
    from xltools.received.exchange import filing_csv, filing_json

    if format_ == "xlsx":
        from xltools.workbook.official import write_official

        return write_official(filing)
    if format_ == "csv":
        # Excel takes a CSV for UTF-8 only with a byte order mark.
        return filing_csv(filing).encode("utf-8-sig")
    return (escaped(json.dumps(filing_json(filing), ensure_ascii=False, indent=1)) + "\n").encode()
