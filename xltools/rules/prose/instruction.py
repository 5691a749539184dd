"""Instructions left standing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import ClassVar

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import Finding
from xltools.form.model import Filing, Form
from xltools.rules.prose.text import TextRule, paragraphs
from xltools.rules.prose.tokens import sentences

_MARK = expression(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Instruction(TextRule):
    """No sentence of the format's own instruction stands in the text; ``also`` are others that formats print in their place."""

    kind: ClassVar[str] = "text.instruction"
    rank: ClassVar[int] = 90

    also: tuple[str, ...] = ()

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each paragraph in which one does."""
        printed = _instructions(filing.form, self.also)
        may = {name: _may_be_in("\n".join(filing.texts.get(name, ())), known) for name, known in printed.items()}
        for section, at, paragraph in paragraphs(filing) if any(may.values()) else ():
            known = _may_be_in(paragraph, may[section.id])
            bare = _bare(paragraph) if known else ""
            if not any(words in bare for words in known):
                continue
            left = next((s for s in sentences(paragraph) if _bare(s) in printed[section.id]), "")
            if left:
                yield self.breach("text-instruction", at, quote=left)


@lru_cache(maxsize=32)
def _instructions(form: Form, also: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """The instruction of each part, whole, by sentence, without what leads it in, and that alone, and others; as bare letters."""
    found = {}
    for section in form.text_sections:
        lead, _, rest = section.text.partition("：")
        said = (section.text, lead, rest, *sentences(section.text), *sentences(rest), *also)
        found[section.id] = frozenset(filter(None, map(_bare, said)))
    return found


def _may_be_in(text: str, known: Iterable[str]) -> list[str]:
    """The instructions of which every letter stands in a text. Of most texts there is none, and their marks need not be taken out."""
    return [words for words in known if all(letter in text for letter in words)]


def _bare(text: str) -> str:
    return _MARK.sub("", text)
