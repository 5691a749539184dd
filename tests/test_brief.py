"""A check on the screen: all of a few files; of many a few lines, in which the states add up and everything open has its place."""

import re
from dataclasses import replace

import pytest
from docx import Document
from making import filing, run, run_json, save
from test_season import AGENCIES, EFFECTIVE, Folder, rows, said

from xltools.terms import MANY, SOME
from xltools.workbook.write import write_filing

FEW = list(AGENCIES.values())[:8]
WRONG = {"requests.new.natural": 5}
"""Five came and none was dealt with."""


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "季")
    made.roster(rows(FEW))
    right = {a.code: said(a.code) for a in FEW[:5]}
    made.receive(
        **right, **{FEW[5].code: said(FEW[5].code, more=WRONG), FEW[6].code: said(FEW[6].code, more={EFFECTIVE: 4})}
    )
    return made


def lines(folder, *options):
    return run("check", *options, cwd=folder.home).stdout.splitlines()


def test_many_files_are_told_in_a_few_lines(folder):
    shown = lines(folder)
    told = run_json("check", "--json", status=1, cwd=folder.home)
    states = [a["state"] for a in told["agencies"]]
    assert (
        shown[0].startswith("应报 8 家：") and sum(map(int, re.findall(r"(\d+) 家", shown[0].partition("：")[2]))) == 8
    )
    assert "通过 5 家" in shown[0] and states.count("accepted") == 5
    assert not any(FEW[0].name in line for line in shown), "who has passed is not listed"
    assert sum(FEW[5].name in line for line in shown if not line.startswith("        ")) == 1
    assert sum(FEW[7].name in line for line in shown if line.startswith("没有报")) == 1
    assert any(line.startswith("下一步：") for line in shown) and any("审核情况.html" in line for line in shown)
    assert len(shown) < 20


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_all_of_it_where_it_is_asked_for(folder, option):
    shown, findings = lines(folder, option), run_json("check", "--json", status=1, cwd=folder.home)["filings"]
    for one in findings:
        assert any(one["file"] in line for line in shown)
        assert all(any(f["message"][:40] in line for line in shown) for f in one["findings"])


def test_of_a_few_files_all_of_it_is_told(folder):
    names = [f"回收/{a.code}.xlsx" for a in FEW[:SOME]]
    assert all(any(name in line for line in lines(folder, *names)) for name in names)
    assert any("现在左边是 5" in line for line in lines(folder, f"回收/{FEW[5].code}.xlsx"))


STRAYS = {"联系人.xlsx": b"no workbook", "通知.xlsx": b"", "照片.xlsx": b"\xff\xd8\xff", "x.xlsx": b"PK\x03\x04",
          "西河.rar": b"Rar!\x1a\x07\x01\x00"}  # fmt: skip


@pytest.mark.parametrize("name", STRAYS)
def test_what_is_no_agency_s_is_the_office_s_own_to_see_to(folder, name):
    """A file that nobody on the roster can have sent is told, and gets no 退回单."""
    save(folder.home / "回收" / name, STRAYS[name])
    shown = lines(folder)
    at = next(n for n, line in enumerate(shown) if line.startswith("另外 "))
    assert any(name in line for line in shown[at:]) and not any(name in line for line in shown[:at])
    assert not any(p.name.startswith(name.partition(".")[0] + "_") for p in (folder.home / "退回").iterdir())


@pytest.mark.parametrize(
    "name", ["{code}.xlsx", "2023_{code}_x.xlsx", "{name}.xlsx", "{name}报来的表.xlsx", "({code})表.xlsx"]
)
def test_a_damaged_file_that_bears_an_agency_s_name_or_code_goes_back(folder, name):
    agency = FEW[7]
    save(folder.home / "回收" / name.format(code=agency.code, name=agency.name), b"broken")
    run("check", cwd=folder.home)
    stem = name.format(code=agency.code, name=agency.name).removesuffix(".xlsx")
    assert (folder.home / "退回" / f"{stem}_退回单.docx").exists()


def test_long_lists_are_cut_and_counted(tmp_path):
    folder = Folder(tmp_path / "季")
    agencies = list(AGENCIES.values())[: MANY + 5]
    folder.roster(rows(agencies))
    folder.receive(**{a.code: said(a.code, more=WRONG) for a in agencies})
    shown = lines(folder)
    assert f"退回 {MANY + 5} 家：" in shown and any("还有 5 行" in line for line in shown) and len(shown) < 30


def test_a_merge_is_as_brief(folder):
    shown = run("merge", cwd=folder.home).stdout.splitlines()
    assert shown[0].startswith("应报 8 家：") and any("审核问题" in line for line in shown)
    whole = run("merge", "-v", cwd=folder.home).stdout
    assert all(f"回收/{a.code}.xlsx" in whole for a in FEW[:7])


def test_without_a_working_folder_the_way_to_the_page_is_told(folder, tmp_path):
    done = run("check", folder.home / "回收", "--roster", folder.home / "名录.xlsx", cwd=tmp_path)
    assert "-o 审核情况.html" in done.stdout and "-v" in done.stdout


def test_several_different_files_of_one_agency_are_one_line(folder):
    folder.receive(再报=said(FEW[0].code, more={EFFECTIVE: 9}))
    shown = lines(folder)
    [line] = [line for line in shown if FEW[0].name in line and line.startswith("    ")]
    assert "2 份" in line and "再报.xlsx" in line


def test_a_row_of_办理记录_that_is_not_used_is_told_openly(folder):
    """Not folded away among the notes: somebody wrote it, and thinks it settled."""
    folder.decide([FEW[6].code, None, "disclosure.rules.effective", "李主任", "2024-01-20", "已核实"])
    folder.decide(["9999", None, "disclosure.rules.effective", "李主任", "2024-01-20", "打电话问清楚了。"])
    shown = lines(folder)
    told = [
        f
        for f in run_json("check", "--json", status=1, cwd=folder.home)["findings"]
        if f["code"] == "decision-unusable"
    ]
    assert told
    page = (folder.home / "审核情况.html").read_text("utf-8")
    from lxml import html

    tree = html.fromstring(page)
    folded = " ".join(e.text_content() for e in tree.iter("details"))
    for one in told:
        row = one["message"].partition("：")[0]
        assert any("没有采用" in line for line in shown) and row.partition("”")[2] in tree.text_content()
        assert row.partition("”")[2] not in folded


def test_codes_have_no_places_left_open():
    shown = run("codes").stdout
    assert "{" not in shown and "→ …" not in shown and "按这个问题里写的办法" in shown


CAME = {
    "last year's": lambda: write_filing(replace(filing(agency=FEW[7]), year=2022)),
    "wrong": lambda: said(FEW[7].code, more=WRONG),
    "queried": lambda: said(FEW[7].code, more={EFFECTIVE: 4}),
    "both": lambda: said(FEW[7].code, more={**WRONG, EFFECTIVE: 4}),
    "unsigned": lambda: write_filing(filing(agency=FEW[7], signoff={})),
    "wrong of last year": lambda: write_filing(replace(filing(WRONG, agency=FEW[7]), year=2022)),
}


@pytest.mark.parametrize("what", CAME)
def test_letter_chat_screen_page_and_json_count_a_file_alike(folder, what):
    folder.receive(**{FEW[7].code: CAME[what]()})
    shown = lines(folder)
    told = run_json("check", "--json", status=1, cwd=folder.home)
    [one] = [a for a in told["agencies"] if a["code"] == FEW[7].code]
    words = "，".join(f"{s} {n} 项" for s, n in (("错误", one["errors"]), ("核实", one["queries"])) if n)
    [letter] = [p for p in (folder.home / "退回").iterdir() if p.name.startswith(FEW[7].code) and "退回单" in p.name]
    cells = [c.text for row in Document(letter).tables[0].rows for c in row.cells]
    assert any(f"；{words}，没有通过" in text for text in cells), cells
    chat = (folder.home / "退回" / "催报与退改.txt").read_text("utf-8")
    assert any(f"{FEW[7].name}：{words}。" in line for line in chat.splitlines())
    assert any(f"{FEW[7].name}：{words}。" in line for line in shown)


@pytest.mark.parametrize("name", ["某局年度报告.docx", "IMG_0915.jpg", "扫描件.pdf", "说明.txt", "报告.html", "无后缀"])
def test_what_came_in_place_of_a_workbook_is_named_on_the_screen(folder, name):
    folder.receive(**{FEW[7].code: said(FEW[7].code)})
    assert not [line for line in lines(folder) if "没能当作填报表" in line]
    save(folder.home / "回收" / name, b"of no use")
    save(folder.home / "回收" / "~$打开着.xlsx", b"left behind")
    [line] = [line for line in lines(folder) if "没能当作填报表" in line]
    assert line.startswith("没能当作填报表的 1 个文件") and line.endswith(f"：“{name}”")
