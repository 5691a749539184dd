"""The published report: every figure in its official place, texts as typed, a draft marked as one, pages that anyone can read."""

import io
import re
from collections import Counter
from itertools import pairwise

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from making import AGENCIES, COUNTY, ROSTER, SMALL, checked, distinct, filing, form_of, run, save, signed

from xltools.collection.check import check
from xltools.collection.roster import read_roster
from xltools.demo.published import published
from xltools.editions import load_form
from xltools.figures import printed
from xltools.publication import html as page
from xltools.publication.content import is_heading, report_of
from xltools.publication.docx import word_report
from xltools.publication.html import page_report
from xltools.received.file import Received
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

FORMS = {"2019": (2019, ()), "2020 in Jilin": (2020, ("jilin-2020",)), "2021": (2023, ())}


def received(which="2021", **more):
    """A filing as received, figures all different but for some blanks."""
    year, supplements = FORMS[which]
    form = filing(year=year, supplements=supplements).form
    figures = {name: None if n % 11 == 0 else n for name, n in distinct(form).items()}
    return checked(write_filing(filing(figures, year=year, supplements=supplements, **more)))


def right(filed):
    """Every figure as printed, by the headings it stands under: the table's, its row's, its column's."""
    found = {}
    for section in filed.form.table_sections:
        for table in section.tables:
            for row in table.rows:
                for column in table.columns:
                    name = ".".join(part for part in (table.prefix, row.id, column.id) if part)
                    figure = filed.values[name]
                    heads = (section.title, table.heading, row.label, column.label)
                    found[heads] = "" if figure is None else f"{printed(figure, column.type):f}"
    assert len(found) == len(filed.values)
    return found


def in_word(content, filed):
    """Every figure of a Word report by its headings, as a reader goes by them: left of it, above it, the last band over it."""
    document, found = Document(io.BytesIO(content)), {}
    titles = [s.title for s in filed.form.table_sections]
    bands = {t.heading for s in filed.form.table_sections for t in s.tables if t.heading}
    for title, table, section in zip(titles, document.tables, filed.form.table_sections, strict=True):
        grid = [[cell.text for cell in row.cells] for row in table.rows]
        labels = max(len(row.label) for t in section.tables for row in t.rows)
        band, above, height = "", [], 0
        for words in grid:
            if words[0] in bands and len(set(words)) == 1:
                band, above, height = words[0], [], 0
                continue
            heads = max(len(c.label) for t in section.tables if t.heading == band for c in t.columns)
            if height < heads:
                above.append(words)
                height += 1
                continue
            row = tuple(dict.fromkeys(words[:labels])) if labels else ()
            count = max(len(t.columns) for t in section.tables if t.heading == band)
            for at in range(labels, labels + count):
                column = tuple(dict.fromkeys(line[at] for line in above))
                found[title, band, row, column] = words[at]
    return found


def in_page(text, filed):
    """Every figure of a page by its headings, as a screen reader reads them out."""
    root, found = html.fromstring(text), {}
    bands = {t.heading for s in filed.form.table_sections for t in s.tables if t.heading}
    for table in root.iter("table"):
        for cell in table.iter("td"):
            if cell.get("headers") is None:
                assert not cell.text_content()
                continue
            heads = [root.get_element_by_id(name) for name in cell.get("headers").split()]
            assert all(head.tag == "th" and head in list(table.iter("th")) for head in heads)
            band = "".join(h.text_content() for h in heads if h.text_content() in bands)
            row = tuple(h.text_content() for h in heads if h.get("scope") == "row")
            column = tuple(h.text_content() for h in heads if h.get("scope") == "col" and h.text_content() != band)
            key = (table.findtext("caption"), band, row, column)
            assert key not in found
            found[key] = cell.text_content()
    return found


@pytest.mark.parametrize("which", FORMS)
def test_word_has_every_figure_in_its_place_under_its_headings(which):
    got = received(which)
    assert in_word(word_report(report_of(got)), got.filing) == right(got.filing)
    assert "" in right(got.filing).values() and "0" not in right(got.filing).values()


@pytest.mark.parametrize("which", FORMS)
def test_the_page_has_every_figure_and_names_its_headings(which):
    got = received(which)
    assert in_page(page_report(report_of(got)), got.filing) == right(got.filing)


@pytest.mark.parametrize("name", ["wulanhua-2020", "suqian-2023", "shanghai-office-2019"])
def test_reports_of_real_agencies(name):
    got = checked(write_filing(published(name)))
    report = report_of(got)
    said = right(got.filing)
    assert in_word(word_report(report), got.filing) == said == in_page(page_report(report), got.filing)
    if name == "suqian-2023":
        assert "59237.2449" in said.values()


def test_a_form_that_no_one_has_thought_of():
    """A small form with several unnamed tables of one section, two units, negative figures."""
    form = form_of(SMALL)
    figures = {"s.x.a": 1, "s.x.b": 22, "s.y.a": 333, "s.z.m": 1234567, "s.w.d": -5}
    got = Received(None, "", "original", filing(figures, form=form, year=2001))
    report = report_of(got)
    [table] = [part.table for part in report.parts if part.table]
    assert {c.field: c.text for c in table.cells if c.field}["s.z.m"] == "1.234567"
    document = Document(io.BytesIO(word_report(report)))
    assert {"23", "333", "1.234567", "-5"} <= {c.text for row in document.tables[0].rows for c in row.cells}
    assert "<td" in page_report(report)


# ── order and words ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", FORMS)
def test_title_opening_and_six_parts_in_order(which):
    texts = {"overview": ("（一）主动公开", "第一段。", "第二段。"), "problems": ("不足。",), "other": ("无",)}
    got = received(which, texts=texts)
    filed, report = got.filing, report_of(got)
    document = Document(io.BytesIO(word_report(report)))
    blocks = [("#" if e.tag == qn("w:tbl") else "".join(t.text for t in e.iter(qn("w:t")))) for e in document.element.body
              if e.tag in (qn("w:p"), qn("w:tbl"))]  # fmt: skip
    titles = [s.title for s in filed.form.sections]
    blocks = [words for words in blocks if not words.startswith("注：")]
    start = blocks.index(f"{filed.agency.name}{filed.year}年{filed.form.title}")
    assert blocks[start + 2 :] == [
        titles[0], *texts["overview"], titles[1], "#", titles[2], "#", titles[3], "#", titles[4], "不足。", titles[5], "无",
        *report.signature,
    ]  # fmt: skip
    opening = blocks[start + 1]
    assert filed.form.basis in opening and filed.agency.name in opening and "010-1234" in opening
    assert f"{filed.year}年1月1日" in opening and f"{filed.year}年12月31日" in opening
    root = html.fromstring(page_report(report))
    walk = [
        e for e in root.find(".//main").iter("h1", "h2", "h3", "p", "table") if e.get("class") not in ("draft", "note")
    ]
    assert ["#" if e.tag == "table" else e.text_content() for e in walk] == blocks[start:]
    assert [e.text_content() for e in walk if e.tag == "h3"] == ["（一）主动公开"]


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("（一）主动公开", True),
        ("(二)政府信息管理", True),
        ("（一）主动公开情况。全年", False),
        ("（正文从略。）", False),
        ("一、总体", False),
        ("（三）" + "长" * 40, False),
    ],
)
def test_headings_of_the_second_level(words, heading):
    assert is_heading(words) is heading


def test_texts_stand_as_typed_and_harm_nothing():
    bad = ("<script>alert(1)</script>", "=1+2 & “引号”", "控制\x01字符\x0b\ufffe", "长" * 5000, "]]> <b>", "</style>")
    got = received(texts={"overview": bad, "problems": tuple(f"第{n}段" for n in range(1000)), "other": ("无",)})
    text = page_report(report_of(got))
    assert "<script" not in text and "&lt;script&gt;" in text and not re.search("[\x01\x0b\ufffe]", text)
    words = [p.text for p in Document(io.BytesIO(word_report(report_of(got)))).paragraphs]
    assert words.index("第999段") - words.index("第0段") == 999
    assert [w for w in words if w in bad] == [w for w in bad if "控制" not in w] and "控制字符" in words


# ── drafts ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_a_draft_says_so_and_a_finished_report_does_not(tmp_path, ending):
    rules = {"disclosure.rules.effective": 2}  # a query: a bureau makes no rules
    wrong = distinct(load_form("2021"))
    for name, said, status, draft in (("成", filing(), 0, ""), ("问", filing(rules), 0, "1 项核实"),
                                      ("草", filing(wrong), 1, "6 项错误、1 项核实")):  # fmt: skip
        path, out = save(tmp_path / f"{name}.xlsx", said), tmp_path / f"{name}.{ending}"
        done = run("report", path, "-o", out)
        assert done.returncode == status and (draft in done.stderr if draft else not done.stderr)
        content = out.read_bytes()
        if ending == "docx":
            document = Document(io.BytesIO(content))
            shapes = [
                e.get("string")
                for e in document.sections[0].header._element.iter("{urn:schemas-microsoft-com:vml}textpath")
            ]
            assert [s for s in shapes if s] == ["草稿"] * bool(draft)
            first = document.paragraphs[0].text
            assert (
                ("草稿" in first and draft in first)
                if draft
                else "草稿" not in "".join(p.text for p in document.paragraphs)
            )
        else:
            root = html.fromstring(content)
            banner = root.findall(".//main/p[@class='draft']")
            assert len(banner) == len(root.findall(".//div[@class='mark']")) == bool(draft)
            assert not draft or draft in banner[0].text_content()
        assert run("report", path, "-o", out).returncode == 2
        assert run("report", path, "-o", out, "--force").returncode == status and out.read_bytes() == content


def test_a_query_explained_is_no_draft_any_more(tmp_path):
    explained = filing(
        {"disclosure.rules.effective": 2}, explanations={"disclosure.rules.authority": "划入单位带来的规章，有文件。"}
    )
    done = run("report", save(tmp_path / "表.xlsx", explained), "-o", tmp_path / "报告.html")
    assert (done.returncode, done.stderr) == (0, "") and "草稿" not in (tmp_path / "报告.html").read_text("utf-8")


def summary_of(tmp_path):
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    paths = [save(tmp_path / f"{a.code}.xlsx", filing({"requests.new.natural": 3, "requests.granted.natural": 3}, agency=a))
             for a in AGENCIES]  # fmt: skip
    return merge(check(paths, roster), roster, COUNTY)


def test_a_summary_says_that_it_is_one(tmp_path):
    path = save(tmp_path / "汇总.xlsx", write_summary(signed(summary_of(tmp_path))))
    done = run("report", path, "-o", tmp_path / "报告.html")
    text = (tmp_path / "报告.html").read_text("utf-8")
    assert done.returncode == 0 and "汇总" in html.fromstring(text).findtext(".//main/p") and "草稿" not in text
    assert done.stderr == ""
    got = checked(path.read_bytes())
    assert in_page(text, got.filing) == right(got.filing) and "12" in right(got.filing).values()


# ── files ────────────────────────────────────────────────────────────────────


def test_an_unreadable_file_has_no_report(tmp_path):
    done = run("report", save(tmp_path / "坏.xlsx", b"nothing"), "-o", tmp_path / "报告.docx")
    assert done.returncode == 1 and "坏.xlsx" in done.stderr and not (tmp_path / "报告.docx").exists()
    assert run("report", tmp_path / "没有.xlsx", "-o", tmp_path / "报告.docx").returncode == 2
    assert run("report", tmp_path / "坏.xlsx", "-o", tmp_path / "报告.pdf").returncode == 2


def test_what_is_read_is_never_written_over(tmp_path):
    path = save(tmp_path / "表.html", filing())
    before = path.read_bytes()
    assert run("report", path, "-o", path, "--force").returncode == 2
    year_before = save(tmp_path / "上年.docx", filing(year=2022))
    done = run("report", path, "--previous", year_before, "-o", year_before, "--force")
    assert done.returncode == 2 and "上年.docx" in done.stderr and path.read_bytes() == before


# ── paper ────────────────────────────────────────────────────────────────────


def test_a_province_with_large_figures_gets_smaller_letters_not_broken_numbers():
    form = load_form("2021")
    got = checked(write_filing(filing({f.id: 1234567 for f in form.inputs})))
    table = Document(io.BytesIO(word_report(report_of(got)))).tables[2]
    size = min(r.font.size.pt for c in table.rows[-1].cells for r in c.paragraphs[0].runs)
    widths = [c.width.pt for c in table.rows[-1].cells]
    assert 5 <= size < 9 and all(
        w >= size * len(c.text) / 2 + 6 for w, c in zip(widths, table.rows[-1].cells, strict=True)
    )
    assert sum(widths) <= 443


# ── pages anyone can read ────────────────────────────────────────────────────


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("which", FORMS)
def test_pages_anyone_can_read(which):
    """The rules of WCAG 2.1 AA that such a page can break."""
    text = page_report(report_of(received(which, texts={"overview": ("（一）主动公开", "正文。")})))
    root = html.fromstring(text)
    assert text.startswith("<!DOCTYPE html>") and root.get("lang") == "zh-CN" and root.findtext(".//title")
    levels = [int(e.tag[1]) for e in root.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1 and levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    for table in root.iter("table"):
        assert table.findtext("caption")
        assert all(th.get("scope") in ("row", "col") and th.get("id") and th.text_content() for th in table.iter("th"))
        assert all(td.get("headers") or not td.text_content() for td in table.iter("td"))
        assert len(spanned(table)) == 1
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert set(ids.values()) == {1}
    assert all(ids[name] for e in root.iter() for name in (e.get("aria-labelledby") or "").split())
    assert all(e.get("tabindex") == "0" for e in root.iter("div") if e.get("class") == "wide")
    assert [e.get("aria-hidden") for e in root.iter("div") if e.get("class") == "mark"] == ["true"]
    assert not {e.tag for e in root.iter()} & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert not re.search(r"(src|href)\s*=|url\(|@import| on\w+\s*=|https?:", text)
    viewport = root.find(".//meta[@name='viewport']").get("content")
    assert "width=device-width" in viewport and "scal" not in viewport.replace("initial-scale=1", "")


@pytest.mark.parametrize("width", [320, 360, 375, 390, 412, 430])
@pytest.mark.parametrize("which", FORMS)
def test_labels_stay_in_sight_on_a_telephone_and_leave_room_for_figures(which, width):
    """What the style says of narrow screens: labels in columns of their own width, each fast at the sum of those before it."""
    text = page_report(report_of(received(which)))
    narrow = re.search(r"@media screen and \(max-width: [0-9]+rem\) \{(.*?)\n\}", text, re.DOTALL)[1]
    assert re.search(r"\.row, \.many \.corner \{ position: sticky", narrow)
    outer, inner, figure = (
        float(re.search(rf"\.many col{name} {{ width: ([0-9.]+)rem !important", narrow)[1])
        for name in (r"\.label", r"\.last", "")
    )
    for table in html.fromstring(text).iter("table"):
        labels = [col.get("class") for col in table.iter("col") if col.get("class")]
        if table.get("class") != "many" or not labels:
            continue
        assert labels == ["label"] * (len(labels) - 1) + ["label last"]
        assert 16 * (outer * (len(labels) - 1) + inner + figure) < width - 32
        stays = {
            float(re.search(r"left:([0-9.]+)rem", th.get("style"))[1])
            for th in table.iter("th")
            if th.get("class") == "row"
        }
        assert stays == {outer * n for n in range(len(labels))}


def spanned(table):
    """The widths of a table's rows, spans counted: one width where the table is regular."""
    filled, widths = set(), set()
    rows = list(table.iter("tr"))
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while (at, column) in filled:
                column += 1
            tall, broad = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            block = {(at + down, column + over) for down in range(tall) for over in range(broad)}
            assert not block & filled
            filled |= block
        widths.add(sum(r == at for r, _ in filled))
    assert {r for r, _ in filled} == set(range(len(rows)))
    return widths


def test_words_stand_out_from_their_grounds():
    pairs = [(page.INK, page.PAPER), (page.INK, page.HEAD), (page.WARNING, page.WARNING_PAPER)]
    assert all(contrast(*pair) >= 7 for pair in pairs)
    assert round(contrast("#000000", "#ffffff")) == 21 and contrast("#777777", "#ffffff") < 4.5
