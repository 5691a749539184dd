"""The desk shows what the library tells, and does what its calls do: every route, over a season with the mistakes people make."""

import io
import json
import os
import re
import shutil
import time
from decimal import Decimal

import openpyxl
import pytest
from desk_client import Client, words
from lxml import html
from making import run, save
from test_families import SAFETY
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, Folder, rows, said

import xltools
from xltools.collection.roster import COLUMNS
from xltools.desk import desktop as desktop_module
from xltools.desk import opened as opened_module
from xltools.desk.start_pages import _KEYS
from xltools.editions.shelves import own_folder
from xltools.findings import CATALOGUE
from xltools.form.standing import STATES
from xltools.season.inbox import ASIDE
from xltools.season.where import family_of

FEW = dict(list(AGENCIES.items())[:6])


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setattr(desktop_module, "_kept", lambda: tmp_path / "data" / "recent.json")


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """One accepted, one asked about, one wrong, one twice, one missing, one that is none of ours."""
    made = Folder(tmp_path_factory.mktemp("季") / "2023年度")
    made.roster(rows(FEW.values()))
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}),
                    "1103": said("1103", more={"requests.new.natural": 900}), "1104": said("1104"),
                    "1104 又": said("1104", more={"requests.new.natural": 901}), "1105": said("1105")})  # fmt: skip
    save(made.home / "回收" / "联系人.xlsx", "不是工作簿")
    return made.home


@pytest.fixture
def home(master, tmp_path):
    return shutil.copytree(master, tmp_path / "2023年度")


@pytest.fixture
def client(home):
    return Client(home)


# ── the season ───────────────────────────────────────────────────────────────


def test_the_season_shows_what_json_says(client, home):
    page = client.page(client.at)
    told = json.loads(run("check", "--json", cwd=home).stdout)
    shown = {
        words(row[5]).strip(): (
            words(row[0]).strip(),
            words(row[1]).strip(),
            words(row[2]).strip(),
            words(row[3]).strip(),
        )
        for row in page.xpath("//table[@class='agencies']/tbody/tr")
    }
    wanted = {
        a["code"]: (a["name"], STATES[a["state"]], str(a["errors"] or ""), str(a["queries"] or ""))
        for a in told["agencies"]
    }
    assert shown == wanted
    assert words(page.xpath("//p[@class='count']")[0]).split()[0] == "2/6家通过"
    assert client.season.checked.next_at_desk in words(page)
    assert "联系人.xlsx" in words(page)
    assert "xltools check" in words(page)


def test_dropped_files_are_received_and_checked_at_once(client, home):
    there = client.at
    files = [(io.BytesIO(said("1103")), "更正/1103.xlsx"), (io.BytesIO(said("1106")), "1106.xlsx")]
    answer = client.post(f"{there}upload", {"files": files}, headers={"X-Requested-With": "desk"})
    assert answer.status_code == 200 and answer.json["message"].startswith("收到 2 个文件")
    assert (home / "回收" / "更正" / "1103.xlsx").is_file() and (home / "回收" / "1106.xlsx").is_file()
    states = {a["code"]: a["state"] for a in client.season.told["agencies"]}
    assert states["1106"] == "accepted"
    assert "新报来" in words(client.page(there))


def test_no_check_begins_by_itself_while_files_are_put_there(client, monkeypatch):
    """One over half of them would be told first, and a page filled from it refused as old a moment later."""
    opened, begun = client.season, []
    right, checks = opened.season.receive, opened_module.Opened._check
    monkeypatch.setattr(opened_module, "STILL", 0.0)
    monkeypatch.setattr(opened_module.Opened, "_check", lambda self, task: begun.append("check") or checks(self, task))

    def meanwhile(files):
        opened._seen = ""  # a check was stopped for them
        opened.look()
        opened.look()
        arrived = right(files)
        opened.look()
        assert begun == []
        return arrived

    monkeypatch.setattr(opened.season, "receive", meanwhile)
    files = [(io.BytesIO(said("1106")), "1106.xlsx")]
    answer = client.post(f"{client.at}upload", {"files": files}, headers={"X-Requested-With": "desk"})
    assert answer.status_code == 200 and client.season and begun == ["check"]
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1106"] == "accepted"


def test_nothing_dropped_is_told_and_changes_nothing(client, home):
    before = sorted((home / "回收").iterdir())
    answer = client.post(f"{client.at}upload", {}, headers={"X-Requested-With": "desk"})
    assert answer.status_code == 409 and "没有选文件" in answer.json["message"]
    assert client.post(f"{client.at}upload", {}).status_code == 303
    assert "没有选文件" in words(client.page(client.at)) and "没有选文件" not in words(client.page(client.at))
    assert sorted((home / "回收").iterdir()) == before


def test_files_that_arrive_by_themselves_are_noticed_once_they_are_still(client, home, monkeypatch):
    opened = client.season
    version = opened.version
    monkeypatch.setattr(opened_module, "STILL", 0.5)
    save(home / "回收" / "1106.xlsx", said("1106"))
    first = client.get(f"{client.at}live?v={version}&page=season").text
    assert "board" not in first and not opened.task.running, "it may still be being copied"
    save(home / "回收" / "1106.xlsx", said("1106"))
    client.get(f"{client.at}live?v={version}&page=season")
    assert not opened.task.running
    time.sleep(0.6)
    client.get(f"{client.at}live?v={version}&page=season")
    client.settled(opened)
    after = client.get(f"{client.at}live?v={version}&page=season").text
    assert 'hx-swap-oob="true"' in after
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1106"] == "accepted"
    assert "情况有了变化" in client.get(f"{client.at}live?v={version}&page=other").text
    quiet = client.get(f"{client.at}live?v={opened.version}&page=season").text
    assert "board" not in quiet and "情况有了变化" not in quiet


def test_what_a_check_lists_in_the_record_itself_calls_for_no_other_check(client, home, monkeypatch):
    opened = client.season
    monkeypatch.setattr(opened_module, "STILL", 0)
    record, done = home / "办理记录.xlsx", opened.task
    assert AUTHORITY in [row[-1] for row in listed(record)], "the check wrote into it"
    for _ in range(3):
        client.get(f"{client.at}live?v=0&page=season")
    assert opened.task is done
    sheet = openpyxl.load_workbook(record)
    row = next(row for row in sheet.active.iter_rows() if row[-1].value == AUTHORITY)
    for cell, typed in zip(row[3:6], ("李主任", "2024-01-20", "打电话问过，是划入的机构带来的规章。"), strict=True):
        cell.value = typed
    sheet.save(record)
    for _ in range(2):
        client.get(f"{client.at}live?v=0&page=season")
    assert client.season.task is not done, "what the office writes there does"
    assert {a["code"]: a["state"] for a in opened.told["agencies"]}["1102"] == "accepted"


def hidden(page, button):
    """What the form of a button sends, that nobody has to fill in; the button by its words, or its name for those who listen."""
    [form] = page.xpath("//form[.//button[@aria-label=$name or normalize-space()=$name]]", name=button)
    return {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}


def listed(record):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(record).active.iter_rows()]


@pytest.mark.parametrize("what", ["merge", "pack", "report", "blanks"])
def test_a_check_that_goes_on_gives_way_and_comes_again(client, home, monkeypatch, what):
    """What is clicked while it goes on is done, not lost."""
    opened = client.season
    opened.merge()
    client.settled(opened)

    def slow(task):
        for _ in task.progress(range(500), "审核"):
            time.sleep(0.02)
        return "审核完了"

    assert opened.do("审核", "xltools check", slow)
    client.post(f"/s/{opened.id}/{'' if what == 'blanks' else 'summary/'}{what}")
    client.settled(opened)
    assert opened.task.what != "审核" and opened.task.stage == "done"
    monkeypatch.setattr(opened_module, "STILL", 0)
    done = opened.task
    client.get(f"/s/{opened.id}/live?v=0&page=season")
    assert (opened.task is done) == (what == "merge"), "a merge checks itself"


def test_work_that_cannot_begin_says_what_goes_on(client):
    opened = client.season

    def slow(task):
        for _ in task.progress(range(500), "打包"):
            time.sleep(0.02)
        return "打包完了"

    assert opened.do("打包上报", "xltools pack", slow)
    client.post(f"/s/{opened.id}/summary/merge")
    assert "没有开始汇总：正在打包上报" in words(client.page(f"/s/{opened.id}/summary/"))
    client.post(f"/s/{opened.id}/stop")
    client.settled(opened)


def test_what_follows_from_work_is_told_until_it_has_ended_and_not_after(client):
    opened = client.season
    opened.do("试", "true", lambda task: time.sleep(1) or "")
    opened.say("正在重新审核")
    there = f"/s/{opened.id}/summary/"
    assert all("正在重新审核" in words(client.page(there)) for _ in range(2))
    client.settled(opened)
    assert "正在重新审核" not in words(client.page(there))


def test_long_work_shows_how_far_it_is_and_is_stopped(client, monkeypatch):
    opened = client.season

    def slow(task):
        for _ in task.progress(range(1000), "慢慢做"):
            time.sleep(0.02)
        return "做完了"

    assert opened.do("试", "true", slow)
    assert not opened.check(), "one thing at a time"
    time.sleep(0.1)
    line = (
        client.get(f"{client.at}live?v=0&page=other").text
        if False
        else client.get(f"/s/{opened.id}/live?v={opened.version}").text
    )
    assert "慢慢做" in line and re.search(r'max="1000" value="\d+"', line)
    assert client.post(f"/s/{opened.id}/stop").status_code == 303
    client.settled(opened)
    assert opened.task.stage == "stopped" and opened.task.done < 1000
    assert "停下了" in client.get(f"/s/{opened.id}/summary/").text


@pytest.mark.parametrize("problem", [ValueError("x"), xltools.XltoolsError("坏了"), RecursionError()])
def test_work_that_dies_is_told(client, problem):
    opened = client.season

    def dies(task):
        raise problem

    opened.do("试", "true", dies)
    client.settled(opened)
    assert opened.task.stage == "failed" and "没有做成" in client.get(f"/s/{opened.id}/live?v={opened.version}").text


def test_blanks_are_made(client, home):
    assert client.post(f"{client.at}blanks").status_code == 303
    assert "写了 6 份空白表" in client.season.task.words and len(list((home / "下发").iterdir())) == 6


def test_words_for_the_group_and_files_that_a_page_named_can_be_had(client, home):
    page = client.page(client.at)
    [link] = page.xpath("//a[@data-copy-from]/@href")
    assert client.get(link).text == (home / "退回" / "催报与退改.txt").read_text("utf-8")
    page = client.page(client.agency("1103"))
    links = page.xpath("//a[contains(@href, '/file/')]/@href")
    got = {client.get(link).data for link in links}
    assert (home / "回收" / "1103.xlsx").read_bytes() in got and len(links) == 3
    answer = client.get(links[0])
    assert (
        answer.headers["Content-Disposition"].startswith("attachment") and answer.mimetype == "application/octet-stream"
    )


# ── an agency ────────────────────────────────────────────────────────────────


def test_an_agency_shows_its_tables_with_both_figures_and_the_remedy(client):
    page = client.page(client.agency("1103"))
    [file] = [file for file in client.season.told["filings"] if file["agency"] and file["agency"]["code"] == "1103"]
    found = next(f for f in file["findings"] if f["severity"] == "error")
    assert (
        found["remedy"] in words(page) and str(found["actual"]) in words(page) and str(found["expected"]) in words(page)
    )
    [cell] = page.xpath("//td[@id='f-requests.new.natural']")
    assert "900" in words(cell) and "bad error" in cell.get("class")
    assert page.xpath("//button[@data-copy]/@data-copy")[0].startswith(FEW["1103"].name)


def test_what_its_report_opens_with_is_seen_above_its_tables(client, home):
    page = client.page(client.agency("1102"))
    assert not page.xpath("//section[@aria-labelledby='opening']")
    save(home / "回收" / "1101.xlsx", said("1101", opening="本报告由甲局编制。\n电话：0431-5550101"))
    client.post(f"{client.at}check")
    [seen] = client.page(client.agency("1101")).xpath("//section[@aria-labelledby='opening']")
    assert [words(line) for line in seen.xpath("./p[@class='paragraph']")] == [
        "本报告由甲局编制。",
        "电话：0431-5550101",
    ]


def test_no_remedy_at_the_desk_is_a_command(client, home):
    """What is done by commands there is done by buttons here; the words of both stand in the catalogue."""
    page = words(client.page(client.agency("1104")))
    assert "点“这份作数”" in page and "--" not in page.replace("也可以敲命令", "")
    [told] = [f for f in xltools.Season(home).check().to_json()["findings"] if f["code"] == "agency-duplicate"]
    assert "--prefer newest" in told["remedy"]
    for code in CATALOGUE.values():
        ours = code.desk or code.remedy
        assert not re.search(r"--[a-z]|xltools|\{option\}", ours), code.id


def test_the_blank_of_who_has_not_filed_can_be_had_again(client, home):
    there = client.agency("1106")
    page = client.page(there)
    assert "没有它的空白表" in words(page) and page.xpath("//form[contains(@action, '/blanks')]//button")
    client.post(f"{client.at}blanks")
    assert client.season.task.stage == "done"
    page = client.page(there)
    [link] = page.xpath("//a[contains(., '下载空白表')]/@href")
    [file] = (home / "下发").glob("*_1106_*.xlsx")
    assert client.get(link).data == file.read_bytes() and f"下发/{file.name}" in words(page)
    assert not client.page(client.agency("1101")).xpath("//a[contains(., '下载空白表')]"), "it has filed"


def test_who_has_not_filed_and_who_is_right_have_pages_too(client):
    assert "还没有报" in words(client.page(client.agency("1106")))
    assert "没有问题" in words(client.page(client.agency("1101")))


def test_a_query_is_settled_into_the_record(client, home):
    there = client.agency("1102")
    page = client.page(there)
    assert page.xpath("//select[@name='item']/option/@value") == [AUTHORITY]
    settled = {"item": AUTHORITY, "by": "李主任", "date": "2024-01-20", "words": "打电话问过，是划入的机构带来的规章。"}
    settled |= hidden(page, "写进办理记录")
    client.post(f"{there}decide", {**settled, "words": "无"})
    assert "没有做成" in words(client.page(there))
    client.post(f"{there}decide", settled)
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1102"] == "accepted"
    assert "李主任" in words(client.page(there))
    for stale in ({"item": AUTHORITY}, hidden(client.page(there), "撤销") | {"shown": settled["shown"]}):
        client.post(f"{there}undecide", stale)
        assert "没有做成" in words(client.page(there)), "what the page showed is no longer so"
        assert "李主任" in [row[3] for row in listed(home / "办理记录.xlsx")]
    client.post(f"{there}undecide", hidden(client.page(there), "撤销"))
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1102"] == "queried", (
        "what was wrong is taken back"
    )
    assert "李主任" not in [row[3] for row in listed(home / "办理记录.xlsx")]
    client.post(f"{there}undecide", {"item": AUTHORITY})
    assert "没有做成" in words(client.page(there)), "there is nothing to take back"
    client.post(f"{there}decide", settled | {"item": "rule-failed"} | hidden(client.page(there), "写进办理记录"))
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1102"] == "accepted"
    client.post(f"{there}undecide", hidden(client.page(there), "撤销"))
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1102"] == "queried", (
        "under whatever name it was settled"
    )


def test_two_files_are_seen_side_by_side_and_one_is_chosen(client, home):
    there = client.agency("1104")
    assert "报来 2 份" in words(client.page(there))
    page = client.page(f"{there}beside?one=0&other=1")
    assert "901" in words(page) and "xltools compare" in words(page)
    for wrong in ("one=0&other=0", "one=0&other=9", "one=-1&other=1"):
        assert client.get(f"{there}beside?{wrong}").status_code == 404
    for unknown in ("7", "", "0" * 20):
        assert client.post(f"{there}choose", {"file": unknown}).status_code == 404
    page = client.page(f"{there}beside?one=0&other=1")
    client.post(f"{there}choose", hidden(page, "回收/1104.xlsx作数"))
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1104"] == "accepted"
    assert [p.name for p in (home / ASIDE).iterdir()] == ["1104 又.xlsx"]
    client.post(f"{client.at}aside/back", hidden(client.page(there), "放回“回收”"))
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1104"] == "duplicate", (
        "a choice is taken back"
    )


# ── the summary ──────────────────────────────────────────────────────────────


def test_the_summary_from_nothing_to_the_package(client, home):
    there = f"{client.at}summary/"
    assert "还没有汇总表" in words(client.page(there))
    for early in ("report", "preview/"):
        assert (client.post if early == "report" else client.get)(f"{there}{early}").status_code == 404
    client.post(f"{there}merge")
    assert client.season.task.words.startswith("汇总：2/6 家")
    page = client.page(there)
    told = json.loads(run("show", next((home / "汇总").iterdir()), "--json", cwd=home).stdout)
    for section in told["sections"]:
        for cell in section["cells"]:
            if cell["field"]:
                [shown] = page.xpath(f"//td[@id='f-{cell['field']}']/button")
                assert words(shown) == (cell["text"] or "—")
    assert (
        told["unready"]
        and told["unready"] in words(page)
        and "请重新汇总" not in words(page).replace("收齐后请重新汇总", "")
    )
    part = words(client.page(f"{there}part?field=requests.new.natural"))
    assert FEW["1101"].name in part and FEW["1105"].name in part and FEW["1103"].name not in part
    assert client.get(f"{there}part?field=../x").status_code == 404
    os.utime(home / "回收" / "1101.xlsx", (time.time() + 5, time.time() + 5))
    assert "数还是原来的" in words(client.page(there))
    client.post(f"{there}report")
    assert client.season.task.stage == "done" and list((home / "汇总").glob("*_年度报告.docx"))
    client.post(f"{there}pack")
    assert client.season.task.stage == "done" and list((home / "汇总").glob("*_上报.zip"))
    assert "年度报告.docx" in words(client.page(there))
    assert "草稿" in words(client.page(f"{there}preview/page")) and client.page(f"{there}preview/").xpath(
        "//iframe/@sandbox"
    ) == [""]


def test_a_summary_that_was_written_in_with_excel_is_seen_without_being_asked_for(client, home):
    client.post(f"{client.at}summary/merge")
    opened = client.season
    seen = opened.version
    there = f"/s/{opened.id}/live?v={seen}&page=summary"
    assert "情况有了变化" not in client.get(there).text
    [book] = (home / "汇总").glob("*_汇总表.xlsx")
    os.utime(book, (time.time() + 5, time.time() + 5))
    assert "情况有了变化" in client.get(there).text and opened.version == seen + 1
    assert "情况有了变化" not in client.get(there.replace(f"v={seen}", f"v={opened.version}")).text


def test_a_numbers_parts_add_up_to_it(client, home):
    client.post(f"{client.at}summary/merge")
    opened = client.season
    told = opened.summary()
    for section in told["sections"]:
        for cell in section["cells"]:
            if cell["field"]:
                parts = [p["value"] for p in opened.checked.parts(cell["field"]) if p["value"] is not None]
                assert sum(map(Decimal, map(str, parts))) == Decimal(cell["text"] or "0")
    assert opened.checked.parts("nothing") == []


# ── all seasons, a new one ───────────────────────────────────────────────────

GRID = [("11", "示例县", "县（市、区）", ""), ("1101", "甲局", "部门", "11"), ("1102", "乙镇", "乡镇（街道）", "11")]


def grid(lines):
    keys = ("code", "name", "level", "parent")
    return {**{key: [line[n] for line in lines] + [""] for n, key in enumerate(keys)},
            **{key: [""] * (len(lines) + 1) for key in ("contact", "phone", "last", "region")}}  # fmt: skip


def test_a_new_season_is_made_with_its_blanks(client, home):
    assert "新建一季" in words(client.page("/new"))
    fields = {
        "area": "示例县",
        "year": "2024",
        "office.deadline": "2025-01-20",
        "office.contact": "王",
        "office.phone": "0999-1",
        "office.signature": "县办",
        "after": "",
    }
    answer = client.post("/new", {**fields, **grid(GRID)})
    assert answer.status_code == 303
    made = home.parent / "2024年度_示例县"
    opened = client.desktop.open(client.desktop.id_of(made))
    client.settled(opened)
    assert sorted(p.name for p in (made / "下发").iterdir()) == ["2024_1101_甲局.xlsx", "2024_1102_乙镇.xlsx"]
    assert xltools.Season(made).settings.head.deadline == "2025-01-20"
    assert "0/2" in words(client.page(answer.headers["Location"])) and "2024年度_示例县" in words(client.page("/"))
    again = client.post("/new", {**fields, **grid(GRID)})
    assert again.status_code == 409 and "已经有了" in again.text


@pytest.mark.parametrize("key", ["contact", "phone", "last", "region", "parent"])
@pytest.mark.parametrize("office", ["contact", "phone"])
def test_what_letters_say_and_what_the_roster_says_are_kept_apart(client, home, office, key):
    """联系人, 电话 and 地区 stand in the form as well as in its grid."""
    rows = grid(GRID)
    rows[key] = ["", "11", "", ""]
    client.post("/new", {"area": "示例县", "year": "2024", f"office.{office}": "王科员", **rows})
    made = xltools.Season(home.parent / "2024年度_示例县")
    client.settled(client.desktop.open(client.desktop.id_of(made.home)))
    assert getattr(made.settings.head, office) == "王科员"
    said = [row["words"] for row in xltools.check_roster(home=made.home).to_json()["rows"]]
    column = COLUMNS[_KEYS.index(key)]
    assert [row[column] for row in said] == ["", "11", ""] and "王科员" not in str(said)


def test_a_new_season_is_for_one_of_several_kinds_of_returns(client, home, tmp_path, monkeypatch):
    assert not client.page("/new").xpath("//select[@name='family']"), "there is nothing to choose"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    kinds = ("信访", "安全", "统计", "档案", "保密")
    for n, family in enumerate(kinds):
        save(
            own_folder() / f"own-{n}.toml",
            SAFETY.format(id=f"own-{n}", family=family, title=family, year=2000).encode(),
        )
    chosen = client.page("/new").xpath("//select[@name='family']/option/text()")
    assert sorted(chosen[1:]) == sorted(kinds)
    for area, family in (("安全的", "安全"), ("公开的", ""), ("别的", "没有的")):
        client.post("/new", {"area": area, "year": "2024", "family": family, **grid(GRID)})
    assert family_of(home.parent / "2024年度_安全的") == "安全" and family_of(home.parent / "2024年度_公开的") == ""
    assert not (home.parent / "2024年度_别的").exists()


@pytest.mark.parametrize(
    "lines",
    [
        [GRID[0], ("1101", "甲局", "部门", "12"), GRID[2]],
        GRID[1:],
        [*GRID, ("1103", "丙局", "部门", "")],
        [GRID[1]],
        [*GRID[:2], ("1102", "乙镇", "乡镇（街道）", "1l")],
    ],
)
def test_a_roster_of_which_nobody_can_tell_the_top_is_told_how_to_mend(client, home, lines):
    told = client.post("/new/look", grid(lines)).text
    assert "warn" in told and "本级汇总单位自己占一行" in told and "good" not in told


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "名录没有填"),
        ([("1101", "甲局", "局", "11")], "层级“局”不认识"),
        ([("1101", "甲局", "部门", ""), ("1101", "乙局", "部门", "")], "单位代码 1101 重复"),
        ([("1.1E+05", "甲局", "部门", "")], "科学记数"),
        ([("1101", "", "部门", "")], "单位名称没有填"),
        ([("1101", "甲局", "部门", "1101")], "上级代码是自己"),
    ],
)
def test_a_bad_roster_is_told_row_by_row_and_nothing_is_made(client, home, lines, told):
    answer = client.post("/new", {"area": "示例县", "year": "2024", **grid(lines)})
    assert answer.status_code == 409 and told in answer.text and not (home.parent / "2024年度_示例县").exists()
    assert "还没有填名录" in client.post("/new/look", grid([])).text
    if lines:
        assert told in client.post("/new/look", grid(lines)).text


def test_a_good_roster_is_told_to_be_good_in_a_file_too(client, home):
    assert "应报 2 家，汇总到 示例县" in words_of(client.post("/new/look", grid(GRID)))
    file = (home / "名录.xlsx").read_bytes()
    assert "应报 6 家" in words_of(client.post("/new/look", {"roster": (io.BytesIO(file), "名录.xlsx")}))
    assert "warn" in client.post("/new/look", {"roster": (io.BytesIO(b"nothing"), "名录.xlsx")}).text


def words_of(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.text).replace("  ", " ")


@pytest.mark.parametrize("year", ["", "24", "２０２４", "20x4", "99999"])
def test_a_year_is_four_digits(client, year):
    answer = client.post("/new", {"area": "示例县", "year": year, **grid(GRID)})
    assert answer.status_code == 409 and "四位数字" in answer.text


def test_last_years_folder_goes_on_and_last_years_files_are_used(client, home):
    client.post(f"{client.at}summary/merge")
    assert client.season.task.stage == "done"
    id = client.season.id
    client.post("/new", {"area": "接着的", "year": "2024", "after": id, **grid([])})
    made = xltools.Season(home.parent / "2024年度_接着的")
    assert [p.resolve() for p in made.settings.previous] == [home] and xltools.check_roster(
        made.settings.roster
    ).to_json()["expected"] == 6
    summary = next((home / "汇总").iterdir()).read_bytes()
    client.post(
        "/new", {"area": "另给的", "year": "2024", "previous": (io.BytesIO(summary), "上年.xlsx"), **grid(GRID)}
    )
    other = xltools.Season(home.parent / "2024年度_另给的")
    assert [p.name for p in other.settings.previous] == ["上年"] and (other.home / "上年" / "上年.xlsx").is_file()


def test_a_season_of_late_is_listed_wherever_it_lies(client, home, tmp_path):
    client.page(client.at)
    elsewhere = Client(save(tmp_path / "别处" / "x", b"").parent)
    assert str(home) in words(elsewhere.page("/"))


def test_a_season_whose_settings_are_wrong_is_told_and_not_opened(client, home):
    (home / "xltools.toml").write_text("year = 3", "utf-8")
    assert "设置有误" in words(client.page("/"))
    fresh = Client(home)
    assert "设置有误" in words(fresh.page(fresh.desktop.first, 409))


# ── forms, last year's reports ───────────────────────────────────────────────


def test_forms_are_listed_compared_drawn_looked_over_and_tried(client):
    page = client.page("/forms/?old=2019&new=2021")
    told = xltools.diff_forms("2019", "2021").to_json()["changes"]
    assert all(re.sub(r"\s+", " ", one["words"]) in words(page) for one in told)
    assert "requests.balance.natural" in words(client.page("/forms/2021/"))
    drawing = client.get("/forms/2021/draft")
    assert drawing.data.startswith(b"PK")
    answer = client.post("/forms/look", {"drawing": (io.BytesIO(drawing.data), "表样.xlsx")})
    assert "试填的结果" in answer.text or "error" in answer.text
    assert client.get("/forms/..%2f..%2fx/").status_code == 404 and client.get("/forms/1999/draft").status_code == 404


def drawn(tmp_path, id="新格式", basis="某办函〔2090〕1号"):
    """A drawing of the form that follows the newest."""
    path = tmp_path / "画" / "表样.xlsx"
    path.parent.mkdir(exist_ok=True)
    xltools.draft_form("2021", path, year=2090, force=True)
    book = openpyxl.load_workbook(path)
    for row in book["格式"].iter_rows():
        said = {"依据": basis, "编号": id}.get(row[0].value)
        if said is not None:
            row[1].value = said
    book.save(path)
    return path.read_bytes()


def test_a_form_is_made_of_a_drawing_for_the_season_or_for_this_computer(client, home, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    s = client.season.id

    def given(content, s="", **more):
        there = f"/forms/new?s={s}" if s else "/forms/new"
        return client.post(there, {"drawing": (io.BytesIO(content), "../表样.xlsx"), **more})

    wrong = given(drawn(tmp_path, basis=""), s)
    assert "依据" in wrong.text and "没有做成格式：表样有 1 处要改" in wrong.text
    assert not (home / "格式").exists(), "every mistake is told, nothing is made"
    good = drawn(tmp_path)
    made = given(good, s)
    [file] = (home / "格式").iterdir()
    assert f"在“格式/{file.name}”" in made.text and "xltools forms new" in made.text
    assert file.stem in words(client.page(f"/forms/?s={s}")) and file.stem not in words(client.page("/forms/"))
    before = file.read_bytes()
    again = given(drawn(tmp_path, basis="某办函〔2090〕2号"), s)
    assert again.status_code == 409 and "已经有编号是" in again.text and "--force" not in again.text
    assert file.read_bytes() == before
    given(drawn(tmp_path, basis="某办函〔2090〕2号"), s, replace="1")
    assert "2090〕2号" in file.read_text("utf-8")
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(tmp_path)
        assert given(good).status_code == 200 and [p.name for p in own_folder().iterdir()] == [file.name]
    assert given(b"nothing", s).status_code in (200, 409) and client.post("/forms/new").status_code == 409


def test_a_form_that_clashes_is_taken_over_when_that_is_ticked(client, home, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    there = client.season.id
    content = drawn(tmp_path)
    save(tmp_path / "表样.xlsx", content)
    xltools.new_form(tmp_path / "表样.xlsx", home=home)
    other = tmp_path / "别处"
    xltools.Season.init(other, 2090)
    save(tmp_path / "表样.xlsx", drawn(tmp_path, id="另一份"))
    xltools.new_form(tmp_path / "表样.xlsx", home=other)
    [blank] = xltools.blank(name="甲", code="1", level="county", output=tmp_path / "来", home=other).files

    def given(**more):
        return client.post(f"/forms/accept?s={there}", {"filing": (io.BytesIO(blank.read_bytes()), "甲.xlsx"), **more})

    refused = given()
    assert refused.status_code == 409 and "与“新格式”都从 2090 年度起用" in refused.text
    assert "请勾上“有冲突也收下”" in refused.text and "--apart" not in refused.text
    assert len(list((home / "格式").iterdir())) == 1
    assert "收下了格式“另一份”" in given(apart="1").text


def test_a_form_that_came_with_a_filing_is_taken_over(client, home, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    other = tmp_path / "别处"
    xltools.Season.init(other, 2090)
    save(tmp_path / "表样.xlsx", drawn(tmp_path))
    made = xltools.new_form(tmp_path / "表样.xlsx", home=other)
    [blank] = xltools.blank(name="甲", code="1", level="county", output=tmp_path / "来", home=other).files
    s = client.season.id
    for content in (said("1101"), b"nothing", b""):
        answer = client.post(f"/forms/accept?s={s}", {"filing": (io.BytesIO(content), "甲.xlsx")})
        assert answer.status_code == 409 and not (home / "格式").exists()
    answer = client.post(f"/forms/accept?s={s}", {"filing": (io.BytesIO(blank.read_bytes()), "甲.xlsx")})
    assert f"收下了格式“{made.id}”" in answer.text and "xltools forms accept" in answer.text
    assert (home / "格式" / f"{made.id}.toml").read_text("utf-8") == made.output.read_text("utf-8")
    assert (
        client.post(f"/forms/accept?s={s}", {"filing": (io.BytesIO(blank.read_bytes()), "甲.xlsx")}).status_code == 409
    )


@pytest.mark.parametrize("path", ["", "2021/", "?old=2019&new=2021", "2019/", "?old=2021&new=2021"])
def test_forms_looked_at_from_a_season_keep_its_tabs(client, path):
    id = client.season.id
    tabs = {a.text: a.get("href") for a in client.page(f"/forms/{path}").xpath("//nav/a")}
    assert list(tabs) == ["表式", "全部"]
    page = client.page(f"/forms/{path}{'&' if '?' in path else '?'}s={id}")
    tabs = {a.text: a.get("href") for a in page.xpath("//nav/a")}
    assert list(tabs) == ["各单位", "汇总", "上年报告", "表式", "全部"]
    assert all(
        f"s={id}" in a.get("href")
        for a in page.xpath("//main//a[starts-with(@href, '/forms/')]")
        if "draft" not in a.get("href")
    )
    assert client.page("/forms/?s=0000").xpath("//nav/a")[0].text == "表式", "of no season"


def test_a_page_whose_season_has_changed_hears_of_it_until_it_is_looked_at_anew(client):
    """Also where it asked while the work that changed it was just ending."""
    there, old = client.at, client.season.version
    client.season.version += 1
    for _ in range(3):
        told = client.page(f"{there}live?v={old}&page=other")
        assert told.xpath("//p[@class='stale']") and f"v={old}" in told.xpath("//div[@id='live']/@hx-get")[0]
    assert not client.page(f"{there}live?v={client.season.version}&page=other").xpath("//p[@class='stale']")


def test_last_years_reports_are_read_back(client, home):
    client.post(f"{client.at}summary/merge")
    assert client.season.task.stage == "done"
    run("report", "回收/1101.xlsx", "-o", "甲.html", cwd=home)
    client.post(f"{client.at}last/upload", {"files": [(io.BytesIO((home / "甲.html").read_bytes()), "甲.html")]})
    assert client.season.task.what == "读上年的报告", client.season.message
    assert (home / "上年报告" / "甲.html").is_file()
    assert "甲.html" in words(client.page(f"{client.at}last/"))


def test_the_end(client):
    ended = []
    client.desktop._end = lambda: ended.append(True)
    said = html.fromstring(client.post("/quit").text)
    assert "已经退出" in words(said) and not said.xpath("//nav | //form"), "nobody answers there any more"
    time.sleep(0.6)
    assert ended == [True]


def test_each_figure_of_last_years_report_stands_beside_where_it_was_read(home, tmp_path):
    """What was not read for certain is typed in, and kept; then what was read is last year's for the season."""
    run("report", "回收/1101.xlsx", "-o", "甲.html", cwd=home)
    page = (home / "甲.html").read_text("utf-8")
    assert run("init", tmp_path / "新", "--year", 2023, "--roster", home / "名录.xlsx").returncode == 0
    home, client = tmp_path / "新", Client(tmp_path / "新")
    lost = re.sub(r"(<tr>(?:(?!</tr>).)*申请数量.*?</td>).*?</tr>", r"\1</tr>", page, count=1, flags=re.DOTALL)
    assert lost != page
    client.post(
        f"{client.at}last/upload", {"files": [(io.BytesIO(lost.encode()), "甲.html"), (io.BytesIO(b"x"), "乱.docx")]}
    )
    opened = client.season
    there = f"{client.at}last/"
    assert "没有读成" in words(client.page(there)) and "读了 2 份，1 份写成了" in opened.task.words
    [link] = client.page(there).xpath("//a[contains(., '看读出的数')]/@href")
    one = client.page(link)
    told = opened.imported[0]["figures"] if opened.imported[0]["file"] else opened.imported[1]["figures"]
    assert len(told) > 100
    for figure in told:
        [cell] = one.xpath(f"//td[@id='f-{figure['field']}']")
        assert figure["place"] in words(cell)
    [first, *_] = one.xpath("//td//input/@name")
    client.post(f"{link}confirm", {first: "7", "no.such.field": "1"})
    [cell] = client.page(link).xpath(f"//td[@id='f-{first}']")
    assert words(cell).strip().startswith("7")
    for name in client.page(link).xpath("//td//input/@name"):
        client.post(f"{link}confirm", {name: "0"})
    assert "没有填：" not in words(client.page(link)), "nothing is in doubt any more"
    client.post(f"{there}use")
    assert client.season and [p.name for p in xltools.Season(home).settings.previous] == ["上年"]
    again = client.post(f"{there}upload", {"files": [(io.BytesIO(lost.encode()), "甲.html")]})
    assert again.status_code == 303 and client.season.task.stage == "done"
    assert xltools.read(home / "上年" / "甲.xlsx").filing.values[first] == 7, "what was confirmed is not read over"


DOUBTS = {
    "nothing": ("", "", None),
    "its total": ('t3r5c0 t3r26c1">10</td>', 't3r5c0 t3r26c1">12</td>', "合计是 12"),
    "another total": ('t4r1c4">1</td>', 't4r1c4">7</td>', "合计是 7"),
    "its year": ("", "", "标题里的是“2023”"),
    "whose it is": ("<h1><span>第1局", "<h1><span>第2局", "第2局"),
    "a row of none": ("2.重复申请", "2.不知道的申请", "不是本格式的行"),
}  # fmt: skip


@pytest.mark.parametrize("what", DOUBTS)
def test_what_is_in_doubt_of_a_report_stands_on_the_page_of_its_figures(home, what):
    old, new, told = DOUBTS[what]
    run("report", "回收/1101.xlsx", "-o", "甲.html", cwd=home)
    page = (home / "甲.html").read_text("utf-8")
    altered = page.replace(old, new)
    assert (altered != page) == bool(old)
    client = Client(home)
    at = client.at
    if what != "its year":
        altered = altered.replace("2023年", "2022年")
    client.post(f"{at}last/upload", {"files": [(io.BytesIO(altered.encode()), "甲.html")]})
    assert client.season.task.stage == "done"
    [link] = client.page(f"{at}last/").xpath("//a[contains(., '看读出的数')]/@href")
    one = client.page(link)
    asked = " ".join(map(words, one.xpath("//details[@open]")))
    assert (told or "封面") in asked and "没有一个存疑" not in words(one), asked
    if not told:
        assert "1 项" in asked and "还要知道的" in words(one), "who signs is all that a report does not say"


def test_what_was_read_of_last_years_reports_is_there_when_the_desk_begins_anew(home):
    """By what lies in the folder; what was confirmed stays."""
    run("report", "回收/1101.xlsx", "-o", "甲.html", cwd=home)
    page = (home / "甲.html").read_bytes()
    client = Client(home)
    client.post(f"{client.at}last/upload", {"files": [(io.BytesIO(page), "甲.html")]})
    assert client.season.task.stage == "done"
    before = read_of(client)
    filing = (home / "上年" / "甲.xlsx").read_bytes()
    anew = Client(home)
    there = f"{anew.at}last/"
    anew.page(there)
    assert anew.season.task.what == "读上年的报告"
    assert read_of(anew) == before and (home / "上年" / "甲.xlsx").read_bytes() == filing
    [link] = anew.page(there).xpath("//a[contains(., '看读出的数')]/@href")
    assert anew.get(link).status_code == 200
    save(home / "上年报告" / "乙.html", page)
    save(home / "上年报告" / "别的" / "甲.html", page)
    assert "还有 2 份没有读" in words(anew.page(there))
    anew.post(f"{there}read")
    assert anew.season and "份没有读" not in words(anew.page(there))
    assert "已经是“上年报告/甲.html”读成的" in words(anew.page(there)), "no report passes for another's"
    assert (home / "上年" / "乙.xlsx").is_file() and (home / "上年" / "甲.xlsx").read_bytes() == filing


def read_of(client):
    [one] = client.season.imported
    return {key: one[key] for key in ("source", "file", "figures", "problem")}


def test_the_words_for_one_agency_are_its_line_of_the_words_for_the_group(client, home):
    client.page(client.at)
    checked = client.season.checked
    lines = {one.partition(". ")[2] for one in checked.chat.read_text("utf-8").splitlines()}
    told = {a["code"]: (a["state"], checked.told_to(a["code"])) for a in checked.to_json()["agencies"]}
    assert {state for state, _ in told.values()} >= {"missing", "returned", "queried", "duplicate", "accepted"}
    for code, (state, line) in told.items():
        assert line == {"accepted": "", "missing": f"{FEW[code].name}：请尽快报送。"}.get(state, line)
        assert state in ("accepted", "missing") or line in lines
    assert checked.told_to("一个没有的代码") == ""
