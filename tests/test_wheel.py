"""The wheel and the sdist: everything they need is in them, and they work where there is no checkout."""

import ast
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("click", "lxml", "xlsxwriter", "python_calamine")


PARTS = (
    *(".ci", "benchmarks", "docs", "examples", "packaging", "templates", "tests", "xltools"),
    *("CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.cfg"),
)
"""What the project consists of: an sdist holds all of it."""


def built(kind, folder):
    """The wheel or the sdist, built from a copy: the checkout stays clean."""
    source = folder / "source"
    source.mkdir()
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    # Where the environment has its own setuptools and wheel, nothing needs to be fetched.
    for way in (["--no-isolation", "--skip-dependency-check"], []):
        command = [sys.executable, "-m", "build", f"--{kind}", *way, "--outdir", folder / "dist", source]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder)
        if done.returncode == 0:
            [path] = (folder / "dist").iterdir()
            return path
    pytest.fail(done.stdout[-2000:] + done.stderr[-2000:])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder of the unpacked sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(built("sdist", folder)) as content:
        content.extractall(folder / "unpacked", filter="data")
    [root] = (folder / "unpacked").iterdir()
    return root


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel's content, as an installer lays it out."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder)
    return folder


@pytest.fixture
def run(installed, tmp_path):
    """The installed program, far from any checkout: of the environment only the libraries' folders are on the path."""
    libraries = {str(Path(importlib.import_module(name).__file__).parent.parent) for name in NEEDED}
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "XLTOOLS"))}
    env |= {"PYTHONPATH": os.pathsep.join([str(installed), *sorted(libraries)]), "PYTHONIOENCODING": "utf-8"}

    def start(*arguments):
        # -S: an editable install announces its checkout in a .pth file, which is then not read.
        command = [sys.executable, "-S", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8")

    return start


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "xltools").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if ".dist-info/" not in name} == source
    assert any(name.endswith("LICENSE") for name in names)


def test_the_program_that_runs_is_the_installed_one(run, installed):
    done = run("-c", "import xltools, sys; print(xltools.__file__); print(*sys.path, sep='\\n')")
    first, *path = done.stdout.splitlines()
    assert Path(first).is_relative_to(installed)
    assert str(ROOT) not in path


def test_a_season_from_the_wheel(run, tmp_path):
    xltools = ("-m", "xltools")
    done = run(*xltools, "forms", "list")
    assert done.returncode == 0 and all(words in done.stdout for words in ("2019", "2021", "jilin-2020")), done.stderr
    roster = "单位代码,单位名称,层级,上级代码\n11,示例县,county,\n1101,甲局,部门,11\n1102,乙镇,乡镇,11\n"
    (tmp_path / "名录.csv").write_text(roster, "utf-8")
    values = {
        "declared_zero": ["disclosure", "requests", "disputes"],
        "values": {"requests.new.natural": 3, "requests.granted.natural": 3, "disclosure.fees.amount": 0.1},
        "texts": {"overview": "写了一段。", "problems": "写了一段。", "other": "无"},
        "signoff": {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": "2024-01-15"},
    }
    (tmp_path / "数.json").write_text(json.dumps(values), "utf-8")
    assert run(*xltools, "blank", "--year", 2023, "--roster", "名录.csv", "-o", "下发").returncode == 0
    for path in (tmp_path / "下发").iterdir():
        assert run(*xltools, "fill", path, "数.json", "-o", Path("回收") / path.name).returncode == 0
    done = run(*xltools, "check", "回收", "--roster", "名录.csv")
    assert done.returncode == 0 and "共 2 份，通过 2 份" in done.stdout, done.stdout + done.stderr
    done = run(*xltools, "merge", "回收", "--roster", "名录.csv", "-o", "汇总.xlsx")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(run(*xltools, "export", "汇总.xlsx").stdout)
    assert told["kind"] == "summary" and told["agency"]["name"] == "示例县"
    assert (told["values"]["requests.new.total"], told["values"]["disclosure.fees.amount"]) == (6, 0.2)


def test_the_version_is_the_packages(run, wheel):
    version = run("-c", "import xltools; print(xltools.__version__)").stdout.strip()
    assert wheel.name.startswith(f"xltools-{version}-py3-none-any")


def test_the_sdist_is_whole(unpacked):
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    ours = (path for part in PARTS for path in (ROOT / part, *(ROOT / part).rglob("*")))
    source = {p.relative_to(ROOT).as_posix() for p in ours if p.is_file() and "__pycache__" not in p.parts}
    assert source - there == set()
    assert {n for n in there - source if ".egg-info/" not in n} <= {"PKG-INFO"}


def test_the_project_has_no_part_that_the_sdist_does_not_know():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8")
    if listed.returncode:
        pytest.skip("not a git checkout")
    parts = {name.partition("/")[0] for name in listed.stdout.split("\0") if name}
    assert parts - set(PARTS) == {".gitignore"}


def test_the_sdist_runs_its_own_tests(unpacked):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "XLTOOLS"))}
    env |= {"PYTHONPATH": str(unpacked)}  # before the checkout that is installed here
    tests = ("test_figures.py", "test_templates.py", "test_docs.py", "test_architecture.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests)]
    command += ["-k", "not every_shell_block"]  # the same pages' commands are run in the checkout
    done = subprocess.run(command, cwd=unpacked, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-2000:]
    where = [sys.executable, "-c", "import xltools; print(xltools.__file__)"]
    said = subprocess.run(where, cwd=unpacked, env=env, capture_output=True, encoding="utf-8").stdout
    assert Path(said.strip()).is_relative_to(unpacked)


def test_every_runtime_library_is_declared(wheel):
    """A module of the package imports only the standard library, itself and what the wheel requires."""
    content = zipfile.ZipFile(wheel)
    metadata = next(content.read(n).decode() for n in content.namelist() if n.endswith("METADATA"))
    lines = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    required = {re.match(r"Requires-Dist: ([\w-]+)", line)[1].lower().replace("-", "_") for line in lines}
    # Modules that go by another name than the library that brings them.
    required |= {
        module
        for library, module in (("python_docx", "docx"), ("pdfplumber", "pdfminer"), ("pandas", "numpy"))
        if library in required
    }
    used = set()
    for name in content.namelist():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(content.read(name))):
                if isinstance(node, ast.Import):
                    used |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    used.add(node.module.split(".")[0])
    assert used - set(sys.stdlib_module_names) - {"xltools"} <= required
