"""The fields and the rules of an edition as frames, and every rule over every filing of a frame at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from xltools.editions import load_form
from xltools.figures import SCALE, FieldType, printed
from xltools.form.layout import layout_of
from xltools.form.model import Form, Rule, Scope
from xltools.frames.framing import figure_of
from xltools.periods import period

if TYPE_CHECKING:
    import pandas as pd


def fields(edition: str, supplements: tuple[str, ...] = ()) -> pd.DataFrame:
    """The fields of an edition by id: label, sheet and cell, kind (input or total), type, unit.

    >>> fields("2021").loc["requests.new.natural", ["sheet", "cell", "kind", "type"]].tolist()
    ['三、依申请公开', 'D8', 'input', 'count']
    """
    import pandas as pd

    form = load_form(edition, supplements)
    layout = layout_of(form)
    rows = [(f.id, f.label, f.section.sheet, layout.cell(f.id), f.kind, f.type, f.unit) for f in form.fields.values()]
    return pd.DataFrame(rows, columns=["id", "label", "sheet", "cell", "kind", "type", "unit"]).set_index("id")


def rules(edition: str, supplements: tuple[str, ...] = ()) -> pd.DataFrame:
    """The rules of an edition by id, of every kind: severity, what must hold in words, basis, kind.

    >>> rules("2021").loc["requests.balance.natural", "severity"]
    'error'
    """
    import pandas as pd

    form = load_form(edition, supplements)
    rows = [(r.id, r.severity, r.sentence, r.basis, r.kind) for r in form.rules]
    return pd.DataFrame(rows, columns=["id", "severity", "text", "basis", "kind"]).set_index("id")


def judge(frame: pd.DataFrame) -> pd.DataFrame:
    """Every rule that is for columns over every filing of a frame: rule, severity, left, right (in printed units), holds.

    Filings of one form and level are judged all at once. ``holds`` is missing where a figure is. Rules against last year are
    not judged: a frame holds one year beside another.

    >>> from xltools.demo.published import published
    >>> from xltools.frames import frame_of
    >>> judged = judge(frame_of([published("suqian-2023")]))
    >>> judged.loc[judged.severity == "error", "holds"].all()
    np.True_
    """
    import numpy as np
    import pandas as pd

    bare = frame.reset_index()
    found = [
        told
        for (edition, more, level, kind, year), group in bare.groupby(_ALIKE, sort=False)
        for scope in [Scope(level, kind, year=period(year) if isinstance(year, str) else year)]
        for told in _judged(load_form(edition, tuple(filter(None, more.split(",")))), scope, group)
    ]
    rows = np.concatenate([told.rows for told in found] or [np.array([], dtype=np.int64)])
    columns = {
        "rule": np.repeat(np.array([told.rule.id for told in found], dtype=object), [len(told.rows) for told in found]),
        "severity": np.repeat([str(told.rule.severity) for told in found], [len(told.rows) for told in found]).astype(
            object
        ),
        **{
            side: pd.Series([n for told in found for n in getattr(told, side)], dtype=object)
            for side in ("left", "right")
        },
        "holds": pd.array([said for told in found for said in told.holds], dtype="boolean"),
    }
    order = np.argsort(rows, kind="stable")
    whole = pd.DataFrame(columns).iloc[order]
    whole.index = frame.index.take(rows[order])
    return whole


_ALIKE = ["edition", "supplements", "level", "kind", "year"]
"""What filings have alike that the same rules are for."""


class _Told(NamedTuple):
    """One rule over filings: their rows in the frame, both sides as printed and whether it holds, None where a figure is missing."""

    rule: Rule
    rows: Any
    left: list[Decimal | None]
    right: list[Decimal | None]
    holds: list[bool | None]


def _judged(form: Form, scope: Scope, group: pd.DataFrame) -> Iterator[_Told]:
    """The rules over filings of one form and level."""
    import numpy as np

    columns, known = columns_of(form, group)
    rows = group.index.to_numpy()
    for rule in form.at(scope):
        judged = rule.over(columns)
        if judged is None:
            continue
        left, right, holds = (np.broadcast_to(np.asarray(said), len(group)) for said in judged)
        there = np.logical_and.reduce([known[name] for name in rule.operands])
        types: tuple[FieldType, FieldType] = getattr(rule, "types", ("count", "count"))
        at = there.tolist()
        yield _Told(rule, rows, _printed(left, types[0], at), _printed(right, types[1], at),
                    [bool(said) if known else None for said, known in zip(holds.tolist(), at, strict=True)])  # fmt: skip


def _printed(side: Any, kind: FieldType, there: Sequence[bool]) -> list[Decimal | None]:
    """Exact figures as printed; None for those that are not there."""
    return [printed(n, kind) if known else None for n, known in zip(side.tolist(), there, strict=True)]


_EXACT = 2**40
"""Beyond this a sum of figures might leave the machine's own integers."""


def columns_of(form: Form, group: pd.DataFrame) -> tuple[dict[str, Any], dict[str, Any]]:
    """The exact figures of filings of one form by input field, 0 for a blank; and which are known."""
    import numpy as np

    columns, known = {}, {}
    for field in form.inputs:
        if field.id not in group:
            continue
        series = group[field.id]
        known[field.id] = series.notna().to_numpy(dtype=bool)
        if series.dtype.name == "Int64":
            figures = series.to_numpy(dtype=np.int64, na_value=0) * SCALE[field.type]
            whole = True
        else:
            exact = [figure_of(value, field.type) or 0 for value in series]
            whole = all(isinstance(n, int) for n in exact)
            figures = np.array(exact, dtype=object)
        # Python's own integers where a figure is no whole number or too large for the machine's.
        small = whole and all(-_EXACT < n < _EXACT for n in (figures.min(), figures.max()))
        columns[field.id] = figures.astype(np.int64 if small else object)
    return columns, known
