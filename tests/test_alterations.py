"""No figure of an altered file is misread in silence: see alterations.py for what is done to the files."""

import re
from pathlib import Path

import alterations_seen  # noqa: F401 - adds its kinds
import pytest
from alterations import KINDS, SAMPLES, altered, misreadings, run

from xltools.collection.check import check_file

DOCUMENTED = Path(__file__).parents[1] / "docs" / "robustness.md"


@pytest.mark.parametrize("name", KINDS)
def test_an_altered_file_is_read_right_or_its_place_is_named(name: str, tmp_path: Path) -> None:
    tally = run(KINDS[name], tmp_path)
    assert tally.files == SAMPLES
    assert tally.misread == {}


def test_there_are_many_kinds_and_many_files() -> None:
    assert len(KINDS) >= 30
    assert len(KINDS) * SAMPLES >= 2000


def test_the_judge_notices_a_misreading(tmp_path: Path) -> None:
    """A figure altered behind the judge's back: had it been misread, it would be told."""
    case = altered(KINDS["dimension wrong or missing"], 0)
    path = tmp_path / "表.xlsx"
    path.write_bytes(case.book.bytes())
    item = case.input("count")
    case.figures[item.id] = (case.figures[item.id] or 0) + 1
    assert [c for c in misreadings(case, check_file(path)) if c.startswith(item.id)]


def test_the_table_of_kinds_is_documented() -> None:
    section = DOCUMENTED.read_text("utf-8").partition("## Alterations")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (\d+) \| \d+ \| \d+ \| \d+ \| (\d+) \|$", section, re.MULTILINE)
    assert [name for name, *_ in rows] == [*KINDS, f"{len(KINDS)} kinds"]
    assert rows[-1][1:] == (str(len(KINDS) * SAMPLES), "0")
