"""One state an agency: over random seasons JSON, page, chat text, 上报情况, frames and record say the same; all counts add up."""

import os
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from making import filing, opened, save, saved_at

from xltools import frames
from xltools.collection.account import collection_json
from xltools.collection.check import check
from xltools.collection.collected import by_agency
from xltools.collection.decisions import Decision, Office
from xltools.collection.roster import Entry, Roster
from xltools.collection.states import senders
from xltools.form.model import Agency
from xltools.form.standing import STATES
from xltools.pages.outcome import Outcome
from xltools.received.file import Received
from xltools.received.read import read_file
from xltools.season.record import take_stock
from xltools.slips.chat import chat
from xltools.summary import merge
from xltools.summary.judged import judged
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

SEASONS = int(os.environ.get("XLTOOLS_SEASONS", "30"))
"""How many random seasons; CHANGELOG and docs name the runs of more."""

AREA = Agency("11", "示例县", "county")
AGENCIES = [Agency(f"11{n:02d}", f"示例{n}局", "department") for n in range(1, 7)]
STRANGER = Agency("9901", "外县水利局", "department")
ROSTER = Roster((Entry(AREA), *(Entry(agency, AREA.code) for agency in AGENCIES)))
RULE, WHY = "disclosure.rules.authority", "受市政府委托管理的规章，已与市司法局核对。"
QUERIED = {"disclosure.rules.effective": 1}

FILES = {
    "right": {},
    "wrong": {"requests.new.natural": 5},
    "queried": QUERIED,
    "explained": QUERIED,
    "other year": {},
    "corrected": {"disclosure.fees.amount": 7_000_000},
}
STATE_OF = {"right": "accepted", "wrong": "returned", "queried": "queried", "explained": "accepted",
            "other year": "returned", "corrected": "accepted"}  # fmt: skip


@dataclass
class Kept:
    """The files of all seasons, read once each."""

    known: dict[Path, Received] = field(repr=False)

    def recall(self, path):
        got = self.known[path]
        return Received(got.path, got.sha256, got.verdict, got.filing, [*got.findings], got.places, got.paragraphs,
                        got.saved, got.answers)  # fmt: skip

    read = recall


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("回收")
    paths = []
    for agency in (*AGENCIES, STRANGER):
        for number, (kind, figures) in enumerate(FILES.items()):
            year = 2022 if kind == "other year" else 2023
            why = {RULE: WHY} if kind == "explained" else {}
            content = write_filing(filing(figures, agency=agency, year=year, explanations=why))
            paths.append(save(folder / f"{agency.code} {kind}.xlsx", saved_at(content, f"2024-01-1{number}T08:00:00Z")))
    stray = save(folder / "联系人.xlsx", "不是工作簿")
    return folder, Kept({path: read_file(path) for path in (*paths, stray)})


seasons = st.tuples(
    st.lists(st.sets(st.sampled_from(list(FILES)), max_size=3), min_size=len(AGENCIES) + 1, max_size=len(AGENCIES) + 1),
    st.sets(st.sampled_from([a.code for a in AGENCIES])),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=SEASONS, deadline=None, suppress_health_check=list(HealthCheck))
@given(seasons)
def test_everything_that_tells_of_a_season_tells_the_same(kept, season):
    folder, readings = kept
    files, decided, newest, queried, strays = season
    who = [*AGENCIES, STRANGER]
    paths = [
        folder / f"{agency.code} {kind}.xlsx"
        for agency, kinds in zip(who, files, strict=True)
        for kind in sorted(kinds)
    ]
    paths += [folder / "联系人.xlsx"] if strays else []
    if not any("other year" not in kinds and kinds for kinds in files):
        return
    decisions = (Decision(n, code, RULE, "王五", "2024-01-20", "电话核实过") for n, code in enumerate(sorted(decided)))
    office = Office("办理记录.xlsx", tuple(decisions))
    collection = check(paths, ROSTER, 2023, readings=readings, office=office, newest=newest)

    agencies = collection_json(collection)["agencies"]
    states = {told["code"]: told["state"] for told in agencies}
    assert states == {
        a.code: expected(kinds, a.code in decided, newest) for a, kinds in zip(AGENCIES, files, strict=False)
    }
    counts = Counter(states.values())
    assert sum(counts.values()) == len(AGENCIES)
    for told in agencies:
        assert (told["counted"] is None) == (
            told["state"] in ("missing", "duplicate") or set(kinds_of(told)) == {"other year"}
        )
        assert {"accepted": (0, 0), "missing": (0, 0), "duplicate": None, "returned": None, "queried": None}[
            told["state"]] in (None, (told["errors"], told["queries"])) or told["state"] == "accepted"  # fmt: skip
        assert told["state"] not in ("returned", "duplicate") or told["errors"]
        assert told["state"] != "queried" or told["queries"]

    head = chat(collection).splitlines()[1]
    said = {words: int(number) for words, number in re.findall(r"[：，](\S+?) (\d+) 家", head)}
    assert head.startswith(f"应报 {len(AGENCIES)} 家") and said == {STATES[state]: n for state, n in counts.items()}
    lines = re.sub(r"^另外：\n(.+\n)*", "", chat(collection), flags=re.MULTILINE)
    listed = re.sub(r"^(\d+\. [^：]*：).*", r"\1", lines, flags=re.MULTILINE)
    assert all(listed.count(agency.name) == 1 for agency in AGENCIES) and STRANGER.name not in lines

    summary = merge(collection, ROSTER, AREA, include_queried=queried)
    told = summary.as_json(judged(summary, Path("汇总.xlsx")))
    assert told["agencies"] == agencies and told["summary"]["agencies"] == len(AGENCIES)
    assert told["summary"]["accepted"] == counts["accepted"] + (counts["queried"] if queried else 0)
    assert told["summary"]["received"] == len(AGENCIES) - counts["missing"]
    assert {m["code"] for m in told["summary"]["missing"]} == {c for c, state in states.items() if state == "missing"}
    assert {s.entry.agency.code: s.state for s in senders(collection) if s.entry.agency != STRANGER} == states
    assert {code: known.state for code, known in take_stock(collection, office, None).agencies.items()
            if code != STRANGER.code} == states  # fmt: skip
    frame = frames.agencies(collection)
    assert dict(zip(frame["code"], frame["state"], strict=True)) == states

    shown = html.fromstring(Outcome(collection).picture(folder / "审核情况.html").page("今天").decode())
    tally = {li.find("span").text: int(li.find("b").text) for li in shown.xpath("//ul[@class='tally']/li")[1:]}
    assert tally == {**{STATES["accepted"]: 0}, **{STATES[state]: n for state, n in counts.items()}}
    assert int(shown.xpath("//ul[@class='tally']/li[1]/b")[0].text) == len(AGENCIES)
    table = [[cell.text_content().strip() for cell in tr] for tr in shown.xpath("//table[@class='agencies']/tbody/tr")]
    assert {row[6]: tuple(row[1:4]) for row in table} == {
        told["code"]: (STATES[told["state"]], str(told["errors"] or ""), str(told["queries"] or ""))
        for told in agencies
    }
    open_ = Counter(td.text for td in shown.xpath("//td[contains(@class, 'kind')]"))
    told = collection.counts()
    assert (open_["错误"], open_["核实"]) == (told["error"], told["query"])
    assert shown.xpath("//footer")[0].text == str(collection)

    page = opened(write_summary(summary))["上报情况"]
    lines = {row[9].value: row[2].value for row in page.iter_rows(min_row=3) if row[9].value in states}
    assert {code: words.removesuffix("（已计入）") for code, words in lines.items()} == {
        c: STATES[s] for c, s in states.items()
    }


def kinds_of(told):
    return [Path(file).stem.partition(" ")[2] for file in told["files"]]


def expected(kinds, decided, newest):
    """What must become of an agency that sent these files."""
    this_year = sorted(kinds - {"other year"}, key=list(FILES).index)
    if not kinds:
        return "missing"
    if not this_year:
        return "returned"
    if {"queried", "explained"} == set(this_year):
        return "accepted"  # the same figures and texts; one of them says why
    different = [k for k in this_year if not (k == "explained" and "queried" in this_year)]
    if len(different) > 1 and not newest:
        return "duplicate"
    state = STATE_OF[this_year[-1]]
    return "accepted" if state == "queried" and (decided or "explained" in this_year) else state


@pytest.mark.parametrize("seed", range(6))
def test_files_of_each_agency_are_told_in_the_order_in_which_agencies_came(seed):
    rng = random.Random(seed)
    files = [
        Received(
            Path(f"{n}.xlsx"), "", "original", filing({}, agency=rng.choice(AGENCIES)) if rng.random() < 0.8 else None
        )
        for n in range(rng.randrange(25))
    ]
    known: dict[str, list[Received]] = {}
    for got in files:
        if got.filing:
            known.setdefault(got.filing.agency.code, []).append(got)
    found = [*by_agency(iter(files))]
    assert [code for code, _ in found] == [*known]
    assert [[id(got) for got in those] for _, those in found] == [
        [id(got) for got in those] for those in known.values()
    ]
