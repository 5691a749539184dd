"""``xltools fill``: values from JSON into a blank."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("fill")
@click.argument("blank", type=options.PATH)
@click.argument("values", type=options.PATH)
@click.option("-o", "--output", type=options.PATH, required=True, metavar="OUT.xlsx", help="写到哪个文件")
@options.force
def command(blank: Path, values: Path, output: Path, force: bool) -> int:
    """把 JSON 里的数、文字和签字项填进空白表。

    Writes values, texts and sign-off from JSON into a blank.
    """
    from xltools import api

    done = api.fill(blank, values, output, force=force)
    options.print_hints(done.hints)
    screen.say(done.output)
    options.print_findings(done.findings)
    return int(bool(done.findings))
