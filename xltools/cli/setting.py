"""``xltools setting``: an item of the sheet 设置 of the roster."""

from __future__ import annotations

import click

from xltools.cli import screen


@click.command("setting")
@click.argument("item")
@click.argument("words")
def command(item: str, words: str) -> None:
    """在名录的“设置”里写一项，例：xltools setting 报送期限 2026-01-20。

    Writes an item of the sheet of settings.
    """
    from xltools import api

    screen.say(f"写进了：{api.put_setting(item, words)}")
