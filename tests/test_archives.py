"""Zipped returns are read as if they lay in the folder; an archive is hostile until read, and what is not read is told."""

import io
import random
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from making import AGENCIES, BUREAU, ROSTER, filing, run_json, save

from xltools.archives import Archive
from xltools.collection.check import check
from xltools.collection.previous import read_previous
from xltools.collection.roster import read_roster
from xltools.errors import Refused
from xltools.inputs import content_of
from xltools.received.folder import files_in
from xltools.received.read import read_file
from xltools.slips import slips
from xltools.workbook.write import write_filing

GOOD = write_filing(filing())
TOWN = write_filing(filing(agency=AGENCIES[2]))


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """A zip as any program writes it: a name (or a ZipInfo) and content each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def raw(*files, flag=0):
    """A zip with names as bytes: what Chinese Windows writes, which tells no encoding."""
    out, directory = b"", b""
    for name, content in files:
        facts = (flag, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0)
        at = len(out)
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *facts) + name + content
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *facts, 0, 0, 0, 0, at) + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(files), len(files), len(directory), len(out), 0)
    return out + directory + end


def collected(folder, files, roster=False):
    for name, content in files.items():
        save(folder / "回收" / name, content)
    known = read_roster(save(folder / "名录.csv", ROSTER)) if roster else None
    return check([folder / "回收"], known)


def names(collection, folder):
    return [r.path.relative_to(folder / "回收").as_posix() for r in collection.received]


def told(collection):
    return {(f.code, Path(f.file).name, f.severity) for f in collection.findings if f.file}


def test_zipped_returns_are_read_as_if_they_lay_in_the_folder(tmp_path):
    content = zipped({"1101/表.xlsx": GOOD, "乡镇/东/镇.xlsx": TOWN})
    collection = collected(tmp_path, {"归档.zip": content}, roster=True)
    assert names(collection, tmp_path) == ["归档.zip/1101/表.xlsx", "归档.zip/乡镇/东/镇.xlsx"]
    assert set(collection.counted) == {BUREAU.code, AGENCIES[2].code} and all(r.accepted for r in collection.received)
    missing = {f.agency.code for f in collection.findings if f.code == "agency-missing"}
    assert missing == {"1102", "1104"}


NAMES = [
    "东镇.xlsx",
    "示例县数据局 报送.xlsx",
    "第一批/示例县·教育局.xlsx",
    "年报（终稿）.xlsx",
    "報送資料.xlsx",
    "a.xlsx",
    "㐂镇.xlsx",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("encoding", "flag"), [("gb18030", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_names_are_read_whatever_program_wrote_them(tmp_path, name, encoding, flag):
    content = raw((name.encode(encoding), GOOD), flag=flag)
    collection = collected(tmp_path, {"a.zip": content})
    assert names(collection, tmp_path) == [f"a.zip/{name}"] and collection.received[0].accepted


SLIPPING = [
    "../../外.xlsx",
    "/etc/外.xlsx",
    "C:\\Windows\\外.xlsx",
    "..\\..\\外.xlsx",
    "a/../../外.xlsx",
    "./外.xlsx",
    "C:外.xlsx",
]


@pytest.mark.parametrize("name", SLIPPING)
def test_a_name_leads_nowhere_but_into_the_archive(tmp_path, name):
    before = sorted(p for p in tmp_path.parent.rglob("外.xlsx"))
    collection = collected(tmp_path, {"a.zip": raw((name.encode(), GOOD))})
    [path] = [r.path for r in collection.received]
    parts = path.relative_to(tmp_path / "回收" / "a.zip").parts
    assert parts[-1] == "外.xlsx" and ".." not in parts and collection.received[0].accepted
    assert sorted(p for p in tmp_path.parent.rglob("外.xlsx")) == before, "nothing is unpacked to disk"


def test_a_drive_within_a_name_is_none(tmp_path):
    [got] = collected(tmp_path, {"a.zip": raw((b"a/C:/b:x.xlsx", GOOD))}).received
    assert got.path.parts[-3:] == ("a", "C_", "b_x.xlsx") and got.accepted


def test_two_entries_of_one_name_are_two_files(tmp_path):
    collection = collected(tmp_path, {"a.zip": raw((b"x.xlsx", GOOD), (b"./x.xlsx", TOWN), (b"x.xlsx", GOOD))})
    assert names(collection, tmp_path) == ["a.zip/x.xlsx", "a.zip/x（2）.xlsx", "a.zip/x（3）.xlsx"]
    assert len(collection.counted) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing(tmp_path, method):
    assert collected(tmp_path, {"a.zip": zipped({"表.xlsx": GOOD}, method)}).received[0].accepted


def linked(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_litter_links_and_open_files_are_no_returns(tmp_path):
    content = zipped({"__MACOSX/._表.xlsx": b"x", "._表.xlsx": b"x", "~$表.xlsx": b"x", "夹/": b"", linked("链.xlsx"): b"/etc",
                      "表.xlsx": GOOD})  # fmt: skip
    collection = collected(tmp_path, {"a.zip": content})
    assert names(collection, tmp_path) == ["a.zip/表.xlsx"]
    assert told(collection) == {("file-skipped", name, "note") for name in ("~$表.xlsx", "链.xlsx")}


HIDDEN = ["__MACOSX/表.xlsx", "__MACOSX/夹/表.xlsx", "夹/__MACOSX/表.xlsx", "__macosx/表.xlsx", "__MACOSX/a.b/表.xlsx"]


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("packed", [True, False])
def test_a_workbook_among_what_a_mac_leaves_is_read(tmp_path, name, packed):
    beside = f"{name.rpartition('/')[0]}/._表.xlsx"
    if packed:
        collection = collected(tmp_path, {"a.zip": zipped({name: GOOD, beside: b"\0\x05\x16\x07"})})
    else:
        collection = collected(tmp_path, {name: GOOD, beside: b"\0\x05\x16\x07"})
    assert len(collection.received) == 1 and collection.received[0].accepted and told(collection) == set()


def test_a_workbook_under_the_name_of_such_a_thing_is_told(tmp_path):
    collection = collected(tmp_path, {"a.zip": zipped({"__MACOSX/._表.xlsx": GOOD, "._甲.xlsx": b"\0\x05\x16\x07"})})
    assert told(collection) == {("file-skipped", "._表.xlsx", "note")}


@pytest.mark.parametrize("name", ["夹.xlsx/", "a/夹.xlsx/", "夹.xlsx\\"])
def test_a_folder_with_contents_is_a_file(tmp_path, name):
    collection = collected(tmp_path, {"a.zip": raw((name.encode(), GOOD), (b"b.xlsx", TOWN))})
    assert len(collection.received) == 2 and len(collection.counted) == 2


def test_what_else_lies_in_it_is_told(tmp_path):
    content = zipped({"报告.docx": b"x", "里.zip": zipped({"表.xlsx": GOOD}), "里.rar": b"Rar!", "图.jpg": b"x"})
    collection = collected(tmp_path, {"a.zip": content})
    assert not collection.received
    assert told(collection) == {("file-skipped", "报告.docx", "note"), ("file-skipped", "图.jpg", "note"),
                                ("file-packed", "里.zip", "error"), ("file-packed", "里.rar", "error")}  # fmt: skip
    assert "xltools import" in next(f.message for f in collection.findings if f.file.endswith("docx"))


@pytest.mark.parametrize("name", ["各镇.rar", "各镇.7z", "各镇.tar", "各镇.tar.gz", "各镇.RAR", "各镇.tgz", "各镇.zipx", "各镇.z01",
                                  "各镇.7z.001", "各镇.zip.002", "各镇.r00", "各镇.cab"])  # fmt: skip
def test_other_archives_are_told_in_words(tmp_path, name):
    collection = collected(tmp_path, {name: b"whatever", "表.xlsx": GOOD})
    [found] = [f for f in collection.findings if f.code == "file-packed"]
    assert found.severity == "error" and name in found.message and "解压" in found.remedy


BROKEN = {
    "not a zip": (b"nothing", "file-damaged"),
    "cut": (zipped({"表.xlsx": GOOD})[:-30], "file-damaged"),
    "empty file": (b"", "file-damaged"),
    "a rar in disguise": (b"Rar!\x1a\x07\x00", "file-damaged"),
    "empty archive": (zipped({}), "file-skipped"),
    "only folders": (zipped({"a/": b""}), "file-skipped"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_archive_that_cannot_be_read_is_told(tmp_path, kind):
    content, code = BROKEN[kind]
    collection = collected(tmp_path, {"a.zip": content, "表.xlsx": GOOD})
    assert [f.code for f in collection.findings if f.file and f.file.endswith("a.zip")] == [code]
    assert collection.received[0].accepted, "no file stops the others"
    if kind == "a rar in disguise":
        assert "RAR" in next(f.message for f in collection.findings if f.code == code)


def test_bombs_are_not_unpacked(tmp_path):
    many = zipped({f"{n}.xlsx": b"" for n in range(5001)})
    vast = raw((b"a.xlsx", b"x"))
    vast = vast.replace(struct.pack("<2L", 1, 1), struct.pack("<2L", 1, 2**31 + 1))
    for content in (many, vast):
        collection = collected(tmp_path, {"a.zip": content})
        assert [f.code for f in collection.findings] == ["file-unsafe"] and not collection.received
    wide = zipped({"表.xlsx": b"\0" * (101 * 2**20)})
    assert len(wide) < 2**20
    [got] = collected(tmp_path, {"a.zip": wide}).received
    assert [f.code for f in got.findings] == ["file-unsafe"]


def test_an_entry_that_cannot_be_read_stops_no_other(tmp_path):
    good = zipped({"坏.xlsx": GOOD, "表.xlsx": TOWN}, zipfile.ZIP_STORED)
    at = good.index(b"PK\3\4", 1)  # the first entry's own workbook begins here
    spoilt = good[:at] + b"XXXX" + good[at + 4 :]
    files = {r.path.name: r for r in collected(tmp_path, {"a.zip": spoilt}).received}
    assert files["表.xlsx"].accepted and [f.code for f in files["坏.xlsx"].findings] == ["file-unreadable"]
    locked = raw((b"a.xlsx", GOOD), flag=1)
    [got] = collected(tmp_path, {"a.zip": locked}).received
    assert [f.code for f in got.findings] == ["file-unreadable"] and "密码" in got.findings[0].message


def test_an_archive_called_workbook_says_what_it_is(tmp_path):
    [got] = collected(tmp_path, {"归档.xlsx": zipped({"表.xlsx": GOOD})}).received
    assert "里面的工作簿要先解压" in got.findings[0].message


def test_a_workbook_called_zip_is_a_workbook(tmp_path):
    [got] = collected(tmp_path, {"表.zip": GOOD}).received
    assert got.accepted and got.path.name == "表.zip"


def test_given_directly_it_is_a_folder_and_one_file_in_it_a_file(tmp_path):
    path = save(tmp_path / "归档.ZIP", zipped({"a/表.xlsx": GOOD, "镇.xlsx": TOWN}))
    assert [p.name for p in files_in([path])[0]] == ["表.xlsx", "镇.xlsx"]
    assert check([path / "a" / "表.xlsx"]).received[0].accepted
    assert [f.code for f in check([path / "没有.xlsx"]).received[0].findings] == ["file-unreadable"]
    with pytest.raises(Refused):
        content_of(path / "没有.xlsx", 100)


def test_the_archive_that_was_replaced_is_read_anew(tmp_path):
    path = save(tmp_path / "a.zip", zipped({"表.xlsx": GOOD}))
    assert content_of(path / "表.xlsx", 10**8) == GOOD
    path.unlink()
    save(path, zipped({"表.xlsx": TOWN, "x": b"1"}))
    assert content_of(path / "表.xlsx", 10**8) == TOWN


def test_slips_and_summary_of_zipped_returns(tmp_path):
    wrong = write_filing(filing({"requests.new.natural": 9}))
    collection = collected(tmp_path, {"a.zip": zipped({"表.xlsx": wrong})}, roster=True)
    made = dict(slips(collection))
    assert {"1101_示例县数据局_请更正.xlsx", "1101_示例县数据局_退回单.docx"} < set(made)
    save(tmp_path / "回收" / "a.zip", zipped({"表.xlsx": GOOD, "镇.xlsx": TOWN}))
    out = tmp_path / "汇总.xlsx"
    said = run_json("merge", tmp_path / "回收", "--roster", tmp_path / "名录.csv", "-o", out, "--json")
    assert said["summary"]["accepted"] == 2 and {Path(f["file"]).name for f in said["filings"]} == {
        "表.xlsx",
        "镇.xlsx",
    }
    last = read_previous([save(tmp_path / "上年.zip", zipped({"汇总.xlsx": out.read_bytes()}))])
    assert (2023, BUREAU.code) in last.filings, "last year's may be zipped too"


def test_an_archive_in_the_folder_of_slips_is_no_return(tmp_path):
    save(tmp_path / "回收" / "表.xlsx", GOOD)
    save(tmp_path / "回收" / "退回" / "旧.zip", zipped({"表.xlsx": TOWN}))
    said = run_json("check", tmp_path / "回收", "--slips", tmp_path / "回收" / "退回", "--force", "--json")
    assert len(said["filings"]) == 1


def test_an_archive_is_read_by_its_own_names_alone():
    archive = Archive(zipped({"b.xlsx": b"2", "a.xlsx": b"1"}))
    assert [str(p) for p in archive.files] == ["a.xlsx", "b.xlsx"] and not archive.is_workbook
    assert Archive(GOOD).is_workbook


@pytest.mark.parametrize("seed", range(8))
def test_however_an_archive_is_damaged_all_of_it_is_told(tmp_path, seed):
    """Bits flipped, pieces cut out, the rest cut off: findings and filings, never an exception, every file one outcome."""
    rng, whole = random.Random(seed), zipped({"a/表.xlsx": GOOD, "镇.xlsx": TOWN, "报告.docx": b"x" * 500})
    for number in range(25):
        content = bytearray(whole)
        kind = rng.choice(["flip", "flip", "cut", "end", "directory"])
        at = rng.randrange(len(content))
        if kind == "flip":
            content[at] ^= 1 << rng.randrange(8)
        elif kind == "directory":
            content[rng.randrange(whole.index(b"PK\1\2"), len(content))] = rng.randrange(256)
        elif kind == "cut":
            del content[at : at + rng.randrange(1, 400)]
        else:
            del content[at:]
        path = save(tmp_path / f"{number}.zip", bytes(content))
        files, skipped = files_in([tmp_path / f"{number}.zip"])
        assert files or skipped
        for received in map(read_file, files):
            assert received.filing is not None or received.findings
            assert received.path.is_relative_to(path)
