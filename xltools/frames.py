"""For pandas users: filings, findings, relations and sums as frames. Needs pandas (``pip install 'xltools[pandas]'``).

Counts are ``Int64`` (a blank is ``<NA>``, which is not 0). Money is ``Decimal`` in 万元, exact to the 分, ``None`` for a blank.

>>> from xltools.demo.data import published
>>> city = frame_of([published("suqian-2023")])
>>> city[["name", "requests.new.total", "disclosure.fees.amount"]]
                name  requests.new.total disclosure.fees.amount
year code
2023 321300  宿迁市人民政府                3511             59237.2449
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.collection.check import Collection, check, left_out
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.figures import FieldType, Figure, exact, printed
from xltools.findings.failures import going_on
from xltools.form.layout import layout_of
from xltools.form.model import Filing, Form, Rule, Scope
from xltools.received.read import Received

if TYPE_CHECKING:
    import pandas as pd

WHO = ("name", "level", "edition", "supplements", "kind")
"""The columns of a frame of filings before its figures; year and code are its index."""


def read(paths: Sequence[Path | str], roster: Path | str | None = None, *, accepted: bool = False,
         jobs: int | None = None) -> pd.DataFrame:  # fmt: skip
    """Filings from files and folders, a row each, columns as in ``frame_of``; with ``accepted``, none but the accepted ones.

    Whatever could not be read is not in it: see ``findings``.
    """

    def framed(files: Sequence[Received]) -> pd.DataFrame:
        return frame_of(r.filing for r in files if r.filing and (r.accepted or not accepted))

    return going_on(collect(paths, roster, jobs=jobs).received, framed, _warned)


def _warned(received: Received, problem: Exception) -> Received:
    import warnings

    left_out("frame", received, problem)
    warnings.warn(received.findings[0].message, stacklevel=2)
    return received


def collect(paths: Sequence[Path | str], roster: Path | str | None = None, *, jobs: int | None = None) -> Collection:
    """Filings read and checked, one by one and as a set: what ``findings`` tells of.

    No process is started unless ``jobs`` is given; a script that gives it guards itself by ``if __name__ == "__main__":``.
    """
    return check([Path(path) for path in paths], read_roster(Path(roster)) if roster else None, jobs=jobs)


def frame_of(filings: Iterable[Filing]) -> pd.DataFrame:
    """Filings as a frame: index year and code, columns ``WHO`` and then every field, totals recomputed, blanks missing."""
    import pandas as pd

    known = list(filings)
    types = {name: field.type for filing in known for name, field in filing.form.fields.items()}
    rows = [(f.agency.name, f.agency.level, f.form.edition, ",".join(f.form.supplements), f.kind) for f in known]
    keys = [(f.year, f.agency.code) for f in known]
    index = pd.MultiIndex.from_tuples(keys, names=["year", "code"]) if keys else None
    columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(WHO)}
    for name, kind in types.items():
        figures = [f.values.get(name) for f in known]
        columns[name] = pd.array(figures, dtype="Int64") if _whole(figures, kind) else _decimals(figures, kind)
    return pd.DataFrame(columns, index=index)


def _whole(figures: Iterable[Figure], kind: FieldType) -> bool:
    return kind != "money" and all(f is None or isinstance(f, int) for f in figures)


def _decimals(figures: Iterable[Figure], kind: FieldType) -> list[Decimal | None]:
    return [None if f is None else printed(f, kind) for f in figures]


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
    figures = {name: [_figure(value, f.type) for value in group[name]] for name, f in fields.items()}
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


def _figure(value: Any, kind: FieldType) -> Figure:
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return exact(value if isinstance(value, Decimal) else Decimal(str(value)), kind)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """The sum over all filings of a frame, a row a year: counts ``Int64``, money ``Decimal``; a sum over nothing is missing.

    Equal to the figures of ``xltools merge`` over the same filings.

    >>> from xltools.demo.data import published
    >>> summary(frame_of([published("suqian-2023")] * 2))["disclosure.fees.amount"].tolist()
    [Decimal('118474.4898')]
    """
    import pandas as pd

    figures = frame.drop(columns=list(WHO))
    years = figures.groupby(level="year")
    found = {}
    for name in figures.columns:
        sums = {year: _total(group[name].dropna()) for year, group in years}
        whole = all(s is None or isinstance(s, int) for s in sums.values()) and figures[name].dtype == "Int64"
        found[name] = pd.Series(sums, dtype="Int64" if whole else object)
    return pd.DataFrame(found).rename_axis("year")


def _total(known: pd.Series[Any]) -> int | Decimal | None:
    if known.empty:
        return None
    return sum(known, Decimal(0)) if known.dtype == object else int(known.sum())


def findings(collection: Collection) -> pd.DataFrame:
    """The findings of a collection, a row each, with the keys that ``check --json`` gives."""
    import pandas as pd

    rows = []
    for found in collection.all_findings():
        row = found.as_json()
        agency = row.pop("agency") or {}
        rows.append({"agency_code": agency.get("code"), "agency_name": agency.get("name"), **row})
    return pd.DataFrame(rows)
