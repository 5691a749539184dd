"""The published report: every figure in its official place, texts as typed, a draft marked as one, pages that anyone can read."""

import io
import re

import pytest
from docx import Document
from lxml import html
from making import checked, distinct, filing, run, save

from xltools.editions import load_form
from xltools.figures import printed
from xltools.layout import layout_of
from xltools.report.content import report_of
from xltools.report.page import page_report
from xltools.report.word import word_report
from xltools.workbook.write import write_filing

FORMS = {"2019": (2019, ()), "2020 in Jilin": (2020, ("jilin-2020",)), "2021": (2023, ())}


def received(which="2021", **more):
    year, supplements = FORMS[which]
    form = filing(year=year, supplements=supplements).form
    figures = {name: None if n % 11 == 0 else n for name, n in distinct(form).items()}
    return checked(write_filing(filing(figures, year=year, supplements=supplements, **more)))


def right(filing_):
    """Every figure as printed, by field."""
    return {
        name: "" if v is None else f"{printed(v, filing_.form.fields[name].type):f}"
        for name, v in filing_.values.items()
    }


def grid_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("which", FORMS)
def test_word_has_every_figure_in_its_place_under_its_headings(which):
    got = received(which)
    document = Document(io.BytesIO(word_report(report_of(got))))
    said, tables = right(got.filing), document.tables
    sheets = [layout_of(got.filing.form).tables[s.id] for s in got.filing.form.table_sections]
    assert len(tables) == len(sheets)
    for table, sheet in zip(tables, sheets, strict=True):
        grid = grid_of(table)
        lines = sorted({r for b in sheet.boxes.values() for r in range(b.top, b.bottom + 1)}
                       | {r for m in sheet.labels if m.role != "note" for r in range(m.box.top, m.box.bottom + 1)})  # fmt: skip
        for name, box in sheet.boxes.items():
            assert grid[lines.index(box.top)][box.left] == said[name], name
            labels = got.filing.form.fields[name].row.label
            assert all(any(label in cell for cell in grid[lines.index(box.top)]) for label in labels)


@pytest.mark.parametrize("which", FORMS)
def test_the_page_has_every_figure_and_names_its_headings(which):
    got = received(which)
    page = html.fromstring(page_report(report_of(got)))
    said = right(got.filing)
    found = {}
    for cell in page.iter("td"):
        if cell.get("headers") is not None:
            heads = [page.get_element_by_id(name).text_content() for name in cell.get("headers").split()]
            found[tuple(heads), cell.text_content()] = 1
    for field in got.filing.form.fields.values():
        wanted = [w for w in (*field.row.label, *field.column.label) if w]
        assert any(value == said[field.id] and set(wanted) <= set(heads) for heads, value in found), field.id


def test_pages_anyone_can_read():
    text = page_report(report_of(received()))
    page = html.fromstring(text)
    assert page.get("lang") == "zh-CN" and page.findtext(".//title")
    assert len(page.findall(".//h1")) == 1 and len(page.findall(".//h2")) == 6
    assert all(t.find("caption") is not None and t.find(".//th") is not None for t in page.iter("table"))
    assert all(th.get("scope") in ("row", "col", "rowgroup", "colgroup") and th.get("id") for th in page.iter("th"))
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and page.find(".//script") is None
    assert not re.search(r"(src|href)=|url\(|@import| on\w+=", text)
    assert page.find(".//meta[@name='viewport']") is not None


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_a_draft_says_so_and_a_finished_report_does_not(tmp_path, ending):
    good = filing(distinct(load_form("2021")))
    for name, said, status in (("成", filing(), 0), ("草", good, 1)):
        path, out = save(tmp_path / f"{name}.xlsx", said), tmp_path / f"{name}.{ending}"
        assert run("report", path, "-o", out).returncode == status
        content = out.read_bytes()
        if ending == "docx":
            document = Document(io.BytesIO(content))
            marked = "草稿" in document.sections[0].header._element.xml and "草稿" in document.paragraphs[0].text
        else:
            marked = "草稿" in content.decode()
        assert marked == bool(status)
        assert run("report", path, "-o", out).returncode == 2
        assert run("report", path, "-o", out, "--force").returncode == status and out.read_bytes() == content


def test_texts_stand_as_typed_and_harm_nothing():
    bad = ("<script>alert(1)</script>", "=1+2 & “引号”", "控制\x01字符", "长" * 5000, "]]> <b>")
    got = received(texts={"overview": bad, "problems": tuple(f"第{n}段" for n in range(900)), "other": ("无",)})
    page = page_report(report_of(got))
    assert "<script>" not in page and "&lt;script&gt;" in page and "\x01" not in page
    document = Document(io.BytesIO(word_report(report_of(got))))
    words = [p.text for p in document.paragraphs]
    assert words.index("第899段") - words.index("第0段") == 899 and bad[0] in words and bad[3] in words


def test_an_unreadable_file_has_no_report(tmp_path):
    done = run("report", save(tmp_path / "坏.xlsx", b"nothing"), "-o", tmp_path / "报告.docx")
    assert done.returncode == 1 and "坏.xlsx" in done.stderr and not (tmp_path / "报告.docx").exists()
    assert run("report", tmp_path / "没有.xlsx", "-o", tmp_path / "报告.docx").returncode == 2
    assert run("report", tmp_path / "坏.xlsx", "-o", tmp_path / "报告.pdf").returncode == 2
