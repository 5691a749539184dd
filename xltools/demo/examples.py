"""Writes the folder ``examples/``: ``python -m xltools.demo.examples examples``.

A test holds the folder equal to what is written now.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from xltools.collection.account import collection_json
from xltools.collection.collected import Collection
from xltools.demo.judging import agreement, judged, summed
from xltools.demo.others import others, write_other
from xltools.demo.published import agency_of, json_text, load, text_of, workbook
from xltools.demo.story import load_season
from xltools.editions import load_form
from xltools.form.model import Filing
from xltools.outputs import write_whole
from xltools.summary.writing import write_summary

FILING, VALUES, RESULT, ROSTER, SUMMARY = "填报表.xlsx", "values.json", "审核结果.json", "名录.xlsx", "汇总表.xlsx"
"""The files of an example."""


def returns() -> list[str]:
    """The names of the data files that hold a real agency's published figures."""
    names = sorted(
        item.name.removesuffix(".json") for item in files("xltools.demo").iterdir() if item.name.endswith(".json")
    )
    return [name for name in names if "values" in load(name)]


def write_examples(folder: Path) -> None:
    """Writes every example, replacing what is there."""
    for name in returns():
        _return(folder / name, name)
    _season(folder / "season")
    for name in others():
        write_other(folder / name, name)


def _return(folder: Path, name: str) -> None:
    """A real agency's published figures as VALUES, as a filing, and what the check says of it."""
    data = load(name)
    form = load_form(data["edition"], tuple(data.get("supplements", ())))
    blank = Filing(form, agency_of(data["agency"]), data["year"])
    _put(folder / VALUES, text_of(name).encode())
    _put(folder / FILING, workbook(blank, data))
    _put_result(folder, judged([folder / FILING]))


def _season(folder: Path) -> None:
    """The demo's season with everything corrected: roster, filings and their VALUES, summary, what the check says."""
    season, filings = load_season(), []
    _put(folder / ROSTER, season.roster())
    for member in season.members:
        path = folder / "填报" / member.file
        _put(path, member.corrected())
        _put(path.with_suffix(".json"), json_text(member.values).encode())
        filings.append(path)
    summary = summed(season, filings, folder / ROSTER)
    agreement(season, summary)
    _put_result(folder, summary.collection)
    _put(folder / SUMMARY, write_summary(summary))


def _put_result(folder: Path, collection: Collection) -> None:
    _put(folder / RESULT, json_text(collection_json(collection)).encode())


def _put(path: Path, content: bytes) -> None:
    write_whole(path, content, force=True)


def main(arguments: Sequence[str]) -> None:
    """The folder to write is the one argument; by default ``examples``."""
    write_examples(Path(arguments[0] if arguments else "examples"))


if __name__ == "__main__":
    main(sys.argv[1:])
