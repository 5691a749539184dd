"""A supplement drawn on its edition: rows marked 本地补充 within the tables, tables, texts, relations, charts; there and back."""

import tomllib

import openpyxl
import pytest
from drawn import drawn, laid_over, said, traced
from followed import OLD, form_at_hand
from making import run
from test_supplements import NAN

import xltools
from xltools.drawing.examine import examine
from xltools.editions import load_form


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    with form_at_hand(tmp_path, OLD):
        yield tmp_path


def rows(after, *lines, section="s"):
    return f'[[rows]]\nsection = "{section}"\nafter = "{after}"\nrows = [{", ".join(lines)}]\n'


def rule(left, right, id="supplement.rule", holds="left <= right", **more):
    keys = {"id": id, "severity": "error", "left": left, "right": right, "holds": holds, "basis": "理", "remedy": "核对"}
    return "[[relation]]\n" + "".join(f'{k} = "{v}"\n' for k, v in keys.items()) + more.get("also", "")


HEAD = 'id = "nan-2030"\ntitle = "南省补充项"\neditions = ["old"]\nyears = { from = 2030, to = 2040 }\n'
P, Q = '{ id = "p", label = "其中：省定" }', '{ id = "q", label = "其中：市定" }'
BOTH = '{ id = "pq", label = "省市合计", sum = ["p", "q"] }'
TABLE = """[[table]]
section = "s"
heading = "另填"
corner = "项目"
note = "另填的说明"
columns = [{ id = "n", label = "数量" }, { id = "m", label = "金额", type = "money", unit = "元" }]
rows = [{ id = "all", label = "全部", sum = "*" }, { id = "one", label = "甲类" }, { id = "two", label = "乙类" }]
"""
SUPPLEMENTS = {
    "everything": NAN,
    "a row": HEAD + rows("y", P),
    "rows and their sum": HEAD + rows("y", P, Q, BOTH),
    "a sum above what it adds": HEAD + rows("x", BOTH) + rows("y", P, Q),
    "a sum with rows of the edition": HEAD + rows("z", P, '{ id = "t", label = "天和省定", sum = ["x", "p"] }'),
    "a ratio": HEAD + rows("y", P, Q, '{ id = "r", label = "省占市", type = "ratio", of = ["p", "q"], unit = "%", decimals = 1 }'),
    "rows after the last": HEAD + rows("out", P) + rows("all", Q),
    "a row of another type": HEAD + rows("y", '{ id = "d", label = "增减", type = "signed" }'),
    "a table": HEAD + TABLE,
    "two tables": HEAD + TABLE + TABLE.replace("另填", "又填").replace('"all"', '"whole"').replace('"one"', '"i"').replace('"two"', '"ii"'),
    "a text": HEAD + '[[section]]\nid = "plan"\nsheet = "三、打算"\ntitle = "三、打算"\ntext = "写。"\nnone = true\n',
    "a rule between its rows and the edition's": HEAD + rows("y", P, Q) + rule("supplement.p.a + supplement.q.a", "s.y.a"),
    "a rule for every column": HEAD + rows("y", P)
    + rule("supplement.p.{column}", "s.y.{column}", "supplement.p.{column}", also='each.column = "*"\n'),
    "a rule for its rows": HEAD + rows("y", P, Q)
    + rule("supplement.{row}.a", "supplement.{row}.b", "supplement.{row}.ab", also='each.row = ["p", "q"]\n'),
    "a rule of last year": HEAD + rows("y", P) + rule("supplement.p.a", "last.supplement.p.a"),
    "a chart": HEAD + rows("y", P) + '[[chart]]\ntitle = "图"\nitems = [{ label = "省定", sum = "supplement.p.sum + s.x.sum" }]\n',
    "severities": HEAD + '[severity]\n"s.*" = "note"\n[rule."same"]\nseverity = "error"\nleast = 10\n',
}  # fmt: skip


@pytest.mark.parametrize("what", SUPPLEMENTS)
def test_a_supplement_drawn_and_read_back_is_the_same(what, home):
    data = tomllib.loads(SUPPLEMENTS[what])
    form = laid_over(data, load_form("old"))
    path = drawn(data, home, form)
    assert said(laid_over(traced(path), load_form("old"))) == said(form)
    found = examine(path)
    assert [str(m) for m in found.mistakes] == [] and said(found.form) == said(form)
