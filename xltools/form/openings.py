"""The paragraph that a published report opens with: kept in a workbook's document properties, and made the next year's."""

from __future__ import annotations

from collections.abc import Mapping

from xltools.characters import visible
from xltools.expressions import expression
from xltools.form.layout import PROPERTY
from xltools.ooxml.pieces import joined, pieces

_NAME, _TEXT = f"{PROPERTY}opening", "text"
OPENING_LIMIT = 3000
"""Characters of an opening: longer ones are none."""

_YEAR = expression(r"(?<![0-9])[0-9]{4}(?=年)")
_OTHER_YEAR = expression(r"[〇○零一二三四五六七八九]{4}年")


def opening_properties(opening: str) -> dict[str, str]:
    """The document properties that keep an opening; none for none."""
    return pieces(_NAME, {_TEXT: opening} if opening else {})


def opening_in(properties: Mapping[str, str]) -> str:
    """The opening that document properties keep; "" where there is none, or what nobody would publish."""
    said = joined(_NAME, properties).get(_TEXT)
    return shown(said) if isinstance(said, str) else ""


def shown(opening: str) -> str:
    """An opening with the paragraphs that say something, one a line, and nothing in them that is not seen."""
    text = "\n".join(filter(None, (visible(line).strip() for line in opening.split("\n"))))
    return text if len(text) <= OPENING_LIMIT else ""


def renewed(opening: str, last: int, year: int) -> str:
    """Last year's opening as this year's: every year in it must be the last one, or nothing is certain and there is none."""
    years = {int(found) for found in _YEAR.findall(opening)}
    if years - {int(last)} or _OTHER_YEAR.search(opening):
        return ""
    return _YEAR.sub(str(int(year)), opening)
