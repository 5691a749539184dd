"""Very many filings lie on disk while nobody asks for them: all that is said is the same, to the byte, and nothing is left behind."""

import copy
import errno
import os
import pickle
import platform
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from making import COUNTY, filing, save

from xltools.collection.account import collection_json
from xltools.collection.check import check, check_made
from xltools.collection.gathered import Gathered, combine, gather
from xltools.collection.roster import Entry, Roster
from xltools.findings import finding
from xltools.form.model import Agency
from xltools.received import shelf as shelves
from xltools.received.file import Received
from xltools.received.read import read_file
from xltools.received.shelf import Shelf
from xltools.summary import data as data_sheets
from xltools.summary import merge
from xltools.summary.data import beside
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

NEW, GRANTED, RULES = "requests.new.natural", "requests.granted.natural", "disclosure.rules.made"
FIELDS = [f.id for f in filing().form.inputs]


def agency(n):
    return Agency(f"22{n:03d}", f"第{n}局", "department")


def one(n, name=None, year=2023, **figures):
    """A filing as it was read: every seventh is wrong, every third has something to explain, and every sixth explains it."""
    said = {NEW: n, GRANTED: n + (n % 7 == 1), FIELDS[n % len(FIELDS)]: 3 * n if n % 3 == 0 else 0, **figures}
    explained = {RULES: "今年修订较多。"} if n % 6 == 0 else {}
    made = filing(said, agency=agency(n), year=year, explanations=explained)
    got = check_made(Received(Path(name or f"{n:03d}.xlsx"), f"{n:x}{name or ''}".encode().hex(), "original", made))
    got.filing = made.compact()
    return got


def came():
    """Sixty files: one agency twice with other figures, one with the same, one of last year, one that cannot be read."""
    yield from (one(n) for n in range(56))
    yield one(5, "又一份.xlsx", **{NEW: 900})
    yield one(6, "副本.xlsx")
    yield one(7, "去年.xlsx", year=2022)
    bad = finding("file-unreadable", file="坏.xlsx", reason="读不出")
    yield Received(Path("坏.xlsx"), "", "unreadable", None, [bad])


@pytest.fixture(scope="module")
def files():
    return pickle.dumps([*came()])


ROSTER = Roster((Entry(COUNTY), *(Entry(agency(n), COUNTY.code) for n in range(58))))


def outcome(files, monkeypatch, at_hand, split=1):
    """All that is said of the files, with so many of them in memory."""
    monkeypatch.setattr(shelves, "AT_HAND", at_hand)
    received = pickle.loads(files)
    random.Random(split).shuffle(received)
    whole = combine([Gathered(tuple(received[k::split])) for k in range(split)])
    collection = check(whole, ROSTER)
    summary = merge(collection, ROSTER, COUNTY, include_queried=True)
    book = write_summary(summary, name="汇总表")
    files = {ending: b"".join(pieces) for ending, pieces in beside(summary)}
    return whole, collection, (book, files, collection_json(collection, summary.standings))


@pytest.mark.parametrize("at_hand", [1, 2, 7, 59])
@pytest.mark.parametrize("split", [1, 4])
def test_on_disk_as_in_memory(files, monkeypatch, at_hand, split):
    monkeypatch.setattr(data_sheets, "_ROWS", 300)
    _, _, expected = outcome(files, monkeypatch, 1000)
    whole, collection, found = outcome(files, monkeypatch, at_hand, split)
    assert found == expected and set(found[1]) == {"_数据.csv", "_数据.parquet"}
    assert sum(got.away for got in whole.received) >= len(whole.received) - at_hand
    assert sum(got.away for got in collection.received) >= len(collection.received) - at_hand


def test_as_many_as_a_county_has_stay_in_memory(files):
    whole = combine([Gathered(tuple(pickle.loads(files)))])
    assert not any(got.away for got in whole.received) and whole.received[0]._shelf._file is None


def shelved(files, at_hand=3):
    shelf, received = Shelf(at_hand), pickle.loads(files)
    for got in received:
        shelf.put(got)
    return shelf, received


def test_what_comes_back_is_what_went(files):
    _, received = shelved(files)
    plain = pickle.loads(files)
    assert received[0].away and not received[-1].away
    for got, known in zip(received, plain, strict=True):
        assert got.card is None if known.filing is None else got.card.agency == known.filing.agency
        flags = ("accepted", "open_errors", "open_queries", "doubt")
        assert [getattr(got, name) for name in flags] == [getattr(known, name) for name in flags]
    assert received[0].away  # for all this it need not come back
    assert received == plain and pickle.loads(pickle.dumps(received)) == plain
    assert copy.deepcopy(received[0]) == replace(received[0]) == plain[0]
    assert received[0].filing.form is plain[0].filing.form


CHANGES = {
    "told": lambda got: got.add(finding("agency-missing", agency=got.known.agency)),
    "revised": lambda got: got.revise(()),
    "its filing": lambda got: setattr(got, "filing", replace(got.known, region="山区")),
    "where its explanations are": lambda got: setattr(got, "answers", {"x": "A1"}),
    "not read": lambda got: got.unread(finding("file-unreadable", file="x", reason="x")),
    "nothing": lambda got: got.add(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_stays_so_and_its_twin_as_it_was(files, change):
    _, received = shelved(files)
    plain = pickle.loads(files)
    for number in (1, 58):  # one that is away, one at hand
        twin = received[number].twin()
        CHANGES[change](received[number])
        CHANGES[change](plain[number])
        [got.filing for got in received]
        assert twin == pickle.loads(files)[number] and received[number] == plain[number]


def test_what_is_away_takes_hardly_any_room(files):
    _, received = shelved(files, 1)
    away = [sys.getsizeof(got) for got in received[:-1]]
    assert all(got.away for got in received[:-1]) and max(away) <= 96  # the last is at hand
    assert received[0].findings is not None  # asked for, it comes back
    assert not received[0].away and sys.getsizeof(received[0]) <= 96


def test_nothing_is_written_again_that_was_not_changed(files):
    shelf, received = shelved(files)
    [got.findings for got in received]
    size = shelf._file.seek(0, 2)
    for got in received:
        got.add()
        got.revise(list(got.findings))
    assert shelf._file.seek(0, 2) == size


def test_from_one_shelf_to_another(files):
    _, received = shelved(files)
    other = Shelf(2)
    for got in received:
        other.put(got)
    assert received == pickle.loads(files) and all(got._shelf is other for got in received)


def test_no_room_on_the_disk_it_stays_in_memory(files, monkeypatch):
    def full(*given):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Shelf, "_written", full)
    _, received = shelved(files)
    assert not any(got.away for got in received) and received == pickle.loads(files)


def test_what_nobody_holds_any_more_is_given_up(files):
    shelf, received = shelved(files, 1000)
    file = shelved(files)[0]._file
    assert file.closed  # with the last of them, and the shelf
    del received[:]
    assert all(near() is None for near in shelf._near)


RUN = """
import os, signal, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_shelf
from xltools.received import shelf
shelf.AT_HAND = 2
how = sys.argv[2]

def coming():
    for n, got in enumerate(test_shelf.came()):
        if n == 20 and how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if n == 20 and how == "stopped":
            raise KeyboardInterrupt
        yield test_shelf.Gathered((got,))

whole = test_shelf.combine(coming())
assert whole.received[0].away
test_shelf.check(whole, test_shelf.ROSTER)
if how == "fails":
    raise RuntimeError
"""


@pytest.mark.parametrize("how", ["ends", "fails", "stopped", "killed"])
def test_nothing_is_left_behind(tmp_path, how):
    place = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", RUN, str(Path(__file__).parent), how], env=place, capture_output=True)
    assert done.returncode == {"ends": 0, "fails": 1, "stopped": -signal.SIGINT, "killed": -signal.SIGKILL}[how], (
        done.stderr
    )
    assert [*tmp_path.iterdir()] == [] and b"ResourceWarning" not in done.stderr


def test_files_read_by_several_processes(tmp_path, monkeypatch):
    """The parent keeps no more of them than it may, and what it has written is not written again by a child that ends."""
    for n in range(44):
        save(tmp_path / f"{n:03d}.xlsx", b"PK nothing" if n % 11 else write_filing(filing({NEW: n}, agency=agency(n))))
    expected = gather([tmp_path])
    monkeypatch.setattr(shelves, "AT_HAND", 3)
    found = gather([tmp_path], jobs=2)
    assert sum(got.away for got in found.received) >= 41 and found == expected


class Kept:
    """What an earlier run read of most of some files."""

    def __init__(self, folder):
        self.read, paths = read_file, sorted(folder.iterdir())
        self._known = {path: pickle.dumps(read_file(path)) for path in paths if int(path.stem) % 3}

    def recall(self, path):
        return pickle.loads(self._known[path]) if path in self._known else None


@pytest.mark.parametrize(
    ("files", "at_hand", "jobs"),
    [(12, 3, None), (12, 3, 1), (12, 3, 2), (12, 30, 2), (66, 3, 2), (66, 65, 2), (1, 3, 2)],
)
def test_what_is_known_of_a_file_is_put_on_one_shelf_once_and_as_it_was_judged(
    tmp_path, monkeypatch, files, at_hand, jobs
):
    """It went to disk as it was read, and once more as it was judged, on another shelf."""
    for n in range(files):
        save(tmp_path / f"{n:03d}.xlsx", write_filing(filing({NEW: n, GRANTED: n + n % 2}, agency=agency(n))))
    kept, expected = Kept(tmp_path), gather([tmp_path])
    monkeypatch.setattr(shelves, "AT_HAND", at_hand)
    went, written = [], Shelf._written
    monkeypatch.setattr(Shelf, "_written", lambda self, values: went.append(values[1]) or written(self, values))
    found = gather([tmp_path], jobs=jobs, readings=kept)
    assert len(went) == len({*went}) and bool(went) == (files > at_hand)
    assert len({id(got._shelf) for got in found.received}) == 1
    assert found == expected and any(got.findings for got in found.received) == (files > 1)


@pytest.mark.parametrize("threads", [2, 3, 5, 8, 16])
def test_what_many_share_is_found_again_whoever_put_it_there_meanwhile(threads, monkeypatch):
    """Two seasons of a desk have shelves of their own, and one place for what filings share: a number was given twice."""
    monkeypatch.setattr(shelves, "_shared", type(shelves._shared)())
    start, wrong = threading.Barrier(threads), []

    def share():
        mine = [object() for _ in range(4000)]
        start.wait()
        numbers = [shelves._number(each) for each in mine]
        wrong.extend(n for n, each in zip(numbers, mine, strict=True) if shelves._of_number(n) is not each)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        running = [threading.Thread(target=share) for _ in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong


HELD = """
import re, sys
from pathlib import Path
from xltools.received import shelf

def taken():
    return int(re.search(r"VmRSS:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

if sys.argv[1] == "back":
    shelf._give_back()
del [*map(bytes, (30_000_000,))][:]  # from now on that is how large blocks are that glibc keeps the room of
before, beside = taken(), []
blocks = []
for size in map(int, sys.argv[2:]):
    blocks.append(bytearray(b"x") * size)
    beside += [bytes(1000) for _ in range(30)]  # what stays, between them
del blocks
print(taken() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
@pytest.mark.parametrize("sizes", [(20_000_000,), (9_000_000, 1_000_000), (300_000,) * 40, (2_000_000, 4_000_000, 8_000_000),
                                   (25_000_000, 500_000), (5_000_000,) * 3])  # fmt: skip
def test_large_blocks_go_back_when_they_are_freed(sizes):
    def left(how):
        command = [sys.executable, "-c", HELD, how, *map(str, sizes)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True, env=plain).stdout)

    plain = {name: said for name, said in os.environ.items() if not name.startswith("MALLOC_")}  # Dask leaves one there
    assert left("back") < 3 < sum(sizes) / 2**20 / 2 < left("as it is")
