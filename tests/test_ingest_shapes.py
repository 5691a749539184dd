"""Tables altered as people and programs alter them: figures follow their headings, or are left out and listed."""

import copy
from dataclasses import replace

import pytest
from making import run, save
from reports_made import Box, as_docx, as_html, as_text, barred, one_a_line, printed
from test_ingest_formats import made

from xltools.ingest.report import Asked, import_report

ASKED = Asked(2023, "青山镇人民政府", "1", "township")
BOTH = {"page": (lambda r: as_html(r).encode(), "a.html"), "Word": (as_docx, "a.docx")}
ALL = {
    **BOTH,
    "bars": (lambda r: as_text(r, barred).encode(), "a.txt"),
    "lines": (lambda r: as_text(r, one_a_line).encode(), "a.txt"),
}


def table_of(report, section):
    return next(part for part in report.sections[section][1] if not isinstance(part, str))


def taken_out(rows, at):
    """A row taken out, and the cells that reach over it from above made so much shorter."""
    for above, row in enumerate(rows[:at]):
        for box in row:
            box.height -= above + box.height > at
    for box in rows[at]:
        if box.height > 1:
            rows[at + 1].insert(0, Box(box.text, box.width, box.height - 1))
    return rows.pop(at)


def read(report, shape, asked=ASKED, ways=ALL):
    write, file = ways[shape]
    return import_report(write(report), file, asked)


def compared(got, filing):
    """Fields read wrong, and fields left empty without being listed."""
    listed = {f for item in got.findings if item.code == "import-unplaced" for f in item.related}
    wrong, silent = {}, set()
    for name, value in filing.inputs.items():
        have = got.filing.inputs[name]
        if have is not None and have != value:
            wrong[name] = (value, have)
        if have is None and value is not None and name not in listed:
            silent.add(name)
    return wrong, silent


@pytest.fixture
def filing():
    return made("2021", 5)


@pytest.mark.parametrize("shape", ALL)
def test_columns_in_another_order_are_read_by_their_headings(filing, shape):
    report = printed(filing)
    rows = table_of(report, 1)
    for row in rows[1:4]:
        row[1], row[3] = row[3], row[1]
    got = read(report, shape)
    assert compared(got, filing) == ({}, set())
    assert got.filing.inputs == filing.inputs


@pytest.mark.parametrize("shape", ALL)
def test_people_s_kinds_in_another_order_are_not_misread(filing, shape):
    report = printed(filing)
    for row in table_of(report, 2)[2:]:
        boxes = [b for b in row if b.text in ("商业企业", "科研机构") or b.figure.endswith((".business", ".research"))]
        if len(boxes) == 2:
            a, b = boxes
            a.text, b.text, a.figure, b.figure = b.text, a.text, b.figure, a.figure
    got = read(report, shape)
    assert compared(got, filing)[0] == {}


@pytest.mark.parametrize("shape", ALL)
def test_groups_of_part_four_in_another_order_are_never_misread(filing, shape):
    """Lawsuits before reviews: every group has the same five headings, so that order alone would put them wrong."""
    report = printed(filing)
    first, second, third, figures = table_of(report, 3)
    first[0], first[1] = first[1], first[0]
    reviews, groups = second[:5], second[5:]
    table = [first, groups + reviews, third, figures[5:] + figures[:5]]
    report.sections[3] = (report.sections[3][0], [table])
    got = read(report, shape)
    assert compared(got, filing) == ({}, set())


@pytest.mark.parametrize("shape", ALL)
def test_rows_in_another_order(filing, shape):
    report = printed(filing)
    rows = table_of(report, 2)
    rows[3], rows[4] = rows[4], rows[3]
    got = read(report, shape)
    assert got.filing.inputs == filing.inputs


@pytest.mark.parametrize("shape", ALL)
def test_a_row_put_in_is_told_and_all_others_are_read(filing, shape):
    report = printed(filing)
    rows = table_of(report, 1)
    rows.insert(4, [Box("其他主动公开文件（含以本单位名义签发的）"), Box("186"), Box("86"), Box("255")])
    got = read(report, shape)
    assert got.filing.inputs == filing.inputs
    assert [f.detail["seen"] for f in got.findings if f.code == "import-row-unknown"] == ["186、86、255"]


@pytest.mark.parametrize("shape", ALL)
def test_a_row_cut_out_leaves_its_figures_empty(filing, shape):
    report = printed(filing)
    rows = table_of(report, 2)
    gone = [b.figure for b in taken_out(rows, 12) if b.figure]
    got = read(report, shape)
    for name, value in filing.inputs.items():
        assert got.filing.inputs[name] == (None if name in gone else value), name


@pytest.mark.parametrize("shape", ALL)
@pytest.mark.parametrize(("old", "new"), [
    ("本年制发件数", "本年发件"), ("现行有效件数", "现行有效件"), ("行政规范性文件", "规范性文件"), ("行政许可", "1.行政许可 "),
    ("本年处理决定数量", "处理决定数量"), ("商业企业", "商业\n企业"), ("自然人", ""), ("2.重复申请", "２．重 复 申 请"),
    ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"), ("（七）总计", "总计"), ("四、结转下年度继续办理", "四、结转下年度"),
    ("第二十条第（一）项", "中华人民共和国政府信息公开条例 第二十条第(一)项"), ("规章", "规章（设区的市、自治州人民政府应提供）"),
    ("属于国家秘密", "屬於國家秘密"), ("行政处罚", "行政處罰"), ("信息内容", "信息內(nèi)容"), ("1.属于", "1、属于"),
])  # fmt: skip
def test_altered_labels(filing, shape, old, new):
    report = printed(filing)
    for section in (1, 2, 3):
        for row in table_of(report, section):
            for box in row:
                box.text = box.text.replace(old, new)
    got = read(report, shape)
    assert compared(got, filing) == ({}, set())
    assert got.filing.inputs == filing.inputs


@pytest.mark.parametrize("shape", ALL)
def test_the_whole_in_traditional_characters(filing, shape):
    import tomllib
    from importlib.resources import files

    table = tomllib.loads(files("xltools.ingest").joinpath("traditional.toml").read_text("utf-8"))["characters"]
    there = str.maketrans({plain: others[0] for plain, others in table.items()})
    report = printed(filing)
    for number, (title, parts) in enumerate(report.sections):
        report.sections[number] = (title.translate(there), parts)
        for row in (r for part in parts if not isinstance(part, str) for r in part):
            for box in row:
                box.text = box.text.translate(there)
    got = read(report, shape)
    assert got.filing.inputs == filing.inputs


def test_the_table_of_characters_holds_what_the_forms_print_and_no_more():
    import tomllib
    from importlib.resources import files

    from test_architecture import LABELS

    table = tomllib.loads(files("xltools.ingest").joinpath("traditional.toml").read_text("utf-8"))
    printed_characters = set("".join(LABELS))
    assert set(table["characters"]) <= printed_characters
    others = "".join(table["characters"].values())
    assert len(set(others)) == len(others) and not set(others) & printed_characters


@pytest.mark.parametrize("shape", ALL)
def test_the_old_edition_s_tables_in_a_later_year_are_said_plainly(shape):
    filing = made("2019", 3)
    got = read(printed(filing), shape)
    assert got.filing.form.edition == "2019" and got.filing.inputs == filing.inputs
    assert [
        (f.detail["actual_text"], f.detail["expected_text"]) for f in got.findings if f.code == "edition-other"
    ] == [("2019", "2021")]


@pytest.mark.parametrize("shape", ALL)
def test_the_old_edition_s_one_row_is_not_guessed_apart(filing, shape):
    report = printed(filing)
    rows = table_of(report, 2)
    at = next(n for n, row in enumerate(rows) if any(".other.no_correction." in b.figure for b in row))
    for _ in range(2):
        taken_out(rows, at + 1)
    rows[at] = [Box(rows[at][0].text, 2), *(Box("5") for _ in range(7))]
    got = read(report, shape)
    wrong, silent = compared(got, filing)
    assert (wrong, silent) == ({}, set())
    assert all(got.filing.inputs[n] is None for n in filing.inputs if ".requests.other." in f".{n}")


@pytest.mark.parametrize("shape", BOTH)
def test_money_in_yuan_by_its_heading(filing, shape):
    report = printed(filing)
    for row in table_of(report, 1):
        for box in row:
            box.text = box.text.replace("（单位：万元）", "（单位：元）")
            if box.figure == "disclosure.fees.amount":
                box.text = "251000"
    got = read(report, shape)
    assert got.filing.inputs["disclosure.fees.amount"] is None
    assert got.filing.typed["disclosure.fees.amount"] == "251000元"


@pytest.mark.parametrize("shape", ALL)
@pytest.mark.parametrize(
    ("typed", "figure"), [("201件", 201), ("００", 0), ("1,113", 1113), ("/", None), ("約3", None), ("无", None)]
)
def test_cells_as_typed_are_read_as_in_any_workbook(filing, shape, typed, figure):
    report = printed(filing)
    for row in table_of(report, 1):
        for box in row:
            if box.figure == "disclosure.penalty.decisions":
                box.text = typed
    got = read(report, shape)
    assert got.filing.inputs["disclosure.penalty.decisions"] == figure
    assert got.filing.typed["disclosure.penalty.decisions"] == typed


@pytest.mark.parametrize("shape", ALL)
def test_a_table_of_contents_and_a_title_over_two_lines(filing, shape):
    report = printed(filing)
    report.sections.insert(0, ("目录", [title for title, _ in report.sections]))
    report.title = "青山镇人民政府2023年政府信息\n公开工作年度报告"
    got = read(report, shape, Asked(code="1"))
    assert got.filing.values == filing.values and got.filing.texts == filing.texts
    assert (got.filing.agency.name, got.filing.year) == ("青山镇人民政府", 2023)


@pytest.mark.parametrize("shape", ALL)
def test_totals_are_compared_and_never_written(filing, shape):
    report = printed(filing)
    for row in table_of(report, 3):
        for box in row:
            if box.figure == "disputes.review.total":
                box.text = "99999"
    got = read(report, shape)
    assert got.filing.values == filing.values
    assert [(f.field, f.actual) for f in got.findings if f.code == "total-differs"] == [
        ("disputes.review.total", 99999)
    ]


def test_the_command_line(filing, tmp_path):
    report = printed(filing)
    save(tmp_path / "年报" / "a.html", as_html(report).encode())
    save(tmp_path / "年报" / "b.txt", as_text(printed(made("2021", 6), "红旗街道办事处"), one_a_line).encode())
    save(tmp_path / "年报" / "c.txt", "不是报告".encode())
    done = run("import", "--folder", str(tmp_path / "年报"), "-o", str(tmp_path / "导入"), "--year", "2023")
    assert done.returncode == 1 and "共 3 份，导入 2 份" in done.stdout
    names = sorted(p.name for p in (tmp_path / "导入").iterdir())
    assert names == ["2023_红旗街道办事处_红旗街道办事处.xlsx", "2023_青山镇人民政府_青山镇人民政府.xlsx"]
    one = run(
        "import",
        str(tmp_path / "年报" / "a.html"),
        "-o",
        str(tmp_path / "甲.xlsx"),
        "--code",
        "7",
        "--name",
        "青山镇",
        "--level",
        "township",
    )
    assert (
        (tmp_path / "甲.xlsx").exists() and "7" in run("export", str(tmp_path / "甲.xlsx")).stdout and one.stderr == ""
    )
    again = run("import", str(tmp_path / "年报" / "a.html"), "-o", str(tmp_path / "甲.xlsx"))
    assert again.returncode == 2 and "--force" in again.stderr
    for words in (["-o", "x.xlsx"], ["a.txt", "--folder", "b", "-o", "x"], [str(tmp_path / "无.txt"), "-o", "x.xlsx"],
                  [str(tmp_path / "年报" / "c.txt"), "-o", str(tmp_path / "x.xlsx")]):  # fmt: skip
        done = run("import", *words)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, words
    assert copy.copy(report) == report


def test_a_roster_gives_code_and_level(filing, tmp_path):
    from xltools.collection.roster import read_roster

    save(
        tmp_path / "名录.csv",
        "单位代码,单位名称,层级,上级代码\n1,示例县,县,\n109,示例县青山镇人民政府,乡镇,1\n".encode(),
    )
    got = read(printed(filing), "page", Asked(roster=read_roster(tmp_path / "名录.csv")))
    assert got.filing.agency.as_json() == {"code": "109", "name": "示例县青山镇人民政府", "level": "township"}


@pytest.mark.parametrize(("name", "level", "plain"), [
    ("青山镇", "township", True), ("红旗街道办事处", "township", True), ("某某乡人民政府", "township", True),
    ("示例县人民政府", "county", True), ("某某区人民政府", "county", True), ("某省人民政府", "province", True),
    ("示例县卫生健康局", "department", True), ("某州人民政府", "city", True), ("海城市人民政府", "city", False),
    ("国家数据局", "state", False), ("长春新区管委会", "department", False),
    ("青禾县", "county", True), ("某某自治县", "county", True), ("阿荣旗", "county", True), ("某某自治州", "city", True),
    ("鼓楼区", "county", False), ("经济技术开发区", "department", False), ("青禾县城市管理局", "department", True),
])  # fmt: skip
def test_levels_are_inferred_and_told_where_a_name_does_not_tell_plainly(filing, name, level, plain):
    got = read(printed(filing, name), "page", Asked(code="1"))
    assert got.filing.agency.level == level
    [told] = [f for f in got.findings if f.code == "import-inferred" and "层级" in f.message]
    assert told.severity == ("note" if plain else "query")


UNSEEN = {
    "no size, important": ("<p>34<b style='FONT-SIZE : 0px !important'>9</b>712</p>", ""),
    "no size of 0.0em": ("<p>34<b style='font-size:0.0em'>9</b>712</p>", ""),
    "no opacity, important": ("<p>34<b style='opacity:0 !important'>9</b>712</p>", ""),
    "clipped": ("<p>34<b style='position:absolute;clip:rect(0,0,0,0)'>9</b>712</p>", ""),
    "clipped by a path": ("<p>34<b style='clip-path: inset(50%)'>9</b>712</p>", ""),
    "no width": ("<p>34<b style='display:inline-block;width:0;overflow:hidden'>9</b>712</p>", ""),
    "turned round": ("<p><bdo dir='RTL'>34712</bdo></p>", ""),
    "turned round by its style": ("<p><b style='direction:rtl;unicode-bidi:bidi-override'>34712</b></p>", ""),
    "in the other order": ("<p style='display:flex;flex-direction:row-reverse'><b>34</b><b>712</b></p>", ""),
    "a digit before": ("<p class='b'>34712</p>", "<style>.b::before{content:'9'}</style>"),
    "a digit behind": ("<p class='b'>34712</p>", '<style>p.b:after { content: "0" }</style>'),
}


@pytest.mark.parametrize("cell", UNSEEN.values(), ids=UNSEEN)
def test_digits_that_a_page_shows_otherwise_are_never_read_as_they_stand(filing, cell):
    name = "disclosure.licensing.decisions"
    shown = replace(filing, inputs={**filing.inputs, name: 34712})
    page = as_html(printed(shown))
    assert page.count("<p>34712</p>") == 1
    text, style = cell
    got = import_report(
        page.replace("<p>34712</p>", text).replace("</head>", f"{style}</head>").encode(), "a.html", ASKED
    )
    assert got.filing.inputs[name] == (34712 if "9</b>" in text else None)
