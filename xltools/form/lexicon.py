"""What the words of a report name: quantities that the tables also give, and the phrases that name them.

A lexicon is data of an edition (``editions/lexicons``). A word belongs to a class; a phrase is a sequence of classes with one
``#`` for the number: 收到 # 申请. Classes that begin with ``@`` are roles, which the reader of prose knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xltools.figures import FieldType
from xltools.form.sums import Sum

FILLER = "@filler"
"""The role of words that may stand anywhere and say nothing."""

ROLES = (FILLER, "@this", "@last", "@next", "@other", "@against", "@no", "@and", "@within", "@elsewhere", "@aside")
"""Roles of words: filler; the report year, the years beside it, other times; comparing; none; and; of which; other
matters, which end a topic; what is told beside quantities and is none."""

NUMBER = "#"
"""What stands for the number in a phrase."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that texts name: its id, the sum of input fields it is, the fields as the definition names them."""

    id: str
    name: str
    sum: Sum
    anchors: tuple[str, ...]
    type: FieldType


Phrase = tuple[str, ...]
"""A topic, then classes with ``#`` for the number."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words by class, and phrases by the quantities they may name, the likeliest first.

    ``under`` names, for a topic, others that may stand before it (因申请引发的复议): two topics else are another matter.
    ``none`` holds phrases without their number that a denial makes 0 (未收到申请). ``parts`` are classes whose words name the
    parts of a whole, ``organs`` the suffixes of agencies' names, ``others`` those that are sure enough to open a sentence about
    another agency, ``counts`` and ``money`` units. ``fee`` names the fee that is
    reported in words, in the part ``fee_section``; figures of ``fee_sign`` say that it was charged.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    under: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    phrases: Mapping[Phrase, tuple[Quantity, ...]] = field(default_factory=dict)
    none: Mapping[Phrase, tuple[Quantity, ...]] = field(default_factory=dict)
    organs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    fee_section: str = ""
    fee_sign: Sum | None = None

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The shortest words of topics: a paragraph without any of them names no quantity."""
        words = [word for word, kind in self.words.items() if kind in self.topics]
        return tuple(w for w in words if not any(other != w and other in w for other in words))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The classes that phrases are made of, roles left out."""
        return frozenset(c for phrase in self.phrases for c in phrase if c != NUMBER and c not in ROLES)


NOTHING = Lexicon()
"""The lexicon of a form that has none."""
