"""Filings for the LibreOffice tests: seeded random ones that keep every rule, and cells read independently of the package."""

from __future__ import annotations

import math
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from making import save

from xltools.collection.check import check
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.figures import Figure, exact
from xltools.form.model import Agency, Filing, Form
from xltools.summary import Summary, merge
from xltools.terms import LEVELS, Level

YEARS = {"2019": 2020, "2021": 2023}
"""A report year for each edition."""

COLUMNS = ("natural", "business", "research", "nonprofit", "legal_service", "other_org")
RULE_MAKERS = ("city", "province", "state")
TEXTS = {"overview": ("本机关依法公开。", "全年主动公开 12 件。"), "problems": ("人手不足。",), "other": ("无",)}

Spot = tuple[str, str]
"""A cell: sheet and A1 address."""

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Cell:
    """A cell as a file stores it: its type (n, str, s, b, e), its value, its formula."""

    kind: str
    value: str
    formula: str | None


def agency(number: int, level: Level) -> Agency:
    return Agency(f"{number:04d}", f"第{number}单位", level)


def signed(year: int) -> dict[str, str]:
    """A cover that is signed in time."""
    names = {"compiler": "张三", "reviewer": "李四", "head": "王五"}
    return {**names, "date": f"{year + 1}-01-15", "phone": "0431-5550101"}


def random_filing(rng: random.Random, form: Form, number: int, level: Level | None = None) -> Filing:
    """A filing with a figure in every cell, which keeps every rule of the edition."""
    year = YEARS[form.edition]
    who = agency(number, level or rng.choice(list(LEVELS)))
    figures: dict[str, Figure] = {f.id: rng.choice((0, 0, 1, 2, rng.randrange(400))) for f in form.inputs}
    figures |= balanced_requests(rng, form)
    figures |= DISCLOSURE[form.edition](rng, who.level)
    return Filing(form, who, year, inputs=figures, texts=dict(TEXTS), signoff=signed(year))


def balanced_requests(rng: random.Random, form: Form) -> dict[str, Figure]:
    """Part three: in every column, what came in is what went out or is carried on."""
    rows = list(dict.fromkeys(f.row.id for f in form.inputs_of("requests")))
    results = [row for row in rows if row not in ("new", "carried_in", "carried_out")]
    found: dict[str, Figure] = {}
    for column in COLUMNS:
        ended = {row: rng.choice((0, 0, 0, 1, 3, rng.randrange(60))) for row in results}
        left = rng.choice((0, 0, 2, rng.randrange(20)))
        came = sum(ended.values()) + left
        old = rng.randint(0, min(came, 15))
        ended |= {"new": came - old, "carried_in": old, "carried_out": left}
        found |= {f"requests.{row}.{column}": figure for row, figure in ended.items()}
    return found


def money(rng: random.Random, most: int = 2900) -> Figure:
    """An amount of at most ``most`` 万元, with up to six decimals."""
    digits = rng.choice((0, 1, 2, 4, 6))
    return exact(Decimal(rng.randrange(most * 10**digits)).scaleb(-digits), "money")


def disclosure_2021(rng: random.Random, level: Level) -> dict[str, Figure]:
    found: dict[str, Figure] = {"disclosure.fees.amount": money(rng)}
    for row in ("rules", "normative"):
        counts = [rng.randrange(90) for _ in range(3)] if row == "normative" or level in RULE_MAKERS else [0, 0, 0]
        issued, repealed, before = counts
        found[f"disclosure.{row}.issued"] = issued
        found[f"disclosure.{row}.repealed"] = repealed
        found[f"disclosure.{row}.effective"] = issued + before
    return found


def disclosure_2019(rng: random.Random, level: Level) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for row in ("rules", "normative"):
        total = rng.randrange(90) if row == "normative" or level in RULE_MAKERS else 0
        found[f"disclosure.{row}.made"] = rng.randint(0, total)
        found[f"disclosure.{row}.published"] = rng.randint(0, total)
        found[f"disclosure.{row}.total"] = total
    for row in ("licensing", "services", "penalty", "coercion", "fees"):
        before = rng.randrange(200)
        change = rng.randint(-before, 50)
        found[f"disclosure.{row}.previous"], found[f"disclosure.{row}.change"] = before, change
        if row != "fees":
            found[f"disclosure.{row}.decisions"] = before + change + rng.randint(1, 5000)
    bought = rng.randrange(40)
    found["disclosure.procurement.projects"] = bought
    found["disclosure.procurement.amount"] = 1 + money(rng) if bought else 0  # type: ignore[operator]
    return found


DISCLOSURE = {"2019": disclosure_2019, "2021": disclosure_2021}


def random_filings(seed: int, count: int) -> list[Filing]:
    """Filings of both editions in turn, of all levels, all keeping the rules."""
    rng = random.Random(seed)
    return [random_filing(rng, load_form(sorted(YEARS)[n % 2]), n) for n in range(count)]


def half_filled(rng: random.Random, number: int, edition: str, *sections: str) -> Filing:
    """A filing with every other cell empty, in the sections named declared zero."""
    full = random_filing(rng, load_form(edition), number)
    inputs = {name: figure if rng.random() < 0.5 else None for name, figure in full.inputs.items()}
    return replace(full, inputs=inputs, declared_zero=frozenset(sections))


def summary_of(filings: Sequence[Filing], folder: Path, absent: int = 0, kept: Filing | None = None) -> Summary:
    """The summary of filings, as the office makes it from their files; ``absent`` agencies more are on the roster.

    ``kept`` is an earlier summary, of which the office keeps what it typed.
    """
    roster = ["单位代码,单位名称,层级,上级代码", "A,示例市,city,"]
    agencies = [f.agency for f in filings] + [agency(9000 + n, "county") for n in range(absent)]
    roster += [f"{a.code},{a.name},{a.level},A" for a in agencies]
    listed = read_roster(save(folder / "roster.csv", "\n".join(roster)))
    assert listed.top is not None
    files = [save(folder / "received" / f"{f.agency.code}.xlsx", f) for f in filings]
    return merge(check(files, listed), listed, listed.top, kept=kept)


def cells_of(path: Path) -> dict[Spot, Cell]:
    """Every cell of a workbook that holds anything, as stored: read without the package under test."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    texts = etree.fromstring(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else ()
    strings = ["".join(item.itertext(f"{MAIN}t")) for item in texts]
    targets = {r.get("Id"): r.get("Target") for r in etree.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    return {
        (sheet.get("name", ""), c.get("r", "")): cell
        for sheet in etree.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")
        for c in etree.fromstring(parts[f"xl/{targets[sheet.get(RELATION)]}"]).iter(f"{MAIN}c")
        if (cell := _cell(c, strings)).value or cell.formula is not None
    }


def _cell(c: etree._Element, strings: Sequence[str]) -> Cell:
    kind = c.get("t", "n")
    value, formula = c.findtext(f"{MAIN}v", ""), c.findtext(f"{MAIN}f")
    if kind == "s":
        value = strings[int(value)]
    elif kind == "inlineStr":
        value = "".join(c.itertext(f"{MAIN}t"))
    return Cell(kind, value, formula)


def shown_cells(path: Path) -> dict[Spot, str | float]:
    """What every cell shows, by its stored value; an empty text is no value."""
    return {
        spot: float(cell.value) if cell.kind == "n" else cell.value
        for spot, cell in cells_of(path).items()
        if cell.value
    }


def formulas(path: Path) -> dict[Spot, str]:
    """Every formula, without its equals sign."""
    return {spot: cell.formula for spot, cell in cells_of(path).items() if cell.formula is not None}


def same(left: Any, right: Any) -> bool:
    """Whether two cells show the same: numbers to nine decimals, as far as a double holds them."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-14, abs_tol=1e-9)
    return bool(left == right)
