"""No text of a megabyte takes more than two seconds of CPU or 200 MB; the whole table: ``benchmarks/bounds.py``."""

import importlib.util
from pathlib import Path

import pytest
from making import checked, codes, filing

from xltools.rules.prose.text import READ_LIMIT
from xltools.workbook.write import write_filing

_PATH = Path(__file__).parents[1] / "benchmarks" / "bounds.py"
_SPEC = importlib.util.spec_from_file_location("bounds", _PATH)
bounds = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(bounds)

MEGABYTE = 2**20 // 3  # characters, of three bytes each
WORST = ("sentences of a report", "the same in one paragraph", "rows of its tables", "titles", "titles, no two alike", "denials",
         "line ends")  # fmt: skip


@pytest.mark.parametrize("kind", WORST)
@pytest.mark.parametrize("what", ["text", "page's table", "filing"])
def test_a_megabyte_of_text_is_read_within_bounds(kind, what):
    (name, write), content = bounds.FORMATS[what], bounds.KINDS[kind](MEGABYTE)
    bounds.warm(name)
    cpu, grown = bounds.measured(write(content), name)
    assert cpu < 4 and grown < 200  # 2 s is the bound of a machine with nothing else to do: benchmarks/bounds.py


WORDS = {
    "one part": {"overview": ("长" * 500,) * 301},
    "all parts": dict.fromkeys(("overview", "problems", "other"), ("长" * 500,) * 110),
    "the last one": {"overview": ("长" * 500,) * 300, "other": ("无",)},
    "long paragraphs": {"overview": ("长" * 15_000,) * 11},
    "sentences": {"overview": ("共收到申请3件。" * 60,) * 350},
}


@pytest.mark.parametrize("texts", WORDS.values(), ids=WORDS)
def test_what_is_not_read_of_too_many_words_is_told(texts):
    [found] = [f for f in checked(write_filing(filing(texts=texts))).findings if f.code == "text-vast"]
    assert found.severity == "query" and found.sheet and found.cell and found.detail["limit"] == READ_LIMIT


@pytest.mark.parametrize("length", [1, 100, READ_LIMIT // 500])
def test_as_many_as_a_report_has_are_read(length):
    assert "text-vast" not in codes(checked(write_filing(filing(texts={"overview": ("长" * 500,) * length}))))
