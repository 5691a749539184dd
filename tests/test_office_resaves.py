"""A hundred filings saved by LibreOffice, and by openpyxl: none is taken for altered, no figure is another."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from making import resaved, save
from office import Office
from office_samples import YEARS, half_filled, random_filings

from xltools.collection.check import check_file
from xltools.form.model import Filing
from xltools.received.file import Received

FILINGS = 100


def samples() -> list[Filing]:
    """Of both editions and every level; every fifth with half of its cells empty, on one sheet declared zero."""
    found = random_filings(2, FILINGS)
    for number in range(0, FILINGS, 5):
        edition = sorted(YEARS)[number % 2]
        found[number] = half_filled(random.Random(number), number, edition, "disputes")
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("written")
    return [save(folder / f"{n:03}.xlsx", filing) for n, filing in enumerate(samples())]


def told(received: Received) -> list[tuple[str, str, str | None]]:
    return [(f.code, f.severity, f.cell) for f in received.findings]


def alike(ours: list[Path], theirs: list[Path]) -> Counter[str]:
    """The verdicts on copies that another program saved; every figure, word and finding of theirs is held against ours."""
    verdicts: Counter[str] = Counter()
    for path, copy in zip(ours, theirs, strict=True):
        issued, received = check_file(path), check_file(copy)
        assert issued.verdict == "original" and issued.filing and received.filing
        for part in ("agency", "year", "form", "values", "texts", "signoff", "declared_zero", "explanations"):
            assert getattr(received.filing, part) == getattr(issued.filing, part), (copy, part)
        assert told(received) == told(issued), copy
        verdicts[received.verdict] += 1
    return verdicts


def test_through_openpyxl(written: list[Path], tmp_path: Path) -> None:
    copies = [save(tmp_path / path.name, resaved(path.read_bytes())) for path in written]
    assert alike(written, copies) == {"resaved": FILINGS}


@pytest.mark.office
def test_through_libreoffice(written: list[Path], office: Office, tmp_path: Path) -> None:
    again = office.recalculated(written, tmp_path)
    copies = [again[path] for path in written]
    verdicts = alike(written, copies)
    print(f"saved by LibreOffice: {dict(verdicts)}")
    assert verdicts == {"resaved": FILINGS}
