"""情况说明 of a summary: what its parts explained, or had settled, goes upward with their figures.

Only where it accounts for all that fails: where the rule holds once those parts are taken out of the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xltools.collection.explanations import PASSED_ON, passed_on, stale, stamp
from xltools.figures import Figure
from xltools.findings import CheckAt, Closure, Finding, finding
from xltools.form.model import Filing, Rule
from xltools.received.read import Received
from xltools.terms import explains, several

_LONGEST = 2000
"""Characters of an explanation made of those of parts: more than a row of 校验 shows, far from what a cell holds."""

_Closed = Sequence[tuple[Filing, Closure]]


def explained(filing: Filing, parts: Iterable[Received]) -> tuple[Filing, tuple[Finding, ...]]:
    """A summary with the explanations of its parts in its own, and a note for each that leaves something unexplained.

    What the office wrote itself stands, unless it was for other figures; what came from parts before is made anew.
    """
    said = dict(filing.explanations)
    given: list[str] = []
    notes: list[Finding] = []
    for rule in filing.rules:
        mine = passed_on(filing, rule.id)
        written = explains(said.get(rule.id, "")) and not mine and not stale(filing, rule.id)
        if rule.id not in filing.form.queries or written:
            continue
        failing = next(iter(rule.judge(filing)), None)
        closed = list(_closed(rule, parts)) if failing else []
        left = next(iter(rule.judge(_without(filing, [part for part, _ in closed]))), None) if closed else failing
        if failing and not left:
            said[rule.id] = _joined([_piece(part, closure) for part, closure in closed])
            given.append(rule.id)
        elif mine:
            del said[rule.id]
        if closed and left and left.actual is not None:  # a sign-off or a text has nothing of theirs to be left over
            notes.append(_in_part(rule, closed, left))
    made = replace(filing, explanations=said)
    stamps = {rule: kept for rule, kept in filing.stamps.items() if rule in said}
    return replace(made, stamps=stamps | {rule: stamp(made, rule) + PASSED_ON for rule in given}), tuple(notes)


def _closed(rule: Rule, parts: Iterable[Received]) -> Iterator[tuple[Filing, Closure]]:
    """The parts in which the rule fails too, and that was explained or settled, with how."""
    for part in parts:
        closures = (f.closure for f in part.findings if f.rule == rule.id and f.severity == "query" and f.closure)
        if part.filing and (closure := next(closures, None)):
            yield part.filing, closure


def _without(filing: Filing, parts: Sequence[Filing]) -> Filing:
    """What is left of a summary, this year's figures and last year's, without some of its parts."""
    inputs = _less(filing.inputs, [part.values for part in parts])
    return replace(filing, inputs=inputs, last=_less(filing.last, [part.last for part in parts]))


def _less(figures: Mapping[str, Figure], parts: Sequence[Mapping[str, Figure]]) -> dict[str, Figure]:
    return {name: None if figure is None else figure - sum(part.get(name) or 0 for part in parts)
            for name, figure in figures.items()}  # fmt: skip


def _piece(part: Filing, closure: Closure) -> str:
    settled = "（本级已核实）" if closure.how == "decided" else ""
    return f"{part.agency.name}{settled}：{closure.words.rstrip('。；')}"


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
    names = several([part.agency.name for part, _ in closed])
    return finding("explanation-partial", at=CheckAt(rule.id), rule=rule.id, actual=left.actual, expected=left.expected,
                   types=left.types, names=names, place=rule.sentence)  # fmt: skip
