"""Zip files are written straight into memory or a file, the same to the byte however their parts come; nothing of them is kept."""

import gc
import io
import random
import weakref
import zipfile

import pytest

from xltools.ooxml.book import Book
from xltools.ooxml.repack import Packing, Zip, deflated, steadied, zipped

PARTS = {
    "[Content_Types].xml": b"<a/>",
    "空": b"",
    "xl/表.xml": "一二三".encode() * 50_000,
    "x.bin": random.Random(1).randbytes(9000),
}


def in_pieces(out, seed, note=b""):
    """A zip file of the parts, written piece by piece."""
    rng, package = random.Random(seed), Zip(out, note)
    for name, content in PARTS.items():
        packing = Packing(package, name)
        cuts = sorted(rng.randint(0, len(content)) for _ in range(rng.randint(0, 9)))
        for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            packing.write(content[start:end])
        packing.close()
    package.close()


@pytest.mark.parametrize("seed", range(6))
def test_piece_by_piece_as_at_once(seed, tmp_path):
    at_once, out = zipped((deflated(name, content) for name, content in PARTS.items()), b"note"), io.BytesIO()
    in_pieces(out, seed, b"note")
    with (tmp_path / "x.zip").open("w+b") as file:
        in_pieces(file, seed, b"note")
    assert out.getvalue() == (tmp_path / "x.zip").read_bytes() == at_once == steadied(at_once, b"note")
    with zipfile.ZipFile(out) as made:
        assert made.testzip() is None and {name: made.read(name) for name in made.namelist()} == PARTS
        assert {info.comment or info.extra for info in made.infolist()} == {b"note"}


@pytest.mark.parametrize(("size", "packed"), [(2**32, 5), (5, 2**32), (2**40, 2**33)])
def test_a_part_of_more_than_a_zip_tells_is_refused(size, packed):
    package = Zip(io.BytesIO())
    at = package.begin("表.xml")
    package.out.seek(packed, io.SEEK_CUR)
    with pytest.raises(OverflowError, match="表"):
        package.end("表.xml", at, 8, 0, size)


@pytest.mark.parametrize("count", [1, 30, 25_000])
def test_a_book_that_is_written_keeps_nothing_of_its_lists(count):
    class Told(list):
        """What can be told to be gone."""

    gc.disable()
    try:
        rows = Told([n, "字"] for n in range(count))
        there, book = weakref.ref(rows), Book({}, "书", 2023)
        sheet = book.sheet("表")
        sheet.put((0, 0), "字", "head")
        sheet.rows(1, count, rows, ("cell_number", "cell_left"))
        del rows
        assert there() is not None and zipfile.ZipFile(io.BytesIO(book.bytes())).testzip() is None
        assert there() is None and not book._workbook.content
    finally:
        gc.enable()
