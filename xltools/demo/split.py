"""A published total split into filings: made-up shares that add up to the real figures exactly, and break no rule.

What a relation ties together is dealt together: applications are dealt out one by one, each with where it came from and how it
ended, so that every agency's column balances because every application in it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from random import Random
from typing import TypeVar

from xltools.errors import XltoolsError
from xltools.figures import Figure
from xltools.form.model import Agency, Filing, Form
from xltools.rules.relation import Relation

T = TypeVar("T")

ATTEMPTS = 50
"""Deals tried before a total is given up: rounding may leave a small agency with more issued than in force."""


def split(
    form: Form, total: Mapping[str, Figure], weights: Mapping[Agency, int], seed: int
) -> dict[Agency, dict[str, int]]:
    """For each agency a figure for every input field; together they are the total's, to the last 分.

    The same arguments give the same figures, on any machine. XltoolsError where the total has a blank or half a piece,
    breaks a relation itself, or cannot be dealt so that every agency keeps every relation.
    """
    whole = dict(_whole(form, total))
    random = Random(seed)
    for _ in range(ATTEMPTS):
        dealt = _deal(form, whole, weights, random)
        if all(_clean(form, agency, figures) for agency, figures in dealt.items()):
            return dealt
    raise XltoolsError("这份合计分不成各单位都符合勾稽关系的数：请核对合计本身，或者减少单位")


def _whole(form: Form, total: Mapping[str, Figure]) -> Iterator[tuple[str, int]]:
    for field in form.inputs:
        figure = total.get(field.id)
        if not isinstance(figure, int):
            raise XltoolsError(f"合计里的“{field.id}”是空白或者不是整数，不能拆分")
        yield field.id, figure


def _deal(
    form: Form, total: dict[str, int], weights: Mapping[Agency, int], random: Random
) -> dict[Agency, dict[str, int]]:
    dealt: dict[Agency, dict[str, int]] = {agency: {} for agency in weights}
    together: set[str] = set()
    for sources, outcomes in _balances(form):
        if together.isdisjoint((*sources, *outcomes)):
            _deal_pieces(sources, outcomes, total, weights, dealt, random)
            together.update(sources, outcomes)
    for field in form.inputs:
        if field.id in together:
            continue
        # A little chance in each field, or all agencies would be copies of one another, scaled.
        entitled = [weight * int(600 + 800 * random.random()) * _may_have(form, agency, field.id)
                    for agency, weight in weights.items()]  # fmt: skip
        for figures, share in zip(dealt.values(), portions(total[field.id], entitled), strict=True):
            figures[field.id] = share
    return dealt


def _balances(form: Form) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Both sides of each relation of the kind “these together are as many as those together”."""
    for relation in form.rules_of(Relation):
        comparisons = [c for alternative in relation.holds for c in alternative]
        if (
            relation.when
            or relation.levels
            or relation.last_operands
            or len(comparisons) != 1
            or comparisons[0].op != "="
        ):
            continue
        left, right = comparisons[0].left, comparisons[0].right
        if left.terms and right.terms and {factor for factor, _ in (*left.terms, *right.terms)} == {1}:
            yield left.fields, right.fields


def _deal_pieces(
    sources: Sequence[str], outcomes: Sequence[str], total: dict[str, int], weights: Mapping[Agency, int],
    dealt: dict[Agency, dict[str, int]], random: Random,
) -> None:  # fmt: skip
    came, went = (_shuffled([f for f in side for _ in range(total[f])], random) for side in (sources, outcomes))
    if len(came) != len(went):
        raise XltoolsError(f"合计本身两边不等，不能拆分：{'＋'.join(sources)} 是 {len(came)}，另一边是 {len(went)}")
    at = 0
    for figures, count in zip(dealt.values(), portions(len(came), list(weights.values())), strict=True):
        figures.update(dict.fromkeys((*sources, *outcomes), 0))
        for name in (*came[at : at + count], *went[at : at + count]):
            figures[name] += 1
        at += count


def _shuffled(items: list[T], random: Random) -> list[T]:
    # Sorted by random keys: Python promises the same random() on every version, and of shuffle() no such thing.
    return sorted(items, key=lambda _: random.random())


def portions(whole: int, weights: Sequence[int]) -> list[int]:
    """A whole number in parts by weight, which add up to it exactly; a weight of 0 gets nothing."""
    if whole and not any(weights):
        raise XltoolsError("没有一个单位可以有这个数，不能拆分")
    edges = [whole * upto // (sum(weights) or 1) for upto in accumulate(weights, initial=0)]
    return [edge - before for before, edge in pairwise(edges)]


def _may_have(form: Form, agency: Agency, field: str) -> bool:
    """Whether no relation for some levels only, which says that a sum is zero, keeps the field from the agency."""
    return not any(
        relation.levels and agency.level in relation.levels and field in relation.left.fields
        and not relation.right.terms and not relation.right.constant
        for relation in form.rules_of(Relation)
    )  # fmt: skip


def _clean(form: Form, agency: Agency, figures: Mapping[str, int]) -> bool:
    filing = Filing(form, agency, 0, inputs=dict(figures))
    weighed = (rule.weigh(filing.figures) for rule in filing.rules if isinstance(rule, Relation))
    return all(judgement is None or judgement.holds for judgement in weighed)
