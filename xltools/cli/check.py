"""``xltools check``: reads filings, recomputes, tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import inside, options


@click.command("check")
@click.argument("paths", nargs=-1, type=options.PATH, metavar="[PATH…]")
@options.roster
@options.year
@options.previous
@click.option("--parts", type=options.PATH, multiple=True, metavar="PATH", help="与这些下级的表相加的数核对（可多次）")
@inside.prefer
@options.jobs
@options.as_json
def command(
    paths: tuple[Path, ...], roster_path: Path | None, year: int | None, previous_paths: tuple[Path, ...],
    prefer: str | None, parts: tuple[Path, ...], jobs: int | None, as_json: bool,
) -> int:  # fmt: skip
    """审核填报表：重新计算，逐项列出问题。在工作文件夹里不用给 PATH。

    Checks filings: recomputes everything and reports findings.
    """
    from xltools.check import check, hold_against_parts
    from xltools.errors import XltoolsError

    work = inside.settle(paths, roster_path, year, previous_paths, prefer)
    if not work.paths:
        raise click.UsageError("请给出要审核的文件或文件夹；在 xltools init 建的工作文件夹里可以不给。")
    roster = work.load_roster()
    collection = work.check(roster, options.not_filings(work.roster_path), jobs, work.load_previous(roster))
    if not collection.received and roster is None:
        raise XltoolsError(f"没有找到填报表（.xlsx）：{'、'.join(str(path) for path in paths)}")
    if work.season and paths and roster_path is None:  # some of the folder's files: the others are not missing
        collection.findings = [found for found in collection.findings if found.code != "agency-missing"]
    changes = work.remember(collection)
    if parts:
        whole = frozenset(received.path.resolve() for received in collection.received)
        beneath = check(parts, None, collection.year, options.progress, whole, jobs)
        if not beneath.received:
            raise XltoolsError(f"--parts 里没有找到填报表（.xlsx）：{'、'.join(str(path) for path in parts)}")
        hold_against_parts(collection, beneath)
    if as_json:
        options.print_json({**collection.as_json(), **({"changes": changes.as_json()} if changes else {})})
    else:
        options.print_collection(collection)
        for line in changes.lines() if changes else ():
            click.echo(line)
    return 1 if collection.open_errors else 0
