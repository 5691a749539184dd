"""An edition beside the one before it: what its crosswalk leaves unsaid, and what can be drafted of it from equal labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from typing import Any, Literal

from xltools.classes import dataclass
from xltools.editions.crosswalk import Answer, answers, covered, names_of, put
from xltools.editions.shelves import Source, sources
from xltools.editions.source import Definition
from xltools.form.fields import Descent, Line, Tie
from xltools.form.model import Form
from xltools.terms import several

Told = tuple[str, str, str]
"""A key of the definition, what is to be told there, and what to do."""

TIE_WORDS: dict[Tie, str] = {
    "same": "相同",
    "renamed": "改名",
    "merged": "合并自",
    "split": "拆自",
    "new": "新增",
    "other": "不可比",
}


Way = Literal["row", "column"]
Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Strand:
    """A row or a column of a form: where the definition has it, its printed label, its fields, and how a crosswalk names it."""

    key: str
    section: str
    way: Way
    id: str
    label: tuple[str, ...]
    fields: tuple[str, ...]
    names: tuple[str, ...]
    title: str

    @property
    def words(self) -> str:
        """The part, and the label in full."""
        return f"{self.title}　{'/'.join(self.label)}（{'行' if self.way == 'row' else '列'}）"


def strands(form: Form) -> list[Strand]:
    """The rows and columns of a form's own tables that have a label, in the order in which they are printed."""
    by_lines = {(id(f.row), id(f.column)): f.id for f in form.fields.values()}
    found = []
    for number, section in enumerate(form.sections, 1):
        for at, table in enumerate((t for t in section.tables if t.prefix == section.id), 1):
            ways: tuple[tuple[Way, Lines, Lines], ...]
            ways = (("row", table.rows, table.columns), ("column", table.columns, table.rows))
            for way, lines, others in ways:
                for place, line in enumerate(lines, 1):
                    pairs = ((line, other) if way == "row" else (other, line) for other in others)
                    fields = tuple(by_lines[id(row), id(column)] for row, column in pairs)
                    names = names_of(table.prefix, way, line.id, fields, form.fields)
                    key = f"section[{number}].table[{at}].{way}s[{place}].label"
                    if line.label:
                        found.append(Strand(key, section.id, way, line.id, line.label, fields, names, section.title))
    return found


def before(name: str, family: str, begins: int | None) -> Source | None:
    """The edition that one follows: of its family the last that begins before it."""
    earlier = (
        source
        for source in sources("edition").values()
        if source.id != name and source.family == family and source.begins is not None and source.problem is None
    )
    known = [source for source in earlier if begins is not None and (source.begins or 0) < begins]
    return max(known, key=lambda source: source.begins or 0, default=None)


# ── what is left unsaid ──────────────────────────────────────────────────────


def unsaid(form: Form, last: Form, data: Mapping[str, Any], meant: Set[str] = frozenset()) -> Iterator[Told]:
    """What is wrong with the crosswalk of a form to the one before it: none, single figures that it leaves out, sources that are not
    there. Whole lines that it leaves out are ``unanswered``. ``meant`` are figures that it is meant to leave out.
    """
    known = form.last.follows.get(last.edition)
    if known is None:
        yield (
            "last",
            f"没有写与上一版“{last.edition}”的对照：与上年的核对、结转、同比就全停了",
            f"写 [last.from.{last.edition}]；用 xltools forms draft 写成表样，“对照”里已经照相同的名称填好一部分",
        )
        return
    if last.edition in data.get("last", {}).get("same", {}):
        return  # the short way: what it does not name is not compared, which is told apart
    given = list(answers(Definition("", data["last"]["from"][last.edition])))
    left = left_out(form, last) - meant
    for strand in _open(left, form, last, given):
        left -= {*strand.fields}
    yield from _single(left, known, form, last)
    for name, descent in known.items():
        there = [last.fields[source] for source in descent.sources if source in last.fields]
        if descent.tie != "split" and any(f.type != form.fields[name].type for f in there):
            key = f"last.from.{last.edition}.{descent.tie}"
            yield key, f"{name} 与上一版的 {there[0].id} 单位不同，不能相比", "改成 不可比（TOML：other）"


def left_out(form: Form, last: Form) -> set[str]:
    """The figures of a form that its crosswalk to another does not answer for, or answers with what is not there."""
    known = form.last.follows.get(last.edition, {})
    return {name for name in form.fields if not _answered(known.get(name), last)}


def unanswered(form: Form, last: Form, data: Mapping[str, Any], meant: Set[str] = frozenset()) -> list[Strand]:
    """The rows and columns that the crosswalk to the form before leaves out, those apart that it is ``meant`` to."""
    known = form.last.follows.get(last.edition)
    if known is None or last.edition in data.get("last", {}).get("same", {}):
        return []
    given = list(answers(Definition("", data["last"]["from"][last.edition])))
    return list(_open(left_out(form, last) - meant, form, last, given))


def question(together: Sequence[Strand], cells: Sequence[str], last: Form) -> tuple[str, str]:
    """What is asked about rows or columns of one part that are left out, and what to do; ``cells`` are those of their names."""
    first, way = together[0], "行" if together[0].way == "row" else "列"
    names = [f"{'/'.join(s.label)}{f'（{cell}）' if cell else ''}" for s, cell in zip(together, cells, strict=True)]
    words = f"{first.title}　{'、'.join(names)}，共 {len(together)} {way}" if len(together) > 1 else first.words
    near = _nearest(first, last) if len(together) == 1 else ""
    more = "；怎么来的一样、挨着的，可以一次选中" if len(together) > 1 else f"；上一版最像的是“{near}”" if near else ""
    return (
        f"{words}：与 {last.edition} 版的对照里没有说怎么来的",
        f"在“对照”加一行（TOML：在 [last.from.{last.edition}] 里），写明是{'、'.join(TIE_WORDS.values())}中的哪一种{more}",
    )


def _answered(descent: Descent | None, last: Form) -> bool:
    return descent is not None and all(source in last.fields for source in descent.sources)


def _open(left: set[str], form: Form, last: Form, given: list[Answer]) -> Iterator[Strand]:
    """The lines that no answer is for, more than half of whose figures are unsaid; what is told with one is not told with another."""
    told: set[str] = set()
    for strand in sorted(strands(form), key=lambda s: -len(left.intersection(s.fields))):
        open_here = left.intersection(strand.fields)
        if (
            open_here - told
            and 2 * len(open_here) > len(strand.fields)
            and not any(_for(strand, answer, last) for answer in given)
        ):
            told |= {*strand.fields}
            yield strand


def _for(strand: Strand, answer: Answer, last: Form) -> bool:
    """Whether an answer is for a whole line, and says something of it that is so."""
    tie, name, sources = answer
    if covered(name, strand.fields) != [*strand.fields]:
        return False
    if tie in ("new", "other") or (tie != "same" and name in strand.names):
        return True
    return any(put(name, s, f) in last.fields for s in sources for f in strand.fields)


def _single(left: set[str], known: Mapping[str, Descent], form: Form, last: Form) -> Iterator[Told]:
    """Single figures that are not said, or come from what the earlier edition does not have."""
    lacking = {
        name: next(source for source in known[name].sources if source not in last.fields)
        for name in form.fields
        if name in left and name in known and known[name].tie != "same"
    }
    if lacking:
        name, source = next(iter(lacking.items()))
        tie, more = known[name].tie, f"（共 {len(lacking)} 个）" if len(lacking) > 1 else ""
        near = get_close_matches(source, last.fields, 1, 0.6)
        remedy = f"是不是 {near[0]}" if near else f"编号见 xltools forms show {last.edition}"
        key = f"last.from.{last.edition}.{tie}"
        yield key, f"{name} {TIE_WORDS[tie]}的“{source}”，{last.edition} 版里没有{more}", remedy
    rest = [name for name in form.fields if name in left and name not in lacking]
    if rest:
        names = several(rest, 3, "个")
        yield "last", f"与 {last.edition} 版的对照里没有说的指标：{names}", f"在 [last.from.{last.edition}] 里写明"


def _nearest(strand: Strand, last: Form) -> str:
    labels = ["/".join(s.label) for s in strands(last) if s.way == strand.way and s.section == strand.section]
    return next(iter(get_close_matches("/".join(strand.label), labels, 1, 0.5)), "")


# ── what may be meant ────────────────────────────────────────────────────────


def noticed(form: Form, last: Form, data: Mapping[str, Any]) -> Iterator[Told]:
    """What a crosswalk says that may be meant: another label called the same, lines of the earlier edition that go nowhere, the
    short way to write it."""
    known = form.last.follows.get(last.edition)
    if known is None:
        return
    there = {(s.section, s.way, s.id): s for s in strands(last)}
    for strand in strands(form):
        was = there.get((strand.section, strand.way, strand.id))
        ties = {known[f].tie for f in strand.fields if f in known}
        if was and "same" in ties and not alike(was.label, strand.label):
            yield (
                strand.key,
                f"对照说是相同，名称却从“{'/'.join(was.label)}”改成了“{'/'.join(strand.label)}”",
                "含义没有变的，写 改名；变了的，写 不可比",
            )
    if last.edition in data.get("last", {}).get("same", {}):
        yield from _short(form, last, known)
    used = {source for descent in known.values() for source in descent.sources}
    gone = [s for s in there.values() if used.isdisjoint(s.fields)]
    if gone and last.edition not in data.get("last", {}).get("same", {}):
        names = several(["/".join(s.label) for s in gone], 6, "行列", "；")
        key = f"last.from.{last.edition}"
        yield (
            key,
            f"{last.edition} 版里的这些没有接上，当作取消：{names}",
            "确实取消的不用管；改了名称、并到别处的，在“对照”里写明",
        )


def _short(form: Form, last: Form, known: Mapping[str, Descent]) -> Iterator[Told]:
    new = [s for s in strands(form) if last.fields.keys().isdisjoint(s.fields)]
    if new:
        names = several(["/".join(s.label) for s in new], 6, "行列", "；")
        yield (
            f"last.same.{last.edition}",
            f"[last.same] 只说得出相同；这些上一版没有，当作不可比：{names}",
            f"新增的、改名的，改用 [last.from.{last.edition}] 写明",
        )


_NUMBERING = re.compile(r"\A[(（]?[一二三四五六七八九十\d]+[)）.、．]")


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two labels say the same, their numbering and the width of their signs apart."""
    return _bare(one) == _bare(other)


def _bare(label: tuple[str, ...]) -> str:
    plain = (unicodedata.normalize("NFKC", _NUMBERING.sub("", "".join(words.split()), 1)) for words in label)
    return "/".join(plain)


# ── what can be drafted ──────────────────────────────────────────────────────


def drafted(strand: Strand, last: Form) -> tuple[Tie, Strand] | None:
    """What equal labels tell of a line: 相同 where its id is the same too, 改名 where it is another; None where it must be asked."""
    there = [s for s in strands(last) if s.way == strand.way]
    by_id = next((s for s in there if (s.section, s.id) == (strand.section, strand.id)), None)
    if by_id is not None:
        return ("same", by_id) if alike(by_id.label, strand.label) else None
    found = [s for s in there if alike(s.label, strand.label)]
    return ("renamed", found[0]) if len(found) == 1 else None
