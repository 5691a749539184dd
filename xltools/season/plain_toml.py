"""TOML as people type it: saved by any editor, with full-width signs, backslashes in paths, words without quotes.

Only what can be meant in one way is taken; what is wrong is told in Chinese, with its line and what to do.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from typing import Any

from xltools.characters import visible
from xltools.expressions import expression

_CLOSING = {
    '"': '"”＂',
    "'": "'’＇",
    "“": '”"“＂',
    "”": '”"“＂',
    "＂": '＂"”',
    "‘": "’'‘＇",
    "’": "’'‘＇",
    "＇": "＇'’",
}
"""What opens words, and what may close them: the right one first."""
_SIGNS = {"、": ",", "【": "[", "】": "]", "；": ",", "。": "."}
"""Signs that people type in place of TOML's, beside the full-width ones."""
_AFTER = expression(r"\s*(?:[,，、\]］】#＃]|$)")
"""What may follow a value."""
_WORD = expression(r"(?P<key>\s*[\w.-]+\s*[=＝]\s*)(?P<value>[^\s\"'“”＂‘’＇\[［【{#＃][^#＃]*)")
_VALUE = expression(r"[-+]?[\d_.]+|0[xob][\da-fA-F_]+|true|false|\d{4}-\d{2}-\d{2}.*|inf|nan", re.ASCII)
_LONGEST = 40

_LONG = ('"' * 3, "'" * 3)
"""What opens words of several lines, which are left as they are."""
_SHAPE = '一行应当写成 名字 = "内容"，等号不能少；说明写在井号 # 后面'
_QUOTES = "引号没有成对，请补上"

_REASONS = (
    ("Cannot overwrite", "这一项写了两次，请只留一个"),
    ("Cannot declare", "这一段写了两次，请并成一段"),
    ("Duplicate", "这一项写了两次，请只留一个"),
    ("Expected newline", "一行只能写一项，后面多出来的请删掉，或者写在井号 # 后面"),
    ("Unterminated string", _QUOTES),
    ("Illegal character '\\n'", _QUOTES),
    ("Illegal character", "有看不见的控制字符，请把这一行删掉重新打"),
    ("Unclosed array", "方括号没有成对，请补上"),
    ("Expected ']'", "方括号没有成对，请补上"),
    ("Invalid value", '等号右边应当是引号里的文字，或者一个数，例：名字 = "内容"'),
)
"""What Python's reader says, and what that is to whoever typed it."""


def read_toml(content: bytes) -> dict[str, Any]:
    """The keys and values of a file; ValueError in Chinese, whose words name the line, where it is wrong."""
    lines = [_plain(line) for line in _decoded(content).splitlines()]
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as problem:
        raise ValueError(_told(str(problem), lines)) from None
    except RecursionError:
        raise ValueError("括号套得太深，请改成一行一项") from None


def _decoded(content: bytes) -> str:
    """A text in UTF-8, UTF-16 or GBK, with or without a mark at its beginning."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("编码不是 UTF-8 也不是 GBK，请用记事本另存为 UTF-8")


def _plain(line: str) -> str:
    """A line with its signs as TOML has them; what stands between quotes says what it shows."""
    if any(quotes in line for quotes in _LONG):
        return line
    if (word := _WORD.fullmatch(line.split("#")[0].split("＃")[0].rstrip())) and not _is_value(word["value"]):
        line = f"{word['key']}{json.dumps(word['value'].strip(), ensure_ascii=False)}"
    return "".join(_quoted(words, sign) if sign else words for sign, words in _pieces(line))


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """A line in pieces: what stands between quotes, with the sign that opens them, and all else, with its signs as TOML has them."""
    at = 0
    while at < len(line):
        sign = line[at]
        end = _end(line, at) if sign in _CLOSING else None
        if end is not None:
            yield sign, line[at + 1 : end]
            at = end + 1
        elif unicodedata.normalize("NFKC", sign) == "#":
            yield "", "#" + line[at + 1 :]
            return
        else:
            yield "", _SIGNS.get(sign) or unicodedata.normalize("NFKC", sign)
            at += 1


def _unclosed(line: str) -> bool:
    """Whether words begin at a quote in a line, and do not end."""
    return not any(quotes in line for quotes in _LONG) and any(
        not sign and words[0] in _CLOSING for sign, words in _pieces(line)
    )


def _is_value(words: str) -> bool:
    return _VALUE.fullmatch(unicodedata.normalize("NFKC", words).strip()) is not None


def _end(line: str, start: int) -> int | None:
    """Where the words end that begin at a quote; None where nothing ends them."""
    closing = _CLOSING[line[start]]
    for sign in (closing[0], *closing[1:]):
        at = start
        while (at := line.find(sign, at + 1)) >= 0:
            # A backslash before the quote: a path that ends with it, where nothing else would end the words.
            escaped = line[start] == '"' and (len(line[:at]) - len(line[:at].rstrip("\\"))) % 2
            if not escaped or (_AFTER.match(line, at + 1) and sign not in line[at + 1 :]):
                return at
    return None


def _quoted(words: str, sign: str) -> str:
    """Words as TOML quotes them. A backslash is one, but where every one of them is written as TOML has it."""
    if sign == '"' and not re.sub(r'\\[\\"]', "", words).count("\\"):
        return f'"{words}"'
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _told(problem: str, lines: list[str]) -> str:
    """What is wrong, where, and what to do."""
    place = re.search(r"at line (\d+)", problem)
    number = int(place[1]) if place else len(lines)
    while number > 1 and not lines[number - 1].strip():
        number -= 1
    reason = next((words for said, words in _REASONS if said in problem), _SHAPE)
    if before := next((n for n, line in enumerate(lines[:number], 1) if _unclosed(line)), 0):
        number, reason = before, _QUOTES  # all that follows is taken for its words
    shown = visible(lines[number - 1].strip()) if lines else ""
    return f"第 {number} 行“{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}”写错了：{reason}"
