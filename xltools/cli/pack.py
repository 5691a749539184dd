"""``xltools pack``: the summary and what goes with it, packed for the level above."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("pack")
@click.option("-o", "--output", type=options.PATH, metavar="OUT.zip", help="写到哪个文件（默认写到“汇总”）")
@options.force
@options.as_json
def command(output: Path | None, force: bool, as_json: bool) -> None:
    """把汇总表、正式表、年度报告打成一个压缩包，上报用。

    Packs the summary, its figures and the report for the level above.
    """
    from xltools import api

    done = api.pack(output, force=force)
    if done.outdated:
        screen.hint("汇总以后，来表、办理或者名录有了变动，压缩包里还是原来的数；请先重新汇总（xltools merge），再打包")
    if done.draft:
        screen.hint(done.draft)
    if done.left:
        screen.hint(
            f"{'、'.join(done.left)}太大，没有放进压缩包；上一级汇总、作为上年的表都用不着它，分析要用的请另外给"
        )
    if as_json:
        screen.print_json(done.to_json())
        return
    screen.say(slashed(done.output))
    for name in done.names:
        screen.say(f"    {name}")
