"""No file stops the others: whatever the program fails at, over one of five files, the other four are done and the one is named."""

import gc
import json
from functools import cache
from importlib import import_module
from inspect import stack

import pytest
from lxml import html
from making import AGENCIES, ROSTER, filing, parts, run, save

import xltools.collection.check
import xltools.slips as room
from xltools import frames
from xltools.cli import options
from xltools.collection.issuing import file_name
from xltools.findings.failures import STAGES, going_on
from xltools.form.model import Agency, Filing, Member
from xltools.summary import merge
from xltools.summary import writing as workbook
from xltools.workbook.write import write_filing

FIVE = (*AGENCIES, Agency("1105", "南镇", "township"))
POOR = FIVE[2]
"""The one over whose file the program fails."""
QUERY, ERROR = "disclosure.rules.effective", "requests.new.natural"


class Broken(Exception):
    """What nobody foresaw."""


@cache
def good(figure="", year=2023):
    """The five agencies' workbooks, by the names of their files; with a figure that breaks a rule where one is named."""
    figures = {figure: 1} if figure else {}
    return {f"{a.code}.xlsx": write_filing(filing(figures, year=year, agency=a)) for a in FIVE}


def save_all(folder, **how):
    for name, content in good(**how).items():
        save(folder / name, content)


@pytest.fixture
def folder(tmp_path):
    save(tmp_path / "名录.csv", ROSTER + "1105,南镇,乡镇,11,,\n")
    save_all(tmp_path / "回收")
    return tmp_path


def broken(monkeypatch, place, problem=Broken, code=POOR.code):
    """Makes a function fail over the one agency's file, wherever among its arguments that is."""
    module, _, name = place.rpartition(".")
    owner = import_module(module)
    right = getattr(owner, name)

    def wrong(*arguments, **more):
        if any(is_of(item, code) for item in (*arguments, *more.values())):
            raise problem("坏了\x1b[2J")
        return right(*arguments, **more)

    monkeypatch.setattr(owner, name, wrong)


def is_of(item, code):
    """Whether an argument is an agency's filing, its file, its name, a finding of it; not the finding that it failed."""
    for _ in range(4):
        if isinstance(item, (list, tuple)):
            return any(is_of(one, code) for one in item)
        if isinstance(item, Member) or getattr(item, "code", None) == "file-failed":
            return False
        if getattr(item, "code", None) == code or code in getattr(item, "name", ""):
            return True
        item = item.filing if hasattr(item, "filing") else getattr(item, "agency", None)
    return False


def told(said, stage):
    """The finding on the one file, and no other file has any like it."""
    [found] = [f for one in said["filings"] for f in one["findings"] if f["code"] == "file-failed"]
    assert f"{POOR.code}.xlsx" in found["file"] and f"{POOR.code}.xlsx" in found["message"]
    assert STAGES[stage] in found["message"] and found["severity"] == "error"
    assert "\x1b" not in found["message"]
    return found


PROBLEMS = (Broken, MemoryError, RecursionError, UnicodeEncodeError, KeyError)


def made(kind):
    return (lambda words: UnicodeEncodeError("utf-8", "\ud83d", 0, 1, words)) if kind is UnicodeEncodeError else kind


CHECKED = {
    "xltools.received.read.audit": "read",
    "xltools.collection.gathered.read_file": "read",
    "xltools.collection.gathered.judge": "judge",
    "xltools.collection.check._settle": "set",
    "xltools.collection.check.corrected": "set",
    "xltools.collection.check.one_of": "set",
    "xltools.collection.check.remember": "set",
    "xltools.collection.account.received_json": "show",
    "xltools.collection.account.check_code": "show",
}


@pytest.mark.parametrize("place", CHECKED)
def test_a_check_goes_on(folder, monkeypatch, place, kind=Broken):
    broken(monkeypatch, place, made(kind))
    done = run("check", "回收", "--roster", "名录.csv", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    said = json.loads(done.stdout)
    told(said, CHECKED[place])
    assert said["counts"]["accepted"] == 4 and len(said["filings"]) == 5


@pytest.mark.parametrize("kind", PROBLEMS)
@pytest.mark.parametrize("place", ["xltools.collection.gathered.judge", "xltools.collection.check.remember"])
def test_whatever_is_raised(folder, monkeypatch, place, kind):
    test_a_check_goes_on(folder, monkeypatch, place, kind)


@pytest.mark.parametrize("place", ["_known", "_one_path"])
def test_a_rule_of_the_set_goes_on(folder, monkeypatch, place):
    """A rule that takes all files at once: which of them it fails over only shows where they are left out."""
    right = getattr(xltools.collection.check, place)

    def wrong(collection, *more):
        if any(r.filing and r.filing.agency == POOR for r in collection.received):
            raise Broken
        return right(collection, *more)

    monkeypatch.setattr(xltools.collection.check, place, wrong)
    done = run("check", "回收", "--roster", "名录.csv", "--json", cwd=folder)
    told(json.loads(done.stdout), "set")
    assert done.returncode == 1 and json.loads(done.stdout)["counts"]["accepted"] == 4


def test_a_check_for_people_goes_on(folder, monkeypatch):
    right = options._print_file

    def wrong(received, **how):
        if received.filing and received.filing.agency == POOR:
            raise Broken
        right(received, **how)

    monkeypatch.setattr(options, "_print_file", wrong)
    done = run("check", "回收", cwd=folder)
    assert done.returncode == 1 and done.stdout.count("√") == 4 and "维护人员" in done.stdout


@pytest.mark.parametrize(("place", "stage", "lost"), [
    ("xltools.slips.single.letter", "letter", f"{POOR.code}_{POOR.name}_退回单.docx"),
    ("xltools.slips.single.marked_copy", "copy", f"{POOR.code}_{POOR.name}_请更正.xlsx"),
    ("xltools.slips.single.prefilled", "copy", f"{POOR.code}_{POOR.name}_请更正.xlsx"),
    ("xltools.slips.single.marks_of", "copy", f"{POOR.code}_{POOR.name}_请更正.xlsx"),
    ("xltools.slips.chat._returned", "chat", ""),
])  # fmt: skip
def test_slips_go_on(folder, monkeypatch, place, stage, lost):
    save_all(folder / "回收", figure=ERROR)
    broken(monkeypatch, place)
    done = run("check", "回收", "--slips", "退", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    told(json.loads(done.stdout), stage)
    names = {path.name for path in (folder / "退").iterdir()}
    whole = {f"{a.code}_{a.name}_{what}" for a in FIVE for what in ("退回单.docx", "请更正.xlsx")}
    assert names == whole - {lost} | {"催报与退改.txt"}
    words = (folder / "退" / "催报与退改.txt").read_text("utf-8")
    assert all(agency.name in words for agency in FIVE)


def test_a_filing_changed_meanwhile_stops_no_slips(folder, monkeypatch):
    """A clerk saves a file between its check and its slip."""
    save_all(folder / "回收", figure=ERROR)

    def later(*given):
        save(folder / "回收" / f"{POOR.code}.xlsx", filing(agency=POOR))
        return all_slips(*given)

    all_slips = room._all
    monkeypatch.setattr(room, "_all", later)
    done = run("check", "回收", "--slips", "退", "--json", cwd=folder)
    assert done.returncode == 1 and "改过" in told(json.loads(done.stdout), "copy")["message"]
    assert len(list((folder / "退").iterdir())) == 5 + 4 + 1


@pytest.mark.parametrize("place", ["xltools.workbook.ledger.ledger_row", "xltools.summary.writing._file",
                                   "xltools.summary.issues._row", "xltools.summary.writing.check_code"])  # fmt: skip
def test_a_summary_goes_on(folder, monkeypatch, place, capfd):
    save_all(folder / "回收", figure=QUERY)  # with findings, for 审核问题
    broken(monkeypatch, place)
    done = run("merge", "回收", "--roster", "名录.csv", "-o", "汇.xlsx", "--include-queried", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    said = json.loads(done.stdout)
    told(said, "merge")
    assert said["summary"]["accepted"] == 4 and said["summary"]["missing"] == []
    assert run("check", "汇.xlsx", cwd=folder).returncode == 0
    gc.collect()
    assert capfd.readouterr().err == "", "what was begun and given up complains of nothing"


@pytest.mark.parametrize("sheet", ["write_sources", "write_data", "write_issues", "write_comparison"])
def test_a_sheet_of_the_summary_that_fails_over_one_file(folder, monkeypatch, sheet):
    """Not even the sheet knows over which: it shows when files are left out."""
    right = getattr(workbook, sheet)

    def wrong(book, *arguments):
        if POOR in read[-1]:
            raise Broken
        return right(book, *arguments)

    def merged(collection, *more, **how):
        read.append([r.filing.agency for r in collection.received if r.filing])
        return merge(collection, *more, **how)

    read = []
    monkeypatch.setattr(workbook, "merge", merged)
    monkeypatch.setattr(workbook, sheet, wrong)
    done = run("merge", "回收", "--roster", "名录.csv", "-o", "汇.xlsx", "--json", cwd=folder)
    said = json.loads(done.stdout)
    told(said, "merge")
    assert done.returncode == 1 and said["summary"]["accepted"] == 4
    text = "".join(part.decode("utf-8", "replace") for part in parts((folder / "汇.xlsx").read_bytes()).values())
    assert f"{POOR.code}.xlsx" in text and "没能处理" in text, "the file stands in 来源, its finding in 审核问题"


def test_what_is_no_files_fault_is_told_as_such(folder, monkeypatch):
    def wrong(*arguments):
        raise Broken("全坏了")

    monkeypatch.setattr(workbook, "write_standings", wrong)
    done = run("merge", "回收", "--roster", "名录.csv", "-o", "汇.xlsx", cwd=folder)
    assert done.returncode == 2 and "Broken" in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "汇.xlsx").exists()


@pytest.fixture
def season(folder):
    save(folder / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    return folder


@pytest.mark.parametrize(("place", "stage"), [
    ("xltools.season.record._figures", "remember"), ("xltools.season.record._words", "remember"),
    ("xltools.season.store.read_bytes", "read"),
])  # fmt: skip
def test_a_season_goes_on(season, monkeypatch, place, stage):
    broken(monkeypatch, place)
    done = run("check", "--json", cwd=season)
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    told(said, stage)
    page = html.fromstring((season / said["page"]).read_bytes().decode())
    passed = page.xpath("//ul[@class='tally']/li[@class='accepted']/b")[0].text
    assert int(passed) == said["counts"]["accepted"] == 4
    kept = json.loads((season / ".xltools" / "record.json").read_bytes())
    assert len([one for one in kept["agencies"].values() if one["state"] == "accepted"]) == 4


def test_readings_that_cannot_be_recalled_are_read_again(season, monkeypatch):
    run("check", cwd=season)

    def wrong(*_):
        raise Broken

    monkeypatch.setattr("xltools.season.store.Store.recall", wrong)
    said = json.loads(run("check", "--json", cwd=season).stdout)
    assert said["counts"]["accepted"] == 5


@pytest.mark.parametrize("place", ["xltools.ingest.run.write_filing", "xltools.ingest.run.import_file"])
def test_imports_go_on(folder, monkeypatch, place):
    for agency in FIVE:
        run(
            "report",
            f"回收/{agency.code}.xlsx",
            "-o",
            save(folder / "报告" / f"{agency.code}.html", ""),
            "--force",
            cwd=folder,
        )
    broken(monkeypatch, place)
    done = run("import", "--folder", "报告", "-o", "表", "--roster", "名录.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert "维护人员" in done.stdout and f"{POOR.code}.html" in done.stdout
    assert {p.name for p in (folder / "表").iterdir()} == {file_name(a, 2023) for a in FIVE if a != POOR}


@pytest.mark.parametrize(("command", "place", "output"), [
    (("export",), "xltools.received.exchange.filing_json", ()),
    (("export", "--format", "csv"), "xltools.received.exchange.filing_csv", ()),
    (("export", "--format", "xlsx"), "xltools.workbook.official.write_official", ("-o", "出.xlsx")),
    (("report",), "xltools.publication.content.report_of", ("-o", "出.docx")),
    (("report",), "xltools.publication.html.page_report", ("-o", "出.html")),
])  # fmt: skip
def test_one_file_that_cannot_be_given_out(folder, monkeypatch, command, place, output):
    broken(monkeypatch, place) if "page" not in place else monkeypatch.setattr(place, lambda report: 1 / 0)
    done = run(*command, f"回收/{POOR.code}.xlsx", *output, cwd=folder)
    assert done.returncode == 1 and "维护人员" in done.stderr and done.stdout == ""
    assert not list(folder.glob("出.*"))


def test_last_years_filings_go_on(folder, monkeypatch):
    save_all(folder / "上年", year=2022)
    broken(monkeypatch, "xltools.collection.previous._agencies")
    said = json.loads(run("check", "回收", "--previous", "上年", "--json", cwd=folder).stdout)
    [found] = [f for f in said["findings"] if f["code"] == "file-failed"]
    assert POOR.code in found["file"] and said["counts"]["accepted"] == 5


def test_frames_go_on(folder, monkeypatch):
    right = Filing.values.func

    def wrong(self):
        if self.agency == POOR and any(frame.function == "frame_of" for frame in stack()):
            raise Broken
        return right(self)

    monkeypatch.setattr(Filing, "values", property(wrong))
    with pytest.warns(UserWarning, match=f"{POOR.code}.xlsx"):
        frame = frames.read([folder / "回收"])
    assert len(frame) == 4 and POOR.name not in set(frame["name"])


def test_many_processes_go_on(tmp_path, monkeypatch):
    """More files than one process reads, one in every ten of them broken in a process of its own."""
    some = [Agency(f"{n:03}", f"单位{n}", "department") for n in range(50)]
    for agency in some:
        save(tmp_path / f"{agency.code}.xlsx", filing(agency=agency))
    one = (tmp_path / "007.xlsx").read_bytes()
    save(tmp_path / "007.xlsx", one[:-400])
    done = run("check", tmp_path, "--json", "--jobs", "2")
    assert json.loads(done.stdout)["counts"]["accepted"] == 49 and done.returncode == 1


def test_an_interruption_is_none_of_it(folder, monkeypatch):
    broken(monkeypatch, "xltools.collection.gathered.judge", KeyboardInterrupt)
    done = run("check", "回收", cwd=folder)
    assert done.returncode == 2 and "中断" in done.stderr


def test_whoever_mends_the_program_sees_it_all(folder, monkeypatch):
    monkeypatch.setenv("XLTOOLS_DEBUG", "1")
    broken(monkeypatch, "xltools.collection.gathered.judge")
    with pytest.raises(Broken):
        run("check", "回收", cwd=folder)


# ── finding out over which files all of it fails ─────────────────────────────

MANY = list(range(1000, 1013))


@pytest.mark.parametrize("bad", [[], [1003], [1000, 1012], [1001, 1002, 1003], [1006, 1009], MANY[:-1], MANY])
def test_the_guilty_are_found_by_halving(bad):
    runs = []

    def total(items):
        runs.append(len(items))
        assert not set(items) & set(bad)
        return sum(items)

    assert going_on(MANY, total, lambda item, problem: 0) == sum(n for n in MANY if n not in bad)
    assert len(runs) <= 3 + 2 * max(1, len(bad)) * 5


def test_of_two_that_fail_only_together_one_is_left_out():
    def total(items):
        assert not {1002, 1009} <= set(items)
        return list(items)

    assert going_on(MANY, total, lambda item, problem: -item) == [-n if n == 1009 else n for n in MANY]


def test_what_fails_over_nothing_is_raised_at_once():
    def total(items):
        raise Broken

    with pytest.raises(Broken):
        going_on(MANY, total, lambda item, problem: pytest.fail("nobody is to blame"))
