"""Whether what a received summary says of an agency is what that filed: by the check code of its file, which 上报情况 has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from xltools.classes import dataclass
from xltools.editions import form_of
from xltools.figures import Figure
from xltools.form.checkcode import check_code
from xltools.form.compact import FigureRow
from xltools.form.fields import Origin
from xltools.form.model import Agency, Filing, Form


@dataclass(frozen=True)
class Filed:
    """What the agencies of a summary filed: of its period, by its form. ``codes`` are the check codes by the agencies' own."""

    summary: Filing
    codes: Mapping[str, str]

    def by(self, agency: Agency, figures: Mapping[str, Figure]) -> Filing:
        """An agency's filing, of figures alone."""
        return replace(self.summary, agency=agency, kind="filing", inputs=FigureRow.of(figures), texts={}, signoff={}, last={},
                       members=(), adjustments=())  # fmt: skip

    def knows(self, one: Filing) -> bool:
        """Whether a filing's figures have the check code that is said of its agency, where one is."""
        said = self.codes.get(one.agency.code)
        return said is None or check_code(one) == said or check_code(_as_asked(one)) == said


def _as_asked(filing: Filing) -> Filing:
    """An agency's figures by the form that it had itself: without the supplements of which they have nothing."""
    origin, own = filing.form.origin, _of_supplements(filing.form)
    lacking = {name for name, fields in own.items() if all(filing.inputs.get(field) is None for field in fields)}
    if origin is None or not lacking:
        return filing
    return replace(filing, form=_without(origin, lacking))


@lru_cache(maxsize=64)
def _of_supplements(form: Form) -> dict[str, tuple[str, ...]]:
    """The input fields that each supplement of a form brings, by the names of their definitions."""
    if form.origin is None:
        return {}
    names = [name for name, _ in form.origin.texts[1:]]
    without = {name: _without(form.origin, {name}).fields for name in names}
    return {name: tuple(f.id for f in form.inputs if f.id not in fields) for name, fields in without.items()}


def _without(origin: Origin, names: Collection[str]) -> Form:
    kept = tuple(one for one in origin.texts if one[0] not in names)
    return form_of(replace(origin, texts=kept, spaces=origin.spaces - {name.removesuffix(".toml") for name in names}))
