"""What was decided, explained and remembered by a number still counts when another supplement came or went."""

from dataclasses import replace

import openpyxl
import pytest
from followed import OLD, form_at_hand
from making import save
from test_supplements import BEI, EXTRA, NAN, ROSTER, full

import xltools
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.received.renamed import called_before, called_now
from xltools.season.docket import COLUMNS, DECISIONS, write_decisions
from xltools.workbook.write import write_filing

EARLIER = "\n".join(
    f"""
[[relation]]
id = "supplement.{name}"
severity = "query"
left = "{left}"
right = "supplement.all.n"
holds = "{holds}"
basis = "理"
remedy = "核对"
"""
    for name, left, holds in (("more", "supplement.p.a", "left >= right"), ("apart", "s.y.a", "left != right"))
)
"""Two further queries: of a row within a table of the edition, and of a figure of the edition itself."""
RULES = ("supplement.some", "supplement.more", "supplement.apart")
SETTLED = {"by": "张三", "date": "2031-01-20", "words": "打电话问过，部分里有重复统计的数，已经记下来。"}


def text_of(name):
    return EXTRA[name] + EARLIER


def said(name, spaced, **changed):
    """A filing of a supplement that has its three queries, and one that has its lines under other names."""
    own = f"supplement.{name.replace('-', '_')}" if spaced else "supplement"
    inputs = {"all.n": 7, "some.n": 9, "p.a": 3} | changed
    form = load_form("old", (name,))
    return full(form, **{"s.y.a": 7}, **{f"{own}.{item}": figure for item, figure in inputs.items()})


class Season:
    """A season of one agency, whose supplement stands alone or beside one that calls its lines the same."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        self.other = next(one for one in EXTRA if one != name)
        (home / "xltools.toml").write_text('year = 2030\nroster = "名录.csv"\n', "utf-8")
        save(home / "名录.csv", ROSTER)
        save(home / DECISIONS, write_decisions(2030))

    def beside(self, there):
        """Puts the other supplement there, or takes it away."""
        path = self.home / "格式" / f"{self.other}.toml"
        path.write_text(EXTRA[self.other], "utf-8") if there else path.unlink()

    def check(self):
        return xltools.Season(self.home).check().collection

    def rules(self, collection):
        """The queries of the agency by rule, and whether each is open."""
        [received] = collection.received
        return {
            f.rule: f.open for f in received.findings if f.severity == "query" and f.rule and "supplement" in f.rule
        }

    def undecide(self, item):
        xltools.Season(self.home).undecide("1", item)

    def decide(self, item):
        xltools.Season(self.home).decide("1", item, **SETTLED)


@pytest.fixture
def season(request, tmp_path, monkeypatch):
    """A season with a filing that was issued and checked in the first state, and the names in the second."""
    name, before = request.param
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    others = [EXTRA[one] for one in EXTRA if one != name and before]
    with form_at_hand(tmp_path, OLD, text_of(name), *others):
        made = Season(tmp_path, name)
        save(tmp_path / "回收" / "1.xlsx", write_filing(said(name, before)))
        yield made, before


def named(made, rule, spaced):
    return rule.replace("supplement", f"supplement.{made.name.replace('-', '_')}") if spaced else rule


WAYS = [(name, before) for name in EXTRA for before in (False, True)]
ways = pytest.mark.parametrize("season", WAYS, indirect=True, ids=[f"{n}-{'gone' if b else 'came'}" for n, b in WAYS])


@ways
def test_a_decision_follows_its_query_to_another_number(season):
    made, before = season
    assert made.rules(made.check()) == {named(made, rule, before): True for rule in RULES}
    for rule in RULES[:2]:
        made.decide(named(made, rule, before))
    right = {RULES[0]: False, RULES[1]: False, RULES[2]: True}
    assert made.rules(made.check()) == {named(made, rule, before): state for rule, state in right.items()}
    made.beside(not before)
    for _ in range(3):  # the record is written anew, by the numbers of now
        collection = made.check()
        assert made.rules(collection) == {named(made, rule, not before): state for rule, state in right.items()}
        assert not [f for f in collection.all_findings() if f.code.startswith("decision-")]
    book = openpyxl.load_workbook(made.home / DECISIONS)
    at = COLUMNS.index("编号")
    items = [row[at].value for row in book.worksheets[0].iter_rows(min_row=2) if row[at].value]
    assert sorted(items) == sorted(
        [named(made, rule, before) for rule in RULES[:2]] + [named(made, RULES[2], not before)]
    )


@ways
def test_a_decision_over_other_figures_is_stale_by_whatever_number(season):
    made, before = season
    made.check()
    for rule in RULES[:2]:
        made.decide(named(made, rule, before))
    made.check()
    save(made.home / "回收" / "1.xlsx", write_filing(said(made.name, before, **{"all.n": 8})))
    made.beside(not before)
    collection = made.check()
    assert made.rules(collection)[named(made, RULES[0], not before)]
    told = [f for f in collection.all_findings() if f.code == "decision-stale"]
    assert len(told) == 2 and all("supplement" in f.message for f in told)


@ways
def test_an_explanation_of_other_figures_is_stale_by_whatever_number(season):
    made, before = season
    rule = named(made, RULES[0], before)
    words = {rule: "经核对，部分中有重复统计的数，已在下年更正。"}
    save(made.home / "回收" / "1.xlsx", write_filing(replace(said(made.name, before), explanations=words)))
    assert not made.rules(made.check())[rule]
    changed = replace(said(made.name, before, **{"some.n": 99}), explanations=words)
    save(made.home / "回收" / "1.xlsx", write_filing(changed))
    made.beside(not before)
    collection = made.check()
    assert made.rules(collection)[named(made, RULES[0], not before)], "it was given for other figures"
    assert [f for f in collection.all_findings() if f.code == "explanation-stale"]


@ways
def test_another_number_is_no_change_since_the_last_run(season):
    made, before = season
    xltools.Season(made.home).check()
    made.beside(not before)
    changes = xltools.Season(made.home).check().to_json()["changes"]
    assert changes["unchanged"] == 1 and not changes["settled"] and not changes["corrected"]


@ways
@pytest.mark.parametrize("by", ["before", "now", "code", "each"])
def test_what_was_settled_under_any_name_is_open_again(season, by):
    """It was looked for by the very word in the row: what a page shows it as is another."""
    made, before = season
    made.check()
    rows = {
        "before": [named(made, RULES[0], before)],
        "now": [named(made, RULES[0], not before)],
        "code": ["rule-failed"],
    }
    rows["each"] = [item for items in rows.values() for item in items]
    made.beside(not before)
    for item in rows[by]:
        made.decide(item)
    made.decide(named(made, RULES[1], before))
    number = named(made, RULES[0], not before)
    assert made.rules(made.check())[number] is False
    made.undecide(number)
    rules = made.rules(made.check())
    assert rules == {number: True, named(made, RULES[1], not before): False, named(made, RULES[2], not before): True}, (
        "what has a row of its own stays settled"
    )
    with pytest.raises(XltoolsError, match="没有单位 1 的"):
        made.undecide(number)


@ways
def test_a_number_as_it_was_undoes_too_and_only_of_its_agency(season):
    made, before = season
    made.check()
    made.beside(not before)
    made.decide(named(made, RULES[0], not before))
    for agency, item in (("2", RULES[0]), ("1", RULES[2]), ("1", "没有"), ("1", "")):
        with pytest.raises(XltoolsError, match="没有单位"):
            xltools.Season(made.home).undecide(agency, item)
    made.undecide(named(made, RULES[0], before))
    assert all(made.rules(made.check()).values())


def listed(made):
    rows = openpyxl.load_workbook(made.home / DECISIONS).worksheets[0].iter_rows(min_row=2, values_only=True)
    code, item, by = (COLUMNS.index(name) for name in ("单位代码", "编号", "经办人"))
    return sorted((row[code], row[item], row[by] or "") for row in rows if row[item])


def test_what_may_be_of_two_is_listed_for_each_and_only_where_it_may(tmp_path, monkeypatch):
    """The prepared rows of both were taken out, where the row that anybody typed settles neither."""
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        made = Season(tmp_path, "nan-2030")
        for code, names in (("1", ("nan-2030",)), ("2", ("bei-2030", "nan-2030"))):
            own = [f"supplement.{name.replace('-', '_')}" for name in names]
            figures = {f"{one}.{n}": figure for one in own for n, figure in (("all.n", 7), ("some.n", 9))}
            save(tmp_path / "回收" / f"{code}.xlsx", write_filing(full(load_form("old", names), code, **figures)))
        made.check()
        asked = [("1", "supplement.nan_2030.some", ""), ("2", "supplement.bei_2030.some", ""),
                 ("2", "supplement.nan_2030.some", "")]  # fmt: skip
        some = [row for row in listed(made) if row[1].endswith(".some")]
        assert some == asked
        for code in "12":
            xltools.Season(made.home).decide(code, "supplement.some", **SETTLED)
        for _ in range(2):
            made.check()
            some = [row for row in listed(made) if row[1].endswith("some")]
            assert some == sorted([*asked[1:], *((code, "supplement.some", "张三") for code in "12")])


def test_a_number_that_may_be_of_two_is_asked_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        made = Season(tmp_path, "nan-2030")
        form = load_form("old", ("bei-2030", "nan-2030"))
        figures = {
            f"supplement.{one}.{n}": v for one in ("nan_2030", "bei_2030") for n, v in (("all.n", 7), ("some.n", 9))
        }
        save(tmp_path / "回收" / "1.xlsx", write_filing(full(form, **figures)))
        made.check()
        made.decide("supplement.some")
        collection = made.check()
        assert all(made.rules(collection).values())
        [told] = [f for f in collection.all_findings() if f.code == "decision-unusable"]
        assert "现在有 2 个：" in told.message and "supplement.nan_2030.some" in told.message
        assert called_now(form, "supplement.some") == ("supplement.bei_2030.some", "supplement.nan_2030.some")


@pytest.mark.parametrize(
    "item", ["supplement.nothing", "supplement.", "s.all", "supplement.other.some", "", "text.year"]
)
def test_a_name_that_a_form_never_had_stands_for_itself(item, tmp_path):
    with form_at_hand(tmp_path, OLD, NAN, BEI):
        form = load_form("old", ("nan-2030",))
        assert called_now(form, item) == (item,)
        assert called_before(load_form("old")) == {}
        assert called_before(form)["supplement.nan_2030.some"] == "supplement.some"


def test_a_decision_about_a_rule_of_a_supplement_that_holds_now_is_known(tmp_path, monkeypatch):
    """It was told that there was no such number."""
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD, NAN):
        made = Season(tmp_path, "nan-2030")
        filing = full(load_form("old", ("nan-2030",)), **{"supplement.all.n": 9, "supplement.some.n": 7})
        save(tmp_path / "回收" / "1.xlsx", write_filing(filing))
        made.check()
        made.decide("supplement.some")
        made.decide("supplement.nosuch")
        [told] = [f for f in made.check().all_findings() if f.code == "decision-unusable"]
        assert "supplement.nosuch" in told.message
