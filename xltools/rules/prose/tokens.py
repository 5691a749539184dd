"""A sentence into tokens: words of the lexicon, numbers with their units, times; everything else is unknown."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.form.lexicon import FILLER, NUMBER, OWN, Lexicon
from xltools.numerals import CHINESE_DIGITS, MULTIPLES, read_number
from xltools.rules.prose.times import read_time

UNKNOWN, BREAK = "?", "|"
"""Kinds of tokens besides the lexicon's classes and ``#``: unknown words; the end of a clause."""

_BREAKS = frozenset("，;:()")
_STOP = "."
_ASIDE = expression(r"\([^()]*\)")
_ENDS = expression(r"[。！？!?\n]|…+")
_NUMBERING = expression(r"(?:\(?[一二三四五六七八九十]{1,3}[)、.]|\(?\d{1,2}[)、.](?!\d(?!\d{3}年)))")
_NUMERALS = f"{CHINESE_DIGITS}十"
_NAME = 24
_WAYS = 12


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence. ``amount`` and ``slack`` are a number's value and how far it may be rounded."""

    kind: str
    text: str
    amount: Decimal = Decimal(0)
    slack: Decimal = Decimal(0)
    unit: str = ""


_BREAK = {mark: Token(BREAK, mark) for mark in _BREAKS}


def sentences(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph, as they stand there."""
    for sentence in _ENDS.split(paragraph):
        if sentence.strip():
            yield sentence.strip()


class Tokenizer:
    """Reads sentences for an agency and a report year."""

    def __init__(self, lexicon: Lexicon, year: int, agency: str) -> None:
        self.words = _words(lexicon)
        self.organs = lexicon.organs
        self.year, self.agency = year, agency
        self.quantity = quantity_pattern((*lexicon.counts, *lexicon.money))
        self.all = (ways_pattern(lexicon.ways), applicants_pattern(lexicon.applicants))

    def __call__(self, text: str) -> list[Token]:
        """The tokens of a sentence in plain text."""
        amounts = {m.start(): m for m in self.quantity.finditer(text)}
        everyone = {m.start(): Token(FILLER, m[0]) for pattern in self.all for m in pattern.finditer(text)}
        places = [*amounts, len(text)]
        asides = {m.start(): m.end() for m in _ASIDE.finditer(text)} if "(" in text else {}
        transparent: set[int] = set()
        found: list[Token] = []
        at, unknown = 0, 0  # since where no word has been known
        while at < len(text):
            token, after = None, at + 1
            if at in asides and places[bisect(places, at)] >= asides[at] and not (at == unknown and _counted(found)):
                transparent |= {at, asides[at] - 1}  # no number in the brackets, and none before them
            if at not in transparent:
                fresh = not found or found[-1].kind == BREAK
                token = everyone.get(at) or self._next(text, at, amounts, at == unknown, fresh)
                if token is None:
                    at += 1
                    continue
                after = at + len(token.text)
            if unknown < at:
                found.append(Token(UNKNOWN, text[unknown:at]))
            if token is not None:
                found.append(token)
            at = unknown = after
        if unknown < at:
            found.append(Token(UNKNOWN, text[unknown:at]))
        return found

    def _next(self, text: str, at: int, amounts: dict[int, re.Match[str]], whole: bool, fresh: bool) -> Token | None:
        """The token that begins here; None where no word that is known does.

        ``whole``: no unknown word runs on into it; ``fresh``: a clause begins here.
        """
        if (match := amounts.get(at)) and (number := read_number(match["number"] or match["bare"])):
            return Token(NUMBER, match[0], *number, match["unit"] or "")
        first = text[at]
        if first in _BREAKS or (first == _STOP and not text[at - 1 : at].isdigit()):
            return _BREAK.get(first) or Token(BREAK, first)
        if whole and fresh and (numbering := _NUMBERING.match(text, at)):
            return Token(FILLER, numbering[0])
        if (first.isdigit() or first in _NUMERALS) and (time := read_time(text, at, self.year)):
            return Token(time[0], text[at : time[1]])
        for word, token in self.words.get(first, ()):
            if text.startswith(word, at) and (whole or token.kind != OWN):
                return token
        name = self._own(text, at) if first in self.agency else ""
        return Token(OWN, name) if name else None

    def _own(self, text: str, at: int) -> str:
        """The agency's name as people shorten it (区住建局 for 某区住房和城乡建设局), where it stands here."""
        found, place = 0, 0
        for length, letter in enumerate(text[at : at + _NAME], 1):
            place = self.agency.find(letter, place) + 1
            if not place:
                break
            if length > 1 and text.endswith(self.organs, at, at + length):
                found = length
        return text[at : at + found]


def _counted(found: list[Token]) -> bool:
    return bool(found) and found[-1].kind == NUMBER


@lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> dict[str, list[tuple[str, Token]]]:
    """The tokens of a lexicon's words by first character, the longest word first."""
    found: dict[str, list[tuple[str, Token]]] = {}
    for word in sorted(lexicon.words, key=len, reverse=True):
        found.setdefault(word[0], []).append((word, Token(lexicon.words[word], word)))
    return found


@lru_cache(maxsize=8)
def ways_pattern(ways: tuple[Sequence[str], Sequence[str], Sequence[str]]) -> re.Pattern[str]:
    """All ways at once (通过网络、信函等方式；以任何形式), and so no part. Every part is bounded."""
    begin, end, every = ("|".join(map(re.escape, words)) or r"(?!)" for words in ways)
    part = rf"[^、，;:()\d]{{1,{_WAYS}}}?"
    several = rf"{part}、{part}(?:、{part}){{0,{_WAYS}}}?等(?:{every}|)(?:{end})"
    return re.compile(rf"(?:{begin})(?:{several}|(?:{every})[^、，;:()\d]{{0,4}}?(?:{end}))")


@lru_cache(maxsize=8)
def applicants_pattern(applicants: tuple[Sequence[str], Sequence[str], Sequence[str]]) -> re.Pattern[str]:
    """Persons and organisations in one list (公民、法人或其他组织): whoever may apply, and so no part."""
    persons, others, joins = (
        "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or r"(?!)" for words in applicants
    )
    more = rf"(?:{joins})(?:{persons}|{others})"
    return re.compile(
        rf"(?:(?:{persons})(?:{more}){{1,{_WAYS}}}|(?:{others})(?:{more}){{0,{_WAYS}}}?(?:{joins})(?:{persons})(?:{more}){{0,{_WAYS}}})"
    )


@lru_cache(maxsize=8)
def quantity_pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    """A number and its unit, or a bare one that ends its clause, not inside a longer number or a range.

    Every part is bounded, so that time is linear.
    """
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True)) or r"\Z"
    arabic = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,6}}|\d{{1,20}})(?:\.\d{{1,8}})?[{MULTIPLES}]{{0,2}}"
    chinese = rf"[{CHINESE_DIGITS}十{MULTIPLES}]{{1,20}}"
    before = rf"(?<![\d.,\-~—–第{CHINESE_DIGITS}十{MULTIPLES}])"
    bare = r"(?<![(年月A-Za-z，;:、])(?P<bare>\d{1,8})(?=[，;)]|\Z)"
    return re.compile(rf"{before}(?:(?P<number>{arabic}|{chinese})(?P<unit>{unit})(?!次)|{bare})")
