"""The desk in Chromium and in Firefox: a whole season by mouse and keyboard, every page without a fault that axe finds; and five
hundred agencies."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec

import pytest
from desk_client import Client
from making import resaved, run, save
from test_archives import raw
from test_season import COUNTY, Folder, rows
from test_whole_season import (
    AGENCIES,
    CARRIED,
    EFFECTIVE,
    FORM,
    YEAR,
    cell_of,
    fill_in,
    last_year,
    said,
    texts,
    this_year,
)

from xltools.desk import desktop as desktop_module
from xltools.received.read import read_file
from xltools.terms import LEVELS
from xltools.workbook.copies import Plates
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.browser
MANDATORY = os.environ.get("XLTOOLS_BROWSER") == "1"
BROWSERS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "firefox": ("firefox-esr", "firefox")}
"""The system's own browsers, under the names that systems give them."""

DRIVEN = {
    "chromium": {"args": ["--no-sandbox"]},
    "firefox": {"channel": "moz-firefox", "firefox_user_prefs": {"browser.download.alwaysOpenPanel": False}},
}
"""How each is driven: a Firefox by what it speaks itself (WebDriver BiDi), for none is of playwright's own making; its list of
downloads would open over the page, and keys would go there."""

PHONE = "打电话问过，三件失效文件去年没有清理，今年一并清理。"


def program(name):
    return next(filter(None, map(shutil.which, BROWSERS[name])), None)


def lacking(*names):
    for name in names:
        if program(name) is None:
            return f"there is no {name}"
    gone = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    return f"{gone[0]} is not installed" if gone else ""


@pytest.fixture(scope="module", params=BROWSERS)
def browser(request):
    name = request.param
    if reason := lacking(name):
        (pytest.fail if MANDATORY else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = getattr(play, name).launch(executable_path=program(name), **DRIVEN[name])
        yield made
        made.close()


def desk_over(folder, data):
    """The desk as its own process over a folder; its address."""
    environment = {**os.environ, "XDG_DATA_HOME": str(data), "PYTHONUTF8": "1"}
    words = [sys.executable, "-m", "xltools", "desk", str(folder), "--no-browser"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.fixture
def desk(tmp_path):
    """The desk over an empty folder."""
    (tmp_path / "年报").mkdir()
    yield from desk_over(tmp_path / "年报", tmp_path / "data")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    made = context.new_page()
    made.faults = []
    made.on("console", lambda said: said.type == "error" and made.faults.append(said.text))
    made.on("pageerror", lambda problem: made.faults.append(str(problem)))
    yield made
    assert made.faults == []
    context.close()


def good(page, what):
    """Nothing that axe finds, nothing that reaches beyond the screen's width."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"iframes": False}).response["violations"]  # a report looked at may run no script
    assert found == [], f"{what}: " + "; ".join(f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{what} is too wide"


def go(page, where, key=""):
    """Clicked, or pressed by a key, until the page that it leads to is there."""
    with page.expect_navigation():
        where.press(key) if key else where.click()


def settle(page):
    page.wait_for_selector(".task.running", state="detached", timeout=60_000)


def states(page):
    """The state of each agency by its code, asked of the browser at once: Firefox takes its time for every question."""
    return dict(
        page.evaluate(
            """() => Array.from(document.querySelectorAll(".agencies tbody tr"), row =>
                [row.querySelector("td.code").innerText.trim(), row.querySelector(".state").innerText.trim()])"""
        )
    )


def wait_states(page, **other):
    """Waits until every agency has passed but those told otherwise, by state."""
    wanted = dict.fromkeys(AGENCIES, "通过") | {code: state for state, codes in other.items() for code in codes}
    until, found = time.monotonic() + 90, {}
    while time.monotonic() < until:
        try:
            found = states(page)
        except Exception:  # the table was just being replaced
            found = {}
        if found == wanted:
            return
        time.sleep(0.3)
    assert found == wanted, page.inner_text("main")[:800]


def given(tmp_path, files):
    """Files as they lie on the clerk's own disk."""
    for name, content in files.items():
        save(tmp_path / "送来" / name, content)
    return [str(tmp_path / "送来" / name) for name in files]


def send(page, paths):
    """Chosen by the button, as a clerk does."""
    with page.expect_file_chooser() as chosen:
        page.click("[data-pick=files]")
    chosen.value.set_files(paths)


def drop(page, paths):
    """Dropped on the page."""
    import base64
    from pathlib import Path

    files = [{"name": Path(p).name, "data": base64.b64encode(Path(p).read_bytes()).decode()} for p in paths]
    handle = page.evaluate_handle(
        """files => {
            const carried = new DataTransfer();
            for (const one of files)
                carried.items.add(new File([Uint8Array.from(atob(one.data), c => c.charCodeAt(0))], one.name));
            return carried;
        }""",
        files,
    )
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": handle})


def copy(page, words):
    """Copied by the keyboard, as out of Excel."""
    page.evaluate(
        """words => {
            const sheet = document.body.appendChild(document.createElement("textarea"));
            sheet.value = words;
            sheet.select();
        }""",
        words,
    )
    page.keyboard.press("Control+C")
    page.evaluate("() => document.querySelector('body > textarea').remove()")


def new_season(page, tmp_path):
    """A roster pasted from Excel, last year's filings chosen, all by keyboard but for the files."""
    go(page, page.get_by_role("link", name="新建一季"), "Enter")
    good(page, "new")
    page.get_by_label("地区", exact=True).fill("示例县")
    page.get_by_label("报告年度").fill(str(YEAR))
    page.get_by_label("报送期限").fill(f"{YEAR + 1}-01-20")
    page.set_input_files(
        "input[name=previous]", given(tmp_path, {f"上年{c}.xlsx": write_filing(last_year(c)) for c in AGENCIES})
    )
    lines = [
        ("11", COUNTY.name, LEVELS["county"], ""),
        *((a.code, a.name, LEVELS[a.level], "11") for a in AGENCIES.values()),
    ]
    pasted = "\n".join(map("\t".join, [("单位代码", "单位名称", "层级", "上级代码"), *lines]))
    copy(page, pasted)
    page.locator("[data-grid] tbody input").first.focus()
    page.keyboard.press("Control+V")
    page.wait_for_function("() => document.querySelectorAll('[data-grid] tbody tr').length === 17")
    page.get_by_role("button", name="看看名录对不对").press("Enter")
    page.wait_for_selector("#looked .good")
    assert "应报 16 家，汇总到 示例县" in page.inner_text("#looked")
    go(page, page.get_by_role("button", name="建好，生成空白表"), "Enter")
    page.wait_for_selector(".agencies", timeout=60_000)
    wait_states(page, 没有报=AGENCIES)
    good(page, "season, empty")


def first_returns(page, tmp_path):
    """Right ones, two of them zipped by Chinese Windows, one to be asked about, one wrong, one on another's form; by button, by
    drop, and by themselves."""
    right = [c for c in AGENCIES if c not in ("1108", "1109", "1110", "1111", "1116")]
    send(page, given(tmp_path, {f"{c}.xlsx": said(c) for c in right[:6]}))
    wait_states(page, 没有报=[c for c in AGENCIES if c not in right[:6]])
    wrong = {"1108.xlsx": said("1108", {EFFECTIVE: 34}), "1109.xlsx": said("1109", {"requests.granted.natural": 3})}
    zipped = raw(*((f"{c} {AGENCIES[c].name}.xlsx".encode("gbk"), said(c)) for c in right[-2:]))
    drop(page, given(tmp_path, {**{f"{c}.xlsx": said(c) for c in right[6:-2]}, "两镇.zip": zipped, **wrong}))
    wait_states(page, 没有报=["1110", "1111", "1116"], 待核实=["1108"], 退回=["1109"])
    received = tmp_path / "年报" / f"{YEAR}年度_示例县" / "回收"
    save(received / "1111.xlsx", said("1111"))
    save(received / "示例县住房和城乡建设局.xlsx", write_filing(replace(this_year("1110"), agency=AGENCIES["1111"])))
    wait_states(page, 没有报=["1110", "1116"], 待核实=["1108"], 退回=["1109"], 重复=["1111"])
    good(page, "season, mixed")
    assert "接下来" in page.inner_text(".do") and "11/16" in page.inner_text(".count").replace("\n", "")


def corrections(page, tmp_path):
    """The wrong one is sent back and corrected on its marked copy; one of two is chosen; a query is settled by telephone."""
    go(page, page.get_by_role("link", name=AGENCIES["1109"].name))
    good(page, "agency, returned")
    sheet, cell = cell_of(FORM, "requests.granted.natural")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载标注的表").click()
    marked = tmp_path / "标注.xlsx"
    got.value.save_as(marked)
    go(page, page.get_by_role("link", name="← 各单位"), "Enter")
    mended = resaved(marked.read_bytes(), lambda book: book[sheet].__setitem__(cell, 12))
    send(page, given(tmp_path, {"1109 更正.xlsx": mended, "1116.xlsx": said("1116")}))
    wait_states(page, 没有报=["1110"], 待核实=["1108"], 重复=["1111"])
    go(page, page.get_by_role("link", name=AGENCIES["1111"].name))
    good(page, "agency, twice")
    go(page, page.get_by_role("link", name="并排看两份有什么不同"))
    good(page, "beside")
    assert {"13", "12"} <= set(page.inner_text(".beside").split())
    page.on("dialog", lambda asked: asked.accept())
    go(page, page.get_by_role("button", name="回收/1111.xlsx作数"))
    go(page, page.get_by_role("link", name="← 各单位"))
    wait_states(page, 没有报=["1110"], 待核实=["1108"])
    send(page, given(tmp_path, {"1110.xlsx": said("1110")}))
    wait_states(page, 待核实=["1108"])
    go(page, page.get_by_role("link", name=AGENCIES["1108"].name), "Enter")
    page.get_by_label("经办人").fill("李主任")
    page.get_by_label("处理情况").fill(PHONE)
    go(page, page.get_by_label("处理情况"), "Enter")
    go(page, page.get_by_role("link", name="← 各单位"))
    wait_states(page)
    good(page, "season, whole")


def summed_up(page, tmp_path):
    """The summary, its numbers led to agencies, the county's own words written in Excel, the report, the package."""
    go(page, page.get_by_role("link", name="汇总", exact=True), "Enter")
    good(page, "summary, none")
    go(page, page.get_by_role("button", name="汇总", exact=True), "Enter")
    page.wait_for_selector(".task.done", timeout=60_000)
    page.reload()
    good(page, "summary")
    cell = page.locator("td[id='f-requests.new.natural'] button")
    total = sum(this_year(c).values["requests.new.natural"] for c in AGENCIES)
    assert cell.inner_text() == str(total)
    cell.press("Enter")
    page.wait_for_selector("#parts table")
    assert page.locator("#parts tbody tr").count() == 16
    good(page, "summary, parts")
    assert "草稿" in page.inner_text(".warn")
    [book] = (tmp_path / "年报" / f"{YEAR}年度_示例县" / "汇总").glob("*_汇总表.xlsx")
    people = {
        "compiler": "周一",
        "reviewer": "吴二",
        "head": "郑三",
        "date": f"{YEAR + 1}-01-28",
        "phone": "0999-7000000",
    }
    own = replace(this_year("1101"), texts=texts(COUNTY, YEAR, total), signoff=people)
    save(book, resaved(book.read_bytes(), lambda sheets: fill_in(sheets, own)))
    page.reload()
    assert "齐了" in page.inner_text("main") or page.locator(".warn").count()
    for name, made in (("写年度报告", "_年度报告.docx"), ("打包上报", "_上报.zip")):
        go(page, page.get_by_role("button", name=name), "Enter")
        page.wait_for_selector(".task.done", timeout=60_000)
        settle(page)
        page.reload()
        assert made in page.inner_text("main")
    go(page, page.get_by_role("link", name="预览年度报告"))
    assert f"{COUNTY.name}{YEAR}年" in page.frame_locator("iframe.preview").locator("h1").inner_text().replace("\n", "")
    good(page, "preview")
    assert read_file(book).filing.values[CARRIED] == 16


def test_a_whole_season_by_mouse_and_keyboard(desk, page, tmp_path):
    page.goto(desk)
    good(page, "seasons, none")
    new_season(page, tmp_path)
    first_returns(page, tmp_path)
    corrections(page, tmp_path)
    summed_up(page, tmp_path)
    for name, what in (("上年报告", "last"), ("表式", "forms"), ("全部", "seasons")):
        go(page, page.get_by_role("navigation").get_by_role("link", name=name))
        good(page, what)
    page.goto(f"{desk.partition('/?')[0]}/forms/2021/")
    good(page, "form")
    page.goto(f"{desk.partition('/?')[0]}/forms/?old=2019&new=2021")
    good(page, "forms, compared")
    page.get_by_role("button", name="退出").click()
    page.wait_for_selector("text=已经退出")
    good(page, "ended")


def test_the_keyboard_reaches_everything_and_is_seen(desk, page):
    page.goto(desk)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.textContent.trim()"))
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        where = page.evaluate("() => document.hasFocus() ? document.activeElement.localName : ''")
        assert outline != "none" or where in ("", "body"), where
    assert {"新建一季", "表式", "全部", "退出"} <= reached


def test_without_the_cookie_the_page_says_where_to_come_in(desk, browser):
    page = browser.new_page()
    assert page.goto(desk.partition("?")[0]).status == 403 and "请从程序写出的网址进来" in page.inner_text("main")
    page.close()


# ── five hundred agencies ────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A city of five hundred, of which some are wrong, some are missing. It takes its time, and is made where a browser is tried."""
    if reason := lacking():
        (pytest.fail if MANDATORY else pytest.skip)(reason)
    from xltools.form.model import Agency

    made = Folder(tmp_path_factory.mktemp("大") / "季", 2025)
    agencies = [Agency(f"11{n:03}", f"第{n}局", "department") for n in range(1, 501)]
    made.roster(rows(agencies))
    plate, plates = this_year("1101"), Plates()
    for n, agency in enumerate(agencies[:480]):
        inputs = {**plate.inputs, "requests.new.natural": n if n % 9 == 0 else plate.inputs["requests.new.natural"]}
        content = plates.write(
            replace(plate, agency=agency, inputs=inputs, last={}, last_source="", last_verified=False)
        )
        save(made.home / "回收" / f"{agency.code}.xlsx", content)
    assert run("merge", "--json", cwd=made.home).returncode == 1
    return made.home


def test_every_page_of_five_hundred_takes_less_than_three_tenths_of_a_second(large, monkeypatch, tmp_path, capsys):
    """Of this process's own time, once the check is done; no browser is needed."""
    monkeypatch.setattr(desktop_module, "_kept", lambda: tmp_path / "recent.json")
    client = Client(large)
    opened = client.season
    season, at = f"/s/{opened.id}/", client.agency
    own = ("", "live?v=0&page=season", "summary/", "summary/part?field=requests.new.natural", "last/")
    pages = [
        *(f"{season}{page}" for page in own),
        *map(at, ("11001", "11010", "11500")),
        "/",
        "/new",
        "/forms/",
        "/forms/2021/",
    ]
    for path in pages:
        client.get(path)  # templates are read once, the summary too
        began = time.process_time()
        assert client.get(path).status_code == 200
        took = time.process_time() - began
        with capsys.disabled():
            print(f"  {took:.3f} s {path.replace(opened.id, '…')}")
        assert took < 0.3, path
