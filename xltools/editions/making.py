"""A form made of its definitions; most runs take it as an earlier one made it, and import none of this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xltools.editions.additions import read_supplement
from xltools.editions.definition import read_definition
from xltools.editions.notation import parsed, placed
from xltools.editions.rulebook import packed
from xltools.editions.shelves import sources
from xltools.editions.source import Definition
from xltools.editions.wordbook import read_lexicon
from xltools.errors import FormError, FormErrors
from xltools.form.fields import Origin
from xltools.form.lexicon import Lexicon
from xltools.form.model import Form


def made(origin: Origin) -> Form:
    """The form that definitions give; FormError where one is bad, told by line."""
    form = read_form(origin.texts[0])
    form = replace(
        form, years=(form.years[0], min((y for y in (form.years[1], origin.last) if y is not None), default=None))
    )
    for source in origin.texts[1:]:
        form = read_form(source, form, origin.spaces)
    for file, text in origin.packs:
        with told_by_line(text):
            form = replace(form, rules=packed(Definition(file, parsed(text, file)), form.rules))
    return replace(form, lexicon=_lexicon(form), origin=origin)


def read_form(source: tuple[str, str], below: Form | None = None, spaces: frozenset[str] = frozenset()) -> Form:
    """The form of an edition's definition, or of a supplement's over ``below``; mistakes are told by line."""
    file, text = source
    top = Definition(file, parsed(text, file))
    with told_by_line(text):
        return read_definition(top) if below is None else read_supplement(top, below, spaces)


@contextmanager
def told_by_line(text: str) -> Iterator[None]:
    """What is wrong inside with a definition is told with the lines of its text."""
    try:
        yield
    except FormError as problem:
        told = [placed(one, text) for one in problem.every]
        raise told[0] if len(told) == 1 else FormErrors(told) from None


def _lexicon(form: Form) -> Lexicon:
    return read_lexicon((Definition(s.file, s.data) for s in sources("lexicon").values()), form)
