"""Longer texts in document properties: kept in pieces, for some programs cut a property after 255 characters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from xltools.inputs import read_json

STAMPS, MARKS, ORIGINALS = "xltools_stamps", "xltools_marks", "xltools_originals"
"""What a file that goes back carries: for which figures explanations were given; which cells we coloured, and over what; which files
it was made from."""

PIECE = 255
_STAMP = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{16}(?:\.parts)?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GENERATIONS = 50
"""So many times a file may have gone back and forth; an agency never corrects itself so often."""


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


def stamps_in(properties: Mapping[str, str]) -> dict[str, str]:
    """The stamps of explanations by rule, those that look like some."""
    said = joined(STAMPS, properties)
    return {rule: stamp for rule, stamp in said.items() if isinstance(stamp, str) and _STAMP.fullmatch(stamp)}


def descent(originals: Sequence[str]) -> dict[str, list[str]]:
    """What a file that goes back says of the files it was made from, by their SHA-256, the latest first."""
    return {"sha256": [*dict.fromkeys(originals)][:_GENERATIONS]}


def originals_in(properties: Mapping[str, str]) -> tuple[str, ...]:
    """The SHA-256 of the files that one was made from, the latest first; none where it says nothing that looks like some."""
    said = joined(ORIGINALS, properties).get("sha256")
    found = said[:_GENERATIONS] if isinstance(said, list) else []
    return tuple(digest for digest in found if isinstance(digest, str) and _DIGEST.fullmatch(digest))


def _name(name: str, number: int) -> str:
    return f"{name}_{number + 1}" if number else name
