"""The page of a check: what it says is what JSON says, its links lead somewhere, and nothing in it is more than text."""

import base64
import hashlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html
from making import BUREAU, filing, run, run_json, save
from test_levels import ABOVE, BUREAU_OF_CITY, OWN, county_summary
from test_season import AGENCIES, AUTHORITY, EFFECTIVE, WHY, Folder, rows, said

from xltools.collection.check import check
from xltools.collection.roster import Entry, Roster, read_roster
from xltools.collection.states import Standing, standings
from xltools.form.model import Agency
from xltools.form.standing import STATES
from xltools.pages.outcome import Outcome
from xltools.season.ahead import next_step
from xltools.slips import write_slips
from xltools.workbook.write import write_filing

PAGE = "审核情况.html"
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}{% for x in y %}", "&lt;b&gt;&amp;", "\"'><a href='x'>",
    "看\u202e反了", "零\u200b宽", "停\u2066止\u2069", "铃\x07响", "</style><script>x</script>", "]]><!--",
    "javascript:x",
]  # fmt: skip


def page_of(folder):
    return html.fromstring((folder / PAGE).read_text("utf-8"))


def words(element):
    return " ".join(element.text_content().split())


@pytest.fixture
def season(tmp_path):
    """A working folder: one good, one explained, one wrong, one to be asked about, one missing, one file that is none of ours."""
    made = Folder(tmp_path / "季")
    made.roster(rows(list(AGENCIES.values())[:5]))
    made.receive(**{"1101": said("1101"), "1102": said("1102", more={EFFECTIVE: 1}, explanations={AUTHORITY: WHY}),
                    "1103": said("1103", more={"requests.new.natural": 900}), "1104": said("1104", more={EFFECTIVE: 1})})  # fmt: skip
    save(made.home / "回收" / "联系人.xlsx", "不是工作簿")
    return made


def test_it_is_written_at_each_check_beside_what_goes_back(season):
    done = run("check", cwd=season.home)
    assert PAGE in done.stdout and (season.home / PAGE).is_file()
    first = (season.home / PAGE).read_bytes()
    season.receive(**{"1103": said("1103")})
    told = json.loads(run("check", "--json", cwd=season.home).stdout)
    assert Path(told["page"]).name == PAGE and (season.home / PAGE).read_bytes() != first
    page = page_of(season.home)
    assert "更正 1 家" in words(page) and "退回 → 通过" in words(page) and "上次审核" in words(page)


def test_a_run_over_part_of_the_folder_leaves_it_alone(season):
    run("check", cwd=season.home)
    before = (season.home / PAGE).read_bytes()
    run("check", "回收/1101.xlsx", cwd=season.home)
    assert (season.home / PAGE).read_bytes() == before


def test_it_says_what_json_says(season):
    told = json.loads(run("check", "--json", cwd=season.home).stdout)
    page = page_of(season.home)
    tally = {li.find("span").text: int(li.find("b").text) for li in page.xpath("//ul[@class='tally']/li")[1:]}
    assert tally == Counter(STATES[a["state"]] for a in told["agencies"])
    table = page.xpath("//table[@class='agencies']/tbody/tr")
    assert {row[6].text: row[0].text_content() for row in table} == {a["code"]: a["name"] for a in told["agencies"]}
    shown = words(page)
    for found in (f for file in told["filings"] for f in file["findings"]):
        if found["severity"] != "note" and found["open"]:
            assert found["remedy"] in shown and (found["cell"] or "") in shown
            for figure in (found["actual"], found["expected"]):
                assert figure is None or str(figure) in shown
    assert WHY in shown and "已说明" in shown, "what is settled stays to be seen"
    assert "没能作为填报表审核的文件" in shown


def test_names_come_first_and_ids_last(season):
    run("check", cwd=season.home)
    heads = [[words(th) for th in table.xpath(".//thead//th")] for table in page_of(season.home).xpath("//table")]
    assert heads[0][0] == "单位" and heads[0][-1] == "代码"
    assert {head[-1] for head in heads[1:]} == {"怎么办"}
    for cell in page_of(season.home).xpath("//table[contains(@class, 'found')]//td[last()]"):
        assert words(cell).split("编号 ")[1]


def test_links_lead_to_what_is_there(season):
    run("check", cwd=season.home)
    page = page_of(season.home)
    links = [a.get("href") for a in page.iter("a")]
    files = {unquote(link) for link in links if not link.startswith("#")}
    assert all((season.home / name).is_file() for name in files)
    assert {Path(name).parent.name for name in files} == {"回收", "退回"}
    assert {name for name in files if "退回/" in name} == {
        f"退回/{path.name}" for path in (season.home / "退回").iterdir()}  # fmt: skip
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links if link.startswith("#"))
    own = [tr for tr in page.xpath("//table[@class='agencies']//tr") if AGENCIES["1103"].name in words(tr)]
    assert [words(a) for a in own[0].xpath("td[5]//a")] == ["退回单", "标注的表"]


def test_elsewhere_the_links_lead_there_too(tmp_path):
    save(tmp_path / "收" / "甲 局#1?.xlsx", filing({"requests.new.natural": 5}))
    (tmp_path / "看").mkdir()
    done = run("check", "收", "--slips", "退", "-o", "看/情况.html", cwd=tmp_path)
    assert done.returncode == 1 and "看/情况.html" in done.stdout
    page = html.fromstring((tmp_path / "看" / "情况.html").read_text("utf-8"))
    files = [unquote(a.get("href")) for a in page.iter("a") if not a.get("href").startswith("#")]
    assert len(files) >= 4 and all((tmp_path / "看" / name).is_file() for name in files)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_text_says_is_text(tmp_path, hostile):
    """Texts and explanations, a file's name where the system lets it: shown whole, and nothing but shown."""
    name = os.fsencode(re.sub(r"[/\x00-\x1f\ud800-\udfff]", "_", hostile)[:40]).decode("utf-8", "replace")
    texts = {"overview": ("概况如下。",), "problems": (hostile,)}
    path = save(tmp_path / f"{name}.xlsx", filing({"requests.new.natural": 5, EFFECTIVE: 1}, texts=texts,
                                                  explanations={AUTHORITY: f"因为{hostile}，已核对。"}))  # fmt: skip
    collection = check([path], Roster((Entry(Agency("11", "示例县", "county")), Entry(BUREAU, "11"))))
    made = Outcome(collection, write_slips(collection, tmp_path / "退")).picture(tmp_path / PAGE).page("今天").decode()
    plain = Outcome(check([save(tmp_path / "平" / "甲.xlsx", filing({"requests.new.natural": 5}))]))
    tags = {
        e.tag
        for e in html.fromstring(plain.picture(tmp_path / PAGE).page("今天").decode()).iter()
        if isinstance(e.tag, str)
    }
    page = html.fromstring(made)
    assert {e.tag for e in page.iter() if isinstance(e.tag, str)} <= tags | {"ul", "li", "details", "summary", "br"}
    assert not page.xpath("//script | //img | //iframe | //*[@onerror or @onclick or @style]")
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\ud800-\udfff]", made)
    assert "49" not in re.findall(r"因为(.*?)，已核对", made)
    assert not [a for a in page.iter("a") if re.match(r"[^/#]*:|//", a.get("href"))], "no address but a path"


def test_a_name_that_is_no_text_is_shown_and_led_to(tmp_path):
    try:
        path = save(tmp_path / os.fsdecode(b"\xff\xe5.xlsx"), filing({"requests.new.natural": 5}))
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    page = html.fromstring(Outcome(check([path])).picture(tmp_path / PAGE).page("今天").decode())
    assert "%FF%E5.xlsx" in {a.get("href") for a in page.iter("a")} and "\ufffd\ufffd.xlsx" in words(page)


def test_it_needs_nothing_from_anywhere(season):
    run("check", cwd=season.home)
    made = (season.home / PAGE).read_text("utf-8")
    page = html.fromstring(made)
    assert not page.xpath("//script | //link | //img | //@src | //@style")
    assert not re.search(r"https?:|url\(|@import", made)
    style = re.search(r"<style>(.*?)</style>", made, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_where_it_goes_is_settled_first(tmp_path):
    save(tmp_path / "收" / "甲.xlsx", filing())
    wrong = run("check", "收", "-o", "情况.pdf", cwd=tmp_path)
    assert wrong.returncode == 2 and ".html" in wrong.stderr
    save(tmp_path / "情况.html", "我写的")
    there = run("check", "收", "-o", "情况.html", cwd=tmp_path)
    assert (
        there.returncode == 2 and "--force" in there.stderr and (tmp_path / "情况.html").read_text("utf-8") == "我写的"
    )
    assert run("check", "收", "-o", "情况.html", "--force", cwd=tmp_path).returncode in (0, 1)
    assert "审核情况" in (tmp_path / "情况.html").read_text("utf-8")
    assert run_json("check", "--json", "收", "-o", "收/看.html", cwd=tmp_path)["page"] == "收/看.html"
    again = run_json("check", "--json", "收", "-o", "收/看.html", "--force", cwd=tmp_path)
    assert not [f for f in again["findings"] if f["code"] == "file-skipped"], "its own page is nobody's filing"


def test_a_folder_that_takes_no_page_stops_nothing(season):
    (season.home / PAGE).mkdir()
    done = run("check", cwd=season.home)
    assert done.returncode == 1 and "审核情况没有写" in done.stderr


def test_the_same_check_makes_the_same_page(season):
    collection = check([season.home / "回收"])
    place = season.home / "看.html"
    assert Outcome(collection).picture(place).page("今天") == Outcome(check([season.home / "回收"])).picture(
        place
    ).page("今天")


STEPS = [
    ({}, "还没有收到"), ({"accepted": 3}, "全部通过，可以汇总了。"), ({"missing": 2}, "催 2 家报送。"),
    ({"returned": 2, "accepted": 1}, "请 2 家改正或者说明后重新报送。"),
    ({"queried": 2}, "请 2 家改正或者说明后重新报送；这些只是要核实的"),
    ({"returned": 1, "duplicate": 1, "queried": 1}, "请 3 家改正或者说明后重新报送；其中 1 家只有要核实的"),
    ({"returned": 1, "missing": 4}, "请 1 家改正或者说明后重新报送；再催 4 家报送。"),
]  # fmt: skip


@pytest.mark.parametrize(("counts", "said"), STEPS)
def test_what_comes_next_is_one_sentence(counts, said):
    agencies = [Standing(Entry(BUREAU), state) for state, n in counts.items() for _ in range(n)]
    sentence = next_step(agencies, slips=False)
    assert said in sentence and sentence.count("。") == 1 and sentence.endswith("。")


def test_a_summarys_agencies_stand_in_one_line_a_state(tmp_path):
    save(tmp_path / "收" / "市局.xlsx", write_filing(BUREAU_OF_CITY))
    save(tmp_path / "收" / "县.xlsx", county_summary(said=OWN[:2]))
    collection = check([tmp_path / "收"], read_roster(save(tmp_path / "名录.csv", ABOVE)))
    page = html.fromstring(Outcome(collection).picture(tmp_path / PAGE).page("今天").decode())
    agencies = [told for told in standings(collection) if told.via]
    lines = [tr for tr in page.xpath("//table[@class='agencies']/tbody/tr") if "的汇总里" in words(tr)]
    assert len(lines) == len({told.state for told in agencies}) and len(agencies) > len(lines)
    for tr in lines:
        those = [told.entry.agency.name for told in agencies if STATES[told.state] in words(tr[1])]
        assert f"的汇总里 {len(those)} 家" in words(tr[0]) and "、".join(those) in words(tr[0])
    tally = [int(b.text) for b in page.xpath("//ul[@class='tally']/li/b")]
    assert tally[0] == sum(tally[1:]) == len(standings(collection))
