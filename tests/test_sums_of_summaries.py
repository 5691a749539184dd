"""What a summary rests on, in memory: whose figures are in which, who is counted twice, a whole against its parts."""

from dataclasses import replace
from pathlib import Path

import pytest
from making import AGENCIES, COUNTY, filing

from xltools.collection.collected import Collection
from xltools.collection.levels import counted_in, counted_twice, held_against_parts, of_itself, total
from xltools.collection.roster import Entry, Roster
from xltools.collection.states import absent, counted, parts_of, senders, standings
from xltools.findings import Closure, finding
from xltools.form.model import Adjustment, Agency, Member
from xltools.received.file import Received
from xltools.summary import merge
from xltools.summary.judged import judged
from xltools.summary.kept import kept_words

FIELD = "requests.new.natural"
TOP = Agency("1", "示例市", "city")
AREA, OTHER = COUNTY, Agency("12", "邻县", "county")
A, B, C, D = AGENCIES


def file(said, **more):
    return Received(Path(f"{said.agency.code}.xlsx"), said.agency.code, "resaved", said, **more)


def one(agency, figure=1):
    return file(filing({FIELD: figure}, agency=agency))


def summary(area, *members, figure=0, **more):
    """A summary that says it is of these: agencies, or members as they are."""
    told = tuple(m if isinstance(m, Member) else Member(m, "accepted", True) for m in members)
    return file(filing({FIELD: figure}, agency=area, kind="summary", members=told, **more))


def twice(*files):
    return {got.path.name: found.detail for got, found in counted_twice(files)}


# ── totals ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("figures", "found"), [([], None), ([None, None], None), ([0, None], 0), ([1, 2, None], 3), ([-1, 1], 0)]
)
def test_over_nothing_but_blanks_a_sum_is_blank(figures, found):
    assert total(figures) == found


# ── counted twice ────────────────────────────────────────────────────────────


def test_a_summary_holds_its_own_code_its_members_and_the_parts_they_came_through():
    members = (Member(A, "accepted", True, ("11", "77")), Member(B, "missing", False, ("88",)))
    assert counted_in(summary(TOP, *members).filing) == {"1", A.code, "11", "77"}
    assert counted_in(one(A).filing) == {A.code}


def test_a_file_that_a_summary_holds_is_told_and_the_summary_is_not():
    found = twice(one(A), one(D), summary(AREA, A, B))
    assert list(found) == [f"{A.code}.xlsx"]
    detail = found[f"{A.code}.xlsx"]
    assert (
        detail["names"] == A.name
        and "“11.xlsx”" in detail["where"]
        and detail["counts"] == "按那份汇总表计，这份不计入"
    )


def test_two_summaries_of_the_same_agencies_are_both_told():
    found = twice(summary(AREA, A, B), summary(OTHER, B, C))
    assert set(found) == {"11.xlsx", "12.xlsx"}
    assert all(d["names"] == B.name and d["counts"] == "两份汇总表都不计入" for d in found.values())


def test_what_is_missing_from_a_summary_is_not_in_it_twice():
    assert twice(one(A), summary(AREA, Member(A, "missing", False), B)) == {}
    assert twice(one(A), one(B), summary(AREA, C, D)) == {}


def test_copies_of_one_agency_and_files_set_aside_are_told_elsewhere():
    assert twice(one(A), one(A, 2)) == {}
    aside = one(A)
    aside.set_aside = True
    assert twice(aside, summary(AREA, A)) == {}


def test_the_way_by_which_both_have_an_agency_is_named():
    through = Member(A, "accepted", True, ("11", "115"))
    found = twice(summary(AREA, A, B), summary(TOP, through, Member(D, "accepted", True)))
    assert found["11.xlsx"]["names"] == f"{A.name}（经 11 / 115）"
    assert found["11.xlsx"]["counts"] == "按那份汇总表计，这份不计入"


@pytest.mark.parametrize(("count", "more"), [(5, False), (6, False), (7, True)])
def test_at_most_six_agencies_are_named(count, more):
    many = [Agency(f"5{n}", f"第{n}局", "department") for n in range(count)]
    names = twice(summary(AREA, *many), summary(OTHER, *many))["11.xlsx"]["names"]
    assert names.count("局") == min(count, 6) and (f"等 {count} 家" in names) == more


# ── an area's own summary ────────────────────────────────────────────────────


def itself(area, *files):
    return [got.path.name for got, _ in of_itself(area, files)]


def test_an_area_s_own_summary_is_no_part_of_itself():
    assert itself(AREA, summary(AREA, A), one(A)) == ["11.xlsx"]
    assert itself(AREA, summary(AREA, A)) == []  # alone it is what is looked at
    assert itself(OTHER, summary(AREA, A), one(A)) == []
    assert itself(None, summary(AREA, A), one(A)) == []
    assert itself(A, one(A), one(B)) == []


# ── a whole against its parts ────────────────────────────────────────────────


def against(whole, *parts):
    return [(f.code, f.field, f.actual, f.expected) for f in held_against_parts(whole, parts)]


def test_a_whole_is_the_sum_of_its_parts():
    whole = summary(AREA, A, B, figure=3)
    assert against(whole, one(A), one(B, 2)) == []
    assert against(whole, one(A), one(B, 3)) == [("parts-differ", FIELD, 3, 4)]
    assert against(file(filing({FIELD: 4}, agency=AREA)), one(A), one(B, 2)) == [("parts-differ", FIELD, 4, 3)]


def test_a_blank_over_nothing_is_the_noughts_of_its_parts():
    whole = file(replace(filing(agency=AREA), inputs={FIELD: None}))
    assert against(whole, one(A, 0)) == []
    assert against(whole, one(A, 1)) == [("parts-differ", FIELD, None, 1)]


def test_adjustments_belong_to_the_whole():
    line = Adjustment("漏报", {FIELD: 5})
    whole = summary(AREA, A, figure=6, adjustments=(line,))
    assert against(whole, one(A)) == []
    [found] = list(held_against_parts(summary(AREA, A, figure=7, adjustments=(line,)), [one(A)]))
    assert (found.actual, found.expected) == (7, 6) and "（已加上调整 5）" in found.message


def test_parts_of_another_year_set_aside_or_held_by_another_are_left_out():
    whole = summary(AREA, A, figure=1)
    aside, old = one(B, 5), file(filing({FIELD: 9}, agency=C, year=2022))
    aside.set_aside = True
    assert against(whole, one(A), aside, old) == []
    city = summary(TOP, A, B, C, figure=9)
    assert against(city, summary(AREA, A, B, figure=8), one(A, 3), one(C)) == []


def test_agencies_in_one_and_not_in_the_other_are_named():
    [found] = list(held_against_parts(summary(AREA, A, B, figure=2), [one(A), one(C)]))
    assert found.code == "parts-unlike"
    assert found.detail["words"] == f"汇总表里有、没有给出表的：{B.name}；给出了表、汇总表里没有的：{C.name}"
    many = [Agency(f"5{n}", f"第{n}局", "department") for n in range(7)]
    [found] = list(held_against_parts(summary(AREA, *many, figure=0), [one(many[0], 0)]))
    assert found.detail["words"].count("局") == 6 and " 等" not in found.detail["words"]
    [found] = list(held_against_parts(summary(AREA, *many, A, figure=0), [one(A, 0)]))
    assert " 等" in found.detail["words"] and found.detail["words"].count("局") == 6


# ── merging ──────────────────────────────────────────────────────────────────


def merged(*files, roster=None, **how):
    roster = roster or Roster((Entry(AREA), *(Entry(a, AREA.code) for a in AGENCIES)))
    counted = {r.filing.agency.code: r for r in files}
    return merge(Collection(list(files), 2023, roster, [], counted), roster, AREA, **how)


def states(made):
    return {s.entry.agency.code: (s.state, s.included) for s in made.standings}


def test_every_agency_has_its_state_and_only_the_accepted_are_added_up():
    made = merged(one(A, 3), one(B, 4))
    assert states(made) == {
        A.code: ("accepted", True),
        B.code: ("accepted", True),
        C.code: ("missing", False),
        D.code: ("missing", False),
    }
    assert made.filing.values[FIELD] == 7 and len(made.included) == 2 and made.left_out == []
    told = made.as_json(judged(made, Path("out.xlsx")))["summary"]
    assert (told["agencies"], told["received"], told["accepted"]) == (4, 2, 2)
    assert [m["code"] for m in told["missing"]] == [C.code, D.code]


def test_what_the_office_typed_is_kept_and_its_adjustments_count():
    kept = filing({FIELD: 9}, agency=AREA, kind="summary", adjustments=(Adjustment("漏报", {FIELD: 5}),))
    made = merged(one(A, 3), kept=kept)
    assert made.filing.values[FIELD] == 8 and made.filing.texts == kept.texts
    assert made.filing.signoff == {**kept.signoff, "date": ""}, "it was signed for other figures"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"texts": {}, "signoff": {}}, ""),
        ({"texts": {"other": ("一", "二")}, "signoff": {"head": ""}}, "文字 2 段"),
        ({"texts": {"other": ()}, "signoff": {"head": "王五"}}, "签字"),
        ({"texts": {}, "signoff": {}, "explanations": {"a": "有", "b": "无"}}, "情况说明 2 条"),
        (
            {"texts": {"other": ("一",)}, "signoff": {"head": "王"}, "adjustments": (Adjustment("漏", {}),)},
            "文字 1 段、签字、调整 1 行",
        ),
    ],
)
def test_what_is_kept_is_said(more, words):
    kept = replace(filing(agency=AREA, kind="summary"), **more)
    assert kept_words(kept, kept.signoff) == words
    fallen = kept_words(kept, {**kept.signoff, "date": ""})
    assert ("重新签" in fallen) is ("date" in kept.signoff)


def test_the_summary_has_the_supplements_that_filings_of_its_form_carry():
    roster = Roster((Entry(AREA), *(Entry(a, AREA.code) for a in AGENCIES)))
    plain, more = filing(agency=A, year=2020), filing(agency=B, year=2020, supplements=("jilin-2020",))
    for said, supplements in (
        ([plain], ()),
        ([plain, more], ("jilin-2020",)),
        ([more, filing(agency=C)], ("jilin-2020",)),
    ):
        files = [file(f) for f in said]
        made = merge(Collection(files, 2020, roster, [], {r.filing.agency.code: r for r in files}), roster, AREA)
        assert made.filing.form.supplements == supplements
    later = [file(filing(agency=A)), file(more)]
    made = merge(Collection(later, 2023, roster, [], {A.code: later[0]}), roster, AREA)
    assert made.filing.form.supplements == ()


CITY = Roster((
    Entry(TOP), Entry(AREA, TOP.code), Entry(OTHER, TOP.code), Entry(A, AREA.code), Entry(B, AREA.code), Entry(C, OTHER.code),
))  # fmt: skip


def city(*files):
    counted = {r.filing.agency.code: r for r in files}
    return merge(Collection(list(files), 2023, CITY, [], counted), CITY, TOP)


def test_an_area_s_summary_stands_for_the_agencies_beneath_it_and_says_which():
    made = city(summary(AREA, A, Member(B, "missing", False), figure=5), one(C, 2))
    assert made.filing.values[FIELD] == 7
    assert states(made) == {A.code: ("accepted", True), B.code: ("missing", False), C.code: ("accepted", True)}
    assert {s.entry.agency.code: s.via for s in made.standings} == {
        A.code: (AREA.code,),
        B.code: (AREA.code,),
        C.code: (),
    }
    assert [s.entry.agency.code for s in made.parts] == [AREA.code, C.code]


def test_a_late_filing_beside_the_summary_that_lacks_it_counts():
    made = city(summary(AREA, A, Member(B, "missing", False), figure=5), one(B, 2), one(C, 1))
    assert made.filing.values[FIELD] == 8
    assert (
        states(made)[B.code] == ("accepted", True)
        and {s.entry.agency.code: s.via for s in made.standings}[B.code] == ()
    )


def test_an_agency_of_the_roster_that_a_summary_is_silent_about_is_missing():
    made = city(summary(AREA, A, figure=5), one(C, 1))
    assert states(made)[B.code] == ("missing", False) and made.filing.values[FIELD] == 6


@pytest.mark.parametrize(("severity", "state"), [("query", "queried"), ("error", "returned")])
def test_what_becomes_of_a_summary_becomes_of_those_that_it_counts_and_of_no_other(severity, state):
    part = summary(AREA, A, Member(B, "missing", False), figure=5)
    part.findings.append(finding("form-not-audited", severity=severity, file="11.xlsx", agency=AREA))
    made = city(part, one(C, 1))
    assert states(made) == {A.code: (state, False), B.code: ("missing", False), C.code: ("accepted", True)}
    assert made.filing.values[FIELD] == 1


def test_a_deeper_summary_keeps_the_way_by_which_an_agency_came():
    made = city(summary(AREA, Member(A, "accepted", True, ("115",)), B, figure=5))
    assert {s.entry.agency.code: s.via for s in made.standings}[A.code] == (AREA.code, "115")


def test_files_of_agencies_that_are_not_counted_are_left_out():
    stranger, unreadable = one(Agency("99", "别处", "department")), Received(Path("x.xlsx"), "", "unreadable")
    roster = Roster((Entry(AREA), Entry(A, AREA.code)))
    files = [one(A), stranger, unreadable]
    made = merge(Collection(files, 2023, roster, [], {A.code: files[0]}), roster, AREA)
    assert made.left_out == [stranger, unreadable]


# ── states ───────────────────────────────────────────────────────────────────

UNREADABLE = Received(Path("坏.xlsx"), "", "unreadable")


def opened_on(received, severity, code="form-not-audited", **more):
    """The file with an open finding on it."""
    agency = received.filing.agency
    received.add(finding(code, severity=severity, file=received.path.name, agency=agency, **more))
    return received


def collection(*files, roster=None, counts=None, findings=()):
    """Files as a set; every one that can be read counts, unless it is said which do."""
    counted_ = [r for r in files if r.filing] if counts is None else counts
    return Collection(list(files), 2023, roster, list(findings), {r.filing.agency.code: r for r in counted_})


def of_all(standings_):
    return [(s.entry.agency.code, s.state) for s in standings_]


def test_without_a_roster_every_agency_has_a_state_of_which_a_file_came():
    files = one(B), one(A), opened_on(one(C), "error"), opened_on(one(D), "query"), UNREADABLE
    told = [(B.code, "accepted"), (A.code, "accepted"), (C.code, "returned"), (D.code, "queried")]
    assert of_all(standings(collection(*files))) == of_all(senders(collection(*files))) == told
    assert absent(collection(*files)) == []


def test_the_area_s_own_summary_is_no_part_of_it_and_another_area_s_is():
    top = Roster((Entry(AREA), Entry(A, AREA.code), Entry(B, AREA.code)))
    own = summary(AREA, A, B, figure=9)
    assert of_all(standings(collection(own, one(A), roster=top))) == [(A.code, "accepted"), (B.code, "missing")]
    assert of_all(standings(collection(own, one(C, 2), roster=CITY))) == [
        (A.code, "accepted"), (B.code, "accepted"), (C.code, "accepted"),
    ]  # fmt: skip


def test_senders_are_all_that_sent_anything_and_then_those_that_did_not():
    stranger = one(Agency("99", "别处", "department"))
    came = collection(summary(AREA, A, figure=5), stranger, UNREADABLE, roster=CITY)
    assert of_all(senders(came)) == [
        (AREA.code, "accepted"),
        ("99", "accepted"),
        (B.code, "missing"),
        (C.code, "missing"),
    ]
    assert [entry.agency for entry in absent(came)] == [B, C]


def test_those_whose_files_contradict_each_other_or_are_of_another_year_are_not_absent():
    twice_, late = [one(A, 1), one(A, 2)], file(filing(agency=B, year=2022))
    came = collection(*twice_, late, roster=CITY, counts=[])
    assert of_all(standings(came)) == [(A.code, "duplicate"), (B.code, "returned"), (C.code, "missing")]
    assert [entry.agency for entry in absent(came)] == [C]


def test_counted_are_the_one_filing_of_each_agency_and_those_of_other_years():
    files = [one(A, 1), one(B, 1), one(B, 2), file(filing(agency=C, year=2022)), UNREADABLE, opened_on(one(D), "query")]
    aside = file(filing(agency=Agency("98", "旁", "department"), year=2022))
    aside.set_aside = True
    found = counted(collection(*files, aside, counts=[files[0], files[5]]))
    assert [(said.agency, said.year, state) for said, state in found] == [
        (A, 2023, "accepted"), (C, 2022, "accepted"), (D, 2023, "queried"),
    ]  # fmt: skip


def test_open_are_the_errors_and_queries_of_its_files_and_of_them_together():
    mine, hers = one(A), one(B)
    for severity in ("error", "query", "note"):
        opened_on(mine, severity)
    together = [finding("form-not-audited", severity=severity, file="", agency=A) for severity in ("error", "note")]
    apart = finding("form-not-audited", severity="error", file="")
    closed = opened_on(one(C), "query")
    closed.revise([replace(f, closure=Closure("superseded", "有更新的一份")) for f in closed.findings])
    first, second, third = standings(collection(mine, hers, closed, findings=[*together, apart]))
    assert [f.severity for f in first.open] == ["error", "query", "error"] and second.open == third.open == []
    told = first.as_json()
    assert (told["errors"], told["queries"], told["files"], told["counted"]) == (2, 1, ["1101.xlsx"], "1101.xlsx")


@pytest.mark.parametrize(
    ("severity", "doubt", "asked", "included"),
    [
        ("query", False, True, True),
        ("query", False, False, False),
        ("query", True, True, False),
        ("error", False, True, False),
    ],
)
def test_a_queried_filing_is_included_where_asked_for_but_not_one_that_another_may_have_filled(
    severity, doubt, asked, included
):
    got = opened_on(one(A), severity)
    if doubt:
        opened_on(got, "query", "agency-doubtful", other_name="别局", other_code="9", evidence="签字的电话是它的")
    [part] = parts_of(collection(got), Roster((Entry(A),)), "", include_queried=asked)
    assert part.included == included


def test_of_two_summaries_that_speak_of_an_agency_that_counts_which_includes_it():
    other = {OTHER.code: Member(A, "missing", False)}
    both = collection(summary(AREA, A, B), summary(OTHER, A, C), roster=CITY)
    assert {s.entry.agency.code: s.via for s in standings(both)}[A.code] == (AREA.code,)
    one_ = collection(summary(AREA, Member(A, "missing", False), B), summary(OTHER, A, C), roster=CITY)
    assert {s.entry.agency.code: s.via for s in standings(one_)}[A.code] == (OTHER.code,)
    neither = collection(summary(AREA, Member(A, "missing", False), B), summary(OTHER, *other.values(), C), roster=CITY)
    assert {s.entry.agency.code: (s.via, s.state) for s in standings(neither)}[A.code] == ((AREA.code,), "missing")
