"""Regular expressions that are compiled late are those that they stand for."""

import re

import pytest

from xltools.expressions import expression

KINDS = {
    "words": (r"[甲乙]+", "丙甲乙丁甲"),
    "groups": (r"(?P<a>\d+)年(?:(\d+)月)?", "2023年1月，2022年"),
    "bytes": (rb"<v>([^<]*)</v>", b"<v>1</v><v></v>"),
    "nothing": (r"\Z", ""),
    "flags": (r"a.b", "A\nb", re.IGNORECASE | re.DOTALL),
    "no match": (r"x", "甲"),
}


@pytest.mark.parametrize("what", KINDS)
def test_it_finds_what_the_expression_finds(what):
    pattern, text, *flags = KINDS[what]
    late, right = expression(pattern, *flags), re.compile(pattern, *flags)
    for _ in range(2):  # compiled, and then compiled already
        assert late.findall(text) == right.findall(text) and late.split(text) == right.split(text)
        assert bool(late.search(text)) == bool(right.search(text)) and bool(late.fullmatch(text)) == bool(
            right.fullmatch(text)
        )
        assert (late.pattern, late.flags) == (right.pattern, right.flags)


def test_it_is_compiled_when_it_is_first_used():
    wrong = expression("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_what_an_expression_has_not_it_has_not():
    with pytest.raises(AttributeError):
        expression("a").nothing  # noqa: B018 - asking is the test
