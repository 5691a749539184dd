"""What the packages are put together from: locked files of the registries, and this checkout's own wheel.

A lock is a list as ``sha256sum`` writes it: a digest and a file name a line, no address. ``lock.py`` makes them.
"""

import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xltools-packages"
"""Where fetched files are kept: what is there, and right, is not fetched again."""


def locked(lock: Path) -> dict[str, str]:
    """The digests of a lock by file name."""
    return {name: digest for digest, name in (line.split() for line in lock.read_text("ascii").splitlines())}


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetched(lock: Path) -> list[Path]:
    """The files of a lock; pip fetches those that are not here. Ends the program where a file is not the locked one."""
    wanted = locked(lock)
    lacking = [name for name in wanted if not (CACHE / name).exists()]
    for options, names in itertools.groupby(sorted(lacking, key=_told), _told):
        pinned = [f"{'=='.join(called(name))} --hash=sha256:{wanted[name]}" for name in names]
        download(pinned, CACHE, *options)
    for name in wanted:
        if not (CACHE / name).exists() or digest(CACHE / name) != wanted[name]:
            sys.exit(f"{name} is not the file of {lock.name}; if it lies in {CACHE}, remove it there")
    return [CACHE / name for name in wanted]


def download(requirements: list[str], folder: Path, *options: str) -> None:
    """Lets pip put exactly the files of some requirements into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "requirements.txt"
    listed.write_text("\n".join(requirements), "ascii")
    pip("download", "--no-deps", "--ignore-requires-python", *options, "-d", str(folder), "-r", str(listed))
    listed.unlink()


def pip(*arguments: str) -> None:
    """Runs this Python's pip."""
    quietly(sys.executable, "-m", "pip", *arguments)


def quietly(*command: str | Path, cwd: Path | None = None, **settings: str) -> None:
    """Runs a command, with some variables of the environment set; ends the program, with what it said, where it fails."""
    done = subprocess.run(command, cwd=cwd, env=os.environ | settings, input=b"", capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr).decode('utf-8', 'replace')}")


def called(name: str) -> tuple[str, str]:
    """What a file of a registry is called: name and version."""
    project, version = name.removesuffix(".tar.gz").split("-")[:2]
    return project.replace("_", "-"), version


def _told(name: str) -> tuple[str, ...]:
    """What pip must be told to fetch this file, wherever it runs."""
    if not name.endswith(".whl"):
        return ("--no-binary=:all:",)
    python, abi, platforms = name.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return ("--only-binary=:all:",)
    implementation, version = re.fullmatch(r"(cp|py)(\d+)", python.split(".")[-1]).groups()
    return (
        *("--only-binary=:all:", f"--implementation={implementation}", f"--python-version={version}", f"--abi={abi}"),
        *(f"--platform={platform}" for platform in platforms.split(".")),
    )


def unpacked(wheel: Path, folder: Path, left_out: re.Pattern[str] = re.compile(r"$.")) -> None:
    """Lays what a wheel holds into a folder, but for names that ``left_out`` finds."""
    with zipfile.ZipFile(wheel) as content:
        for name in content.namelist():
            if not left_out.search(name):
                content.extract(name, folder)


def version() -> str:
    """The version of this checkout."""
    return re.search(r'^__version__ = "(.+)"$', (ROOT / "xltools/__init__.py").read_text("utf-8"), re.MULTILINE)[1]


def own_wheel(folder: Path) -> None:
    """Puts this checkout's wheel into a folder, made by the locked setuptools: the same bytes wherever it is made."""
    with tempfile.TemporaryDirectory() as made:
        tools, source = Path(made) / "tools", Path(made) / "source"
        for wheel in fetched(HERE / "tools.sha256"):
            unpacked(wheel, tools)
        shutil.copytree(ROOT / "xltools", source / "xltools", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
            shutil.copy(ROOT / name, source)
        script = (
            "import os, sys; os.umask(0o022); from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
        )
        settings = {"PYTHONPATH": str(tools), "SOURCE_DATE_EPOCH": "315532800"}
        quietly(sys.executable, "-c", script, folder.resolve(), cwd=source, **settings)
