"""Wrong calls in a finished season: what is said, how it ends, and that nothing which was there is lost."""

import hashlib
import shutil
from pathlib import Path

import openpyxl
import pytest
from making import AGENCIES, COUNTY, altered, filing, run, save, signoff_in

from xltools.collection.roster import write_roster
from xltools.received.read import read_file
from xltools.terms import LEVELS

SUMMARY = "汇总/2023_示例县_汇总表.xlsx"
FIRST = "2023_1101_示例县数据局.xlsx"


def rows(agencies=AGENCIES, area=COUNTY):
    yield (area.code, area.name, LEVELS[area.level], "", "", "", "")
    for a in agencies:
        yield (a.code, a.name, LEVELS[a.level], area.code, "", "", "")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A season with everything in it: all accepted, the summary written in and signed, the report made; another season beside it."""
    root = tmp_path_factory.mktemp("各季")
    for year in (2022, 2023):
        assert run("init", root / str(year), "--year", year).returncode == 0
        save(root / str(year) / "名录.xlsx", write_roster(rows(), year))
    home = root / "2023"
    assert run("blank", cwd=home).returncode == 0
    for n, agency in enumerate(AGENCIES, 1):
        figures = {"requests.new.natural": n, "requests.granted.natural": n}
        save(home / "回收" / f"2023_{agency.code}_{agency.name}.xlsx", filing(figures, agency=agency))
    assert run("merge", cwd=home).returncode == 0
    content = (home / SUMMARY).read_bytes()
    for sheet in ("一、总体情况", "五、存在问题", "六、其他事项"):
        content = altered(content, sheet, {"A5": "全县各单位按时公开，没有遗漏。"})
    names = dict(zip(("C12", "C13", "C14"), signoff_in(2023).values(), strict=False))
    save(home / SUMMARY, altered(content, "封面", {**names, "C15": 45310}))
    done = run("report", SUMMARY, "-o", "年度报告.docx", cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    save(home / "别的名录.csv", "单位代码,单位名称,层级,上级代码\n11,示例县,县,\n1101,示例县数据局,部门,11\n")
    save(home / "数.json", '{"values": {"requests.new.natural": 1}}')
    save(home / "记事.txt", "勿动")
    return root


def digests(root):
    """Every file but what the program keeps for itself, by what is in it."""
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*")) if p.is_file() and ".xltools" not in p.parts}  # fmt: skip


IN = "2023"
CALLS = {
    # a part of the folder, for all of it
    "merge 下发": (2, "用 -o 写明写到哪里"),
    "merge 汇总": (2, "用 -o 写明写到哪里"),
    f"merge 回收/{FIRST}": (2, "用 -o 写明写到哪里"),
    "merge 退回": (2, "用 -o 写明写到哪里"),
    "merge .": (2, "用 -o 写明写到哪里"),
    "merge --year 2022": (2, "用 -o 写明写到哪里"),
    "merge --roster 别的名录.csv": (2, "用 -o 写明写到哪里"),
    # misspelt
    "merge 回手": (2, "没有这个文件或文件夹：回手；是不是“退回”“回收”？"),
    "merge 回手 -o 新.xlsx": (2, "没有这个文件或文件夹：回手"),
    "check 回手": (2, "没有这个文件或文件夹：回手"),
    "check 回收 --parts 下法": (2, "没有这个文件或文件夹：下法；是不是“下发”？"),
    "merg": (2, "没有这个命令"),
    "merge --fore": (2, "没有 --fore 这个选项"),
    "merge --perfer newest": (2, "没有 --perfer 这个选项"),
    "merge --prefer oldest": (2, "--prefer 的值不对"),
    "report 汇总/2023_示例市_汇总表.xlsx -o 新.docx": (2, "没有这个文件"),
    "export 汇总/汇总表.xlsx": (2, "没有这个文件"),
    "import 年报.docx -o 新.xlsx": (2, "年报.docx"),
    # a wrong name
    "merge --name 示例现 --code 11 --level county": (2, "名录上代码 11 是“示例县”"),
    "merge --name 示例县 --code 12 --level county": (2, "名录上代码 11 是“示例县”"),
    "merge --name 示例县 --code 11 --level city": (2, "不是 11“示例县”（设区的市（州））"),
    "merge --name 东镇 --code 11 --level county": (2, "不是 11“东镇”"),
    "merge --name 示例县": (2, "要一起给出"),
    # over something else
    "merge -o 名录.xlsx --force": (2, "它是这次要读的文件"),
    "merge -o 办理记录.xlsx --force": (2, "读不出来"),
    "merge -o xltools.toml --force": (2, "读不出来"),
    "merge -o 记事.txt --force": (2, "读不出来"),
    f"merge -o 回收/{FIRST} --force": (2, "它是一份填报表"),
    "merge -o 汇总 --force": (2, "是一个文件夹"),
    f"merge -o {SUMMARY}": (2, "已经存在；要覆盖请加 --force"),
    f"merge 下发 -o {SUMMARY}": (2, "已经存在；要覆盖请加 --force"),
    f"export {SUMMARY} -o {SUMMARY} --force": (2, "它是这次要读的文件"),
    f"export 回收/{FIRST} --format xlsx -o 下发/{FIRST}": (2, "已经存在"),
    f"fill 下发/{FIRST} 数.json -o 下发/{FIRST} --force": (2, "它是这次要读的文件"),
    f"fill 下发/{FIRST} 数.json -o 回收/{FIRST}": (2, "已经存在"),
    f"fill {SUMMARY} 数.json -o 新.xlsx": (2, "是汇总表，不能填写"),
    f"fill 下发/{FIRST} 没有.json -o 新.xlsx": (2, "没有.json"),
    f"report {SUMMARY} -o 年度报告.docx": (2, "已经存在"),
    f"report {SUMMARY} -o {SUMMARY} --force": (2, ".docx"),
    f"report {SUMMARY}": (2, "缺少 -o / --output"),
    "report 汇总 -o 新.docx": (2, "没有这个文件"),
    f"import 年度报告.docx -o {SUMMARY}": (2, "已经存在"),
    "blank -o 回收": (2, "它是收到的表，不改动"),
    "blank -o 回收 --force": (2, "它是收到的表，不改动"),
    "init .": (2, "--year"),
    "init . --year 2024": (2, "里已经有文件"),
    "init 名录.xlsx --year 2024": (2, "是一个文件"),
    # not what it is taken for
    "check 名录.xlsx": (2, "没有找到填报表"),
    "check --roster 办理记录.xlsx": (2, "名录"),
    "check --slips 记事.txt": (2, "记事.txt"),
    "check --year 二〇二三": (2, "--year 的值不对"),
    "check --jobs 0": (2, "--jobs 的值不对"),
    "blank --year 1999": (2, "1999"),
    "blank --name 示例县数据局": (2, "--name、--code、--level"),
    f"export {SUMMARY} --format pdf": (2, "--format 的值不对"),
    f"export {SUMMARY} --format xlsx": (2, "要用 -o 给出"),
    # harmless
    "blank": (0, "已经有 4 家的空白表，没有改动"),
    "check 回收": (0, "通过 4 份"),
}
"""Calls made in the season's folder: how each ends, and what it says."""


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_call_is_told_and_nothing_is_lost(finished, tmp_path, call):
    status, words = CALLS[call]
    root = shutil.copytree(finished, tmp_path / "各季")
    before = digests(root)
    done = run(*call.split(), cwd=root / IN)
    after = digests(root)
    assert done.returncode == status, done.stdout + done.stderr
    assert words in done.stdout + done.stderr
    assert {name: after.get(name) for name in before} == before, "nothing of what was there is lost"
    if status == 2:
        assert done.stdout == "" and done.stderr.count("\n") == 1 and after.keys() == before.keys()


@pytest.mark.parametrize("call", ["merge", "check", "blank"])
def test_in_the_folder_above_the_working_folders_are_named(finished, call):
    done = run(call, cwd=finished)
    assert done.returncode == 2 and "这里的“2022、2023”是工作文件夹" in done.stderr


# ── a fuller summary is not replaced by a poorer one ─────────────────────────


def gone(home):
    (home / "回收" / FIRST).unlink()


def wrong(home):
    save(home / "回收" / FIRST, filing({"requests.new.natural": 5}, agency=AGENCIES[0]))


def queried(home):
    save(home / "回收" / FIRST, filing({"disclosure.rules.effective": 5}, agency=AGENCIES[0]))


def twice(home):
    save(home / "回收" / "再报.xlsx", filing({"disclosure.penalty.decisions": 5}, agency=AGENCIES[0]))


def emptied(home):
    shutil.copy(home / "下发" / FIRST, home / "回收" / FIRST)


def unlisted(home):
    book = openpyxl.load_workbook(home / "名录.xlsx")
    book.worksheets[0].delete_rows(3)
    book.save(home / "名录.xlsx")


def moved(home):
    toml = home / "xltools.toml"
    toml.write_text(toml.read_text("utf-8").replace('received = "回收"', 'received = "下发"'), "utf-8")


def other_year(home):
    save(home / "回收" / FIRST, filing(agency=AGENCIES[0], year=2022))


@pytest.mark.parametrize(
    ("change", "words"),
    [(gone, "示例县数据局（没有报）"), (wrong, "示例县数据局（退回）"), (queried, "示例县数据局（待核实）"),
     (twice, "示例县数据局（重复）"), (emptied, "示例县数据局（退回）"), (unlisted, "（不在名录上）"), (moved, "只有 0 家"),
     (other_year, "示例县数据局（退回）")],
)  # fmt: skip
def test_a_fuller_summary_stays_until_it_is_asked_for(finished, tmp_path, change, words):
    home = shutil.copytree(finished, tmp_path / "各季") / IN
    change(home)
    before = digests(home)
    done = run("merge", cwd=home)
    assert done.returncode == 2 and "已经有 4 家" in done.stderr and words in done.stderr and "--force" in done.stderr
    assert digests(home) == before
    assert run("merge", "-o", "另存.xlsx", cwd=home).returncode in (0, 1)
    assert digests(home) == {**before, "另存.xlsx": digests(home)["另存.xlsx"]}
    asked = run("merge", "--force", cwd=home)
    assert asked.returncode in (0, 1) and digests(home)[SUMMARY] != before[SUMMARY]
    said = read_file(home / SUMMARY).filing
    assert said.texts["overview"] == ("全县各单位按时公开，没有遗漏。",), "what the office wrote is never lost"
    assert said.signoff["compiler"] == "张三" and said.signoff["date"] == ""


def test_a_fuller_one_takes_the_place_of_a_poorer_without_a_word(finished, tmp_path):
    home = shutil.copytree(finished, tmp_path / "各季") / IN
    kept = (home / "回收" / FIRST).read_bytes()
    gone(home)
    run("merge", "--force", cwd=home)
    save(home / "回收" / FIRST, kept)
    assert run("merge", cwd=home).returncode == 0
    assert sum(m.counted for m in read_file(home / SUMMARY).filing.members) == 4


def test_a_part_may_be_summed_where_it_is_said(finished, tmp_path):
    home = shutil.copytree(finished, tmp_path / "各季") / IN
    before = digests(home)
    done = run("merge", f"回收/{FIRST}", "-o", "一家.xlsx", cwd=home)
    assert done.returncode == 0 and "1/4 家，缺 3 家" in done.stdout
    assert digests(home) == {**before, "一家.xlsx": digests(home)["一家.xlsx"]}
    assert Path(home / SUMMARY).is_file()
