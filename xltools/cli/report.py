"""``xltools report``: the published annual report of a filing or summary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xltools.cli import inside, options, screen

if TYPE_CHECKING:
    from xltools.findings import Finding
    from xltools.report.content import Report


@click.command("report")
@click.argument("file", type=options.PATH)
@click.option("-o", "--output", type=options.PATH, required=True, metavar="OUT", help="写到哪个文件（.docx 或 .html）")
@options.previous
@options.force
def command(file: Path, output: Path, previous_paths: tuple[Path, ...], force: bool) -> int:
    """把填报表或汇总表写成可以公布的年度报告（Word 或网页）。

    The publishable annual report of a filing or summary.
    """
    from dataclasses import replace

    from xltools.errors import XltoolsError
    from xltools.findings.failures import apart
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole
    from xltools.report.content import report_of

    ending = output.suffix.lower()
    if ending not in (".docx", ".html", ".htm"):
        raise click.UsageError(f"只能写成 .docx 或 .html，不是“{output.suffix}”。")
    refuse_inputs(output, file, *previous_paths)
    refuse_existing([output], force)
    if not file.is_file():
        raise XltoolsError(f"没有这个文件：{file}")
    # In a working folder what the office settled there counts; the file may be of another year, and alone.
    work = replace(inside.settle((file,), previous=previous_paths), year=None)
    [received] = work.check(None, frozenset(), 1, work.load_previous(work.load_roster())).received
    if received.filing is None:
        options.print_findings(received.findings, err=True)
        return 1
    failed: list[Finding] = []
    with apart("report", file, failed.append, received.filing.agency, but=(XltoolsError,)):
        report = report_of(received)
        content = _content(report, ending)
    if failed:
        options.print_findings(failed, err=True)
        return 1
    write_whole(output, content, force=force)
    screen.say(output)
    if report.draft:
        screen.hint(f"{report.draft}详见 xltools check")
    if report.lacking:
        screen.hint(f"“{'”“'.join(report.lacking)}”还没有文字，公布以前要写上")
    return 1 if received.open_errors else 0


def _content(report: Report, ending: str) -> bytes:
    """A report in one of the formats."""
    if ending == ".docx":
        from xltools.report.word import word_report

        return word_report(report)
    from xltools.report.page import page_report

    return page_report(report).encode()
