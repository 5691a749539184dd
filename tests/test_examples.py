"""examples/ holds what the code writes now; ``python -m xltools.demo.examples examples`` writes it anew."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from test_templates import parts

from xltools.demo.examples import main, returns
from xltools.demo.published import load, published

FOLDER = Path(__file__).parent.parent / "examples"
AGAIN = "run: python -m xltools.demo.examples examples"
SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The examples as the code writes them now."""
    folder = tmp_path_factory.mktemp("examples")
    main([str(folder)])
    return folder


def tree(folder: Path) -> dict[str, Path]:
    """The files below a folder, by their paths within it; README apart, which is written by hand."""
    return {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.name != "README.md"}


def content(path: Path) -> dict[str, bytes]:
    """A file's content without what another zlib would make different: workbooks unpacked, their SHA-256 masked."""
    raw = path.read_bytes()
    found = parts(raw) if path.suffix == ".xlsx" else {"": raw}
    return {name: SHA256.sub(b"SHA-256", part) for name, part in found.items()}


def result(folder: Path) -> dict:
    """What the check said of an example."""
    return json.loads((folder / "审核结果.json").read_text("utf-8"))


def test_the_folder_is_what_the_code_writes(written):
    now, stored = tree(written), tree(FOLDER)
    assert set(stored) == set(now), AGAIN
    for name, path in now.items():
        assert content(stored[name]) == content(path), f"{name}; {AGAIN}"


def test_the_folder_is_small():
    assert sum(path.stat().st_size for path in tree(FOLDER).values()) < 2_000_000


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("审核结果.json")), ids=lambda path: path.parent.name)
def test_a_result_names_its_files_barely_and_their_sums_are_right(path):
    there = {p.name: p for p in path.parent.rglob("*.xlsx")}
    for told in json.loads(path.read_text("utf-8"))["filings"]:
        assert told["sha256"] == hashlib.sha256(there[told["file"]].read_bytes()).hexdigest()


@pytest.mark.parametrize("name", returns())
def test_a_real_return_says_where_it_comes_from(name):
    data = load(name)
    assert f"{data['year']} 年度报告公开数字" in data["source"]
    assert str(data["year"]) in name
    assert all("从略" in text for text in data["texts"].values())
    assert all("示例" in data["signoff"][key] for key in ("compiler", "reviewer", "head"))


def test_wulanhua_is_noughts_and_its_supplement():
    values = load("wulanhua-2020")["values"]
    assert values.pop("supplement.published_items") == 22
    assert len(values) == 198
    assert set(values.values()) == {0}
    assert result(FOLDER / "wulanhua-2020")["filings"][0]["accepted"]


def test_suqian_is_accepted():
    assert result(FOLDER / "suqian-2023")["counts"] == {"filings": 1, "accepted": 1, "error": 0, "query": 0, "note": 0}


def test_the_shanghai_office_is_told_of_its_unit_and_its_blanks():
    (filing,) = result(FOLDER / "shanghai-office-2019")["filings"]
    assert filing["verdict"] == "original"
    assert not filing["accepted"]
    found = {(f["code"], f["sheet"]): f for f in filing["findings"] if f["severity"] == "error"}
    assert set(found) == {
        ("cell-money-yuan", "二、主动公开"),
        ("cell-blank", "三、依申请公开"),
        ("cell-blank", "四、复议诉讼"),
    }
    assert "25.1" in found["cell-money-yuan", "二、主动公开"]["remedy"]
    form, values = published("shanghai-office-2019").form, load("shanghai-office-2019")["values"]
    blank = [field.id for field in form.inputs if values[field.id] is None]
    told = [name for f in found.values() for name in f["related"]]
    assert sorted(told) == sorted(blank)


def test_the_season_is_a_dozen_without_a_finding():
    said = result(FOLDER / "season")
    assert said["counts"] == {"filings": 12, "accepted": 12, "error": 0, "query": 0, "note": 0}
    assert said["findings"] == []
    assert all(not filing["findings"] for filing in said["filings"])


def test_the_readme_names_every_example():
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert all(f"`{folder.name}/`" in readme for folder in FOLDER.iterdir() if folder.is_dir())
    assert "python -m xltools.demo.examples examples" in readme
