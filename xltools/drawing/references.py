"""Formulas of a drawing: sums and conditions of a definition as live Excel formulas over its cells, and read back.

Every reference is live, so that Excel, WPS and LibreOffice keep it right when rows and columns are put in. ``'S'!C5*上年`` is last
year's figure; a reference with ``$`` stays where it is when a rule is applied to further lines, any other moves along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from xltools.address import a1, blocks, in_sheet, parse_a1
from xltools.classes import dataclass
from xltools.drawing.canvas import CEILING_NAME, LAST_NAME
from xltools.form.algebra import parse_condition, parse_sum, quoted
from xltools.form.fields import Field
from xltools.form.sums import CEILING, LAST

Spot = tuple[str, int, int]
"""A cell: sheet, row, column, counted from 0."""


class Puzzling(ValueError):
    """A formula that is not one of a drawing: what is wrong, in words, and what to do."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


# ── writing ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Writer:
    """Writes what a definition says of fields as formulas. ``moving`` are the fields whose cells move along with a rule's lines."""

    spots: Mapping[str, Spot]
    sides: Mapping[str, str]
    """Cells of the same row of 勾稽 by their names in a definition: left, right."""
    moving: frozenset[str] = frozenset()
    fields: Mapping[str, Field] | None = None
    """The fields that groups in sums are looked up among."""

    def sum(self, text: str) -> str:
        """A sum; neighbours down or across, three or more, as one SUM that grows with them."""
        if text.strip() in self.sides:
            return self.sides[text.strip()]
        found = parse_sum(text, self.fields)
        written, at = "", 0
        while at < len(found.terms):
            run = self._run(found.terms, at)
            factor, name = found.terms[at]
            term = self._range([n for _, n in run]) if len(run) > 2 else self._term(name)
            times = "" if abs(factor) == 1 else f"{abs(factor)}*"
            written += ("-" if factor < 0 else "+" if written else "") + times + term
            at += len(run) if len(run) > 2 else 1
        if found.constant or not written:
            written += f"{found.constant:+d}" if written else str(found.constant)
        return written

    def _run(self, terms: Sequence[tuple[int, str]], at: int) -> Sequence[tuple[int, str]]:
        """The terms from here that stand one after the other in cells, added once each."""
        end = at + 1
        while end < len(terms) and self._follows(terms[end - 1], terms[end], terms[at], terms[at + 1]):
            end += 1
        return terms[at:end]

    def _follows(self, one: tuple[int, str], other: tuple[int, str], *first: tuple[int, str]) -> bool:
        if any(factor != 1 or name not in self.spots for factor, name in (one, other, *first)):
            return False
        if (one[1] in self.moving) != (other[1] in self.moving):
            return False  # both ends of a range move, or neither
        (sheet, row, column), (sheet2, row2, column2) = self.spots[one[1]], self.spots[other[1]]
        (_, r, c), (_, r2, c2) = (self.spots[name] for _, name in first)
        step = (row2 - row, column2 - column)
        return sheet == sheet2 and step in ((1, 0), (0, 1)) and step == (r2 - r, c2 - c)

    def _range(self, names: Sequence[str]) -> str:
        first, last = (self._address(name) for name in (names[0], names[-1]))
        return f"SUM({in_sheet(self.spots[names[0]][0], f'{first}:{last}')})"

    def _address(self, name: str) -> str:
        _, row, column = self.spots[name]
        return a1(row, column, absolute=name not in self.moving)

    def _term(self, name: str) -> str:
        if name == CEILING:
            return CEILING_NAME
        field = name.removeprefix(LAST)
        written = in_sheet(self.spots[field][0], self._address(field))
        return f"{written}*{LAST_NAME}" if name.startswith(LAST) else written

    def _side(self, text: str) -> str:
        word = quoted(text)
        return f'"{word}"' if word else self.sum(text)

    def condition(self, text: str) -> str:
        """A condition: comparisons, together with AND, alternatives with OR."""
        alternatives = []
        for comparisons in parse_condition(text):
            said = [f"{self._side(a)}{'<>' if op == '!=' else op}{self._side(b)}" for a, op, b in comparisons]
            alternatives.append(said[0] if len(said) == 1 else f"AND({','.join(said)})")
        return alternatives[0] if len(alternatives) == 1 else f"OR({','.join(alternatives)})"


def lines_formula(spots: Sequence[Spot], way: str) -> str:
    """The cells that a rule is applied to: how many columns or rows they are, over live ranges in their order."""
    name = "COLUMNS" if way == "column" else "ROWS"
    runs: list[list[Spot]] = []
    step = (0, 1) if way == "column" else (1, 0)
    for spot in spots:
        if runs and (spot[0], spot[1] - step[0], spot[2] - step[1]) == runs[-1][-1]:
            runs[-1].append(spot)
        else:
            runs.append([spot])
    boxes = [(run[0][0], blocks([(row, column) for _, row, column in run])[0].span) for run in runs]
    return "=" + "+".join(f"{name}({in_sheet(sheet, span)})" for sheet, span in boxes)


# ── reading ──────────────────────────────────────────────────────────────────

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<ref>\$?(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<bare>[^\s'!+\-*/^&=<>(),;:$]+))[!.])?
        (?P<c1>\$?[A-Z]{1,3})(?P<r1>\$?[1-9]\d{0,6})(?::(?P<c2>\$?[A-Z]{1,3})(?P<r2>\$?[1-9]\d{0,6}))?(?![\w(]))
    |"(?P<word>[^"]*)"
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<op><=|>=|<>|[-+*(),;=<>])
    )""",
    re.VERBOSE,
)
_SIGNS = {
    "＋": "+",
    "－": "-",
    "—": "-",
    "×": "*",
    "（": "(",
    "）": ")",
    "，": ",",
    "＝": "=",
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
}


@dataclass(frozen=True)
class Ref:
    """A reference: its sheet ("" for the sheet of the formula), its corner cells, which of its ends stay where they are."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    fixed_row: bool
    fixed_column: bool

    def moved(self, down: int, right: int) -> Ref:
        """The reference for another line of its rule."""
        down, right = (0 if self.fixed_row else down), (0 if self.fixed_column else right)
        return Ref(self.sheet, self.top + down, self.left + right, self.bottom + down, self.right + right,
                   self.fixed_row, self.fixed_column)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A part of a sum as read: so many times a reference (last year's, or this year's), the threshold, or a number alone.

    A side of a comparison may be the word of a choice instead.
    """

    factor: int
    ref: Ref | None = None
    last: bool = False
    ceiling: bool = False
    word: str | None = None


Side = tuple[Term, ...]
Alternatives = tuple[tuple[tuple[Side, str, Side], ...], ...]


def tokens(formula: str) -> list[re.Match[str]]:
    """The tokens of a formula; Puzzling names the first that is none."""
    found, at, text = [], 1 if formula.startswith("=") else 0, formula.rstrip()
    if "#REF!" in text:
        raise Puzzling("公式里有 #REF!：它指的行或列已经删掉", "重新点选要用的格，或者删去这一条")
    for sign, plain in _SIGNS.items():
        if sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
            raise Puzzling(f"公式里有全角的“{sign}”", f"改成半角的“{plain}”")
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or match.end() == at:
            rest = text[at:].strip()
            raise Puzzling(f"看不懂公式里的“{rest[:12]}”", "只能用单元格、整数、加、减、整数倍、SUM、AND、OR 和比较")
        found.append(match)
        at = match.end()
    return found


class _Formula:
    """A formula taken apart, token by token."""

    def __init__(self, formula: str) -> None:
        self.tokens, self.at = tokens(formula), 0
        self.sums = 0
        """How many SUMs are open here."""

    def peek(self) -> str:
        return self.tokens[self.at][0].strip() if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> re.Match[str]:
        if self.at >= len(self.tokens) or (wanted and self.peek() not in wanted):
            here = f"“{self.peek()}”" if self.peek() else "末尾"
            raise Puzzling(f"公式在{here}处不完整", f"这里应当是“{wanted[0]}”" if wanted else "补上缺的格或者数")
        self.at += 1
        return self.tokens[self.at - 1]

    def end(self) -> None:
        if self.peek():
            raise Puzzling(f"看不懂公式里的“{self.peek()}”", "只能用单元格、整数、加、减、整数倍、SUM、AND、OR 和比较")

    def sum(self) -> Side:
        terms: list[Term] = []
        sign = 1
        if self.peek() in ("+", "-"):
            sign = -1 if self.take()[0].strip() == "-" else 1
        terms += self.term(sign)
        while self.peek() in ("+", "-"):
            terms += self.term(-1 if self.take()[0].strip() == "-" else 1)
        return tuple(terms)

    def term(self, sign: int) -> list[Term]:
        factor, found, last = sign, None, False
        while True:
            factor, more, again = self.factor(factor)
            if found is not None and more is not None:
                raise Puzzling("两个格不能相乘", "只能用整数乘一个格，例如 =2*点选的格")
            found, last = (more if more is not None else found), last or again
            if self.peek() != "*":
                break
            self.take("*")
        if last and not any(t.ref for t in found or ()):
            raise Puzzling(f"“{LAST_NAME}”没有乘一个格", f"写成 =点选的格*{LAST_NAME}，就是这一格上年的数")
        if found is None:
            return [Term(factor)]
        return [Term(factor * t.factor, t.ref, t.last or last, t.ceiling) for t in found]

    def factor(self, factor: int) -> tuple[int, list[Term] | None, bool]:
        token = self.take()
        if token["number"]:
            if "." in token["number"]:
                raise Puzzling(f"倍数和数要是整数，不能是 {token['number']}", "两边同乘一个整数，改成整数的式子")
            return factor * int(token["number"]), None, False
        if token["ref"]:
            if token["c2"] and not self.sums:
                raise Puzzling(
                    f"“{token[0].strip()}”是一片格，不是一个数", "加起来的写成 =SUM(这片格)，逐格比的用“逐格都要”"
                )
            return factor, [Term(1, _ref(token))], False
        if token["name"] == LAST_NAME:
            return factor, None, True
        if token["name"] == CEILING_NAME:
            return factor, [Term(1, None, ceiling=True)], False
        if token["name"] == "SUM":
            return factor, self._within_sum(), False
        if token[0].strip() == "(":
            inside = self.sum()
            self.take(")")
            return factor, list(inside), False
        raise Puzzling(f"公式里的“{token[0].strip()}”这里不能用", "只能用单元格、整数、加、减、整数倍和 SUM")

    def _within_sum(self) -> list[Term]:
        self.take("(")
        self.sums += 1
        found = list(self.sum())
        while self.peek() in (",", ";"):
            self.take()
            found += self.sum()
        self.take(")")
        self.sums -= 1
        return found

    def comparison(self) -> tuple[Side, str, Side]:
        left = self.side()
        op = self.take("=", "<>", "<=", ">=", "<", ">")[0].strip()
        return left, "!=" if op == "<>" else op, self.side()

    def side(self) -> Side:
        """A side of a comparison: a sum, or the word of a choice."""
        if self.peek().startswith('"'):
            if not (word := self.take()["word"].strip()):
                raise Puzzling("不能与空的文字比；空着的本来不核对", "删去这个比较，或者写上要比的选项")
            return (Term(1, word=word),)
        return self.sum()

    def together(self, name: str, inner: Callable[[], tuple[object, ...]]) -> tuple[object, ...]:
        """What stands in NAME(…, …), or alone."""
        if self.peek() != name:
            return inner()
        self.take()
        self.take("(")
        found = inner()
        while self.peek() in (",", ";"):
            self.take()
            found += inner()
        self.take(")")
        return found


def _ref(token: re.Match[str]) -> Ref:
    sheet = (token["quoted"] or token["bare"] or "").replace("''", "'")
    (top, left), fixed = (
        parse_a1((token["c1"] + token["r1"]).replace("$", "")),
        ("$" in token["r1"], "$" in token["c1"]),
    )
    if not token["c2"]:
        return Ref(sheet, top, left, top, left, *fixed)
    if fixed != ("$" in token["r2"], "$" in token["c2"]):
        raise Puzzling(f"“{token[0].strip()}”两头的 $ 不一样", "两头都写 $，或者都不写")
    bottom, right = parse_a1((token["c2"] + token["r2"]).replace("$", ""))
    return Ref(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right), *fixed)


def read_ref(formula: str) -> Ref | None:
    """The cell or range that a formula points at; None where it is anything else."""
    found = tokens(formula)
    return _ref(found[0]) if len(found) == 1 and found[0]["ref"] else None


def read_sum(formula: str) -> Side:
    """A formula as a signed sum of references; Puzzling where it is none."""
    reader = _Formula(formula)
    found = reader.sum()
    reader.end()
    return found


def read_condition(formula: str) -> Alternatives:
    """A formula as alternatives of comparisons; Puzzling where it is none."""
    reader = _Formula(formula)

    def every() -> tuple[object, ...]:
        return (reader.together("AND", lambda: (reader.comparison(),)),)

    found = reader.together("OR", every)
    reader.end()
    return found  # type: ignore[return-value]


def _along(name: str, ref: Ref) -> Ref:
    """The range within COLUMNS or ROWS; Puzzling where it has several lines of the other kind alone."""
    columns, rows = ref.right - ref.left, ref.bottom - ref.top
    if name == "COLUMNS" and rows and not columns:
        raise Puzzling("=COLUMNS(…) 里点选的是一列", "用于几行的，写成 =ROWS(几行的格)")
    if name == "ROWS" and columns and not rows:
        raise Puzzling("=ROWS(…) 里点选的是一行", "用于几列的，写成 =COLUMNS(几列的格)")
    return ref


def read_lines(formula: str) -> tuple[str, list[Ref]]:
    """The lines a rule is applied to: ``column`` or ``row``, and the ranges; Puzzling where it is something else."""
    reader, found, ways = _Formula(formula), [], set()
    while True:
        name = reader.take()[0].strip()
        if name not in ("COLUMNS", "ROWS"):
            raise Puzzling("看不懂要用于哪些行或列", "写成 =COLUMNS(几列的格) 或者 =ROWS(几行的格)")
        ways.add("column" if name == "COLUMNS" else "row")
        reader.take("(")
        token = reader.take()
        if not token["ref"]:
            raise Puzzling("看不懂要用于哪些行或列", "括号里点选一片格")
        found.append(_along(name, _ref(token)))
        reader.take(")")
        if reader.peek() != "+":
            break
        reader.take("+")
    reader.end()
    if len(ways) > 1:
        raise Puzzling("一条只能用于几列，或者用于几行", "分成两条写")
    return ways.pop(), found
