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
@click.option("--roster", type=options.PATH, metavar="FILE", help="现成的名录（.xlsx 或 .csv），照它的各行")
@click.option("--previous", type=options.PATH, multiple=True, metavar="PATH", help="上年的表在哪里（可多次）")
@click.option("--deadline", default="", help="报送期限，写在退回单上，例：2026-01-20")
@click.option("--contact", default="", help="联系人")
@click.option("--phone", default="", help="联系电话")
@click.option("--signature", default="", help="落款")
@click.option("--force", is_flag=True, help="文件夹不空也可以；名录和办理记录不会被覆盖")
def command(
    folder: Path, year: int, family: str | None, supplements: tuple[str, ...], after: Path | None, roster: Path | None,
    previous: tuple[Path, ...],
    deadline: str, contact: str, phone: str, signature: str, force: bool,
) -> None:  # fmt: skip
    """建一个填报季的工作文件夹，在里面运行各命令不用再给选项。

    A working folder for one season; commands run inside it need no options.
    """
    from xltools.season.home import lay_out, told_in
    from xltools.season.settings import ROSTERS

    letters = {"deadline": deadline, "contact": contact, "phone": phone, "signature": signature}
    said = {f"office.{key}": words for key, words in letters.items() if words}
    if previous:
        said["previous"] = "；".join(told_in(folder, path) for path in previous)
    for path in lay_out(folder, year, supplements, family=family, after=after, roster=roster, said=said, force=force):
        screen.say(path)
    screen.say(f"接下来：填好“{ROSTERS[0]}”，进入这个文件夹，运行 xltools blank 生成空白表；"
               "各单位报来的表放进“回收”，运行 xltools check 审核、xltools merge 汇总。")  # fmt: skip
