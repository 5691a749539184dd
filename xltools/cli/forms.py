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
    from xltools.editions.describe import forms_list

    listed = forms_list()
    if as_json:
        screen.print_json(listed)
        return
    for form in listed["editions"]:
        first, last = form["years"]
        screen.say(f"{form['edition']}　{form['basis']}　{first}—{last or '至今'} 年度　{form['fields']} 个指标")
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
    from xltools.editions import load_form
    from xltools.editions.describe import form_json
    from xltools.terms import SEVERITIES

    described = form_json(load_form(edition, supplements))
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
