"""What the clauses of a sentence are about: their topic, and whether they are of another time, another agency or only a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from decimal import Decimal
from itertools import pairwise

from xltools.classes import dataclass
from xltools.form.lexicon import FILLER, NUMBER, OWN, SILENT, THEN, Lexicon
from xltools.rules.prose.clauses import Clause
from xltools.rules.prose.tokens import BREAK, UNKNOWN, Token

_ELSEWHERE = "@elsewhere"
_TIMES = frozenset(("@last", "@other", "@next"))
_FOREIGN = frozenset(("@last", "@other"))
_PARTS = 40
"""Numbers that may make up a whole."""

_NAME = 10
"""Characters within which the name of an agency that opens a sentence ends."""


@dataclass
class Context:
    """What is known of a sentence while its clauses are gone through, of a paragraph's topic in hand.

    ``time`` and ``agency``: what follows is of another; ``part``: of a part that is not known; ``inside``: told as part of what
    came before, ``about`` being the topic of that and ``closed`` the same where its parts are told; ``listing``: what is
    counted are items published; ``sorted`` is the unit of documents that are sorted. ``left`` is what the parts told so far
    leave of the whole, and ``held`` says that the clause in hand has a whole it may be part of; ``ahead`` are the numbers still
    to come, the last first.
    """

    lexicon: Lexicon
    topic: str = ""
    time: bool = False
    agency: bool = False
    part: bool = False
    inside: bool = False
    about: str = ""
    closed: str = ""
    listing: bool = False
    sorted: str = ""
    left: Decimal = Decimal(0)
    held: bool = False
    ahead: list[Decimal] = field(default_factory=list)
    outer: tuple[str, bool, bool, bool, Decimal] | None = None

    @property
    def unsure(self) -> bool:
        """Whether figures that follow may be of another time, agency or part."""
        return self.time or self.agency or self.part

    def enter(self, clause: Clause, stated: bool) -> None:
        """Before a clause is read; ``stated``: the number before it was understood."""
        kinds = clause.kinds
        for mark in clause.marks:
            if mark == ";":
                self.part = self.inside = False
            elif mark == "(":
                self.outer = (self.topic, self.time, self.part, self.inside, self.left)
            elif mark == ")" and self.outer:
                (self.topic, self.time, self.part, self.inside, self.left), self.outer = self.outer, None
        if "@this" in kinds:
            self.time = False
        if kinds.count(NUMBER) > 1:  # 17个乡镇收到5件: of these alone
            self.agency |= any(
                pair == (NUMBER, OWN) and NUMBER in kinds[n:] for n, pair in enumerate(pairwise(kinds), 2)
            )
        self.held = bool(self.left)
        if "@within" in kinds:
            self.inside, self.about = True, self.topic
            self.part |= not stated or next((k for k in kinds[kinds.index("@within") + 1 :] if k != FILLER), "") == OWN
        elif self.held and not self.lexicon.parts.isdisjoint(kinds):
            self.inside, self.about = True, self.topic
        if not self.lexicon.sorts.isdisjoint(token.text for token in clause.tokens):
            self.sorted = next((token.unit for token in clause.tokens if token.kind == NUMBER), "")
        elif "@this" in kinds or ";" in clause.marks or not self.lexicon.common.isdisjoint(kinds):
            self.sorted = ""
        self._list(kinds)

    def _list(self, kinds: Sequence[str]) -> None:
        """Whether items published are counted from here on: until something is said to be done, or the year is named anew."""
        for at, kind in enumerate(kinds):
            if kind == "@published" and not SILENT.issuperset(kinds[at + 1 :]):
                self.listing = True
                return
            if kind == "@this" or (kind in self.lexicon.keys and kind not in self.lexicon.topics | {"@published"}):
                self.listing = False

    def count(self, number: Token, understood: bool) -> None:
        """A number was gone over: parts that make up the whole close what was told inside it."""
        self.ahead.pop()
        if understood and not self.inside:
            self.left = number.amount
        elif self.inside:
            self.left -= number.amount
            if not self.left:
                self.part = self.inside = False
                self.closed = self.about

    def leave(self, clause: Clause, understood: bool) -> None:
        """After a clause was read."""
        kinds = clause.kinds
        topics = [kind for kind in kinds if kind in self.lexicon.topics or kind == _ELSEWHERE]
        if self.closed:
            self.topic, self.closed = self.closed, ""  # 诉讼2件，其中直接起诉1件，复议后起诉1件，维持2件
        elif topics:
            self.topic = topics[-1] if topics[-1] != _ELSEWHERE else ""
        if understood:
            return
        if "@against" not in kinds and not _FOREIGN.isdisjoint(kinds):
            self.time = True
        if NUMBER not in kinds or len(kinds) == 1:
            return
        unknown = [token for token in clause.tokens if token.kind == UNKNOWN]
        if any(t.text.endswith(self.lexicon.organs) for t in unknown) and not self.lexicon.keys.isdisjoint(kinds):
            self.agency = True
        elif unknown and self.inside:
            self.part |= bool(self.left) and not self._whole()
        elif not self.held and self._of(kinds):
            self.part |= not self.lexicon.parts.isdisjoint(kinds)
        if "@within" not in kinds and (self._lost(kinds) or self._qualified(kinds)):
            self.topic = ""

    def _qualified(self, kinds: Sequence[str]) -> bool:
        """Whether other words stand between a topic and its verb, or other matters beside it: its applications are of a kind, or
        another kind (关于征地的申请, 仲裁申请)."""
        if _ELSEWHERE in kinds:
            return True
        strange = False
        for kind in kinds:
            if kind in self.lexicon.topics and strange:
                return True
            strange = kind == UNKNOWN or (strange and kind not in self.lexicon.common and kind != NUMBER)
        said = [kind for kind in kinds if kind not in SILENT]
        return any(a in self.lexicon.topics and b == UNKNOWN for a, b in pairwise(said))

    def _whole(self) -> bool:
        """Whether the numbers to come make up what is left of the whole: then they are its parts, side by side."""
        left = self.left
        for amount in self.ahead[: -_PARTS - 1 : -1]:
            left -= amount
            if left <= 0:
                break
        return not left

    def _lost(self, kinds: Sequence[str]) -> bool:
        """Whether a clause that was not understood leaves it open what comes next is about."""
        named = self.lexicon.topics.intersection(kinds)
        if named:
            allowed = {self.topic, *self.lexicon.under.get(self.topic, ())}
            return not named <= allowed or self.topic in self.lexicon.beside
        if kinds[0] == NUMBER and kinds[1] == THEN:
            return False  # 23件已妥善办结: of those told before
        said = self.lexicon.said_of(self.topic).intersection(kinds)
        return UNKNOWN in kinds and bool(said) and said <= self.lexicon.common

    def _of(self, kinds: Sequence[str]) -> bool:
        """Whether words are of the topic in hand."""
        return not (self.lexicon.said_of(self.topic) | {self.topic}).isdisjoint(kinds)


def another(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a sentence opens with another agency's name: its figures are that agency's."""
    first = next((t for t in tokens if t.kind not in SILENT and t.kind != BREAK), None)
    if first is None or first.kind != UNKNOWN:
        return False
    return any(first.text.endswith(lexicon.others, 0, end) for end in range(2, min(len(first.text), _NAME) + 1))
