"""Texts as wholes: parts left empty, instructions left standing, another year's dates, last year's words, fees reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from xltools.address import a1
from xltools.findings import Finding, finding
from xltools.layout import TEXT_TOP
from xltools.lexicon import Lexicon
from xltools.model import Filing, Form, Section
from xltools.numerals import plain
from xltools.rules.prose.figures import severity, value_of
from xltools.rules.prose.tokens import sentences
from xltools.terms import says_nothing

SHARE, LEAST = 50, 200
"""Percent of a text that may be last year's, and the characters from which a share says anything."""

_GRAM = 12
"""Characters that, the same in a row in both years, are taken for repeated."""

_MARK = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


def nothing(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """An error for each text part with nothing in it, or with 无 alone where that says nothing."""
    for section in filing.form.text_sections:
        paragraphs = [p for p in filing.texts.get(section.id, ()) if p.strip()]
        if paragraphs and (section.none or not all(map(says_nothing, paragraphs))):
            continue
        said = f"只写了“{paragraphs[0].strip()}”" if paragraphs else "没有填写"
        yield finding("text-empty", severity=severity(filing, "error"), file=file, agency=filing.agency,
                      sheet=section.sheet, cell=a1(TEXT_TOP, 0), rule="text.empty", basis="统一格式：各部分都要填写",
                      said=said, hint="没有需要报告的，写“无”" if section.none else "写明本年的实际情况，不能只写“无”")  # fmt: skip


def instructions(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding for each paragraph in which a sentence of the format's own instruction stands."""
    printed = _instructions(filing.form)
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            if not any(words[:2] in paragraph for words in printed[section.id]):
                continue
            left = next((s for s in sentences(paragraph) if _bare(s) in printed[section.id]), "")
            if left:
                yield finding("text-instruction", severity=severity(filing), file=file, agency=filing.agency,
                              sheet=section.sheet, cell=a1(TEXT_TOP + number, 0), rule="text.instruction",
                              basis="格式的填写要求不是报告内容", quote=left)  # fmt: skip


@lru_cache(maxsize=32)
def _instructions(form: Form) -> dict[str, frozenset[str]]:
    """The instruction of each part, whole, by sentence, without what leads it in, and that alone; as bare letters."""
    found = {}
    for section in form.text_sections:
        lead, _, rest = section.text.partition("：")
        said = (section.text, lead, rest, *sentences(section.text), *sentences(rest))
        found[section.id] = frozenset(filter(None, map(_bare, said)))
    return found


def _bare(text: str) -> str:
    return _MARK.sub("", text)


# ── years ────────────────────────────────────────────────────────────────────


def years(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding for each year that cannot be meant: a statistical period or a year's end that is another year's; and last
    year named as this year where the report year is named nowhere."""
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            wrong = _wrong_year(paragraph, filing) if "年" in paragraph else ""
            if wrong:
                yield finding("text-year", severity=severity(filing), file=file, agency=filing.agency, sheet=section.sheet,
                              cell=a1(TEXT_TOP + number, 0), rule="text.year", basis="报告年度",
                              quote=wrong, year=filing.year)  # fmt: skip


_PERIOD = re.compile(r"(?<!\d)(20\d\d)年1月1日(?:起|开始)?(?:至|到|-|—|—-|--|——|~|～)(?:(20\d\d)年)?12月31日")
_UNTIL = re.compile(r"截[至止]到?(20\d\d)年(?:12月(?:31日|底|末|中旬|下旬)|年底|底)")
_LEADING = re.compile(r"\A(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])?(20\d\d)年度?[，,]")
_COMPARING = "比较与同"


def _wrong_year(paragraph: str, filing: Filing) -> str:
    """The words that name a year which is not the report's, or nothing."""
    text, year = "".join(paragraph.split()), filing.year
    for match in _PERIOD.finditer(text):
        if {match[1], match[2] or match[1]} != {str(year)}:
            return match[0]
    for match in _UNTIL.finditer(text) if f"{year}年" not in text else ():
        if int(match[1]) < year and text[max(match.start() - 1, 0) : match.start()] not in (*_COMPARING,):
            return match[0]
    leading = _LEADING.match(text)
    copied = leading and int(leading[1]) == year - 1 and not _names(filing, year)
    return leading[0].rstrip("，,") if leading and copied else ""


def _names(filing: Filing, year: int) -> bool:
    """Whether any paragraph names a year."""
    return any(f"{year}年" in "".join(p.split()) for paragraphs in filing.texts.values() for p in paragraphs)


# ── last year's words ────────────────────────────────────────────────────────


def repeated(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding where half of the text or more is last year's, figures apart; at the paragraph with most of it."""
    if not filing.last_texts:
        return
    old = {g for paragraphs in filing.last_texts.values() for p in paragraphs for g in _grams(_wording(p))}
    length = same = 0
    most: tuple[int, Section | None, int] = (0, None, 0)
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            wording = _wording(paragraph)
            covered = _covered(wording, old)
            length, same = length + len(wording), same + covered
            if covered > most[0]:
                most = (covered, section, number)
    _, place, number = most
    if place is not None and length >= LEAST and same * 100 >= length * SHARE:
        yield finding("text-repeated", severity=severity(filing), file=file, agency=filing.agency, sheet=place.sheet,
                      cell=a1(TEXT_TOP + number, 0), rule="text.repeated", basis="考核：与上年雷同超过一半的扣分",
                      share=round(same * 100 / length), limit=SHARE)  # fmt: skip


def _wording(paragraph: str) -> str:
    return _DIGITS.sub("0", _MARK.sub("", plain(paragraph)))


def _grams(text: str) -> Iterator[str]:
    return (text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))


def _covered(text: str, old: set[str]) -> int:
    """Characters of a text inside pieces that the old one has too."""
    count = end = 0
    for at, gram in enumerate(_grams(text)):
        if gram in old:
            count += at + _GRAM - max(at, end)
            end = at + _GRAM
    return count


# ── fees ─────────────────────────────────────────────────────────────────────


def fee(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A note where the tables or another part speak of a fee that the part for it says nothing of."""
    lexicon = filing.form.lexicon
    place = next((s for s in filing.form.text_sections if s.id == lexicon.fee_section), None)
    if place is None or any(w in p for p in filing.texts.get(place.id, ()) for w in lexicon.fee):
        return
    sign = lexicon.fee_sign
    figure = value_of(sign, filing) if sign else None
    why = f"有 {figure} 件申请因逾期没有交费不再处理，说明发过收费通知" if figure else _charged(filing, lexicon)
    if why:
        yield finding("text-fee", file=file, agency=filing.agency, sheet=place.sheet, cell=a1(TEXT_TOP, 0),
                      related=sign.fields if sign and figure else (), rule="text.fee",
                      basis="统一格式：收取信息处理费的情况在这一部分报告", fee=lexicon.fee[0], why=why)  # fmt: skip


_AMOUNT = re.compile(r"[1-9][\d,.]{0,15}万?元")


def _charged(filing: Filing, lexicon: Lexicon) -> str:
    """Where another part tells of the fee with an amount."""
    for section in filing.form.text_sections:
        for paragraph in filing.texts.get(section.id, ()):
            if not any(word in paragraph for word in lexicon.fee):
                continue
            for sentence in sentences(paragraph):
                if any(w in sentence for w in lexicon.fee) and _AMOUNT.search(plain(sentence)):
                    return f"“{section.sheet}”写了收取{lexicon.fee[0]}的金额"
    return ""
