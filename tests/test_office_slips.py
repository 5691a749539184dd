"""Marked-up copies opened and corrected in LibreOffice, on protected sheets, come back resaved and accepted."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from making import altered, cell_of, codes, filing, opened, resaved, save
from office import Office, Typing
from office_samples import YEARS, random_filing

from xltools.address import a1
from xltools.collection.check import check, check_file
from xltools.editions import load_form
from xltools.figures import show
from xltools.form.layout import CHECKS, COVER, COVER_CELLS
from xltools.form.model import Agency, Filing
from xltools.received.mark import COLOURS
from xltools.slips.letter import letter
from xltools.slips.prefilled import prefilled
from xltools.slips.single import marked_copy
from xltools.terms import SIGNOFF
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.office

CELLS = {
    "a figure too large": ("requests.new.natural", 77_777),
    "two wrong": ("requests.new.natural", 66_666, "requests.new.business", 55_555),
    "not a number": ("requests.granted.research", "约3"),
    "a unit typed": ("disputes.review.upheld", "3件"),
    "a fraction": ("disputes.direct.other", 1.5),
    "negative": ("requests.carried_out.nonprofit", -2),
    "blank": ("disputes.review.pending", None),
    "many blanks": ("disputes.review.upheld", None, "disputes.direct.upheld", None, "disputes.direct.pending", None),
    "an error value": ("requests.refused.petition.natural", ("1/0", "#DIV/0!")),
    "a formula": ("requests.partial.business", ("2+3", 5)),
    "元 for 万元": ("MONEY", "251000元"),
    "a query, corrected": ("QUERY", 1),
    "absurd": ("OTHER", 10**13),
}
"""What is wrong, as fields and what stands in their cells."""
NAMED = {
    "2021": {"MONEY": "disclosure.fees.amount", "QUERY": "disclosure.rules.issued", "OTHER": "requests.other.rest.natural"},
    "2019": {"MONEY": "disclosure.procurement.amount", "QUERY": "disclosure.rules.made", "OTHER": "requests.other.natural"},
}  # fmt: skip
COVERS = {"no reviewer": {"reviewer": ""}, "signed too early": {"date": "2000-01-01"}}


@dataclass
class Case:
    """A returned file, and the filing it ought to have been."""

    good: Filing
    path: Path


def good_filing(edition: str, number: int) -> Filing:
    return random_filing(random.Random(f"{edition} {number}"), load_form(edition), number, "county")


def faulty(edition: str) -> Mapping[str, tuple[Filing, bytes]]:
    """By what is wrong: the filing as it ought to be, the workbook as it came."""
    found: dict[str, tuple[Filing, bytes]] = {}
    for number, (kind, wrong) in enumerate(CELLS.items()):
        good = good_filing(edition, number)
        content = write_filing(good)
        for field, value in zip(wrong[::2], wrong[1::2], strict=True):
            sheet, cell = cell_of(good.form, NAMED[edition].get(str(field), str(field)))
            content = altered(content, sheet, {cell: value})
        found[kind] = good, content
    for number, (kind, signed) in enumerate(COVERS.items(), len(CELLS)):
        good = good_filing(edition, number)
        found[kind] = good, write_filing(replace(good, signoff={**good.signoff, **signed}))
    return found


def corrections(received: Any, good: Filing) -> dict[str, dict[str, str]]:
    """What a clerk types into the cells that open findings name."""
    form, typed = good.form, {}
    rows = {a1(row, COVER_CELLS.column): good.signoff[key] for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
    for found in received.findings:
        if not found.open or found.severity == "note":
            continue
        if found.sheet == COVER:
            typed.setdefault(COVER, {})[found.cell] = rows[found.cell]
        for name in {found.field, *found.related} - {None}:
            if form.fields[name].kind == "input" and received.filing.values[name] != good.values[name]:
                sheet, cell = cell_of(form, name)
                typed.setdefault(sheet, {})[cell] = show(good.values[name], form.fields[name].type)
    return typed


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("program", ["as issued", "LibreOffice", "openpyxl"])
def test_corrected_copies_are_resaved_and_accepted(office: Office, tmp_path: Path, edition: str, program: str) -> None:
    samples = faulty(edition)
    paths = {
        kind: save(tmp_path / "sent" / f"{n}.xlsx", content) for n, (kind, (_, content)) in enumerate(samples.items())
    }
    if program == "LibreOffice":
        made = office.recalculated(list(paths.values()), tmp_path / "resaved")
        paths = {kind: made[path] for kind, path in paths.items()}
    elif program == "openpyxl":
        paths = {kind: save(path, resaved(path.read_bytes())) for kind, path in paths.items()}
    jobs = {}
    for number, (kind, path) in enumerate(paths.items()):
        received = check_file(path)
        assert not received.accepted, kind
        copy = marked_copy(received)
        assert copy is not None, kind
        source = save(tmp_path / "slips" / f"{number}.xlsx", copy)
        typed = corrections(received, samples[kind][0])
        assert typed, kind
        jobs[kind] = Typing(source, typed, tmp_path / f"back {number}.xlsx")
    office.typed(list(jobs.values()))
    for kind, job in jobs.items():
        back = check_file(job.out)
        assert back.verdict == "resaved", (kind, [f.message for f in back.findings])
        assert back.accepted, (kind, [f.message for f in back.findings])
        assert back.filing.values == samples[kind][0].values, kind


def test_a_slip_of_a_copy_that_libreoffice_saved_has_the_new_marks_alone(office: Office, tmp_path: Path) -> None:
    good = good_filing("2021", 1)
    wrong = {"requests.new.natural": 777_777, "disclosure.rules.effective": 3, "disputes.review.pending": None}
    received = check_file(save(tmp_path / "sent.xlsx", replace(good, inputs={**good.inputs, **wrong})))
    answer = received.answers["disclosure.rules.authority"]
    spots = {name: cell_of(good.form, name) for name in wrong}
    sheet, cell = spots["requests.new.natural"]
    typed = {
        sheet: {cell: show(good.values["requests.new.natural"], "count")},
        CHECKS: {answer: "经市政府授权制定，文号已附。"},
    }
    copy = save(tmp_path / "copy.xlsx", marked_copy(received))
    back = check_file(office.typed_into(copy, typed, tmp_path / "back.xlsx"))
    assert back.verdict == "resaved" and codes(back, "error", "query") == ["cell-blank"]
    again = opened(marked_copy(back))
    plain = opened((tmp_path / "sent.xlsx").read_bytes())
    for where, address in (spots["requests.new.natural"], spots["disclosure.rules.effective"], (CHECKS, answer)):
        now, was = again[where][address], plain[where][address]
        assert now.comment is None, address
        assert (
            now.fill.fgColor.rgb or 0
        ) == was.fill.fgColor.rgb or now.fill.patternType == was.fill.patternType is None
    left, blank = spots["disputes.review.pending"]
    assert again[left][blank].comment and again[left][blank].fill.fgColor.rgb == COLOURS["error"]


def test_a_total_given_back_is_computed_and_accepted(office: Office, tmp_path: Path) -> None:
    good = good_filing("2021", 2)
    paths, totals = [], ["requests.new.total", "requests.total.natural", "disputes.review.total"]
    for number, name in enumerate(totals):
        sheet, cell = cell_of(good.form, name)
        for kind, typed in (("number", 123_456), ("text", "见附件")):
            sent = save(tmp_path / "sent" / f"{number} {kind}.xlsx", altered(write_filing(good), sheet, {cell: typed}))
            copy = marked_copy(check_file(sent))
            assert copy is not None
            paths.append(save(tmp_path / "copies" / sent.name, copy))
    made = office.recalculated(paths, tmp_path / "back")
    for path, back in made.items():
        received = check_file(back)
        assert received.accepted and received.known.values == good.values, (
            path,
            [f.message for f in received.findings],
        )
        name = totals[int(path.name[0])]
        sheet, cell = cell_of(good.form, name)
        assert opened(back.read_bytes(), data_only=True)[sheet][cell].value == good.values[name]


@pytest.mark.parametrize("kind", [".xls", ".ods", "another year"])
def test_a_return_on_this_years_form_is_corrected_and_accepted(office: Office, tmp_path: Path, kind: str) -> None:
    good = good_filing("2021", 3)
    sheet, cell = cell_of(good.form, "requests.new.natural")
    year = good.year if kind.startswith(".") else good.year + 1
    sent = save(tmp_path / "sent" / "表.xlsx", altered(write_filing(good), sheet, {cell: "约 12 件"}))
    if kind.startswith("."):
        sent = office.saved_as([sent], tmp_path / "other", kind)[sent]
    collection = check([sent], year=year)
    back = prefilled(collection.received[0], collection)
    assert back is not None and [f.field for f in back.told] == ["requests.new.natural"]
    assert back.filled == len(good.form.inputs) - 1
    copy = save(tmp_path / "copy.xlsx", back.content)
    day = a1(COVER_CELLS.signoff + list(SIGNOFF).index("date"), COVER_CELLS.column)
    typed = {sheet: {cell: show(good.values["requests.new.natural"], "count")}, COVER: {day: f"{year + 1}-01-20"}}
    answered = check_file(office.typed_into(copy, typed, tmp_path / "back.xlsx"))
    assert answered.verdict == "resaved" and answered.known.values == good.values and answered.known.year == year
    assert [f.message for f in answered.findings if f.open and f.severity != "note"] == []
    assert answered.originals == (collection.received[0].sha256,)


def test_a_letter_is_one_page_however_much_is_wrong(office: Office, tmp_path: Path) -> None:
    rng, letters = random.Random(5), []
    oddities = ["约3" * 40, "3件", 1.5, -2, "251000元", "一段很长的话ABCdef123，" * 20]
    for year in YEARS.values():
        for count in (0, 1, 5, 9, 14, 25, 150):
            sound = filing(
                year=year, agency=Agency("1101", "示例市某某开发区管理委员会综合执法局（城市管理局）", "county")
            )
            names = rng.sample([f.id for f in sound.form.inputs], count)
            odd = filing({name: rng.choice(oddities) for name in names}, year=year, agency=sound.agency, signoff={})
            received = check_file(save(tmp_path / f"{year} {count} {'长' * 40}.xlsx", odd))
            letters.append(
                save(tmp_path / f"{year} {count}.docx", letter(received, f"{sound.agency.name}_请更正.xlsx"))
            )
    for made in office.printed_letters(letters, tmp_path / "printed").values():
        assert made.read_bytes().count(b"/Type/Page/") == 1, made.name


def test_a_letter_breaks_no_name_of_a_cell(office: Office, tmp_path: Path) -> None:
    """However the lines of a list of cells fall, F8 stands in one of them."""
    pdfplumber = pytest.importorskip("pdfplumber")
    letters = []
    for count in range(4, 14):
        blanks = [f.id for f in filing().form.inputs if f.id.startswith("requests.")][count : 2 * count + 9]
        received = check_file(save(tmp_path / f"{count}.xlsx", filing(dict.fromkeys(blanks))))
        letters.append(save(tmp_path / f"{count}.docx", letter(received, "甲_请更正.xlsx")))
    ends = 0
    for made in office.printed_letters(letters, tmp_path / "printed").values():
        with pdfplumber.open(made) as pdf:
            words = [word["text"] for page in pdf.pages for word in page.extract_words()]
        ends += sum(word.endswith("、") for word in words)
        assert not [word for word in words if word[-1].isascii() and word[-1].isupper()], made.name
    assert ends > 5
