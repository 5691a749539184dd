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

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.check import Collection, check
from xltools.editions import load_form
from xltools.figures import FieldType, Figure, exact, printed
from xltools.layout import layout_of, relations_at
from xltools.model import Filing
from xltools.roster import read_roster

if TYPE_CHECKING:
    import pandas as pd

WHO = ("name", "level", "edition", "supplements", "kind")
"""The columns of a frame of filings before its figures; year and code are its index."""


def read(paths: Sequence[Path | str], roster: Path | str | None = None, *, accepted: bool = False,
         jobs: int | None = None) -> pd.DataFrame:  # fmt: skip
    """Filings from files and folders, a row each, columns as in ``frame_of``; with ``accepted``, none but the accepted ones.

    Whatever could not be read is not in it: see ``findings``.
    """
    return frame_of(
        r.filing for r in collect(paths, roster, jobs=jobs).received if r.filing and (r.accepted or not accepted)
    )


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


def relations(edition: str, supplements: tuple[str, ...] = ()) -> pd.DataFrame:
    """The relations of an edition by id: severity, what must hold in words, basis.

    >>> relations("2021").loc["requests.balance.natural", "severity"]
    'error'
    """
    import pandas as pd

    form = load_form(edition, supplements)
    rows = [(r.id, r.severity, r.text, r.basis) for r in form.relations]
    return pd.DataFrame(rows, columns=["id", "severity", "text", "basis"]).set_index("id")


def judge(frame: pd.DataFrame) -> pd.DataFrame:
    """Every relation over every filing of a frame: rule, severity, left, right (in printed units), holds.

    ``holds`` is missing where a figure is. Relations against last year are not judged: a frame holds one year beside another.

    >>> from xltools.demo.data import published
    >>> judged = judge(frame_of([published("suqian-2023")]))
    >>> judged.loc[judged.severity == "error", "holds"].all()
    np.True_
    """
    import pandas as pd

    rows = [(*key, *judged) for key, row in frame.iterrows() for judged in _judged(row)]
    columns = ["year", "code", "rule", "severity", "left", "right", "holds"]
    found = pd.DataFrame(rows, columns=columns).set_index(["year", "code"])
    return found.astype({"holds": "boolean"})


def _judged(row: pd.Series[Any]) -> Iterator[tuple[Any, ...]]:
    """The relations of one filing: rule, severity, both sides, whether it holds."""
    form = load_form(row["edition"], tuple(name for name in row["supplements"].split(",") if name))
    values = {f.id: _figure(row.get(f.id), f.type) for f in form.inputs}
    for relation in relations_at(form, row["level"]):
        judged = relation.judge(values)
        if judged is None:
            yield relation.id, relation.severity, None, None, None
        else:
            left, right = (printed(n, t) for n, t in zip((judged.left, judged.right), relation.types, strict=True))
            yield relation.id, relation.severity, left, right, judged.holds


def _figure(value: Any, kind: FieldType) -> Figure:
    import pandas as pd

    return None if value is None or pd.isna(value) else exact(Decimal(str(value)), kind)


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
