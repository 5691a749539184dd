"""Documents that hold several reports, and figures that stand where no layout puts them: told, chosen, never mixed."""

import pytest
from report_altered import Box, first_figure, on_tables
from report_layouts import figured, page, table, with_cells, word
from reports_made import as_text, barred, printed
from test_ingest_formats import made

from xltools.ingest.report import Asked, import_report

ONE, OTHER = made("2021", 5), made("2021", 6)


def both(write, join, names=("示例县青山镇人民政府", "示例县白水镇人民政府"), years=("2023", "2023")):
    reports = []
    for filing, name, year in zip((ONE, OTHER), names, years, strict=True):
        report = printed(filing, name)
        report.title = report.title.replace("2023", year)
        reports.append(write(report))
    return join(*reports)


def pages(a, b):
    return a.replace(b"</body></html>", b"<hr>") + b[b.index(b"<body>") + 6 :]


WAYS = {
    "page": (page, pages, "a.html"),
    "text": (lambda r: as_text(r, barred).encode(), lambda a, b: a + b, "a.txt"),
}


@pytest.mark.parametrize("way", WAYS)
def test_two_agencies_are_told_and_one_is_chosen_by_name(way):
    write, join, file = WAYS[way]
    content = both(write, join)
    got = import_report(content, file, Asked(code="1"))
    assert got.filing is None and [f.code for f in got.findings] == ["import-several"]
    assert all(name in got.findings[0].message for name in ("青山镇", "白水镇"))
    for name, filing in (("示例县青山镇人民政府", ONE), ("白水镇", OTHER)):
        got = import_report(content, file, Asked(name=name, code="1"))
        assert got.filing.inputs == filing.inputs and got.filing.texts == filing.texts
    assert import_report(content, file, Asked(name="红旗镇", code="1")).filing is None


@pytest.mark.parametrize("way", WAYS)
def test_last_year_s_report_below_is_told_and_chosen_by_year(way):
    write, join, file = WAYS[way]
    content = both(write, join, names=("示例县青山镇人民政府",) * 2, years=("2023", "2022"))
    assert import_report(content, file, Asked(code="1")).filing is None
    for year, filing in ((2023, ONE), (2022, OTHER)):
        got = import_report(content, file, Asked(year=year, code="1"))
        assert (got.filing.inputs, got.filing.year) == (filing.inputs, year)
    assert import_report(content, file, Asked(year=2021, code="1")).filing is None


@pytest.mark.parametrize("way", WAYS)
def test_the_same_report_twice_is_one(way):
    write, join, file = WAYS[way]
    one = write(printed(ONE))
    got = import_report(join(one, one), file, Asked(code="1"))
    assert got.filing.inputs == ONE.inputs


@pytest.mark.parametrize("say", [
    lambda t: f"{t}<sup>1</sup>", lambda t: f"{t}<span style='vertical-align: super'>2</span>", lambda t: f"<sub>3</sub>{t}",
    lambda t: f"{t}①", lambda t: f"{t}²", lambda t: f"{t}⁽⁴⁾",
])  # fmt: skip
def test_a_raised_digit_makes_a_figure_doubtful_never_longer(say):
    got = import_report(with_cells(figured(say))(printed(ONE)), "a.html", Asked(2023, "青山镇", "1", "township"))
    assert got.filing is not None
    assert not any(got.filing.inputs.values()) and len(got.filing.typed) == len(got.filing.inputs)


@on_tables("requests")
def a_figure_too_many(rows):
    for row in rows:
        if first_figure(row) < len(row):
            row.append(Box("9"))


@on_tables("disputes")
def a_figure_before(rows):
    for row in rows:
        if first_figure(row) < len(row):
            row.insert(0, Box("9"))


@pytest.mark.parametrize("alter", [a_figure_too_many, a_figure_before])
@pytest.mark.parametrize(("write", "file"), [(page, "a.html"), (word, "a.docx")])
def test_a_figure_too_many_is_told_and_nothing_is_wrong(alter, write, file):
    got = import_report(write(alter(printed(ONE))), file, Asked(2023, "青山镇", "1", "township"))
    assert all(have in (None, ONE.inputs[name]) for name, have in got.filing.inputs.items())
    assert {f.code for f in got.findings} & {"import-figure-extra", "import-unplaced"}


def test_noughts_of_several_rows_are_noughts_of_each():
    report = printed(ONE)
    rows = next(part for part in report.sections[2][1] if not isinstance(part, str))
    at = next(n for n, row in enumerate(rows) if any(".other.no_correction." in b.figure for b in row))
    rows[at : at + 3] = [[Box("（六）其他处理", 2), *(Box("0") for _ in range(7))]]
    for row in rows[:at]:
        row[0].height -= 2 * (row[0].text.startswith("三、"))
    got = import_report(page(report, table), "a.html", Asked(2023, "青山镇", "1", "township"))
    assert {v for k, v in got.filing.inputs.items() if ".requests.other." in f".{k}"} == {0}


@pytest.mark.parametrize(("printed_as", "asked"), [
    ("廣州市國資委", "广州市国资委"),
    ("廣州市國資委", "廣州市国资委"), ("長樂區財政局", "长乐区财政局"), ("鄭州市審計局", "郑州市审计局"),
    ("蘭州市應急管理局", "兰州市应急管理局"), ("龍門縣檔案館", "龙门县档案馆"), ("青山镇人民政府", "青山鎮人民政府"),
])  # fmt: skip
def test_traditional_and_simplified_names_are_one(printed_as, asked):
    got = import_report(page(printed(ONE, printed_as)), "a.html", Asked(2023, asked, "1", "department"))
    assert got.filing is not None and "import-contradicts" not in {f.code for f in got.findings}
    other = import_report(page(printed(ONE, printed_as)), "a.html", Asked(2023, "东镇财政局", "1", "department"))
    assert "import-contradicts" in {f.code for f in other.findings}


# ── a page with a list of other reports above the one it shows ───────────────

TITLE = "{}{}年政府信息公开工作年度报告"
ABOVE = {
    "another agency's": ((TITLE.format("示例县白水镇人民政府", 2022),), True),
    "many agencies'": (tuple(TITLE.format(f"示例县{x}局", 2023) for x in "甲乙丙丁"), True),
    "its own of earlier years": (tuple(TITLE.format("示例县青山镇人民政府", y) for y in (2022, 2021)), True),
    "its own": ((TITLE.format("青山镇", 2023), TITLE.format("示例县青山镇人民政府", 2023)), False),
    "without a name": ((TITLE.format("", 2023),), False),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("above", "told"), ABOVE.values(), ids=ABOVE)
def test_the_title_nearest_to_the_report_is_its_own_and_others_are_told(above, told, way):
    write, _, file = WAYS[way]
    report = printed(ONE, "示例县青山镇人民政府")
    content = write(report)
    if way == "page":
        content = content.replace(b"<body>", ("<body>" + "".join(f"<li>{line}</li>" for line in above)).encode(), 1)
    else:
        content = "\n".join([*above, ""]).encode() + content
    got = import_report(content, file, Asked(code="1"))
    assert (got.filing.agency.name, got.filing.year) == ("示例县青山镇人民政府", 2023)
    assert got.filing.inputs == ONE.inputs
    assert ("import-contradicts" in {f.code for f in got.findings}) is told
    asked = import_report(content, file, Asked(name="示例县青山镇人民政府", code="1", year=2023))
    assert "import-contradicts" not in {f.code for f in asked.findings}


@pytest.mark.parametrize("lost", range(7))
def test_a_row_that_is_a_cell_short_is_never_moved(lost):
    before = [5, 2, 0, 0, 1, 0, 8]

    def shorter(rows):
        for row in rows:
            if any("本年新收" in box.text for box in row):
                row[-7:] = [Box(str(figure)) for figure in before]
                del row[len(row) - 7 + lost]

    report = on_tables("requests")(shorter)(printed(ONE))
    got = import_report(page(report), "a.html", Asked(name="某局", code="1"))
    row = [
        f"requests.new.{who}" for who in ("natural", "business", "research", "nonprofit", "legal_service", "other_org")
    ]
    read = {id: got.filing.inputs[id] for id in row if got.filing.inputs[id] is not None}
    assert read == ({} if lost < 6 else dict(zip(row, before, strict=False)))
    assert lost == 6 or any(f.code == "import-unplaced" and "少一格" in f.message for f in got.findings)
