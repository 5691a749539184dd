"""What is generated for the docs is what the code would generate now."""

import importlib.util
import re
from pathlib import Path

from xltools.cli import cli
from xltools.findings import CATALOGUE

ROOT = Path(__file__).parent.parent


def generator():
    """docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_codes_is_the_catalogue():
    page = (ROOT / "docs" / "codes.md").read_text("utf-8")
    assert page == generator().codes_page(), "run: python docs/generate.py"
    assert all(f"`{code}`" in page for code in CATALOGUE)


def test_every_command_the_readme_names_exists():
    named = set(re.findall(r"xltools ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    assert named - {"collects"} <= set(cli.commands)
    assert set(cli.commands) <= named


def test_links_between_documents_lead_somewhere():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
