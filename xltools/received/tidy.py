"""Figures tidy, for analysts: a figure a row, as CSV and as Parquet. Exact; a blank is missing, which is not 0."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from xltools.characters import visible
from xltools.errors import XltoolsError
from xltools.figures import printed
from xltools.form.model import Filing, State
from xltools.periods import tabled
from xltools.received.exchange import harmless

Known = tuple[Filing, State | None]
"""A filing, and what became of it; None where nobody judged it."""


class TidyLine(NamedTuple):
    """One figure: whose (by code) and of which year, or part of one in words; its field, its value in printed units (money in 万元),
    its filing's state."""

    agency: str
    year: int | str
    field: str
    label: str
    value: Decimal | None
    state: State | None
    name: str


def lines(filings: Iterable[Known]) -> Iterator[TidyLine]:
    """Every figure of every filing, totals among them, in the order of the form."""
    for filing, state in filings:
        code, name, year, values = filing.agency.code, filing.agency.name, tabled(filing.year), filing.values
        for field in filing.form.fields.values():
            figure = values[field.id]
            value = None if figure is None else printed(figure, field.type)
            yield TidyLine(code, year, field.id, field.label, value, state, name)


def as_csv(filings: Iterable[Known]) -> bytes:
    """The lines as CSV that Excel takes for UTF-8; the first row names ``TidyLine``'s parts."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(TidyLine._fields)
    for line in lines(filings):
        value = "" if line.value is None else f"{line.value:f}"
        table.writerow((harmless(line.agency), *line[1:4], value, line.state or "", harmless(line.name)))
    return out.getvalue().encode("utf-8-sig")


_DIGITS, _PLACES = 38, 6
"""What a Parquet decimal holds, and the places of money in 万元 down to the 分."""


def as_parquet(filings: Iterable[Known]) -> bytes:
    """The lines as Parquet, values as exact decimals; XltoolsError where pyarrow is not installed, or a value has too many digits."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise XltoolsError(
            "写 parquet 要用 pyarrow，这里没有安装；请运行 pip install pyarrow，或者改用 --format csv"
        ) from None

    columns = [*zip(*lines(filings), strict=True)] or [()] * len(TidyLine._fields)
    told = dict(zip(TidyLine._fields, columns, strict=True))
    places = max((-_exponent(value) for value in told["value"] if value is not None), default=0)
    words = arrow.string()
    years = arrow.int32() if all(isinstance(year, int) for year in told["year"]) else words
    types = {"year": years, "value": arrow.decimal128(_DIGITS, max(places, _PLACES))}
    told |= {name: tuple(map(visible, told[name])) for name in ("agency", "name")}
    if years is words:
        told["year"] = tuple(map(str, told["year"]))
    try:
        table = arrow.table({name: arrow.array(told[name], types.get(name, words)) for name in told})
    except arrow.ArrowInvalid:
        raise XltoolsError("有的数位数太多，parquet 放不下；请改用 --format csv") from None
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent
