"""The parts of a report: which lines belong to which section of the form, found by its titles, else by its tables' labels."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from xltools.classes import dataclass
from xltools.form.fields import Section
from xltools.form.model import Form
from xltools.ingest.document import PrintedLine
from xltools.ingest.records import is_figure
from xltools.ingest.wording import LabelWording, alike, wording

_TITLE_LIMIT = 60
_SHORTEST = 4
"""Characters of a title that tell anything."""
_ALIKE, _NUMBERED, _NUMBER_ONLY = 0.75, 0.35, 0.2
"""How alike a title must be to count; with its number in place; how little a mere number in place says."""
_SAME = 0.9
"""How alike a label must be to mark a part."""


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """The lines of a section: from ``start`` (after its title, if it has one) to ``end``."""

    section: Section
    start: int
    end: int
    titled: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    section: int
    score: float
    titled: bool


def find_parts(lines: Sequence[PrintedLine], form: Form) -> list[PrintedPart]:
    """The parts found, in order: the chain of titles, each section's once and in the form's order, that fits best."""
    chain = _best_chain(list(_candidates(lines, form)), len(form.sections))
    starts = [_first_line(lines, c, form.sections[c.section]) for c in chain]
    ends = [*starts, len(lines)][1:]
    return [
        PrintedPart(form.sections[c.section], start + c.titled, end, c.titled)
        for c, start, end in zip(chain, starts, ends, strict=True)
    ]


def _first_line(lines: Sequence[PrintedLine], found: _Candidate, section: Section) -> int:
    """Where a part begins: at its title, or before its first mark, at the labels and figures that stand there."""
    at = found.at
    if found.titled:
        return at
    labels = {wording(part) for t in section.tables for line in (*t.rows, *t.columns) for part in line.label}
    while at and all(is_figure(c.text) or not c.text.strip() or wording(c.text) in labels for c in lines[at - 1].cells):
        at -= 1
    return at


def sure_title(text: str, form: Form) -> int | None:
    """The section whose title a line certainly is."""
    words = wording(text) if len(text) <= _TITLE_LIMIT else LabelWording("", "")
    if len(words.core) < _SHORTEST:
        return None
    scores = [_title_score(words, wording(section.title), text) for section in form.sections]
    best = max(scores)
    return scores.index(best) if best >= 1 else None


def section_marks(form: Form) -> dict[str, int]:
    """What only one section's tables print, as bare words, with the section."""
    found: dict[str, int] = {}
    several = set()
    for index, section in enumerate(form.sections):
        for mark in _marks(section):
            if found.setdefault(mark.core, index) != index:
                several.add(mark.core)
    return {core: index for core, index in found.items() if core not in several}


def _candidates(lines: Sequence[PrintedLine], form: Form) -> Iterator[_Candidate]:
    titles = [wording(s.title) for s in form.sections]
    marks, done = _by_length(form), set[int]()
    scored: dict[str, list[tuple[int, float]]] = {}  # many lines say the same
    looked_at: set[str] = set()
    for at, line in enumerate(lines):
        text = line.text
        if text not in scored:
            words = wording(text)
            fits = len(text) <= _TITLE_LIMIT and words.core
            scores = enumerate(_title_score(words, title, text) for title in (titles if fits else ()))
            scored[text] = [(index, score) for index, score in scores if score]
        for index, score in scored[text]:
            # Of equals the last is the title, those before it a table of contents; of mere numbers the first.
            later = at / (100 * len(lines)) * (1 if score > 1 else -1)
            yield _Candidate(at, index, score + later, True)
        for cell in line.cells:
            if cell.text in looked_at:
                continue
            looked_at.add(cell.text)
            for index in _marked(wording(cell.text), marks, done):
                done.add(index)
                yield _Candidate(at, index, 0.3, False)


def _marked(
    seen: LabelWording, marks: Mapping[int, Sequence[tuple[int, LabelWording]]], done: Container[int]
) -> list[int]:
    """The sections among whose marks, which are by their length, a cell's words are; without those that are done."""
    size = len(seen.core)
    if size < _SHORTEST - 1:
        return []
    near = range(
        int(size * _SAME / (2 - _SAME)), int(size * (2 - _SAME) / _SAME) + 2
    )  # others cannot be so much the same
    known = (known for length in near for known in marks.get(length, ()))
    return sorted({index for index, mark in known if index not in done and alike(seen, mark, _SAME) > _SAME})


def _title_score(words: LabelWording, title: LabelWording, text: str) -> float:
    numbered = bool(words.number) and words.number == title.number
    score = alike(words, title) if numbered else alike(words, title, _ALIKE)
    if score >= _ALIKE:
        return 1 + score + (0.3 if numbered else 0)
    if numbered and score >= _NUMBERED:
        return 0.8 + score
    return _NUMBER_ONLY if numbered and len(text) <= 25 and text.rstrip()[-1] not in "。；;" else 0.0


def _marks(section: Section) -> tuple[LabelWording, ...]:
    """Labels that show a section's tables to begin, where its title is lost: headings, corners, rows, such as are distinct."""
    words = [w for t in section.tables for w in (t.heading, t.corner, *(row.name for row in t.rows))]
    return tuple(w for w in map(wording, words) if len(w.core) >= 4)


def _by_length(form: Form) -> dict[int, list[tuple[int, LabelWording]]]:
    """The marks of all sections, each with its section's number, by their length."""
    found: dict[int, list[tuple[int, LabelWording]]] = {}
    for index, section in enumerate(form.sections):
        for mark in _marks(section):
            found.setdefault(len(mark.core), []).append((index, mark))
    return found


def _best_chain(candidates: Sequence[_Candidate], sections: int) -> list[_Candidate]:
    """The chain of candidates, in order of lines and of sections, of the highest score."""
    best: list[tuple[float, list[_Candidate]]] = [(0.0, []) for _ in range(sections + 1)]
    for c in sorted(candidates, key=lambda c: (c.at, -c.section)):
        before = max(
            (b for b in best[: c.section + 1] if not b[1] or b[1][-1].at < c.at), key=lambda b: b[0], default=(0.0, [])
        )
        if before[0] + c.score > best[c.section + 1][0]:
            best[c.section + 1] = (before[0] + c.score, [*before[1], c])
    return max(best, key=lambda b: b[0])[1]
