"""The formats in which figures are given out: a name, which is also a file's ending, and what writes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from xltools.characters import escaped
from xltools.classes import dataclass
from xltools.errors import Misused
from xltools.received import exchange, tidy
from xltools.received.file import Received


@dataclass(frozen=True)
class Format:
    """What writes one filing, and what writes many (None: nothing does); whether it is text, which a screen can show."""

    one: Callable[[Received], bytes]
    many: Callable[[Iterable[tidy.Known]], bytes] | None = None
    text: bool = True
    judged: bool = False
    """Whether it is made to be passed on, so that what is open in it is said on it."""


def _json(received: Received) -> bytes:
    return (escaped(json.dumps(exchange.filing_json(received.known), ensure_ascii=False, indent=1)) + "\n").encode()


def _csv(received: Received) -> bytes:
    # Excel takes a CSV for UTF-8 only with a byte order mark.
    return exchange.filing_csv(received.known).encode("utf-8-sig")


def _official(received: Received) -> bytes:
    from xltools.workbook.official import write_official

    return write_official(received.known, received.unsettled)


def _parquet(received: Received) -> bytes:
    return tidy.as_parquet([(received.known, None)])


FORMATS = {
    "json": Format(_json),
    "csv": Format(_csv, tidy.as_csv),
    "xlsx": Format(_official, text=False, judged=True),
    "parquet": Format(_parquet, tidy.as_parquet, text=False),
}


def format_of(named: str | None, output: Path | None) -> Format:
    """The format that is named, else the one of the output's ending, else the first. Misused for one that there is not, and for one
    that is no text where there is no output."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    name = named or (ending if ending in FORMATS else next(iter(FORMATS)))
    if name not in FORMATS:
        raise Misused(f"没有“{name}”这种格式；可用：{'、'.join(FORMATS)}。")
    if output is None and not FORMATS[name].text:
        raise Misused(f"--format {name} 要用 -o 给出输出文件名。")
    return FORMATS[name]


def many_of(named: str | None, output: Path | None) -> Callable[[Iterable[tidy.Known]], bytes]:
    """What writes many filings in a format; Misused for one that holds a single filing."""
    writer = format_of(named, output).many
    if writer is None:
        names = "、".join(name for name, known in FORMATS.items() if known.many)
        raise Misused(f"文件夹可以导出成 {names}：一行一个数；请用 --format 给出。")
    return writer
