"""Hostile and broken files: each is one finding in words, soon and in little memory, and none stops the others."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hostile import CORPUS, Measured, file_name, good, write_corpus
from making import run, save

from xltools.collection.check import check, check_file

SECONDS = float(os.environ.get("XLTOOLS_SECONDS", "2"))
"""Of CPU, so that a busy machine does not count."""
MEGABYTES = 200
FOLDER = Path(__file__).parent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each file is read in a process forked for it")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def outcome(corpus: Path) -> dict[str, Measured]:
    """What became of each file, by its name in the corpus."""
    command = [sys.executable, str(FOLDER / "hostile.py"), "--measure", str(corpus)]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=900, env=environment)
    assert done.returncode == 0, done.stderr
    found = {m["file"]: Measured(**m) for m in map(json.loads, done.stdout.splitlines())}
    return {name: found[file_name(name)] for name in CORPUS}


def test_nothing_escapes_and_nothing_dies(outcome: dict[str, Measured]) -> None:
    assert {name: m.problem for name, m in outcome.items() if m.problem} == {}


def test_each_is_told_by_its_own_code(outcome: dict[str, Measured]) -> None:
    wrong = {}
    for name, item in CORPUS.items():
        told = set(outcome[name].codes)
        if not item.codes:
            right = not told
        elif all(code.startswith("file-") for code in item.codes):
            right = len(told) == 1 and told <= set(item.codes)
        else:
            right = bool(told & set(item.codes))
        if not right:
            wrong[name] = (item.codes, told)
    assert wrong == {}


def test_none_takes_long(outcome: dict[str, Measured]) -> None:
    assert {name: m.seconds for name, m in outcome.items() if m.seconds > SECONDS} == {}


def test_none_takes_much_memory(outcome: dict[str, Measured]) -> None:
    assert {name: m.megabytes for name, m in outcome.items() if m.megabytes > MEGABYTES} == {}


def test_the_corpus_is_large(outcome: dict[str, Measured]) -> None:
    assert len(outcome) > 100
    assert {"file-empty", "file-not-workbook", "file-damaged", "file-unsafe", "file-encrypted"} <= {
        code for m in outcome.values() for code in m.codes
    }


def test_one_bad_file_never_stops_the_others(corpus: Path, tmp_path: Path) -> None:
    """The whole corpus, what is no file at all, and two good filings among them."""
    for name in ("000_first.xlsx", "zzz_last.xlsx"):
        save(corpus / name, good())
    (corpus / "a directory.xlsx").mkdir()
    save(corpus / "~$locked.xlsx", b"\5zhang" + bytes(159))
    (corpus / "loop.xlsx").symlink_to(corpus / "loop.xlsx")
    (corpus / "loop").symlink_to(corpus, target_is_directory=True)
    done = run("check", corpus, "--json")
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    said = json.loads(done.stdout)
    read = [f for f in said["filings"] if f["verdict"] not in ("unreadable", "foreign")]
    assert len(said["filings"]) == len(CORPUS) + 2
    assert {"000_first.xlsx", "zzz_last.xlsx"} <= {Path(f["file"]).name for f in read if f["verdict"] == "original"}
    assert Counter(f["code"] for f in said["findings"])["file-skipped"] == 3  # ~$locked.xlsx, loop.xlsx, loop


def test_nothing_is_written_outside(corpus: Path) -> None:
    check([corpus])
    for path in ("/tmp/xltools-hostile", "/etc/xltools-hostile"):
        assert not Path(path).exists()


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    folder, gone, loop, pipe = (tmp_path / f"{name}.xlsx" for name in ("folder", "gone", "loop", "pipe"))
    folder.mkdir()
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    for path in (folder, gone, loop, pipe):
        [found] = check_file(path).findings
        assert (found.code, found.severity) == ("file-unreadable", "error") and path.name in found.message


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "closed.xlsx", good())
    path.chmod(0)
    assert [f.code for f in check_file(path).findings] == ["file-unreadable"]
