"""年报助手 for Linux desktops: every wheel it needs, for each Python it may find there, and a script that installs them."""

import shutil
from pathlib import Path

import papers
from parts import HERE, digest, fetched, own_wheel

THERE = HERE / "linux"


def lay_out(machine: str, folder: Path) -> None:
    """Puts everything into a new folder: what is installed where, ``安装.sh`` says."""
    files = fetched(THERE / f"{machine}.sha256")
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    own_wheel(wheels)
    for file in files:
        shutil.copy(file, wheels)
    for file in (HERE / "start.py", THERE / "安装.sh", THERE / "先读我.txt", THERE / "年报助手.svg"):
        shutil.copy(file, folder)
    sums = [f"{digest(path)}  wheels/{path.name}\n" for path in sorted(wheels.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(sums), "ascii")
    parts = [papers.part(file) for file in files]
    (folder / "许可.txt").write_text(papers.licences(parts), "utf-8")
    (folder / "sbom.cdx.json").write_text(papers.materials("年报助手", parts), "utf-8")
