"""Whom a rule is for: an agency's level, year and region; and what rule packs say of it for some of them."""

from __future__ import annotations

from typing import Any, Literal

from xltools.classes import dataclass
from xltools.terms import Level


@dataclass(frozen=True, slots=True)
class Scope:
    """What decides which rules apply, before any figure is known: level, kind, the fields known of last year, year (None: any)."""

    level: Level
    kind: Literal["filing", "summary"] = "filing"
    last: frozenset[str] = frozenset()
    year: int | None = None
    region: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Whom something is for: levels, report years, regions; all where none is named."""

    levels: tuple[Level, ...] = ()
    years: tuple[int, int | None] = (0, None)
    regions: tuple[str, ...] = ()

    def holds(self, scope: Scope) -> bool:
        """Whether it is for a scope."""
        first, last = self.years
        fits = scope.year is None or (first <= scope.year and (last is None or scope.year <= last))
        here = not self.regions or not {*self.regions}.isdisjoint(scope.region.split("/"))
        return fits and here and (not self.levels or scope.level in self.levels)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a rule pack says of a rule, and for whom: severity, words and thresholds by name."""

    said: tuple[tuple[str, Any], ...]
    span: Span
    pack: str
