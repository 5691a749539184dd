"""``xltools roster``: a roster looked over."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("roster")
@click.argument("file", required=False, type=options.PATH)
@options.as_json
def command(file: Path | None, as_json: bool) -> int:
    """看一遍名录有没有写错，逐行列出来；在工作文件夹里不用给文件。

    Looks a roster over, row by row.
    """
    from xltools import api

    done = api.check_roster(file)
    if as_json:
        screen.print_json(done.to_json())
    else:
        for words in done.found.complaints:
            screen.say(words, mark="× ", colour="red")
        screen.say(f"{len(done.found.rows)} 行，应报 {len(done.found.roster.expected)} 家。")
    return int(done.wrong)
