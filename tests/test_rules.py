"""One kind of thing: every rule, of whatever kind, is read from data, judged, shown on 校验, told and adjusted alike.

A kind made up here, in one file as a maintainer would add it, appears wherever rules do.
"""

import importlib.util
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from making import BUREAU, SMALL, altered, checked, form_of, opened, relation
from making import filing as honest

from xltools import editions, frames, rules
from xltools.editions import definition, describe, load_form
from xltools.editions.additions import read_supplement
from xltools.editions.definition import read_definition
from xltools.editions.source import Definition
from xltools.errors import FormError
from xltools.findings import CATALOGUE
from xltools.form.layout import CHECKS, COVER
from xltools.form.model import Filing
from xltools.frames import forms as rulebook
from xltools.workbook.write import write_filing

KIND = '''
"""A made-up kind: a figure that is even."""

from dataclasses import dataclass
from typing import ClassVar

from xltools.form.algebra import pending_formula, sum_formula
from xltools.findings import Code, FieldAt
from xltools.form.layout import CHECKS
from xltools.form.checkrows import CheckRow, Formulas
from xltools.form.model import Rule
from xltools.form.sums import Sum
from xltools.terms import FAIL, PASS, PENDING


@dataclass(frozen=True, kw_only=True)
class Even(Rule):
    """A figure is a multiple of ``times``."""

    kind: ClassVar[str] = "even"
    words: ClassVar[str] = "{times} 的倍数"
    codes: ClassVar[tuple[Code, ...]] = (
        Code("figure-odd", "query", "不是规定的倍数", "“{sheet}”{cell} 是 {actual}，不是 {times} 的倍数。", "请核对这个数"),
    )

    field: str
    times: int
    listed: bool = True

    @property
    def sentence(self):
        return self.text.format(times=self.times)

    @property
    def operands(self):
        return (self.field,)

    def judge(self, filing, told=frozenset()):
        figure = filing.values[self.field]
        if figure is not None and figure % self.times:
            yield self.breach("figure-odd", FieldAt(self.field), field=self.field, actual=figure, times=self.times)

    def over(self, columns):
        return columns[self.field], columns[self.field] % self.times, columns[self.field] % self.times == 0

    def row(self, filing):
        figure = filing.values[self.field]
        if figure is None:
            return CheckRow(None, None, None, PENDING)
        return CheckRow(figure, figure % self.times, None, FAIL if figure % self.times else PASS)

    def formulas(self, cells, filing):
        pending = pending_formula((self.field,), cells, CHECKS)
        figure = sum_formula(Sum(((1, self.field),)), cells, CHECKS)
        rest = f"MOD({figure},{self.times})"
        return Formulas(
            f'IF({pending},"",{figure})', f'IF({pending},"",{rest})', None,
            f'IF({pending},"{PENDING}",IF({rest}=0,"{PASS}","{FAIL}"))', FieldAt(self.field),
        )
'''

RULE = """
[[rule]]
kind = "even"
id = "s.even"
severity = "query"
basis = "测试"
field = "s.x.a"
times = 2
"""


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A form with a rule of the made-up kind, whose file was put beside the others."""
    path = tmp_path / "even.py"
    path.write_text(KIND, "utf-8")
    spec = importlib.util.spec_from_file_location("xltools.rules.even", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = dict(CATALOGUE)
    kinds = {**rules.kinds(), **rules.kinds_in(module)}
    monkeypatch.setattr(rules, "kinds", lambda: kinds)
    monkeypatch.setattr(editions.rulebook, "kinds", lambda: kinds)
    form = form_of(SMALL + RULE)
    for place in (editions, rulebook, describe, definition):
        monkeypatch.setattr(place, "load_form", lambda *_, **__: form, raising=False)
    yield form
    CATALOGUE.clear()
    CATALOGUE.update(before)


def filing(form, **figures):
    inputs = {f.id: figures.get(f.id.rpartition("s.")[2].replace(".", "_"), 0) for f in form.inputs}
    return Filing(form, BUREAU, 2023, inputs=inputs, signoff={"compiler": "甲", "date": "2024-01-02"})


def test_a_new_kind_is_one_file(made_up, monkeypatch):
    odd, even = filing(made_up, x_a=3), filing(made_up, x_a=4)
    # check
    [found] = made_up.rules[-1].judge(odd)
    assert (found.code, found.rule, found.severity) == ("figure-odd", "s.even", "query")
    assert not list(made_up.rules[-1].judge(even))
    # 校验 and cover, their stored values too
    book = opened(write_filing(odd), data_only=True)
    [row] = [[c.value for c in row] for row in book[CHECKS].iter_rows() if row[8].value == "s.even"]
    assert row[1] == "2 的倍数" and row[2] == 3 and row[3] == 1 and row[5] == "不符"
    assert any(c.value == "不符 1 项（已说明 0 项），待填 0 项" for row in book[COVER].iter_rows() for c in row)
    # codes, forms show, frames
    assert "figure-odd" in {c["code"] for c in describe.codes_json()}
    told = {r["id"]: r for r in describe.form_json(made_up)["relations"]}
    assert told["s.even"] == {
        "id": "s.even",
        "severity": "query",
        "text": "2 的倍数",
        "basis": "测试",
        "kind": "even",
        "listed": True,
        "when": None,
        "holds": None,
        "levels": [],
        "years": [None, None],
    }
    assert frames.rules("small").loc["s.even", "kind"] == "even"
    judged = frames.judge(pd.concat([frames.frame_of([odd]), frames.frame_of([even])]))
    assert judged[judged.rule == "s.even"].holds.tolist() == [False, True]
    # it can be explained
    assert "s.even" in made_up.queries


def test_a_new_kind_is_adjusted_by_data(made_up):
    data = tomllib.loads(
        'id = "more"\ntitle = "补充"\neditions = ["small"]\nyears = { from = 2000 }\n[rule."s.even"]\ntimes = 3\nseverity = "error"\n'
    )
    form = read_supplement(Definition("more.toml", data), made_up)
    [rule] = [r for r in form.rules if r.id == "s.even"]
    assert (rule.times, rule.severity, rule.sentence) == (3, "error", "3 的倍数")
    assert not list(rule.judge(filing(form, x_a=3))) and list(rule.judge(filing(form, x_a=4)))


# ── what data may change ─────────────────────────────────────────────────────


def supplemented(form, text):
    top = f'id = "more"\ntitle = "补充"\neditions = ["{form.edition}"]\nyears = {{ from = 2000 }}\n'
    return read_supplement(Definition("more.toml", tomllib.loads(top + text)), form)


@pytest.mark.parametrize("edition", editions.editions())
def test_the_severity_of_every_rule_can_be_changed(edition):
    form = load_form(edition)
    for rule in form.rules:
        for severity in ("error", "query", "note"):
            changed = supplemented(form, f'[severity]\n"{rule.id}" = "{severity}"\n')
            [now] = [r for r in changed.rules if r.id == rule.id]
            assert now.severity == severity
            assert [r.id for r in changed.rules] == [r.id for r in form.rules]


def test_thresholds_can_be_changed_and_speak_of_themselves():
    form = supplemented(
        load_form("2021"), '[rule."text.repeated"]\nshare = 70\n[rule."jump.*"]\nleast = 9\ntimes = 2\n'
    )
    told = {r.id: r.sentence for r in form.rules}
    assert "70%" in told["text.repeated"] and "9" in told["jump.{field}"] and "2 倍" in told["jump.{field}"]


def test_a_group_of_rules_is_named_with_a_star():
    form = supplemented(load_form("2021"), '[severity]\n"requests.balance.*" = "query"\n"text.*" = "note"\n')
    changed = {r.id: r.severity for r in form.rules}
    assert {s for i, s in changed.items() if i.startswith("requests.balance.")} == {"query"}
    assert {s for i, s in changed.items() if i.startswith("text.")} == {"note"}


WRONG = {
    "no such rule": ('[severity]\n"nothing.here" = "note"\n', "nothing.here"),
    "no such severity": ('[severity]\n"text.year" = "grave"\n', "grave"),
    "no such threshold": ('[rule."text.year"]\nshare = 3\n', "share"),
    "a threshold in words": ('[rule."text.repeated"]\nshare = "half"\n', "share"),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_cannot_be_changed_is_refused(why):
    text, named = WRONG[why]
    with pytest.raises(FormError, match=named):
        supplemented(load_form("2021"), text)


def test_a_changed_severity_is_what_check_and_the_workbook_say():
    """A query made an error: 校验 lists it so, nothing can explain it away, check calls it an error."""
    base = read_definition(
        Definition("small.toml", tomllib.loads(SMALL + relation("s.x.a", "s.y.a", severity="query")))
    )
    form = supplemented(base, '[severity]\n"s.rule" = "error"\n')
    odd = filing(form, x_a=1)
    [found] = [f for rule in odd.rules for f in rule.judge(odd) if f.rule == "s.rule"]
    assert found.severity == "error" and "s.rule" not in form.queries
    rows = [[c.value for c in row] for row in opened(write_filing(odd), data_only=True)[CHECKS].iter_rows()]
    [row] = [row for row in rows if row[8] == "s.rule"]
    assert row[7] == "错误" and "不能说明" in row[6]


def test_every_kind_has_a_rank_a_name_and_a_file_of_its_own():
    found = rules.kinds()
    assert len(found) >= 13 and len({cls.__module__ for cls in found.values()}) == len(found)
    form = load_form("2021")
    assert {r.kind for r in form.rules} == set(found)
    assert [r.rank for r in form.rules] == sorted(r.rank for r in form.rules)


def test_checked_files_tell_rules_of_every_kind_by_place():
    """Where a rule speaks of a paragraph, its row is named, blank rows between paragraphs counted."""
    content = altered(
        write_filing(honest()),
        "一、总体情况",
        {"A5": "第一段写得好好的。", "A6": "", "A9": "截至2019年底，公开信息5条。"},
    )
    [found] = [f for f in checked(content).findings if f.code == "text-year"]
    assert (found.sheet, found.cell) == ("一、总体情况", "A9")


def test_sides_are_named_where_the_sentence_does_not_show_them():
    """A relation in a definition's own words says what its two figures are, in the finding and on 校验; others have sides."""
    figures = {
        "disclosure.rules.issued": 3,
        "requests.new.natural": 24,
        "requests.granted.natural": 24,
        "disclosure.fees.amount": 90_000_000_000_000,
    }
    received = checked(write_filing(honest(figures)))
    own = {"disclosure.rules.authority", "requests.uniform", "disclosure.fees.unit"}
    told = {f.rule: f.message for f in received.findings if f.code == "rule-failed"}
    assert own < told.keys()
    for rule, message in told.items():
        assert ("现在左边是" in message) == (rule not in own), message
    shown = {row[8].value: row[1].value for row in opened(write_filing(honest(figures)))[CHECKS].iter_rows(min_row=5)}
    for rule in own & shown.keys():
        assert "（左边是“" in shown[rule], shown[rule]
    assert "（左边是" not in shown["requests.balance.natural"]
    assert "“（七）总计，总计”是 24，规则里的数是 20，相差 4" in told["requests.uniform"]
