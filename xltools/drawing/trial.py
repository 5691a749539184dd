"""A form tried on sample figures: one set that every relation holds for, and for each relation figures that break it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import chain

from xltools.classes import dataclass
from xltools.figures import SCALE, Figure, show
from xltools.form.model import Agency, Filing, Form, Scope
from xltools.form.sums import LAST
from xltools.rules.relation import Relation
from xltools.terms import LEVELS, SIGNOFF, Level, Severity

_TRIES, _MOVES = 400, 3000


@dataclass(frozen=True)
class Tried:
    """A relation with figures of both sides: one for which it holds, one for which it does not (None where none was found)."""

    id: str
    text: str
    severity: Severity
    level: Level | None
    """The level whose threshold these figures are at; None where they would do for any."""
    holding: tuple[str, str] | None
    failing: tuple[str, str] | None


LEVEL: Level = "county"
"""The level of whoever a form is tried as."""


def samples(form: Form, level: Level = LEVEL) -> dict[str, Figure]:
    """Figures, mostly not 0, for which every relation that looks at this year alone holds."""
    chance = random.Random(form.edition)
    figures: dict[str, Figure] = {field.id: 0 for field in form.inputs}
    rules = [r for r in form.at(Scope(level)) if isinstance(r, Relation) and r.severity != "note"]
    by_field: dict[str, list[Relation]] = {}
    for rule in rules:
        for name in rule.operands:
            by_field.setdefault(name, []).append(rule)
    names = list(figures)
    for _ in range(_MOVES):
        first = chance.choice(names)
        beside = [n for rule in by_field.get(first, ()) for n in rule.operands if n in figures]
        chosen = {first: _step(form, first, chance)} | {
            n: _step(form, n, chance) for n in chance.sample(beside, min(len(beside), 1))
        }
        if len(chosen) == 2 and chance.random() < 0.7:
            chosen = dict.fromkeys(chosen, chosen[first])
        moved = {**figures, **{n: max(0, step + (figures[n] or 0)) for n, step in chosen.items()}}
        about = {id(r): r for n in chosen for r in by_field.get(n, ())}.values()
        if all(_holds(rule, moved) for rule in about):
            figures = moved
    return figures


def sample_filing(form: Form, figures: Mapping[str, Figure] | None = None) -> Filing:
    """A filing of nobody's: blank, or with these figures, words in every text, and signed."""
    agency = Agency("1", "试填单位", LEVEL)
    if figures is None:
        return Filing(form, agency, form.years[0])
    texts = {section.id: ("试填的文字。",) for section in form.text_sections}
    signed = dict.fromkeys(SIGNOFF, "试填") | {"date": f"{form.years[0] + 1}-01-15", "phone": "0"}
    return Filing(form, agency, form.years[0], inputs=figures, texts=texts, signoff=signed)


def _step(form: Form, name: str, chance: random.Random) -> int:
    if words := form.fields[name].choices:
        return chance.randrange(len(words))
    return int(chance.randint(1, 9) * SCALE[form.fields[name].type])


def _holds(rule: Relation, figures: Mapping[str, Figure]) -> bool:
    weighed = rule.weigh(figures)
    return weighed is None or weighed.holds


def tried(form: Form) -> list[Tried]:
    """Every relation, on figures of its own: for the first level that it applies to, with last year's figures where it needs them."""
    chance, found, seen = random.Random(form.edition), [], set()
    bounded = {rule.id for rule in form.rules if isinstance(rule, Relation) and rule.ceiling}
    known = frozenset((*(field.id for field in form.inputs), *form.last_read))
    for level in LEVELS:
        for last in (frozenset[str](), known):
            for rule in form.at(Scope(level, "filing", last)):
                if isinstance(rule, Relation) and (rule.id, rule.text) not in seen:
                    seen.add((rule.id, rule.text))
                    found.append(_try(rule, form, chance, level if rule.id in bounded else None))
    return found


def _try(rule: Relation, form: Form, chance: random.Random, level: Level | None) -> Tried:
    """Figures that say something: not 0 on both sides, where there are others."""
    sides: dict[bool, tuple[str, str]] = {}
    telling: set[bool] = set()
    for number in range(_TRIES):
        weighed = rule.weigh(_figures(rule, form, chance, number))
        if weighed is None or weighed.holds in telling:
            continue
        if weighed.left or weighed.right:
            telling.add(weighed.holds)
        elif weighed.holds in sides:
            continue
        sides[weighed.holds] = (show(weighed.left, rule.types[0]), show(weighed.right, rule.types[1]))
        if len(telling) == 2:
            break
    return Tried(rule.id, rule.sentence, rule.severity, level, sides.get(True), sides.get(False))


def _figures(rule: Relation, form: Form, chance: random.Random, number: int) -> dict[str, Figure]:
    """Figures for a relation, alike everywhere, one or two alone, small, at its thresholds, of any size; smaller ones first."""
    limits = [abs(side.constant) for c in (*rule.when, *chain.from_iterable(rule.holds)) for side in (c.left, c.right)]
    names, size = list(rule.operands), 10 ** chance.randint(0, 1 + number * 8 // _TRIES)
    kinds = {name: form.fields[name.removeprefix(LAST)].type for name in names}
    if number % 5 == 0:
        printed = dict.fromkeys(names, number // 5)
    elif number % 5 == 1:
        alone = chance.sample(names, min(len(names), chance.randint(1, 2)))
        printed = dict.fromkeys(names, 0) | dict.fromkeys(alone, chance.randint(1, size))
    elif number % 5 == 3:
        printed = {name: chance.choice((0, 0, *limits)) + chance.randint(0, 1) for name in names}
    elif number % 5 == 2:
        printed = {name: chance.randint(-2 if kinds[name] == "signed" else 0, 2) for name in names}
    else:
        printed = {name: chance.randint(0, size) for name in names}
    chosen = {name: chance.randrange(len(words)) for name, words in rule.choices.items()}
    return {**{name: figure * SCALE[kinds[name]] for name, figure in printed.items()}, **chosen}
