"""A season's files, made the same on every system: run by the tests with this machine's Python, and with that of Windows.

    python season.py

In the current folder it writes 名录.csv, 上年/, and 回收/ with filings that are right, wrong in many ways, or no filings at all.
Nothing but the package under test and the standard library is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xltools.editions import edition_for, load_form
from xltools.form.model import Agency, Filing
from xltools.workbook.write import write_filing

YEAR = 2024
MANY = 104
"""Agencies: enough for two processes that are started anew."""


def agencies() -> list[Agency]:
    return [
        Agency(f"1101{n:03d}", f"示例县第{n}局" if n % 3 else f"第{n}镇", "department" if n % 3 else "township")
        for n in range(MANY)
    ]


def filing(agency: Agency, year: int = YEAR, figures: dict[str, Any] | None = None, **more: Any) -> Filing:
    """A filing with figures of its own and nothing to complain of, but for what is given."""
    form = load_form(edition_for(year))
    number = int(agency.code[-3:])
    inputs: dict[str, Any] = dict.fromkeys((field.id for field in form.inputs), 0)
    inputs |= {"requests.new.natural": number, "requests.granted.natural": number, **(figures or {})}
    typed = {name: value for name, value in inputs.items() if isinstance(value, str)}
    inputs |= dict.fromkeys(typed)
    texts = {section.id: (f"{agency.name}写了一段。", "又写了一段。") for section in form.text_sections}
    signoff = {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": f"{year + 1}-01-15", "phone": "010-1234"}
    return Filing(form, agency, year, **{"inputs": inputs, "typed": typed, "texts": texts, "signoff": signoff, **more})


def faulty(agency: Agency) -> Iterator[tuple[str, bytes]]:
    """What some of the agencies send, by file name."""
    number, name = int(agency.code[-3:]), f"{agency.name}.xlsx"
    wrong: dict[int, dict[str, Any]] = {
        3: {"figures": {"requests.new.natural": 900}},
        5: {"figures": {"requests.new.natural": "五件"}},
        8: {"figures": {"disclosure.fees.amount": "1.5万元"}},
        9: {"signoff": {}},
        13: {"texts": {}},
        21: {"figures": {"disclosure.penalty.decisions": None}},
    }
    if number in wrong:
        yield name, write_filing(filing(agency, **wrong[number]))
    elif number == 34:
        yield name, write_filing(filing(agency, YEAR - 1))
    elif number == 55:
        yield f"新建文件夹/{name}", write_filing(filing(agency))
        yield (
            f"A/{name}",
            write_filing(filing(agency, figures={"requests.new.natural": 1, "requests.granted.natural": 1})),
        )
    elif number == 77:
        yield name, b"PK\x03\x04 cut off"
    elif number == 78:
        yield f"{agency.name}.docx", b"not a workbook"
    elif number != 79:  # which does not file
        folder = ("", "乡镇/", "b/", "C/")[number % 4]
        yield f"{folder}{name}", write_filing(filing(agency))


def main() -> None:
    rows = "".join(f"{a.code},{a.name},{a.level},11,张三,010-1\n" for a in agencies())
    Path("名录.csv").write_bytes(f"单位代码,单位名称,层级,上级代码,联系人,电话\n11,示例县,county,,,\n{rows}".encode())
    for agency in agencies():
        for name, content in faulty(agency):
            _put(Path("回收") / name, content)
        if int(agency.code[-3:]) < 10:
            _put(Path("上年") / f"{agency.code}.xlsx", write_filing(filing(agency, YEAR - 1)))


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main()
