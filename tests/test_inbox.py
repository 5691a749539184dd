"""Files that come in are put among those received whole or not at all, under their own names; nobody else works there meanwhile."""

import io
import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from making import filing, run, save
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, Folder, rows, said

import xltools
from xltools.collection.roster import write_roster
from xltools.errors import XltoolsError
from xltools.season import inbox, parcel
from xltools.season.docket import DECISIONS
from xltools.season.inbox import ASIDE, proper
from xltools.season.lock import alone_in

LICENSING = "disclosure.licensing.decisions"


@pytest.fixture
def season(tmp_path):
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:4]))
    return made


def received(season):
    folder = season.home / "回收"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pairs(**files):
    return [(name, io.BytesIO(content)) for name, content in files.items()]


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("某局.xlsx", ("某局.xlsx",)),
        ("乡镇/柳林镇.xlsx", ("乡镇", "柳林镇.xlsx")),
        ("../../etc/passwd", ("etc", "passwd")),
        ("..\\..\\Windows\\x.xlsx", ("Windows", "x.xlsx")),
        ("C:\\收\\x.xlsx", ("C_", "收", "x.xlsx")),
        ("/etc/x.xlsx", ("etc", "x.xlsx")),
        ("<script>alert(1)</script>.xlsx", ("_script_alert(1)_", "script_.xlsx")),
        ("铃\x07响\x00.xlsx", ("铃_响_.xlsx",)),
        ("con.xlsx", ("_con.xlsx",)),
        ("NUL", ("_NUL",)),
        ("点. . .", ("点",)),
        ("...", ("未命名",)),
        ("", ("未命名",)),
        ("a/b/c/d/e/f.xlsx", ("c", "d", "e", "f.xlsx")),
        ("\ud800半.xlsx", ("\ufffd半.xlsx",)),
        ("看\u202exslx.exe", ("看‹U+202E›xslx.exe",)),
    ],
)
def test_a_name_leads_nowhere_but_down_and_every_system_takes_it(name, parts):
    assert proper(name) == parts


def test_a_name_too_long_keeps_its_ending():
    [name] = proper("长" * 300 + ".xlsx")
    assert name.endswith("长.xlsx") and len(name.encode()) <= 200


# ── whole or not at all ──────────────────────────────────────────────────────


def test_files_come_in_under_their_own_names_and_none_is_written_over(season):
    first = xltools.receive(pairs(**{"甲.xlsx": b"1", "乡镇/乙.xlsx": b"2"}), home=season.home)
    assert received(season) == {"甲.xlsx": b"1", "乡镇/乙.xlsx": b"2"} and {a.how for a in first.files} == {"new"}
    again = xltools.receive(pairs(**{"甲.xlsx": b"1"}), home=season.home)
    other = xltools.receive(pairs(**{"甲.xlsx": b"3"}), home=season.home)
    third = xltools.receive(pairs(**{"甲.xlsx": b"3"}), home=season.home)
    assert [a.files[0].how for a in (again, other, third)] == ["there", "beside", "there"]
    assert received(season) == {"甲.xlsx": b"1", "甲（2）.xlsx": b"3", "乡镇/乙.xlsx": b"2"}


@pytest.mark.parametrize("given", ["回收", "回收/", "./回收", ".", "..", "回收/../回收", "别名"])
def test_the_folder_of_what_came_in_is_not_put_into_itself(season, given, monkeypatch):
    xltools.receive(pairs(**{"甲.xlsx": b"1", "补/乙.xlsx": b"2"}), home=season.home)
    monkeypatch.chdir(season.home)
    (season.home / "别名").symlink_to(season.home / "回收", target_is_directory=True)
    before = received(season)
    with pytest.raises(XltoolsError, match="没有放"):
        xltools.receive([given], home=season.home)
    assert received(season) == before
    assert {a.how for a in xltools.receive(["回收/补"], home=season.home).files} == {"there"}


class Broken(io.BytesIO):
    def read(self, *_):
        raise OSError(5, "broken")


class Endless(io.RawIOBase):
    def read(self, size=-1):
        return bytes(size if size > 0 else 2**20)


@pytest.mark.parametrize("bad", [Broken(), Endless()], ids=["broken", "endless"])
def test_where_one_fails_none_is_put_there(season, bad, monkeypatch):
    monkeypatch.setattr(inbox, "ARCHIVE_LIMIT", 3 * 2**20)
    with pytest.raises(XltoolsError, match="一个文件都没有放进去"):
        xltools.receive([("甲.xlsx", io.BytesIO(b"1")), ("乙.xlsx", bad)], home=season.home)
    assert received(season) == {} and not list((season.home / ".xltools").glob("incoming-*"))


def test_where_the_last_cannot_get_its_place_the_first_are_taken_back(season, monkeypatch):
    moved = inbox._moved

    def once(source, target):
        if target.name == "丙.xlsx":
            raise OSError(28, "full")
        moved(source, target)

    monkeypatch.setattr(inbox, "_moved", once)
    with pytest.raises(XltoolsError, match="磁盘满了；一个文件都没有放进去"):
        xltools.receive(pairs(**{"甲.xlsx": b"1", "乙.xlsx": b"2", "丙.xlsx": b"3"}), home=season.home)
    assert received(season) == {}


def test_the_command_takes_files_and_folders(season, tmp_path):
    save(tmp_path / "送来" / "里" / "甲.xlsx", b"1")
    save(tmp_path / "乙.xlsx", b"2")
    told = json.loads(run("receive", tmp_path / "送来", tmp_path / "乙.xlsx", "--json", cwd=season.home).stdout)
    assert [one["how"] for one in told] == ["new", "new"]
    assert received(season) == {"送来/里/甲.xlsx": b"1", "乙.xlsx": b"2"}
    assert run("receive", "没有.xlsx", cwd=season.home).returncode == 2
    assert run("receive", tmp_path / "乙.xlsx", cwd=tmp_path).returncode == 2


def test_what_a_killed_run_left_is_swept_and_nothing_else(season):
    left = season.home / ".xltools" / "incoming-dead" / "0"
    save(left, b"half")
    xltools.receive(pairs(**{"甲.xlsx": b"1"}), home=season.home)
    assert not left.parent.exists() and received(season) == {"甲.xlsx": b"1"}


KILLED = """
import os, sys, xltools
class Slow:
    n = 0
    def read(self, size):
        self.n += 1
        if self.n == 3: print("half", flush=True); import time; time.sleep(60)
        return b"x" * 1000
xltools.receive([("早.xlsx", open(sys.argv[2], "rb")), ("半.xlsx", Slow())], home=sys.argv[1])
"""


def test_killed_while_receiving_nothing_is_there_and_the_lock_is_free(season, tmp_path):
    save(tmp_path / "早.xlsx", b"whole")
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(season.home), str(tmp_path / "早.xlsx")], stdout=subprocess.PIPE
    )
    assert running.stdout.readline().strip() == b"half"
    running.kill()
    running.wait()
    assert received(season) == {}
    began = time.monotonic()
    xltools.receive(pairs(**{"甲.xlsx": b"1"}), home=season.home)
    assert time.monotonic() - began < 5 and received(season) == {"甲.xlsx": b"1"}
    assert not list((season.home / ".xltools").glob("incoming-*"))


# ── one at a time ────────────────────────────────────────────────────────────


def _hold(home, begun, done):
    with alone_in(Path(home)):
        begun.set()
        done.wait(30)


def test_another_waits_and_is_told_where_it_waits_in_vain(season):
    context = multiprocessing.get_context("spawn")
    begun, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(season.home), begun, done))
    other.start()
    assert begun.wait(30)
    with pytest.raises(XltoolsError, match="另一个 xltools 正在"), alone_in(season.home, 0.2):
        raise AssertionError("two at a time")
    done.set()
    with alone_in(season.home, 30):
        pass
    other.join()


def test_whoever_is_killed_has_let_go(season):
    context = multiprocessing.get_context("spawn")
    begun, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(season.home), begun, done))
    other.start()
    assert begun.wait(30)
    os.kill(other.pid, 9)
    other.join()
    with alone_in(season.home, 5):
        pass


def test_two_threads_of_one_program_are_two(season):
    with (
        alone_in(season.home),
        pytest.raises(XltoolsError, match="另一个 xltools 正在"),
        alone_in(season.home, 0.2),
    ):
        raise AssertionError("two at a time")


def test_a_folder_that_cannot_be_written_to_is_worked_in_all_the_same(tmp_path, monkeypatch):
    (tmp_path / ".xltools").write_text("a file where the folder ought to be")
    with alone_in(tmp_path, 0.2):
        pass


def test_two_commands_at_once_leave_what_one_after_the_other_would(season):
    season.receive(**{code: said(code) for code in list(AGENCIES)[:4]})
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "xltools", *words], cwd=season.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for words in (["check", "--jobs", "1"], ["merge", "--jobs", "1"], ["check", "--jobs", "1"])
    ]
    told = [one.communicate()[1] for one in both]
    assert [one.returncode for one in both] == [0, 0, 0], told
    assert len(list((season.home / "汇总").iterdir())) == 1
    assert season.merge()["summary"]["accepted"] == 4


# ── one of several, a query settled, packed ──────────────────────────────────


def test_one_of_two_counts_and_the_other_is_put_aside(season):
    season.receive(**{"1101": said("1101"), "1101 又": said("1101", more={"requests.new.natural": 900})})
    assert {a["code"]: a["state"] for a in season.check()["agencies"]}["1101"] == "duplicate"
    done = run("choose", "回收/1101.xlsx", "--json", cwd=season.home)
    assert json.loads(done.stdout)["aside"] == [f"{ASIDE}/1101 又.xlsx"]
    assert set(received(season)) == {"1101.xlsx"} and (season.home / ASIDE / "1101 又.xlsx").is_file()
    assert {a["code"]: a["state"] for a in season.check()["agencies"]}["1101"] == "accepted"
    for wrong in ("回收/1101.xlsx", "名录.xlsx", "没有.xlsx"):
        assert run("choose", wrong, cwd=season.home).returncode == 2


def test_a_query_is_settled_by_a_call(season):
    season.receive(**{"1102": said("1102", more={EFFECTIVE: 1})})
    assert {a["code"]: a["state"] for a in season.check()["agencies"]}["1102"] == "queried"
    words = ("--by", "李主任", "--date", "2024-01-20", "--words", "打电话问过，是划入的机构带来的规章。")
    before = (season.home / DECISIONS).read_bytes()
    for wrong in (
        ("9999", AUTHORITY, *words),
        ("1102", AUTHORITY, *words[:5], "无"),
        ("1102", AUTHORITY, *words[:3], "某天", *words[4:]),
    ):
        assert run("decide", *wrong, cwd=season.home).returncode == 2
    assert (season.home / DECISIONS).read_bytes() == before
    assert run("decide", "1102", AUTHORITY, *words, cwd=season.home).returncode == 0
    assert {a["code"]: a["state"] for a in season.check()["agencies"]}["1102"] == "accepted"


def test_what_was_put_aside_comes_back_and_a_settled_query_is_open_again(season):
    season.receive(**{"1101": said("1101"), "1101 又": said("1101", more={"requests.new.natural": 900}),
                      "1102": said("1102", more={EFFECTIVE: 1})})  # fmt: skip
    season.check()
    before = received(season)
    assert run("choose", "回收/1101.xlsx", cwd=season.home).returncode == 0
    words = ("--by", "李主任", "--date", "2024-01-20", "--words", "打电话问过，是划入的机构带来的规章。")
    assert run("decide", "1102", AUTHORITY, *words, cwd=season.home).returncode == 0
    states = {a["code"]: a["state"] for a in season.check()["agencies"]}
    assert (states["1101"], states["1102"]) == ("accepted", "accepted")
    assert run("aside", "--back", f"{ASIDE}/1101 又.xlsx", cwd=season.home).returncode == 0
    assert run("decide", "1102", AUTHORITY, "--undo", cwd=season.home).returncode == 0
    states = {a["code"]: a["state"] for a in season.check()["agencies"]}
    assert (states["1101"], states["1102"]) == ("duplicate", "queried") and received(season) == before
    assert run("decide", "1102", AUTHORITY, "--undo", cwd=season.home).returncode == 2, "there is nothing to undo"
    assert run("decide", "1102", AUTHORITY, *words, cwd=season.home).returncode == 0, "and it can be settled anew"
    assert {a["code"]: a["state"] for a in season.check()["agencies"]}["1102"] == "accepted"


def test_only_what_came_in_is_put_aside_all_or_nothing_and_under_its_own_name(season):
    from test_archives import zipped

    save(season.home / "回收" / "某.zip", zipped({"1103.xlsx": said("1103")}))
    save(season.home / "回收" / "相片.jpg", b"one")
    save(season.home / ASIDE / "相片.jpg", b"another")
    before = received(season)
    for wrong in (
        "名录.xlsx",
        "没有.xlsx",
        "回收/某.zip/1103.xlsx",
        f"{ASIDE}/相片.jpg",
        "回收/../名录.xlsx",
        "回收/相片.jpg/x",
    ):
        done = run("aside", "回收/相片.jpg", wrong, cwd=season.home)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, wrong
        assert received(season) == before and (season.home / "名录.xlsx").is_file()
    done = run("aside", "回收/相片.jpg", "--json", cwd=season.home)
    assert json.loads(done.stdout) == [{"file": "回收/相片.jpg", "now": f"{ASIDE}/相片（2）.jpg"}]
    assert (season.home / ASIDE / "相片.jpg").read_bytes() == b"another"
    assert run("aside", "--back", "回收/某.zip", cwd=season.home).returncode == 2, "it is not there"


@pytest.mark.parametrize(
    "given", ["回收", "回收/", "回收/补", "回收/补/空", "回收/补.xlsx", "回收/../回收", "回收/队列"]
)
def test_no_folder_is_put_aside_nor_what_is_no_file(season, given):

    def lying():
        return [sorted((season.home / folder).rglob("*")) for folder in ("回收", ASIDE)]

    save(season.home / "回收" / "补" / "1105.xlsx", said("1105"))
    (season.home / "回收" / "补" / "空").mkdir()
    (season.home / "回收" / "补.xlsx").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(season.home / "回收" / "队列")
    before = lying()
    done = run("aside", "回收/1101.xlsx", given, cwd=season.home)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "没有" in done.stderr
    assert lying() == before
    save(season.home / ASIDE / "相片.jpg", b"x")
    before = lying()
    assert run("aside", "--back", ASIDE, cwd=season.home).returncode == 2, "neither the other way"
    assert lying() == before


def test_the_package_has_all_that_goes_up(season):
    from zipfile import ZipFile

    assert "请先汇总" in run("pack", cwd=season.home).stderr
    season.receive(**{code: said(code) for code in list(AGENCIES)[:4]})
    season.merge()
    first = json.loads(run("pack", "--json", cwd=season.home).stdout)
    content = (season.home / first["file"]).read_bytes()
    with ZipFile(season.home / first["file"]) as archive:
        assert archive.namelist() == first["names"] and len(first["names"]) == 4
        [summary] = [n for n in first["names"] if n.endswith("_汇总表.xlsx")]
        assert archive.read(summary) == (season.home / "汇总" / summary).read_bytes()
    assert "草稿" in first["draft"], "nobody has signed it"
    assert run("pack", cwd=season.home).returncode == 0
    assert (season.home / first["file"]).read_bytes() == content
    beside = [summary.replace(".xlsx", f"_数据{ending}") for ending in (".csv", ".parquet")]
    for name in beside:
        save(season.home / "汇总" / name, name.encode())
    save(season.home / "汇总" / "别的_汇总表_数据.csv", b"of another")
    more = json.loads(run("pack", "--json", cwd=season.home).stdout)
    with ZipFile(season.home / more["file"]) as archive:
        assert archive.namelist() == more["names"] == [*first["names"], *beside]
        assert [archive.read(name) for name in beside] == [name.encode() for name in beside]


LATELY = {
    "nothing": (lambda home: None, False),
    "a figure": (lambda home: save(home / "回收" / "1101.xlsx", said("1101", more={LICENSING: 777})), True),
    "a text": (lambda home: save(home / "回收" / "1101.xlsx", said("1101", texts={"problems": "公开得还不够快。"})), True),
    "one withdrawn": (lambda home: (home / "回收" / "1102.xlsx").unlink(), True),
    "one more": (lambda home: save(home / "回收" / "1103.xlsx", said("1103")), True),
    "a second one": (lambda home: save(home / "回收" / "又.xlsx", said("1101", more={LICENSING: 777})), True),
    "the roster": (lambda home: (home / "名录.xlsx").write_bytes(write_roster(rows(list(AGENCIES.values())[:3]), 2023)), True),
    "the same once more": (lambda home: save(home / "回收" / "又.xlsx", said("1101")), False),
    "a paper of no matter": (lambda home: save(home / "回收" / "通知.docx", b"x"), False),
}  # fmt: skip


@pytest.mark.parametrize("what", LATELY)
def test_pack_says_that_the_summary_is_of_what_counts_no_more(what, season):
    change, old = LATELY[what]
    season.receive(**{code: said(code) for code in list(AGENCIES)[:2]})
    season.merge()
    change(season.home)
    done = run("pack", cwd=season.home)
    assert done.returncode == 0 and ("重新汇总" in done.stderr) == old
    assert xltools.pack(home=season.home).to_json()["outdated"] is old


PARCELS = {
    "all of it small": (10, 10, 10, 100, []),
    "figures as CSV too large": (10, 101, 10, 100, ["县_汇总表_数据.csv"]),
    "both": (10, 101, 200, 100, ["县_汇总表_数据.csv", "县_汇总表_数据.parquet"]),
    "the agencies' own very large": (5000, 10, 10, 100, []),
    "just as large as may be": (10, 100, 100, 100, []),
    "the archive too large": (10, 10, 9000, 10_000, ["县_汇总表_数据.csv", "县_汇总表_数据.parquet"]),
    "one too large, and the archive": (10, 10_001, 9000, 10_000, ["县_汇总表_数据.csv", "县_汇总表_数据.parquet"]),
}


def of_sizes(monkeypatch, limit):
    """Files of any content, whose sizes alone count."""
    monkeypatch.setattr(parcel, "FILE_LIMIT", limit)
    monkeypatch.setattr(parcel, "ARCHIVE_LIMIT", 8000)
    for name, given in (("open_workbook", None), ("lies_beside", True), ("members", ())):
        monkeypatch.setattr(parcel, name, lambda *_, given=given: given)


@pytest.mark.parametrize("what", PARCELS)
def test_what_is_too_large_to_be_packed_is_left_out_and_named(what, tmp_path, monkeypatch):
    from zipfile import ZipFile

    *sizes, limit, left = PARCELS[what]
    of_sizes(monkeypatch, limit)
    save(tmp_path / "县_汇总表.xlsx", b"x")
    names = [f"县_汇总表{ending}" for ending in ("_明细.csv", "_数据.csv", "_数据.parquet")]
    for name, size in zip(names, sizes, strict=True):
        save(tmp_path / name, Random(size).randbytes(size))
    content, told, without = parcel.parcel(tmp_path / "县_汇总表.xlsx", filing(), {})
    assert without == left and told == ["县_汇总表.xlsx", *(name for name in names if name not in left)]
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == told
        assert all(archive.read(name) == (tmp_path / name).read_bytes() for name in told[1:])


def test_an_archive_that_could_not_be_read_again_is_not_made(tmp_path, monkeypatch):
    of_sizes(monkeypatch, 10)
    save(tmp_path / "县_汇总表.xlsx", b"x")
    save(tmp_path / "县_汇总表_明细.csv", Random(9000).randbytes(9000))
    with pytest.raises(XltoolsError, match=r"读不回来，没有写.*县_汇总表_明细.csv"):
        parcel.parcel(tmp_path / "县_汇总表.xlsx", filing(), {})


def test_pack_says_what_it_left_out(season):
    season.receive(**{code: said(code) for code in list(AGENCIES)[:4]})
    season.merge()
    assert json.loads(run("pack", "--json", cwd=season.home).stdout)["left"] == []
    [summary] = (season.home / "汇总").glob("*_汇总表.xlsx")
    with save(summary.with_name(f"{summary.stem}_数据.csv"), b"").open("wb") as vast:
        vast.truncate(parcel.FILE_LIMIT + 1)
    done = run("pack", "--json", cwd=season.home)
    assert done.returncode == 0 and json.loads(done.stdout)["left"] == [f"{summary.stem}_数据.csv"]
    assert f"{summary.stem}_数据.csv太大，没有放进压缩包" in done.stderr


@pytest.mark.parametrize("item", ["报送期限", "联系人", "联系电话", "落款"])
def test_a_setting_is_written_into_the_roster_and_nothing_else_changes(tmp_path, item):
    home = tmp_path / "季"
    assert run("init", home, "--year", 2023, "--contact", "原来的").returncode == 0
    (home / "名录.xlsx").write_bytes((home / "名录.xlsx").read_bytes())
    assert run("setting", item, "2024-01-20", cwd=home).returncode == 0
    head = xltools.Season(home).settings.head
    found = {"报送期限": head.deadline, "联系人": head.contact, "联系电话": head.phone, "落款": head.signature}
    assert found[item] == "2024-01-20" and (item == "联系人" or found["联系人"] == "原来的")


def test_a_wrong_setting_is_refused_and_stays_as_it_was(tmp_path):
    home = tmp_path / "季"
    run("init", home, "--year", 2023)
    before = (home / "名录.xlsx").read_bytes()
    for wrong in (("没有的", "x"), ("上年的表", "没有这个"), ("几份不同的表", "乱写"), ("报送期限", "长" * 200)):
        done = run("setting", *wrong, cwd=home)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, wrong
        assert (home / "名录.xlsx").read_bytes() == before


# ── edges ────────────────────────────────────────────────────────────────────


def test_where_one_cannot_be_put_aside_none_is(season):
    made = [save(season.home / "回收" / f"{n}.xlsx", "x") for n in range(3)]
    made[1].unlink()
    work = xltools.Season(season.home)
    with pytest.raises(XltoolsError, match="都留在原处"):
        inbox.put_aside(work.settings, made)
    assert made[0].is_file() and made[2].is_file()
    assert not list((season.home / ASIDE).iterdir())
    made[1].write_text("x")
    assert [path.name for path in inbox.put_aside(work.settings, made)] == ["0.xlsx", "1.xlsx", "2.xlsx"]


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("长" * 300 + ".xlsx", ".xlsx"),
        ("a" * 300 + ".zip", ".zip"),
        ("a." + "b" * 300, ""),
        ("没有后缀" * 100, ""),
        ("长" * 300 + ".xlsx.zip", ".zip"),
        ("." + "b" * 300, ""),
        ("短.xlsx", "短.xlsx"),
    ],
)
def test_a_name_that_is_too_long_is_cut_before_an_ending_that_is_one(name, ending):
    [kept] = proper(name)
    assert len(kept.encode()) <= inbox._LONGEST and kept.endswith(ending)
    assert kept == name or len(kept.encode()) > inbox._LONGEST - 4
