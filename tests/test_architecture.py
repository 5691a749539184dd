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
ROOMS = (
    "words", "ooxml", "findings", "form", "rules", "editions", "drawing", "workbook", "received", "collection", "summary",
    "publication", "slips", "ingest", "season", "pages", "demo", "frames", "api", "desk", "cli", "__main__",
)  # fmt: skip
"""The rooms of the house, from the ground up; ``words`` are the small modules beside the folders."""
FLOOR = {room: floor for floor, room in enumerate(ROOMS)}
WORDS = {
    "address",
    "archives",
    "characters",
    "classes",
    "commands",
    "dates",
    "derived",
    "errors",
    "expressions",
    "figures",
    "inputs",
    "numerals",
    "outputs",
    "periods",
    "terms",
}
FILES = sorted(HOUSE.rglob("*.py"))


def room(path):
    """The room a file belongs to: its package just below xltools, or a module there."""
    return room_of(path.relative_to(HOUSE).with_suffix("").parts[0])


def room_of(name):
    return "words" if name in WORDS else name


def imported(node):
    """The rooms that an import statement names."""
    if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "xltools":
        below = (node.module or "").split(".")[1:]
        return (
            [room_of(below[0])]
            if below
            else [room_of(alias.name) for alias in node.names if not alias.name.startswith("__version__")]
        )
    if isinstance(node, ast.Import):
        return [room_of(name.name.split(".")[1]) for name in node.names if name.name.startswith("xltools.")]
    assert not (isinstance(node, ast.ImportFrom) and node.level), "imports are absolute"
    return []


def imports(path):
    """Every import of the house's own in a file, wherever it stands: room and line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in imported(node):
                yield name, node.lineno


def test_every_module_is_in_a_room():
    found = {room(path) for path in FILES} - {"__init__"}
    assert found == set(ROOMS), "put a new module into a room, here and in docs/house.md"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_arrows_between_rooms_go_down(path):
    """At the top of a module or inside a function: nothing upstairs is ever imported, so no two rooms need each other."""
    here = room(path)
    upward = [(name, line) for name, line in imports(path) if here in FLOOR and FLOOR[name] > FLOOR[here]]
    assert upward == []


def modules():
    """The modules of the house with those they import."""
    names = {
        path.relative_to(HOUSE.parent).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
        for path in FILES
    }
    for name, path in names.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xltools"):
                below = {f"{node.module}.{alias.name}" for alias in node.names} & names.keys()
                found |= below or {node.module} & names.keys()
        yield name, found - {name, "xltools"}  # the package's face has a version, and opens the door only when asked


def test_no_circles_between_modules():
    arrows = dict(modules())
    for start in arrows:
        seen, ahead = set(), set(arrows[start])
        while ahead:
            seen |= ahead
            ahead = set().union(*(arrows[name] for name in ahead)) - seen
        assert start not in seen, f"{start} imports itself, by way of others"


def test_a_noun_is_one_thing():
    """No class, and no module but a command's own, has the name of another one."""
    found = {}
    for path in FILES:
        if "cli" not in path.parts:
            found.setdefault(path.parent.name if path.stem == "__init__" else path.stem, []).append(path)
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(f"class {node.name}", []).append(path)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_the_rooms_are_those_of_the_documentation():
    page = HOUSE.parent / "docs" / "house.md"
    if not page.exists():
        pytest.skip("the documentation lies beside the checkout only")
    rows = re.findall(r"^\| `(\w+)/?` \|", page.read_text("utf-8"), re.MULTILINE)
    assert tuple(reversed(rows)) == tuple(name for name in ROOMS if name not in ("words", "__main__"))


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

HEAVY = (
    "lxml",
    "xlsxwriter",
    "openpyxl",
    "pandas",
    "numpy",
    "python_calamine",
    "docx",
    "jinja2",
    "flask",
    "waitress",
    "asyncio",
    "multiprocessing",
)


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


def test_no_sentence_of_the_disclosure_return_stands_in_code():
    """Titles of returns are data, in help too: there are others (docs/editions.md)."""
    titles = {form.title for form in forms()} | {form.title[:6] for form in forms()}
    for path in FILES:
        if room(path) == "demo":
            continue
        said = [(text, line) for text, line in constants(path, str)]
        if room(path) == "cli":
            tree = ast.parse(path.read_text("utf-8"))
            said += [
                (ast.get_docstring(node) or "", node.lineno)
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef)
            ]
        assert not [(text, line) for text, line in said if any(title in text for title in titles)], path.name
