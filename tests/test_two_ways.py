"""The quick way of reading and the long one say the same of every hostile and deceptive file: see two_ways.py."""

import pytest
from test_scan import ISSUED
from two_ways import _ending, collections, told_otherwise

from xltools.ooxml import scan

NAMES = ("tests/hostile.py", "tests/test_attacks.py", "tests/test_deceptions.py", "tests/test_seen.py",
         "tests/test_unseen.py", "../shared/cases/attacks")  # fmt: skip
FILES = collections()


@pytest.mark.parametrize("name", NAMES)
def test_both_ways_say_the_same(name, tmp_path):
    if name not in FILES:
        pytest.skip(f"{name} is not beside the checkout")
    assert FILES[name]
    assert [n for n, make in FILES[name].items() if told_otherwise(make, tmp_path / f"表{_ending(n)}")] == []


def test_a_difference_would_be_noticed(tmp_path, monkeypatch):
    def parted(rows):
        without, values = scan.parted(rows)
        return without, ["1" for _ in values]

    monkeypatch.setattr("xltools.ooxml.pattern.parted", parted)
    assert told_otherwise(lambda: ISSUED, tmp_path / "表.xlsx")
