"""The text of a definition file: whatever editor saved it is read, and what is wrong with it is told by line, in Chinese."""

from __future__ import annotations

import codecs
import re
from typing import Any

from xltools.errors import FormError
from xltools.expressions import expression

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WHOLE = "（整个文件）"
"""The key of a mistake that is of no single line."""


def decoded(content: bytes, file: str) -> str:
    """A file's text: UTF-8 with a mark or without, UTF-16, or GB18030, as Notepad saves them. FormError where it is none of them."""
    marked = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n")
    raise FormError(file, WHOLE, "看不出是什么编码的文字", "用记事本打开，另存为 UTF-8")


def parsed(text: str, file: str) -> dict[str, Any]:
    """A definition's text as values; FormError names the line, says what is wrong there and what to write."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _explained(str(problem), text, file) from None
    except RecursionError:
        raise FormError(file, WHOLE, "不是有效的 TOML：括号套得太深") from None


# ── what is wrong in a line ──────────────────────────────────────────────────

_PUNCTUATION = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "，": ",", "＝": "=", "：": "=", "　": "空格", "｛": "{", "｝": "}",
    "［": "[", "］": "]", "【": "[", "】": "]", "、": ",", "；": ",", "＃": "#", "．": ".",
}  # fmt: skip
_STRING = expression(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_AT = expression(r"\(at (?:line (\d+), column \d+|end of document)\)")
_REASONS = (
    (r"Cannot mutate|Cannot declare", "同一个名字的表写了两次", "有几个的写两层方括号：[[section]]"),
    (r"Cannot overwrite a value|Duplicate inline", "同一个键写了两次", "只留一个"),
    (r"Illegal character|Unterminated|Expected \"'\"|Expected '\"'", "引号没有成对", "文字两头都要有半角引号 \""),
    (r"Unclosed inline table", "花括号里的写法不对：少了逗号，或者没有写完", "键和值之间写 =，两项之间写半角逗号"),
    (r"Unclosed array", "方括号里的写法不对：这一行或者上一行的末尾少了逗号，或者没有写 ]", "两项之间写半角逗号"),
    (r"Expected '=' after a key", "键的后面没有等号", "写成 键 = 值"),
    (r"Expected newline or end", "一行的末尾多了东西", "一行只写一项"),
    (r"Invalid value", "等号后面的值看不懂", "文字加半角引号，数不加引号"),
    (r"Unescaped|Invalid hex|escape", "引号里的 \\ 写法不对", "\\ 写成 \\\\"),
)  # fmt: skip


def _explained(problem: str, text: str, file: str) -> FormError:
    lines = text.split("\n")
    at = _AT.search(problem)
    number = int(at[1]) if at and at[1] else len(lines)
    for here in range(number, max(number - 3, 0), -1):
        bare = _STRING.sub('""', lines[here - 1]).partition("#")[0] if here <= len(lines) else ""
        wide = [sign for sign in bare if sign in _PUNCTUATION]
        if wide:
            instead = "、".join(dict.fromkeys(_PUNCTUATION[sign] for sign in wide))
            signs = "".join(dict.fromkeys(wide)).replace("　", "（全角空格）")
            return FormError(file, f"第 {here} 行", f"不是有效的 TOML：用了中文标点“{signs}”", f"改成半角的 {instead}")
    known = ((reason, remedy) for pattern, reason, remedy in _REASONS if re.search(pattern, problem))
    reason, remedy = next(known, ("写法不对", "对照 docs/editions.md"))
    shown = lines[number - 1].strip()[:30] if number <= len(lines) else ""
    return FormError(file, f"第 {number} 行", f"不是有效的 TOML：{reason}{f'（{shown}）' if shown else ''}", remedy)


# ── the line of a key ────────────────────────────────────────────────────────


def placed(problem: FormError, text: str) -> FormError:
    """A mistake in a definition, told with the line that it stands on."""
    line = line_of(text, problem.key)
    key = f"第 {line} 行，{problem.key}" if line else problem.key
    return FormError(problem.file, key, problem.reason, problem.remedy)


def line_of(text: str, key: str) -> int:
    """The line on which a key stands, or the innermost part of it that can be found; 0 where none can."""
    lines, at, path = text.split("\n"), 0, ""
    found = 0
    for part in key.split("."):
        name, _, number = part.rstrip("]").partition("[")
        path = f"{path}.{name}" if path else name
        if number:
            spots = [n for n in range(at, len(lines)) if lines[n].strip() == f"[[{path}]]"]
            spots = spots or _items(lines, at, name)
            if len(spots) < int(number):
                break
            at = spots[int(number) - 1]
        else:
            here = next((n for n in range(at, len(lines)) if lines[n].strip() == f"[{path}]"), None)
            named = re.compile(rf"\s*(?:[^\"#]*[{{,\s])?\"?{re.escape(name)}\"?[.\w]*\s*=")
            if here is None:
                here = next((n for n in range(at, _end(lines, at)) if named.match(lines[n])), None)
            if here is None:
                break
            at = here
        found = at + 1
    return found


def _items(lines: list[str], at: int, name: str) -> list[int]:
    """The lines of a list's items in braces, a line each or several on one."""
    start = next((n for n in range(at, len(lines)) if re.match(rf"\s*{re.escape(name)}\s*=\s*\[", lines[n])), None)
    if start is None:
        return []
    found, depth = [], 0
    for n in range(start, len(lines)):
        for sign in _STRING.sub("", lines[n]).partition("#")[0]:
            depth += (sign == "[") - (sign == "]")
            if sign == "{" and depth == 1:
                found.append(n)
        if depth == 0:
            break
    return found


def _end(lines: list[str], at: int) -> int:
    """Where the keys end of the table that begins on a line, or at the top: at the next table's head."""
    return next(
        (n for n in range(at + 1, len(lines)) if lines[n].startswith("[") and not lines[n].startswith("[ ")), len(lines)
    )
