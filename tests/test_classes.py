"""Classes whose methods are made late are the dataclasses they stand for."""

import ast
import copy
import dataclasses
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

import pytest

import xltools
from xltools import classes

T = TypeVar("T")
ASKED = [
    {"frozen": frozen, "slots": slots, "kw_only": kw_only, "eq": eq}
    for frozen, slots, kw_only, eq in product((True, False), repeat=4)
]


def made(dataclass, **asked):
    """A class with a field of every kind."""

    @dataclass(**asked)
    class Sample:
        """A sample."""

        a: int
        b: "str" = "x"
        c: tuple[int, ...] = ()
        d: list[int] = field(default_factory=list)
        e: int = field(default=3, repr=False, compare=False)
        f: int = field(default=4, kw_only=True)
        h: tuple[int, ...] = field(default_factory=tuple, init=False)
        i: int = field(default=6, init=False)
        g: ClassVar[int] = 5

        def method(self):
            return self.a + self.f

    return Sample


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_it_is_what_dataclasses_makes(asked):
    late, right = made(classes.dataclass, **asked), made(dataclasses.dataclass, **asked)
    given = [{"a": 1}, {"a": 1, "b": "y", "f": 9}, {"a": 2, "d": [1]}, {"a": 1, "e": 7}]
    ours, theirs = [late(**one) for one in given], [right(**one) for one in given]
    assert [repr(one) for one in ours] == [repr(one) for one in theirs]
    assert [[x == y for x in ours] for y in ours] == [[x == y for x in theirs] for y in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert [getattr(one, f.name) for f in fields(one)] == [getattr(other, f.name) for f in fields(other)]
        assert one.method() == other.method() and one.g == 5 and is_dataclass(one)
        assert repr(replace(one, a=8)) == repr(replace(other, a=8))
        assert dataclasses.asdict(one) == dataclasses.asdict(other)
        assert repr(copy.copy(one)) == repr(copy.deepcopy(one)) == repr(one)
    assert [f.name for f in fields(late)] == [f.name for f in fields(right)]
    assert late.__match_args__ == right.__match_args__ and late.__doc__ == right.__doc__
    assert hasattr(late, "__slots__") == hasattr(right, "__slots__") and (late.__hash__ is None) == (
        right.__hash__ is None
    )
    for wrong in ((), (1, 2, 3, 4, 5, 6, 7), ("x", "y")):
        assert raised(late, *wrong) == raised(right, *wrong)


def raised(call, *given, **named):
    try:
        return repr(call(*given, **named))
    except TypeError as problem:
        return str(problem)


@pytest.mark.parametrize("slots", [True, False])
def test_a_frozen_one_is_frozen_before_and_after_its_methods_are_made(slots):
    late = made(classes.dataclass, frozen=True, slots=slots)
    bare = late.__new__(late)
    for one in (bare, late(1)):
        for name in ("a", "other"):
            with pytest.raises(FrozenInstanceError):
                setattr(one, name, 1)
            with pytest.raises(FrozenInstanceError):
                delattr(one, name)
    assert hash(replace(late(1), d=())) == hash(replace(late(1), d=()))


@classes.dataclass(frozen=True)
class Below:
    """Goes to other processes."""

    a: int
    b: tuple[int, ...] = ()

    @cached_property
    def c(self):
        return self.a + 1


@classes.dataclass(frozen=True, slots=True)
class Slotted:
    a: int
    b: str = "x"


@classes.dataclass(frozen=True)
class Above(Below):
    d: str = "d"

    def __post_init__(self):
        object.__setattr__(self, "d", self.d.upper())


@classes.dataclass(frozen=True, eq=False)
class Itself(Generic[T]):
    a: T


@classes.dataclass
class Own:
    a: int

    def __eq__(self, other):
        return True

    def __repr__(self):
        return "own"


class Speaks(Protocol):
    def said(self) -> str: ...


@classes.dataclass(frozen=True)
class Speaker(Speaks):
    a: int

    def said(self) -> str:
        return str(self.a)


@pytest.mark.parametrize(
    "one", [Below(1), Below(1, (2,)), Slotted(1), Slotted(2, "y"), Above(1), Above(1, (), "e"), Speaker(3)]
)
def test_it_goes_to_another_process(one):
    assert pickle.loads(pickle.dumps(one)) == one and hash(pickle.loads(pickle.dumps(one))) == hash(one)


def test_one_that_came_from_elsewhere_has_its_methods_too():
    """No instance was made here before."""
    script = (
        "import sys, pickle; sys.path.insert(0, sys.argv[1]); import test_classes as t;"
        "pickle.dump([t.Below(1), t.Slotted(1), t.Above(1)], open(sys.argv[2], 'wb')) if sys.argv[3] == 'w' else"
        " print([(repr(x), x == x, len({x, x})) for x in pickle.load(open(sys.argv[2], 'rb'))])"
    )
    here = str(Path(__file__).parent)
    there = str(Path(os.environ["XDG_CACHE_HOME"]) / "pickled")
    done = [
        subprocess.run([sys.executable, "-c", script, here, there, how], capture_output=True, text=True) for how in "wr"
    ]
    assert "Below(a=1, b=())" in done[1].stdout and "Above(a=1, b=(), d='D')" in done[1].stdout, done[1].stderr
    assert done[1].stdout.count("True, 1") == 3


def test_what_a_class_says_itself_stays():
    assert repr(Own(1)) == "own" and Own(1) == 5 and Own.__hash__ is None
    assert Above(1).c == 2 and Above(1).d == "D" and isinstance(Above(1), Below) and Above(1) != Below(1)
    assert Itself(1) != Itself(1) and len({Itself(1), Itself(1)}) == 2 and Speaker(3).said() == "3"


def test_a_field_that_is_not_given_and_has_nothing_to_begin_with_is_not_there():
    @classes.dataclass
    class Later:
        a: int
        b: int = field(init=False)

        def __post_init__(self):
            if self.a:
                self.b = 2

    assert Later(1).b == 2 and not hasattr(Later(0), "b")


def test_many_threads_may_be_the_first():
    for _ in range(20):
        late = made(classes.dataclass, frozen=True)
        found, gate = [], threading.Barrier(8)

        def first(late=late, found=found, gate=gate):
            gate.wait()
            one = late(1, c=(2,))
            found.append((repr(one), one == late(1, c=(2,))))

        threads = [threading.Thread(target=first) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 and len(set(found)) == 1 and found[0][1]


HOUSE = Path(xltools.__file__).parent


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.py")), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_dataclass_of_the_house_is_made_late(path):
    tree = ast.parse(path.read_text("utf-8"))
    eager = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and "dataclass" in {a.name for a in node.names}
    ]
    assert path.name == "classes.py" or not eager


def test_a_dataclass_of_the_library_may_stand_on_one_and_the_other_way_round():
    @classes.dataclass(frozen=True)
    class Late:
        a: int

    @dataclasses.dataclass(frozen=True)
    class Above(Late):
        b: int

    @classes.dataclass(frozen=True)
    class Again(Above):
        c: int

    one = Again(1, 2, c=3)
    assert repr(one).endswith("Again(a=1, b=2, c=3)") and one == Again(1, 2, 3) and hash(one) == hash(Again(1, 2, 3))
    with pytest.raises(FrozenInstanceError):
        one.a = 4
    with pytest.raises(TypeError, match="frozen"):
        classes.dataclass(type("Loose", (Late,), {"__annotations__": {"d": int}}))
