"""``xltools codes``: every finding code."""

from __future__ import annotations

import click

from xltools.cli import options, screen


@click.command("codes")
@options.as_json
def command(as_json: bool) -> None:
    """列出全部审核问题的编号、级别、含义和处理办法。

    Every finding code: severity, meaning, remedy.
    """
    from xltools import api
    from xltools.terms import SEVERITIES

    listed = api.codes().to_json()
    if as_json:
        screen.print_json(listed)
        return
    for code in listed:
        screen.say(f"{code['code']}　［{SEVERITIES[code['severity']]}］{code['meaning']}")
        screen.say(f"    → {code['remedy']}")
