"""Checking: each altered figure gives exactly the findings of the rules it is in; a set is held against its roster."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from making import (
    AGENCIES,
    BUREAU,
    COUNTY,
    ROSTER,
    altered,
    blank,
    cell_of,
    checked,
    codes,
    filing,
    opened,
    resaved,
    save,
)

from xltools.collection.account import collection_json
from xltools.collection.check import check, check_file
from xltools.collection.roster import read_roster
from xltools.collection.states import standings
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.figures import SCALE
from xltools.form.model import Agency
from xltools.workbook.write import write_filing

COLUMNS = ("natural", "business", "research", "nonprofit", "legal_service", "other_org")
NOT_RESULTS = ("new", "carried_in", "total", "carried_out")


def failing(form, said, level):
    """domain/rules.md written down a second time, as plain arithmetic: the rules that fail, with both figures."""
    found = {}

    def must(rule, severity, left, right, holds):
        if not holds:
            found[rule] = (severity, left, right)

    def v(name):
        return Fraction(said[name]) / SCALE[form.fields[name].type]

    results = {f.row.id for f in form.inputs_of("requests")} - set(NOT_RESULTS)
    for c in COLUMNS:
        came = v(f"requests.new.{c}") + v(f"requests.carried_in.{c}")
        went = sum(v(f"requests.{r}.{c}") for r in results) + v(f"requests.carried_out.{c}")
        must(f"requests.balance.{c}", "error", came, went, came == went)
    ended = [sum(v(f"requests.{r}.{c}") for c in COLUMNS) for r in results]
    must("requests.uniform", "note", sum(ended), 20, sum(ended) < 20 or max(ended) < sum(ended))
    may_make_rules = level in ("city", "province", "state")
    if form.edition == "2021":
        for r in ("rules", "normative"):
            issued, repealed, effective = (v(f"disclosure.{r}.{c}") for c in ("issued", "repealed", "effective"))
            must(f"disclosure.{r}.issued", "note", issued, effective + repealed, issued <= effective + repealed)
        rules = sum(v(f"disclosure.rules.{c}") for c in ("issued", "repealed", "effective"))
        fees, most = v("disclosure.fees.amount"), 60000
        must("disclosure.fees.unit", "query", fees, most, fees <= most)
    else:
        for r in ("licensing", "services", "penalty", "coercion", "fees"):
            items = v(f"disclosure.{r}.previous") + v(f"disclosure.{r}.change")
            must(f"disclosure.{r}.items", "error", items, 0, items >= 0)
            if r != "fees":
                cases, changed = v(f"disclosure.{r}.decisions"), v(f"disclosure.{r}.change") != 0
                must(f"disclosure.{r}.misread", "query", cases, items, not changed or cases != items)
        for r in ("rules", "normative"):
            for c in ("made", "published"):
                some, whole = v(f"disclosure.{r}.{c}"), v(f"disclosure.{r}.total")
                must(f"disclosure.{r}.{c}", "query", some, whole, some <= whole)
        rules = sum(v(f"disclosure.rules.{c}") for c in ("made", "published", "total"))
        projects, amount = v("disclosure.procurement.projects"), v("disclosure.procurement.amount")
        must("disclosure.procurement.pair", "query", projects, amount, (projects > 0) == (amount > 0))
        must("disclosure.procurement.unit", "query", amount, 100000, amount <= 100000)
    must("disclosure.rules.authority", "query", rules, 0, may_make_rules or rules == 0)
    return found


EDGES = {
    "2019": {
        "disclosure.normative.made": 4, "disclosure.normative.published": 5, "disclosure.normative.total": 5,
        "disclosure.licensing.previous": 3, "disclosure.licensing.change": 1, "disclosure.licensing.decisions": 3,
        "disclosure.penalty.previous": 2, "disclosure.penalty.change": -2, "disclosure.penalty.decisions": 900,
        "disclosure.fees.previous": 7, "disclosure.fees.change": -6,
        "disclosure.procurement.projects": 3, "disclosure.procurement.amount": 100_000_000_000,
        "requests.new.natural": 21, "requests.carried_in.natural": 2,
        "requests.granted.natural": 18, "requests.partial.natural": 1, "requests.carried_out.natural": 4,
    },
    "2021": {
        "disclosure.normative.issued": 5, "disclosure.normative.repealed": 2, "disclosure.normative.effective": 3,
        "disclosure.licensing.decisions": 812, "disclosure.fees.amount": 60_000_000_000,
        "requests.new.natural": 19, "requests.granted.natural": 19,
        "requests.new.business": 3, "requests.carried_in.business": 1, "requests.carried_out.business": 4,
    },
}  # fmt: skip
"""Balanced filings on the edge: sums just met, ceilings just reached, 19 requests of one result."""

STEPS = [(edition, by) for edition in EDGES for by in (1, -1)]


@pytest.mark.parametrize("edition", EDGES)
def test_the_edge_is_kept(edition):
    form = load_form(edition)
    said = filing(EDGES[edition], year=form.years[0])
    assert failing(form, said.values, "department") == {}
    assert checked(write_filing(said)).findings == []


@pytest.mark.parametrize(("edition", "by"), STEPS)
def test_one_altered_cell_gives_exactly_the_findings_of_the_rules_it_is_in(edition, by):
    form = load_form(edition)
    texts = {s.id: ("写了一段。", "没有收取信息处理费。") for s in form.text_sections}
    said = filing(EDGES[edition], year=form.years[0], texts=texts)
    content = write_filing(said)
    for field in form.inputs:
        scale = SCALE[field.type]
        figure = said.inputs[field.id] + by * scale
        if figure < 0 and field.type != "signed":
            continue
        sheet, address = cell_of(form, field.id)
        received = checked(altered(content, sheet, {address: figure // scale}))
        wanted = failing(form, {**said.inputs, field.id: figure}, "department")
        failed = [f for f in received.findings if f.code != "likely-culprit"]
        assert {f.rule: f.severity for f in failed} == {rule: s for rule, (s, *_) in wanted.items()}, field.id
        for found in failed:
            _, left, right = wanted[found.rule]
            assert (found.code, found.open, found.field in form.fields) == ("rule-failed", True, True)
            assert (found.sheet, found.cell) == cell_of(form, found.field)
            assert field.id in found.related
            told = found.as_json()
            assert (told["actual"], told["expected"]) == (left, right)
            pair = found.rule == "disclosure.procurement.pair"
            apart = f"相差 {shown(abs(left - right))}" if left != right else "正好相等"
            figures = [left, right] if pair else [left, right, apart]
            assert all(f"{shown(word)}" in found.message for word in (*figures, sheet, found.cell)), found.message


def shown(figure):
    return figure if isinstance(figure, str) else f"{float(figure):.6f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize("level", ["township", "department", "county", "city", "province", "state"])
def test_only_those_who_may_make_rules_have_them(level):
    agency = Agency("1", "某机关", level)
    figures = {"disclosure.rules.effective": 1}
    received = checked(write_filing(filing(figures, agency=agency)))
    rules = [f.rule for f in received.findings]
    assert rules == ([] if level in ("city", "province", "state") else ["disclosure.rules.authority"])


def test_money_typed_in_yuan_is_above_the_ceiling_of_its_level():
    ceilings = {"township": 3000, "department": 60000, "county": 300000, "city": 3000000}
    for level, most in ceilings.items():
        for amount, rules in ((most, []), (most + 1, ["disclosure.fees.unit"])):
            said = filing({"disclosure.fees.amount": amount * 1_000_000}, agency=Agency("1", "某机关", level))
            assert [f.rule for f in checked(write_filing(said)).findings] == rules


def test_several_faults_are_all_told_at_once():
    figures = {"requests.new.natural": 5, "requests.new.business": None, "disclosure.fees.amount": "251000元",
               "disputes.review.other": "约3", "disclosure.rules.issued": 1}  # fmt: skip
    received = checked(write_filing(filing(figures, signoff={})))
    assert set(codes(received, "error")) == {"rule-failed", "cell-blank", "cell-money-yuan", "cell-not-number"}
    assert {f.rule for f in received.findings} >= {
        "requests.balance.natural",
        "disclosure.rules.authority",
        "cover.signoff",
    }


def test_a_rule_with_a_figure_that_could_not_be_read_is_not_judged():
    for value in ("约3", None):
        received = checked(write_filing(filing({"requests.new.natural": value, "requests.granted.natural": 2})))
        assert [f.rule for f in received.findings if f.code == "rule-failed"] == []
        assert len(codes(received, "error")) == 1


def test_a_figure_that_could_be_read_is_judged_though_it_was_typed_oddly():
    received = checked(write_filing(filing({"requests.new.natural": "3件"})))
    assert [f.rule for f in received.findings if f.code == "rule-failed"] == ["requests.balance.natural"]


def likely(figures, year=2023):
    """Where the one likely culprit is seen, and what is said of it."""
    received = checked(write_filing(filing(figures, year=year)))
    return [(f.field, f.message) for f in received.findings if f.code == "likely-culprit"]


def test_where_one_change_clears_every_failure_it_is_named():
    turned = {"requests.new.natural": 35, "requests.granted.natural": 12, "requests.partial.natural": 32}
    [(field, message)] = likely(turned)
    assert field == "requests.partial.natural" and "32" in message and "23" in message
    [(field, message)] = likely({"disclosure.fees.amount": 8_000_000_000_000})
    assert field == "disclosure.fees.amount" and "8000000" in message and "800" in message


def test_where_two_changes_would_do_none_is_named():
    assert likely({"requests.new.natural": 21, "requests.granted.natural": 12}) == []
    assert likely({"requests.new.natural": 21, "requests.granted.natural": 3}) == []


# ── sign-off ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lacking", ["compiler", "reviewer", "head", "date"])
def test_who_answers_for_it_is_named(lacking):
    signoff = {**filing().signoff, lacking: " "}
    received = checked(write_filing(filing(signoff=signoff)))
    [found] = received.findings
    words = {"compiler": "填报人", "reviewer": "审核人", "head": "负责人", "date": "填报日期"}[lacking]
    assert (found.code, found.severity, found.rule) == ("signoff-missing", "query", "cover.signoff")
    assert words in found.message and found.sheet == "封面"
    assert opened(write_filing(filing()))["封面"][f"B{found.cell[1:]}"].value == words


@pytest.mark.parametrize(("date", "told"), [("2023-12-30", True), ("2023-12-31", False), ("2024-03-01", False)])
def test_the_date_is_not_before_the_years_end(date, told):
    received = checked(write_filing(filing(signoff={**filing().signoff, "date": date})))
    assert codes(received, "query") == (["signoff-date"] if told else [])
    assert not told or all(words in received.findings[0].message for words in (date, "2023"))


def test_a_summary_is_not_signed():
    received = checked(write_filing(filing(kind="summary", signoff={}), status="1/1 家"))
    assert {f.severity for f in received.findings if f.code.startswith("signoff")} <= {"note"}


# ── 情况说明 ─────────────────────────────────────────────────────────────────

QUERIED = {"disclosure.fees.amount": 70_000_000_000}
RULE = "disclosure.fees.unit"


@pytest.mark.parametrize(
    "text", ["本年集中入库土地复垦费，已与财政部门核对。", "收费标准调整所致", "见说明：罚没款并入"]
)
def test_an_explanation_closes_a_query(text):
    received = checked(write_filing(filing(QUERIED, explanations={RULE: text})))
    assert [(f.rule, f.open) for f in received.findings] == [(RULE, False)] and received.accepted


@pytest.mark.parametrize(
    "text",
    ["无", "核实无误", "核实无误。", " 无 ", "情况属实", "已核实！", "。。。", "1", "OK", "已核实，无误"],
)
def test_an_empty_phrase_closes_nothing(text):
    received = checked(write_filing(filing(QUERIED, explanations={RULE: text})))
    assert codes(received, "query") == ["rule-failed"] and not received.accepted


def test_an_error_cannot_be_explained_away():
    content = write_filing(filing({"requests.new.natural": 3}))
    sheet = opened(content)["校验"]
    row = next(c.row for c in sheet["I"] if c.value == "requests.balance.natural")
    received = checked(altered(content, "校验", {f"G{row}": "历史遗留，已经领导同意。"}))
    assert codes(received, "error") == ["rule-failed"]
    assert not received.accepted


def test_an_explanation_of_another_rule_closes_nothing():
    received = checked(write_filing(filing(QUERIED, explanations={"disclosure.rules.authority": "写了别处的说明文字"})))
    assert codes(received, "query") == ["rule-failed"]


def test_an_explanation_of_a_missing_signature_closes_it():
    said = filing(signoff={}, explanations={"cover.signoff": "机构改革，负责人尚未任命，由分管领导代签。"})
    assert checked(write_filing(said)).accepted


# ── the set ──────────────────────────────────────────────────────────────────


@pytest.fixture
def season(tmp_path):
    """A folder with a good filing of every agency on the roster."""
    for agency in AGENCIES:
        save(tmp_path / "回收" / f"2023_{agency.code}.xlsx", filing(agency=agency))
    save(tmp_path / "名录.csv", ROSTER)
    return tmp_path


def checked_set(season, **how):
    return check([season / "回收"], read_roster(season / "名录.csv"), **how)


def set_codes(collection):
    return [f.code for f in collection.findings]


def test_a_whole_set_has_nothing_to_say(season):
    collection = checked_set(season)
    assert list(collection.all_findings()) == []
    assert collection.counts() == {"filings": 4, "accepted": 4, "error": 0, "query": 0, "note": 0}


def test_a_missing_agency_is_a_note_that_names_it(season):
    (season / "回收" / "2023_1103.xlsx").unlink()
    [found] = checked_set(season).findings
    assert (found.code, found.severity) == ("agency-missing", "note")
    assert "东镇" in found.message and "1103" in found.message


def test_without_a_roster_none_is_missing(season):
    (season / "回收" / "2023_1103.xlsx").unlink()
    assert set_codes(check([season / "回收"])) == []


def test_the_same_filing_twice_counts_once(season):
    save(season / "回收" / "副本" / "2023_1101 (1).xlsx", filing())
    collection = checked_set(season)
    [found] = collection.findings
    assert (found.code, found.severity) == ("agency-duplicate", "note")
    assert "2023_1101.xlsx" in found.message and "2023_1101 (1).xlsx" in found.message
    assert collection.counted[BUREAU.code].filing.values == filing().values


@pytest.mark.parametrize(
    "other", [{"requests.new.natural": 1, "requests.granted.natural": 1}, {"disputes.review.other": None}]
)
def test_two_different_filings_are_an_error_and_neither_counts(season, other):
    save(season / "回收" / "改.xlsx", filing(other))
    collection = checked_set(season)
    found = next(f for f in collection.findings if f.code == "agency-duplicate")
    assert found.severity == "error" and BUREAU.code not in collection.counted
    assert "2023_1101.xlsx" in found.message and "改.xlsx" in found.message


def test_two_filings_that_differ_in_their_words_are_different(season):
    words = {"overview": ("另写了一段。",), "problems": ("无",), "other": ("无",)}
    save(season / "回收" / "改.xlsx", filing(texts=words))
    assert next(f for f in checked_set(season).findings if f.code == "agency-duplicate").severity == "error"


def test_a_second_copy_saved_by_another_program_is_the_same(season):
    save(season / "回收" / "另存.xlsx", resaved(write_filing(filing())))
    assert [f.severity for f in checked_set(season).findings] == ["note"]


def test_one_file_named_twice_is_one_file(season):
    one = season / "回收" / "2023_1101.xlsx"
    collection = check([one, one, season / "回收", season / "回收" / ".." / "回收"])
    assert len(collection.received) == 4 and collection.findings == []


def told(season, content, name="别的.xlsx", **how):
    """What is said of one more file in the folder."""
    path = save(season / "回收" / name, content)
    collection = checked_set(season, **how)
    return next(r for r in collection.received if r.path == path)


def test_an_agency_that_is_not_on_the_roster_is_an_error(season):
    received = told(season, filing(agency=Agency("9999", "邻县某局", "department")))
    assert codes(received, "error") == ["agency-unknown"]
    assert "邻县某局" in received.findings[0].message and "9999" in received.findings[0].message


def test_an_agency_under_another_name_is_a_query(season):
    (season / "回收" / "2023_1101.xlsx").unlink()
    received = told(season, filing(agency=Agency("1101", "示例县大数据局", "department")))
    assert codes(received, "query") == ["agency-renamed"]
    assert "示例县大数据局" in received.findings[0].message and "示例县数据局" in received.findings[0].message


@pytest.mark.parametrize(
    ("listed", "filed"),
    [
        ("丙局(丁局)", "丙局（丁局）"), ("丙局（丁局）", "丙局(丁局)"), ("ABC中心", "ＡＢＣ中心"), ("第1中学", "第１中学"),
        ("甲 局", "甲局"), ("甲局", "甲　局"), ("甲：乙局", "甲:乙局"),
    ],
)  # fmt: skip
def test_a_name_in_other_widths_is_the_same_name(tmp_path, listed, filed):
    roster = read_roster(save(tmp_path / "名录.csv", f"单位代码,单位名称,层级,上级代码\n1101,{listed},部门,\n"))
    path = save(tmp_path / "a.xlsx", filing(agency=Agency("1101", filed, "department")))
    [received] = check([path], roster).received
    assert received.accepted and codes(received, "query") == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1103", "同名的单位代码是 1103，多半是前面的 0"), ("103", "同名的单位代码是 103。"), ("0001103", "代码是 0001103，多半是"),
        ("QH-06", "代码是 QH-06。"), ("11030", "代码是 11030。"), ("1103x", "代码是 1103x。"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_on_the_roster_is_linked_by_the_name(tmp_path, code, words):
    rows = f"单位代码,单位名称,层级,上级代码\n{code},丙局(丁局),部门,\n"
    path = save(tmp_path / "a.xlsx", filing(agency=Agency("01103", "丙局（丁局）", "department")))
    [received] = check([path], read_roster(save(tmp_path / "名录.csv", rows))).received
    [found] = [f for f in received.findings if f.code == "agency-unknown"]
    assert words in found.message


def test_a_name_that_two_have_links_nothing(tmp_path):
    rows = "单位代码,单位名称,层级,上级代码\n1,甲局,部门,\n2,甲局,部门,\n"
    path = save(tmp_path / "a.xlsx", filing(agency=Agency("3", "甲局", "department")))
    [received] = check([path], read_roster(save(tmp_path / "名录.csv", rows))).received
    [found] = [f for f in received.findings if f.code == "agency-unknown"]
    assert found.message.endswith("名录上没有这个代码。")


def test_an_area_does_not_file_itself(season):
    assert codes(told(season, filing(agency=COUNTY)), "error") == ["agency-area"]


def test_another_years_form_is_an_error(season):
    (season / "回收" / "2023_1101.xlsx").unlink()
    received = told(season, filing(year=2022))
    assert codes(received, "error") == ["year-other"]
    assert "2022" in received.findings[0].message and "2023" in received.findings[0].message
    again = checked_set(season)
    assert "agency-missing" not in set_codes(again)
    assert {s.entry.agency.code: s.state for s in standings(again)}["1101"] == "returned"


def test_the_year_asked_for_is_the_measure(season):
    collection = checked_set(season, year=2024)
    assert all("year-other" in codes(r, "error") for r in collection.received)


def test_the_old_editions_form_in_a_later_year_is_said_plainly(season):
    (season / "回收" / "2023_1101.xlsx").unlink()
    received = told(season, filing(form=load_form("2019"), year=2023))
    assert codes(received, "error") == ["edition-other"]
    assert all(words in received.findings[0].message for words in ("2019", "2023", "2021"))


def test_files_in_folders_are_found_and_others_left_alone(tmp_path):
    save(tmp_path / "甲" / "乙" / "一.xlsx", filing())
    save(tmp_path / "甲" / "二.XLSX", filing())
    for name in ("说明.txt", "报告.docx", "名录.csv", "图.png"):
        save(tmp_path / "甲" / name, b"x")
    assert [r.path.name for r in check([tmp_path]).received] == ["一.xlsx", "二.XLSX"]


def test_lock_files_are_skipped_with_a_note(season):
    save(season / "回收" / "~$2023_1101.xlsx", b"\x05user" + b" " * 160)
    collection = checked_set(season)
    assert len(collection.received) == 4
    assert [(f.code, f.severity) for f in collection.findings] == [("file-skipped", "note")]
    assert "~$2023_1101.xlsx" in collection.findings[0].message


def test_a_path_that_is_not_there_stops_the_command(tmp_path):
    with pytest.raises(XltoolsError, match="没有"):
        check([tmp_path / "没有"])


def test_several_processes_say_the_same_as_one(tmp_path):
    content = write_filing(filing({"requests.new.natural": 5}))
    for number in range(41):
        save(tmp_path / f"{number:02d}.xlsx", content)
    assert collection_json(check([tmp_path], jobs=2)) == collection_json(check([tmp_path], jobs=1))


def test_an_empty_folder_is_an_empty_set(tmp_path):
    assert check([tmp_path]).counts() == {"filings": 0, "accepted": 0, "error": 0, "query": 0, "note": 0}


def test_files_are_not_touched(season):
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path(season).rglob("*") if p.is_file()}
    checked_set(season)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path(season).rglob("*") if p.is_file()} == before


def test_checking_a_file_twice_says_the_same(tmp_path):
    path = save(tmp_path / "一.xlsx", blank())
    assert check_file(path).findings == check_file(path).findings
    assert re.fullmatch("[0-9a-f]{64}", check_file(path).sha256)
