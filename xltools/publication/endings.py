"""The formats of a published report: a file's ending, and what writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xltools.errors import Misused
from xltools.publication.content import Report

Writer = Callable[[Report], bytes]


def _word(report: Report) -> bytes:
    from xltools.publication.docx import word_report

    return word_report(report)


def _page(report: Report) -> bytes:
    from xltools.publication.html import page_report

    return page_report(report).encode()


_WRITERS: dict[str, Writer] = {".docx": _word, ".html": _page, ".htm": _page}


def writer_of(path: Path) -> Writer:
    """What writes a report to a file of that ending; Misused for any other."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise Misused(f"只能写成 .docx 或 .html，不是“{path.suffix}”。")
    return writer
