"""How tight the net of tests is: mutants of the heart, one small change each, and how many of them a test notices.

    python benchmarks/mutants.py [--count 300] [--seed 1] [--jobs 1] [--budget 60] [--kept FOLDER] [--only PART …]
                                 [--skip PATH::TEST …] [--near]

The heart: rules, algebra, reader, check code, merge, proofs (``HEART``, with the tests that are nearest to each). A mutant swaps an
operator or a comparison, turns a condition round, counts one more, leaves a statement out. The sample is drawn by the seed, in
proportion to the places of a module.

The tests are collected once and run once, to learn which of them passes each line and how long it takes. For a mutant the
process forks, the new code takes the place of the old in memory, every cache is emptied, and the tests that pass its line run:
first those that noticed other mutants of the module, then the nearest, the quickest first, until one fails. Tests of LibreOffice,
Windows and the outside judges do not run. A test that takes ten times its usual CPU time and six seconds more is stopped: timed
out, which counts as noticed. What survives has met all tests that pass its line, as far as these take ``--budget`` seconds in all.
What runs once, at import, and what a call is given by its place, are not mutated. Mutants that change nothing are listed in
``mutants.toml``, each with its reason.

``--kept`` holds what was learned and found from one run to the next: only survivors run again while tests are written.
``--only`` takes modules by a part of their path: the sample is drawn from these. ``--near`` runs only the tests that are nearest
to the modules taken, so that a part of the house takes minutes; what survives is to meet all others without it. Exit status 1 where
less than nine in ten are noticed. POSIX only.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NoReturn, TypeVar

import hypothesis
import pytest

import xltools

ROOT = Path(xltools.__file__).parent.parent
TESTS = ROOT / "tests"

HEART: dict[str, str] = {
    "form/algebra.py": "test_algebra test_formulas test_editions",
    "form/sums.py": "test_algebra test_formulas test_editions",
    "form/checkcode.py": "test_figures test_formulas test_workbook",
    "rules/__init__.py": "test_rules",
    "rules/relation.py": "test_algebra test_formulas test_rules",
    "rules/culprit.py": "test_culprit test_check",
    "rules/total.py": "test_check test_reading",
    "rules/blank.py": "test_check test_rules",
    "rules/signoff.py": "test_rules_edges test_check test_workbook test_formulas",
    "rules/repeated.py": "test_last_year test_formulas",
    "rules/jump.py": "test_rules_edges test_last_year",
    "rules/paragraph.py": "test_rules_edges test_check",
    "rules/prose/*.py": "test_prose_clauses test_prose test_prose_passages test_rules_edges",
    "received/read.py": "test_form_altered test_one_act test_reading test_levels",
    "received/filled.py": "test_form_altered test_reading test_typed_cells test_appearance test_one_act",
    "received/identified.py": "test_reading test_ambiguous",
    "received/typed.py": "test_typed_cells test_rules_edges",
    "received/audit.py": "test_canonical test_form_altered test_reading test_ambiguous test_old_workbooks test_one_act",
    "received/issued.py": "test_canonical test_form_altered test_reading",
    "received/overlaid.py": "test_form_altered test_reading test_ambiguous",
    "received/disguised.py": "test_seen",
    "received/locate.py": "test_locate test_canonical test_reading",
    "workbook/tally.py": "test_formulas test_workbook",
    "workbook/said.py": "test_formulas test_workbook",
    "summary/__init__.py": "test_sums_of_summaries test_merge test_levels",
    "collection/levels.py": "test_sums_of_summaries test_levels",
    "collection/states.py": "test_sums_of_summaries test_states test_levels test_merge",
    "collection/versions.py": "test_versions test_corrections test_check test_merge test_whose test_season",
    "ingest/prove.py": "test_prove test_ingest_formats test_ingest_shapes",
    "ooxml/cells.py": "test_worksheet test_typed_cells test_locate test_figures test_containers test_ambiguous test_seen",
    "ooxml/worksheet.py": "test_worksheet test_characters test_scan test_deceptions test_ambiguous test_seen test_hostile",
    "ooxml/trees.py": "test_worksheet test_scan test_unpacked test_deceptions test_ambiguous test_hostile test_attacks",
    "ooxml/colours.py": "test_appearance test_deceptions test_seen test_unseen",
    "ooxml/printed.py": "test_printed test_slips test_slip_parts",
    "ooxml/drawings.py": "test_drawn_over test_seen test_deceptions test_unseen",
    "ooxml/figures_only.py": "test_drawn_over test_containers test_typed_cells test_programs test_hostile",
    "ooxml/pattern.py": "test_untouched test_canonical test_form_altered",
    "received/untouched.py": "test_untouched test_canonical test_form_altered",
    "received/carried.py": "test_following test_families test_form_altered test_deceptions test_supplements",
    "received/renamed.py": "test_supplements test_following",
    "collection/gathered.py": "test_gathered test_isolation",
    "periods.py": "test_periods test_other_returns",
    "form/openings.py": "test_openings",
    "editions/crosswalk.py": "test_following test_families",
    "editions/succession.py": "test_following test_families",
    "editions/differences.py": "test_read_formulas test_drawing_told test_following",
    "editions/packlist.py": "test_pack_lists",
    "editions/relations.py": "test_form_mistakes test_pack_lists test_packs",
    "drawing/references.py": "test_read_formulas test_drawing_told test_form_mistakes test_pack_lists",
    "season/runs.py": "test_season_folder test_interrupted test_unchanged",
    "season/unchanged.py": "test_unchanged test_interrupted",
    "season/settings.py": "test_settings test_season_folder",
    "season/plain_toml.py": "test_settings",
    "season/inbox.py": "test_inbox",
    "summary/beside.py": "test_large_summaries test_sums_of_summaries",
    "summary/explained.py": "test_merge test_sums_of_summaries",
    "derived.py": "test_derived",
}
"""Modules, and the test files nearest to each. A file that is not there (any more) is passed over."""

WIDER = "test_layout test_report_import"
"""Further test files, for what survives the nearest; so do the nearest of all other modules."""

BUDGET = 60.0
"""Seconds of CPU, as the tests take while they are watched, spent on a mutant that nothing notices."""

EQUIVALENT = Path(__file__).with_name("mutants.toml")
"""Mutants that do what the program does, each with its reason: they are not tried, and counted apart."""

NOTICED = ("killed", "timed out")
ANSWERS = "answers.jsonl"

_Key = TypeVar("_Key")
_Answers = tuple[_Key, list[Any], int]

ENOUGH = 20_000
"""Lines of one function that are looked at in a test: what it passes has been seen by then."""

APART = "office or windows or judges"
"""Marks of tests that do not run here."""


# ── mutants ──────────────────────────────────────────────────────────────────


@dataclass
class Mutant:
    """A change of one node of a module's tree: ``fields`` of ``node`` become others. ``lines`` are those that it stands on."""

    module: str
    number: int
    lines: range
    words: str
    node: ast.AST
    changed: str
    value: Any

    @property
    def name(self) -> str:
        return f"{self.module}:{self.lines.start} {self.words} [{self.number}]"


_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add, ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip
_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in",
    ast.Is: "is", ast.IsNot: "is not", ast.And: "and", ast.Or: "or", ast.Add: "+", ast.Sub: "-", ast.Mult: "*",
    ast.FloorDiv: "//", ast.Mod: "%", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.Pow: "**",
}  # fmt: skip


def _not(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _changes(node: ast.AST) -> Iterator[tuple[str, Any, str, ast.AST]]:
    """The changes of a node: the field, its new value, the change in words, and the node at whose lines it shows."""

    def swap(op: ast.AST) -> tuple[ast.AST, str]:
        new = _SWAPPED[type(op)]
        return new(), f"{_SIGNS[type(op)]} → {_SIGNS[new]}"

    match node:
        case ast.Compare():
            for n, op in enumerate(node.ops):
                new, words = swap(op)
                yield "ops", [*node.ops[:n], new, *node.ops[n + 1 :]], f"{words} in {ast.unparse(node)}", node
        case ast.BoolOp() | ast.BinOp() | ast.AugAssign() if type(node.op) in _SWAPPED:
            if not (isinstance(node, ast.BinOp) and _textual(node)):
                new, words = swap(node.op)
                yield "op", new, f"{words} in {ast.unparse(node)}", node
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd(), f"sign dropped from {ast.unparse(node)}", node
        case ast.Constant(value=bool()):
            yield "value", not node.value, f"{node.value} → {not node.value}", node
        case ast.Constant(value=int()):
            yield "value", node.value + 1, f"{node.value} → {node.value + 1}", node
        case ast.If() | ast.While() | ast.IfExp():
            yield "test", _not(node.test), f"condition turned round: {ast.unparse(node.test)}", node.test
        case ast.comprehension():
            for n, test in enumerate(node.ifs):
                ifs = [*node.ifs[:n], _not(test), *node.ifs[n + 1 :]]
                yield "ifs", ifs, f"filter turned round: {ast.unparse(test)}", test
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        for n, statement in enumerate(block if isinstance(block, list) else ()):
            left_out = isinstance(statement, ast.AugAssign | ast.Continue | ast.Break | ast.Delete) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.Yield | ast.YieldFrom)
            )
            if left_out:
                new_block = [*block[:n], ast.copy_location(ast.Pass(), statement), *block[n + 1 :]]
                yield name, new_block, f"left out: {ast.unparse(statement)}", statement


def _textual(node: ast.BinOp) -> bool:
    """Whether an operator joins words: to take them apart is only a TypeError."""
    return any(isinstance(n, ast.JoinedStr) or (isinstance(n, ast.Constant) and isinstance(n.value, str))
               for n in ast.walk(node))  # fmt: skip


def _inside(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run inside functions, in order: neither annotations nor assertions, nor what runs once, at import."""

    def below(node: ast.AST, inside: bool) -> Iterator[ast.AST]:
        if isinstance(node, ast.Assert):
            return
        is_function = isinstance(node, ast.FunctionDef)
        if inside or is_function:
            yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "args", "decorator_list", "format_spec"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from below(child, inside or is_function)

    yield from below(tree, False)


def mutants(module: str) -> tuple[ast.Module, list[Mutant]]:
    """A module's tree, and every mutant of it."""
    tree = ast.parse((ROOT / "xltools" / module).read_text("utf-8"))
    found: list[Mutant] = []
    for node in _inside(tree):
        for changed, value, words, shown in _changes(node):
            lines = range(shown.lineno, (shown.end_lineno or shown.lineno) + 1)  # type: ignore[attr-defined]
            found.append(Mutant(module, len(found), lines, " ".join(words.split())[:110], node, changed, value))
    return tree, found


def equivalent(module: str, found: Sequence[Mutant]) -> dict[str, str]:
    """The mutants of a module that ``EQUIVALENT`` lists, by name, with the reason; an entry names a line and a change on it.

    Raises:
        ValueError: an entry fits no mutant (any more), or more than it has ``times``
    """
    source = (ROOT / "xltools" / module).read_text("utf-8").splitlines()
    reasons: dict[str, str] = {}
    for entry in tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]:
        if entry["module"] == module:
            fit = [
                m
                for m in found
                if source[m.lines.start - 1].strip() == entry["line"] and m.words.startswith(entry["change"])
            ]
            if len(fit) != entry.get("times", 1):
                raise ValueError(
                    f"{EQUIVALENT.name}: {len(fit)} mutants of {module} are: {entry['line']} ({entry['change']})"
                )
            reasons |= {m.name: entry["why"] for m in fit}
    return reasons


def sample(every: dict[str, list[Mutant]], count: int, seed: int) -> list[Mutant]:
    """So many mutants in all, from each module in proportion, two at least."""
    total = sum(map(len, every.values()))
    chosen = []
    for module, found in every.items():
        share = min(len(found), max(2, round(count * len(found) / total)))
        chosen += random.Random(f"{seed} {module}").sample(found, share)
    return sorted(chosen, key=lambda m: (m.module, m.number))


# ── new code in the place of the old ─────────────────────────────────────────


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def install(mutant: Mutant, tree: ast.Module) -> None:
    """Puts the mutant into this process: the code of every function that was made from its module, and all caches emptied."""
    setattr(mutant.node, mutant.changed, mutant.value)
    path = str(ROOT / "xltools" / mutant.module)
    new = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(new)}
    objects = gc.get_objects()
    for function in (o for o in objects if isinstance(o, FunctionType) and o.__code__.co_filename == path):
        code = codes.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if code is not None and code.co_freevars == function.__code__.co_freevars:
            function.__code__ = code
    for cached in objects:
        if isinstance(cached, functools._lru_cache_wrapper):
            if str(cached.__module__).startswith("xltools"):
                cached.cache_clear()
        elif str(type(cached).__module__).startswith("xltools") and hasattr(cached, "__dict__"):
            for name, value in vars(type(cached)).items():
                if isinstance(value, functools.cached_property):
                    cached.__dict__.pop(name, None)


# ── tests ────────────────────────────────────────────────────────────────────


@dataclass
class Known:
    """What the run without a mutant told: seconds a test takes, tests by line, lines that run only once for many tests."""

    seconds: dict[str, float] = field(default_factory=dict)
    passing: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    once: set[tuple[str, int]] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)


class Watch:
    """Notes the lines of the heart that run, and which of them run inside a cached function."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = {str(ROOT / "xltools" / module): module for module in modules}
        self.cached = {
            inner.__code__ for o in gc.get_objects() if isinstance(o, functools._lru_cache_wrapper)
            if isinstance(inner := o.__wrapped__, FunctionType)
        } | {o.func.__code__ for o in gc.get_objects() if isinstance(o, functools.cached_property)}  # fmt: skip
        self.begin()

    def begin(self) -> None:
        """Forgets what another test ran."""
        self.lines: set[tuple[str, int]] = set()
        self.once: set[tuple[str, int]] = set()
        self.events: Counter[CodeType] = Counter()

    def __call__(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        module, code, events = self.modules.get(frame.f_code.co_filename), frame.f_code, self.events
        if module is None or events[code] > ENOUGH:
            return None
        within, caller = False, frame
        for _ in range(40):
            if within := caller.f_code in self.cached:
                break
            if caller.f_back is None:
                break
            caller = caller.f_back
        lines, once = self.lines, self.once

        def line(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
            if event == "line":
                events[code] += 1
                frame.f_trace_lines = events[code] <= ENOUGH
                lines.add((module, frame.f_lineno))
                if within:
                    once.add((module, frame.f_lineno))
            return line

        return line


class Bench:
    """A plugin of pytest: instead of running the tests that were collected, tries the mutants on them."""

    def __init__(
        self, chosen: list[Mutant], trees: dict[str, ast.Module], reasons: dict[str, str], options: argparse.Namespace
    ) -> None:
        self.chosen, self.trees, self.options = chosen, trees, options
        self.known = Known()
        self.results: dict[str, dict[str, Any]] = {
            m.name: {"name": m.name, "module": m.module, "fate": "equivalent", "by": reasons[m.name]}
            for m in chosen if m.name in reasons
        }  # fmt: skip
        self.report: pytest.TestReport | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.report = report

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} test files cannot be collected")
        self.items = {item.nodeid: item for item in session.items if item.nodeid not in self.options.skip}
        self._learn()
        self._try()
        return True

    def _run(self, item: pytest.Item, after: pytest.Item | None) -> bool:
        """Runs one test; whether it passed."""
        self.report = None
        item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
        return self.report is None

    def _apart(self, works: Iterable[tuple[_Key, Callable[[Callable[[Any], None]], None]]]) -> Iterator[_Answers[_Key]]:
        """Does each work in a forked process, some at a time: its key, what it told, and the status it ended with."""
        running: dict[int, tuple[_Key, Path]] = {}
        waiting = iter(works)
        while True:
            for key, work in islice(waiting, self.options.jobs - len(running)):
                folder = Path(tempfile.mkdtemp(prefix="mutant-", dir=self.options.folder))
                process = os.fork()
                if not process:
                    _alone(work, folder)
                running[process] = key, folder
            if not running:
                return
            process, status = os.wait()
            key, folder = running.pop(process)
            lines = (folder / ANSWERS).read_text("utf-8").splitlines() if (folder / ANSWERS).exists() else []
            shutil.rmtree(folder, ignore_errors=True)
            yield key, [json.loads(line) for line in lines if line.endswith("]")], status

    def _learn(self) -> None:
        """Runs every test once, file by file, and notes what it passes and takes; what is known of a file is kept."""
        by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
        for item in self.items.values():
            by_file[item.path].append(item)
        house = _digest([ROOT / "xltools" / module for module in self.trees])
        kept = Path(self.options.kept, "learned.json") if self.options.kept else None
        learned = json.loads(kept.read_text("utf-8")) if kept and kept.exists() else {}
        keys = {path: f"{path.name} {house} {_digest([path])}" for path in by_file}

        def work(items: Sequence[pytest.Item], tell: Callable[[Any], None]) -> None:
            watch = Watch(list(self.trees))
            for item, after in zip_longest(items, items[1:]):
                watch.begin()
                sys.settrace(watch)
                begun = time.process_time()
                passed = self._run(item, after)
                seconds = time.process_time() - begun
                sys.settrace(None)
                tell([item.nodeid, passed, round(seconds, 3), list(watch.lines), list(watch.once)])

        works = ((path, functools.partial(work, items)) for path, items in by_file.items() if keys[path] not in learned)
        for path, told, _ in self._apart(works):
            learned[keys[path]] = told
            print(f"  {path.name}: {len(told)} tests, {sum(t[2] for t in told):.0f} s", file=sys.stderr, flush=True)
            if kept:
                kept.write_text(json.dumps(learned), "utf-8")
        for name, passed, seconds, lines, once in (test for path in by_file for test in learned[keys[path]]):
            if name not in self.items:
                continue
            if not passed:
                self.known.failed.append(name)
                continue
            self.known.seconds[name] = seconds
            for module, line in lines:
                self.known.passing[module][line].add(name)
            self.known.once.update((module, line) for module, line in once)
        if self.known.failed:
            print("these fail without a mutant, and do not count:", *self.known.failed, sep="\n  ", flush=True)

    def _tests(self, mutant: Mutant) -> list[str]:
        """The tests for a mutant, the likeliest to notice it first, as far as the budget goes."""
        seconds, passing = self.known.seconds, self.known.passing[mutant.module]
        near = {f"tests/{name}.py" for name in _nearest(mutant.module)}
        names = set().union(*(passing.get(line, ()) for line in mutant.lines))
        if not names or any((mutant.module, line) in self.known.once for line in mutant.lines):
            names |= {name for name in seconds if name.partition("::")[0] in near}
        noticed = Counter(r["by"] for r in self.results.values() if r["module"] == mutant.module)
        ordered = sorted(names, key=lambda n: (-noticed[n], n.partition("::")[0] not in near, seconds[n]))
        taken, spent = [], 0.0
        for name in ordered:
            spent += seconds[name]
            if taken and spent > self.options.budget:
                break
            taken.append(name)
        return taken

    def _try(self) -> None:
        """Tries every mutant that no earlier run has seen noticed."""
        kept = Path(self.options.kept, "results.jsonl") if self.options.kept else None
        if kept and kept.exists():
            earlier = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
            self.results |= {e["name"]: e for e in earlier if e["fate"] in NOTICED}
        todo = ((m, self._tests(m)) for m in self.chosen if m.name not in self.results)
        works = (((m, tests), functools.partial(self._trial, m, tests)) for m, tests in todo)
        for (mutant, tests), told, status in self._apart(works):
            result = _fate(mutant, tests, told, status)
            self.results[mutant.name] = result
            print(f"{result['fate']:>9}  {mutant.name}  {result['by']}", file=sys.stderr, flush=True)
            if kept:
                with kept.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(result, ensure_ascii=False) + "\n")

    def _trial(self, mutant: Mutant, tests: list[str], tell: Callable[[Any], None]) -> None:
        """Runs tests against a mutant, until one fails; tells each before it runs, so that the last is known if it never ends."""
        install(mutant, self.trees[mutant.module])
        items = [self.items[name] for name in tests]
        for item, after in zip_longest(items, items[1:]):
            used = time.process_time()
            resource.setrlimit(resource.RLIMIT_CPU, (int(used + 6 + 10 * self.known.seconds[item.nodeid]), -1))
            tell(["runs", item.nodeid])
            if not self._run(item, after):
                tell(["failed", item.nodeid])
                return
        tell(["passed", len(items)])


def _alone(work: Callable[[Callable[[Any], None]], None], folder: Path) -> NoReturn:
    """What a forked process does: its work, telling of it in a file, with temporary files in a folder of its own."""
    status = 1
    try:
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silent, stream)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = str(folder)
        with (folder / ANSWERS).open("w", encoding="utf-8", buffering=1) as answers:
            try:
                work(lambda answer: print(json.dumps(answer), file=answers))
            except BaseException as error:
                print(json.dumps(["stopped", repr(error)]), file=answers)
                raise
        status = 0
    finally:
        os._exit(status)


def _digest(paths: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _fate(mutant: Mutant, tests: Sequence[str], told: Sequence[Any], status: int) -> dict[str, Any]:
    last, by = told[-1] if told else ("stopped", "before any test")
    if last == "stopped" and len(told) < 2:
        raise RuntimeError(f"{mutant.name} was not tried: {by}")
    if last == "passed":
        fate, by = ("survived", f"{by} tests") if tests else ("unreached", "")
    elif os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        fate = "timed out"
    else:
        fate = "killed"
    return {"name": mutant.name, "module": mutant.module, "fate": fate, "by": by}


def _nearest(module: str) -> list[str]:
    return next(names for pattern, names in HEART.items() if Path(module).match(pattern)).split()


# ── the run ──────────────────────────────────────────────────────────────────


def table(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The fates by module, the share noticed, and who survived."""
    fates = (*NOTICED, "survived", "unreached", "equivalent")
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        by_module[result["module"]][result["fate"]] += 1
    yield f"{'module':<28}{'made':>6}" + "".join(f"{fate:>11}" for fate in fates)
    total: Counter[str] = sum(by_module.values(), Counter())
    for module, counts in [*sorted(by_module.items()), ("all", total)]:
        yield f"{module:<28}{counts.total():>6}" + "".join(f"{counts[fate]:>11}" for fate in fates)
    noticed, counted = _noticed(results)
    yield f"noticed: {noticed} of {counted}, {100 * noticed / max(counted, 1):.1f} % (equivalent ones do not count)"
    for result in results:
        if result["fate"] not in NOTICED:
            yield f"{result['fate']}: {result['name']} ({result['by'] or 'no test passes it'})"


def _noticed(results: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many were noticed, and of how many that could be."""
    fates = Counter(result["fate"] for result in results)
    return sum(fates[fate] for fate in NOTICED), fates.total() - fates["equivalent"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--budget", type=float, default=BUDGET)
    parser.add_argument("--kept", default="")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--near", action="store_true")
    options = parser.parse_args()

    for name in pkgutil.walk_packages(xltools.__path__, "xltools."):
        if not name.name.endswith("__main__"):
            importlib.import_module(name.name)
    files = sorted({f.relative_to(ROOT / "xltools").as_posix() for p in HEART for f in (ROOT / "xltools").glob(p)})
    files = [module for module in files if not options.only or any(part in module for part in options.only)]
    made = {module: mutants(module) for module in files}
    reasons = {name: why for module, (_, found) in made.items() for name, why in equivalent(module, found).items()}
    chosen = sample({module: found for module, (_, found) in made.items()}, options.count, options.seed)
    nearest = {name for module in files for name in _nearest(module)}
    near = nearest if options.near else {name for names in (WIDER, *HEART.values()) for name in names.split()}
    paths = [path for path in sorted(TESTS.glob("test_*.py")) if path.stem in near]

    profile = hypothesis.settings(
        derandomize=True, database=None, deadline=None, phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate)
    )
    hypothesis.settings.register_profile("mutants", profile)
    hypothesis.settings.load_profile("mutants")
    with tempfile.TemporaryDirectory() as options.folder:
        bench = Bench(chosen, {module: tree for module, (tree, _) in made.items()}, reasons, options)
        arguments = ["-qqq", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", f"not ({APART})"]
        os.chdir(ROOT)
        pytest.main([*arguments, *map(str, paths)], plugins=[bench])
    results = [bench.results[m.name] for m in chosen if m.name in bench.results]
    print("\n".join(table(results)))
    noticed, counted = _noticed(results)
    return 0 if counted and 10 * noticed >= 9 * counted else 1


if __name__ == "__main__":
    sys.exit(main())
