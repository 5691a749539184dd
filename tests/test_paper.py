"""What comes out of the printer: pages filled at a size that people can read, white with black lines, nothing beyond the margins."""

import io
import re

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from making import BUREAU, ROSTER, checked, filing, opened, run, save
from making import blank as blank_filing
from office import Office
from test_merge import balanced

from xltools.editions import load_form
from xltools.form.layout import COVER, DATA, LEDGER, SOURCES, STANDINGS, layout_of
from xltools.form.model import Agency, Filing
from xltools.ooxml.book import AMBER, RED
from xltools.publication.content import lead_of, report_of
from xltools.publication.docx import word_report
from xltools.publication.html import page_report
from xltools.received.mark import COLOURS
from xltools.workbook.official import write_official
from xltools.workbook.write import write_filing

FORMS = {"2019": (2019, ()), "2020 in Jilin": (2020, ("jilin-2020",)), "2021": (2023, ())}
FOOT = 50
"""Points at the foot of a page in which the footer stands."""
MARGIN = 40
LEAST = 8.0
"""Points: letters that can be read."""
BLACK = {(0.0, 0.0, 0.0), (0.0,), (0,), (0.0, 0.0, 0.5019607843)}
"""And the blue in which LibreOffice underlines a link, whatever its cell says."""
LONG = "示例县经济贸易和商务发展局（示例县粮食和物资储备局、示例县国防动员办公室、示例县口岸管理办公室）"


def finished(which):
    """A filing of nothing but zeros: all relations hold."""
    year, supplements = FORMS[which]
    return filing(year=year, supplements=supplements)


def pages_of(office, tmp_path, made):
    """By name, the pages that LibreOffice prints of each workbook or document."""
    pdfplumber = pytest.importorskip("pdfplumber")
    ending = ".docx" if next(iter(made.values()))[:2] == b"PK" and "word/document.xml" in _names(made) else ".xlsx"
    paths = {name: save(tmp_path / "in" / f"{n}{ending}", content) for n, (name, content) in enumerate(made.items())}
    print_ = office.printed if ending == ".xlsx" else office.printed_letters
    printed = print_(list(paths.values()), tmp_path / "pdf")
    found = {}
    for name, path in paths.items():
        with pdfplumber.open(printed[path]) as pdf:
            found[name] = [_Page(page) for page in pdf.pages]
    return found


def _names(made):
    import zipfile

    with zipfile.ZipFile(io.BytesIO(next(iter(made.values())))) as package:
        return package.namelist()


class _Page:
    """What is printed on a page, read before the file is closed."""

    def __init__(self, page):
        self.width, self.height = page.width, page.height
        # LibreOffice puts ### for a number in a hidden column beside the page: nobody sees them.
        self.chars = [c for c in page.chars if c["text"].strip(" #") and c["top"] < page.height - FOOT]
        self.text = re.sub(r"\s", "", page.extract_text() or "")
        self.words = page.extract_words()
        self.lines = [line["text"] for line in page.extract_text_lines() if line["top"] < page.height - FOOT]
        self.grounds = {r["non_stroking_color"] for r in page.rects if r["fill"] and min(r["width"], r["height"]) > 3}
        strokes = {r["stroking_color"] for r in (*page.rects, *page.lines) if r["stroke"]}
        thin = {r["non_stroking_color"] for r in page.rects if r["fill"] and min(r["width"], r["height"]) <= 3}
        self.inks = {tuple(c) if isinstance(c, list | tuple) else (c,) for c in strokes | thin}

    @property
    def least(self):
        return min(c["size"] for c in self.chars)

    @property
    def bottom(self):
        return max(c["bottom"] for c in self.chars)

    @property
    def sides(self):
        return min(c["x0"] for c in self.chars), max(c["x1"] for c in self.chars)


# ── the form ─────────────────────────────────────────────────────────────────


@pytest.mark.office
def test_a_finished_form_prints_large_white_and_inside_its_margins(office: Office, tmp_path):
    made = {which: write_filing(finished(which)) for which in FORMS}
    for which, pages in pages_of(office, tmp_path, made).items():
        form = finished(which).form
        official = [
            p for p in pages if p.text.startswith(tuple(s.title for s in form.sections)) or "（单位盖章）" in p.text
        ]
        assert len(official) == 1 + len(form.sections), which
        for page in official:
            assert page.least >= LEAST, (which, page.least, page.text[:20])
            assert page.grounds == set() and page.inks <= BLACK, (page.grounds, page.inks)
            left, right = page.sides
            assert left >= MARGIN and right <= page.width - MARGIN, (which, page.text[:20], left, right)
            assert "本表已填完" not in page.text and "可以报送" not in page.text
        [three] = [p for p in official if p.text.startswith(form.sections[2].title)]
        least, high = three.least, three.bottom / three.height
        across = (three.sides[1] - three.sides[0]) / three.width
        print(
            f"{which}: table three, letters of {least:.1f} points, down to {high:.0%} of the page, {across:.0%} of its width"
        )
        assert high > 0.85 and across > 0.8
        [four] = [p for p in official if p.text.startswith(form.sections[3].title)]
        assert four.width > four.height and (four.sides[1] - four.sides[0]) / four.width > 0.8


@pytest.mark.office
def test_colours_stay_while_there_is_something_to_do(office: Office, tmp_path):
    """What is to be filled in is yellow in every program; a relation that fails is red above that."""
    year, _ = FORMS["2021"]
    wrong = filing({"requests.new.natural": 5})
    made = {"blank": write_filing(blank_filing(year)), "wrong": write_filing(wrong)}
    printed = pages_of(office, tmp_path, made)
    title = wrong.form.sections[2].title
    yellow, red = (1.0, 0.9725490196, 0.8823529411), (0.9764705882, 0.8352941176, 0.8156862745)
    [there] = [p for p in printed["blank"] if title in p.text]
    assert yellow in there.grounds and red not in there.grounds
    [there] = [p for p in printed["wrong"] if title in p.text]
    assert {yellow, red} <= there.grounds
    assert "请补正" not in there.text, "the warning is for the screen"


@pytest.mark.office
@pytest.mark.parametrize(
    "figures", [{"requests.new.natural": None}, {"requests.new.natural": 5}, {"disclosure.rules.issued": 2}]
)
def test_in_a_marked_copy_only_the_marks_are_coloured(office: Office, tmp_path, figures):
    """The grounds that a sheet has while something is to be done would hide them."""
    path = save(tmp_path / "表.xlsx", filing(figures))
    run("check", path, "--slips", tmp_path / "退")
    [copy] = (tmp_path / "退").glob("*.xlsx")
    [field] = figures
    [section] = {f.section for f in filing().form.inputs if f.id == field}
    pages = pages_of(office, tmp_path, {"copy": copy.read_bytes()})["copy"]
    [page] = [p for p in pages if p.text.startswith(section.title)]
    marks = {tuple(round(int(colour[at : at + 2], 16) / 255, 3) for at in (2, 4, 6)) for colour in COLOURS.values()}
    live = {tuple(round(int(colour[at : at + 2], 16) / 255, 3) for at in (1, 3, 5)) for colour in (RED, AMBER)}
    grounds = {tuple(round(c, 3) for c in ground) for ground in page.grounds}
    assert grounds and grounds <= marks | live and (grounds & marks or None not in figures.values())


def test_excel_and_wps_are_told_to_print_without_colours():
    book = opened(write_filing(blank_filing()))
    assert all(sheet.page_setup.blackAndWhite for sheet in book)


@pytest.mark.parametrize(
    ("which", "section", "name", "code", "switch"),
    [
        ("2021", "disclosure", "A3:B3", "D3", "B4"),
        ("2021", "requests", "A3:G3", "I3:J3", "D4"),
        ("2021", "disputes", "A3:L3", "N3:O3", "D4"),
        ("2019", "disclosure", "A3:B3", "D3", "B4"),
        ("2019", "requests", "A3:G3", "I3:J3", "D4"),
        ("2020 in Jilin", "requests", "A3:G3", "I3:J3", "D4"),
    ],
)
def test_name_code_and_switch_stand_where_they_always_stood(which, section, name, code, switch):
    """Filings of every layout are read by these places: widths may change, they may not."""
    sheet = layout_of(finished(which).form).tables[section]
    assert (sheet.name_box.span, sheet.code_boxes[1].span, sheet.switch_boxes[1].span) == (name, code, switch)


# ── where a sheet opens ──────────────────────────────────────────────────────


def active(sheet):
    return sheet.sheet_view.selection[-1].activeCell


@pytest.mark.parametrize("which", FORMS)
def test_every_sheet_opens_on_its_first_open_cell(which):
    year, supplements = FORMS[which]
    book = opened(write_filing(blank_filing(year, supplements=supplements)))
    for sheet in book:
        free = [c.coordinate for row in sheet.iter_rows(max_row=60) for c in row if not c.protection.locked]
        switch = {
            s.switch_boxes[1].address for s in layout_of(finished(which).form).tables.values() if s.name == sheet.title
        }
        free = [c for c in free if c not in switch]
        assert active(sheet) == (free[0] if free else "A1"), sheet.title


def test_a_figure_carried_over_is_passed_by():
    form = load_form("2019")
    first = min(form.inputs_of("disclosure"), key=lambda f: layout_of(form).position(f.id)[1:])
    said = Filing(form, BUREAU, 2020, inputs={first.id: 3}, carried=frozenset([first.id]))
    sheet = opened(write_filing(said))[first.section.sheet]
    assert active(sheet) != layout_of(form).cell(first.id) and not sheet[active(sheet)].protection.locked


# ── the summary ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    """A provisional summary of an agency with a long name, out of a file with a long name."""
    home = tmp_path_factory.mktemp("汇总")
    who = Agency("1101", LONG, "department")
    save(home / "名录.csv", ROSTER.replace(BUREAU.name, LONG))
    save(home / "收" / f"{LONG}_2023年度填报表（最终版）.xlsx", filing(balanced(3), agency=who))
    out = home / "汇总.xlsx"
    run("merge", home / "收", "--roster", home / "名录.csv", "-o", out)
    return out.read_bytes()


@pytest.mark.office
def test_a_summary_prints_what_it_lacks_and_no_data(office: Office, tmp_path, summary):
    pages = pages_of(office, tmp_path, {"summary": summary})["summary"]
    form = load_form("2021")
    for section in form.sections:
        [page] = [p for p in pages if p.text.removeprefix(status_of(p)).startswith(section.title)]
        assert page.text.startswith("1/4家，缺3家，暂定（")
        assert page.least >= LEAST and page.grounds == set(), section.title
    for name in (LEDGER, DATA):
        [page] = [p for p in pages if p.text.removeprefix(status_of(p)).startswith(f"{name}：")]
        assert "不打印" in page.text and BUREAU.code not in page.text
    for page in pages:
        left, right = page.sides
        assert left >= MARGIN and right <= page.width - MARGIN, (page.text[:30], left, right)


def status_of(page):
    found = re.match(r"1/4家，缺3家，暂定（.*?）", page.text)
    return found[0] if found else ""


def test_long_names_have_room(summary):
    book = openpyxl.load_workbook(io.BytesIO(summary))
    for name in (STANDINGS, "审核问题", SOURCES):
        sheet = book[name]
        found = [c for row in sheet for c in row if isinstance(c.value, str) and LONG in c.value and c.row > 3]
        assert found or name == "审核问题", name
        for cell in found:
            across = sheet.column_dimensions[cell.column_letter].width
            lines = sheet.row_dimensions[cell.row].height / 14
            assert lines * across >= 2 * len(cell.value), (name, cell.coordinate)
            assert cell.alignment.wrap_text


# ── the official tables passed on ────────────────────────────────────────────


@pytest.mark.parametrize(
    ("figures", "more", "said"),
    [
        ({}, {}, ""),
        ({"requests.new.natural": 5}, {}, "还有 1 项错误没有了结"),
        ({"disclosure.rules.issued": 2}, {}, "还有 1 项核实没有了结"),
        ({"requests.new.natural": 5, "disclosure.rules.issued": 2}, {}, "还有 1 项错误、1 项核实没有了结"),
        ({}, {"signoff": {}}, "核实没有了结"),
        ({"disclosure.rules.issued": None}, {}, "错误"),
    ],
)
def test_the_official_tables_say_what_is_open(tmp_path, figures, more, said):
    path, out = save(tmp_path / "表.xlsx", filing(figures, **more)), tmp_path / "正式.xlsx"
    result = run("export", path, "--format", "xlsx", "-o", out)
    book = opened(out.read_bytes())
    for sheet in book:
        words = sheet["B1" if sheet.title == COVER else "A1"].value
        assert (words or "").startswith("草稿：" if said else "") and said in (words or ""), sheet.title
    assert (said in result.stderr) and bool(result.stderr) == bool(said)


def test_the_official_tables_have_no_colour():
    book = opened(write_official(filing()))
    assert {c.fill.fill_type for sheet in book for row in sheet for c in row} <= {None, "none"}


# ── the report ───────────────────────────────────────────────────────────────


def reported(figures=None, **more):
    return report_of(checked(write_filing(filing(figures, **more))))


@pytest.mark.office
@pytest.mark.parametrize("font", ["Times New Roman", "DejaVu Serif"])
def test_no_figure_is_broken_over_lines(office: Office, tmp_path, font, monkeypatch):
    """Not even where the computer has only a font with wide digits."""
    monkeypatch.setattr("xltools.ooxml.paper.LATIN_FONT", font)
    made, figures = {}, (3402, 12345, 987654, 7, 60005, 1000)
    for which, (year, supplements) in FORMS.items():
        form = finished(which).form
        for n in range(2):
            given = {f.id: figures[(i * (n + 1) + n) % 6] for i, f in enumerate(form.inputs)}
            given |= {f.id: 3402 for f in form.inputs_of("disputes")} if n else {}
            made[which, n] = filing(given, year=year, supplements=supplements)
    documents = {key: word_report(report_of(checked(write_filing(said)))) for key, said in made.items()}
    for key, pages in pages_of(office, tmp_path, documents).items():
        report = report_of(checked(write_filing(made[key])))
        there = [word["text"] for page in pages for word in page.words]
        for part in report.parts:
            for cell in part.table.cells if part.table else ():
                if cell.field and len(cell.text) > 2:
                    assert cell.text in there, (key, cell.field, cell.text)


@pytest.mark.office
def test_no_heading_is_left_alone_on_a_page(office: Office, tmp_path):
    """Whatever the length of what stands before it."""
    made = {}
    for n in range(24):
        texts = {
            "overview": ("（一）主动公开情况",) + ("公开了一条信息。",) * (n + 6),
            "problems": ("（一）不足", "有不足。"),
            "other": ("无",),
        }
        made[n] = word_report(reported(texts=texts))
    headings = {*(s.title for s in load_form("2021").sections), "（一）主动公开情况", "（一）不足"}
    for n, pages in pages_of(office, tmp_path, made).items():
        for page in pages:
            assert not page.lines or page.lines[-1].strip() not in headings, (n, page.lines[-1])
        assert not any("示例县数据局" in page.lines[0] for page in pages[1:] if page.lines), (
            "signed on the page of the words before"
        )


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("（一）主动公开。全年公开信息3402条。", "（一）主动公开。"),
        ("（二）依申请公开情况。收到申请12件。", "（二）依申请公开情况。"),
        ("（十一）加强领导、健全制度。一是开会。", "（十一）加强领导、健全制度。"),
        ("(三)监督保障：组织培训。", "(三)监督保障："),
        ("（四）平台建设。 改版了网站。", "（四）平台建设。"),
        ("（一）主动公开", ""),
        ("（一）无此情况。", ""),
        ("（一）收到申请12件。其中公开3件。", ""),
        ("全年公开信息。（一）主动公开。一条。", ""),
        ("（一）" + "很长" * 20 + "。再说。", ""),
        ("（一）公开了；没有公开。没有。", ""),
    ],
)
def test_a_heading_within_a_paragraph_stands_in_its_own_font(text, lead):
    assert lead_of(text) == lead
    report = reported(texts={"overview": (text,), "problems": ("不足。",), "other": ("无",)})
    document = Document(io.BytesIO(word_report(report)))
    [there] = [p for p in document.paragraphs if p.text == text]
    fonts = [(r.text, r._element.rPr.rFonts.get(qn("w:eastAsia"))) for r in there.runs if r._element.rPr is not None]
    assert fonts == ([(lead, "楷体_GB2312")] if lead else [])
    assert (f'<span class="lead">{lead}</span>' in page_report(report)) == bool(lead)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2024-01-15", "2024年1月15日"),
        ("2024-12-01", "2024年12月1日"),
        ("2024-02-29", "2024年2月29日"),
        ("", None),
        ("一月", None),
        ("2024-02-30", None),
    ],
)
def test_a_report_ends_with_whose_it_is_and_its_date(day, words):
    report = reported(signoff={"date": day})
    assert report.signature == (BUREAU.name, *([words] if words else []))
    document = Document(io.BytesIO(word_report(report)))
    assert tuple(p.text for p in document.paragraphs[-len(report.signature) :]) == report.signature
    assert "".join(f"<p>{line}</p>" for line in report.signature) in page_report(report)


@pytest.mark.parametrize(
    ("phone", "more", "asked"),
    [
        ("010-1234", {}, "请拨打010-1234联系。"),
        ("010-1234", {"address": "人民路1号"}, "请与示例县数据局联系（地址：人民路1号，电话：010-1234）。"),
        ("", {"email": "a@b.cn"}, "请与示例县数据局联系（电子邮箱：a@b.cn）。"),
        ("1", {"address": "甲", "email": "a@b.cn"}, "请与示例县数据局联系（地址：甲，电话：1，电子邮箱：a@b.cn）。"),
        ("", {"address": "{year}<b>"}, "请与示例县数据局联系（地址：{year}<b>）。"),
        ("", {}, ""),
    ],
)
def test_the_opening_says_whom_to_ask_as_far_as_is_known(phone, more, asked):
    received = checked(write_filing(filing(signoff={"phone": phone})))
    opening = report_of(received, **more).opening
    assert opening.endswith(asked) and ("对本报告有疑问" in opening) == bool(asked)


def test_address_and_email_are_given_on_the_command_line(tmp_path):
    path, out = save(tmp_path / "表.xlsx", filing()), tmp_path / "报告.html"
    assert run("report", path, "-o", out, "--address", "人民路1号", "--email", "a@b.cn").returncode == 0
    assert "（地址：人民路1号，电话：010-1234，电子邮箱：a@b.cn）" in out.read_text("utf-8")
