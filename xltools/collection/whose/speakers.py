"""Who speaks in a text: where it says plainly whose report it is, and where an agency is what its sentences are about.

An agency that is merely mentioned (会同县住建局、县住建局牵头) does not speak: what it does to others or together with them
is told by any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from xltools.classes import dataclass
from xltools.collection.whose.names import Names
from xltools.expressions import expression
from xltools.form.lexicon import Matter


@dataclass(frozen=True, slots=True)
class Speaker:
    """How an agency speaks: plainly (本报告由…编制), in the sentence that opens a part, or in another one."""

    points: int
    words: str

    @property
    def plain(self) -> bool:
        return self.points >= PLAIN.points


PLAIN = Speaker(3, "自称是")
OPENING = Speaker(2, "说的是")
SPEAKING = Speaker(1, "说的是")

_HEADING = 12
"""Characters that a heading before the first sentence has at most."""

_SELF = r"局|委|办|厅|院|所|站|队|处|室|会|中心|镇|乡|街道|县|区|市|旗|州|省"
_OURS = expression(rf"[我本]({_SELF})(?!级|地|方)")
_QUOTED = expression(r"《[^《》]*》|“[^“”]{5,}”|「[^「」]*」")
_SENTENCE = expression(r"[^。；;！!？?：:\n　]+")
_LEAD = expression(
    r"(?:\s|[　,，]|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九十]是|其[一二三四]|第[一二三四][，,]|首先|其次|"
    r"(?:\d{4}|[〇零○一二三四五六七八九]{4})年(?:度|以来|来|全年|期间|里)?|(?:今年|本年度|全年|一年来|"
    r"过去的?一年|报告期内|年内|目前|当前|同时|此外|另外|今后|下一步|但是?|然而|总体(?:上看|来看)?|总的来看|回顾全年|概述)(?:以来|里|中)?)*"
)
_INTRODUCED = expression(r"(?:根据|按照|依据|依照|遵照|为|围绕|在)(?!此)")
_OTHERS = (
    r"[等、]|的(?!{doings})|(?:以及|对|向|与|和|同|会同|联合|及时?)?(?:[^，,]{0,8}?)"
    r"(?:印发|下发|转发|牵头|召集|举办|组织(?:召开|开展|全|各|对|培训)|召开|要求|部署|安排|通报|指导|督促|督查|督导|检查|考核|抽查|"
    r"测评|评估|统一|派|来函|来人|负责同志|协助|配合|会同|联合|转来|移交|移送|提供|反馈|抄送|批复|答复我|授课|介绍|交流|帮助|支持|"
    r"审核|验收|点评|调度|约谈|拨付|承办|主办)"
)
_TOGETHER = expression(
    rf"[对与向给同为帮请邀][我本](?:{_SELF})|"
    rf"[我本](?:{_SELF}|单位|机关)(?:派|参加|配合|协助|认真落实|积极|及时落实|按要求)|应邀"
)
_MAKES = expression(r"(?:编制|编写|撰写|形成|发布|公布)[^。，,]{0,4}本(?:年度)?报告|现将[^。]{0,40}(?:如下|予以公布)")
_CALLED = expression(r"[（(](?:以下)?(?:统?简称|下称|称)?[：:]?[“\"「]?[我本][^）)]{1,4}[)）]")


def kinds_in(paragraphs: Iterable[str]) -> Counter[str]:
    """What the texts call their own agency after 我 or 本, and how often: 局, 镇, 街道; where they are (我县) is none of it."""
    said = Counter(match[1] for text in paragraphs for match in _OURS.finditer(text))
    return Counter({kind: times for kind, times in said.items() if kind not in "县区市旗州省会"})


@lru_cache(maxsize=16)
def _signs(matter: Matter) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What follows an agency that is only mentioned, and what a sentence on the matter has."""
    never = "(?!)"
    about, doings = ("|".join(map(re.escape, words)) or never for words in (matter.about, matter.doings))
    return re.compile(_OTHERS.replace("{doings}", doings)), re.compile(about)


def speakers(
    text: str, names: Names, title: str, year: int, opens: bool, matter: Matter
) -> Iterator[tuple[Speaker, str]]:
    """The code of every agency that speaks in a paragraph, and how; ``opens`` says that the paragraph opens the report, ``matter``
    what that is about."""
    if not names.may_be_in(text):
        return
    yield from _titles(text, names, (title[:6], *matter.titles, title[2:6]), title[-4:], year)
    bare = _QUOTED.sub(lambda m: "《" + "□" * (len(m[0]) - 2) + "》", text)
    for cue in _CUES:
        for match in cue.finditer(bare):
            if mention := names.at(bare, match.end()):
                yield PLAIN, mention.code
    first = opens
    for sentence in _SENTENCE.finditer(bare):
        said = list(_subjects(bare, sentence.start(), sentence.end(), names, first, matter))
        yield from said
        first = first and (len(sentence[0]) < _HEADING and not re.search("[，,]", sentence[0]))


def _titles(text: str, names: Names, about: Sequence[str], report: str, year: int) -> Iterator[tuple[Speaker, str]]:
    """The title of this very report: 青禾县住房和城乡建设局 <year> 年政府信息公开工作年度报告."""
    matter = f"(?:{'|'.join(map(re.escape, about))})"
    for match in re.finditer(
        rf"(?:关于)?(\d{{4}})?年?度?的?{matter}(?:工作)?(?:{report}|年报|报告|工作总结|情况报告)", text
    ):
        if match[1] is not None and int(match[1]) != year:
            continue
        for start in range(max(0, match.start() - 24), match.start() - 1):
            before = text[start - 1 : start]
            mention = names.at(text, start) if not before.strip() or before in "《“现将（(：:。" else None
            if mention and mention.end == match.start() and (match[1] or not text[:start].strip()):
                yield PLAIN, mention.code
                break


_CUES = (
    expression(r"(?:本|此)(?:年度)?报告(?:系|是)?由"),
    expression(r"本(?:年度)?报告[^。]{0,16}?(?:疑问|疑义|意见|建议|问题)[^。]{0,10}?(?:与|同|向|联系|致电|拨打)"),
    expression(r"(?:编制|报告|填报|联系)单位(?:为|是)?[：:]?\s*"),
    expression(rf"[我本](?:{_SELF}|机关|单位)[（(]"),
    expression(r"现将"),
)
"""After these words stands whose report it is."""


def _subjects(
    text: str, start: int, end: int, names: Names, opens: bool, matter: Matter
) -> Iterator[tuple[Speaker, str]]:
    """The agency that a sentence is about, if it is about its own doings."""
    outward, about = _signs(matter)
    first = True
    for clause in re.compile("[^，,]+").finditer(text, start, end):
        match = _LEAD.match(text, clause.start(), end)
        begin = match.end() if match else clause.start()
        if begin >= clause.end():
            continue  # 2023年，: what leads in is no clause of its own
        mention, opening = names.at(text, begin), opens and first
        first = first and bool(_INTRODUCED.match(text, begin))
        if mention is None or not text[mention.end : end].strip():
            continue
        rest = text[mention.end : end]
        if _MAKES.search(rest) or _CALLED.match(rest):
            yield PLAIN, mention.code
        elif not (outward.match(rest) or _TOGETHER.search(rest) or _others(rest, mention.code, names)):
            yield (OPENING if opening and about.search(text) else SPEAKING), mention.code
        return


def _others(text: str, code: str, names: Names) -> bool:
    """Whether yet another agency is named."""
    return any(mention.code != code for mention in names.within(text))
