"""Who filed this: how agencies are named, who speaks in a text, and a form that another agency filled in, played through."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from making import filing, run, run_json, save, saved_at

from xltools.collection.check import check
from xltools.collection.decisions import Decision, Office
from xltools.collection.previous import read_previous
from xltools.collection.roster import read_roster
from xltools.collection.whose.names import Names, kind_of
from xltools.collection.whose.speakers import speakers
from xltools.editions import editions, form_of, load_form
from xltools.form.fields import Origin
from xltools.form.lexicon import Matter
from xltools.form.model import Agency
from xltools.workbook.write import write_filing

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

ROSTER = """单位代码,单位名称,层级,上级代码,联系人,电话
QH,云台县,县（市、区）,,,
QH-01,云台县人民政府办公室,部门,QH,赵一,0555-6000001
QH-02,云台县教育局,部门,QH,钱二,0555-6000002
QH-03,云台县住房和城乡建设局,部门,QH,孙三,0555-6000003
QH-04,云台县市场监督管理局,部门,QH,李四,0555-6000004
QH-05,云台县城市管理局,部门,QH,,
QH-06,云台县卫生健康委员会,部门,QH,,
QH-07,云台县经济开发区管理委员会,部门,QH,,
QH-11,柏树镇人民政府,乡镇,QH,,
QH-12,下坝乡人民政府,乡镇,QH,,
QH-13,西门街道办事处,乡镇,QH,,
"""
NAMED = dict(line.split(",")[:2] for line in ROSTER.splitlines()[2:])
NAMES = Names(NAMED, ["云台县"])
YEAR = 2023


def agency(code):
    return Agency(code, NAMED[code], "township" if code > "QH-10" else "department")


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("云台县住房和城乡建设局坚持", "QH-03"), ("住房城乡建设局", "QH-03"), ("县住建局", "QH-03"), ("住建局", "QH-03"),
        ("市监局", "QH-04"), ("县市场监管局", "QH-04"), ("云台县市监局", "QH-04"), ("县城管局", "QH-05"), ("城市管理局", "QH-05"),
        ("卫健委", "QH-06"), ("县卫生健康委", "QH-06"), ("县政府办", "QH-01"), ("县人民政府办公室", "QH-01"), ("县府办", "QH-01"),
        ("县政府办公室", "QH-01"), ("经开区管委会", "QH-07"), ("云台县经济开发区", "QH-07"), ("柏树镇", "QH-11"),
        ("柏树镇政府", "QH-11"), ("柏树镇人民政府", "QH-11"), ("下坝乡", "QH-12"), ("西门街道", "QH-13"), ("西门街道办", "QH-13"),
        ("西门办事处", "QH-13"), ("柏树镇政务公开队伍薄弱", "QH-11"), ("下坝乡围绕中心工作", "QH-12"), ("我县教育局", "QH-02"),
        ("云台县", None), ("市局", None), ("县局", None), ("柏树镇财政所", None), ("柏树镇中心学校", None), ("西门街道卫生院", None),
        ("建设局", None), ("本局", None), ("省市场监督管理局", None), ("县政府", None), ("办公室", None), ("局", None),
    ],
)  # fmt: skip
def test_an_agency_is_known_by_what_people_call_it(words, code):
    found = NAMES.at(words, 0)
    assert (found.code if found else None) == code


def test_a_name_within_another_is_not_found_and_what_fits_two_names_means_neither():
    assert [m.code for m in NAMES.within("由县城市管理局牵头")] == ["QH-05"]
    without = Names({code: name for code, name in NAMED.items() if code != "QH-05"}, ["云台县"])
    assert not list(without.within("由县城市管理局牵头"))  # 市管理局 would be 市场监督管理局
    two = Names({"1": "农业农村局", "2": "农业机械局", "3": "开发区", "4": "开发区教育局"})
    assert two.at("农业局", 0) is None and two.at("农业农村局", 0).code == "1"
    assert two.at("开发区教育局", 0).code == "4" and two.at("开发区财政局", 0) is None


def test_short_forms_need_no_prefix_on_the_roster():
    plain = Names({"1": "市场监督管理局", "2": "司法局", "3": "城东镇"})
    assert plain.at("市监局", 0).code == "1" and plain.at("县司法局", 0) is None
    prefixed = Names({"1": "县市场监督管理局", "2": "县司法局", "3": "县水利局", "4": "东镇"})
    assert prefixed.at("市监局", 0).code == "1" and prefixed.at("县司法局", 0).code == "2"
    assert prefixed.at("司法局", 0).code == "2"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("青山县教育局", "局"), ("县卫生健康委员会", "委"), ("柏树镇人民政府", "镇"), ("西门街道办事处", "街道"),
     ("县人民政府办公室", "办"), ("下坝乡", "乡"), ("县气象台", "")],
)  # fmt: skip
def test_what_an_agency_calls_itself(name, kind):
    assert kind_of(name) == kind


# ── speakers ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "县住建局",
        "本报告由云台县住房和城乡建设局编制。",
        "在开发区教育局的支持下",
        "我局收到申请3件。",
        "",
        "县",
        "住",
        "建局",
        "住房",
        "城东镇政府",
        "农业农村",
    ],
)
def test_where_no_name_may_be_none_is(text):
    here = [NAMES.at(text, at) for at in range(len(text))]
    assert NAMES.may_be_in(text) or not any(here)


def test_what_names_nobody_is_told_at_a_glance():
    assert not NAMES.may_be_in("总体情况，第 0 段。") and not NAMES.may_be_in("收到申请 3 件，均已答复。")


TITLE, MATTER = load_form("2021").title, load_form("2021").lexicon.matter


def spoken(text, opens=True, matter=MATTER):
    return {(code, speaker.plain) for speaker, code in speakers(text, NAMES, TITLE, YEAR, opens, matter)}


@pytest.mark.parametrize(
    "text",
    [
        "云台县住房和城乡建设局2023年政府信息公开工作年度报告",
        "本报告由县住建局编制，电子版可在网站下载。",
        "如对本报告有疑问，请与县住建局办公室联系。",
        "我局（云台县住建局）按照要求开展工作。",
        "县住房和城乡建设局（以下简称“我局”）认真履职。",
        "现将县住建局2023年政府信息公开工作有关情况报告如下。",
        "根据条例规定，住建局编制了本年度报告。",
    ],
)
def test_a_text_that_says_plainly_whose_it_is(text):
    assert ("QH-03", True) in spoken(text)


@pytest.mark.parametrize(
    "text",
    [
        "2023年，云台县住房和城乡建设局坚持应公开尽公开，公开信息30条。",
        "（一）主动公开。2023年，县住建局主动公开信息30条。",
        "一是住建局公开内容的时效性还需加强。",
        "为做好公开工作，县住建局制定了年度方案。",
        "一、主动公开　今年以来县住建局公开信息30条。",
    ],
)
def test_a_text_that_is_about_an_agency(text):
    assert ("QH-03", False) in spoken(text)


@pytest.mark.parametrize(
    "text",
    [
        "会同县住建局联合印发意见。",
        "县住建局牵头、我局配合，开展专项检查。",
        "县住建局印发要点，我局认真贯彻。",
        "县住建局、县市场监管局分别公开信息12条、8条。",
        "县住建局公开数量较多，县教育局次之。",
        "在县住建局的指导下，我局完善了目录。",
        "《县住建局2023年政府信息公开工作要点》印发后，及时传达。",
        "收到县住建局转来的申请1件。",
        "县住建局对我局的工作给予了支持。",
        "按照县住建局统一部署开展自查。",
        "转发了《县住建局2022年政府信息公开工作年度报告》。",
    ],
)
def test_an_agency_that_is_only_mentioned(text):
    assert not {code for code, _ in spoken(text)} & {"QH-03"}


SAFETY = Matter(about=("事故", "隐患"), doings=("安全生产", "隐患排查"), titles=("安全监管",))


@pytest.mark.parametrize("text, plain", [
    ("县住建局安全监管工作总结", True), ("云台县住建局2023年安全监管年报", True),
    ("2023年，县住建局排查隐患30处。", False), ("县住建局的安全生产形势总体平稳，事故下降。", False),
    ("县住建局的隐患排查不够深入。", False),
])  # fmt: skip
def test_a_return_on_another_matter_has_words_of_its_own(text, plain):
    assert ("QH-03", plain) in spoken(text, matter=SAFETY)
    assert plain or "的" not in text or not spoken(text), "which are none of this one's"


def test_the_words_of_a_matter_are_the_lexicon_s_where_the_form_is_about_it():
    assert all(load_form(name).lexicon.matter == MATTER for name in editions()) and "政务" in MATTER.about
    examples = Path(__file__).parent.parent / "examples"
    for path in examples.glob("*/格式/*.toml"):
        form = form_of(Origin(((path.name, path.read_text("utf-8")),)))
        assert form.lexicon.matter == Matter()
    assert "政务" not in Path(speakers.__code__.co_filename).read_text("utf-8")


# ── the case, played through ─────────────────────────────────────────────────

SECRET = "七千三百九十八"
"""Words of 住建局's texts that must reach nobody else."""


def papers(code, number, *, year=YEAR, form=None, name=None, last=None):
    """An agency's own return: figures, texts and names that are its own; on another agency's form, where that is given."""
    own, name = agency(code), name or NAMED[code]
    figures = {"requests.new.natural": number, "requests.granted.natural": number - 2, "requests.carried_out.natural": 2,
               "disclosure.licensing.handled": 0, "disclosure.normative.effective": number}  # fmt: skip
    known = filing().form.fields
    figures = {k: v for k, v in figures.items() if k in known}
    texts = {
        "overview": (f"（一）主动公开。{year}年，{name}坚持应公开尽公开，主动公开信息{SECRET if code == 'QH-03' else '若干'}条。",
                     "（二）依申请公开。全部按期答复。"),
        "problems": (f"一是{name}公开内容的时效性还需加强。",),
        "other": ("没有收取信息处理费，没有其他需要报告的事项。",),
    }  # fmt: skip
    signoff = {"compiler": f"甲{code[-1]}", "reviewer": f"乙{code[-1]}", "head": f"丙{code[-1]}",
               "date": f"{year + 1}-01-1{number % 9}", "phone": f"0555-60000{code[-2:]}"}  # fmt: skip
    made = filing(figures, year=year, agency=form or own, texts=texts, signoff=signoff)
    return made if last is None else replace(made, last=last)


def with_figures(made, figures):
    return replace(made, inputs={**made.inputs, **figures})


@pytest.fixture
def season(tmp_path):
    """住建局 filled 市监局's form; 市监局 filed right, and before it; the others filed too. 住建局's own form is missing."""
    save(tmp_path / "名录.csv", ROSTER)
    received = tmp_path / "回收"
    for number, code in enumerate(NAMED):
        if code != "QH-03":
            content = write_filing(papers(code, 10 + number))
            save(received / f"2023_{code}_{NAMED[code]}.xlsx", saved_at(content, f"2024-01-10T10:00:{number:02}Z"))
    wrong = write_filing(papers("QH-03", 73, form=agency("QH-04")))
    save(received / "住建局.xlsx", saved_at(wrong, "2024-01-20T10:00:00Z"))
    return tmp_path


def doubts(told):
    return [f for one in told["filings"] for f in one["findings"] if f["code"] == "agency-doubtful" and f["open"]]


@pytest.mark.parametrize("prefer", [(), ("--prefer", "newest")], ids=["as it is", "newest"])
def test_the_form_that_another_filled_is_a_query_and_time_does_not_decide(season, prefer):
    told = run_json("check", "回收", "--roster", "名录.csv", "--json", *prefer, cwd=season, status=1)
    [doubt] = doubts(told)
    assert doubt["severity"] == "query" and doubt["file"] == "回收/住建局.xlsx"
    for words in ("云台县市场监督管理局（QH-04）", "云台县住房和城乡建设局（QH-03）", "“一、总体情况”A5", "没有报来"):
        assert words in doubt["message"]
    [twice] = [f for f in told["findings"] if f["code"] == "agency-duplicate"]
    assert twice["severity"] == "error" and "--prefer" not in twice["remedy"] and "空白表" in twice["remedy"]
    assert "云台县住房和城乡建设局" in twice["message"] and "云台县市场监督管理局" in twice["message"]
    accepted = {one["agency"]["code"] for one in told["filings"] if one["accepted"]}
    assert accepted == set(NAMED) - {"QH-03", "QH-04"}


def test_alone_too_it_is_not_accepted(season):
    for path in (season / "回收").iterdir():
        if path.name != "住建局.xlsx":
            path.unlink()
    told = run_json("check", "回收", "--roster", "名录.csv", "--json", cwd=season)
    assert len(doubts(told)) == 1 and told["counts"]["accepted"] == 0


@pytest.mark.parametrize("options", [(), ("--prefer", "newest"), ("--include-queried",)], ids=str)
@pytest.mark.parametrize("alone", [False, True], ids=["both", "alone"])
def test_nothing_of_it_is_counted(season, options, alone):
    """The right figure: what the other agencies filed, and nothing of the doubtful file's 73."""
    if alone:
        (season / "回收" / f"2023_QH-04_{NAMED['QH-04']}.xlsx").unlink()
    told = run_json(
        "merge", "回收", "--roster", "名录.csv", "-o", "汇总.xlsx", "--json", *options, cwd=season, status=1
    )
    right = sum(10 + number for number, code in enumerate(NAMED) if code not in ("QH-03", "QH-04"))
    assert told["summary"]["values"]["requests.new.natural"] == right
    assert told["summary"]["accepted"] == len(NAMED) - 2


def words_of(path):
    """All words of a slip."""
    if path.suffix == ".txt":
        return path.read_text("utf-8")
    document = Document(path)
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_slips_go_to_both_in_words_alone(season):
    run("check", "回收", "--roster", "名录.csv", "--prefer", "newest", "--slips", "退回", cwd=season)
    found = {path.name: path for path in (season / "退回").iterdir()}
    to = {code: [p for name, p in found.items() if name.startswith(code)] for code in NAMED}
    assert [len(to[code]) for code in ("QH-03", "QH-04")] == [1, 1] and not any(
        p.suffix == ".xlsx" for p in found.values()
    )
    filler, owner = words_of(to["QH-03"][0]), words_of(to["QH-04"][0])
    assert NAMED["QH-04"] in filler and "2023_QH-03_云台县住房和城乡建设局.xlsx" in filler and "重新填报" in filler
    assert NAMED["QH-03"] in owner and f"2023_QH-04_{NAMED['QH-04']}.xlsx" in owner and "没有计入" in owner
    for words in map(words_of, found.values()):
        for private in (SECRET, "73", "甲3", "乙3", "丙3", "6000003", "住建局.xlsx"):
            assert private not in words
    told = words_of(found["催报与退改.txt"])
    assert f"应报 {len(NAMED)} 家：通过 {len(NAMED) - 2} 家，重复 1 家，没有报 1 家。" in told
    assert "用了发给云台县市场监督管理局的表" in told


def test_the_right_return_gets_its_own_slip_still(season):
    wrong = with_figures(papers("QH-04", 14), {"requests.new.natural": 99})
    save(season / "回收" / f"2023_QH-04_{NAMED['QH-04']}.xlsx", write_filing(wrong))
    run("check", "回收", "--roster", "名录.csv", "--slips", "退回", cwd=season)
    copies = [p.name for p in (season / "退回").glob("*.xlsx")]
    assert copies == [f"QH-04_{NAMED['QH-04']}_请更正.xlsx"]
    assert SECRET not in words_of(season / "退回" / f"QH-04_{NAMED['QH-04']}_退回单.docx")


def test_the_office_can_settle_it_and_then_it_counts(season):
    (season / "回收" / f"2023_QH-04_{NAMED['QH-04']}.xlsx").unlink()
    roster = read_roster(season / "名录.csv")
    decision = Decision(2, "QH-04", "agency-doubtful", "王五", "2024-01-25", "两局合署办公，确是市监局的数")
    collection = check([season / "回收"], roster, office=Office("办理记录.xlsx", (decision,)))
    assert collection.counted["QH-04"].accepted and collection.counted["QH-04"].doubt is None


@pytest.mark.parametrize(
    ("words", "settled"),
    [
        ("两局合署办公，确是市监局的数", True), ("电话问过李四，是本局填的，文字借用了别处的", True),
        ("县市场监管局来函确认是它自己填的", True), ("电话问过，是县住建局错用了表，已让它重报", False),
        ("住房和城乡建设局填的", False), ("云台县住建局用的市监局的表", False), ("问过了，他们拿错了表，已通知", False),
        ("张三 1月20日 了解：县 住建局 误填", False), ("确属误用，已经请对方改正", False),
    ],
)  # fmt: skip
def test_a_decision_that_it_was_the_other_agency_does_not_let_its_figures_in(season, words, settled):
    (season / "回收" / f"2023_QH-04_{NAMED['QH-04']}.xlsx").unlink()
    decision = Decision(2, "QH-04", "agency-doubtful", "王五", "2024-01-25", words)
    roster = read_roster(season / "名录.csv")
    collection = check([season / "回收"], roster, office=Office("办理记录.xlsx", (decision,)))
    received = collection.counted["QH-04"]
    unused = [f.message for f in received.findings if f.code == "decision-unusable"]
    assert received.accepted is settled and (received.doubt is None) is settled and bool(unused) is not settled
    assert all("移出" in told and NAMED["QH-03"] in told and NAMED["QH-04"] in told for told in unused)


# ── several files of one agency ──────────────────────────────────────────────


def two(tmp_path, old, new, *options, status=0):
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "回收" / "先.xlsx", saved_at(write_filing(old), "2024-01-10T10:00:00Z"))
    save(tmp_path / "回收" / "后.xlsx", saved_at(write_filing(new), "2024-01-20T10:00:00Z"))
    told = run_json(
        "check", "回收", "--roster", "名录.csv", "--prefer", "newest", "--json", *options, cwd=tmp_path, status=status
    )
    return next(f for f in told["findings"] if f["code"] == "agency-duplicate")


def test_files_with_nothing_in_common_are_not_a_correction(tmp_path):
    """Nobody is named in the texts; but not one signature, text or figure is the same."""
    old, new = papers("QH-04", 14, name="我局"), papers("QH-03", 73, form=agency("QH-04"), name="我局")
    new = replace(new, texts={part: tuple(f"另一种写法，第{n}段。" for n in range(3)) for part in new.texts})
    found = two(tmp_path, old, new, "--slips", "退回", status=1)
    assert found["severity"] == "error" and "--prefer" not in found["remedy"] and "不像一个单位" in found["message"]
    assert not list((tmp_path / "退回").glob("*.xlsx"))
    [slip] = (tmp_path / "退回").glob("QH-04*")
    assert "先.xlsx" in words_of(slip) and "后.xlsx" in words_of(slip) and "73" not in words_of(slip)


@pytest.mark.parametrize("kept", ["signoff", "texts", "figures"])
def test_a_correction_keeps_something_and_the_newest_counts(tmp_path, kept):
    old, new = papers("QH-04", 14), papers("QH-04", 14 if kept == "figures" else 15)
    other = papers("QH-03", 73)
    if kept != "signoff":
        new = replace(new, signoff=other.signoff | {"phone": "0555-7777777"})
    if kept != "texts":
        new = replace(new, texts={part: (f"云台县市场监督管理局换了写法，{part}。",) for part in new.texts})
    if kept != "figures":
        fives = {name: 5 for name in new.inputs if name.startswith(("requests.new", "requests.granted"))}
        new = with_figures(new, {**fives, "requests.carried_out.natural": 0})
    assert two(tmp_path, old, new)["severity"] == "note"


def test_several_files_are_told_in_one_slip_and_only_the_latest_is_marked(tmp_path):
    old, new = (with_figures(papers("QH-04", n), {"requests.granted.natural": 1}) for n in (14, 15))
    save(tmp_path / "名录.csv", ROSTER)
    for name, one, time in (("先", old, "10"), ("后", new, "20")):
        save(tmp_path / "回收" / f"{name}.xlsx", saved_at(write_filing(one), f"2024-01-{time}T10:00:00Z"))
    run("check", "回收", "--roster", "名录.csv", "--slips", "退回", cwd=tmp_path)
    names = sorted(p.name for p in (tmp_path / "退回").iterdir())
    assert len([n for n in names if n.endswith("请更正.xlsx")]) == 1 and len([n for n in names if "退回单" in n]) == 2
    notice = next(words_of(p) for p in (tmp_path / "退回").iterdir() if "报来几份" in p.name)
    assert "“先.xlsx”、“后.xlsx”" in notice or "“后.xlsx”、“先.xlsx”" in notice
    assert "“后.xlsx”是最后保存的" in notice
    told = words_of(tmp_path / "退回" / "催报与退改.txt")
    assert "重复 1 家" in told and told.count("云台县市场监督管理局：") == 1


def test_the_letter_of_the_file_that_counts_names_the_others(tmp_path):
    old, new = papers("QH-04", 14), with_figures(papers("QH-04", 15), {"requests.granted.natural": 1})
    two(tmp_path, old, new, "--slips", "退回", status=1)
    [letter] = (tmp_path / "退回").glob("*.docx")
    assert "2 份表" in words_of(letter) and "以最后保存的“后.xlsx”为准" in words_of(letter)


def test_a_stray_file_is_no_agency(tmp_path):
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "回收" / "QH-02.xlsx", papers("QH-02", 12))
    save(tmp_path / "回收" / "外县.xlsx", filing(agency=Agency("ZZ-1", "外县水利局", "department")))
    save(tmp_path / "回收" / "联系人.xlsx", "不是工作簿")
    run("check", "回收", "--roster", "名录.csv", "--slips", "退回", cwd=tmp_path)
    told = words_of(tmp_path / "退回" / "催报与退改.txt")
    assert f"应报 {len(NAMED)} 家：通过 1 家，没有报 {len(NAMED) - 1} 家。" in told
    assert "外县水利局" not in told and "联系人.xlsx" not in told


# ── each carrier ─────────────────────────────────────────────────────────────


def judged(tmp_path, one, name="表.xlsx", previous=(), came=()):
    """The codes about identity of a file, among others that came."""
    save(tmp_path / "名录.csv", ROSTER)
    roster = read_roster(tmp_path / "名录.csv")
    save(tmp_path / "回收" / name, one)
    for code in came:
        save(tmp_path / "回收" / f"{code}.xlsx", papers(code, 12))
    for last in previous:
        save(tmp_path / "上年" / f"{last.agency.code}.xlsx", last)
    known = read_previous([tmp_path / "上年"], roster) if previous else None
    collection = check([tmp_path / "回收"], roster, previous=known)
    told = next(r for r in collection.received if r.path.name == name).findings
    return {f.code: f for f in told if f.code in ("agency-doubtful", "agency-hinted", "file-named-otherwise")}


def nameless(code, number=20, **signoff):
    made = papers(code, number, name="我局")
    texts = dict.fromkeys(made.texts, ("写了一段。", "又写了一段。"))
    return replace(made, texts=texts, signoff=made.signoff | {"compiler": "外人", "phone": "0555-7000000"} | signoff)


@pytest.mark.parametrize(
    "name", ["住建局.xlsx", "QH-03.xlsx", "云台县住房和城乡建设局（终稿）.xlsx", "2023年度县住建局报表.xlsx"]
)
def test_a_file_s_name_alone_is_a_note(tmp_path, name):
    assert set(judged(tmp_path, nameless("QH-04"), name)) == {"file-named-otherwise"}


@pytest.mark.parametrize(
    "name",
    ["表.xlsx", "市监局.xlsx", "市监局报县住建局.xlsx", "县水利局.xlsx", "2023_QH-04_云台县市场监督管理局.xlsx"],
)
def test_a_file_s_name_that_says_nothing(tmp_path, name):
    assert not judged(tmp_path, nameless("QH-04"), name)


def test_a_telephone_alone_is_a_note_and_with_the_file_s_name_a_query(tmp_path):
    signed = nameless("QH-04", phone="0555 6000003")
    found = judged(tmp_path, signed)
    assert set(found) == {"agency-hinted"} and "6000003" not in found["agency-hinted"].message
    found = judged(tmp_path, signed, "住建局.xlsx")
    assert set(found) == {"agency-doubtful"} and found["agency-doubtful"].sheet == "封面"
    assert "6000003" not in found["agency-doubtful"].message


def test_what_the_form_s_own_agency_signed_speaks_for_it(tmp_path):
    assert set(judged(tmp_path, nameless("QH-04", phone="0555-6000004"), "住建局.xlsx")) == {"file-named-otherwise"}
    named = papers("QH-04", 14)
    named = replace(named, signoff={**named.signoff, "phone": "0555-6000003"})
    assert "agency-doubtful" not in judged(tmp_path, named, "住建局.xlsx")


def rich(number):
    """Figures of an agency that has many, none alike with those of another number."""
    names = [f.id for f in filing().form.inputs if f.type == "count"]
    return {name: (n * number * 7) % 97 + number for n, name in enumerate(names)}


def follower(code, number, form=None):
    """A return whose figures go on from last year's ``rich(number)``."""
    last, now = rich(number), {name: value + (value > 50) for name, value in rich(number).items()}
    for kind in ("rules", "normative"):
        base = f"disclosure.{kind}"
        now |= {f"{base}.issued": 1, f"{base}.repealed": 0, f"{base}.effective": last[f"{base}.effective"] + 1}
    now |= {name: last[name.replace("carried_in", "carried_out")] for name in now if ".carried_in." in name}
    made = nameless(code)
    return replace(made, agency=form or made.agency, inputs={**made.inputs, **now})


def last_year(code, number):
    return filing(rich(number), year=YEAR - 1, agency=agency(code))


def test_figures_that_go_on_from_another_s_last_year(tmp_path):
    lasts = [last_year(code, number) for number, code in enumerate(NAMED, 3)]
    number = 3 + list(NAMED).index("QH-03")
    found = judged(tmp_path, follower("QH-03", number, agency("QH-04")), previous=lasts)
    assert found["agency-doubtful"].detail["other_code"] == "QH-03" and "上年数" in found["agency-doubtful"].message


@pytest.mark.parametrize("code", list(NAMED)[:5])
def test_figures_that_go_on_from_their_own(tmp_path, code):
    lasts = [last_year(other, number) for number, other in enumerate(NAMED, 3)]
    assert not judged(tmp_path, follower(code, 3 + list(NAMED).index(code)), previous=lasts)


def test_an_office_that_reports_on_its_bureaus_is_no_doubt(tmp_path):
    office = papers("QH-01", 20)
    named = tuple(f"{NAMED[code]}公开信息{n}条。" for n, code in enumerate(NAMED) if code != "QH-01")
    office = replace(office, texts={**office.texts, "overview": office.texts["overview"] + named})
    assert "agency-doubtful" not in judged(tmp_path, office, came=list(NAMED)[5:])


# ── measured ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("styles", ["seen", "held out", "fresh"])
def test_most_are_found_and_hardly_an_honest_one_is_alarmed(styles):
    """A small run of ``benchmarks/whose_form.py``, floors, not the goal."""
    from random import Random

    from whose_form import alarm, found, honest, wrong

    random = Random(f"{styles} test")
    assert sum(found(wrong(random, styles)) for _ in range(60)) >= 52
    assert sum(bool(alarm(honest(random, styles))) for _ in range(150)) <= 1
