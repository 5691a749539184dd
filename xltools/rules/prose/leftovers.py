"""Sentences left over from another year's report: what they tell as done, they tell of a year that is not the report's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.form.lexicon import NUMBER, OWN, SILENT, THEN, Lexicon
from xltools.numerals import plain
from xltools.rules.prose.reading import Mention, Reader
from xltools.rules.prose.tokens import BREAK, Token, sentences

_WHOLE = expression(r"(\d{4})年度?")
_BESIDE = frozenset(("@this", "@against", "@other", "@within"))
_AHEAD = expression(r"将|拟|计划|预计|力争|目标|打算|下一步")
_CARRIED = expression(r"结转|转结|转入|转至|遗留|顺延")
_PLAN = expression(
    r"(20\d\d)年度?，?[^，;:。]{0,14}?将(?:会|要)?(?:进一步|继续|加大|加强|着力|重点|持续|不断|切实|努力|积极|认真|严格|深入|从以下|采取以下|主要做好)"
    r"[^，;:。]*"
)
_MOST = 40
"""Sentences of a paragraph that are looked at."""

_SINCE = frozenset(("自", "从", "按", "按照", "依照", "根据", "以", "由", "对", "关于", "针对"))
_MADE = expression(r"作为|纳入|列为|列入|融入|贯穿|结合")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A sentence that another year's report would hold: the words that name the year, and what it gives, read as of that year;
    nothing of a plan."""

    words: str
    mentions: tuple[Mention, ...] = ()


def leftovers(paragraph: str, reader: Reader) -> Iterator[Leftover]:
    """The sentences of a paragraph that tell what another year's report would.

    Last year's or next year's figures as if they were this year's (2022年，我局收到申请31件), and plans for a year that is over
    (2023年将进一步加强). Not what is compared with another year, told beside the same of this year, or carried from or to it.
    """
    if "年" not in paragraph:
        return
    near, whole = tuple(f"{reader.year + n}年" for n in (-1, 0, 1)), plain(paragraph)
    if not any(words in whole for words in near):
        return
    tokenizer, parts = reader.tokens, list(sentences(paragraph))
    suspect = ((n, text) for n, part in enumerate(parts) if any(words in (text := plain(part)) for words in near))
    for place, text in islice(suspect, _MOST):
        plan = next((m for m in _PLAN.finditer(text) if int(m[1]) <= reader.year and not _MADE.search(m[0])), None)
        if plan:
            yield Leftover(plan[0])
        elif not _AHEAD.search(text) and not _CARRIED.search(text) and (time := _done(tokenizer(text), reader.lexicon)):
            around = "。".join(parts[max(place - 1, 0) : place + 2])
            now = {q.id for m in reader.read(around)[0] for q in m.quantities}
            then = [m for m in reader.of(int(time.text[:4])).read(around)[0] if m.place == min(place, 1)]
            if now.isdisjoint(q.id for m in then for q in m.quantities):
                yield Leftover(time.text, tuple(then))


def _done(tokens: Sequence[Token], lexicon: Lexicon) -> Token | None:
    """The time of a sentence, where it is the only one, another year as a whole, and something is then said to be done, so often."""
    kinds = [token.kind for token in tokens]
    at = next((n for n, kind in enumerate(kinds) if kind in ("@last", "@next")), None)
    if at is None or not _WHOLE.fullmatch(tokens[at].text) or not _BESIDE.isdisjoint(kinds):
        return None
    said = (lexicon.keys - lexicon.topics) | {"@published", "@elsewhere"}
    if at and tokens[at - 1].text in _SINCE:
        return None
    if any(kind in said or kind == NUMBER for kind in kinds[:at]) or {"@last", "@next"} & set(kinds[at + 1 :]):
        return None
    behind = list(takewhile(lambda kind: kind in SILENT | {BREAK, THEN}, kinds[at + 1 :]))
    rest = kinds[at + 1 + len(behind) :]
    told = {BREAK, OWN} & set(behind) and NUMBER in rest and not said.isdisjoint(rest)
    return tokens[at] if told else None
