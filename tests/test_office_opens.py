"""LibreOffice opens, prints and saves every workbook without losing anything of it."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from making import blank, save
from office import Office
from office_samples import YEARS, cells_of, half_filled, random_filing, summary_of

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.form.layout import DEFINITION
from xltools.summary.writing import write_summary

pytestmark = pytest.mark.office


def workbooks(folder: Path) -> list[Path]:
    """Of both editions: a blank, a filled one, a half-filled one that declares zeros, a summary."""
    found = []
    for edition, year in YEARS.items():
        rng = random.Random(f"opens {edition}")
        full = random_filing(rng, load_form(edition), 1, "city")
        summary = summary_of([full, random_filing(rng, full.form, 2)], folder / edition)
        found += [
            save(folder / f"blank{edition}.xlsx", blank(year)),
            save(folder / f"filled{edition}.xlsx", full),
            save(folder / f"half{edition}.xlsx", half_filled(rng, 3, edition, "requests")),
            save(folder / f"summary{edition}.xlsx", write_summary(summary)),
        ]
    return found


def test_a_saved_copy_is_the_same_filing(office: Office, tmp_path: Path) -> None:
    again = office.recalculated(workbooks(tmp_path / "written"), tmp_path / "saved")
    for path, copy in again.items():
        ours, theirs = check_file(path), check_file(copy)
        assert ours.filing is not None and theirs.filing is not None
        assert (ours.verdict, theirs.verdict) == ("original", "resaved"), [f.message for f in theirs.findings]
        for part in ("agency", "year", "kind", "values", "typed", "texts", "signoff", "declared_zero", "explanations"):
            assert getattr(theirs.filing, part) == getattr(ours.filing, part), (path, part)
        assert [f.message for f in theirs.findings] == [f.message.replace(path.name, copy.name) for f in ours.findings]
        assert theirs.provisional == ours.provisional


def test_every_sheet_prints(office: Office, tmp_path: Path) -> None:
    printed = office.printed(workbooks(tmp_path / "written"), tmp_path / "printed")
    for path, pdf in printed.items():
        sheets = {sheet for sheet, _ in cells_of(path)}
        words = text_of(pdf)
        assert pages(pdf) >= len(sheets - {DEFINITION}), path
        for word in ("填报说明", "封面", "校验码", "本表空白格均为0", "####"):
            assert (word in words) == (word != "####"), (path, word)


def pages(pdf: Path) -> int:
    return pdf.read_bytes().count(b"/Type/Page/")


def text_of(pdf: Path) -> str:
    """The words of a PDF."""
    program = shutil.which("pdftotext")
    if not program:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return subprocess.run([program, str(pdf), "-"], capture_output=True, check=True).stdout.decode("utf-8")
