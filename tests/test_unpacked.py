"""A part unpacked at once is what zipfile makes of it, or is refused alike; and what is kept of a part is of its very bytes."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import checked, filing, resaved

from xltools.ooxml import shared
from xltools.ooxml.package import Package
from xltools.ooxml.shared import kept
from xltools.ooxml.trees import Unreadable
from xltools.workbook.write import write_filing

WORDS = b"<a>" + b"words " * 50 + b"</a>"
CRC, PACKED, SIZE = 16, 20, 24
"""Where a part's checksum and sizes stand in the zip's directory; in the part's own header two bytes before them, less twelve."""


def made(*parts, method=zipfile.ZIP_DEFLATED, out=None):
    """A zip of parts, by default of one."""
    out = out or io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in parts or (("a.xml", WORDS), ("b.xml", WORDS[::-1])):
            package.writestr(name, content)
    return out.getvalue()


class Unseekable(io.BytesIO):
    """Written to from front to end, so that sizes follow the parts."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation


def lying(content, at, change, *, header=False):
    """A zip whose directory says another number of its first part; the part's own header too, or not."""
    start = content.index(b"PK\1\2")
    places = [start + at] + ([at - 2] if header else [])
    found = bytearray(content)
    for place in places:
        [said] = struct.unpack_from("<L", found, place)
        struct.pack_into("<L", found, place, change(said) & 0xFFFFFFFF)
    return bytes(found)


def damaged(content, at, byte):
    return content[:at] + bytes([byte]) + content[at + 1 :]


def said(content, name="a.xml"):
    try:
        return Package(content).part(name)
    except Unreadable as problem:
        return problem.code


def both(content, monkeypatch, name="a.xml"):
    """What is read of a part; what is read where all is left to zipfile."""
    at_once = said(content, name)
    with monkeypatch.context() as patch:
        patch.setattr(Package, "_unpacked", lambda *_: None)
        return at_once, said(content, name)


def plain(content, name="a.xml"):
    """Whether a part is unpacked at once."""
    package = Package(content)
    return package._unpacked(package._zip.getinfo(name)) is not None


PLAIN = {
    "deflated": made(),
    "stored": made(method=zipfile.ZIP_STORED),
    "empty": made(("a.xml", b"")),
    "empty, stored": made(("a.xml", b""), method=zipfile.ZIP_STORED),
    "one byte": made(("a.xml", b"<")),
    "large": made(("a.xml", bytes(range(256)) * 4096)),
    "sizes follow": made(out=Unseekable()),
    "in a folder": made(("a.xml", WORDS), ("xl/worksheets/sheet1.xml", WORDS)),
}


@pytest.mark.parametrize("what", PLAIN)
def test_a_plain_part_is_unpacked_at_once(what, monkeypatch):
    content = PLAIN[what]
    assert plain(content)
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        at_once, left = both(content, monkeypatch, name)
        assert at_once == left == zipfile.ZipFile(io.BytesIO(content)).read(name)


@pytest.mark.parametrize("make", [bytes, resaved])
def test_a_workbook_s_parts_are_what_zipfile_reads(make):
    content = make(write_filing(filing({"requests.new.natural": 5})))
    package, measure = Package(content), zipfile.ZipFile(io.BytesIO(content))
    for info in measure.infolist():
        assert package._unpacked(info) == measure.read(info)


def bomb(size, said):
    """A part of so many bytes that says it has fewer."""
    content = made(("a.xml", bytes(size)))
    return lying(content, SIZE, lambda _: said, header=True)


TRUE, STORED = made(), made(method=zipfile.ZIP_STORED)
LOCKED = 1
"""The flag of a part that is locked."""
LIES = {
    "checksum": lying(TRUE, CRC, lambda n: n + 1),
    "checksum, in both places": lying(TRUE, CRC, lambda n: n ^ 1, header=True),
    "checksum, stored": lying(STORED, CRC, lambda n: n + 1),
    "checksum 0": lying(TRUE, CRC, lambda _: 0),
    "size one more": lying(TRUE, SIZE, lambda n: n + 1),
    "size one less": lying(TRUE, SIZE, lambda n: n - 1),
    "size 0": lying(TRUE, SIZE, lambda _: 0),
    "size twice": lying(TRUE, SIZE, lambda n: 2 * n, header=True),
    "size one less, stored": lying(STORED, SIZE, lambda n: n - 1),
    "size one more, stored": lying(STORED, SIZE, lambda n: n + 1),
    "packed one less": lying(TRUE, PACKED, lambda n: n - 1),
    "packed one more": lying(TRUE, PACKED, lambda n: n + 1),
    "packed into the next": lying(TRUE, PACKED, lambda n: n + 40, header=True),
    "packed one less, stored": lying(STORED, PACKED, lambda n: n - 1),
    "packed into the next, stored": lying(STORED, PACKED, lambda n: n + 40),
    "packed 0": lying(TRUE, PACKED, lambda _: 0),
    "size and checksum of its beginning": lying(
        lying(TRUE, SIZE, lambda _: 9, header=True), CRC, lambda _: zlib.crc32(WORDS[:9]), header=True
    ),
    "a bomb": bomb(2**26, 100),
    "a bomb that says nothing": bomb(2**26, 0),
    "a bomb of the right beginning": lying(bomb(2**26, 100), CRC, lambda _: zlib.crc32(bytes(100)), header=True),
    "a broken stream": damaged(TRUE, TRUE.index(b"a.xml") + 5, 0xFF),
    "its own name": damaged(TRUE, TRUE.index(b"a.xml"), ord("b")),
    "its own name's length": damaged(TRUE, 26, 4),
    "its own beginning": damaged(TRUE, 3, 5),
    "locked": damaged(TRUE, TRUE.index(b"PK\1\2") + 8, LOCKED),
    "packed otherwise": made(method=zipfile.ZIP_BZIP2),
    "said to be stored": damaged(TRUE, TRUE.index(b"PK\1\2") + 10, 0),
    "said to be packed": damaged(STORED, STORED.index(b"PK\1\2") + 10, 8),
    "of no known way": damaged(TRUE, TRUE.index(b"PK\1\2") + 10, 99),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_part_that_is_not_as_the_directory_says_is_left_to_zipfile(lie, monkeypatch):
    at_once, left = both(LIES[lie], monkeypatch)
    assert at_once == left
    assert not plain(LIES[lie]) or at_once == WORDS


@pytest.mark.parametrize("size", [2**20, 2**22, 2**24, 2**26, 2**27])
def test_a_bomb_is_not_unpacked(size):
    content = bomb(size, 1000)
    package = Package(content)
    info = package._zip.getinfo("a.xml")
    tracemalloc.start()
    try:
        assert package._unpacked(info) is None
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


def test_parts_that_overlap_are_not_plain():
    """The second entry lies within the first, as in bombs that unpack the same bytes many times over."""
    inner = made(("b.xml", WORDS), method=zipfile.ZIP_STORED)
    content = bytearray(made(("a.xml", inner), ("b.xml", WORDS), method=zipfile.ZIP_STORED))
    second = content.index(b"PK\1\2", content.rindex(b"a.xml"))
    within = content.index(b"PK\3\4", 4)
    struct.pack_into("<L", content, second + 42, within)
    package = Package(bytes(content))
    assert package._zip.getinfo("b.xml").header_offset == within
    assert package._unpacked(package._zip.getinfo("a.xml")) is None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TRUE) - 1), st.integers(0, 255), st.booleans())
def test_whatever_byte_is_another_a_part_is_read_or_refused_alike(at, byte, stored):
    content = STORED if stored else TRUE
    content = damaged(content, at % len(content), byte)
    with pytest.MonkeyPatch.context() as patch:
        at_once, left = both(content, patch)
    assert at_once == left


# ── what is kept of a part ───────────────────────────────────────────────────


def counted(most=4):
    """A function of a part's bytes that is kept, and what it was asked."""
    asked = []

    @kept(most)
    def length(content, *more):
        asked.append(content)
        return len(content), *more

    return length, asked


@pytest.mark.parametrize("content", [b"", b"\0", b"<a/>", "封面".encode(), bytes(shared._LARGE - 1)], ids=len)
def test_what_is_made_of_the_same_bytes_is_made_once(content):
    length, asked = counted()
    assert [length(bytes(bytearray(content))) for _ in range(3)] == [(len(content),)] * 3
    assert len(asked) == 1


@pytest.mark.parametrize("size", [shared._LARGE, shared._LARGE + 1, 2 * shared._LARGE])
def test_of_a_large_part_nothing_is_kept(size):
    length, asked = counted()
    assert [length(bytes(size)) for _ in range(2)] == [(size,)] * 2
    assert [length(b"", bytes(size)) for _ in range(2)] == [(0, bytes(size))] * 2
    assert len(asked) == 4


def test_another_byte_or_another_companion_is_another_part():
    length, asked = counted(16)
    given = [(b"a",), (b"b",), (b"a", b""), (b"a", b"theme"), (b"a", 1), (b"a", "1"), (b"",)]
    assert [length(*each) for each in given] == [(len(content), *more) for content, *more in given]
    assert len(asked) == len(given)


def test_no_more_is_kept_than_said():
    length, asked = counted(2)
    for content in (b"a", b"b", b"c", b"c", b"b", b"a"):
        length(content)
    assert asked == [b"a", b"b", b"c", b"a"]


@pytest.mark.parametrize(
    "problem", [Unreadable("file-damaged"), ValueError("1"), KeyError(2), IndexError(), RuntimeError()]
)
def test_a_part_that_is_refused_is_refused_each_time(problem):
    @kept(4)
    def refuse(content):
        raise problem

    for _ in range(3):
        with pytest.raises(type(problem)):
            refuse(b"<a/>")


@pytest.mark.parametrize("value", range(5))
def test_files_that_share_parts_are_read_each_for_itself(value):
    """What was kept of one file's parts changes nothing of what is read of another's."""
    alone = {
        n: write_filing(filing({"requests.new.natural": n, "requests.granted.natural": n})) for n in (value, value + 7)
    }
    told = {n: checked(content).filing.inputs for n, content in alone.items()}
    assert {n: inputs["requests.new.natural"] for n, inputs in told.items()} == {n: n for n in alone}
    assert {n: checked(content).filing.inputs for n, content in reversed(alone.items())} == told
