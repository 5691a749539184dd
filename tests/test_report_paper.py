"""The report as paper and as page: styles that an office keeps, tables that stay whole, the same figures in the same places."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from lxml import html
from making import BUREAU, ROSTER, SMALL, checked, filing, form_of, run, save
from office import Office
from test_merge import balanced
from test_report import FORMS, received
from test_season import AUTHORITY, EFFECTIVE, Folder, rows, said

from xltools.collection.check import check_file
from xltools.form.model import Agency
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.publication.html import page_report
from xltools.received.file import Received
from xltools.slips.letter import letter
from xltools.workbook.write import write_filing


def word(report):
    return Document(io.BytesIO(word_report(report)))


def judged(filing_):
    """A report of a filing that was not read from a file: for small forms."""
    return report_of(Received(Path("x.xlsx"), "", "original", filing_))


# ── the same in both ─────────────────────────────────────────────────────────


def grid_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def spread(table):
    """A page's table as a grid, every cell repeated over all that it spans."""
    found = {}
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line:
            while (row, column) in found:
                column += 1
            for down in range(int(cell.get("rowspan", 1))):
                for right in range(int(cell.get("colspan", 1))):
                    assert (row + down, column + right) not in found, "cells lie over each other"
                    found[row + down, column + right] = cell.text_content()
    height, width = (max(numbers) + 1 for numbers in zip(*found, strict=True))
    return [[found[row, column] for column in range(width)] for row in range(height)]


@pytest.mark.parametrize("which", FORMS)
def test_page_and_document_show_the_same_tables(which):
    report = report_of(received(which))
    page, document = html.fromstring(page_report(report)), word(report)
    assert [spread(table) for table in page.iter("table")] == [grid_of(table) for table in document.tables]
    assert [h.text_content() for h in page.iter("h2")] == [
        p.text for p in document.paragraphs if p.style.name == "Heading 1"
    ]


def test_a_blank_is_no_zero():
    got = checked(write_filing(filing({"requests.new.natural": None, "requests.new.business": None})))
    report = report_of(got)
    [table] = [part.table for part in report.parts if part.table and part.title == got.filing.form.sections[2].title]
    shown = {cell.field: cell.text for cell in table.cells if cell.field}
    assert shown["requests.new.natural"] == "" and shown["requests.new.research"] == "0"


def test_money_is_printed_exactly_and_its_unit_is_named_where_the_heading_does_not():
    report = judged(filing({"disclosure.procurement.amount": 59_237_244_900}, year=2019))
    assert "59237.2449" in page_report(report) and "采购总金额的单位为万元" in page_report(report)
    assert any("采购总金额的单位为万元" in p.text for p in word(report).paragraphs)
    assert not [part.table.note for part in report_of(received("2021")).parts if part.table and part.table.note]


def test_hostile_names_stay_words():
    bad = Agency("1101", "<b>局&“{year}”\x02", "department")
    report = judged(filing(agency=bad, signoff={"phone": "{agency} <i>"}))
    page = page_report(report)
    assert "<b>" not in page and "<i>" not in page and "{agency} &lt;i&gt;" in page
    document = word(report)
    assert document.paragraphs[0].text.replace("\n", "").startswith("<b>局&“{year}”2023年")
    assert document.core_properties.title.startswith("<b>局")


# ── paper ────────────────────────────────────────────────────────────────────


def test_the_styles_say_how_an_official_paper_looks():
    report = report_of(received())
    document = word(report)
    section = document.sections[0]
    sizes = {section.page_width: 21, section.page_height: 29.7, section.top_margin: 3.7, section.bottom_margin: 3.5,
             section.left_margin: 2.8, section.right_margin: 2.6}  # fmt: skip
    assert all(abs(found - Cm(right)) < Cm(0.01) for found, right in sizes.items())
    for name, font, size in (
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Body Text", "仿宋_GB2312", 16),
    ):
        style = document.styles[name]
        fonts = style.element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font and style.font.size == Pt(size)
        assert not [key for key in fonts.attrib if key.endswith("Theme")], "a theme's font would go before ours"
    body = document.styles["Body Text"].paragraph_format
    assert body.line_spacing == Pt(28) and body.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert document.styles["Body Text"].element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert [p.text for p in document.paragraphs if p.style.name == "Normal"] == [report.draft], "all else has a style"
    assert document.styles["Heading 1"].paragraph_format.keep_with_next
    footer = section.footer.paragraphs[0]
    assert footer.text == "—  —" and "PAGE" in footer._p.xml
    assert {e.get(qn("w:eastAsia")) for e in document.styles.element.iter(qn("w:lang"))} == {"zh-CN"}


def kept(row):
    return all(p.pPr is not None and p.pPr.keepNext is not None for cell in row._tr.tc_lst for p in cell.p_lst)


@pytest.mark.parametrize("which", FORMS)
def test_tables_stay_whole(which):
    report = report_of(received(which))
    for table, official in zip(word(report).tables, (p.table for p in report.parts if p.table), strict=True):
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert all(kept(row) for row in table.rows[:-1])
        assert kept(table.rows[-1]) == bool(official.note), "a note stands on the page of its table"


LONG = (
    SMALL.split("[[section.table]]")[0]
    + """
[[section.table]]
columns = [{ id = "a", label = ["头", "甲数"] }, { id = "b", label = ["头", "乙数"] }]
rows = ["""
    + ", ".join(f'{{ id = "r{n}", label = "第{n}行" }}' for n in range(120))
    + """]
[signoff]"""
    + SMALL.split("[signoff]")[1]
)


def test_a_table_longer_than_a_page_repeats_its_headings():
    [table] = word(judged(filing(form=form_of(LONG)))).tables
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads[:3] == [True, True, False] and not any(heads[3:])
    assert not kept(table.rows[60])


ORDER = {
    "tcPr": "tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
             "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
           "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
           "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
           "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
}  # fmt: skip
"""The order of properties in ECMA-376, 17.3 and 17.4: Word calls a file damaged that keeps another."""


def test_properties_stand_in_the_order_that_word_insists_on():
    document = word(report_of(received(signoff={})))
    assert "草稿" in document.paragraphs[0].text
    for root in (document.element, document.styles.element):
        for name, names in ORDER.items():
            order = [qn(f"w:{n}") for n in names.split()]
            for properties in root.iter(qn(f"w:{name}")):
                places = [order.index(child.tag) for child in properties]
                assert places == sorted(places), [child.tag for child in properties]


def test_the_same_report_is_the_same_file_whatever_the_clock_says():
    report = report_of(received())
    content = word_report(report)
    assert content == word_report(report)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        facts = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", facts)) == {"2023-12-31T00:00:00Z"} and "python" not in facts


@pytest.mark.parametrize("kind", [*FORMS, "draft", "letter", "letter of what cannot be read"])
def test_nothing_of_the_template_travels_along(tmp_path, kind):
    if kind.startswith("letter"):
        path = save(tmp_path / "表.xlsx", filing({"requests.new.natural": 9}) if kind == "letter" else b"nothing")
        content = letter(check_file(path), "")
    else:
        content = word_report(report_of(received(signoff={}) if kind == "draft" else received(kind)))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        named = b"".join(package.read(name) for name in names if name.endswith(".rels")) + package.read(names[0])
    assert not [name for name in names if re.search("stylesWithEffects|customXml|thumbnail|jpe?g", name)]
    assert not re.search(b"stylesWithEffects|customXml|thumbnail|jpe?g", named)
    assert Document(io.BytesIO(content)).styles["Title"] is not None


# ── drafts ───────────────────────────────────────────────────────────────────


def test_a_draft_counts_what_is_open():
    got = received(signoff={})
    open_ = [f.severity for f in got.findings if f.open]
    said = report_of(got).draft
    assert f"{open_.count('error')} 项错误" in said and f"{open_.count('query')} 项核实" in said
    assert report_of(checked(write_filing(filing()))).draft == ""


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_a_provisional_summary_names_who_is_missing(tmp_path, ending):
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "收" / "1.xlsx", filing(balanced(3)))
    out, made = tmp_path / "汇总.xlsx", tmp_path / f"报告.{ending}"
    run("merge", tmp_path / "收", "--roster", tmp_path / "名录.csv", "-o", out)
    assert run("report", out, "-o", made).returncode == 0
    content = made.read_bytes()
    if ending == "docx":
        document = Document(io.BytesIO(content))
        words = "\n".join(p.text for p in document.paragraphs)
        assert "草稿" in document.sections[0].header._element.xml
    else:
        words = html.fromstring(content.decode()).text_content()
    assert "草稿" in words and "1/4 家" in words and "东镇" in words and "示例县汇总所属各单位" in words


def test_what_the_office_settled_is_no_draft(tmp_path):
    folder = Folder(tmp_path / "季")
    folder.roster(rows([BUREAU]))
    folder.receive(a=said(BUREAU.code, more={EFFECTIVE: 1}))
    report = ("report", "回收/a.xlsx", "-o", "a.html", "--force")
    assert run(*report, cwd=folder.home).returncode == 0 and "草稿" in (folder.home / "a.html").read_text("utf-8")
    folder.decide((BUREAU.code, "", AUTHORITY, "赵六", "2024-02-01", "电话核实：历年遗留的规章一件，尚未移交"))
    assert run(*report, cwd=folder.home).returncode == 0 and "草稿" not in (folder.home / "a.html").read_text("utf-8")


# ── LibreOffice ──────────────────────────────────────────────────────────────


@pytest.mark.office
def test_libreoffice_prints_every_table_whole_and_marks_drafts(office: Office, tmp_path):
    pdfplumber = pytest.importorskip("pdfplumber")
    text = {"overview": ("一段话，说说情况。" * 40,) * 5}
    made = {}
    for which, (year, supplements) in FORMS.items():
        for draft in (False, True):
            more = {"signoff": {}, "texts": text} if draft else {}
            made[which, draft] = report_of(checked(write_filing(filing(year=year, supplements=supplements, **more))))
    paths = {key: save(tmp_path / f"{n}.docx", word_report(r)) for n, (key, r) in enumerate(made.items())}
    printed = office._converted(list(paths.values()), tmp_path / "pdf", "pdf:writer_pdf_Export", ".pdf")
    for (which, draft), report in made.items():
        assert bool(report.draft) == draft, which
        with pdfplumber.open(printed[paths[which, draft]]) as pdf:
            pages = ["".join((page.extract_text() or "").split()) for page in pdf.pages]
            assert len(pages) <= (7 if draft else 4), (which, len(pages))
            for number, page in enumerate(pdf.pages, 1):
                assert f"—{number}—" in pages[number - 1]
                assert bool(page.curves) == draft, "the watermark's letters are drawn"
        for part in report.parts:
            if part.table:
                at = [n for n, words in enumerate(pages) if part.title in words]
                rows_ = [c.text for c in part.table.cells if c.kind == "row"] or [part.table.cells[0].text]
                assert len(at) == 1 and rows_[0][:6] in pages[at[0]] and rows_[-1][:6] in pages[at[0]], part.title
