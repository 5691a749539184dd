"""A drawing read: the workbook becomes what a definition file would say, with all that is wrong in it told at once, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xltools.address import a1
from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.beside_last import read_crosswalks
from xltools.drawing.besides import Besides
from xltools.drawing.grid import read_tables
from xltools.drawing.local import Local, ground_of, own_word
from xltools.drawing.sketch import Sketch, sketches
from xltools.drawing.slate import Slate
from xltools.drawing.worded import read_heading, read_text
from xltools.errors import FormError
from xltools.form.fields import SUPPLEMENT
from xltools.terms import several

_LISTS = (canvas.RELATIONS, canvas.CARRIED, canvas.ALIKE, canvas.CHARTS, canvas.RULES)


@dataclass
class Traced:
    """A drawing as read: what it says as a definition does, and the notes of the reading."""

    data: dict[str, Any]
    slate: Slate


def read_drawing(path: Path) -> Traced:
    """Reads a drawing; XltoolsError only where it is no workbook at all."""
    slate = Slate(path.name)
    sheets = {sketch.name: sketch for sketch in _shown(sketches(path), slate)}
    if canvas.IDENTITY not in sheets:
        slate.mistakes.append(
            FormError(
                path.name,
                f"工作表“{canvas.IDENTITY}”",
                "没有这张工作表",
                "照 xltools forms draft 写出的样子补上，或者在它上面改",
            )
        )
        return Traced({}, slate)
    data = _identity(sheets[canvas.IDENTITY], slate)
    parts = [sketch for name, sketch in sheets.items() if name not in (canvas.HELP, canvas.IDENTITY, *_LISTS)]
    for sketch in sheets.values():
        if sketch.unseen:
            cells = several([a1(*spot) for spot in sketch.unseen], unit="处")
            slate.remark(
                (sketch.name, *sketch.unseen[0]), f"{cells} 所在的行、列隐藏着，照样读", "不要的请删去；要的请取消隐藏"
            )
    for sketch in parts:
        if sketch.beyond:
            slate.wrong((sketch.name, 0, 0), f"{sketch.beyond} 也有内容或颜色，离表太远", "删去多余的内容和颜色")
    if "editions" in data:
        _supplement(data, parts, slate)
    else:
        _edition(data, parts, slate)
    _clauses(data, sheets, slate)
    return Traced(data, slate)


def _shown(all_of_them: list[Sketch], slate: Slate) -> Iterator[Sketch]:
    """The sheets that are seen; what a hidden one says of the form is told, for it is not read."""
    for sketch in all_of_them:
        if not sketch.hidden:
            yield sketch
        elif sketch.rows().stop > (sketch.name in _LISTS):  # more than the headings of a list
            ours = sketch.name in (canvas.IDENTITY, *_LISTS) or sketch.yellow
            tell = slate.wrong if ours else slate.remark
            tell((sketch.name, 0, 0), "这张工作表隐藏着，不读", "要用的，取消隐藏；不用的，删去")


def _identity(sketch: Sketch, slate: Slate) -> dict[str, Any]:
    """What 格式 says."""
    names = {words: name for name, words in canvas.IDENTITY_ROWS.items()}
    said: dict[str, str] = {}
    for row in sketch.rows():
        words = sketch.words(row, 0)
        if words in names:
            name, spot = names[words], (sketch.name, row, 1)
            if name in said:
                slate.wrong(spot, f"“{words}”写了两次", "只留一行")
            said[name] = sketch.words(row, 1)
            slate.places[name] = spot
            if said[name].startswith("="):
                slate.wrong(spot, f"“{words}”要写字，不能是公式", "把它算出来的字写上")
        elif words:
            slate.wrong((sketch.name, row, 0), f"不认识的一行“{words}”", f"可用的有：{'、'.join(names)}")
    data: dict[str, Any] = {name: said[name] for name in ("id", "family", "title", "basis") if said.get(name)}
    for name in ("id", "title", "from", "basis") if "editions" not in said else ("id", "title", "from"):
        if not said.get(name):
            slate.wrong(slate.places.get(name, (sketch.name, 0, 1)), f"“{canvas.IDENTITY_ROWS[name]}”空着", "填上")
    years = {}
    for name in ("from", "to"):
        if year := said.get(name):
            if re.fullmatch(r"\d{4}(\.0)?", year):
                years[name] = int(year[:4])
            else:
                slate.wrong(slate.places[name], f"年度要写四位数字，不能是“{year}”", "例如 2024 写成 2024")
    if said.get("periods"):
        data["periods"] = [part for part in re.split(r"[、，,；;\s]+", said["periods"]) if part]
    slate.places["years"] = slate.places.get("from", (sketch.name, 0, 1))
    slate.places["years.to"] = slate.places.get("to", slate.places["years"])
    data["years"] = years
    if "editions" in said:
        data["editions"] = [part for part in re.split(r"[、，,；;\s]+", said["editions"]) if part]
    report = {name: said[name] for name in ("agency", "area", "contact", "reach") if said.get(name)}
    for name in report:
        slate.places[f"report.{name}"] = slate.places[name]
    if report:
        data["report"] = report
    return data


def _edition(data: dict[str, Any], parts: list[Sketch], slate: Slate) -> None:
    data["section"] = []
    known = {sketch.words(0, 0) for sketch in parts}
    free = (f"s{n}" for n in range(1, 10**6) if f"s{n}" not in known)
    for number, sketch in enumerate(parts, 1):
        key, name = f"section[{number}]", sketch.words(0, 0) or next(free)
        tables = read_tables(sketch, name, name, key, slate)
        if tables:
            found = {**read_heading(sketch, name, key, slate), "table": tables}
        elif not any(sketch.kind(*spot) for spot in (*sketch.cells, *sketch.yellow)):
            found = read_text(sketch, name, key, slate)
        else:
            found = read_heading(sketch, name, key, slate)
        data["section"].append(found)
    if not parts:
        slate.mistakes.append(FormError(slate.file, "工作表", "一个部分也没有", "每个部分一张工作表"))


def _supplement(data: dict[str, Any], parts: list[Sketch], slate: Slate) -> None:
    form = ground_of(data["editions"])
    if form is not None:  # else its editions are told of
        data |= Local(form, data.get("id", ""), slate).read(parts)


def _clauses(data: dict[str, Any], sheets: dict[str, Sketch], slate: Slate) -> None:
    besides = Besides(slate)
    last: dict[str, Any] = {}
    if canvas.RELATIONS in sheets:
        first = data["section"][0]["id"] if data.get("section") else "form"
        if "editions" in data:
            first = f"{SUPPLEMENT}.{own_word(data.get('id', ''))}"
        defaults = {"basis": data.get("basis") or data.get("title", ""), "remedy": "核对两边的数，改正填错的一项"}
        if found := besides.relations(sheets[canvas.RELATIONS], first, defaults):
            data["relation"] = found
    if canvas.CARRIED in sheets and (carried := besides.carried(sheets[canvas.CARRIED])):
        last["carried"] = carried
    if canvas.ALIKE in sheets and (alike := read_crosswalks(sheets[canvas.ALIKE], slate)):
        last["from"] = alike
    if canvas.CHARTS in sheets and (charts := besides.charts(sheets[canvas.CHARTS])):
        data["chart"] = charts
    if canvas.RULES in sheets:
        rules = besides.rules(sheets[canvas.RULES])
        last |= rules.pop("last", {})
        data |= rules
    if last:
        data["last"] = last
