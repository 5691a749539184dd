"""Relations in the words of a definition: for every line that a rule is applied to, and as one wherever their ids allow it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from xltools.address import column_name
from xltools.classes import dataclass
from xltools.drawing.references import Alternatives, Puzzling, Ref, Side, Spot
from xltools.drawing.slate import Drawn
from xltools.editions.relations import EVERY

Move = tuple[int, int]
"""How far a line of a rule lies from its first one: rows down, columns to the right."""
Terms = list[tuple[int, str]]
"""A sum as a definition has it: factors and names; a number alone has no name."""
Say = Callable[[Side, Move], Terms]
"""What a side of a formula says for a line."""
Lines = tuple[str, list[Ref]]
"""``row`` or ``column``, and the ranges that a rule is applied to."""


@dataclass(frozen=True)
class Spread:
    """The lines that a rule is for: how far each lies from the first, whether they are rows or columns, their ids."""

    moves: tuple[Move, ...] = ((0, 0),)
    way: str = ""
    ids: tuple[str, ...] = ()
    every: bool = False
    """Whether they are all lines of their table that are no sums."""

    @property
    def place(self) -> str:
        return "{" + self.way + "}"

    @property
    def listed(self) -> str | list[str]:
        """The lines as a definition names them."""
        return EVERY if self.every else list(self.ids)


def spread_of(lines: Lines | None, figures: Mapping[Spot, Drawn]) -> Spread:
    """The lines of a range of cells; Puzzling where none of them is a figure."""
    if lines is None:
        return Spread()
    way, refs = lines
    spots = [spot for spot in _cells(way, refs) if spot in figures]
    if not spots:
        raise Puzzling("“用于”或“逐格都要”里的格都不是填数的格", "点选表里的格")
    if len({*spots}) < len(spots):
        raise Puzzling("“用于”或“逐格都要”里有的格点选了两次", "每一行（列）只点选一次")
    drawn = [figures[spot] for spot in spots]
    ids = tuple(d.row if way == "row" else d.column for d in drawn)
    moves = tuple((r - spots[0][1], c - spots[0][2]) for _, r, c in spots)
    return Spread(moves, way, ids, ids == (drawn[0].rows if way == "row" else drawn[0].columns))


def grouped(
    said: Mapping[str, Any], parsed: Mapping[str, Any], say: Say, figures: Mapping[Spot, Drawn]
) -> list[dict[str, Any]]:
    """A rule for its lines: one definition with places for the lines where their ids allow it, else one for each line."""
    each, every = (spread_of(parsed[name], figures) for name in ("each", "every"))
    _begins(parsed)
    ones = [_one(parsed, move, every, say) for move in each.moves]
    if not each.way:
        return [{**said, **ones[0]}]
    name = said.get("id", "")
    if name and each.place not in name and len(ones) > 1:
        name += f".{each.place}"
    if len(ones) > 1 and (template := _template(ones, each)):
        return [{"id": name, "each": {each.way: each.listed}, **{**said, "id": name}, **template}]
    spoken = any(each.place in words for key, words in said.items() if key != "id" and isinstance(words, str))
    return [
        {"id": name.replace(each.place, line), **({"each": {each.way: [line]}} if spoken else {})}
        | {**said, "id": name.replace(each.place, line), **one}
        for one, line in zip(ones, each.ids, strict=True)
    ]


def _begins(parsed: Mapping[str, Any]) -> None:
    """Puzzling where no cell of a rule is on the first of the lines that it is for: for each of them it would speak of another."""
    holds = [] if isinstance(parsed["holds"], str) else [parsed["holds"]]
    conditions = [parsed["when"] or (), *holds]
    compared = [side for some in conditions for one in some for a, _, b in one for side in (a, b)]
    _on_first(parsed["each"], [parsed["left"], parsed["right"], *compared], "用于")
    _on_first(
        parsed["every"], [side for some in holds for one in some for a, _, b in one for side in (a, b)], "逐格都要"
    )


def _on_first(lines: Lines | None, sides: Sequence[Side], name: str) -> None:
    if lines is None:
        return
    way, (first, *_) = lines
    moving = [ref for side in sides for term in side if (ref := term.ref) and ref.sheet == first.sheet]
    if way == "row":
        there = [not ref.fixed_row and ref.top <= first.top <= ref.bottom for ref in moving]
    else:
        there = [not ref.fixed_column and ref.left <= first.left <= ref.right for ref in moving]
    if there and not any(there):
        line = f"第 {first.top + 1} 行" if way == "row" else f"{column_name(first.left)} 列"
        raise Puzzling(
            f"“{name}”从{line}起，算式里却没有一格在那里",
            f"算式点选“{name}”的第一行（列）里的格，不加 $；或者“{name}”从算式的那一行（列）选起",
        )


def _one(parsed: Mapping[str, Any], move: Move, every: Spread, say: Say) -> dict[str, Any]:
    """A rule for one of its lines."""
    one: dict[str, Any] = {name: text_of(say(parsed[name], move)) for name in ("left", "right")}
    if parsed["when"] is not None:
        one["when"] = _said(parsed["when"], move, say)
    if isinstance(parsed["holds"], str):
        return {**one, "holds": f"left {parsed['holds']} right"}
    holds = [_said(parsed["holds"], (move[0] + down, move[1] + right), say) for down, right in every.moves]
    return {**one, **_together(holds, every)}


def _cells(way: str, refs: list[Ref]) -> Iterator[Spot]:
    """The cells along the lines of a rule."""
    for ref in refs:
        if way == "row":
            yield from ((ref.sheet, r, ref.left) for r in range(ref.top, ref.bottom + 1))
        else:
            yield from ((ref.sheet, ref.top, c) for c in range(ref.left, ref.right + 1))


def text_of(terms: Terms) -> str:
    """A sum as a definition writes it; numbers alone come last, as one."""
    text, constant = "", 0
    for factor, name in terms:
        if not name:
            constant += factor
            continue
        times = "" if abs(factor) == 1 else f"{abs(factor)}*"
        text += (" - " if factor < 0 else " + " if text else "") + times + name
    if constant or not text:
        text += f" {'-' if constant < 0 else '+'} {abs(constant)}" if text else str(constant)
    return text.strip().replace("- ", "-", 1) if text.startswith(" - ") else text


def _said(alternatives: Alternatives, move: Move, say: Say) -> str:
    def compared(a: Side, op: str, b: Side) -> str:
        return f"{text_of(say(a, move))} {op} {text_of(say(b, move))}"

    return " or ".join(" and ".join(compared(*one) for one in comparisons) for comparisons in alternatives)


def _together(holds: list[str], every: Spread) -> dict[str, Any]:
    """What must hold for every one of several lines."""
    if not every.way:
        return {"holds": holds[0]}
    if template := _template([{"holds": text} for text in holds], every):
        return {"every": {every.way: every.listed}, **template}
    if any(" or " in text for text in holds):
        raise Puzzling("“逐格都要”的关系里不能用 OR", "分成几条写")
    return {"holds": " and ".join(holds)}


def _template(ones: list[dict[str, Any]], spread: Spread) -> dict[str, Any]:
    """What several lines say alike, with a place for the line's id; nothing where there is no such."""
    found: dict[str, Any] = {}
    if any(one.keys() != ones[0].keys() for one in ones):
        return {}
    for name, text in ones[0].items():
        if all(one[name] == text for one in ones):
            found[name] = text
            continue
        lines = [(line, one[name]) for line, one in zip(spread.ids, ones, strict=True)]
        ways = _templates(text, spread.ids[0], spread.place) if isinstance(text, str) else ()
        template = next((t for t in ways if all(t.replace(spread.place, line) == said for line, said in lines)), "")
        if not template:
            return {}
        found[name] = template
    return found if any(spread.place in text for text in found.values() if isinstance(text, str)) else {}


def _templates(text: str, line: str, place: str) -> Iterator[str]:
    """The ways to put a place for a line's id into a sum or condition: in all names that have it, then in fewer of them."""
    if not line:
        return
    spots = [m.start(1) for m in re.finditer(rf"(?<=\.)({re.escape(line)})(?![\w])", text)]
    for mask in range((1 << min(len(spots), 10)) - 1, 0, -1):
        chosen, out, at = [s for n, s in enumerate(spots) if mask >> n & 1], "", 0
        for spot in chosen:
            out += text[at:spot] + place
            at = spot + len(line)
        yield out + text[at:]
