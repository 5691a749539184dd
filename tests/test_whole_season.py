"""A county's season with the mistakes that people make, from the first blank to the summary that the city accepts without a word.

Sixteen agencies; last year's filings are known. The states are compared after every step.
"""

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from lxml import html
from making import altered, cell_of, filing, resaved, run, save, signoff_in, written
from test_archives import raw
from test_season import COUNTY, Folder, rows

from xltools.editions import load_form
from xltools.form.model import Agency
from xltools.form.standing import STATES
from xltools.received.read import read_file
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

YEAR = 2025
OLD_FORMAT = Path(__file__).parent / "data" / "season" / "1106.xls"
"""A right filing of 1106, saved by LibreOffice as .xls."""
FORM = load_form("2021")
NAMES = ("政府办公室", "发展和改革局", "教育体育局", "公安局", "民政局", "财政局", "水利局", "农业农村局", "审计局",
         "住房和城乡建设局", "市场监督管理局", "统计局", "东山镇", "西河镇", "南坪镇", "北岭镇")  # fmt: skip
AGENCIES = {
    f"11{n:02}": Agency(f"11{n:02}", f"示例县{name}" if n < 13 else name, "department" if n < 13 else "township")
    for n, name in enumerate(NAMES, 1)
}
CARRIED, ISSUED, EFFECTIVE = (
    "requests.carried_in.natural",
    "disclosure.normative.issued",
    "disclosure.normative.effective",
)
CARRY, IN_FORCE = "requests.carry.natural", "disclosure.normative.effective"
WHY = "去年漏登记一件，今年补上，有登记簿可查。"
PHONE = "打电话问过，三件失效文件去年没有清理，今年一并清理。"


def texts(agency, year, received):
    return {
        "overview": (f"{agency.name}{year}年全年新收政府信息公开申请{received}件，都在期限内办结。",),
        "problems": ("个别栏目更新不够及时，已经明确专人负责，每月检查。",),
        "other": ("无",),
    }


def last_year(code):
    n = int(code[2:])
    figures = {
        "disclosure.normative.effective": 20 + 2 * n,
        "disclosure.licensing.decisions": 137 * n,
        "requests.new.natural": n + 1,
        "requests.granted.natural": n,
        "requests.carried_out.natural": 1,
    }
    return filing(figures, year=YEAR - 1, agency=AGENCIES[code])


def this_year(code, more=None, **facts):
    """An agency's right filing of the year, as it fits last year's; ``more`` are figures that are otherwise."""
    agency, n = AGENCIES[code], int(code[2:])
    figures = {
        ISSUED: 1,
        EFFECTIVE: 21 + 2 * n,
        "disclosure.licensing.decisions": 137 * n + 11,
        CARRIED: 1,
        "requests.new.natural": n + 2,
        "requests.granted.natural": n + 3,
    } | (more or {})
    own = {"texts": texts(agency, YEAR, figures["requests.new.natural"]),
           "signoff": {**signoff_in(YEAR), "compiler": f"填报人{n}", "head": f"负责人{n}", "phone": f"0999-70000{n:02}"}}  # fmt: skip
    made, last = filing(figures, year=YEAR, agency=agency, **{**own, **facts}), last_year(code).values
    return made.follow({f.id: last[f.id] for f in FORM.inputs}, "上年的表")


def said(code, more=None, **facts):
    return written(this_year(code, more, **facts))


def named(folder, code):
    """The workbook that goes back to an agency."""
    [path] = [p for p in (folder.home / "退回").iterdir() if p.name.startswith(code) and p.suffix == ".xlsx"]
    return path


def states(told):
    """The states of the agencies in a run's JSON: sixteen of them."""
    found = {one["code"]: one["state"] for one in told["agencies"]}
    assert set(found) == set(AGENCIES)
    return found


def expect(county, told, **other):
    """All are accepted but those that are told otherwise; JSON, page, chat text and 上报情况 say the same, and add up."""
    right = dict.fromkeys(AGENCIES, "accepted") | {code: state for state, codes in other.items() for code in codes}
    assert states(told) == right
    counts = Counter(STATES[state] for state in right.values())
    assert sum(counts.values()) == len(AGENCIES)
    if "page" in told:
        assert on_page(county) == (counts, {code: STATES[state] for code, state in right.items()})
        head = chat(county).splitlines()[1]
        assert head.startswith("应报 16 家：")
        assert {words: int(n) for words, n in re.findall(r"(\w+) (\d+) 家", head.partition("：")[2])} == counts
    else:
        members = read_file(summary_of(county)).filing.members
        assert {m.agency.code: m.state for m in members} == right


def on_page(county):
    """The page's counts, and the state it shows of each agency."""
    page = html.fromstring((county.home / "审核情况.html").read_text("utf-8"))
    tally = {li.find("span").text: int(li.find("b").text) for li in page.xpath("//ul[@class='tally']/li")[1:]}
    rows = page.xpath("//table[@class='agencies']/tbody/tr")
    shown = {row.xpath("string(td[last()])").strip(): row.xpath("string(td[1])").strip() for row in rows}
    return Counter({words: n for words, n in tally.items() if n}), shown


def chat(folder):
    return (folder.home / "退回" / "催报与退改.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """The folders of county and city, last year's filings beside them."""
    root = tmp_path_factory.mktemp("季")
    for code in AGENCIES:
        save(root / "2024" / f"{code}.xlsx", last_year(code))
    county = Folder(root / "县", YEAR)
    county.roster(rows(AGENCIES.values()))
    county.setting("previous", "../2024")
    city = Folder(root / "市", YEAR)
    office = Agency("1001", "示例市政府办公室", "department")
    above = [("10", "示例市", LEVELS["city"], "", "", "", ""), (*_row(office), "", "", ""), (*_row(COUNTY), "", "", "")]
    above += [(a.code, a.name, LEVELS[a.level], COUNTY.code, "", "", "") for a in AGENCIES.values()]
    city.roster(above)
    city.receive(
        市政府办公室=write_filing(
            filing({"requests.new.natural": 1, "requests.granted.natural": 1}, year=YEAR, agency=office)
        )
    )
    return county, city


def _row(agency):
    return agency.code, agency.name, LEVELS[agency.level], "10"


def test_the_whole_season(season):
    county, city = season
    blanks(county)
    first_returns(county)
    corrections(county)
    sent_twice(county)
    settled(county)
    a_wrong_word(county)
    the_city_gets_it_unsigned(county, city)
    written_wrongly(county, city)
    accepted_above(county, city)
    a_late_correction(county, city)


def blanks(county):
    assert run("blank", cwd=county.home).returncode == 0
    made = {p.name: read_file(p).filing for p in (county.home / "下发").iterdir()}
    assert len(made) == 16 and {f.inputs[CARRIED] for f in made.values()} == {1}
    told = county.check(status=0)
    expect(county, told, missing=AGENCIES)


def first_returns(county):
    """What comes in: right, explained, queried, wrong, on another's form, of last year, zipped, packed, typed over, strange."""
    right = {code: said(code) for code in ("1101", "1102", "1103", "1104", "1105", "1111")}
    county.receive(**right)
    county.receive(**{
        "1107": said("1107", {CARRIED: 2, "requests.granted.natural": 11}, explanations={CARRY: WHY}),
        "1108": said("1108", {EFFECTIVE: 34}),
        "1109": said("1109", {"requests.granted.natural": 3}),
        "示例县住房和城乡建设局": write_filing(replace(this_year("1110"), agency=AGENCIES["1111"])),
        "1112": write_filing(replace(this_year("1112"), year=YEAR - 1, form=FORM)),
        "1114": altered(said("1114"), *total_typed_over()),
        "9901": write_filing(filing(year=YEAR, agency=Agency("9901", "开发区管委会", "department"))),
    })  # fmt: skip
    save(county.home / "回收" / "南坪.zip", raw(("1113 东山镇.xlsx".encode("gbk"), said("1113"))))
    save(county.home / "回收" / "1106.xls", OLD_FORMAT.read_bytes())
    save(county.home / "回收" / "南坪镇报来的表.xlsx", of_its_own_making())
    save(county.home / "回收" / "西河.rar", b"Rar!\x1a\x07\x01\x00")
    save(county.home / "回收" / "通知附件：联系人表.xlsx", b"no workbook")
    save(county.home / "回收" / "北岭镇年度报告.docx", b"PK")
    told = county.check(status=1)
    expect(county, told, queried=["1106", "1108"], returned=["1109", "1112", "1114"], duplicate=["1111"],
           missing=["1110", "1115", "1116"])  # fmt: skip
    found = {f["code"] for one in told["filings"] for f in one["findings"]} | {f["code"] for f in told["findings"]}
    assert {
        "agency-doubtful",
        "agency-unknown",
        "year-other",
        "total-overwritten",
        "file-packed",
        "file-skipped",
        "form-not-audited",
    } <= found
    head = chat(county).splitlines()[1]
    assert head.startswith("应报 16 家：通过 7 家") and "开发区" not in chat(county).partition("另外：")[0]
    back = {p.name.partition("_")[0] for p in (county.home / "退回").iterdir()}
    assert "通知附件：联系人表" not in back and "南坪镇报来的表" in back, "what nobody sent goes back to nobody"
    newest = county.check("--prefer", "newest", status=1)
    assert states(newest)["1111"] != "accepted", "time does not decide between two agencies' files"


def of_its_own_making():
    """A table that an agency drew itself."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(("南坪镇", "新收", 17))
    book.save(out)
    return out.getvalue()


def total_typed_over():
    sheet, cell = cell_of(FORM, "requests.new.total")
    return sheet, {cell: 99}


def fill_in(book, filing):
    """Types a filing's texts and sign-off into a workbook."""
    for section in FORM.text_sections:
        book[section.sheet]["A5"] = filing.texts[section.id][0]
    for row, words in enumerate(filing.signoff.values(), 12):
        book["封面"][f"C{row}"] = words


def corrections(county):
    """The marked copies come back beside the originals; the wrong form is taken out; the office settles one by telephone."""
    sheet, cell = cell_of(FORM, "requests.granted.natural")
    county.receive(
        **{"1109 请更正": resaved(named(county, "1109").read_bytes(), lambda book: book[sheet].__setitem__(cell, 12))}
    )
    kept = read_file(named(county, "1106")).filing
    assert kept.values == this_year("1106").values, "nor of an old format"
    county.receive(
        **{"1106 更正": resaved(named(county, "1106").read_bytes(), lambda book: fill_in(book, this_year("1106")))}
    )
    back = read_file(named(county, "1112")).filing
    assert back.year == YEAR and back.values["requests.new.natural"] == 14, "nothing has to be typed again"
    county.receive(
        **{"1112 更正": resaved(named(county, "1112").read_bytes(), lambda book: fill_in(book, this_year("1112")))}
    )
    county.receive(**{"1114 请更正": resaved(named(county, "1114").read_bytes())})
    (county.home / "回收" / "示例县住房和城乡建设局.xlsx").unlink()
    county.receive(**{"1110": said("1110"), "1115": said("1115")})
    for name in ("9901.xlsx", "通知附件：联系人表.xlsx", "南坪镇报来的表.xlsx"):
        (county.home / "回收" / name).unlink()
    county.decide(["1108", "示例县农业农村局", IN_FORCE, "李主任", f"{YEAR + 1}-01-20", PHONE])
    told = county.check(status=1)  # the packed file is still there
    assert "previous-missing" not in {f["code"] for f in told["findings"]}, (
        "a form of last year is no agency without one"
    )
    expect(county, told, missing=["1116"])
    left = {p.name for p in (county.home / "退回").iterdir() if p.is_file()}
    assert left == {"催报与退改.txt"}, "what is settled was put away"
    assert len(list((county.home / "退回" / "已了结").iterdir())) >= 6


def sent_twice(county):
    """Two different filings of one agency: none counts until one of them is gone."""
    county.receive(**{"1103 再报": said("1103", {ISSUED: 2, EFFECTIVE: 28})})
    expect(county, county.check(status=1), duplicate=["1103"], missing=["1116"])
    assert "2 份" in chat(county)
    (county.home / "回收" / "1103 再报.xlsx").unlink()
    expect(county, county.check(status=1), missing=["1116"])


def settled(county):
    """The last one arrives: sixteen of sixteen, and what two of them explained is said by the summary itself."""
    for name in ("西河.rar", "北岭镇年度报告.docx"):
        (county.home / "回收" / name).unlink()
    county.receive(**{"1116": said("1116")})
    told = county.merge()
    expect(county, told)
    expect(county, county.check(status=0))
    summary = told["summary"]
    assert (summary["accepted"], summary["agencies"]) == (16, 16)
    closed = {f["rule"]: f["closed"]["words"] for f in summary["findings"] if f["severity"] == "query"}
    assert closed == {
        CARRY: f"示例县水利局：{WHY.rstrip('。')}",
        IN_FORCE: f"示例县农业农村局（本级已核实）：李主任，{YEAR + 1}-01-20，{PHONE.rstrip('。')}",
    }
    assert "文字、签字还有 4 项" in summary["unsettled"], "what is left is the county's own part, and is said at once"


def summary_of(county):
    [path] = (county.home / "汇总").iterdir()
    return path


def a_wrong_word(county):
    before = summary_of(county).read_bytes()
    for wrong in (
        "merge 下发",
        "merge 汇总",
        "merge 回收/1101.xlsx",
        "merge 回手",
        "check 名录.xlsx",
        "merge --name 示例现 --code 11 --level county",
    ):
        assert run(*wrong.split(), cwd=county.home).returncode == 2, wrong
    assert summary_of(county).read_bytes() == before


def above(county, city, status=0):
    """The city's states, with the county's summary as it now is."""
    city.receive(县汇总表=summary_of(county).read_bytes())
    told = city.check(status=status)
    return {one["code"]: one["state"] for one in told["agencies"]}, told


def the_city_gets_it_unsigned(county, city):
    found, told = above(county, city)
    assert found == {"1001": "accepted"} | dict.fromkeys(AGENCIES, "queried")
    asked = [f for one in told["filings"] for f in one["findings"] if f["open"] and f["severity"] == "query"]
    assert {f["code"] for f in asked} == {"text-empty", "signoff-missing"} and {f["agency"]["name"] for f in asked} == {
        "示例县"
    }


def write_own(county, received):
    """What the county writes and signs in its summary, in a spreadsheet program."""

    people = {
        "compiler": "周一",
        "reviewer": "吴二",
        "head": "郑三",
        "date": f"{YEAR + 1}-01-28",
        "phone": "0999-7000000",
    }
    own = replace(this_year("1101"), texts=texts(COUNTY, YEAR, received), signoff=people)
    save(summary_of(county), resaved(summary_of(county).read_bytes(), lambda book: fill_in(book, own)))


def report(county):
    return run("report", summary_of(county).relative_to(county.home), "-o", "年度报告.html", "--force", cwd=county.home)


def written_wrongly(county, city):
    write_own(county, 999)
    done = report(county)
    assert done.returncode == 0 and "草稿，不要公布" in done.stderr and "999" in done.stderr
    found, told = above(county, city)
    assert set(found.values()) == {"accepted", "queried"}
    [asked] = [f for one in told["filings"] for f in one["findings"] if f["open"] and f["severity"] == "query"]
    assert (asked["code"], asked["actual"], asked["expected"]) == ("text-differs", 999, 168)


def accepted_above(county, city):
    """Sixteen of sixteen settled, signed, and consistent: accepted by the city without another word."""
    write_own(county, 168)
    done = report(county)
    assert (done.returncode, done.stderr) == (0, "")
    found, told = above(county, city)
    assert found == {"1001": "accepted"} | dict.fromkeys(AGENCIES, "accepted")
    assert not [f for one in told["filings"] for f in one["findings"] if f["open"] and f["severity"] != "note"]
    whole = city.merge()["summary"]
    assert (whole["accepted"], whole["agencies"], whole["status"]) == (17, 17, "17/17 家，全部收齐")
    assert whole["values"]["requests.new.natural"] == 169
    again = county.merge()["summary"]
    assert "签字" in again["kept"] and "重新签" not in again["kept"] and again["unsettled"] == ""


def a_late_correction(county, city):
    """A figure changes: the signature falls, the texts are wrong now, and the city is asked to wait."""
    county.receive(**{"1101": said("1101", {"requests.new.natural": 4, "requests.granted.natural": 5})})
    told = county.merge()
    expect(county, told)
    assert "重新签" in told["summary"]["kept"]
    assert {f["code"] for f in told["summary"]["findings"] if f["severity"] == "note" and f["open"]} >= {
        "text-differs",
        "signoff-missing",
    }
    assert read_file(summary_of(county)).filing.signoff["head"] == "郑三"
    found, _ = above(county, city)
    assert found["1101"] == "queried"
    write_own(county, 169)
    found, _ = above(county, city)
    assert set(found.values()) == {"accepted"}
