"""``xltools import``: published reports read back into filled workbooks."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("import")
@click.argument("report", type=options.PATH, required=False)
@click.option("--folder", type=options.PATH, metavar="DIR", help="导入一个文件夹里的全部报告")
@click.option(
    "-o", "--output", type=options.PATH, required=True, metavar="OUT", help="写到哪个工作簿；--folder 时是文件夹"
)
@options.year
@options.family
@click.option("--name", help="单位名称（默认：报告标题里的）")
@click.option("--code", help="单位代码（默认：用名称代替）")
@click.option("--level", type=options.LEVEL, help="单位层级（默认：从名称认定）")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="地方补充项（可多次；默认：报告里有的）")
@options.roster
@options.force
def command(
    report: Path | None, folder: Path | None, output: Path, year: int | None, family: str | None, name: str | None,
    code: str | None, level: str | None, supplements: tuple[str, ...], roster_path: Path | None, force: bool,
) -> int:  # fmt: skip
    """把已发布的年度报告（.txt .html .docx .pdf）读回填报表。

    Reads published annual reports back into filled workbooks.
    """
    from xltools import api

    done = api.import_report(report, output, folder=folder, year=year, name=name, code=code, level=level,
                             supplements=supplements, family=family, roster=roster_path, force=force,
                             progress=options.progress)  # fmt: skip
    for item in done.items:
        if item.output:
            screen.say(item.output)
        else:
            screen.say(mark=f"没有导入：{slashed(item.source)}", colour="red")
        options.print_findings(item.findings)
    if len(done.items) > 1:
        screen.say(f"共 {len(done.items)} 份，导入 {sum(item.output is not None for item in done.items)} 份。")
    return int(done.open_errors)
