"""Both ends of a change between two forms in words: what figures are, what a relation says, what is carried over and charted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltools.editions.cellwords import ceiling_words, levels_words, years_words
from xltools.figures import FieldType
from xltools.form.algebra import LAST_YEAR, SIDES, sentence, sides
from xltools.form.fields import COUNT, Chart, Field, Line, Summed
from xltools.form.model import Form, Rule
from xltools.form.sums import LAST, Sum
from xltools.periods import spoken
from xltools.rules.relation import Relation

_TYPES: dict[FieldType, str] = {
    "count": "件数",
    "signed": "可为负的件数",
    "money": "金额（万元）",
    "yuan": "金额（元）",
    "ratio": "比率",
    "choice": "选择",
    "words": "文字",
}
_SUMMED: dict[Summed, str] = {"sum": "汇总求和", "max": "汇总取最大", "none": "不汇总"}


def measured(line: Line, beside: Sequence[Line]) -> str:
    """What the figures of a line are: their type, and all that is said of it; ``beside``: the lines a ratio may be of."""
    measure, names = line.measure or COUNT, {one.id: one.name for one in beside}
    more = ["、".join(measure.choices), "/".join(names.get(one, one) for one in measure.of)]
    if measure.type == "ratio":
        more += [measure.unit, f"{measure.decimals} 位小数"]
    if measure.summed != measure.usually:
        more.append(_SUMMED[measure.summed])
    said = "，".join(filter(None, more))
    return _TYPES[measure.type] + (f"（{said}）" if said else "")


def summed(of: Sum, form: Form) -> str:
    """A sum of a form's figures."""
    return sides(of, of, form.fields, spoken(LAST_YEAR, form.periods))[0]


def _sentence(rule: Relation, form: Form) -> str:
    """What a relation says, whatever words the form has for it."""
    return sentence(rule.anchors, rule.when, rule.holds, form.fields, spoken(LAST_YEAR, form.periods))


def says_otherwise(was: Rule, rule: Rule, old: Form, new: Form) -> str:
    """What of a relation has changed, where its own words do not show it; "" where they show it all, and of other rules."""
    if not (isinstance(was, Relation) and isinstance(rule, Relation)):
        return ""
    pairs = [
        ("年度", *(years_words(_years(one.years)) or "各年度" for one in (was, rule))),
        ("层级", *(levels_words(one.levels) or "各级" for one in (was, rule))),
        ("本级上限", *(ceiling_words(one.ceiling or {}) or "没有" for one in (was, rule))),
        ("知道上年数时", _instead(was, old), _instead(rule, new)),
    ]
    if was.sentence == rule.sentence:
        pairs.insert(0, ("", _sentence(was, old), _sentence(rule, new)))
    found = [f"{name}{'：' if name else ''}{one} → {other}" for name, one, other in pairs if one != other]
    shown = _both(was, old), _both(rule, new)
    if not found and was.sentence == rule.sentence and shown[0] != shown[1]:
        found = [f"左边、右边：{shown[0]} → {shown[1]}"]
    return "，".join(found)


def _instead(rule: Relation, form: Form) -> str:
    """What takes a relation's place where last year is known."""
    other = rule.with_last
    if other is None:
        return "不变"
    levels = levels_words(other.levels) if other.levels != rule.levels else ""
    return _sentence(other, form) + (f"（{levels}）" if levels else "")


def _both(rule: Relation, form: Form) -> str:
    return "、".join(sides(rule.left, rule.right, form.fields, spoken(LAST_YEAR, form.periods)))


def _years(years: tuple[int, int | None]) -> dict[str, int]:
    return {name: year for name, year in zip(("from", "to"), years, strict=True) if year}


def worded_otherwise(was: Rule, rule: Rule, old: Form, new: Form) -> bool:
    """Whether a form has other words of its own for a relation, of fields that are called as they were."""
    if not (isinstance(was, Relation) and isinstance(rule, Relation)):
        return False
    own = was.sides != SIDES or rule.sides != SIDES
    called = [
        [form.fields[name.removeprefix(LAST)].label for name in one.anchors] for one, form in ((was, old), (rule, new))
    ]
    return own and was.sentence != rule.sentence and called[0] == called[1]


def carried_otherwise(old: Form, new: Form) -> Iterator[tuple[Field, str]]:
    """The figures of both forms that last year's are put into otherwise, or no longer."""
    for name in (name for name in new.fields if name in old.fields):
        was, now = (form.last.carried.get(name) for form in (old, new))
        said, says = (summed(of, form) if of else "不结转" for of, form in ((was, old), (now, new)))
        if was != now and said != says:
            yield new.fields[name], f"{said} → {says}"


def charted_otherwise(was: Chart, chart: Chart, old: Form, new: Form) -> str:
    """What a chart shows otherwise, more and no longer; "" where it shows the same."""
    before, after = dict(was.items), dict(chart.items)
    both = [label for label in after if label in before and after[label] != before[label]]
    pairs = [(label, summed(before[label], old), summed(after[label], new)) for label in both]
    found = [f"“{label}”由{one}改为{other}" for label, one, other in pairs if one != other]
    for word, labels in (("加上", after.keys() - before.keys()), ("不再有", before.keys() - after.keys())):
        found += [f"{word}“{label}”" for label in (*after, *before) if label in labels]
    return "，".join(found)
