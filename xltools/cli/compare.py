"""``xltools compare``: two filings beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("compare")
@click.argument("one", type=options.PATH)
@click.argument("other", type=options.PATH)
@options.as_json
def command(one: Path, other: Path, as_json: bool) -> None:
    """两份填报表并排看：哪些数不同，文字、签字有什么不同。

    What differs between two filings.
    """
    from xltools import api

    told = api.compare(one, other).to_json()
    if as_json:
        screen.print_json(told)
        return
    screen.say(told["words"] or "两份内容相同。")
    for line in told["figures"]:
        screen.say(f"    “{line['sheet']}”{line['place']}：{line['one']} 与 {line['other']}")
