"""What the words of a report name: quantities that the tables also give, and the phrases that name them.

A lexicon is data of an edition (``editions/lexicons``). A word belongs to a class; a phrase is a sequence of classes with one
``#`` for the number: 收到 # 申请. Classes that begin with ``@`` are roles, which the reader of prose knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from xltools.classes import dataclass
from xltools.figures import FieldType
from xltools.form.sums import Sum

FILLER = "@filler"
"""The role of words that may stand anywhere and say nothing."""

OWN = "@own"
"""The role of words for the agency itself (镇政府): as good as fillers, unless an unknown word runs on into them."""

DISCLOSURE = "@disclosure"
"""The role of 政府信息公开 itself: a filler that says what reviews and lawsuits beside it are about."""

THEN = "@then"
"""The role of fillers that begin another clause behind a number (收到申请5件均已答复)."""

THING = "@thing"
"""The role of nouns that may be of anything (事项): fillers where the clause names its topic, and else unknown."""

EACH = "@each"
"""The role of fillers that give each of several the number behind them (复议、诉讼各1件)."""

REACHED = "@reached"
"""The role of words between what a number was and what it is (由63件上升到88件)."""

SILENT = frozenset((FILLER, OWN, DISCLOSURE, THEN, THING, EACH, "@this"))
"""Roles that phrases leave out."""

ROLES = (
    FILLER, OWN, DISCLOSURE, THEN, THING, EACH, "@this", "@last", "@next", "@other", "@against", REACHED, "@no", "@and", "@within",
    "@elsewhere", "@aside", "@published", "@unrelated",
)  # fmt: skip
"""Roles of words: the silent ones; the years beside the report year, other times; comparing; none; and; of which; other
matters, which end a topic; what is told beside quantities and is none; published, not done; not about disclosure."""

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


@dataclass(frozen=True)
class Matter:
    """What a return is about, in the words of reports: ``about`` anywhere in a sentence; ``doings`` behind 的, where the sentence is
    still on what the agency does itself (县局的信息公开); ``titles``, by which a report goes beside the title of its form."""

    about: tuple[str, ...] = ()
    doings: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words by class, and phrases by the quantities they may name, the likeliest first.

    ``under`` names, for a topic, others that may stand before it (因申请引发的复议): two topics else are another matter.
    ``joint`` names the topic that several are together, where one number counts them all (复议和诉讼共9件).
    ``tells`` names, for a class that only one topic has, that topic: two such classes tell of it where nothing names one.
    ``none`` holds phrases without their number that a denial makes 0 (未收到申请). ``parts`` are classes whose words name the
    parts of a whole. ``beside`` names, for a topic, classes that go with it only where 信息公开 stands beside it (收到行政复议
    is what a reviewing organ does). ``listed`` are topics of which single items are published too, counted in ``items``
    (公开行政处罚 12条): these are not what was done. ``sorts`` are words that sort documents (主动公开30件、依申请公开5件).
    ``ways`` are the words that begin and end all ways at once (通过网络、信函等方式) or say all (任何); ``applicants`` persons,
    organisations, and what joins them to a list of all who may apply. ``organs`` are the suffixes of agencies' names,
    ``others`` those that are sure enough to open a sentence about another agency, ``counts`` and ``money`` units. ``fee`` names
    the fee that is reported in words, in the part ``fee_section``; figures of ``fee_sign`` say that it was charged.
    ``matter`` is what the whole return is about.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    under: Mapping[str, frozenset[str]] = field(default_factory=dict)
    joint: Mapping[frozenset[str], str] = field(default_factory=dict)
    tells: Mapping[str, str] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    phrases: Mapping[Phrase, tuple[Quantity, ...]] = field(default_factory=dict)
    none: Mapping[Phrase, tuple[Quantity, ...]] = field(default_factory=dict)
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    sorts: frozenset[str] = frozenset()
    ways: tuple[tuple[str, ...], ...] = ((), (), ())
    applicants: tuple[tuple[str, ...], ...] = ((), (), ())
    organs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    fee_section: str = ""
    fee_sign: Sum | None = None
    matter: Matter = Matter()

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The shortest words of topics, or that tell of one: a paragraph without any of them, made plain, names no quantity."""
        words = [word for word, kind in self.words.items() if kind in self.topics or kind in self.tells]
        return tuple(w for w in words if not any(other != w and other in w for other in words))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The classes that phrases are made of, roles left out."""
        return frozenset(c for phrase in self.phrases for c in phrase if c != NUMBER and c not in ROLES)

    @cached_property
    def common(self) -> frozenset[str]:
        """Classes that say nothing of what they are about: what is received, handled, answered may be anything."""
        return frozenset().union(*self.beside.values())

    def said_of(self, topic: str) -> frozenset[str]:
        """The classes of the phrases of a topic."""
        return self._said.get(topic, frozenset())

    @cached_property
    def _said(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for topic, *classes in self.phrases:
            found.setdefault(topic, set()).update(c for c in classes if c in self.keys)
        return {topic: frozenset(classes) for topic, classes in found.items()}


NOTHING = Lexicon()
"""The lexicon of a form that has none."""
