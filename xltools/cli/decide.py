"""``xltools decide``: a query that the office settled itself, written into 办理记录."""

from __future__ import annotations

import click

from xltools.cli import screen


@click.command("decide")
@click.argument("agency", metavar="CODE")
@click.argument("item", metavar="ITEM")
@click.option("--by", required=True, help="经办人")
@click.option("--date", required=True, help="日期，例：2026-01-20")
@click.option("--words", required=True, help="处理情况：怎样核实的")
def command(agency: str, item: str, by: str, date: str, words: str) -> None:
    """在“办理记录”里写一行：本级打电话问清楚了，某单位的某项“核实”了结。

    Writes into 办理记录 that the office settled a query itself.
    """
    from xltools import api

    screen.say(f"写进了：{api.decide(agency, item, by=by, date=date, words=words)}；下次审核生效。")
