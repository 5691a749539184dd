"""退回单 printed from patterns: every part to the byte what python-docx makes of it the long way."""

import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import filing, parts, save

from xltools.collection.check import check_file
from xltools.ooxml.paper import packed
from xltools.slips.letterhead import Letterhead
from xltools.workbook.write import write_filing

letters = importlib.import_module("xltools.slips.letter")


class LongWay:
    """A document made by python-docx piece by piece: what the printed one has to be."""

    def __init__(self):
        self._document = letters._empty()
        self._table = None

    def paragraph(self, key, words, make):
        make(self._document, words)

    def table(self, key, make):
        self._table = make(self._document)

    def row(self, key, words, make):
        make(self._table, words)

    def bytes(self, note):
        return packed(self._document, note)


def both(make):
    """What is made, printed and the long way."""
    printed, paper = make(), letters._paper
    letters._paper = LongWay
    try:
        return printed, make()
    finally:
        letters._paper = paper


ODD = (
    "",
    " ",
    "　　缩进",
    "末尾空格 ",
    "制表\t符",
    "两\n行",
    "回车\r",
    "<b>&\"'",
    "]]>",
    "\x07铃",
    "\ue0000\ue001",
    "🏛𠮷",
    "a\xa0",
    "\x85",
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_come_out_the_same(odd):
    facts = [("填报单位", odd, "单位代码", odd), (odd, "x"), (odd, odd, odd, odd)]
    printed, long = both(lambda: letters.notice(odd or "题", facts, [odd, "段", odd]))
    assert parts(printed) == parts(long) and printed == long


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=4), st.booleans())
def test_any_words_come_out_the_same(words, awaited):
    printed, long = both(lambda: letters.notice(words[0], [(w, w) for w in words], words, awaited=awaited))
    assert printed == long


WRONG = (
    {"requests.new.natural": 9, "requests.granted.natural": 5},
    {"disclosure.rules.effective": 1},
    {"requests.new.natural": "九", "disclosure.rules.issued": -3},
    {f"requests.new.{c}": 7 for c in ("natural", "enterprise", "research", "social", "legal", "other")},
    {"review.upheld": 3, "disclosure.fees.amount": 1.5},
)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("head", [Letterhead(), Letterhead(signature="某市政府办\x1f公室", deadline="2024-02-01")])
def test_a_letter_comes_out_the_same(wrong, head, tmp_path):
    received = check_file(save(tmp_path / "表.xlsx", write_filing(filing(wrong))))
    assert received.findings
    for copy, besides in (("", ""), ("甲_请更正.xlsx", "另有一份。")):
        printed, long = both(lambda copy=copy, besides=besides: letters.letter(received, copy, besides, head=head))
        assert printed == long
