"""A run in parts: combined in any order and however parted, it is the run at once, to the byte."""

import os
import pickle
import random
import re
import signal
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from making import AGENCIES, ROSTER, filing, save

import xltools
from xltools.collection.check import check
from xltools.collection.gathered import Gathered, combine, gather
from xltools.collection.roster import read_roster
from xltools.form.model import Agency
from xltools.received.folder import files_in
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

PAGE = Path(__file__).parent.parent / "docs" / "cluster.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Filings right and wrong, twice and unknown, of another year and unreadable, and what is none."""
    home = tmp_path_factory.mktemp("回收")
    for n, agency in enumerate(AGENCIES):
        save(
            home / f"{n}.xlsx",
            write_filing(filing({"requests.new.natural": n, "requests.granted.natural": n}, agency=agency)),
        )
    save(home / "再报.xlsx", write_filing(filing({"requests.new.natural": 7}, agency=AGENCIES[0])))
    save(home / "副本.xlsx", (home / "1.xlsx").read_bytes())
    save(
        home / "错.xlsx", write_filing(filing({"requests.new.natural": 9}, agency=Agency("99", "无名局", "department")))
    )
    save(home / "上年.xlsx", write_filing(filing({}, agency=AGENCIES[2], year=2022)))
    save(home / "坏.xlsx", b"PK nothing")
    save(home / "说明.txt", "不是表".encode())
    return home


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("名录") / "名录.csv"
    path.write_text(ROSTER, "utf-8")
    return path


def outcome(gathered, roster):
    """What is said of all of it: the JSON, and the workbook."""
    known = read_roster(roster)
    collection = check(gathered, known)
    summary = merge(collection, known, known.top)
    return xltools.check(gathered, roster=roster).to_json(), write_summary(summary)


def splits(items, seed):
    """The items at random in some parts, some of them in two, in any order."""
    rng = random.Random(seed)
    parts = [[] for _ in range(rng.randint(1, len(items)))]
    for item in items:
        for part in rng.sample(parts, min(len(parts), rng.choice((1, 1, 2)))):
            part.append(item)
    rng.shuffle(parts)
    return parts


def test_parts_of_any_kind_make_the_same_whole(folder, roster):
    at_once = outcome([folder], roster)
    files = sorted(folder.glob("*.xlsx"))
    parted = [[files[k::n] for k in range(n)] for n in (2, 3, len(files))] + [splits(files, seed) for seed in range(6)]
    ways = [combine(gather(part) for part in parts if part) for parts in parted]
    told = gather([folder])
    for whole in ways:
        whole = combine([whole, Gathered((), told.skipped)])
        assert outcome(whole, roster) == at_once


def test_a_hundred_orders_and_splits_of_what_was_read(folder, roster):
    whole = gather([folder])
    at_once = outcome(whole, roster)
    for seed in range(100):
        parts = [pickle.loads(pickle.dumps(Gathered(tuple(part)))) for part in splits(whole.received, seed)]
        again = combine([*parts, Gathered((), whole.skipped)])
        assert again == whole
        if seed % 20 == 0:
            assert outcome(again, roster) == at_once


def test_combining_is_of_two_as_of_all(folder):
    whole = gather([folder])
    one, two, three = (Gathered(whole.received[k::3]) for k in range(3))
    nested = combine([combine([three, one]), two, Gathered((), whole.skipped)])
    assert nested == combine([one, combine([two, three, Gathered((), whole.skipped)])]) == whole
    assert combine([]) == Gathered() and combine([whole, whole]) == whole


def test_what_was_gathered_is_left_as_it_is(folder, roster):
    whole = gather([folder])
    before = pickle.dumps(whole)
    first, second = outcome(whole, roster), outcome(whole, roster)
    assert first == second and pickle.dumps(whole) == before
    with pytest.raises(FrozenInstanceError):
        whole.received = ()


def test_a_file_that_changed_between_two_readings_is_refused(folder, tmp_path):
    path = save(tmp_path / "表.xlsx", (folder / "1.xlsx").read_bytes())
    first = gather([path])
    save(path, (folder / "2.xlsx").read_bytes())
    with pytest.raises(xltools.XltoolsError, match="改过"):
        combine([first, gather([path])])


def test_the_door_takes_what_was_gathered(folder, roster, tmp_path):
    parts = [xltools.gather(path) for path in sorted(folder.glob("*.xlsx"), reverse=True)]
    whole = xltools.combine([*parts, Gathered((), xltools.gather(folder).skipped)])
    by_paths = xltools.merge(folder, roster=roster, output=tmp_path / "一" / "汇总表.xlsx")
    by_parts = xltools.merge(whole, roster=roster, output=tmp_path / "二" / "汇总表.xlsx")
    assert by_parts.output.read_bytes() == by_paths.output.read_bytes()
    assert by_parts.to_json()["agencies"] == by_paths.to_json()["agencies"]


class DyingOnce:
    """Reads as ``gather`` does; the first worker to come to a certain file dies of it."""

    def __init__(self, file, mark):
        self.file, self.mark = file, mark

    def __call__(self, paths):
        if self.file in paths and not self.mark.exists():
            self.mark.write_text("died")
            os.kill(os.getpid(), signal.SIGKILL)
        return gather(paths)


def test_under_dask_a_worker_killed_the_summary_is_the_same(folder, roster, tmp_path, monkeypatch):
    distributed = pytest.importorskip("dask.distributed")
    page = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    there = {}
    exec(compile(page, str(PAGE), "exec"), there)
    files = sorted(folder.glob("*.xlsx"))
    monkeypatch.setattr(xltools, "gather", DyingOnce(files[4], tmp_path / "died"), raising=False)
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):
        whole = there["parts_under_dask"](client, files, 2)
    assert (tmp_path / "died").exists()
    assert outcome(whole, roster) == outcome(files, roster)


def test_what_is_left_aside_is_neither_read_nor_told(tmp_path):
    for name in ("甲.xlsx", "记事.txt", "汇总/乙.xlsx", "汇总/记事.txt", "汇总/内/丙.xlsx"):
        save(tmp_path / name, "x")
    files, told = files_in([tmp_path], frozenset({(tmp_path / "汇总").resolve()}))
    assert [file.name for file in files] == ["甲.xlsx"] and [Path(f.file).name for f in told] == ["记事.txt"]
    everything, all_told = files_in([tmp_path])
    assert len(everything) == 3 and len(all_told) == 2
