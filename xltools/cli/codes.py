"""``xltools codes``: every finding code."""

from __future__ import annotations

import re

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
        screen.say(f"    → {_in_general(code['remedy'])}")


def _in_general(remedy: str) -> str:
    """A remedy without what only a finding fills in."""
    return re.sub(r"\{\w+\}", "…", remedy) if re.sub(r"\{\w+\}", "", remedy) else "按这个问题里写的办法"
