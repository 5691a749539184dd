"""``xltools aside``: files taken from among those received, and put back."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("aside")
@click.argument("files", nargs=-1, required=True, type=options.PATH, metavar="FILE…")
@click.option("--back", is_flag=True, help="从“未采用”放回“回收”")
@options.as_json
def command(files: tuple[Path, ...], back: bool, as_json: bool) -> None:
    """把“回收”里的文件移到“未采用”（不丢），或者放回来。

    Puts received files aside, or back.
    """
    from xltools import api

    done = api.aside(files, back=back)
    if as_json:
        screen.print_json(done.to_json())
        return
    for _, now in done.files:
        screen.say(f"移到了：{slashed(now)}")
