"""The hidden columns right of each table, and of the cover: what is counted and summed for the state lines and the check code.

A line of a table has three cells there: how many of its input cells hold no proper number, and its part of both sums of the check
code (``checkcode``). Their totals stand above them, and the cover adds them up. So no formula is longer for a longer form, and none
needs to be worked out cell by cell, which not every program does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from xltools.address import Box, a1, in_sheet
from xltools.classes import dataclass
from xltools.figures import LIMITS, PLACES, SCALE
from xltools.form.algebra import ranges
from xltools.form.checkcode import ALPHABET, LETTERS, MODULI, NO_CODE, PARTS, Modulus, numbering
from xltools.form.fields import Field
from xltools.form.layout import COVER_CELLS, LAYOUT, NAME_ROW, SWITCH_ROW, TABLE_TOP, TITLE_ROW, Layout, TableSheet
from xltools.ooxml.book import Sheet
from xltools.terms import NO, YES
from xltools.workbook.cached import to_fill
from xltools.workbook.outline import Draft, Work

_LACKING, _BLANKS, _SUMS = TITLE_ROW, SWITCH_ROW, NAME_ROW
"""Rows of the hidden columns above the table: input cells without a proper figure, what a blank counts, both sums."""


@dataclass(frozen=True)
class _Line:
    """The input fields in one row of a sheet."""

    sheet: TableSheet
    layout: Layout
    row: int
    fields: Sequence[Field]
    computed: bool
    """Whether the cells hold formulas (a summary's), which show an empty text for a blank."""

    def ranges(self, kind: str = "") -> list[str]:
        names = [f.id for f in self.fields if kind in ("", f.type)]
        return ranges(names, self.layout, self.sheet.name)

    def cell(self, field: Field) -> str:
        """A cell of the line by its place between locked ones: who drags it elsewhere does not rewrite the formula.

        Where no printed words stand at the left, the headings above do.
        """
        above = 0 if self.sheet.label_columns else 1
        line = f"${Box(self.row - above, 0, self.row, self.sheet.last_column + 1).span.replace(':', ':$')}"
        return f"INDEX({line},{1 + above},{self.sheet.boxes[field.id].left + 1})"

    def improper(self) -> str:
        """How many cells hold text, or parts of a piece or of a 分."""
        figures = [f for f in self.fields if self.computed or f.type not in ("choice", "words")]
        blocks = ranges([f.id for f in figures], self.layout, self.sheet.name)
        blanks = "-".join(f"COUNTBLANK({block})" for block in blocks)
        text = f"{len(figures)}-COUNT({','.join(blocks)})-{blanks}" if figures else "0"
        for field in self.fields:
            cell = self.cell(field)
            if field not in figures:
                right = "+".join(f'({cell}="{word}")' for word in ("", *field.choices))
                text += f"+IF({right}>0,0,1)" if field.choices else ""
                continue
            places = PLACES[field.type]
            whole = f"ROUND({cell},{places})" if places else f"INT({cell})"
            text += f"+IF(ISNUMBER({cell}),IF({whole}={cell},0,1),0)"
        return text

    def sum(self, k: int) -> str:
        """The line's part of a sum of the check code; "" where a cell holds no proper number."""
        modulus, weights = MODULI[k], numbering(self.layout.form).weights
        improper, blank = (self.sheet.tally(row, n) for row, n in ((self.row, 0), (_BLANKS, k + 1)))
        weighable = [f for f in self.fields if f.type != "words"]
        for kind in dict.fromkeys(f.type for f in weighable):
            for block in self.ranges(kind):
                improper += f'+COUNTIF({block},">={LIMITS[kind]}")+COUNTIF({block},"<=-{LIMITS[kind]}")'
        terms = []
        for field in weighable:
            cell, weighed = self.cell(field), weights[field.id][k]
            value = f"MOD({cell},{modulus.prime})*{weighed[0]}"
            if field.choices and not self.computed:
                chosen = "+".join(f'({cell}="{word}")*{field.chosen(word)}' for word in field.choices)
                value = f"({chosen})*{weighed[0]}"
            if len(weighed) > 1:
                rest = f"ROUND(({cell}-INT({cell}))*{SCALE[field.type]},0)"
                value = f"MOD(INT({cell}),{modulus.prime})*{weighed[0]}+{rest}*{weighed[1]}"
            empty = f'{cell}=""' if self.computed else f"ISBLANK({cell})"
            terms.append(f"IF({empty},{blank}*{sum(weighed) % modulus.prime},{value})")
        return f'IF({improper}>0,"",MOD({"+".join(terms) or 0},{modulus.prime}))'


def _lines(sheet: TableSheet, layout: Layout, computed: bool) -> list[_Line]:
    """The lines of a sheet that have input cells."""
    fields = sorted(
        layout.form.inputs_of(sheet.section.id), key=lambda f: (sheet.boxes[f.id].top, sheet.boxes[f.id].left)
    )
    return [
        _Line(sheet, layout, row, list(group), computed)
        for row, group in groupby(fields, key=lambda f: sheet.boxes[f.id].top)
    ]


def write_tally(out: Sheet, sheet: TableSheet, layout: Layout, draft: Draft) -> None:
    """The hidden columns of a table sheet."""
    column, inputs = sheet.tally_column, layout.form.inputs_of(sheet.section.id)
    out.hide(column, column + 2)
    lines = _lines(sheet, layout, draft.filing.kind == "summary")
    for line in lines:
        out.formula((line.row, column), line.improper(), draft.told(_improper(line.fields)), "tally")
        for k in range(len(MODULI)):
            out.formula((line.row, column + 1 + k), line.sum(k), draft.told(_sum(line.fields, k)), "tally")
    out.formula(
        (_LACKING, column),
        _lacking(sheet, layout, to_fill(inputs, draft.filing.kind)),
        draft.told(lambda shown: shown.lacking(sheet.section)),
        "tally",
    )
    for k, modulus in enumerate(MODULI):
        blank = draft.told(_blank(sheet, modulus))
        switch = sheet.switch_boxes[1].fixed
        out.formula((_BLANKS, column + 1 + k), f'IF({switch}="{YES}",0,{modulus.blank})', blank, "tally")
        parts = Box(TABLE_TOP, column + 1 + k, sheet.last_row, column + 1 + k).fixed
        formula = f'IF(COUNT({parts})<{len(lines)},"",MOD(SUM({parts}),{modulus.prime}))'
        out.formula((_SUMS, column + 1 + k), formula, draft.told(_sum(inputs, k)), "tally")


def _improper(fields: Sequence[Field]) -> Work:
    return lambda shown: shown.improper(fields)


def _sum(fields: Sequence[Field], k: int) -> Work:
    """Part of a sum of the check code; "" where a cell holds no proper number."""
    return lambda shown: (shown.sums(fields) or ("", ""))[k]


def _blank(sheet: TableSheet, modulus: Modulus) -> Work:
    """What a blank of the sheet counts."""
    return lambda shown: 0 if sheet.section.id in shown.declared_zero else modulus.blank


def _lacking(sheet: TableSheet, layout: Layout, inputs: Sequence[Field]) -> str:
    """How many input cells hold no proper figure: blanks not declared zero, text, less than 0, parts of a piece; and a switch that
    says neither 是 nor 否."""
    improper = Box(TABLE_TOP, sheet.tally_column, sheet.last_row, sheet.tally_column).fixed
    blanks = "+".join(f"COUNTBLANK({block})" for block in ranges([f.id for f in inputs], layout, sheet.name))
    switch = sheet.switch_boxes[1].fixed
    text = f'SUM({improper})+IF({switch}="{YES}",0,{blanks})+IF(OR({switch}="{YES}",{switch}="{NO}",{switch}=""),0,1)'
    unsigned = [f.id for f in inputs if f.type not in ("signed", "choice", "words")]
    return text + "".join(f'+COUNTIF({block},"<0")' for block in ranges(unsigned, layout, sheet.name))


def lacking_cell(sheet: TableSheet) -> str:
    """The cell, from any sheet, that counts a table's input cells without a proper figure."""
    return in_sheet(sheet.name, sheet.tally(_LACKING, 0))


# ── the cover ────────────────────────────────────────────────────────────────


_HIDDEN = COVER_CELLS.hidden


def write_code(out: Sheet, layout: Layout, draft: Draft) -> None:
    """The check code on the cover, its sums and the layout's number in the hidden columns beside it."""
    periods = layout.form.periods
    out.hide(_HIDDEN, _HIDDEN + 1)
    out.put((COVER_CELLS.kind, _HIDDEN), LAYOUT, "tally")
    for k, modulus in enumerate(MODULI):
        own = a1(COVER_CELLS.code, _HIDDEN + k, absolute=True)
        out.formula((COVER_CELLS.code, _HIDDEN + k), _identity(k, periods), draft.told(_own(k)), "tally")
        parts = [own, *(in_sheet(s.name, s.tally(_SUMS, k + 1)) for s in layout.tables.values())]
        listed = ",".join(parts)
        formula = f'IF(COUNT({listed})<{len(parts)},"",MOD(SUM({listed}),{modulus.prime}))'
        out.formula((COVER_CELLS.checkcode, _HIDDEN + k), formula, draft.told(_whole(k)), "tally")
    one, other = (a1(COVER_CELLS.checkcode, _HIDDEN + k, absolute=True) for k in (0, 1))
    groups = (f"INT({one}/100)", f"MOD({one},100)*100+INT({other}/10000)", f"MOD({other},10000)")
    digits = '&"-"&'.join(f'TEXT({group},"0000")' for group in groups)
    box = Box(COVER_CELLS.checkcode, COVER_CELLS.column, COVER_CELLS.checkcode, 3)
    out.formula(
        box, f'IF(COUNT({one}:{other})<2,"{NO_CODE}",{digits})', draft.told(lambda shown: shown.code), "fact_code"
    )


def _own(k: int) -> Work:
    return lambda shown: shown.identity[k]


def _whole(k: int) -> Work:
    """A sum of the check code; "" where a cell holds no proper number."""
    return lambda shown: (shown.identity[k] + shown.figures[k]) % MODULI[k].prime if shown.figures else ""


def _identity(k: int, periods: Sequence[str]) -> str:
    """The part of a sum that is the period's and the agency's; nothing where the year is no number."""
    modulus = MODULI[k]
    code, year = (a1(row, COVER_CELLS.column, absolute=True) for row in (COVER_CELLS.code, COVER_CELLS.year))
    filled = f'{code}&"{" " * LETTERS}"'
    if periods:
        printed = a1(COVER_CELLS.period, COVER_CELLS.column, absolute=True)
        numbered = (f'({printed}="{name}")*{number}' for number, name in enumerate(periods, 1))
        year = f"({year}*{PARTS}+{'+'.join(numbered)})"
    terms = [f"{year}*{modulus.weight(0)}"]
    for at in range(1, LETTERS + 1):
        terms.append(f'IFERROR(FIND(MID({filled},{at},1),"{ALPHABET}"),0)*{modulus.weight(at)}')
    return f'IFERROR(MOD({"+".join(terms)},{modulus.prime}),"")'
