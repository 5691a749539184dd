"""A supplement is told what it leaves out: lines of a total, a relation, a chart, and of the supplement before it."""

import tomllib

import pytest
from drawn import drawn, laid_over
from followed import OLD, form_at_hand

import xltools
from xltools.editions import load_form, supplements

HEAD = '\nid = "nan-2031"\ntitle = "南省 2031 年补充项"\neditions = ["old"]\nyears = { from = 2031 }\n'
ROWS = """
[[rows]]
section = "s"
after = "y"
rows = [
    { id = "p", label = ["地里", "省定"] }, { id = "q", label = ["地里", "市定"] }, { id = "r", label = ["地里", "县定"] },
    { id = "sum", label = ["地里", "小计"], sum = SUM },
]
"""
TABLE = """
[[table]]
section = "s"
heading = "另填"
columns = COLUMNS
rows = [{ id = "k", label = "新闻" }, { id = "l", label = "图表" }, { id = "m", label = "总数", sum = KSUM }]
"""
WHOLE_SUM = '["p", "q", "r"]'
COLUMNS = '[{ id = "n", label = "数量" }, { id = "o", label = "其中网上" }, { id = "t", label = "共计", sum = NSUM }]'
RULE = """
[[relation]]
id = "supplement.within.{column}"
each.column = EACH
severity = "query"
left = "supplement.p.{column}"
right = "s.y.{column}"
holds = "left <= right"
basis = "理"
remedy = "看"
"""
BY_ROW = """
[[relation]]
id = "supplement.{row}.few"
each.row = EACH
severity = "query"
left = "supplement.{row}.a"
right = "s.y.a"
holds = "left <= right"
basis = "理"
remedy = "看"
"""
CHART = """
[[chart]]
title = "地里"
items = [{ label = "各级", sum = "SUM" }, { label = "地", sum = "s.y.a" }]
"""


def whole(rows=WHOLE_SUM, columns='["n", "o"]', k='["k", "l"]', after=""):
    table = TABLE.replace("COLUMNS", COLUMNS).replace("KSUM", k).replace("NSUM", columns)
    return HEAD + ROWS.replace("SUM", rows) + table + after


EVERY = "supplement.p.a + supplement.q.a + supplement.r.a"
LEFT_OUT = {
    "a row of a total within a table": (whole(rows='["p", "q"]'), "合计“小计”没有加进这几行：“县定”"),
    "another row of it": (whole(rows='["q", "r"]'), "合计“小计”没有加进这几行：“省定”"),
    "a row of its own table": (
        whole().replace('{ id = "l", label = "图表" }', '{ id = "l", label = "图表" }, { id = "z", label = "视频" }'),
        "合计“总数”没有加进这几行：“视频”",
    ),
    "a column of its own table": (
        whole().replace('label = "其中网上" }', 'label = "其中网上" }, { id = "u", label = "其中纸质" }'),
        "合计“共计”没有加进这几列：“其中纸质”",
    ),
    "a column of a relation": (whole(after=RULE.replace("EACH", '["a", "b"]')), "没有用于“丙”"),
    "a row of a relation": (whole(after=BY_ROW.replace("EACH", '["p", "q"]')), "没有用于“县定”"),
    "a row of a chart": (whole(after=CHART.replace("SUM", "supplement.p.a + supplement.q.a")), "图的“各级”没有加进“县定”"),
    "a type": (whole().replace('label = "数量"', 'label = "数量（万元）"'), "“数量（万元）”印的是万元"),
    "the type of a row within a table": (whole().replace('"县定"', '"县定（万元）"'), "“县定（万元）”印的是万元"),
    "a name in words": (
        whole(after=BY_ROW.replace("EACH", '["p", "q", "r"]').replace("basis", 'text = "省定的不多于地"\nbasis')),
        "“文字”说的是“省定”，这一条却也用于“市定”、“县定”",
    ),
}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD):
        yield tmp_path


def remarks(home, text, way):
    """What is remarked of a definition as a file or as a drawing, each with its place."""
    path = home / "nan-2031.toml"
    if way == "file":
        path.write_text(text, "utf-8")
    else:
        path = drawn(tomllib.loads(text), home, laid_over(tomllib.loads(text), load_form("old")))
    [found] = xltools.check_forms(path).forms
    assert found.mistakes == (), found.mistakes
    return [(m.key, m.reason) for m in found.remarks]


@pytest.mark.parametrize("way", ["file", "drawing"])
@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_is_left_out_is_told_where_it_is(what, way, home):
    text, words = LEFT_OUT[what]
    told = [(key, reason) for key, reason in remarks(home, text, way) if words in reason]
    assert len(told) == 1, remarks(home, text, way)
    place = told[0][0]
    assert place.startswith("第 ") if way == "file" else "“" in place and place[-1].isdigit(), place


@pytest.mark.parametrize("way", ["file", "drawing"])
@pytest.mark.parametrize(
    "after",
    [
        "",
        RULE.replace("EACH", '["a", "b", "c"]'),
        BY_ROW.replace("EACH", '["p", "q", "r"]'),
        CHART.replace("SUM", EVERY),
    ],
    ids=["no rule", "every column", "every row", "a chart"],
)
def test_nothing_is_told_of_one_that_leaves_nothing_out(after, way, home):
    assert remarks(home, whole(after=after), way) == []


@pytest.mark.parametrize("name", supplements())
def test_nothing_is_told_of_those_of_the_package(name):
    [found] = xltools.check_forms(name).forms
    assert found.mistakes == found.remarks == ()


CHANGES = {
    "a row that is gone": ('{ id = "r", label = ["地里", "县定"] },', "", "“nan-2030”里的这些，这一份没有：“县定”（r）"),
    "a table that is gone": (TABLE[:30], None, "这一份没有：“新闻”（k）、“图表”（l）、“总数”（m）"),
    "a row by another id": ('{ id = "q",', '{ id = "x",', "名称相同的这些，编号不同：“市定”（q）"),
    "a column by another id": ('{ id = "o",', '{ id = "y",', "名称相同的这些，编号不同：“新闻”（k）、“图表”（l）、“总数”（m）"),
    "a row renamed with its id": (
        '{ id = "q", label = ["地里", "市定"]', '{ id = "v", label = ["地里", "州定"]', "这一份没有：“市定”（q）",
    ),
    "nothing": ("", "", None),
    "a label alone": ('"市定"', '"州定"', None),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("known", ["id", "title"])
def test_the_lines_of_the_supplement_before_it_are_missed(what, known, home):
    old, new, words = CHANGES[what]
    before = whole().replace("nan-2031", "nan-2030" if known == "id" else "south").replace("2031", "2030")
    if known == "id":
        before = before.replace("南省 2030 年补充项", "南省加填")
    name = "nan-2030" if known == "id" else "south"
    (home / "格式" / f"{name}.toml").write_text(before.replace("from = 2030 }", "from = 2030, to = 2030 }"), "utf-8")
    now = whole()
    if new is None:
        now = HEAD + ROWS.replace("SUM", WHOLE_SUM)
    elif old:
        now = now.replace(old, new)
        for letter, other in (("q", "x"), ("q", "v"), ("o", "y")):
            if f'id = "{other}"' in now:
                now = now.replace(f'"{letter}"', f'"{other}"')
        now = now if 'id = "r"' in now else now.replace(', "r"]', "]")
    told = [reason for _, reason in remarks(home, now, "file")]
    if words is None:
        assert told == []
    else:
        assert any(words.replace("nan-2030", name) in one for one in told), told
