"""对照 of a drawing: how each row and column follows on an earlier edition's, drawn with live labels, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any, cast

from xltools.address import a1, in_sheet
from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.besides import Row, rows_of
from xltools.drawing.canvas import joined
from xltools.drawing.pen import Pen
from xltools.drawing.references import Puzzling, Spot, read_ref
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Labelled, Slate
from xltools.editions import editions, load_form
from xltools.editions.cellwords import SEPARATOR
from xltools.editions.crosswalk import LISTED, TIES, Answer, answers, covered, names_of, put
from xltools.editions.source import Definition
from xltools.editions.succession import TIE_WORDS, Strand, before, drafted, strands
from xltools.form.fields import Tie
from xltools.form.model import Form
from xltools.terms import MANY, several

_TIE_OF = {words: tie for tie, words in TIE_WORDS.items()}


# ── drawn ────────────────────────────────────────────────────────────────────


def draw_crosswalks(
    pen: Pen, data: Mapping[str, Any], form: Form, labels: Mapping[tuple[str, tuple[str, ...]], Spot]
) -> None:
    """The sheet: for each earlier edition a row for each line of the form, its answer where one is given or can be drafted.

    ``labels`` are the cells of the lines' innermost labels, by row or column and fields.
    """
    columns = canvas.ALIKE_COLUMNS
    sheet = pen.list(canvas.ALIKE, columns, {"line": 40, "source": 50, "known": 50})
    at, row, listed = list(columns), 1, 0
    for edition, given in _crosswalks(data, form).items():
        last = load_form(edition) if edition in editions() else None
        for line, tie, source in _rows(given, form, last):
            cell = line
            if isinstance(line, Strand):
                name, *spot = labels[line.way, line.fields]
                cell = f"={in_sheet(name, a1(*spot))}"
            said = (edition, cell, TIE_WORDS[tie] if tie else None, source or None)
            for column, value in enumerate(said):
                pen.value(sheet, row, column, value)
            row += 1
        for known in strands(last) if last else ():
            listed += 1
            pen.value(sheet, listed, at.index("known"), _shown(known))
    pen.choices(sheet, at.index("tie"), TIE_WORDS.values())
    if listed:
        pen.listed(sheet, at.index("source"), at.index("known"), listed)


def _crosswalks(data: Mapping[str, Any], form: Form) -> dict[str, list[Answer]]:
    """The answers by edition; none yet for the edition before, where the definition says nothing of it."""
    last = data.get("last", {})
    found: dict[str, list[Answer]] = {}
    for edition, names in last.get("same", {}).items():
        known = form.last.follows[edition]
        rest = [name for name in form.fields if known[name].tie == "other"] if edition in form.last.follows else []
        whole = [s for s in strands(form) if {*s.fields} <= {*rest}]
        single = [name for name in rest if not any(name in s.fields for s in whole)]
        other = [*(name for s in whole for name in s.names), *single]
        found[edition] = [*(("same", n, (n,)) for n in names), *(("other", n, ()) for n in other)]
    for edition, given in last.get("from", {}).items():
        found[edition] = list(answers(Definition("", given)))
    previous = before(form.edition, form.family, form.years[0])
    if previous is not None and not found and previous.id in editions():
        found[previous.id] = []
    return found


def _rows(given: list[Answer], form: Form, last: Form | None) -> Iterator[tuple[Strand | str, Tie | None, str]]:
    """The rows of an edition: its lines in order, those that are still to be asked among them; then answers for single figures."""
    said: dict[str, int] = {}
    told: list[Answer] = []
    for strand in strands(form):
        found = _together(given, strand)
        wide = [tie for tie in LISTED if {*_covered(given, tie, form)} >= {*strand.fields}]
        if found:
            told += found
            yield strand, found[0][0], SEPARATOR.join(_sources(found, last))
        elif wide:
            said |= {name: max(said.get(name, 0), TIES.index(wide[-1])) for name in strand.fields}
            yield strand, wide[-1], ""
        elif not given and last is not None and (guess := drafted(strand, last)):
            yield strand, guess[0], "" if guess[0] == "same" else _shown(guess[1])
        elif not {name for _, answer, _ in given for name in covered(answer, strand.fields)} >= {*strand.fields}:
            yield strand, None, ""
    for tie, name, sources in given:
        if tie in LISTED:
            if any(said.get(one, -1) < TIES.index(tie) for one in covered(name, form.fields)):
                yield name, tie, ""
        elif (tie, name, sources) not in told:
            yield name, tie, SEPARATOR.join(sources)


def _covered(given: list[Answer], tie: Tie, form: Form) -> Iterator[str]:
    for one, name, _ in given:
        if one == tie:
            yield from covered(name, form.fields)


def _together(given: list[Answer], strand: Strand) -> list[Answer]:
    """The answers with sources that are for just this line, name by name."""
    by_name = {name: answer for answer in given if (name := answer[1]) in strand.names and answer[0] not in LISTED}
    ties = {answer[0] for answer in by_name.values()}
    return list(by_name.values()) if len(by_name) == len(strand.names) and len(ties) == 1 else []


def _sources(found: list[Answer], last: Form | None) -> Iterator[str]:
    """The lines of the earlier edition that an answer names, as they are offered to choose from."""
    known = {s.names: s for s in strands(last)} if last else {}
    for number in range(len(found[0][2])):
        names = tuple(sources[number] for _, _, sources in found)
        yield _shown(known[names]) if names in known else "、".join(names)


def _shown(strand: Strand) -> str:
    return f"{strand.words}　[{'、'.join(strand.names)}]"


# ── read ─────────────────────────────────────────────────────────────────────


@dataclass
class _Answered:
    """The answers as they are gathered, by edition."""

    slate: Slate
    fields: list[str]
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, set[Labelled]] = field(default_factory=dict)
    """The lines that were answered."""
    said: dict[tuple[str, str], tuple[Tie, Any]] = field(default_factory=dict)
    """What was answered, by edition and name."""
    open: dict[str, list[tuple[Spot, Labelled]]] = field(default_factory=dict)
    """The lines that stand without an answer, by edition, each with the cell for it."""
    gone: dict[str, Spot] = field(default_factory=dict)
    """Where the first line stood that is no longer drawn, by edition."""

    def row(self, row: Row) -> None:
        edition, value = row.words("edition"), str(row.values.get("line") or "").strip()
        if "#REF!" in value:  # a line that is gone
            self.gone.setdefault(edition, row.spot("line"))
        if not value or "#REF!" in value:
            return
        told = self.found.setdefault(edition, {})
        self.slate.places.setdefault(f"last.from.{edition}", row.spot("edition"))
        words = row.words("tie")
        if not words:
            with self._at(row, "line"):
                if line := self._line(value):
                    self.open.setdefault(edition, []).append((row.spot("tie"), line))
            return
        if words not in _TIE_OF:
            self.slate.wrong(row.spot("tie"), f"没有“{words}”这种来历", f"可用的有：{'、'.join(_TIE_OF)}")
            return
        tie = _TIE_OF[words]
        self.slate.places.setdefault(f"last.from.{edition}.{tie}", row.spot("tie"))
        names: tuple[str, ...] = ()
        with self._at(row, "line"):
            lines = self._lines(value)
            if len(lines) > 1 and tie not in LISTED:
                raise Puzzling(f"{words}的一次只能写一行或一列", "一行、一列分开写")
            names = tuple(name for line in lines or (None,) for name in self._names(line, value, edition))
        pairs: dict[str, Any] = {}
        with self._at(row, "source"):
            if tie not in LISTED and names:
                pairs = self._pairs(row, names, tie, edition)
            elif names and row.words("source"):
                raise Puzzling(f"“{words}”的不写上一版的行或列，这里的不读", "删去；名称变了的，“怎么来的”选改名")
        for name in names if tie != "same" or _had(names, edition) else ():  # of what there was not, it answers nothing
            said = self.said.setdefault((edition, name), (tie, pairs.get(name)))
            if said != (tie, pairs.get(name)):
                self.slate.wrong(row.spot("line"), f"这一项上面已经答了“{TIE_WORDS[said[0]]}”", "一行、一列只答一次")
        if tie in LISTED:
            told.setdefault(tie, []).extend(names)
        elif pairs:
            told.setdefault(tie, {}).update(pairs)

    @contextmanager
    def _at(self, row: Row, column: str) -> Iterator[None]:
        """What cannot be understood inside is told at a cell of the row."""
        try:
            yield
        except Puzzling as problem:
            self.slate.puzzled(row.spot(column), problem)

    def ask(self) -> None:
        """The lines without an answer: they are asked here, all of an edition at once, and not again where their labels stand."""
        for found in self.open.values():
            names = several([f"“{line.words}”" for _, line in found], MANY, "项")
            more = f"（{len(found)} 行）" if len(found) > 1 else ""
            self.slate.ask(found[0][0], f"{names}没有写怎么来的{more}", f"选一种：{'、'.join(_TIE_OF)}")
            self.slate.asked_of |= {line.key for _, line in found}

    def _lines(self, value: str) -> list[Labelled]:
        """The lines whose labels are pointed at, or lie in the range that is pointed at."""
        ref = read_ref(value) if value.startswith("=") else None
        if ref is None or (ref.top, ref.left) == (ref.bottom, ref.right):
            line = self._line(value)
            return [line] if line is not None else []
        return [
            line
            for (sheet, row, column), line in self.slate.labels.items()
            if sheet == ref.sheet and ref.top <= row <= ref.bottom and ref.left <= column <= ref.right
        ]

    def _line(self, value: str) -> Labelled | None:
        """The line whose label is pointed at or typed, or the cell where it is told of; None for anything else."""
        if not value.startswith("="):
            alike = [line for line in self.slate.labels.values() if line.words == value]
            if len(alike) > 1:
                raise Puzzling(f"叫“{value}”的行、列不止一个", "点选它的名称，写成 =")
            return alike[0] if alike else None
        ref = read_ref(value)
        if ref is None:
            return None
        spot = (ref.sheet, ref.top, ref.left)
        told = (line for line in self.slate.labels.values() if self.slate.places.get(line.key) == spot)
        return self.slate.labels.get(spot) or next(told, None)

    def _names(self, line: Labelled | None, value: str, edition: str) -> tuple[str, ...]:
        """What a row is for: a line whose label is pointed at or typed, or names as a definition has them."""
        if line is None and value.startswith("="):
            raise Puzzling("指的不是一行、一列的名称", "点选表里行或列最里层的名称；挨着的几个可以一起选")
        if line is None:
            return tuple(part.strip() for part in re.split("[；;]", value) if part.strip())
        self.lines.setdefault(edition, set()).add(line)
        drawn = (d for d in self.slate.figures.values() if d.prefix == line.prefix)
        own = [
            joined(d.prefix, d.row, d.column) for d in drawn if (d.row if line.way == "row" else d.column) == line.id
        ]
        return names_of(line.prefix, line.way, line.id, own, self.fields)

    def _pairs(self, row: Row, names: tuple[str, ...], tie: Tie, edition: str) -> dict[str, Any]:
        """What each name comes from."""
        given = [part.strip() for part in re.split("[；;]", row.words("source")) if part.strip()]
        if not given or (tie != "merged" and len(given) > 1):
            raise Puzzling(
                "没有写上一版的行或列" if not given else "只能写上一版的一行或一列",
                "从下拉的单子里选；合并自的几项用“；”隔开",
            )
        sources = [_source_names(words, edition) for words in given]
        found = {}
        for number, name in enumerate(names):
            chosen = [some[number] if len(some) == len(names) else "" for some in sources]
            if not all(chosen):
                raise Puzzling("上一版的这一项与这一版的格对不上", "逐格写：在“这一版的行或列”里写指标的编号")
            found[name] = chosen if tie == "merged" else chosen[0]
        return found


def _had(names: tuple[str, ...], edition: str) -> bool:
    """Whether the earlier edition has any figure of the names."""
    fields = load_form(edition).fields if edition in editions() else ()
    return any(covered(name, fields) for name in names)


def _source_names(words: str, edition: str) -> tuple[str, ...]:
    """The names that a choice stands for: in its brackets, of the line with just that label, or as typed."""
    inside = re.search(r"\[([^\[\]]+)\]\s*\Z", words)
    if inside:
        return tuple(part.strip() for part in inside[1].split("、"))
    last = load_form(edition) if edition in editions() else None
    alike = [s for s in strands(last) if words in (s.words, "/".join(s.label), s.label[-1])] if last else []
    if len(alike) == 1:
        return alike[0].names
    if alike:
        raise Puzzling(f"上一版里叫“{words}”的不止一个", "从下拉的单子里选")
    if not re.fullmatch(r"[a-z][\w.*、]*", words):
        raise Puzzling(f"上一版里没有“{words}”", "从下拉的单子里选")
    return tuple(part.strip() for part in words.split("、"))


def read_crosswalks(sketch: Sketch, slate: Slate) -> dict[str, dict[str, Any]]:
    """The crosswalks of a drawing as a definition has them."""
    read = _Answered(slate, [joined(d.prefix, d.row, d.column) for d in slate.figures.values()])
    for row in rows_of(sketch, canvas.ALIKE_COLUMNS, slate, ("known",)):
        read.row(row)
    read.ask()
    for edition, spot in read.gone.items():
        slate.places[f"last.from.{edition}"] = spot
    for edition, told in read.found.items():
        _gather(told, read.lines.get(edition, set()), slate)
    slate.places.setdefault("last", (sketch.name, 0, 0))
    return {edition: told for edition, told in read.found.items() if told}


def _gather(told: dict[str, Any], lines: set[Labelled], slate: Slate) -> None:
    """Says 相同 once for a part all of whose lines are answered."""
    for prefix in dict.fromkeys(line.prefix for line in slate.labels.values()):
        whole = {line for line in slate.labels.values() if line.prefix == prefix} <= lines
        mine = [name for name in told.get("same", ()) if put(f"{prefix}.", f"{prefix}.", name) or name == f"{prefix}."]
        if whole and mine:
            told["same"] = [*(name for name in told["same"] if name not in mine), f"{prefix}."]
    ordered = {tie: told[tie] for tie in TIES if told.get(tie)}
    told.clear()
    told.update(cast(dict[str, Any], ordered))
