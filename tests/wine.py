"""A Windows that wine makes. Wine 8 lacks functions that every Windows 10 has; in a prefix of its own they are put in.

Without them numpy (complex numbers of C) and whatever is written in Rust (random numbers) cannot be loaded, and WMI ends the process.
"""

import os
import shutil
import struct
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xltools-ci" / "windows"
"""Where ``.ci/wine`` has put a Chinese locale."""
COMPLEX = {"crealf": "660f6ec1c3", "cimagf": "48c1e920660f6ec1c3"}
"""movd xmm0, ecx; ret: the first, or after shr rcx, 32 the second, half of what came in rcx."""


class Library:
    """A library of Windows as bytes, and where in them its exports stand."""

    def __init__(self, path):
        self.data = bytearray(path.read_bytes())
        header = self.number(0x3C)
        table = header + 24 + self.number(header + 20, "H")
        self.sections = [
            struct.unpack_from("<4I", self.data, table + 40 * n + 8) for n in range(self.number(header + 6, "H"))
        ]
        count, functions, names, ordinals = struct.unpack_from(
            "<4I", self.data, self.place(self.number(header + 136)) + 24
        )
        self.names = {}
        for n in range(count):
            name = self.place(self.number(self.place(names) + 4 * n))
            ordinal = self.number(self.place(ordinals) + 2 * n, "H")
            self.names[self.data[name : self.data.index(0, name)].decode()] = (
                name,
                self.place(functions) + 4 * ordinal,
            )

    def number(self, place, kind="I"):
        return struct.unpack_from(f"<{kind}", self.data, place)[0]

    def place(self, address):
        """Where in the file an address stands."""
        return next(address - at + raw for _, at, size, raw in self.sections if at <= address < at + size)

    def put(self, place, content):
        self.data[place : place + len(content)] = content

    def write(self, path):
        """Writes it as one that is not wine's own, so that wine takes it as it is."""
        path.write_bytes(self.data.replace(b"Wine builtin DLL", b"Not wine's own  "))


def mend(system):
    """Puts what is lacking into the system folder of a prefix."""
    library = Library(system / "ucrtbase.dll")
    for name, code in COMPLEX.items():
        _, slot = library.names[name]
        library.put(library.place(library.number(slot)), bytes.fromhex(code))
    library.write(system / "ucrtbase.dll")
    # ProcessPrng is SystemFunction036 by another name: the one before it in the alphabet lends its own, so that they stay in order.
    library = Library(system / "advapi32.dll")
    name, slot = library.names[max(name for name in library.names if name < "ProcessPrng")]
    library.put(name, b"ProcessPrng\0")
    library.put(slot, struct.pack("<I", library.number(library.names["SystemFunction036"][1])))
    library.write(system / "bcryptprimitives.dll")


def made(home):
    """The environment of a new Windows below a folder, in Chinese and mended."""
    environment = {
        "HOME": str(home), "PATH": os.environ["PATH"], "LOCPATH": str(CACHE / "locale"), "LC_ALL": "zh_CN.UTF-8",
        "WINEPREFIX": str(home / "prefix"), "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "ucrtbase,bcryptprimitives=n;mscoree,mshtml,wbemprox=",
    }  # fmt: skip
    subprocess.run(
        ["wineboot"],
        env=environment | {"WINEDLLOVERRIDES": "mscoree,mshtml="},
        input=b"",
        capture_output=True,
        check=True,
    )
    ended(environment)
    mend(home / "prefix/drive_c/windows/system32")
    return environment


def ended(environment):
    """Ends whatever still runs on that Windows."""
    subprocess.run([shutil.which("wineserver") or "wineserver", "-k"], env=environment)
