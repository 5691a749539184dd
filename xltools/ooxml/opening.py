"""A received file as a workbook, whatever kind it is."""

from __future__ import annotations

from xltools.ooxml.containers import refuse_no_workbook
from xltools.ooxml.figures_only import FiguresWorkbook, looked_over, tables, tidied
from xltools.ooxml.package import OLE, Package, part_key
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable


def open_workbook(content: bytes) -> ReceivedWorkbook:
    """A received file as a workbook, whatever kind it is; Unreadable says why not."""
    if content[:8] == OLE:
        return FiguresWorkbook(content, looked_over(content))
    package = Package(content)
    if package.kind == "ods":
        if b"encryption-data" in package.part("META-INF/manifest.xml"):
            raise Unreadable("file-encrypted")
        return FiguresWorkbook(tidied(package, content), list(tables(package)))
    if reason := refuse_no_workbook({part_key(name) for name in package.names}):
        raise reason
    return ReceivedWorkbook(package)
