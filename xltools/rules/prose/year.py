"""Another year's dates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import Finding
from xltools.form.model import Filing
from xltools.rules.prose.leftovers import leftovers
from xltools.rules.prose.reading import Reader
from xltools.rules.prose.text import TextRule, paragraphs


@dataclass(frozen=True, kw_only=True)
class Year(TextRule):
    """The years that the text names can be meant."""

    kind: ClassVar[str] = "text.year"
    rank: ClassVar[int] = 110

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each paragraph with a year that cannot be meant: a statistical period that is not the report year, a
        year's end that is another year's, figures or plans of another year's report; and last year named as this year where the
        report year is named nowhere."""
        reader = Reader(filing.form.lexicon, filing.year, filing.agency.name)
        for _, at, paragraph in paragraphs(filing):
            if "年" not in paragraph:
                continue
            wrong = _wrong_year(paragraph, filing)
            wrong = wrong or next((left.words for left in leftovers(paragraph, reader)), "")
            if wrong:
                yield self.breach("text-year", at, quote=wrong, year=filing.year)


_PERIOD = expression(
    r"(?<!\d)(20\d\d)年1月1日(?:起|开始)?(?:至|到|-|—|—-|--|——|~|～)(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日"
)
_STATED = expression(r"统计|期限|时限|数据")
_UNTIL = expression(r"截[至止]到?(20\d\d)年(?:12月(?:31日|底|末|中旬|下旬)|年底|底)")
_LEADING = expression(r"\A(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])?(20\d\d)年度?[，,]")
_ITSELF = expression(r"[我本][局委办镇乡县市区院厅站处][，,]?(20\d\d)年度?(?!.{0,12}(?:印发|出台|制定|发布|《))")
_COMPARING = "比较与同"


def _wrong_year(paragraph: str, filing: Filing) -> str:
    """The words that name a year which is not the report's, or nothing."""
    text, year = _plain(paragraph), filing.year
    stated = _STATED.search(text)
    for match in _PERIOD.finditer(text):
        whole = (match[3], match[4]) == ("12", "31")
        if (whole or stated) and not (whole and {match[1], match[2] or match[1]} == {str(year)}):
            return match[0]
    for match in _UNTIL.finditer(text) if f"{year}年" not in text else ():
        if int(match[1]) < year and text[max(match.start() - 1, 0) : match.start()] not in (*_COMPARING,):
            return match[0]
    name = _plain(filing.agency.name)
    itself = _ITSELF.match(text.replace(name, "本局", 1) if text.startswith(name) else text)
    leading = _LEADING.match(text) or itself
    copied = leading and int(leading[1]) == year - 1 and not _names(filing, year)
    if not leading or not copied:
        return ""
    return f"{leading[1]}年" if leading is itself else leading[0].rstrip("，,")


def _plain(text: str) -> str:
    """A text without white space, with plain digits; titles stay in their marks."""
    return "".join(text.split()).translate(_DIGITS)


_DIGITS = {ord("０") + n: str(n) for n in range(10)}


def _names(filing: Filing, year: int) -> bool:
    """Whether any paragraph names a year."""
    return any(f"{year}年" in _plain(p) for paragraphs in filing.texts.values() for p in paragraphs)
