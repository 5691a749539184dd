"""Runs in a working folder killed at random points: every output is absent or whole, and the next run completes.

Twenty times; as many as ``XLTOOLS_KILLS`` says, where it is set. Every other kill waits until something is being written.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest
from making import run, run_process
from test_season import AGENCIES, EFFECTIVE, Folder, rows, said

from xltools.received.read import read_file
from xltools.season.unchanged import JUDGED, RUN

KILLS = int(os.environ.get("XLTOOLS_KILLS", "20"))
SEED = int(os.environ.get("XLTOOLS_SEED", "4"))
SENT = list(AGENCIES)[:12]
COMMANDS = ("blank", "check", "merge")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A working folder as it is before any run."""
    folder = Folder(tmp_path_factory.mktemp("interrupted") / "季")
    folder.roster(rows([AGENCIES[code] for code in SENT]))
    folder.receive(**{code: said(code) for code in SENT[:-2]}, **{SENT[-2]: said(SENT[-2], more={EFFECTIVE: 1})})
    return folder.home


def outputs(home):
    """Everything that runs have written, by name; the record without the time it tells, and without what was kept for speed, which
    counts by what it says and not by its bytes (``test_unchanged.py``)."""
    found, kept = {}, [home / ".xltools" / name for name in (RUN, JUDGED)]
    for place in ("下发", "汇总", "退回", ".xltools"):
        for path in sorted((home / place).rglob("*")):
            if path.is_file() and not path.name.endswith(".tmp") and path not in kept:
                found[str(path.relative_to(home))] = path.read_bytes()
    record = found.get(".xltools/record.json")
    if record:
        found[".xltools/record.json"] = {**json.loads(record), "at": ""}
    return found


def whole(home):
    """Nothing is half-written: workbooks open, JSON parses, and what was received is as it was."""
    for name, content in outputs(home).items():
        path = home / name
        if path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as package:
                assert package.testzip() is None
        if path.suffix == ".xlsx":
            assert read_file(path).filing is not None, name
        elif name.startswith(".xltools/readings"):
            seal, _, body = content.partition(b"\n")
            assert len(seal) == 64 and json.loads(body), name


def litter(home):
    """Temporary files of a killed run; none of them is taken for anything else."""
    return [path for path in home.rglob("*.tmp") if path.is_file()]


def killed(home, command, delay, writing):
    """Starts a command, kills it and all its processes; whether it was still running.

    It is killed after a while, or, where ``writing``, as soon as a temporary file is there.
    """
    words = [sys.executable, "-m", "xltools", command]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, cwd=home, start_new_session=True, **quiet)
    end = time.perf_counter() + (30 if writing else delay)
    while process.poll() is None and time.perf_counter() < end and not (writing and litter(home)):
        time.sleep(0.0005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups on this system")
def test_killed_runs_leave_nothing_half_written(template, tmp_path, capsys):
    right, took = tmp_path / "对照", {}
    shutil.copytree(template, right)
    received = {p.name: p.read_bytes() for p in (right / "回收").iterdir()}
    for command in COMMANDS:
        start = time.perf_counter()
        assert run_process(command, cwd=right).returncode == (0 if command != "merge" else 1)
        took[command] = time.perf_counter() - start
    reference, dice, midway, left = outputs(right), random.Random(SEED), 0, 0
    home = tmp_path / "季"
    for n in range(KILLS):
        if n % 4 == 0:
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(template, home)
        else:
            for place in dice.sample(["下发", "汇总", ".xltools"], dice.randint(1, 3)):
                shutil.rmtree(home / place, ignore_errors=True)
        for path in litter(home):
            path.unlink()
        command = dice.choice(COMMANDS)
        midway += killed(home, command, dice.uniform(0.1, took[command]), writing=bool(n % 2))
        whole(home)
        left += len(litter(home))
        for command in COMMANDS:
            assert run(command, cwd=home).returncode == (0 if command != "merge" else 1)
        assert outputs(home) == reference
        assert {p.name: p.read_bytes() for p in (home / "回收").iterdir()} == received
    with capsys.disabled():
        print(f"\n{KILLS} runs, {midway} killed midway, {left} temporary files seen")
    assert midway > KILLS // 4, "the kills came too late to show anything"
