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
@options.as_json
def command(
    paths: tuple[Path, ...], roster_path: Path | None, year: int | None, previous_paths: tuple[Path, ...],
    parts: tuple[Path, ...], jobs: int | None, as_json: bool,
) -> int:  # fmt: skip
    """审核填报表：重新计算，逐项列出问题。

    Checks filings: recomputes everything and reports findings.
    """
    from xltools.check import check, hold_against_parts
    from xltools.errors import XltoolsError

    ignore = options.not_filings(roster_path)
    roster = options.load_roster(roster_path)
    previous = options.load_previous(previous_paths, roster)
    collection = check(paths, roster, year, options.progress, ignore, jobs, previous)
    if not collection.received and roster_path is None:
        raise XltoolsError(f"没有找到填报表（.xlsx）：{'、'.join(str(path) for path in paths)}")
    if parts:
        whole = frozenset(received.path.resolve() for received in collection.received)
        beneath = check(parts, None, collection.year, options.progress, ignore | whole, jobs)
        if not beneath.received:
            raise XltoolsError(f"--parts 里没有找到填报表（.xlsx）：{'、'.join(str(path) for path in parts)}")
        hold_against_parts(collection, beneath)
    if as_json:
        options.print_json(collection.as_json())
    else:
        options.print_collection(collection)
    return 1 if collection.open_errors else 0
