"""Filings as frames: a row a filing, a figure a row, and sums over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from xltools.collection.collected import Collection
from xltools.collection.states import counted
from xltools.errors import XltoolsError
from xltools.figures import PLACES, FieldType, Figure, exact, printed
from xltools.form.model import Agency, Filing
from xltools.periods import tabled
from xltools.received.tidy import TidyLine, lines
from xltools.summary import merge as merged

if TYPE_CHECKING:
    import pandas as pd

Money = Literal["decimal", "float"]
"""How money is given: ``Decimal``, exact; or ``Float64``, for statistics and charts."""

WHO = ("name", "level", "edition", "supplements", "kind")
"""The columns of a frame of filings before its figures; year (of a return for parts of one its words) and code are its index."""


def frame_of(filings: Iterable[Filing], *, money: Money = "decimal") -> pd.DataFrame:
    """Filings as a frame: index year and code, columns ``WHO`` and then every field, totals recomputed, blanks missing.

    >>> from xltools.demo.published import published
    >>> city = frame_of([published("suqian-2023")])
    >>> city[["name", "requests.new.total", "disclosure.fees.amount"]]
                    name  requests.new.total disclosure.fees.amount
    year code
    2023 321300  宿迁市人民政府                3511             59237.2449
    """
    import pandas as pd

    known = list(filings)
    types = {name: field.type for filing in known for name, field in filing.form.fields.items()}
    rows = [(f.agency.name, f.agency.level, f.form.edition, ",".join(f.form.supplements), f.kind) for f in known]
    keys = [(tabled(f.year), f.agency.code) for f in known]
    index = pd.MultiIndex.from_tuples(keys, names=["year", "code"]) if keys else None
    columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(WHO)}
    for name, kind in types.items():
        asked = [(f.figures if kind == "choice" else f.values).get(name) for f in known]
        columns[name] = _column(asked, kind, money)
    return pd.DataFrame(columns, index=index)


def _column(figures: Sequence[Figure], kind: FieldType, money: Money) -> Any:
    """The figures of one field: whole numbers, or what they are printed as."""
    import pandas as pd

    if not PLACES[kind] and all(f is None or isinstance(f, int) for f in figures):
        return pd.array(figures, dtype="Int64")
    return column_of([None if f is None else printed(f, kind) for f in figures], money)


def column_of(values: Sequence[Decimal | None], money: Money) -> Any:
    """Exact values as a column."""
    import pandas as pd

    if money == "float":
        return pd.array([None if v is None else float(v) for v in values], dtype="Float64")
    return pd.Series(values, dtype=object).array


def figure_of(value: Any, kind: FieldType) -> Figure:
    """A value of a frame as the exact figure it is."""
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return exact(value if isinstance(value, Decimal) else Decimal(str(value)), kind)


def tidy(of: Collection | Iterable[Filing], *, money: Money = "decimal") -> pd.DataFrame:
    """A figure a row: agency (its code), year, field, label, value, state, name; what ``xltools export FOLDER`` gives.

    Of a collection: the one filing of each agency that counts, with its state. Of mere filings: all of them, without a state.

    >>> from xltools.demo.published import published
    >>> tidy([published("suqian-2023")]).query("field == 'requests.new.total'")[["agency", "year", "value"]].values.tolist()
    [['321300', 2023, Decimal('3511')]]
    """
    import pandas as pd

    filings = counted(of) if isinstance(of, Collection) else ((filing, None) for filing in of)
    columns = [*zip(*lines(filings), strict=True)] or [()] * len(TidyLine._fields)
    frame = pd.DataFrame(dict(zip(TidyLine._fields, columns, strict=True)))
    frame["value"] = column_of(frame["value"].tolist(), money)
    return frame


def merge(
    collection: Collection,
    area: Agency | None = None,
    *,
    include_queried: bool = False,
    kept: Filing | None = None,
    money: Money = "decimal",
) -> pd.DataFrame:
    """The summary of an area as one row: the figures that ``xltools merge`` gives over the same files.

    ``area`` is the roster's own where none is given; ``kept`` its earlier summary, whose adjustments count. XltoolsError where the
    collection has no roster, the roster no one area at its top.
    """
    roster = collection.roster
    if roster is None:
        raise XltoolsError("汇总要有名录：请给出 roster，或者读工作文件夹里的表")
    area = area or roster.top
    if area is None:
        raise XltoolsError("名录上没有唯一的最上级单位；请给出 area")
    if kept is not None and (kept.agency.code, kept.year) != (area.code, collection.year):
        raise XltoolsError(
            f"{kept.agency.name} {kept.year} 年度的汇总表不是这次要汇总的 {area.name} {collection.year} 年度的"
        )
    made = merged(collection, roster, area, include_queried=include_queried, kept=kept)
    return frame_of([made.filing], money=money)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """The sum over all filings of a frame, a row a year: counts ``Int64``, money ``Decimal``; a sum over nothing is missing.

    Equal to the figures of ``xltools merge`` over the same filings.

    >>> from xltools.demo.published import published
    >>> summary(frame_of([published("suqian-2023")] * 2))["disclosure.fees.amount"].tolist()
    [Decimal('118474.4898')]
    """
    import pandas as pd

    figures = frame.drop(columns=list(WHO))
    years = figures.groupby(level="year")
    found = {}
    for name in figures.columns:
        sums = {year: _total(group[name].dropna()) for year, group in years}
        kept = figures[name].dtype.name
        found[name] = pd.Series(sums, dtype=kept if kept in ("Int64", "Float64") else object)
    return pd.DataFrame(found).rename_axis("year")


def _total(known: pd.Series[Any]) -> int | float | Decimal | None:
    if known.empty:
        return None
    if known.dtype.name == "Float64":
        return float(sum(Decimal(str(value)) for value in known))  # each is an exact figure's own
    return sum(known, Decimal(0)) if known.dtype == object else int(known.sum())
