"""What decides the pattern of a filing's workbook, parted from what fills it.

Two filings of one outline have the same sheets: the same cells, formulas, widths, limits. The writer is given nothing but the
outline, and says for each value that may be another in another filing how it is worked out (``Draft.told``): it cannot look at an
agency's name or figures, whether it writes one workbook or the pattern of a thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from xltools.classes import dataclass
from xltools.form.model import Agency, Filing, Form, Rule, Scope
from xltools.workbook.cached import Shown

Work = Callable[[Shown], Any]
"""How a value is worked out of a filing."""


@dataclass(frozen=True)
class Outline:
    """All of a filing that may decide where something stands, and how it looks. Of texts that is how long their paragraphs are."""

    form: Form
    scope: Scope
    carried: frozenset[str]
    lengths: tuple[tuple[str, tuple[int, ...]], ...]
    explanations: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, filing: Filing) -> Outline:
        """The outline of a filing."""
        lengths = tuple((section, tuple(map(len, said))) for section, said in filing.texts.items())
        return cls(filing.form, filing.scope, filing.carried, lengths, tuple(filing.explanations.items()))

    @cached_property
    def filing(self) -> Filing:
        """A filing with this outline and with nothing else: no name, no code, blanks, 0 where last year's figure is known."""
        assert self.scope.year is not None
        return Filing(
            self.form,
            Agency("", "", self.scope.level),
            self.scope.year,
            self.scope.kind,
            texts={section: tuple("文" * length for length in lengths) for section, lengths in self.lengths},
            explanations=dict(self.explanations),
            last=dict.fromkeys(self.scope.last, 0),
            region=self.scope.region,
            carried=self.carried,
        )


@dataclass(frozen=True)
class Draft:
    """What the writer is given: a filing that has the outline only, and ``told``, which takes how a value is worked out of the
    whole filing, and gives what is to be put into a cell."""

    outline: Outline
    told: Callable[[Work], Any]

    @property
    def filing(self) -> Filing:
        return self.outline.filing

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that 校验 lists, in its order."""
        return tuple(rule for rule in self.filing.rules if rule.shows)


def drafted(filing: Filing) -> Draft:
    """The draft of one filing, whose values are worked out at once."""
    shown = Shown(filing)
    return Draft(Outline.of(filing), lambda work: work(shown))
