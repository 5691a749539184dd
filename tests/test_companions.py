"""What the level below packs is received as a whole: its summary counts, what goes with it is told and read no second time."""

import json
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from making import filing, run, save, written
from test_season import AGENCIES, Folder, rows, said

from xltools.collection.roster import write_roster
from xltools.form.model import Agency
from xltools.received.companions import beside
from xltools.received.folder import files_in

COUNTY, CITY = Agency("11", "示例县", "county"), Agency("1", "示例市", "city")


@pytest.fixture(scope="module")
def parcel(tmp_path_factory):
    """What a county packs, by name."""
    county = Folder(tmp_path_factory.mktemp("县") / "季")
    county.roster(rows(list(AGENCIES.values())[:3]))
    county.receive(**{code: said(code) for code in list(AGENCIES)[:3]})
    county.merge()
    done = run("pack", "--json", cwd=county.home)
    with ZipFile(county.home / json.loads(done.stdout)["file"]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def city(tmp_path):
    made = Folder(tmp_path / "市")
    (made.home / "名录.xlsx").write_bytes(
        write_roster(
            [[CITY.code, CITY.name, "设区的市（州）", ""], [COUNTY.code, COUNTY.name, "县（市、区）", "1"]], 2023
        )
    )
    return made


def zipped(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)


def laid(folder, members, how):
    """Files as the level below sends them."""
    if how == "zip":
        zipped(folder / "上报.zip", members)
    elif how == "folders in a zip":
        zipped(folder / "上报.zip", {f"县/{name}": content for name, content in members.items()})
    else:
        for name, content in members.items():
            stem, dot, ending = name.rpartition(".")
            save(folder / {"a folder": f"县/{name}", "loose": name, "again": f"{stem}（2）{dot}{ending}",
                           "a browser's": f"{stem} (1){dot}{ending}"}[how], content)  # fmt: skip


@pytest.mark.parametrize("how", ["zip", "folders in a zip", "a folder", "loose", "again", "a browser's"])
def test_a_package_is_one_return(how, parcel, city):
    laid(city.home / "回收", parcel, how)
    found = city.check()
    assert len(found["filings"]) == 1 and found["counts"]["error"] == 0
    beside = [f for f in found["findings"] if f["code"] == "file-beside"]
    assert len(beside) == len(parcel) - 1 == 3 and {f["severity"] for f in beside} == {"note"}
    assert not [f for f in found["findings"] if f["code"] in ("file-skipped", "form-foreign")]
    words = run("check", cwd=city.home).stdout
    assert "用下发的" not in words and "xltools import" not in words
    assert not list((city.home / "退回").glob("*正式表*"))


@pytest.mark.parametrize("what", ["a filing", "a filing in a zip", "no workbook", "of another", "lone", "elsewhere"])
def test_what_does_not_go_with_a_summary_is_read(what, parcel, tmp_path):
    [summary] = [name for name in parcel if name.endswith("_汇总表.xlsx")]
    [figures] = [name for name in parcel if name.endswith("_正式表.xlsx")]
    members = {summary: parcel[summary], figures: {"no workbook": b"PK"}.get(what, written(filing()))}
    if what == "of another":
        members = {summary: parcel[summary], f"别的{figures}": parcel[figures]}
    elif what == "lone":
        members = {figures: parcel[figures]}
    elif what == "elsewhere":
        members = {summary: parcel[summary], f"别处/{figures}": parcel[figures]}
    laid(tmp_path, members, "zip" if what == "a filing in a zip" else "loose")
    files, told = files_in([tmp_path])
    assert len(files) == len(members) and not told


def test_a_summary_too_large_has_its_figures_and_data_beside_it(parcel, tmp_path):
    [summary] = [name for name in parcel if name.endswith("_汇总表.xlsx")]
    stem = summary.removesuffix(".xlsx")
    more = {f"{stem}_明细.csv": b"x", f"{stem}_数据.csv": b"x", f"{stem}_数据.parquet": b"x", "别的.csv": b"x"}
    laid(tmp_path, parcel | more, "loose")
    files, told = files_in([tmp_path])
    assert [path.name for path in files] == [summary]
    assert sorted(f.code for f in told) == ["file-beside"] * 6 + ["file-skipped"]
    assert {path.name for path in beside(tmp_path / summary)} == {*parcel, *more} - {summary, "别的.csv"}


def corrected(parcel):
    """The package after a figure in it became another."""
    [summary] = [name for name in parcel if name.endswith("_汇总表.xlsx")]
    from io import BytesIO

    book, out = openpyxl.load_workbook(BytesIO(parcel[summary])), BytesIO()
    book["五、存在问题"]["A5"] = "公开还不及时。"
    book.save(out)
    return parcel | {summary: out.getvalue()}


@pytest.mark.parametrize("sent", ["zip, zip", "folder, zip", "zip, folder", "loose, zip", "zip with another, zip"])
def test_one_of_two_packages_is_chosen_and_the_other_goes_whole(sent, parcel, city):
    [summary] = [name for name in parcel if name.endswith("_汇总表.xlsx")]
    received = city.home / "回收"
    first, second = sent.split(", ")
    for kind, folder, members in ((first, "一", parcel), (second, "二", corrected(parcel))):
        extra = {"另一家.xlsx": written(filing(agency=Agency("12", "另一县", "county")))} if "another" in kind else {}
        if kind.startswith("zip"):
            zipped(received / f"{folder}.zip", members | extra)
        else:
            laid(received / folder, members, "loose")
    assert [a["state"] for a in city.check()["agencies"]] == ["duplicate"]
    want = f"回收/二{'.zip' if second == 'zip' else ''}/{summary}"
    done = run("choose", want, cwd=city.home)
    if "another" in sent:
        assert done.returncode == 2 and "先把压缩包解开" in done.stderr and (received / "一.zip").exists()
        return
    assert done.returncode == 0, done.stderr
    found = city.check()
    assert [f["file"] for f in found["filings"]] == [want] and found["counts"]["error"] == 0
    assert not [
        path for path in Path(received).rglob("*") if path.is_file() and "一" in path.relative_to(received).parts[0]
    ]


def test_a_summary_goes_aside_and_comes_back_with_what_is_beside_it(parcel, city):
    [summary] = [name for name in parcel if name.endswith("_汇总表.xlsx")]
    laid(city.home / "回收", parcel, "loose")
    assert len(json.loads(run("aside", f"回收/{summary}", "--json", cwd=city.home).stdout)) == len(parcel)
    assert not list((city.home / "回收").iterdir())
    assert run("aside", "--back", f"未采用/{summary}", cwd=city.home).returncode == 0
    assert {path.name for path in (city.home / "回收").iterdir()} == set(parcel)
