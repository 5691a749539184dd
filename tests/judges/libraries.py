"""openpyxl and python-docx open the file without a warning, and openpyxl sees every sheet and comment."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl

from judges.outputs import Output
from judges.readers import comments_of

NAME = "openpyxl, python-docx"


def lacking() -> str:
    return ""


def takes(output: Output) -> bool:
    return True


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    return {path: list(_opened(path)) for path in paths}


def _opened(path: Path) -> list[str]:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = _of_document(path) if path.suffix == ".docx" else _of_workbook(path)
        except Exception as problem:  # whatever a library stumbles over
            found = [f"cannot be opened: {problem}"]
    return [*found, *(str(w.message) for w in warned)]


def _of_document(path: Path) -> list[str]:
    document = docx.Document(str(path))
    return [] if document.paragraphs and document.styles else ["an empty document"]


def _of_workbook(path: Path) -> list[str]:
    seen = sum(bool(cell.comment) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
    values = openpyxl.load_workbook(path, data_only=True)
    broken = [f"{s.title}!{c.coordinate} shows {c.value}" for s in values for r in s for c in r if c.data_type == "e"]
    return broken + ([f"sees {seen} comments of {comments_of(path)}"] if seen != comments_of(path) else [])
