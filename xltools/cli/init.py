"""``xltools init``: a working folder for one season."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("init")
@click.argument("folder", type=options.PATH, metavar="DIR")
@click.option("--year", type=options.PERIOD, required=True, help="报告年度；按期报的写 2026年上半年")
@click.option("--family", metavar="NAME", help="报表种类（几种报表放在一起时）")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="地方补充项（可多次）")
@click.option(
    "--after",
    type=options.PATH,
    metavar="LAST",
    help="上年的工作文件夹：报表种类、格式、名录、补充项照它的，上年的表就取它的",
)
@click.option("--force", is_flag=True, help="文件夹不空也可以；名录和办理记录不会被覆盖")
def command(
    folder: Path, year: int, family: str | None, supplements: tuple[str, ...], after: Path | None, force: bool
) -> None:
    """建一个填报季的工作文件夹，在里面运行各命令不用再给选项。

    A working folder for one season; commands run inside it need no options.
    """
    from xltools.season.home import lay_out
    from xltools.season.settings import ROSTERS

    for path in lay_out(folder, year, supplements, family=family, after=after, force=force):
        screen.say(path)
    screen.say(f"接下来：填好“{ROSTERS[0]}”，进入这个文件夹，运行 xltools blank 生成空白表；"
               "各单位报来的表放进“回收”，运行 xltools check 审核、xltools merge 汇总。")  # fmt: skip
