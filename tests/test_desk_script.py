# ruff: noqa: F811 - fixtures of another module are asked for by their names
"""The desk's own script in Chromium and in Firefox: a page takes up what has changed unless something on it would be lost; a list
pasted from Excel finds its columns; and every page fits a screen at one and a half times its size."""

import os
import time

import pytest
from making import run, save
from test_desk_browser import browser, copy, desk_over, go, page  # noqa: F401 - fixtures
from test_season import AGENCIES, EFFECTIVE, Folder, rows, said

FEW = dict(list(AGENCIES.items())[:3])
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """One right, one to be asked about, one twice; summed up."""
    made = Folder(tmp_path_factory.mktemp("脚本") / "2023年度_示例县")
    made.roster(rows(FEW.values()))
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}), "1103": said("1103"),
                    "1103 又": said("1103", more={"requests.new.natural": 901})})  # fmt: skip
    assert run("merge", "--json", cwd=made.home).returncode == 1
    return made.home


@pytest.fixture(scope="module")
def address(season, tmp_path_factory):
    yield from desk_over(season, tmp_path_factory.mktemp("data"))


@pytest.fixture
def at(address, page):
    """The season's address, once it was checked."""
    page.goto(address)
    page.wait_for_selector(".agencies")
    return page.url


def changed(page, season):
    """The summary is written in with Excel, and the page asks whether anything is new."""
    [book] = (season / "汇总").glob("*_汇总表.xlsx")
    now = time.time()
    os.utime(book, (now, now))
    page.evaluate("() => htmx.trigger('#live', 'now')")


def where(page, what):
    go(page, page.locator(f".agencies a:has-text('{FEW['1102'].name}')")) if what != "summary" else go(
        page, page.get_by_role("link", name="汇总", exact=True)
    )
    page.evaluate("() => { window.kept = true; }")


BUSY = {
    "a field is being typed in": ("agency", lambda page: page.get_by_label("经办人").fill("李")),
    "a field is only looked at": ("agency", lambda page: page.get_by_label("处理情况").focus()),
    "words are chosen": ("agency", lambda page: page.evaluate(
        "() => getSelection().selectAllChildren(document.querySelector('h1'))")),
    "something was opened": ("summary", lambda page: page.locator("main summary").last.click()),
    "the parts of a number are shown": ("summary", lambda page: (
        page.locator("td[id='f-requests.new.natural'] button").click(), page.wait_for_selector("#parts table"))),
}  # fmt: skip


@pytest.mark.parametrize("how", BUSY)
def test_a_page_in_use_is_not_taken_away_and_says_that_there_is_news(at, page, season, how):
    which, act = BUSY[how]
    where(page, which)
    act(page)
    changed(page, season)
    page.wait_for_selector("#live .stale")
    assert page.evaluate("() => window.kept") is True, "it is the same page, with all that is on it"
    page.click("#live .stale a")
    page.wait_for_function("() => window.kept === undefined")
    assert page.locator("#live .stale").count() == 0


@pytest.mark.parametrize("which", ["agency", "summary"])
def test_a_page_that_nobody_uses_is_made_anew_by_itself(at, page, season, which):
    where(page, which)
    changed(page, season)
    page.wait_for_function("() => window.kept === undefined")
    page.wait_for_selector("main h1")


def test_what_was_typed_and_taken_out_again_holds_nothing_back(at, page, season):
    where(page, "agency")
    field = page.get_by_label("经办人")
    field.fill("李")
    field.fill("")
    field.blur()
    changed(page, season)
    page.wait_for_function("() => window.kept === undefined")


# ── a list pasted from Excel ─────────────────────────────────────────────────

OWN = ("单位代码", "单位名称", "层级", "上级代码", "联系人", "电话")
ROW = {"单位代码": "1101", "单位名称": "甲局", "层级": "部门", "上级代码": "11", "联系人": "王", "电话": "0999", "序号": "1",
       "备注": "新"}  # fmt: skip

PASTED = {
    "its own order": (OWN, True),
    "no heading": (OWN, False),
    "names first": (("单位名称", "联系人", "单位代码"), True),
    "numbered, with remarks": (("序号", "单位名称", "备注", "电话"), True),
    "headings with blanks": (("单位 名称", "单位 代码"), True),
    "one column": (("单位名称",), True),
    "codes alone, without heading": (("单位代码",), False),
}


def pasted(page, heads, headed):
    keys = [head.replace(" ", "") for head in heads]
    lines = [[ROW[key] for key in keys], [f"{ROW[key]}又" for key in keys]]
    copy(page, "\n".join(map("\t".join, [list(heads), *lines] if headed else lines)) + "\n")
    page.locator("[data-grid] tbody input").first.focus()
    page.keyboard.press("Control+V")
    page.wait_for_function("() => document.querySelector('#pasted').textContent")
    return keys


def grid(page):
    return page.evaluate(
        """() => Array.from(document.querySelectorAll("[data-grid] tbody tr"), row =>
            Array.from(row.querySelectorAll("input"), field => field.value)).filter(row => row.some(Boolean))"""
    )


def test_a_list_that_is_pasted_finds_its_columns(at, page):
    for what, (heads, headed) in PASTED.items():
        page.goto(f"{at.partition('/s/')[0]}/new")
        keys = pasted(page, heads, headed)
        wanted = [ROW[key] if key in keys else "" for key in OWN]
        assert [row[: len(OWN)] for row in grid(page)] == [wanted, [f"{word}又" if word else "" for word in wanted]], (
            what
        )
        told = page.inner_text("#pasted")
        assert "粘贴了 2 行" in told and [key for key in ("序号", "备注") if key in told] == [
            key for key in ("序号", "备注") if key in keys
        ], what


def test_what_a_list_lacks_is_put_in_where_it_is_seen_and_what_it_has_is_kept(at, page):
    page.goto(f"{at.partition('/s/')[0]}/new")
    copy(page, "单位名称\t单位代码\n甲局\t\n乙镇\t\n丙街道\t1102\n城乡建设局\t\n丁乡\t99")
    page.locator("[data-grid] tbody input").first.focus()
    page.keyboard.press("Control+V")
    page.click(".lacking summary")
    page.click("[data-complete]")
    assert "先填" in page.inner_text("#pasted") and grid(page)[0][0] == "", "nothing is guessed"
    page.get_by_label("地区", exact=True).fill("示例县")
    page.fill("[data-top]", "11")
    page.click("[data-complete]")
    page.wait_for_selector("#looked .good")
    assert [row[:4] for row in grid(page)] == [
        ["1101", "甲局", "部门", "11"], ["1103", "乙镇", "乡镇（街道）", "11"], ["1102", "丙街道", "乡镇（街道）", "11"],
        ["1104", "城乡建设局", "部门", "11"], ["99", "丁乡", "乡镇（街道）", "11"], ["11", "示例县", "县（市、区）", ""],
    ]  # fmt: skip
    assert "应报 5 家，汇总到 示例县" in page.inner_text("#looked")
    page.click("[data-complete]")
    page.wait_for_function("() => document.querySelector('#pasted').textContent.includes('补了 0 格')")


OWN_ROW = ["11", "示例县", "县（市、区）", ""]
OF_ITSELF = {
    "by its name": ("示例县\t\t\t", OWN_ROW),
    "by its name, first": ("示例县\t\t\t\n丙局\t\t\t", OWN_ROW),
    "its name with more": ("示例县人民政府（本级）\t\t\t", ["11", "示例县人民政府（本级）", *OWN_ROW[2:]]),
    "its name apart": ("示例 县\t\t\t", ["11", "示例 县", *OWN_ROW[2:]]),
    "its name and its level": ("示例县\t\t县（市、区）\t", OWN_ROW),
    "by its level alone": ("示例\t\t县（市、区）\t", ["11", "示例", *OWN_ROW[2:]]),
    "by its code, without level": ("县数据资源局\t11\t\t", ["11", "县数据资源局", *OWN_ROW[2:]]),
    "its code is another": ("示例县\t3411\t\t", None),
    "its code is another, by its level": ("示例\t3411\t县（市、区）\t", None),
    "one that begins so": ("示例县财政局\t\t\t", ["1102", "示例县财政局", "部门", "11"]),
}


def test_the_office_s_own_row_is_no_agency_of_its_own(at, page):
    for what, (row, wanted) in OF_ITSELF.items():
        page.goto(f"{at.partition('/s/')[0]}/new")
        page.get_by_label("地区", exact=True).fill("示例县")
        copy(page, f"单位名称\t单位代码\t层级\t上级代码\n甲局\t\t\t\n{row}\n")
        page.locator("[data-grid] tbody input").first.focus()
        page.keyboard.press("Control+V")
        before = grid(page)
        page.click(".lacking summary")
        page.fill("[data-top]", "11")
        for _ in range(2):
            page.click("[data-complete]")
        told, after = page.inner_text("#pasted"), grid(page)
        if wanted is None:
            assert after == before and "3411" in told and "请改一处" in told, what
            continue
        assert wanted in [line[:4] for line in after], (what, after)
        assert len(after) == len(before) + (what == "one that begins so"), what
        assert [line[0] for line in after].count("11") == 1 and sum(line[3] == "" for line in after) == 1, what
        page.wait_for_selector("#looked .good")
        assert "汇总到 " in page.inner_text("#looked"), what


def test_every_page_fits_a_screen_at_one_and_a_half_times_its_size(at, page):
    page.set_viewport_size({"width": 911, "height": 512})
    root = at.partition("/s/")[0]
    agency = page.locator(f".agencies a:has-text('{FEW['1103'].name}')").get_attribute("href")
    pages = (
        "/",
        "/new",
        "/forms/",
        "/forms/2021/",
        f"{root}{agency}",
        f"{root}{agency}beside",
        f"{at}summary/",
        f"{at}last/",
        at,
    )
    for there in pages:
        page.goto(there if there.startswith("http") else f"{root}{there}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), there


# ── two tabs ─────────────────────────────────────────────────────────────────


def test_a_tab_left_open_over_a_change_of_another_does_nothing_old(at, page, season):
    """A choice at one tab while the other shows two files; what the other then says is not done."""
    there = page.locator(f".agencies a:has-text('{FEW['1103'].name}')")
    go(page, there)
    page.on("dialog", lambda asked: asked.accept())
    other = page.context.new_page()
    other.goto(page.url)
    page.evaluate("() => document.getElementById('live').remove()")  # it hears of nothing
    received = season / "回收"
    save(received / "1103 三.xlsx", said("1103", more={EFFECTIVE: 5}))
    try:
        go(page, page.get_by_role("button", name="回收/1103.xlsx作数"))
        assert "情况有了变化" in page.inner_text("main") and not (season / "未采用").exists()
    finally:
        (received / "1103 三.xlsx").unlink()
        other.goto(at)
        other.wait_for_selector("text=2 份，")
        other.close()
