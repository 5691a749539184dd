"""Where nothing has changed a check finds at once what it found before; where anything has, it goes through all of it again."""

import hashlib
import json
import os
import pickle
import re
import shutil
from dataclasses import replace
from functools import cache

import pytest
from making import resaved, run, save
from test_derived import forget
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, WHY, Folder, rows, said

from xltools import derived as shelf
from xltools.collection import gathered
from xltools.collection.check import check
from xltools.editions import load_form
from xltools.received.file import FILE_LIMIT, Received
from xltools.season import unchanged
from xltools.season.work import Work
from xltools.slips import Letters, Slip, single
from xltools.slips.letterhead import Letterhead

FORM = load_form("2021")
PACK = 'id = "local"\ntitle = "本地"\n[[change]]\nrule = "text.year"\nseverity = "error"\n'
WRONG = {"requests.new.natural": 5}
CODES = ("1101", "1102", "1103", "1104")


def laid(home, last=True):
    """A season of five: one right, one with an error, one queried, one sent twice, one that sent nothing; last year's beside it."""
    made = Folder(home / "季")
    made.roster(rows([AGENCIES[code] for code in (*CODES, "1105")]))
    made.receive(**{
        "1101": said("1101"), "1102": said("1102", more=WRONG), "1103": said("1103", more={EFFECTIVE: 1}),
        "1104": said("1104"), "1104（1）": said("1104", more={"disclosure.fees.amount": 7_000_000}),
    })  # fmt: skip
    save(made.home / "回收" / "说明.txt", b"x")
    save(made.home / "回收" / "坏的.xlsx", b"no workbook")
    if last:
        for code in CODES:
            save(home / "last" / f"{code}.xlsx", said(code, year=2022))
        save(home / "last" / "1101_明细.csv", b"1")
        made.setting("previous", "../last")
    return made


@pytest.fixture
def folder(tmp_path):
    return laid(tmp_path)


@pytest.fixture
def gone_through(monkeypatch):
    """How often filings were gone through."""
    times, whole = [], Work._check
    monkeypatch.setattr(Work, "_check", lambda self, *how: times.append(1) or whole(self, *how))
    return times


def judged(told):
    """What a check says but for what has changed since the last one, and when that was."""
    return {key: value for key, value in told.items() if key != "changes"}


TIME = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?"


def printed(done):
    """How a command ended and what it said, but for its folder and for times: now and then two runs are of two minutes."""
    return done.returncode, re.sub(TIME, "", done.stdout[done.stdout.find("：") :]), done.stderr


def everything(folder):
    """What lies in a folder, to the byte, but for times and what is kept for speed alone."""
    there = {}
    for path in sorted(p for p in folder.home.rglob("*") if p.is_file()):
        name = path.relative_to(folder.home).as_posix()
        if name not in (".xltools/run", ".xltools/judged", ".xltools/lock") and ".xltools/readings" not in name:
            there[name] = re.sub(TIME.encode(), b"", path.read_bytes())
    return there


# ── the same, sooner ─────────────────────────────────────────────────────────


def test_an_unchanged_folder_is_not_gone_through_again(folder, gone_through):
    first, there = folder.check(), everything(folder)
    second = folder.check()
    assert len(gone_through) == 1
    assert judged(second) == judged(first) and second["changes"]["unchanged"] == 4
    assert {**everything(folder), "审核情况.html": 0} == {**there, "审核情况.html": 0}


def test_merging_needs_no_check_of_its_own(folder, gone_through):
    folder.check()
    told = folder.merge()
    assert len(gone_through) == 1
    kept(folder).unlink()
    summary = {p.name: p.read_bytes() for p in (folder.home / "汇总").iterdir()}
    assert judged(folder.merge("--force")) == judged(told) and len(gone_through) == 2
    assert {p.name: p.read_bytes() for p in (folder.home / "汇总").iterdir()} == summary


STEPS = {
    "nothing": lambda f: None,
    "a correction": lambda f: f.receive(**{"1102": said("1102")}),
    "another correction": lambda f: f.receive(**{"1103": said("1103", more={EFFECTIVE: 2}, explanations={AUTHORITY: WHY})}),
    "figures under an explanation": lambda f: f.receive(
        **{"1103": said("1103", more={EFFECTIVE: 3}, explanations={AUTHORITY: WHY})}
    ),
    "a decision": lambda f: f.decide(["1103", "第3局", AUTHORITY, "李主任", "2024-01-20", "打电话问过，是委托管理的。"]),
    "the last one": lambda f: f.receive(**{"1105": said("1105")}),
    "one taken away": lambda f: (f.home / "回收" / "1104（1）.xlsx").unlink(),
}  # fmt: skip


def test_a_season_day_by_day_is_the_same_with_and_without(tmp_path, monkeypatch):
    """Each day is checked twice, in two folders: the one keeps what it found, the other nothing."""
    with_, without = laid(tmp_path / "1"), laid(tmp_path / "2")
    recall, hits = unchanged.recall, []

    def recalling(folder, kind, of):
        found = recall(folder, kind, of)
        hits.append((kind, found is not None))
        return found

    def told(folder, *options, keeping):
        monkeypatch.setattr("xltools.season.runs.recall", recalling if keeping else lambda *_: None)
        done = run("check", *options, cwd=folder.home)
        return done.returncode, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", done.stdout), done.stderr

    for change in STEPS.values():
        for folder in (with_, without):
            change(folder)
        for options in (("--json",), (), ("-v",)):
            assert told(with_, *options, keeping=True) == told(without, *options, keeping=False)
            assert everything(with_) == everything(without)
    assert hits.count(("run", False)) == len(STEPS) and hits.count(("run", True)) == 2 * len(STEPS)
    assert hits.count(("judged", True)) == len(STEPS) - 1, (
        "but for the first day each found what the day before had judged"
    )


def a_letter(folder):
    return next((folder.home / "退回").glob("*_退回单.docx"))


def worked_in(folder):
    path = next((folder.home / "退回").glob("1102_*_请更正.xlsx"))
    save(path, altered(path.read_bytes()))
    return path


@cache
def altered(content):
    return resaved(content, lambda book: book.worksheets[-1].cell(1, 1, "x"))


AROUND = {
    "nothing": lambda f: None,
    "a slip thrown away": lambda f: a_letter(f).unlink(),
    "a letter that somebody wrote into": lambda f: save(a_letter(f), b"x"),
    "a copy that somebody worked in": worked_in,
    "a copy worked in, and thrown away": lambda f: (path := worked_in(f), run("check", cwd=f.home), path.unlink()),
    "all slips thrown away": lambda f: shutil.rmtree(f.home / "退回"),
    "slips that cannot be written": lambda f: (shutil.rmtree(f.home / "退回"), save(f.home / "退回", b"x")),
    "the deadline": lambda f: f.setting("deadline", "2024-02-01"),
    "the page thrown away": lambda f: (f.home / "审核情况.html").unlink(),
    "the page written into": lambda f: save(f.home / "审核情况.html", b"x"),
    "the record thrown away": lambda f: (f.home / ".xltools" / "record.json").unlink(),
    "the record of an earlier run": lambda f: save(f.home / ".xltools" / "record.json", f.earlier),
    "a summary made": lambda f: f.merge(),
    "some of the files looked at": lambda f: run("check", "回收/1101.xlsx", cwd=f.home),
    "a page elsewhere": lambda f: run("check", "-o", "又/看.html", cwd=f.home),
    "slips elsewhere": lambda f: run("check", "--slips", "又", cwd=f.home),
    "from within": lambda f: run("check", cwd=f.home / "回收"),
}  # fmt: skip
"""What may have happened, though all that a run reads is the same."""


@pytest.mark.parametrize("what", AROUND)
def test_whatever_lies_around_the_same_all_is_written_as_without_anything_kept(tmp_path, monkeypatch, what):
    """Two runs after it, in two folders: record, slips, page and all that is said."""
    with_, without = laid(tmp_path / "1"), laid(tmp_path / "2")
    recall, told = unchanged.recall, {}
    for folder, recalls in ((with_, recall), (without, lambda *_: None)):
        monkeypatch.setattr("xltools.season.runs.recall", recalls)
        run("check", cwd=folder.home)
        folder.earlier = (folder.home / ".xltools" / "record.json").read_bytes()
        folder.receive(**{"1102": said("1102", more={EFFECTIVE: 4})})
        run("check", cwd=folder.home)
        AROUND[what](folder)
        each = told[folder] = []
        for _ in range(2):
            each.append((*printed(run("check", "-v", cwd=folder.home)), everything(folder)))
    for one, other in zip(told[with_], told[without], strict=True):
        assert one == other
    if what == "nothing":
        assert "没有变化 4 家" in told[with_][0][1]


ASKED = {
    "slips elsewhere": [("--slips", "又")],
    "slips elsewhere, twice": [("--slips", "又"), ("--slips", "又", "--force")],
    "slips elsewhere, then in their place": [("--slips", "又"), ()],
    "slips here and there": [("--slips", "又"), ("--slips", "再/又"), ()],
    "slips in their place, by its name": [("--slips", "退回", "--force"), ()],
    "slips and page elsewhere": [("--slips", "又", "-o", "看.html"), ()],
    "slips elsewhere of which one is thrown away": [("--slips", "又"), lambda f: next((f.home / "又").iterdir()).unlink(), ()],
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_a_run_that_finds_the_same_writes_what_it_is_asked_for_as_without_anything_kept(tmp_path, monkeypatch, what):
    """The links of a page led to the slips of the run before, though these went elsewhere."""
    with_, without = laid(tmp_path / "1"), laid(tmp_path / "2")
    for folder in (with_, without):
        run("check", cwd=folder.home)
    recall = unchanged.recall
    for options in ASKED[what]:
        each = []
        for folder, recalls in ((with_, recall), (without, lambda *_: None)):
            monkeypatch.setattr("xltools.season.runs.recall", recalls)
            done = options(folder) if callable(options) else run("check", *options, cwd=folder.home)
            each.append((done and printed(done), everything(folder)))
        assert each[0] == each[1]


def test_of_the_same_no_stock_is_taken_and_no_picture_drawn(folder, monkeypatch):
    folder.check()
    monkeypatch.setattr("xltools.season.runs.take_stock", lambda *_: 1 / 0)
    monkeypatch.setattr("xltools.pages.outcome.Outcome.picture", lambda *_: 1 / 0)
    assert folder.check()["changes"]["unchanged"] == 4
    folder.receive(**{"1105": said("1105")})
    assert "ZeroDivisionError" in run("check", cwd=folder.home).stderr


# ── whatever changes is gone through ─────────────────────────────────────────


def one_byte(path):
    """The last byte of a zip's comment or of a text: nothing that any cell holds."""
    path.write_bytes(path.read_bytes()[:-2] + b"\1\0x" if path.suffix == ".xlsx" else path.read_bytes() + b"\n")


def form_of_the_folder(folder, more=""):
    text = (shelf.Path(shelf.__file__).parent / "editions" / "2021.toml").read_text("utf-8")
    save(folder.home / "格式" / "2021.toml", (text + more).encode())


def of_the_roster(folder, name):
    changed = [AGENCIES[code] for code in (*CODES, "1105")]
    folder.roster(rows([replace(changed[0], name=name), *changed[1:]]))


CHANGES = {
    "one byte of a filing": lambda f: one_byte(f.home / "回收" / "1101.xlsx"),
    "a figure of a filing": lambda f: f.receive(**{"1101": said("1101", more={"disclosure.fees.amount": 10_000})}),
    "one byte of what cannot be read": lambda f: save(f.home / "回收" / "坏的.xlsx", b"no workbooK"),
    "a filing more": lambda f: f.receive(**{"1105": said("1105")}),
    "a filing fewer": lambda f: (f.home / "回收" / "1101.xlsx").unlink(),
    "a filing's name": lambda f: (f.home / "回收" / "1101.xlsx").rename(f.home / "回收" / "1101a.xlsx"),
    "two filings' names, one for the other": lambda f: exchanged(f.home / "回收", "1101.xlsx", "1102.xlsx"),
    "something else beside them": lambda f: save(f.home / "回收" / "又.txt", b""),
    "an archive": lambda f: save(f.home / "回收" / "又.zip", b""),
    "one byte of the roster": lambda f: one_byte(f.home / "名录.xlsx"),
    "a name on the roster": lambda f: of_the_roster(f, "改名局"),
    "a decision": lambda f: f.decide(["1103", "第3局", AUTHORITY, "李主任", "2024-01-20", "问过，属实，是委托管理的。"]),
    "one byte of last year's": lambda f: one_byte(f.home.parent / "last" / "1101.xlsx"),
    "a figure of last year's": lambda f: save(f.home.parent / "last" / "1101.xlsx", said("1102", year=2022, agency=AGENCIES["1101"])),
    "last year's fewer": lambda f: (f.home.parent / "last" / "1102.xlsx").unlink(),
    "figures beside last year's": lambda f: save(f.home.parent / "last" / "1101_明细.csv", b"2"),
    "more of them": lambda f: save(f.home.parent / "last" / "1102_明细.csv", b"1"),
    "none of them": lambda f: (f.home.parent / "last" / "1101_明细.csv").unlink(),
    "no last year": lambda f: f.setting("previous", ""),
    "a setting": lambda f: f.setting("prefer", "newest"),
    "a form of the folder's own": form_of_the_folder,
    "one byte of it": lambda f: form_of_the_folder(f, "\n"),
    "a rule pack": lambda f: save(f.home / "规则" / "市里.toml", PACK.encode()),
}  # fmt: skip


def test_figures_beside_this_years_are_looked_at_too(folder, gone_through):
    save(folder.home / "回收" / "1101_明细.csv", b"1")
    folder.check()
    folder.check()
    assert len(gone_through) == 1
    save(folder.home / "回收" / "1101_明细.csv", b"2")
    folder.check()
    assert len(gone_through) == 2


def exchanged(folder, one, other):
    contents = [(folder / name).read_bytes() for name in (one, other)]
    for name, content in zip((other, one), contents, strict=True):
        save(folder / name, content)


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_has_changed_all_is_gone_through_again(folder, gone_through, what):
    if what == "one byte of it":
        form_of_the_folder(folder)
    run("check", cwd=folder.home)
    run("check", cwd=folder.home)
    assert len(gone_through) == 1
    CHANGES[what](folder)
    done = run("check", "--json", cwd=folder.home)
    assert len(gone_through) == 2, done.stderr
    for name in ("run", "judged"):
        (folder.home / ".xltools" / name).unlink()
    anew = run("check", "--json", cwd=folder.home)
    assert judged(json.loads(anew.stdout)) == judged(json.loads(done.stdout)) and len(gone_through) == 3


ALL = {"1101.xlsx", "1102.xlsx", "1103.xlsx", "1104.xlsx", "1104（1）.xlsx"}
OTHERS = {
    "one byte of a filing": {"1101.xlsx"},
    "a figure of a filing": {"1101.xlsx"},
    "a filing more": {"1105.xlsx"},
    "a filing's name": {"1101a.xlsx"},
    "two filings' names, one for the other": {"1101.xlsx", "1102.xlsx"},
    "one byte of the roster": ALL, "a name on the roster": ALL, "one byte of last year's": ALL, "a figure of last year's": ALL,
    "figures beside last year's": ALL, "more of them": ALL, "none of them": ALL,
    "last year's fewer": ALL, "no last year": ALL, "a form of the folder's own": ALL, "one byte of it": ALL, "a rule pack": ALL,
}  # fmt: skip
"""What is judged again after each change; where nothing stands, nothing is."""


@pytest.fixture
def judging(monkeypatch):
    """The names of the files that were judged by themselves."""
    names, whole = [], gathered.judged
    monkeypatch.setattr(gathered, "judged", lambda got, *how: names.append(got.path.name) or whole(got, *how))
    return names


@pytest.mark.parametrize("what", CHANGES)
def test_only_what_has_changed_is_judged_again(folder, judging, what):
    if what == "one byte of it":
        form_of_the_folder(folder)
    run("check", cwd=folder.home)
    assert {*judging} >= ALL
    judging.clear()
    CHANGES[what](folder)
    done = run("check", "--json", cwd=folder.home)
    assert {*judging} - {"坏的.xlsx"} == OTHERS.get(what, set()), done.stderr


def test_only_slips_of_what_has_changed_are_made_and_written(folder, made):
    folder.receive(**{"1105": said("1105", more=WRONG)})
    folder.check()
    before, there = len(made), times(folder)
    folder.receive(**{"1102": said("1102", more={"requests.new.natural": 7})})
    folder.check()
    assert {*made[before:]} == {"1102.xlsx"} and before > 3
    assert {name for name, at in times(folder).items() if there.get(name) != at} == {
        "1102_第2局_退回单.docx", "1102_第2局_请更正.xlsx", "催报与退改.txt",
    }  # fmt: skip


ABOUT_OTHERS = {
    "a second file of an agency": lambda f: f.receive(**{"1102（1）": said("1102", more={"requests.new.natural": 8})}),
    "the second file gone": lambda f: (f.home / "回收" / "1104（1）.xlsx").unlink(),
    "the deadline": lambda f: f.setting("deadline", "2024-02-01"),
    "the contact": lambda f: f.setting("contact", "Sun"),
    "a decision": CHANGES["a decision"],
    "a slip that somebody threw away": lambda f: next((f.home / "退回").glob("1102_*_退回单.docx")).unlink(),
    "a letter that somebody wrote into": lambda f: save(next((f.home / "退回").glob("1102_*_退回单.docx")), b"x"),
}


@pytest.mark.parametrize("what", ABOUT_OTHERS)
def test_slips_are_what_they_would_be_without_anything_kept(folder, what):
    """Of files that are the same, but of which something else is said now; another file is changed, so that all is gone through."""
    folder.check()
    ABOUT_OTHERS[what](folder)
    folder.receive(**{"1103": said("1103", more={EFFECTIVE: 2})})
    folder.check()
    there = {p.name: p.read_bytes() for p in (folder.home / "退回").iterdir() if p.is_file()}
    for name in ("run", "judged"):
        kept(folder, name).unlink()
    shutil.rmtree(folder.home / "退回")
    folder.check()
    assert {p.name: p.read_bytes() for p in (folder.home / "退回").iterdir() if p.is_file()} == there


def test_what_changes_when_it_was_read_is_read_again(folder, monkeypatch):
    whole = Work._check

    def slowly(self, *how):
        found = whole(self, *how)
        save(folder.home / "回收" / "1101.xlsx", said("1101", more=WRONG))
        return found

    monkeypatch.setattr(Work, "_check", slowly)
    folder.check()
    monkeypatch.setattr(Work, "_check", whole)
    right = judged(folder.check())
    [first] = [one for one in right["filings"] if one["file"] == "回收/1101.xlsx"]
    assert any(found["rule"] == "requests.balance.natural" for found in first["findings"])
    for name in ("run", "judged"):
        kept(folder, name).unlink()
    assert judged(folder.check()) == right


WHILE = {
    "a filing": lambda f: save(f.home / "回收" / "1101.xlsx", said("1101", more=WRONG)),
    "a filing more": lambda f: save(f.home / "回收" / "1105.xlsx", said("1105")),
    "the roster": lambda f: one_byte(f.home / "名录.xlsx"),
    "last year's": lambda f: one_byte(f.home.parent / "last" / "1101.xlsx"),
    "figures beside last year's": lambda f: save(f.home.parent / "last" / "1101_明细.csv", b"2"),
    "a setting": lambda f: f.setting("prefer", "newest"),
}


@pytest.mark.parametrize("what", WHILE)
def test_what_changes_before_it_is_read_is_not_kept_as_what_was_there(folder, monkeypatch, what):
    """What stands for the run is made before anything is read, and then this happens."""
    whole = Work._check
    monkeypatch.setattr(Work, "_check", lambda self, *how: (WHILE[what](folder), whole(self, *how))[1])
    folder.check()
    assert not kept(folder).exists() and not kept(folder, "judged").exists()
    monkeypatch.setattr(Work, "_check", whole)
    right = judged(folder.check())
    for name in ("run", "judged"):
        kept(folder, name).unlink()
    assert judged(folder.check()) == right


EARLY = {
    "who is expected": lambda f: f.roster(rows([AGENCIES[code] for code in CODES[:2]])),
    "in what order": lambda f: f.roster(rows([AGENCIES[code] for code in reversed((*CODES, "1105"))])),
    "one more": lambda f: f.roster(rows([AGENCIES[code] for code in (*CODES, "1105", "1106")])),
    "how one is called": lambda f: of_the_roster(f, "第9局"),
    "the newest counts": lambda f: f.setting("prefer", "newest"),
    "nothing of last year": lambda f: f.setting("previous", ""),
    "until when": lambda f: f.setting("deadline", "2024-02-01"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["merge", "check"])
@pytest.mark.parametrize("what", EARLY)
def test_a_list_that_is_saved_when_it_was_read_is_not_taken_for_what_was_read(folder, monkeypatch, what, command):
    """Between reading the roster and standing for it a large summary may be read, or a slow folder listed."""
    between = {"merge": "replacing", "check": "earlier_slips"}[command]
    true = getattr(Work, between)

    def slowly(self, *given, **how):
        self.roster()
        found = true(self, *given, **how)
        EARLY[what](folder)
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Work, between, slowly)
        folder.merge() if command == "merge" else folder.check()
    after = judged(folder.check())
    for name in ("run", "judged"):
        kept(folder, name).unlink(missing_ok=True)
    assert judged(folder.check()) == after


def test_a_failure_of_the_program_is_not_kept(folder, monkeypatch, gone_through):
    monkeypatch.setattr("xltools.collection.gathered.judge", lambda *_: 1 / 0)
    assert any(f["code"] == "file-failed" for one in folder.check()["filings"] for f in one["findings"])
    monkeypatch.undo()
    assert not any(f["code"] == "file-failed" for one in folder.check()["filings"] for f in one["findings"])


def test_filings_held_against_parts_leave_nothing_of_it_to_the_next_run(folder):
    """What the parts say of the whole goes into that run's slips and no other's."""
    plain = judged(folder.check())
    save(folder.home.parent / "parts" / "1101.xlsx", said("1101"))
    folder.check("--parts", "../parts/1101.xlsx")
    assert judged(folder.check()) == plain


# ── nothing kept is believed for its own sake ────────────────────────────────


def kept(folder, name="run"):
    return folder.home / ".xltools" / name


def forged(folder, content):
    """A pickle that would run something, under the first line of what was there."""
    return content.split(b"\n", 1)[0] + b"\n" + pickle.dumps(Runs(folder.home / "ran"))


class Runs:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


TAMPERED = {
    "a byte of the seal": lambda f, c: bytes([c[0] ^ 1]) + c[1:],
    "a byte of the end": lambda f, c: c[:-1] + bytes([c[-1] ^ 1]),
    "a byte of the middle": lambda f, c: c[: len(c) // 2] + bytes([c[len(c) // 2] ^ 1]) + c[len(c) // 2 + 1 :],
    "cut off": lambda f, c: c[:1000],
    "longer": lambda f, c: c + b"\0",
    "empty": lambda f, c: b"",
    "no seal": lambda f, c: c.split(b"\n", 1)[1],
    "something to be run": forged,
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_passed_over(folder, gone_through, how):
    right = judged(folder.check())
    path = kept(folder)
    path.write_bytes(TAMPERED[how](folder, path.read_bytes()))
    assert judged(folder.check()) == right and len(gone_through) == 2
    assert not (folder.home / "ran").exists()
    assert judged(folder.check()) == right and len(gone_through) == 2


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_found_of_single_files_is_passed_over_where_it_was_tampered_with(folder, judging, how):
    folder.check()
    path = kept(folder, "judged")
    path.write_bytes(TAMPERED[how](folder, path.read_bytes()))
    judging.clear()
    one_byte(folder.home / "回收" / "1101.xlsx")
    found = judged(folder.check())
    assert {*judging} >= ALL and not (folder.home / "ran").exists()
    for name in ("run", "judged"):
        kept(folder, name).unlink()
    assert judged(folder.check()) == found


def test_what_was_judged_of_another_folder_s_files_is_not_taken_for_ones_own(tmp_path):
    """It was sealed by the same account, for the same means; the files of these names are others."""
    one, other = laid(tmp_path / "1", last=False), laid(tmp_path / "2", last=False)
    other.receive(**{code: said(code, more={"disclosure.fees.amount": 10_000}) for code in CODES})
    one.check()
    right = judged(other.check())
    for name in ("run", "judged"):
        shutil.copy(kept(one, name), kept(other, name))
    assert judged(other.check()) == right


def test_a_file_over_which_the_program_failed_is_judged_again(folder, monkeypatch, judging):
    folder.check()
    monkeypatch.setattr("xltools.collection.gathered.judge", lambda *_: 1 / 0)
    one_byte(folder.home / "回收" / "1101.xlsx")
    assert any(f["code"] == "file-failed" for one in folder.check()["filings"] for f in one["findings"])
    monkeypatch.undo()
    assert not any(f["code"] == "file-failed" for one in folder.check()["filings"] for f in one["findings"])


def test_what_another_account_kept_is_passed_over(folder, gone_through, monkeypatch, tmp_path):
    right = judged(folder.check())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    forget()
    assert judged(folder.check()) == right and len(gone_through) == 2
    monkeypatch.undo()
    forget()


def test_what_another_program_kept_is_passed_over(folder, monkeypatch, gone_through):
    folder.check()
    monkeypatch.setattr(shelf, "_program", lambda: "another")
    folder.check()
    assert len(gone_through) == 2


def test_what_another_folder_kept_is_not_taken_for_ones_own(tmp_path, gone_through):
    one, other = laid(tmp_path / "1"), laid(tmp_path / "2")
    other.receive(**{"1101": said("1101", more=WRONG)})
    one.check()
    right = judged(other.check())
    shutil.copy(kept(one), kept(other))
    assert judged(other.check()) == right and len(gone_through) == 3


def test_what_is_no_file_is_not_waited_for(folder, gone_through):
    folder.check()
    kept(folder).unlink()
    os.mkfifo(kept(folder))
    folder.check()
    assert len(gone_through) == 2 and kept(folder).is_file()


# ── slips ────────────────────────────────────────────────────────────────────


def times(folder):
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in (folder.home / "退回").iterdir()}


@pytest.fixture
def made(monkeypatch):
    """The slips that were made."""
    names, whole = [], single.slips_of
    monkeypatch.setattr(
        single, "slips_of", lambda received, *how: names.append(received.path.name) or whole(received, *how)
    )
    return names


def test_slips_that_are_there_are_neither_made_nor_written(folder, made):
    told = folder.check()
    first, there = list(made), times(folder)
    again = folder.check()
    assert first and made == first and times(folder) == there and again["slips"] == told["slips"]


@pytest.mark.parametrize("ending", ["_退回单.docx", "_请更正.xlsx", ".txt"])
def test_a_slip_that_is_gone_is_written_again(folder, made, ending):
    folder.check()
    path = next(p for p in (folder.home / "退回").iterdir() if p.name.endswith(ending))
    content, there = path.read_bytes(), times(folder)
    path.unlink()
    folder.check()
    assert path.read_bytes() == content
    assert {**times(folder), path.name: 0} == {**there, path.name: 0}, "the others are left alone"


def test_a_copy_that_somebody_worked_in_stays_and_is_told_each_time(folder):
    folder.check()
    path = next(p for p in (folder.home / "退回").iterdir() if p.name.endswith("_请更正.xlsx"))
    worked_in = resaved(path.read_bytes())
    path.write_bytes(worked_in)
    for _ in range(3):
        assert path.name in run("check", cwd=folder.home).stderr and path.read_bytes() == worked_in
    path.unlink()
    folder.check()
    assert path.exists()


def test_another_deadline_is_in_the_letters_at_once(folder, made):
    folder.check()
    before, there = len(made), times(folder)
    text = (folder.home / "xltools.toml").read_text("utf-8")
    assert "deadline" in text
    folder.setting("deadline", "2024-01-20")
    folder.check()
    assert len(made) > before
    assert {name for name, at in times(folder).items() if at != there[name]} >= {"催报与退改.txt"}


def test_what_is_settled_is_put_away_though_nothing_is_made(folder, made):
    folder.check()
    before, copy = len(made), next((folder.home / "退回").glob("*_请更正.xlsx"))
    (folder.home / "退回" / "1199_别的局_请更正.xlsx").write_bytes(copy.read_bytes())
    folder.check()
    assert (folder.home / "退回" / "已了结" / "1199_别的局_请更正.xlsx").exists() and len(made) == before


SINCE = {
    "one was written in": lambda path: path.write_bytes(b"changed"),
    "as long as it was": lambda path: path.write_bytes(b"2"),
    "cut": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
    "a folder in its place": lambda path: (path.unlink(), path.mkdir()),
    "under another name": lambda path: path.rename(path.with_suffix(".doc")),
    "a pipe in its place": lambda path: (path.unlink(), os.mkfifo(path)),
    "larger than any": lambda path: os.truncate(path, FILE_LIMIT + 1),
}


@pytest.mark.parametrize("what", SINCE)
def test_slips_are_those_of_these_letters_and_as_they_were_written(tmp_path, what):
    """By one rule, in a run that found the same and where a single file is the same."""
    made = [save(tmp_path / "退回" / f"{n}.docx", f"{n}") for n in range(2)]
    run_ = unchanged.LastRun(check([]))
    slips = [Slip(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()) for path in made]
    ours, theirs = Letterhead(contact="甲"), Letterhead(contact="乙")
    got, first = Received(tmp_path / "1.xlsx", "of it", "original"), Letters(ours)
    first.note(got, "1", "", slips)
    wrote = run_.wrote(slips, ours)

    def lying(folder, head=ours):
        of_run, of_file = wrote.lying_in(folder, head), Letters(head, first).lying(got, "1", "", folder)
        assert of_run == of_file
        return [slip.path for slip in of_run]

    assert lying(tmp_path / "退回") == made
    assert lying(tmp_path / "退回", theirs) == [], "these end otherwise"
    assert lying((tmp_path / "退回").rename(tmp_path / "别处")) == [tmp_path / "别处" / path.name for path in made]
    assert not run_.lying_in(tmp_path / "别处", ours) and not run_.wrote([], ours).lying_in(tmp_path / "别处", ours)
    SINCE[what](tmp_path / "别处" / "1.docx")
    assert lying(tmp_path / "别处") == []
