"""A form that follows another: what its crosswalk says of every figure, and all that is held against last year by it."""

import tomllib
from pathlib import Path

import openpyxl
import pytest
from drawn import drawn, form_in, said, traced
from followed import NEW, OLD, WHOLE, form_at_hand, made, then
from making import cell_of, filing, save

import xltools
from xltools.collection.previous import Previous
from xltools.drawing.examine import examine
from xltools.drawing.trace import read_drawing
from xltools.editions import editions, load_form
from xltools.editions.shelves import shelved
from xltools.form.lastyear import carried_over, chart_name, last_of, same_meaning, shown_beside, ways
from xltools.form.model import Agency, Filing
from xltools.rules import judge
from xltools.workbook.write import write_filing


def now(text=WHOLE, **figures):
    form = made(text)
    blank = Previous({(2030, "1"): then()}).blank(form, Agency("1", "甲局", "county"), 2031)
    return blank, form


# ── what each figure comes from ──────────────────────────────────────────────

TIES = {
    "s.z.b": ("same", ("s.z.b",)),
    "s.in.b": ("same", ("s.in.b",)),
    "s.xy.b": ("merged", ("s.x.b", "s.y.b")),
    "s.z.d": ("renamed", ("s.z.c",)),
    "s.xy.d": ("merged", ("s.x.c", "s.y.c")),
    "s.n.b": ("new", ()),
    "s.n.d": ("new", ()),
    "s.n.a1": ("new", ()),
    "s.z.a1": ("split", ("s.z.a",)),
    "s.z.a2": ("split", ("s.z.a",)),
    "s.xy.a2": ("split", ("s.x.a", "s.y.a")),
    "s.all.b": ("same", ("s.all.b",)),
    "s.all.sum": ("same", ("s.all.sum",)),
    "s.xy.sum": ("merged", ("s.x.sum", "s.y.sum")),
    "s.all.d": ("renamed", ("s.all.c",)),
    "s.n.sum": ("new", ()),
}


@pytest.mark.parametrize("field", TIES)
def test_rows_and_columns_together_say_what_a_figure_comes_from(field):
    descent = made(WHOLE).last.follows["old"][field]
    assert (descent.tie, descent.sources) == TIES[field]


LAST = {
    "s.z.b": 402, "s.xy.b": 202 + 302, "s.z.d": 403, "s.xy.d": 203 + 303,  # of themselves
    "s.z.a1": None, "s.xy.a2": None,  # nobody knows
    "s.n.b": 0, "s.n.a1": 0,  # there was none
    "s.xy.sum": 201 + 202 + 203 + 301 + 302 + 303, "s.z.sum": 401 + 402 + 403, "s.all.a1": None, "s.all.b": 202 + 302 + 402,
    "s.all.sum": 201 + 202 + 203 + 301 + 302 + 303 + 401 + 402 + 403, "s.n.sum": 0,
}  # fmt: skip


@pytest.mark.parametrize("field", LAST)
def test_last_years_figure_of_each_kind(field):
    form, last = made(WHOLE), then()
    inputs, beside = (make(form, last.form, last.values) for make in (same_meaning, shown_beside))
    assert last_of(form.fields[field], inputs, beside) == LAST[field]
    assert "s.n.b" not in inputs and "s.z.a1" not in inputs, "neither jumps nor is the same as last year"


def test_charts_take_what_last_years_form_charted():
    form, last = made(WHOLE), then()
    beside = shown_beside(form, last.form, last.values)
    assert beside[chart_name("图", "天地")] == LAST["s.xy.sum"] and beside[chart_name("图", "总")] == LAST["s.all.sum"]


def test_a_total_that_lost_a_line_takes_last_years_own():
    text = WHOLE.replace('{ id = "z", label = "人" },', "").replace('["xy", "z", "n"]', '["xy", "n"]')
    form, last = made(text), then()
    inputs, beside = (make(form, last.form, last.values) for make in (same_meaning, shown_beside))
    assert last_of(form.fields["s.all.b"], inputs, beside) == 202 + 302 + 402, "人 was among it"


# ── carried over, and checked ────────────────────────────────────────────────


def test_what_is_parted_is_left_open_and_named():
    blank, form = now()
    assert blank.inputs == {"s.in.b": 502, "s.in.d": 503} and blank.carried == {"s.in.b", "s.in.d"}
    told = {f.code: f.message for f in Previous({(2030, "1"): then()}).unfollowed(form)}
    assert set(told) == {"carried-left-open"} and "转入，甲一；转入，甲二" in told["carried-left-open"]
    assert carried_over(form, {}) == {}


RULES = {
    "all as it should be": ({"s.in.a1": 1, "s.in.a2": 500}, set()),
    "the parts do not add up": ({"s.in.a1": 1, "s.in.a2": 501}, {"s.all"}),
    "a renamed one is other": ({"s.in.a1": 1, "s.in.a2": 500 - 3, "s.in.d": 506}, {"s.carry.d"}),
    "one that is the same is other": ({"s.in.a1": 501, "s.in.a2": 0, "s.in.b": 503}, {"s.carry.b", "s.all"}),
    "a new one is held against nothing": ({"s.in.a1": 501, "s.in.a2": 0, "s.n.b": 400}, set()),
    "a merged one jumps": ({"s.in.a1": 501, "s.in.a2": 0, "s.xy.b": 5000}, {"jump.s.xy.b"}),
}


@pytest.mark.parametrize("what", RULES)
def test_last_years_rules_work_across_the_change(what, tmp_path):
    changed, wanted = RULES[what]
    blank, form = now()
    base = {f.id: (blank.last.get(f.id) or 0) for f in form.inputs}
    figures = base | dict(blank.inputs) | changed | ({} if "s.xy.b" in changed else {"s.z.b": 403})
    full = Filing(form, blank.agency, 2031, inputs=figures, last=blank.last, last_source="甲局", carried=blank.carried)
    told = {f.rule for f in judge(full) if f.rule and f.rule.startswith(("s.", "jump", "same"))}
    assert told == wanted
    shown = {r.id: r.row(full).result for r in full.rules if r.shows and r.id.startswith("s.") and r.kind == "relation"}
    assert {name for name, result in shown.items() if result == "不符"} == {w for w in wanted if w.startswith("s.")}
    assert set(shown) == {"s.carry.b", "s.carry.d", "s.all"}, "of what is parted there is no row left 待填 for ever"


def test_the_workbook_carries_last_years_own_total(tmp_path):
    blank, _ = now()
    with form_at_hand(tmp_path, OLD, WHOLE):
        path = save(tmp_path / "空白.xlsx", write_filing(blank))
        read = xltools.read(path).filing
        assert read.last["s.out.sum"] == 501 + 502 + 503 and read.last == blank.last
        assert [f.code for f in xltools.read(path).findings if f.code.startswith("form-")] == []


def test_merge_compares_across_the_change(tmp_path, monkeypatch):
    with form_at_hand(tmp_path, OLD, WHOLE):
        monkeypatch.chdir(tmp_path)
        blank, form = now()
        figures = {f.id: 1 for f in form.inputs} | dict(blank.inputs) | {"s.in.a1": 1, "s.in.a2": 500}
        here = save(
            tmp_path / "本.xlsx",
            write_filing(Filing(form, blank.agency, 2031, inputs=figures, texts={"t": ("我局本年工作正常开展。",)})),
        )
        last = save(tmp_path / "上.xlsx", write_filing(then()))
        roster = save(tmp_path / "名录.csv", "单位代码,单位名称,层级,上级代码\n0,县,county,\n1,甲局,department,0\n")
        done = xltools.merge(here, roster=roster, previous=last, output=tmp_path / "汇总.xlsx", include_queried=True)
        assert "carried-left-open" in {f.code for f in done.collection.findings}
        rows = openpyxl.load_workbook(tmp_path / "汇总.xlsx", data_only=True)["同比"].iter_rows(values_only=True)
        found = {row[0]: row[1:3] for row in rows if row[0]}
    assert found["天地"] == (4, LAST["s.xy.sum"]) and found["总"] == (12, LAST["s.all.sum"])
    assert found["天地 · 丁"] == (1, 203 + 303) and found["新 · 乙"] == (1, 0) and found["人 · 甲一"] == (1, None)
    assert found["总计 · 合计"] == (12, LAST["s.all.sum"])


def test_a_return_on_last_years_form_goes_into_this_years_by_the_crosswalk():
    onward = ways(made(WHOLE), made(OLD))
    assert onward["s.xy.d"] == ("s.x.c", "s.y.c") and "s.z.a1" not in onward and "s.n.b" not in onward
    back = ways(made(OLD), made(WHOLE))
    assert back["s.z.c"] == ("s.z.d",) and back["s.z.b"] == ("s.z.b",) and "s.x.b" not in back


# ── complete, or told ────────────────────────────────────────────────────────


def told(tmp_path, text, *others):
    with form_at_hand(tmp_path, OLD, *others):
        path = tmp_path / f"{tomllib.loads(text)['id']}.toml"
        path.write_text(text, "utf-8")
        found = examine(path)
    return [f"{m.key}：{m.reason}→{m.remedy}" for m in found.mistakes], [r.reason for r in found.remarks]


def test_a_whole_crosswalk_is_sound(tmp_path):
    mistakes, remarks = told(tmp_path, WHOLE)
    assert mistakes == [] and not any("对照" in r or "没有接上" in r for r in remarks)


UNSAID = {
    "no crosswalk": (NEW, ["没有写与上一版“old”的对照"]),
    "a new row": (WHOLE.replace('new = ["s.n."]\n', ""), ["一、表　新（行）：与 old 版的对照里没有说怎么来的"]),
    "a new column": (WHOLE.replace('"s.*.a", "s.*.a2" = "s.*.a" }', '"s.*.a" }'),
                     ["一、表　甲二（列）：与 old 版的对照里没有说怎么来的"]),
    "a merged row": (WHOLE.replace('merged = { "s.xy." = ["s.x.", "s.y."] }\n', ""), ["一、表　天地（行）"]),
    "one figure": (WHOLE.replace('new = ["s.n."]', 'new = ["s.n.b", "s.n.d", "s.n.a1", "s.n.a2"]'),
                   ["没有说的指标：s.n.sum"]),
    "a source that is not there": (WHOLE.replace('"s.*.c" }', '"s.*.e" }'), ["s.in.d 改名的“s.in.e”，old 版里没有"]),
    "a source of another shape": (WHOLE.replace('"s.*.c" }', '"s.c." }'), ["“s.c.”与“s.*.d”写法不同"]),
    "two sources of one": (WHOLE.replace('"s.*.d" = "s.*.c"', '"s.*.d" = ["s.*.b", "s.*.c"]'), ["要写上一版的一项"]),
    "two answers on one line": (WHOLE.replace('renamed = {', 'renamed = { "s.xy." = "s.x.",'), ["有几种说法"]),
    "an answer for nothing": (WHOLE.replace('new = ["s.n."]', 'new = ["s.n.", "s.m."]'), ["没有指标“s.m.”"]),
    "an answer misspelt": (WHOLE.replace('new = ["s.n."]', 'new = ["s.n.", "s.xy.aa"]'), ["没有指标“s.xy.aa”", "是不是 s.xy.a"]),
    "an answer like none": (WHOLE.replace('new = ["s.n."]', 'new = ["s.n.", "全不相干"]'), ["→写指标的编号"]),
    "an unknown answer": (WHOLE.replace('new = [', 'newly = ['), ["不认识的键"]),
    "an edition that is not there": (WHOLE.replace("[last.from.old]", "[last.from.older]"), ["对照的上一版“older”不认识"]),
    "two crosswalks": (WHOLE + '[last.same]\nold = ["s."]\n', ["对照写了两处"]),
}  # fmt: skip


@pytest.mark.parametrize("what", UNSAID)
def test_what_a_crosswalk_leaves_unsaid_is_a_mistake(what, tmp_path):
    text, wanted = UNSAID[what]
    mistakes, _ = told(tmp_path, text)
    assert all(any(words in one and "→" in one for one in mistakes) for words in wanted), mistakes


NOTICED = {
    "a label that is another": (WHOLE.replace('label = "人"', 'label = "物"'), "名称却从“人”改成了“物”"),
    "a line that goes nowhere": (
        WHOLE.replace('{ id = "z", label = "人" },', "").replace('"xy", "z",', '"xy",'), "没有接上，当作取消：人"),
    "the short way": (
        NEW + '[last.same]\nold = ["s."]\n', "[last.same] 只说得出相同；这些上一版没有，当作不可比：天地；新；甲一；甲二；丁"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTICED)
def test_what_may_be_meant_is_remarked(what, tmp_path):
    text, words = NOTICED[what]
    mistakes, remarks = told(tmp_path, text)
    assert mistakes == [] and any(words in r for r in remarks), remarks


def test_numbering_alone_is_no_other_label(tmp_path):
    old = OLD.replace('label = "人"', 'label = "3.人"')
    with form_at_hand(tmp_path, old):
        path = tmp_path / "new.toml"
        path.write_text(WHOLE.replace('label = "人"', 'label = "4.人"'), "utf-8")
        assert not any("改成了" in r.reason for r in examine(path).remarks)


def test_without_a_crosswalk_check_and_blank_say_so(tmp_path):
    previous = Previous({(2030, "1"): then()})
    [found] = previous.unfollowed(made(NEW))
    assert found.code == "crosswalk-missing" and "old" in found.message and "new" in found.message
    assert list(previous.unfollowed(made(OLD))) == []


# ── drawn ────────────────────────────────────────────────────────────────────


def test_the_crosswalk_goes_into_the_drawing_and_comes_back(tmp_path):
    with form_at_hand(tmp_path, OLD):
        data = tomllib.loads(WHOLE)
        path = drawn(data, tmp_path)
        sheet = openpyxl.load_workbook(path)["对照"]
        rows = {str(row[1].value): (row[2].value, row[3].value) for row in sheet.iter_rows(min_row=2) if row[1].value}
        assert any(tie == "合并自" and "天（行）" in source and "；" in source for tie, source in rows.values())
        back = traced(path)
        assert said(form_in(back)) == said(form_in(data))
        assert back["last"]["from"]["old"]["same"] == ["s."] and back["last"]["from"]["old"]["new"] == ["s.n."]


def test_a_crosswalk_of_single_figures_comes_back(tmp_path):
    other = 'other = ["s.n.", "s.xy.", "s.*.d", "s.*.a1", "s.z.b"]'
    text = NEW + f'[last.from.old]\nsame = ["s."]\n{other}\nnew = ["s.in.a2", "s.z.a2", "s.all.a2", "s.out.a2"]\n'
    with form_at_hand(tmp_path, OLD):
        data = tomllib.loads(text)
        assert said(form_in(traced(drawn(data, tmp_path)))) == said(form_in(data))


def test_a_form_without_one_is_drafted_from_equal_labels(tmp_path):
    text = NEW.replace('{ id = "d", label = "丁" }', '{ id = "d", label = "丙" }').replace(
        'label = "人"', 'label = "物"'
    )
    with form_at_hand(tmp_path, OLD):
        path = drawn(tomllib.loads(text), tmp_path)
        found = read_drawing(path).data["last"]["from"]["old"]
        assert found["renamed"] == {"s.*.d": "s.*.c"} and "s.in." in found["same"]
        told = [m.reason for m in examine(path).mistakes]
        assert told == ["“天地”、“物”、“新”、“甲一”、“甲二”没有写怎么来的（5 行）"]


TOGETHER = {
    "rows": (
        WHOLE.replace('new = ["s.n."]\n', "").replace('merged = { "s.xy." = ["s.x.", "s.y."] }\n', ""),
        "一、表　天地{}、新{}，共 2 行：与 old 版", ("（B6）", "（B8）"),
    ),
    "columns": (
        WHOLE.replace('renamed = { "s.*.d" = "s.*.c" }\n', "").replace('split = { "s.*.a1" = "s.*.a", "s.*.a2" = "s.*.a" }\n', ""),
        "一、表　甲一{}、甲二{}、丁{}，共 3 列：与 old 版", ("（C2）", "（D2）", "（F2）"),
    ),
    "one row": (WHOLE.replace('new = ["s.n."]\n', ""), "一、表　新（行）：与 old 版", ()),
}  # fmt: skip


@pytest.mark.parametrize("what", TOGETHER)
@pytest.mark.parametrize("as_drawing", [False, True])
def test_lines_of_a_part_that_are_left_out_are_told_in_one(what, as_drawing, tmp_path):
    text, words, cells = TOGETHER[what]
    with form_at_hand(tmp_path, OLD):
        if as_drawing:
            path = drawn(tomllib.loads(text), tmp_path)
            book = openpyxl.load_workbook(path)
            for row in range(book["对照"].max_row, 1, -1):
                if book["对照"].cell(row, 2).value and not book["对照"].cell(row, 3).value:
                    book["对照"].delete_rows(row)
            book.save(path)
        else:
            path = tmp_path / "new.toml"
            path.write_text(text, "utf-8")
        told = [m for m in examine(path).mistakes if "没有说怎么来的" in m.reason]
        assert len(told) == 1, told
        assert words.format(*(cells if as_drawing else [""] * len(cells))) in told[0].reason, told[0].reason


ANSWERS = {
    "a list to choose from": ("改名", "一、表　丙（列）　[s.*.c]", {"renamed": {"s.*.d": "s.*.c"}}),
    "a label": ("改名", "丙", {"renamed": {"s.*.d": "s.*.c"}}),
    "an id": ("改名", "s.*.c", {"renamed": {"s.*.d": "s.*.c"}}),
    "new": ("新增", None, {"new": ["s.*.d"]}),
    "no comparison": ("不可比", None, {"other": ["s.*.d"]}),
    "two together": ("合并自", "丙；乙", {"merged": {"s.*.d": ["s.*.c", "s.*.b"]}}),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_what_an_office_answers_is_taken(what, tmp_path):
    tie, source, wanted = ANSWERS[what]
    with form_at_hand(tmp_path, OLD):
        found, _ = answered(tmp_path, tie, source)
    given = found["last"]["from"]["old"]
    for tie, names in wanted.items():
        assert names.items() <= given[tie].items() if isinstance(names, dict) else {*names} <= {*given[tie]}


MISSAID = {
    "no such answer": ("换了", None, "没有“换了”这种来历"),
    "nothing beside": ("改名", None, "没有写上一版的行或列"),
    "two of one": ("改名", "甲；乙", "只能写上一版的一行或一列"),
    "no such line": ("改名", "戊", "上一版里没有“戊”"),
    "a row for a column": ("改名", "天", "写法不同"),
}


@pytest.mark.parametrize("what", MISSAID)
def test_a_wrong_answer_names_its_cell(what, tmp_path):
    tie, source, words = MISSAID[what]
    with form_at_hand(tmp_path, OLD):
        _, path = answered(tmp_path, tie, source)
        told = [f"{m.key}：{m.reason}" for m in examine(path).mistakes]
    assert any(words in one and "“对照”" in one for one in told), told


def answered(folder, tie, source):
    """The drawing of the new form, with an answer given for 丁."""
    path = drawn(tomllib.loads(WHOLE), folder)
    book = openpyxl.load_workbook(path)
    sheet = book["对照"]
    label = next(c for row in book["一"].iter_rows() for c in row if c.value == "丁")
    row = next(r for r in range(2, 40) if str(sheet.cell(r, 2).value).endswith(f"!{label.coordinate}"))
    sheet.cell(row, 3).value, sheet.cell(row, 4).value = tie, source
    book.save(path)
    return read_drawing(path).data, path


def test_the_changes_are_told_in_the_offices_words(tmp_path):
    with form_at_hand(tmp_path, OLD, WHOLE):
        lines = {c.line for c in xltools.diff_forms("old", "new", home=tmp_path).changes}
    assert {"合并行：一、表　天、地 → 天地", "新增行：一、表　新", "拆分列：一、表　甲 → 甲一", "拆分列：一、表　甲 → 甲二",
            "改名列：一、表　丙 → 丁", "改内容依据：文1 → 文2"} <= lines  # fmt: skip
    assert not any(line.startswith("取消行") or line.startswith("取消列") for line in lines), lines


# ── the made-up notice of 2027 ───────────────────────────────────────────────

SHARED = Path(__file__).parent.parent / ".." / "shared" / "forms" / "2027.toml"


def test_the_notice_of_2027_compares_with_2026(tmp_path):
    if not SHARED.exists():
        pytest.skip("the shared inputs are not beside this checkout")
    text = SHARED.read_text("utf-8")
    newest = max((n for n in editions()), key=lambda n: load_form(n).years)
    with shelved(None):
        form = made(text)
        last = filing(
            {"requests.new.natural": 56, "requests.denied.third_party.natural": 6, "requests.granted.natural": 50},
            year=2026,
        )
        beside = shown_beside(form, last.form, last.values)
    assert last.form.edition == newest
    assert beside["requests.new.total"] == 56 and beside["requests.total.total"] == 56
    assert beside[chart_name("申请的收与办", "本年新收")] == 56 and beside[chart_name("办理结果", "不予公开")] == 6
    assert cell_of(form, "requests.new.foreign")


# ── a season over which the form changes ─────────────────────────────────────

WORDINGS = {
    "a label": ('label = "天"', 'label = "天干"'),
    "the basis": ('basis = "文1"', 'basis = "文1（更正）"'),
    "a title": ('title = "一、表"', 'title = "一、总表"'),
    "a severity": ('id = "s.all"\nseverity = "query"', 'id = "s.all"\nseverity = "error"'),
    "a remedy": ('remedy = "核对"', 'remedy = "再核对"'),
    "an instruction": ('text = "写。"', 'text = "写全年的情况。"'),
}
ROSTER = "单位代码,单位名称,层级,上级代码\n0,县,county,\n1,1局,department,0\n2,2局,department,0\n"


def good(form, code):
    figures = dict.fromkeys((f.id for f in form.inputs), 0)
    words = {"t": (f"我局编号{code}的各项工作均已完成。",)}
    return write_filing(Filing(form, Agency(code, f"{code}局", "department"), 2030, inputs=figures, texts=words))


@pytest.mark.parametrize("what", WORDINGS)
def test_a_wording_corrected_with_half_the_returns_in_refuses_nobody(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD):
        save(tmp_path / "来" / "1.xlsx", good(load_form("old"), "1"))
    with form_at_hand(tmp_path, put(OLD, *WORDINGS[what])):
        save(tmp_path / "来" / "2.xlsx", good(load_form("old"), "2"))
        roster = save(tmp_path / "名录.csv", ROSTER)
        done = xltools.merge(tmp_path / "来", roster=roster, output=tmp_path / "汇总.xlsx", year=2030)
    assert [r.accepted for r in done.collection.received] == [True, True]
    told = {r.path.name: {f.code for f in r.findings} for r in done.collection.received}
    assert "form-earlier-wording" in told["1.xlsx"] and "form-earlier-wording" not in told["2.xlsx"]
    assert sum(m.counted for m in done.summary.filing.members) == 2


def put(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


def test_two_editions_over_one_folder_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, WHOLE):
        form = load_form("new")
        save(tmp_path / "来" / "1.xlsx", good(load_form("old"), "1"))
        late = Filing(
            form, Agency("2", "2局", "department"), 2031, inputs=dict.fromkeys((f.id for f in form.inputs), 0)
        )
        save(tmp_path / "来" / "2.xlsx", write_filing(late))
        wrong = Filing(load_form("old"), Agency("2", "2局", "department"), 2031)
        save(tmp_path / "来" / "3.xlsx", write_filing(wrong))
        roster = save(tmp_path / "名录.csv", ROSTER)
        done = xltools.check(tmp_path / "来", roster=roster, year=2031)
    told = {
        r.path.name: {f.code for f in r.findings} & {"year-other", "edition-other"} for r in done.collection.received
    }
    assert told == {"1.xlsx": {"year-other"}, "2.xlsx": set(), "3.xlsx": {"edition-other"}}
