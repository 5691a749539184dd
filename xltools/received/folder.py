"""Which files of a folder are filings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xltools.findings import Finding, finding
from xltools.inputs import must_exist, real
from xltools.outputs import slashed

WORKBOOK_ENDINGS = {".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".ods"}
"""Endings of files that are taken from a folder as filings; others lie there for other reasons."""

OTHER_ENDINGS = {".doc", ".docx", ".wps", ".pdf", ".csv", ".htm", ".html", ".zip", ".rar", ".7z"}
"""Endings of files that an agency may have sent instead of its workbook: not read, but told."""


def files_in(paths: Sequence[Path]) -> tuple[list[Path], list[Finding]]:
    """The files to read: those named, and the workbooks in folders named; XltoolsError for a path that is not there.

    Those of a folder come in the same order on every system, though Windows compares names without regard to case.
    """
    found: list[Path] = []
    skipped: list[Finding] = []
    for path in paths:
        if path.is_dir():
            inside = sorted((p for p in path.rglob("*") if p.is_file()), key=lambda p: p.parts)
            for file in (p for p in inside if p.suffix.lower() in WORKBOOK_ENDINGS):
                if file.name.startswith(("~$", ".~")):
                    skipped.append(finding("file-skipped", file=slashed(file), reason="是表格软件打开文件时的临时文件"))
                else:
                    found.append(file)
            others = (p for p in inside if p.suffix.lower() in OTHER_ENDINGS)
            skipped += (finding("file-skipped", file=slashed(p), reason="不是 Excel 工作簿") for p in others)
        else:
            must_exist(path)
            found.append(path)
    return list({real(path): path for path in reversed(found)}.values())[::-1], skipped
