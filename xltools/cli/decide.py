"""``xltools decide``: a query that the office settled itself, written into 办理记录."""

from __future__ import annotations

import click

from xltools.cli import screen


@click.command("decide")
@click.argument("agency", metavar="CODE")
@click.argument("item", metavar="ITEM")
@click.option("--by", default="", help="经办人")
@click.option("--date", default="", help="日期，例：2026-01-20")
@click.option("--words", default="", help="处理情况：怎样核实的")
@click.option("--undo", is_flag=True, help="撤销：从“办理记录”里去掉这一项")
def command(agency: str, item: str, by: str, date: str, words: str, undo: bool) -> None:
    """在“办理记录”里写一行：本级打电话问清楚了，某单位的某项“核实”了结；或者撤销。

    Writes down that the office settled a query itself, or takes it out again.
    """
    from xltools import api

    if undo:
        screen.say(f"去掉了：{api.undecide(agency, item)}；下次审核生效。")
        return
    screen.say(f"写进了：{api.decide(agency, item, by=by, date=date, words=words)}；下次审核生效。")
