"""Single files: read, given out in a format, filled in, read back from a published report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.api.door import Name, Names, door, existing, path_of, paths_of, words_of
from xltools.api.results import Exported, ExportedSet, Filled, Imported, Reading
from xltools.errors import Misused, XltoolsError

if TYPE_CHECKING:
    from xltools.findings import Finding
    from xltools.season.work import Progress


@door
def read(file: Name) -> Reading:
    """Reads a filing or summary; figures recomputed, nothing judged."""
    from xltools.received.read import read_file

    received = read_file(existing(file))
    return Reading(received, received.findings)


@door
def export(
    file: Name,
    *,
    format: str | None = None,
    output: Name | None = None,
    roster: Name | None = None,
    previous: Names = (),
    force: bool = False,
    jobs: int | None = None,
) -> Exported | ExportedSet:
    """The figures of a filing or summary as json, csv or (to ``output``) xlsx; written to ``output`` where one is given.

    Of a folder: every figure of every agency's filing, a row each, as csv or parquet, judged as ``check`` does. The format is the
    one of the output's ending where none is named.
    """
    from xltools.findings.failures import apart
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole
    from xltools.received.exports import format_of
    from xltools.received.read import read_file
    from xltools.season.work import settle

    source, target = Path(file), path_of(output)
    if source.is_dir():
        return _export_set(source, format, target, (path_of(roster), paths_of(previous)), force=force, jobs=jobs)
    write = format_of(format, target)
    if target:
        refuse_inputs(target, source)
        refuse_existing([target], force)
    existing(source)
    [received] = settle((source,)).alone().received if write.judged else [read_file(source)]
    if received.filing is None:
        return Exported(received, received.findings)
    failed: list[Finding] = []
    with apart("export", source, failed.append, received.filing.agency, but=(XltoolsError,)):
        content = write.one(received)
    if failed:
        return Exported(received, failed)
    if target:
        write_whole(target, content, force=force)
    return Exported(received, [], target, content, write.judged)


def _export_set(
    folder: Path,
    format: str | None,
    target: Path | None,
    beside: tuple[Path | None, tuple[Path, ...]],
    *,
    force: bool,
    jobs: int | None,
) -> ExportedSet:
    """The figures of a folder's filings. ``beside``: the roster and last year's, where they are given."""
    from xltools.collection.states import counted
    from xltools.outputs import refuse_existing, write_whole
    from xltools.received.exports import many_of
    from xltools.season.work import collect

    write = many_of(format, target)
    if target:
        refuse_existing([target], force)
    collection = collect([folder], *beside, jobs=jobs, output=target)
    if not collection.received:
        raise XltoolsError(f"没有找到填报表（.xlsx）：{folder}")
    content = write(counted(collection))
    if target:
        write_whole(target, content, force=force)
    return ExportedSet(collection, target, content)


@door
def fill(blank: Name, values: Name | Mapping[str, Any], output: Name, *, force: bool = False) -> Filled:
    """Writes values, texts and sign-off into a blank: a JSON file as ``export`` gives it, or what such a file says."""
    from xltools.outputs import refuse_existing, refuse_inputs, slashed, write_whole
    from xltools.received.exchange import fill, load_values, unused
    from xltools.received.read import read_file
    from xltools.workbook.write import write_filing

    source, target = Path(blank), Path(output)
    file = None if isinstance(values, Mapping) else Path(values)
    refuse_inputs(target, source, *([file] if file else []))
    refuse_existing([target], force)
    received = read_file(source)
    if received.filing is None or received.filing.kind != "filing":
        reason = received.findings[0].message if received.findings else f"“{source}”是汇总表，不能填写。"
        raise XltoolsError(f"{reason}请给出 xltools blank 生成的空白表")
    data = load_values(values if isinstance(values, Mapping) else Path(values))
    filing, differing = fill(received.filing, data, slashed(file) if file else "values")
    write_whole(target, write_filing(filing), force=force)
    return Filled(target, filing, differing, unused(data, received.filing))


@door
def import_report(
    report: Name | None = None,
    output: Name = "",
    *,
    folder: Name | None = None,
    year: int | None = None,
    name: str | None = None,
    code: str | None = None,
    level: str | None = None,
    supplements: str | Iterable[str] = (),
    family: str | None = None,
    roster: Name | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Reads a published report (.txt .html .docx .pdf) back into a filled workbook, or all of a ``folder`` into another folder.

    ``family`` names one of several kinds of returns; else it is the working folder's, or the one whose title the report shows.
    """
    from xltools.collection.roster import read_roster
    from xltools.ingest.report import Asked
    from xltools.ingest.run import import_all, import_one, reports_in
    from xltools.season.named import known_level
    from xltools.season.work import quietly
    from xltools.terms import unfit

    if (report is None) == (folder is None):
        raise Misused("请给出一份报告，或者用 --folder 给出一个文件夹（只能用一种）。")
    if not output:
        raise Misused("缺少 -o。")
    for reason in unfit(code or "", name or ""):
        raise XltoolsError(reason)
    known = read_roster(Path(roster)) if roster else None
    asked = Asked(year, (name or "").strip(), (code or "").strip(), known_level(level), words_of(supplements), known)
    if report is not None:
        return Imported([import_one(Path(report), Path(output), asked, force=force)])
    assert folder is not None
    if name or code:
        raise Misused("--name、--code 只用于一份报告；一个文件夹用 --roster。")
    sources = (progress or quietly)(reports_in(Path(folder)), "导入")
    return Imported(import_all(sources, Path(output), asked, force=force))
