"""The archive for analysts: every figure and every paragraph of many years as Parquet, a folder a year and area.

``figures`` has a row a figure, ``texts`` a row a paragraph; year and area are the folders they lie in, which DuckDB, pandas and
polars read as columns. What is archived again takes the place of the same year and area; the archive as a whole is replaced or left.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from xltools.characters import visible
from xltools.collection.collected import Collection
from xltools.collection.issuing import safe_name
from xltools.collection.states import state_of
from xltools.errors import XltoolsError, why
from xltools.figures import printed
from xltools.form.model import Agency
from xltools.received.file import Received
from xltools.summary.beside import exact_decimal, fitting

FIGURES, TEXTS = "figures", "texts"
_BATCH = 50
"""Filings that are turned into columns at a time."""
_ABOUT = ("agency", "name", "level", "kind", "parent", "state", "source")
"""What every row says of the filing it is of: ``parent`` is its area's code, ``source`` the SHA-256 of the file."""
_COLUMNS = {FIGURES: (*_ABOUT, "field", "value"), TEXTS: (*_ABOUT, "part", "paragraph", "text")}

Key = tuple[str, str]
"""Year and area, as folders name them."""


def archived(collections: Iterable[Collection], archive: Path, *, force: bool = False) -> list[Key]:
    """Puts what counts of some seasons into an archive, a new one or one that is there; tells the years and areas.

    XltoolsError, and the archive as it was, where a year and area is there already and ``force`` is not given, where the folder is no
    archive, and where it cannot be written.
    """
    _refuse_strange(archive)
    archive.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=archive.parent, prefix=".xltools-"))
    try:
        written: list[Key] = []
        for collection in collections:
            for key, files in sorted(_by_area(collection).items()):
                if key in written:
                    raise XltoolsError(f"{key[0]} 年 {key[1]} 给了两次，没有归档；请每个年度、地区只给一个文件夹")
                if (archive / _folder(FIGURES, key)).exists() and not force:
                    raise XltoolsError(f"“{archive}”里已经有 {key[0]} 年 {key[1]} 的；要换成这次的请加 --force")
                written.append(key)
                _write(made, key, files, collection)
        _keep(archive, made, written)
        _replace(archive, made)
    except OSError as problem:
        raise XltoolsError(f"写不了“{archive}”：{why(problem)}；原来的没有动") from problem
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return written


def _refuse_strange(archive: Path) -> None:
    if archive.exists() and not archive.is_dir():
        raise XltoolsError(f"“{archive}”是一个文件，归档要写到文件夹")
    strange = sorted(p.name for p in archive.iterdir() if p.name not in _COLUMNS) if archive.is_dir() else []
    if strange:
        raise XltoolsError(f"“{archive}”里有不是归档的东西（{strange[0]}），没有动；请换一个文件夹")


def _by_area(collection: Collection) -> dict[Key, list[Received]]:
    """The files that count, by year and area, in the order of their agencies' codes."""
    found: dict[Key, list[Received]] = {}
    for _, received in sorted(collection.counted.items()):
        if received.filing and received.filing.year == collection.year:
            area = _area(collection, received.filing.agency.code)
            name = f"{safe_name(area.code)}_{safe_name(area.name)}" if area else "_"
            found.setdefault((str(received.filing.year), name), []).append(received)
    return found


def _area(collection: Collection, code: str) -> Agency | None:
    """The area that an agency files to, by the roster; None where that does not tell."""
    roster = collection.roster
    entry = roster.by_code.get(code) if roster else None
    parent = roster.by_code.get(entry.parent) if roster and entry else None
    return parent.agency if parent else roster.top if roster else None


def _folder(table: str, key: Key) -> Path:
    return Path(table, f"year={key[0]}", f"area={key[1]}")


def _write(made: Path, key: Key, files: Sequence[Received], collection: Collection) -> None:
    """The tables of a year and area, so many filings at a time."""
    from pyarrow import parquet

    for table, lines in ((FIGURES, _figures), (TEXTS, _texts)):
        folder, rest = made / _folder(table, key), iter(files)
        folder.mkdir(parents=True)
        schema = _schema(table)
        with parquet.ParquetWriter(folder / "part.parquet", schema) as writer:
            while batch := list(islice(rest, _BATCH)):
                rows = [(*_about(got, collection), *line) for got in batch for line in lines(got)]
                writer.write_table(_table(rows, schema))


def _schema(table: str) -> Any:
    import pyarrow as arrow

    words = arrow.dictionary(arrow.int32(), arrow.string())
    types = {"value": exact_decimal(), "paragraph": arrow.int32(), "text": arrow.string()}
    return arrow.schema([(name, types.get(name, words)) for name in _COLUMNS[table]])


def _table(rows: Sequence[tuple[Any, ...]], schema: Any) -> Any:
    import pyarrow as arrow

    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [arrow.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return arrow.Table.from_arrays(arrays, schema=schema)


def _about(received: Received, collection: Collection) -> tuple[str, ...]:
    filing, area = received.known, _area(collection, received.known.agency.code)
    agency = filing.agency
    return (visible(agency.code), visible(agency.name), agency.level, filing.kind, visible(area.code) if area else "",
            state_of(received), received.sha256)  # fmt: skip


def _figures(received: Received) -> Iterator[tuple[Any, ...]]:
    values: Mapping[str, Any] = received.known.values
    for name, field in received.known.form.fields.items():
        figure = values[name]
        yield name, None if figure is None else fitting(printed(figure, field.type))


def _texts(received: Received) -> Iterator[tuple[Any, ...]]:
    for part, lines in received.known.texts.items():
        yield from ((part, number, visible(text)) for number, text in enumerate(lines, 1))


def _keep(archive: Path, made: Path, written: Sequence[Key]) -> None:
    """Takes over what is there of other years and areas."""
    replaced = {_folder(table, key) for table in _COLUMNS for key in written}
    for file in sorted(archive.glob("*/*/*/*.parquet")):
        place = file.relative_to(archive)
        if place.parent not in replaced:
            (made / place.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, made / place)


def _replace(archive: Path, made: Path) -> None:
    """Puts the new archive into the place of the old one, which comes back where that fails."""
    made.chmod(0o755)
    old = made.with_name(f"{made.name}.old")
    if archive.exists():
        archive.rename(old)
    try:
        made.rename(archive)
    except OSError:
        with suppress(OSError):
            old.rename(archive)
        raise
    shutil.rmtree(old, ignore_errors=True)
