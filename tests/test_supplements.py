"""Supplements: rows within a form's tables, relations, texts, charts; two that call a line the same; demanded, filled by some."""

import tomllib
from dataclasses import replace

import openpyxl
import pytest
from followed import OLD, form_at_hand
from making import opened, relation, run, save

import xltools
from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.form.lastyear import same_meaning
from xltools.form.model import Agency, Filing
from xltools.rules import judge
from xltools.workbook.write import write_filing

NAN = """
id = "nan-2030"
title = "南省补充项"
editions = ["old"]
years = { from = 2030, to = 2040 }

[[rows]]
section = "s"
after = "y"
rows = [{ id = "p", label = "其中：省定" }, { id = "q", label = "其中：市定" }]

[[table]]
section = "s"
heading = "另填"
columns = [{ id = "n", label = "数量" }]
rows = [{ id = "all", label = "全部" }, { id = "some", label = "部分" }]

[[section]]
id = "plan"
sheet = "三、打算"
title = "三、明年打算"
text = "写明年的打算。"
"""
NAN += relation("supplement.p.{column} + supplement.q.{column}", "s.y.{column}", "left <= right", "supplement.within.{column}",
                each={"column": ["a", "b", "c"]})  # fmt: skip
NAN += relation("supplement.some.n", "supplement.all.n", "left <= right", "supplement.some", "query")
NAN += """
[[chart]]
title = "补充"
items = [{ label = "全部", sum = "supplement.all.n" }, { label = "省定", sum = "supplement.p.sum" }]
"""
BEI = (
    NAN.replace("nan-2030", "bei-2030")
    .replace("南省", "北省")
    .replace("三、打算", "四、打算")
    .replace("另填", "再填")
    .replace("其中：", "内：")
)
EAST = NAN.replace("nan-2030", "dong-2030").replace('"p"', '"east.p"').replace("supplement.p.", "supplement.east.p.")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN):
        yield tmp_path


def full(form, code="1", **changed):
    inputs = dict.fromkeys((f.id for f in form.inputs), 0) | {"s.y.a": 5, "s.in.a": 5, "s.out.b": 1} | changed
    texts = {s.id: (f"我局本年按时完成了{s.title}的各项工作。",) for s in form.text_sections}
    return Filing(form, Agency(code, f"{code}局", "department"), 2030, inputs=inputs, texts=texts)


def test_rows_stand_where_they_belong(home):
    form = load_form("old", ("nan-2030",))
    rows = [row.name for row in form.sections[0].tables[0].rows]
    assert rows == ["转入", "天", "地", "其中：省定", "其中：市定", "人", "总计", "转出"]
    assert {"supplement.p.a", "supplement.q.sum", "supplement.all.n"} <= set(form.fields)
    assert form.fields["supplement.p.sum"].parts == ("supplement.p.a", "supplement.p.b", "supplement.p.c")
    assert form.fields["s.all.a"].parts == load_form("old").fields["s.all.a"].parts, (
        "what is among others is not added twice"
    )
    assert list(form.fields)[: len(load_form("old").fields)] == list(load_form("old").fields)
    assert form.text_sections[-1].id == "supplement.plan" and form.charts[-1].title == "补充"


BREACHES = {
    "none": ({}, set()),
    "among": ({"supplement.p.a": 3, "supplement.q.a": 3}, {"supplement.within.a"}),
    "at the limit": ({"supplement.p.a": 3, "supplement.q.a": 2}, set()),
    "of its own lines": ({"supplement.some.n": 2, "supplement.all.n": 1}, {"supplement.some"}),
    "both": ({"supplement.p.c": 1, "supplement.some.n": 2}, {"supplement.within.c", "supplement.some"}),
    "the form's own": ({"s.in.b": 0, "s.out.b": 0}, set()),
}


@pytest.mark.parametrize("what", BREACHES)
def test_its_relations_judge_its_lines_and_the_forms(what, home):
    changed, wanted = BREACHES[what]
    filing = full(load_form("old", ("nan-2030",)), **changed)
    assert {f.rule for f in judge(filing) if f.rule and f.rule.startswith("supplement")} == wanted
    book = opened(write_filing(filing), data_only=True)
    cells = [[c.value for c in row] for row in book["校验"].iter_rows(min_row=5)]
    shown = {value for row in cells if "不符" in row for value in row if str(value).startswith("supplement.")}
    assert shown == wanted


def test_a_workbook_with_it_is_filled_read_and_reported(home):
    form = load_form("old", ("nan-2030",))
    path = save(home / "表.xlsx", write_filing(full(form, **{"supplement.p.a": 2, "supplement.all.n": 7})))
    found = xltools.read(path)
    assert found.filing.values["supplement.p.sum"] == 2
    save(home / "名录.csv", ROSTER)
    (home / "xltools.toml").write_text('year = 2030\nroster = "名录.csv"\n', "utf-8")
    done = xltools.report(path, home / "报告.html")
    text = done.output.read_text("utf-8")
    assert "其中：省定" in text and "三、明年打算" in text
    assert found.filing.texts["supplement.plan"]


WRONG = {
    "no such row": (NAN.replace('after = "y"', 'after = "w"'), "没有“w”这一行", "y（地）"),
    "a row that is there": (NAN.replace("其中：省定", "天"), "已经有“天”", "换一个名称"),
    "a relation without the beginning": (NAN.replace('id = "supplement.some"', 'id = "some"'), "关系“some”", "supplement."),
    "a sheet that is there": (NAN.replace("三、打算", "二"), "工作表名“二”重复", ""),
    "a figure that is not there": (NAN.replace('left = "supplement.some.n"', 'left = "supplement.none.n"'), "没有指标", ""),
    "a part without tables": (NAN.replace('section = "s"\nafter', 'section = "t"\nafter'), "不在可用的值之内", ""),
    "an unknown key": (NAN.replace("after =", "below ="), "不认识的键", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_one_is_told(what, home):
    text, reason, remedy = WRONG[what]
    path = home / "nan-2030.toml"
    path.write_text(text, "utf-8")
    [found] = xltools.check_forms(path).forms
    told = [f"{m.reason}→{m.remedy}" for m in found.mistakes]
    assert any(reason in one and remedy in one for one in told), told


# ── two that call a line the same ────────────────────────────────────────────


def test_two_that_call_a_line_the_same_have_namespaces_whichever_is_used(tmp_path):
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        both, one = load_form("old", ("bei-2030", "nan-2030")), load_form("old", ("bei-2030",))
        assert {"supplement.nan_2030.p.a", "supplement.bei_2030.p.a"} <= set(both.fields)
        assert "supplement.bei_2030.p.a" in one.fields, (
            "a filing with one of them and the summary of both call it the same"
        )
        assert {"supplement.nan_2030.some", "supplement.bei_2030.some"} <= {r.id for r in both.rules}
        filing = full(both, **{"supplement.bei_2030.p.a": 9})
        assert {f.rule for f in judge(filing) if f.rule} >= {"supplement.bei_2030.within.a"}
        assert "supplement.nan_2030.within.a" not in {f.rule for f in judge(filing)}


def test_one_alone_has_none(home):
    assert "supplement.p.a" in load_form("old", ("nan-2030",)).fields


def test_lines_called_otherwise_clash_with_nothing(tmp_path):
    other = EAST.replace('id = "all"', 'id = "whole"').replace("supplement.all.", "supplement.whole.")
    other = (
        other.replace('id = "some", ', 'id = "few", ')
        .replace("supplement.some", "supplement.few")
        .replace('"q"', '"r"')
    )
    other = (
        other.replace("supplement.q.", "supplement.r.")
        .replace('id = "plan"', 'id = "plans"')
        .replace("within", "among")
    )
    other = other.replace("三、打算", "五、打算").replace("其中：", "外：")
    with form_at_hand(tmp_path, OLD, NAN, other):
        fields = load_form("old", ("dong-2030", "nan-2030")).fields
        assert {"supplement.p.a", "supplement.east.p.a"} <= set(fields)


YEARS = [
    ("from = 2030, to = 2040", "from = 2041", False),
    ("from = 2030, to = 2040", "from = 2040", True),
    ("from = 2030, to = 2030", "from = 2031, to = 2031", False),
    ("from = 2031", "from = 2030, to = 2030", False),
    ("from = 2031", "from = 2032", True),
    ("from = 2030, to = 2033", "from = 2031, to = 2032", True),
    ("from = 2035", "from = 2030, to = 2035", True),
]


@pytest.mark.parametrize(("one", "other", "clash"), YEARS)
def test_those_of_other_years_have_no_namespaces(one, other, clash, tmp_path, monkeypatch):
    """What one office adds each year keeps its numbers: it is compared with what it was the year before."""
    monkeypatch.chdir(tmp_path)
    years = "from = 2030, to = 2040"
    with form_at_hand(tmp_path, OLD, NAN.replace(years, one), BEI.replace(years, other)):
        for name in ("nan-2030", "bei-2030"):
            assert ("supplement.p.a" in load_form("old", (name,)).fields) is not clash
            [found] = xltools.check_forms(name).forms
            assert any("汇总时分不清" in told.reason for told in found.remarks) is clash


def test_last_years_supplement_that_goes_on_is_to_be_ended(home):
    """The remedy is the year that it is for, before other numbers."""
    begins = NAN.replace("from = 2030, to = 2040", "from = 2030")
    (home / "格式" / "nan-2030.toml").write_text(begins, "utf-8")
    path = home / "nan-2031.toml"
    path.write_text(begins.replace("2030", "2031"), "utf-8")
    [told] = xltools.check_forms(path).forms[0].mistakes
    assert "只用到 2030 年度的，在它的“年度到”写上" in told.remedy
    (home / "格式" / "nan-2030.toml").write_text(begins.replace("from = 2030", "from = 2030, to = 2030"), "utf-8")
    [found] = xltools.check_forms(path).forms
    assert found.mistakes == found.remarks == ()


LAST_YEARS = {
    "the same supplement": (NAN, {"supplement.p.a": 3}, 3),
    "the one before it": (NAN.replace("nan-2030", "nan-2029"), {"supplement.p.a": 4}, 4),
    "the one before it, another label": (NAN.replace("nan-2030", "nan-2029").replace("省定", "省级"), {"supplement.p.a": 4}, None),
    "another of the same label": (NAN.replace("nan-2030", "west"), {"supplement.p.a": 5}, 5),
    "another that calls something else so": (BEI.replace("bei-2030", "west"), {"supplement.p.a": 6}, None),
    "none": ("", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("what", LAST_YEARS)
def test_last_years_figure_of_a_line_is_of_the_same_line(what, tmp_path):
    text, figures, right = LAST_YEARS[what]
    same = text == NAN
    old = text.replace("from = 2030, to = 2040", "from = 2029, to = 2029")
    with form_at_hand(tmp_path, OLD.replace("from = 2030", "from = 2029"), NAN, *([] if same or not text else [old])):
        form = load_form("old", ("nan-2030",))
        then = load_form("old", ("nan-2030",) if same else (tomllib.loads(old)["id"],) if text else ())
        known = same_meaning(form, then, full(then, **figures).values)
        assert known.get("supplement.p.a") == right


def test_one_that_calls_lines_as_another_is_told_before_it_is_there(home):
    path = home / "bei-2030.toml"
    path.write_text(BEI, "utf-8")
    [found] = xltools.check_forms(path).forms
    [told] = found.mistakes
    assert (
        "与补充项“南省补充项”（nan-2030）都有编号 all.n、some.n、p、q、plan" in told.reason and "换编号" in told.remedy
    )
    (home / "格式" / "bei-2030.toml").write_text(BEI, "utf-8")
    for name in ("nan-2030", "bei-2030"):
        [found] = xltools.check_forms(name).forms
        assert found.mistakes == () and len(found.remarks) == 1, "issued it may be: it is told, and goes on"


def test_drawn_lines_without_ids_are_called_as_no_others(home):
    ids = []
    for name in ("dong-1", "dong-2", "东省", "西省"):
        xltools.draft_form("old", home / "表.xlsx", supplement=name, force=True)
        book = openpyxl.load_workbook(home / "表.xlsx")
        book["格式"]["B2"].value = name
        at = next(c for row in book["一"].iter_rows() for c in row if c.value == "转出")
        for column in range(1, 7):  # a row below the last
            below, above = book["一"].cell(at.row + 1, column), book["一"].cell(at.row, column)
            below.value, below._style = above.value, above._style
        book["一"].cell(at.row + 1, 1).value, book["一"].cell(at.row + 1, 2).value = "本地补充", f"{name}的"
        book["一"].cell(at.row + 1, 6).value = f"=SUM(C{at.row + 1}:E{at.row + 1})"
        book.save(home / "表.xlsx")
        made = xltools.new_form(home / "表.xlsx")
        assert made.remarks == ()
        ids += [f for f in load_form("old", (name,)).fields if f.startswith("supplement.") and f.endswith(".a")]
    assert len({*ids}) == 4, ids


EXTRA = {"nan-2030": NAN, "bei-2030": BEI}


@pytest.mark.parametrize("name", EXTRA)
@pytest.mark.parametrize("packed", [False, True])
def test_what_was_issued_before_another_called_its_lines_the_same_is_read_and_told(name, packed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = next(one for one in EXTRA if one != name)
    shelf = tmp_path / "格式"
    with form_at_hand(tmp_path, OLD, EXTRA[name]):
        (tmp_path / "xltools.toml").write_text('year = 2030\nroster = "名录.csv"\n', "utf-8")
        save(tmp_path / "名录.csv", ROSTER)
        form = load_form("old", (name,))
        said = full(form, **{"supplement.all.n": 7, "supplement.some.n": 9, "s.y.a": 5, "supplement.p.a": 3})
        said = replace(said, explanations={"supplement.some": "经核对，部分中有重复统计的数，已在下年更正。"})
        save(tmp_path / "回收" / "1.xlsx", write_filing(said))
        [before] = xltools.Season(tmp_path).check().collection.received
    (shelf / f"{other}.toml").write_text(EXTRA[other], "utf-8")
    if packed:
        (tmp_path / "规则").mkdir()
        (tmp_path / "规则" / "包.toml").write_text(
            'id = "包"\n[[change]]\nrule = "s.all"\nseverity = "note"\n', "utf-8"
        )
    [after] = xltools.Season(tmp_path).check().collection.received
    own = f"supplement.{name.replace('-', '_')}"
    assert after.verdict == "original" and not [f for f in after.findings if f.code.startswith("form-")]
    assert after.filing.values[f"{own}.all.n"] == 7 and after.filing.texts[f"{own}.plan"]
    assert [f.rule for f in before.findings if f.rule == "supplement.some" and not f.open]
    assert [f.rule for f in after.findings if f.rule == f"{own}.some" and not f.open], (
        "its explanation closes it as before"
    )
    [told] = [f for f in after.findings if f.code == "supplement-renamed"]
    titles = {"nan-2030": "南省补充项", "bei-2030": "北省补充项"}
    assert f"“{titles[name]}”与后来的补充项“{titles[other]}”" in told.message


def test_what_was_issued_beside_another_is_read_when_that_is_gone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        said = full(load_form("old", ("nan-2030",)), **{"supplement.nan_2030.all.n": 7})
        path = save(tmp_path / "1.xlsx", write_filing(said))
        assert not [f for f in check_file(path).findings if f.code == "supplement-renamed"]
    (tmp_path / "格式" / "bei-2030.toml").unlink()
    (tmp_path / "xltools.toml").unlink()
    with form_at_hand(tmp_path, OLD, NAN):
        got = check_file(path)
    assert got.verdict == "original" and got.filing.values["supplement.all.n"] == 7
    assert [f.code for f in got.findings if f.code == "supplement-renamed"]


def test_those_issued_before_and_after_are_added_up_each_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN):
        save(
            tmp_path / "来" / "1.xlsx",
            write_filing(full(load_form("old", ("nan-2030",)), "1", **{"supplement.all.n": 7})),
        )
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        other = load_form("old", ("bei-2030",))
        save(tmp_path / "来" / "2.xlsx", write_filing(full(other, "2", **{"supplement.bei_2030.all.n": 11})))
        done = merged(tmp_path)
        values = done.summary.filing.values
        assert (values["supplement.nan_2030.all.n"], values["supplement.bei_2030.all.n"]) == (7, 11)


def merged(home):
    """What came to a folder, added up."""
    roster = save(home / "名录.csv", ROSTER)
    return xltools.merge(home / "来", roster=roster, output=home / "汇总.xlsx", include_queried=True, year=2030)


ROSTER = "单位代码,单位名称,层级,上级代码\n0,县,county,\n1,1局,department,0\n2,2局,department,0\n"


@pytest.mark.parametrize("both", [False, True])
def test_what_only_some_filled_is_told_on_the_summary(both, home):
    with_it, without = load_form("old", ("nan-2030",)), load_form("old")
    save(home / "来" / "1.xlsx", write_filing(full(with_it, "1", **{"supplement.all.n": 7})))
    save(home / "来" / "2.xlsx", write_filing(full(with_it if both else without, "2")))
    done = merged(home)
    told = [f.message for f in done.collection.findings if f.code == "supplement-partial"]
    sheet = openpyxl.load_workbook(home / "汇总.xlsx", data_only=True)["一"]
    assert done.summary.filing.values["supplement.all.n"] == 7
    if both:
        assert told == [] and "补充项" not in str(sheet["A1"].value)
    else:
        assert len(told) == 1 and "“南省补充项”只有 1/2 家填了" in told[0] and "2局" in told[0]
        assert "补充项“南省补充项”只有 1/2 家填了" in sheet["A1"].value


def test_two_supplements_over_one_folder_are_added_up_each_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        one, other = load_form("old", ("nan-2030",)), load_form("old", ("bei-2030",))
        save(tmp_path / "来" / "1.xlsx", write_filing(full(one, "1", **{"supplement.nan_2030.all.n": 7})))
        save(tmp_path / "来" / "2.xlsx", write_filing(full(other, "2", **{"supplement.bei_2030.all.n": 11})))
        done = merged(tmp_path)
    values = done.summary.filing.values
    assert (values["supplement.nan_2030.all.n"], values["supplement.bei_2030.all.n"]) == (7, 11)
    assert len([f for f in done.collection.findings if f.code == "supplement-partial"]) == 2


def test_what_the_folder_demands_is_missed(home):
    (home / "xltools.toml").write_text('year = 2030\nsupplements = ["nan-2030"]\nroster = "名录.csv"\n', "utf-8")
    save(home / "名录.csv", ROSTER)
    save(home / "回收" / "1.xlsx", write_filing(full(load_form("old", ("nan-2030",)), "1")))
    save(home / "回收" / "2.xlsx", write_filing(full(load_form("old"), "2")))
    done = xltools.Season(home).check()
    told = {
        r.path.name: [f.code for f in r.findings if f.code == "supplement-missing"] for r in done.collection.received
    }
    assert told == {"1.xlsx": [], "2.xlsx": ["supplement-missing"]}
    [message] = [f.message for r in done.collection.received for f in r.findings if f.code == "supplement-missing"]
    assert "“南省补充项”" in message
    sent = [p for p in done.slips if p.suffix == ".xlsx"]
    back = [xltools.read(path).filing for path in sent if "2" in path.name]
    assert any(f and f.form.supplements == ("nan-2030",) and f.values["s.y.a"] == 5 for f in back), (
        "its figures in this year's blank"
    )


def test_it_reads_as_a_definition():
    assert tomllib.loads(NAN)["rows"][0]["after"] == "y" and run("codes").stdout.count("supplement-") == 3
