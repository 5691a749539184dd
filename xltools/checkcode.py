"""校验码: twelve digits of a filing's figures, the same from the workbook's own formula and from the file.

Three weighted sums modulo three primes. A figure's weight is the cube of its number in the form (plus an offset), and cubing
is one to one modulo a prime p with p mod 3 = 2, so no two weights are equal: one altered figure, or two swapped, always
changes the code unless they differ by a multiple of all three primes (about 10¹²). Money counts as two figures, whole 万元 and
the six decimals, so that every product stays exact in a double. A blank not declared zero has a value of its own.
There is no code while an input cell holds something that is not a number, or one that its type cannot have.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from xltools.address import parse_a1
from xltools.algebra import Cells, ranges
from xltools.figures import LIMITS, SCALE, FieldType
from xltools.model import Field, Filing, Form

PRIMES = ((9941, 101, 4242, 5471), (9929, 211, 2718, 3187), (9923, 307, 6180, 8293))
"""Modulus, offset of the weights, value of a blank, start of the sum (so that nothing but zeros has a code to show)."""

NO_CODE = "————"


def check_code(filing: Filing) -> str | None:
    """The code of a filing's figures; None where a cell holds no proper number."""
    if filing.unread or any(name in filing.form.fields for name in filing.typed):
        return None
    sums = [start for *_, start in PRIMES]
    number = 0
    values = filing.values
    for field in filing.form.inputs:
        figure = values[field.id]
        if figure is None and filing.kind == "summary":
            return None
        if figure is not None and (
            not isinstance(figure, int) or abs(figure) >= LIMITS[field.type] * SCALE[field.type]
        ):
            return None
        whole, rest = divmod(figure or 0, SCALE[field.type])
        for part in (whole, rest) if field.type == "money" else (whole,):
            number += 1
            for k, (prime, offset, blank, _) in enumerate(PRIMES):
                weight = pow(number + offset, 3, prime)
                sums[k] += weight * (blank if figure is None else part % prime)
    return "-".join(f"{total % prime:04d}" for total, (prime, *_) in zip(sums, PRIMES, strict=True))


@lru_cache(maxsize=64)
def check_code_formula(form: Form, cells: Cells, home: str) -> str:
    """The same code as an Excel formula (without the equals sign): sums of products over blocks of input cells."""
    blocks = _blocks(form.inputs, cells, home)
    everything = ",".join(block for block, *_ in blocks)
    blanks = "+".join(f"COUNTBLANK({block})" for block, *_ in blocks)
    improper = "+".join(_improper(block, kind) for block, _, _, _, kind in blocks)
    groups = '&"-"&'.join(_group(blocks, *constants) for constants in PRIMES)
    return (
        f'IFERROR(IF(COUNT({everything})+{blanks}<{len(form.inputs)},"{NO_CODE}",'
        f'IF({improper}>0,"{NO_CODE}",{groups})),"{NO_CODE}")'
    )


_Block = tuple[str, int, int, str, FieldType]
"""Range, number before its first figure, columns, switch, type."""


def _improper(block: str, kind: FieldType) -> str:
    """How many cells of a block hold what their type cannot have: parts of a piece or of a 分, or far too much."""
    whole = f"ROUND({block},6)" if kind == "money" else f"INT({block})"
    limit = LIMITS[kind]
    return f'SUMPRODUCT(--({whole}<>{block}))+COUNTIF({block},">={limit}")+COUNTIF({block},"<=-{limit}")'


def _blocks(inputs: Sequence[Field], cells: Cells, home: str) -> list[_Block]:
    """The blocks of neighbouring input cells in the order of the form, which is the order of the numbers."""
    blocks: list[_Block] = []
    number, at = 0, 0
    while at < len(inputs):
        end = at + 1
        if inputs[at].type != "money":
            while end < len(inputs) and _solid(inputs[at : end + 1], cells, home):
                end += 1
            while end > at + 1 and not _rectangle(inputs[at:end], cells):
                end -= 1
        names = [f.id for f in inputs[at:end]]
        [block] = ranges(names, cells, home)
        columns = len({cells.position(name)[2] for name in names})
        blocks.append((block, number, columns, cells.switch(names[0]), inputs[at].type))
        number += (end - at) * (2 if inputs[at].type == "money" else 1)
        at = end
    return blocks


def _solid(fields: Sequence[Field], cells: Cells, home: str) -> bool:
    """Whether fields continue row by row within the columns of the first row."""
    spots = [cells.position(f.id) for f in fields]
    sheet, top, left = spots[0]
    if any(s[0] != sheet for s in spots) or fields[-1].type == "money":
        return False
    width = sum(1 for s in spots if s[1] == top)
    return all(s[1:] == (top + n // width, left + n % width) for n, s in enumerate(spots))


def _rectangle(fields: Sequence[Field], cells: Cells) -> bool:
    spots = [cells.position(f.id) for f in fields]
    return len(spots) % sum(1 for s in spots if s[1] == spots[0][1]) == 0


def _group(blocks: Sequence[_Block], prime: int, offset: int, blank: int, start: int) -> str:
    terms = []
    for block, before, columns, switch, kind in blocks:
        sheet, first = _first(block)
        undeclared = f'({block}="")*({switch}<>"是")*{blank}'
        numbers = f"{before + 1 + offset}"
        if ":" in block:
            down = f"(ROW({block})-ROW({sheet}{first}))"
            right = f"COLUMN({block})-COLUMN({sheet}{first})"
            numbers += f"+{down}*{columns}+{right}" if columns > 1 else f"+{down}"
        terms.append(f"SUMPRODUCT((MOD(INT({block}),{prime})+{undeclared})*MOD(({numbers})^3,{prime}))")
        if kind == "money":
            decimals = f"MOD(ROUND(({block}-INT({block}))*1000000,0),{prime})"
            terms.append(f"({decimals}+{undeclared})*MOD({before + 2 + offset}^3,{prime})")
    return f'TEXT(MOD({start}+{"+".join(terms)},{prime}),"0000")'


def _first(block: str) -> tuple[str, str]:
    sheet, _, cells = block.rpartition("!")
    first = cells.partition(":")[0]
    parse_a1(first)
    return (f"{sheet}!" if sheet else ""), first
