"""校验码: twelve digits of a filing's figures, agency code and period, the same from the workbook's own formulas and from the file.

Everything that counts is a number in a row: the period's, the letters of the agency's code, then the input figures in the order
of the form (money as two: the whole, and the decimals). The code is two weighted sums of that row modulo two primes p just under
10⁶; the n-th number weighs gⁿ mod p, g a primitive root of p. So no two weights are equal: one altered figure, or two swapped, always
change the code (unless they differ by a multiple of both primes, about 10¹²). Nor is there a pattern to undo a change: a difference
of any order, a shift, a rotation multiplies the sum by powers of (1 − gᵏ), which are never 0; and no change of up to three numbers by
up to ±10 keeps both sums, in forms of up to 2,000 numbers (``tests/test_office_checkcode.py`` tries them all).

A blank not declared zero has a value of its own. There is no code while an input cell holds something that is not a number, or one
that its type cannot have. The code shows slips between paper and file; it is no seal: whoever wants to can work out another filing
with the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from operator import mul

from xltools.classes import dataclass
from xltools.figures import LIMITS, PLACES, SCALE, Figure
from xltools.form.fields import Field
from xltools.form.model import Agency, Filing, Form
from xltools.periods import part_of


@dataclass(frozen=True)
class Modulus:
    """One of the sums: its prime, the primitive root whose powers are the weights, the value of a blank."""

    prime: int
    root: int
    blank: int

    def weight(self, number: int) -> int:
        """The weight of the n-th number, counted from 0."""
        return pow(self.root, number, self.prime)


MODULI = (Modulus(999_983, 123_459, 271_828), Modulus(999_979, 654_325, 314_159))
"""The two sums; each gives six digits of the code."""

ALPHABET = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_./"
"""The letters of an agency's code that count, each by its place, from 1; any other counts 0."""

LETTERS = 20
"""Letters of an agency's code that count; a shorter code is filled up with spaces."""

NO_CODE = "————"

SINCE = 2
"""The number of the first layout whose workbooks have these codes: before it they were worked out otherwise."""


@dataclass(frozen=True)
class Numbering:
    """The numbers of a form's input fields in the row that is weighed: one each, two for money."""

    form: Form

    @cached_property
    def numbers(self) -> dict[str, tuple[int, ...]]:
        at = 1 + LETTERS
        found: dict[str, tuple[int, ...]] = {}
        for field in (f for f in self.form.inputs if f.type != "words"):
            found[field.id] = (at, at + 1) if PLACES[field.type] else (at,)
            at += len(found[field.id])
        return found

    @cached_property
    def weights(self) -> dict[str, tuple[tuple[int, ...], ...]]:
        """The weights of a field's numbers, by modulus."""
        return {
            name: tuple(tuple(modulus.weight(n) for n in numbers) for modulus in MODULI)
            for name, numbers in self.numbers.items()
        }


@lru_cache(maxsize=64)
def numbering(form: Form) -> Numbering:
    """The numbering of a form; made once."""
    return Numbering(form)


PARTS = 100
"""More parts than a year can have: a period is numbered by its year times this, and its place among the parts of its year."""


def period_number(year: int, parts: Sequence[str]) -> int:
    """The number that stands for a period: the year's own, or of a return for parts of a year that of one of them, from 1.

    >>> period_number(2026, ()), period_number(PartOfYear(2026, "下半年"), ["上半年", "下半年"])
    (2026, 202602)
    """
    return int(year) * PARTS + parts.index(part_of(year)) + 1 if part_of(year) in parts else int(year)


@lru_cache(maxsize=1)
def _weights_of_identity() -> list[list[int]]:
    """The weights of the period and of the letters, by modulus."""
    return [[modulus.weight(at) for at in range(1 + LETTERS)] for modulus in MODULI]


def sums_of_identity(agency: Agency, year: int, parts: Sequence[str]) -> tuple[int, int]:
    """The part of both sums that is the period's, of a form with these parts of a year, and the agency's."""
    letters = [ALPHABET.find(letter) + 1 for letter in agency.code[:LETTERS].ljust(LETTERS)]
    row = [period_number(year, parts), *letters]
    one, other = (
        sum(map(mul, row, weights)) % modulus.prime
        for modulus, weights in zip(MODULI, _weights_of_identity(), strict=True)
    )
    return one, other


def sums_of(filing: Filing, fields: Iterable[Field]) -> tuple[int, int] | None:
    """The part of both sums that is these fields'; None where a cell holds no proper number."""
    return added(share_of(filing, field) for field in fields)


def added(shares: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    """Parts of both sums added up; None where one of them is none."""
    one = other = 0
    for share in shares:
        if share is None:
            return None
        one, other = one + share[0], other + share[1]
    return one % MODULI[0].prime, other % MODULI[1].prime


def share_of(filing: Filing, field: Field) -> tuple[int, int] | None:
    """The part of both sums that is an input field's; None where its cell holds no proper number."""
    if field.type == "words":
        return 0, 0
    figure = filing.values[field.id]
    if field.id in filing.typed or field.id in filing.unread or not _proper(figure, field):
        return None
    weighed, weighed_other = numbering(filing.form).weights[field.id]
    if figure is None:
        return sum(weighed) * MODULI[0].blank, sum(weighed_other) * MODULI[1].blank
    assert isinstance(figure, int)
    parts = divmod(figure, SCALE[field.type]) if len(weighed) > 1 else (figure,)
    return sum(map(mul, parts, weighed)), sum(map(mul, parts, weighed_other))


def _proper(figure: Figure, field: Field) -> bool:
    """Whether a cell can have this figure: whole in its type's smallest unit, and not far too large."""
    if figure is None:
        return True
    return isinstance(figure, int) and abs(figure) < LIMITS[field.type] * SCALE[field.type]


def check_code(filing: Filing) -> str | None:
    """The code of a filing; None where a cell holds no proper number."""
    return code_of(
        sums_of_identity(filing.agency, filing.year, filing.form.periods), sums_of(filing, filing.form.inputs)
    )


def code_of(identity: tuple[int, int], figures: tuple[int, int] | None) -> str | None:
    """The code of both parts of its sums; None where there are none of the figures."""
    if figures is None:
        return None
    one, other = ((a + b) % modulus.prime for a, b, modulus in zip(figures, identity, MODULI, strict=True))
    digits = f"{one:06d}{other:06d}"
    return "-".join(digits[at : at + 4] for at in range(0, 12, 4))
