"""The agency or area that a call names, by code, name and level."""

from __future__ import annotations

from xltools.collection.roster import Roster
from xltools.errors import Misused, XltoolsError
from xltools.terms import LEVELS, Agency, Level, bare_name, level_of, unfit


def agency_of(code: str | None, name: str | None, level: str | None) -> Agency | None:
    """The one agency that a call names by all three; None where it names none so."""
    if not (code and code.strip() and name and name.strip() and level):
        return None
    known = known_level(level)
    for reason in unfit(code, name):
        raise XltoolsError(reason)
    assert known is not None
    return Agency(code.strip(), name.strip(), known)


def _as_listed(named: Agency, roster: Roster) -> Agency:
    """An area as it was named; XltoolsError where the roster has its code or its name otherwise."""
    for entry in roster.entries:
        known = entry.agency
        same = (known.code == named.code, bare_name(known.name) == bare_name(named.name))
        if any(same) and not (all(same) and known.level == named.level):
            raise XltoolsError(
                f"名录上代码 {known.code} 是“{known.name}”（{LEVELS[known.level]}），"
                f"不是 {named.code}“{named.name}”（{LEVELS[named.level]}）；请核对 --name、--code、--level"
            )
    return named


def known_level(words: str | None) -> Level | None:
    """The level of an id or its Chinese words, None for none; Misused for any others."""
    known = level_of(words) if words else None
    if words and known is None:
        raise Misused(f"level 的值“{words}”不认识；可用：{'、'.join(LEVELS)}。")
    return known


def area_of(roster: Roster, code: str | None, name: str | None, level: str | None) -> Agency:
    """The area that is summed: the one named, else the roster's own top."""
    named = agency_of(code, name, level)
    if named is not None:
        return _as_listed(named, roster)
    if name or code or level:
        raise Misused("--name、--code、--level 要一起给出。")
    if roster.top is None:
        raise XltoolsError("名录上没有唯一的最上级单位；请用 --name、--code、--level 给出汇总单位")
    return roster.top
