"""What is read is an ordinary file of a bounded size; anything else is refused in words, at once."""

import errno
import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest
from making import BUREAU, ROSTER, filing, run, save

import xltools
from xltools import inputs
from xltools.errors import XltoolsError, why
from xltools.figures import bounded, exact
from xltools.inputs import Refused, content_of, read_json

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes and devices in folders here")


@pytest.fixture(autouse=True)
def soon():
    """Whatever waits is interrupted."""
    signal.alarm(30)
    started = time.process_time()
    yield
    signal.alarm(0)
    assert time.process_time() - started < 20


@pytest.fixture
def folder(tmp_path):
    save(tmp_path / "空白.xlsx", filing())
    save(tmp_path / "名录.csv", ROSTER)
    (tmp_path / "夹").mkdir()
    os.mkfifo(tmp_path / "管道")
    (tmp_path / "圈").symlink_to(tmp_path / "圈")
    with socket.socket(socket.AF_UNIX) as there:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path is short
        there.bind("套接字")
        os.chdir(here)
        yield tmp_path


STRANGE = {
    "管道": "管道",
    "夹": "文件夹",
    "套接字": "套接字",
    "圈": "圈",
    "/dev/zero": "设备",
    "/dev/stdin/": "",
    "没有": "没有这个文件",
}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("command", [
    ("check", "--roster", "{}", "空白.xlsx"), ("fill", "空白.xlsx", "{}", "-o", "出.xlsx"),
    ("fill", "{}", "数.json", "-o", "出.xlsx"),
    ("import", "{}", "-o", "出.xlsx"), ("blank", "--year", "2024", "--roster", "{}", "-o", "出"), ("export", "{}"),
    ("report", "{}", "-o", "出.docx"), ("merge", "空白.xlsx", "--roster", "{}", "-o", "出.xlsx"), ("check", "{}"),
    ("check", "空白.xlsx", "--previous", "{}"), ("check", "空白.xlsx", "--parts", "{}"),
], ids=" ".join)  # fmt: skip
def test_what_is_no_file_is_refused_at_once(folder, command, name):
    save(folder / "数.json", "{}")
    done = run(*(word.format(name) for word in command), cwd=folder)
    said = done.stdout + done.stderr
    assert done.returncode in ((0, 1, 2) if "--previous" in command or name == "夹" else (1, 2)), said
    assert "程序" not in said and "Errno" not in said
    if name != "夹":  # of some a folder may be given
        assert STRANGE[name] in said or "没有" in said or "读不出" in said, said


@pytest.mark.parametrize("name", ["管道", "/dev/zero"])
@pytest.mark.parametrize("place", ["名录.csv", "办理记录.xlsx", ".xltools/record.json"])
def test_a_season_waits_for_nothing(folder, name, place):
    save(folder / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    save(folder / "回收" / "表.xlsx", filing(agency=BUREAU))
    (folder / ".xltools").mkdir()
    (folder / place).unlink(missing_ok=True)
    os.mkfifo(folder / place) if name == "管道" else (folder / place).symlink_to(name)
    done = run("check", cwd=folder)
    assert done.returncode == 2 and ("管道" in done.stderr or "设备" in done.stderr)


def test_readings_that_are_pipes_are_read_anew(folder):
    save(folder / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    save(folder / "回收" / "表.xlsx", filing(agency=BUREAU))
    run("check", cwd=folder)
    [kept] = (folder / ".xltools" / "readings").glob("*.json")
    kept.unlink()
    os.mkfifo(kept)
    assert "1101" in json.dumps(json.loads(run("check", "--json", cwd=folder).stdout))


def test_size_is_bounded(tmp_path):
    with (tmp_path / "大").open("wb") as file:
        file.truncate(inputs.LIST_LIMIT + 1)
    with pytest.raises(Refused, match="大得不合理") as refused:
        content_of(tmp_path / "大", inputs.LIST_LIMIT)
    assert refused.value.vast
    for command in (("check", "--roster", "大", "."), ("blank", "--year", "2024", "--roster", "大", "-o", "出")):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 2 and "大得不合理" in done.stderr
    assert content_of(save(tmp_path / "小", b"123"), 3) == b"123"


@pytest.mark.parametrize("said", [0, 1, 5, 6, 7, 2**40])
def test_a_file_that_has_another_size_than_was_said_is_read_whole(tmp_path, monkeypatch, said):
    path, fstat = save(tmp_path / "大", b"123456"), os.fstat
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result((*fstat(handle)[:6], said, *fstat(handle)[7:10])))
    assert content_of(path, 6) == b"123456"
    with pytest.raises(Refused, match="大得不合理"):
        content_of(path, 5)


# ── lists and values ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", [
    f'11,"{"长" * 131_073}",县,,,', f"11,{'a' * 200_000},县,,,", f'"{"1" * 140_000}",示例县,县,,,', '11,"没有成对' + "长" * 140_000,
    f"{'9' * 131_073}",
])  # fmt: skip
def test_a_field_of_a_roster_may_not_be_endless(tmp_path, row):
    save(tmp_path / "名录.csv", f"{ROSTER}{row}\n")
    done = run("blank", "--year", "2024", "--roster", "名录.csv", "-o", "出", cwd=tmp_path)
    assert done.returncode == 2 and "名录.csv" in done.stderr and "行" in done.stderr and "程序" not in done.stderr
    assert len(done.stderr) < 1000


@pytest.mark.parametrize(("text", "words"), [
    ('{"values": {"a": 1, "a": 2}}', "“a”写了两次"), ('{"values": {}, "values": {}}', "“values”写了两次"),
    ('{"texts": {"x": "1", "x": "1"}}', "“x”写了两次"), ('{"agency": {"code": "1", "name": "甲", "code": "1"}}', "“code”写了两次"),
    ('{"a": [{"b": null, "b": null}]}', "“b”写了两次"),
    ('{"values": {"a": NaN}}', "NaN"), ('{"values": {"a": Infinity}}', "Infinity"), ('{"values": {"a": -Infinity}}', "-Infinity"),
    ('{"values": {"a": ' + "9" * 5000 + "}}", "5000 位"), ("[" * 100_000, "括号"), ('{"a": 1,}', "第 1 行"), ('{"a": \n"', "第 2 行"),
])  # fmt: skip
def test_json_that_says_two_things_or_none_is_refused(tmp_path, text, words):
    with pytest.raises(ValueError, match=r".") as refused:
        read_json(text)
    assert words in str(refused.value)
    save(tmp_path / "空白.xlsx", filing())
    save(tmp_path / "数.json", text)
    done = run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and not (tmp_path / "出.xlsx").exists()


@pytest.mark.parametrize("number", ["1e-999999999", "1e999999999", "-1e-999999999", "1E+400000", "0.5e-2000", "9" * 900 + ".5",
                                    "1e-801",
                                    "0." + "1" * 900])  # fmt: skip
@pytest.mark.parametrize("field", ["requests.new.natural", "disclosure.fees.amount", "requests.new.total"])
def test_numbers_no_cell_can_hold_are_refused_at_once(tmp_path, number, field):
    save(tmp_path / "空白.xlsx", filing())
    save(tmp_path / "数.json", f'{{"values": {{"{field}": {number}}}}}')
    started = time.process_time()
    done = run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path)
    assert time.process_time() - started < 3
    assert done.returncode == 2 and field in done.stderr and len(done.stderr) < 400


@pytest.mark.parametrize("number", ["5e-324", "1.7976931348623157e308", "0.000001", "59237.2449", "0", "-3", "1e15"])
def test_numbers_a_cell_can_hold_are_exact(number):
    from decimal import Decimal
    from fractions import Fraction

    assert bounded(Decimal(number)) and exact(Decimal(number), "count") == Fraction(Decimal(number))


@pytest.mark.parametrize(
    "text",
    [
        "year = " + "9" * 5000,
        "year = 1e999999999",
        "year = nan",
        "[" * 5000,
        "year = 2023\nyear = 2023",
        "year = 2023\n\x1b[2J",
    ],
)
def test_settings_are_refused_in_words(tmp_path, text):
    save(tmp_path / "xltools.toml", text)
    done = run("check", cwd=tmp_path)
    assert (
        done.returncode == 2
        and "xltools.toml" in done.stderr
        and "程序" not in done.stderr
        and done.stderr.count("\n") == 1
    )


# ── what the system says ─────────────────────────────────────────────────────

COMMON = [
    "ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EEXIST", "ENOSPC", "EROFS", "ENAMETOOLONG", "ELOOP", "EFBIG", "EDQUOT", "EIO",
    "EBUSY", "EMFILE", "ENFILE", "ENOMEM", "EINVAL", "ENXIO", "ENODEV", "ESTALE", "ETIMEDOUT", "EXDEV", "ENOTEMPTY",
]  # fmt: skip


@pytest.mark.parametrize("name", COMMON)
def test_every_common_refusal_is_said_in_chinese(name):
    said = why(OSError(getattr(errno, name), os.strerror(getattr(errno, name))))
    assert said.strip() and not any("a" <= c.lower() <= "z" for c in said)


def test_an_uncommon_one_is_said_in_chinese_with_its_number():
    said = why(OSError(errno.ENOANO if hasattr(errno, "ENOANO") else 9999, "No anode"))
    assert "读写失败" in said and "anode" not in said


def test_a_file_grown_too_large_is_said_in_chinese(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.EFBIG, "File too large")

    save(tmp_path / "空白.xlsx", filing())
    monkeypatch.setattr("os.fsync", full)
    done = run("export", "空白.xlsx", "-o", "出.json", cwd=tmp_path)
    assert done.returncode == 2 and "File too large" not in done.stderr and "太大" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["空白.xlsx"]


def closed(monkeypatch, folder, number):
    """A folder that the system does not let anybody look into."""
    true = os.scandir

    def scandir(path="."):
        if not isinstance(path, int) and Path(path).resolve() == folder.resolve():
            raise OSError(number, "down", str(path))
        return true(path)

    monkeypatch.setattr(os, "scandir", scandir)


CALLS = {
    "check": lambda: xltools.check("表", roster="名录.csv"),
    "previous": lambda: xltools.check("空白.xlsx", previous="表"),
    "receive": lambda: xltools.receive("表", home="."),
    "import": lambda: xltools.import_report(folder="表", output="读出"),
    "export": lambda: xltools.export("表", output="表.csv"),
    "merge": lambda: xltools.merge("表", roster="名录.csv", output="汇总.xlsx"),
}


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EHOSTDOWN])
@pytest.mark.parametrize("where", ["表", "表/补", "表/补/再补"])
@pytest.mark.parametrize("call", CALLS)
def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(tmp_path, monkeypatch, call, where, number):
    """Neither is anybody missing for it, nor is a part of what was given taken for all."""
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "空白.xlsx", filing())
    save(tmp_path / "表" / "甲.xlsx", filing())
    save(tmp_path / "表" / "甲.txt", "x")
    save(tmp_path / "表" / "补" / "再补" / "乙.xlsx", filing(agency=BUREAU))
    (tmp_path / "回收").mkdir()
    closed(monkeypatch, tmp_path / where, number)
    with pytest.raises(XltoolsError, match=Path(where).name):
        CALLS[call]()
    assert not list((tmp_path / "回收").rglob("*")) and not (tmp_path / "汇总.xlsx").exists()


@pytest.mark.parametrize("name", ["System Volume Information", "$RECYCLE.BIN", "lost+found", "补/$Recycle.Bin"])
def test_what_systems_keep_for_themselves_on_a_disk_is_not_looked_into(tmp_path, monkeypatch, name):
    save(tmp_path / "表" / "甲.xlsx", filing())
    save(tmp_path / "表" / name / "删掉的.xlsx", filing(agency=BUREAU))
    closed(monkeypatch, tmp_path / "表" / name, errno.EACCES)
    assert len(xltools.check(tmp_path / "表").to_json()["filings"]) == 1
