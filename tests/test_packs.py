"""Rule packs: severity, threshold, words by pattern, year, level and region, by which a folder judges whatever came in."""

import openpyxl
import pytest
from followed import OLD
from making import save

import xltools
from xltools.editions import load_form
from xltools.editions.shelves import FORMS, PACKS, shelved
from xltools.form.model import Agency, Filing
from xltools.form.scopes import Scope
from xltools.workbook.write import write_filing

ROSTER = "单位代码,单位名称,层级,上级代码,地区\n0,县,county,,南县\n1,甲局,department,0,\n2,乙镇,township,0,西乡\n"
PACK = """
id = "nan"
title = "南省规则"
"""
GRAVE = (
    PACK
    + """
[[change]]
rule = "s.all"
severity = "error"
remedy = "改正，不能说明"
basis = "南办〔2030〕1号"
"""
)
RULES = (
    OLD
    + """
[[relation]]
id = "s.most"
severity = "query"
left = "s.x.a"
right = "ceiling"
holds = "left <= right"
ceiling = { township = 10, department = 10, county = 10, city = 10, province = 10, state = 10 }
basis = "上限"
remedy = "核对"
[[relation]]
id = "s.within"
severity = "query"
left = "s.y.a"
right = "s.x.a"
holds = "left <= right"
basis = "其中"
remedy = "核对"
"""
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    (tmp_path / FORMS).mkdir()
    (tmp_path / PACKS).mkdir()
    (tmp_path / FORMS / "old.toml").write_text(RULES, "utf-8")
    (tmp_path / "xltools.toml").write_text('year = 2030\nroster = "名录.csv"\n', "utf-8")
    save(tmp_path / "名录.csv", ROSTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pack(home, text, name="nan"):
    (home / PACKS / f"{name}.toml").write_text(PACK + text if "id =" not in text else text, "utf-8")


def filing(form, code="1", **figures):
    agency = {"1": Agency("1", "甲局", "department"), "2": Agency("2", "乙镇", "township")}[code]
    inputs = dict.fromkeys((f.id for f in form.inputs), 0) | figures
    return Filing(form, agency, 2030, inputs=inputs, texts={"t": ("我局本年工作正常开展，没有其他情况。",)})


def received(home, code="1", packed=False, **figures):
    """A filing that came in, issued before there was any pack, or with it."""
    with shelved(home):
        form = load_form("old", judged=packed)
        save(home / "回收" / f"{code}.xlsx", write_filing(filing(form, code, **figures)))


def judged(home):
    done = xltools.Season(home).check()
    return done, {(r.filing.agency.code, f.rule): f for r in done.collection.received for f in r.findings if f.rule}


WITHIN = {"s.y.a": 2, "s.x.a": 1}


def test_a_pack_judges_what_was_issued_before_it(home):
    received(home, **WITHIN)
    _, found = judged(home)
    assert found["1", "s.within"].severity == "query"
    pack(home, '[[change]]\nrule = "s.with*"\nseverity = "error"\nremedy = "改正"\nbasis = "南办1号"\n')
    done, found = judged(home)
    told = found["1", "s.within"]
    assert (told.severity, told.remedy) == ("error", "改正") and told.basis == "南办1号（规则包“南省规则”）"
    [only] = done.collection.received
    assert only.verdict == "original" and not [f for f in only.findings if f.code.startswith("form-")]
    assert done.to_json()["packs"] == [{"id": "nan", "title": "南省规则"}]
    assert "按规则包“南省规则”审核" in done.page.read_text("utf-8")


CHANGES = {
    "its level": ('levels = ["department"]', {"1"}),
    "another level": ('levels = ["township"]', {"2"}),
    "its year": ("years = { from = 2030 }", {"1", "2"}),
    "years to come": ("years = { from = 2031 }", set()),
    "years past": ("years = { to = 2029 }", set()),
    "its region": ('regions = ["西乡"]', {"2"}),
    "the region of the area above": ('regions = ["南县"]', {"1", "2"}),
    "another region": ('regions = ["北县"]', set()),
    "all together": ('levels = ["township"]\nyears = { from = 2030, to = 2030 }\nregions = ["西乡", "东乡"]', {"2"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_for_whom_it_says(what, home):
    span, wanted = CHANGES[what]
    for code in ("1", "2"):
        received(home, code, **WITHIN)
    pack(home, f'[[change]]\nrule = "s.within"\nseverity = "error"\n{span}\n')
    _, found = judged(home)
    assert {code for (code, rule), f in found.items() if rule == "s.within" and f.severity == "error"} == wanted
    assert {code for code, rule in found if rule == "s.within"} == {"1", "2"}


THRESHOLDS = {
    "lower": (5, 6, True), "just there": (6, 6, False), "higher": (20, 15, False), "the form's own": (None, 11, True),
    "not reached": (None, 10, False), "none": (0, 1, True),
}  # fmt: skip


@pytest.mark.parametrize("what", THRESHOLDS)
def test_a_pack_changes_thresholds(what, home):
    limit, figure, fails = THRESHOLDS[what]
    received(home, **{"s.x.a": figure, "s.in.a": 0})
    if limit is not None:
        levels = ("township", "department", "county", "city", "province", "state")
        pack(home, f'[[change]]\nrule = "s.most"\nceiling = {{ {", ".join(f"{n} = {limit}" for n in levels)} }}\n')
    _, found = judged(home)
    assert (("1", "s.most") in found) == fails


def test_a_blank_has_the_pack_too_and_is_read_by_what_it_carries(home):
    pack(home, '[[change]]\nrule = "s.within"\nseverity = "note"\nregions = ["西乡"]\n')
    done = xltools.blank(output=home / "发")
    listed = {}
    for path in done.files:
        rows = openpyxl.load_workbook(path)["校验"].iter_rows(values_only=True)
        listed[path.name] = any("s.within" in row for row in rows)
    assert sorted(listed.values()) == [False, True], "a note is no row of 校验"
    (home / PACKS / "nan.toml").unlink()
    for path in done.files:
        got = xltools.check(path).collection.received[0]
        assert got.verdict == "original" and not [f for f in got.findings if f.code.startswith("form-")], path.name


def test_later_packs_go_on_earlier_ones(home):
    received(home, **WITHIN)
    pack(home, '[[change]]\nrule = "s.*"\nseverity = "error"\n', "a")
    pack(home, 'id = "b"\ntitle = "县规则"\n[[change]]\nrule = ["s.within", "s.most"]\nseverity = "note"\n', "b")
    _, found = judged(home)
    assert found["1", "s.within"].severity == "note"
    assert found["1", "s.within"].basis == "其中（规则包“南省规则”）（规则包“县规则”）"


WRONG = {
    "no such rule": ('[[change]]\nrule = "s.wihtin"\nseverity = "error"\n', "没有叫“s.wihtin”的规则"),
    "an unknown severity": ('[[change]]\nrule = "s.within"\nseverity = "严重"\n', "“严重”不在可用的值之内"),
    "an unknown level": ('[[change]]\nrule = "s.within"\nseverity = "note"\nlevels = ["村"]\n', "没有层级“村”"),
    "years the wrong way": (
        '[[change]]\nrule = "s.within"\nseverity = "note"\nyears = { from = 2031, to = 2030 }\n',
        "早于",
    ),
    "nothing to change": ('[[change]]\nrule = "s.within"\n', "没有写改什么"),
    "a threshold it has not": ('[[change]]\nrule = "s.within"\nleast = 3\n', "不认识的键"),
    "a misspelt key": ('[[chang]]\nrule = "s.within"\nseverity = "note"\n', "不认识的键"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_in_a_pack_is_told_and_stops_the_run(what, home):
    text, words = WRONG[what]
    received(home, **WITHIN)
    pack(home, text)
    with pytest.raises(xltools.XltoolsError, match=r"nan\.toml") as told:
        xltools.Season(home).check()
    assert words in str(told.value)


@pytest.mark.parametrize("what", WRONG)
def test_forms_check_tells_a_mistake_in_a_pack_with_its_line(what, home):
    text, words = WRONG[what]
    pack(home, text)
    [found] = xltools.check_forms(home / PACKS / "nan.toml").forms
    assert any(words in f"{m.key}：{m.reason}" for m in found.mistakes) and found.form is None
    pack(home, GRAVE)
    assert xltools.check_forms(home / PACKS / "nan.toml").forms[0].mistakes == ()


def test_a_rule_may_be_of_some_years_and_levels(home):
    text = RULES.replace(
        'id = "s.within"', 'id = "s.within"\nyears = { from = 2031, to = 2032 }\nlevels = ["township"]'
    )
    (home / FORMS / "old.toml").write_text(text, "utf-8")
    with shelved(home):
        form = load_form("old")
    at = {(year, level): any(r.id == "s.within" for r in form.at(Scope(level, year=year)))
          for year in (2030, 2031, 2032, 2033) for level in ("township", "county")}  # fmt: skip
    assert {key for key, there in at.items() if there} == {(2031, "township"), (2032, "township")}
