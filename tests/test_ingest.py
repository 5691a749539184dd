"""Published reports read back: real ones labelled by hand, our own in every shape, and documents that are none or mean harm."""

import io
import json
import zipfile

import pytest
from docx import Document
from labelled import HELD_OUT, LABELS, REPORTS, TUNED, Outcome, compare
from making import packed, parts, run, save
from office import Office
from test_report import FORMS, received

from xltools.check import check_file
from xltools.ingest.report import Asked, import_report
from xltools.report.content import report_of
from xltools.report.page import page_report
from xltools.report.word import word_report
from xltools.workbook.typed import read_text

needs_texts = pytest.mark.skipif(not REPORTS.is_dir(), reason="the texts of real reports lie beside the checkout only")


# ── real reports ─────────────────────────────────────────────────────────────


@needs_texts
@pytest.mark.parametrize("names", [TUNED, HELD_OUT], ids=["tuned on", "held out"])
def test_labelled_figures_are_placed_right_or_listed(names, capsys):
    outcome = Outcome()
    for name in names:
        compare(name, outcome)
    with capsys.disabled():
        print(f"\n{len(names)} excerpts: {dict(outcome.counts)}, {outcome.share:.2%} placed")
    assert outcome.share >= 0.97
    assert not {"wrong", "invented", "not listed"} & set(outcome.counts), outcome.told


def test_there_are_enough_labels():
    assert len(LABELS["excerpts"]) >= 40 and len(HELD_OUT) >= 10


@needs_texts
def test_a_towns_report_comes_in_whole(tmp_path):
    out = tmp_path / "表.xlsx"
    done = run("import", REPORTS / "wulanhua-2020.txt", "-o", out, "--code", "1")
    got = check_file(out)
    values = got.filing.values
    assert len(values) == 199 and None not in values.values() and values["supplement.published_items"] == 22
    assert all(got.filing.texts[s.id] for s in got.filing.form.text_sections)
    assert not [f.message for f in got.findings if f.severity == "error" and f.open] and done.returncode == 0


@needs_texts
def test_a_county_s_pdf_comes_in_whole():
    right = json.loads((REPORTS / "hongze-2023.json").read_text("utf-8"))
    got = import_report((REPORTS / "hongze-2023.pdf").read_bytes(), "a.pdf", Asked(code="1"))
    form = got.filing.form
    for name, typed in right["as_typed"].items():
        field = form.fields[name]
        if not field.parts:
            assert got.filing.values[name] == read_text(str(typed), field.type).figure, name
    rows = {row.id: row.label[-1] for s in form.sections for t in s.tables for row in t.rows if row.label}
    columns = [f.column.id for f in form.inputs_of("requests") if f.row.id == "new"]
    for words, figures in right["section3_as_printed"].items():
        known = [name for name, label in rows.items() if _bare(words) == _bare(label)[: len(_bare(words))]]
        for column, figure in zip(columns, figures, strict=False) if len(known) == 1 else ():
            value = got.filing.values.get(f"requests.{known[0]}.{column}")
            assert value == int(figure), (words, column)
    told = {f.field or f.code: f for f in got.findings}
    assert {"disputes.review.total", "disputes.after_review.total"} <= set(told), "printed as 0 over parts that are not"
    [unplaced] = [f for f in got.findings if f.code == "import-unplaced"]
    assert len(unplaced.related) == 18, "the one old row stands for three of this edition"


def _bare(words):
    return "".join(c for c in words.translate(str.maketrans("（）", "()")) if not c.isspace())


# ── our own reports ──────────────────────────────────────────────────────────


def back(got, content, name):
    agency = got.filing.agency
    return import_report(content, name, Asked(code=agency.code, name=agency.name, level=agency.level)).filing


@pytest.mark.parametrize("which", FORMS)
def test_our_own_word_file_and_page_read_back_the_same(which):
    got = received(which)
    report = report_of(got)
    for content, name in ((word_report(report), "a.docx"), (page_report(report).encode(), "a.html")):
        read = back(got, content, name)
        assert (read.values, read.texts, read.year) == (got.filing.values, got.filing.texts, got.filing.year)


@pytest.mark.office
def test_our_own_report_as_pdf_reads_back_the_same(office: Office, tmp_path):
    made = {which: received(which) for which in FORMS}
    paths = {w: save(tmp_path / f"{n}.docx", word_report(report_of(g))) for n, (w, g) in enumerate(made.items())}
    printed = office._converted(list(paths.values()), tmp_path / "pdf", "pdf:writer_pdf_Export", ".pdf")
    for which, got in made.items():
        read = back(got, printed[paths[which]].read_bytes(), "a.pdf")
        assert (read.values, read.texts) == (got.filing.values, got.filing.texts), which


# ── documents that are none, or mean harm ────────────────────────────────────


def docx_with(part, content):
    out = io.BytesIO()
    Document().save(out)
    return packed({**parts(out.getvalue()), part: content})


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * 300_000_000)
    return out.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body><p>&a;</p></body></html>'
BODY = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
HOSTILE = {
    "empty": (b"", "a.txt"),
    "binary named .txt": (bytes(range(256)) * 50, "a.txt"),
    "zip named .html": (b"PK\x03\x04" + bytes(500), "a.html"),
    "no docx": (b"hello", "a.docx"),
    "cut docx": (docx_with("x", b"")[:2000], "a.docx"),
    "old .doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "a.docx"),
    "docx bomb": (bomb(), "a.docx"),
    "docx with a definition": (docx_with("word/document.xml", b"<!DOCTYPE w [<!ENTITY a 'b'>]>" + BODY), "a.docx"),
    "docx nested deep": (docx_with("word/document.xml", BODY.replace(b"<w:body/>", b"<w:body>" + b"<w:p>" * 5000
                                   + b"</w:p>" * 5000 + b"</w:body>")), "a.docx"),
    "page with an entity": (ENTITY, "a.html"),
    "page with scripts and links": (b"<script>while(1);</script><img src=http://127.0.0.1:9/x><iframe src=//x>", "a.html"),
    "page nested deep": (b"<div>" * 100_000, "a.html"),
    "page of a giant span": (b"<table><tr><td rowspan=99999999 colspan=99999999>1</td></tr></table>", "a.html"),
    "page of many cells": (b"<table>" + b"<tr>" + b"<td>1" * 500_000, "a.html"),
    "long text": (("一二三四五六七八九十" * 100_000 + "\n").encode() * 3, "a.txt"),
    "many lines": (b"1\n" * 500_000, "a.txt"),
    "no pdf": (b"hello", "a.pdf"),
    "cut pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "a.pdf"),
    "unknown ending": (b"hello", "a.rtf"),
}  # fmt: skip


@pytest.mark.parametrize("content, name", HOSTILE.values(), ids=HOSTILE)
def test_each_is_told_in_words_and_nothing_is_made_up(tmp_path, content, name):
    path = save(tmp_path / name, content)
    done = run("import", path, "-o", tmp_path / "表.xlsx", "--code", "1", "--name", "某镇", "--year", 2023)
    assert done.returncode in (1, 2) and "Traceback" not in done.stdout + done.stderr
    assert "程序内部出错" not in done.stderr and (done.stdout + done.stderr).strip()
    if (tmp_path / "表.xlsx").exists():
        assert not any(check_file(tmp_path / "表.xlsx").filing.inputs.values())


def pdf_of(stream=b"", more=b""):
    """A PDF of one page, as small as one can be."""
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
              b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
              b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF" % (
        table, more, len(out))  # fmt: skip


def test_a_scan_has_no_text_and_is_told_so():
    got = import_report(pdf_of(b"0 0 100 100 re f"), "a.pdf", Asked(code="1"))
    assert got.filing is None and [f.code for f in got.findings] == ["import-no-text"]


def test_a_folder_of_reports_comes_in_at_once(tmp_path):
    got = received("2021")
    save(tmp_path / "报告" / "甲.html", page_report(report_of(got)))
    save(tmp_path / "报告" / "坏.docx", b"no document")
    done = run("import", "--folder", tmp_path / "报告", "-o", tmp_path / "表")
    assert done.returncode == 1 and "坏.docx" in done.stdout and "共 2 份，导入 1 份" in done.stdout
    [path] = (tmp_path / "表").glob("*.xlsx")
    assert check_file(path).filing.values == got.filing.values
