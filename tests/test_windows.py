"""The program on Windows: the same figures and the same bytes as here, processes started anew, files that Excel has open.

Windows is wine with the official CPython for Windows, prepared by ``.ci/windows``; without it these tests are skipped, with
XLTOOLS_WINDOWS=1 they fail; with XLTOOLS_WINDOWS=0 they are left for later.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from making import filing, save
from test_processes import AS_STARTED_BY
from test_wheel import wheel  # noqa: F401  (a fixture)

from xltools.errors import IN_USE

pytestmark = pytest.mark.windows
HERE = Path(__file__).parent / "windows"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xltools-ci" / "windows"

SEASON = (
    ("check", "回收", "--roster", "名录.csv", "--previous", "上年", "--slips", "退回", "--json", "--jobs", "1"),
    ("merge", "回收", "--roster", "名录.csv", "-o", "汇总/汇总表.xlsx", "--json", "--jobs", "1"),
    ("check", "回收", "--roster", "名录.csv", "--prefer", "newest", "--jobs", "1"),
    ("check", "汇总/汇总表.xlsx", "--parts", "回收", "--jobs", "1"),
    ("report", "汇总/汇总表.xlsx", "-o", "汇总/年度报告.docx"),
    ("report", "汇总/汇总表.xlsx", "-o", "汇总/年度报告.html"),
    ("import", "汇总/年度报告.docx", "-o", "读回/docx.xlsx", "--code", "11"),
    ("export", "汇总/汇总表.xlsx", "--format", "csv"),
    ("export", "汇总/汇总表.xlsx", "--format", "xlsx", "-o", "汇总/正式.xlsx"),
    ("blank", "--year", "2024", "--roster", "名录.csv", "--previous", "上年", "-o", "下发"),
    ("init", "一季", "--year", "2024"),
    ("check", "没有这个文件夹"),
    ("forms", "show", "2021"),
    ("codes",),
)
"""A season's commands, by one process each."""

PATIENCE = 300
"""Seconds after which a command is given up."""


@dataclass(frozen=True)
class System:
    """A Python and the environment it runs in."""

    python: tuple[str, ...]
    environment: dict[str, str]

    def run(self, *arguments, cwd, script=None, tries=1):
        """The program, or a script, run in a folder; streams are pipes, as wine needs them, and taken as the bytes they are.

        Of several processes under wine 8 one in ten runs never ends, even if they do nothing but sleep and answer: ``tries``.
        """
        command = [*self.python, *(("-m", "xltools") if script is None else (str(script),)), *map(str, arguments)]
        for left in reversed(range(tries)):
            try:
                done = subprocess.run(
                    command, cwd=cwd, env=self.environment, input=b"", capture_output=True, timeout=PATIENCE
                )
            except subprocess.TimeoutExpired:
                self.end()
                if not left:
                    raise
            else:
                return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())

    def end(self):
        """Ends whatever still runs on this Windows."""
        subprocess.run(["wineserver", "-k"], env=self.environment)


def _lacking():
    if shutil.which("wine") is None:
        return "wine is not installed"
    lacking = [name for name in ("python/python.exe", "lib", "locale/zh_CN.UTF-8") if not (CACHE / name).exists()]
    return f"{CACHE} has no {lacking[0]}: run .ci/windows" if lacking else ""


@pytest.fixture(scope="module")
def windows(request, tmp_path_factory):
    """Windows with this checkout's wheel installed."""
    asked = os.environ.get("XLTOOLS_WINDOWS")
    if asked == "0":
        pytest.skip("XLTOOLS_WINDOWS=0: left to .ci/windows")
    if lacking := _lacking():
        (pytest.fail if asked == "1" else pytest.skip)(lacking)
    app = tmp_path_factory.mktemp("app")
    for name in ("python", "lib", "locale"):
        shutil.copytree(CACHE / name, app / name)
    with zipfile.ZipFile(request.getfixturevalue("wheel")) as content:
        content.extractall(app / "lib")
    here = {
        "LOCPATH": str(app / "locale"),
        "LC_ALL": "zh_CN.UTF-8",
        "WINEPREFIX": str(app / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "XLTOOLS", "DISPLAY"))}
    system = System(("wine", str(app / "python" / "python.exe")), kept | here)
    yield system
    system.end()
    shutil.rmtree(app)


@pytest.fixture(scope="module")
def linux():
    return System((sys.executable,), dict(os.environ))


def files(folder):
    """Every file in a folder with its bytes; what the program remembers for itself aside."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if ".xltools/" not in name}


def played(system, folder):
    """A season played on a system: what each command printed, and every file."""
    made = system.run(cwd=folder, script=HERE / "season.py")
    assert made.returncode == 0, made.stderr
    return [system.run(*command, cwd=folder) for command in SEASON], files(folder)


@pytest.fixture(scope="module")
def seasons(windows, linux, tmp_path_factory):
    return [played(system, tmp_path_factory.mktemp("season")) for system in (windows, linux)]


def test_it_is_windows(windows, tmp_path):
    save(tmp_path / "ask.py", "import os, sys, locale; print(os.name, sys.platform, locale.getencoding())")
    assert windows.run(cwd=tmp_path, script="ask.py").stdout.split() == ["nt", "win32", "cp936"]


def test_a_season_says_the_same_on_windows(seasons):
    (there, _), (here, _) = seasons
    for command, one, other in zip(SEASON, there, here, strict=True):
        assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr), command
    assert [done.returncode for done in here] == [1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0]
    told = json.loads(here[0].stdout)
    assert told["counts"]["filings"] > 100 and told["counts"]["error"] > 5


def test_a_season_leaves_the_same_bytes_on_windows(seasons):
    (_, there), (_, here) = seasons
    assert list(there) == list(here)
    assert [name for name in here if there[name] != here[name]] == []
    folders = {name.partition("/")[0] for name in here}
    assert {"回收", "上年", "下发", "退回", "汇总", "读回", "一季"} <= folders


def test_the_demo_is_the_same_on_windows(windows, linux, tmp_path):
    played = []
    for system, name in ((windows, "w"), (linux, "l")):
        (tmp_path / name).mkdir()
        done = system.run("demo", "演示", cwd=tmp_path / name)
        assert done.returncode == 0, done.stderr
        played.append((done.stdout, files(tmp_path / name)))
    assert played[0] == played[1]


@pytest.mark.parametrize("number", [0, 1])
def test_processes_on_windows_say_what_one_says(windows, seasons, number, tmp_path):
    [(alone, there), _] = seasons
    for name, content in there.items():
        if name.startswith(("回收", "上年", "名录")):
            save(tmp_path / name, content)
    save(tmp_path / "many.py", AS_STARTED_BY)
    command = (*SEASON[number][:-1], "2", "--force")
    together = windows.run("spawn", *command, cwd=tmp_path, script="many.py", tries=4)
    assert together.stderr.startswith("processes: 2\n")
    assert together.stdout == alone[number].stdout


# ── files that another program has open ──────────────────────────────────────


@pytest.fixture
def summary(windows, tmp_path):
    """A county's filing and its summary."""
    save(tmp_path / "名录.csv", "单位代码,单位名称,层级,上级代码\n11,示例县,county,\n1101,示例县数据局,部门,11\n")
    save(tmp_path / "回收" / "甲.xlsx", filing())
    assert windows.run(*MERGE, cwd=tmp_path).returncode == 0
    return tmp_path


MERGE = ("merge", "回收", "--roster", "名录.csv", "-o", "汇总.xlsx", "--force")


@pytest.mark.parametrize("command", [MERGE, ("report", "回收/甲.xlsx", "-o", "汇总.xlsx.docx", "--force")])
def test_an_output_that_excel_has_open(windows, summary, command):
    output = summary / command[command.index("-o") + 1]
    output.touch()
    before = output.read_bytes()
    done = windows.run(output.name, "read", "-m", "xltools", *command, cwd=summary, script=HERE / "lock.py")
    assert done.returncode == 2
    assert done.stderr == f"xltools：写不了“{output.name}”：{IN_USE}；没有留下不完整的文件\n"
    assert output.read_bytes() == before and not list(summary.glob(".xltools*"))
    assert windows.run(*command, cwd=summary).returncode == 0


def test_a_filing_that_excel_has_open_is_read(windows, summary):
    command = ("-m", "xltools", "check", "回收")
    done = windows.run("回收/甲.xlsx", "read", *command, cwd=summary, script=HERE / "lock.py")
    assert done.returncode == 0 and "共 1 份，通过 1 份" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "command", [("check", "回收"), ("export", "回收/甲.xlsx"), ("blank", "--year", "2024", "--roster")]
)
def test_a_file_that_cannot_even_be_read(windows, summary, command):
    locked = "名录.csv" if command[-1] == "--roster" else "回收/甲.xlsx"
    command = (*command, locked) if command[-1] == "--roster" else command
    done = windows.run(locked, "nothing", "-m", "xltools", *command, cwd=summary, script=HERE / "lock.py")
    assert done.returncode in (1, 2) and IN_USE in done.stdout + done.stderr
