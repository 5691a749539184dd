"""A part that is a text, read from its sheet: its title, what is to be written, whether 无 alone will do."""

from __future__ import annotations

from typing import Any

from xltools.drawing import canvas
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Slate


def read_heading(sketch: Sketch, name: str, key: str, slate: Slate) -> dict[str, Any]:
    """What every part's sheet says: its id as given, its sheet and title; a title that is not there is told."""
    slate.places[key] = (sketch.name, 0, 0)
    slate.places[f"{key}.title"] = (sketch.name, 0, 1)
    found = {"id": name, "sheet": sketch.name, "title": sketch.words(0, 1)}
    if not found["title"]:
        slate.wrong((sketch.name, 0, 1), "这一部分没有标题", "在 B1 写上印出来的标题；不是格式的工作表请删去")
    return found


def read_text(sketch: Sketch, name: str, key: str, slate: Slate) -> dict[str, Any]:
    """A text's part as a definition has it; what is wrong goes on the slate."""
    found = read_heading(sketch, name, key, slate)
    found["text"] = sketch.words(1, 1)
    slate.places[f"{key}.text"] = (sketch.name, 1, 1)
    if not found["text"]:
        reason = "这一部分既没有黄色的格，也没有填写要求"
        slate.wrong((sketch.name, 1, 1), reason, "画表的，把要填的格涂成黄色；写文字的，在 B2 写上填写要求")
    if words := sketch.words(2, 1):
        found["none"] = True
        if words != canvas.ONLY_NONE:
            slate.wrong((sketch.name, 2, 1), f"看不懂“{words[:20]}”", f"这一格只能空着，或者写 {canvas.ONLY_NONE}")
    return found
