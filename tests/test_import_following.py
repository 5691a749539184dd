"""Last year's published report of an older form, imported: what it gives this year's form, and what it is told that it cannot."""

import pytest
from followed import LAST_OF_NEW, OLD, THEN, WHOLE, form_at_hand, made, then
from making import distinct, filing, run, save
from reports_made import as_docx, as_html, as_text, one_a_line, printed

from xltools.collection.check import check
from xltools.collection.previous import Previous, read_previous
from xltools.editions import load_form
from xltools.form.model import Agency
from xltools.ingest.report import Asked, import_report
from xltools.workbook.write import write_filing

TOWN = Agency("1101", "东镇人民政府", "township")
WAYS = {
    "page": (lambda report: as_html(report).encode(), "a.html"),
    "Word": (as_docx, "a.docx"),
    "text": (lambda report: as_text(report, one_a_line).encode(), "a.txt"),
}
LIKE = ("disclosure.licensing.decisions", "disclosure.penalty.decisions", "disclosure.coercion.decisions")
"""The figures of parts one and two that mean the same in both editions."""


def imported(filed, way, **more):
    write, name = WAYS[way]
    asked = Asked(code=filed.agency.code, name=filed.agency.name, level=filed.agency.level, **more)
    return import_report(write(printed(filed)), name, asked)


def of_2019(year=2020):
    form = load_form("2019")
    return filing(distinct(form), year=year, form=form, agency=TOWN)


def as_previous(read, folder):
    return read_previous([save(folder / "去年.xlsx", write_filing(read.filing))])


# ── from one edition to the next ─────────────────────────────────────────────


@pytest.mark.parametrize("way", WAYS)
def test_a_report_of_the_older_edition_fills_what_means_the_same(way, tmp_path):
    last = of_2019()
    read = imported(last, way)
    assert read.filing.form.edition == "2019" and read.filing.year == 2020
    assert "edition-other" not in {f.code for f in read.findings}
    form = load_form("2021")
    blank = as_previous(read, tmp_path).blank(form, TOWN, 2021)
    known = set(blank.known_last)
    same = {f.id for f in form.inputs if f.id in LIKE or f.id.startswith(("requests.", "disputes."))}
    others = {name for name in same if name.startswith("requests.other.")}
    assert same - others <= known and not known & others
    assert not {
        name for name in known if name.startswith(("disclosure.rules.", "disclosure.normative.", "disclosure.fees."))
    }
    assert {name: blank.last[name] for name in same - others} == {name: last.values[name] for name in same - others}
    for column in ("natural", "business", "research", "nonprofit", "legal_service", "other_org"):
        assert blank.inputs[f"requests.carried_in.{column}"] == last.values[f"requests.carried_out.{column}"]
    assert len(blank.carried) == 6


@pytest.mark.parametrize("way", WAYS)
def test_the_older_form_in_a_year_of_the_newer_is_told_and_followed_all_the_same(way, tmp_path):
    last = of_2019(2022)
    read = imported(last, way)
    assert read.filing.form.edition == "2019" and "edition-other" in {f.code for f in read.findings}
    blank = as_previous(read, tmp_path).blank(load_form("2021"), TOWN, 2023)
    assert blank.inputs["requests.carried_in.natural"] == last.values["requests.carried_out.natural"]
    assert blank.last["disclosure.penalty.decisions"] == last.values["disclosure.penalty.decisions"]
    assert blank.last.get("disclosure.normative.issued") is None


def test_what_could_not_be_placed_is_unknown_of_last_year_and_not_nought(tmp_path):
    last = of_2019()
    write, name = WAYS["page"]
    whole = write(printed(last)).decode()
    figure = str(last.values["requests.granted.natural"])
    assert whole.count(f">{figure}<") == 1
    read = import_report(whole.replace(f">{figure}<", ">大约许多<").encode(), name, Asked(code="1101", name=TOWN.name))
    blank = as_previous(read, tmp_path).blank(load_form("2021"), TOWN, 2021)
    row = [name for name in last.inputs if name.startswith("requests.granted.")]
    assert "import-row-missing" in {f.code for f in read.findings}
    assert [blank.last[name] for name in row] == [None] * 6
    assert blank.last["requests.partial.natural"] == last.values["requests.partial.natural"]


def test_the_commands_take_it_from_report_to_check(tmp_path):
    last = of_2019()
    report = save(tmp_path / "报告.docx", as_docx(printed(last)))
    run("import", report, "-o", tmp_path / "去年.xlsx", "--name", TOWN.name, "--code", TOWN.code)
    done = run("blank", "--year", 2021, "--name", TOWN.name, "--code", TOWN.code, "--level", "township",
               "--previous", tmp_path / "去年.xlsx", "-o", tmp_path / "下发")  # fmt: skip
    assert done.returncode == 0, done.stderr
    [blank] = (tmp_path / "下发").glob("*.xlsx")
    [received] = check([blank], previous=read_previous([tmp_path / "去年.xlsx"])).received
    assert received.verdict == "original"
    assert received.filing.last["disputes.review.upheld"] == last.values["disputes.review.upheld"]
    assert received.filing.inputs["requests.carried_in.natural"] == last.values["requests.carried_out.natural"]


# ── renamed, merged, parted, new ─────────────────────────────────────────────


@pytest.mark.parametrize("way", WAYS)
def test_a_form_that_follows_with_other_rows_takes_them_from_the_report(way, tmp_path):
    with form_at_hand(tmp_path, OLD, WHOLE):
        read = imported(then(), way, year=2030)
        assert read.filing is not None, [f.message for f in read.findings]
        assert read.filing.form.edition == "old" and dict(read.filing.inputs) == THEN
        blank = as_previous(read, tmp_path).blank(made(WHOLE), then().agency, 2031)
        told = {f.code: f.message for f in Previous({(2030, "1"): read.filing}).unfollowed(made(WHOLE))}
    assert {name: blank.last.get(name) for name in LAST_OF_NEW} == LAST_OF_NEW
    assert blank.inputs == {"s.in.b": 502, "s.in.d": 503}
    assert "转入，甲一；转入，甲二" in told["carried-left-open"]
