"""``xltools blank``: blank workbooks for the agencies of a roster, or for one."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import inside, options, screen
from xltools.terms import LEVELS


@click.command("blank")
@click.option("--year", type=click.IntRange(1990, 2200), help="报告年度")
@options.roster
@options.previous
@click.option("--unlock-carried", is_flag=True, help="上年结转等带过来的数不锁定")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="地方补充项（可多次）")
@click.option("--name", help="只做一个单位：名称")
@click.option("--code", help="只做一个单位：代码")
@click.option("--level", type=click.Choice(list(LEVELS)), help="只做一个单位：层级")
@click.option("-o", "--output", "output", type=options.PATH, metavar="DIR", help="放在哪个文件夹")
@options.force
def command(
    year: int | None, roster_path: Path | None, previous_paths: tuple[Path, ...], unlock_carried: bool,
    supplements: tuple[str, ...], name: str | None, code: str | None, level: str | None, output: Path | None, force: bool,
) -> None:  # fmt: skip
    """按名录生成空白填报表，一个单位一份。在工作文件夹里只补做还没有的。

    Blank workbooks, one for each filing agency on the roster.
    """
    from xltools.collection.blank import blanks
    from xltools.errors import XltoolsError
    from xltools.form.model import Agency
    from xltools.outputs import write_all
    from xltools.terms import unfit

    if roster_path and (name or code or level):
        raise click.UsageError("--roster 和 --name/--code/--level 只能用一种。")
    one = bool(name or code or level)
    work = inside.settle(roster=roster_path, year=year, previous=previous_paths, supplements=supplements)
    if work.year is None:
        raise click.UsageError("缺少 --year；在 xltools init 建的工作文件夹里可以不给。")
    roster = None if one else work.load_roster()
    if roster is not None:
        agencies = [entry.agency for entry in roster.expected]
    elif name and code and level and name.strip() and code.strip():
        for reason in unfit(code, name):
            raise XltoolsError(reason)
        agencies = [Agency(code.strip(), name.strip(), level)]  # type: ignore[arg-type]
    else:
        raise click.UsageError("请给出名录 --roster，或者同时给出 --name、--code、--level。")
    if output is None:
        output, agencies = work.issue(agencies, force or one)
    previous = work.load_previous(roster)
    made = blanks(agencies, work.year, work.supplements, previous, lock=not unlock_carried)
    if previous is not None:
        told = [*previous.findings, *previous.lacking(agencies, work.year)]
        options.print_findings(told, err=True)
    if output.suffix.lower() == ".xlsx" and len(made) == 1:
        places = dict.fromkeys(made, output)
    else:
        places = {name: output / name for name in made}
    names = options.progress(list(made), "生成空白表")
    write_all(((places[name], made[name]) for name in names), list(places.values()), force=force)
    for path in places.values():
        screen.say(path)
