"""Labelled passages as public reports write them: floors for what is read and what of it is right, and kinds of clauses by kind.

``python benchmarks/prose.py`` prints the same by set, with what is missed and why.
"""

import pytest
from making import BUREAU
from passages import SETS, filing_of, judged, lexicon_of, rows, score

from xltools.editions import load_form
from xltools.rules import judge
from xltools.rules.prose.reading import Reader
from xltools.rules.prose.times import read_time

RECALL, PRECISION = 0.9, 0.99
OURS = [name for name in SETS if not name.startswith("..")]
READER = Reader(load_form("2021").lexicon, 2023, BUREAU.name)
NEW, OLD, LATER, DONE = ("requests.new.total", "requests.carried_in.total", "requests.carried_out.total", "answered")
OPEN, REVIEWS, LAWSUITS = "requests.granted.total", "reviews", "lawsuits"
LICENCES, FINES = "disclosure.licensing.decisions", "disclosure.penalty.decisions"


def read(text):
    return [(m.quantities[0].id, m.figure) for m in READER.read(text)[0]]


@pytest.mark.parametrize("name", SETS)
def test_passages_are_read_and_read_rightly(name):
    passages = rows(name)
    if not passages:
        pytest.skip("these passages lie beside the checkout only")
    found = score(passages)
    assert found.recall >= RECALL, [(row["text"], label) for row, label, _ in found.missed]
    assert found.precision >= PRECISION, [(row["text"], name) for row, name, _ in found.wrong]


def test_every_label_is_a_quantity_of_its_edition():
    for name in OURS:
        for row in rows(name):
            lexicon = lexicon_of(row)
            known = {q.id for table in (lexicon.phrases, lexicon.none) for many in table.values() for q in many}
            labels = {one for label in (*row["finds"], *row.get("may_find", {})) for one in label.split("|")}
            assert labels <= known, row["text"]


def test_filings_whose_text_agrees_with_their_tables_are_told_nothing_and_one_wrong_figure_is_told():
    told = judged([row for name in OURS for row in rows(name)], 400, wrong=True)
    assert told.filings > 350 and told.false == []
    assert told.told >= 0.95 * told.wrong > 250


def test_sentences_left_over_are_told():
    left = [row for name in OURS for row in rows(name) if row.get("left_over")]
    assert len(left) > 1
    for row in left:
        found = judge(filing_of([row["text"]], 1, (), row))
        assert "text.year" in {f.rule for f in found}, row["text"]


# ── a clause not understood does not silence what follows ─────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到申请20件，群众满意度有所提升，办结18件。", [(NEW, 20), (DONE, 18)]),
        ("收到申请20件，占比96%；答复18件，答复率90%，予以公开9件。", [(NEW, 20), (DONE, 18), (OPEN, 9)]),
        ("收到申请20件均在规定期限内答复。", [(NEW, 20)]),
        ("收到申请20件（另有口头咨询若干），办结18件。", [(NEW, 20), (DONE, 18)]),
        ("收到申请20件，涉及拆迁8件、规划12件，办结18件。", [(NEW, 20), (DONE, 18)]),
        ("收到申请20件，其中涉及拆迁8件、规划12件，办结18件。", [(NEW, 20), (DONE, 18)]),  # they make up the whole
        ("收到申请20件，其中涉及拆迁8件，予以公开5件。", [(NEW, 20)]),
        ("收到申请20件，其中网上8件、信函12件，予以公开5件。", [(NEW, 20), (OPEN, 5)]),
        ("通过网络收到申请20件，予以公开5件。", []),
        ("收到信用修复申请20件，办结18件。", []),
        ("受理仲裁申请20件，答复18件。", []),
        ("依申请公开工作扎实。受理登记事项30件，办结28件。", []),
        ("各镇街收到申请45件，各部门收到申请88件。", []),  # two figures of one quantity
        ("县政府本级收到申请45件，办结40件。", []),
    ],
)
def test_only_another_time_agency_part_or_matter_silences_what_follows(text, found):
    assert read(text) == found


# ── denials are noughts ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("未产生因信息公开引发的行政复议。", [(REVIEWS, 0)]),
        ("全年进入复议程序、诉讼程序的均为0件。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("无行政复议、无提起行政诉讼。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("无信息公开举报、复议和诉讼。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("行政复议、行政诉讼均无。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("没有发生行政复议诉讼情况。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("未涉及政府信息公开行政诉讼。", [(LAWSUITS, 0)]),
        ("政府信息公开申请件数为零。", [(NEW, 0)]),
        ("未制定规章和规范性文件。", [("disclosure.rules.issued", 0), ("disclosure.normative.issued", 0)]),
        ("行政许可9件、无行政处罚。", [(LICENCES, 9), (FINES, 0)]),
        ("收到申请2件（上年无结转）。", [(NEW, 2), (OLD, 0)]),
        ("未发生行政诉讼败诉案件。", []),
        ("未收到网上申请。", []),
        ("行政执法工作无行政复议。", []),
        ("没有超期未办结的申请。", []),
    ],
)
def test_denials(text, found):
    assert read(text) == found


# ── part two ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("行政许可12件，行政处罚3件。", [(LICENCES, 12), (FINES, 3)]),
        ("作出694宗行政许可。", [(LICENCES, 694)]),
        ("办结行政许可事项9110件、行政处罚203件，已全部公示。", [(LICENCES, 9110), (FINES, 203)]),
        ("制定并公开规范性文件4件。", [("disclosure.normative.issued", 4)]),
        ("现行有效文件20件，废止文件3件。", []),
        ("规范性文件方面，废止文件3件。", [("disclosure.normative.repealed", 3)]),
        ("公开行政许可12件，行政处罚3件。", []),
        ("通过网站公示行政处罚3起。", []),
        ("公示许可后，全年作出行政许可7件。", [(LICENCES, 7)]),
        ("行政许可12条、行政处罚3条。", []),
        ("备案规范性文件4件。", []),
        ("受理行政许可申请90件，办结88件。", []),
    ],
)
def test_what_was_done_is_not_what_was_published(text, found):
    assert read(text) == found


# ── reviews and lawsuits that are not about disclosure ───────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("行政复议12件、行政诉讼7件，均与政府信息公开无关。", []),
        ("行政复议12件，均不涉及政府信息公开。", []),
        ("行政复议12件、行政诉讼7件，均非政府信息公开案件。", []),
        ("行政诉讼7件，与此无关。", []),
        ("行政复议12件，其中政府信息公开类2件。", []),
        ("因政府信息公开引发的行政复议12件，均与拆迁有关。", [(REVIEWS, 12)]),
        ("收到行政复议12件，审结10件。", []),
        ("收到因信息公开引起的行政复议12件，维持10件。", [(REVIEWS, 12), ("disputes.review.upheld", 10)]),
        ("办理行政复议12件，其中维持10件。", []),
    ],
)
def test_whose_reviews(text, found):
    assert read(text) == found


# ── times ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("2023年", "@this"),
        ("2022年度", "@last"),
        ("2024年", "@next"),
        ("2019年", "@other"),
        ("二〇二三年", "@this"),
        ("2023年以来", "@this"),
        ("2023年底", "@this"),
        ("2023年年底", "@this"),
        ("2023年初", "@other"),
        ("2022年底", "@last"),
        ("12月31日", "@this"),
        ("2023年12月底", "@this"),
        ("1月1日", "@this"),
        ("2023年1月1日起至2023年12月31日", "@this"),
        ("1-12月", "@this"),
        ("2022年1月1日至12月31日", "@last"),
        ("1—10月", "@other"),
        ("2023年1月至9月", "@other"),
        ("2023年1月1日至12月19日", "@other"),
        ("2021年至2023年", "@other"),
        ("11月底", "@other"),
        ("十一月三十日", "@other"),
        ("12月", "@other"),
        ("2022年3月", "@last"),
        ("2024年1月15日", "@other"),
        ("5件", None),
    ],
)
def test_what_time_is_meant(words, role):
    found = read_time(words, 0, 2023)
    assert found == (role and (role, len(words)))


@pytest.mark.parametrize(
    "text",
    [
        "截至2023年6月30日，收到申请20件，办结18件。",
        "截至11月底，收到申请20件。",
        "1—10月，收到申请30件。",
        "截至2024年1月15日，收到申请20件。",
        "自2023年5月以来，收到申请20件。",
        "条例施行以来，收到申请20件。",
        "2021年至2023年，收到申请20件。",
        "前三季度，收到申请20件，办结18件。",
    ],
)
def test_a_period_that_ends_before_the_year_does_is_not_the_year(text):
    assert read(text) == []
    assert read(text + "全年收到申请30件。") == [(NEW, 30)]


def test_until_december_is_the_year():
    assert read("截至2023年12月，收到申请20件。") == [(NEW, 20)]


# ── all of them in one list ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("通过网络、信函等方式共收到申请20件，办结18件。", [(NEW, 20), (DONE, 18)]),
        ("通过政府信息公开平台、邮寄等途径办理申请20件。", [(DONE, 20)]),
        ("未收到任何通过电话、网络平台、来信等方式提出的申请。", [(NEW, 0)]),
        ("未收到公民、法人或其他组织通过任何形式提出的政府信息公开申请。", [(NEW, 0)]),
        ("通过各类公开途径收到申请3件。", [(NEW, 3)]),
        ("以多种方式收到申请3件。", [(NEW, 3)]),
        ("通过网络方式收到申请3件。", []),
        ("未收到以网络方式提出的申请。", []),
        ("未收到公众、法人或其他组织的申请。", [(NEW, 0)]),
        ("未收到个人、公司、企业或社会团体要求公开政府信息的申请。", [(NEW, 0)]),
        ("没有企业和群众提出申请。", [(NEW, 0)]),
        ("收到单位和个人的申请3件。", [(NEW, 3)]),
        ("未收到公民或者法人依申请公开申请。", [(NEW, 0)]),
        ("收到企业、科研机构的申请3件。", []),
        (
            "收到申请5件，其中自然人4件、法人或其他组织1件。",
            [(NEW, 5), ("requests.new.natural", 4), ("requests.new.organisations", 1)],
        ),
    ],
)
def test_who_may_apply_and_how_in_one_list_is_no_part(text, found):
    assert read(text) == found


# ── part of a whole ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到申请33件，其中有效申请31件。", [(NEW, 33)]),
        ("收到申请33件，其中新收31件，上年结转2件。", [("received", 33), (NEW, 31), (OLD, 2)]),
        ("收到申请33件，其中办结31件，结转下年2件。", [(NEW, 33), (DONE, 31), (LATER, 2)]),
        ("收到申请33件（不含2022年结转的3件）。", [(NEW, 33), (OLD, 3)]),
        ("办理申请33件，其中按期办结31件。", [(DONE, 33)]),
    ],
)
def test_what_is_told_as_part_of_a_whole_is_not_the_whole(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到依申请公开5件，公开3件。", [(NEW, 5), (OPEN, 3)]),
        ("收到依申请公开0件，公开0件，不予公开0件。", [(NEW, 0), (OPEN, 0), ("requests.denied", 0)]),
        ("收到申请5件，公开3件，部分公开1件。", [(NEW, 5), (OPEN, 3), ("requests.partial.total", 1)]),
        ("收到申请5件，公开30件。", [(NEW, 5)]),
        ("收到申请5件，公开3条。", [(NEW, 5)]),
        ("收到申请5件，全年公开3件。", [(NEW, 5)]),
        ("收到申请5件，主动公开3件。", [(NEW, 5)]),
        ("依申请公开工作扎实，公开3件。", []),
    ],
)
def test_a_part_may_be_told_without_a_word_for_it(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "行政诉讼3件，其中直接起诉2件，复议后起诉1件，维持3件。",
            [(LAWSUITS, 3), ("disputes.direct.total", 2), ("disputes.after_review.total", 1), ("lawsuits.upheld", 3)],
        ),
        (
            "行政诉讼3件，其中直接起诉2件，维持2件。",
            [(LAWSUITS, 3), ("disputes.direct.total", 2), ("disputes.direct.upheld", 2)],
        ),
        ("政府信息公开行政复议、诉讼案件均为0。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("行政复议、行政诉讼0条。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("因信息公开引发行政争议3件，其中行政复议2件、行政诉讼1件。", [("disputes", 3), (REVIEWS, 2), (LAWSUITS, 1)]),
        (
            "政府信息公开行政复议2件，维持2件，尚未办结0件。",
            [(REVIEWS, 2), ("disputes.review.upheld", 2), ("disputes.review.pending", 0)],
        ),
        ("未发生政府信息公开行政复议案、行政诉讼案和有关的申诉案。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("没有申请行政复议、提起行政诉讼和行政申诉的情况发生。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        ("因信息公开被提起行政复议5件，复议机关维持4件。", [(REVIEWS, 5), ("disputes.review.upheld", 4)]),
    ],
)
def test_reviews_and_lawsuits_in_one_clause(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("结转办理上年度申请3件，新收申请28件，全年办结30件。", [(OLD, 3), (NEW, 28), (DONE, 30)]),
        ("未接到书面方式申请的政府信息公开申请。", [(NEW, 0)]),
        (
            "收到申请24件，23件已按照规定时限和程序依法依规进行了答复，1件结转下年。",
            [(NEW, 24), (DONE, 23), (LATER, 1)],
        ),
        ("收到申请24件，23件已耐心细致办结，1件结转下年。", [(NEW, 24), (LATER, 1)]),
        ("收到申请3件，1项当事人撤销信息公开申请，2项依规予以公开。", [(NEW, 3), (OPEN, 2)]),
        ("2023共收到依申请政府信息公开2件。", [(NEW, 2)]),
        ("2023全年未收到申请。", [(NEW, 0)]),
        ("未出台规范性文件和重要政策措施。", [("disclosure.normative.issued", 0)]),
        ("行政事业性收费为0。", [("disclosure.fees.amount", 0)]),
        ("收到申请15条，内容集中在物业收费等方面。其中15条予以公开。", [(NEW, 15), (OPEN, 15)]),
        ("主动公开39件、依申请公开441件、不予公开45件。", []),
        ("主动公开39件，依申请公开4件。", []),
        ("主动公开39条，依申请公开4件。", [(NEW, 4)]),
        ("主动公开39件；依申请公开4件。", [(NEW, 4)]),
        ("主动公开39件，收到申请4件，办结4件。", [(NEW, 4), (DONE, 4)]),
        ("未接到书面方式申请的政府信息公开申请和网络申请件。", [(NEW, 0)]),
        ("未接到网络申请和信函申请。", []),
    ],
)
def test_further_wordings(text, found):
    assert read(text) == found
