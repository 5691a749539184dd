"""A form looked over before it is used: a definition file, a drawing, or one that is there already; every mistake, every remark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any

from xltools.classes import dataclass
from xltools.drawing.local import ground_of
from xltools.drawing.sketch import SIZE_LIMIT
from xltools.drawing.slate import Slate
from xltools.drawing.trace import read_drawing
from xltools.editions import editions, form_of, load_form, rivals_of, source_of, supplement_titles, supplements
from xltools.editions.additions import meet, read_supplement
from xltools.editions.definition import read_definition
from xltools.editions.notation import WHOLE, placed
from xltools.editions.review import remarks
from xltools.editions.rulebook import packed, unnamed
from xltools.editions.shelves import Source, list_source, read_source, sources
from xltools.editions.source import Definition
from xltools.editions.succession import Strand, before, left_out, question, unanswered, unsaid
from xltools.editions.succession import noticed as noticed_of
from xltools.editions.written import toml_of
from xltools.errors import FormError, FormErrors, XltoolsError
from xltools.form.fields import SUPPLEMENT, Field, Origin
from xltools.form.model import Form, Rule
from xltools.inputs import must_read
from xltools.terms import several

_SIZE = 2**20
DRAWINGS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Examined:
    """A form as given: the text of its definition, the form where it is sound, and what is told of it."""

    name: str
    """The file, or the id."""
    data: dict[str, Any]
    text: str
    form: Form | None
    mistakes: tuple[FormError, ...]
    remarks: tuple[FormError, ...] = ()

    @property
    def id(self) -> str:
        return str(self.data.get("id", ""))

    @property
    def supplement(self) -> bool:
        return "editions" in self.data

    @property
    def pack(self) -> bool:
        """Whether it is a rule pack, which changes rules of forms and is none itself."""
        return "change" in self.data

    def sound(self) -> Form:
        """The form; FormError where there is anything wrong with it, or with it among the others."""
        self.fit()
        if self.form is None:
            raise XltoolsError(f"“{self.name}”是规则包，不是格式")
        return self.form

    def fit(self) -> None:
        """FormError where there is anything wrong with it."""
        if self.mistakes:
            raise self.mistakes[0] if len(self.mistakes) == 1 else FormErrors(self.mistakes)

    def readable(self) -> Form:
        """The form, whatever may be wrong with it among the others; FormError where it is wrong in itself."""
        return self.form if self.form is not None else self.sound()


def examine(given: str | PathLike[str]) -> Examined:
    """A file, or an id of a form that is there; XltoolsError where it is neither."""
    path = Path(given)
    if path.suffix.lower() in DRAWINGS:
        listed = list_source(must_read(path, "表样", SIZE_LIMIT), path)
        return _pack(listed) if listed is not None else _drawing(path)
    if path.suffix.lower() == ".toml":
        return _definition(path)
    kind = "supplement" if str(given) in sources("supplement") else "edition"
    return _judged(source_of("supplement" if kind == "supplement" else "edition", str(given)), None)


def _definition(path: Path) -> Examined:
    source = read_source(path.name, must_read(path, "格式定义", _SIZE), place=path)
    if source.problem:
        return Examined(str(path), {}, source.text, None, (source.problem,))
    if source.kind == "pack":
        return _pack(source)
    return _judged(source, None)


def _pack(source: Source) -> Examined:
    """A rule pack, held against the rules of every edition."""
    told: list[FormError] = list(source.problem.every) if source.problem else []
    rules = known_rules()
    found: list[FormError] = []
    try:
        packed(Definition(source.file, source.data), rules)
    except FormError as problem:
        found += problem.every
    for key, name in unnamed(Definition(source.file, source.data), rules):
        found.append(FormError(source.file, key, f"没有叫“{name}”的规则", "编号见 xltools forms show"))
    found = [source.placed(one) if source.cells else placed(one, source.text) for one in found]
    told += [one for one in found if one.key not in {t.key for t in told}]
    return Examined(str(source.place), source.data, source.text, None, tuple(told))


def known_rules(edition: str | None = None) -> tuple[Rule, ...]:
    """The rules of an edition, or of all there are, as no rule pack has changed them."""
    names = editions() if edition is None else (edition,)
    return tuple({rule.id: rule for name in names for rule in load_form(name, judged=False).rules}.values())


def _drawing(path: Path) -> Examined:
    traced = read_drawing(path)
    if traced.slate.mistakes and not traced.data:
        return Examined(str(path), {}, "", None, tuple(traced.slate.mistakes))
    try:
        text = toml_of(traced.data, f"由表样“{path.name}”写成；改表样，再写一遍。")
    except XltoolsError as problem:
        return Examined(str(path), {}, "", None, (FormError(path.name, WHOLE, str(problem)),))
    kind = "supplement" if "editions" in traced.data else "edition"
    source = Source(
        str(traced.data.get("id", "")),
        "supplement" if kind == "supplement" else "edition",
        path.name,
        text,
        traced.data,
    )
    return _judged(source, traced.slate)


def _judged(source: Source, slate: Slate | None) -> Examined:
    """What there is to tell of a definition; places are lines, or of a drawing cells."""
    told: list[FormError] = list(slate.mistakes) if slate else []
    form: Form | None = None
    try:
        form = _form(source)
    except FormError as problem:
        # What the drawing's own reader has told is not told again for what is missing because of it.
        found = [_at(one, source, slate) for one in problem.every]
        told += [one for one in found if one.key not in {t.key for t in told}]
    noticed: list[FormError] = list(slate.remarks) if slate else []
    told += [_at(FormError(source.file, *one), source, slate) for one in _unknown(source)]
    clash = [_at(one, source, slate) for one in clashes(source)]
    issued = source.kind == "supplement" and source.id in sources("supplement")  # nothing of it was before it is there
    (noticed if issued else told).extend(clash)
    if form is not None and source.kind == "supplement":
        lacking = (FormError(source.file, *one) for one in (*remarks(source.data, form), *_fewer(source, form)))
        noticed += [_at(one, source, slate) for one in (*lacking, *together(source))]
    elif form is not None:
        last = _before(source)
        if last is not None:
            told += slate.asked if slate else ()
            meant = _meant(source, last)
            found = [_at(FormError(source.file, *one), source, slate) for one in unsaid(form, last, source.data, meant)]
            found += _lines_unsaid(form, last, source, slate, meant)
            told += [one for one in found if one.key not in {t.key for t in told}]
        more = noticed_of(form, last, source.data) if last is not None and not _ours(source, form) else ()
        said = (FormError(source.file, *one) for one in (*remarks(source.data, form), *more))
        noticed += [_at(one, source, slate) for one in (*said, *ends(source))]
    name = str(source.place or source.file)
    return Examined(name, source.data, source.text, form, tuple(told), tuple(noticed))


def clashes(source: Source) -> Iterator[FormError]:
    """What is wrong with a form among the others that are there: nothing of it can be called as it is."""
    found = {"edition": _beside, "supplement": _alike}.get(source.kind)
    yield from (FormError(source.file, *one) for one in (found(source) if found else ()))


def together(source: Source) -> Iterator[FormError]:
    """What makes a supplement one that cannot be laid over a form beside another of the same years; they may never meet."""
    if source.kind != "supplement":
        return
    titles = supplement_titles()
    for edition in (name for name in source.data.get("editions", ()) if name in editions()):
        for other in supplements():
            theirs = source_of("supplement", other)
            if (
                other == source.id
                or edition not in theirs.data.get("editions", ())
                or not meet(source.data, theirs.data)
            ):
                continue
            try:
                beside = load_form(edition, (other,), judged=False)
            except FormError:
                continue  # told of that one
            top = Definition(source.file, source.data)
            try:
                read_supplement(top, beside, (source.id,))
            except FormError as problem:
                said = f"与补充项“{titles[other]}”（{other}）不能一起用："
                yield from (FormError(one.file, one.key, f"{said}{one.reason}", one.remedy) for one in problem.every)


def _alike(source: Source) -> Iterator[tuple[str, str, str]]:
    """Other supplements that call anything as one does: their figures would have to be called otherwise."""
    found = {edition: rivals_of(edition, source.id, source.data) for edition in source.data.get("editions", ())}
    for other, items in dict.fromkeys((one, some) for rivals in found.values() for one, some in rivals.items()):
        names, title = several(list(items), unit="项"), supplement_titles().get(other, other)
        remedy = "还没有下发的一个，换编号（表样里 A 列“本地补充”后面的、勾稽的编号，清空了程序自己编）"
        theirs = sources("supplement")[other]
        if theirs.ends is None and theirs.begins is not None and theirs.begins < (source.begins or 0):
            remedy = f"“{title}”只用到 {(source.begins or 0) - 1} 年度的，在它的“年度到”写上；不是的，{remedy}"
        yield "id", f"与补充项“{title}”（{other}）都有编号 {names}，汇总时分不清", remedy


def _meant(source: Source, last: Form) -> set[str]:
    """The figures that an edition of the package's own leaves out of its crosswalk: a drawing of it is told of others alone."""
    known = sources("edition").get(source.id)
    return left_out(load_form(source.id, judged=False), last) if known is not None and known.place is None else set()


def _lines_unsaid(form: Form, last: Form, source: Source, slate: Slate | None, meant: Set[str]) -> Iterator[FormError]:
    """The rows and columns that the crosswalk leaves unsaid, those of one part in one, but what a drawing asks about itself."""
    parts: dict[tuple[str, str], list[tuple[Strand, FormError]]] = {}
    for strand in unanswered(form, last, source.data, meant):
        if slate is None or strand.key not in slate.asked_of:
            at = _at(FormError(source.file, strand.key, ""), source, slate)
            parts.setdefault((strand.section, strand.way), []).append((strand, at))
    for found in parts.values():
        cells = [at.key.rpartition("”")[2] if slate is not None else "" for _, at in found]
        reason, remedy = question([strand for strand, _ in found], cells, last)
        yield _at(FormError(source.file, found[0][0].key, reason, remedy), source, slate)


def _fewer(source: Source, form: Form) -> Iterator[tuple[str, str, str]]:
    """The lines of the supplement before it that one has no more, or by another id: what was filed there has nothing to go on in."""
    last = _last(source)
    if last is None:
        return
    try:
        old = _form(last)
    except FormError:
        return  # told of that one
    own = {f.id: f for f in form.fields.values() if f.id.startswith(f"{SUPPLEMENT}.")}
    gone = [f for f in old.fields.values() if f.id.startswith(f"{SUPPLEMENT}.") and f.id not in own]
    for named in (True, False):
        there = [
            f
            for f in gone
            if named == any(f.label == mine.label and mine.id not in old.fields for mine in own.values())
        ]
        names = several(list(dict.fromkeys(f"“{f.row.name or f.column.name}”（{_item(f)}）" for f in there)), 6, "行")
        if there and named:
            yield "id", f"与“{last.id}”里名称相同的这些，编号不同：{names}；上年的数接不上", "编号写成上年的"
        elif there:
            yield "id", f"“{last.id}”里的这些，这一份没有：{names}", "不再要的不用管；漏了的补上，编号照上年的"


def _item(field: Field) -> str:
    """What a supplement calls the line of a figure."""
    return field.row.id.removeprefix(f"{SUPPLEMENT}.")


def _last(source: Source) -> Source | None:
    """The supplement before one: of those that are called the same but for the year, the last that begins before it."""

    def called(one: Source) -> set[str]:
        return {re.sub(r"\d", "", str(one.data.get(name, ""))) for name in ("id", "title")} - {""}

    earlier = (s for s in sources("supplement").values() if s.problem is None and s.id != source.id)
    known = [
        s for s in earlier if s.begins is not None and s.begins < (source.begins or 0) and called(s) & called(source)
    ]
    return max(known, key=lambda s: s.begins or 0, default=None)


def _before(source: Source) -> Form | None:
    """The edition that one follows, where it is sound."""
    found = before(str(source.data.get("id", "")), source.family, source.begins)
    return load_form(found.id) if found is not None and found.id in editions() else None


def _ours(source: Source, form: Form) -> bool:
    """Whether an edition is one of the package's own, which are copied out of a notice once and stay as they are; a drawing of one
    that nobody has changed is it too.
    """
    known = sources("edition").get(source.id)
    if known is None or known.place is not None:
        return False
    own = load_form(source.id, judged=False)
    alike = (f.name for f in fields(Form) if f.name not in ("lexicon", "origin"))
    return known.data == source.data or all(getattr(form, name) == getattr(own, name) for name in alike)


def _form(source: Source) -> Form:
    """The form of a definition, with all that an edition of the house has; of a supplement, over the newest edition it is for."""
    top = Definition(source.file, source.data)
    file = f"{source.data.get('id', '')}.toml"
    if source.kind == "edition":
        read_definition(top)
        return form_of(Origin(((file, source.text),)))
    names = [name for name in source.data.get("editions", ()) if name in sources("edition")]
    if not names:
        raise top.error("editions", "没有一个认得的格式版本", f"现有：{'、'.join(sources('edition'))}")
    for name in names:
        read_supplement(Definition(source.file, source.data), load_form(name, judged=False))
    base = ground_of(names)
    assert base is not None and base.origin is not None
    return form_of(Origin((*base.origin.texts, (file, source.text)), base.origin.last))


def _at(problem: FormError, source: Source, slate: Slate | None) -> FormError:
    if slate is not None:
        return slate.placed(problem)
    return problem if problem.key.startswith("第 ") else placed(problem, source.text)


def _beside(source: Source) -> Iterator[tuple[str, str, str]]:
    """Another edition that begins in the same year as one does."""
    for other in _others(source):
        if source.begins is not None and other.begins == source.begins:
            yield (
                "years.from",
                f"与“{other.id}”都从 {source.begins} 年度起用",
                "改起用的年度；同一年有两种表的，写上 family",
            )


def _unknown(source: Source) -> Iterator[tuple[str, str, str]]:
    """The editions that one is held against which are not there."""
    if source.kind != "edition":
        return
    last = source.data.get("last")
    known = sorted({other.id for other in _others(source)})
    for way in ("same", "from"):
        named = last.get(way) if isinstance(last, dict) else None
        for edition in named if isinstance(named, dict) else ():
            if edition not in known:
                yield f"last.{way}.{edition}", f"对照的上一版“{edition}”不认识", f"现有：{'、'.join(known) or '无'}"


def ends(source: Source) -> Iterator[FormError]:
    """The edition that a new one takes the place of, where it is not there yet: nobody should be surprised by that."""
    if source.kind == "edition" and source.id not in sources("edition") and source.begins is not None:
        before = [s for s in _others(source) if s.begins is not None and s.begins < source.begins]
        if before:
            last = max(before, key=lambda s: s.begins or 0)
            yield FormError(source.file, "years.from", f"收进来以后，“{last.id}”用到 {source.begins - 1} 年度为止", "")


def _others(source: Source) -> list[Source]:
    name = source.data.get("id")
    return [s for s in sources("edition").values() if s.id != name and s.family == source.family]
