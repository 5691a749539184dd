"""``xltools demo``: a whole season in a minute."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("demo")
@click.argument("folder", type=options.PATH, metavar="DIR")
@options.force
def command(folder: Path, force: bool) -> None:
    """演示一整个填报季：名录、空白表、填报、审核、汇总。

    A whole season in a minute: roster, blanks, filings, check, summary.
    """
    from xltools.demo import play

    for line in play(folder, force=force):
        screen.say(line)
