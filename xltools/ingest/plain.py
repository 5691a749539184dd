"""Plain text: its encoding found out, its lines taken apart into cells at `|`, tabs and gaps."""

from __future__ import annotations

import codecs
import re

from xltools.ingest.document import TEXT_LIMIT, Document, PrintedCell, PrintedLine, ReportRefused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DRAWN = dict.fromkeys(map(ord, "│┃║┆┊｜￨"), "|")
"""Lines drawn between cells."""
_RULES = ("---", "===", "──", "━━", "══", "┄┄", "┈┈", "+--", "+==")

_SPLIT_LIMIT = 400
"""Characters of a line that may hold cells; a longer one is prose."""
_PAGE_NUMBER = re.compile(r"[-—–－]\s*\d{1,3}\s*[-—–－]")
_FIGURE = r"(?:[+-]?\d[\d,]*(?:\.\d+)?|/|[-—－]{1,2})"
_FIGURES = re.compile(rf"({_FIGURE}(?:\s+{_FIGURE})+)\Z")
_LABELLED = re.compile(rf"(\S.*?\S)((?:\s+{_FIGURE})+)\Z")
_NAMED = re.compile(rf"(\S[^|]{{3,}}?)[:：]\s*({_FIGURE})\Z")


def decoded(content: bytes, declared: str = "") -> str:
    """The text of a file: by its mark, else by the encoding that its bytes fit; Refused where it is no text."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode(content, encoding)
    if (wide := _wide(content)) is not None:
        return _decode(content, wide)
    if b"\0" in content:
        raise ReportRefused("import-not-document", "它不是文本文件，里面有二进制内容")
    for encoding in ("utf-8", declared, "gb18030"):
        try:
            return _plain(content.decode(encoding)) if encoding else _plain(content.decode("utf-8"))
        except (UnicodeDecodeError, LookupError):
            continue
    # A few broken bytes in a long text are a slip of the file's way here: the rest can be read.
    for encoding in ("utf-8", "gb18030"):
        text = content.decode(encoding, errors="replace")
        if text.count("\ufffd") * 200 < len(text):
            return _plain(text)
    raise ReportRefused("import-not-document", "它的编码既不是 UTF-8 也不是 GBK")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return _plain(content.decode(encoding))
    except UnicodeDecodeError:
        raise ReportRefused("import-not-document", "它的编码与开头的标记不符") from None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: line ends and digits have a zero byte, nearly always on the same side."""
    head = content[:4096]
    if len(head) < 8 or len(content) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    least = len(head) // 50
    if odd > least and odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > least and even > 4 * odd else None


def _plain(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise ReportRefused("import-unsafe", "文字太多")
    if sum(ord(c) < 32 and c not in "\t\n\r\f\v" for c in text[:20_000]) > 20:
        raise ReportRefused("import-not-document", "它不是文本文件，里面有二进制内容")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_text_document(content: bytes) -> Document:
    """A .txt file as a document: each line its cells; a line break beside a `|` is part of that separator."""
    return split_text(decoded(content))


def split_text(text: str) -> Document:
    """A text as a document, a line of it a line.

    A ``|`` parts two cells, wherever lines break around it: what stands between two of them is a cell, even nothing.
    """
    found = Document(open_end=bool(text) and not text[-1].isspace() and text[-1] != "|")
    lines = text.translate(_DRAWN).split("\n")
    framed, barred = _is_framed(lines), False
    for number, line in enumerate(lines, 1):
        if not line.strip() or _is_rule(line) or _PAGE_NUMBER.fullmatch(line.strip()):
            continue
        if "|" in line:
            pieces = [piece.strip() for piece in line.split("|")]
            if not pieces[0] and (framed or not barred):
                del pieces[0]
            barred = bool(pieces) and not pieces[-1]
            if barred:
                del pieces[-1]
        else:
            pieces, barred = split_line(line), False
        if pieces:
            found.add(PrintedLine(tuple(map(PrintedCell, pieces)), f"第 {number} 行"))
    return found


def _is_framed(lines: list[str]) -> bool:
    """Whether rows are written between bars, so that a bar that opens a line is no cell's end."""
    barred = [line.strip() for line in lines if "|" in line]
    framed = sum(line[0] == line[-1] == "|" and line.strip("| ") != "" for line in barred)
    return framed * 2 > len(barred)


def _is_rule(line: str) -> bool:
    """The line below the heading that a table in Markdown has."""
    return any(mark in line for mark in _RULES) and not line.strip(
        "|-=+: \t─━═┄┈┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛╒╤╕╞╪╡╘╧╛╓╥╖╟╫╢╙╨╜"
    )


def split_line(line: str) -> list[str]:
    """A line without ``|`` as cells: apart at tabs, and before figures in a row at its end."""
    whole = line.strip()
    if len(whole) > _SPLIT_LIMIT:
        return [whole]
    pieces = [piece.strip() for piece in whole.split("\t") if piece.strip()]
    if len(pieces) > 1:
        return [cell for piece in pieces for cell in split_line(piece)]
    if match := _FIGURES.fullmatch(whole):
        return match[1].split()
    if match := _LABELLED.fullmatch(whole):
        return [match[1], *match[2].split()]
    if match := _NAMED.fullmatch(whole):
        return [match[1], match[2]]
    return [whole]
