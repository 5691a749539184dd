"""What a paragraph says of quantities that the tables also give.

The words that go with a number are understood only where every one of them is known: then their classes, with ``#`` for the
number, are a phrase of the lexicon. What is not understood is not read, and does not silence the rest, unless it says that the
rest is of another time, agency or part (``context``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from itertools import pairwise

from xltools.classes import dataclass
from xltools.figures import Number, exact
from xltools.form.lexicon import DISCLOSURE, NUMBER, OWN, SILENT, THEN, Lexicon, Phrase, Quantity
from xltools.numerals import plain
from xltools.rules.prose.clauses import Clause, around, clauses, settled
from xltools.rules.prose.context import Context, another
from xltools.rules.prose.tokens import BREAK, UNKNOWN, Token, Tokenizer, sentences

QUOTED = 60
"""Characters of a text that a finding quotes."""

_YUAN = 10_000
"""元 in a 万元."""

_NOTHING = Clause((), (), "")

_BESIDE = frozenset(("@elsewhere", "@aside"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure that a text gives: for one of several quantities where the words leave it open, the likeliest first.

    ``quote`` is the sentence, or its clause where it is long. ``slack`` is how far the figure may be rounded. ``inside`` says
    that it is told as part of what came before; ``doubtful`` that nothing beside it says that it is about disclosure; ``place`` is
    the number of its sentence.
    """

    quote: str
    quantities: tuple[Quantity, ...]
    figure: Number
    slack: Number
    inside: bool = False
    doubtful: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A total in a text with its parts beside it; ``complete`` where they must be all of it."""

    whole: Mention
    parts: tuple[Number, ...]
    complete: bool


@dataclass
class _State:
    """What is known while a sentence is read: what its clauses are about, and what was found in it; ``whole`` is the last mention
    that is not told as part of another, ``unit`` its unit, ``doubts`` whether any found is doubtful; ``verb`` is what the clause
    before said of its topic, where this goes on with another (现行有效规章2件、规范性文件5件)."""

    sentence: str
    place: int
    context: Context
    clause: Clause = _NOTHING
    found: list[Mention] = field(default_factory=list)
    spans: list[tuple[Token, Sequence[Token], Mention | None]] = field(default_factory=list)
    whole: Mention | None = None
    unit: str = ""
    doubts: bool = False
    verb: tuple[str, ...] = ()

    def find(self, mention: Mention, unit: str) -> Mention:
        """A mention, kept, of a number with its unit."""
        self.found.append(mention)
        self.doubts |= mention.doubtful
        if not mention.inside:
            self.whole, self.unit = mention, unit
        return mention

    def holds(self, number: Token) -> bool:
        """Whether a number that is no larger may be told as part of the whole in hand without a word for it: 收到5件，公开3件."""
        whole = self.whole
        return whole is not None and number.unit == self.unit and number.amount <= whole.figure

    def withdraw(self) -> None:
        """Leaves out what is doubtful: it was said to be about other matters."""
        if self.doubts:
            self.found, self.doubts = [m for m in self.found if not m.doubtful], False

    def surpass(self) -> None:
        """Leaves out the whole in hand: it was of more years than this (累计收到90件，其中今年收到20件)."""
        self.found = [m for m in self.found if m is not self.whole]
        self.whole = None

    def within(self, quantities: Sequence[Quantity]) -> bool:
        """Whether what is told as part of a whole would be the whole itself: of 申请33件 the 31 that are 有效申请."""
        whole = self.whole if self.context.inside else None
        if whole is None or quantities[0] not in whole.quantities:
            return False
        return len(quantities) > 1 or not any(_within(quantities[0], one) for one in whole.quantities)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads paragraphs of an agency's report for a year."""

    lexicon: Lexicon
    year: int
    agency: str

    @property
    def tokens(self) -> Tokenizer:
        """What makes tokens of its sentences."""
        return Tokenizer(self.lexicon, self.year, plain(self.agency))

    def of(self, year: int) -> Reader:
        """A reader of the same agency's report for another year."""
        return Reader(self.lexicon, year, self.agency)

    def read(self, paragraph: str) -> tuple[list[Mention], list[Breakdown]]:
        """The figures a paragraph gives, and its totals with their parts."""
        mentions: list[Mention] = []
        breakdowns: list[Breakdown] = []
        topic, tokenizer, naming = "", self.tokens, self.lexicon.topics | {DISCLOSURE}
        for place, sentence in enumerate(sentences(paragraph)):
            tokens = settled(tokenizer(plain(sentence)))
            topic = topic or self._opening(tokens)
            ahead = [t.amount for t in reversed(tokens) if t.kind == NUMBER]
            state = _State(sentence, place, Context(self.lexicon, topic, ahead=ahead))
            if not another(tokens, self.lexicon):
                for clause in clauses(tokens):
                    if clause.kinds == [UNKNOWN] and clause.marks in ("", "，"):
                        continue
                    self._clause(clause.grounded(naming), state)
            topic = state.context.topic
            mentions += _narrowed(_agreeing(state.found))
            breakdowns += self._breakdowns(state)
        return mentions, breakdowns

    def _opening(self, tokens: Sequence[Token]) -> str:
        """What a sentence is about where nothing is in hand: the first topic it names; or what tells of one, where its first
        number is of such words, and it has more of them (予以公开3件，部分公开1件)."""
        tells = self.lexicon.tells
        if topic := next((t.kind for t in tokens if t.kind in self.lexicon.topics), ""):
            return topic
        said = [t.kind for t in tokens if t.kind in tells or t.kind in (NUMBER, BREAK)]
        if len(tells.keys() & said) < 2 or NUMBER not in said:
            return ""
        at = said.index(NUMBER)
        return next((tells[kind] for kind in (*said[at - 1 : at], *said[at + 1 : at + 2]) if kind in tells), "")

    def _clause(self, clause: Clause, state: _State) -> None:
        kinds, context = clause.kinds, state.context
        state.clause = clause
        state.verb = () if clause.marks else state.verb
        context.enter(clause, stated=not state.spans or state.spans[-1][2] is not None)
        if "@unrelated" in kinds and not self.lexicon.beside.keys().isdisjoint(kinds):
            kinds = ["@no" if kind == "@unrelated" else kind for kind in kinds]  # 未涉及政府信息公开行政复议
        if "@unrelated" in kinds or (context.inside and DISCLOSURE in kinds and context.topic in self.lexicon.beside):
            state.withdraw()
        if NUMBER in kinds:
            read = [self._number(clause.tokens, *number, state) for number in around(kinds)]
            understood = all(read)
        else:
            understood = self._denied(kinds, state) or self._all(kinds, state)
        context.leave(clause, understood)

    def _number(self, tokens: Sequence[Token], head: slice, at: int, tail: slice, state: _State) -> bool:
        """One number with the words before and after it; True where they were understood."""
        number = tokens[at]
        if head.start == head.stop and tail.start == tail.stop:
            state.context.count(number, understood=False)
            state.spans.append((number, (), None))
            return False
        classes = [*(t.kind for t in tokens[head]), NUMBER, *(t.kind for t in tokens[tail])]
        mention = None
        if not state.context.unsure and number.unit != (state.context.sorted or None):
            noughts = [] if number.amount else self._none([c for c in classes if c != NUMBER], state.context)
            quantities = self._named(classes, number, state.context) or self._headed(
                tokens, head, at, tail, state.context
            )
            if not quantities and state.verb and self.lexicon.topics.issuperset({*classes} - SILENT - {NUMBER}):
                quantities = self._named([*state.verb, *classes], number, state.context)
            if not quantities and "@this" not in classes and state.holds(number):
                quantities = self._named(["@within", *classes], number, state.context)
            if quantities and "@this" in classes and state.within(quantities):
                state.surpass()
            if quantities and len(noughts) < 2 and not state.within(quantities):
                mention = self._mention(number, quantities, state, classes)
            for quantity in noughts if mention is None else ():
                mention = self._mention(number, (quantity,), state, classes) or mention
        if mention is None:
            state.verb = ()
        else:
            keys, topics = self.lexicon.keys, self.lexicon.topics
            said = tuple(t.kind for t in tokens[head] if t.kind in keys and t.kind not in topics)
            state.verb = said or state.verb
        state.context.count(number, mention is not None)
        state.spans.append((number, tokens[head], mention))
        return mention is not None

    def _mention(
        self, number: Token, quantities: tuple[Quantity, ...], state: _State, classes: Sequence[str]
    ) -> Mention | None:
        money = number.unit in self.lexicon.money
        kept = tuple(q for q in quantities if (q.type == "money") == money or not (number.amount or number.unit))
        if not kept:
            return None
        amount, slack = number.amount, number.slack
        if money:
            amount, slack = amount / _YUAN, slack / _YUAN
        figure = exact(amount, kept[0].type)
        if not isinstance(figure, int):
            return None
        spare = exact(slack, kept[0].type) if slack else 0
        doubtful = self._topic(classes, state.context.topic) in self.lexicon.beside and not self._about(classes)
        mention = Mention(_quote(state), kept, figure, spare, state.context.inside, doubtful, state.place)
        return state.find(mention, number.unit)

    def _about(self, classes: Sequence[str]) -> bool:
        """Whether words say that they are about disclosure: by its name, or by what may stand before a topic (因申请引发的复议)."""
        topics = {c for c in classes if c in self.lexicon.topics}
        return DISCLOSURE in classes or bool(topics - set(self.lexicon.beside))

    def _named(self, classes: Sequence[str], number: Token, context: Context) -> tuple[Quantity, ...]:
        """The quantities that the words around a number name."""
        said = [c for c in classes if c not in SILENT]
        while said and said[0] == "@and":
            said.pop(0)
        while said and said[-1] == "@and":
            said.pop()
        bare = [c for c in said if c not in self.lexicon.topics]
        bare = [c for before, c in pairwise(["", *bare]) if c != before]
        of = self._topic(said, "" if set(bare) <= {NUMBER, "@within"} else context.topic)
        if len(said) - len(bare) > 1 and "@within" not in said:
            of = self.lexicon.joint.get(frozenset(said) & self.lexicon.topics, of)
        if of in self.lexicon.listed and (
            context.listing or (number.unit in self.lexicon.items and self.lexicon.said_of(of).isdisjoint(bare))
        ):
            return ()
        beside = self.lexicon.beside.get(of, frozenset())
        if not beside.isdisjoint(bare):
            if not self._about(classes):
                return ()
            bare = [c for c in bare if c not in beside]
        several = len(self.lexicon.topics.intersection(said)) > 1 and of in said
        loose = {"@within"} if several else {"@within", "@and"}  # 受理、答复申请
        for phrase in (bare, [c for c in bare if c not in loose]):
            key: Phrase = (of, *phrase)
            if of and key in self.lexicon.phrases:
                return self.lexicon.phrases[key]
        return ()

    def _headed(
        self, tokens: Sequence[Token], head: slice, at: int, tail: slice, context: Context
    ) -> tuple[Quantity, ...]:
        """The quantities that the words before a number name, where those behind it go on with what became of it (5件予以公开)."""
        before = [t.kind for t in tokens[head]]
        behind = next((t.kind for t in tokens[tail] if t.kind not in SILENT), "")
        if behind not in self.lexicon.keys or behind in self.lexicon.topics or SILENT.issuperset(before):
            return ()
        return self._named([*before, NUMBER], tokens[at], context)

    def _topic(self, classes: Sequence[str], topic: str) -> str:
        """What words are about: the last topic they name, or else the one in hand; nothing where they name two at odds."""
        named = [c for c in classes if c in self.lexicon.topics]
        if not named:
            return topic
        *others, last = named
        return last if set(others) <= {last, *self.lexicon.under.get(last, ())} else ""

    def _denied(self, kinds: Sequence[str], state: _State) -> bool:
        """A clause that says there is none: each quantity it names is 0. True where it was understood."""
        if kinds.count("@no") != 1 or state.context.unsure:
            return False
        denied = self._none([k for k in kinds if k != "@no"], state.context)
        for quantity in denied:
            unit = self.lexicon.money[0] if quantity.type == "money" else ""
            self._mention(Token(NUMBER, "", unit=unit), (quantity,), state, (*kinds, DISCLOSURE))
        return bool(denied)

    def _all(self, kinds: Sequence[str], state: _State) -> bool:
        """A clause that says what all of those told before it are: 收到申请5件，均为自然人申请. True where it was understood."""
        whole = state.spans[-1][2] if state.spans else None
        said = {*kinds} - SILENT - self.lexicon.topics
        if (
            whole is None
            or (THEN not in kinds and state.clause.marks)
            or len(said) != 1
            or not self.lexicon.tells.keys() >= said
        ):
            return False
        number = state.spans[-1][0]
        named = self._named([*said, NUMBER], number, state.context)
        kept = tuple(q for q in named if any(_within(q, one) for one in whole.quantities))
        if kept and not state.context.unsure:
            state.find(replace(whole, quantities=kept, inside=True), number.unit)
        return bool(kept)

    def _none(self, kinds: Sequence[str], context: Context) -> list[Quantity]:
        """The quantities that a denial names, parted by 、 and the like; nothing unless every part is understood.

        Parts that are of other matters alone (举报、投诉) are denied too, and named by nothing.
        """
        pieces: list[list[str]] = [[]]
        for kind in kinds:
            if kind == "@and":
                pieces.append([])
            elif kind not in SILENT:
                pieces[-1].append(kind)
        said = [tuple(c for c in piece if c not in self.lexicon.topics) for piece in pieces]
        shared = next(filter(None, said), ())  # 未制定规章和规范性文件
        found: list[Quantity] = []
        for piece, own in zip(pieces, said, strict=True):
            topic = self._topic(piece, context.topic)
            keys: tuple[Phrase, ...] = ((topic, *own), *(() if own else ((topic, *shared),)))
            known = next((key for key in keys if piece and key in self.lexicon.none), None)
            if known and not (topic in self.lexicon.listed and context.listing):
                found += self.lexicon.none[known]
            elif not (_BESIDE.issuperset(piece) or self.lexicon.parts.issuperset({*piece} - {topic})):
                return []
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
        silent = SILENT - {OWN} | {"@within"}
        said = [t for t in head if t.kind not in silent and t.kind not in self.lexicon.topics]
        if len(said) != 1:
            return ""
        token = said[0]
        if token.kind in self.lexicon.parts:
            return token.kind
        return UNKNOWN if token.kind in (UNKNOWN, OWN) and token.text.endswith(self.lexicon.organs) else ""


def _quote(state: _State) -> str:
    """The sentence in hand, or its clause where it is long."""
    if len(state.sentence) <= QUOTED:
        return state.sentence
    words = state.clause.text
    return words if len(words) <= QUOTED else f"{words[:QUOTED]}…"


def _agreeing(found: Sequence[Mention]) -> list[Mention]:
    """What a sentence does not give two figures for: those would be of parts (各镇收到 45 件，各部门收到 88 件)."""
    figures: dict[tuple[str, ...], set[Number]] = {}
    for mention in found:
        figures.setdefault(tuple(q.id for q in mention.quantities), set()).add(mention.figure)
    return [m for m in found if len(figures[tuple(q.id for q in m.quantities)]) == 1]


def _narrowed(found: Sequence[Mention]) -> list[Mention]:
    """Open readings narrowed: beside one that holds what is named inside it (53 件，含上年结转 2 件), one within it is not meant."""
    done = []
    for mention, after in pairwise((*found, None)):
        assert mention is not None
        kept = mention.quantities
        if len(kept) > 1 and after is not None and after.inside and not mention.inside and len(after.quantities) == 1:
            held = [q for q in kept if _within(after.quantities[0], q)]
            kept = tuple(q for q in kept if not any(_within(q, one) for one in held))
        done.append(mention if kept is mention.quantities else replace(mention, quantities=kept))
    return done


def _within(part: Quantity, whole: Quantity) -> bool:
    return set(part.sum.fields) < set(whole.sum.fields)
