"""Builds what an office without a network gets: ``python packaging/build.py win64 -o DIR``; linux-x86_64, linux-aarch64 likewise.

Prints each package's SHA-256, size, and the seconds it took. The same checkout gives the same bytes.
"""

import argparse
import tempfile
import time
import zipfile
from functools import partial
from pathlib import Path

from linux import bundle as linux
from parts import digest, version
from windows import bundle as windows

TITLE = "年报助手"
LAID_OUT = {
    "win64": windows.lay_out,
    "linux-x86_64": partial(linux.lay_out, "x86_64"),
    "linux-aarch64": partial(linux.lay_out, "aarch64"),
}
"""What puts the program for a system into an empty folder."""
TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a package: the earliest that a zip can tell."""


def pack(folder: Path, path: Path) -> None:
    """Packs a folder's files, in order, below the program's title."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            info = zipfile.ZipInfo(f"{TITLE}/{file.relative_to(folder).as_posix()}", TIME)
            info.external_attr = (0o755 if file.suffix == ".sh" else 0o644) << 16
            info.create_system = 3
            archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def build(system: str, folder: Path) -> Path:
    """Makes the package for a system, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        LAID_OUT[system](Path(made) / TITLE)
        pack(Path(made) / TITLE, Path(made) / "zip")
        return (Path(made) / "zip").replace(folder / f"{TITLE}-{version()}-{system}.zip")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("systems", nargs="+", choices=LAID_OUT)
    asked.add_argument("-o", dest="folder", type=Path, required=True, metavar="DIR")
    options = asked.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for system in options.systems:
        begun = time.monotonic()
        path = build(system, options.folder.resolve())
        print(
            f"{digest(path)}  {path.name}  {path.stat().st_size / 1e6:.1f} MB  {time.monotonic() - begun:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
