"""Where 校验 says 通过 or 不符, ``check`` says the same: the sheet as LibreOffice recalculates it, against the library."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from making import listed_relations, save, signoff_of
from office import Office
from office_checks import (
    FAIL,
    PASS,
    PENDING,
    Edits,
    code_shown,
    cover,
    disagreements,
    edited,
    joined,
    put,
    rows_of,
    switch,
)
from office_samples import YEARS, random_filings

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.figures import SCALE, printed
from xltools.form.checkcode import NO_CODE, check_code
from xltools.form.fields import Field
from xltools.form.model import Filing
from xltools.rules.relation import Relation
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.office


def listed(filing: Filing) -> list[str]:
    """The rules that 校验 must list for a filing."""
    return [r.id for r in listed_relations(filing.form, filing.agency.level)] + [signoff_of(filing.form).id]


def unready(filing: Filing) -> set[str]:
    """The relations with an operand that is not a number, or a blank not declared zero."""
    lacking = {f.id for f in filing.form.inputs if f.id in filing.typed or filing.values[f.id] is None}
    return {r.id for r in listed_relations(filing.form, filing.agency.level) if lacking & set(r.operands)}


# ── breaking filings at random ───────────────────────────────────────────────


def some_field(rng: random.Random, filing: Filing) -> Field:
    return rng.choice(filing.form.inputs)


def wrong_figure(rng: random.Random, filing: Filing) -> Edits:
    return put(filing, some_field(rng, filing).id, rng.choice((0, 1, rng.randrange(500))))


def improper_figure(rng: random.Random, filing: Filing) -> Edits:
    return put(filing, some_field(rng, filing).id, rng.choice((-1, -20, 3.5, 0.1, 1 / 3, 2.25, 123456789)))


def broken_relation(rng: random.Random, filing: Filing, relation: Relation) -> Edits:
    """Operands of a relation changed, two at most, until it no longer holds."""
    fields, figures = filing.form.fields, dict(filing.values)
    for _ in range(1000):
        judged = relation.weigh(figures)
        assert judged
        if not judged.holds:
            changed = [name for name in relation.operands if figures[name] != filing.values[name]]
            return joined(*(put(filing, n, float(printed(figures[n] or 0, fields[n].type))) for n in changed))
        figures = dict(filing.values)
        for name in rng.sample(relation.operands, min(2, len(relation.operands))):
            large = rng.randrange(10**8) * SCALE[fields[name].type]
            figures[name] = rng.choice((figures[name], 0, 7, -300, large, judged.left, judged.right))
    raise AssertionError(f"no way found to break {relation.id}")


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
    wrong_figure, improper_figure, larger_than_life, made_rules, blanks, blanks, words, words, total_typed_over, unsigned,
)  # fmt: skip


def broken(rng: random.Random, filing: Filing, number: int) -> bytes:
    """A filing's workbook: every fifth as it should be, the others with relations broken (in turn) and up to four breaks."""
    if number % 5 == 4:
        return write_filing(filing)
    relations = listed_relations(filing.form, filing.agency.level)
    breaks = [broken_relation(rng, filing, relations[(number + n) % len(relations)]) for n in range(0, 16, 5)]
    breaks += [rng.choice(BREAKS)(rng, filing) for _ in range(rng.randrange(5))]
    return edited(write_filing(filing), joined(*breaks))


def test_the_checks_sheet_and_check_agree_on_a_hundred_random_filings(office: Office, tmp_path: Path) -> None:
    rng = random.Random(65)
    filings = random_filings(65, 100)
    paths = [save(tmp_path / "received" / f"{n}.xlsx", broken(rng, filing, n)) for n, filing in enumerate(filings)]
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    seen: Counter[tuple[str, str, str]] = Counter()
    for filing, path in zip(filings, paths, strict=True):
        received, rows = check_file(path), rows_of(recalculated[path])
        assert received.filing is not None
        assert [row.rule for row in rows] == listed(filing)
        assert disagreements(received, rows) == [], path
        assert disagreements(check_file(recalculated[path]), rows) == [], path
        assert code_shown(recalculated[path]) == (check_code(received.filing) or NO_CODE), path
        pending = {row.rule for row in rows if row.result == PENDING} - {signoff_of(filing.form).id}
        assert pending == unready(received.filing), path
        seen.update((filing.form.edition, row.rule, row.result) for row in rows)
    assert_seen_often_enough(seen)


def assert_seen_often_enough(seen: Counter[tuple[str, str, str]]) -> None:
    """The sample had every listed rule of both editions fail, pass and wait."""
    for edition in YEARS:
        form = load_form(edition)
        for rule in [r.id for r in form.rules_of(Relation) if r.severity != "note" and not r.last_operands] + [
            signoff_of(form).id
        ]:
            assert min(seen[edition, rule, result] for result in (PASS, FAIL, PENDING)) > 0, (edition, rule)
    totals = Counter(result for (*_, result), count in seen.items() for _ in range(count))
    assert totals[PASS] > 500 and totals[FAIL] > 100 and totals[PENDING] > 100
