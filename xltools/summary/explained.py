"""情况说明 of a summary: what its parts explained, or had settled, goes upward with their figures.

Only where it accounts for all that fails: where the rule holds once those parts are taken out of the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xltools.collection.explanations import PASSED_ON, passed_on, stale, stamp
from xltools.figures import Figure
from xltools.findings import CheckAt, Closure, Finding, finding
from xltools.form.model import Filing, Rule
from xltools.received.file import Received
from xltools.terms import explains, several

_LONGEST = 2000
"""Characters of an explanation made of those of parts: more than a row of 校验 shows, far from what a cell holds."""

_Closed = Sequence[tuple[Received, Closure]]


def explained(filing: Filing, parts: Sequence[Received]) -> tuple[Filing, tuple[Finding, ...]]:
    """A summary with the explanations of its parts in its own, and a note for each that leaves something unexplained.

    What the office wrote itself stands, unless it was for other figures; what came from parts before is made anew.
    """
    said = dict(filing.explanations)
    given: list[str] = []
    notes: list[Finding] = []
    asked = {rule.id: next(iter(rule.judge(filing)), None) for rule in filing.rules if _asked(filing, rule)}
    closures = _closures({name for name, failing in asked.items() if failing}, parts)
    for rule in (rule for rule in filing.rules if rule.id in asked):
        failing, closed = asked[rule.id], closures.get(rule.id, [])
        left = next(iter(rule.judge(_without(filing, [part for part, _ in closed]))), None) if closed else failing
        if failing and not left:
            said[rule.id] = _joined([_piece(part, closure) for part, closure in closed])
            given.append(rule.id)
        elif passed_on(filing, rule.id):
            del said[rule.id]
        if closed and left and left.actual is not None:  # a sign-off or a text has nothing of theirs to be left over
            notes.append(_in_part(rule, closed, left))
    made = replace(filing, explanations=said)
    stamps = {rule: kept for rule, kept in filing.stamps.items() if rule in said}
    return replace(made, stamps=stamps | {rule: stamp(made, rule) + PASSED_ON for rule in given}), tuple(notes)


def _asked(filing: Filing, rule: Rule) -> bool:
    """Whether an explanation of a rule can be given, and the office has not written one itself."""
    written = explains(filing.explanations.get(rule.id, "")) and not stale(filing, rule.id)
    return rule.id in filing.form.queries and (not written or passed_on(filing, rule.id))


def _closures(rules: set[str], parts: Sequence[Received]) -> dict[str, list[tuple[Received, Closure]]]:
    """By rule the parts in which it fails too, and that was explained or settled, with how."""
    found: dict[str, list[tuple[Received, Closure]]] = {}
    for part in parts if rules else ():
        known = {f.rule: f.closure for f in reversed(part.findings)
                 if f.rule in rules and f.severity == "query" and f.closure}  # fmt: skip
        for rule, closure in known.items() if part.card else ():
            found.setdefault(rule or "", []).append((part, closure))
    return found


def _without(filing: Filing, parts: Sequence[Received]) -> Filing:
    """What is left of a summary, this year's figures and last year's, without some of its parts."""
    inputs, last = dict(filing.inputs), dict(filing.last)
    for part in parts:
        _less(inputs, part.known.values)
        _less(last, part.known.last)
    return replace(filing, inputs=inputs, last=last)


def _less(figures: dict[str, Figure], part: Mapping[str, Figure]) -> None:
    for name, figure in figures.items():
        if figure is not None:
            figures[name] = figure - (part.get(name) or 0)


def _piece(part: Received, closure: Closure) -> str:
    settled = "（本级已核实）" if closure.how == "decided" else ""
    name = part.card.agency.name if part.card else ""
    return f"{name}{settled}：{closure.words.rstrip('。；')}"


def _joined(pieces: Sequence[str]) -> str:
    """The pieces in a row, as many as there is room for: at least the first."""
    fitting: list[str] = []
    room = _LONGEST
    for piece in pieces:
        if fitting and len(piece) > room:
            break
        fitting.append(piece if len(piece) <= room else f"{piece[:room]}…")
        room -= len(piece)
    return several([*fitting, *pieces[len(fitting) :]], len(fitting), "家", "；")


def _in_part(rule: Rule, closed: _Closed, left: Finding) -> Finding:
    names = several([part.card.agency.name for part, _ in closed if part.card])
    return finding("explanation-partial", at=CheckAt(rule.id), rule=rule.id, actual=left.actual, expected=left.expected,
                   types=left.types, names=names, place=rule.sentence)  # fmt: skip
