"""``xltools forms``: the editions and supplements, and one edition whole."""

from __future__ import annotations

import click

from xltools.cli import options, screen


@click.group("forms")
def command() -> None:
    """查看格式版本和地方补充项。

    The editions and supplements.
    """


@command.command("list")
@options.as_json
def list_(as_json: bool) -> None:
    """列出全部格式版本和补充项。

    Lists the editions and supplements.
    """
    from xltools import api

    listed = api.forms().to_json()
    if as_json:
        screen.print_json(listed)
        return
    for form in listed["editions"]:
        first, last = form["years"]
        screen.say(f"{form['edition']}　{form['basis']}　{first}—{last or '至今'} 年度　{form['fields']} 个指标"
                   f"　文字核对 {form['phrases']} 种说法")  # fmt: skip
        for gap in form["gaps"]:
            screen.say(f"    注意：{gap}")
    for name in listed["supplements"]:
        screen.say(f"补充项　{name['id']}　{name['title']}")


@command.command("show")
@click.argument("edition")
@click.option("--supplement", "supplements", multiple=True, metavar="ID", help="加上地方补充项（可多次）")
@options.as_json
def show(edition: str, supplements: tuple[str, ...], as_json: bool) -> None:
    """列出一个格式版本的指标、单元格和勾稽关系。

    One edition's fields, cells and relations.
    """
    from xltools import api
    from xltools.terms import SEVERITIES

    described = api.forms(edition, supplements).to_json()
    if as_json:
        screen.print_json(described)
        return
    first, last = described["years"]
    screen.say(f"格式版本 {edition}　{described['basis']}　{first}—{last or '至今'} 年度")
    for field in described["fields"]:
        kind = "合计" if field["kind"] == "total" else "填数"
        screen.say(f"  {field['sheet']}!{field['cell']}　{kind}　{field['label']}　[{field['id']}]")
    screen.say("勾稽关系：")
    for relation in described["relations"]:
        screen.say(f"  ［{SEVERITIES[relation['severity']]}］{relation['text']}　[{relation['id']}]")
