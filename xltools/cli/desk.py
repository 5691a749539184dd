"""``xltools desk``: the season in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("desk")
@click.argument("folder", type=options.PATH, metavar="[DIR]", required=False)
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="用哪个端口（默认：任一空着的）")
@click.option("--no-browser", is_flag=True, help="不打开浏览器，只写出网址")
def command(folder: Path | None, port: int | None, no_browser: bool) -> None:
    """在浏览器里办一季：各单位的情况、收表、退改、汇总、年度报告。只在本机，不联网。

    The season's page in the browser; local only, no network.
    """
    from xltools.desk import serve

    serve(folder or Path(), screen.say, port=port, browser=not no_browser)
