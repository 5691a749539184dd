"""The kept cases: each script says PASS, and its kind has tests with further inputs, as docs/cases.md tells."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "cases"
SCRIPTS = sorted(SHARED.glob("case-*.py"))
ROWS = re.findall(r"^\| (\S+) \| [^|]+ \| ([^|]+) \| (\d+) \|$", (ROOT / "docs" / "cases.md").read_text("utf-8"), re.M)
PROGRAM = f"#!{sys.executable}\nfrom xltools.cli import main\nmain()\n"
LEAST = 5


@pytest.mark.skipif(not SCRIPTS, reason="../shared/cases is not beside the checkout")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_kept_case_passes(script, tmp_path):
    program = tmp_path / "xltools"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    environment = {**os.environ, "XLTOOLS": str(program), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp_path)}
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, timeout=120)
    assert said.stdout.splitlines()[-1:] == ["PASS"], said.stdout + said.stderr


@pytest.fixture(scope="module")
def collected():
    """How many inputs each test has that the table names."""
    files = sorted({f"tests/{name}" for _, tests, _ in ROWS for name in re.findall(r"`(\w+\.py)::", tests)})
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        *files,
    ]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    return Counter(line.partition("[")[0].removeprefix("tests/") for line in said.stdout.splitlines() if "::" in line)


@pytest.mark.parametrize(
    ("case", "tests", "inputs"), ROWS, ids=lambda value: value if value.startswith("case-") else ""
)
def test_its_kind_has_further_inputs(case, tests, inputs, collected):
    named = re.findall(r"`(\w+\.py::\w+)`", tests)
    there = {name: collected[name] for name in named}
    assert named and all(there.values()), there
    assert sum(there.values()) >= int(inputs) >= LEAST, there


@pytest.mark.skipif(not SCRIPTS, reason="../shared/cases is not beside the checkout")
def test_every_kept_case_is_in_the_table():
    assert {case for case, *_ in ROWS} >= {path.stem for path in SCRIPTS}
