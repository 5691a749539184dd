"""Nothing grows faster than what comes in: the work of each step of a set is counted, not timed."""

import random
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from making import COUNTY

from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.gathered import Gathered, combine
from xltools.collection.levels import counted_twice
from xltools.collection.previous import Previous
from xltools.collection.roster import Entry, Roster, read_roster
from xltools.collection.states import standings
from xltools.collection.whose import Whose
from xltools.editions import load_form
from xltools.form.model import Agency, Filing, Member
from xltools.received import shelf
from xltools.received.file import Received
from xltools.summary import data, merge
from xltools.summary.data import beside
from xltools.summary.writing import write_summary
from xltools.terms import LEVELS
from xltools.workbook import ledger

FORM = load_form("2021")
KINDS = ("教育局", "财政局", "住房和城乡建设局", "发展和改革委员会", "司法局")


def steps(work):
    """Lines of the program that a piece of work runs: the same on every machine."""
    count = 0

    def tracer(frame, event, _):
        nonlocal count
        count += event == "line"
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def agencies(count):
    """So many agencies, five a county, every county's named alike."""
    return [Agency(f"22{n:06d}", f"第{n // 5}县{KINDS[n % 5]}", "department") for n in range(count)]


def roster_of(count):
    return Roster((Entry(COUNTY), *(Entry(a, COUNTY.code) for a in agencies(count))))


def received(filing):
    return Received(Path(f"{filing.agency.code}.xlsx"), filing.agency.code, "original", filing)


def reading(count, tmp_path):
    path = tmp_path / f"{count}.csv"
    lines = [f"{a.code},{a.name},{LEVELS[a.level]},22\n" for a in agencies(count)]
    path.write_text("单位代码,单位名称,层级,上级代码\n22,示例省,省级,\n" + "".join(lines), encoding="utf-8")
    return lambda: read_roster(path)


def missing(count, tmp_path):
    roster = roster_of(count)
    return lambda: merge(Collection([], 2023, roster), roster, COUNTY)


def unknown(count, tmp_path):
    roster = roster_of(count)
    files = [received(Filing(FORM, Agency(f"9{a.code}", a.name, a.level), 2023)) for a in agencies(count)]
    from xltools.collection.check import _known

    return lambda: _known(Collection(files, 2023, roster), roster)


def whose(count, tmp_path):
    roster = roster_of(count)
    previous = Previous(
        {(2022, a.code): Filing(FORM, a, 2022, inputs={"requests.carried_out.natural": 1}) for a in agencies(count)}
    )
    texts = {s.id: ("本年度第3县教育局主动公开信息，第7县财政局配合，县住建局牵头。",) for s in FORM.text_sections}
    files = [
        received(Filing(FORM, a, 2023, texts=texts, inputs={"requests.carried_in.natural": 1})) for a in agencies(count)
    ]

    def work():
        judge = Whose(roster, previous, (a.code for a in agencies(count)))
        for one in files:
            list(judge.of(one))

    return work


def summaries(count):
    """A roster of counties of ten agencies each, and the summary of every county."""
    counties = [Agency(f"22{n:04d}", f"第{n}县", "county") for n in range(count // 10)]
    beneath = {
        c.code: [Agency(f"{c.code}{n:02d}", f"{c.name}{n}局", "department") for n in range(10)] for c in counties
    }
    entries = [Entry(COUNTY), *(Entry(c, COUNTY.code) for c in counties)]
    entries += [Entry(a, code) for code, those in beneath.items() for a in those]
    made = [
        Filing(FORM, c, 2023, "summary", members=tuple(Member(a, "accepted", True) for a in beneath[c.code]))
        for c in counties
    ]
    return Roster(tuple(entries)), made


def tiered(count, tmp_path):
    roster, made = summaries(count)
    files = [received(f) for f in made]
    counted = {r.filing.agency.code: r for r in files}
    return lambda: standings(Collection(files, 2023, roster, counted=counted))


def beside_parts(count, tmp_path):
    """Agencies' own filings beside the one summary that holds them all."""
    those = agencies(count)
    whole = Filing(FORM, COUNTY, 2023, "summary", members=tuple(Member(a, "accepted", True) for a in those))
    files = [received(whole), *(received(Filing(FORM, a, 2023)) for a in those)]
    return lambda: sum(1 for _ in counted_twice(files))


def combining(count, tmp_path):
    """Parts of one file each, in any order."""
    parts = [Gathered((received(Filing(FORM, a, 2023)),)) for a in agencies(count)]
    random.Random(1).shuffle(parts)
    return lambda: combine(parts)


def merged(count):
    roster = roster_of(count)
    files = [received(Filing(FORM, a, 2023, inputs={f.id: 1 for f in FORM.inputs})) for a in agencies(count)]
    counted = {r.filing.agency.code: r for r in files}
    return lambda: merge(Collection(files, 2023, roster, counted=counted), roster, COUNTY)


def adding(count, tmp_path):
    return merged(count)


def writing(count, tmp_path):
    """A summary's workbook, and what lies beside it."""
    made = merged(count)()

    def work():
        write_summary(made, name="汇总表")
        for _, pieces in beside(made):
            for _ in pieces:
                pass

    return work


def on_disk(count, tmp_path):
    """A whole run of which no more than five filings are in memory at a time, its 明细 and its 数据 beside the workbook."""
    roster = roster_of(count)
    files = [received(Filing(FORM, a, 2023, inputs={f.id: 1 for f in FORM.inputs})) for a in agencies(count)]

    def work():
        with patch.object(shelf, "AT_HAND", 5), patch.object(ledger, "LIST_LIMIT", 1), patch.object(data, "_ROWS", 1):
            collection = check(combine([Gathered(tuple(files))]), roster)
            made = merge(collection, roster, COUNTY, include_queried=True)
            assert collection.received[0].away and len(made.included) == count
            write_summary(made, name="汇总表")
            assert {ending for ending, pieces in beside(made) for _ in pieces} >= {"_明细.csv", "_数据.csv"}

    return work


@pytest.mark.parametrize(
    "step", [reading, missing, unknown, whose, tiered, beside_parts, combining, adding, writing, on_disk]
)
def test_three_times_as_many_cost_three_times_as_much(step, tmp_path):
    few, many = 100, 300
    step(10, tmp_path)()  # what is made once
    cost = [steps(step(count, tmp_path)) for count in (few, many)]
    assert cost[1] < 1.15 * many / few * cost[0]


CHAINS = ("a>b b>c c>a", "a>a2 a2>a x>a", "a> b>a c>b d>c", "x>y y>z z>y w>x v>", "a>b b>c c>nobody")


@pytest.mark.parametrize("chain", CHAINS)
def test_who_goes_round_in_a_circle_is_told_as_before(chain, tmp_path):
    from xltools.collection.roster import _circles

    entries = [
        Entry(Agency(code, code, "county"), parent) for code, parent in (one.split(">") for one in chain.split())
    ]
    parents = {e.agency.code: e.parent for e in entries}

    def endless(code):
        for _ in range(len(entries) + 1):
            code = parents.get(code)
            if code is None:
                return False
        return True

    assert [line[: line.index("（")] for line in _circles(entries)] == [
        e.agency.code for e in entries if endless(e.agency.code)
    ]
