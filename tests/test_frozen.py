"""A filing that was read does not change: what is worked out of it once stays right, and nobody alters it for another."""

import ast
import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from making import blank, checked, distinct, filing

import xltools
from xltools.collection.explanations import remember
from xltools.collection.previous import Previous
from xltools.form.checkcode import check_code
from xltools.form.compact import FigureRow
from xltools.form.model import Filing
from xltools.workbook.write import write_filing

FIELD = "requests.new.natural"
RULE = "disclosure.rules.authority"


def one_of_each():
    """A filing made here, one read, one filled, one that carries last year's, one of a summary."""
    made = filing(distinct(filing().form), explanations={RULE: "有文件。"})
    last = Previous({(2022, made.agency.code): filing({FIELD: 4}, year=2022)})
    yield "made", made
    yield "read", checked(write_filing(made)).filing
    yield "blank", checked(write_filing(blank())).filing
    yield "given last year's", last.give(made)[0]
    yield "carrying last year's", last.blank(made.form, made.agency, 2023)


FILINGS = ("made", "read", "blank", "given last year's", "carrying last year's")


def one_that_is(which):
    """One of them, of the form as this process has it now: other tests have forms made anew, and a form is no other's equal."""
    return _of_each(filing().form)[which]


@cache
def _of_each(form):
    found = dict(one_of_each())
    assert tuple(found) == FILINGS
    return found


MAPPINGS = (
    "inputs",
    "typed",
    "stored",
    "texts",
    "signoff",
    "explanations",
    "stamps",
    "last",
    "last_texts",
    "last_beside",
)


@pytest.mark.parametrize("which", FILINGS)
def test_nothing_of_a_filing_can_be_set(which):
    one = one_that_is(which)
    for item in fields(Filing):
        with pytest.raises(FrozenInstanceError):
            setattr(one, item.name, getattr(one, item.name))
    for name in (*MAPPINGS, "values", "figures"):
        held = getattr(one, name)
        for alter in (lambda m: m.__setitem__(FIELD, 7), lambda m: m.update({FIELD: 7}), lambda m: m.clear(),
                      lambda m: m.pop(FIELD), lambda m: m.setdefault("x", 1)):  # fmt: skip
            with pytest.raises((TypeError, AttributeError)):
                alter(held)
    for name in ("unread", "declared_zero", "carried"):
        with pytest.raises(AttributeError):
            getattr(one, name).add("x")


def test_those_are_all_the_mappings_there_are():
    """A new field that holds something by name is frozen too, or this fails."""
    one = one_that_is("made")
    assert {f.name for f in fields(Filing) if hasattr(getattr(one, f.name), "keys")} == set(MAPPINGS)


def test_what_is_worked_out_is_never_stale():
    """The check code first, then another figure: a new filing, with another code; the old one keeps its own."""
    one = checked(write_filing(filing())).filing
    code, values = check_code(one), dict(one.values)
    with pytest.raises(TypeError):
        one.inputs[FIELD] = 7
    other = replace(one, inputs={**one.inputs, FIELD: 7})
    assert other.values[FIELD] == 7 and check_code(other) != code
    assert one.values == values and check_code(one) == code


def test_whoever_keeps_the_dict_that_it_was_made_of_cannot_alter_it():
    given = {f.id: 0 for f in filing().form.inputs}
    one = Filing(filing().form, filing().agency, 2023, inputs=given)
    given[FIELD] = 9
    assert one.inputs[FIELD] == 0 and one.values[FIELD] == 0


def test_last_years_figures_make_another_filing():
    one = filing()
    assert one.figures is not None and one.known_last == frozenset()
    followed = one.follow({FIELD: 3}, "上年的表")
    assert followed.known_last == {FIELD} and followed.last_verified and not one.last and not one.last_verified
    given, _ = Previous({(2022, one.agency.code): filing({FIELD: 4}, year=2022)}).give(one)
    assert given.last[FIELD] == 4 and not one.last


def test_stamps_that_are_remembered_make_another_filing():
    one = filing(explanations={RULE: "有文件。"})
    known = remember(one, {RULE: "a.b"})
    assert dict(known.stamps) == {RULE: "a.b"} and not one.stamps
    assert remember(one, {}) is one


@pytest.mark.parametrize("which", FILINGS)
def test_it_goes_to_another_process_and_comes_back_as_it_is(which):
    one = one_that_is(which)
    for back in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), replace(one)):
        assert back == one and check_code(back) == check_code(one) and back.values == one.values
        with pytest.raises(TypeError):
            back.inputs[FIELD] = 7


HOUSE = Path(xltools.__file__).parent
OF_A_SET = {"collection", "previous", "parts"}
"""What holds findings of a set, and is told them by those who gather it."""


def altered(path):
    """Where findings of something else than oneself are set, added to or taken from."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            by_name = node.func.attr in ("append", "extend", "insert", "remove", "pop", "clear", "sort")
            targets = [node.func.value] if by_name else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "findings":
                owner = target.value
                name = owner.id if isinstance(owner, ast.Name) else ast.dump(owner)
                if name != "self" and name not in OF_A_SET:
                    yield f"{path.relative_to(HOUSE)}:{node.lineno} {name}"


def test_findings_come_to_a_file_by_one_way():
    assert [place for path in sorted(HOUSE.rglob("*.py")) for place in altered(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "received.findings.append(x)",
        "got.findings += x",
        "r.findings = []",
        "a.b.findings.extend(x)",
        "f.findings.clear()",
    ],
)
def test_any_other_way_would_be_seen(tmp_path, line, monkeypatch):
    monkeypatch.setattr("test_frozen.HOUSE", tmp_path)
    (tmp_path / "x.py").write_text(line)
    assert len(list(altered(tmp_path / "x.py"))) == 1


@pytest.mark.parametrize("name", FILINGS)
@pytest.mark.parametrize(
    "change", [{"stamps": {"a": "b"}}, {"year": 1}, {"region": "x"}, {"last_source": "x"}, {"explanations": {"a": "b"}}]
)
def test_made_out_of_one_in_little_room_it_goes_to_another_process(name, change):
    """What was worked out of it meanwhile does not go along."""
    one = replace(one_that_is(name).compact(), **change)
    _ = one.values, one.figures
    there = pickle.loads(pickle.dumps(one))
    assert there == one and there.values == one.values


@pytest.mark.parametrize("name", FILINGS)
def test_in_little_room_it_says_the_same(name):
    one = one_that_is(name)
    small = one.compact()
    assert small == one and small.values == one.values and small.figures == one.figures
    assert {name: getattr(small, name) for name in MAPPINGS} == {name: getattr(one, name) for name in MAPPINGS}
    assert pickle.loads(pickle.dumps(small)) == one and pickle.loads(pickle.dumps(small)).values == one.values
    assert (
        small.compact() == one and check_code(small) == check_code(one) and replace(small, year=1).values == one.values
    )
    for held in (small.inputs, small.last, small.texts, small.values):
        with pytest.raises(TypeError):
            held["x"] = 1


@pytest.mark.parametrize("lines", [(), ("",), ("\x1d",), ("一\x1e二",), ("\ud800",), ("甲", "", "乙")])
def test_texts_of_whatever_kind_are_kept_to_the_letter(lines):
    one = replace(filing(), texts={"overview": lines, "other": ("无。",)})
    assert one.compact().texts == {"overview": lines, "other": ("无。",)}
    assert dict(one.compact().texts.items()) == dict(one.texts) and len(one.compact().texts) == 2


@pytest.mark.parametrize(
    "figures",
    [
        (),
        (None,),
        (0, -1),
        (32767, 32768),
        (-32766, -32767, -32768, -32769),
        (10**30, None, -(10**30)),
        (Fraction(7, 2), 3),
    ],
)
def test_figures_of_whatever_size_are_kept_exactly(figures):
    """Two bytes hold most; what stands for a blank there, and for what does not fit, is a figure like any other."""
    said = {f"f{n}": figure for n, figure in enumerate(figures)}
    row = FigureRow.of(said)
    for one in (row, pickle.loads(pickle.dumps(row)), FigureRow.of(row)):
        assert (
            dict(one) == said
            and list(one.values()) == [*figures]
            and [type(v) for v in one.values()] == [*map(type, figures)]
        )
        assert "f99" not in one and len(one) == len(figures)
