"""Characters that must not go on as they came: halves of characters, and those that steer a screen instead of standing on it."""

from __future__ import annotations

import re

from xltools.expressions import expression

_HALF = expression(r"[\ud800-\udfff]")
_UNSEEN = expression(
    "[\0-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f]"
)
"""Control and format characters, among them those that turn the direction of a line; breaks of lines; halves of characters."""

_SHOWN = {"\n": "↵", "\r": "", "\t": " ", "\x7f": "␡"}
_PICTURES = 0x2400
"""Where Unicode has the pictures of the control characters, in their order."""


def whole(text: str) -> str:
    """A text that UTF-8 can hold: two halves of a character are joined where they stand together; a lone one is U+FFFD."""
    if not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def visible(text: str) -> str:
    """A text as one line in which every character stands for itself: what would steer the screen is shown as a sign."""
    return _UNSEEN.sub(_sign, whole(text))


def _sign(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHOWN:
        return _SHOWN[character]
    return chr(_PICTURES + code) if code < ord(" ") else f"‹U+{code:04X}›"


def escaped(json: str) -> str:
    """JSON with such characters in its strings written as ``\\uXXXX``: the same JSON, and harmless on a screen."""
    return _UNSEEN.sub(_escape, json)


def _escape(match: re.Match[str]) -> str:
    if match[0] in "\n\t":  # between the values: inside a string JSON has none
        return match[0]
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
