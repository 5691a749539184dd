"""What goes up together with a summary, or lies beside it: its figures alone, its report, its data. The summary is what counts."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from xltools.errors import Refused
from xltools.expressions import expression
from xltools.findings import Finding, finding
from xltools.form.layout import COPY
from xltools.inputs import content_of
from xltools.ooxml.custom_properties import NAME as PROPERTIES
from xltools.outputs import slashed

SUMMARY, FIGURES = "_汇总表.xlsx", "_正式表.xlsx"
"""How the names of a summary and of its figures alone end."""
REPORTS = ("_年度报告.docx", "_年度报告.html")
"""How those of its report end, as Word and as a page."""

_KINDS = {SUMMARY: "汇总表", FIGURES: "正式表", **dict.fromkeys(REPORTS, "年度报告")}
_DATA = (".csv", ".parquet")
_AGAIN = expression(r"\s*[（(][0-9]{1,4}[)）](?=\.[^.]*$)")
"""What a name is given where one like it lies there already, here and in browsers."""
_LIMIT, _PROPERTIES_LIMIT = 16 * 2**20, 2**16


def companions(files: Sequence[Path], told: Iterable[Finding]) -> tuple[list[Path], list[Finding]]:
    """The files that are to be read and what is told of others, where those that go with a summary are neither but told as such.

    A workbook goes with it only where it is figures alone by what it says itself: a filing is read, whatever it is called.
    """
    summaries = {_place(path): path for path in reversed(files) if _kind(path) == SUMMARY}
    if not summaries:
        return list(files), list(told)
    kept, known = [], []
    for path in files:
        whose = summaries.get(_place(path)) if _kind(path) == FIGURES else None
        if whose and _is_figures_alone(path):
            known.append(_beside(path, whose, _KINDS[FIGURES]))
        else:
            kept.append(path)
    return kept, [*(_told(found, summaries) for found in told), *known]


def beside(summary: Path) -> Iterator[Path]:
    """The files that lie beside a summary in its folder and came with it."""
    if _kind(summary) != SUMMARY or not summary.parent.is_dir():
        return
    whose, again = {_place(summary): summary}, _again(summary)
    for path in sorted(summary.parent.iterdir()):
        came = path.is_file() and _again(path) == again and _goes_with(path, whose)
        if came and (_kind(path) != FIGURES or _is_figures_alone(path)):
            yield path


def _again(path: PurePath) -> str:
    found = _AGAIN.search(path.name)
    return found[0] if found else ""


def _kind(path: PurePath) -> str:
    """How a name ends that is a summary's or goes with one; "" for others."""
    name = _AGAIN.sub("", path.name)
    return next((ending for ending in _KINDS if name.endswith(ending)), "")


def _place(path: PurePath) -> PurePath:
    """Where a summary and what goes with it are the same: the folder, and how their names begin."""
    return path.with_name(f"{_AGAIN.sub('', path.name).removesuffix(_kind(path))}-")


def _goes_with(path: Path, summaries: Mapping[PurePath, Path]) -> tuple[Path, str] | None:
    """The summary with which a file goes by its name, and what it is called; None for any other."""
    if (kind := _kind(path)) and kind != SUMMARY and (whose := summaries.get(_place(path))):
        return whose, _KINDS[kind]
    if path.suffix.lower() in _DATA:
        named = (s for s in summaries.values() if s.parent == path.parent and path.name.startswith(f"{s.stem}_"))
        return next(((summary, "数据") for summary in named), None)
    return None


def _told(found: Finding, summaries: Mapping[PurePath, Path]) -> Finding:
    path = Path(found.file or "")
    goes = _goes_with(path, summaries) if found.code == "file-skipped" else None
    return _beside(path, *goes) if goes else found


def _is_figures_alone(path: Path) -> bool:
    """Whether a workbook says of itself that it is an export of figures, to be printed; a damaged one does not."""
    try:
        content = io.BytesIO(content_of(path, _LIMIT))
        with zipfile.ZipFile(content) as package, package.open(f"{PROPERTIES}.xml") as part:
            return f'"{COPY}"'.encode() in part.read(_PROPERTIES_LIMIT)
    except (
        Refused,
        KeyError,
        OSError,
        ValueError,
        RuntimeError,
        EOFError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        return False


def _beside(file: PurePath, summary: PurePath, kind: str) -> Finding:
    return finding("file-beside", file=slashed(file), summary=summary.name, kind=kind)


__all__ = ["FIGURES", "REPORTS", "SUMMARY", "beside", "companions"]
