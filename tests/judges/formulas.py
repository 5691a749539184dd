"""A formula under Excel's rules: how long, how deep, of how many arguments, of which functions."""

from dataclasses import dataclass
from functools import cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import FORMULAE

LENGTH, ARGUMENTS, DEPTH, TEXT = 8192, 255, 64, 255
"""What Excel takes of a formula: characters, arguments of a function, levels of functions, characters of a text in it."""
VOLATILE = frozenset(("NOW", "TODAY", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT", "CELL", "INFO"))


@dataclass(frozen=True)
class Formula:
    """What there is in a formula, and what Excel 2007 would not take of it."""

    length: int
    arguments: int
    depth: int
    sheets: frozenset[str]
    names: frozenset[str]
    faults: tuple[str, ...]


@cache
def judged(words: str) -> Formula:
    """A formula, without its equals sign, taken apart by openpyxl's tokenizer."""
    faults, sheets, names, texts = [], set(), set(), [0]
    open_: list[int] = []
    most = deepest = 0
    for token in Tokenizer(f"={words}").items:
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            name = token.value.rstrip("(").upper()
            if name not in FORMULAE or name in VOLATILE:
                faults.append(f"{name} is not for Excel 2007, or is volatile")
            open_.append(1)
        elif token.subtype == Token.OPEN:  # brackets, and lists in braces: of no arguments
            open_.append(0)
        elif token.subtype == Token.CLOSE:
            most = max(most, open_.pop())
        elif token.type == Token.SEP and token.subtype == Token.ARG and open_ and open_[-1]:
            open_[-1] += 1
        elif token.type == Token.OPERAND and token.subtype == Token.TEXT:
            texts.append(len(token.value[1:-1].replace('""', '"')))
        elif token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, _, cell = token.value.rpartition("!")
            sheets |= {sheet.strip("'").replace("''", "'")} if sheet else set()
            names |= (
                {cell} if cell.replace("_", "").replace(".", "").isidentifier() and not cell[-1].isdigit() else set()
            )
            faults += [f"{token.value} is outside"] if "[" in token.value else []
        deepest = max(deepest, sum(1 for arguments in open_ if arguments))
    faults += [
        f"{what}: {number} > {limit}"
        for what, number, limit in (
            ("characters", len(words), LENGTH),
            ("arguments", most, ARGUMENTS),
            ("levels", deepest, DEPTH),
            ("characters of a text", max(texts), TEXT),
        )
        if number > limit
    ]
    return Formula(len(words), most, deepest, frozenset(sheets), frozenset(names), tuple(faults))
