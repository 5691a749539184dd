"""``xltools report``: the published annual report of a filing or summary."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("report")
@click.argument("file", type=options.PATH)
@click.option("-o", "--output", type=options.PATH, required=True, metavar="OUT", help="写到哪个文件（.docx 或 .html）")
@click.option("--address", default="", help="开头一段里请人咨询的地址")
@click.option("--email", default="", help="开头一段里请人咨询的电子邮箱")
@options.previous
@options.force
def command(file: Path, output: Path, address: str, email: str, previous_paths: tuple[Path, ...], force: bool) -> int:
    """把填报表或汇总表写成可以公布的年度报告（Word 或网页）。

    The publishable annual report of a filing or summary.
    """
    from xltools import api

    done = api.report(file, output, address=address, email=email, previous=previous_paths, force=force)
    options.print_findings(done.findings, err=True)
    if done.output is not None:
        screen.say(done.output)
    options.print_hints(done.hints)
    return int(done.open_errors or done.output is None)
