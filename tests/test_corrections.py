"""A corrected copy takes the place of the file it was made from, of that one alone, whichever came first."""

from itertools import permutations

import pytest
from making import AGENCIES, BUREAU, altered, cell_of, codes, filing, opened, resaved, run, run_json, save
from test_bad_input import other_container

from xltools.collection.check import check, check_file
from xltools.collection.previous import read_previous
from xltools.collection.states import standings
from xltools.editions import load_form
from xltools.form.model import Agency
from xltools.slips import slips
from xltools.slips.prefilled import prefilled
from xltools.slips.single import marked_copy
from xltools.workbook.write import write_filing

FORM = load_form("2021")
SHEET, CELL = cell_of(FORM, "requests.new.natural")
OTHER = cell_of(FORM, "requests.new.business")[1]
WRONG = {"requests.new.natural": 9}
SENT = write_filing(filing(WRONG))
PEOPLE = {"compiler": "赵六", "reviewer": "钱七", "head": "孙八", "date": "2024-01-16", "phone": "010-9999"}


def slip(folder, content, name="slip.xlsx"):
    return marked_copy(check_file(save(folder / name, content)))


def put(content, **cells):
    return altered(content, SHEET, cells)


@pytest.fixture
def corrected(tmp_path):
    """The marked copy with what was wrong put right."""
    return put(slip(tmp_path / "退", SENT), **{CELL: 0})


def collected(folder, files, year=None):
    for name, content in files.items():
        save(folder / name, content)
    return check([folder], year=year)


def by_name(collection):
    return {r.path.name: r for r in collection.received}


def told(collection, code):
    return [f for f in collection.findings if f.code == code]


@pytest.mark.parametrize(
    "names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx"), ("农业农村局.xlsx", "QH-08_请更正.xlsx")]
)
def test_a_corrected_copy_beside_its_original_is_no_duplicate(tmp_path, corrected, names):
    old, new = names
    collection = collected(tmp_path / "回收", {old: SENT, new: corrected})
    files = by_name(collection)
    assert collection.counted[BUREAU.code] is files[new] and files[new].accepted
    assert files[old].superseded_by.endswith(new) and not any(f.open for f in files[old].findings)
    assert not told(collection, "agency-duplicate") and collection.counts()["error"] == 0
    [note] = told(collection, "agency-corrected")
    assert note.severity == "note" and note.file.endswith(new) and old in note.message
    assert f"{old} → {new}" in note.message and "9 → 0" in note.message
    [standing] = standings(collection)
    assert standing.state == "accepted" and not standing.open
    assert [name for name, _ in slips(collection)] == ["催报与退改.txt"]


def test_on_the_screen_what_is_replaced_is_no_failure(tmp_path, corrected):
    save(tmp_path / "回收" / "a.xlsx", SENT)
    save(tmp_path / "回收" / "b.xlsx", corrected)
    lines = run("check", "回收", cwd=tmp_path).stdout.splitlines()
    [old] = [line for line in lines if line.startswith("－")]
    assert "回收/a.xlsx" in old and "已由“回收/b.xlsx”代替，不计" in old
    assert not any(line.startswith("×") or "不符" in line for line in lines)
    assert next(line for line in lines if line.startswith("√")).startswith("√ 回收/b.xlsx")


def test_saved_by_another_program_it_still_says_so(tmp_path, corrected):
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "b.xlsx": resaved(corrected)})
    assert by_name(collection)["a.xlsx"].superseded_by and not told(collection, "agency-duplicate")


def generations(folder):
    """Sent, corrected in part, corrected wholly."""
    first = write_filing(filing({**WRONG, "requests.new.business": 3}))
    second = put(slip(folder / "退一", first), **{CELL: 0})
    third = put(slip(folder / "退二", second), **{OTHER: 0})
    return {"1": first, "2": second, "3": third}


@pytest.mark.parametrize("order", list(permutations("123")))
def test_of_three_generations_the_last_counts_in_whatever_order_they_came(tmp_path, order):
    made = generations(tmp_path)
    collection = collected(tmp_path / "回收", {f"{place}.xlsx": made[n] for place, n in enumerate(order)})
    name = {n: f"{place}.xlsx" for place, n in enumerate(order)}
    files = by_name(collection)
    assert collection.counted[BUREAU.code] is files[name["3"]] and files[name["3"]].accepted
    assert all(files[name[n]].superseded_by.endswith(name["3"]) for n in "12")
    [note] = told(collection, "agency-corrected")
    assert f"{name['1']} → {name['2']}" in note.message and f"{name['2']} → {name['3']}" in note.message


@pytest.mark.parametrize("there", ["13", "23", "12"])
def test_a_generation_may_be_missing(tmp_path, there):
    made = generations(tmp_path)
    collection = collected(tmp_path / "回收", {f"{n}.xlsx": made[n] for n in there})
    assert collection.counted[BUREAU.code] is by_name(collection)[f"{there[1]}.xlsx"]
    assert not told(collection, "agency-duplicate")


def test_changed_back_it_is_still_the_last(tmp_path):
    first = write_filing(filing())
    second = put(slip(tmp_path / "退", SENT), **{CELL: 5})
    back = put(slip(tmp_path / "又", second), **{CELL: 9})
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "b.xlsx": second, "c.xlsx": back})
    files = by_name(collection)
    assert collection.counted[BUREAU.code] is files["c.xlsx"] and files["a.xlsx"].superseded_by and first != back


def test_two_corrections_of_one_file_contradict_each_other_and_it_is_replaced(tmp_path):
    copy = slip(tmp_path / "退", SENT)
    files = {"a.xlsx": SENT, "b.xlsx": put(copy, **{CELL: 0}), "c.xlsx": put(copy, **{CELL: 4})}
    collection = collected(tmp_path / "回收", files)
    assert BUREAU.code not in collection.counted and by_name(collection)["a.xlsx"].superseded_by
    [found] = told(collection, "agency-duplicate")
    assert found.severity == "error" and found.detail["count"] == 2 and "a.xlsx" not in found.detail["files"]


def test_an_equal_copy_of_the_original_is_replaced_with_it(tmp_path, corrected):
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "again.xlsx": resaved(SENT), "b.xlsx": corrected})
    assert collection.counted[BUREAU.code].path.name == "b.xlsx" and not told(collection, "agency-duplicate")


def test_a_third_file_that_it_was_not_made_from_is_not_replaced(tmp_path, corrected):
    files = {"a.xlsx": SENT, "b.xlsx": corrected, "c.xlsx": write_filing(filing({"requests.new.business": 7}))}
    collection = collected(tmp_path / "回收", files)
    assert not by_name(collection)["c.xlsx"].superseded_by and by_name(collection)["a.xlsx"].superseded_by
    [found] = told(collection, "agency-duplicate")
    assert found.severity == "error" and "b.xlsx" in found.message and "c.xlsx" in found.message
    assert " → " not in found.message, "which of them is newer is not known"


def test_a_copy_that_nobody_changed_leaves_one_with_the_same_findings(tmp_path):
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "b.xlsx": slip(tmp_path / "退", SENT)})
    assert not told(collection, "agency-duplicate") and collection.counts()["error"] == len(
        [f for f in check_file(tmp_path / "回收" / "a.xlsx").findings if f.open and f.severity == "error"]
    )


def test_what_another_agency_filled_in_replaces_nothing(tmp_path):
    copy = slip(tmp_path / "退", SENT)
    strange = filing(
        {f.id: 7 for f in FORM.inputs}, signoff=PEOPLE, texts={s.id: ("另写的。",) for s in FORM.text_sections}
    )
    numbers = {CELL: 3}
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "b.xlsx": put(copy, **numbers)})
    assert by_name(collection)["a.xlsx"].superseded_by
    made = write_filing(strange)
    [said] = [r.originals for r in check([tmp_path / "回收" / "b.xlsx"]).received]
    from xltools.received.mark import marked

    claimed = marked(made, [], {}, said)
    collection = collected(tmp_path / "别", {"a.xlsx": SENT, "b.xlsx": claimed})
    assert by_name(collection)["b.xlsx"].originals and not by_name(collection)["a.xlsx"].superseded_by
    assert told(collection, "agency-duplicate")


def test_what_is_of_another_agency_replaces_nothing(tmp_path, corrected):
    from xltools.received.mark import marked

    said = check_file(save(tmp_path / "c.xlsx", corrected)).originals
    claimed = marked(write_filing(filing(agency=AGENCIES[1])), [], {}, said)
    collection = collected(tmp_path / "回收", {"a.xlsx": SENT, "b.xlsx": claimed})
    assert not by_name(collection)["a.xlsx"].superseded_by and len(collection.counted) == 2


# ── returns on this year's form ──────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["another year", "another container"])
def test_a_return_on_this_years_form_replaces_what_it_was_made_from(tmp_path, kind):
    if kind == "another year":
        name, content = "旧.xlsx", write_filing(filing(year=2022))
    else:
        name, content = "旧.ods", other_container()
    folder = tmp_path / "回收"
    collection = collected(folder, {name: content}, 2023)
    back = prefilled(collection.received[0], collection)
    save(folder / "报回.xlsx", resaved(back.content))
    again = check([folder], year=2023)
    files = by_name(again)
    assert files[name].superseded_by and not any(f.open for f in files[name].findings)
    assert again.counted[BUREAU.code] is files["报回.xlsx"] and not told(again, "agency-duplicate")
    assert "year-other" not in codes(files["报回.xlsx"])


def test_a_return_under_a_new_code_replaces_last_years_form_under_the_old(tmp_path):
    from xltools.received.mark import marked

    old = Agency("1188", "旧局", "department")
    sent = write_filing(filing(year=2022, agency=old))
    digest = check_file(save(tmp_path / "旧.xlsx", sent)).sha256
    collection = collected(tmp_path / "回收", {"旧.xlsx": sent, "新.xlsx": marked(SENT, [], {}, [digest])}, 2023)
    assert by_name(collection)["旧.xlsx"].superseded_by


# ── in a season ──────────────────────────────────────────────────────────────


def test_an_older_file_that_comes_later_changes_nothing_and_is_told(tmp_path, corrected):
    home = tmp_path / "季"
    run_json_lines = ["单位代码,单位名称,层级,上级代码", "11,示例县,县（市、区）,", "1101,示例县数据局,部门,11"]
    save(home / "名录.csv", "\n".join(run_json_lines))
    save(home / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    save(home / "回收" / "新.xlsx", corrected)
    first = run_json("check", "--json", cwd=home)
    assert first["agencies"][0]["state"] == "accepted"
    save(home / "回收" / "又报.xlsx", SENT)
    again = run_json("check", "--json", cwd=home)
    assert again["agencies"][0]["state"] == "accepted" and again["agencies"][0]["counted"].endswith("新.xlsx")
    assert again["counts"]["error"] == 0
    [note] = [f for f in again["findings"] if f["code"] == "agency-corrected"]
    assert "又报.xlsx → 新.xlsx" in note["message"]
    summary = run_json("merge", "--json", cwd=home)
    assert summary["summary"]["accepted"] == 1
    rows = list(opened((home / summary["summary"]["file"]).read_bytes())["来源"].values)
    used = {row[0]: row[4] for row in rows if row[0] and str(row[0]).endswith(".xlsx")}
    assert used == {"回收/新.xlsx": "是，更正后的一份", "回收/又报.xlsx": "否，有更新的一份"}
    told_ = run("check", cwd=home).stdout
    assert "采用的一份没有变" in told_ or "没有变化 1 家" in told_


def season(folder, *codes):
    """A working folder for these agencies."""
    lines = ["单位代码,单位名称,层级,上级代码", "11,示例县,县（市、区）,"]
    lines += [f"{a.code},{a.name},部门,11" for a in AGENCIES if a.code in codes]
    save(folder / "名录.csv", "\n".join(lines))
    save(folder / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n')
    return folder


def lying(folder):
    return {path.name for path in folder.iterdir() if path.is_file()} if folder.exists() else set()


COPY, LETTER, CHAT = "1101_示例县数据局_请更正.xlsx", "1101_示例县数据局_退回单.docx", "催报与退改.txt"


def test_what_is_settled_is_put_away(tmp_path):
    home = season(tmp_path, "1101", "1102")
    back, done = home / "退回", home / "退回" / "已了结"
    save(home / "回收" / "表.xlsx", SENT)
    run_json("check", "--json", cwd=home, status=1)
    assert lying(back) == {COPY, LETTER, CHAT} and lying(done) == set()
    save(home / "回收" / "更正.xlsx", put((back / COPY).read_bytes(), **{CELL: 0}))
    ended = run("check", cwd=home)
    assert ended.returncode == 0 and "已了结" in ended.stderr
    assert lying(back) == {CHAT} and lying(done) == {COPY, LETTER}
    assert "退回" not in run("check", cwd=home).stderr, "told once"


def test_a_slip_that_somebody_worked_in_stays_and_is_named(tmp_path):
    home = season(tmp_path, "1101")
    back = home / "退回"
    save(home / "回收" / "表.xlsx", SENT)
    run("check", cwd=home)
    worked = put((back / COPY).read_bytes(), **{CELL: 0})
    save(back / COPY, worked)
    save(home / "回收" / "表.xlsx", worked)
    ended = run("check", cwd=home)
    assert COPY in ended.stderr and "没有动" in ended.stderr
    assert lying(back) == {CHAT, COPY} and (back / COPY).read_bytes() == worked and lying(back / "已了结") == {LETTER}


def test_one_that_somebody_worked_in_does_not_keep_the_others_from_being_written(tmp_path):
    home = season(tmp_path, "1101", "1102")
    back = home / "退回"
    save(home / "回收" / "表.xlsx", SENT)
    run("check", cwd=home)
    worked = put((back / COPY).read_bytes(), **{CELL: 4})
    save(back / COPY, worked)
    save(home / "回收" / "二.xlsx", filing(WRONG, agency=AGENCIES[1]))
    ended = run("check", cwd=home)
    assert (back / COPY).read_bytes() == worked and COPY in ended.stderr
    assert "1102_示例县教育局_请更正.xlsx" in lying(back)


def test_slips_of_who_has_not_answered_stay(tmp_path):
    """The original was taken out of the folder, the correction has not come."""
    home = season(tmp_path, "1101", "1102")
    sent = save(home / "回收" / "表.xlsx", SENT)
    run("check", cwd=home)
    sent.unlink()
    run("check", cwd=home)
    assert lying(home / "退回") == {COPY, LETTER, CHAT}


def test_put_away_again_it_replaces_only_what_is_ours(tmp_path):
    home = season(tmp_path, "1101")
    back, done = home / "退回", home / "退回" / "已了结"
    for _ in range(2):
        save(home / "回收" / "表.xlsx", SENT)
        run("check", cwd=home)
        save(home / "回收" / "表.xlsx", filing())
        run("check", cwd=home)
        assert lying(done) == {COPY, LETTER} and lying(back) == {CHAT}
    save(done / COPY, b"mine")
    save(home / "回收" / "表.xlsx", SENT)
    run("check", cwd=home)
    save(home / "回收" / "表.xlsx", filing())
    run("check", cwd=home)
    assert (done / COPY).read_bytes() == b"mine" and COPY in lying(back)


def test_what_lies_there_is_never_read_as_a_filing(tmp_path):
    home = season(tmp_path, "1101")
    save(home / "xltools.toml", 'year = 2023\nroster = "名录.csv"\n[folders]\nreceived = "收"\nreturned = "收/退"\n')
    save(home / "收" / "表.xlsx", SENT)
    run("check", cwd=home)
    save(home / "收" / "表.xlsx", filing())
    for _ in range(2):
        told_ = run_json("check", "--json", cwd=home)
        assert len(told_["filings"]) == 1
    assert lying(home / "收" / "退" / "已了结") == {COPY, LETTER}


def test_a_form_of_another_year_does_not_lack_last_year(tmp_path):
    """It has last year's figures: its form is of the wrong year, and that alone is told."""
    last = read_previous(
        [save(tmp_path / "上年" / f"{n}.xlsx", filing(year=2022, agency=a)) for n, a in enumerate(AGENCIES[:2])]
    )
    files = [
        save(tmp_path / "回收" / "a.xlsx", filing()),
        save(tmp_path / "回收" / "b.xlsx", filing(year=2022, agency=AGENCIES[1])),
    ]
    collection = check(files, year=2023, previous=last)
    assert not told(collection, "previous-missing") and "year-other" in codes(collection.received[1])
    files.append(save(tmp_path / "回收" / "c.xlsx", filing(agency=AGENCIES[2])))
    [note] = told(check(files, year=2023, previous=last), "previous-missing")
    assert note.detail["names"] == AGENCIES[2].name
