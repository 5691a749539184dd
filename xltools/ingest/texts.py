"""The text parts: paragraph by paragraph, without page numbers, signature and what a web page puts below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xltools.ingest.document import Document, PrintedLine
from xltools.ingest.parts import PrintedPart
from xltools.ingest.wording import squeezed

_PAGE = re.compile(r"(?:[-—–·]*\d{1,3}[-—–·]*|第\d{1,3}页(?:[,/]?共\d{1,3}页)?|\d{1,3}/\d{1,3})\Z")
_DATE = re.compile(r"(?:19|20|21)\d{2}年\d{1,2}月\d{1,2}日\Z|(?:19|20|21)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\Z")
_BELOW = re.compile(
    r"(?:上一篇|下一篇|上一条|下一条|返回|打印|关闭|分享|收藏|扫一扫|相关附件|相关链接|主办[:单]|承办[:单]|版权所有|网站标识码|"
    r"网站地图|联系我们|[^。]{0,8}ICP备|[^。]{0,4}公网安备|责任编辑|来源[:：]|【)"
)
_FOOT_LIMIT = 60
_REACH = re.compile(r"(?:地址|邮编|邮政编码|邮箱|邮件|E-?mail)[^。]{0,12}?[:：为]|\w@\w", re.IGNORECASE)
"""What only a paragraph has that says where to write, or to go."""
_ABOUT = re.compile(
    r"(?=.*[，,。；;]).*(?:本(?:年度)?(?:年?报告|年报)|年度报告|统计的?(?:期限|时限|周期|时间)|信息公开条例|疑问)",
    re.DOTALL,
)
"""What a paragraph says that tells of the report itself: by what it was made, what is in it, of which time."""
_WAY = re.compile(r"(?:联系|通信|办公)?(?:地址|邮编|邮政编码|电话|传真|电子邮[箱件]|电子信箱|邮箱|联系人|网址)[:：]")
"""How a line of its own begins below such a paragraph."""
_OPENING, _OPENING_SHORTEST, _OPENING_LONGEST = 12, 20, 1000
"""Lines before the first part among which it stands, and characters of the shortest and of the longest."""


def is_below(text: str) -> bool:
    """Whether a line is one of those that a web page puts below a report."""
    return len(text) <= _FOOT_LIMIT and bool(_BELOW.match(text))


def read_opening(lines: Sequence[PrintedLine], end: int) -> tuple[str, ...]:
    """The paragraphs between a report's title and its first part that tell of the report, and where it can be asked about."""
    pieces = (piece.strip() for line in lines[max(0, end - _OPENING) : end] for piece in line.text.split("\n"))
    texts = list(dict.fromkeys(text for text in pieces if text and not _PAGE.match(squeezed(text))))
    told = [at for at, text in enumerate(texts) if _tells(text)]
    if not told:
        return ()
    ways = (at for at, text in enumerate(texts) if at > told[0] and _WAY.match(text))
    return tuple(texts[told[0] : max((*told, *ways)) + 1])


def _tells(text: str) -> bool:
    """Whether a paragraph is of a report's opening."""
    fits = _OPENING_SHORTEST < len(text) < _OPENING_LONGEST
    return fits and bool(_REACH.search(text) or _ABOUT.match(text))


def read_texts(document: Document, parts: Sequence[PrintedPart], agency: str) -> dict[str, tuple[str, ...]]:
    """The paragraphs of each text section that was found under its title."""
    found = {}
    for part in parts:
        if part.section.tables or not part.titled:
            continue
        texts = [piece.strip() for line in document.lines[part.start : part.end] for piece in line.text.split("\n")]
        texts = [text for text in texts if text and not _PAGE.match(squeezed(text))]
        found[part.section.id] = tuple(_without_foot(texts, agency))
    return found


def _without_foot(texts: Sequence[str], agency: str) -> list[str]:
    """Without what follows the last paragraph: who signed, when, and the foot of a web page."""
    kept = list(texts)
    foot = next((at for at, text in enumerate(kept) if at and is_below(text)), None)
    if foot is not None:
        del kept[foot:]
    while len(kept) > 1 and _is_signature(squeezed(kept[-1]), squeezed(agency)):
        del kept[-1]
    return kept


def _is_signature(text: str, agency: str) -> bool:
    return bool(_DATE.match(text)) or (
        bool(agency) and (text == agency or text in (f"{agency}办公室", f"{agency}人民政府"))
    )
