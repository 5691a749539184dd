"""``xltools choose``: which of an agency's files counts."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("choose")
@click.argument("file", type=options.PATH)
@options.as_json
def command(file: Path, as_json: bool) -> None:
    """一个单位报来几份不同的表时，这一份作数；其余的移到“未采用”。

    Lets one of an agency's files count; the others are put aside.
    """
    from xltools import api

    done = api.choose(file)
    if as_json:
        screen.print_json(done.to_json())
        return
    screen.say(f"作数的是：{slashed(done.file)}")
    for path in done.aside:
        screen.say(f"移到了：{slashed(path)}")
