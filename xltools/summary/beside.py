"""Figures by the hundred thousand, written beside a summary's workbook piece by piece: as CSV, and as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from typing import Any

from xltools.ooxml.streamed import Block, Value
from xltools.received.exchange import harmless

_BATCH, _GROUP = 50, 10
"""Blocks that are turned into columns at a time; how many times as many are one group of rows in the file, which keeps a note on
each group, as does whoever writes or reads it."""
_ENDS = "\r\n"
"""What Python's CSV quotes a value for is what ends its lines."""
_DIGITS, _PLACES = 38, 15
"""What a Parquet decimal holds: more places than a cell of a workbook does."""
_STEP = Decimal(1).scaleb(-_PLACES)


def as_csv(heads: Sequence[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    """The rows of blocks as CSV that Excel takes for UTF-8, a piece a block."""
    yield ("\ufeff" + _row(heads) + "\n").encode()
    yield from _pieces(blocks, harmless)


def _pieces(blocks: Iterable[Block], said: Callable[[str], str]) -> Iterator[bytes]:
    """The rows of blocks as CSV, words as they are ``said``."""
    shared: dict[int, tuple[object, list[str]]] = {}
    for block in blocks:
        if id(block.lines) not in shared:
            shared[id(block.lines)] = block.lines, [_row(line, said) for line in block.lines]
        begin, lines = _row(block.common, said), shared[id(block.lines)][1]
        rows = (
            f"{begin},{line},{'' if value is None else f'{value:f}'}\n"
            for line, value in zip(lines, block.last, strict=True)
        )
        yield "".join(rows).encode("utf-8", "replace")


def as_rows(rows: Iterable[Sequence[Value | Decimal]]) -> Iterator[bytes]:
    """Rows as CSV that Excel takes for UTF-8, a piece a row."""
    yield "\ufeff".encode()
    for row in rows:
        said = (f"{value:f}" if isinstance(value, Decimal) else value for value in row)
        yield f"{_row(list(said))}\n".encode("utf-8", "replace")


def _row(values: Sequence[Value], said: Callable[[str], str] = harmless) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=_ENDS).writerow(said(v) if isinstance(v, str) else v for v in values)
    return out.getvalue().removesuffix(_ENDS)


def known_parquet() -> bool:
    """Whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def as_parquet(heads: Sequence[str], blocks: Iterable[Block]) -> Iterator[bytes]:
    """The same as Parquet, the last column as exact decimals.

    pyarrow makes columns of CSV by itself; of lists of Python's it would have pandas look at each, which takes 60 MB.
    """
    import pyarrow as arrow
    from pyarrow import csv as columns
    from pyarrow import parquet

    words = arrow.dictionary(arrow.int32(), arrow.string())
    schema = arrow.schema([*((head, words) for head in heads[:-1]), (heads[-1], exact_decimal())])
    given = columns.ConvertOptions(column_types=schema, null_values=[""])
    fit = (replace(block, last=[fitting(value) for value in block.last]) for block in blocks)
    pieces, out = _pieces(fit, str), io.BytesIO()

    def table(batch: bytes) -> Any:
        at_once = columns.ReadOptions(use_threads=False, block_size=len(batch) + 1, column_names=list(heads))
        plain = columns.ParseOptions(newlines_in_values=True)
        return columns.read_csv(io.BytesIO(batch), at_once, plain, given)

    tables = map(table, iter(lambda: b"".join(islice(pieces, _BATCH)), b""))
    with parquet.ParquetWriter(out, schema) as writer:
        while group := [*islice(tables, _GROUP)]:
            writer.write_table(arrow.concat_tables(group).unify_dictionaries())
            group.clear()
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
