"""Last year: figures carried into blanks, rules against them, agencies that changed their code, another edition before."""

import json
import random
from dataclasses import replace

import pytest
from making import (
    AGENCIES,
    BUREAU,
    COUNTY,
    ROSTER,
    altered,
    cell_of,
    checked,
    filing,
    opened,
    resaved,
    run,
    save,
)
from office import Office
from office_checks import FAIL, PASS, disagreements, rows_of
from office_samples import cells_of

from xltools.collection.account import collection_json
from xltools.collection.check import check, check_file
from xltools.collection.previous import Previous, read_previous
from xltools.collection.roster import read_roster
from xltools.demo.published import published
from xltools.editions import load_form
from xltools.form.lastyear import carried_over, compare, same_meaning
from xltools.form.layout import CHECKS, layout_of
from xltools.form.model import Agency, Filing
from xltools.form.sums import LAST
from xltools.received.exchange import fill
from xltools.received.read import read_file
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

SUQIAN = published("suqian-2023")
APPLICANTS = ("natural", "business", "research", "nonprofit", "legal_service", "other_org")


def before(last, now=None):
    """Last year's filings for one agency, by its code of this year."""
    return Previous({(last.year, (now or last.agency).code): last})


def next_year(last, changes=None, **more):
    """A made-up filing of the year after: a blank with last year's figures in it, filled so that every rule holds."""
    blank = before(last).blank(last.form, last.agency, last.year + 1)
    figures = {f.id: last.values[f.id] for f in last.form.inputs}
    for column in APPLICANTS:
        came = last.values[f"requests.carried_out.{column}"] + 7
        rest = {f.id: 0 for f in last.form.inputs_of("requests") if f.column.id == column}
        figures |= rest | {f"requests.new.{column}": 7, f"requests.granted.{column}": came}
    figures |= {f"requests.carried_in.{c}": last.values[f"requests.carried_out.{c}"] for c in APPLICANTS}
    for row in ("rules", "normative"):
        issued, repealed = (figures[f"disclosure.{row}.{c}"] for c in ("issued", "repealed"))
        figures[f"disclosure.{row}.effective"] += issued - repealed
    signed = filing(year=last.year + 1, agency=last.agency)
    figures |= changes or {}
    return Filing(blank.form, blank.agency, blank.year, inputs=figures, texts=signed.texts, signoff=signed.signoff,
                  last=blank.last, last_source=blank.last_source, carried=blank.carried, **more)  # fmt: skip


def against(last, now):
    """The findings of a filing's workbook, last year's filing known."""
    received = save_and_check(write_filing(now), before(last, now.agency))
    return received.findings


def save_and_check(content, previous=None):
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return check_file(save(Path(folder) / "表.xlsx", content), previous)


def rules(findings):
    return {f.rule for f in findings if f.rule}


# ── every rule passes and fails: suqian-2023, and a made-up 2024 ─────────────

CONTINUITY = {
    **{f"requests.carry.{c}": {f"requests.carried_in.{c}": 1, f"requests.new.{c}": -1} for c in APPLICANTS},
    "disclosure.rules.effective": {"disclosure.rules.effective": 1},
    "disclosure.normative.effective": {"disclosure.normative.repealed": 5},
    "disclosure.fees.unit": {"disclosure.fees.amount": 592372449 * 10**6},
    "jump.disclosure.penalty.decisions": {"disclosure.penalty.decisions": 10**8},
    "jump.disputes.review.upheld": {"disputes.review.upheld": 40000},
}
"""What is added to which figures of the good filing, so that just this rule fails."""


def test_a_made_up_2024_after_suqian_2023_keeps_every_rule():
    now = next_year(SUQIAN, {"disclosure.fees.amount": 60000 * 10**6})
    assert [f.message for f in against(SUQIAN, now) if f.severity != "note"] == []
    said = rules(against(SUQIAN, now))
    assert said.isdisjoint(CONTINUITY) and "same-as-last-year" not in said


@pytest.mark.parametrize("rule", CONTINUITY)
def test_each_continuity_rule_fails_where_it_is_broken(rule):
    good = next_year(SUQIAN, {"disclosure.fees.amount": 60000 * 10**6})
    now = next_year(SUQIAN, {"disclosure.fees.amount": 60000 * 10**6}
                    | {name: good.inputs[name] + more for name, more in CONTINUITY[rule].items()})  # fmt: skip
    [found] = [f for f in against(SUQIAN, now) if f.rule == rule]
    assert found.severity == ("note" if rule.startswith("jump") else "query")
    assert found.sheet and found.cell and found.actual is not None and found.actual != found.expected
    assert "没有与上年的表核对" not in found.message
    [alone] = [f for f in checked(write_filing(now)).findings if f.rule == rule]
    assert "没有与上年的表核对" in alone.message, "carried by the blank, not verified"


def test_everything_as_last_year_is_queried_and_one_figure_more_is_not():
    same = {f.id: SUQIAN.values[f.id] for f in SUQIAN.form.inputs}
    again = Filing(SUQIAN.form, SUQIAN.agency, 2024, inputs=same, signoff=SUQIAN.signoff)
    [found] = [f for f in against(SUQIAN, again) if f.rule == "same-as-last-year"]
    assert (found.severity, found.open, found.code) == ("query", True, "last-repeated")
    other = Filing(SUQIAN.form, SUQIAN.agency, 2024, inputs={**same, "disclosure.penalty.decisions": 1})
    assert "same-as-last-year" not in rules(against(SUQIAN, other))


def test_few_figures_may_be_as_last_year():
    few = {f"requests.{row}.natural": 3 for row in ("new", "granted")}
    assert "same-as-last-year" not in rules(against(filing(few), filing(few, year=2024)))
    more = {**few, **{f"requests.{row}.business": 3 for row in ("new", "granted")}, "disclosure.penalty.decisions": 1}
    assert "same-as-last-year" in rules(against(filing(more), filing(more, year=2024)))


@pytest.mark.parametrize(("last", "now", "told"), [(10, 50, False), (10, 60, True), (60, 10, True), (60, 12, False),
                                                   (0, 49, False), (0, 50, True), (500, 460, False)])  # fmt: skip
def test_a_jump_is_more_than_five_times_and_fifty(last, now, told):
    name = "disclosure.penalty.decisions"
    found = rules(against(filing({name: last}), filing({name: now}, year=2024)))
    assert (f"jump.{name}" in found) == told


def test_the_real_chains():
    """Suqian 2023 → 2024 as published: 11 + 2 − 1 = 12 and 597 + 50 − 227 = 420; a bureau's 1 → 0 with none repealed."""
    last = filing({"disclosure.rules.effective": 11, "disclosure.normative.effective": 597}, agency=SUQIAN.agency)
    kept = {"disclosure.rules.issued": 2, "disclosure.rules.repealed": 1, "disclosure.rules.effective": 12,
            "disclosure.normative.issued": 50, "disclosure.normative.repealed": 227,
            "disclosure.normative.effective": 420}  # fmt: skip
    assert not {r for r in rules(against(last, filing(kept, year=2024, agency=SUQIAN.agency))) if "effective" in r}
    bureau = against(filing({"disclosure.normative.effective": 1}), filing(year=2024))
    [found] = [f for f in bureau if f.rule == "disclosure.normative.effective"]
    assert (found.actual, found.expected) == (0, 1)


def test_the_old_edition_counts_items_on():
    last = filing({"disclosure.licensing.previous": 30, "disclosure.licensing.change": -4}, year=2019)
    good, bad = (filing({"disclosure.licensing.previous": n}, year=2020) for n in (26, 30))
    assert "disclosure.licensing.previous" not in rules(against(last, good))
    [found] = [f for f in against(last, bad) if f.rule == "disclosure.licensing.previous"]
    assert (found.actual, found.expected, found.severity) == (30, 26, "query")


# ── another edition before ───────────────────────────────────────────────────


def test_from_2020_to_2021_only_what_means_the_same_is_compared():
    last, form = published("wulanhua-2020"), load_form("2021")
    alike = same_meaning(form, last.form, last.values)
    assert {name.split(".")[0] for name in alike} == {"requests", "disputes", "disclosure"}
    kept = {"disclosure.licensing.decisions", "disclosure.penalty.decisions", "disclosure.coercion.decisions"}
    assert {name for name in alike if name.startswith("disclosure")} == kept
    assert not any(".other." in name and name.startswith("requests") for name in alike)
    carried = carried_over(form, alike)
    assert carried == {f"requests.carried_in.{c}": last.values[f"requests.carried_out.{c}"] for c in APPLICANTS}
    now = Filing(form, last.agency, 2021, inputs=dict.fromkeys((f.id for f in form.inputs), 0))
    assert "disclosure.normative.effective" not in rules(against(last, now))
    rows = [r for r in before(last).blank(form, last.agency, 2021).rules if r.shows]
    assert not [r.id for r in rows if r.id.endswith(".effective")], "never left 待填 for ever"


# ── the blank carries them ───────────────────────────────────────────────────


def test_a_blank_carries_last_years_figures_locked_with_their_source():
    blank = before(SUQIAN).blank(SUQIAN.form, SUQIAN.agency, 2024)
    content = write_filing(blank)
    book = opened(content)
    for column in APPLICANTS:
        sheet, address = cell_of(blank.form, f"requests.carried_in.{column}")
        assert book[sheet][address].value == SUQIAN.values[f"requests.carried_out.{column}"]
        assert book[sheet][address].protection.locked
        assert not book[sheet][cell_of(blank.form, f"requests.new.{column}")[1]].protection.locked
    assert "2023 年度填报表" in book[CHECKS].cell(3, 11).value and SUQIAN.agency.name in book[CHECKS].cell(3, 11).value
    received = checked(content)
    assert (received.verdict, received.filing.carried) == ("original", blank.carried)
    assert received.filing.last == {f.id: SUQIAN.values[f.id] for f in blank.form.inputs}
    assert received.filing.last_source == blank.last_source and not received.filing.last_verified


def test_unlocked_where_told_so(tmp_path):
    blank = before(SUQIAN).blank(SUQIAN.form, SUQIAN.agency, 2024, lock=False)
    sheet, address = cell_of(blank.form, "requests.carried_in.natural")
    cell = opened(write_filing(blank))[sheet][address]
    assert cell.value == SUQIAN.values["requests.carried_out.natural"] and not cell.protection.locked


def test_what_is_filled_in_keeps_what_the_blank_carried():
    blank = checked(write_filing(before(SUQIAN).blank(SUQIAN.form, SUQIAN.agency, 2024))).filing
    filled, _ = fill(blank, {"values": {"requests.new.natural": 5}}, "数.json")
    back = checked(write_filing(filled))
    assert back.verdict == "original" and back.filing.carried == blank.carried and back.filing.last == blank.last


def test_a_carried_blank_is_an_original_and_resaved_by_others():
    now = write_filing(next_year(SUQIAN, {"disclosure.fees.amount": 60000 * 10**6}))
    assert checked(now).verdict == "original" and checked(resaved(now)).verdict == "resaved"
    assert checked(resaved(now)).filing.last == checked(now).filing.last


def test_last_years_figures_altered_in_the_file_are_told_where_the_true_ones_are_known():
    now = write_filing(next_year(SUQIAN))
    address = layout_of(SUQIAN.form).cell(LAST + "requests.carried_out.natural")
    false = altered(now, CHECKS, {address: 1})
    alone = checked(false)
    assert alone.verdict == "resaved" and "requests.carry.natural" in rules(alone.findings)
    known = save_and_check(false, before(SUQIAN))
    [found] = [f for f in known.findings if f.code == "last-differs"]
    assert (found.actual, found.expected) == (1, SUQIAN.values["requests.carried_out.natural"])
    assert address in found.message and "requests.carry.natural" not in rules(known.findings)


# ── finding last year's filing ───────────────────────────────────────────────


@pytest.fixture
def county(tmp_path):
    """A folder of last year's filings of the agencies on ROSTER."""
    folder = tmp_path / "上年"
    for number, agency in enumerate(AGENCIES, 1):
        came = {"requests.new.natural": number, "requests.carried_out.natural": number}
        save(folder / f"{agency.code}.xlsx", filing(came, agency=agency, year=2022))
    return folder


def roster_of(tmp_path, text=ROSTER):
    save(tmp_path / "名录.csv", text)
    return read_roster(tmp_path / "名录.csv")


def test_by_code_from_a_folder_and_from_a_summary_alike(tmp_path, county):
    roster = roster_of(tmp_path)
    summary = merge(check([county], roster), roster, COUNTY)
    assert len(summary.included) == 4
    whole = save(tmp_path / "上年汇总.xlsx", write_summary(summary))
    for source in (county, whole):
        previous = read_previous([source], roster)
        made = {a.code: previous.blank(load_form("2021"), a, 2023) for a in AGENCIES}
        assert [b.inputs["requests.carried_in.natural"] for b in made.values()] == [1, 2, 3, 4]
        area = previous.area(Filing(load_form("2021"), COUNTY, 2023, "summary"), AGENCIES)
        assert area.last["requests.carried_out.natural"] == 10 and area.last_verified


def test_renamed_merged_and_split_agencies_are_found_by_their_former_codes(tmp_path, county):
    text = """单位代码,单位名称,层级,上级代码,联系人,电话,上年代码
11,示例县,县（市、区）,,,,
2201,数据和教育局,部门,11,,,1101;1102
1103,东镇,乡镇（街道）,11,,,
2204,西街道办事处,乡镇（街道）,11,,,1104
2205,新区街道,乡镇（街道）,11,,,1104
2206,新设局,部门,11,,,
"""
    roster = roster_of(tmp_path, text)
    previous = read_previous([county], roster)
    carried = {
        e.agency.code: previous.blank(load_form("2021"), e.agency, 2023).inputs.get("requests.carried_in.natural")
        for e in roster.expected
    }
    assert carried == {"2201": 3, "1103": 3, "2204": None, "2205": None, "2206": None}
    [told] = previous.lacking([e.agency for e in roster.expected], 2023)
    assert all(name in told.message for name in ("西街道办事处", "新区街道", "新设局")) and "东镇" not in told.message
    area = Filing(load_form("2021"), COUNTY, 2023, "summary")
    area = previous.area(area, [e.agency for e in roster.expected if e.agency.code != "2206"])
    assert area.last["requests.carried_out.natural"] == 10, "what was split is counted once"


def test_one_of_the_merged_missing_is_nothing_known(tmp_path, county):
    (county / "1102.xlsx").unlink()
    text = "单位代码,单位名称,层级,上级代码,上年代码\n2201,数据和教育局,部门,11,1101；1102\n"
    previous = read_previous([county], roster_of(tmp_path, text))
    assert not previous.of("2201", 2023)


def test_files_that_are_not_last_years_are_told(tmp_path, county):
    save(county / "坏.xlsx", b"no workbook")
    save(county / "又一份.xlsx", filing({"requests.new.natural": 99}, agency=BUREAU, year=2022))
    previous = read_previous([county], roster_of(tmp_path))
    assert len([f for f in previous.findings if f.code == "previous-skipped"]) == 2
    assert not previous.of(BUREAU.code, 2023) and previous.of(AGENCIES[1].code, 2023)
    assert not previous.of(AGENCIES[1].code, 2024), "the year before, and no other"


# ── the commands ─────────────────────────────────────────────────────────────


def test_the_commands_take_last_year(tmp_path, county):
    save(tmp_path / "名录.csv", ROSTER)
    made = run(
        "blank", "--year", 2023, "--roster", tmp_path / "名录.csv", "--previous", county, "-o", tmp_path / "下发"
    )
    assert made.returncode == 0, made.stderr
    for number, agency in enumerate(AGENCIES, 1):
        [path] = (tmp_path / "下发").glob(f"*{agency.code}*")
        blank = read_file(path).filing
        assert blank.inputs["requests.carried_in.natural"] == number and blank.carried
        figures = {f.id: 0 for f in blank.form.inputs} | {"requests.carried_in.natural": number}
        figures["requests.granted.natural"] = number + (agency is BUREAU)
        signed = filing(year=2023)
        values = {"values": figures, "signoff": dict(signed.signoff),
                  "texts": {k: "\n".join(v) for k, v in signed.texts.items()}}  # fmt: skip
        save(tmp_path / "数.json", json.dumps(values, ensure_ascii=False))
        done = run("fill", path, tmp_path / "数.json", "-o", tmp_path / "回收" / path.name)
        assert done.returncode == 0, done.stderr
    held = run("check", tmp_path / "回收", "--roster", tmp_path / "名录.csv", "--previous", county, "--json")
    told = json.loads(held.stdout)
    assert held.returncode == 1 and told["counts"]["accepted"] == 3
    merged = run("merge", tmp_path / "回收", "--roster", tmp_path / "名录.csv", "--previous", county,
                 "-o", tmp_path / "汇总.xlsx")  # fmt: skip
    assert merged.returncode == 1
    summary = read_file(tmp_path / "汇总.xlsx")
    assert summary.filing.last["requests.carried_out.natural"] == 10 and summary.verdict == "original"


def test_several_processes_judge_alike(tmp_path):
    paths = []
    for n in range(41):
        now = filing(
            {"disclosure.penalty.decisions": 900}, agency=Agency(f"7{n:02d}", f"第{n}局", "department"), year=2024
        )
        paths.append(save(tmp_path / f"{n}.xlsx", now))
    lasts = {(2023, f"7{n:02d}"): filing(agency=Agency(f"7{n:02d}", f"第{n}局", "department")) for n in range(40)}
    alone, together = (collection_json(check([tmp_path], jobs=jobs, previous=Previous(lasts))) for jobs in (1, 2))
    assert alone == together
    told = [f["rule"] for one in alone["filings"] for f in one["findings"]]
    assert told.count("jump.disclosure.penalty.decisions") == 40
    [note] = [f for f in alone["findings"] if f["code"] == "previous-missing"]
    assert "第40局" in note["message"]


def other(year, code, name):
    return filing(year=year, agency=Agency(code, name, "department"))


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ([other(2024, "71", "甲局"), other(2023, "72", "乙局")], ["甲局"]),
        ([other(2024, "71", "甲局"), other(2024, "73", "丙局"), other(2022, "72", "乙局")], ["甲局", "丙局"]),
        ([other(2024, "70", "有数局"), other(2024, "74", "丁局"), other(2023, "72", "乙局")], ["丁局"]),
        ([other(2024, "70", "有数局"), other(2023, "72", "乙局")], []),
        ([other(2024, "71", "甲局"), other(2024, "71", "甲局")], ["甲局"]),
        (
            [
                other(2024, "70", "有数局"),
                other(2024, "71", "甲局"),
                other(2023, "71", "甲局"),
                other(2024, "74", "丁局"),
            ],
            ["甲局", "丁局"],
        ),
    ],
    ids=range(6),
)
def test_who_has_no_last_year_is_named_once_and_no_form_of_another_year(tmp_path, files, named):
    """A form of another year is told as that, not as lacking figures that it does not need."""
    paths = [save(tmp_path / f"{n}.xlsx", one) for n, one in enumerate(files)]
    last = {(2023, "70"): filing(agency=Agency("70", "有数局", "department"))}
    notes = [f for f in check(paths, year=2024, previous=Previous(last)).findings if f.code == "previous-missing"]
    assert [note.detail["names"] for note in notes] == (["、".join(named)] if named else [])
    assert all(note.detail["count"] == len(named) for note in notes)


# ── LibreOffice says the same ────────────────────────────────────────────────


@pytest.mark.office
def test_libreoffice_judges_last_year_as_check_does(office: Office, tmp_path):
    rng = random.Random(7)
    made = []
    for n in range(24):
        last = next_year(SUQIAN) if n % 2 else published("wulanhua-2020")
        form = load_form("2021")
        blank = before(last).blank(form, last.agency, last.year + 1)
        figures = {f.id: blank.last.get(f.id) or 0 for f in form.inputs} | blank.inputs
        names = rng.sample([f.id for f in form.inputs], n // 2)
        figures |= {name: rng.choice((0, 1, 77, 900 * 10**6)) for name in names}
        if n % 4 == 3:
            figures = {f.id: blank.last.get(f.id) or 0 for f in form.inputs}  # all as last year, the fees perhaps not
            figures["disclosure.fees.amount"] *= rng.choice((1, 10_000))
        if n % 4 == 1:
            figures = dict(next_year(last).inputs)
        zero = frozenset(s.id for s in form.table_sections if n % 5 == 0)
        filled = replace(blank, inputs=figures, declared_zero=zero, signoff=filing(year=blank.year).signoff)
        made.append(save(tmp_path / "表" / f"{n}.xlsx", filled))
    recalculated = office.recalculated(made, tmp_path / "算过")
    seen = set()
    for path in made:
        received, rows = check_file(path), rows_of(recalculated[path])
        now = received.filing
        assert {r.rule for r in rows} >= {"same-as-last-year"}
        assert [r.rule for r in rows] == [r.id for r in now.rules if r.shows]
        assert disagreements(received, rows) == [], path
        seen |= {(row.rule, row.result) for row in rows}
        stored, worked_out = (
            {spot: cell.value for spot, cell in cells_of(p).items() if spot[0] == CHECKS and cell.kind == "n"}
            for p in (path, recalculated[path])
        )
        assert {k: float(v) for k, v in stored.items()} == {k: float(v) for k, v in worked_out.items()}
        assert check_file(recalculated[path]).verdict == "resaved"
    wanted = ("same-as-last-year", "requests.carry.natural", "disclosure.normative.effective", "disclosure.fees.unit")
    assert {(rule, result) for rule in wanted for result in (PASS, FAIL)} <= seen


def test_a_comparison_needs_every_figure():
    now = next_year(SUQIAN)
    assert compare(now).both == len(SUQIAN.form.inputs)
    blank = before(SUQIAN).blank(SUQIAN.form, SUQIAN.agency, 2024)
    assert compare(blank) is None


def test_texts_of_last_year_come_along():
    """What was written last year and is sent again word for word is told."""
    words = {
        s.id: tuple(f"{s.title}：今年推进了第{n}项工作，完善了公开目录和办理流程。" for n in range(9))
        for s in SUQIAN.form.text_sections
    }
    last, now = (filing(year=year, texts=words) for year in (2022, 2023))
    assert "text.repeated" in rules(against(last, now))
    assert "text.repeated" not in rules(against(last, filing(year=2023)))
