"""Figures by the hundred thousand, written beside a summary's workbook piece by piece: as CSV, and as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from typing import Any

from xltools.ooxml.streamed import Block, Value
from xltools.received.exchange import harmless

_BATCH = 50
"""Blocks that are turned into columns at a time."""
_DIGITS, _PLACES = 38, 15
"""What a Parquet decimal holds: more places than a cell of a workbook does."""
_STEP = Decimal(1).scaleb(-_PLACES)


def as_csv(heads: Sequence[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    """The rows of blocks as CSV that Excel takes for UTF-8, a piece a block."""
    yield ("\ufeff" + _row(heads) + "\n").encode()
    shared: dict[int, tuple[object, list[str]]] = {}
    for block in blocks:
        if id(block.lines) not in shared:
            shared[id(block.lines)] = block.lines, [_row(line) for line in block.lines]
        begin, lines = _row(block.common), shared[id(block.lines)][1]
        said = (
            f"{begin},{line},{'' if value is None else f'{value:f}'}\n"
            for line, value in zip(lines, block.last, strict=True)
        )
        yield "".join(said).encode("utf-8", "replace")


def as_rows(rows: Iterable[Sequence[Value | Decimal]]) -> Iterator[bytes]:
    """Rows as CSV that Excel takes for UTF-8, a piece a row."""
    yield "\ufeff".encode()
    for row in rows:
        said = (f"{value:f}" if isinstance(value, Decimal) else value for value in row)
        yield f"{_row(list(said))}\n".encode("utf-8", "replace")


def _row(values: Sequence[Value]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(harmless(v) if isinstance(v, str) else v for v in values)
    return out.getvalue()


def known_parquet() -> bool:
    """Whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def as_parquet(heads: Sequence[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    """The same as Parquet, the last column as exact decimals."""
    import pyarrow as arrow
    from pyarrow import parquet

    words = arrow.dictionary(arrow.int32(), arrow.string())
    types = [*[words] * (len(heads) - 1), exact_decimal()]
    schema, rest, out = arrow.schema(list(zip(heads, types, strict=True))), iter(blocks), io.BytesIO()
    with parquet.ParquetWriter(out, schema) as writer:
        while batch := list(islice(rest, _BATCH)):
            rows = [
                (*map(str, b.common), *line, fitting(v)) for b in batch for line, v in zip(b.lines, b.last, strict=True)
            ]
            columns = [arrow.array(column, kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)]
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def exact_decimal() -> Any:
    """The type of a column of exact figures in Parquet."""
    import pyarrow as arrow

    return arrow.decimal128(_DIGITS, _PLACES)


def fitting(value: Decimal | None) -> Decimal | None:
    """A printed figure as such a column holds it."""
    return None if value is None else value.quantize(_STEP) if value.as_tuple().exponent < -_PLACES else value  # type: ignore[operator]
