"""What a published report opens with is kept: imported, exported, filled in again, published again, and made next year's."""

import io
import json

import pytest
from docx import Document
from making import checked, filing, run, save
from reports_made import as_docx, as_html, printed

from xltools.collection.changes import difference
from xltools.collection.previous import read_previous
from xltools.form.model import Agency
from xltools.form.openings import OPENING_LIMIT, opening_in, opening_properties, renewed, shown
from xltools.ingest.report import Asked, import_report
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.publication.html import page_report
from xltools.received.exchange import filing_json, fill
from xltools.workbook.write import write_filing

TOWN = Agency("1101", "东镇人民政府", "township")
WAYS = (
    "如对本报告有疑问，请与东镇党政办公室联系"
    "（地址：东镇中心路1号；邮编：130000；电话：0431-5550101；电子邮箱：east@example.cn）。"
)
ONE = (
    "按照《中华人民共和国政府信息公开条例》第五十条的要求，东镇人民政府编制本报告。"
    f"本报告所列数据的统计期限为2023年1月1日至2023年12月31日。{WAYS}"
)
SEVERAL = (
    "本报告由东镇人民政府按照《中华人民共和国政府信息公开条例》和国办公开办函〔2021〕30号的要求编制。",
    "本报告内容包括总体情况、主动公开政府信息情况等六个部分，所列数据的统计期限自2023年1月1日起至2023年12月31日止。",
    "如有疑问，请联系东镇党政办公室，电话：0431-5550101。",
)
BY_LINES = (
    "根据《中华人民共和国政府信息公开条例》要求，特向社会公布2023年政府信息公开工作年度报告。",
    "地址：东镇中心路1号；",
    "邮编：130000；",
    "电话：0431-5550101；传真：0431-5550102；",
    "电子邮箱：east@example.cn",
)
ABOVE = [
    "索引号：011/2024-00012",
    "发布日期：2024-01-20",
    "字号：大 中 小",
    "浏览次数：",
    "当前位置：首页 > 政府信息公开年报",
]


def report():
    return printed(filing({"requests.new.natural": 3, "requests.granted.natural": 3}, agency=TOWN))


def page(paragraphs, above=()):
    head = as_html(report()).partition("<h1>")
    title, rest = head[2].split("</h1>", 1)
    said = "".join(f"<p>{line}</p>" for line in paragraphs)
    nav = "".join(f"<div>{line}</div>" for line in above)
    return f"{head[0]}{nav}<h1>{title}</h1>{said}{rest}".encode(), "a.html"


def word(paragraphs, above=()):
    document = Document(io.BytesIO(as_docx(report())))
    title = document.paragraphs[0]
    for line in reversed(paragraphs):
        title._p.addnext(document.add_paragraph(line)._p)
    for line in above:
        title.insert_paragraph_before(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), "a.docx"


def text(paragraphs, above=()):
    made = report()
    lines = [*above, made.title, *paragraphs]
    for title, parts in made.sections:
        lines.append(title)
        for part in parts:
            lines += [part] if isinstance(part, str) else [" | ".join(box.text for box in row) for row in part]
    return "\n".join(lines).encode(), "a.txt"


def imported(content, name):
    return import_report(content, name, Asked(code=TOWN.code, name=TOWN.name, year=2023))


@pytest.mark.parametrize("write", [page, word, text])
@pytest.mark.parametrize("paragraphs", [(ONE,), SEVERAL, BY_LINES, (WAYS,), ()])
@pytest.mark.parametrize("above", [(), ABOVE])
def test_the_opening_is_read_as_it_stands_and_nothing_else_is(write, paragraphs, above):
    read = imported(*write(paragraphs, above))
    assert read.filing.opening == "\n".join(paragraphs)
    told = [f for f in read.findings if f.code == "import-opening"]
    assert len(told) == bool(paragraphs)
    assert all(p in told[0].message for p in paragraphs)


def test_a_pdf_keeps_it_too(office, tmp_path):
    pytest.importorskip("pdfplumber")
    path = save(tmp_path / "报告.docx", word((ONE,))[0])
    made = office.printed_letters([path], tmp_path / "pdf")[path]
    assert imported(made.read_bytes(), "a.pdf").filing.opening == ONE


@pytest.mark.parametrize("paragraphs", [(ONE,), SEVERAL, BY_LINES])
def test_imported_exported_filled_in_and_published_again_it_is_the_same(paragraphs):
    first = checked(write_filing(imported(*page(paragraphs)).filing)).filing
    assert first.opening == "\n".join(paragraphs)
    data = json.loads(json.dumps(filing_json(first)))
    assert data["opening"] == first.opening
    again, _ = fill(filing(agency=TOWN), {**data, "values": {}}, "甲.json")
    received = checked(write_filing(again))
    made = report_of(received)
    assert made.opening == first.opening and made.kept
    for content, name in ((page_report(made).encode(), "b.html"), (word_report(made), "b.docx")):
        assert imported(content, name).filing.opening == first.opening


def test_the_commands_do_it(tmp_path):
    source = save(tmp_path / "报告.html", page((ONE,))[0])
    table, out = tmp_path / "东镇.xlsx", tmp_path / "再出.html"
    done = run("import", source, "-o", table)
    assert ONE in done.stdout + done.stderr
    assert json.loads(run("export", table).stdout)["opening"] == ONE
    assert "开头用的是" in run("report", table, "-o", out).stderr
    assert ONE in out.read_text("utf-8")
    run("report", table, "-o", out, "--address", "东镇西路2号", "--force")
    assert ONE not in out.read_text("utf-8") and "东镇西路2号" in out.read_text("utf-8")


def test_next_year_opens_as_last_year_did(tmp_path):
    last = imported(*page((ONE,))).filing
    previous = read_previous([save(tmp_path / "去年.xlsx", write_filing(last))])
    blank = previous.blank(last.form, TOWN, 2024)
    assert blank.opening == ONE.replace("2023", "2024")
    received = checked(write_filing(blank))
    assert received.verdict == "original"
    assert report_of(received).opening == blank.opening
    renamed, _ = previous.give(filing(year=2024, agency=TOWN))
    assert renamed.opening == blank.opening


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        ("统计期限为2023年1月1日至12月31日。", "统计期限为2024年1月1日至12月31日。"),
        ("依据国办公开办函〔2021〕30号编制2023年度报告。", "依据国办公开办函〔2021〕30号编制2024年度报告。"),
        ("本报告可在网站下载。", "本报告可在网站下载。"),
        ("依据2019年修订的条例编制2023年报告。", ""),
        ("2023年报告于2024年1月公布。", ""),
        ("二〇二三年报告按条例编制。", ""),
        ("电话2023-5550101，报送2023年报告。", "电话2023-5550101，报送2024年报告。"),
        ("", ""),
    ],
)
def test_a_year_is_changed_only_where_it_is_certain(opening, found):
    assert renewed(opening, 2023, 2024) == found


@pytest.mark.parametrize(
    "opening", ["短。", ONE, "\n".join(SEVERAL), '引号"与\\反斜线', "𠮷镇" * 300, "a" * OPENING_LIMIT]
)
def test_document_properties_keep_it(opening):
    kept = opening_properties(opening)
    assert all(len(piece) <= 255 for piece in kept.values())
    assert opening_in(kept) == opening


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({}, ""),
        ({"xltools_opening": "不是JSON"}, ""),
        ({"xltools_opening": '["表"]'}, ""),
        ({"xltools_opening": '{"text":5}'}, ""),
        (opening_properties("长" * (OPENING_LIMIT + 1)), ""),
        (opening_properties(" 前后 \n\n 有空 "), "前后\n有空"),
    ],
)
def test_what_nobody_would_publish_is_no_opening(properties, found):
    assert opening_in(properties) == found


def test_nothing_that_is_not_seen_gets_into_it():
    assert "\x1b" not in shown("开\x1b[31m头") and "\u202e" not in shown("开\u202e头")


def test_of_several_agencies_or_another_name_there_is_none(tmp_path):
    last = imported(*page((ONE,))).filing
    previous = read_previous([save(tmp_path / "去年.xlsx", write_filing(last))])
    other = filing(year=2024, agency=type(TOWN)(TOWN.code, "东新街道办事处", TOWN.level))
    assert previous.give(other)[0].opening == ""


def test_the_forms_own_words_need_not_be_kept():
    received = checked(write_filing(filing(agency=TOWN, signoff={})))
    read = imported(page_report(report_of(received)).encode(), "a.html")
    assert read.filing.opening == "" and "import-opening" not in {f.code for f in read.findings}
    phoned = checked(write_filing(filing(agency=TOWN, signoff={"phone": "0431-5550101"})))
    assert "0431-5550101" in imported(page_report(report_of(phoned)).encode(), "a.html").filing.opening


# ── where it is seen: on no sheet, but wherever the file is looked at ─────────


@pytest.mark.parametrize("paragraphs", [(ONE,), SEVERAL, BY_LINES, (WAYS,), ()])
def test_whoever_looks_at_the_file_sees_it(paragraphs, tmp_path):
    path = save(tmp_path / "甲.xlsx", write_filing(imported(*page(paragraphs)).filing))
    assert json.loads(run("show", path, "--json").stdout)["opening"] == "\n".join(paragraphs)
    said = [line.strip() for line in run("show", path).stdout.splitlines()]
    assert ("报告的开头（不在表上，report 照它写）" in said) == bool(paragraphs)
    assert set(paragraphs) <= set(said)


@pytest.mark.parametrize(("one", "other"), [((ONE,), ()), ((ONE,), SEVERAL), (BY_LINES, (WAYS,)), (SEVERAL, SEVERAL)])
def test_two_files_that_differ_in_it_are_told_apart(one, other):
    first, second = (imported(*page(paragraphs)).filing for paragraphs in (one, other))
    assert difference(first, second) == ("" if one == other else "报告的开头改了")
    assert difference(first, second, ordered=False) == ("" if one == other else "报告的开头不同")
