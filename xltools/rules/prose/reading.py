"""What a paragraph says of quantities that the tables also give.

A clause is understood only where every word of it is known: then its classes, with ``#`` for the number, are a phrase of
the lexicon. A clause about another time, place or part makes the rest of its sentence unsure, and what is unsure is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xltools.figures import Number, exact
from xltools.form.lexicon import FILLER, NUMBER, Lexicon, Phrase, Quantity
from xltools.numerals import plain
from xltools.rules.prose.tokens import BREAK, UNKNOWN, Token, Tokenizer, sentences

_ELSEWHERE = "@elsewhere"
_BESIDE = frozenset((_ELSEWHERE, "@against", "@aside"))
_TIMES = frozenset(("@last", "@other"))
_NAME = 10
"""Characters within which the name of an agency that opens a sentence ends."""

QUOTED = 60
"""Characters of a text that a finding quotes."""

_YUAN = 10_000
"""元 in a 万元."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure that a text gives: for one of several quantities where the words leave it open, the likeliest first.

    ``quote`` is the sentence, or its clause where it is long. ``slack`` is how far the figure may be rounded. ``inside`` says
    that it is told as part of what came before.
    """

    quote: str
    quantities: tuple[Quantity, ...]
    figure: Number
    slack: Number
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A total in a text with its parts beside it; ``complete`` where they must be all of it."""

    whole: Mention
    parts: tuple[Number, ...]
    complete: bool


@dataclass
class _State:
    """What is known while a paragraph is read: the topic in hand; whether the sentence has become unsure."""

    topic: str = ""
    unsure: bool = False
    sentence: str = ""
    clause: Sequence[Token] = ()
    inside: bool = False
    found: list[Mention] = field(default_factory=list)
    spans: list[tuple[Token, Sequence[Token], Mention | None]] = field(default_factory=list)


class Reader:
    """Reads paragraphs of an agency's report for a year."""

    def __init__(self, lexicon: Lexicon, year: int, agency: str) -> None:
        self.lexicon = lexicon
        self.tokens = Tokenizer(lexicon, year, plain(agency))

    def read(self, paragraph: str) -> tuple[list[Mention], list[Breakdown]]:
        """The figures a paragraph gives, and its totals with their parts."""
        if not any(sign in paragraph for sign in self.lexicon.signs):
            return [], []
        state = _State()
        mentions: list[Mention] = []
        breakdowns: list[Breakdown] = []
        for sentence in sentences(paragraph):
            state.unsure, state.sentence, state.found, state.spans, state.inside = False, sentence, [], [], False
            tokens = self.tokens(plain(sentence))
            if not state.topic:
                state.topic = next((t.kind for t in tokens if t.kind in self.lexicon.topics), "")
            if not self._another(tokens):
                for clause in self._clauses(tokens):
                    self._clause(clause, state)
            mentions += _narrowed(state.found)
            breakdowns += self._breakdowns(state)
        return mentions, breakdowns

    def _another(self, tokens: Sequence[Token]) -> bool:
        """Whether a sentence opens with another agency's name: its figures are that agency's."""
        first = next((t for t in tokens if t.kind not in (FILLER, "@this", BREAK)), None)
        if first is None or first.kind != UNKNOWN:
            return False
        return any(
            first.text.endswith(self.lexicon.others, 0, end) for end in range(2, min(len(first.text), _NAME) + 1)
        )

    def _clauses(self, tokens: Sequence[Token]) -> Iterator[list[Token]]:
        """Clauses, parted at punctuation, and at 、 and the like between two numbers."""
        ahead = [BREAK]  # for each token, from the last: whether a number or the end of the clause comes next
        for token in reversed(tokens):
            ahead.append(token.kind if token.kind in (NUMBER, BREAK) else ahead[-1])
        clause: list[Token] = []
        counts = False
        for token, coming in zip(tokens, reversed(ahead), strict=False):
            if token.kind == BREAK or (token.kind == "@and" and counts and coming == NUMBER):
                if clause:
                    yield clause
                clause, counts = [], False
            else:
                clause.append(token)
                counts = counts or token.kind == NUMBER
        if clause:
            yield clause

    def _clause(self, clause: list[Token], state: _State) -> None:
        kinds = [t.kind for t in clause]
        state.clause = clause
        if "@this" in kinds:
            state.unsure = False
        if "@within" in kinds:
            state.inside = True
            state.unsure |= bool(state.spans) and state.spans[-1][2] is None
        places = [at for at, kind in enumerate(kinds) if kind == NUMBER]
        if not places:
            self._denied(kinds, state)
            understood = "@no" in kinds
        else:
            read = [self._number(clause, *number, state) for number in _around(places, len(clause))]
            understood = all(read)
        if not understood and self._unsettles(kinds, bool(places)):
            state.unsure = True
        topics = [kind for kind in kinds if kind in self.lexicon.topics or kind == _ELSEWHERE]
        state.topic = topics[-1] if topics else state.topic

    def _unsettles(self, kinds: Sequence[str], counts: bool) -> bool:
        """Whether a clause that was not understood makes what follows unsure: one about another time, agency or part."""
        if not _BESIDE.isdisjoint(kinds):
            return False
        if not _TIMES.isdisjoint(kinds):
            return True
        said = self.lexicon.keys.intersection(kinds)
        if not counts or not said:
            return False
        parts = self.lexicon.parts.intersection(kinds)
        return bool(said - self.lexicon.topics) or (UNKNOWN in kinds and not parts)

    def _number(self, clause: list[Token], head: slice, at: int, tail: slice, state: _State) -> bool:
        """One number with the words before and after it; True where they were understood."""
        number = clause[at]
        classes = [*(t.kind for t in clause[head]), NUMBER, *(t.kind for t in clause[tail])]
        quantities = () if state.unsure else self._named(classes, state.topic)
        mention = None
        if quantities:
            mention = self._mention(number, quantities, state)
        elif not number.amount and "@and" in classes and not state.unsure:
            for quantity in self._none([t.kind for t in clause[head]], state.topic):
                mention = self._mention(number, (quantity,), state) or mention
        state.spans.append((number, clause[head], mention))
        return mention is not None

    def _mention(self, number: Token, quantities: tuple[Quantity, ...], state: _State) -> Mention | None:
        money = number.unit in self.lexicon.money
        kept = tuple(q for q in quantities if (q.type == "money") == money)
        if not kept:
            return None
        amount, slack = number.amount, number.slack
        if money:
            amount, slack = amount / _YUAN, slack / _YUAN
        figure = exact(amount, kept[0].type)
        if not isinstance(figure, int):
            return None
        spare = exact(slack, kept[0].type) if slack else 0
        state.found.append(Mention(_quote(state), kept, figure, spare, state.inside))
        return state.found[-1]

    def _named(self, classes: Sequence[str], topic: str) -> tuple[Quantity, ...]:
        """The quantities that a clause's classes name under a topic."""
        said = [c for c in classes if c not in (FILLER, "@this")]
        while said and said[0] == "@and":
            said.pop(0)
        bare = [c for c in said if c not in self.lexicon.topics]
        bare = [c for before, c in pairwise(["", *bare]) if c != before]
        of = self._topic(said, "" if bare == [NUMBER] else topic)
        for phrase in (bare, [c for c in bare if c != "@within"]):
            key: Phrase = (of, *phrase)
            if of and key in self.lexicon.phrases:
                return self.lexicon.phrases[key]
        return ()

    def _topic(self, classes: Sequence[str], topic: str) -> str:
        """What a clause is about: the last topic it names, or else the one in hand; nothing where it names two at odds."""
        named = [c for c in classes if c in self.lexicon.topics]
        if not named:
            return topic
        *others, last = named
        return last if set(others) <= {last, *self.lexicon.under.get(last, ())} else ""

    def _denied(self, kinds: Sequence[str], state: _State) -> None:
        """A clause that says there is none: each quantity it names is 0."""
        if kinds.count("@no") != 1 or state.unsure:
            return
        for quantity in self._none([k for k in kinds if k != "@no"], state.topic):
            self._mention(
                Token(NUMBER, "", unit=self.lexicon.money[0] if quantity.type == "money" else ""), (quantity,), state
            )

    def _none(self, kinds: Sequence[str], topic: str) -> list[Quantity]:
        """The quantities that a denial names, parted by 、 and the like; nothing unless every part is understood."""
        pieces: list[list[str]] = [[]]
        for kind in kinds:
            if kind == "@and":
                pieces.append([])
            elif kind not in (FILLER, "@this"):
                pieces[-1].append(kind)
        found: list[Quantity] = []
        for piece in pieces:
            key: Phrase = (self._topic(piece, topic), *(c for c in piece if c not in self.lexicon.topics))
            if not piece or key not in self.lexicon.none:
                return []
            found += self.lexicon.none[key]
        return found

    def _breakdowns(self, state: _State) -> Iterator[Breakdown]:
        """Totals that were understood, with the parts named right behind them."""
        whole: Mention | None = None
        parts: list[tuple[str, Token]] = []
        for number, head, mention in (*state.spans, (Token(NUMBER, ""), (), None)):
            kind = self._part(head) if mention is None else ""
            if kind and whole and (not parts or parts[0][1].unit == number.unit):
                parts.append((kind, number))
                continue
            if whole and len(parts) > 1 and len({k for k, _ in parts}) == 1 and not any(n.slack for _, n in parts):
                yield Breakdown(whole, tuple(int(n.amount) for _, n in parts), len(parts) > 2)
            whole, parts = mention, []

    def _part(self, head: Sequence[Token]) -> str:
        """The kind of part that the words before a number name: of a class of the lexicon, or an agency or area."""
        said = [t for t in head if t.kind not in (FILLER, "@within", "@this") and t.kind not in self.lexicon.topics]
        if len(said) != 1:
            return ""
        token = said[0]
        if token.kind in self.lexicon.parts:
            return token.kind
        return UNKNOWN if token.kind == UNKNOWN and token.text.endswith(self.lexicon.organs) else ""


def _quote(state: _State) -> str:
    """The sentence in hand, or its clause where it is long."""
    if len(state.sentence) <= QUOTED:
        return state.sentence
    words = "".join(t.text for t in state.clause)
    return words if len(words) <= QUOTED else f"{words[:QUOTED]}…"


def _around(places: Sequence[int], length: int) -> Iterator[tuple[slice, int, slice]]:
    """For each number of a clause the words that go with it: before it; or behind, where the clause begins with a number."""
    behind = places[0] == 0
    for n, at in enumerate(places):
        before = places[n - 1] + 1 if n else 0
        after = places[n + 1] if n + 1 < len(places) else length
        last = n + 1 == len(places)
        head = slice(at, at) if behind and n else slice(before, at)
        yield head, at, slice(at + 1, after) if last or behind else slice(at, at)


def _narrowed(found: Sequence[Mention]) -> list[Mention]:
    """Open readings narrowed: what a part is named inside must hold that part (53 件，含上年结转 2 件)."""
    done = []
    for mention, after in pairwise((*found, None)):
        assert mention is not None
        kept = mention.quantities
        if len(kept) > 1 and after is not None and after.inside and not mention.inside:
            held = tuple(q for q in kept if len(after.quantities) == 1 and _within(after.quantities[0], q))
            kept = held or kept
        done.append(Mention(mention.quote, kept, mention.figure, mention.slack, mention.inside))
    return done


def _within(part: Quantity, whole: Quantity) -> bool:
    return set(part.sum.fields) < set(whole.sum.fields)
