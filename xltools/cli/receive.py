"""``xltools receive``: files put among those received."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed

_HOW = {"new": "", "beside": "（同名的已有一份，加了序号）", "there": "（原来就有，没有重放）"}


@click.command("receive")
@click.argument("paths", nargs=-1, required=True, type=options.PATH, metavar="PATH…")
@options.as_json
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """把收到的文件、文件夹放进“回收”：要么全部放进去，要么一个也不放；不覆盖已有的。

    Puts files among those received, whole or not at all.
    """
    from xltools import api

    done = api.receive(paths)
    if as_json:
        screen.print_json(done.to_json())
        return
    for one in done.files:
        screen.say(f"{slashed(one.path)}{_HOW[one.how]}")
