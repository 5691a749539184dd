"""情况说明: an explanation closes a query; an empty phrase does not, and an error cannot be explained away.

An explanation is given for figures. Its stamp keeps which: the same words over other figures are stale and close nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from xltools.findings import Closure, Finding, finding
from xltools.form.layout import CHECKS
from xltools.form.model import Filing
from xltools.terms import explains

PASSED_ON = ".parts"
"""What ends the stamp of an explanation that a summary has from its parts."""


def close_explained(found: Finding, filing: Filing) -> Finding:
    """The finding, closed where it is a query whose rule carries an explanation that is not stale."""
    rule = found.rule or ""
    said = filing.explanations.get(rule, "")
    closed = found.open and found.severity == "query" and explains(said) and not stale(filing, rule)
    return replace(found, closure=Closure("explained", said)) if closed else found


def stale_explanations(filing: Filing, file: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """A note for each open query whose explanation was given for other figures."""
    asked = dict.fromkeys(f.rule for f in findings if f.rule and f.open and f.severity == "query")
    for rule in asked:
        if explains(filing.explanations.get(rule, "")) and stale(filing, rule):
            words = next((known.sentence for known in filing.rules if known.id == rule), rule)
            yield finding("explanation-stale", file=file, agency=filing.agency, sheet=CHECKS, rule=rule, place=words)


def remember(filing: Filing, stamps: Mapping[str, str]) -> Filing:
    """The filing with the stamps that an earlier run kept; where both know a rule, those of the very words count."""
    known = {}
    for rule, kept in stamps.items():
        own = filing.stamps.get(rule)
        if own is None or _words(own) != _words(stamp(filing, rule)):
            known[rule] = kept
    return replace(filing, stamps={**filing.stamps, **known}) if known else filing


def stamp(filing: Filing, rule: str) -> str:
    """What a rule's explanation was given for: a digest of its words, a dot, one of the figures that the rule reads."""
    about = next((r for r in filing.form.rules if r.id == rule), None)
    read: Iterable[object] = about.read(filing) if about else filing.figures.values()
    return f"{digest(filing.explanations.get(rule, '').split())}.{digest(read)}"


def stamps_of(filing: Filing) -> dict[str, str]:
    """The stamps of a filing's explanations by rule: those it carries, and new ones for words that have changed."""
    found = {}
    for rule in filing.explanations:
        now, known = stamp(filing, rule), filing.stamps.get(rule, "")
        found[rule] = known if _words(known) == _words(now) else now
    return found


def stale(filing: Filing, rule: str) -> bool:
    """Whether an explanation still stands in the same words over figures that it was not given for."""
    known = filing.stamps.get(rule, "").removesuffix(PASSED_ON)
    now = stamp(filing, rule) if known else ""
    return bool(known) and known != now and _words(known) == _words(now)


def passed_on(filing: Filing, rule: str) -> bool:
    """Whether an explanation is made of those of a summary's parts, and nobody has written anything else since."""
    known = filing.stamps.get(rule, "")
    return known.endswith(PASSED_ON) and _words(known) == _words(stamp(filing, rule))


def _words(stamp: str) -> str:
    return stamp.partition(".")[0]


def digest(parts: Iterable[object]) -> str:
    """What stands for words and figures that a settling was made over."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:16]
