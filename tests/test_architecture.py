"""How the house is built: arrows go down, and no room but the editions' knows an edition, a year or a printed label."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xltools
from xltools.editions import editions, load_form, supplements

HOUSE = Path(xltools.__file__).parent
FLOORS = {
    0: ("address", "figures", "terms", "errors", "outputs", "numerals", "characters", "inputs", "dates"),
    1: ("relation", "lexicon", "model", "findings", "failures", "lastyear", "standing", "names"),
    2: ("layout", "algebra", "checkcode", "changes", "speakers"),
    3: ("rules",),
    4: ("editions",),
    5: ("workbook", "paper", "lists", "roster", "versions"),
    6: (
        "check",
        "levels",
        "whose",
        "previous",
        "merge",
        "slips",
        "report",
        "ingest",
        "exchange",
        "blank",
        "describe",
        "demo",
        "frames",
        "season",
    ),
    7: ("cli", "__main__"),
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
FILES = sorted(HOUSE.rglob("*.py"))


def room(path):
    """The room a file belongs to: its module or package just below xltools."""
    return path.relative_to(HOUSE).with_suffix("").parts[0]


def imported(node):
    """The rooms that an import statement names."""
    if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "xltools":
        below = (node.module or "").split(".")[1:]
        return below[:1] or [alias.name for alias in node.names if not alias.name.startswith("__version__")]
    if isinstance(node, ast.Import):
        return [name.name.split(".")[1] for name in node.names if name.name.startswith("xltools.")]
    assert not (isinstance(node, ast.ImportFrom) and node.level), "imports are absolute"
    return []


def imports(path):
    """Every import of the house's own in a file, wherever it stands: room and line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in imported(node):
                yield name, node.lineno


def test_every_module_has_a_floor():
    found = {room(path) for path in FILES} - {"__init__"}
    assert found == set(FLOOR), "put a new module on its floor, here and in docs/house.md"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_arrows_go_down(path):
    """At the top of a module or inside a function: nothing upstairs is ever imported."""
    here = room(path)
    upward = [(name, line) for name, line in imports(path) if here in FLOOR and FLOOR[name] > FLOOR[here]]
    assert upward == []


def test_no_circles_between_rooms_of_a_floor():
    arrows = {here: set() for here in FLOOR}
    for path in FILES:
        arrows.setdefault(room(path), set()).update(name for name, _ in imports(path) if name != room(path))
    for start in FLOOR:
        seen, ahead = set(), set(arrows[start])
        while ahead:
            seen |= ahead
            ahead = set().union(*(arrows[name] for name in ahead)) - seen
        assert start not in seen, f"{start} imports itself, by way of others"


def test_the_floors_are_those_of_the_documentation():
    page = HOUSE.parent / "docs" / "house.md"
    if not page.exists():
        pytest.skip("the documentation lies beside the checkout only")
    rows = re.findall(r"^\| (\d) \| (.+) \|$", page.read_text("utf-8"), re.MULTILINE)
    told = {int(floor): set(re.findall(r"`(\w+)/?`", text)) for floor, text in rows}
    assert told == {floor: set(rooms) - {"__main__"} for floor, rooms in FLOORS.items()}


# ── who knows what ───────────────────────────────────────────────────────────


def constants(path, kind):
    """The constants of a kind in a file's code, with their lines; docstrings are words about it."""
    tree = ast.parse(path.read_text("utf-8"))
    words = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is kind and id(node) not in words:
            yield node.value, node.lineno


def forms():
    yield from (load_form(name) for name in editions())
    for name in supplements():
        for edition in editions():
            try:
                yield load_form(edition, (name,))
            except xltools.errors.XltoolsError:
                continue


def printed():
    """Every heading, label, title and field id of every form."""
    found = set()
    for form in forms():
        found |= {form.title, form.basis} | set(form.fields)
        for section in form.sections:
            found |= {section.title, section.sheet}
            for table in section.tables:
                found |= {table.heading, table.corner, table.note}
                found |= {word for line in (*table.rows, *table.columns) for word in line.label}
    return {words for words in found if len(words) >= 3}


ELSEWHERE = [path for path in FILES if room(path) not in ("demo", "editions")]
LABELS = printed()


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_module_but_editions_knows_an_edition_a_year_or_a_label(path):
    years = {year for form in forms() for year in form.years if year}
    ids = {*editions(), *supplements()}
    for text, line in constants(path, str):
        known = [name for name in ids if name in text] + [words for words in LABELS if words in text]
        assert not known, f"{path.name}:{line} knows {known}"
    assert not [(number, line) for number, line in constants(path, int) if number in years]


def test_the_loader_itself_names_no_edition():
    for path in (HOUSE / "editions").glob("*.py"):
        for text, line in constants(path, str):
            assert not [name for name in (*editions(), *supplements(), *LABELS) if name in text], f"{path.name}:{line}"


def test_there_are_labels_to_look_for():
    assert len(LABELS) > 200 and "行政处罚" in LABELS and "requests.new.natural" in LABELS


# ── instant help ─────────────────────────────────────────────────────────────

HEAVY = ("lxml", "xlsxwriter", "openpyxl", "pandas", "numpy", "python_calamine", "docx", "asyncio", "multiprocessing")


@pytest.mark.parametrize("words", ["import xltools.cli", "import xltools"])
def test_the_command_line_imports_no_library_before_it_needs_one(words):
    script = f"import sys; {words}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)


def test_commands_import_only_what_they_use():
    """Listing the codes or the forms needs neither a reader nor a writer of workbooks."""
    script = (
        "import sys; from xltools.cli import main; sys.argv = ['xltools', 'codes']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert not {name.split(".")[0] for name in done.stderr.split()} & set(HEAVY)
