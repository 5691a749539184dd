"""Whose last year a return goes on from: stocks exactly (结转、现行有效), all other figures by being near."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.figures import SCALE, Figure, magnitude
from xltools.form.model import Filing, Form
from xltools.form.sums import LAST
from xltools.rules.relation import Relation

_CLOSE, _VERY_CLOSE, _FAR = 0.55, 0.25, 6.0
"""Figures go on from another's last year where they are so much nearer to it than to their own, in share and in all; where not
even one stock does, very much nearer."""

_ALONE = 0.5
"""And then so much nearer than to anybody else's."""

_MOST = 3.0
"""What one figure counts at most in how far two years are apart."""

_TRIED = 60
"""Agencies whose last year is looked at whole: those whose stocks fit, all of a roster, or all that are missing."""


class LastYears:
    """What each agency of a roster filed last year, and whose a return of this year follows."""

    def __init__(self, roster: Roster, previous: Previous, absent: frozenset[str]) -> None:
        self._previous = previous
        self._codes = tuple(e.agency.code for e in roster.expected)
        some = [codes for codes in (self._codes, tuple(sorted(absent))) if len(codes) <= _TRIED]
        self._likely = some[0] if some else ()
        self._figures: dict[tuple[str, int], dict[str, dict[str, Figure]]] = {}
        self._left: dict[tuple[str, int], dict[tuple[str, Figure], list[str]]] = {}

    def followed_by(self, filing: Filing) -> str | None:
        """The agency whose last year a filing's figures go on from, where they are far from their own; None for none."""
        lasts = self._known(filing.form, filing.year)
        little = _distance(filing, dict.fromkeys(filing.inputs, 0))
        here = _distance(filing, filing.last) if filing.last else little
        fitting = self._continued_by(filing)
        wide = here >= _FAR and little >= _FAR  # a little goes on from anybody's nothing
        tried = [*fitting, *(code for code in self._likely if wide and code not in fitting)]
        there = {c: _distance(filing, lasts[c]) for c in tried if lasts.get(c) and c != filing.agency.code}
        for code in sorted(there, key=lambda code: (-fitting.get(code, 0.0), there[code])):
            gained = here - there[code] + fitting.get(code, 0.0)
            if code in fitting and there[code] <= _CLOSE * here and gained >= _FAR:
                return code
            if code not in fitting and there[code] <= _VERY_CLOSE * here and gained >= _FAR:
                nearest = min((far for other, far in there.items() if other != code), default=here)
                return code if there[code] <= _ALONE * nearest else None
        return None

    def _known(self, form: Form, year: int) -> dict[str, dict[str, Figure]]:
        """Last year's figures of every agency that they are known of, by this year's form."""
        key = (form.edition, year)
        if key not in self._figures:
            found = {code: self._previous.figures(code, form, year) for code in self._codes}
            self._figures[key], left = found, dict[tuple[str, Figure], list[str]]()
            for code, last in found.items():
                for relation in filter(_continues, form.rules_of(Relation)):
                    if figure := _left_over(relation, last):
                        left.setdefault((relation.id, figure), []).append(code)
            self._left[key] = left
        return self._figures[key]

    def _continued_by(self, filing: Filing) -> dict[str, float]:
        """The agencies that left over what a filing goes on with and its own did not, not many, and how much that tells."""
        left, telling = self._left[(filing.form.edition, filing.year)], dict[str, float]()
        for relation in filter(_continues, filing.form.rules_of(Relation)):
            figure = _needed(relation, filing)
            if (
                figure
                and filing.carried.isdisjoint(relation.left.fields)
                and figure != _left_over(relation, filing.last)
            ):
                those = left.get((relation.id, figure), ())
                for code in those if len(those) <= _TRIED else ():  # what so many left over tells of nobody
                    telling[code] = telling.get(code, 0.0) + log(1 + float(magnitude(figure)))
        telling.pop(filing.agency.code, None)
        return dict(sorted(telling.items(), key=lambda pair: -pair[1])[:_TRIED])


def _continues(relation: Relation) -> bool:
    """Whether a relation says that a stock is what last year left of it."""
    return (
        bool(relation.last_operands)
        and all(c.op == "=" for some in relation.holds for c in some)
        and not (relation.when or relation.choices)
    )


def _left_over(relation: Relation, last: Mapping[str, Figure]) -> Figure:
    """What last year left, for the relation; None where that is not known."""
    total: Figure = 0
    for factor, name in relation.right.terms:
        if name.startswith(LAST):
            figure = last.get(name.removeprefix(LAST))
            total = None if figure is None or total is None else total + factor * figure
    return total


def _needed(relation: Relation, filing: Filing) -> Figure:
    """What last year must have left for the relation to hold; None where this year's figures are not all there."""
    total: Figure = 0
    terms = [*relation.left.terms, *((-f, n) for f, n in relation.right.terms if not n.startswith(LAST))]
    for factor, name in terms:
        figure = filing.values.get(name)
        total = None if figure is None or total is None else total + factor * figure
    return total


def _distance(filing: Filing, last: Mapping[str, Figure]) -> float:
    """How far this year's figures are from last year's: the sum of their ratios' logarithms, none counting much."""
    total = 0.0
    for item in filing.form.inputs:
        now, then = filing.values[item.id], last.get(item.id)
        if now is not None and then is not None and item.id not in filing.carried and now != then:
            one, before, after = SCALE[item.type], float(magnitude(then)), float(magnitude(now))
            total += min(abs(log((one + after) / (one + before))), _MOST)
    return total
