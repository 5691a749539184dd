"""An afternoon at the desk: what a clerk comes upon. A page left open over a change, a wrong click taken back, files that are no
returns, a summary that is open in Excel, a folder on a slow line, two clerks over one folder."""

import io
import os
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from desk_client import Client, words
from lxml import html
from making import run, save
from test_archives import raw
from test_desk import FEW, hidden, listed, own_data  # noqa: F401 - a fixture
from test_season import AUTHORITY, EFFECTIVE, Folder, rows, said

import xltools
from xltools.desk import opened as opened_module
from xltools.desk import watch as watch_module
from xltools.desk.season_pages import _step
from xltools.errors import IN_USE
from xltools.form.model import Agency
from xltools.season.inbox import ASIDE

PHONE = {"item": AUTHORITY, "by": "李主任", "date": "2024-01-20", "words": "打电话问过，是划入的机构带来的规章。"}


@pytest.fixture
def home(tmp_path):
    """One to be asked about, one twice, one right, one missing; a report in place of a workbook, and a photograph."""
    made = Folder(tmp_path / "2023年度")
    made.roster([(*row[:4], f"{row[1]}联系人", f"0999-{row[0]}", row[6]) for row in rows(list(FEW.values())[:4])])
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}), "1103": said("1103"),
                    "1103 又": said("1103", more={"requests.new.natural": 901})})  # fmt: skip
    save(made.home / "回收" / "相片.jpg", b"\xff\xd8\xff")
    return made.home


@pytest.fixture
def client(home):
    return Client(home)


def states(client):
    return {a["code"]: a["state"] for a in client.season.told["agencies"]}


# ── a page left open over a change ───────────────────────────────────────────

MEANWHILE = {
    "a third file came": lambda home: save(home / "回收" / "1103 三.xlsx", said("1103", more={EFFECTIVE: 2})),
    "one was replaced": lambda home: save(home / "回收" / "1103.xlsx", said("1103", more={EFFECTIVE: 3})),
    "one was taken away": lambda home: (home / "回收" / "1103 又.xlsx").rename(home / "1103 又.xlsx"),
    "one came in an archive": lambda home: save(home / "回收" / "镇.zip", raw(("三.xlsx".encode("gbk"), said("1103")))),
    "one was written to": lambda home: os.utime(home / "回收" / "1103.xlsx", (1e9, 1e9)),
    "one came in a folder": lambda home: save(home / "回收" / "补" / "1103.xlsx", said("1103", more={EFFECTIVE: 4})),
}


@pytest.mark.parametrize("how", MEANWHILE)
def test_nothing_is_chosen_on_a_page_that_is_no_longer_so(client, home, how):
    there = client.agency("1103")
    form = hidden(client.page(f"{there}beside?one=0&other=1"), "回收/1103.xlsx作数")
    MEANWHILE[how](home)
    before = {p: p.read_bytes() for p in (home / "回收").rglob("*") if p.is_file()}
    client.post(f"{there}choose", form)
    assert "情况有了变化" in words(client.page(there)) and not (home / ASIDE).exists()
    assert {p: p.read_bytes() for p in (home / "回收").rglob("*") if p.is_file()} == before
    client.settled(client.season)
    if how != "one was taken away":
        client.post(f"{there}choose", hidden(client.page(there), "回收/1103.xlsx作数"))
        assert (home / ASIDE).is_dir(), "seen anew, it is done"


@pytest.mark.parametrize("how", ["replaced", "gone", "settled by a colleague", "settled at another page", "twice now"])
def test_nothing_is_settled_on_a_page_that_is_no_longer_so(client, home, how):
    there = client.agency("1102")
    form = PHONE | hidden(client.page(there), "写进办理记录")
    file, other = home / "回收" / "1102.xlsx", {**PHONE, "by": "别人"}
    if how == "replaced":
        save(file, said("1102", more={EFFECTIVE: 7}))
    elif how == "gone":
        file.rename(home / "1102.xlsx")
    elif how == "twice now":
        save(home / "回收" / "1102 又.xlsx", said("1102", more={EFFECTIVE: 7}))
        client.post(f"{client.at}check")
    elif how == "settled at another page":
        client.post(f"{there}decide", form | {"by": "别人"})
    else:
        colleague = Client(home)
        at = colleague.agency("1102")
        colleague.post(f"{at}decide", other | hidden(colleague.page(at), "写进办理记录"))
        assert colleague.season.task.stage == "done"
        client.post(f"{client.at}check")
    client.settled(client.season)
    client.post(f"{there}decide", form)
    assert "情况有了变化" in words(client.page(there))
    assert [row[3] for row in listed(home / "办理记录.xlsx") if row[3] in ("李主任", "别人")] == (
        ["别人"] if how.startswith("settled") else []
    )


def test_what_comes_for_others_does_not_stop_a_query_from_being_settled(client, home):
    there = client.agency("1102")
    form = PHONE | hidden(client.page(there), "写进办理记录")
    save(home / "回收" / "1104.xlsx", said("1104"))
    client.post(f"{there}decide", form)
    assert states(client)["1102"] == "accepted" and states(client)["1104"] == "accepted"


def test_two_clerks_over_one_folder_see_what_the_other_did(client, home, monkeypatch):
    monkeypatch.setattr(opened_module, "STILL", 0)
    other = Client(home)
    assert states(other)["1102"] == states(client)["1102"] == "queried"
    at = client.agency("1102")
    client.post(f"{at}decide", PHONE | hidden(client.page(at), "写进办理记录"))
    client.settled(client.season)
    for _ in range(2):
        other.get(f"{other.at}live?v=0&page=season")
    assert states(other)["1102"] == "accepted"
    other.post(f"{other.at}upload", {"files": [(io.BytesIO(said("1104")), "1104.xlsx")]})
    assert other.season.task.stage == "done"
    for _ in range(2):
        client.get(f"{client.at}live?v=0&page=season")
    assert states(client)["1104"] == "accepted"


# ── while something goes on ──────────────────────────────────────────────────


def going_on(opened, what):
    """Work that takes its time until it is stopped."""

    def slow(task):
        for _ in task.progress(range(3000), what):
            time.sleep(0.01)
        return f"{what}完了"

    assert opened.do(what, "true", slow)
    return opened.task


def forms_of(client, home):
    """What is clicked and done at once: where it is sent, what with, whether it is done."""
    lying, record = home / "回收", home / "办理记录.xlsx"
    queried, twice = client.agency("1102"), client.agency("1103")
    save(home / ASIDE / "旧.txt", b"x")
    before = {row[3] for row in listed(record)}
    return {
        "choose": (f"{twice}choose", hidden(client.page(twice), "回收/1103.xlsx作数"), lambda: not (lying / "1103 又.xlsx").exists()),
        "decide": (f"{queried}decide", PHONE | hidden(client.page(queried), "写进办理记录"),
                   lambda: "李主任" in {row[3] for row in listed(record)} - before),
        "aside": (f"{client.at}aside", hidden(client.page(client.at), "移到“未采用”"), lambda: (home / ASIDE / "相片.jpg").is_file()),
        "back": (f"{client.at}aside/back", hidden(client.page(client.at), "放回“回收”"), lambda: (lying / "旧.txt").is_file()),
        "upload": (f"{client.at}upload", {"files": [(io.BytesIO(said("1104")), "1104.xlsx")]},
                   lambda: (lying / "1104.xlsx").is_file()),
        "use": (f"{client.at}last/use", {}, lambda: [p.name for p in client.season.season.settings.previous] == ["上年"]),
    }  # fmt: skip


ACTS = ("choose", "decide", "aside", "back", "upload", "use")


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_at_once_does_not_wait_for_a_check_and_one_follows(client, home, act):
    save(home / "上年" / "旧.xlsx", said("1101", year=2022))
    client.post(f"{client.at}check")
    where, form, done = forms_of(client, home)[act]
    opened = client.season
    check, began = going_on(opened, "审核"), time.monotonic()
    client.post(where, form)
    assert time.monotonic() - began < 10 and check.stage == "stopped"
    client.settled(opened)
    assert opened.task is not check and (opened.task.what, opened.task.stage) == ("审核", "done") and done()
    assert opened.told["agencies"] == opened.season.check().to_json()["agencies"]


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_at_once_is_not_done_where_other_work_does_not_end(client, home, monkeypatch, act):
    save(home / "上年" / "旧.xlsx", said("1101", year=2022))
    client.post(f"{client.at}check")
    where, form, _ = forms_of(client, home)[act]
    opened = client.season
    monkeypatch.setattr(opened_module, "_PATIENCE", 0.2)
    work, before = going_on(opened, "打包上报"), content(home)
    told = client.post(where, form).text + words(html.fromstring(client.get(f"/s/{opened.id}/summary/").text))
    assert "正在打包上报，请等它完了再办一次" in told and content(home) == before and work.running
    work.stop()
    client.settled(opened)
    assert opened.task is work, "and no check is owed for it"
    client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert opened.task is work


def test_what_is_done_at_once_waits_for_work_that_ends_soon(client, home):
    where, form, done = forms_of(client, home)["decide"]
    opened = client.season
    opened.do("打包上报", "true", lambda task: time.sleep(0.5) or "打包在这里")
    client.post(where, form)
    client.settled(opened)
    assert done() and opened.task.what == "审核" and states(client)["1102"] == "accepted"
    assert "打包在这里" in words(client.page(client.at)), "how work ended is told when a check has followed, too"


@pytest.mark.parametrize("how", ["asked for", "noticed", "given way"])
def test_a_check_that_could_not_begin_follows(client, home, monkeypatch, how):
    opened = client.season
    monkeypatch.setattr(opened_module, "STILL", 0)
    if how == "given way":
        going_on(opened, "审核")
    work = going_on(opened, "打包上报")
    save(home / "回收" / "1104.xlsx", said("1104"))
    if how == "asked for":
        client.post(f"/s/{opened.id}/check")
    elif how == "noticed":  # just when the work began
        for _ in range(2):
            monkeypatch.setattr(type(opened), "_idle", True)
            opened.look()
        monkeypatch.undo()
    assert opened.task is work and work.running
    work.stop()
    client.settled(opened)
    client.get(f"/s/{opened.id}/live?v=0&page=season")
    client.settled(opened)
    assert opened.task is not work and states(client)["1104"] == "accepted"


NO_COMMANDS = {
    "a draft of the report": ("merge", "report", "草稿，不要公布"),
    "a draft that is packed": ("merge", "pack", "草稿，不要公布"),
    "nothing to be packed": ("pack", "还没有汇总表“2023_示例县_汇总表.xlsx”；请先汇总"),
    "a summary of fewer": ("merge", "fewer", "merge", "没有覆盖；少了 "),
    "blanks once more": ("blanks", "blanks", "没有缺的空白表，没有写；下发 里已经有 4 家的空白表，没有改动；要重做的，先把旧的移走"),
    "a blank that is lacking": ("blanks", "one gone", "blanks", "写了 1 份空白表，在“下发”里；下发 里已经有 3 家"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_COMMANDS)
def test_at_the_desk_no_command_is_named_in_what_is_told_of_work(client, home, what):
    *acts, told = NO_COMMANDS[what]
    for act in acts:
        if act == "fewer":
            (home / "回收" / "1101.xlsx").unlink()
        elif act == "one gone":
            next((home / "下发").glob("*_1104_*")).unlink()
        else:
            client.post(f"{client.at}{'' if act == 'blanks' else 'summary/'}{act}")
            client.settled(client.season)
    said = client.season.task.words
    assert told in said, said
    assert not re.search(r"xltools| --|。；|/tmp", said) and str(home) not in said, said


def test_how_work_ended_is_no_longer_told_when_something_else_was_done(client, home):
    client.post(f"{client.at}summary/merge")
    assert "汇总做好了" in words(client.page(client.at))
    client.post(f"{client.at}aside", hidden(client.page(client.at), "移到“未采用”"))
    assert client.season.task.what == "审核" and "汇总做好了" not in words(client.page(client.at))


# ── files that are no returns ────────────────────────────────────────────────


def test_a_report_in_place_of_a_workbook_is_read_and_put_aside(client, home):
    whole = run("report", "回收/1101.xlsx", "-o", "回收/甲局年度报告.html", cwd=home)
    assert whole.returncode == 0
    (home / "回收" / "1101.xlsx").unlink()
    page = client.page(client.at)
    assert "另有 2 个文件没能用上" in words(page) and states(client)["1101"] == "missing"
    assert "xltools import" not in words(page.xpath("//section[@id='others']")[0]), "at the desk it is a button"
    client.post(f"{client.at}read", hidden(page, "读成填报表"))
    assert client.season.task.stage == "done", client.season.task.words
    assert states(client)["1101"] != "missing" and [p.name for p in (home / ASIDE).iterdir()] == ["甲局年度报告.html"]
    read = xltools.read(home / "回收" / "甲局年度报告（读自报告）.xlsx").filing
    assert read.agency.code == "1101" and read.values["requests.new.natural"] is not None


@pytest.mark.parametrize("content", [b"", b"x", b"<html><p>hello</p></html>", b"%PDF-1.4", b"PK\x03\x04"])
def test_what_cannot_be_read_as_a_report_stays_where_it_is(client, home, content):
    save(home / "回收" / "乱.docx", content)
    client.post(f"{client.at}check")
    client.post(f"{client.at}read", hidden(client.page(client.at), "读成填报表"))
    assert client.season.task.stage == "failed" and client.season.task.words
    assert (home / "回收" / "乱.docx").read_bytes() == content and not list((home / "回收").glob("*读自报告*"))


NO_RETURNS = {
    "说明.txt": (b"x", True, "不是 Excel 工作簿；是写好的年度报告的，可以点“读成填报表”"),
    "年报.docx": (b"x", True, "可以点“读成填报表”"),
    "年报.PDF": (b"x", True, "可以点“读成填报表”"),
    "年报.doc": (b"x", False, "请先另存为 .docx，就可以点“读成填报表”"),
    "~$年报.docx": (b"x", False, "临时文件"),
    "年报.mht": (b"x", False, "是网页"),
    "改了名.docx": (said("1104"), False, "请把名字改成以 .xlsx 结尾"),
    "包.zip": (raw(("年报.docx".encode("gbk"), b"x")), False, "在压缩包里的，先解开"),
}


@pytest.mark.parametrize("name", NO_RETURNS)
def test_of_what_is_no_return_the_page_says_what_it_is_and_offers_what_can_be_done(client, home, name):
    content, readable, told = NO_RETURNS[name]
    save(home / "回收" / name, content)
    client.post(f"{client.at}check")
    page = client.page(client.at)
    [line] = [one for one in page.xpath("//ul[@class='others']/li") if (name in words(one) and "未采用" in words(one)) or
              (name == "包.zip" and name in words(one))]  # fmt: skip
    assert told in words(line) and "xltools import" not in words(page.xpath("//section[@id='others']")[0])
    buttons = [words(button) for button in line.xpath(".//button")]
    assert ("读成填报表" in buttons) == readable, buttons


STRANGERS = {
    "of no roster": (said("1120"), "名录上没有这个代码"),
    "its code mistyped": (said("1101", agency=replace(FEW["1101"], code="1l01")), "名录上没有这个代码"),
    "of last year's number": (said("1101", agency=replace(FEW["1101"], code="9901")), "名录上没有这个代码"),
    "the area's own": (said("1101", agency=Agency("11", "示例县", "county")), "示例县"),
    "unreadable": (b"PK\x03\x04", "损坏"),
    "empty": (b"", "一个字节也没有"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_no_file_that_came_in_is_passed_over_on_the_season_s_page(client, home, what):
    content, told = STRANGERS[what]
    save(home / "回收" / "别的.xlsx", content)
    client.post(f"{client.at}check")
    page = client.page(client.at)
    [line] = [one for one in page.xpath("//section[@id='others']//li") if "别的.xlsx" in words(one)]
    assert told in words(line) and "移到“未采用”" in words(line)
    assert "另有 2 个文件没能用上" in words(page), "with the photograph"


TOTAL = '<td headers="t3r0c3 t3r1c9 t3r5c0 t3r26c1">10</td>'
DOUBTFUL = {
    "a total": (TOTAL, TOTAL.replace("10", "12"), "给出的合计是 12，各项相加是 10"),
    "another": ('t4r1c4">1</td>', 't4r1c4">7</td>', "给出的合计是 7"),
    "its year": ("2023年", "2022年", "标题里的是“2022”"),
    "whose it is": ("<h1><span>第1局", "<h1><span>第2局", "第2局"),
    "a figure that has no place": ('<td headers="t3r0c3 t3r1c3 t3r5c0 t3r18c1 t3r18c2">3</td>', "", "没有填"),
    "a row of none": ("2.重复申请", "2.不知道的申请", "不是本格式的行"),
    "no title": (r"<title>.*?</title>|<h1>.*?</h1>", "", "没有找到单位名称。请在报告的标题里写明单位、年度"),
}


@pytest.fixture
def report(home):
    """An agency's report as it publishes it, and its own workbook taken away."""
    assert run("report", "回收/1101.xlsx", "-o", "甲局年度报告.html", cwd=home).returncode == 0
    (home / "回收" / "1101.xlsx").unlink()
    return (home / "甲局年度报告.html").read_text("utf-8")


@pytest.mark.parametrize("what", DOUBTFUL)
def test_a_report_in_which_anything_is_in_doubt_does_not_pass_for_a_filing(client, home, report, what):
    old, new, told = DOUBTFUL[what]
    altered = re.sub(old, new, report)
    assert altered != report
    came = save(home / "回收" / "补" / "报告.html", altered.encode())
    there = {p: p.read_bytes() for p in (home / "回收").rglob("*") if p.is_file()}
    client.post(f"{client.at}check")
    client.post(f"{client.at}read", hidden(client.page(client.at), "读成填报表"))
    task = client.season.task
    assert task.stage == "failed" and told in task.words, task.words
    assert (
        "“报告.html”没有读成填报表，还在原处" in task.words
        and "请它用下发的工作簿重报；或者改好报告再读一次" in task.words
    )
    assert "--" not in task.words and "/tmp" not in task.words and str(home) not in task.words
    assert came.is_file() and states(client)["1101"] == "missing"
    assert {p: p.read_bytes() for p in (home / "回收").rglob("*") if p.is_file()} == there
    assert not (home / ASIDE).exists()


def test_of_many_doubts_about_a_report_three_are_told_and_how_many_more(client, home, report):
    for number, name in enumerate(
        ("1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "3.补正后申请内容仍不明确")
    ):
        report = report.replace(name, f"{name[:2]}某种第{number}样的事")
    save(home / "回收" / "报告.html", report.encode())
    client.post(f"{client.at}check")
    client.post(f"{client.at}read", hidden(client.page(client.at), "读成填报表"))
    told = client.season.task.words
    assert client.season.task.stage == "failed" and told.count("不是本格式的行") == 3 and "；另有 " in told, told


def test_a_report_without_fault_is_read_beside_itself_and_what_else_is_to_be_known_is_told(client, home, report):
    report = report.replace("<p>写了一段。</p>", "").replace("<p>又写了一段。</p>", "")
    save(home / "回收" / "补" / "报告.html", report.encode())
    client.post(f"{client.at}check")
    client.post(f"{client.at}read", hidden(client.page(client.at), "读成填报表"))
    task = client.season.task
    assert task.stage == "done" and "还要知道的：" in task.words and "没有找到“一、总体情况”" in task.words, task.words
    assert (home / "回收" / "补" / "报告（读自报告）.xlsx").is_file() and (home / ASIDE / "报告.html").is_file()
    assert states(client)["1101"] != "missing"


def test_what_is_no_return_is_put_aside_and_back(client, home):
    client.post(f"{client.at}aside", hidden(client.page(client.at), "移到“未采用”"))
    assert client.season.task.stage == "done"
    page = client.page(client.at)
    assert "没能用上" not in words(page) and "“未采用”里的 1 个文件" in words(page)
    client.post(f"{client.at}aside/back", hidden(page, "放回“回收”"))
    assert client.season and (home / "回收" / "相片.jpg").is_file() and not list((home / ASIDE).iterdir())
    for unknown in ("", "0" * 20, "../名录.xlsx"):
        for way in ("aside", "aside/back", "read"):
            assert client.post(f"{client.at}{way}", {"file": unknown}).status_code == 404
    roster = client.season.file_id(home / "名录.xlsx")
    client.post(f"{client.at}aside", {"file": roster})
    assert "没有做成" in words(client.page(client.at)) and (home / "名录.xlsx").is_file(), "not even what a page named"


# ── a level above ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("filed", [1, 2, 3, 4, 6])
def test_a_county_s_summary_is_a_line_and_not_one_for_each_of_its_agencies(tmp_path, filed):
    county = Folder(tmp_path / "县")
    county.roster(rows(list(FEW.values())[:6]))
    county.receive(**{code: said(code) for code in list(FEW)[:filed]})
    assert county.merge()["summary"]["accepted"] == filed
    city = Folder(tmp_path / "市")
    above = [("10", "示例市", "设区的市（州）", "", "", "", ""), *rows(FEW.values())]
    city.roster(
        [above[0], (*above[1][:3], "10", "", "", ""), *above[2:], ("1001", "市数据局", "部门", "10", "", "", "")]
    )
    [summary] = (county.home / "汇总").glob("*.xlsx")
    save(city.home / "回收" / summary.name, summary.read_bytes())
    client = Client(city.home)
    names = [words(row).strip() for row in client.page(client.at).xpath("//table[@class='agencies']/tbody/tr/th")]
    lines = [name for name in names if name.startswith("示例县的汇总表")]
    assert len(lines) == (1 if filed == 6 else 2) and "市数据局" in names and len(names) == len(lines) + 1
    assert len(client.season.told["agencies"]) == 7, "each is known all the same"
    client.post(f"{client.at}summary/merge")
    assert client.season.task.stage == "done" and not client.season.outdated()
    links = client.page(client.at).xpath("//table[@class='agencies']/tbody/tr/th/a/@href")
    assert all(client.get(link).status_code == 200 for link in links)


# ── whom to ask, and who is next ─────────────────────────────────────────────


def test_an_agency_is_asked_by_its_telephone_and_leads_to_the_next(client):
    page = client.page(client.agency("1102"))
    assert f"{FEW['1102'].name}联系人" in words(page) and "0999-1102" in words(page)
    [link] = page.xpath("//a[@class='after']")
    assert FEW["1103"].name in words(link) and FEW["1102"].name not in words(link)
    seen = [FEW["1102"].name]
    for _ in range(2):
        seen.append(words(client.page(link.get("href")).xpath("//h1")[0]))
        [link] = client.page(link.get("href")).xpath("//a[@class='after']")
    assert seen == [FEW[code].name for code in ("1102", "1103", "1102")], "those to be seen to, round and round"
    [link] = client.page(client.agency("1101")).xpath("//a[@class='after']")
    assert FEW["1103"].name in words(link), "the first on the season's page"


def step(name, now, was="missing"):
    return {"name": name, "now": now, "was": was, "figures": 0, "gone": 0, "new": 0}


@pytest.mark.parametrize(
    ("now", "told", "passed"),
    [
        (["accepted"] * 3, 3, 3),
        (["accepted"] * 54, 0, 54),
        (["accepted"] * 50 + ["returned"] * 4, 4, 50),
        (["returned"] * 20, 8, 0),
        (["accepted"] * 6 + ["queried"] * 2, 8, 6),
        ([], 0, 0),
    ],
)
def test_of_many_changes_those_are_told_that_call_for_something(now, told, passed):
    made = _step("新报来", [step(str(n), state) for n, state in enumerate(now)])
    assert (made["count"], made["passed"], len(made["told"])) == (len(now), passed, told)
    kinds = [one["now"] == "accepted" for one in made["told"]]
    assert kinds == sorted(kinds), "who did not pass first"


# ── the summary ──────────────────────────────────────────────────────────────


def test_every_number_of_the_summary_leads_to_its_cells(client, home):
    client.post(f"{client.at}summary/merge")
    opened = client.season
    shown, at = opened.summary(), f"{client.at}summary/part?field="
    books = {p.name: openpyxl.load_workbook(p, data_only=True) for p in (home / "回收").glob("*.xlsx")}
    [summary] = (home / "汇总").glob("*_汇总表.xlsx")
    whole = openpyxl.load_workbook(summary, data_only=True)
    figures = [(s["sheet"], c) for s in shown["sections"] for c in s["cells"] if c["field"]]
    for sheet, cell in figures:
        assert str(whole[sheet][cell["cell"]].value or 0) == (cell["text"] or "0"), cell["field"]
        for part in opened.checked.parts(cell["field"]):
            there = books[Path(part["file"]).name][part["sheet"]][part["cell"]].value
            assert str(there) == part["text"], (part["file"], part["cell"])
    assert len(figures) > 190
    page = client.page(f"{at}requests.new.natural")
    [link] = page.xpath("//tbody//a")
    assert link.get("href").endswith("#f-requests.new.natural")
    assert client.page(link.get("href").partition("#")[0]).xpath("//td[@id='f-requests.new.natural']/@title") == ["D8"]


def test_a_summary_with_fewer_agencies_is_told_and_made_by_who_says_so(client, home):
    there = f"{client.at}summary/"
    client.post(f"{there}merge")
    assert client.season.task.words.startswith("汇总：1/4")
    [summary] = (home / "汇总").glob("*_汇总表.xlsx")
    before = summary.read_bytes()
    save(home / "回收" / "1101.xlsx", said("1101", more={"requests.new.natural": 777}))
    client.post(f"{there}merge")
    told = client.season.task.words
    assert FEW["1101"].name in told and "--force" not in told and "xltools" not in told
    assert summary.read_bytes() == before
    client.post(f"{there}merge", hidden(client.page(there), "换成少的"))
    assert client.season.task.stage == "done" and client.season.task.words.startswith("汇总：0/4")
    assert not client.page(there).xpath("//input[@name='fewer']")


AFTER = {
    "the summary was written in": lambda home: os.utime(next((home / "汇总").glob("*_汇总表.xlsx")), later()),
    "a query was settled": lambda home: os.utime(home / "办理记录.xlsx", later()),
    "a form was taken over": lambda home: os.utime(save(home / "格式" / "新.toml", b""), later()),
    "a return came": lambda home: os.utime(save(home / "回收" / "1104.xlsx", said("1104")), later()),
    "a return was taken away and another put": lambda home: os.utime(home / "回收" / "1101.xlsx", later()),
}


def later():
    return time.time() + 5, time.time() + 5


@pytest.mark.parametrize("how", AFTER)
def test_what_was_made_before_a_change_is_marked_as_old(client, home, how):
    there = f"{client.at}summary/"
    client.post(f"{there}merge")
    client.settled(client.season)
    for what in ("report", "pack"):
        client.post(f"{there}{what}")
        client.settled(client.season)
    made = client.page(there).xpath("//ul[@class='made']/li")
    assert len(made) == 2 and all("是草稿" in words(one) and "旧了" not in words(one) for one in made)
    AFTER[how](home)
    made = client.page(there).xpath("//ul[@class='made']/li")
    assert len(made) == 2 and all("旧了" in words(one) for one in made)


ONE_MORE = {"requests.new.natural": 11, "requests.granted.natural": 8}


def yesterday(path):
    os.utime(path, (time.time() - 86400, time.time() - 86400))
    return path


def corrected(home):
    """A corrected filing, saved yesterday, takes the place of the one that counts."""
    yesterday(save(home / "回收" / "1101.xlsx", said("1101", more=ONE_MORE)))


OTHERS = {
    "one is put aside": lambda home: (home / "回收" / "1101.xlsx").rename(home / "1101.xlsx"),
    "one is corrected": corrected,
    "one lies in a folder now, and is another": lambda home: (
        (home / "回收" / "1101.xlsx").unlink(), yesterday(save(home / "回收" / "补" / "x.xlsx", said("1101", more=ONE_MORE)))),
    "another is right, too": lambda home: yesterday(save(home / "回收" / "1104.xlsx", said("1104"))),
    "a second one makes it doubtful": lambda home: yesterday(
        save(home / "回收" / "又.xlsx", said("1101", more={"requests.new.natural": 11}))),
    "it is another agency's": lambda home: (
        (home / "回收" / "1101.xlsx").unlink(), yesterday(save(home / "回收" / "1104.xlsx", said("1104")))),
    "one that had not reported does not pass": lambda home: os.utime(
        save(home / "回收" / "1104.xlsx", said("1104", more={"requests.new.natural": 777})), later()),
}  # fmt: skip
THE_SAME = {
    "nothing": lambda home: None,
    "its name": lambda home: (home / "回收" / "1101.xlsx").rename(home / "回收" / "甲局.xlsx"),
    "its time": lambda home: os.utime(home / "回收" / "1101.xlsx", later()),
    "a photograph came": lambda home: os.utime(save(home / "回收" / "相片2.jpg", b"\xff\xd8\xff"), later()),
}  # fmt: skip


@pytest.mark.parametrize("what", [*OTHERS, *THE_SAME])
def test_a_summary_is_old_where_other_files_count_whatever_their_times(client, home, what):
    there = f"{client.at}summary/"
    client.post(f"{there}merge")
    assert not client.season.outdated() and client.season.summary()
    (OTHERS | THE_SAME)[what](home)
    client.post(f"{client.at}check")
    client.settled(client.season)
    assert ("数还是原来的" in words(client.page(there))) == (what in OTHERS)
    assert Client(home).season.outdated() == (what in OTHERS), "also when the desk is begun anew"


def test_a_whole_summary_is_not_called_ready_when_one_of_it_is_gone(tmp_path):
    made = Folder(tmp_path / "2023年度")
    made.roster(rows(list(FEW.values())[:2]))
    made.receive(**{code: said(code) for code in list(FEW)[:2]})
    made.merge()
    client = Client(made.home)
    opened = client.season
    whole = opened.summary()
    opened.summary = lambda: {**whole, "unready": ""}  # as if it were signed and written out
    there = f"{client.at}summary/"
    assert "齐了，可以上报、公布" in words(client.page(there))
    opened.season.aside(made.home / "回收" / "1101.xlsx")
    client.post(f"{client.at}check")
    client.settled(opened)
    page = words(client.page(there))
    assert "齐了，可以上报、公布" not in page and "数还是原来的" in page


def test_a_summary_with_those_still_to_be_asked_about_is_not_old_for_that(client, home):
    assert client.season.checked and run("merge", "--include-queried", cwd=home).returncode == 1
    assert client.season.summary()["status"].startswith("2/4") and not client.season.outdated()
    save(home / "回收" / "1102.xlsx", said("1102"))
    yesterday(home / "回收" / "1102.xlsx")
    client.post(f"{client.at}check")
    client.settled(client.season)
    assert client.season.outdated()


def queried(home, code="1104", **more):
    return save(home / "回收" / f"{code}.xlsx", said(code, more={EFFECTIVE: 1, **more}))


JUST_BEFORE = {
    "nothing": lambda home: None,
    "one to be asked about came": queried,
    "one is to be asked about something else": lambda home: queried(home, "1102", **{"requests.new.natural": 901}),
    "one has nothing to be asked about any more": lambda home: save(home / "回收" / "1102.xlsx", said("1102")),
    "rows were taken out of the record": lambda home: empty_record(home / "办理记录.xlsx"),
    "one is to be asked about now": lambda home: queried(home, "1101"),
}  # fmt: skip


def empty_record(path):
    book = openpyxl.load_workbook(path)
    book.worksheets[0].delete_rows(2, 50)
    book.save(path)


@pytest.mark.parametrize("where", ["at the desk", "by the command, before the desk is opened"])
@pytest.mark.parametrize("what", JUST_BEFORE)
def test_a_summary_is_not_old_for_what_a_check_lists_in_the_record_afterwards(home, what, where):
    """What is open of the very same filings was listed after the summary was written, and so was newer than it."""
    if where == "at the desk":
        client = Client(home)
        client.settled(client.season)
        JUST_BEFORE[what](home)
        client.post(f"{client.at}summary/merge")
    else:
        JUST_BEFORE[what](home)
        run("merge", cwd=home)
        client = Client(home)
    client.settled(client.season)
    assert client.season.summary() and client.season.checked
    asked = {row[3] for row in listed(home / "办理记录.xlsx")}
    client.post(f"{client.at}check")
    client.settled(client.season)
    assert {row[3] for row in listed(home / "办理记录.xlsx")} == asked
    assert not client.season.outdated() and "数还是原来的" not in words(client.page(f"{client.at}summary/"))
    assert not Client(home).season.outdated()


@pytest.mark.parametrize("how", ["no sheet", "no heading"])
def test_a_summary_that_does_not_say_what_it_is_of_is_old_by_time(client, home, how):
    client.post(f"{client.at}summary/merge")
    client.settled(client.season)
    [path] = (home / "汇总").glob("*_汇总表.xlsx")
    book = openpyxl.load_workbook(path)
    if how == "no sheet":
        del book["来源"]
    else:
        book["来源"].delete_rows(1, 3)
    book.save(path)
    assert client.season.summary() and not client.season.outdated()
    os.utime(home / "回收" / "相片.jpg", later())
    assert client.season.outdated()


# ── a file that Excel has open ───────────────────────────────────────────────


def held(monkeypatch, name):
    """Windows, where another program has a file open: it cannot be replaced."""
    true = Path.replace

    def refused(self, target):
        if name in Path(target).name:
            problem = PermissionError(13, "denied", str(self), 32, str(target))
            problem.winerror = 32
            raise problem
        return true(self, target)

    monkeypatch.setattr(Path, "replace", refused)


HELD = {
    "merge": ("summary/merge", "_汇总表.xlsx"),
    "report": ("summary/report", "_年度报告.docx"),
    "pack": ("summary/pack", "_上报.zip"),
    "blanks": ("blanks", "_1104_"),
    "the slips of a check": ("check", "_退回单.docx"),
    "the page of a check": ("check", "审核情况.html"),
}


def content(home):
    return {p: p.read_bytes() for p in home.rglob("*") if p.is_file() and ".xltools" not in p.parts}


@pytest.mark.parametrize("what", HELD)
def test_what_is_open_in_excel_is_told_and_stays_whole(client, home, monkeypatch, what):
    for way in ("summary/merge", "summary/report", "summary/pack"):
        client.post(f"{client.at}{way}")
        client.settled(client.season)
    way, name = HELD[what]
    save(home / "回收" / "1104.xlsx", said("1104", more={"requests.new.natural": 777}))
    before = content(home)
    with monkeypatch.context() as windows:
        held(windows, name)
        client.post(f"{client.at}{way}")
        client.settled(client.season)
        page = words(client.page(client.at))
        told = words(client.page(f"/s/{client.season.id}/live?v=0")) + page
    assert IN_USE in told, told[:300]
    after = content(home)
    assert all(after.get(p) == was for p, was in before.items() if name in p.name), "what is open stays as it was"
    assert not list(home.rglob("*.tmp")), "nothing half written is left"
    client.post(f"{client.at}{way}")
    client.settled(client.season)
    assert client.season.task.stage == "done", "closed, it is done"


@pytest.mark.parametrize("mark", ["~${}", ".~{}", ".~lock.{}#"])
def test_a_summary_that_somebody_has_open_is_told_before_anything_is_lost(client, home, mark):
    client.post(f"{client.at}summary/merge")
    client.settled(client.season)
    [summary] = (home / "汇总").glob("*_汇总表.xlsx")
    beside = save(summary.with_name(mark.format(summary.name)), b"somebody")
    save(summary.with_name(mark.format("别的.xlsx")), b"of another")
    assert "正在 Excel 或 WPS 里开着" in words(client.page(f"{client.at}summary/"))
    beside.unlink()
    assert "正在 Excel 或 WPS 里开着" not in words(client.page(f"{client.at}summary/"))


def test_a_decision_is_not_lost_in_silence_where_the_record_is_open_in_excel(client, home, monkeypatch):
    there = client.agency("1102")
    form = PHONE | hidden(client.page(there), "写进办理记录")
    before = (home / "办理记录.xlsx").read_bytes()
    with monkeypatch.context() as windows:
        held(windows, "办理记录.xlsx")
        client.post(f"{there}decide", form)
        assert f"没有做成：写不了“办理记录.xlsx”：{IN_USE}" in words(client.page(there))
    assert (home / "办理记录.xlsx").read_bytes() == before and states(client)["1102"] == "queried"


# ── a folder on a slow line ──────────────────────────────────────────────────


@pytest.fixture
def slow(monkeypatch):
    """A folder that takes its time to be listed, until it is let go."""
    gate, true = threading.Event(), watch_module._walked

    def walked(folder, lost):
        gate.wait(20)
        return true(folder, lost)

    monkeypatch.setattr(watch_module, "_walked", walked)
    yield gate
    gate.set()


def test_no_page_waits_for_a_slow_folder_and_it_is_told(client, home, slow, monkeypatch):
    slow.set()
    opened = client.season
    monkeypatch.setattr(opened_module, "STILL", 0)
    monkeypatch.setattr(watch_module, "_TOLD", 0.5)
    opened.watch._took = 3.0  # as the last one took
    slow.clear()
    there, began = f"/s/{opened.id}/", time.monotonic()
    for _ in range(3):
        assert client.get(f"{there}live?v={opened.version}&page=season").status_code == 200
    assert client.get(f"{there}summary/").status_code == 200 and time.monotonic() - began < 2
    time.sleep(0.6)
    assert "正在看“回收”里有没有新来的" in client.get(f"{there}live?v={opened.version}&page=season").text
    save(home / "回收" / "1104.xlsx", said("1104"))
    slow.set()
    until = time.monotonic() + 10
    while states(client)["1104"] != "accepted" and time.monotonic() < until:
        opened.watch._next = 0.0
        client.get(f"{there}live?v={opened.version}&page=season")
        time.sleep(0.05)
    assert states(client)["1104"] == "accepted", "it is noticed all the same"


def test_a_slow_folder_is_looked_into_seldom_and_by_one_at_a_time(client, slow):
    slow.set()
    opened = client.season
    looks = []
    true = opened.watch.list
    opened.watch.list = lambda season: looks.append(1) or true(season)
    opened.watch._took = 3.0
    slow.clear()
    for _ in range(5):
        client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert len(looks) == 1
    slow.set()
    until = time.monotonic() + 5
    while opened.watch._began and time.monotonic() < until:
        time.sleep(0.02)
    opened.watch._took = 3.0
    client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert len(looks) == 1, "after a pause"


def no_way(monkeypatch, folder, number):
    """A folder that the system does not let anybody look into; a number of 2 is how Windows tells that a drive is gone."""
    true = os.scandir

    def scandir(path):
        if not isinstance(path, int) and Path(path) == folder:
            raise OSError(number, "down", str(path))
        return true(path)

    monkeypatch.setattr(watch_module.os, "scandir", scandir)


DOWN = [*(("", number) for number in (2, 5, 13, 107, 110, 112, 116)), ("补", 13), ("补", 112), ("补/再补", 13)]


@pytest.mark.parametrize(("where", "number"), DOWN)
def test_a_line_that_is_down_takes_nothing_away(client, home, monkeypatch, where, number):
    save(home / "回收" / "补" / "再补" / "1104.xlsx", said("1104"))
    client.post(f"{client.at}check")
    opened, done = client.season, client.season.task
    before = states(client)
    assert before["1104"] == "accepted"
    monkeypatch.setattr(opened_module, "STILL", 0)
    there = home / "回收" / where
    with monkeypatch.context() as down:
        no_way(down, there, number)
        for _ in range(3):
            told = client.get(f"/s/{opened.id}/live?v=0&page=season").text
        assert f"“{there.name}”打不开" in told and "里面的还照上次看到的" in told
        assert opened.task is done and states(client) == before and not opened.outdated()
        save(home / "回收" / "又.txt", b"x")
        for _ in range(2):
            client.get(f"/s/{opened.id}/live?v=0&page=season")
        assert (opened.task is done) == (not where), "what lies elsewhere is noticed all the same"
        client.settled(opened)
    done = opened.task
    for _ in range(2):
        told = client.get(f"/s/{opened.id}/live?v=0&page=season").text
    assert "打不开" not in told and opened.task is not done, "looked at anew when it is there again"
    client.settled(opened)
    assert states(client) == before


AWAY = {
    "a system's folder": lambda lying: (lying / "lost+found").mkdir(),
    "another system's, deeper": lambda lying: (lying / "补" / "$RECYCLE.BIN").mkdir(parents=True),
    "yet another's": lambda lying: (lying / "System Volume Information").mkdir(),
    "a link to itself": lambda lying: (lying / "0圈").symlink_to("0圈"),
    "links to each other": lambda lying: ((lying / "0甲").symlink_to("0乙"), (lying / "0乙").symlink_to("0甲")),
    "a link to nothing": lambda lying: (lying / "0断.xlsx").symlink_to("没有.xlsx"),
}


@pytest.mark.parametrize("what", AWAY)
def test_what_a_check_passes_over_is_not_told_as_a_folder_that_is_closed(client, home, monkeypatch, what):
    """Then what came beside it was not seen any more, and the page said so for ever."""
    AWAY[what](home / "回收")
    [there] = [p for p in (home / "回收").rglob("*") if p.is_dir() and p.name != "补"] or [None]
    with monkeypatch.context() as closed:
        no_way(closed, there, 13)
        client.post(f"{client.at}check")
        opened, done = client.season, client.season.task
        assert done.stage == "done" and not opened.watch.problem
        closed.setattr(opened_module, "STILL", 0)
        save(home / "回收" / "zz" / "1104.xlsx", said("1104"))
        for _ in range(2):
            client.get(f"/s/{opened.id}/live?v=0&page=season")
        client.settled(opened)
        assert states(client)["1104"] == "accepted" and not opened.watch.problem


@pytest.mark.parametrize("number", [5, 13, 107, 110, 112])
def test_a_file_that_cannot_be_asked_for_takes_no_other_with_it(client, home, monkeypatch, number):
    class Closed:
        def __init__(self, one):
            self._one, self.name, self.path = one, one.name, one.path

        def is_dir(self, **how):
            return self._one.is_dir(**how)

        def stat(self):
            if self.name == "1101.xlsx":
                raise OSError(number, "down")
            return self._one.stat()

    class Inside:
        def __init__(self, inside):
            self._inside = inside

        def __enter__(self):
            return map(Closed, self._inside)

        def __exit__(self, *_):
            self._inside.close()

    client.post(f"{client.at}check")
    opened, true = client.season, os.scandir
    before = opened.watch.list(opened.season)
    monkeypatch.setattr(watch_module.os, "scandir", lambda path: Inside(true(path)))
    now = opened.watch.list(opened.season)
    assert now == before and "“1101.xlsx”打不开" in opened.watch.problem
    save(home / "回收" / "又.txt", b"x")
    assert set(opened.watch.list(opened.season)) - set(before) == {home / "回收" / "又.txt"}


@pytest.mark.parametrize(
    "what", ["上年/a.xlsx", "上年/补/b.xlsx", "格式/X.toml", "规则/包.xlsx", "名录.xlsx", "xltools.toml"]
)
def test_all_that_a_check_goes_by_is_watched(client, home, monkeypatch, what):
    save(home / "上年" / "旧.xlsx", said("1101", year=2022))
    xltools.api.put_setting("上年的表", "上年", home=home)
    client.post(f"{client.at}check")
    opened, done = client.season, client.season.task
    monkeypatch.setattr(opened_module, "STILL", 0)
    client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert opened.task is done
    path = home / what
    save(path, path.read_bytes() if path.is_file() else b"x")
    os.utime(path, later())
    for _ in range(2):
        client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert opened.task is not done
    client.settled(opened)


def test_while_a_check_begins_it_says_what_it_does(client, slow):
    slow.set()
    opened = client.season
    slow.clear()
    client.post(f"/s/{opened.id}/check")
    until = time.monotonic() + 5
    while (
        "看“回收”里有哪些文件" not in (told := client.get(f"/s/{opened.id}/live?v=0").text) and time.monotonic() < until
    ):
        time.sleep(0.02)
    slow.set()
    assert html.fromstring(told).xpath("//progress") and "看“回收”里有哪些文件" in told
