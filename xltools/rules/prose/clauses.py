"""A sentence's tokens into clauses, and which words of a clause go with which of its numbers."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from xltools.classes import dataclass
from xltools.form.lexicon import NUMBER, SILENT, THEN, THING
from xltools.rules.prose.tokens import BREAK, UNKNOWN, Token


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
