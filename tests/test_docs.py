"""The pages say what is so: generated ones are what the code would generate now, and every command they show is run."""

import ast
import csv
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copyfile, which
from textwrap import dedent

import click
import openpyxl
import pytest
from making import AGENCIES, ROSTER, filing, run

from xltools.cli import cli
from xltools.editions import editions
from xltools.editions.additions import read_supplement
from xltools.editions.definition import read_definition
from xltools.editions.rulebook import packed
from xltools.editions.source import Definition
from xltools.editions.wordbook import read_lexicon
from xltools.findings import CATALOGUE
from xltools.form.scopes import Scope
from xltools.received.read import read_file
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

ROOT = Path(__file__).parent.parent
COMMANDS = set(cli.list_commands(click.Context(cli)))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def generator():
    """docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES_MADE = generator().pages()


@pytest.mark.parametrize("path", PAGES_MADE, ids=lambda path: path.relative_to(ROOT / "docs").as_posix())
def test_what_is_generated_is_what_the_code_gives_now(path):
    assert path.read_text("utf-8") == PAGES_MADE[path], "run: python docs/generate.py"


def test_the_generated_pages_are_whole():
    codes, commands = (PAGES_MADE[ROOT / "docs" / name] for name in ("codes.md", "commands.md"))
    assert all(f"`{code}`" in codes for code in CATALOGUE)
    assert all(f"## xltools {name}" in commands for name in COMMANDS)
    assert {path.name for path in (ROOT / "docs" / "schema").iterdir()} == {
        path.name for path in PAGES_MADE if path.suffix == ".json"
    }


def test_every_command_the_readme_names_exists():
    named = set(re.findall(r"xltools ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    assert named - {"collects"} <= COMMANDS
    assert named >= COMMANDS


def test_links_between_documents_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_is_there(page):
    known = {path.relative_to(ROOT).as_posix() for folder in OURS for path in (ROOT / folder).rglob("*")}
    for name in re.findall(r"`([\w./-]+(?:\.py|\.js|/))`", page.read_text("utf-8")):
        there = name.rstrip("/")
        assert any(path == there or path.endswith(f"/{there}") for path in known) or name in WORKING, (
            f"{page.name}: {name}"
        )


OURS = ("xltools", "tests", "benchmarks", "packaging", "docs", ".ci", "templates", "examples")
WORKING = {
    f"{name}/"
    for name in (*OURS, "下发", "回收", "退回", "汇总", "格式", "规则", ".xltools", ".xltools/readings", "readings")
}
"""Folders of a working folder, and of the checkout's own top."""


# ── the commands in the pages ────────────────────────────────────────────────

BLOCK = re.compile(r"((?:^ *<!--[^\n]*-->\n)*)^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SHELLS = {"sh", "bash", "shell", "console", "bat", "powershell"}
OTHERS = {"toml", "text", "json", "python", "pycon", "sql"}


def blocks(page):
    """The shell blocks of a page: the text, and why it is not run, where it is not."""
    for comments, language, text in BLOCK.findall(page.read_text("utf-8")):
        assert language in SHELLS | OTHERS, f"{page.name}: a block of no known language: {text[:60]}"
        if language in SHELLS:
            reason = re.search(r"<!-- not run: (.+?) -->", comments)
            yield dedent(text), reason and reason[1]


RUN = [page for page in PAGES if any(not reason for _, reason in blocks(page))]


def test_hardly_any_shell_block_is_left_unrun():
    left = [(page.name, reason) for page in PAGES for _, reason in blocks(page) if reason]
    assert [name for name, _ in left] == ["README.md"] * 2 + ["by-command.md", "judges.md", "packaging.md"], left
    assert {page.name for page in RUN} >= {"by-command.md", "import.md", "season.md"}


def test_no_command_hides_in_a_block_without_fences():
    for page in PAGES:
        assert not re.findall(r"^(?:    |\t)\$? ?(?:xltools|python|bash|pip) .*", fenceless(page), re.MULTILINE), (
            page.name
        )


def fenceless(page):
    return BLOCK.sub("", page.read_text("utf-8"))


@pytest.fixture
def shell(tmp_path):
    """Runs a script as a reader would, in the folder that the one before ended in. Status 1 (findings are open) is no failure."""
    if not which("bash"):
        pytest.skip("bash is not there")
    bin_, at, here = tmp_path / "bin", tmp_path / "at", tmp_path / "桌面"
    bin_.mkdir()
    here.mkdir()
    at.write_text(str(here), "utf-8")
    (bin_ / "xltools").write_text(f'#!/bin/sh\n"{sys.executable}" -m xltools "$@" || [ $? -eq 1 ]\n', "utf-8")
    (bin_ / "xltools").chmod(0o755)
    path = os.pathsep.join((str(bin_), str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def shell(script):
        where = Path(at.read_text("utf-8").strip())
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", f'{script}\npwd >"{at}"'], cwd=where, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=300)  # fmt: skip
        assert done.returncode == 0 and "Traceback" not in done.stderr, f"{script}\n{done.stdout}{done.stderr}"
        return Path(at.read_text("utf-8").strip())

    return shell


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """What a reader of the pages has at hand: a roster, and last year's published reports."""
    folder = tmp_path_factory.mktemp("shelf")
    said = filing({"requests.new.natural": 3, "requests.granted.natural": 3}, agency=AGENCIES[2])
    (folder / "表.xlsx").write_bytes(write_filing(said))
    (folder / "去年的报告").mkdir()
    for name in ("2024年报告.docx", "报告.docx", "去年的报告/青山镇.html"):
        assert run("report", "表.xlsx", "-o", name, cwd=folder).returncode == 0
    book = openpyxl.Workbook()
    for row in csv.reader(ROSTER.splitlines()):
        book.active.append(row)
    book.save(folder / "名录.xlsx")
    return folder


def offices(folder):
    """The agencies fill in what was issued to them and send it back."""
    for blank in sorted((folder / "下发").glob("*.xlsx")):
        back = folder / "回收" / blank.name
        if not back.exists():
            given = read_file(blank).filing
            back.write_bytes(write_filing(filing(year=given.year, agency=given.agency, form=given.form)))


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_every_shell_block_of_the_pages_does_what_it_says(page, shell, shelf):
    folder = shell("")
    for text, reason in blocks(page):
        for line in () if reason else re.sub(r"\\\n", " ", text).splitlines():
            for path in shelf.rglob("*.*"):
                (folder / path.relative_to(shelf)).parent.mkdir(exist_ok=True)
                copyfile(path, folder / path.relative_to(shelf))  # the roster is filled in, over that of init
            folder = shell(line)
            if (folder / "下发").is_dir():
                offices(folder)


def inline():
    """Every command with arguments that stands within a sentence."""
    for page in PAGES:
        for words in re.findall(r"`xltools ([^`…]+)`", fenceless(page)):
            if " " in words and not words.startswith("forms"):
                yield pytest.param(words, id=f"{page.name}: {words}")


@pytest.mark.parametrize("words", list(inline()))
def test_a_command_within_a_sentence_is_one_the_program_takes(words):
    name, *arguments = words.split()
    cli.get_command(click.Context(cli), name).make_context(name, arguments)


# ── docs/house.md: where is … ────────────────────────────────────────────────

STEP = re.compile(r"`([^`]+)`(?: `([^`]+)`)?")


def answers():
    """The rows of the table: the question, how many steps it says, and the steps."""
    rows = re.findall(
        r"^\| (.+) \| (\d) \| (\d) \| (.+) \|$", (ROOT / "docs" / "house.md").read_text("utf-8"), re.MULTILINE
    )
    return [pytest.param(int(now), path.split(" → "), id=question) for question, _, now, path in rows]


@pytest.mark.parametrize(("now", "path"), answers())
def test_what_a_maintainer_looks_for_is_where_the_page_says(now, path):
    assert len(path) == now
    for step in path:
        file, name = STEP.fullmatch(step).groups()
        if file.startswith("xltools "):
            assert run(*file.split()[1:], "2021").returncode == 0
            continue
        place = ROOT / "xltools" / file
        text = place.read_text("utf-8")
        assert name in (defined(text) if file.endswith(".py") and "-" not in name else text), f"{file}: {name}"


def defined(text):
    """What a module defines: names, and class.method."""
    body = ast.parse(text).body
    kinds = (ast.ClassDef, ast.FunctionDef)
    inner = {
        f"{one.name}.{m.name}"
        for one in body
        if isinstance(one, ast.ClassDef)
        for m in one.body
        if isinstance(m, kinds)
    }
    return inner | {one.name for one in body if isinstance(one, kinds)}


def test_all_eight_questions_are_answered():
    assert len(answers()) == 8


def test_the_house_can_be_counted():
    """benchmarks/house.py sees every room that the page draws."""
    command = [sys.executable, ROOT / "benchmarks" / "house.py"]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )
    rooms = re.findall(r"^\| `(\w+/)` \|", (ROOT / "docs" / "house.md").read_text("utf-8"), re.MULTILINE)
    assert rooms and all(f"\n| {room} | " in done.stdout for room in rooms)
    assert "Up, against the floors of docs/house.md: []\nIn a circle: none" in done.stdout


# ── docs/editions.md: its examples are one form ──────────────────────────────


def examples():
    """The TOML of the page: the form, the supplement laid over it, a rule pack."""
    found = BLOCK.findall((ROOT / "docs" / "editions.md").read_text("utf-8"))
    more = [text for name in ("supplement", "pack") for comments, _, text in found if name in comments]
    return "\n".join(
        text for c, language, text in found if language == "toml" and text not in more and "form" not in c.split()
    ), *more


def test_the_examples_of_the_page_on_editions_are_a_form_with_all_that_it_tells_of():
    text, laid_over, pack = examples()
    form = read_definition(Definition("2026.toml", tomllib.loads(text)))
    rules = {rule.id: rule for rule in form.rules}
    assert {"requests.balance.natural", "disclosure.fees.unit", "requests.uniform", "cover.signoff"} <= set(rules)
    assert rules["text.repeated"].severity == "note" and rules["text.repeated"].share == 60
    assert rules["disclosure.rules.issued"].with_last and set(form.last.carried) and form.last.follows["2021"]
    assert form.charts and form.report.contact and len(form.inputs) == 7 + 2 * 5
    more = read_supplement(Definition("somewhere-2026.toml", tomllib.loads(laid_over)), form)
    rules = {rule.id: rule for rule in more.rules}
    assert "supplement.items" in more.fields and rules["requests.balance.business"].severity == "query"
    assert rules["same-as-last-year"].least == 10
    assert (
        "supplement.province.issued" in more.fields
        and more.sections[-1].id == "supplement.plan"
        and len(more.charts) == 2
    )
    judging = packed(Definition("somewhere-rules.toml", tomllib.loads(pack)), more.rules)
    [balance] = [rule for rule in judging if rule.id == "requests.balance.natural"]
    here, elsewhere = (Scope("county", year=2026, region=region) for region in ("某市", "别市"))
    assert (balance.amended(here).severity, balance.amended(elsewhere).severity) == ("error", "query")
    known = read_lexicon((Definition(p.name, tomllib.loads(p.read_text("utf-8"))) for p in LEXICONS), more)
    assert ("规范性文件", "#", "制发") in known.phrases and "复议" not in known.topics


LEXICONS = sorted((ROOT / "xltools" / "editions" / "lexicons").glob("*.toml"))


def test_the_page_on_editions_names_every_key_of_the_editions():
    """Whatever key an edition uses, a maintainer finds on the page."""
    page = (ROOT / "docs" / "editions.md").read_text("utf-8")

    def keys(part):
        for key, value in part.items() if isinstance(part, dict) else ():
            yield key
            yield from keys(value)
        for one in part if isinstance(part, list) else ():
            yield from keys(one)

    data = [tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "xltools" / "editions").rglob("2*.toml")]
    ids = {*LEVELS, *editions()}  # names of levels and editions, not of keys
    assert {key for key in keys(data) if key not in ids and not re.search(rf"\b{key}\b", page)} == set()


def test_the_other_form_of_the_page_on_editions_is_one():
    found = BLOCK.findall((ROOT / "docs" / "editions.md").read_text("utf-8"))
    texts = [text for comments, _, text in found if "form" in comments.split()]
    form = read_definition(Definition("law-2026.toml", tomllib.loads("\n".join(texts))))
    asked = {rule.id: rule.text for rule in form.rules if rule.id in ("cases.shown", "cases.fined")}
    assert "是否公示选“是”" in asked["cases.shown"] and "考核等次不选“优秀”" in asked["cases.fined"]
    assert (form.family, len(form.periods), len(form.ratios)) == ("执法", 4, 2)
    assert {field.type for field in form.fields.values()} == {"count", "ratio", "yuan", "choice", "words"}
