"""Judges from outside find nothing wrong with anything we write; and each of them finds what it is there for (``docs/judges.md``)."""

import os
import re

import office
import pytest
from judges import bench, gnumeric, hyperformula, libraries, libreoffice, limits, packages, readers, sdk
from judges.outputs import WRONG, Output, forms, made
from making import checked, filing, packed, parts, save
from office_samples import YEARS, cells_of

from xltools.address import a1
from xltools.collection.check import check_file
from xltools.form.layout import CHECKS, COVER, COVER_CELLS, layout_of
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.slips.single import marked_copy
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.judges


def ready(judge):
    """Skips where a judge is not here; fails instead where all must be."""
    missing = judge.lacking()
    if missing and os.environ.get("XLTOOLS_JUDGES") == "1":
        pytest.fail(f"XLTOOLS_JUDGES=1, but {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    home = tmp_path_factory.mktemp("judged")
    return made(home, None if office.lacking() else office.Office(home / "office"))


@pytest.mark.parametrize("judge", bench.JUDGES, ids=lambda judge: judge.NAME)
def test_a_judge_finds_nothing_wrong(judge, outputs, record_property):
    ready(judge)
    said = bench.heard(judge, outputs)
    record_property("judged", {judge.NAME: bench.counts(said)})
    if judge is limits:
        record_property("extremes", bench.extremes(outputs))
    assert {output.path.name: complaints[:5] for output, complaints in said.items() if complaints} == {}


def test_every_kind_of_file_is_judged_by_all_who_can(outputs):
    kinds = {output.kind for output in outputs}
    assert kinds == {
        "blank",
        "filled",
        "carried over",
        "summary",
        "adjusted summary",
        "official copy",
        "list",
        "Word",
        "on this year's form",
        "marked copy",
    }
    workbooks = [o for o in outputs if o.path.suffix == ".xlsx"]
    assert all(judge.takes(o) for o in workbooks for judge in (packages, limits, sdk, readers, libraries))
    assert all(judge.takes(o) for o in workbooks for judge in (libreoffice, gnumeric, hyperformula) if o.before is None)


def test_hyperformula_is_excused_from_words_counted_and_from_sums_of_nothing_alone(outputs):
    """What it cannot do hides nothing else: no figure, no result, no check code but in the summaries that nobody is in."""
    code = a1(COVER_CELLS.checkcode, COVER_CELLS.column)
    tables = {sheet.name for form in forms() for sheet in layout_of(form).tables.values()}
    hidden = []
    for output in filter(hyperformula.takes, outputs):
        beyond = hyperformula.excused(cells_of(output.path))
        if {sheet for sheet, _ in beyond} & {*tables, CHECKS} or (COVER, code) in beyond:
            hidden.append(output)
    assert all(not checked(o.path.read_bytes()).filing.members[0].counted for o in hidden) and len(hidden) <= len(YEARS)


# ── each judge is awake ──────────────────────────────────────────────────────

SOUND = write_filing(filing({"requests.new.natural": 5, "requests.carried_out.natural": 5}))
SLIP = "slip"
WORD = "Word"
SHEET = "xl/worksheets/sheet5.xml"
LONG = "A1+" * 2731 + "1"


def sound(kind, folder):
    if kind == SLIP:
        return marked_copy(check_file(save(folder / "received.xlsx", filing(WRONG))))
    return word_report(report_of(checked(SOUND))) if kind == WORD else SOUND


def formula(words):
    return SHEET, CELL, f"<f>{words}</f>"


def prefixed(found):
    """Relations as lxml writes them of itself."""
    return found[0].replace(" xmlns=", " xmlns:ns0=").replace("<Rel", "<ns0:Rel").replace("</Rel", "</ns0:Rel")


CELL = r"<f>IF\(AND\(COUNT[^<]*</f>"
FAULTS = {
    "a formula too long": (limits, None, *formula(LONG)),
    "too many arguments": (limits, None, *formula(f"SUM({','.join(['1'] * 256)})")),
    "too many levels": (limits, None, *formula("ABS(" * 65 + "1" + ")" * 65)),
    "a text too long in a formula": (limits, None, *formula(f'LEN("{"x" * 256}")')),
    "a function of a later Excel": (limits, None, *formula("_xlfn.XLOOKUP(1,A1:A2,A1:A2)")),
    "a volatile function": (limits, None, *formula('INDIRECT("A1")')),
    "another file's cell": (limits, None, *formula("[1]Sheet1!A1")),
    "a sheet that is not there": (limits, None, *formula("'七、没有'!A1")),
    "a name that is not there": (limits, None, *formula("rule_of_nobody")),
    "an array formula": (limits, None, SHEET, "<f>IF", '<f t="array" ref="A1">IF'),
    "elements out of order": (limits, None, SHEET, r"(<sheetData>.*</sheetData>)(<sheetProtection[^>]*>)", r"\2\1"),
    "a format that is not there": (limits, None, SHEET, r'(<c r="[A-Z]+\d+") s="\d+"', r'\1 s="9999"'),
    "words of a rule too long": (limits, None, SHEET, r'prompt="[^"]*"', f'prompt="{"长" * 256}"'),
    "a merged cell over another": (limits, None, SHEET, r'(<mergeCell ref="[^"]*"/>)', r"\1\1"),
    "texts counted wrong": (limits, None, "xl/sharedStrings.xml", r' count="\d+"', ' count="9999"'),
    "a text that is not there": (limits, None, SHEET, r't="s"><v>\d+', 't="s"><v>9999'),
    "a link to nowhere": (limits, None, "xl/worksheets/sheet9.xml", r'location="[^"]*"', "location=\"'七、没有'!A1\""),
    "a comment without a box": (limits, SLIP, "xl/drawings/vmlDrawing1.vml", r"<v:shape .*?</v:shape>", ""),
    "a property too long": (limits, None, "docProps/custom.xml", r"<vt:lpwstr>[^<]*", f"<vt:lpwstr>{'长' * 256}"),
    "a part without a type": (packages, None, "[Content_Types].xml", r'<Override PartName="/xl/styles.xml"[^>]*>', ""),
    "a part that is not there": (packages, None, "xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/no.xml"),
    "a link to outside": (packages, None, "_rels/.rels", r'(Target="docProps/app.xml")',
                          r'\1 TargetMode="External"'),
    "an attribute unknown": (sdk, None, SHEET, "<sheetData>", '<sheetData colour="red">'),
    "an element unknown": (sdk, None, SHEET, "<sheetData>", "<sheetDate/><sheetData>"),
    "a value that is none of those": (sdk, None, SHEET, r'orientation="\w+"', 'orientation="askew"'),
    "order, to Microsoft": (sdk, None, SHEET, r"(<sheetData>.*</sheetData>)(<sheetProtection[^>]*>)", r"\2\1"),
    "a document's properties out of order": (sdk, WORD, "word/document.xml", r"(<w:tblStyle [^>]*>)(<w:\w+ [^>]*>)", r"\2\1"),
    "a stored value": (libreoffice, None, SHEET, rf"({CELL})<v>\d+", r"\1<v>777"),
    "a stored word": (libreoffice, None, "xl/worksheets/sheet2.xml", r'(t="str"[^>]*><f>[^<]*</f>)<v>[^<]+', r"\1<v>已通过"),
    "a stored value, to Gnumeric": (gnumeric, None, SHEET, rf"({CELL})<v>\d+", r"\1<v>777"),
    "a stored value, to HyperFormula": (hyperformula, None, SHEET, rf"({CELL})<v>\d+", r"\1<v>777"),
    "a result, to HyperFormula": (hyperformula, None, "xl/worksheets/sheet9.xml", "<v>通过</v>", "<v>不符</v>"),
    "a prefix before relations": (readers, SLIP, "xl/worksheets/_rels/sheet5.xml.rels", "<Relationships.*", prefixed),
    "a target from the root": (readers, SLIP, "xl/worksheets/_rels/sheet5.xml.rels", r'Target="\.\./', 'Target="/xl/'),
    "what openpyxl warns of": (libraries, None, SHEET, "</worksheet>", '<extLst><ext uri="{A}"/></extLst></worksheet>'),
    "an error value": (libraries, None, SHEET, rf'(<c r="[A-Z]+\d+" s="\d+")>{CELL}<v>\d+', r'\1 t="e"><v>#REF!'),
    "no styles, to Python's libraries": (libraries, None, "xl/styles.xml", r"<cellXfs.*</cellXfs>", ""),
}  # fmt: skip
"""What is planted: the judge that must see it, in what kind of file, which part, what there, what instead."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name, tmp_path):
    judge, kind, part, old, new = FAULTS[name]
    ready(judge)
    content = sound(kind, tmp_path)
    found = parts(content)
    spoilt, times = re.subn(old, new, found[part].decode(), count=1, flags=re.DOTALL)
    assert times == 1, f"{part} has no {old}"
    ending = ".docx" if kind == WORD else ".xlsx"
    good = save(tmp_path / f"good{ending}", content)
    bad = save(tmp_path / f"bad{ending}", packed({**found, part: spoilt.encode()}))
    said = judge.complaints([good, bad])
    assert not said[good] and said[bad]


def test_a_fault_of_the_received_file_is_not_ours(tmp_path):
    before = save(tmp_path / "before.xlsx", packed({**parts(SOUND), "xl/nothing.xml": b"<a/>"}))
    after = save(tmp_path / "after.xlsx", packed({**parts(SOUND), "xl/nothing.xml": b"<a/>", "xl/more.xml": b"<a/>"}))
    own = Output("marked copy", after, before)
    [said] = bench.heard(packages, [own]).values()
    assert said and all("more.xml" in words for words in said)
