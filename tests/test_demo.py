"""``xltools demo``: the season it plays, and the real city whose figures it adds up to."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joints import bad_joints
from lxml import etree
from making import relations_at

from xltools.demo.judging import agreement, summed
from xltools.demo.published import load, published, text_of
from xltools.demo.split import portions, split
from xltools.demo.story import load_season
from xltools.errors import XltoolsError
from xltools.form.model import Agency, Filing

CITY = "suqian-2023"
AGREED = "12 家合计与公布的 200 个数完全一致"


def run(*arguments, cwd=None):
    """The command line, in a process of its own."""
    command = [sys.executable, "-m", "xltools", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd, check=False)


def numbers(text: str, *keys: str) -> dict[str, Decimal]:
    """The figures of a JSON output, every number an exact decimal."""
    data = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    for key in keys:
        data = data[key]
    return data


@pytest.fixture(scope="module")
def official() -> dict[str, Decimal]:
    """The real city's 200 published figures."""
    return numbers(text_of(CITY), "values")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A folder with the demo played in it, and what the command printed."""
    folder = tmp_path_factory.mktemp("demo") / "演示"
    return folder, run("demo", folder)


# ── the demo ─────────────────────────────────────────────────────────────────


def test_it_ends_with_a_summary_and_says_what_to_open(played):
    folder, done = played
    assert (done.returncode, done.stderr) == (0, "")
    story, _, advice = done.stdout.partition("请打开看看：")
    assert AGREED in story
    assert "虚构" in story
    named = [Path(line.strip()) for line in advice.splitlines() if line.strip().startswith(str(folder))]
    assert folder / "汇总" / "汇总表.xlsx" in named
    assert len(named) == 6
    assert all(path.is_file() for path in named)


STATES = {
    "市政府办公室（示例）": "通过",
    "示例一县人民政府": "通过",
    "示例二县人民政府": "退回",
    "示例三县人民政府": "通过",
    "示例一区人民政府": "通过",
    "示例二区人民政府": "退回",
    "市公安局（示例）": "通过",
    "市自然资源和规划局（示例）": "退回",
    "市住房和城乡建设局（示例）": "通过",
    "市人力资源和社会保障局（示例）": "待核实",
    "市市场监督管理局（示例）": "通过",
    "市教育局（示例）": "没有报",
}


def standings(workbook: Path) -> dict[str, str]:
    """Each agency's state on a summary's sheet 上报情况."""
    rows = list(openpyxl.load_workbook(workbook)["上报情况"].iter_rows(values_only=True))
    head = next(row for row in rows if "单位名称" in row)
    name, state = head.index("单位名称"), head.index("状态")
    return {row[name]: row[state] for row in rows[rows.index(head) + 1 :] if row[name]}


def test_the_provisional_summary_says_who_is_lacking(played):
    folder, _ = played
    path = folder / "汇总" / "汇总表.xlsx"
    assert standings(path) == STATES
    book = openpyxl.load_workbook(path)
    assert str(book["三、依申请公开"]["A1"].value).startswith("7/12 家，缺 5 家，暂定")


def test_when_corrected_all_are_accepted(played):
    folder, _ = played
    assert standings(folder / "汇总" / "汇总表（全部收齐）.xlsx") == dict.fromkeys(STATES, "通过")


def test_the_result_tells_every_fault(played):
    folder, _ = played
    text = (folder / "审核结果.txt").read_text("utf-8")
    for words in (
        "相差 9。",
        "单位是元",
        "格空白",
        "１９２，１７４",
        "（已有情况说明）",
        "审核人没有填",
        "没有报送",
        "只计一份",
    ):
        assert words in text
    assert all(f"{name}：{state}" in text for name, state in STATES.items())


def test_the_commands_say_the_same_of_its_folders(played):
    folder, _ = played
    first = run("check", "回收", "--roster", "名录.xlsx", "--json", cwd=folder)
    assert first.returncode == 1
    # Two files of one agency are both accepted, and one of them is counted.
    assert json.loads(first.stdout)["counts"] | {"note": 0} == {
        "filings": 12,
        "accepted": 8,
        "error": 3,
        "query": 1,
        "note": 0,
    }
    last = run("check", "更正后", "--roster", "名录.xlsx", "--json", cwd=folder)
    assert last.returncode == 0
    said = json.loads(last.stdout)
    assert said["counts"] == {"filings": 12, "accepted": 12, "error": 0, "query": 0, "note": 0}
    assert {filing["verdict"] for filing in said["filings"]} == {"original"}


def test_it_is_the_same_wherever_it_is_played(played, tmp_path):
    folder, _ = played
    assert run("demo", "别处", cwd=tmp_path).returncode == 0
    here, there = (
        {p.relative_to(at).as_posix(): p.read_bytes() for p in at.rglob("*.*")} for at in (folder, tmp_path / "别处")
    )
    assert here == there


def test_the_sentences_of_a_season_are_put_together_well(played, tmp_path):
    """All that the season printed and wrote: on the screen, pages, letters, workbooks, words for the chat group."""
    folder, done = played
    said = {"": done.stdout}
    where = (folder / "回收", "--roster", folder / "名录.xlsx")
    said["check"] = run("check", *where, "-v", "-o", tmp_path / "审核情况.html", "--slips", tmp_path / "退回").stdout
    said["merge"] = run("merge", *where, "-o", tmp_path / "汇总.xlsx").stdout
    for path in (*folder.rglob("*"), *tmp_path.rglob("*")):
        name = path.name
        if path.suffix in (".txt", ".md"):
            said[name] = path.read_text("utf-8")
        elif path.suffix == ".html":
            said[name] = "\n".join(etree.HTML(path.read_bytes()).itertext())
        elif path.suffix == ".docx":
            said[name] = "\n".join(words_of(path))
        elif path.suffix == ".xlsx":
            said[name] = "\n".join(typed_in(path))
    assert {Path(name).suffix for name in said} >= {".html", ".docx", ".xlsx", ".txt"} and "提示" in said["check"]
    told = {f"{name}：{found}" for name, words in said.items() for found in bad_joints(words)}
    assert told == set()


def words_of(path):
    """The paragraphs of a Word document, its tables' too."""
    document = docx.Document(path)
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)


def typed_in(path):
    """The words in the cells and comments of a workbook."""
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            yield from (
                str(words) for words in (cell.value, cell.comment and cell.comment.text) if isinstance(words, str)
            )


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    kept = tmp_path / "年度总结.txt"
    kept.write_text("勿动", "utf-8")
    done = run("demo", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "--force" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [kept.name]
    assert run("demo", tmp_path, "--force").returncode == 0
    assert kept.read_text("utf-8") == "勿动"
    # Once more over its own files, with a stray one among the filings: the season is still the season.
    (tmp_path / "回收" / "别的.xlsx").write_bytes(b"")
    again = run("demo", tmp_path, "--force")
    assert again.returncode == 0
    assert AGREED in again.stdout


def test_a_file_in_the_way_is_refused(tmp_path):
    path = tmp_path / "演示"
    path.write_text("", "utf-8")
    done = run("demo", path, "--force")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_an_empty_folder_will_do(tmp_path):
    assert run("demo", tmp_path).returncode == 0


# ── the real city ────────────────────────────────────────────────────────────


def test_the_city_comes_back_as_it_was_published(tmp_path, official):
    values = tmp_path / "values.json"
    values.write_text(text_of(CITY), "utf-8")
    agency = load(CITY)["agency"]
    who = [part for key in ("name", "code", "level") for part in (f"--{key}", agency[key])]
    assert run("blank", "--year", load(CITY)["year"], *who, "-o", tmp_path / "下发").returncode == 0
    (blank,) = (tmp_path / "下发").iterdir()
    filled = tmp_path / "填报.xlsx"
    assert run("fill", blank, values, "-o", filled).returncode == 0
    checked = run("check", filled, "--json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["counts"] == {"filings": 1, "accepted": 1, "error": 0, "query": 0, "note": 0}
    exported = numbers(run("export", filled).stdout, "values")
    assert len(official) == 200
    assert exported == official
    assert exported["disclosure.fees.amount"] == Decimal("59237.2449")


def test_the_dozen_adds_up_to_the_city(played, tmp_path, official):
    folder, _ = played
    out = tmp_path / "汇总.xlsx"
    done = run("merge", folder / "更正后", "--roster", folder / "名录.xlsx", "-o", out, "--json")
    assert done.returncode == 0
    summary = json.loads(done.stdout)["summary"]
    assert (summary["agencies"], summary["received"], summary["accepted"], summary["missing"]) == (12, 12, 12, [])
    assert numbers(done.stdout, "summary", "values") == official
    assert stored(out) == official
    assert stored(folder / "汇总" / "汇总表（全部收齐）.xlsx") == official


def stored(workbook: Path) -> dict[str, Decimal]:
    """The figures that a summary's official sheets show before anything is recalculated."""
    fields = json.loads(run("forms", "show", load(CITY)["edition"], "--json").stdout)["fields"]
    book = openpyxl.load_workbook(workbook, data_only=True)
    return {f["id"]: Decimal(repr(book[f["sheet"]][f["cell"]].value)) for f in fields}


def test_a_summary_that_is_not_the_published_one_is_an_error(played):
    folder, _ = played
    season = load_season()
    files = sorted((folder / "更正后").iterdir())[:-1]
    with pytest.raises(XltoolsError, match="不一致"):
        agreement(season, summed(season, files, folder / "名录.xlsx"))


# ── the split ────────────────────────────────────────────────────────────────


def agencies(levels):
    """Agencies of these levels, each of another weight."""
    return {Agency(f"{at}", f"第{at}家", level): at for at, level in enumerate(levels, 1)}


@pytest.mark.parametrize("seed", range(5))
def test_a_split_adds_up_and_every_share_keeps_every_relation(seed):
    city = published(CITY)
    shares = split(city.form, city.inputs, agencies(["city", *["county"] * 4, *["department"] * 3]), seed)
    for field in city.form.inputs:
        assert sum(figures[field.id] for figures in shares.values()) == city.inputs[field.id]
    for agency, figures in shares.items():
        assert min(figures.values()) >= 0
        values = Filing(city.form, agency, city.year, inputs=dict(figures)).values
        assert all(relation.weigh(values).holds for relation in relations_at(city.form, agency.level))


def test_only_who_may_have_rules_gets_them():
    city = published(CITY)
    shares = split(city.form, city.inputs, agencies(["county", "city", "department"]), 1)
    assert [figures["disclosure.rules.effective"] for figures in shares.values()] == [0, 11, 0]
    with pytest.raises(XltoolsError, match="不能拆分"):
        split(city.form, city.inputs, agencies(["county", "department"]), 1)


def test_the_other_edition_splits_too():
    town = published("wulanhua-2020")
    shares = split(town.form, town.inputs, agencies(["township"] * 3), 1)
    assert sum(figures["supplement.published_items"] for figures in shares.values()) == 22


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"requests.granted.natural": 1176}, "两边不等"),
        ({"requests.granted.natural": None}, "空白"),
        ({"disclosure.normative.issued": 9999}, "符合勾稽关系"),
    ],
)
def test_a_total_that_cannot_be_split_is_refused(change, reason):
    city = published(CITY)
    with pytest.raises(XltoolsError, match=reason):
        split(city.form, {**city.inputs, **change}, agencies(["city", "county"]), 1)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1).filter(any))
def test_portions_add_up(whole, weights):
    found = portions(whole, weights)
    assert sum(found) == whole
    assert all(part >= 0 and (weight or not part) for part, weight in zip(found, weights, strict=True))
