"""Filings held against each other: this year against last, one agency against another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from xltools.editions import load_form
from xltools.figures import Figure, printed
from xltools.form.fields import Field
from xltools.form.lastyear import last_of, same_meaning, shown_beside
from xltools.form.model import Form
from xltools.frames.framing import Money, column_of, figure_of
from xltools.periods import before, period, tabled

if TYPE_CHECKING:
    import pandas as pd


def compare(
    this: pd.DataFrame, last: pd.DataFrame, *, codes: Mapping[str, str] | None = None, money: Money = "decimal"
) -> pd.DataFrame:
    """Each filing of a frame against that of the year (or the part of one) before in another: a figure a row, with change and ratio
    (change / last).

    Of forms of two editions the figures that mean the same are held against each other, as on the summary's 同比; where either is
    missing, so is the change. ``codes`` gives last year's code of an agency that had another. An agency that is in ``last`` alone is
    not told of.

    >>> from xltools.editions import load_form
    >>> from xltools.form.model import Agency, Filing
    >>> from xltools.frames import frame_of
    >>> form, bureau = load_form("2021"), Agency("1101", "甲局", "department")
    >>> this = frame_of([Filing(form, bureau, 2023, inputs={"requests.new.natural": 9})])
    >>> last = frame_of([Filing(form, bureau, 2022, inputs={"requests.new.natural": 6})])
    >>> told = compare(this, last).set_index("field").loc["requests.new.natural"]
    >>> told[["this", "last", "change"]].tolist()
    [Decimal('9'), Decimal('6'), Decimal('3')]
    """
    import pandas as pd

    known = dict(zip(last.index, last.to_dict("records"), strict=True))
    rows: list[tuple[Any, ...]] = []
    for (year, code), row in zip(this.index, this.to_dict("records"), strict=True):
        form = _form(row)
        earlier = tabled(before(period(year) if isinstance(year, str) else year, form.periods))
        alike = _alike(form, known.get((earlier, (codes or {}).get(code, code))))
        for field, now, then in _both(form, row, alike):
            change = None if now is None or then is None else now - then
            ratio = float(Fraction(change) / then) if change is not None and then else None
            told = (None if figure is None else printed(figure, field.type) for figure in (now, then, change))
            rows.append((code, year, row["name"], field.id, field.label, *told, ratio))
    names = ["agency", "year", "name", "field", "label", "this", "last", "change", "ratio"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("this", "last", "change"):
        frame[name] = column_of([row[names.index(name)] for row in rows], money)
    return frame.astype({"ratio": "Float64"})


def _form(row: Mapping[str, Any]) -> Form:
    return load_form(row["edition"], tuple(name for name in row["supplements"].split(",") if name))


def _values(row: Mapping[str, Any], form: Form) -> dict[str, Figure]:
    return {name: figure_of(row.get(name), field.type) for name, field in form.fields.items()}


def _alike(form: Form, last: Mapping[str, Any] | None) -> dict[str, Figure]:
    """Last year's figures by this year's fields: of the input fields, and of totals that were made of others."""
    if last is None:
        return {}
    then = _form(last)
    values = _values(last, then)
    return {**same_meaning(form, then, values), **shown_beside(form, then, values)}


def _both(form: Form, row: Mapping[str, Any], last: Mapping[str, Figure]) -> Iterator[tuple[Field, Figure, Figure]]:
    """Each field with this year's figure and last year's."""
    now = _values(row, form)
    for field in form.fields.values():
        yield field, now[field.id], last_of(field, last, last)


def rank(frame: pd.DataFrame, field: str, *, largest: bool = True) -> pd.DataFrame:
    """The filings of a frame by one figure, year by year: name, the figure, rank (equal figures share one), share of the sum.

    A blank has no rank and comes last. KeyError where there is no such field.

    >>> from xltools.editions import load_form
    >>> from xltools.form.model import Agency, Filing
    >>> from xltools.frames import frame_of
    >>> form, came = load_form("2021"), {Agency("1", "甲局", "department"): 1, Agency("2", "乙局", "department"): 3}
    >>> filings = [Filing(form, agency, 2023, inputs={"requests.new.natural": n}) for agency, n in came.items()]
    >>> rank(frame_of(filings), "requests.new.natural")[["rank", "share"]].values.tolist()
    [[1, 0.75], [2, 0.25]]
    """
    import pandas as pd

    found = frame[["name", field]].copy()
    # What is ranked is exact; a share is a ratio of floats.
    places = {value: n for n, value in enumerate(sorted(found[field].dropna().unique()))}
    order = found[field].map(places).astype("Int64")
    years = order.groupby(level="year")
    found["rank"] = years.rank(method="min", ascending=not largest).astype("Int64")
    figures = pd.Series([None if pd.isna(v) else float(v) for v in found[field]], index=found.index, dtype="Float64")
    found["share"] = figures / figures.groupby(level="year").transform("sum").replace(0.0, pd.NA)
    return found.sort_values(["year", "rank"], kind="stable", na_position="last")
