"""``xltools check``: reads filings, recomputes, tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import inside, options, screen


@click.command("check")
@click.argument("paths", nargs=-1, type=options.PATH, metavar="[PATH…]")
@options.roster
@options.year
@options.previous
@click.option("--parts", type=options.PATH, multiple=True, metavar="PATH", help="与这些下级的表相加的数核对（可多次）")
@inside.prefer
@options.jobs
@click.option("--slips", type=options.PATH, metavar="DIR", help="给要更正的单位写退回单和标注的工作簿")
@options.force
@options.as_json
def command(
    paths: tuple[Path, ...], roster_path: Path | None, year: int | None, previous_paths: tuple[Path, ...],
    prefer: str | None, parts: tuple[Path, ...], jobs: int | None, slips: Path | None, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """审核填报表：重新计算，逐项列出问题。在工作文件夹里不用给 PATH。

    Checks filings: recomputes everything and reports findings.
    """
    from xltools.collection.check import check, hold_against_parts
    from xltools.errors import XltoolsError
    from xltools.inputs import real
    from xltools.outputs import slashed

    work = inside.settle(paths, roster_path, year, previous_paths, prefer)
    if not work.paths:
        raise click.UsageError("请给出要审核的文件或文件夹；在 xltools init 建的工作文件夹里可以不给。")
    roster, ignore = work.load_roster(), options.not_filings(work.roster_path) | work.earlier_slips(slips)
    collection = work.check(roster, ignore, jobs, work.load_previous(roster))
    if not collection.received and roster is None:
        raise XltoolsError(f"没有找到填报表（.xlsx）：{'、'.join(str(path) for path in paths)}")
    if work.season and paths and roster_path is None:  # some of the folder's files: the others are not missing
        collection.findings = [found for found in collection.findings if found.code != "agency-missing"]
    if parts:
        whole = frozenset(real(received.path) for received in collection.received)
        beneath = check(parts, None, collection.year, options.progress, ignore | whole, jobs)
        if not beneath.received:
            raise XltoolsError(f"--parts 里没有找到填报表（.xlsx）：{'、'.join(str(path) for path in parts)}")
        hold_against_parts(collection, beneath)
    written = work.write_slips(collection, slips, force)
    changes = work.remember(collection)
    if as_json:
        told = {} if written is None else {"slips": [slashed(path) for path in written]}
        screen.print_json(collection.as_json() | told | ({"changes": changes.as_json()} if changes else {}))
    else:
        options.print_collection(collection)
        for line in changes.lines() if changes else ():
            screen.say(line)
        if written:
            folder = slashed(written[-1].parent)
            screen.say(f"退回单、标注的工作簿和催报的话，共 {len(written)} 个文件，写在“{folder}”。")
    return 1 if collection.open_errors else 0
