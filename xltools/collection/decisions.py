"""办理记录: the office in charge settles a query itself, by telephone say. An error it cannot settle: it must be corrected.

A decision is made over what was found then. Its stamp keeps that: a query that is not among it stays open.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial

from xltools.classes import dataclass
from xltools.collection.explanations import digest
from xltools.findings import Closure, Finding, finding
from xltools.form.model import NONE, Filing, Form
from xltools.received.renamed import called_before, called_now, following


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of 办理记录: for which agency (code), which query (``item``: a rule or a finding's code), who, when, and why."""

    row: int
    agency: str
    item: str
    by: str
    date: str
    words: str

    def settles(self, found: Finding) -> bool:
        """Whether a finding is one that the decision is about."""
        return self.item in (found.rule, found.code)

    @property
    def closure(self) -> Closure:
        return Closure("decided", f"{self.by}，{self.date}，{self.words}")


@dataclass(frozen=True)
class Office:
    """What the office in charge knows beyond the files received.

    ``explained`` holds the stamps of explanations by agency code and rule, ``decided`` those of decisions by agency code and
    item, as an earlier run left them (``explanations.stamps_of``, ``stamps``). ``file`` is where the decisions stand.
    """

    file: str = ""
    decisions: tuple[Decision, ...] = ()
    explained: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decided: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def of(self, filing: Filing) -> dict[str, Decision]:
        """The decisions about a filing's agency by item, as its form calls it now; of several rows for one the last counts."""
        mine = ((d, called_now(filing.form, d.item)) for d in self.decisions if d.agency == filing.agency.code)
        return {now[0]: replace(d, item=now[0]) for d, now in mine if len(now) == 1}

    def made_over(self, filing: Filing) -> dict[str, Sequence[str]]:
        """What an earlier run knew each decision about a filing's agency to be made over, by item as its form calls it now."""
        return following(filing.form, self.decided.get(filing.agency.code, {}))


def decide(findings: Sequence[Finding], filing: Filing, office: Office) -> list[Finding]:
    """The findings of a filing, those queries closed that the office settled, and a note for each decision that did not hold."""
    settled, notes, made_over = list(findings), [], office.made_over(filing)
    for item, decision in office.of(filing).items():
        about = [n for n, found in enumerate(settled) if decision.settles(found)]
        queries = [n for n in about if settled[n].asks and settled[n].open]
        tell = partial(finding, file=office.file, agency=filing.agency, row=decision.row)
        if reason := next((why for n in queries if (why := _confirms(decision, settled[n], filing))), ""):
            notes.append(tell("decision-unusable", reason=reason))
            continue
        for n in queries:
            if _holds(made_over.get(item), decision, settled[n], filing):
                settled[n] = replace(settled[n], closure=decision.closure)
        if any(settled[n].open for n in queries):
            notes.append(tell("decision-stale", item=item))
        elif any(settled[n].severity == "error" for n in about):
            reason = f"{filing.agency.name}的“{item}”是错误，要改正，不能由本级核实了结"
            notes.append(tell("decision-unusable", reason=reason))
    return settled + notes


def is_about(item: str, found: Finding, form: Form) -> bool:
    """Whether a row of 办理记录 that names an item is about a finding in a filing of a form: by its rule, by its code, or by what
    it was called before; not where that may be several now.
    """
    return called_now(form, item) in ((found.rule,), (found.code,))


_WRONG_FORM = ("错用", "误用", "用错", "拿错", "填错")
"""How people say that a form was another's."""


def _confirms(decision: Decision, found: Finding, filing: Filing) -> str:
    """That words which confirm a doubt do not settle it, and why; "" for all else.

    A file that seems to be another agency's counts once that is settled; but whoever found out that it is, writes just that down.
    """
    if found.code != "agency-doubtful":
        return ""
    from xltools.collection.whose.names import named_anywhere

    own, other = filing.agency, found.detail["other_name"]
    words = "".join(decision.words.split())
    agencies = {own.code: own.name, found.detail["other_code"]: other}
    named = named_anywhere(words, found.detail["other_code"], agencies)
    if not named and not any(wrong in words for wrong in _WRONG_FORM):
        return ""
    return (
        f"处理情况写的是{other if named else '用错了表'}，这一份仍不计入{own.name}；是{other}填的，不用在这里了结，"
        f"把这一份移出收表的文件夹，请{other}用自己的表填报；确是{own.name}填的，处理情况里只写{own.name}怎样确认的"
    )


def stamps(findings: Iterable[Finding], filing: Filing, office: Office) -> dict[str, list[str]]:
    """What each decision about a filing's agency was made over: a digest of its words, then one of each query it is about.

    Those known keep what they are; new are those of decisions that are new or were written anew.
    """
    found, known = {}, office.made_over(filing)
    about = list(findings)
    for item, decision in office.of(filing).items():
        if _same_words(known.get(item), decision):
            found[item] = list(known[item])
        else:
            queries = (f for f in about if f.asks and decision.settles(f))
            found[item] = [_words(decision), *sorted({_seen(f, filing) for f in queries})]
    return found


def _holds(known: Sequence[str] | None, decision: Decision, found: Finding, filing: Filing) -> bool:
    if not _same_words(known, decision):
        return True
    over = (known or ())[1:]
    return _seen(found, filing) in over or _seen(found, filing, called_before(filing.form)) in over


def _same_words(known: Sequence[str] | None, decision: Decision) -> bool:
    return bool(known) and known[0] == _words(decision)  # type: ignore[index]


def _words(decision: Decision) -> str:
    return digest((decision.by, decision.date, *decision.words.split()))


_OUR_WORDS = ("text", "rule_remedy", "suggestion")
"""Details of a finding that are the program's own words, which another version may put otherwise."""


def _seen(found: Finding, filing: Filing, called: Mapping[str, str] = NONE) -> str:
    """A query as it was seen: what it says, and every figure it rests on; by the names that things were called by then."""

    def then(name: str | None) -> str | None:
        return called.get(name, name) if name else name

    figures = (filing.figures.get(name) for name in (found.field, *found.related) if name)
    said = (found.code, then(found.rule), found.sheet, found.cell, then(found.field), found.actual, found.expected)
    detail = (f"{k}={called.get(str(v), v)}" for k, v in sorted(found.detail.items()) if k not in _OUR_WORDS)
    return digest((*said, *figures, *detail))


def unused(
    office: Office, findings: Iterable[Finding], known: Container[str], forms: Mapping[str, Form]
) -> Iterator[Finding]:
    """A note for each decision whose item is no ``known`` rule or code, none of the agency's form by its code, and none that was
    found this time; and for each that may be about several.
    """
    there = {(f.agency.code, item) for f in findings if f.agency for item in (f.rule, f.code)}
    for decision in office.decisions:
        item, form = decision.item, forms.get(decision.agency)
        names = called_now(form, item) if form else (item,)
        reason = f"没有编号为“{item}”的问题，编号见审核结果或“校验”表"
        if len(names) > 1:
            reason = f"叫“{item}”的现在有 {len(names)} 个：{'、'.join(names)}；请写明是哪一个"
        elif item in known or (decision.agency, names[0]) in there or (form and _has(form, names[0])):
            continue
        yield finding("decision-unusable", file=office.file, row=decision.row, reason=reason)


def _has(form: Form, item: str) -> bool:
    return item in form.fields or any(rule.id == item for rule in form.rules)
