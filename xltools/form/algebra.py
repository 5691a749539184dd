"""The algebra of relations: read from text, shown as Excel formulas and as Chinese sentences.

The arithmetic of the same relations is in ``relation``: one definition, three views.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from xltools.address import blocks, in_sheet
from xltools.expressions import expression
from xltools.figures import PLACES
from xltools.form.checkrows import Cells
from xltools.form.fields import Field
from xltools.form.model import NONE
from xltools.form.sums import CEILING, CEILING_WORDS, LAST, Comparison, Condition, Sum
from xltools.terms import YES

# ── reading expressions ──────────────────────────────────────────────────────

_TERM = expression(r"\s*([+-]?)\s*(?:(\d+)\s*\*\s*)?([A-Za-z_]\w*(?:\.\w+)*(?:\.\*(?:\.\w+)*)?|\d+)\s*")
_COMPARISON = expression(r"(.+?)(!=|<=|>=|=|<|>)(.+)\Z")
_WORD = expression(r"'([^']+)'|\"([^\"]+)\"|“([^”]+)”|‘([^’]+)’")
"""A word of a choice in a condition: in quotes, of whatever kind."""


_FOREIGN = {
    "＋": "请写 +", "－": "请写 -", "—": "请写 -", "×": "请写 *", "＝": "请写 =", "≤": "请写 <=", "≥": "请写 >=", "≠": "请写 !=",
    "＜": "请写 <", "＞": "请写 >", "，": "请写 +", "（": "不能用括号，拆开写", "）": "不能用括号，拆开写", "(": "不能用括号，拆开写",
    "/": "不能用除法，把它乘到另一边", "÷": "不能用除法，把它乘到另一边",
}  # fmt: skip
"""Signs that are written where others are meant, with what to do."""


def _why(text: str) -> str:
    """What cannot be read in a sum or a condition, and what can be written."""
    if match := re.search(r"\{(\w*)\}", text):
        return f"“{match[0]}”没有换成编号（“{text}”）：each 或 every 里没有“{match[1]}”"
    for sign, remedy in _FOREIGN.items():
        if sign in text:
            return f"看不懂“{sign}”（“{text}”）：{remedy}"
    if match := re.search(r"\d+\.\d+", text):
        return f"看不懂“{match[0]}”（“{text}”）：数和倍数只能是整数，两边同乘一个整数"
    return f"看不懂的算式“{text}”：只能用指标编号、整数、+、-、整数*指标"


def _group(name: str, fields: Mapping[str, Field]) -> list[str]:
    """The fields of a group, ``requests.denied.*.total``, in the order of the form: those of lines that are no sums themselves."""
    last = LAST if name.startswith(LAST) else ""
    begin, _, end = name.removeprefix(LAST).partition("*")
    found = [
        f for f in fields.values() if f.id.startswith(begin) and f.id.endswith(end) and len(f.id) > len(begin + end)
    ]
    kept = [f for f in found if not f.row.parts and (not f.column.parts or end == f".{f.column.id}")]
    if not kept:
        raise ValueError(f"没有“{name}”这一组指标")
    return [last + f.id for f in kept]


def parse_sum(text: str, fields: Mapping[str, Field] | None = None) -> Sum:
    """A sum as written: ``requests.new.natural + requests.carried_in.natural``; ValueError says what is wrong.

    With ``fields``, a group ``requests.denied.*.total`` stands for every one of its fields.
    """
    terms: list[tuple[int, str]] = []
    constant, at = 0, 0
    while at < len(text):
        match = _TERM.match(text, at)
        if not match or (at and not match[1]):
            raise ValueError(_why(text))
        factor = (-1 if match[1] == "-" else 1) * int(match[2] or 1)
        if match[3].isdigit():
            constant += factor * int(match[3])
        elif "*" in match[3] and fields is not None:
            terms += ((factor, name) for name in _group(match[3], fields))
        else:
            terms.append((factor, match[3]))
        at = match.end()
    if not text.strip():
        raise ValueError("算式是空的")
    return Sum(tuple(terms), constant)


def quoted(text: str) -> str:
    """The word of a choice that stands in quotes; "" where there is none."""
    match = _WORD.fullmatch(text.strip())
    return next(filter(None, match.groups()), "").strip() if match else ""


def parse_condition(text: str) -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """Alternatives of comparisons, ``a = 0 and b = 0 or a > 0 and c = '是'``, each comparison still in words."""
    alternatives = []
    for alternative in text.split(" or "):
        comparisons = []
        for part in alternative.split(" and "):
            match = _COMPARISON.match(part.strip())
            if not match:
                raise ValueError(
                    _why(part.strip())
                    if any(sign in part for sign in _FOREIGN)
                    else f"看不懂的条件“{part.strip()}”：写成 左边 比较 右边，比较是 = != <= >= < >"
                )
            comparisons.append((match[1].strip(), match[2], match[3].strip()))
        alternatives.append(tuple(comparisons))
    return tuple(alternatives)


# ── the Excel formula ────────────────────────────────────────────────────────


_EXCEL = {"!=": "<>"}


def ranges(fields: Sequence[str], cells: Cells, home: str) -> list[str]:
    """The fewest ranges that hold these fields' cells; those on another sheet than ``home`` with the sheet's name."""
    return list(_ranges(tuple(fields), cells, home))


@lru_cache(maxsize=4096)
def _ranges(fields: tuple[str, ...], cells: Cells, home: str) -> tuple[str, ...]:
    spots: dict[str, list[tuple[int, int]]] = {}
    for name in fields:
        sheet, row, column = cells.position(name)
        spots.setdefault(sheet, []).append((row, column))
    return tuple(
        box.fixed if sheet == home else in_sheet(sheet, box.fixed)
        for sheet in sorted(spots)
        for box in blocks(spots[sheet])
    )


def sum_formula(s: Sum, cells: Cells, home: str) -> str:
    """A signed sum as Excel writes it, over ranges: a cut or drag of a cell cannot rewrite a SUM as it would A1+B1."""
    by_factor: dict[int, list[str]] = {}
    for factor, name in s.terms:
        by_factor.setdefault(factor, []).append(name)
    text = ""
    for factor, names in by_factor.items():
        term = f"SUM({','.join(ranges(names, cells, home))})"
        times = "" if abs(factor) == 1 else f"{abs(factor)}*"
        text += ("-" if factor < 0 else "+" if text else "") + times + term
    if s.constant or not text:
        text += f"{s.constant:+d}" if text else str(s.constant)
    return text


def _compound(s: Sum) -> bool:
    """Whether a sum needs parentheses after a minus."""
    return len({factor for factor, _ in s.terms}) + bool(s.constant) > 1 or any(f < 0 for f, _ in s.terms)


def difference_formula(left: Sum, right: Sum, cells: Cells, home: str) -> str:
    """left − right, to 6 decimals."""
    minus = sum_formula(right, cells, home)
    if _compound(right):
        minus = f"({minus})"
    return f"ROUND({sum_formula(left, cells, home)}-{minus},6)"


def pending_formula(
    fields: Sequence[str], cells: Cells, home: str, choices: Mapping[str, tuple[str, ...]] = NONE
) -> str:
    """True while an operand is not a number, or is a blank not declared zero; or is a choice that says none of its words."""
    numbers = [name for name in fields if name not in choices]
    unsaid = [f"{'+'.join(_chosen(name, word, cells, home) for word in words)}<1" for name, words in choices.items()]
    parts = [*([_unfilled(numbers, cells, home)] if numbers else []), *unsaid]
    return parts[0] if len(parts) == 1 else f"OR({','.join(parts)})"


def _chosen(name: str, word: str, cells: Cells, home: str) -> str:
    """True where a choice says a word, letter by letter: = would take a small letter for a large one."""
    return f'EXACT({ranges((name,), cells, home)[0]},"{word}")'


def _unfilled(fields: Sequence[str], cells: Cells, home: str) -> str:
    by_switch: dict[str, list[str]] = {}
    for name in fields:
        by_switch.setdefault(cells.switch(name), []).append(name)
    counts = []
    for switch, names in by_switch.items():
        found = ranges(names, cells, home)
        blanks = "+".join(f"COUNTBLANK({block})" for block in found)
        declared = f'+IF({switch}="{YES}",{blanks},0)' if switch else ""
        counts.append(f"COUNT({','.join(found)}){declared}")
    return f"{'+'.join(counts)}<{len(fields)}"


def holds_formula(when: Condition, holds: Sequence[Condition], cells: Cells, home: str) -> str:
    """True where one of the alternatives holds, or ``when`` does not."""

    def true(c: Comparison) -> str:
        if c.choices:
            said = _chosen(c.left.fields[0], c.word, cells, home)
            return said if c.op == "=" else f"NOT({said})"
        return f"{difference_formula(c.left, c.right, cells, home)}{_EXCEL.get(c.op, c.op)}0"

    def every(comparisons: Sequence[Comparison]) -> str:
        parts = [true(c) for c in comparisons]
        return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"

    alternatives = [every(a) for a in holds]
    if when:
        alternatives.append(f"NOT({every(when)})")
    return alternatives[0] if len(alternatives) == 1 else f"OR({','.join(alternatives)})"


def total_formula(field: Field, cells: Cells, home: str) -> str:
    """A total's own formula, or a ratio's: blank while all its parts are blank and not declared zero."""
    if field.ratio:
        above, below = (f"SUM({','.join(ranges(parts, cells, home))})" for parts in field.ratio)
        times = f"*{field.measure.factor}" if field.measure.factor != 1 else ""
        known = f"COUNT({','.join(ranges(field.ratio[0], cells, home))})=0"
        blank = f'OR({below}=0,AND({known},{cells.switch(field.id)}<>"{YES}"))'
        return f'IF({blank},"",ROUND({above}{times}/{below},{field.measure.decimals}))'
    parts = ",".join(ranges(field.parts, cells, home))
    places = PLACES[field.type]
    total = f"ROUND(SUM({parts}),{places})" if places else f"SUM({parts})"
    return f'IF(AND(COUNT({parts})=0,{cells.switch(field.id)}<>"{YES}"),"",{total})'


# ── the Chinese sentence ─────────────────────────────────────────────────────


LAST_YEAR = "上年"
"""What the period before is called."""
_SPOKEN = {"=": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞"}


def sentence(
    shown: Sequence[str],
    when: Condition,
    holds: Sequence[Condition],
    fields: Mapping[str, Field],
    before: str = LAST_YEAR,
    full: bool = True,
) -> str:
    """A relation in words; what the fields ``shown`` share, a column or a row, is said once, at its head; ``before`` is what the
    period before is called. Not ``full`` it is as it once was: without what tells figures of other lines and sheets apart."""
    named = [fields[name.removeprefix(LAST)] for name in shown]
    rows, columns = {f.row.label for f in named}, {f.column.label for f in named}
    along = len(rows) == 1 and bool(named[0].row.label)
    across = not along and len(columns) == 1
    head = named[0].row.name if along else named[0].column_name if across else ""

    def say(field: Field) -> str:
        """What a field is called beside the head: where it is of another row or column, all of its place."""
        if field.choices:
            return field.column_name if along and field.row.label in rows else _question(field)
        if along and (field.row.label in rows or not full):
            return field.column_name
        return field.row.name if across and (field.column.label in columns or not full) else _place(field)

    sums = [side for some in (when, *holds) for c in some for side in (c.left, c.right)]
    known = [fields[name.removeprefix(LAST)] for side in sums for name in side.fields]
    called = _told_apart(known, say) if full else say

    def words(s: Sum) -> str:
        return _words(s, fields, called, before)

    def compared(c: Comparison) -> str:
        if c.choices:
            return f"{called(fields[c.left.fields[0]])}{'选' if c.op == '=' else '不选'}“{c.word}”"
        return f"{words(c.left)}{_SPOKEN[c.op]}{words(c.right)}"

    def together(condition: Condition) -> str:
        return "且".join(map(compared, condition))

    body = "，或者".join(together(alternative) for alternative in holds)
    if when:
        body = f"如果{together(when)}，那么{body}"
    return f"{head}：{body}" if head else body


def _told_apart(fields: Sequence[Field], say: Callable[[Field], str]) -> Callable[[Field], str]:
    """What to call fields so that no two are called alike: in short, else by their place, else by their sheet or table too."""
    named = {field.id: field for field in fields}
    found = {name: say(field) for name, field in named.items()}
    for more in (_place, lambda field: f"“{field.section.sheet}”的{say(field)}", _table_place):
        counts = Counter(found.values())
        found |= {name: more(field) for name, field in named.items() if counts[found[name]] > 1}
    return lambda field: found[field.id]


def _table_place(field: Field) -> str:
    heading = next(t.heading for t in field.section.tables if field.row in t.rows and field.column in t.columns)
    return f"“{heading or field.section.sheet}”的{field.place}"


SIDES = ("左边", "右边")
"""What the two figures of a relation are called where its sentence shows which they are."""


def sides(left: Sum, right: Sum, fields: Mapping[str, Field], before: str = LAST_YEAR) -> tuple[str, str]:
    """What the two figures of a relation are, in words: for a sentence of a definition's own, which has no sides to point to."""
    return _side(left, fields, before), _side(right, fields, before)


def _side(side: Sum, fields: Mapping[str, Field], before: str) -> str:
    return f"“{_words(side, fields, _place, before)}”" if side.terms else "规则里的数"


def _words(s: Sum, fields: Mapping[str, Field], say: Callable[[Field], str], before: str) -> str:
    """A sum in words."""
    text = ""
    for factor, name in s.terms:
        sign = "－" if factor < 0 else "＋" if text else ""
        times = "" if abs(factor) == 1 else f"{abs(factor)}×"
        text += sign + times + (CEILING_WORDS if name == CEILING else _of_year(name, fields, say, before))
    if s.constant or not text:
        sign = "－" if s.constant < 0 else "＋" if text else ""
        text += sign + str(abs(s.constant))
    return text


def _of_year(name: str, fields: Mapping[str, Field], say: Callable[[Field], str], before: str) -> str:
    """A field's words, and that its figure is that of the period before."""
    words = say(fields[name.removeprefix(LAST)])
    if not name.startswith(LAST):
        return words
    return f"{before}{words}" if words.startswith("“") else f"{before}的“{words}”"  # its sheet is in quotes already


def _question(field: Field) -> str:
    """What a choice asks: its row, where that alone says so."""
    return field.row.name if field.row.measure and field.row.name else field.place


def _place(field: Field) -> str:
    return field.place
