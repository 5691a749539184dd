"""Text against tables: what sentences give, what differs, and above all what is left alone because it is not sure."""

import json
import re
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import BUREAU, SMALL, checked, filing, form_of, told

from xltools.collection.explanations import close_explained
from xltools.editions import edition_for, load_form
from xltools.editions.source import Definition
from xltools.editions.wordbook import read_lexicon
from xltools.errors import FormError
from xltools.figures import printed
from xltools.form.model import Agency
from xltools.rules.prose.reading import QUOTED, Reader
from xltools.workbook.write import write_filing

DATA = Path(__file__).parent / "data"
REPORTS = Path(__file__).parents[2] / "shared" / "domain" / "reports"
PUBLISHED = REPORTS / "sentences.json"

PRECISION, RECALL = 0.98, 0.9


def labelled(name):
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))["sentence"]


def said(text, year=2023, agency=BUREAU.name, edition=None):
    """What a text gives: the likeliest quantity of each mention, with its printed figure."""
    mentions, _ = Reader(load_form(edition or edition_for(year)).lexicon, year, agency).read(text)
    return {m.quantities[0].id: float(printed(m.figure, m.quantities[0].type)) for m in mentions}


def scored(name, pairs):
    """Precision and recall over pairs of what is read and what is labelled; printed, with what went wrong."""
    right = read = wanted = 0
    wrong = []
    for text, got, label in pairs:
        want = {key: float(value) for key, value in label.items()}
        right += sum(want.get(key) == value for key, value in got.items())
        read, wanted = read + len(got), wanted + len(want)
        if got != want:
            wrong.append((text[:30], got, want))
    precision, recall = right / read, right / wanted
    print(f"{name}: {len(pairs)} sentences, {wanted} figures; precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= PRECISION and recall >= RECALL, wrong


@pytest.mark.parametrize("name", ["sentences", "sentences-held-out"])
def test_labelled_sentences(name):
    rows = labelled(name)
    pairs = [
        (r["text"], said(r["text"], r.get("year", 2023), r.get("agency", BUREAU.name), r.get("edition")), r["finds"])
        for r in rows
    ]
    scored(name, pairs)


def test_there_are_sentences_enough_and_half_of_them_are_traps():
    rows = labelled("sentences")
    traps = [r for r in rows if not r["finds"]]
    assert len(rows) >= 60 and len(traps) * 2 >= len(rows) - 6 and len(labelled("sentences-held-out")) >= 20


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published sentences lie beside the checkout only")
def test_published_sentences():
    rows = json.loads(PUBLISHED.read_text("utf-8"))
    labels = labelled("sentences-published")
    pairs = [
        (r["text"], said(r["text"], r["year"], r["agency"]), label["finds"])
        for r, label in zip(rows, labels, strict=True)
    ]
    scored("published", pairs)


@pytest.mark.skipif(not REPORTS.exists(), reason="the published reports lie beside the checkout only")
def test_a_published_report_gives_no_false_finding():
    """One town's whole text for 2020, whose tables are noughts: it tells of a month of 2013, and of nothing else."""
    lines = (REPORTS / "wulanhua-2020.txt").read_text("utf-8").splitlines()
    paragraphs = tuple(line.strip() for line in lines if line.strip())
    found = prose({"overview": paragraphs}, year=2020, agency=Agency("1", "乌兰花镇人民政府", "township"))
    assert [(f.rule, f.detail["quote"]) for f in found] == [("text.year", "截至2013年12月中旬")]


# ── what a finding says ──────────────────────────────────────────────────────

FIGURES = {
    "requests.new.natural": 45, "requests.new.business": 6, "requests.carried_in.natural": 2,
    "requests.granted.natural": 30, "requests.granted.business": 6, "requests.denied.state_secret.natural": 3,
    "requests.denied.process.natural": 9, "requests.carried_out.natural": 5,
    "disputes.review.upheld": 150, "disputes.review.other": 20, "disputes.direct.upheld": 70, "disputes.after_review.other": 7,
    "disclosure.fees.amount": 2_277_820_00, "disclosure.licensing.decisions": 12_034,
}  # fmt: skip


def prose(texts, figures=None, **more):
    """The findings of the text rules on a filing; its other parts say something."""
    one = filing(figures, **more)
    one = replace(one, texts={**one.texts, **texts})
    return [f for f in told(one) if (f.rule or "").startswith("text.")]


def of(text, **more):
    return prose({"overview": (text,)}, FIGURES, **more)


def test_a_figure_that_differs_is_told_with_both_figures_and_both_places():
    [reviews, lawsuits] = of("写在前面。因政府信息公开引发的行政复议134件，行政诉讼57件。")
    assert (reviews.rule, reviews.actual, reviews.expected, reviews.severity) == ("text.reviews", 134, 170, "query")
    assert (lawsuits.rule, lawsuits.actual, lawsuits.expected) == ("text.lawsuits", 57, 77)
    assert (reviews.sheet, reviews.cell, reviews.field) == ("一、总体情况", "A5", "disputes.review.total")
    for words in ("“一、总体情况”A5", "134", "170", "相差 36", "“四、复议诉讼”", "因政府信息公开引发的行政复议134件"):
        assert words in reviews.message
    assert "写在前面" not in reviews.message
    assert set(lawsuits.related) == {i.id for i in filing().form.inputs_of("disputes") if "review." not in i.id[9:16]}


@pytest.mark.parametrize(
    "text",
    [
        "全年收到政府信息公开申请51件。",
        "全年收到政府信息公开申请53件（含上年结转2件）。",
        "共收到政府信息公开申请53件。",
        "不予公开申请12件，其中涉及国家秘密3件，属于四类过程性信息9件。",
        "收到申请51件，其中自然人申请45件，法人或其他组织申请6件。",
        "办理申请48件。",
        "全年作出行政许可决定1.2万件，收取行政事业性收费227.78万元，即2277820元。",
        "行政复议170件，其中结果维持150件；行政诉讼77件，其中结果维持70件、其他结果7件。",
    ],
)
def test_what_agrees_is_not_reported(text):
    assert of(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "actual", "expected"),
    [
        ("本年新收政府信息公开申请53件。", "text.requests.new.total", 53, 51),
        ("共收到申请51件（含上年结转2件）。", "text.received", 51, 53),
        ("共收到政府信息公开申请五十二件。", "text.requests.new.total", 52, 51),
        ("依申请公开方面，不予公开13件。", "text.requests.denied", 13, 12),
        ("未收到政府信息公开申请。", "text.requests.new.total", 0, 51),
        ("未发生政府信息公开行政复议。", "text.reviews", 0, 170),
        ("办结政府信息公开申请49件。", "text.answered", 49, 48),
        ("收取行政事业性收费300万元。", "text.disclosure.fees.amount", 300_000_000, 227_782_000),
        ("作出行政许可决定1.3万件。", "text.disclosure.licensing.decisions", 13_000, 12_034),
        # words that are parted, as the reader of prose takes them
        ("共收到申 请52件。", "text.requests.new.total", 52, 51),
        ("未发生政府信息公开行政复　议。", "text.reviews", 0, 170),
        ("作出行政许\u00a0可决定1.3万件。", "text.disclosure.licensing.decisions", 13_000, 12_034),
        ("因政府信息公开引发的行政诉“讼”57件。", "text.lawsuits", 57, 77),
        ("收取行政事业性收\t费300万元。", "text.disclosure.fees.amount", 300_000_000, 227_782_000),
        ("办结政府信息公开「申」请49件。", "text.answered", 49, 48),
    ],
)
def test_what_differs_is_reported(text, rule, actual, expected):
    [found] = of(text)
    assert (found.code, found.rule, found.actual, found.expected) == ("text-differs", rule, actual, expected)


def test_an_open_reading_names_every_figure_it_was_held_against():
    [found] = of("共收到政府信息公开申请60件。")
    assert "51" in found.message and "53" in found.message


def test_a_quantity_given_rightly_in_the_paragraph_is_not_reported_again():
    assert of("本年新收申请51件。按季度看，新收申请12件的有三个季度。") == []


def test_a_blank_is_not_held_against():
    assert prose({"overview": ("本年新收政府信息公开申请53件。",)}, {"requests.new.natural": None}) == []


def test_a_summary_is_told_in_notes():
    found = of("本年新收政府信息公开申请53件。", kind="summary")
    assert [f.severity for f in found] == ["note"]
    assert [f.severity for f in prose({"overview": ()}, kind="summary")] == ["note"]


def test_a_long_sentence_is_quoted_by_its_clause():
    [found] = of("围绕中心工作" * 20 + "，本年新收政府信息公开申请53件。")
    assert "“本年新收政府信息公开申请53件”" in found.message and len(found.detail["quote"]) <= QUOTED


def test_a_query_about_the_text_is_closed_like_any_other():
    """校验 has no row for it, so an agency mends its words; the office's decision closes it under its rule."""
    text = {"overview": ("本年新收政府信息公开申请53件。",)}
    one = filing(
        FIGURES,
        texts={**filing().texts, **text},
        explanations={"text.requests.new.total": "含转办两件，已与县府办核对。"},
    )
    [found] = [f for f in told(one) if f.code == "text-differs"]
    assert not close_explained(found, one).open


# ── totals with their parts ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("共收到申请51件，其中网站申请30件、当面申请4件、信函申请13件。", [47]),
        ("共收到申请51件，其中网站申请34件、当面申请4件、信函申请13件。", []),
        ("共收到申请51件，其中网站申请50件、当面申请4件。", [54]),
        ("共收到申请51件，其中网站申请40件、当面申请4件。", []),  # others may be left out
        ("全年收到申请51件，其中甲县20件、乙县20件、丙区10件。", [50]),
        ("全年收到申请51件，其中甲县21件、乙县20件、丙区10件。", []),
        ("全年收到申请51件，其中甲县约20件、乙县20件、丙区10件。", []),
        ("主动公开信息114条，其中网站72条、邮件30条、传真10条。", []),  # no quantity of the tables
    ],
)
def test_parts_are_added_up(text, sums):
    assert [f.actual for f in of(text) if f.code == "text-parts"] == sums


# ── parts, instructions, years, repetition, fees ─────────────────────────────


@pytest.mark.parametrize(
    ("texts", "sheets"),
    [
        ({}, []),
        ({"overview": ()}, ["一、总体情况"]),
        ({"overview": (), "problems": (), "other": ()}, ["一、总体情况", "五、存在问题", "六、其他事项"]),
        ({"problems": ("无",)}, ["五、存在问题"]),
        ({"problems": ("无。", "没有")}, ["五、存在问题"]),
        ({"problems": ("无", "改进了两件事。")}, []),
        ({"other": ("无",)}, []),
        ({"other": ("无。",)}, []),
    ],
)
@pytest.mark.parametrize("year", [2020, 2023])
def test_parts_left_empty(texts, sheets, year):
    found = prose(texts, year=year)
    assert [f.sheet for f in found] == sheets and all(f.rule == "text.empty" and f.severity == "error" for f in found)


@pytest.mark.parametrize(
    "words",
    [
        "不存在问题。",
        "没有任何问题！",
        "......",
        "……………………",
        "＿＿＿＿＿＿",
        "本年度不存在问题。",
        "（内容详见附件）",
        "与上年相同",
    ],
)
@pytest.mark.parametrize("part", ["overview", "problems"])
def test_longer_phrases_that_say_nothing_are_a_query(words, part):
    [found] = prose({part: (words,)})
    assert (found.rule, found.severity, found.open) == ("text.empty", "query", True) and words in found.message
    assert not prose({"other": (words,)}) and not prose({part: (words, "改进了两件事。")})


@pytest.mark.parametrize(
    "words",
    [
        ("无。", "不存在问题。"),
        ("内容详见附件。", "暂无"),
        ("......", "无。", "同上年度"),
        ("没有", "＿＿＿＿＿＿"),
        ("一、", "本年度不存在问题。"),
        ("不存在问题。", "与上年相同。"),
    ],
)
def test_paragraphs_none_of_which_says_anything_say_nothing_together(words):
    [found] = prose({"problems": words})
    assert (found.rule, found.severity, found.open) == ("text.empty", "query", True)
    assert not prose({"problems": (*words, "改进了两件事。")}) and not prose({"other": words})


@pytest.mark.parametrize(
    "words", ["不存在问题的单位有三家。", "存在问题：公开不及时。", "没有任何问题被投诉。", "详见附件，另有两处。"]
)
def test_sentences_with_such_words_say_something(words):
    assert not prose({"problems": (words,)})


@pytest.mark.parametrize("words", [("无",), (), ("写了。",), ("没有。",), ("无", "写了。")])
def test_the_cover_and_the_check_say_the_same_of_empty_parts(words):
    from making import opened

    content = write_filing(filing(texts={**filing().texts, "problems": words}))
    book = opened(content, data_only=True)
    open_parts = [f for f in checked(content).findings if f.rule == "text.empty"]
    assert (book["封面"]["B1"].value == "全部通过，可以报送") is (not open_parts)
    assert (book["五、存在问题"]["A1"].value == "还没有填写") is bool(open_parts)


@pytest.mark.parametrize("year", [2020, 2023])
@pytest.mark.parametrize("part", ["overview", "problems", "other"])
def test_instructions_left_standing(year, part):
    section = next(s for s in filing(year=year).form.text_sections if s.id == part)
    whole, lead = section.text, section.text.partition("：")[0]
    for words in (whole, f"（{lead}）", whole.rstrip("。"), f"我局做了工作。{whole}"):
        assert [f.rule for f in prose({part: (words,)}, year=year)] == ["text.instruction"], words
    parted = "、".join(lead)
    for words in (parted, f"**{parted}**", " ".join(lead), f"{lead[0]}　{lead[1:]}", f"我局做了工作。{parted}。"):
        assert "text.instruction" in [f.rule for f in prose({part: (words,)}, year=year)], words


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("other", "（文字描述，收取信息处理费情况在此处报告。）"),
        ("other", "收取信息处理费情况在此处报告"),
        ("problems", "（文字描述）"),
        ("overview", "该部分以表格形式报告。表格如下:"),
        ("overview", "本部分以表格形式报告。"),
        ("problems", "请在此处填写。"),
    ],
)
def test_instructions_that_formats_print_elsewhere(part, text):
    assert [f.rule for f in prose({part: (text,)})] == ["text.instruction"]
    assert prose({part: (f"我局{text.strip('（）。:')}，已按要求办理。",)}) == []


def test_the_five_topics_in_a_sentence_of_ones_own_are_no_instruction():
    text = "全年围绕主动公开、依申请公开、政府信息管理、政府信息公开平台建设、监督保障五个方面开展工作。"
    assert prose({"overview": (text,)}) == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("本报告数据统计期限为2022年1月1日至12月31日。", "2022年1月1日至12月31日"),
        ("统计期限自2022年1月1日起至2022年12月31日止。", "2022年1月1日起至2022年12月31日"),
        ("统计期限自2023年1月1日起至2022年12月31日止。", "2023年1月1日起至2022年12月31日"),
        ("截至2021年12月底，共编制目录12个。", "截至2021年12月底"),
        ("2022年，我局认真落实条例。", "2022年"),
        ("２０２２年，我局认真落实条例。", "2022年"),
        ("截至２０２１年１２月底，共编制目录12个。", "截至2021年12月底"),
        ("我局２０２２年度认真落实条例。", "2022年"),
        ("统计期限为2022年１月１日至12月31日。", "2022年1月1日至12月31日"),
        ("（一）2022年，我局认真落实条例。", "（一）2022年"),
        (f"{BUREAU.name}2022年认真落实条例。", "2022年"),
        (f"{BUREAU.name} 2022年，认真落实条例。", "2022年"),
        ("我局2022年度认真落实条例。", "2022年"),
        ("本委2022年政务公开工作扎实开展。", "2022年"),
        ("我镇，2022年认真落实条例。", "2022年"),
        ("我局2022年印发的办法继续执行。", None),
        ("我局2022年制定的《办法》继续执行。", None),
        ("我局2021年起设有专窗。", None),
        ("我局2022年认真落实条例，２０２３年继续。", None),
        ("截至2022年12月底有目录9个，截至２０２３年12月底有12个。", None),
        ("统计期限自２０２３年１月１日起至２０２３年１２月３１日止。", None),
        (f"{BUREAU.name}2022年认真落实条例，2023年继续。", None),
        (f"其他单位2022年认真落实条例，{BUREAU.name}照办。", None),
        ("统计期限自2023年1月1日起至2023年12月31日止。", None),
        ("2023年，我局认真落实条例，比2022年有进步。", None),
        ("与2022年相比，申请有所减少；2023年全年无复议。", None),
        ("截至2022年12月底有目录9个，截至2023年12月底有12个。", None),
        ("2024年，我局将继续做好公开工作。", None),
        ("2019年修订的条例施行以来，制度逐步完善。", None),
        ("按照国办公开办函〔2021〕30号文件编制。", None),
    ],
)
def test_years(text, quote):
    assert [(f.rule, f.detail["quote"]) for f in prose({"overview": (text,)})] == (
        [("text.year", quote)] if quote else []
    )


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        # last year's or next year's figures as if they were this year's
        ("（二）依申请公开情况。2022年，我局共收到政府信息公开申请31件，均按期答复。", "2022年"),
        ("我局高度重视。2022年，我局主动公开政府信息210条。我们不断改进。", "2022年"),
        ("（三）规范性文件。2022年,示例县数据局制定规范性文件4件。", "2022年"),
        ("2024年，我局主动公开政府信息300条。", "2024年"),
        ("2022年度我局办结政府信息公开申请9件。", "2022年度"),
        ("一是强化公开。2022年，全局发布政策解读12条。", "2022年"),
        # plans for a year that is over
        ("2023年我局将加大公开力度。", "2023年我局将加大公开力度"),
        ("2023年，我局将进一步加强培训，完善制度。", "2023年，我局将进一步加强培训"),
        ("2022年，我局将继续做好公开工作。", "2022年，我局将继续做好公开工作"),
        # a statistical period that ends before the year does
        ("本报告所列数据统计期限自2023年1月1日至2023年12月19日。", "2023年1月1日至2023年12月19日"),
        ("本报告数据统计时限为2023年1月1日至11月30日。", "2023年1月1日至11月30日"),
        # and what only looks so
        ("2023年1月1日至6月30日，共收到申请20件。", None),
        ("2022年收到申请31件，2023年收到申请45件。", None),
        ("2023年，我局收到申请51件。2022年，我局收到申请40件。", None),
        ("与2022年相比，我局申请减少5件。", None),
        ("2022年结转申请2件。", None),
        ("公开2022年度部门决算12份、2024年预算15份。", None),
        ("2024年部门预算公开12份。", None),
        ("按2022年印发的办法公开3项。", None),
        ("自2022年起，我局公开信息200条。", None),
        ("2024年，我局将公开目录20项。", None),
        ("2023年，我局将加强政务公开作为重点任务。", None),
        ("2023年，我局将政务公开纳入考核。", None),
    ],
)
def test_sentences_left_over_from_another_year(text, quote):
    found = prose({"overview": (text, "2023年，我局认真落实条例。")}, FIGURES)
    assert [f.detail["quote"] for f in found if f.rule == "text.year"] == ([quote] if quote else [])


def test_a_sentence_left_over_hides_no_wrong_figure():
    wrong = prose({"overview": ("我局高度重视。2022年，我局收到政府信息公开申请31件。",)}, FIGURES)
    assert [(f.rule, f.actual) for f in wrong] == [("text.requests.new.total", 31), ("text.year", None)]
    right = prose({"overview": ("我局高度重视。2022年，我局收到政府信息公开申请51件。",)}, FIGURES)
    assert [f.rule for f in right] == ["text.year"]


OLD = "这一年里我们把公开目录重新编了一遍，逐条核对了有效状态，栏目按月检查，问题当月改完，群众来问的都有人答复。" * 5
NEW = "今年换了做法：先开座谈会听意见，再按意见改版面，老年人看得懂的字号和图解多了起来，村里的公示栏也一并管起来。" * 5


@pytest.mark.parametrize(
    ("texts", "share"),
    [((OLD,), 100), ((NEW,), None), ((OLD, NEW), 49), ((OLD, NEW[:100]), 73), ((OLD[:100],), None)],
)
def test_words_of_last_year(texts, share):
    found = prose({"overview": texts, "problems": (), "other": ()}, last_texts={"overview": (OLD,)})
    told = [f.detail["share"] for f in found if f.rule == "text.repeated"]
    assert told == ([pytest.approx(share, abs=6)] if share and share >= 50 else [])


def test_new_figures_in_old_words_are_repetition():
    words = (
        "全年主动公开信息{}条，其中网站{}条；组织培训{}次，检查栏目{}个，更新目录{}项，答复来电{}次，都按时间完成了。"
        * 5
    )
    [found] = prose(
        {"overview": (words.format(*range(30)),)}, last_texts={"overview": (words.format(*range(100, 130)),)}
    )
    assert found.rule == "text.repeated"


def test_without_last_year_nothing_is_repeated():
    assert prose({"overview": (OLD,)}) == []


@pytest.mark.parametrize(
    ("texts", "figures", "told"),
    [
        ({"overview": ("全年收取信息处理费120元。",)}, {}, True),
        ({"overview": ("全年收取信息处理费120元。",), "other": ("收取信息处理费120元。",)}, {}, False),
        ({"overview": ("全年收取信息处 理费120元。",)}, {}, True),
        ({"overview": ("全年收取信息处理\u3000费１２０元。",)}, {}, True),
        ({"problems": ("收取信 息处理费“1,200”元。",)}, {}, True),
        ({"overview": ("全年收取信息处理费120元。",), "other": ("收取信息处 理费120元。",)}, {}, False),
        ({"other": ("没有收取信息“处理费”。",)}, {"requests.other.no_payment.natural": 1}, False),
        ({"overview": ("全年没有收取信息处理费。",)}, {}, False),
        ({"overview": ("信息处理费0元。",)}, {}, False),
        ({}, {"requests.other.no_payment.natural": 1}, True),
        ({"other": ("没有收取信息处理费。",)}, {"requests.other.no_payment.natural": 1}, False),
        ({}, {}, False),
    ],
)
def test_fees_are_reported_in_their_part(texts, figures, told):
    assert [f.rule for f in prose(texts, figures)] == ["text.fee"] * told


# ── hostile texts, and every text ────────────────────────────────────────────

BOMBS = [
    "1",
    "1,",
    "一",
    "（",
    "(1件",
    "申请",
    "收到申请1件、",
    "无",
    "2022年",
    "1.",
    "，",
    "网站",
    "一万",
    " 1",
    "截至2022年",
    "、申请1件其中",
    "1月",
    "1件均",
    "(1件",
    "(无)",
    "其中0件，",
    "收到申请9件，其中网站0件、",
    "2023年1月1日至",
    "2022年，我局收到申请5件。",
    "2023年将继续",
    "行政复议1件，与政府信息公开无关，",
    "信用修复申请1件、",
]


def steps(text):
    """The calls that reading a text takes, of Python and of C."""
    count = 0

    def counting(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        of(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("bomb", BOMBS)
def test_work_grows_with_the_text_and_no_faster(bomb):
    few, many = ("政府信息公开申请" + bomb * (n // len(bomb)) for n in (2_000, 32_000))
    assert steps(many) < 20 * steps(few)


@given(
    st.text(
        alphabet="申请收到新件条一二百万0123456789，。、（）(),年上结转无未行政复议诉讼公开其中 \n约余", max_size=80
    )
)
def test_nothing_breaks_the_reader(text):
    for found in of(text):
        assert found.message and found.remedy


@given(st.integers(0, 10**6))
def test_any_figure_is_told_apart(number):
    found = of(f"本年新收政府信息公开申请{number:,}件。")
    assert [f.actual for f in found] == ([] if number == 51 else [number])


# ── the lexicon as data ──────────────────────────────────────────────────────

WORDS = """
[topics]
"甲" = ["甲事"]
[words]
"收" = ["收到"]
[units]
count = ["件"]
money = ["元"]
[[quantity]]
id = "a"
sum = "s.x.a + s.y.a"
topic = "甲"
phrases = ["收 #"]
"""


def lexicon(text):
    return read_lexicon([Definition("words.toml", tomllib.loads(text))], form_of(SMALL_WITH_TEXT))


SMALL_WITH_TEXT = SMALL.replace(
    "[signoff]", '[[section]]\nid = "t"\nsheet = "二、文字"\ntitle = "文字"\ntext = "写。"\n[signoff]'
)


def test_a_lexicon_reads():
    mentions, _ = Reader(lexicon(WORDS), 2023, "某局").read("收到甲事3件。")
    assert [(m.quantities[0].id, m.figure) for m in mentions] == [("a", 3)]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("s.x.a + s.y.a", "s.x.a + s.z.m", "quantity[1].sum"),
        ("s.x.a + s.y.a", "s.x.a +", "quantity[1].sum"),
        ('topic = "甲"', 'topic = "乙"', "quantity[1].topic"),
        ("收 #", "发 #", "quantity[1].phrases"),
        ("[units]", "[unit]", "unit"),
        ('"收到"', '"甲事"', "words.收"),
        ('"收到"', '""', "words.收"),
        ("phrases =", "phrase =", "quantity[1].phrase"),
        ("[units]", '[under]\n"乙" = []\n[units]', "under.乙"),
        ("[units]", '[joint]\n"乙" = ["甲"]\n[units]', "joint.乙"),
        ("[units]", '[joint]\n"甲" = ["乙"]\n[units]', "joint.甲"),
        ("[units]", '[beside]\n"乙" = ["收"]\n[units]', "beside.乙"),
        ("[units]", '[tells]\n"乙" = ["收"]\n[units]', "tells.乙"),
        ("[units]", '[fee]\nsign = "s.x.a s.y.a"\n[units]', "fee.sign"),
        ("[units]", "[roles]\nfill = []\n[units]", "roles.fill"),
    ],
)
def test_a_bad_lexicon_is_refused_with_file_key_and_reason(old, new, key):
    assert old in WORDS
    with pytest.raises(FormError, match=re.escape(key)) as told:
        lexicon(WORDS.replace(old, new, 1))
    assert "words.toml" in str(told.value)


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_quantity_of_an_edition_has_cells(edition):
    form = load_form(edition)
    quantities = {q.id: q for many in form.lexicon.phrases.values() for q in many}
    assert len(quantities) > 40
    assert all(q.anchors and set(q.sum.fields) <= {f.id for f in form.inputs} and q.name for q in quantities.values())


def test_a_form_without_a_lexicon_reads_no_figures():
    form = form_of(SMALL_WITH_TEXT)
    found = prose({"t": ("收到申请5件。",)}, form=form)
    assert found == []
