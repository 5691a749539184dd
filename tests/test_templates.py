"""templates/ holds what the code writes now; ``python -m xltools.demo.templates templates`` writes it anew."""

import io
import zipfile
from pathlib import Path

import pytest

from xltools.collection.check import check_file
from xltools.demo.templates import main, templates, wanted
from xltools.editions import editions, supplements

FOLDER = Path(__file__).parent.parent / "templates"
AGAIN = "run: python -m xltools.demo.templates templates"


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook: two zlibs may pack the same parts into different bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_folder_is_what_the_code_writes():
    written = templates()
    assert {p.name for p in FOLDER.glob("*.xlsx")} == set(written), AGAIN
    for name, content in written.items():
        assert parts((FOLDER / name).read_bytes()) == parts(content), f"{name}; {AGAIN}"


def test_the_command_writes_the_folder(tmp_path):
    main([str(tmp_path)])
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == templates()


def test_every_edition_and_supplement_has_its_templates():
    forms = [check_file(path).filing.form for path in FOLDER.glob("*.xlsx")]
    assert {form.edition for form in forms} == set(editions())
    assert {name for form in forms for name in form.supplements} == set(supplements())
    assert len(forms) == sum(len(levels) for _, _, levels in wanted())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_template_is_a_blank_as_issued(path):
    received = check_file(path)
    filing = received.filing
    assert received.verdict == "original"
    assert all(figure is None for figure in filing.inputs.values())
    assert path.name.startswith(f"{filing.form.edition}版_{filing.year}年度_")
    assert filing.form.covers(filing.year)


def test_the_readme_tells_of_the_command():
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert "python -m xltools.demo.templates templates" in readme
    assert "xltools blank" in readme
