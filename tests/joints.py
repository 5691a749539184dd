"""Where two pieces of a sentence meet badly: signs that cannot stand one after the other."""

import re

_BAD = re.compile(
    r"[，、；：。！？][，、；：。]"  # two signs: one was the end of a piece, the other its continuation
    r"|[（“][，、；：。）”]"  # nothing within
    r"|[，、；：][）”]"
    r"|[，、；：]（(?![一二三四五六七八九十百]+）|\d+）)"  # what stands in parentheses is of what is before; （一） begins a name
    r"|→ ?[，、；：。]|[，、；]$"
)


def bad_joints(text):
    """The places in a text, each with what is around it; its lines are sentences of their own."""
    return [
        line[max(0, found.start() - 15) : found.end() + 15]
        for line in text.splitlines()
        for found in _BAD.finditer(line.strip())
    ]
