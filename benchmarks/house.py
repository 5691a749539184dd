"""The house counted: ``python benchmarks/house.py [CHECKOUT]``. Rooms, the largest things, arrows, nouns and facts in two places.

Nothing is imported of the checkout, so an old one can be counted as well: ``git worktree add ../old COMMIT``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

FACTS = {
    "what became of an agency": r"""["'](accepted|returned|duplicate)["'] if |state = ["'](duplicate|returned)["']|def _standing\b""",
    "the sum of figures": r"def _?(sum|total)\((figures|values|of|form|items)\b|or 0\) \+",
    "which rules 校验 lists": r"\blisted_\w+\(|lists_repeated|_repeated_row\(|def shows",
    "the sentence of the sign-off": r"填报人.{0,12}审核人.{0,12}负责人",
    "words for a verdict": r"^_?VERDICTS\b",
    "是, 否": r"""["'](是|否)["']""",
    "不符": r"""["']不符["']""",
    "核实": r"""["']核实["']""",
    "填报表, 汇总表": r"""["'](填报表|汇总表)["']""",
    "the cell of a paragraph": r"TEXT_TOP \+|, TEXT_TOP\)",
    "“A、B 等 n 家”": r" ?等 ?\{",
    "how many are named": r"^_(NAMED|LISTED|SHOWN|CELLS|PAIRS)(, _\w+)* = [0-9]",
    "namespace of a root": r"def _?namespace\b|\.tag\[1:|rpartition\(.\}.\)|\.partition\(.\}.\)",
    "sheet name → part": r"xl/_rels/workbook\.xml\.rels|find\w*\(.*\bsheets\b",
    "custom properties": r"docProps/custom\.xml|custom-properties",
    "bytes of a zip": r"""struct\.pack|compressobj\(|ZipInfo\(|ZipFile\([^)]*["']w["']""",
    "a digest": r"hexdigest\(\)\[:16\]",
    "endings of other formats": r"""["']\.(xls|et|ods)["']""",
}
"""Facts that once stood in two places (a fact: a grep for where it stands)."""


class House:
    """The modules of a checkout, parsed."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "xltools"
        self.text = {path: path.read_text("utf-8") for path in sorted(self.home.rglob("*.py"))}
        self.tree = {path: ast.parse(text) for path, text in self.text.items()}

    def name(self, path: Path) -> str:
        return path.relative_to(self.home).as_posix()

    def folder(self, path: Path) -> str:
        parts = path.relative_to(self.home).parts
        return f"{parts[0]}/" if len(parts) > 1 else "(beside them)"

    def node(self, words: list[str]) -> str:
        """What an arrow begins or ends at: a folder, or a module beside the folders."""
        return f"{words[0]}/" if words and (self.home / words[0]).is_dir() else words[0] if words else ""

    def public(self, path: Path) -> list[ast.stmt]:
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self.tree[path].body if isinstance(node, kinds) and not node.name.startswith("_")]

    def functions(self) -> Iterator[tuple[int, str]]:
        for path, tree in self.tree.items():
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{self.name(path)}: {node.name}"

    def arrows(self) -> Counter[tuple[str, str]]:
        """Imports from one folder to another, wherever they stand."""
        found: Counter[tuple[str, str]] = Counter()
        for path, tree in self.tree.items():
            here = self.node(list(path.relative_to(self.home).with_suffix("").parts))
            for node in ast.walk(tree):
                for there in {self.node(words) for words in _imported(node)} - {here, ""}:
                    found[here, there] += 1
        return found


def _imported(node: ast.AST) -> Iterator[list[str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "xltools":
        below = (node.module or "").split(".")[1:]
        yield from [below] if below else ([a.name] for a in node.names if not a.name.startswith("_"))
    if isinstance(node, ast.Import):
        yield from (a.name.split(".")[1:] for a in node.names if a.name.startswith("xltools."))


def _floors(root: Path) -> list[str]:
    """The rooms from the ground up, as the checkout's own docs/house.md draws them; none where it draws no rooms."""
    page = root / "docs" / "house.md"
    rows = re.findall(r"^\| `(\w+/?)` \|", page.read_text("utf-8"), re.MULTILINE) if page.exists() else []
    return [row for row in reversed(rows) if row.endswith("/") or len(rows) > 5]


def _circles(arrows: Iterable[tuple[str, str]]) -> list[str]:
    """The folders that come back to themselves, by way of others."""
    ahead: dict[str, set[str]] = defaultdict(set)
    for here, there in arrows:
        ahead[here].add(there)
    found = []
    for start in sorted(ahead):
        seen, front = set[str](), set(ahead[start])
        while front:
            seen |= front
            front = {there for here in front for there in ahead.get(here, ())} - seen
        if start in seen:
            found.append(start)
    return found


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    print(f"\n## {title}\n")
    for row in (head, ("---",) * len(head), *rows):
        print(f"| {' | '.join(map(str, row))} |")


def _rooms(house: House) -> Iterator[tuple[object, ...]]:
    folders = sorted({house.folder(path) for path in house.text})
    for folder in (*folders, "all"):
        paths = [path for path in house.text if folder in ("all", house.folder(path))]
        lines = sum(len(house.text[path].splitlines()) for path in paths)
        said = [node for path in paths for node in house.public(path)]
        classes = sum(isinstance(node, ast.ClassDef) for node in said)
        yield folder, len(paths), lines, classes, len(said) - classes


def _nouns(house: House) -> Iterator[tuple[str, str, str]]:
    classes, modules = defaultdict(list), defaultdict(list)
    for path, tree in house.tree.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(house.name(path))
        name = path.parent.name if path.name == "__init__.py" else path.stem
        if house.folder(path) != "cli/":  # a command's module bears the command's name
            modules[name].append(house.name(path))
    for kind, found in (("class", classes), ("module", modules)):
        for name, places in sorted(found.items()):
            if len(places) > 1:
                yield kind, name, ", ".join(places)


def _facts(house: House) -> Iterator[tuple[str, int, int, str]]:
    texts = {**house.text, **{path: path.read_text("utf-8") for path in sorted(house.home.rglob("*.toml"))}}
    for fact, pattern in FACTS.items():
        places = Counter(
            house.name(path) for path, text in texts.items() for line in text.splitlines() if re.search(pattern, line)
        )
        yield (
            fact,
            places.total(),
            len(places),
            ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in places.items()),
        )


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    house = House(root)
    _table("Rooms", ("room", "files", "lines", "public classes", "public functions"), _rooms(house))
    lines = sorted(((len(text.splitlines()), house.name(path)) for path, text in house.text.items()), reverse=True)
    _table("Largest files", ("lines", "file"), lines[:8])
    _table("Largest functions", ("lines", "function"), sorted(house.functions(), reverse=True)[:8])

    arrows, floors = house.arrows(), _floors(root)
    up = [(f"{a} → {b}", n) for (a, b), n in sorted(arrows.items())
          if a in floors and b in floors and floors.index(a) < floors.index(b)]  # fmt: skip
    rows = sorted({here for here, _ in arrows if here.endswith("/")})
    told = ((here, ", ".join(f"{b} {n}" for (a, b), n in sorted(arrows.items()) if a == here)) for here in rows)
    _table("Arrows between folders", ("from", "to, and how many files or places"), told)
    print(f"\nUp, against the floors of docs/house.md: {up if floors else 'it draws no floors of folders'}")
    print(f"In a circle: {_circles(arrows) or 'none'}")

    nouns = list(_nouns(house))
    _table("Nouns in two places", ("what", "name", "where"), nouns)
    print(
        f"\n{sum(kind == 'class' for kind, *_ in nouns)} class names, {sum(kind == 'module' for kind, *_ in nouns)} module names"
    )
    _table("Facts", ("fact", "lines", "files", "where"), _facts(house))


if __name__ == "__main__":
    main()
