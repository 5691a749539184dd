"""``xltools forms``: the editions and supplements, one edition whole, and forms of an office's own."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.group("forms")
def command() -> None:
    """查看格式版本和地方补充项，画新的格式。

    The editions and supplements; forms drawn in Excel.
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
        kind = f"{form['family']}　" if form["family"] else ""
        screen.say(f"{kind}{form['edition']}　{form['basis']}　{first}—{last or '至今'} 年度　{form['fields']} 个指标"
                   f"　文字核对 {form['phrases']} 种说法")  # fmt: skip
        for gap in form["gaps"]:
            screen.say(f"    注意：{gap}")
    for name in listed["supplements"]:
        screen.say(f"补充项　{name['id']}　{name['title']}")
    for words in listed["problems"]:
        screen.say(words, err=True)


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


@command.command("draft")
@click.argument("edition")
@click.option(
    "--for", "year", type=click.IntRange(1990, 2200), metavar="YEAR", help="作为接着它的一版的开头，从哪个年度起用"
)
@click.option("--supplement", metavar="ID", help="作为它的地方补充项的开头，给补充项一个编号")
@click.option("--pack", metavar="ID", help="写一张空的规则包（Excel 列表），给规则包一个编号")
@click.option("-o", "--output", type=options.PATH, required=True, metavar="X.xlsx", help="写到哪个文件")
@options.force
def draft(edition: str, year: int | None, supplement: str | None, pack: str | None, output: Path, force: bool) -> None:
    """把一个格式写成表样（Excel 工作簿），在上面改出新的格式，或者加上本地的行；规则包写成列表。

    A form as a drawing, to be edited in Excel.
    """
    from xltools import api

    screen.say(api.draft_form(edition, output, year=year, supplement=supplement, pack=pack, force=force).output)


@command.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.as_json
def check(files: tuple[str, ...], as_json: bool) -> int:
    """检查表样（.xlsx）、格式定义（.toml）或者已有的格式：全部错误一次列出，写明在哪一格、怎么改。

    Every mistake of drawings or definition files at once.
    """
    from xltools import api

    done = api.check_forms(*files)
    if as_json:
        screen.print_json(done.to_json())
        return int(done.mistaken)
    for form in done.forms:
        mark, colour = ("×", "red") if form.mistakes else ("√", "green")
        fields = (
            f"，{len(form.form.fields)} 个指标、{len(form.form.rules)} 条规则"
            if form.form and not form.mistakes
            else ""
        )
        screen.say(
            f" {form.name}　错误 {len(form.mistakes)} 处，提示 {len(form.remarks)} 处{fields}", mark=mark, colour=colour
        )
        print_told(form.mistakes, "错误", "red")
        print_told(form.remarks, "提示", "cyan")
    return int(done.mistaken)


def print_told(found: tuple[object, ...], word: str, colour: str, *, err: bool = False) -> None:
    """Mistakes or remarks as lines: where, what, what to do."""
    from xltools.errors import FormError

    for told in found:
        assert isinstance(told, FormError)
        screen.say(f"{told.key}：{told.reason}", mark=f"［{word}］", colour=colour, before="    ", err=err)
        if told.remedy:
            screen.say(f"          → {told.remedy}。", err=err)


@command.command("new")
@click.argument("drawing", type=options.PATH, metavar="X.xlsx")
@click.option("-o", "--output", type=options.PATH, metavar="DIR", help="放在哪个文件夹（默认：工作文件夹的 格式/）")
@options.force
def new(drawing: Path, output: Path | None, force: bool) -> int:
    """由表样做成格式，写成 格式/编号.toml；有错误的不写，全部列出。

    A form made of a drawing.
    """
    from xltools import api

    checked = api.check_forms(drawing)
    if checked.mistaken:
        print_told(checked.forms[0].mistakes, "错误", "red", err=True)
        screen.say(f"有 {len(checked.forms[0].mistakes)} 处错误，没有写", err=True)
        return 1
    done = api.new_form(drawing, output, force=force)
    print_told(done.remarks, "提示", "cyan", err=True)
    screen.say(done.output)
    return 0


@command.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("-o", "--output", type=options.PATH, metavar="OUT", help="写到哪个文件（.docx 或 .html）")
@options.as_json
@options.force
def diff(old: str, new: str, output: Path | None, as_json: bool, force: bool) -> None:
    """比较两个格式（编号、格式定义或者表样）：新增、取消、改名、合计、勾稽关系和级别的变动。

    What changed between two forms, in words.
    """
    from xltools import api

    done = api.diff_forms(old, new, output, force=force)
    if as_json:
        screen.print_json(done.to_json())
    elif done.output is not None:
        screen.say(done.output)
    else:
        for change in done.changes:
            screen.say(change.line)
        if not done.changes:
            screen.say("两个格式相同")


@command.command("try")
@click.argument("file")
@click.option("-o", "--output", type=options.PATH, required=True, metavar="DIR", help="写到哪个文件夹")
@options.force
def try_(file: str, output: Path, force: bool) -> None:
    """试一个格式：写出空白表和试填的表，每条勾稽关系给出成立的数和不成立的数。

    A form tried on sample figures.
    """
    from xltools import api
    from xltools.terms import LEVELS, SEVERITIES

    done = api.try_form(file, output, force=force)
    for one in done.relations:
        level = f"（{LEVELS[one.level]}）" if one.level else ""
        screen.say(f"［{SEVERITIES[one.severity]}］{level}{one.text}　[{one.id}]")
        for word, sides in (("成立", one.holding), ("不成立", one.failing)):
            figures = f"左边 {sides[0]}，右边 {sides[1]}" if sides else "没有试出这样的数，请看看这一条写得对不对"
            screen.say(f"    {word}：{figures}")
    for path in done.files:
        screen.say(path)


@command.command("accept")
@click.argument("filing", type=options.PATH)
@click.option("--apart", is_flag=True, help="与已有的编号、名称有冲突，也收下，各用各的编号")
@options.force
def accept(filing: Path, apart: bool, force: bool) -> None:
    """收下填报表带来的格式（本程序还没有的），放进 格式/。

    Takes over the form that came with a filing.
    """
    from xltools import api
    from xltools.errors import Clashing

    try:
        taken = api.accept_form(filing, apart=apart, force=force)
    except Clashing as problem:
        raise Clashing(f"{problem}：加 --apart") from None
    for written in taken:
        print_told(written.remarks, "提示", "cyan", err=True)
        screen.say(written.output)
