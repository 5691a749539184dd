"""What is told of commands, and what in its place to who has buttons: at the desk no command and no option is named."""

from __future__ import annotations

AS_REPORT = "可以用 xltools import 读成填报表"
READ_HERE = "可以点“读成填报表”，再对着原文核对（在压缩包里的，先解开）"
DETAILS = "详见 xltools check"
REDO = "要重做请加 --force"
BY_MERGE = "（xltools merge）"
OTHER_OPENING = "；要改用格式规定的，加 --address 或 --email"

_WITH_BUTTONS = {
    AS_REPORT: READ_HERE,
    f"。{DETAILS}": "",
    REDO: "要重做的，先把旧的移走",
    BY_MERGE: "",
    OTHER_OPENING: "；要改的，发布以前在年度报告里改",
}


def with_buttons(words: str) -> str:
    """The same for who has buttons."""
    for command, button in _WITH_BUTTONS.items():
        words = words.replace(command, button)
    return words
