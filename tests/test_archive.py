"""The archive: what it holds is what the filings say; whole or not at all; the questions of its page answered both ways."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from making import AGENCIES, ROSTER, filing, run, save

import xltools
from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.roster import Entry, Roster
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.figures import printed
from xltools.form.model import Agency, Filing
from xltools.frames import archive as archives
from xltools.frames.archive import archived
from xltools.received.file import Received
from xltools.workbook.write import write_filing

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
pd = pytest.importorskip("pandas")

FORM = load_form("2021")
PAGE = Path(__file__).parent.parent / "docs" / "archive.md"
YEARS = (2021, 2022, 2023)
TOP = Agency("022", "示例省", "province")
COUNTIES = (Agency("0221", "甲县", "county"), Agency("0222", "乙县", "county"))


def made(year, number):
    """A filing of a year: figures that differ, a blank, money to the 分, texts that some share."""
    agency = Agency(f"0{number % 2 + 1}{number:03d}", f"第{number}局", "department")
    figures = dict.fromkeys((f.id for f in FORM.inputs), 0)
    came = 4 + number + (60 if (year, number % 5) == (2022, 0) else 0)
    figures |= {"requests.new.natural": came, "requests.granted.natural": came - 2, "requests.partial.natural": 1,
                "requests.carried_out.natural": 1, "disputes.review.corrected": year % 10 * (number % 2),
                "disputes.direct.corrected": number % 3, "disclosure.fees.amount": 1 + 10**6 * number,
                "disclosure.rules.issued": None}  # fmt: skip
    texts = {
        "overview": (
            f"第{number}局的概述，" + "写得很长很长很长很长很长很长很长。",
            f"{number % 3}号套话，年年都写一样的话，谁都写一样的话，毫无意义。",
        )
    }
    return Filing(FORM, agency, year, inputs=figures, texts=texts)


def season(year, agencies=12):
    """A season as it was checked; every tenth agency's filing went back."""
    received, entries = [], [Entry(TOP), *(Entry(c, TOP.code) for c in COUNTIES)]
    for number in range(agencies):
        one = made(year, number)
        findings = check_findings(one) if number % 10 == 7 else []
        received.append(Received(Path(f"{year}/{number}.xlsx"), f"{year}{number:060d}", "original", one, findings))
        entries.append(Entry(one.agency, COUNTIES[number % 2].code))
    counted = {r.filing.agency.code: r for r in received}
    return Collection(received, year, Roster(tuple(entries)), counted=counted)


def check_findings(one):
    from xltools.findings import finding

    return [finding("agency-unknown", agency=one.agency, hint="")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    place = tmp_path_factory.mktemp("年") / "档案"
    archived(map(season, YEARS), place)
    return place


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def answers(archive):
    """The answers of the page's questions, by DuckDB and by pandas."""
    (views, *asked), (begin, *counted) = (
        [b.replace("档案", str(archive)) for b in blocks(k)] for k in ("sql", "python")
    )
    base = duckdb.connect()
    base.execute(views)
    there = {}
    exec(begin, there)
    frames = []
    for block in counted:
        exec(block, there)
        frames.append(there["answer"])
    return [(base.execute(sql).fetchall(), [*frame.itertuples(index=False, name=None)])
            for sql, frame in zip(asked, frames, strict=True)]  # fmt: skip


def plain(rows):
    return [tuple(v if isinstance(v, str) else round(float(v), 4) for v in row) for row in rows]


@pytest.mark.parametrize("question", range(5))
def test_duckdb_and_pandas_answer_alike(answers, question):
    sql, frame = answers[question]
    assert sql and plain(sql) == plain(frame)


def test_the_answers_are_those_of_the_filings(answers):
    share, corrected, never, repeated, jumps = (plain(sql) for sql, _ in answers)
    filings = {y: [made(y, n) for n in range(12) if n % 10 != 7] for y in YEARS}

    def added(year, name):
        return sum(f.values[name] or 0 for f in filings[year])

    for year, said in share:
        granted = added(year, "requests.granted.total") + added(year, "requests.partial.total")
        assert said == pytest.approx(granted / added(year, "requests.total.total"), abs=1e-4)
    assert corrected == [
        (y, added(y, "disputes.review.corrected"), added(y, "disputes.direct.corrected")) for y in YEARS
    ]
    used = {name for some in filings.values() for f in some for name, v in f.values.items() if v}
    assert {name for (name,) in never} == set(FORM.fields) - used
    said = Counter(text for y in YEARS for n in range(12) for text in made(y, n).texts["overview"])
    assert {text for text, *_ in repeated} == {text for text, times in said.items() if times > 1 and len(text) > 20}
    tenfold = {n for n in range(12) if n % 5 == 0 and n % 10 != 7}
    assert {agency for agency, *_ in jumps} == {made(2022, n).agency.code for n in tenfold} and len(jumps) == 2 * len(
        tenfold
    )


def test_every_figure_is_there_exactly_with_state_and_source(archive):
    rows = duckdb.sql(f"SELECT year, area, agency, field, value, state, source, parent FROM "
                      f"read_parquet('{archive}/figures/*/*/*.parquet', hive_partitioning = true)").fetchall()  # fmt: skip
    assert len(rows) == len(YEARS) * 12 * len(FORM.fields)
    found = {(year, agency, field): rest for year, area, agency, field, *rest in rows}
    for year in YEARS:
        for n in range(12):
            one = made(year, n)
            for name, figure in one.values.items():
                value, state, source, parent = found[year, one.agency.code, name]
                assert value == (None if figure is None else Decimal(printed(figure, FORM.fields[name].type)))
                assert (state, source) == ("returned" if n % 10 == 7 else "accepted", f"{year}{n:060d}")
                assert parent == COUNTIES[n % 2].code
    areas = {area for _, area, *_ in rows}
    assert areas == {"0221_甲县", "0222_乙县"}


def tree(place):
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def test_year_upon_year_is_the_same_as_all_at_once(archive, tmp_path):
    for year in reversed(YEARS):
        archived([season(year)], tmp_path / "档案")
    assert tree(tmp_path / "档案") == tree(archive)
    assert [p.name for p in tmp_path.iterdir()] == ["档案"]


def test_the_same_year_again_is_replaced_only_when_asked(tmp_path):
    place = tmp_path / "档案"
    archived(map(season, YEARS), place)
    before = tree(place)
    with pytest.raises(XltoolsError, match="--force"):
        archived([season(2022, 4)], place)
    assert tree(place) == before
    archived([season(2022, 4)], place, force=True)
    after = tree(place)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed and all("year=2022" in name for name in changed) and after.keys() == before.keys()


@pytest.mark.parametrize("where", ["_texts", "_keep", "_replace", "_table", "_schema"])
def test_what_fails_midway_leaves_the_archive_as_it_was(tmp_path, monkeypatch, where):
    place = tmp_path / "档案"
    archived([season(2021)], place)
    before = tree(place)

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, where, broken)
    with pytest.raises(XltoolsError, match="没有动"):
        archived([season(2022)], place)
    assert tree(place) == before and [p.name for p in tmp_path.iterdir()] == ["档案"]


def test_a_folder_that_is_no_archive_is_left_alone(tmp_path):
    (tmp_path / "稿子.docx").write_text("x")
    with pytest.raises(XltoolsError, match=r"稿子\.docx"):
        archived([season(2021)], tmp_path)
    with pytest.raises(XltoolsError, match="给了两次"):
        archived([season(2021), season(2021)], tmp_path / "新")
    assert [p.name for p in tmp_path.iterdir()] == ["稿子.docx"]


def test_the_command_archives_what_it_checks(tmp_path):
    for number, agency in enumerate(AGENCIES):
        save(
            tmp_path / "回收" / f"{number}.xlsx",
            write_filing(filing({"disclosure.fees.amount": 100_001}, agency=agency)),
        )
    save(tmp_path / "名录.csv", ROSTER)
    done = run("archive", "回收", "--roster", "名录.csv", "-o", "档案", "--json", cwd=tmp_path)
    assert done.returncode == 0 and json.loads(done.stdout)["partitions"] == [{"year": "2023", "area": "11_示例县"}]
    money = duckdb.sql(f"SELECT agency, value, source FROM read_parquet('{tmp_path}/档案/figures/*/*/*.parquet') "
                       "WHERE field = 'disclosure.fees.amount' ORDER BY agency").fetchall()  # fmt: skip
    known = {r.filing.agency.code: r.sha256 for r in check([tmp_path / "回收"]).received}
    assert money == [(a.code, Decimal("0.100001"), known[a.code]) for a in AGENCIES]
    again = run("archive", "回收", "--roster", "名录.csv", "-o", "档案", cwd=tmp_path)
    assert again.returncode == 2 and "--force" in again.stderr
    assert xltools.archive(tmp_path / "回收", tmp_path / "档案", roster=tmp_path / "名录.csv", force=True).partitions
