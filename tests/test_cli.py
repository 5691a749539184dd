"""The command line: what it prints, how it ends, that it touches nothing it was given."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys

import click
import pytest
from making import AGENCIES, BUREAU, COUNTY, ROSTER, blank, filing, resaved, run, run_json, run_process, save

from xltools import __version__
from xltools.cli import cli
from xltools.editions import load_form
from xltools.findings import CATALOGUE
from xltools.workbook.write import write_filing

FORM = load_form("2021")
WHERE = "file agency sheet cell field related actual expected rule basis remedy"
FINDING = set(f"code severity open message {WHERE}".split())
FILING = {"file", "sha256", "agency", "year", "edition", "kind", "verdict", "accepted", "findings"}
COUNTS = {"filings", "accepted", "error", "query", "note"}


def commands(group=cli, before=()):
    """Every command and subcommand."""
    yield before
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from commands(group.get_command(context, name), (*before, name))


@pytest.fixture
def season(tmp_path):
    """A roster, and a folder with a good filing, one with an error, one with a query; one agency is missing."""
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "回收" / "甲.xlsx", filing())
    save(tmp_path / "回收" / "乙.xlsx", filing({"requests.new.natural": 5}, agency=AGENCIES[1]))
    save(tmp_path / "回收" / "丙.xlsx", filing({"disclosure.rules.issued": 1}, agency=AGENCIES[2]))
    return tmp_path


def hashes(folder):
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


# ── help ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help_has_a_line_of_chinese_and_one_of_english(command):
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    text = lines[lines.index("") + 1 : next((n for n, line in enumerate(lines) if line == "Options:"), None)]
    assert any(re.search(r"[\u4e00-\u9fff]", line) for line in text)
    assert any(re.fullmatch(r"[A-Z][\x20-\x7e]+\.", line) for line in text), text


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_option_says_what_it_is_for(command):
    found = cli
    for name in command:
        found = found.get_command(click.Context(found), name)
    options = [p for p in found.params if isinstance(p, click.Option)]
    assert [p.name for p in options if not p.help] == []


def test_version():
    assert run("--version").stdout == f"xltools, version {__version__}\n"


def test_as_a_module_and_as_a_program():
    assert run_process("--version").stdout == run("--version").stdout


# ── codes, forms ─────────────────────────────────────────────────────────────


def test_codes():
    listed = run_json("codes", "--json")
    assert [c["code"] for c in listed] == list(CATALOGUE)
    assert all(set(c) >= {"code", "severity", "meaning", "remedy"} for c in listed)
    text = run("codes").stdout
    assert all(code in text for code in CATALOGUE)


def test_forms_list():
    listed = run_json("forms", "list", "--json")
    assert [(f["edition"], f["years"]) for f in listed["editions"]] == [("2019", [2019, 2020]), ("2021", [2021, None])]
    assert [s["id"] for s in listed["supplements"]] == ["jilin-2020"]
    text = run("forms", "list").stdout
    assert all(words in text for words in ("2019", "2021", "198", "200", "jilin-2020"))


@pytest.mark.parametrize(("edition", "years"), [("2019", [2019, 2020]), ("2021", [2021, None])])
def test_forms_show(edition, years):
    form = load_form(edition)
    told = run_json("forms", "show", edition, "--json")
    assert set(told) >= {"edition", "years", "basis", "fields", "relations"}
    assert (told["edition"], told["years"]) == (edition, years)
    assert [f["id"] for f in told["fields"]] == list(form.fields)
    for field in told["fields"]:
        assert set(field) >= {"id", "sheet", "cell", "label", "kind", "type"}
        assert field["kind"] in ("input", "total") and field["type"] in ("count", "signed", "money")
        assert re.fullmatch(r"[A-Z]+[1-9]\d*", field["cell"])
    rules = {r["id"]: r["severity"] for r in told["relations"]}
    assert list(rules) == [r.id for r in form.rules]
    assert all(r["text"] and set(r) >= {"id", "severity", "text"} for r in told["relations"])
    assert run("forms", "show", edition).returncode == 0


def test_forms_show_with_a_supplement():
    told = run_json("forms", "show", "2019", "--supplement", "jilin-2020", "--json")
    assert told["fields"][-1]["id"] == "supplement.published_items"


# ── blank, fill, export ──────────────────────────────────────────────────────


def test_blanks_for_every_agency_that_files(tmp_path):
    save(tmp_path / "名录.csv", ROSTER)
    done = run("blank", "--year", 2023, "--roster", "名录.csv", "-o", "下发", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    names = sorted(p.name for p in (tmp_path / "下发").iterdir())
    assert names == sorted(f"2023_{a.code}_{a.name}.xlsx" for a in AGENCIES)
    assert [line.rpartition("/")[2] for line in done.stdout.splitlines()] == [
        f"2023_{a.code}_{a.name}.xlsx" for a in AGENCIES
    ]


def test_a_blank_for_one_agency(tmp_path):
    one = ("--name", "甲局", "--code", "1", "--level", "department")
    assert run("blank", "--year", 2023, *one, "-o", tmp_path / "甲.xlsx").returncode == 0
    assert (
        run("blank", "--year", 2020, *one, "--supplement", "jilin-2020", "-o", tmp_path, cwd=tmp_path).returncode == 0
    )
    told = run_json("export", tmp_path / "2020_1_甲局.xlsx")
    assert told["edition"] == "2019" and told["values"]["supplement.published_items"] is None
    assert run_json("export", tmp_path / "甲.xlsx")["year"] == 2023


def test_names_that_are_no_file_names(tmp_path):
    done = run(
        "blank", "--year", 2023, "--name", '甲/乙:*?"<>|\\局', "--code", "../1", "--level", "department", "-o", tmp_path
    )
    assert done.returncode == 0
    [path] = tmp_path.iterdir()
    assert path.suffix == ".xlsx" and not set(path.name) & set('/\\:*?"<>|')


def test_what_export_gives_fill_takes(tmp_path):
    said = filing({"disclosure.fees.amount": 59_237_244_900, "requests.new.natural": 3, "requests.carried_out.natural": 3,
                   "disputes.review.other": None})  # fmt: skip
    save(tmp_path / "一.xlsx", said)
    save(tmp_path / "空.xlsx", blank())
    first = run("export", "一.xlsx", "-o", "数.json", cwd=tmp_path)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    done = run("fill", "空.xlsx", "数.json", "-o", "二.xlsx", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "二.xlsx\n", "")
    one, two = (json.loads(run("export", name, cwd=tmp_path).stdout) for name in ("一.xlsx", "二.xlsx"))
    assert one == two
    assert (tmp_path / "一.xlsx").read_bytes() == (tmp_path / "二.xlsx").read_bytes()


def test_the_shape_of_an_export(season):
    told = run_json("export", season / "回收" / "甲.xlsx")
    assert set(told) >= {"agency", "year", "edition", "kind", "values", "texts", "signoff", "checkcode"}
    assert told["agency"] == {"code": BUREAU.code, "name": BUREAU.name, "level": BUREAU.level}
    assert (told["year"], told["edition"], told["kind"]) == (2023, "2021", "filing")
    assert list(told["values"]) == list(FORM.fields) and set(told["values"].values()) == {0}
    assert told["texts"] == dict.fromkeys(("overview", "problems", "other"), "写了一段。\n又写了一段。")
    assert set(told["signoff"]) == {"compiler", "reviewer", "head", "date", "phone"}
    assert re.fullmatch(r"\d{4}(-\d{4}){2}", told["checkcode"])


def test_blanks_are_null_and_money_has_its_decimals(tmp_path):
    path = save(tmp_path / "一.xlsx", filing({"disclosure.fees.amount": 59_237_244_900, "disputes.review.other": None}))
    text = run("export", path).stdout
    assert '"disclosure.fees.amount": 59237.2449,' in text
    assert json.loads(text)["values"]["disputes.review.other"] is None
    nothing = run_json("export", save(tmp_path / "空.xlsx", blank()))["values"]
    assert set(nothing.values()) == {None}


def test_an_export_as_csv(season):
    done = run("export", season / "回收" / "甲.xlsx", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["指标编号"] for row in rows] == list(FORM.fields) and {row["数值"] for row in rows} == {"0"}
    assert run("export", "回收/甲.xlsx", "--format", "csv", "-o", "出.csv", cwd=season).returncode == 0
    content = (season / "出.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and content.decode("utf-8-sig") == done.stdout


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    agency = BUREAU.__class__("=1+1", "@SUM(A1)", "department")
    done = run("export", save(tmp_path / "一.xlsx", filing(agency=agency)), "--format", "csv")
    cells = {cell for row in csv.reader(io.StringIO(done.stdout)) for cell in row}
    assert cells and not [cell for cell in cells if cell[:1] in "=+-@" and cell[:1]]


def test_export_of_what_cannot_be_read_says_why_on_stderr(tmp_path):
    done = run("export", save(tmp_path / "坏.xlsx", b"x"))
    assert (done.returncode, done.stdout) == (1, "") and "坏.xlsx" in done.stderr


def test_export_of_a_figure_that_cannot_be_read_is_done_with_an_error(tmp_path):
    told = run_json("export", save(tmp_path / "一.xlsx", filing({"requests.new.natural": "约3"})), status=1)
    assert told["values"]["requests.new.natural"] is None and told["checkcode"] is None


def test_fill_writes_typed_texts_and_leaves_null_empty(tmp_path):
    save(tmp_path / "空.xlsx", filing())
    values = {"requests.new.natural": "3件", "requests.new.business": None, "disclosure.fees.amount": 0.1}
    save(tmp_path / "数.json", json.dumps({"values": values}))
    assert run("fill", "空.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path).returncode == 0
    told = run_json("check", "出.xlsx", "--json", cwd=tmp_path, status=1)["filings"][0]
    assert {"cell-unit-suffix", "cell-blank"} <= {f["code"] for f in told["findings"]}
    read = run_json("export", "出.xlsx", cwd=tmp_path)["values"]
    assert {name: read[name] for name in values} == {**values, "requests.new.natural": 3}


def test_fill_compares_totals_and_does_not_write_them(tmp_path):
    save(tmp_path / "空.xlsx", filing())
    save(tmp_path / "数.json", json.dumps({"values": {"requests.new.total": 3, "requests.total.total": 0}}))
    done = run("fill", "空.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path)
    assert done.returncode == 1 and "相差 3" in done.stdout
    assert run_json("export", "出.xlsx", cwd=tmp_path)["values"]["requests.new.total"] == 0


def test_fill_declares_zero_and_explains(tmp_path):
    save(tmp_path / "空.xlsx", blank())
    more = {
        "declared_zero": ["disclosure", "requests", "disputes"],
        "explanations": {"cover.signoff": "机构改革，尚未任命负责人。"},
        "texts": {"overview": "写了一段。", "problems": "写了一段。", "other": "无"},
    }
    save(tmp_path / "数.json", json.dumps(more))
    assert run("fill", "空.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path).returncode == 0
    told = run_json("check", "出.xlsx", "--json", cwd=tmp_path)["filings"][0]
    assert [f["open"] for f in told["findings"] if f["code"] == "signoff-missing"] == [False]
    assert set(run_json("export", "出.xlsx", cwd=tmp_path)["values"].values()) == {0}


# ── check ────────────────────────────────────────────────────────────────────


def test_the_shape_of_a_check(season):
    told = run_json("check", "回收", "--roster", "名录.csv", "--json", cwd=season, status=1)
    assert set(told) >= {"filings", "findings", "counts"} and set(told["counts"]) >= COUNTS
    assert {k: told["counts"][k] for k in ("filings", "accepted", "error", "query")} == {
        "filings": 3, "accepted": 1, "error": 1, "query": 1}  # fmt: skip
    for one in told["filings"]:
        assert set(one) >= FILING and one["verdict"] == "original"
        assert one["sha256"] == hashlib.sha256((season / one["file"]).read_bytes()).hexdigest()
        assert set(one["agency"]) == {"code", "name", "level"}
    found = [f for one in told["filings"] for f in one["findings"]] + told["findings"]
    assert found and all(set(f) >= FINDING for f in found)
    assert {f["agency"]["name"] for f in told["findings"] if f["code"] == "agency-missing"} == {"西街道"}


@pytest.mark.parametrize(
    ("files", "status"),
    [(["甲"], 0), (["丙"], 0), (["乙"], 1), (["甲", "乙"], 1), (["甲", "丙"], 0)],
    ids=lambda value: "".join(value) if isinstance(value, list) else None,
)
def test_check_ends_with_1_only_over_an_open_error(season, files, status):
    paths = [f"回收/{name}.xlsx" for name in files]
    assert run("check", *paths, cwd=season).returncode == status
    assert run("check", *paths, "--json", cwd=season).returncode == status


def test_missing_agencies_alone_are_no_error(season):
    assert run("check", "回收/甲.xlsx", "--roster", "名录.csv", cwd=season).returncode == 0


def test_a_file_that_cannot_be_read_is_an_error(season):
    save(season / "回收" / "坏.xlsx", b"x")
    done = run("check", "回收", "--json", cwd=season)
    assert done.returncode == 1
    bad = next(one for one in json.loads(done.stdout)["filings"] if one["file"].endswith("坏.xlsx"))
    assert (bad["verdict"], bad["agency"], bad["year"], bad["edition"], bad["kind"]) == (
        "unreadable",
        None,
        None,
        None,
        None,
    )
    assert bad["accepted"] is False and len(bad["sha256"]) == 64


def test_what_check_says_to_people(season):
    done = run("check", "回收", "--roster", "名录.csv", cwd=season)
    assert done.stderr == ""
    for words in ("甲.xlsx", "［错误］", "［核实］", "三、依申请公开", "D8", "相差 5", "西街道", "共 3 份，通过 1 份"):
        assert words in done.stdout
    assert "\x1b[" not in done.stdout


def test_the_verdict_of_a_file_saved_elsewhere(season):
    path = save(season / "另存.xlsx", resaved(write_filing(filing())))
    assert run_json("check", path, "--json")["filings"][0]["verdict"] == "resaved"


# ── merge ────────────────────────────────────────────────────────────────────


def test_the_shape_of_a_merge(season):
    told = run_json("merge", "回收", "--roster", "名录.csv", "-o", "汇总.xlsx", "--json", cwd=season, status=1)
    assert set(told) >= {"filings", "findings", "counts", "summary"}
    summary = told["summary"]
    assert set(summary) >= {"file", "values", "agencies", "received", "accepted", "missing"}
    assert (summary["agencies"], summary["received"], summary["accepted"]) == (4, 3, 1)
    assert summary["missing"] == [{"code": "1104", "name": "西街道"}] and summary["file"] == "汇总.xlsx"
    assert run_json("export", "汇总.xlsx", cwd=season)["values"] == summary["values"]


def test_merge_ends_with_0_where_agencies_are_only_missing(season):
    done = run("merge", "回收/甲.xlsx", "--roster", "名录.csv", "-o", "汇总.xlsx", cwd=season)
    assert done.returncode == 0 and "1/4 家，缺 3 家，暂定" in done.stdout


def test_merge_ends_with_1_where_a_filing_was_left_out(season):
    done = run("merge", "回收/甲.xlsx", "回收/丙.xlsx", "--roster", "名录.csv", "-o", "汇总.xlsx", cwd=season)
    assert done.returncode == 1 and "丙.xlsx" in done.stdout
    done = run(
        "merge",
        "回收/甲.xlsx",
        "回收/丙.xlsx",
        "--roster",
        "名录.csv",
        "-o",
        "二.xlsx",
        "--include-queried",
        cwd=season,
    )
    assert done.returncode == 0


def test_merge_again_does_not_take_its_own_output_for_a_filing(season):
    for force in ((), ("--force",)):
        told = run_json("merge", ".", "--roster", "名录.csv", "-o", "汇总.xlsx", "--json", *force, cwd=season, status=1)
        assert told["counts"]["filings"] == 3


def test_merge_for_an_area_that_the_roster_does_not_name(season):
    save(season / "平.csv", ROSTER.replace("11,示例县,县（市、区）,,,\n", ""))
    done = run("merge", "回收/甲.xlsx", "--roster", "平.csv", "-o", "汇总.xlsx", cwd=season)
    assert done.returncode == 2 and "--name" in done.stderr
    area = ("--name", COUNTY.name, "--code", COUNTY.code, "--level", COUNTY.level)
    assert run("merge", "回收/甲.xlsx", "--roster", "平.csv", "-o", "汇总.xlsx", *area, cwd=season).returncode == 0
    assert run_json("export", "汇总.xlsx", cwd=season)["agency"] == {"code": "11", "name": "示例县", "level": "county"}


# ── manners ──────────────────────────────────────────────────────────────────


def test_inputs_are_never_touched(season):
    save(season / "数.json", "{}")
    before = hashes(season)
    for command in (
        ("blank", "--year", 2023, "--roster", "名录.csv", "-o", "出"),
        ("fill", "回收/甲.xlsx", "数.json", "-o", "出/填.xlsx"),
        ("check", "回收", "--roster", "名录.csv"),
        ("export", "回收/甲.xlsx", "-o", "出/数.json"),
        ("merge", "回收", "--roster", "名录.csv", "-o", "出/汇总.xlsx"),
    ):
        assert run(*command, cwd=season).returncode in (0, 1)
    after = hashes(season)
    assert {p: h for p, h in after.items() if "出" not in p.parts} == before
    assert not list(season.rglob(".xltools-*"))


def test_nothing_but_the_result_is_on_stdout(season):
    told = run_process("check", "回收", "--json", cwd=season)
    assert json.loads(told.stdout)["counts"]["filings"] == 3 and told.stderr == ""
    for command in (("codes", "--json"), ("forms", "show", "2021", "--json"), ("export", "回收/甲.xlsx"),
                    ("merge", "回收", "--roster", "名录.csv", "-o", "出.xlsx", "--json")):  # fmt: skip
        done = run(*command, cwd=season)
        assert json.loads(done.stdout) and done.stderr == ""


def test_output_is_utf8_whatever_the_system_thinks(season):
    done = run_process("check", "回收", cwd=season, PYTHONIOENCODING="", LC_ALL="C", LANG="C", PYTHONUTF8="0")
    assert "错误" in done.stdout and done.stderr == ""


def test_a_reader_that_stops_early_is_no_failure(season):
    command = [sys.executable, "-m", "xltools", "codes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    "level", ["部门", "department", "乡镇（街道）", "乡镇", "县(市、区)", "设区的市", "国务院部门"]
)
def test_a_level_may_be_said_as_on_the_roster(tmp_path, level):
    assert (
        run("blank", "--year", 2023, "--name", "某局", "--code", "1", "--level", level, "-o", tmp_path).returncode == 0
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("blank --year 2023 --name 甲 --code 1 --level 局", "可以是 乡镇（街道）（township）、部门（department）"),
        ("export x --format yaml", "可以是 json、csv、xlsx、parquet"),
        ("check x --jobs 0", "应当是不小于 1 的整数"),
        ("check x --jobs 两个", "应当是不小于 1 的整数"),
        ("desk --port 99999", "应当是 1 到 65535 的整数"),
        ("merge x --prefer oldest", "可以是 newest"),
    ],
)
def test_what_may_be_given_is_said_in_chinese(tmp_path, call, words):
    done = run(*call.split(), cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.splitlines()) == 1
    assert " is not " not in done.stderr
