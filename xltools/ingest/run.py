"""Reports imported into workbook files, each checked as any filing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from types import MappingProxyType

from xltools.classes import dataclass
from xltools.collection.check import check_file
from xltools.collection.issuing import file_name
from xltools.errors import XltoolsError
from xltools.findings import CATALOGUE, Finding, finding
from xltools.findings.failures import apart
from xltools.ingest.report import Asked, ReadBack, import_file
from xltools.inputs import files_beneath
from xltools.outputs import refuse_existing, refuse_inputs, slashed, write_whole
from xltools.received.folder import REPORT_ENDINGS, is_report
from xltools.workbook.write import write_filing


@dataclass(frozen=True)
class Done:
    """A report imported: the workbook written (None where there is none), and all that is open about it."""

    source: Path
    output: Path | None
    findings: list[Finding]
    seen: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Each figure as printed, and where in the report, by field."""

    @property
    def open_errors(self) -> bool:
        return any(f.open and f.severity == "error" for f in self.findings)


class Unidentified(XltoolsError):
    """A report does not say whose, or of what year, it is, and neither was asked for."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(f"{f.message}{f.remedy}" for f in findings))
        self._findings = findings

    @property
    def said(self) -> str:
        remedies = dict.fromkeys(CATALOGUE[f.code].desk for f in self._findings)
        return "".join((*(f.message for f in self._findings), *remedies))


def reports_in(folder: Path) -> list[Path]:
    """The reports in a folder; XltoolsError where it is none, or has none."""
    if not folder.is_dir():
        raise XltoolsError(f"没有这个文件夹：{folder}")
    found = [path for path in files_beneath(folder) if is_report(path) and path.is_file()]
    if not found:
        raise XltoolsError(f"“{folder}”里没有报告（{' '.join(REPORT_ENDINGS)}）")
    return found


def import_one(source: Path, output: Path, asked: Asked, *, force: bool = False) -> Done:
    """Imports a report into a workbook; XltoolsError where it is not there, or does not say what is not asked for either."""
    if not source.exists():
        raise XltoolsError(f"没有这个文件：{source}")
    refuse_inputs(output, source)
    refuse_existing([output], force)
    # What cannot be done at all (no program to read a PDF with) is told as such where nothing else waits to be done.
    done = _imported(source, lambda _: output, asked, force, but=(XltoolsError,))
    unknown = [f for f in done.findings if f.code == "import-identity"]
    if unknown:
        raise Unidentified(unknown)
    return done


def import_all(sources: Iterable[Path], folder: Path, asked: Asked, *, force: bool = False) -> list[Done]:
    """Imports reports into workbooks in a folder, named as blanks are; one whose workbook is there already is told."""
    written: dict[Path, Path] = {}
    done: list[Done] = []
    for source in sources:
        item = _imported(source, lambda name: folder / name, asked, force, written)
        if item.output is not None:
            written[item.output] = source
        done.append(item)
    return done


def _imported(
    source: Path,
    place: Callable[[str], Path],
    asked: Asked,
    force: bool,
    written: Mapping[Path, Path] = MappingProxyType({}),
    but: tuple[type[Exception], ...] = (),
) -> Done:
    """Imports a report, writes its workbook where ``place`` puts its name, and checks what was written."""
    failed: list[Finding] = []
    imported, content = ReadBack(str(source)), b""
    with apart("import", source, failed.append, but=but):
        imported = import_file(source, asked)
        content = write_filing(imported.filing) if imported.filing else b""
    filing = imported.filing
    if filing is None or failed:
        return Done(source, None, [*imported.findings, *failed])
    output = place(file_name(filing.agency, filing.year))
    if output in written:
        twice = finding("import-twice", file=slashed(source), agency=filing.agency, year=filing.year,
                        other=slashed(written[output]))  # fmt: skip
        return Done(source, None, [twice])
    write_whole(output, content, force=force)
    return Done(source, output, [*imported.findings, *check_file(output).findings], imported.seen)
