"""``xltools check``: reads filings, recomputes, tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=options.PATH, metavar="PATH…")
@options.roster
@options.year
@options.previous
@click.option("--parts", type=options.PATH, multiple=True, metavar="PATH", help="与这些下级的表相加的数核对（可多次）")
@options.jobs
@click.option("--slips", type=options.PATH, metavar="DIR", help="给要更正的单位写退回单和标注的工作簿")
@options.force
@options.as_json
def command(
    paths: tuple[Path, ...], roster_path: Path | None, year: int | None, previous_paths: tuple[Path, ...],
    parts: tuple[Path, ...], jobs: int | None, slips: Path | None, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """审核填报表：重新计算，逐项列出问题。

    Checks filings: recomputes everything and reports findings.
    """
    from xltools.check import check
    from xltools.errors import XltoolsError
    from xltools.levels import held_against_parts

    ignore = options.not_filings(roster_path)
    if slips is not None:
        from xltools.slips import earlier_slips, write_slips

        ignore |= earlier_slips(slips, paths)
    roster = options.load_roster(roster_path)
    previous = options.load_previous(previous_paths, roster)
    collection = check(paths, roster, year, options.progress, ignore, jobs, previous)
    if not collection.received and roster_path is None:
        raise XltoolsError(f"没有找到填报表（.xlsx）：{'、'.join(str(path) for path in paths)}")
    if parts:
        against = list(check(parts, year=collection.year, progress=options.progress, jobs=jobs).counted.values())
        for received in collection.received:
            received.findings += held_against_parts(received, against) if received.filing else ()
    written = [str(path) for path in write_slips(collection, slips, force=force)] if slips is not None else None
    if as_json:
        options.print_json(collection.as_json() | ({} if written is None else {"slips": written}))
    else:
        options.print_collection(collection)
        if written is not None:
            click.echo(f"退回单、标注的工作簿和催报的话，共 {len(written)} 个文件，写在“{slips}”。")
    return 1 if collection.open_errors else 0
