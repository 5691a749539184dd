"""A received file as a workbook, whatever kind it is."""

from __future__ import annotations

from xltools.ooxml.figures_only import FiguresWorkbook, looked_over, tables
from xltools.ooxml.package import OLE, Package
from xltools.ooxml.sheets import ReceivedWorkbook


def open_workbook(content: bytes) -> ReceivedWorkbook:
    """A received file as a workbook, whatever kind it is; Unreadable says why not."""
    if content[:8] == OLE:
        return FiguresWorkbook(content, looked_over(content))
    package = Package(content)
    if package.kind == "ods":
        return FiguresWorkbook(content, list(tables(package)))
    return ReceivedWorkbook(package)
