"""Longer texts in document properties: kept in pieces, for some programs cut a property after 255 characters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from xltools.inputs import read_json

PIECE = 255


def pieces(name: str, said: Mapping[str, Any]) -> dict[str, str]:
    """The properties that keep a JSON object; none for an empty one."""
    text = json.dumps(dict(said), ensure_ascii=False, separators=(",", ":")) if said else ""
    return {_name(name, n): text[n * PIECE : (n + 1) * PIECE] for n in range(-(-len(text) // PIECE))}


def joined(name: str, properties: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that properties keep; an empty one where there is none, or anything else."""
    text, number = "", 0
    while (key := _name(name, number)) in properties:
        text, number = text + properties[key], number + 1
    try:
        said = read_json(text) if text else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _name(name: str, number: int) -> str:
    return f"{name}_{number + 1}" if number else name
