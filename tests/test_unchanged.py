"""Where nothing has changed a check finds at once what it found before; where anything has, it goes through all of it again."""

import hashlib
import json
import os
import pickle
import re
import shutil
from dataclasses import replace

import pytest
from making import resaved, run, save
from test_derived import forget
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, WHY, Folder, rows, said

from xltools import derived as shelf
from xltools.collection.check import check
from xltools.editions import load_form
from xltools.season import unchanged
from xltools.season.work import Work
from xltools.slips import Slip, single
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


def everything(folder):
    """What lies in a folder, to the byte, but for times and what is kept for speed alone."""
    there = {}
    for path in sorted(p for p in folder.home.rglob("*") if p.is_file()):
        name = path.relative_to(folder.home).as_posix()
        if name not in (".xltools/run", ".xltools/lock") and ".xltools/readings" not in name:
            there[name] = re.sub(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", b"", path.read_bytes())
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

    def told(folder, *options, keeping):
        monkeypatch.setattr(
            "xltools.season.runs.recall", lambda *of: hits.append(recall(*of)) or hits[-1] if keeping else None
        )
        done = run("check", *options, cwd=folder.home)
        return done.returncode, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", done.stdout), done.stderr

    for change in STEPS.values():
        for folder in (with_, without):
            change(folder)
        for options in (("--json",), (), ("-v",)):
            assert told(with_, *options, keeping=True) == told(without, *options, keeping=False)
            assert everything(with_) == everything(without)
    assert sum(found is None for found in hits) == len(STEPS) and len(hits) == 3 * len(STEPS)


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
    "no last year": lambda f: f.setting("previous", ""),
    "a setting": lambda f: f.setting("prefer", "newest"),
    "a form of the folder's own": form_of_the_folder,
    "one byte of it": lambda f: form_of_the_folder(f, "\n"),
    "a rule pack": lambda f: save(f.home / "规则" / "市里.toml", PACK.encode()),
}  # fmt: skip


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
    (folder.home / ".xltools" / "run").unlink()
    anew = run("check", "--json", cwd=folder.home)
    assert judged(json.loads(anew.stdout)) == judged(json.loads(done.stdout)) and len(gone_through) == 3


def test_what_changes_while_it_is_read_is_not_kept(folder, monkeypatch):
    whole = Work._check

    def slowly(self, *how):
        found = whole(self, *how)
        save(folder.home / "回收" / "1101.xlsx", said("1101", more=WRONG))
        return found

    monkeypatch.setattr(Work, "_check", slowly)
    folder.check()
    assert not (folder.home / ".xltools" / "run").exists()
    monkeypatch.setattr(Work, "_check", whole)
    [first] = [one for one in folder.check()["filings"] if one["file"] == "回收/1101.xlsx"]
    assert not first["accepted"]


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


def kept(folder):
    return folder.home / ".xltools" / "run"


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


def test_slips_are_those_of_these_letters_and_as_they_were_written(tmp_path):
    made = [save(tmp_path / "退回" / f"{n}.docx", f"{n}") for n in range(2)]
    run_ = unchanged.LastRun(check([]))
    slips = [Slip(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()) for path in made]
    ours, theirs = Letterhead(contact="甲"), Letterhead(contact="乙")
    assert run_.lying_in(tmp_path / "退回", ours) is None, "none were written"
    wrote = run_.wrote(slips, ours)
    assert [slip.path for slip in wrote.lying_in(tmp_path / "退回", ours)] == made
    assert wrote.lying_in(tmp_path / "退回", theirs) is None, "these end otherwise"
    assert run_.wrote([], ours).lying_in(tmp_path / "退回", ours) is None
    made[1].write_text("改过")
    assert wrote.lying_in(tmp_path / "退回", ours) is None
    made[1].unlink()
    assert wrote.lying_in(tmp_path / "退回", ours) is None
