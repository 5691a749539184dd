"""``xltools show``: a filing or summary as it is looked at."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("show")
@click.argument("file", type=options.PATH)
@options.previous
@options.as_json
def command(file: Path, previous_paths: tuple[Path, ...], as_json: bool) -> int:
    """看一份填报表或汇总表：每格的数、上年的数、有没有问题。

    A filing or summary cell by cell, with last year's figures.
    """
    from xltools import api
    from xltools.periods import in_words, spoken

    done = api.show(file, previous=previous_paths)
    told = done.to_json()
    if as_json:
        screen.print_json(told)
        return int(done.received.open_errors)
    filing = done.received.known
    before = spoken("上年", filing.form.periods)
    screen.say("，".join(filter(None, (told["agency"]["name"], in_words(filing.year), told["status"]))))
    if told["opening"]:
        screen.say("报告的开头（不在表上，report 照它写）")
        for line in told["opening"].split("\n"):
            screen.say(f"    {line}")
    for section in told["sections"]:
        screen.say(section["title"])
        for cell in section["cells"]:
            if cell["field"] and (cell["text"] or cell["findings"]):
                last = f"（{before} {cell['last']}）" if cell["last"] else ""
                screen.say(
                    f"    {cell['label']}：{cell['text'] or '空白'}{last}", mark="！" if cell["findings"] else ""
                )
        for paragraph in section["paragraphs"]:
            screen.say(f"    {paragraph}")
    options.print_findings(done.received.findings)
    return int(done.received.open_errors)
