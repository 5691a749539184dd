"""The door for Python: what it gives is what the commands print, and a whole season can be run through it."""

import ast
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from making import AGENCIES, BUREAU, COUNTY, ROSTER, blank, filing, run, save

import xltools
from xltools import XltoolsError
from xltools.collection.roster import write_roster
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

FEES = "disclosure.fees.amount"
ROWS = [(COUNTY.code, COUNTY.name, LEVELS["county"], "", "", "", "")] + [
    (a.code, a.name, LEVELS[a.level], COUNTY.code, "", "", "") for a in AGENCIES
]


def received(folder):
    """A good filing, one with an error, one with a query, and no filing at all; one agency is missing."""
    save(folder / "甲.xlsx", filing())
    save(folder / "乙.xlsx", filing({"requests.new.natural": 5}, agency=AGENCIES[1]))
    save(folder / "丙.xlsx", filing({"disclosure.rules.issued": 1}, agency=AGENCIES[2]))
    save(folder / "丁.xlsx", b"PK")


@pytest.fixture(scope="module")
def loose(tmp_path_factory):
    """Files without a working folder."""
    home = tmp_path_factory.mktemp("loose")
    save(home / "名录.csv", ROSTER)
    received(home / "回收")
    save(home / "去年" / "甲.xlsx", filing({FEES: 1_000_100}, year=2022))
    save(home / "合.xlsx", filing({"requests.new.natural": 7}, agency=COUNTY))
    save(home / "空.xlsx", blank())
    save(home / "数.json", json.dumps({"values": {"requests.new.natural": 3, FEES: 1.5, "requests.new.total": 4}}))
    return home


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A working folder, files received."""
    home = tmp_path_factory.mktemp("season") / "季"
    xltools.Season.init(home, 2023)
    (home / "名录.xlsx").write_bytes(write_roster(ROWS, 2023))
    received(home / "回收")
    return home


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """Runs a command in one copy of a folder and a call in another; gives the JSON of both, and how both end."""

    def both(folder, words, call):
        there, here = tmp_path / "一", tmp_path / "二"
        for copy in (there, here):
            shutil.copytree(folder, copy)
        done = run(*words.split(), cwd=there)
        monkeypatch.chdir(here)
        result = call()
        assert done.stdout, done.stderr
        return json.loads(done.stdout), json.loads(json.dumps(result.to_json())), done.returncode, result

    return both


OUTSIDE = {
    "check 回收 --json": lambda: xltools.check("回收"),
    "check 回收/甲.xlsx 回收/丁.xlsx --json": lambda: xltools.check([Path("回收/甲.xlsx"), "回收/丁.xlsx"]),
    "check 回收 --roster 名录.csv --previous 去年 --slips 退 --json": lambda: xltools.check(
        ["回收"], roster="名录.csv", previous="去年", slips="退"
    ),
    "check 合.xlsx --parts 回收 --json": lambda: xltools.check("合.xlsx", parts=["回收"]),
    "check 回收 --year 2022 --prefer newest --json": lambda: xltools.check("回收", year=2022, prefer="newest"),
    "merge 回收 --roster 名录.csv -o 汇.xlsx --json": lambda: xltools.merge(
        "回收", roster="名录.csv", output="汇.xlsx"
    ),
    "merge 回收 --roster 名录.csv -o 汇.xlsx --include-queried --previous 去年 --json": lambda: xltools.merge(
        "回收", roster="名录.csv", output="汇.xlsx", include_queried=True, previous=[Path("去年")]
    ),
    "merge 回收 --roster 名录.csv -o 汇.xlsx --name 他县 --code 9 --level county --json": lambda: xltools.merge(
        "回收", roster="名录.csv", output="汇.xlsx", name="他县", code="9", level="county"
    ),
    "export 合.xlsx": lambda: xltools.read("合.xlsx"),
    "export 回收/丙.xlsx --format json": lambda: xltools.export("回收/丙.xlsx"),
    "forms list --json": lambda: xltools.forms(),
    "forms show 2021 --json": lambda: xltools.forms("2021"),
    "codes --json": lambda: xltools.codes(),
}
INSIDE = {
    "check --json": lambda: xltools.check(),
    "check 回收/甲.xlsx --json": lambda: xltools.check("回收/甲.xlsx"),
    "check --year 2022 --json": lambda: xltools.check(year=2022),
    "merge --json": lambda: xltools.merge(),
    "merge --include-queried -o 另一份.xlsx --json": lambda: xltools.merge(include_queried=True, output="另一份.xlsx"),
    "export 回收/甲.xlsx": lambda: xltools.export("回收/甲.xlsx"),
    "forms list --json": lambda: xltools.forms(),
}


@pytest.mark.parametrize("words", OUTSIDE)
def test_the_library_says_what_the_command_says(loose, twice, words):
    printed, told, status, result = twice(loose, words, OUTSIDE[words])
    assert told == printed and printed
    if hasattr(result, "open_errors"):
        assert status == int(result.open_errors or bool(getattr(result, "left_out", ())))


@pytest.mark.parametrize("words", INSIDE)
def test_so_it_does_in_a_working_folder(season, twice, words):
    printed, told, *_ = twice(season, words, INSIDE[words])
    assert told == printed and printed
    if words in ("check --json", "merge --json"):
        assert told["changes"]["since"] is None and len(told["changes"]["new"]) == 3


def test_both_write_the_same_files(season, twice, tmp_path):
    twice(season, "check --json", xltools.check)
    files = [
        {p.relative_to(home): p.read_bytes() for p in home.rglob("退回/*")}
        for home in (tmp_path / "一", tmp_path / "二")
    ]
    assert files[0] == files[1] and len(files[0]) > 3


# ── a season ─────────────────────────────────────────────────────────────────


def test_a_whole_season_from_python_alone(tmp_path):
    """Laid out, issued, filled, checked, corrected, merged, published: from outside the folder, without a command."""
    season = xltools.Season.init(tmp_path / "季", 2023)
    season.settings.roster.write_bytes(write_roster(ROWS, 2023))
    issued = season.blank()
    assert [a.name for a in issued.agencies] == [a.name for a in AGENCIES] and not issued.hints
    assert [p.parent for p in issued.files] == [season.settings.issued] * 4
    again = season.blank()
    assert again.files == () and "已经有 4 家" in again.hints[0]

    whole = xltools.read(issued.files[0])
    zeros = {f.id: 0 for f in whole.filing.form.inputs}
    signed = {"texts": dict.fromkeys(("overview", "problems", "other"), "写了一段。\n又写了一段。")}
    signed["signoff"] = {
        "compiler": "张三",
        "reviewer": "李四",
        "head": "王五",
        "date": "2024-01-15",
        "phone": "010-1234",
    }
    for number, path in enumerate(issued.files[:3]):
        values = {**zeros, FEES: 237.2449, "requests.new.natural": int(number == 1)}
        filled = xltools.fill(path, {"values": values, **signed}, season.settings.received / path.name)
        assert not filled.findings and not filled.hints

    first = season.check()
    assert first.open_errors and first.collection.counts()["accepted"] == 2
    assert [step.code for step in first.changes.missing] == ["1104"]
    assert first.slips and all(path.parent == season.settings.returned for path in first.slips)
    right = {"values": {**zeros, FEES: Decimal("237.2449")}, **signed}
    for path in issued.files[1], issued.files[3]:
        xltools.fill(path, right, season.settings.received / path.name, force=True)
    second = season.check()
    assert not second.open_errors and len(second.changes.corrected) == 1

    merged = season.merge()
    assert merged.summary.status.startswith("4/4") and not merged.left_out
    assert merged.to_json()["summary"]["values"][FEES] == 948.9796
    assert merged.to_frame()[FEES].tolist() == [Decimal("948.9796")]
    assert str(merged.to_frame()["requests.new.total"].dtype) == "Int64"
    report = season.report(merged.output, tmp_path / "报告.docx")
    assert report.output.stat().st_size > 5000
    back = xltools.import_report(report.output, tmp_path / "读回.xlsx", year=2023, name=COUNTY.name, level="county")
    assert back.to_frame()[FEES].tolist() == [Decimal("948.9796")]


def test_what_the_office_typed_into_the_summary_is_kept_from_python_too(season, tmp_path):
    home = tmp_path / "季"
    shutil.copytree(season, home)
    first = xltools.Season(home).merge()
    xltools.Season(home).merge()  # its own summary is replaced without being asked
    said = {**filing().texts, "overview": ("本级写的。",)}
    kept = filing(agency=COUNTY, texts=said)
    from xltools.collection.check import check
    from xltools.collection.roster import read_roster
    from xltools.summary.writing import summarise

    _, content = summarise(check([home / "回收"]), read_roster(home / "名录.xlsx"), COUNTY, kept=kept)
    first.output.write_bytes(content)
    again = xltools.Season(home).merge()
    assert again.summary.filing.texts["overview"] == ("本级写的。",) and "文字" in again.kept_words
    assert again.to_json()["summary"]["kept"] == again.kept_words


# ── frames ───────────────────────────────────────────────────────────────────


def test_frames_are_exact_and_a_blank_is_no_nought(loose, monkeypatch):
    monkeypatch.chdir(loose)
    frame = xltools.check(["去年", "空.xlsx"]).to_frame()
    assert frame[FEES].tolist() == [Decimal("1.0001"), None]
    counts = frame["requests.new.natural"]
    assert str(counts.dtype) == "Int64" and counts.isna().tolist() == [False, True]
    assert xltools.read("空.xlsx").to_frame()["requests.new.total"].isna().all()
    findings = xltools.check("回收").findings_frame()
    assert len(findings) == sum(len(f["findings"]) for f in xltools.check("回收").to_json()["filings"])
    assert set(xltools.codes().to_frame().columns) >= {"code", "severity"}
    assert "requests.new.natural" in set(xltools.forms("2021").to_frame()["id"])
    assert len(xltools.forms().to_frame()) >= 2


# ── what cannot be done ──────────────────────────────────────────────────────

WRONG = {
    "没有 PATH": lambda: xltools.check(),
    "没有这个文件": lambda: xltools.check("没有"),
    "prefer": lambda: xltools.check("回收", prefer="oldest"),
    "空的 parts": lambda: xltools.check("合.xlsx", parts="退"),
    "没有名录": lambda: xltools.merge("回收", output="汇.xlsx"),
    "没有 -o": lambda: xltools.merge("回收", roster="名录.csv"),
    "一半的单位": lambda: xltools.merge("回收", roster="名录.csv", output="汇.xlsx", name="他县"),
    "不认识的层级": lambda: xltools.merge(
        "回收", roster="名录.csv", output="汇", name="他县", code="9", level="village"
    ),
    "写在名录上": lambda: xltools.merge("回收", roster="名录.csv", output="名录.csv"),
    "写在填报表上": lambda: xltools.merge("回收", roster="名录.csv", output="回收/甲.xlsx", force=True),
    "已经有了": lambda: xltools.export("合.xlsx", output="空.xlsx"),
    "写在自己上": lambda: xltools.export("合.xlsx", output="合.xlsx", force=True),
    "没有的格式": lambda: xltools.export("合.xlsx", format="pdf"),
    "xlsx 没有 -o": lambda: xltools.export("合.xlsx", format="xlsx"),
    "两种单位": lambda: xltools.blank(roster="名录.csv", year=2023, name="甲"),
    "没有年度": lambda: xltools.blank(roster="名录.csv"),
    "没有的年度": lambda: xltools.blank(roster="名录.csv", year=1950),
    "没有单位": lambda: xltools.blank(year=2023),
    "没有的补充项": lambda: xltools.blank(roster="名录.csv", year=2023, supplements="没有"),
    "没有的报告格式": lambda: xltools.report("合.xlsx", "报告.pdf"),
    "没有的文件": lambda: xltools.report("没有.xlsx", "报告.docx"),
    "读没有的文件": lambda: xltools.read("没有.xlsx"),
    "读文件夹": lambda: xltools.read("回收").to_json(),
    "读坏文件": lambda: xltools.read("回收/丁.xlsx").to_json(),
    "读坏文件成表": lambda: xltools.read("回收/丁.xlsx").to_frame(),
    "填错的指标": lambda: xltools.fill("空.xlsx", {"values": {"没有": 1}}, "填.xlsx"),
    "填坏的 JSON": lambda: xltools.fill("空.xlsx", "名录.csv", "填.xlsx"),
    "导入两种": lambda: xltools.import_report("合.xlsx", "出.xlsx", folder="回收"),
    "导入没有": lambda: xltools.import_report("没有.docx", "出.xlsx"),
    "不是工作文件夹": lambda: xltools.Season("回收"),
    "名字太长": lambda: xltools.check("长" * 300, roster="名录.csv" * 99),
    "没有的版本": lambda: xltools.load_form("1949"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_done_is_one_kind_of_exception_with_words(loose, tmp_path, monkeypatch, what):
    shutil.copytree(loose, tmp_path / "一")
    monkeypatch.chdir(tmp_path / "一")
    (Path("退")).mkdir()
    before = {p: p.read_bytes() for p in Path().rglob("*") if p.is_file()}
    with pytest.raises(XltoolsError) as told:
        WRONG[what]()
    assert any("\u4e00" <= c <= "\u9fff" for c in str(told.value)) and "\n" not in str(told.value)
    assert before == {p: p.read_bytes() for p in Path().rglob("*") if p.is_file()}


def test_a_command_names_its_help_where_the_library_says_what_is_lacking(tmp_path):
    for words, lacking in ((("merge", "x"), "--roster"), (("blank",), "--year"), (("check",), "文件夹")):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
        assert done.stderr.startswith("xltools：用法不对：") and lacking in done.stderr
        assert done.stderr.endswith(f"用法见 xltools {words[0]} --help\n")


# ── the door itself ──────────────────────────────────────────────────────────


def test_no_process_is_started_unless_asked_for(tmp_path, monkeypatch):
    import concurrent.futures

    def refuse(*_, **__):
        raise AssertionError("a process")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    for number in range(120):
        save(tmp_path / f"{number}.xlsx", b"PK")
    monkeypatch.chdir(tmp_path)
    assert xltools.check(tmp_path).collection.counts()["filings"] == 120
    with pytest.raises(AssertionError, match="a process"):
        xltools.check(tmp_path, jobs=2)


def test_every_name_is_there_and_stays_a_call_whatever_is_imported():
    """A folder of the package that is called like a call would take its place as soon as it is imported."""
    for module in pkgutil.iter_modules(xltools.__path__):
        if module.name not in ("__main__",):
            importlib.import_module(f"xltools.{module.name}")
        assert module.name not in xltools.__all__
    assert all(callable(getattr(xltools, name)) and name in dir(xltools) for name in xltools.__all__)
    from xltools import api

    assert set(xltools.__all__) == set(api.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        xltools.nothing  # noqa: B018


def test_a_script_gets_the_door_from_import_xltools_alone(tmp_path):
    save(tmp_path / "甲.xlsx", write_filing(filing(agency=BUREAU)))
    script = "import xltools; print(xltools.check('甲.xlsx').to_json()['counts']['accepted'])"
    env = {**os.environ, "PYTHONPATH": str(Path(xltools.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, env=env)
    assert (done.stdout, done.stderr) == ("1\n", "")


COMMANDS = sorted(Path(xltools.__file__).parent.glob("cli/*.py"))
BESIDE = {
    "__init__": {"screen"},
    "demo": {"demo"},
    "desk": {"desk"},
    "init": {"season"},
    "options": {"collection", "findings", "pages", "periods", "received", "season"},
}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_a_command_parses_calls_the_door_prints_and_ends(path):
    """Nothing is decided there: a command knows the door and small words, and is short."""
    small = {"api", "cli", "errors", "outputs", "periods", "terms", "characters", "__version__"} | BESIDE.get(
        path.stem, set()
    )
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "xltools":
            below = (node.module or "").split(".")[1:]
            assert set(below[:1] or [alias.name for alias in node.names]) <= small, f"{path.name}:{node.lineno}"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            last = node.body[-1].end_lineno
            assert last - node.body[0].end_lineno <= 30, f"{path.name} decides something"


PAGE = Path(xltools.__file__).parents[1] / "docs" / "api.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation lies beside the checkout only")
def test_the_page_for_python_runs_as_it_stands(season, tmp_path, monkeypatch, capsys):
    page = PAGE.read_text("utf-8")
    [script] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shutil.copytree(season, tmp_path / "县级2023")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(script, names)
    assert "'filings': 4" in capsys.readouterr().out and (tmp_path / "年度报告.docx").exists()
    assert len(names["issued"].files) == len(AGENCIES) and len(names["figures"]) == 3
    told = set(re.findall(r"`(\w+)\(", page)) - {"open_errors"}
    assert set(xltools.__all__) - {"Season", "XltoolsError"} <= told | {"fill"}
