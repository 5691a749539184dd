"""``xltools blank``: blank workbooks for the agencies of a roster, or for one."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("blank")
@options.year
@options.family
@options.roster
@options.previous
@click.option("--unlock-carried", is_flag=True, help="上年结转等带过来的数不锁定")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="地方补充项（可多次）")
@click.option("--name", help="只做一个单位：名称")
@click.option("--code", help="只做一个单位：代码")
@click.option("--level", type=options.LEVEL, help="只做一个单位：层级")
@click.option("-o", "--output", "output", type=options.PATH, metavar="DIR", help="放在哪个文件夹")
@options.force
def command(
    year: int | None, family: str | None, roster_path: Path | None, previous_paths: tuple[Path, ...], unlock_carried: bool,
    supplements: tuple[str, ...], name: str | None, code: str | None, level: str | None, output: Path | None, force: bool,
) -> None:  # fmt: skip
    """按名录生成空白填报表，一个单位一份。在工作文件夹里只补做还没有的。

    Blank workbooks, one for each filing agency on the roster.
    """
    from xltools import api

    options.ask_back(year)

    done = api.blank(roster=roster_path, year=year, family=family, previous=previous_paths, unlock_carried=unlock_carried,
                     supplements=supplements, name=name, code=code, level=level, output=output, force=force,
                     progress=options.progress)  # fmt: skip
    for words in done.hints:
        screen.say(words, err=True)
    options.print_findings(done.findings, err=True)
    for path in done.files:
        screen.say(path)
