"""Several processes: whatever way the system starts them, they say what one says; and none is started unasked."""

import json
import multiprocessing
import shutil
import subprocess
import sys

import pytest
from making import ROSTER, Agency, blank, filing, run, save

MANY = 101
"""Files enough for two processes, however dear it is to start one."""

METHODS = multiprocessing.get_all_start_methods()

AS_STARTED_BY = """
import concurrent.futures, multiprocessing, sys

class Counted(concurrent.futures.ProcessPoolExecutor):
    def __init__(self, workers, **how):
        print("processes:", workers, file=sys.stderr)
        super().__init__(workers, **how)

concurrent.futures.ProcessPoolExecutor = Counted

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from xltools.cli import main
    main()
"""
"""The program with its processes started one way, and each pool of them told."""


def python(script, *arguments, cwd):
    command = [sys.executable, script, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A season's folder: filings that are right, one that is not, one that is no workbook, one still blank."""
    folder = tmp_path_factory.mktemp("many")
    assert run("init", folder, "--year", 2024).returncode == 0
    agencies = [Agency(f"11{n:03d}", f"示例县第{n}局", "department") for n in range(MANY)]
    rows = "".join(f"{a.code},{a.name},部门,11,,\n" for a in agencies)
    (folder / "名录.xlsx").unlink()
    save(folder / "名录.csv", "".join(ROSTER.splitlines(keepends=True)[:2]) + rows)
    settings = (folder / "xltools.toml").read_text("utf-8").replace("名录.xlsx", "名录.csv")
    settings = settings.replace('previous = ""', 'previous = "上年"')
    (folder / "xltools.toml").write_text(settings, "utf-8")
    for number, agency in enumerate(agencies):
        save(folder / "回收" / f"{number:03d}.xlsx", filing(agency=agency, year=2024))
    save(folder / "回收" / "001.xlsx", filing({"requests.new.natural": 5}, agency=agencies[1], year=2024))
    save(folder / "回收" / "002.xlsx", b"PK\x03\x04 and no more")
    save(folder / "回收" / "003.xlsx", blank(2024, agencies[3]))
    save(folder / "上年" / "000.xlsx", filing({"requests.new.natural": 7}, agency=agencies[0]))
    save(folder / "many.py", AS_STARTED_BY)
    return folder


def told(folder, method, *arguments):
    """What a command prints as JSON in the folder as it was before any run, and the sizes of its pools."""
    for left in (".xltools", "退回", "汇总"):
        shutil.rmtree(folder / left, ignore_errors=True)
    done = python("many.py", method, *arguments, "--json", cwd=folder)
    assert done.returncode == 1, done.stderr[-500:]
    pools = [int(line.split(":")[1]) for line in done.stderr.splitlines() if line.startswith("processes:")]
    written = {path.name: path.read_bytes() for left in ("退回", "汇总") for path in (folder / left).glob("*")}
    return json.loads(done.stdout), written, pools


@pytest.mark.parametrize("command", ["check", "merge"])
def test_however_processes_are_started_they_say_what_one_says(folder, command):
    alone, left, pools = told(folder, METHODS[0], command, "--jobs", 1)
    assert pools == [] and alone["counts"]["filings"] == MANY and left
    for method in METHODS:
        together, written, pools = told(folder, method, command, "--jobs", 2)
        assert pools == [2], method
        assert together == alone, method
        assert written == left, method


def test_no_more_processes_than_are_worth_it(folder):
    for method in METHODS:
        worth = 5 if method == "fork" else 2
        assert told(folder, method, "check", "--jobs", 100)[2] == [worth], method
    shutil.rmtree(folder / "退回")
    again = python("many.py", METHODS[0], "check", "--json", "--jobs", 100, cwd=folder)
    assert "processes:" not in again.stderr, "all files are known from the last run"


@pytest.mark.parametrize("method", METHODS)
def test_an_analysts_script_without_a_guard(folder, method):
    script = f"""
import multiprocessing
multiprocessing.set_start_method({method!r})
from xltools import frames
from xltools.collection.check import check
from pathlib import Path
assert len(check([Path("回收")]).received) == {MANY}
print(*frames.read(["回收"]).shape)
"""
    save(folder / "analyst.py", script)
    done = python("analyst.py", cwd=folder)
    rows, columns = map(int, done.stdout.split())
    assert (rows, done.stderr) == (MANY - 1, "") and columns > 200


@pytest.mark.parametrize("method", METHODS)
def test_an_analysts_script_that_asks_for_processes(folder, method):
    script = f"""
import multiprocessing
from xltools import frames
if __name__ == "__main__":
    multiprocessing.set_start_method({method!r})
    assert frames.read(["回收"], jobs=2).equals(frames.read(["回收"]))
    print("same")
"""
    save(folder / "asking.py", script)
    assert python("asking.py", cwd=folder).stdout == "same\n"
