"""The cells of ``show --json`` put into rows, as HTML has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FEW = 5


def laid_out(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections, each with the rows of its table: cells by row, those of headings apart; ``wide`` has many columns."""
    return [
        {**section, "lines": _lines(section), "wide": len(section["widths"]) > _FEW}
        for section in shown["sections"]
    ]  # fmt: skip


def _lines(section: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = [[] for _ in range(section["rows"])]
    for cell in section["cells"]:
        rows[cell["row"]].append(cell)
    return rows
