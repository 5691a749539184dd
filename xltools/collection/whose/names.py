"""What people call the agencies of a roster: full names, and the short forms that follow from them (住房和城乡建设局: 县住建局).

A short form keeps the first character of a name, any of the others in their order, and the ending. Which agency one means is told by
the roster alone: a form that fits two of them means neither.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from xltools.classes import dataclass
from xltools.expressions import expression

_LEVELS = "省市州县区旗盟"
_PLACE = expression(rf"[^{_LEVELS}]{{1,8}}?(?:自治[{_LEVELS}]|[{_LEVELS}])")
"""A place at the beginning of a name: 青禾县, 清源市."""

_SETTLED = "镇|乡|街道|苏木"
_ENDINGS = (
    ("管理委员会", "(?:管理?)?委(?:员会|会)?", ""),
    ("管委会", "(?:管理?)?委(?:员会|会)?", ""),
    ("委员会", "委(?:员会)?", "委"),
    ("办公室", "办(?:公室)?", "办"),
    ("办事处", "(?:党工委)?(?:办(?:事处)?)?", ""),
    ("人民政府", "(?:人民)?(?:政府)?", ""),
)
"""How names end, how people write that, and the word for it after 我 or 本 (nothing: what stands before the ending)."""

_ORGANS = (*"局委办厅院所站队处室会", "中心", "中队", "大队", "支队")
_GOES_ON = expression(
    r"[一-鿿]{1,6}?(?:局(?![限面势])|委(?![托派员])|办公室|院|所(?![有以属在需涉])|站(?![点在])|队(?!伍)|中心(?!工作|任务)|厅|学校|[中小]学|公司)"
)
_ITSELF = expression(
    r"人民|政府|党委|党政|办公室|办事处|党工委|管委会|严格|认真|坚持|积极|始终|高度|"
    r"全面|持续|切实|主动|深入|扎实|不断|按照|依据"
)
_BEFORE = "由向与和及的在经对请从为给是按据将把被让即又同跟报本我全该归属系年度"
_LEAST = 2
"""Characters that a short form keeps of a name besides its ending: 市局 and 县局 are nobody's."""


@dataclass(frozen=True, slots=True)
class NameMention:
    """An agency named in a text: where from and to, and its code."""

    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class _Known:
    code: str
    """Of the one agency with this name of its own; "" where there are several."""
    core: str
    settled: bool
    """Whether it is called by its place alone (河口镇), after which another name may go on (河口镇财政所)."""

    def match(self, text: str, begin: int) -> re.Match[str] | None:
        """Whether a text goes on with it. Of a country's names hardly any is ever tried."""
        return _compiled(self.core).match(text, begin)


class Names:
    """The agencies of a roster, to be found by what people call them.

    ``named`` holds names by code; ``above`` the names of the areas that they belong to.
    """

    def __init__(self, named: Mapping[str, str], above: Iterable[str] = ()) -> None:
        plain = [_plain(name) for name in named.values()]
        self._places = _places(plain, [_plain(name) for name in above])
        self._lengths = sorted({len(place) for place in self._places})
        self._named = named
        codes: dict[bool, dict[str, str]] = {False: {}, True: {}}
        for code, name in zip(named, plain, strict=True):
            for core, short in self._cores(name):
                if codes[short].setdefault(core, code) != code:
                    codes[short][core] = ""
        self._by_start: dict[str, list[_Known]] = {}
        """By the two characters of a text where one of them may begin: what is tried there must not grow with the roster."""
        for short, those in codes.items():
            for own, code in those.items():
                pattern, settled = _pattern(own)
                known = _Known(code, own, settled and not short)
                for second in {*pattern} - {*"(?:)|\\"}:
                    self._by_start.setdefault(own[0] + second, []).append(known)

    def kind(self, code: str) -> str:
        """What an agency calls itself after 我 or 本; "" where its name does not tell, and for one that is not here."""
        return kind_of(_plain(self._named.get(code, "")))

    def _cores(self, name: str) -> Iterator[tuple[str, bool]]:
        """An agency's name without its places, each way, and whether in short; a level's one character (市) may be the name's own
        as well."""
        places = [k for k in self._lengths if name[:k] in self._places and len(name) > k + 1]
        cores = {name[k:] for k in places} | ({name} if all(k == 1 for k in places) else set())
        for core in sorted(cores):
            yield core, False
            if core.startswith("人民政府") and core != "人民政府":  # 县政府办
                yield from ((core[2:], True), (core[3:], True))

    def may_be_in(self, text: str) -> bool:
        """Whether a name might stand anywhere in a text: of most paragraphs no two characters are such that one begins with them."""
        return bool(self._starts.search(text))

    @cached_property
    def _starts(self) -> re.Pattern[str]:
        seconds: dict[str, str] = {}
        for start in sorted(self._by_start):
            seconds[start[0]] = seconds.get(start[0], "") + re.escape(start[1])
        every = "|".join(f"{re.escape(first)}[{those}]" for first, those in seconds.items())
        return re.compile(every or r"(?!)")

    def at(self, text: str, start: int) -> NameMention | None:
        """The agency named at a place of a text, its places before it or not; None for none, and for more than one."""
        found: list[tuple[int, bool, str]] = []
        for begin in self._begins(text, start):
            for known in self._by_start.get(text[begin : begin + 2], ()):
                match = known.match(text, begin)
                if match and len(match[0]) > _LEAST and not (known.settled and _goes_on(text, match.end())):
                    found.append((match.end(), match[0] == known.core, known.code))
        if not found:
            return None
        end = max(e for e, *_ in found)
        longest = [(exact, code) for e, exact, code in found if e == end]
        meant = {code for exact, code in longest if exact} or {code for _, code in longest}
        code = meant.pop()
        return NameMention(start, end, code) if not meant and code else None

    def within(self, text: str) -> Iterator[NameMention]:
        """Every agency named in a text, wherever a name can begin."""
        at = 0
        while at < len(text):
            before = text[at - 1 : at]
            begins = not _han(before) or before in _BEFORE or self._place_ends(text, at)
            mention = self.at(text, at) if begins else None
            if mention:
                yield mention
            at = mention.end if mention else at + 1

    def _begins(self, text: str, start: int) -> set[int]:
        """Where a name's own part may begin: at the place itself, or after the places people put before it."""
        found, fresh = {start}, [start]
        while fresh:
            at = fresh.pop()
            more = {at + k for k in self._lengths if text[at : at + k] in self._places} - found
            found |= more
            fresh += more
        return found

    def _place_ends(self, text: str, at: int) -> bool:
        return any(text[at - k : at] in self._places for k in self._lengths if k <= at)


def named_anywhere(words: str, code: str, agencies: Mapping[str, str]) -> bool:
    """Whether words name one of a few agencies (names by code) anywhere, by whatever people call it; rather once too often."""
    above = [match[0] for name in agencies.values() if (match := _PLACE.match(_plain(name)))]
    names = Names(agencies, above)
    return any(mention.code == code for n in range(len(words)) if (mention := names.at(words, n)))


def kind_of(name: str) -> str:
    """What an agency calls itself after 我 or 本: 局, 委, 办, 镇, 街道; "" where its name does not tell."""
    for ending, _, word in _ENDINGS:
        if name.endswith(ending):
            return word or kind_of(name.removesuffix(ending))
    match = re.search(rf"(?:{_SETTLED}|中心|[{''.join(o for o in _ORGANS if len(o) == 1)}{_LEVELS}])\Z", name)
    return match[0] if match else ""


def _plain(name: str) -> str:
    return re.sub(r"[（(].*?[)）]|\s", "", name) or name


def _places(names: Collection[str], above: Sequence[str]) -> frozenset[str]:
    """The places before names: those of the areas above, those that several names begin with, and their levels alone (县)."""
    found: Counter[str] = Counter()
    for name in names:
        at = 0
        while (match := _PLACE.match(name, at)) and len(name) - match.end() > 1:
            found.update({name[: match.end()], match[0]})
            at = match.end()
    shared = {place for place, times in found.items() if times > 1}
    for name in above:
        place = name.removesuffix("人民政府")
        if place and place[-1] in _LEVELS and len(place) > 1:
            shared.add(place)
    first = Counter(name[0] for name in names if name[0] in _LEVELS)  # 县教育局, 县财政局
    levels = {place[-1] for place in shared} | {
        c for c, times in first.items() if 3 * times >= len(names) and times > 1
    }
    short = {place[:-1] for place in shared if len(place) > 2}
    return frozenset(shared | levels | short | {f"{a}{level}" for a in "我本全" for level in levels})


def _pattern(core: str) -> tuple[str, bool]:
    """What an agency may be called as a regular expression, and whether by its place alone."""
    tail, stem = "", core
    for ending, said, _ in _ENDINGS:
        if core.endswith(ending) and len(core) > len(ending):
            tail, stem = said, core.removesuffix(ending)
            break
    if re.search(rf"(?:{_SETTLED})\Z", stem) or (stem[-1] in _LEVELS and len(stem) < 5):
        if stem.endswith("街道"):
            return f"{re.escape(stem[:-2])}(?:街道{tail}|街道办|办事处)", True
        return re.escape(stem) + tail, True
    zone = stem[-1] in _LEVELS  # 经开区, with 管委会 or without
    organ = stem[-1] if zone else next((o for o in _ORGANS if stem.endswith(o)), "")
    if not tail and not organ:
        return re.escape(core), True
    body = stem.removesuffix(organ)
    loose = re.escape(body[:1]) + "".join(f"{re.escape(c)}?" for c in body[1:])
    return f"{loose}{organ}{f'(?:{tail})?' if zone else tail}", zone


@lru_cache(maxsize=4096)
def _compiled(core: str) -> re.Pattern[str]:
    return re.compile(_pattern(core)[0])


def _goes_on(text: str, at: int) -> bool:
    return not _ITSELF.match(text, at) and bool(_GOES_ON.match(text, at))


def _han(character: str) -> bool:
    return "一" <= character <= "鿿"
