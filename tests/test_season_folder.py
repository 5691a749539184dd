"""The working folder itself: how it is laid out, what its settings may say, and that nothing in it is believed blindly."""

import json
import re
import time
from datetime import date

import pytest
from making import filing, own_rows, resaved, run, run_json, save
from test_merge import balanced
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, WHY, Folder, rows, said

from xltools.collection.roster import read_roster
from xltools.errors import XltoolsError
from xltools.ooxml.lists import read_list
from xltools.received.read import read_file
from xltools.season.home import lay_out, read_settings
from xltools.season.record import RECORD, read_record
from xltools.season.store import Store, open_store
from xltools.workbook.write import write_filing


@pytest.fixture
def folder(tmp_path):
    """A working folder with three filings: a good one, an explained one, an odd one; of four agencies."""
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:4]))
    odd = filing({**balanced(3), "requests.new.natural": "3件", "disclosure.fees.amount": 0.5}, agency=AGENCIES["1103"])
    made.receive(**{"1101": said("1101"), "1103": resaved(write_filing(odd)),
                    "1102": said("1102", more={EFFECTIVE: 1}, explanations={AUTHORITY: WHY})})  # fmt: skip
    return made


# ── init ─────────────────────────────────────────────────────────────────────


def test_a_new_folder_can_be_worked_in_at_once(tmp_path):
    done = run("init", tmp_path / "季", "--year", 2025, "--supplement", "jilin-2020", cwd=tmp_path)
    assert done.returncode == 2 and "补充项" in done.stderr and not (tmp_path / "季").exists()
    assert run("init", tmp_path / "季", "--year", 2025).returncode == 0
    assert {p.name for p in (tmp_path / "季").iterdir()} == {
        "xltools.toml", "名录.xlsx", "办理记录.xlsx", "下发", "回收", "退回", "汇总"}  # fmt: skip
    settings = read_settings(tmp_path / "季")
    assert (settings.year, settings.supplements, settings.previous, settings.newest) == (2025, (), (), False)
    assert run("blank", cwd=tmp_path / "季").returncode == 2, "the example rows are nobody's"
    own_rows(tmp_path / "季")
    roster = read_roster(settings.roster)
    assert len(roster.expected) == 3 and roster.top.code == "001"
    assert run("blank", cwd=tmp_path / "季").returncode == 0 and run("check", cwd=tmp_path / "季").returncode == 0


def test_init_takes_no_folder_that_is_in_use_and_never_a_roster(tmp_path):
    save(tmp_path / "名录.csv", "单位代码,单位名称,层级\n1,甲局,部门\n")
    save(tmp_path / "办理记录.xlsx", b"x")
    done = run("init", tmp_path, "--year", 2025)
    assert done.returncode == 2 and "--force" in done.stderr and not (tmp_path / "xltools.toml").exists()
    assert run("init", tmp_path, "--year", 2025, "--force").returncode == 0
    assert read_settings(tmp_path).roster.name == "名录.csv" and not (tmp_path / "名录.xlsx").exists()
    assert (tmp_path / "办理记录.xlsx").read_bytes() == b"x"
    assert run("init", tmp_path / "名录.csv", "--year", 2025).returncode == 2


def test_a_year_without_a_form_is_refused(tmp_path):
    with pytest.raises(XltoolsError, match="1999"):
        lay_out(tmp_path / "季", 1999)


# ── settings ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("year = ", "整个文件"), ("", "year"), ('year = "今年"', "year"), ("year = true", "year"), ("year = 1999", "year"),
        ("year = 2023\nroste = 'x'", "roste"), ("year = 2023\nroster = 3", "roster"),
        ("year = 2023\nsupplements = ['没有']", "supplements"), ("year = 2023\nsupplements = 3", "supplements"),
        ("year = 2023\nprefer = 'oldest'", "prefer"), ("year = 2023\nprevious = '../没有'", "previous"),
        ("year = 2023\nfolders = 3", "folders"), ("year = 2023\n[folders]\nout = 'x'", "folders.out"),
        ("year = 2023\n[folders]\nsummary = '../外面'", "folders.summary"),
        ("year = 2023\n[folders]\nissued = '/tmp'", "folders.issued"),
        ("year = 2023\n[folders]\nreturned = '通向外面'", "folders.returned"),
        ("year = 2023\n[folders]\nreturned = '.'", "folders.returned"),
        ("x = " + "[" * 100_000, "整个文件"),
    ],
    ids=range(18),
)  # fmt: skip
def test_bad_settings_are_told_with_file_key_and_reason(tmp_path, text, key):
    (tmp_path / "季").mkdir()
    (tmp_path / "季" / "通向外面").symlink_to(tmp_path)
    save(tmp_path / "季" / "xltools.toml", text)
    for command in ("check", "merge", "blank"):
        done = run(command, cwd=tmp_path / "季")
        assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
        assert "xltools.toml" in done.stderr and key in done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"季"}


def test_settings_saved_by_notepad_are_read(tmp_path):
    lay_out(tmp_path / "季", 2025)
    path = tmp_path / "季" / "xltools.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_settings(tmp_path / "季").year == 2025


def test_a_memory_that_leads_outside_is_refused(folder, tmp_path):
    (tmp_path / "外面").mkdir()
    (folder.home / ".xltools").symlink_to(tmp_path / "外面")
    assert run("check", cwd=folder.home).returncode == 2 and not list((tmp_path / "外面").iterdir())


def test_without_a_working_folder_the_options_are_needed(tmp_path):
    for command in ("check", "merge", "blank"):
        done = run(command, cwd=tmp_path)
        assert done.returncode == 2 and "工作文件夹" in done.stderr


# ── readings kept by content ─────────────────────────────────────────────────


def kept(folder):
    return sorted((folder.home / ".xltools" / "readings").glob("*.json"))


def plain(told):
    return {key: value for key, value in told.items() if key not in ("changes", "slips", "page")}


def test_what_was_kept_says_the_same_as_reading(folder):
    fresh = run_json("check", "回收", "--roster", "名录.xlsx", "--year", 2023, "--json", cwd=folder.home, status=1)
    assert len(kept(folder)) == 3
    assert plain(folder.check()) == plain(folder.check()) == fresh
    for path in (folder.home / "回收").iterdir():
        store = open_store(folder.home / ".xltools" / "readings")
        assert store.recall(path) == read_file(path)


def test_only_new_content_is_read_again(folder, monkeypatch):
    read = []
    original = Store.read
    monkeypatch.setattr(Store, "read", lambda self, path: read.append(path.name) or original(self, path))
    folder.check()
    folder.check()
    assert sorted(read) == ["1101.xlsx", "1102.xlsx", "1103.xlsx"]
    (folder.home / "回收" / "1101.xlsx").rename(folder.home / "回收" / "改名.xlsx")
    folder.receive(**{"1102": said("1102")})
    told = folder.check()
    assert read[3:] == ["1102.xlsx"]
    assert {one["file"] for one in told["filings"]} == {"回收/改名.xlsx", "回收/1102.xlsx", "回收/1103.xlsx"}


def test_a_kept_reading_that_is_not_our_own_is_passed_over(folder):
    right = plain(folder.check())
    for path in kept(folder):
        path.write_bytes(re.sub(rb'"severity":"(error|query)"', b'"severity":"note"', path.read_bytes()))
    assert plain(folder.check()) == right
    swapped = kept(folder)
    contents = [path.read_bytes() for path in swapped]
    for path, content in zip(swapped, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert plain(folder.check()) == right
    for content in (b"", b"\n", b"\xff\n{}", contents[0][:500], contents[0] + b" "):
        for path in kept(folder):
            path.write_bytes(content)
        assert plain(folder.check()) == right


def test_readings_of_another_account_or_program_are_passed_over(folder):
    folder.check()
    [path] = [p for p in (folder.home / "回收").iterdir() if p.name == "1101.xlsx"]
    mine = open_store(folder.home / ".xltools" / "readings")
    assert mine.recall(path) is not None
    assert Store(mine.folder, b"x" * 32, mine.program).recall(path) is None
    assert Store(mine.folder, mine.key, "another").recall(path) is None


def test_a_folder_that_cannot_be_written_to_can_still_be_checked(folder):
    save(folder.home / ".xltools", b"")
    done = run("check", cwd=folder.home)
    assert done.returncode == 2 or "没有记下来" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unchanged_folder_is_quick(tmp_path, capsys):
    """The ratio is printed, for the clock of a shared machine proves nothing."""
    made = Folder(tmp_path / "季")
    made.roster(rows(AGENCIES.values()))
    made.receive(**{code: said(code) for code in AGENCIES})
    took = []
    for _ in range(2):
        start = time.perf_counter()
        made.check("--jobs", "1")
        took.append(time.perf_counter() - start)
    with capsys.disabled():
        print(f"\n40 filings: first run {took[0]:.2f} s, second {took[1]:.2f} s, ratio {took[0] / took[1]:.1f}")
    assert made.check()["changes"]["unchanged"] == 40


# ── the record ───────────────────────────────────────────────────────────────


def test_a_damaged_record_is_told_and_not_passed_over(folder):
    folder.check()
    record = folder.home / ".xltools" / RECORD
    right = record.read_bytes()
    for content in (
        b"",
        b"{",
        b"[]",
        b'{"at": 1}',
        right[:-20],
        b"[" * 100_000,
        right.replace(b'"accepted"', b'"fine"'),
    ):
        record.write_bytes(content)
        done = run("check", cwd=folder.home)
        assert done.returncode == 2 and "record.json" in done.stderr and done.stdout == ""
        assert record.read_bytes() == content
    record.unlink()
    assert folder.check()["changes"]["since"] is None


def test_a_record_of_an_older_program_is_read(folder):
    folder.check()
    record = folder.home / ".xltools" / RECORD
    told = json.loads(record.read_bytes())
    for known in told["agencies"].values():
        del known["decided"]
        known["new in a later version"] = 1
    record.write_text(json.dumps(told), "utf-8")
    assert read_record(record).agencies["1102"].explained and folder.check()["changes"]["unchanged"] == 3


def test_the_record_of_another_year_is_another_seasons(folder):
    folder.check()
    folder.setting("year", 2024)
    assert folder.check()["changes"]["since"] is None


# ── 办理记录, as programs save it ─────────────────────────────────────────────


@pytest.mark.office
def test_a_list_is_read_however_libreoffice_saves_it(office, folder, tmp_path):
    folder.decide(["1102", "第2局", AUTHORITY, "张三", date(2024, 1, 20), "打电话问过的。"])
    path = folder.home / "办理记录.xlsx"
    again = office.recalculated([path], tmp_path / "另存")[path]
    assert again.read_bytes() != path.read_bytes()
    columns = ("单位代码", "单位名称", "编号", "经办人", "日期", "处理情况")
    assert [row.words for row in read_list(again, "办理记录", columns, columns)] == [
        dict(zip(columns, ("1102", "第2局", AUTHORITY, "张三", "2024-01-20", "打电话问过的。"), strict=True))]  # fmt: skip
