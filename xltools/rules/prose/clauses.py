"""A sentence's tokens into clauses, and which words of a clause go with which of its numbers."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from xltools.classes import dataclass
from xltools.form.lexicon import EACH, FILLER, NUMBER, REACHED, SILENT, THEN, THING
from xltools.rules.prose.tokens import BREAK, UNKNOWN, Token

_COLON = ":"
_DEALING = ("@within", EACH)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its tokens with their kinds, and the marks between the one before and this."""

    tokens: Sequence[Token]
    kinds: Sequence[str]
    marks: str

    def grounded(self, named: Container[str]) -> Clause:
        """The clause with its things unknown, where nothing in it says what they are; ``named``: the kinds that would."""
        if THING not in self.kinds or any(kind in named for kind in self.kinds):
            return self
        return _clause([replace(t, kind=UNKNOWN) if t.kind == THING else t for t in self.tokens], self.marks)

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(token.text for token in self.tokens)


def _clause(tokens: Sequence[Token], marks: str) -> Clause:
    return Clause(tokens, [token.kind for token in tokens], marks)


def settled(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens with each number beside its words: without the colon behind a label (新收申请：5件), without what the number was
    before (由上年的63件上升到88件), and dealt out where several have theirs behind them (复议、诉讼分别为3件、2件)."""
    kept: list[Token] = []
    dealt = False
    for at, token in enumerate(tokens):
        if token.text == _COLON and kept and kept[-1].kind not in (NUMBER, BREAK):
            behind = (t.kind for t in tokens[at + 1 :] if t.kind not in SILENT)
            if next(behind, "") == NUMBER and next(behind, BREAK) in (BREAK, "@and"):
                continue
        elif token.kind == REACHED and kept and kept[-1].kind == NUMBER:
            if next((t.kind for t in tokens[at + 1 :] if t.kind not in SILENT), "") == NUMBER:
                kept.pop()
                while kept and kept[-1].kind in (FILLER, "@last"):
                    kept.pop()
                continue
        elif token.kind in _DEALING:
            dealt = True
        kept.append(token)
    return _dealt(kept) if dealt else kept


def _dealt(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens with each of several things beside its own number: 复议、诉讼分别为3件、2件 as 复议3件、诉讼2件; 各1件 is each's."""
    kinds = [token.kind for token in tokens]
    for at in range(len(kinds) - 2, 0, -1):
        if kinds[at] not in _DEALING or kinds[at + 1] != NUMBER:
            continue
        begin = next((n + 1 for n in range(at - 1, -1, -1) if kinds[n] == BREAK), 0)
        end = next((n for n in range(at, len(kinds)) if kinds[n] == BREAK), len(kinds))
        things = _pieces(tokens[begin:at])
        numbers = _pieces(tokens[at + 1 : end])
        if kinds[at] == EACH:
            numbers *= len(things)
        if len(things) > 1 and len(numbers) == len(things) and all(len(n) == 1 for n in numbers):
            join = next(token for token in tokens[begin:at] if token.kind == "@and")
            dealt = [token for pair in zip(things, numbers, strict=True) for token in (join, *pair[0], *pair[1])]
            return [*_dealt(tokens[:begin]), *dealt[1:], *tokens[end:]]
    return tokens


def _pieces(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens parted at 、 and the like."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "@and":
            found.append([])
        else:
            found[-1].append(token)
    return found


def clauses(tokens: Sequence[Token]) -> Iterator[Clause]:
    """Clauses, parted at punctuation, at 、 and the like between two numbers or before a denial, and at 均 or 比 behind a number
    with its words."""
    coming = _coming(tokens)
    clause: list[Token] = []
    marks = ""
    counts = False
    for token, ahead, after in zip(tokens, coming, (*(t.kind for t in tokens[1:]), BREAK), strict=True):
        parted = token.kind == "@and" and (after == "@no" or (counts and ahead == NUMBER))
        if token.kind == BREAK or parted or (token.kind == THEN and counts and _told(clause)):
            if clause:
                yield _clause(clause, marks)
                marks = ""
            marks += token.text if token.kind == BREAK else ""
            clause, counts = [], False
        elif token.kind == "@against" and counts:
            yield _clause(clause, marks)
            clause, marks, counts = [token], "", False
        else:
            clause.append(token)
            counts = counts or token.kind == NUMBER
    if clause:
        yield _clause(clause, marks)


def _told(clause: Sequence[Token]) -> bool:
    """Whether a clause says something before its first number."""
    first = next(at for at, token in enumerate(clause) if token.kind == NUMBER)
    return any(t.kind not in SILENT and t.kind not in ("@within", "@and") for t in clause[:first])


def _coming(tokens: Sequence[Token]) -> list[str]:
    """For each token whether a number or the end of the clause comes next."""
    ahead = [BREAK]
    for token in reversed(tokens):
        ahead.append(token.kind if token.kind in (NUMBER, BREAK) else ahead[-1])
    return ahead[-2::-1] if tokens else []


def around(kinds: Sequence[str]) -> Iterator[tuple[slice, int, slice]]:
    """For each number of a clause the words that go with it: before it; or behind, where the clause begins with a number."""
    places = [at for at, kind in enumerate(kinds) if kind == NUMBER]
    behind = bool(places) and places[0] == 0
    for n, at in enumerate(places):
        before = places[n - 1] + 1 if n else 0
        after = places[n + 1] if n + 1 < len(places) else len(kinds)
        last = n + 1 == len(places)
        head = slice(at, at) if behind and n else slice(before, at)
        yield head, at, slice(at + 1, after) if last or behind else slice(at, at)
