"""Lexicons: which words of a report name which quantities, from TOML; a bad one is refused naming file, key and reason.

A quantity applies in every form that has the fields of its sum, whatever its edition; words that only quantities of other forms
use are left out with these. So a new edition has the phrases of all figures that it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import chain, product

from xltools.classes import dataclass
from xltools.editions.source import Definition
from xltools.expressions import expression
from xltools.figures import FieldType
from xltools.form.algebra import parse_sum
from xltools.form.lexicon import NUMBER, OWN, ROLES, Lexicon, Matter, Phrase, Quantity
from xltools.form.model import Form
from xltools.form.sums import Sum
from xltools.numerals import plain

_NUMBERING = expression(r"\A(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d+\.)")
_ASIDE = expression(r"\([^()]*\)\Z")


@dataclass
class _Book:
    """The lexicon while it is read from several files."""

    form: Form
    words: dict[str, str] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    under: dict[str, frozenset[str]] = field(default_factory=dict)
    beside: dict[str, frozenset[str]] = field(default_factory=dict)
    joint: dict[frozenset[str], str] = field(default_factory=dict)
    tells: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    items: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    parts: set[str] = field(default_factory=set)
    ways: tuple[tuple[str, ...], ...] = ((), (), ())
    applicants: tuple[tuple[str, ...], ...] = ((), (), ())
    phrases: dict[Phrase, list[Quantity]] = field(default_factory=dict)
    none: dict[Phrase, list[Quantity]] = field(default_factory=dict)
    organs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    fee_section: str = ""
    fee_sign: Sum | None = None

    def word(self, d: Definition, name: str, words: Iterable[str], kind: str) -> None:
        for word in map(plain, words):
            if not word:
                raise d.error(name, "有一个词是空的")
            if self.words.setdefault(word, kind) != kind:
                raise d.error(name, f"“{word}”已经归在“{self.words[word]}”，不能又归在“{kind}”")


def read_lexicon(files: Iterable[Definition], form: Form) -> Lexicon:
    """The lexicon of a form: all that the files say of fields it has; FormError names file, key and reason."""
    book, all_files = _Book(form), tuple(files)
    entries = [(entry, values) for d in all_files for entry in d.parts("quantity", []) for values in _each(entry)]
    chosen = [(entry, values) for entry, values in entries if _applies(entry, values, form)]
    foreign = _named(entries) - _named(chosen)
    for d in all_files:
        d.only(
            "roles",
            "topics",
            "under",
            "beside",
            "joint",
            "tells",
            "published",
            "words",
            "parts",
            "ways",
            "applicants",
            "own",
            "units",
            "fee",
            "quantity",
            "matter",
        )
        _words(d, book, foreign)
    for entry, values in chosen:
        _quantity(entry, values, book)
    matters = [_matter(d.part("matter", {})) for d in all_files if d.file in {entry.file for entry, _ in chosen}]
    for d in all_files:
        d.finish()
    return Lexicon(
        words=book.words,
        topics=frozenset(book.topics),
        under=book.under,
        beside=book.beside,
        joint=book.joint,
        tells=book.tells,
        listed=frozenset(book.listed),
        items=book.items,
        sorts=frozenset(book.sorts),
        parts=frozenset(book.parts),
        ways=book.ways,
        applicants=book.applicants,
        phrases={phrase: tuple(found) for phrase, found in book.phrases.items()},
        none={phrase: tuple(found) for phrase, found in book.none.items()},
        organs=book.organs,
        others=book.others,
        counts=book.counts,
        money=book.money,
        fee=book.fee,
        fee_section=book.fee_section,
        fee_sign=book.fee_sign,
        matter=Matter(*(tuple(dict.fromkeys(chain.from_iterable(words))) for words in zip(*matters, strict=True)))
        if matters
        else Matter(),
    )


def _matter(d: Definition) -> tuple[tuple[str, ...], ...]:
    """The words of a file on what a return is about; they count where the form has any of its quantities."""
    d.only("about", "doings", "titles")
    return tuple(d.texts(name, []) for name in ("about", "doings", "titles"))


def _applies(entry: Definition, chosen: Mapping[str, str], form: Form) -> bool:
    """Whether a form has all fields of a quantity's sum."""
    return all(name in form.fields for name in _parsed(entry, "sum", _filled(entry.text("sum"), chosen)).fields)


def _named(entries: Iterable[tuple[Definition, Mapping[str, str]]]) -> set[str]:
    """The topics and classes that quantities name."""
    said = ((entry.text("topic"), *entry.texts("phrases", []), *entry.texts("none", [])) for entry, _ in entries)
    return {word for texts in said for text in texts for word in re.split(r"[\s|?]+", text)}


def _words(d: Definition, book: _Book, foreign: set[str]) -> None:
    roles = d.part("roles", {})
    roles.only(*(role[1:] for role in ROLES))
    for name in roles.data:
        book.word(roles, name, roles.texts(name), f"@{name}")
    for table, kinds in (("topics", book.topics), ("parts", book.parts), ("words", set[str]())):
        part = d.part(table, {})
        for name in (name for name in part.data if name not in foreign):
            book.word(part, name, (*part.texts(name), *((name,) if table != "parts" else ())), name)
            kinds.add(name)
    _topics(d, book, foreign)
    book.ways = _lists(d, "ways", ("begin", "end", "all"), book.ways)
    book.applicants = _lists(d, "applicants", ("persons", "others", "joins"), book.applicants)
    if "own" in d.data:
        own = d.part("own")
        own.only("before", "organs", "others", "whole")
        book.organs, book.others = own.texts("organs"), own.texts("others")
        ours = (before + organ for before, organ in product(own.texts("before"), book.organs))
        book.word(own, "organs", (*ours, *own.texts("whole")), OWN)
    if "units" in d.data:
        units = d.part("units")
        units.only("count", "money")
        book.counts, book.money = units.texts("count"), units.texts("money")
    if "fee" in d.data:
        _fee(d.part("fee"), book)


def _lists(
    d: Definition, name: str, keys: tuple[str, ...], known: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The lists of words of a table; those known, where a file has none."""
    if name not in d.data:
        return known
    part = d.part(name)
    part.only(*keys)
    return tuple(tuple(map(plain, part.texts(key))) for key in keys)


def _topics(d: Definition, book: _Book, foreign: set[str]) -> None:
    """What a file says of topics: which may stand under which, what goes with them only beside 信息公开, what several are together,
    what tells of one without its name, which are published."""
    under = dict(_of_topics(d.part("under", {}), book, foreign, among=True))
    book.under |= {name: frozenset(book.topics.intersection(said)) for name, said in under.items()}
    joint = _of_topics(d.part("joint", {}), book, foreign, among=True)
    book.joint |= {frozenset(said): name for name, said in joint}
    book.beside |= {name: frozenset(said) for name, said in _of_topics(d.part("beside", {}), book, foreign)}
    book.tells |= {word: name for name, said in _of_topics(d.part("tells", {}), book, foreign) for word in said}
    published = d.part("published", {})
    published.only("topics", "units", "sorts")
    for topic in published.texts("topics", []):
        if topic not in book.topics | foreign:
            raise published.error("topics", f"topics 里没有“{topic}”")
        book.listed |= {topic} - foreign
    book.items += published.texts("units", [])
    book.sorts += published.texts("sorts", [])


def _of_topics(
    part: Definition, book: _Book, foreign: set[str], among: bool = False
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a table says of each topic; ``among``: what it says are topics too. FormError where one is none."""
    for name in (name for name in part.data if name not in foreign):
        said = part.texts(name)
        for topic in (name, *(said if among else ())):
            if topic not in book.topics | foreign:
                raise part.error(name, f"topics 里没有“{topic}”")
        yield name, said


def _fee(d: Definition, book: _Book) -> None:
    d.only("words", "section", "sign")
    book.fee += d.texts("words", [])
    if "section" in d.data:
        section = d.text("section")
        book.fee_section = section if section in (s.id for s in book.form.text_sections) else book.fee_section
    if "sign" in d.data and all(name in book.form.fields for name in _parsed(d, "sign", d.text("sign")).fields):
        book.fee_sign = _sum(d, "sign", d.text("sign"), book.form)[0]


def _each(d: Definition) -> Iterator[dict[str, str]]:
    d.only("id", "each", "name", "sum", "topic", "none", "phrases")
    each = d.part("each", {})
    for values in product(*(each.texts(name) for name in each.data)):
        yield dict(zip(each.data, values, strict=True))


def _parsed(d: Definition, name: str, text: str) -> Sum:
    """A sum of fields as written; FormError where it cannot be read."""
    try:
        return parse_sum(text)
    except ValueError as problem:
        raise d.error(name, str(problem)) from None


def _filled(text: str, chosen: Mapping[str, str]) -> str:
    for name, value in chosen.items():
        text = text.replace("{" + name + "}", value)
    return text


def _sum(d: Definition, name: str, text: str, form: Form) -> tuple[Sum, tuple[str, ...], FieldType]:
    """A sum over input fields, its fields as written, and their one type."""
    written = _parsed(d, name, text)
    types = {form.fields[f].type for f in written.fields}
    if len(types) != 1:
        raise d.error(name, "没有指标，或者各指标单位不同")
    return written.over_inputs({f: item.parts for f, item in form.fields.items()}), written.fields, types.pop()


def _quantity(d: Definition, chosen: Mapping[str, str], book: _Book) -> None:
    total, anchors, kind = _sum(d, "sum", _filled(d.text("sum"), chosen), book.form)
    first = book.form.fields[anchors[0]]
    quantity = Quantity(_filled(d.text("id"), chosen), d.text("name", first.place), total, anchors, kind)
    topic = d.text("topic")
    if topic not in book.topics:
        raise d.error("topic", f"topics 里没有“{topic}”")
    label = _bare(first.row.name if "row" in chosen else first.column.name)
    for classes in _phrases(d, "phrases", label, book):
        bare = tuple(c for c in classes if c != NUMBER)
        for order in {classes} if NUMBER in classes else {(*bare, NUMBER), (NUMBER, *bare)}:
            _add(book.phrases, (topic, *order), quantity)
    for classes in _phrases(d, "none", label, book):
        _add(book.none, (topic, *classes), quantity)


def _phrases(d: Definition, name: str, label: str, book: _Book) -> Iterator[tuple[str, ...]]:
    """The phrases of a key, each as its classes: ``收到|新收 提出?`` are four."""
    for text in d.texts(name, []):
        words = [word.removesuffix("?").split("|") + [""] * word.endswith("?") for word in text.split()]
        for chosen in product(*words):
            yield tuple(_class(d, name, text, word, label, book) for word in chosen if word)


def _class(d: Definition, name: str, text: str, word: str, label: str, book: _Book) -> str:
    """A class that a phrase names; ``{label}`` is the printed label of the row or column, a word like any other."""
    if word == "{label}":
        book.word(d, "phrases", (label,), book.words.get(label, label))
        return book.words[label]
    if word != NUMBER and word not in ROLES and word not in book.words.values():
        raise d.error(name, f"“{text}”里的“{word}”不是一类词")
    return word


def _add(table: dict[Phrase, list[Quantity]], phrase: Phrase, quantity: Quantity) -> None:
    found = table.setdefault(phrase, [])
    if quantity.id not in (q.id for q in found):
        found.append(quantity)


def _bare(label: str) -> str:
    """A printed label as people write it in a sentence: without numbering and asides."""
    return _ASIDE.sub("", _NUMBERING.sub("", plain(label)))
