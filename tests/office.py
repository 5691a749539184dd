"""LibreOffice for the tests: an independent calculator, and a real client that types, saves and prints.

Run as a script by a Python that has LibreOffice's ``uno`` module, this file is the typist of ``Office.typed``; so it imports
nothing outside the standard library, and nothing of the package under test.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

CALC_XLSX = "Calc MS Excel 2007 XML"
PATIENCE = 600
"""Seconds after which a LibreOffice that does not come back is given up."""

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
  <prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""
"""A user profile that recalculates every file it loads, whatever the file says of itself."""

Typed = str | int | float
Sheets = Mapping[str, Mapping[str, Typed]]
"""What to type: by sheet, by A1 address."""


@dataclass(frozen=True)
class Typing:
    """One workbook to open, what to type into it, and where to save it.

    Where a cell may refuse, LibreOffice wants a window to say so in; without one it is four times as fast.
    """

    source: Path
    entries: Sheets
    out: Path
    window: bool = False
    edits: Sequence[Sequence[Any]] = ()
    """Done before anything is typed, each a word and what it is about: see ``_EDITS``."""


class Office:
    """A LibreOffice with a profile of its own: many files in few calls.

    It calculates every file that it opens, unless it is left to its own settings (``calculating``).
    """

    def __init__(self, profile: Path, *, calculating: bool = True) -> None:
        missing = lacking()
        if missing:
            raise RuntimeError(missing)
        self.profile = profile
        (profile / "user").mkdir(parents=True, exist_ok=True)
        if calculating:
            (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")

    def recalculated(self, paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
        """Every workbook opened, recalculated and saved again by LibreOffice; by its path, the new file in ``folder``."""
        return self._converted(paths, folder, f"xlsx:{CALC_XLSX}", ".xlsx")

    def saved_as(self, paths: Sequence[Path], folder: Path, ending: str) -> dict[Path, Path]:
        """Files saved as another kind of workbook: .xls, .ods."""
        return self._converted(paths, folder, ending.lstrip("."), ending)

    def printed(self, paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
        """Every workbook as a PDF in ``folder``."""
        return self._converted(paths, folder, "pdf:calc_pdf_Export", ".pdf")

    def printed_letters(self, paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
        """Every Word document as a PDF in ``folder``."""
        return self._converted(paths, folder, "pdf:writer_pdf_Export", ".pdf")

    def typed(self, jobs: Sequence[Typing]) -> None:
        """Opens each workbook as a user does, types into its cells, and saves it as Excel workbook."""
        orders = [
            {
                "source": str(job.source),
                "out": str(job.out),
                "window": job.window,
                "edits": [list(edit) for edit in job.edits],
                "entries": [(sheet, cell, v) for sheet, cells in job.entries.items() for cell, v in cells.items()],
            }
            for job in jobs
        ]
        uno, soffice = _uno_python(), _soffice()
        assert uno and soffice
        self._run([uno, str(Path(__file__)), soffice, self.profile.as_uri()], json.dumps(orders))

    def typed_into(self, path: Path, entries: Sheets, out: Path, *, window: bool = False) -> Path:
        """One workbook with its entries typed in, saved as ``out``."""
        self.typed([Typing(path, entries, out, window)])
        return out

    def _converted(self, paths: Sequence[Path], folder: Path, target: str, ending: str) -> dict[Path, Path]:
        made = {path: folder / f"{path.stem}{ending}" for path in paths}
        assert len(set(made.values())) == len(made), "files of one name would overwrite each other"
        assert all(path.parent != folder for path in paths), "the files themselves would be overwritten"
        folder.mkdir(parents=True, exist_ok=True)
        soffice = _soffice()
        assert soffice
        said = self._run([soffice, f"-env:UserInstallation={self.profile.as_uri()}", "--headless", "--norestore",
                          "--convert-to", target, "--outdir", str(folder), *map(str, made)])  # fmt: skip
        lost = [path.name for path, result in made.items() if not result.exists()]
        assert not lost, f"LibreOffice did not convert {lost}\n{said}"
        assert "Error" not in said, said
        return made

    def _run(self, command: Sequence[str], fed: str = "") -> str:
        """Runs a command in a process group of its own, of which nothing is left when it ends, however it ends."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, encoding="utf-8", start_new_session=True)  # fmt: skip
        try:
            said, _ = process.communicate(fed, timeout=PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert process.returncode == 0, f"{command[0]} ended with {process.returncode}\n{said}"
        return said


def lacking() -> str:
    """What keeps the tests from driving LibreOffice; "" where all is there."""
    if not _soffice():
        return "LibreOffice (soffice) is not installed"
    if not _uno_python():
        return "no Python here has LibreOffice's uno module (python3-uno)"
    return ""


@lru_cache
def _soffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


@lru_cache
def _uno_python() -> str | None:
    """A Python that can import uno: this one, the system's, or the one LibreOffice brings along."""
    soffice = _soffice()
    beside = [str(Path(soffice).resolve().with_name("python"))] if soffice else []
    for python in (sys.executable, "/usr/bin/python3", shutil.which("python3"), *beside):
        if python and Path(python).exists():
            tried = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if tried.returncode == 0:
                return python
    return None


# ── the typist: everything below runs under the Python that has uno ──────────


def _typist(soffice: str, profile: str, orders: Sequence[Mapping[str, Any]]) -> None:
    pipe = f"xltools{uuid.uuid4().hex}"
    office = subprocess.Popen([soffice, f"-env:UserInstallation={profile}", "--headless", "--norestore",
                               "--nologo", f"--accept=pipe,name={pipe};urp;"])  # fmt: skip
    context = _connected(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    keys = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    for order in orders:
        _type_one(desktop, keys, order)
    _let_go(desktop)
    office.wait(30)


def _connected(pipe: str) -> Any:
    import uno
    from com.sun.star.connection import NoConnectException

    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    deadline = time.monotonic() + 60
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _type_one(desktop: Any, keys: Any, order: Mapping[str, Any]) -> None:
    import uno

    look = _options(Hidden=not order["window"])
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(order["source"]), "_blank", 0, look)
    controller = document.CurrentController
    for word, sheet, *about in order["edits"]:
        _edit(document.Sheets.getByName(sheet), word, *about)
    for sheet, cell, typed in order["entries"]:
        controller.setActiveSheet(document.Sheets.getByName(sheet))
        keys.executeDispatch(controller.Frame, ".uno:GoToCell", "", 0, _options(ToPoint=cell))
        keys.executeDispatch(controller.Frame, ".uno:EnterString", "", 0, _options(StringName=str(typed)))
    document.storeToURL(uno.systemPathToFileUrl(order["out"]), _options(FilterName=CALC_XLSX))
    document.close(True)


def _edit(sheet: Any, word: str, where: Any, what: Any = None) -> None:
    """What people do to a table: rows or columns put in (from one, counted from 0, so many) or taken out (minus so many), cells
    copied, moved (what points at them goes along), merged, coloured, written to."""
    lines = {"rows": sheet.Rows, "columns": sheet.Columns}
    if word in lines and what > 0:
        lines[word].insertByIndex(where, what)
    elif word in lines:
        lines[word].removeByIndex(where, -what)
    elif word == "merge":
        sheet.getCellRangeByName(where).merge(what)
    elif word == "copy":
        source, target = (sheet.getCellRangeByName(name) for name in (where, what))
        sheet.copyRange(target.getCellByPosition(0, 0).getCellAddress(), source.getRangeAddress())
    elif word == "move":
        source, target = (sheet.getCellRangeByName(name) for name in (where, what))
        sheet.moveRange(target.getCellByPosition(0, 0).getCellAddress(), source.getRangeAddress())
    elif word == "colour":
        sheet.getCellRangeByName(where).CellBackColor = what
    elif word == "write":
        cell = sheet.getCellRangeByName(where)
        if isinstance(what, str):
            cell.setFormula(what) if what.startswith("=") else cell.setString(what)
        else:
            cell.setValue(what)
    else:
        raise ValueError(word)


def _options(**values: Any) -> tuple[Any, ...]:
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def _let_go(desktop: Any) -> None:
    """Ends LibreOffice; that the connection breaks while it goes is as it should be."""
    from com.sun.star.lang import DisposedException

    with contextlib.suppress(DisposedException):
        desktop.terminate()


if __name__ == "__main__":
    try:
        _typist(sys.argv[1], sys.argv[2], json.load(sys.stdin))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os.killpg(0, signal.SIGKILL)  # LibreOffice with us: ``Office`` gave us a process group of our own
