"""A spreadsheet in small: works out the formulas that our writer writes, with the functions that it uses and no others.

Numbers are exact. It knows Excel's manners where they matter here: a blank is 0 to arithmetic and "" to a comparison, SUM and
COUNT pass over text, an error travels until IFERROR. What it does not know is an exception.
"""

from __future__ import annotations

import operator
import re
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from making import opened
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import to_excel

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<ref>(?:(?:'(?:[^']|'')+'|[^\W\d][\w、（）]*)!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w(])"""
    r"""|(?P<name>[A-Z]+)(?P<call>\()?|(?P<op><=|>=|<>|[-+*/&=<>(),]))"""
)
_CORNER = re.compile(r"\$?([A-Z]+)\$?(\d+)")
_COMPARED = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


class Wrong(Exception):
    """An error value of Excel's."""


class Formula(str):
    """A formula, without its equals sign."""


class Block(list):
    """The values of a range, row by row; ``width`` cells in a row."""

    width = 1


class Book:
    """A workbook's cells, and what its formulas come to."""

    def __init__(self, cells):
        self.cells, self.known = cells, {}

    @classmethod
    def read(cls, content):
        """The book that a file is: formulas and what was typed, no stored results."""
        cells = {}
        for sheet in opened(content):
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        cells[sheet.title, cell.row, cell.column] = typed(cell.value, cell.data_type)
        return cls(cells)

    def formulas(self):
        """Where the formulas stand."""
        return [spot for spot, value in self.cells.items() if isinstance(value, Formula)]

    def value(self, sheet, row, column):
        """What a cell shows; None for nothing."""
        spot = sheet, row, column
        if spot not in self.known:
            held = self.cells.get(spot)
            self.known[spot] = self.worked_out(held, sheet) if isinstance(held, Formula) else held
        if isinstance(self.known[spot], Wrong):
            raise self.known[spot]
        return self.known[spot]

    def worked_out(self, formula, home):
        """What a formula comes to, an error as a value."""
        try:
            found = _parsed(formula)(self, home)
            return 0 if found is None else found
        except Wrong as error:
            return error

    def block(self, reference, home):
        """The values of a range; a single one for a cell."""
        sheet, _, span = reference.rpartition("!")
        sheet = sheet.strip("'").replace("''", "'") or home
        corners = [_CORNER.fullmatch(corner) for corner in span.split(":")]
        (left, top), (right, bottom) = ((column_index_from_string(c[1]), int(c[2])) for c in (corners[0], corners[-1]))
        if len(corners) == 1:
            return self.value(sheet, top, left)
        found = Block(
            self.value(sheet, row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
        )
        found.width = right - left + 1
        return found


def typed(value, kind=""):
    """A cell's content as this spreadsheet has it; ``kind`` is openpyxl's."""
    if kind == "f":
        return Formula(getattr(value, "text", value).removeprefix("="))
    if isinstance(value, datetime | date):
        return Fraction(str(to_excel(value)))
    return Fraction(repr(value)) if isinstance(value, float) else value


# ── values ───────────────────────────────────────────────────────────────────


def _number(value):
    if value is None:
        return 0
    if isinstance(value, int | Fraction):
        return value
    raise Wrong("#VALUE!")


def _words(value):
    if value is None:
        return ""
    if isinstance(value, Fraction) and value.denominator != 1:
        return str(float(value))
    return {True: "TRUE", False: "FALSE"}[value] if isinstance(value, bool) else str(value)


def _order(value):
    """Numbers come before texts, these before truth values; case does not count."""
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def _compare(op, one, two):
    if one is None or two is None:
        other = two if one is None else one
        empty = "" if isinstance(other, str) else 0
        one, two = (empty if one is None else one), (empty if two is None else two)
    return _COMPARED[op](_order(one), _order(two))


def _each(work, *given):
    """Done once; or for each value of a range that is among what is given."""
    blocks = [g for g in given if isinstance(g, Block)]
    if not blocks:
        return work(*given)
    return Block(
        work(*one) for one in zip(*(g if isinstance(g, Block) else [g] * len(blocks[0]) for g in given), strict=True)
    )


def _round(number, places):
    """Halves away from zero."""
    scaled = abs(Fraction(number)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, 10**places)


def _values(given):
    for one in given:
        yield from one if isinstance(one, Block) else [one]


def _numbers(given):
    """What SUM adds and COUNT counts."""
    for one in given:
        if isinstance(one, Block):
            yield from (v for v in one if isinstance(v, int | Fraction) and not isinstance(v, bool))
        elif one is not None and not isinstance(one, str):
            yield _number(one)


def _meets(criterion):
    """The test that a criterion of COUNTIF is."""
    sign, asked = re.fullmatch(r"(<=|>=|<>|[<>=])?(.*)", _words(criterion), re.DOTALL).groups()
    if re.fullmatch(r"-?\d+(?:\.\d+)?", asked):
        limit = Fraction(asked)
        return lambda v: isinstance(v, int | Fraction) and not isinstance(v, bool) and _COMPARED[sign or "="](v, limit)
    assert sign is None, criterion
    pattern = re.compile(re.escape(asked).replace(r"\?", ".").replace(r"\*", ".*"), re.DOTALL | re.IGNORECASE)
    return lambda v: isinstance(v, str) and pattern.fullmatch(v) is not None


def _countifs(*given):
    rows = zip(*(map(_meets(c), block if isinstance(block, Block) else [block])
                 for block, c in zip(given[::2], given[1::2], strict=True)), strict=True)  # fmt: skip
    return sum(map(all, rows))


def _find(sought, text):
    at = _words(text).find(_words(sought)) + 1
    if not at:
        raise Wrong("#VALUE!")
    return at


def _index(block: Any, row: Any, column: Any) -> Any:
    """A single cell of a block; a whole row or column (0) is nothing that our formulas ask for."""
    if not (1 <= column <= block.width and 1 <= row <= len(block) // block.width):
        raise KeyError(f"INDEX of row {row}, column {column}")
    return block[int((row - 1) * block.width + column - 1)]


def _modulo(number, divisor):
    return _number(number) % _number(divisor)


def _text(number, pattern):
    assert set(pattern) == {"0"}, pattern
    return f"{int(_round(number, 0)):0{len(pattern)}d}"


_FUNCTIONS = {
    "AND": lambda *given: all(_values(given)),
    "CHAR": lambda code: chr(code),
    "CLEAN": lambda text: _each(lambda t: "".join(c for c in _words(t) if c >= " "), text),
    "COUNT": lambda *given: sum(1 for _ in _numbers(given)),
    "COUNTA": lambda *given: sum(1 for v in _values(given) if v is not None),
    "COUNTBLANK": lambda block: sum(1 for v in _values([block]) if v in (None, "")),
    "COUNTIF": _countifs,
    "COUNTIFS": _countifs,
    "DATE": lambda year, month, day: int(to_excel(datetime(int(year), int(month), int(day)))),
    "FIND": _find,
    "INDEX": _index,
    "INT": lambda number: _number(number) // 1,
    "ISBLANK": lambda value: value is None,
    "ISNUMBER": lambda value: isinstance(value, int | Fraction) and not isinstance(value, bool),
    "LEFT": lambda text, count: _words(text)[: int(count)],
    "LEN": lambda text: _each(lambda t: len(_words(t)), text),
    "MAX": lambda *given: max(_numbers(given), default=0),
    "MID": lambda text, at, count: _words(text)[int(at) - 1 : int(at) - 1 + int(count)],
    "MOD": _modulo,
    "NOT": operator.not_,
    "OR": lambda *given: any(_values(given)),
    "ROUND": lambda number, places: _each(lambda n: _round(_number(n), int(places)), number),
    "SUBSTITUTE": lambda text, old, new: _each(lambda t: _words(t).replace(old, new), text),
    "SUM": lambda *given: sum(_numbers(given)),
    "SUMPRODUCT": lambda block: sum(map(_number, block)) if isinstance(block, Block) else _number(block),
    "TEXT": _text,
    "TRIM": lambda text: re.sub(" +", " ", _words(text)).strip(" "),
}


# ── formulas ─────────────────────────────────────────────────────────────────


@lru_cache(maxsize=20_000)
def _parsed(formula):
    """A formula as a function of a book and the sheet it stands on."""
    tokens, at = [], 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        assert match, f"{formula[at : at + 40]} in {formula}"
        kind = match.lastgroup
        tokens.append(("name", match["name"]) if kind == "call" else (kind, match[kind]))
        if kind == "call":
            tokens.append(("op", "("))
        at = match.end()
    reader = _Reader([*tokens, ("end", "")])
    found = reader.comparison()
    assert reader.tokens == [("end", "")], formula
    return found


class _Reader:
    """Reads tokens, the loosest operators first."""

    def __init__(self, tokens):
        self.tokens = tokens

    def takes(self, *ops):
        return self.tokens.pop(0)[1] if self.tokens[0][0] == "op" and self.tokens[0][1] in ops else ""

    def chain(self, below, ops, work):
        left = below()
        while op := self.takes(*ops):
            left = _binary(work, op, left, below())
        return left

    def comparison(self):
        return self.chain(self.joined, tuple(_COMPARED), _compare)

    def joined(self):
        return self.chain(self.added, ("&",), lambda _, a, b: _words(a) + _words(b))

    def added(self):
        return self.chain(self.multiplied, ("+", "-"), _arithmetic)

    def multiplied(self):
        return self.chain(self.signed, ("*", "/"), _arithmetic)

    def signed(self):
        if sign := self.takes("+", "-"):
            inner, factor = self.signed(), -1 if sign == "-" else 1
            return lambda book, home: _each(lambda v: factor * _number(v), inner(book, home))
        return self.single()

    def single(self):
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return lambda book, home: word[1:-1].replace('""', '"')
        if kind == "number":
            number = int(word) if word.isdigit() else Fraction(word)
            return lambda book, home: number
        if kind == "ref":
            return lambda book, home: book.block(word, home)
        if kind == "name" and word in ("TRUE", "FALSE"):
            return lambda book, home: word == "TRUE"
        if kind == "name":
            assert self.takes("("), word
            return _call(word, self.arguments())
        assert word == "(", word
        inner = self.comparison()
        assert self.takes(")")
        return inner

    def arguments(self):
        found = [self.comparison()]
        while self.takes(","):
            found.append(self.comparison())
        assert self.takes(")")
        return found


def _binary(work, op, left, right):
    return lambda book, home: _each(lambda a, b: work(op, a, b), left(book, home), right(book, home))


def _arithmetic(op, one, two):
    one, two = _number(one), _number(two)
    if op == "/":
        if not two:
            raise Wrong("#DIV/0!")
        return Fraction(one) / two
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](one, two)


def _call(name, arguments):
    if name == "IF":
        return lambda book, home: arguments[1 if arguments[0](book, home) else 2](book, home)
    if name == "IFERROR":

        def tried(book, home):
            try:
                return arguments[0](book, home)
            except Wrong:
                return arguments[1](book, home)

        return tried  # fmt: skip
    function = _FUNCTIONS[name]
    return lambda book, home: function(*(argument(book, home) for argument in arguments))
