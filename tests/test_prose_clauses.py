"""Clause by clause: which words go with which number, what is left alone, what is part of what. To the letter, not by share."""

import pytest
from making import BUREAU, filing, told
from test_prose import labelled, said

from xltools.editions import load_form
from xltools.rules.prose.reading import QUOTED, Reader

READER = Reader(load_form("2021").lexicon, 2023, BUREAU.name)
NEW, OLD, LATER, DONE = ("requests.new.total", "requests.carried_in.total", "requests.carried_out.total", "answered")
OPEN, PART = "requests.granted.total", "requests.partial.total"


def read(text):
    """The likeliest quantity of each figure with its printed digits, in order."""
    return [(m.quantities[0].id, m.figure) for m in READER.read(text)[0]]


@pytest.mark.parametrize(
    "row", labelled("sentences") + labelled("sentences-held-out"), ids=lambda row: row["text"][:20]
)
def test_every_labelled_sentence_is_read_as_it_is_labelled(row):
    got = said(row["text"], row.get("year", 2023), row.get("agency", BUREAU.name), row.get("edition"))
    assert got == {name: float(figure) for name, figure in row["finds"].items()}


# ── which words go with which number ─────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # words before their numbers; the last number has those behind it too
        ("收到申请20件予以公开18件。", [(NEW, 20), (OPEN, 18)]),
        ("收到申请20件，予以公开18件部分公开2件。", [(NEW, 20), (OPEN, 18), (PART, 2)]),
        ("我局收到5件申请、办结3件。", [(NEW, 5), (DONE, 3)]),
        ("收到申请5件、上年结转2件。", [(NEW, 5), (OLD, 2)]),
        # a clause that begins with a number: words behind them
        ("在答复的申请中，3件予以公开1件部分公开。", [(OPEN, 3), (PART, 1)]),
        ("答复的申请中，3件予以公开，1件部分公开2件不予公开。", [(OPEN, 3), (PART, 1), ("requests.denied", 2)]),
        ("申请中，3件予以公开和1件部分公开。", [(OPEN, 3), (PART, 1)]),
        # last year by its number is last year
        ("收到申请9件，2022年结转2件。", [(NEW, 9), (OLD, 2)]),
        ("收到申请9件，二〇二二年结转2件。", [(NEW, 9), (OLD, 2)]),
        ("收到申请9件，2021年结转2件。", [(NEW, 9)]),
        # without a topic a number tells nothing; but two results beside each other are of applications
        ("予以公开3件。", []),
        ("予以公开3件和部分公开1件。", [(OPEN, 3), (PART, 1)]),
        ("2件转下年度继续办理。", []),
        # and what is no number of the thing
        ("收到申请约120件。", []),
        ("收到申请120余件。", []),
        ("收到申请100至120件。", []),
    ],
)
def test_every_number_has_its_own_words(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("没有收到申请，也没有上年结转。", [(NEW, 0), (OLD, 0)]),
        ("无上年结转和结转下年度的申请。", [(OLD, 0), (LATER, 0)]),
        ("新收政府信息公开申请和上年结转0件。", [(NEW, 0), (OLD, 0)]),
        ("新收政府信息公开申请和上年结转3件。", []),
        ("无上年结转和别的什么的申请。", []),
        ("没有不收到申请，没有没有上年结转。", []),
    ],
)
def test_a_denial_is_of_all_that_it_names_or_of_nothing(text, found):
    assert read(text) == found


# ── what makes the rest unsure ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022年收到申请4件，办结4件。", []),
        ("2022年收到申请4件，2023年收到申请5件，办结3件。", [(NEW, 5), (DONE, 3)]),
        ("收到申请45件，比上年增加5件，办结40件。", [(NEW, 45), (DONE, 40)]),
        ("东镇收到申请4件，办结4件。", []),
        ("东镇收到申请4件。我局收到申请5件。", [(NEW, 5)]),
        ("市教育局收到申请4件，本年收到申请9件。", []),
        ("收到申请9件，其中东镇收到申请4件，办结4件。", [(NEW, 9)]),
        ("收到申请9件，办结4件。", [(NEW, 9), (DONE, 4)]),
        # part of a number of which nobody knows what it counts
        ("收到申请9件，接听电话50次，其中予以公开5件。", [(NEW, 9)]),
        ("收到申请9件，发放材料50份，其中予以公开5件。", [(NEW, 9)]),
        ("收到申请9件，召开会议5次，其中上年结转2件。", [(NEW, 9)]),
    ],
)
def test_another_time_or_agency_makes_the_rest_of_its_sentence_unsure(text, found):
    assert read(text) == found


@pytest.mark.parametrize("name", ["区住房和城乡建设局", "区住建局", "住建局", "某市某区住建局", "建设局"])
def test_the_agency_s_own_name_as_people_shorten_it_is_no_other_agency_s(name):
    own = Reader(load_form("2021").lexicon, 2023, "某市某区住房和城乡建设局").read(f"{name}收到申请4件，办结3件。")[0]
    assert [(m.quantities[0].id, m.figure) for m in own] == [(NEW, 4), (DONE, 3)]
    assert read(f"{name}收到申请4件，办结3件。") == []


# ── inside, slack, open readings ─────────────────────────────────────────────


def test_what_is_told_as_part_of_something_narrows_what_that_can_be():
    [whole, part], _ = READER.read("共收到申请53件，其中上年结转2件。")
    assert (whole.inside, part.inside) == (False, True)
    assert [q.id for q in whole.quantities] == ["received"] and [q.id for q in part.quantities] == [OLD]
    [alone], _ = READER.read("共收到申请53件。")
    assert len(alone.quantities) > 1


@pytest.mark.parametrize(
    ("text", "figure", "slack"),
    [
        ("行政事业性收费2.3万元。", 2_300_000, 100_000),
        ("收取行政事业性收费23000元。", 2_300_000, 0),
        ("收取行政事业性收费2.30万元。", 2_300_000, 10_000),
        ("收取行政事业性收费1.2亿元。", 12_000_000_000, 1_000_000_000),
    ],
)
def test_an_amount_is_as_exact_as_it_is_written(text, figure, slack):
    [mention], _ = READER.read(text)
    assert (mention.quantities[0].id, mention.figure, mention.slack) == ("disclosure.fees.amount", figure, slack)


# ── totals and parts ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到申请6件，其中县政府2件、县教育局3件、县民政局1件。", [(6, (2, 3, 1), True)]),
        ("收到申请6件，其中县政府2件、县教育局3件。", [(6, (2, 3), False)]),
        ("收到申请6件，其中县政府2件。", []),
        ("收到申请6件，其中县政府2件、网站申请3件、县民政局1件。", []),
        ("收到申请6件，其中县政府2份、县教育局3件、县民政局1件。", []),
        ("收到申请6件，其中县政府2件、县教育局3份、县民政局1件。", []),
        (
            "收到申请6件，其中网站申请4件、信函申请2件；办结5件，其中县政府2件、县教育局3件。",
            [(6, (4, 2), False), (5, (2, 3), False)],
        ),
    ],
)
def test_parts_of_one_kind_right_behind_a_total_are_its_parts(text, found):
    assert [(b.whole.figure, b.parts, b.complete) for b in READER.read(text)[1]] == found


# ── what is quoted ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [QUOTED - 1, QUOTED, QUOTED + 1, 3 * QUOTED])
def test_a_sentence_is_quoted_whole_as_far_as_it_is_short(length):
    clause = "本年收到申请7件"
    sentence = clause + "，" + "好" * (length - len(clause) - 1)
    assert len(sentence) == length
    [mention], _ = READER.read(sentence + "。")
    assert mention.quote == (sentence if length <= QUOTED else clause)
    one = filing(texts={**filing().texts, "overview": ("前一段。", "", sentence + "。")})
    [found] = [f for f in told(one) if f.code == "text-differs"]
    assert found.cell == "A7" and mention.quote in found.message


def test_a_clause_too_long_to_be_quoted_is_cut():
    [mention], _ = READER.read("本年" + "本年" * 40 + "收到申请7件。")
    assert len(mention.quote) == QUOTED + 1 and mention.quote.endswith("…")
