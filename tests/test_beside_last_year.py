"""Text that repeats last year's: which sentences, side by side, in a page of its own beside the 退回单."""

import io
import json

import pytest
from docx import Document
from making import filing, run, save

from xltools.rules.prose.alike import alike

OLD = (
    "全年主动公开政府信息210条，其中通过门户网站公开180条，通过新媒体公开30条。我们还开了两次座谈会，听取了企业的意见。",
    "一是政策解读形式还不够丰富，图解和视频偏少；二是业务人员更换频繁，培训没有跟上，答复文书偶有瑕疵。",
)


def beside(*paragraphs, old=OLD):
    """The sentences alike: paragraph, this year's with what is the same in brackets, last year's the same way."""
    one = filing(texts={"overview": paragraphs}, last_texts={"problems": old})
    shown = [
        "".join(f"[{p.text}]" if p.same else p.text for p in pieces) for a in alike(one) for pieces in (a.now, a.before)
    ]
    return list(zip((a.number for a in alike(one)), shown[::2], shown[1::2], strict=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # word for word, but for the figures
        (
            "全年主动公开政府信息305条，其中通过门户网站公开260条，通过新媒体公开45条。",
            "[全年主动公开政府信息305条，其中通过门户网站公开260条，通过新媒体公开45条]",
        ),
        # a sentence that goes on otherwise
        (
            "二是业务人员更换频繁，培训没有跟上，答复文书偶有瑕疵；三是平台老化。",
            "[二是业务人员更换频繁，培训没有跟上，答复文书偶有瑕疵]；三是平台老化",
        ),
        # other marks, other width
        ("我们还开了两次座谈会 听取了“企业”的意见！", "[我们还开了两次座谈会 听取了“企业”的意见]"),
        # less than half
        ("今年换了做法，先开座谈会再改版面，老年人看得懂的大字和图解多了起来，通过门户网站公开180条。", None),
        # short, or nothing of it
        ("听取了企业的意见。", None),
        ("新写的一句话，和去年的哪一句都不一样，说的是另外的事情。", None),
        ("", None),
    ],
)
def test_sentences_are_shown_beside_those_of_last_year(text, shown):
    assert [now for _, now, _ in beside(text)] == ([shown] if shown else [])


def test_each_sentence_stands_beside_the_one_that_has_most_of_it():
    first, second = OLD[0].split("。")[:2]
    found = beside("新的一段。", f"{second}。{first}。", old=(*OLD, second[:14]))
    assert [(number, before) for number, _, before in found] == [(1, f"[{second}]"), (1, before_of(first))]


def before_of(sentence):
    return "".join(before for _, _, before in beside(f"{sentence}。"))


def test_without_last_year_nothing_is_alike():
    assert alike(filing(texts={"overview": OLD})) == []


def test_much_text_takes_no_long_time():
    """Every run of letters is in every sentence: the work grows with the text all the same."""
    many = "。".join(["我们还开了两次座谈会听取了企业的意见建议"] * 1500)
    assert len(beside(many, old=(many,))) == 1500


# ── the page ─────────────────────────────────────────────────────────────────


@pytest.fixture
def season(tmp_path):
    """A filing whose text is last year's, checked with slips; the folder they are in."""
    texts = dict.fromkeys(("overview", "problems", "other"), OLD * 3)
    save(tmp_path / "去年" / "表.xlsx", filing(texts=texts, year=2022))
    save(tmp_path / "回收" / "表.xlsx", filing(texts=texts))
    done = run("check", tmp_path / "回收", "--previous", tmp_path / "去年", "--slips", tmp_path / "退回", "--json")
    found = [f for f in json.loads(done.stdout)["filings"][0]["findings"] if f["code"] == "text-repeated"]
    assert len(found) == 1 and "与上年对照.docx" in found[0]["remedy"]
    return tmp_path / "退回"


def test_the_page_lies_beside_the_letter_and_shows_each_sentence_twice(season):
    [page] = season.glob("*_与上年对照.docx")
    assert page.with_name(page.name.replace("与上年对照", "退回单")).exists()
    document = Document(io.BytesIO(page.read_bytes()))
    assert any("100%" in p.text for p in document.paragraphs)
    [table] = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["位置", "上年", "本年"] and len(rows) == 1 + 9 * 3
    assert rows[1][0] == "“一、总体情况”第 1 段" and rows[1][1] == rows[1][2] == OLD[0].split("。")[0]


def test_the_page_is_the_same_every_time(season, tmp_path):
    [page] = season.glob("*_与上年对照.docx")
    run("check", tmp_path / "回收", "--previous", tmp_path / "去年", "--slips", tmp_path / "又退回")
    assert (tmp_path / "又退回" / page.name).read_bytes() == page.read_bytes()


def test_a_text_of_its_own_gets_no_page(tmp_path):
    save(tmp_path / "去年" / "表.xlsx", filing(texts={"overview": OLD * 3}, year=2022))
    save(tmp_path / "回收" / "表.xlsx", filing({"requests.new.natural": 9}))
    run("check", tmp_path / "回收", "--previous", tmp_path / "去年", "--slips", tmp_path / "退回")
    assert (tmp_path / "退回").exists() and not list((tmp_path / "退回").glob("*对照*"))
