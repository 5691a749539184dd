"""A summary judged when it is made: what its parts settled goes upward, what its own office must write is asked for above."""

from dataclasses import replace
from pathlib import Path

import pytest
from making import (
    AGENCIES,
    COUNTY,
    altered,
    checked,
    filing,
    run,
    run_json,
    save,
    signed,
    signoff_in,
    texts_of,
)

from xltools.collection.check import check_file, check_made
from xltools.collection.collected import Collection
from xltools.collection.decisions import Decision, Office, decide
from xltools.collection.levels import filed_above
from xltools.collection.previous import Previous
from xltools.collection.roster import Entry, Roster
from xltools.editions import load_form
from xltools.form.model import Adjustment, Agency
from xltools.received.file import Received
from xltools.summary import merge
from xltools.summary.judged import judged
from xltools.summary.writing import write_summary

FORM = load_form("2021")
CITY = Agency("1", "示例市", "city")
ROSTER = Roster((Entry(COUNTY), *(Entry(a, COUNTY.code) for a in AGENCIES)))
ABOVE = Roster((Entry(CITY), Entry(COUNTY, CITY.code), *(Entry(a, COUNTY.code) for a in AGENCIES)))
WHY = "机构划入，随带的数与上年对不上，有移交清单"
OUT = Path("汇总.xlsx")
A, B, C, D = AGENCIES

KINDS = {
    "nothing may be there": ("disclosure.rules.authority", {"disclosure.rules.effective": 2}, None),
    "what was carried over": (
        "requests.carry.natural",
        {"requests.carried_in.natural": 3, "requests.granted.natural": 3},
        {"requests.carried_out.natural": 1},
    ),
    "carried over from nothing": (
        "requests.carry.business",
        {"requests.carried_in.business": 5, "requests.carried_out.business": 5},
        {},
    ),
    "what is in force": (
        "disclosure.normative.effective",
        {"disclosure.normative.effective": 7, "disclosure.normative.issued": 1},
        {"disclosure.normative.effective": 20},
    ),
    "a ceiling": ("disclosure.fees.unit", {"disclosure.fees.amount": 350_000_000_000}, None),
    "a thousand times last year's": (
        "disclosure.fees.unit",
        {"disclosure.fees.amount": 5_000_000_000},
        {"disclosure.fees.amount": 1_000_000},
    ),
}
"""For kinds of rule: its id, figures that break it beside last year's (None: those are not known), in a filing and in its area."""


def last_of(figures=None, agency=A, **more):
    return filing(figures, year=2022, agency=agency, **more)


class County:
    """Four agencies' filings in memory, judged beside last year's, and their summary."""

    def __init__(self, broken, *, last=None, explained=(), decided=(), own_last=None, kept=None, queried=False):
        rules = {rule for _, (rule, *_) in KINDS.items()}
        before = {(2022, a.code): last_of((last or {}).get(a), a) for a in AGENCIES} if last is not None else {}
        if own_last is not None:
            before[2022, COUNTY.code] = last_of(own_last, COUNTY, kind="summary")
        previous = Previous(before) if before else None
        self.parts = []
        for agency in AGENCIES:
            said = dict.fromkeys(rules, WHY) if agency in explained else {}
            part = Received(
                Path(f"{agency.code}.xlsx"),
                "",
                "original",
                filing(broken.get(agency), agency=agency, explanations=said),
            )
            part = check_made(part, previous)
            settled = [Decision(3, agency.code, r, "李主任", "2024-01-20", "打电话问过，有文件。") for r in rules]
            if agency in decided:
                part.revise(decide(part.findings, part.filing, Office("办理记录.xlsx", tuple(settled))))
            self.parts.append(part)
        collection = Collection(self.parts, 2023, ROSTER, [], {p.filing.agency.code: p for p in self.parts})
        self.summary = merge(collection, ROSTER, COUNTY, previous=previous, kept=kept, include_queried=queried)

    def explanation(self, rule):
        return self.summary.filing.explanations.get(rule, "")

    @property
    def open(self):
        """What is open of the summary, where it is made: rules of queries and errors."""
        return [f.rule for f in judged(self.summary, OUT).findings if f.open and f.severity != "note"]

    @property
    def accepted_above(self):
        return above(signed(self.summary).filing).accepted


def above(said, roster=ABOVE):
    """A summary as the level above judges it."""
    got = check_made(Received(OUT, "", "original", said))
    filed_above(roster, [got])
    return got


def county_of(kind, *who, **how):
    """A county in which some agencies break a rule; last year's figures are known to all, where the kind needs them."""
    rule, figures, last = KINDS[kind]
    lasts = None if last is None else dict.fromkeys(who, last)
    return rule, County(dict.fromkeys(who, figures), last=lasts, **how)


# ── explanations go upward ───────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_part_explained_is_the_summary_s_explanation(kind):
    rule, made = county_of(kind, B, explained=(B,))
    assert all(part.accepted for part in made.parts)
    assert made.explanation(rule) == f"{B.name}：{WHY}"
    assert made.open == [] and made.accepted_above


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_office_settled_goes_up_as_settled(kind):
    rule, made = county_of(kind, C, decided=(C,))
    assert made.explanation(rule) == f"{C.name}（本级已核实）：李主任，2024-01-20，打电话问过，有文件"
    assert made.open == [] and made.accepted_above


@pytest.mark.parametrize("kind", KINDS)
def test_several_parts_are_told_one_after_the_other(kind):
    rule, made = county_of(kind, A, B, D, explained=(A, D), decided=(B,))
    assert [piece.partition("：")[0] for piece in made.explanation(rule).split("；")] == [
        A.name,
        f"{B.name}（本级已核实）",
        D.name,
    ]
    assert made.open == [] and made.accepted_above


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_part_accounts_for_stays_open_and_is_said(kind):
    """One part is queried and in the sum all the same; another one's explanation does not cover it."""
    rule, made = county_of(kind, A, B, explained=(A,), queried=True)
    assert made.explanation(rule) == "" and rule in made.open and not made.accepted_above
    [note] = [f for f in judged(made.summary, OUT).findings if f.code == "explanation-partial"]
    assert note.rule == rule and A.name in note.message and B.name not in note.message and note.cell
    alone = county_of(kind, B, queried=True)[1]
    assert rule in alone.open and not [
        f for f in judged(alone.summary, OUT).findings if f.code == "explanation-partial"
    ]


def test_a_late_signature_that_a_part_explained_leaves_nothing_of_the_summary_s_own():
    """The area signs for itself: what a part said of its own sign-off is neither taken over nor held against it."""
    early = filing(agency=A, signoff={**filing().signoff, "date": "2023-12-30"}, explanations={"cover.signoff": WHY})
    part = check_made(Received(Path("甲.xlsx"), "", "original", early))
    assert [f.rule for f in part.findings if f.closure] == ["cover.signoff"]
    made = merge(Collection([part], 2023, ROSTER, [], {A.code: part}), ROSTER, COUNTY)
    assert made.filing.explanations.get("cover.signoff", "") == ""
    assert "explanation-partial" not in {f.code for f in judged(made, OUT).findings}


@pytest.mark.parametrize("kind", [k for k, (_, _, last) in KINDS.items() if last is not None])
def test_where_the_area_s_own_last_year_is_another_the_rest_stays_open(kind):
    """Last year's summary had 50 more than its agencies now: nobody's explanation is about those."""
    rule, figures, last = KINDS[kind]
    more = {name: value + 50 * (1 if "fees" not in name else 0) for name, value in last.items()}
    more = more or {"requests.carried_out.business": 50}
    made = County({B: figures}, last={B: last}, own_last=more, explained=(B,))
    if "fees" in rule:
        assert made.open == [], "that much less than a thousand times is nothing to ask about"
    else:
        assert rule in made.open and made.explanation(rule) == ""


def test_a_rule_that_only_the_sum_breaks_is_the_office_s_own_to_explain():
    """Each under its ceiling, the area over its own."""
    each = {a: {"disclosure.fees.amount": 59_000_000_000} for a in (A, B)}
    made = County(each)
    assert all(part.accepted for part in made.parts) and made.open == [], "118000 is under the county's 300000"
    kept = replace(made.summary.filing, adjustments=(Adjustment(WHY, {"disclosure.fees.amount": 200_000_000_000}),))
    over = County(each, kept=kept)
    assert over.open == ["disclosure.fees.unit"] and over.explanation("disclosure.fees.unit") == ""


def test_what_levels_out_is_not_asked():
    """One more here, one less there: the sum is right, and nobody has to say anything."""
    more = {"requests.carried_in.natural": 1, "requests.granted.natural": 1}
    made = County({A: more}, last={B: {"requests.carried_out.natural": 1}}, explained=(A, B))
    assert [f.rule for p in made.parts for f in p.findings if f.code == "rule-failed"] == ["requests.carry.natural"] * 2
    assert made.open == [] and made.summary.filing.explanations == {}


def test_a_long_row_of_explanations_ends_with_how_many_they_are():
    rule, made = county_of("nothing may be there", *AGENCIES, explained=AGENCIES)
    for part in made.parts:
        found = [replace(f, closure=replace(f.closure, words="字" * 900)) if f.closure else f for f in part.findings]
        part.revise(found)
    collection = Collection(made.parts, 2023, ROSTER, [], {p.filing.agency.code: p for p in made.parts})
    words = merge(collection, ROSTER, COUNTY).filing.explanations[rule]
    assert words.count("：") == 2 and words.endswith(" 等 4 家") and len(words) < 2100


def test_two_levels_up_it_is_still_said_whose_it_is():
    rule, made = county_of("nothing may be there", B, explained=(B,))
    part = above(signed(made.summary).filing, ABOVE)
    province = Agency("0", "示例省", "county")  # of a level at which the rule is still asked
    roster = Roster((Entry(province), Entry(COUNTY, "0")))
    top = merge(Collection([part], 2023, roster, [], {COUNTY.code: part}), roster, province)
    assert top.filing.explanations[rule] == f"{COUNTY.name}：{B.name}：{WHY}"


# ── with what the office wrote itself ────────────────────────────────────────


def test_the_office_s_own_words_stand_while_the_figures_do():
    rule, first = county_of("nothing may be there", B, explained=(B,))
    own = "县里统一核过，是移交的规章，有清单。"
    kept = replace(first.summary.filing, explanations={rule: own}, stamps={})
    again = county_of("nothing may be there", B, explained=(B,), kept=kept)[1]
    assert again.explanation(rule) == own and again.open == []
    changed = County({B: {"disclosure.rules.effective": 3}}, explained=(B,), kept=again.summary.filing)
    assert changed.explanation(rule) == f"{B.name}：{WHY}", "it was written for other figures"
    unexplained = County({B: {"disclosure.rules.effective": 3}}, queried=True, kept=again.summary.filing)
    assert unexplained.explanation(rule) == own and rule in unexplained.open, "kept to be rewritten, and stale"


def test_what_came_from_the_parts_is_made_anew_each_time():
    rule, first = county_of("nothing may be there", B, explained=(B,))
    both = county_of("nothing may be there", B, C, explained=(B, C), kept=first.summary.filing)[1]
    assert both.explanation(rule) == f"{B.name}：{WHY}；{C.name}：{WHY}"
    none = County({}, kept=both.summary.filing)
    assert none.explanation(rule) == "" and none.open == []
    edited = replace(both.summary.filing, explanations={rule: both.explanation(rule) + "。县里另有文件。"})
    theirs = county_of("nothing may be there", B, C, explained=(B, C), kept=edited)[1]
    assert theirs.explanation(rule).endswith("县里另有文件。"), "what the office added is its own"


def test_it_goes_on_through_the_files(tmp_path):
    """What came from parts is known again after the workbook was written, read, and resaved with the office's words in it."""
    rule, first = county_of("nothing may be there", B, explained=(B,))
    back = checked(write_summary(signed(first.summary)))
    assert back.verdict == "original" and back.accepted and back.filing.explanations == {rule: f"{B.name}：{WHY}"}
    assert back.filing.stamps == first.summary.filing.stamps
    none = County({}, kept=back.filing)
    assert none.explanation(rule) == ""


# ── judged as it will be read ────────────────────────────────────────────────


def made_in_many_ways():
    yield "whole", signed(County({}).summary)
    yield "unsigned", County({}).summary
    yield "explained", county_of("what is in force", B, explained=(B,))[1].summary
    yield "in part", county_of("nothing may be there", A, B, explained=(A,), queried=True)[1].summary
    yield "lacking", county_of("nothing may be there", A)[1].summary
    for why in (WHY, "", "无"):
        kept = filing(agency=COUNTY, kind="summary", adjustments=(Adjustment(why, {"disclosure.fees.amount": -3}),))
        yield f"adjusted: {why}", County({}, kept=kept).summary
    wrong = County({A: {"requests.new.natural": 4, "requests.granted.natural": 4}}).summary
    wrong.filing = replace(
        wrong.filing, texts={"overview": ("全年新收政府信息公开申请 9 件。",)}, signoff={"date": "2023-05-01"}
    )
    yield "contradicted", wrong


MADE = dict(made_in_many_ways())


@pytest.mark.parametrize("name", MADE)
def test_it_is_judged_as_its_file_will_be(tmp_path, name):
    summary = MADE[name]
    path = save(tmp_path / "汇总.xlsx", write_summary(summary))
    now, read = judged(summary, path), check_file(path)
    ours = [{**f.as_json(), "file": None} for f in now.findings if f.code != "explanation-partial"]
    theirs = [{**f.as_json(), "file": None} for f in read.findings]
    for told in (*ours, *theirs):
        told["message"] = told["message"].replace("（上年的数是表里带来的，没有与上年的表核对）", "")
    assert sorted(ours, key=str) == sorted(theirs, key=str)
    assert (now.accepted, now.unsettled, now.provisional) == (read.accepted, read.unsettled, read.provisional)


# ── the area's own part ──────────────────────────────────────────────────────

FINE = texts_of(FORM)
INSTRUCTION = "文字描述：存在的主要问题，以及改进情况。"
OWN_PART = {
    "no signature": ({"signoff": {}}, "signoff-missing"),
    "no date": ({"signoff": {**signoff_in(2023), "date": ""}}, "signoff-missing"),
    "signed too early": ({"signoff": {**signoff_in(2023), "date": "2023-11-01"}}, "signoff-date"),
    "a part without a word": ({"texts": {**FINE, "other": ()}}, "text-empty"),
    "nothing but 无": ({"texts": {**FINE, "problems": ("无",)}}, "text-empty"),
    "no text at all": ({"texts": {}}, "text-empty"),
    "a figure that is not the tables'": (
        {"texts": {**FINE, "overview": ("本年新收政府信息公开申请 999 件。",)}},
        "text-differs",
    ),
    "parts that do not add up": (
        {"texts": {**FINE, "overview": ("收到申请8件，其中网上申请6件、当面申请5件。",)}},
        "text-parts",
    ),
    "last year's words": ({"texts": {**FINE, "overview": ("截至2022年12月31日，公开平台运行平稳。",)}}, "text-year"),
    "the form's own instruction": (
        {"texts": {**FINE, "problems": (INSTRUCTION,)}},
        "text-instruction",
    ),
}
FIGURES = {A: {"requests.new.natural": 8, "requests.granted.natural": 8}}


@pytest.mark.parametrize("what", OWN_PART)
def test_the_area_s_own_part_is_a_note_here_and_a_query_above(tmp_path, what):
    more, code = OWN_PART[what]
    said = replace(signed(County(FIGURES).summary).filing, **more)
    here = check_made(Received(OUT, "", "original", said))
    told = [f for f in here.findings if f.code == code]
    assert told and {f.severity for f in told} == {"note"} and here.accepted and told[0] in here.own_part
    there = above(said)
    assert {f.severity for f in there.findings if f.code == code} == {"query"} and not there.accepted
    assert not there.open_errors and all(f.agency == COUNTY for f in there.findings)
    mine = above(said, ROSTER)
    assert mine.accepted, "at the top of the roster it is not filed with anybody"


def test_a_whole_summary_is_asked_nothing_above():
    got = above(signed(County(FIGURES).summary).filing)
    assert got.accepted and got.unsettled == "" and not got.own_part


@pytest.mark.parametrize("ending", ["docx", "html"])
@pytest.mark.parametrize("what", OWN_PART)
def test_its_report_is_a_draft_that_says_why(tmp_path, what, ending):
    more, code = OWN_PART[what]
    summary = County(FIGURES).summary
    summary.filing = replace(signed(summary).filing, **more)
    path = save(tmp_path / "汇总.xlsx", write_summary(summary))
    done = run("report", path, "-o", tmp_path / f"报告.{ending}")
    messages = [f.message for f in checked(path.read_bytes()).findings if f.code == code]
    assert done.returncode == 0 and "草稿，不要公布：本级的文字、签字还有" in done.stderr
    assert messages and all(message in done.stderr for message in messages)


def test_a_finished_summary_s_report_is_no_draft(tmp_path):
    path = save(tmp_path / "汇总.xlsx", write_summary(signed(County(FIGURES).summary)))
    done = run("report", path, "-o", tmp_path / "报告.html")
    assert (done.returncode, done.stderr) == (0, "") and "草稿" not in (tmp_path / "报告.html").read_text("utf-8")


# ── a sign-off is for figures ────────────────────────────────────────────────

LESS = {**FIGURES, B: {"disclosure.rules.effective": 1}}
"""As FIGURES, and an agency that does not count any more."""


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (FIGURES, True),
        ({**FIGURES, B: {"disclosure.penalty.decisions": 1}}, False),
        ({A: {"requests.new.natural": 8, "requests.partial.natural": 8}}, False),
        ({B: FIGURES[A]}, True),
        (LESS, False),
        ({}, False),
    ],
    ids=["the same", "one more", "moved to another row", "another agency's", "an agency less, the same sums", "gone"],
)
def test_a_signature_falls_where_figures_or_agencies_change(now, stands):
    kept = signed(County(FIGURES).summary).filing
    made = County(now, kept=kept).summary.filing
    assert made.texts == kept.texts and (made.signoff == kept.signoff) is stands
    assert {**made.signoff, "date": ""} == {**kept.signoff, "date": ""}, "the names stay, to be signed anew"


def test_the_line_says_why_the_date_is_gone(tmp_path):
    roster = save(tmp_path / "名录.csv", "单位代码,单位名称,层级,上级代码\n11,示例县,县,\n1101,示例县数据局,部门,11\n")
    out = tmp_path / "汇总.xlsx"
    orders = ("merge", tmp_path / "收", "--roster", roster, "-o", out, "--json")
    save(tmp_path / "收" / "1101.xlsx", filing())
    run_json(*orders)
    content = altered(out.read_bytes(), "封面", {"C12": "赵六", "C13": "钱七", "C14": "孙八", "C15": 45310})
    out.write_bytes(content)
    same = run_json(*orders, "--force")["summary"]
    assert same["kept"] == "签字" and checked(out.read_bytes()).filing.signoff["date"] == "2024-01-19"
    save(tmp_path / "收" / "1101.xlsx", filing({"disclosure.penalty.decisions": 3}))
    now = run_json(*orders, "--force")["summary"]
    assert "数变了，填报日期去掉了，请核对后重新签" in now["kept"]
    said = checked(out.read_bytes()).filing.signoff
    assert (said["compiler"], said["head"], said["date"]) == ("赵六", "孙八", "")
    [asked] = [f for f in now["findings"] if f["code"] == "signoff-missing"]
    assert "填报日期" in asked["message"] and "本级的文字、签字还有" in now["unsettled"]
