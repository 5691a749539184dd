"""``xltools fill``: values from JSON into a blank."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen


@click.command("fill")
@click.argument("blank", type=options.PATH)
@click.argument("values", type=options.PATH)
@click.option("-o", "--output", type=options.PATH, required=True, metavar="OUT.xlsx", help="写到哪个文件")
@options.force
def command(blank: Path, values: Path, output: Path, force: bool) -> int:
    """把 JSON 里的数、文字和签字项填进空白表。

    Writes values, texts and sign-off from JSON into a blank.
    """
    from xltools.errors import XltoolsError
    from xltools.inputs import TEXT_LIMIT, must_read
    from xltools.outputs import refuse_existing, refuse_inputs, slashed, write_whole
    from xltools.received.exchange import fill, read_values, unused
    from xltools.received.read import read_file
    from xltools.workbook.write import write_filing

    refuse_inputs(output, blank, values)
    refuse_existing([output], force)
    received = read_file(blank)
    if received.filing is None or received.filing.kind != "filing":
        reason = received.findings[0].message if received.findings else f"“{blank}”是汇总表，不能填写。"
        raise XltoolsError(f"{reason}请给出 xltools blank 生成的空白表")
    try:
        text = must_read(values, "", TEXT_LIMIT).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XltoolsError(f"“{values}”不是 UTF-8 编码的 JSON 文件") from None
    data = read_values(text, str(values))
    for words in unused(data, received.filing):
        screen.hint(words)
    filing, differing = fill(received.filing, data, slashed(values))
    write_whole(output, write_filing(filing), force=force)
    screen.say(output)
    options.print_findings(differing)
    return 1 if differing else 0
