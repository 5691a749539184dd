"""The wheel: everything it needs is in it, and it works where there is no checkout."""

import ast
import importlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("click", "lxml", "xlsxwriter", "python_calamine")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    shutil.copytree(ROOT / "xltools", source / "xltools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    # Where the environment has its own setuptools and wheel, nothing needs to be fetched.
    for way in (["--no-isolation", "--skip-dependency-check"], []):
        command = [sys.executable, "-m", "build", "--wheel", *way, "--outdir", folder / "dist", source]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder)
        if done.returncode == 0:
            [path] = (folder / "dist").glob("*.whl")
            return path
    pytest.fail(done.stdout[-2000:] + done.stderr[-2000:])


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


def test_every_runtime_library_is_declared(wheel):
    """A module of the package imports only the standard library, itself and what the wheel requires."""
    content = zipfile.ZipFile(wheel)
    metadata = next(content.read(n).decode() for n in content.namelist() if n.endswith("METADATA"))
    required = [line.split(":")[1].split()[0] for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    required = {name.split(">")[0].strip(";").lower().replace("-", "_") for name in required if "extra" not in name}
    # Modules that go by another name than the library that brings them.
    required |= {
        module for library, module in (("python_docx", "docx"), ("pdfplumber", "pdfminer")) if library in required
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
