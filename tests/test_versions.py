"""Several files of one agency, as they were read: which counts, which are set aside, what is said of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from making import BUREAU, blank, filing

from xltools.collection.versions import one_of
from xltools.findings import finding
from xltools.received.file import Received

PEOPLE = {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": "2024-01-15", "phone": "010-1234"}
OTHERS = {"compiler": "赵六", "reviewer": "钱七", "head": "孙八", "date": "2024-01-16", "phone": "010-9999"}


def file(name, figures=None, saved="", said=None, open_error=False, doubt="", **more):
    """A file as read; ``figures`` over zeros."""
    one = said or filing(figures, **more)
    got = Received(Path(name), name, "resaved", one, saved=saved)
    if open_error:
        got.findings.append(finding("form-not-audited", severity="error", file=name, agency=BUREAU))
    if doubt:
        got.findings.append(finding("agency-doubtful", file=name, agency=BUREAU, **doubtful(doubt)))
    return got


def doubtful(other):
    return {"other_name": other, "other_code": "9", "evidence": "签字的电话是它的"}


def new(count):
    return {"requests.new.natural": count, "requests.granted.natural": count}


def names(received):
    return [r.path.name for r in received]


# ── alike ────────────────────────────────────────────────────────────────────


def test_a_single_file_counts_and_nothing_is_said():
    only = file("a.xlsx")
    assert one_of([only]) == (only, None) and not only.set_aside


@pytest.mark.parametrize("newest", [False, True])
def test_equal_files_count_once_the_first_that_is_accepted(newest):
    files = [file("a.xlsx", open_error=True), file("b.xlsx"), file("c.xlsx")]
    counted, told = one_of(files, newest=newest)
    assert counted is files[1] and not any(r.set_aside for r in files)
    assert (told.severity, told.detail["count"], told.detail["files"]) == ("note", 3, "a.xlsx、b.xlsx、c.xlsx")


def test_of_equal_files_none_of_which_is_accepted_the_first_counts():
    files = [file("a.xlsx", open_error=True), file("b.xlsx", open_error=True)]
    assert one_of(files)[0] is files[0]


@pytest.mark.parametrize("key", ["values", "texts", "typed"])
def test_files_differ_by_what_they_say_and_not_by_who_signed(key):
    one, other = filing(), filing()
    if key == "values":
        other = filing(new(1))
    elif key == "texts":
        other = replace(other, texts={**other.texts, "other": ("另一句。",)})
    else:
        one, other = filing({"requests.new.natural": "一"}), filing({"requests.new.natural": "二"})
    files = [file("a.xlsx", said=one), file("b.xlsx", said=other)]
    assert one_of(files)[0] is None and all(r.set_aside for r in files)
    signed = filing(signoff={**PEOPLE, "compiler": "别人"})
    assert one_of([file("a.xlsx"), file("b.xlsx", said=signed)])[0] is not None


# ── different ────────────────────────────────────────────────────────────────

EARLY, LATE, LATER = "2024-01-10T08:00:00Z", "2024-01-11T08:00:00+08:00", "2024-01-12T08:00:00"


def test_different_files_are_all_set_aside_and_the_last_is_named():
    files = [file("b.xlsx", new(2), LATE), file("a.xlsx", new(1), EARLY)]
    counted, told = one_of(files)
    assert counted is None and [r.set_aside for r in files] == [True, True]
    assert (told.severity, told.detail["last"], told.detail["mixed"]) == ("error", "b.xlsx", False)
    assert (
        "a.xlsx → b.xlsx" in told.message and "都没有计入" in told.message and "--prefer newest" in told.detail["way"]
    )
    assert "看不出" not in told.message


@pytest.mark.parametrize(
    "saved", [("", ""), ("2024-01-10", ""), ("", "2024-01-10"), ("2024-01-10", "2024-01-10"), ("x", "y")]
)
def test_nobody_is_told_to_ask_for_the_newest_who_did(saved):
    files = [file(f"{n}.xlsx", new(n + 1), saved=time) for n, time in enumerate(saved)]
    counted, told = one_of(files, newest=True)
    assert (
        counted is None and "看不出" in told.message and "--prefer" not in told.remedy and "只留下正确" in told.remedy
    )
    assert "--prefer newest" in one_of(files)[1].remedy


def test_with_newest_the_file_saved_last_counts_and_the_others_are_replaced():
    files = [
        file("c.xlsx", new(3), LATER),
        file("a.xlsx", new(1), EARLY, open_error=True),
        file("b.xlsx", new(2), LATE),
    ]
    counted, told = one_of(files, newest=True)
    assert counted is files[0] and [r.set_aside for r in files] == [False, True, True]
    assert [r.superseded_by for r in files] == ["", "c.xlsx", "c.xlsx"]
    assert not any(f.open for r in files[1:] for f in r.findings)
    assert told.severity == "note" and "a.xlsx → b.xlsx" in told.message and "b.xlsx → c.xlsx" in told.message


def test_a_file_s_open_findings_are_closed_only_where_it_is_replaced():
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", new(2), LATE, open_error=True)]
    counted, _ = one_of(files, newest=True)
    assert counted is files[1] and [f.open for f in counted.findings] == [True]


def test_of_equal_copies_saved_last_the_accepted_one_counts():
    files = [
        file("a.xlsx", new(1), EARLY),
        file("b.xlsx", new(2), LATE, open_error=True),
        file("c.xlsx", new(2), LATER),
    ]
    counted, _ = one_of(files, newest=True)
    assert counted is files[2] and names(r for r in files if r.set_aside) == ["a.xlsx"]


def test_a_version_is_as_late_as_its_latest_copy():
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", new(2), LATE), file("again.xlsx", new(1), LATER)]
    assert one_of(files, newest=True)[0] is files[0]


@pytest.mark.parametrize("times", [("", LATE), (EARLY, "gestern"), (EARLY, EARLY), ("", "")])
def test_where_the_records_do_not_tell_the_order_nothing_is_taken(times):
    files = [file(f"{n}.xlsx", new(n), saved) for n, saved in enumerate(times, 1)]
    counted, told = one_of(files, newest=True)
    assert counted is None and all(r.set_aside for r in files)
    assert told.detail["last"] == "" and "看不出哪一份是最后保存的" in told.message


def test_times_of_other_zones_are_compared_as_moments():
    """08:00 in Beijing is before 01:00 in Greenwich on the same day; a time without a zone is Greenwich's."""
    files = [file("a.xlsx", new(1), "2024-01-11T01:00:00Z"), file("b.xlsx", new(2), "2024-01-11T08:00:00+08:00")]
    assert one_of(files, newest=True)[0] is files[0]
    files = [file("a.xlsx", new(1), "2024-01-11T07:00:00"), file("b.xlsx", new(2), "2024-01-11T08:00:00+08:00")]
    assert one_of(files, newest=True)[0] is files[0]


# ── blanks ───────────────────────────────────────────────────────────────────


def empty(**more):
    return replace(blank(), **more)


def test_a_form_still_blank_comes_before_every_other_whatever_its_record():
    files = [file("填好.xlsx", new(1), EARLY), file("空白.xlsx", said=empty())]
    assert one_of(files, newest=True)[0] is files[0]


@pytest.mark.parametrize(
    "more",
    [{"inputs": {"requests.new.natural": 1}}, {"typed": {"requests.new.natural": "一"}}, {"texts": {"other": ("无",)}},
     {"signoff": {"compiler": "张三"}}],
)  # fmt: skip
def test_what_has_anything_in_it_is_no_blank(more):
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", said=empty(**more))]
    assert one_of(files, newest=True)[0] is None


@pytest.mark.parametrize(
    "more", [{"inputs": {"requests.new.natural": 0}}, {"texts": {"other": ()}}, {"signoff": {"compiler": ""}}]
)
def test_noughts_and_nothing_are_still_a_blank(more):
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", said=empty(**more))]
    assert one_of(files, newest=True)[0] is files[0]


# ── of two agencies ──────────────────────────────────────────────────────────


def strange(kept=0, signoff=OTHERS, words=()):
    """A filing unlike ``ours`` but for some figures, and the paragraphs given."""
    figures = {**dict.fromkeys(FIGURES, 9), **dict.fromkeys(FIGURES[:kept], 3)}
    texts = {"overview": (*words, "别的话。"), "problems": ("别的问题。",), "other": ("别的事。",)}
    return filing(figures, signoff=signoff, texts=texts)


def ours():
    texts = {"overview": ("一段话。",), "problems": ("一个问题。",), "other": ("一件事。",)}
    return filing(dict.fromkeys(FIGURES, 3), signoff=PEOPLE, texts=texts)


FIGURES = [
    f"requests.new.{who}" for who in ("natural", "business", "research", "nonprofit", "legal_service", "other_org")
]


def pair(other):
    return [file("a.xlsx", said=ours(), saved=EARLY), file("b.xlsx", said=other, saved=LATE)]


@pytest.mark.parametrize("newest", [False, True])
def test_files_with_nothing_in_common_are_not_one_corrected(newest):
    counted, told = one_of(pair(strange()), newest=newest)
    assert counted is None and told.detail["mixed"] and told.detail["last"] == ""
    assert "不像一个单位先后报的" in told.message and "不能按保存的先后取舍" in told.detail["way"]


@pytest.mark.parametrize(
    "other",
    [
        strange(signoff={**OTHERS, "head": " 王五 "}),
        strange(words=("一段话。", "一个问题。")),
        strange(kept=5),
        strange(signoff={}),
    ],
    ids=["one signs both", "half the words", "most figures", "nobody signed"],
)
def test_a_correction_keeps_something(other):
    files = pair(other)
    counted, told = one_of(files, newest=True)
    assert counted is files[1] and not told.detail["mixed"]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_few_figures_alike_are_nothing_in_common(kept):
    assert one_of(pair(strange(kept=kept)), newest=True)[1].detail["mixed"]


def test_figures_that_only_one_of_them_has_are_none_in_common():
    """One tells of some matters, the other of others: where one says 0 and the other 3, that is counted as unlike."""
    other = strange(kept=0)
    figures = {**dict.fromkeys(FIGURES, 0), "disclosure.rules.created": 4, "disclosure.rules.effective": 4}
    other = filing(figures, signoff=OTHERS, texts=other.texts)
    assert one_of(pair(other))[1].detail["mixed"]


def test_the_phone_and_the_date_are_not_who_signed():
    assert one_of(pair(strange(signoff={**OTHERS, "phone": PEOPLE["phone"], "date": PEOPLE["date"]})))[1].detail[
        "mixed"
    ]


def test_strangers_stay_strangers_when_the_blank_lies_between_them():
    files = [*pair(strange()), file("空白.xlsx", said=empty())]
    assert one_of(files, newest=True)[0] is None


@pytest.mark.parametrize("newest", [False, True])
def test_an_open_doubt_is_told_with_both_agencies(newest):
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", new(2), LATE, doubt="示例县教育局")]
    counted, told = one_of(files, newest=newest)
    assert counted is None and told.detail["mixed"]
    assert f"有的是{BUREAU.name}填的" in told.message and "有的是示例县教育局填的" in told.message


def test_the_first_file_says_how_the_agency_is_called():
    files = [file("a.xlsx", new(1), EARLY), file("b.xlsx", new(2), LATE, doubt="示例县教育局")]
    files[1].filing = replace(files[1].filing, agency=replace(BUREAU, name="数据局"))
    told = one_of(files)[1]
    assert told.agency == BUREAU and f"有的是{BUREAU.name}填的" in told.message


def test_where_all_are_doubted_nobody_says_that_the_agency_filled_one():
    files = [file("a.xlsx", new(1), EARLY, doubt="东镇"), file("b.xlsx", new(2), LATE, doubt="西街道")]
    told = one_of(files)[1]
    assert "有的是东镇填的，有的是西街道填的" in told.message and f"有的是{BUREAU.name}填的" not in told.message


# ── what changed, in words ───────────────────────────────────────────────────


@pytest.mark.parametrize(("count", "more"), [(2, False), (4, False), (5, True)])
def test_at_most_three_changes_are_told(count, more):
    files = [file(f"{n}.xlsx", new(n), f"2024-01-1{n}T00:00:00Z") for n in range(1, count + 1)]
    words = one_of(files)[1].detail["same"]
    assert words.count(".xlsx → ") == min(count - 1, 3) and (" 等" in words) == more


def test_files_of_one_name_are_told_by_their_folders():
    files = [file("甲/表.xlsx", new(1), EARLY), file("乙/表.xlsx", new(2), LATE)]
    assert "甲/表.xlsx → 乙/表.xlsx" in one_of(files)[1].message
