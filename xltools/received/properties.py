"""What a file that goes back carries in its document properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xltools.expressions import expression
from xltools.ooxml.pieces import joined

STAMPS, MARKS, ORIGINALS = "xltools_stamps", "xltools_marks", "xltools_originals"
"""What a file that goes back carries: for which figures explanations were given; which cells we coloured, and over what; which files
it was made from."""

_STAMP = expression(r"[0-9a-f]{16}\.[0-9a-f]{16}(?:\.parts)?")
_DIGEST = expression(r"[0-9a-f]{64}")
_GENERATIONS = 50
"""So many times a file may have gone back and forth; an agency never corrects itself so often."""


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
