"""What goes wrong in life: a clean return turned into what agencies send in, one way each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xltools.classes import dataclass
from xltools.form.model import Form
from xltools.rules.signoff import Signoff

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A way a return is wrong: in words for the terminal, how many files come in, what it does to the values."""

    words: str
    spoil: Callable[[Values, Form], Values]
    copies: int = 1


def _as_it_is(data: Values, form: Form) -> Values:
    return data


def _unbalanced(data: Values, form: Form) -> Values:
    name = "requests.granted.natural"
    values = _without_totals(data["values"], form)
    return {**data, "values": {**values, name: values[name] + 9}}


def _undeclared(data: Values, form: Form) -> Values:
    return {**data, "declared_zero": [section for section in data["declared_zero"] if section != "requests"]}


def _full_width(data: Values, form: Form) -> Values:
    name = "disclosure.licensing.decisions"
    typed = f"{data['values'][name]:,}".translate({ord(c): ord(c) - 0x20 + 0xFF00 for c in "0123456789,"})
    return {**data, "values": {**data["values"], name: typed}}


def _yuan(data: Values, form: Form) -> Values:
    name = "disclosure.fees.amount"
    return {**data, "values": {**data["values"], name: f"{data['values'][name] * 10000:.2f}元"}}


def _early(data: Values, form: Form) -> Values:
    early = f"{int(data['signoff']['date'][:4]) - 1}-12-29"
    why = "办公系统元旦停机检修，填报人提前签字；数字截至 12 月 31 日，检修后重新核对过。"
    return {**data, "signoff": {**data["signoff"], "date": early}, "explanations": {_signoff(form).id: why}}


def _unsigned(data: Values, form: Form) -> Values:
    return {**data, "signoff": {**data["signoff"], _signoff(form).names[1]: ""}}


def _without_totals(values: Values, form: Form) -> Values:
    """The inputs alone: the workbook's own formulas make the totals that go with a wrong figure."""
    return {name: value for name, value in values.items() if not form.fields[name].parts}


FAULTS: dict[str, Fault] = {
    "": Fault("填得都对", _as_it_is),
    "missing": Fault("没有报", _as_it_is, copies=0),
    "twice": Fault("同一份表发来两次", _as_it_is, copies=2),
    "unbalanced": Fault("“予以公开”一格填错，一列的勾稽关系不平", _unbalanced),
    "undeclared": Fault("空白格没有填 0，也没有选“本表空白格均为0”", _undeclared),
    "full_width": Fault("一个数字用了全角和逗号", _full_width),
    "yuan": Fault("收费金额按“元”填", _yuan),
    "explained": Fault("填报日期早于年末，写了情况说明", _early),
    "unsigned": Fault("审核人没有签字", _unsigned),
}
"""Every fault by the name that the season's data uses."""


def _signoff(form: Form) -> Signoff:
    return form.rules_of(Signoff)[0]
