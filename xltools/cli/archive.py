"""``xltools archive``: seasons put into an archive of Parquet files, for analysts."""

from __future__ import annotations

from pathlib import Path

import click

from xltools.cli import options, screen
from xltools.outputs import slashed


@click.command("archive")
@click.argument("folders", nargs=-1, required=True, type=options.PATH, metavar="DIR…")
@click.option("-o", "--output", required=True, type=options.PATH, metavar="ARCHIVE", help="归档的文件夹")
@options.roster
@options.jobs
@options.as_json
@options.force
def command(
    folders: tuple[Path, ...], output: Path, roster_path: Path | None, jobs: int | None, as_json: bool, force: bool
) -> int:
    """把几个年度的填报表归档成 Parquet，按年度、地区分开，供分析用。

    The filings of seasons as an archive of Parquet files.
    """
    from xltools import api

    done = api.archive(folders, output, roster=roster_path, jobs=jobs, force=force)
    if as_json:
        screen.print_json(done.to_json())
    else:
        for year, area in done.partitions:
            screen.say(f"{year} 年　{area}")
        screen.say(f"归档：{slashed(done.output)}")
    return 0
