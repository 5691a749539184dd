"""The two other returns of examples/: each drawn in Excel, issued, filled in, checked, summed up, reported, read back."""

import json
import shutil
from pathlib import Path

import pytest
from drawn import drawn, form_in, said, traced
from making import run

import xltools
from xltools.demo.others import DRAWING, FILLED, REPORT, ROSTER, SUMMARY, drawing, others
from xltools.demo.published import load
from xltools.drawing.examine import examine
from xltools.editions.shelves import FORMS
from xltools.periods import period

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_there_are_two_and_they_use_what_they_are_for():
    assert others() == ["enforcement", "safety"]
    text = json.dumps([load(name) for name in others()], ensure_ascii=False)
    assert all(word in text for word in ("比率", "是/否", "取最大", "文字", "金额 元", "金额 万元", "第一季度"))


@pytest.fixture(params=["enforcement", "safety"])
def season(request, tmp_path, monkeypatch):
    """A working folder in which nothing but the drawing is known yet; and what the example is of."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    told = load(request.param)
    folder = tmp_path / "季"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "表样.xlsx").write_bytes(drawing(told))
    return folder, told, request.param


def test_played_by_hand_it_comes_to_the_same(season):
    """Every step by its command, as a clerk does it: drawing, form, blanks, filled in, checked, merged, reported, read back."""
    folder, told, name = season
    done = run("forms", "new", "表样.xlsx", "-o", FORMS)
    assert done.returncode == 0, done.stderr
    family = examine("表样.xlsx").data["family"]
    done = run("init", ".", "--year", told["year"], "--family", family, "--force")
    assert done.returncode == 0, done.stderr
    shutil.copy(EXAMPLES / name / ROSTER, "名录.xlsx")
    done = run("blank")
    assert done.returncode == 0, done.stderr
    for blank in sorted((folder / "下发").glob("*.xlsx")):
        [values] = (EXAMPLES / name / FILLED).glob(f"{blank.stem}.json")
        given = json.loads(values.read_text("utf-8"))
        form = xltools.read(blank).filing.form
        given["declared_zero"] = [s.id for s in form.table_sections]
        given["signoff"] = {"compiler": "示例", "date": "2027-01-05"}
        xltools.fill(blank, given, folder / "回收" / blank.name)
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert run("merge").returncode == 0
    [summary] = (folder / "汇总").glob("*.xlsx")
    there = xltools.export(summary).to_json()
    example = json.loads((EXAMPLES / name / "汇总.json").read_text("utf-8"))
    assert there["values"] == example["values"] and len(there["values"]) > 15
    assert run("report", summary, "-o", "报告.docx").returncode == 0
    back = xltools.import_report("报告.docx", "回.xlsx", code=told["area"]["code"], level="county")
    assert back.items[0].output, back.items[0].findings
    read = xltools.export("回.xlsx").to_json()
    assert read["year"] == int(period(told["year"]))
    wrong = {n for n, v in there["values"].items() if (read["values"].get(n) or 0) != (v or 0)}
    assert {n for n in wrong if not isinstance(read["values"].get(n), str)} <= {
        n for n in wrong if n.startswith("rules.")
    }


def test_the_drawing_goes_both_ways(season, tmp_path):
    data = examine("表样.xlsx").data
    assert said(form_in(traced(drawn(data, tmp_path)))) == said(form_in(data))


@pytest.mark.parametrize("name", ["enforcement", "safety"])
def test_the_example_is_whole(name):
    folder = EXAMPLES / name
    assert all((folder / file).is_file() for file in (DRAWING, ROSTER, SUMMARY, REPORT, "审核结果.json"))
    told = json.loads((folder / "审核结果.json").read_text("utf-8"))
    assert told["counts"]["accepted"] == told["counts"]["filings"] == 2
