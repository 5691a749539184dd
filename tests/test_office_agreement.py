"""Where 校验 says 通过 or 不符, ``check`` says the same: the sheet as LibreOffice recalculates it, against the library."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from making import altered, cell_of, resaved, save
from office import Office
from office_samples import YEARS, cells_of, random_filing, random_filings, same

from xltools.address import a1
from xltools.check import check_file
from xltools.checkcode import NO_CODE, check_code
from xltools.editions import load_form
from xltools.figures import printed
from xltools.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, layout_of, listed_relations
from xltools.model import Field, Filing
from xltools.terms import SIGNOFF
from xltools.workbook.read import Received
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.office

PASS, FAIL, PENDING = "通过", "不符", "待填"
Edits = dict[str, dict[str, Any]]
"""What to put into cells, by sheet and address."""


@dataclass(frozen=True)
class Row:
    """A row of 校验 as LibreOffice shows it."""

    rule: str
    left: float | str
    right: float | str
    result: str


def rows_of(path: Path) -> list[Row]:
    """校验 as a recalculated file shows it."""
    cells = {spot: cell for (sheet, spot), cell in cells_of(path).items() if sheet == CHECKS}

    def shown(row: int, column: int) -> Any:
        cell = cells.get(a1(row, column))
        return "" if cell is None else float(cell.value) if cell.kind == "number" else cell.value

    count = sum(1 for row in range(CHECK_TOP, 200) if shown(row, CHECK_COLUMNS.id))
    at = CHECK_COLUMNS
    return [Row(*(shown(row, column) for column in (at.id, at.left, at.right, at.result)))
            for row in range(CHECK_TOP, CHECK_TOP + count)]  # fmt: skip


def code_shown(path: Path) -> str:
    """The 校验码 on the cover of a recalculated file."""
    return cells_of(path)[COVER, a1(COVER_CELLS.checkcode, COVER_CELLS.column)].value


def disagreements(received: Received, rows: list[Row]) -> list[str]:
    """Where rows of 校验 and the findings of ``check`` contradict each other."""
    said = {f.rule: f for f in received.findings if f.rule}
    found = []
    for row in rows:
        told = said.get(row.rule)
        if row.result == PASS and told:
            found.append(f"{row.rule}: 校验 passes it, check: {told.message}")
        elif row.result == FAIL and not told:
            found.append(f"{row.rule}: 校验 fails it ({row.left} | {row.right}), check has nothing")
        elif row.result == FAIL and told and told.code == "rule-failed":
            sides = told.as_json()
            if not (same(row.left, sides["actual"]) and same(row.right, sides["expected"])):
                found.append(f"{row.rule}: 校验 shows {row.left} | {row.right}, check {told.message}")
        elif row.result not in (PASS, FAIL, PENDING):
            found.append(f"{row.rule}: 校验 shows {row.result}")
    return found


def listed(filing: Filing) -> list[str]:
    """The rules that 校验 must list for a filing."""
    return [r.id for r in listed_relations(filing.form, filing.agency.level)] + [filing.form.signoff.id]


def unready(filing: Filing) -> set[str]:
    """The relations with an operand that is not a number, or a blank not declared zero."""
    lacking = {f.id for f in filing.form.inputs if f.id in filing.typed or filing.values[f.id] is None}
    return {r.id for r in listed_relations(filing.form, filing.agency.level) if lacking & set(r.operands)}


# ── breaking filings at random ───────────────────────────────────────────────


def put(filing: Filing, field: str, value: Any) -> Edits:
    sheet, cell = cell_of(filing.form, field)
    return {sheet: {cell: value}}


def cover(key: str, value: Any) -> Edits:
    return {COVER: {a1(COVER_CELLS.signoff + list(SIGNOFF).index(key), COVER_CELLS.column): value}}


def switch(filing: Filing, section: str, value: Any) -> Edits:
    sheet = layout_of(filing.form).tables[section]
    return {sheet.name: {sheet.switch_boxes[1].address: value}}


def joined(*edits: Edits) -> Edits:
    sheets = {sheet for edit in edits for sheet in edit}
    return {name: {cell: v for edit in edits for cell, v in edit.get(name, {}).items()} for name in sheets}


def some_field(rng: random.Random, filing: Filing) -> Field:
    return rng.choice(filing.form.inputs)


def wrong_figure(rng: random.Random, filing: Filing) -> Edits:
    return put(filing, some_field(rng, filing).id, rng.choice((0, 1, rng.randrange(500))))


def improper_figure(rng: random.Random, filing: Filing) -> Edits:
    return put(filing, some_field(rng, filing).id, rng.choice((-1, -20, 3.5, 0.1, 1 / 3, 2.25, 123456789)))


def broken_relation(rng: random.Random, filing: Filing) -> Edits:
    """An operand of some relation changed until the relation no longer holds."""
    relation = rng.choice(listed_relations(filing.form, filing.agency.level))
    fields, figures = filing.form.fields, dict(filing.values)
    for _ in range(200):
        name = rng.choice(relation.operands)
        figure = rng.choice((0, 7, -300, int(figures[name] or 0) + 1, *(figures[o] for o in relation.operands)))
        judged = relation.judge({**figures, name: (figure or 0) * rng.choice((1, 1, 1, 10_000_000))})
        if judged and not judged.holds:
            return put(filing, name, float(printed(figure or 0, fields[name].type)))
    return {}


def larger_than_life(rng: random.Random, filing: Filing) -> Edits:
    """元 typed where 万元 is asked."""
    name = rng.choice([f.id for f in filing.form.inputs if f.type == "money"])
    return put(filing, name, rng.choice((592372449, 119253550.5, 13000000)))


def made_rules(rng: random.Random, filing: Filing) -> Edits:
    """规章 where there may be none."""
    return put(filing, rng.choice([f.id for f in filing.form.inputs if f.row.id == "rules"]), rng.randint(1, 5))


def blanks(rng: random.Random, filing: Filing) -> Edits:
    """Cells emptied on one sheet, declared zero or not."""
    section = rng.choice(filing.form.table_sections).id
    names = [f.id for f in filing.form.inputs_of(section)]
    emptied = rng.sample(names, rng.choice((1, 3, len(names) // 2, len(names))))
    return joined(switch(filing, section, rng.choice("是否")), *(put(filing, name, None) for name in emptied))


def words(rng: random.Random, filing: Filing) -> Edits:
    typed = rng.choice(("12", "１２", "1,234", " 5 ", "3件", "/", "—", "无", "不详", "0", "5万元", "减少3"))
    return put(filing, some_field(rng, filing).id, typed)


def total_typed_over(rng: random.Random, filing: Filing) -> Edits:
    total = rng.choice(filing.form.totals)
    return put(filing, total.id, rng.choice((int(filing.values[total.id] or 0), rng.randrange(900), "12", None)))


def unsigned(rng: random.Random, filing: Filing) -> Edits:
    key = rng.choice(("compiler", "reviewer", "head", "date"))
    return cover(key, rng.choice((None, 43000)) if key == "date" else rng.choice((None, "  ")))


BREAKS: tuple[Callable[[random.Random, Filing], Edits], ...] = (
    wrong_figure, improper_figure, broken_relation, broken_relation, broken_relation, larger_than_life, made_rules,
    blanks, words, total_typed_over, unsigned,
)  # fmt: skip


def broken(rng: random.Random, filing: Filing) -> bytes:
    """A filing's workbook with up to four breaks."""
    content = write_filing(filing)
    breaks = [rng.choice(BREAKS)(rng, filing) for _ in range(rng.choice((0, 1, 2, 3, 4)))]
    for sheet, cells in joined(*breaks).items():
        content = altered(content, sheet, cells)
    return content


def test_the_checks_sheet_and_check_agree_on_a_hundred_random_filings(office: Office, tmp_path: Path) -> None:
    rng = random.Random(65)
    filings = random_filings(65, 100)
    paths = [save(tmp_path / "received" / f"{n}.xlsx", broken(rng, filing)) for n, filing in enumerate(filings)]
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    seen: Counter[tuple[str, str, str]] = Counter()
    for filing, path in zip(filings, paths, strict=True):
        received, rows = check_file(path), rows_of(recalculated[path])
        assert received.filing is not None
        assert [row.rule for row in rows] == listed(filing)
        assert disagreements(received, rows) == [], path
        assert disagreements(check_file(recalculated[path]), rows) == [], path
        assert code_shown(recalculated[path]) == (check_code(received.filing) or NO_CODE), path
        pending = {row.rule for row in rows if row.result == PENDING} - {filing.form.signoff.id}
        assert pending == unready(received.filing), path
        seen.update((filing.form.edition, row.rule, row.result) for row in rows)
    assert_seen_often_enough(seen)


def assert_seen_often_enough(seen: Counter[tuple[str, str, str]]) -> None:
    """The sample had every listed rule of both editions fail, pass and wait."""
    for edition in YEARS:
        form = load_form(edition)
        for rule in [r.id for r in form.relations if r.severity != "note"] + [form.signoff.id]:
            assert min(seen[edition, rule, result] for result in (PASS, FAIL, PENDING)) > 0, (edition, rule)
    totals = Counter(result for (*_, result), count in seen.items() for _ in range(count))
    assert totals[PASS] > 500 and totals[FAIL] > 100 and totals[PENDING] > 100
