"""Sentences of a text that last year's has too, side by side, with what is the same in each."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import groupby

from xltools.classes import dataclass
from xltools.form.fields import Section
from xltools.form.model import Filing
from xltools.numerals import plain
from xltools.rules.prose.repetition import GRAM, grams
from xltools.rules.prose.text import paragraphs
from xltools.rules.prose.tokens import sentences


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence, and whether the other year's has it too."""

    text: str
    same: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """A sentence and the one of last year that has most of it, piece by piece: its part and its paragraph, from 0."""

    section: Section
    number: int
    now: tuple[Piece, ...]
    before: tuple[Piece, ...]


def alike(filing: Filing) -> list[Alike]:
    """The sentences of a filing of which half or more stands in one sentence of last year's, figures apart, in their order."""
    old = [s for texts in filing.last_texts.values() for paragraph in texts for s in sentences(paragraph)]
    places: dict[str, list[int]] = {}
    for number, sentence in enumerate(old):
        for gram in set(grams(_letters(sentence)[0])):
            places.setdefault(gram, []).append(number)
    return [
        found
        for section, at, paragraph in paragraphs(filing)
        for sentence in sentences(paragraph)
        if (found := _found(section, at.number, sentence, old, places))
    ]


def _found(section: Section, number: int, sentence: str, old: list[str], places: dict[str, list[int]]) -> Alike | None:
    letters, _ = _letters(sentence)
    votes = Counter(place for gram in set(grams(letters)) for place in places.get(gram, ())[:_MOST])
    if not votes:
        return None
    before = old[min(votes, key=lambda place: (-votes[place], place))]
    now = _pieces(sentence, before)
    same = sum(len(piece.text) for piece in now if piece.same)
    return Alike(section, number, now, _pieces(before, sentence)) if 2 * same >= len(sentence) else None


_MOST = 50
"""Sentences of last year that are looked at for a run of letters that many have."""


def _pieces(text: str, other: str) -> tuple[Piece, ...]:
    """A sentence in pieces, by whether another has them."""
    letters, at = _letters(text)
    theirs = set(grams(_letters(other)[0]))
    same = [False] * len(text)
    for start, gram in enumerate(grams(letters)):
        if gram in theirs:
            same[at[start] : at[start + GRAM - 1] + 1] = [True] * (at[start + GRAM - 1] + 1 - at[start])
    return tuple(
        Piece("".join(c for c, _ in run), key) for key, run in groupby(zip(text, same, strict=True), lambda p: p[1])
    )


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters that repetition is judged by, a run of digits as one, and where each stands in the text."""
    found: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        letter = _letter(character)
        if letter and not (letter == "0" and found and found[-1] == "0"):
            found.append(letter)
            at.append(place)
    return "".join(found), at


@lru_cache(maxsize=8192)
def _letter(character: str) -> str:
    known = plain(character)
    return "0" if known.isdigit() else known if known.isalnum() else ""
