"""A county's season played through in its working folder: forty agencies, day by day, and the year after."""

import json
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from making import cell_of, checked, filing, opened, resaved, run, run_json, save, saved_at, written
from test_merge import balanced

from xltools.collection.explanations import remember, stale, stamp
from xltools.collection.roster import write_roster
from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.season.docket import DECISIONS
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

FORM = load_form("2021")
COUNTY = Agency("11", "示例县", "county")
AGENCIES = {
    f"11{n:02}": Agency(f"11{n:02}", f"第{n}镇" if n > 30 else f"第{n}局", "township" if n > 30 else "department")
    for n in range(1, 41)
}
EFFECTIVE, AUTHORITY = "disclosure.rules.effective", "disclosure.rules.authority"
WHY = "县里划入原属市级的机构，规章是并入的，有市里的文件。"


def figures(code, **more):
    return {**balanced(int(code[2:])), **more}


def said(code, *, year=2023, agency=None, more=None, **facts):
    """An agency's filing as a file."""
    return written(filing(figures(code) | (more or {}), year=year, agency=agency or AGENCIES[code], **facts))


class Folder:
    """A working folder, and what the commands in it say."""

    def __init__(self, home, year=2023):
        self.home, self.year = home, year
        assert run("init", home, "--year", year).returncode == 0

    def roster(self, rows):
        (self.home / "名录.xlsx").write_bytes(write_roster(rows, self.year))

    def receive(self, **files):
        for name, content in files.items():
            save(self.home / "回收" / f"{name}.xlsx", content)

    def decide(self, *rows, save=lambda book, path: book.save(path)):
        """Rows put into 办理记录, as a spreadsheet program saves it; those that are there go."""
        book = openpyxl.load_workbook(self.home / DECISIONS)
        sheet = book.worksheets[0]
        sheet.delete_rows(2, 50)
        heads = [cell.value for cell in sheet[1]]
        for number, row in enumerate(rows, 2):
            for head, words in zip(("单位代码", "单位名称", "编号", "经办人", "日期", "处理情况"), row, strict=True):
                sheet.cell(number, heads.index(head) + 1).value = words
        save(book, self.home / DECISIONS)

    def setting(self, key, value):
        path = self.home / "xltools.toml"
        path.write_text(re.sub(rf"(?m)^{key} = .*$", f"{key} = {json.dumps(value)}", path.read_text("utf-8")), "utf-8")

    def check(self, *options, status=None):
        done = run("check", "--json", *options, cwd=self.home)
        assert done.returncode in ((0, 1) if status is None else (status,)), done.stderr
        return json.loads(done.stdout)

    def merge(self, *options):
        done = run("merge", "--json", *options, cwd=self.home)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    @property
    def states(self):
        """What became of each agency, as the folder remembers it."""
        told = json.loads((self.home / ".xltools" / "record.json").read_bytes())
        return {code: known["state"] for code, known in told["agencies"].items()}

    def count(self):
        found = list(self.states.values())
        return {state: found.count(state) for state in sorted(set(found))}


def rows(agencies, last=()):
    """Rows of a roster: the county, and its agencies; ``last`` gives 上年代码."""
    last = dict(last)
    yield (COUNTY.code, COUNTY.name, LEVELS[COUNTY.level], "", "", "", "")
    for a in agencies:
        yield (a.code, a.name, LEVELS[a.level], COUNTY.code, "", "", last.get(a.code, ""))


def who(told, kind):
    return [step["code"] for step in told["changes"][kind]]


def found(told, code):
    """The codes of the findings about an agency, open and closed: {code: how it was closed, or None}."""
    everything = [f for one in told["filings"] for f in one["findings"]] + told["findings"]
    return {
        f["code"]: f["closed"] and f["closed"]["how"] for f in everything if f["agency"] and f["agency"]["code"] == code
    }


def test_a_season_of_forty_agencies_over_two_years(tmp_path):
    first = Folder(tmp_path / "2023")
    first.roster(rows(AGENCIES.values()))
    issue(first)
    first_days(first)
    corrections(first)
    resubmissions(first)
    complete(first)
    a_year_later(Folder(tmp_path / "2024", 2024))


def issue(folder):
    done = run("blank", cwd=folder.home)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 40)
    assert len(list((folder.home / "下发").iterdir())) == 40
    told = folder.check(status=0)
    assert told["changes"]["since"] is None and len(who(told, "missing")) == 40


def first_days(folder):
    """Twenty-four send in theirs: one wrong, one queried, one explained, last year's form, another name, one sent twice."""
    good = {code: said(code) for code in list(AGENCIES)[:20]}
    renamed = Agency("1125", "第25局（新名）", "department")
    folder.receive(
        **good,
        **{
            "1121": said("1121", more={"requests.new.natural": 5}),
            "1122": said("1122", more={EFFECTIVE: 1}),
            "1123": said("1123", more={EFFECTIVE: 2}, explanations={AUTHORITY: WHY}),
            "1124": said("1124", year=2022),
            "1125": said("1125", agency=renamed),
            "1126": said("1126"),
            "1126（再发）": said("1126"),
        },
    )
    told = folder.check(status=1)
    assert len(who(told, "new")) == 26 and len(who(told, "missing")) == 14 and "1124" in who(told, "new")
    assert folder.count() == {"accepted": 22, "missing": 14, "queried": 2, "returned": 2}
    assert {code: folder.states[code] for code in ("1121", "1122", "1123", "1125", "1126")} == {
        "1121": "returned", "1122": "queried", "1123": "accepted", "1125": "queried", "1126": "accepted"}  # fmt: skip
    assert found(told, "1123")["rule-failed"] == "explained" and found(told, "1122")["rule-failed"] is None
    assert "year-other" in found(told, "1124") and "agency-missing" not in found(told, "1124")
    again = folder.check(status=1)
    assert again["changes"] == {
        **again["changes"],
        "new": [],
        "corrected": [],
        "settled": [],
        "withdrawn": [],
        "unchanged": 26,
    }
    assert {**again, "changes": 0} == {**told, "changes": 0}


def corrections(folder):
    """A correction in place of the old file, the right year's form, latecomers; the office settles a query by telephone."""
    folder.receive(**{code: said(code) for code in list(AGENCIES)[26:38]})
    folder.receive(**{"1121": said("1121"), "1124": said("1124")})
    folder.decide(["1122", "第22局", AUTHORITY, "李主任", date(2024, 1, 20), "打电话问过，是市里委托管理的规章。"])
    told = folder.check(status=0)
    assert who(told, "new") == list(AGENCIES)[26:38] and who(told, "missing") == ["1139", "1140"]
    step, right_year = told["changes"]["corrected"]
    assert (right_year["code"], right_year["was"], right_year["now"]) == ("1124", "returned", "accepted")
    assert (step["code"], step["figures"], step["gone"], step["new"], step["now"]) == (
        "1121",
        1,
        step["gone"],
        0,
        "accepted",
    )
    assert step["gone"] >= 1 and who(told, "settled") == ["1122"]
    assert found(told, "1122")["rule-failed"] == "decided"
    assert folder.count() == {"accepted": 37, "missing": 2, "queried": 1}
    summary = folder.merge()["summary"]
    assert (summary["accepted"], len(summary["missing"])) == (37, 2)
    assert summary["file"].endswith("2023_示例县_汇总表.xlsx")


def resubmissions(folder):
    """Explained and settled figures change; a second, different file lies beside the first; the roster takes the new name."""
    folder.roster(
        rows([*(a for a in AGENCIES.values() if a.code != "1125"), Agency("1125", "第25局（新名）", "department")])
    )
    folder.receive(**{
        "1122": said("1122", more={EFFECTIVE: 3}),
        "1123": said("1123", more={EFFECTIVE: 4}, explanations={AUTHORITY: WHY}),
        "1130": saved_at(said("1130"), "2024-01-20T08:00:00Z"),
        "1130 更正": saved_at(said("1130", more={"disclosure.fees.amount": 7_000_000}), "2024-01-25T08:00:00Z"),
    })  # fmt: skip
    told = folder.check(status=1)
    assert (folder.states["1122"], folder.states["1123"], folder.states["1125"]) == ("queried", "queried", "accepted")
    assert folder.states["1130"] == "duplicate"
    assert "decision-stale" in found(told, "1122") and "explanation-stale" in found(told, "1123")
    [twice] = [f for f in told["findings"] if f["code"] == "agency-duplicate" and f["severity"] == "error"]
    assert (
        "1130.xlsx → 1130 更正.xlsx" in twice["message"]
        and "改了 1 个数" in twice["message"]
        and "→ 7" in twice["message"]
    )
    assert folder.count() == {"accepted": 35, "duplicate": 1, "missing": 2, "queried": 2}
    again = folder.check(status=1)
    assert "explanation-stale" in found(again, "1123"), "it stays stale until it is written anew"
    folder.setting("prefer", "newest")
    told = folder.check(status=0)
    assert folder.states["1130"] == "accepted" and who(told, "settled") == ["1130"]
    counted = {row["文件"]: row["是否计入"] for row in sources(folder)}
    assert counted["回收/1130.xlsx"] == "否，有更新的一份" and counted["回收/1130 更正.xlsx"] == "是，取最后保存的一份"


def sources(folder):
    folder.merge("--force")  # two that counted before do not count now
    [path] = (folder.home / "汇总").iterdir()
    sheet = opened(path.read_bytes())["来源"]
    table = [[c.value for c in row] for row in sheet.iter_rows()]
    top = next(n for n, row in enumerate(table) if "是否计入" in row)
    return [dict(zip(table[top], row, strict=True)) for row in table[top + 1 :] if row[0]]


def complete(folder):
    """What was stale is written anew, the last two arrive: all forty count, and the summary is their sum."""
    folder.decide(["1122", None, AUTHORITY, "李主任", "2024年1月28日", "又打电话问过，现在是 3 件，也是委托管理的。"])
    folder.receive(**{
        "1123": said("1123", more={EFFECTIVE: 4}, explanations={AUTHORITY: WHY + "后来又并入两件。"}),
        "1139": said("1139"), "1140": said("1140"),
    })  # fmt: skip
    told = folder.merge()
    assert (who(told, "new"), who(told, "corrected"), who(told, "settled")) == (["1139", "1140"], ["1123"], ["1122"])
    assert folder.count() == {"accepted": 40}
    changed = {"1122": {EFFECTIVE: 3}, "1123": {EFFECTIVE: 4}, "1130": {"disclosure.fees.amount": 7_000_000}}
    each = [filing(figures(code) | changed.get(code, {})).values for code in AGENCIES]
    right = {f: sum(values[f] for values in each) for f in FORM.fields}
    [path] = (folder.home / "汇总").iterdir()
    assert checked(path.read_bytes()).filing.values == right
    issues = opened(path.read_bytes())["审核问题"]
    words = [[c.value for c in row] for row in issues.iter_rows()]
    assert {row[2] for row in words} >= {"已说明", "本级已核实"}
    assert any("李主任，2024-01-28" in str(row[8]) for row in words)


def a_year_later(folder):
    """Two towns merged, one bureau renamed, one recoded: last year is found for each, and carried over."""
    new = [*(a for a in AGENCIES.values() if a.code not in ("1102", "1139", "1140")),
           Agency("1202", "第2局", "department"), Agency("1141", "合并镇", "township")]  # fmt: skip
    new = [Agency("1103", "改名局", "department") if a.code == "1103" else a for a in new]
    folder.roster(rows(new, {"1202": "1102", "1141": "1139;1140"}))
    folder.setting("previous", "../2023")
    assert run("blank", cwd=folder.home).returncode == 0
    blanks = {
        r.filing.agency.code: r.filing for r in (checked(p.read_bytes()) for p in (folder.home / "下发").iterdir())
    }
    assert set(blanks) == {a.code for a in new}
    carried = {code: blanks[code].inputs["requests.carried_in.business"] for code in ("1101", "1103", "1202", "1141")}
    assert carried == {"1101": 1, "1103": 3, "1202": 2, "1141": 79}

    def answered(agency, came):
        n = carried[agency.code] if came is None else came
        more = {"requests.carried_in.business": n, "requests.granted.business": n, EFFECTIVE: 0,
                "disclosure.normative.effective": last_effective(agency.code)}  # fmt: skip
        return write_filing(filing(more, year=2024, agency=agency))

    by_code = {a.code: a for a in new}
    folder.receive(**{code: answered(by_code[code], None) for code in carried if code != "1101"})
    folder.receive(**{"1101": answered(by_code["1101"], 5)})
    told = folder.check(status=0)
    assert {code: folder.states[code] for code in carried} == {
        "1101": "queried", "1103": "accepted", "1202": "accepted", "1141": "accepted"}  # fmt: skip
    [broken] = [f["rule"] for one in told["filings"] for f in one["findings"] if f["severity"] == "query"]
    assert broken == "requests.carry.business"


def last_effective(code):
    """The normative documents in effect last year, of those that an agency comes from."""
    parts = {"1103": (3,), "1202": (2,), "1141": (39, 40)}.get(code, (1,))
    return sum(40 + n for n in parts)


# ── more of the folder ───────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path):
    """A working folder for four agencies."""
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:4]))
    return made


def test_options_given_win_and_subfolders_are_inside(folder):
    folder.receive(**{"1101": said("1101"), "1102": said("1102")})
    told = run_json("check", "--json", cwd=folder.home / "回收")
    assert [one["file"] for one in told["filings"]] == ["../回收/1101.xlsx", "../回收/1102.xlsx"]
    told = run_json("check", "回收/1101.xlsx", "--json", cwd=folder.home)
    assert len(told["filings"]) == 1 and told["findings"] == [] and "changes" not in told
    told = run_json("check", "--year", 2024, "--json", cwd=folder.home, status=1)
    assert {f["code"] for one in told["filings"] for f in one["findings"]} >= {"year-other"} and "changes" not in told
    assert folder.check()["changes"]["unchanged"] == 2


def test_what_a_run_says_to_people(folder):
    folder.receive(**{"1101": said("1101", more={EFFECTIVE: 1}), "1102": said("1102")})
    assert "第一次运行" in run("check", cwd=folder.home).stdout
    folder.receive(**{"1101": said("1101"), "1103": said("1103")})
    (folder.home / "回收" / "1102.xlsx").unlink()
    out = run("check", cwd=folder.home).stdout
    for words in ("与上次（", "新报来 1 家", "第1局（1101）：改了 1 个数，解决了 1 项问题，待核实 → 通过", "文件不见了 1 家",
                  "还没有报 1 家：第4局"):  # fmt: skip
        assert words in out


def before_it(code="1101"):
    """What an agency may have sent before its filing; of what kind the filing is then told to be, and whether figures changed."""
    own, last = AGENCIES[code], {"requests.carried_in.natural": 3}
    empty = Filing(FORM, own, 2023)
    return {
        "a blank": (empty, "new", None),
        "a blank saved anew": (resaved(written(empty)), "new", None),
        "a blank with last year's figures": (replace(empty, inputs=last, carried=frozenset(last)), "new", None),
        "texts alone": (replace(empty, texts={"overview": ("写了一段。",)}), "new", None),
        "a date alone": (replace(empty, signoff={"date": "2024-01-10"}), "new", None),
        "nothing": (None, "new", None),
        "one figure": (replace(empty, inputs={"requests.new.natural": 1}), "corrected", True),
        "zeros": (said(code, more=dict.fromkeys(figures(code), 0)), "corrected", True),
        "another": (said(code, more={EFFECTIVE: 1}), "corrected", True),
        "no workbook": (b"PK\x03\x04", "new", None),
    }  # fmt: skip


@pytest.mark.parametrize("what", before_it())
def test_the_first_figures_after_a_blank_are_no_correction(folder, what):
    sent, kind, figures_changed = before_it()[what]
    folder.receive(**{"1102": said("1102")} | ({"1101": sent} if sent else {}))
    folder.check()
    folder.receive(**{"1101": said("1101")})
    out = run("check", cwd=folder.home).stdout
    assert ("改了" in out) == bool(figures_changed), out
    assert ("原来一个数也没有填" in out) == ("blank" in what or "alone" in what)
    assert ("新报来 1 家" in out) == (kind == "new") and ("更正 1 家" in out) == (kind == "corrected")


WRONG = {EFFECTIVE: 1, "requests.new.natural": 900}
NO_CORRECTIONS = {
    "a second file contradicts it": ({"甲": {}}, {"乙": WRONG}, (), "情况变了", "通过 → 重复"),
    "a second file, the first in error": ({"甲": WRONG}, {"乙": {}}, (), "情况变了", "退回 → 重复"),
    "one of two is put aside": ({"甲": WRONG, "乙": {}}, {}, ("乙",), "情况变了", "重复 → 退回"),
    "the other is put aside": ({"甲": WRONG, "乙": {}}, {}, ("甲",), "情况变了", "重复 → 通过"),
    "the same once more": ({"甲": WRONG}, {"乙": WRONG}, (), "情况变了", "采用的一份没有变，其他文件有增减，退回"),
    "it is gone": ({"甲": WRONG}, {}, ("甲",), "文件不见了", "退回 → 没有报"),
    "another in its place": ({"甲": WRONG}, {"甲": {}}, (), "更正", "改了 2 个数，解决了 2 项问题，退回 → 通过"),
    "another, worse": ({"甲": {}}, {"甲": WRONG}, (), "更正", "改了 2 个数，新出 2 项问题，通过 → 退回"),
}


@pytest.mark.parametrize("what", NO_CORRECTIONS)
def test_nothing_is_called_corrected_or_solved_that_was_not(folder, what):
    first, then, gone, kind, told = NO_CORRECTIONS[what]
    folder.receive(**{name: said("1101", more=more) for name, more in first.items()})
    folder.check()
    folder.receive(**{name: said("1101", more=more) for name, more in then.items()})
    for name in gone:
        (folder.home / "回收" / f"{name}.xlsx").unlink()
    lines = run("check", cwd=folder.home).stdout.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.strip() == f"{kind} 1 家："]
    assert lines[at + 1].strip() == f"第1局（1101）：{told}"


@pytest.mark.parametrize("what", ["a blank", "texts alone", "one figure"])
def test_two_files_of_which_one_is_a_blank_are_told_so(folder, what):
    sent, filled = before_it()[what][0], said("1101")
    sent = written(sent) if isinstance(sent, Filing) else sent
    folder.receive(
        **{"1101": saved_at(sent, "2024-01-20T08:00:00Z"), "1101 又": saved_at(filled, "2024-01-25T08:00:00Z")}
    )
    [twice] = [f["message"] for f in folder.check(status=1)["findings"] if f["code"] == "agency-duplicate"]
    assert ("原来一个数也没有填，这次填了 " in twice) == (what != "one figure") == ("改了 " not in twice), twice


def test_a_blank_that_comes_again_is_not_told_as_filled_in(folder):
    folder.receive(**{"1101": before_it()["a blank"][0]})
    folder.check()
    folder.receive(**{"1101": before_it()["a blank saved anew"][0]})
    out = run("check", cwd=folder.home).stdout
    assert "更正 1 家" in out and "重新保存过，内容没有变" in out and "原来一个数" not in out


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "发到群里的话 1 份，写在“退回”。"),
        ({"1101": {}}, "发到群里的话 1 份，写在“退回”。"),
        ({"1101": {EFFECTIVE: 1}}, "退回单 1 份、标注的表 1 份、发到群里的话 1 份，写在“退回”。"),
        (
            {"1101": {EFFECTIVE: 1}, "1102": {EFFECTIVE: 1}},
            "退回单 2 份、标注的表 2 份、发到群里的话 1 份，写在“退回”。",
        ),
    ],
)
def test_what_goes_back_is_counted_by_what_it_is(folder, sent, told):
    folder.receive(**{code: said(code, more=more) for code, more in sent.items()})
    out = run("check", cwd=folder.home).stdout
    assert told in out and "个文件，写在" not in out, out


def test_a_new_agency_gets_its_blank_and_the_others_keep_theirs(folder):
    run("blank", cwd=folder.home)
    before = {p: p.read_bytes() for p in (folder.home / "下发").iterdir()}
    folder.roster(rows([*list(AGENCIES.values())[:3], AGENCIES["1109"]]))
    done = run("blank", cwd=folder.home)
    assert done.stdout == "下发/2023_1109_第9局.xlsx\n"
    assert "已经有 3 家" in done.stderr and "2023_1104_第4局.xlsx" in done.stderr
    assert all(path.read_bytes() == content for path, content in before.items())


def test_merge_replaces_its_own_summary_and_nothing_else(folder):
    folder.receive(**{"1101": said("1101")})
    [path] = [folder.home / "汇总" / "2023_示例县_汇总表.xlsx"]
    folder.merge()
    before = path.read_bytes()
    folder.receive(**{"1102": said("1102")})
    folder.merge()
    assert path.read_bytes() != before
    for other in (said("1103"), before.replace(b"PK", b"XX")):
        path.write_bytes(other)
        assert run("merge", cwd=folder.home).returncode == 2 and path.read_bytes() == other
    path.unlink()
    (folder.home / "汇总").rmdir()
    folder.merge()
    assert path.exists()


def test_the_office_closes_queries_but_no_errors(folder):
    """Those without a row on 校验 too; a row that cannot be used is told with its number."""
    sheet, cell = cell_of(FORM, "requests.new.business")
    content = resaved(said("1101", more={"requests.granted.business": 3}), lambda b: b[sheet].__setitem__(cell, "3件"))
    folder.receive(**{"1101": content, "1102": said("1102", more={"requests.new.natural": 5}),
                      "1103": said("1103", more={EFFECTIVE: 1})})  # fmt: skip
    when = "2024-1-20"
    folder.decide(
        ["1101", "第1局", "cell-unit-suffix", "张三", when, "就是 3 件，打电话问的。"],
        ["1102", None, "rule-failed", "张三", when, "说是就这样。"],
        ["1103", None, AUTHORITY, "张三", when, "已核实"],
        ["1103", None, AUTHORITY, None, when, "打电话问过的。"],
        ["9999", None, AUTHORITY, "张三", when, "打电话问过的。"],
        ["1103", "第1局", AUTHORITY, "张三", when, "打电话问过的。"],
        ["1103", None, "没有这种", "张三", when, "打电话问过的。"],
        ["1103", None, AUTHORITY, "张三", "前天", "打电话问过的。"],
    )
    told = folder.check(status=1)
    assert folder.states == {"1101": "accepted", "1102": "returned", "1103": "queried", "1104": "missing"}
    notes = [f["message"] for one in told["filings"] for f in one["findings"] if f["code"] == "decision-unusable"]
    notes += [f["message"] for f in told["findings"] if f["code"] == "decision-unusable"]
    assert sorted(int(re.search(r"第 (\d+) 行", words)[1]) for words in notes) == [3, 4, 5, 6, 7, 8, 9]
    for row, words in (
        (3, "错误"),
        (4, "已核实"),
        (5, "经办人"),
        (6, "9999"),
        (7, "第1局"),
        (8, "没有这种"),
        (9, "前天"),
    ):
        assert any(f"第 {row} 行" in note and words in note for note in notes)
    assert "本级已核实：张三，2024-01-20，就是 3 件" in run("check", cwd=folder.home).stdout


def test_queries_on_the_form_and_the_name_can_be_settled_too(folder):
    """An added row, a total typed over with the right figure, another name: none has a row on 校验."""
    sheet, total = cell_of(FORM, "requests.new.total")

    def change(book):
        book[sheet][total] = 10
        book[sheet]["A40"] = "另有说明"

    renamed = Agency("1101", "新名局", "department")
    folder.receive(**{"1101": resaved(said("1101", agency=renamed), change)})
    told = folder.check()
    asked = sorted({f["code"] for one in told["filings"] for f in one["findings"] if f["severity"] == "query"})
    assert {"agency-renamed", "form-cell-added", "total-overwritten"} <= set(asked)
    folder.decide(*(["1101", None, code, "张三", "2024-1-20", "打电话问清楚了。"] for code in asked[1:]))
    folder.check()
    assert folder.states["1101"] == "queried"
    folder.decide(*(["1101", None, code, "张三", "2024-1-20", "打电话问清楚了。"] for code in asked))
    folder.check()
    assert folder.states["1101"] == "accepted"


def test_a_decision_holds_for_what_it_was_made_over(folder):
    folder.receive(**{"1101": said("1101", more={EFFECTIVE: 1})})
    folder.decide(["1101", None, AUTHORITY, "张三", "2024-1-20", "市里委托的。"])
    folder.check()
    assert folder.states["1101"] == "accepted"
    folder.receive(**{"1101": said("1101", more={EFFECTIVE: 1, "disclosure.licensing.decisions": 5})})
    folder.check()
    assert folder.states["1101"] == "accepted", "other figures changed, not those of the query"
    folder.receive(**{"1101": said("1101", more={EFFECTIVE: 2})})
    folder.check()
    assert folder.states["1101"] == "queried"
    folder.receive(**{"1101": said("1101", more={EFFECTIVE: 1})})
    folder.check()
    assert folder.states["1101"] == "accepted", "the figures are again those it was made over"


def test_of_two_stamps_that_of_the_very_words_counts():
    """A marked-up copy carries one, the record another; one for other words says nothing of these."""
    before, now = (filing({EFFECTIVE: n}, explanations={AUTHORITY: WHY}) for n in (1, 2))
    right, other = stamp(before, AUTHORITY), stamp(filing(explanations={AUTHORITY: "别的话，另一回事。"}), AUTHORITY)
    for own, kept, is_stale in ((None, right, True), (right, other, True), (other, right, True), (None, other, False),
                                (None, stamp(now, AUTHORITY), False), (right, stamp(now, AUTHORITY), True)):  # fmt: skip
        known = remember(replace(now, stamps={AUTHORITY: own} if own else {}), {AUTHORITY: kept})
        assert stale(known, AUTHORITY) is is_stale


def test_slips_are_written_in_the_folder_without_being_asked(folder):
    folder.receive(
        **{"1101": said("1101", more={EFFECTIVE: 1}), "1102": said("1102", more={"requests.new.natural": 5})}
    )
    assert run("check", "回收/1101.xlsx", cwd=folder.home).returncode == 0 and not list(
        (folder.home / "退回").iterdir()
    )
    told = folder.check(status=1)
    slips = folder.home / "退回"
    assert sorted(folder.home / path for path in told["slips"]) == sorted(slips.iterdir())
    names = {path.name for path in slips.iterdir()}
    assert {name[:4] for name in names} == {"1101", "1102", "催报与退"}
    folder.receive(**{"1101": said("1101")})
    done = run("check", cwd=folder.home)
    assert done.returncode == 1 and "2 个已经了结的退回文件移到了" in done.stderr
    copy = next(path for path in slips.iterdir() if path.name.startswith("1102") and path.suffix == ".xlsx")
    worked_in = resaved(copy.read_bytes())
    copy.write_bytes(worked_in)
    done = run("check", cwd=folder.home)
    assert done.returncode == 1 and copy.name in done.stderr and copy.read_bytes() == worked_in


# ── several files of one agency ──────────────────────────────────────────────


def pair(folder, old, new):
    folder.receive(**{"1101 甲": old, "1101 乙": new})
    told = folder.check("--prefer", "newest")
    [twice] = [f for f in told["findings"] if f["code"] == "agency-duplicate"]
    return twice, {one["file"]: one for one in told["filings"]}


FINE, OTHER = said("1101"), said("1101", more={"disclosure.fees.amount": 7_000_000})


def test_the_newest_is_the_one_saved_last_by_its_own_record(folder):
    old = said("1101", more={"requests.new.natural": 5})
    save(folder.home.parent / "外" / "甲.xlsx", saved_at(old, "2024-01-20T10:00:00Z"))
    save(folder.home.parent / "外" / "乙.xlsx", saved_at(FINE, "2024-01-20T11:00:00Z"))
    run_json("check", "外", "--json", cwd=folder.home.parent, status=1)
    run_json("check", "外", "--prefer", "newest", "--json", cwd=folder.home.parent)
    twice, files = pair(folder, saved_at(old, "2024-01-20T10:00:00Z"), saved_at(FINE, "2024-01-20T09:00:00-05:00"))
    assert twice["severity"] == "note" and "乙.xlsx”（2024-01-20 09:00:00-05:00）" in twice["message"]
    assert folder.states["1101"] == "accepted"
    assert not files["回收/1101 甲.xlsx"]["accepted"]
    assert {f["closed"]["how"] for f in files["回收/1101 甲.xlsx"]["findings"]} == {"superseded"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FINE, OTHER),
        (FINE, saved_at(OTHER, "2024-01-20T10:00:00Z")),
        (saved_at(FINE, "2024-01-20T10:00:00Z"), saved_at(OTHER, "2024-01-20T10:00:00Z")),
        (saved_at(FINE, "昨天"), saved_at(OTHER, "2024-01-20T10:00:00Z")),
    ],
    ids=["neither tells", "one tells", "the same time", "no time"],
)
def test_where_the_order_cannot_be_told_none_counts(folder, old, new):
    twice, _ = pair(folder, old, new)
    assert twice["severity"] == "error" and "看不出哪一份是最后保存的" in twice["message"]
    assert folder.states["1101"] == "duplicate"


def test_a_blank_as_issued_comes_before_all_that_was_filled_in(folder):
    run("blank", cwd=folder.home)
    blank = (folder.home / "下发" / "2023_1101_第1局.xlsx").read_bytes()
    twice, _ = pair(folder, blank, saved_at(FINE, "2024-01-20T10:00:00Z"))
    assert twice["severity"] == "note" and folder.states["1101"] == "accepted"
