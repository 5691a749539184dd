"""What the commands print as JSON is what docs/schema says: no key more, none less, every value of its type."""

import copy
import json

import jsonschema
import pytest
from making import AGENCIES, BUREAU, COUNTY, ROSTER, filing, run, run_json, save
from test_docs import ROOT
from test_levels import adjusted

from xltools.editions import editions, supplements
from xltools.workbook.write import write_filing

NAMES = sorted(path.stem for path in (ROOT / "docs" / "schema").glob("*.json"))


def schema(name):
    """A schema as it lies there, closed: others may be told more one day, the program of today tells no more than this."""
    found = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
    for one in found["$defs"].values():
        one["additionalProperties"] = False
    return found


def hold(name, told):
    jsonschema.Draft202012Validator(schema(name)).validate(told)


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A working folder with filings of every fate: accepted, wrong, explained, no workbook at all, missing, another's."""
    home = tmp_path_factory.mktemp("season") / "2023"
    assert run("init", home, "--year", 2023).returncode == 0
    (home / "名录.xlsx").unlink()
    (home / "名录.csv").write_text(ROSTER, "utf-8")
    settings = (home / "xltools.toml").read_text("utf-8")
    (home / "xltools.toml").write_text(settings.replace("名录.xlsx", "名录.csv"), "utf-8")
    back = home / "回收"
    back.joinpath("一.xlsx").write_bytes(write_filing(filing(agency=BUREAU)))
    wrong = filing({"requests.new.natural": 5, "disclosure.fees.amount": "3元"}, agency=AGENCIES[1])
    back.joinpath("二.xlsx").write_bytes(write_filing(wrong))
    back.joinpath("三.xlsx").write_bytes(b"no workbook")
    odd = {"requests.new.natural": 30, "requests.granted.natural": 30, "disclosure.fees.amount": 123456700}
    back.joinpath("四.xlsx").write_bytes(write_filing(filing(odd, agency=AGENCIES[2])))
    back.joinpath("五.xlsx").write_bytes(write_filing(filing(agency=COUNTY)))
    return home


def test_check(season):
    told = run_json("check", "--json", cwd=season, status=1)
    hold("check", told)
    verdicts = {one["verdict"] for one in told["filings"]}
    assert "unreadable" in verdicts and len(verdicts) > 1 and told["slips"] and told["changes"]["since"] is None
    back = season / "回收" / "二.xlsx"
    back.write_bytes(write_filing(filing({"requests.new.natural": 4}, agency=AGENCIES[1])))
    again = run_json("check", "--json", cwd=season, status=1)
    hold("check", again)
    assert again["changes"]["since"] and again["changes"]["corrected"]


def test_check_without_a_working_folder(tmp_path):
    save(tmp_path / "表.xlsx", filing())
    told = run_json("check", "表.xlsx", "--json", cwd=tmp_path)
    hold("check", told)
    assert not {"slips", "changes"} & set(told)


def test_merge(season):
    told = run_json("merge", "--json", cwd=season, status=1)
    hold("merge", told)
    assert told["summary"]["missing"] and told["changes"]
    [summary] = (season / "汇总").glob("*.xlsx")
    again = run_json("export", summary)
    hold("export", again)
    assert again["kind"] == "summary" and again["agencies"]["lacking"] and again["adjustments"] == []
    summary.write_bytes(adjusted(summary.read_bytes(), "requests.new.natural", 2))
    again = run_json("export", summary)
    hold("export", again)
    assert again["adjustments"][0]["values"] == {"requests.new.natural": 2}


@pytest.mark.parametrize("year", [2020, 2023])
def test_export(year, tmp_path):
    save(tmp_path / "表.xlsx", filing({"requests.new.natural": None}, year=year))
    hold("export", run_json("export", tmp_path / "表.xlsx"))


def test_forms_and_codes():
    hold("forms-list", run_json("forms", "list", "--json"))
    hold("codes", run_json("codes", "--json"))
    for edition in editions():
        hold("forms-show", run_json("forms", "show", edition, "--json"))
    for name in supplements():
        hold("forms-show", run_json("forms", "show", "2019", "--supplement", name, "--json"))


def test_show_compare_and_roster(tmp_path):
    save(tmp_path / "一.xlsx", filing({"requests.new.natural": 3}, last={"requests.new.natural": 2}))
    save(tmp_path / "二.xlsx", filing({"requests.new.natural": 4}))
    told = run_json("show", "一.xlsx", "--json", cwd=tmp_path, status=1)
    hold("show", told)
    [cell] = [c for s in told["sections"] for c in s["cells"] if c["field"] == "requests.new.natural"]
    assert cell["text"] == "3" and cell["findings"] and all(told["findings"][n]["open"] for n in cell["findings"])
    compared = run_json("compare", "一.xlsx", "二.xlsx", "--json", cwd=tmp_path)
    hold("compare", compared)
    assert [(f["one"], f["other"]) for f in compared["figures"]] == [("3", "4")]
    (tmp_path / "名录.csv").write_text("单位代码,单位名称,层级\n1,甲,部门\n1,乙,局\n", "utf-8")
    looked = run_json("roster", "名录.csv", "--json", cwd=tmp_path, status=1)
    hold("roster", looked)
    assert [len(row["wrong"]) for row in looked["rows"]] == [0, 2] and looked["expected"] == 1


def test_every_schema_is_a_schema_and_is_tried_here():
    for name in NAMES:
        jsonschema.Draft202012Validator.check_schema(schema(name))
    assert NAMES == ["check", "codes", "compare", "export", "forms-list", "forms-show", "merge", "roster", "show"]


WRONG = {
    "a key more": lambda told: told["filings"][0].update(more=1),
    "a key less": lambda told: told["counts"].pop("note"),
    "a number as text": lambda told: told["counts"].update(error="1"),
    "a verdict nobody knows": lambda told: told["filings"][0].update(verdict="good"),
    "no agency where one must be": lambda told: told["filings"][0]["agency"].pop("code"),
    "a level nobody knows": lambda told: told["filings"][0]["agency"].update(level="village"),
    "findings that are none": lambda told: told["findings"].append("x"),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_schema_refuses(what, tmp_path):
    save(tmp_path / "表.xlsx", filing())
    told = run_json("check", "表.xlsx", "--json", cwd=tmp_path)
    hold("check", told)
    WRONG[what](wrong := copy.deepcopy(told))
    with pytest.raises(jsonschema.ValidationError):
        hold("check", wrong)
