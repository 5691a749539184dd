"""Editions and supplements: TOML files read into frozen forms. The only room that knows what a form file looks like."""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

from xltools.derived import derived
from xltools.editions.notation import parsed
from xltools.editions.shelves import Kind, Source, desk, packs, sources
from xltools.errors import FormError, FormErrors, XltoolsError
from xltools.form.fields import Origin
from xltools.form.model import Form
from xltools.rules import kinds

__all__ = ["edition_for", "editions", "families", "form_of", "load_form", "supplement_titles", "supplements", "unsound"]

_WORDS: dict[Kind, str] = {"edition": "格式版本", "supplement": "补充项", "lexicon": "说法", "pack": "规则包"}


def source_of(kind: Kind, name: str) -> Source:
    """The definition of an id; XltoolsError for an unknown one, FormError for one that cannot be read."""
    known = sources(kind)
    if name not in known:
        raise XltoolsError(f"没有名为“{name}”的{_WORDS[kind]}；现有：{'、'.join(known) or '无'}")
    if problem := known[name].problem:
        raise problem
    return known[name]


def editions() -> tuple[str, ...]:
    """The ids of all editions that are sound, sorted."""
    return tuple(name for name, source in sources("edition").items() if _problem(source) is None)


def families() -> dict[str, tuple[str, ...]]:
    """The editions that are sound, oldest first, by the family they are of; "" is the one that needs no name."""
    found: dict[str, list[Source]] = {}
    for name in editions():
        source = source_of("edition", name)
        found.setdefault(source.family, []).append(source)
    return {name: tuple(s.id for s in sorted(of, key=lambda s: s.begins or 0)) for name, of in sorted(found.items())}


def unsound() -> Iterator[FormError]:
    """What is wrong with definitions that cannot be used."""
    for kind in ("edition", "supplement"):
        yield from (
            problem for s in sources(kind).values() if (problem := _problem(s) if kind == "edition" else s.problem)
        )


def _problem(source: Source) -> FormError | None:
    return source.problem or _unsound(source.file, source.text)


@lru_cache(maxsize=256)
def _unsound(file: str, text: str) -> FormError | None:
    def problem() -> FormError | None:
        from xltools.editions.making import read_form

        try:
            read_form((file, text))
        except FormError as problem:
            return problem
        return None

    return derived("unsound", repr((file, text)), problem)


def supplements() -> tuple[str, ...]:
    """The ids of all supplements."""
    return tuple(name for name, source in sources("supplement").items() if source.problem is None)


def supplement_titles() -> dict[str, str]:
    """The titles of all supplements by id."""
    return {name: str(sources("supplement")[name].data.get("title", name)) for name in supplements()}


def pack_titles() -> dict[str, str]:
    """The titles by id of the rule packs by which is judged now."""
    return {source.id: str(source.data.get("title", source.id)) for source in packs()}


def load_form(edition: str, supplements: tuple[str, ...] = (), *, judged: bool = True) -> Form:
    """The form of an edition with supplements laid over it; XltoolsError for an unknown id, FormError for a bad file.

    The rule packs of the working folder are in its rules, unless it is for none to be ``judged`` by. The same edition and
    supplements give the very same form, for its layout and all else is kept for it.
    """
    first = source_of("edition", edition)
    over = tuple(source_of("supplement", name) for name in dict.fromkeys(supplements))
    texts = tuple((source.file, source.text) for source in (first, *over))
    judging = packs() if judged else ()
    for source in judging:
        if source.problem:
            raise source.problem
    judged_by = tuple((f"{source.id}.toml", source.text) for source in judging)
    try:
        return form_of(Origin(texts, _end(first), spaces_for(edition, supplements), judged_by))
    except FormError as problem:
        lists = {f"{source.id}.toml": source for source in judging if source.cells}
        told = [lists[one.file].placed(one) if one.file in lists else one for one in problem.every]
        raise told[0] if len(told) == 1 else FormErrors(told) from None


def origin_of(texts: tuple[tuple[str, str], ...]) -> Origin:
    """The origin of a form by the definitions that a workbook carries: the edition's first, then supplements, then rule packs."""
    edition, *over = texts
    judging = tuple(one for one in over if "change" in (data := parsed(one[1], one[0])) and "editions" not in data)
    laid = tuple(one for one in over if one not in judging)
    names = (file.removesuffix(".toml") for file, _ in laid)
    return Origin((edition, *laid), spaces=spaces_for(edition[0].removesuffix(".toml"), names), packs=judging)


def spaces_for(edition: str, supplements: Iterable[str]) -> frozenset[str]:
    """Of some supplements those whose figures have a namespace of their own: another one that is known calls a line the same."""
    if not (used := frozenset(supplements)):
        return used
    from xltools.editions.additions import clashing

    known = {name: source.data for name, source in sources("supplement").items()}
    return clashing(known, edition) & used


@lru_cache(maxsize=512)
def form_of(origin: Origin) -> Form:
    """The form that definitions give, an edition's and those of supplements: FormError where one is bad, told by line."""
    kinds()  # what codes they have becomes known
    words = [(source.file, source.text) for source in sources("lexicon").values()]
    return derived("form", repr((origin, words)), partial(_made, origin), _dumped)


def _made(origin: Origin) -> Form:
    from xltools.editions.making import made

    return made(origin)


def _dumped(form: Form) -> bytes:
    """A form with all that is in it, not as what it goes to another process by; what is asked of every form is worked out."""
    _ = form.digest, form.inputs, form.totals
    out = io.BytesIO()
    pickler = pickle.Pickler(out)
    pickler.dispatch_table = {**copyreg.dispatch_table, Form: lambda form: form.__reduce_ex__(4)}
    pickler.dump(form)
    return out.getvalue()


def _end(source: Source) -> int | None:
    """The last year of an edition: the one before the next edition of its family begins. So a frozen file stays as it is."""
    first = source.begins
    begins = [s.begins for s in sources("edition").values() if s.family == source.family]
    return min((year - 1 for year in begins if year is not None and first is not None and year > first), default=None)


# A form goes to another process by its definitions, and is there the one form again that its layout and all else is kept for.
copyreg.pickle(
    Form, lambda form: (form_of, (form.origin,)) if form.origin else (load_form, (form.edition, form.supplements))
)


def edition_for(year: int, family: str | None = None) -> str:
    """The edition that a report year uses, of a family, else of the one that the call is about; XltoolsError where there is none.

    Where no family is named it is the one that needs no name, else the only one that has a form for the year. A file that cannot be
    used, and may be the year's, is never passed over for an older one.
    """
    family = desk().family if family is None else family
    if family is None:
        family = _only_family(year)
    known = [source for source in sources("edition").values() if source.family == family or source.problem]
    covering = []
    for source in known:
        last = min((y for y in (source.ends, _end(source)) if y is not None), default=year)
        if (source.begins is None or source.begins <= year) and year <= last:
            if problem := _problem(source):
                raise problem
            covering.append(source)
    if not covering:
        raise XltoolsError(_none_for(year, family))
    newest = max(source.begins or 0 for source in covering)
    alike = [source for source in covering if source.begins == newest]
    own = [source for source in alike if source.place is not None] or alike
    if len(own) > 1:
        names = "、".join(source.id for source in own)
        raise XltoolsError(
            f"{year} 年度有几个格式版本，不知道用哪一个：{names}；"
            "同一种报表的，请在不用的一份里写上 years 的 to，或者移走；不是同一种的，写上 family（报表种类）"
        )
    return own[0].id


def _only_family(year: int) -> str:
    """The family of a call that names none: the one without a name where it has a form for the year, else the only one that has."""
    covering = [name for name, ids in families().items() if any(load_form(one).covers(year) for one in ids)]
    if "" in covering or len(covering) < 2:
        return covering[0] if covering else ""
    raise XltoolsError(f"{year} 年度有几种报表：{'、'.join(covering)}；请用 --family 指明一种")


def _none_for(year: int, family: str) -> str:
    """That a family has no form for a year, in words."""
    others = [name for name in families() if name]
    if family and family not in others:
        return f"没有名为“{family}”的报表种类；现有：{'、'.join(others) or '无'}"
    kind = f"“{family}”" if family else ""
    return f"没有 {year} 年度可用的{kind}格式版本；现有版本见 xltools forms list"
