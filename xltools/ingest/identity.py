"""Whose report it is, of which year: from its title and the period it says it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from xltools.classes import dataclass
from xltools.ingest.document import PrintedLine
from xltools.ingest.texts import is_below
from xltools.ingest.wording import core_name, squeezed, unspaced
from xltools.terms import Level

_LOOKED_AT, _JOINED, _TITLE_LIMIT = 60, 3, 70
"""Lines in which a title is looked for, lines over which it may be broken, characters it may have."""

_AS_GOOD = 0.1
"""How much less well a title may read than the best to be taken for one as well."""

_TITLE_END, _TITLES_LIMIT = 2, 2000
"""Characters with which every title ends, and lines of a document that are looked at for having them."""

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"((?:19|20|21)\d{2})年?度?")
_YEAR_IN_WORDS = re.compile(r"[二][〇零○0][一二三四五六七八九〇零○]{2}年")
_PERIOD = re.compile(r"((?:19|20|21)\d{2})年1月1日.{0,8}?((?:19|20|21)\d{2})年12月31日")
_EDGES = " 　·:：-—_《》“”\"'|>#*"

_LEVELS: tuple[tuple[str, Level], ...] = (
    (r"(?:镇|鎮|乡|鄉|街道)(?:人民政府|政府|办事处|辦事處|党政办公室)?", "township"),
    (r"(?:省|自治区|自治區)(?:人民政府|政府)?", "province"),
    (r"(?:州|盟|地区)(?:人民政府|政府|行政公署)|自治州", "city"),
    (r"(?:区|區)(?:人民政府|政府)|(?:县|縣|旗|林区|特区)(?:人民政府|政府)?", "county"),
    (r"(?:局|委|委员会|委員會|办公室|中心|厅|廳|处|院|队|所|站|公安局.{0,8}分局)", "department"),
)
"""How names end, and what that makes of an agency."""

_ZONE = re.compile(
    r"(?:开发|高新|技术|新|园|示范|试验|实验|度假|管理|风景|名胜|保税|合作|工业|产业|旅游|经济|功能|片|社|景|库|校|小|院|厂|矿)[区區]\Z"
)
_DISTRICT = re.compile(r"[区區]\Z")
"""A district, if it is no zone of another kind."""

_CITY = re.compile(r"市(?:人民政府|政府)?\Z")
"""A city is one with districts, or a county's like: its name does not tell."""


_NATIONAL = re.compile(r"国家|國家|中华人民共和国|国务院|全国")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report says of itself; "" and None where it says nothing."""

    name: str = ""
    year: int | None = None
    period: int | None = None
    """The year of the period that the report says it covers."""
    others: tuple[str, ...] = ()
    """Titles of other reports above its own, as on a page with a list of them: whose, of which year."""


def identify(lines: Sequence[PrintedLine], end: int, title: str, parts: Sequence[str] = ()) -> Identity:
    """The identity of a report from the lines before its first part (``end``), by the form's ``title``; ``parts`` are the names that
    may stand behind the year of one that is filed for parts of it."""
    behind = re.compile(rf"(?<=年)\s*(?:{'|'.join(map(re.escape, parts))})") if parts else None
    head = [line.text for line in lines[: min(max(end, 1), _LOOKED_AT)]]
    head = [behind.sub("", text) for text in head] if behind else head
    titles = list(_titles(head, title))
    best = max((how for how, *_ in titles), default=0.0)
    # Of several as good the one nearest to the report is its own.
    *before, (_, name, year) = [t for t in titles if t[0] >= best - _AS_GOOD] or [(0.0, "", None)]
    others = (
        f"{n}{y or ''}" for _, n, y in before if (n and not _same(n, name)) or (None not in (y, year) and y != year)
    )
    period = next((int(m[1]) for text in head if (m := _PERIOD.search(squeezed(text))) and m[1] == m[2]), None)
    return Identity(name, year, period, tuple(dict.fromkeys(others)))


def _same(one: str, other: str) -> bool:
    """Whether two names may be the same agency's: one is in the other."""
    a, b = core_name(one), core_name(other)
    return a in b or b in a


def title_shown(lines: Sequence[PrintedLine], title: str) -> float:
    """How well the head of a document shows a title: 0 for not at all."""
    head = [line.text for line in lines[:_LOOKED_AT]]
    return max((found[0] for found in _titles(head, title)), default=0.0)


def _titles(head: Sequence[str], title: str) -> Iterator[tuple[float, str, int | None]]:
    """The runs of lines that read like the title, by their last lines the best: how well, the name before it, the year in it."""
    for end in range(1, len(head) + 1):
        runs = (_title("".join(head[first:end]), title) for first in range(end - 1, max(end - 1 - _JOINED, -1), -1))
        if found := max(filter(None, runs), key=lambda t: t[0], default=None):
            yield found


def titles_in(lines: Sequence[PrintedLine], title: str) -> Iterator[tuple[int, Identity]]:
    """The lines of a whole document at which a report's title begins, and what it says; what a page puts below is none."""
    looked = 0
    for at, line in enumerate(lines):
        if title[-_TITLE_END:] not in line.text or len(line.text) > _TITLE_LIMIT or looked > _TITLES_LIMIT:
            continue
        looked += 1
        for count in range(_JOINED):
            first = max(0, at - count)
            text = "".join(line.text for line in lines[first : at + 1])
            if is_below(lines[first].text):
                break
            if (found := _title(text, title)) and (found[1] or found[2]):
                yield first, Identity(found[1], found[2])
                break


@lru_cache(maxsize=2000)
def _title(words: str, title: str) -> tuple[float, str, int | None] | None:
    """How well words read as the title, the name before it, the year in it."""
    if len(words) > 2 * _TITLE_LIMIT:
        return None
    text = squeezed(words)
    if not text or len(text) > _TITLE_LIMIT:
        return None
    blocks = [b for b in SequenceMatcher(None, text, title, autojunk=False).get_matching_blocks() if b.size > 1]
    covered = sum(b.size for b in blocks) / len(title)
    if covered < 0.7 or len(text) - blocks[-1].a - blocks[-1].size > 12:
        return None
    year = year_in(text)
    as_printed = unspaced(words)
    name = _name((as_printed if len(as_printed) == len(text) else text)[: blocks[0].a])
    return covered + (0.1 if year else 0) + (0.2 if name else 0) - len(text) / 1000, name, year


def year_in(text: str) -> int | None:
    """The first year named in a text, in figures or in words."""
    if match := _YEAR_IN_WORDS.search(text):
        text = text.replace(match[0], match[0].translate(_DIGITS))
    match = _YEAR.search(text)
    return int(match[1]) if match else None


def _name(text: str) -> str:
    words = _YEAR_IN_WORDS.sub("", _YEAR.sub("", text)).strip(_EDGES)
    for opening in ("关于", "年度"):
        words = words.removeprefix(opening).removesuffix(opening)
    return words.strip(_EDGES) if len(words) <= 40 else ""


def level_in(name: str) -> tuple[Level, bool]:
    """The level that a name tells, and whether it tells it plainly."""
    if _NATIONAL.match(name):
        return "state", False
    for ending, level in _LEVELS:
        if re.search(rf"{ending}\Z", name):
            return level, True
    if _DISTRICT.search(name) and not _ZONE.search(name):
        return "county", False
    return ("city" if _CITY.search(name) else "department"), False
