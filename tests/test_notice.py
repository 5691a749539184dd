"""A made-up notice of 2027 as its drawing says it: issued after 2026's season, filled in, checked, merged, reported, read back."""

import re

import openpyxl
import pytest
from drawn import SHARED, definition, drawn
from making import run, save

import xltools
from xltools.editions.shelves import FORMS

NOTICE = SHARED / "2027.toml"
pytestmark = pytest.mark.skipif(not NOTICE.is_file(), reason="the made-up notice lies beside the checkout only")
NAMES = "单位代码,单位名称,层级,上级代码\n1,示例县,county,\n11,甲局,department,1\n12,乙镇,township,1\n"
TEXTS = {
    "overview": "全年新收政府信息公开申请{new}件，上年结转{carried}件，办结{done}件，结转下年度{left}件。",
    "problems": "主要问题是主动公开还不够及时，下一步健全制度、加强培训。",
    "other": "本年没有收取信息处理费。",
}


def values(n, carried, foreign):
    """What an agency fills in: so many applications, all told in every place that speaks of them."""
    done = n + carried - 2
    figures = {"requests.new.natural": n, "requests.granted.natural": done, "requests.carried_out.natural": 2,
               "disclosure.licensing.decisions": 100 + n, "disclosure.fees.amount": 3.25}  # fmt: skip
    texts = {k: t.format(new=n + foreign, carried=carried, done=done + foreign, left=2) for k, t in TEXTS.items()}
    return figures, texts


def sent(folder, year, **more):
    """Every blank of the folder filled in and sent."""
    for n, blank in enumerate(sorted((folder / "下发").glob("*.xlsx")), 5):
        carried = xltools.read(blank).filing.inputs.get("requests.carried_in.natural") or 0
        figures, texts = values(n, carried, more.get("requests.new.foreign", 0))
        form = xltools.read(blank).filing.form
        given = {
            "values": figures | more,
            "texts": texts,
            "declared_zero": [s.id for s in form.table_sections],
            "signoff": {"compiler": "示例", "reviewer": "示例", "head": "示例", "date": f"{year + 1}-01-12"},
        }
        xltools.fill(blank, given, folder / "回收" / blank.name)


def season(folder, year, after=None):
    words = ["init", folder, "--year", year, "--force", *(["--after", after] if after else [])]
    done = run(*words)
    assert done.returncode == 0, done.stderr
    if after is None:
        save(folder / "名录.csv", NAMES)
        (folder / "名录.xlsx").unlink()
        save(folder / "xltools.toml", (folder / "xltools.toml").read_text("utf-8").replace("名录.xlsx", "名录.csv"))


def answered_new(drawing, places):
    """Says on 对照 that the lines asked for are new, as the office does that has read the notice."""
    assert len(places) == 10
    book = openpyxl.load_workbook(drawing)
    sheet = book["对照"]
    for number, (of, cell) in enumerate(places, sheet.max_row + 1):
        for column, words in enumerate((sheet["A2"].value, f"='{of}'!{cell}", "新增"), 1):
            sheet.cell(number, column).value = words
    book.save(drawing)


@pytest.fixture
def summary(tmp_path, monkeypatch):
    """The summary of 2027, its season played after 2026's, the new form made of nothing but the drawing."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    last, here = tmp_path / "2026年度", tmp_path / "2027年度"
    season(last, 2026)
    monkeypatch.chdir(last)
    assert run("blank").returncode == 0
    sent(last, 2026)
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert run("merge").returncode == 0
    (here / FORMS).mkdir(parents=True)
    monkeypatch.chdir(here)
    drawing = drawn(definition(NOTICE), tmp_path)
    asked = run("forms", "new", drawing, "-o", FORMS)
    assert asked.returncode == 1 and not any((here / FORMS).iterdir())
    told = re.findall(r"“([^”]+)”([A-Z]+[0-9]+)：\S+　(.*?)：与 [0-9]+ 版的对照里没有说怎么来的", asked.stderr)
    answered_new(
        drawing,
        [(of, cell) for of, first, words in told for cell in re.findall(r"（([A-Z]+[0-9]+)）", words) or [first]],
    )
    done = run("forms", "new", drawing, "-o", FORMS)
    assert done.returncode == 0, done.stderr
    season(here, 2027, after=last)
    done = run("blank")
    assert done.returncode == 0, done.stderr
    sent(here, 2027, **{"requests.new.foreign": 3, "requests.granted.foreign": 3, "disputes.compensation.upheld": 1,
                        "disclosure.policy.effective": 4})  # fmt: skip
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert run("merge").returncode == 0
    [path] = (here / "汇总").glob("*.xlsx")
    return path


def test_every_figure_is_where_the_notice_wants_it(summary):
    told = xltools.export(summary).to_json()
    assert told["edition"] == "2027" and len(told["values"]) == 242
    assert told["values"]["requests.new.total"] == 5 + 6 + 2 * 3
    assert told["values"]["requests.carried_in.natural"] == 4, "carried over from 2026, though the form is another"
    assert told["values"]["disputes.compensation.total"] == 2


def test_this_year_stands_beside_last_year(summary):
    rows = {}
    for row in openpyxl.load_workbook(summary, data_only=True)["同比"].iter_rows(values_only=True):
        rows.setdefault(row[0], row[1:4])
    assert rows["本年新收"] == (17, 11, 6) and rows["结转下年度"] == (4, 4, 0)
    assert [row[1] for words, row in rows.items() if words and "其他政策文件" in words] == [0] * 3, (
        "new: none last year"
    )


def test_a_slip_is_found_in_the_new_form_as_in_the_old(summary):
    home = summary.parent.parent
    file = sorted((home / "回收").glob("*.xlsx"))[0]
    xltools.fill(file, {"values": {"requests.granted.foreign": 9}}, home / "错.xlsx")
    found = {
        f.rule for f in xltools.check([home / "错.xlsx"]).collection.received[0].findings if f.code == "rule-failed"
    }
    assert "requests.balance.foreign" in found


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_the_report_read_back_differs_in_nothing(summary, tmp_path, ending):
    report = tmp_path / f"报告.{ending}"
    assert run("report", summary, "-o", report).returncode == 0
    back = xltools.import_report(report, tmp_path / "回.xlsx", code="1", level="county")
    assert back.items[0].output, back.items[0].findings
    one, other = (xltools.export(path).to_json()["values"] for path in (summary, tmp_path / "回.xlsx"))
    different = {name: (v, other[name]) for name, v in one.items() if (v or 0) != (other[name] or 0)}
    assert different == {} and len(one) == 242
