"""``xltools import``: published reports read back into filled workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from xltools.cli import options, screen
from xltools.terms import LEVELS, Level


@click.command("import")
@click.argument("report", type=options.PATH, required=False)
@click.option("--folder", type=options.PATH, metavar="DIR", help="导入一个文件夹里的全部报告")
@click.option(
    "-o", "--output", type=options.PATH, required=True, metavar="OUT", help="写到哪个工作簿；--folder 时是文件夹"
)
@options.year
@click.option("--name", help="单位名称（默认：报告标题里的）")
@click.option("--code", help="单位代码（默认：用名称代替）")
@click.option("--level", type=click.Choice(list(LEVELS)), help="单位层级（默认：从名称认定）")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="地方补充项（可多次；默认：报告里有的）")
@options.roster
@options.force
def command(
    report: Path | None, folder: Path | None, output: Path, year: int | None, name: str | None, code: str | None,
    level: str | None, supplements: tuple[str, ...], roster_path: Path | None, force: bool,
) -> int:  # fmt: skip
    """把已发布的年度报告（.txt .html .docx .pdf）读回填报表。

    Reads published annual reports back into filled workbooks.
    """
    from xltools.errors import XltoolsError
    from xltools.ingest.report import Asked
    from xltools.ingest.run import import_all, import_one, reports_in
    from xltools.outputs import slashed
    from xltools.terms import unfit

    if (report is None) == (folder is None):
        raise click.UsageError("请给出一份报告，或者用 --folder 给出一个文件夹（只能用一种）。")
    for reason in unfit(code or "", name or ""):
        raise XltoolsError(reason)
    roster = options.load_roster(roster_path)
    asked = Asked(year, (name or "").strip(), (code or "").strip(), cast("Level | None", level), supplements, roster)
    if report is not None:
        done = [import_one(report, output, asked, force=force)]
    else:
        assert folder is not None
        if name or code:
            raise click.UsageError("--name、--code 只用于一份报告；一个文件夹用 --roster。")
        done = import_all(options.progress(reports_in(folder), "导入"), output, asked, force=force)
    for item in done:
        if item.output:
            screen.say(item.output)
        else:
            screen.say(mark=f"没有导入：{slashed(item.source)}", colour="red")
        options.print_findings(item.findings)
    if len(done) > 1:
        screen.say(f"共 {len(done)} 份，导入 {sum(item.output is not None for item in done)} 份。")
    return 1 if any(item.open_errors for item in done) else 0
