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
        ("收到申请5件，无一件引起行政复议和行政诉讼。", [(NEW, 5), (REVIEWS, 0), (LAWSUITS, 0)]),
        ("尚无行政复议。", [(REVIEWS, 0)]),
        ("收到申请5件，无一例外均已办理。", [(NEW, 5)]),
        ("收到申请5件，无一件超期，无一未答复。", [(NEW, 5), (LATER, 0)]),
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


# ── numbers that stand apart from their words ────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a label, a colon, a number
        ("新收申请：31件。办结申请：28件。", [(NEW, 31), (DONE, 28)]),
        ("受理依申请公开：12件（去年9件）；答复：12件；行政复议：1件。", [(NEW, 12), (DONE, 12), (REVIEWS, 1)]),
        ("行政许可：共计874件；行政处罚：126件。", [(LICENCES, 874), (FINES, 126)]),
        ("申请情况：共5件，其中：公开3件。", [(NEW, 5), (OPEN, 3)]),
        ("留言：12件；工单：30件。", []),
        ("收到申请如下：网络3件，信函2件。", []),
        # dealt out
        ("因信息公开引发的行政复议、行政诉讼分别为3件、2件。", [(REVIEWS, 3), (LAWSUITS, 2)]),
        ("行政复议和行政诉讼各1件。", [(REVIEWS, 1), (LAWSUITS, 1)]),
        ("行政许可、行政处罚分别是12件和3件，均已公示。", [(LICENCES, 12), (FINES, 3)]),
        ("新收和办结申请分别为20件、18件。", [(NEW, 20), (DONE, 18)]),
        ("2022年、2023年收到申请分别为20件、30件。", [(NEW, 30)]),
        ("行政复议、行政诉讼分别为3件。", []),
        ("收到申请6件，网站、信函分别为4件、2件，办结5件。", [(NEW, 6), (DONE, 5)]),
        # one number of several together
        ("复议和诉讼共5件，其中复议3件、诉讼2件。", [("disputes", 5), (REVIEWS, 3), (LAWSUITS, 2)]),
        ("未提起行政复议、行政诉讼。", [(REVIEWS, 0), (LAWSUITS, 0)]),
        # one verb for several
        (
            "现行有效规章2件、规范性文件5件。",
            [("disclosure.rules.effective", 2), ("disclosure.normative.effective", 5)],
        ),
        ("制发规范性文件3件、规章1件。", [("disclosure.normative.issued", 3), ("disclosure.rules.issued", 1)]),
        ("公布规章2件、规范性文件5件。", []),
        ("现行有效规章2件，规范性文件5件。", [("disclosure.rules.effective", 2)]),
        # what it was before
        ("申请量由上年的63件上升到88件，办结85件。", [(NEW, 88), (DONE, 85)]),
        ("收到申请数由63件降至今年的51件。", [(NEW, 51)]),
        ("收到申请63件，较上年增加到88件。", [(NEW, 63)]),
    ],
)
def test_a_number_beside_its_words_by_a_colon_a_verb_or_its_place(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到申请6件，均为自然人申请，办结5件。", [(NEW, 6), ("requests.new.natural", 6), (DONE, 5)]),
        ("收到申请6件均为自然人申请。", [(NEW, 6), ("requests.new.natural", 6)]),
        (
            "不予公开申请2件（均为行政执法案卷）。",
            [("requests.denied", 2), ("requests.denied.enforcement_file.total", 2)],
        ),
        ("答复申请6件，全部为部分公开。", [(DONE, 6), ("requests.partial.total", 6)]),
        ("收到申请6件，均予以公开。", [(NEW, 6)]),  # what was carried in may have been granted too
        ("收到申请6件，均已答复。", [(NEW, 6)]),
        ("收到申请6件，均为网络申请。", [(NEW, 6)]),
        ("收到申请6件，均为个人申请。", [(NEW, 6)]),  # an individual may be whoever applies
    ],
)
def test_what_all_of_them_are(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("予以公开3件，部分公开1件。", [(OPEN, 3), ("requests.partial.total", 1)]),
        ("自然人31件，法人或其他组织2件。", [("requests.new.natural", 31), ("requests.new.organisations", 2)]),
        ("1件属于四类过程性信息，2件属于三类内部事务信息。",
         [("requests.denied.process.total", 1), ("requests.denied.internal_affairs.total", 2)]),
        ("予以公开3件。", []),
        ("自然人1800件，企业200件。", []),
        ("办理登记2000件，自然人1800件，法人或其他组织200件。", []),
        ("收到工单20件，予以公开3件，部分公开1件。", []),
    ],
)  # fmt: skip
def test_two_results_tell_that_they_are_of_applications(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全县17个乡镇收到申请39件，43个部门收到申请171件。", []),
        ("全年收到申请210件，其中乡镇收到申请39件。", [(NEW, 210)]),
        ("累计收到申请90件，其中今年收到20件，办结18件。", [(NEW, 20), (DONE, 18)]),
        ("以市政府名义制发规范性文件8件，以市政府办公室名义制发规范性文件11件。", []),
        ("抽查行政许可案卷40件、行政处罚案卷60件。", []),
        ("全年未因此收费，收取检测费3万元。", []),
        ("共有行政许可事项86项。", []),
        ("办结行政许可事项86项，采取行政强制措施3次。", [(LICENCES, 86), ("disclosure.coercion.decisions", 3)]),
        ("公开行政强制3次。", []),
        ("市局转来申请2件。", []),
        ("办结申请37件，结转2件。", [(DONE, 37), (LATER, 2)]),
        ("收到公民的申请5件。", [("requests.new.natural", 5)]),  # or all of them: told only if neither fits
    ],
)
def test_whose_and_which_kind(text, found):
    assert read(text) == found


def test_a_government_and_its_office_are_one():
    own = Reader(READER.lexicon, 2023, "示例县人民政府")
    for names in (
        "县政府及县政府办公室",
        "县政府和县政府办公室",
        "县政府及其办公室",
        "示例县政府和县政府办公室",
        "本政府及办公室",
    ):
        assert [m.figure for m in own.read(f"{names}制发规范性文件6件。")[0]] == [6], names
    assert own.read("县政府办公室制发规范性文件6件。")[0] == []


def test_who_applies_may_be_all_or_persons_alone():
    (mention,) = READER.read("收到公民的申请5件。")[0]
    assert {"requests.new.natural", NEW, "received"} <= {q.id for q in mention.quantities}
    left = READER.read("办结申请37件，结转2件。")[0][1]
    assert {q.id for q in left.quantities} == {LATER, OLD}
