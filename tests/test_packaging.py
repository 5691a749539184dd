"""The packages for offices without a network: what is locked, what is in them, the same bytes twice; that they run without a network.

``.ci/packages`` builds them and names their folder in XLTOOLS_PACKAGES. Without it the tests that need them are skipped, with
XLTOOLS_WINDOWS=1 they fail. Windows is wine, as in test_windows.py.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
import wine
from making import save
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_season import AGENCIES, Folder, rows, said

import xltools
from xltools.collection.roster import COLUMNS

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "packaging").glob("*/*.sha256"))
PLACE = "县 政务公开 办公室（新）"
UNSHARE, IP, SH = (shutil.which(name) or name for name in ("unshare", "ip", "sh"))
OFFLINE = (UNSHARE, "-rn", SH, "-c", f'{IP} link set lo up && exec "$@"', "sh")
"""Runs a command where there is no network but the machine's own loopback."""


# ── what is locked ───────────────────────────────────────────────────────────


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "packaging")
    yield import_module("parts")
    for name in ("parts", "papers", "build"):
        sys.modules.pop(name, None)


def required():
    """What setup.cfg requires, with the pdf extra."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", "utf-8")
    lines = settings["options"]["install_requires"] + settings["options.extras_require"]["pdf"]
    return [Requirement(line) for line in lines.split("\n") if line]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_lock_has_all_that_setup_cfg_requires_and_no_address(lock, parts):
    called = dict(parts.called(name) for name in parts.locked(lock))
    for need in required():
        assert called[canonicalize_name(need.name)] in need.specifier, f"{need}: run packaging/lock.py"
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.+-]+\.(whl|tar\.gz)", line) for line in lock.read_text().splitlines())


def test_there_is_a_lock_for_every_system():
    assert [path.relative_to(ROOT / "packaging").as_posix() for path in LOCKS] == [
        "linux/aarch64.sha256", "linux/x86_64.sha256", "windows/lock.sha256",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"x", b"what is locked ", b"What is locked", b"what is locke", None])
def test_a_file_that_is_not_the_locked_one_is_refused(parts, monkeypatch, tmp_path, content):
    monkeypatch.setattr(parts, "CACHE", tmp_path)
    monkeypatch.setattr(parts, "pip", lambda *_: None)  # the registry has nothing
    lock = tmp_path / "some.sha256"
    right = b"what is locked"
    lock.write_text(f"{hashlib.sha256(right).hexdigest()}  some-1.0-py3-none-any.whl\n")
    if content is not None:
        (tmp_path / "some-1.0-py3-none-any.whl").write_bytes(content)
    with pytest.raises(SystemExit, match=r"some-1\.0-py3-none-any\.whl is not the file of some\.sha256"):
        parts.fetched(lock)
    (tmp_path / "some-1.0-py3-none-any.whl").write_bytes(right)
    assert parts.fetched(lock) == [tmp_path / "some-1.0-py3-none-any.whl"]


def test_a_folder_is_packed_to_the_same_bytes(parts, tmp_path):
    """Whenever, and in whatever order, its files were made."""
    pack, names = import_module("build").pack, ["b/乙.txt", "a.sh", "甲.txt"]
    for folder, time, order in (("one", 1, names), ("two", 10**9, names[::-1])):
        for name in order:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(name)
            os.utime(tmp_path / folder / name, (time, time))
        pack(tmp_path / folder, tmp_path / f"{folder}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert [info.filename for info in packed.infolist()] == [
            f"年报助手/{name}" for name in ("a.sh", "b/乙.txt", "甲.txt")
        ]
        assert [oct(info.external_attr >> 16) for info in packed.infolist()] == ["0o755", "0o644", "0o644"]


# ── what is in them ──────────────────────────────────────────────────────────


def package(system):
    """The package for a system, as .ci/packages has just built it."""
    asked = os.environ.get("XLTOOLS_WINDOWS")
    found = Path(os.environ.get("XLTOOLS_PACKAGES", "")) / f"年报助手-{xltools.__version__}-{system}.zip"
    if "XLTOOLS_PACKAGES" not in os.environ or asked == "0":
        (pytest.fail if asked == "1" else pytest.skip)("no packages were built: run .ci/packages")
    assert found.exists()
    return found


windows, linux = partial(package, "win64"), partial(package, "linux-x86_64")
EACH = pytest.mark.parametrize("system", ["win64", "linux-x86_64"])


@pytest.mark.windows
@EACH
def test_every_part_is_told_with_its_licence(system, parts):
    with zipfile.ZipFile(package(system)) as packed:
        names = packed.namelist()
        [sbom] = (json.loads(packed.read(name)) for name in names if name.endswith("sbom.cdx.json"))
        licences = packed.read("年报助手/许可.txt").decode("utf-8-sig").replace("\r\n", "\n")
    lock = ROOT / "packaging" / ("windows/lock.sha256" if system == "win64" else "linux/x86_64.sha256")
    told = {one["purl"].split("file_name=")[1]: one["hashes"][0]["content"] for one in sbom["components"]}
    assert parts.locked(lock).items() <= told.items()
    first, *chapters = licences.split(f"\n\n{'=' * 72}\n\n")
    texts = dict(chapter.split("\n\n", 1) for chapter in chapters)
    for one in sbom["components"]:
        [licence] = one["licenses"]
        name = f"{one['name']} {one['version']}"
        assert licence["license"]["name"] and f"{name}：{licence['license']['name']}" in first.splitlines()
        assert len(texts[name]) > 500 and re.search("(?i)copyright|permission", texts[name]), name


@pytest.mark.windows
def test_windows_can_unpack_it():
    """Small enough, no path near the 260 characters that Explorer takes, all below one folder, names marked as UTF-8."""
    path = windows()
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        assert all(info.flag_bits & 0x800 for info in packed.infolist() if not info.filename.isascii())
    assert path.stat().st_size <= 60_000_000
    assert max(map(len, names)) <= 120
    assert {name.split("/")[0] for name in names} == {"年报助手"}
    assert {name.split("/")[1] for name in names} == {"年报助手.exe", "命令行.cmd", "先读我.txt", "许可.txt", "app"}
    assert not [name for name in names if re.search(r'[<>:"|?*\\]|[. ]/|[. ]$', name)]


@pytest.mark.windows
@EACH
def test_it_is_built_to_the_same_bytes(system, tmp_path):
    """Twenty seconds: all that is packed is made anew, bytecode too, in another folder."""
    command = [sys.executable, ROOT / "packaging/build.py", system, "-o", tmp_path]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
    assert (tmp_path / package(system).name).read_bytes() == package(system).read_bytes()


# ── that they run ────────────────────────────────────────────────────────────


def unpacked(path, folder):
    subprocess.run([sys.executable, "-m", "zipfile", "-e", path, folder], check=True)
    return folder / "年报助手"


def quiet(*command, cwd, **environment):
    """What a command says, run without a network; streams are pipes, as wine needs them."""
    told = {"input": b"", "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "timeout": 300}
    done = subprocess.run([*OFFLINE, *map(str, command)], cwd=cwd, env=environment, **told)
    return done.returncode, done.stdout.decode("utf-8", "replace")  # the prompt of cmd is in cp936


@pytest.fixture(scope="module")
def unzipped(tmp_path_factory):
    """The package for Windows, unzipped into a path with Chinese characters and spaces; and how to run what is in it."""
    home = tmp_path_factory.mktemp("windows")
    app = unpacked(windows(), home / PLACE)
    environment = wine.made(home)
    run = partial(quiet, "wine", **environment)
    yield app, run
    wine.ended(environment)
    shutil.rmtree(home)


@pytest.mark.windows
def test_nothing_else_of_this_machine_is_used(unzipped, tmp_path):
    """The program's Python sees its own folders, whatever the environment says."""
    app, run = unzipped
    (tmp_path / "xltools.py").write_text("raise SystemExit('somebody else')")
    script = "import json, sys, lxml, pandas, pdfplumber, python_calamine; print(json.dumps([sys.flags.isolated, *sys.path]))"
    status, said = run(app / "app/python/python.exe", "-c", script, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert status == 0, said
    isolated, *path = json.loads(said)
    assert [line.partition("年报助手\\app\\")[2] for line in path] == [
        r"python\python313.zip",
        "python",
        "lib",
    ] and isolated


FEW = list(AGENCIES.values())[:16]
WRONG, SILENT = FEW[2], FEW[7]


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """The roster of sixteen agencies, and what they send: one a wrong figure, one nothing."""
    folder = tmp_path_factory.mktemp("sent")
    save(folder / "名录.csv", "".join(",".join(row) + "\n" for row in [COLUMNS, *rows(FEW)]))
    for agency in FEW:
        more = {"requests.new.natural": 900} if agency == WRONG else {}
        if agency != SILENT:
            save(folder / "报来" / f"{agency.name}.xlsx", said(agency.code, more=more))
    return folder


@pytest.fixture(scope="module")
def added_up(sent, tmp_path_factory):
    """What the command line on this machine makes of it."""
    season = Folder(tmp_path_factory.mktemp("here") / "2023年度")
    season.roster(rows(FEW))
    shutil.copytree(sent / "报来", season.home / "回收", dirs_exist_ok=True)
    season.merge()
    return summary(season.home)


def at_the_desk(sent, run, *command):
    """A clerk's season at the desk of a package; what it said after each step."""
    status, told = run(sys.executable, ROOT / "tests/windows/clerk.py", "名录.csv", "报来", *command, cwd=sent)
    assert status == 0, told
    return json.loads(told)


@pytest.mark.windows
def test_a_double_click_opens_the_desk_and_a_season_there_adds_up_to_the_same(unzipped, sent, added_up):
    app, run = unzipped
    steps = at_the_desk(sent, partial(quiet, **run.keywords), "wine", app / "年报助手.exe")
    assert [passed for _, passed in steps] == ["0/16", "14/16", "14/16", "14/16"], steps
    assert "写了 16 份空白表" in steps[0][0] and "14/16 家" in steps[2][0] and "年度报告.docx" in steps[3][0], steps
    [home] = {path.parent.parent for path in app.parent.parent.rglob("汇总/*汇总表.xlsx")}
    assert home.parent.name == "年报助手" and app not in home.parents
    assert summary(home) == added_up


@pytest.mark.windows
def test_the_console_has_the_command(unzipped):
    app, run = unzipped
    assert run(app / "app/bin/xltools.exe", "--version", cwd=app) == (0, f"xltools, version {xltools.__version__}\n")
    _, said = run("cmd", "/c", "命令行.cmd", cwd=app)
    assert "Usage: xltools" in said and "merge" in said, said


def summary(folder):
    """The demo's summary, as this machine's xltools reads it."""
    [path] = folder.glob("汇总/*汇总表.xlsx")
    return xltools.export(path).to_json()


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """What the command line on this machine adds the demo's season up to."""
    folder = tmp_path_factory.mktemp("here") / "演示"
    subprocess.run([sys.executable, "-m", "xltools", "demo", folder], check=True, capture_output=True)
    return summary(folder)


@pytest.mark.windows
def test_a_season_on_windows_adds_up_to_the_same(unzipped, figures, tmp_path):
    app, run = unzipped
    status, said = run(app / "app/bin/xltools.exe", "demo", "演 示", cwd=tmp_path)
    assert status == 0, said
    assert summary(tmp_path / "演 示") == figures


@pytest.mark.windows
def test_a_season_on_a_linux_desktop_adds_up_to_the_same(figures, tmp_path):
    """Installed without a network, used, and removed without a trace. Twenty seconds: pip unpacks and compiles everything."""
    here = unpacked(linux(), tmp_path / PLACE)
    home = tmp_path / "家 目录"
    (home / "Desktop").mkdir(parents=True)
    run = partial(
        quiet, cwd=tmp_path, HOME=str(home), PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin", LC_ALL="C.UTF-8"
    )
    status, said = run("sh", here / "安装.sh")
    assert status == 0, said
    entry = (home / ".local/share/applications/年报助手.desktop").read_text("utf-8")
    assert f'Exec="{home}/.local/lib/xltools/venv/bin/python" "{home}/.local/lib/xltools/start.py"\n' in entry
    status, said = run(home / ".local/bin/xltools", "demo", home / "演示")
    assert status == 0, said
    assert summary(home / "演示") == figures
    status, said = run("sh", here / "安装.sh", "--remove")
    assert status == 0 and [path.name for path in (home / ".local").rglob("*") if not path.is_dir()] == []
    assert (home / "演示").is_dir()


@pytest.mark.windows
def test_a_package_that_was_cut_or_has_no_python_is_not_installed(tmp_path):
    here = unpacked(linux(), tmp_path / PLACE)
    home = tmp_path / "home"
    home.mkdir()
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "rm", "sha256sum"):
        (tools / name).symlink_to(shutil.which(name))
    run = partial(quiet, "sh", here / "安装.sh", cwd=tmp_path, HOME=str(home))
    status, said = run(PATH=str(tools))
    assert (status, "没有 Python 3.11、3.12 或 3.13" in said) == (1, True), said
    next(here.glob("wheels/lxml*")).write_bytes(b"")
    status, said = run(PATH=os.environ["PATH"])
    assert (status, "安装包里的文件不全" in said) == (1, True), said
    assert not any(home.rglob("*"))
