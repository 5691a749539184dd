"""The formats in which the figures of a file are given out: a name, and what writes it."""

from __future__ import annotations

import json
from collections.abc import Callable

from xltools.characters import escaped
from xltools.errors import Misused
from xltools.form.model import Filing
from xltools.received import exchange

Writer = Callable[[Filing], bytes]


def _json(filing: Filing) -> bytes:
    return (escaped(json.dumps(exchange.filing_json(filing), ensure_ascii=False, indent=1)) + "\n").encode()


def _csv(filing: Filing) -> bytes:
    # Excel takes a CSV for UTF-8 only with a byte order mark.
    return exchange.filing_csv(filing).encode("utf-8-sig")


def _official(filing: Filing) -> bytes:
    from xltools.workbook.official import write_official

    return write_official(filing)


_WRITERS: dict[str, Writer] = {"json": _json, "csv": _csv, "xlsx": _official}


def writer_of(format: str) -> Writer:
    """What writes a filing in a format; Misused for one that there is not."""
    writer = _WRITERS.get(format)
    if writer is None:
        raise Misused(f"没有“{format}”这种格式；可用：{'、'.join(_WRITERS)}。")
    return writer
