"""What the worst text of a megabyte costs: as a report in every format that is imported, and as the words of a filing.

    PYTHONPATH=tests python benchmarks/bounds.py [--size 1000000] [--only WORD]

Each document is read in a process of its own: CPU seconds of reading and judging it, and memory above that of a document of a line.
The promise (docs/robustness.md) is two seconds and 200 MB.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from docx import Document
from making import filing, packed, parts
from reports_made import as_text, one_a_line, printed
from test_ingest_formats import made

from xltools.collection.check import check_file
from xltools.ingest.report import Asked, import_report
from xltools.workbook.write import write_filing

ASKED = Asked(2023, "某镇", "1", "township")
SENTENCES = (
    "2023年，本机关共收到政府信息公开申请15件，其中自然人12件、法人3件，上年结转2件。",
    "全年办理答复14件：予以公开12件，部分公开1件，不予公开1件，结转下年度3件。",
    "主动公开政府信息1，234条，制发规范性文件4件，行政许可345件，行政处罚57件。",
    "因政府信息公开提起行政复议0件、行政诉讼0件。",
)


def _of(size: int, *pieces: str) -> str:
    return "".join(islice(cycle(pieces), size // max(1, sum(map(len, pieces)) // len(pieces)) + 1))[:size]


def _report() -> str:
    return as_text(printed(made("2021", 1)), one_a_line)


KINDS: dict[str, Callable[[int], str]] = {
    "sentences of a report": lambda n: _of(n, *(s + "\n" for s in SENTENCES)),
    "the same in one paragraph": lambda n: _of(n, *SENTENCES),
    "one sentence without an end": lambda n: _of(n, "收到政府信息公开申请15件，"),
    "clauses without figures": lambda n: _of(n, "我局依法依规主动公开政府信息，"),
    "figures without words": lambda n: _of(n, "123 45,6 7.8 "),
    "one figure": lambda n: "7" * n,
    "one word": lambda n: "公" * n,
    "words without an end, no stop": lambda n: _of(n, "政府信息公开申请受理办理答复结转"),
    "commas": lambda n: "，" * n,
    "full stops": lambda n: "。" * n,
    "line ends": lambda n: "一\n" * (n // 2),
    "white space": lambda n: "　 \t" * (n // 3),
    "brackets": lambda n: _of(n, "（其中") + "）" * 9,
    "brackets that close": lambda n: _of(n, "（其中1件）"),
    "years": lambda n: _of(n, "2023年、2022年、"),
    "dates and periods": lambda n: _of(n, "2023年1月1日至2023年12月31日，截至2023年6月30日，"),
    "numerals": lambda n: _of(n, "一百二十三件、"),
    "numerals without an end": lambda n: "一百二十" * (n // 4),
    "headings": lambda n: _of(
        n, "一、总体情况\n", "二、主动公开政府信息情况\n", "三、收到和处理政府信息公开申请情况\n"
    ),
    "a report over and over": lambda n: _of(n, _report()),
    "rows of its tables": lambda n: _of(n, "行政许可 345\n", "（一）予以公开 9 3 0 0 0 0 12\n"),
    "labels without figures": lambda n: _of(n, "予以公开\n", "部分公开（区分处理的，只计这一情形，不计其他情形）\n"),
    "tabs between figures": lambda n: _of(n, "1\t2\t3\t4\t5\t6\t7\n"),
    "titles": lambda n: _of(n, "某镇2023年政府信息公开工作年度报告\n"),
    "titles, no two alike": lambda n: "".join(f"某{k}镇2023年政府信息公开工作年度报告\n" for k in range(n // 24)),
    "denials": lambda n: _of(n, "未产生因政府信息公开引起的行政复议、行政诉讼，"),
    "comparisons": lambda n: _of(n, "比上年增加3件，同比下降12.5%，占50%；"),
    "quotations": lambda n: _of(n, "“互联网＋”《条例》‘一’"),
    "Latin letters": lambda n: _of(n, "lorem ipsum 3 dolor "),
    "entities": lambda n: _of(n, "&lt;b&gt;&amp;"),
}
"""What a text of so many characters is made of."""


def _word(text: str) -> bytes:
    document = Document()
    document.add_paragraph("＠")
    out = io.BytesIO()
    document.save(out)
    found = parts(out.getvalue())
    main = found["word/document.xml"].decode()
    marked = re.search(r"<w:p>(?:(?!</w:p>).)*＠.*?</w:p>", main, re.DOTALL)
    assert marked
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
    return packed({**found, "word/document.xml": main.replace(marked[0], lines).encode()})


def _page(text: str) -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return f"<html><body>{lines}</body></html>".encode()


def _cells(text: str) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in line.split()) + "</tr>" for line in text.split("\n"))
    return f"<html><body><table>{rows}</table></body></html>".encode()


def _filing(text: str) -> bytes:
    cells = (text[at : at + 30_000] for at in range(0, len(text), 30_000))  # with line ends, as Alt+Enter makes them
    return write_filing(filing(texts={"overview": tuple(cell for cell in cells if cell.strip())}))


FORMATS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "text": ("a.txt", str.encode),
    "page": ("a.html", _page),
    "page's table": ("a.html", _cells),
    "Word": ("a.docx", _word),
    "filing": ("a.xlsx", _filing),
}


def _read(content: bytes, name: str) -> None:
    if not name.endswith(".xlsx"):
        import_report(content, name, ASKED)
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        check_file(path)


def warm(name: str) -> None:
    """Reads a document of a line, so that what is loaded and worked out once is no text's."""
    _read(next(write for known, write in FORMATS.values() if known == name)("1"), name)


def measured(content: bytes, name: str) -> tuple[float, float]:
    """CPU seconds and megabytes of one reading, in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        _read(content, name)
        took = time.process_time() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(writing, f"{took} {grown}".encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = os.read(reading, 100).decode().split()
    os.close(reading)
    return (float(said[0]), float(said[1])) if said else (float("nan"), float("nan"))


def measurements(size: int, only: str = "") -> Iterator[tuple[str, dict[str, tuple[float, float]]]]:
    """What each kind of text costs in each format."""
    for name, _ in FORMATS.values():
        warm(name)
    for kind, make in KINDS.items():
        if only in kind:
            yield kind, {what: measured(write(make(size)), name) for what, (name, write) in FORMATS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    print("| text of " + f"{given.size:,} characters | " + " | ".join(FORMATS) + " |")
    print("|---" * (len(FORMATS) + 1) + "|", flush=True)
    worst = 0.0, 0.0
    for kind, found in measurements(given.size, given.only):
        print(f"| {kind} | " + " | ".join(f"{cpu:.2f} s, {mb:.0f} MB" for cpu, mb in found.values()) + " |", flush=True)
        worst = max(worst[0], *(c for c, _ in found.values())), max(worst[1], *(m for _, m in found.values()))
    print(f"worst: {worst[0]:.2f} s of CPU, {worst[1]:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
