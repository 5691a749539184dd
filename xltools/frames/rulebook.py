"""The fields and the rules of an edition as frames, and every rule over every filing of a frame at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xltools.editions import load_form
from xltools.figures import printed
from xltools.form.layout import layout_of
from xltools.form.model import Form, Rule, Scope
from xltools.frames.figures import figure_of

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

    >>> from xltools.demo.data import published
    >>> from xltools.frames import frame_of
    >>> judged = judge(frame_of([published("suqian-2023")]))
    >>> judged.loc[judged.severity == "error", "holds"].all()
    np.True_
    """
    import pandas as pd

    found = [
        _judged(load_form(edition, tuple(name for name in more.split(",") if name)), Scope(level), group)
        for (edition, more, level), group in frame.groupby(["edition", "supplements", "level"], sort=False)
    ]
    columns = ["rule", "severity", "left", "right", "holds"]
    whole = pd.concat(found) if found else pd.DataFrame(columns=columns, index=frame.index[:0])
    order = {key: n for n, key in enumerate(frame.index)}
    whole = whole.iloc[sorted(range(len(whole)), key=lambda n: order[whole.index[n]])]
    return whole.astype({"holds": "boolean"})


def _judged(form: Form, scope: Scope, group: pd.DataFrame) -> pd.DataFrame:
    """The rules over filings of one form and level."""
    import numpy as np
    import pandas as pd

    fields = {f.id: f for f in form.inputs if f.id in group}
    figures = {name: [figure_of(value, f.type) for value in group[name]] for name, f in fields.items()}
    known = {name: np.array([v is not None for v in said]) for name, said in figures.items()}
    # Python's own integers where a figure is no whole number or too large for the machine's.
    whole = {
        name: all(v is None or (isinstance(v, int) and abs(v) < 2**40) for v in said) for name, said in figures.items()
    }
    columns = {
        name: np.array([0 if v is None else v for v in said], dtype=np.int64 if whole[name] else object)
        for name, said in figures.items()
    }
    rows = []
    for rule in form.at(scope):
        judged = rule.over(columns)
        if judged is None:
            continue
        left, right, holds = (np.broadcast_to(np.asarray(said), len(group)) for said in judged)
        missing = ~np.logical_and.reduce([known[name] for name in rule.operands])
        rows.append(_told(rule, form, group.index, left, right, holds, missing))
    columns_of = ["rule", "severity", "left", "right", "holds"]
    return pd.concat(rows) if rows else pd.DataFrame(columns=columns_of, index=group.index[:0])


def _told(rule: Rule, form: Form, index: Any, left: Any, right: Any, holds: Any, missing: Any) -> pd.DataFrame:
    """One rule over filings, a row each."""
    import pandas as pd

    types = getattr(rule, "types", ("count", "count"))
    sides = (
        [None if gone else printed(_plain(n), kind) for n, gone in zip(side, missing, strict=True)]
        for side, kind in zip((left, right), types, strict=True)
    )
    verdict = [None if gone else bool(said) for said, gone in zip(holds, missing, strict=True)]
    told = dict(zip(("left", "right"), sides, strict=True))
    return pd.DataFrame({"rule": rule.id, "severity": rule.severity, **told, "holds": verdict}, index=index)


def _plain(number: Any) -> Any:
    return int(number) if not hasattr(number, "denominator") or number.denominator == 1 else number
